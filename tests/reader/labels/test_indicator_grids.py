"""Levels, heads and rows of the indicator table that only their places or contents tell."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn
from tests.reader.labels.relabelled import only, record_of
from tests.reader.labels.test_indicator_layouts import NAMES, rows_of
from tests.reader.labels.test_kinds import table
from tests.reader.labels.test_label_tables import project_with
from tests.support.documents import INDICATOR_HEADS, as_sheet
from xltool.auditing.audit import audit

LEVEL_ROW = ("产出指标", "数量指标", "水库")


def test_points_of_0_alone_make_no_row() -> None:
    """A formula leaves 0 as the score of a row that nobody filled in."""
    rows = [
        ("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", ""),
        ("效益指标", "生态效益指标", "", "", "", "", "0", ""),
        ("满意度指标", "服务对象满意度指标", "村民满意度", "90%", "95%", "10", "10", ""),
    ]
    assert rows_of(only(project_with(INDICATOR_HEADS, rows)), "一级指标", "三级指标") == [
        ("产出指标", "水库"),
        ("满意度指标", "村民满意度"),
    ]


@pytest.mark.parametrize("blank", [1, 0])
def test_a_level_without_a_head_is_known_by_its_contents(blank: int) -> None:
    """数量指标 and 质量指标, or 产出指标, stand below a blank head."""
    heads = [name if column != blank else "" for column, name in enumerate(INDICATOR_HEADS)]
    rows = [
        ("产出指标（50分）", "数量指标", "水库", "8座", "8座", "40", "40", ""),
        ("", "质量指标", "合格率", "100%", "100%", "10", "10", ""),
    ]
    expected = [("产出指标", "数量指标", "水库"), ("产出指标", "质量指标", "合格率")]
    assert rows_of(only(project_with(heads, rows)), *NAMES) == expected


def test_a_head_over_other_heads_is_no_column() -> None:
    """完成情况 stands over target and actual value: each has the column of its own head."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(4, *((name, 1, 2) for name in NAMES), ("目标完成情况", 2), ("分值", 1, 2), ("得分", 1, 2))
    form.add(5, "年度指标值", "实际完成值", start=4)
    form.add(6, "产出指标", "数量指标", "水库", "8座", "9座", "90", "85")
    assert rows_of(only(form), "年度指标值", "实际完成值", "分值") == [("8座", "9座", 90)]


def test_a_printed_name_beside_nothing_but_marks_is_no_row() -> None:
    """指标1： | 无 was never filled in; a row named 无, and a name with a result, were."""
    rows = [
        ("产出指标", "数量指标", "指标1：水库", "8座", "8座", "50", "50", ""),
        ("", "质量指标", "指标1：", "无", "", "", "/", ""),
        ("", "时效指标", "指标1：", "无", "完成", "", "", ""),
        ("", "成本指标", "无", "无", "无", "", "", ""),
    ]
    expected = [("指标1：水库", "8座"), ("指标1：", "完成"), (None, None)]
    assert rows_of(only(project_with(INDICATOR_HEADS, rows)), "三级指标", "实际完成值") == expected


@pytest.mark.parametrize(
    "heads",
    [
        ("2022年完成值", "目标值", "完成值", "完成情况"),
        ("上年实际完成值", "2023年目标值", "2023年完成值", "完成情况说明"),
        ("历史完成值", "年度指标值", "实际完成值", "全年完成情况"),
        ("2021年目标值", "2023年目标值", "2023年完成值", "2022年完成值"),
    ],
)
def test_of_several_heads_of_results_the_best_counts(heads: tuple[str, ...]) -> None:
    """Those of an earlier year, and what was done in words beside a value, are other columns."""
    filled = ("产出指标", "数量指标", "水库", "7座", "8座", "9座", "完成", "50", "50")
    submission = only(project_with((*NAMES, *heads, "分值", "得分"), [filled]))
    assert rows_of(submission, "年度指标值", "实际完成值") == [("8座", "9座")]


def test_what_was_done_in_words_is_the_result_where_no_value_is() -> None:
    """完成情况 alone is the column of results."""
    submission = only(project_with((*NAMES, "目标值", "完成情况", "得分"), [(*LEVEL_ROW, "8座", "9座", "50")]))
    assert rows_of(submission, "实际完成值") == [("9座",)]


def test_heads_of_two_rows_that_are_printed_again_are_no_indicator() -> None:
    """On the next page the form prints its heads again, with 分值 and 得分 in the second of their rows."""
    heads = """
        @一级指标{一级指标} | 二级指标{二级指标} | 三级指标{三级指标} | 目标完成情况 | > | 评分情况 | >
        @^ | ^ | ^ | 目标值{年度指标值} | 完成值{实际完成值} | 分值{分值} | 得分{得分}
        """
    rows = "#产出指标 | 数量指标 | 水库 | 8座 | 9座 | 50 | 50", "#效益指标 | 社会效益指标 | 群众 | 8户 | 9户 | 30 | 30"
    lines = ["== 附件3 Sheet1", "!项目支出绩效自评表", "-项目名称 | 水库 | > | > | > | > | >"]
    text = "\n".join([*lines, heads, rows[0], heads, rows[1]])
    submission, _ = read_drawn("\n".join(line.strip() for line in text.splitlines() if line.strip()))
    assert rows_of(submission, "三级指标", "得分") == [("水库", 50.0), ("群众", 30.0)]


@pytest.mark.parametrize(("total", "rules"), [("100", []), ("", ["S-04", "S-05"])])
def test_printed_points_are_the_rule_of_a_form_whose_total_is_100(total: str, rules: list[str]) -> None:
    """The points of execution may stand where nobody finds them: the total says that the rest is whole."""
    heads = (*NAMES, "目标值", "完成值", "分值", "得分")
    rows = [
        ("产出指标（40分）", "数量指标", "水库", "8座", "8座", "40", "40"),
        ("效益指标（25分）", "社会效益指标", "受益户数", "8户", "8户", "25", "25"),
        ("满意度指标（10分）", "服务对象满意度指标", "满意度", "90%", "95%", "10", "10"),
        *([("总分", "", "", "", "", total, "100")] if total else []),
    ]
    findings = audit([record_of(as_sheet(table("项目支出绩效自评表", heads, *rows)))]).findings
    assert [finding.rule for finding in findings if finding.rule in {"S-04", "S-05", "S-06", "S-07"}] == rules
