"""Indicator tables as other places lay them out; sheets are made in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reader.labels.drawn import read_drawn
from tests.reader.labels.relabelled import notes, only, record_of
from tests.reader.labels.test_label_tables import project_with
from tests.support.documents import INDICATOR_HEADS, as_sheet
from xltool.auditing.audit import audit
from xltool.auditing.tables import tidy

if TYPE_CHECKING:
    from tests.support.documents import Form
    from xltool.reader.records import Submission

NAMES = ("一级指标", "二级指标", "三级指标")
WIDE_HEADS = (*NAMES, "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")


def rows_of(submission: Submission, *keys: str) -> list[tuple[object, ...]]:
    """These columns of every row."""
    return [tuple(row.value(key) for key in keys) for row in submission.rows]


def errors(form: Form) -> list[tuple[str, str | None]]:
    """The rules and cells of the errors of the indicator table."""
    findings = audit([record_of(as_sheet(form))]).findings
    return [
        (finding.rule, finding.cell)
        for finding in findings
        if finding.severity == "error" and finding.rule.startswith("S") and finding.rule not in {"S-01", "S-03"}
    ]


@pytest.mark.parametrize(
    "printed",
    [
        ("", "", "指标2：", "", "", "", "", ""),
        ("", "", "……", "", "", "", "", ""),
        ("", "质量指标", "指标1：", "≥**%", "", "", "", ""),
        ("", "", "×××项目完成率", "≥  %", "", "", "", ""),
        ("", "", "受益村民（≥**人）", "≥**人", "", "", "", ""),
        ("", "", "（示例）：培训人次", "≥100人次", "100人次", "10", "10", ""),
        ("示例", "", "培训人次", "≥100人次", "100人次", "10", "10", ""),
        ("", "", "培训人次", "**人次", "", "", "", ""),
        ("A", "B", "C", "D", "E", "F", "G", "H"),
    ],
)
def test_rows_that_nobody_filled_in_are_no_rows(printed: tuple[str, ...]) -> None:
    """What a form prints in place of an indicator is no indicator, and is not left over either."""
    filled = ("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")
    for rows in ([filled, printed], [printed, filled]):
        submission = only(project_with(INDICATOR_HEADS, rows))
        assert rows_of(submission, "三级指标") == [("水库",)]
        assert notes(submission, "W-10") == []


@pytest.mark.parametrize(
    "filled",
    [
        ("产出指标", "数量指标", "指标2：", "8座", "8座", "90", "85", ""),
        ("产出指标", "数量指标", "如期完工率", "8座", "", "", "", ""),
        ("产出指标", "数量指标", "某某工程", "完成", "完成", "", "", ""),
        ("产出指标", "数量指标", "指标1：", "", "", "10", "", ""),
        ("产出指标", "数量指标", "培训人次", "", "", "", "", ""),
    ],
)
def test_a_row_that_was_begun_is_a_row(filled: tuple[str, ...]) -> None:
    """A name, a figure or a weight of its own makes a row, which rules may ask about."""
    assert len(only(project_with(INDICATOR_HEADS, [filled])).rows) == 1


def test_a_heading_row_has_the_points_of_the_rows_below_it() -> None:
    """★ rows carry weight and score, the rows below them the figures; nothing is missing in either."""
    rows = [
        ("产出指标", "数量指标", "★补助粮食面积", "", "", "20", "20", ""),
        ("", "", "　小麦", "5亩", "5亩", "", "", ""),
        ("", "", "　玉米", "6亩", "6亩", "", "", ""),
        ("", "", "★补助家禽", "", "", "20", "20", ""),
        ("", "", "　鸡", "9只", "9只", "", "", ""),
        ("", "质量指标", "验收合格率", "100%", "100%", "20", "20", ""),
    ]
    form = project_with(INDICATOR_HEADS, rows)
    assert len(only(form).rows) == 6
    assert errors(form) == []


def test_a_heading_row_may_have_figures_of_its_own() -> None:
    """Weight, figures and score stand on the heading row; 其中 and the rows below ★ have figures alone."""
    rows = [
        ("产出指标", "数量指标", "★补助粮食面积", "11亩", "11亩", "20", "20", ""),
        ("", "", "小麦", "5亩", "5亩", "", "", ""),
        ("", "", "玉米", "6亩", "6亩", "", "", ""),
        ("", "", "补助家禽", "9只", "9只", "20", "20", ""),
        ("", "", "其中：鸡", "9只", "9只", "", "", ""),
    ]
    assert errors(project_with(INDICATOR_HEADS, rows)) == []


def test_a_row_without_points_below_no_heading_is_asked_for_them() -> None:
    """Figures without points, below a row that has both, are a gap."""
    rows = [
        ("产出指标", "数量指标", "小麦", "5亩", "5亩", "20", "20", ""),
        ("", "", "玉米", "6亩", "6亩", "", "", ""),
    ]
    assert errors(project_with(INDICATOR_HEADS, rows)) == [("S-10", "F7"), ("S-11", "G7")]


def merged_table() -> Form:
    """Levels, a score, a reason merged over two rows each."""
    form = project_with(INDICATOR_HEADS, [])
    form.add(5, ("产出指标", 1, 3), ("数量指标", 1, 2), "水库", "8座", "8座", "20", ("30", 1, 2), ("受汛期影响", 1, 2))
    form.add(6, "水渠", "5公里", "5公里", "20", start=3)
    form.add(7, "质量指标", "合格率", "100%", "100%", "10", "10", start=2)
    return form


def test_a_merged_cell_belongs_to_every_row_it_covers() -> None:
    """Texts stand in every row, a number in the first; the address is that of the merged cell."""
    submission = only(merged_table())
    assert rows_of(submission, "一级指标", "二级指标", "得分", "偏差原因分析及改进措施") == [
        ("产出指标", "数量指标", 30, "受汛期影响"),
        ("产出指标", "数量指标", None, "受汛期影响"),
        ("产出指标", "质量指标", 10, None),
    ]
    assert [[row.cells[key].cell for key in ("一级指标", "二级指标", "得分")] for row in submission.rows] == [
        ["A6", "B6", "G6"],
        ["A6", "B6", "G6"],
        ["A6", "B8", "G8"],
    ]


def test_a_merged_score_is_missing_in_no_row() -> None:
    """No row of a merged score lacks one, and the sum counts it once."""
    form = merged_table()
    assert [rule for rule, _ in errors(form)] == []


def test_the_names_of_levels_lose_their_printed_points() -> None:
    """产出指标40分 over two lines, in brackets or without, is 产出指标."""
    for printed in ("产出\n指标\n40分", "产出指标（40分）", "产出指标（权重40%）", "产出指标(40)"):
        rows = [(printed, "数量指标15分", "水库", "8座", "8座", "40", "40", "")]
        submission = only(project_with(INDICATOR_HEADS, rows))
        assert rows_of(submission, "一级指标", "二级指标") == [("产出指标", "数量指标15分")]
        assert submission.derived["产出指标_标注分值"] == 40


@pytest.mark.parametrize(
    "heads",
    [
        (*NAMES, "年初指\n标值", "年终完\n成值", "考核分值", "自评\n得分", "扣分原因"),
        (
            "一级指标",
            "二级指标",
            "指标名称（三级指标）",
            "绩效目标值",
            "完成情况",
            "权重（分）",
            "自评分",
            "未完成原因说明",
        ),
        (*NAMES, "预期目标值", "全年实际完成情况", "标准分", "单位自评得分", "备注"),
        (*NAMES, "目标任务", "截至12月底完成值", "指标分值（100分）", "评分", "说明"),
        (*NAMES, "计划目标值", "业绩值", "权重（%）", "评价得分", "原因分析及整改措施"),
        (*NAMES, "年初设定指标值", "年度实际完成", "指标分值权重", "指标得分", "偏差原因分析及改进措施"),
        ("一级指标", "二级指标", "指标内容", "计划值（A）", "实际值（B）", "满分", "得分（C）", "差异原因"),
    ],
)
def test_columns_by_any_name(heads: tuple[str, ...]) -> None:
    """Heads in the wordings of other places are those of our columns."""
    rows = [("产出指标", "数量指标", "水库", "8座", "6座", "90", "85", "汛期停工")]
    submission = only(project_with(heads, rows))
    assert rows_of(submission, *INDICATOR_HEADS) == [("产出指标", "数量指标", "水库", "8座", "6座", 90, 85, "汛期停工")]
    assert notes(submission, "W-10") == []


def test_points_at_every_level() -> None:
    """Of three columns of points the last one is the row's; the first is printed points of the 一级指标."""
    heads = ("一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "指标值", "实际完成值", "得分")
    rows = [
        ("产出指标", "50", "数量指标", "30", "水库", "20", "8座", "8座", "20"),
        ("", "", "", "", "水渠", "10", "5公里", "5公里", "10"),
        ("", "", "质量指标", "20", "合格率", "20", "100%", "100%", "20"),
    ]
    submission = only(project_with(heads, rows))
    assert rows_of(submission, "三级指标", "分值") == [("水库", 20), ("水渠", 10), ("合格率", 20)]
    assert submission.derived["产出指标_标注分值"] == 50
    assert notes(submission, "W-10") == []


def test_goals_with_sections_and_without_levels() -> None:
    """目标名称 names the indicators; 二、产出目标 in a row of its own says what follows, and is none."""
    heads = ("目标名称", "目标值", "评价指标", "标准值", "目标完成值", "权重分值", "评分规则", "得分")
    rows = [
        ("一、投入目标", "", "", "", "", "", "", ""),
        ("1.实际支出", "6475", "支出率", "100%", "6475", "1", "不足不得分", "1"),
        ("二、产出目标", "", "", "", "", "", "", ""),
        ("1.数量目标", "", "", "", "", "", "", ""),
        ("建档数", "9412份", "建档率", "75%", "9500份", "5", "查阅资料", "4"),
    ]
    submission = only(project_with(heads, rows))
    columns = ("三级指标", "年度指标值", "实际完成值", "分值", "得分")
    assert rows_of(submission, *columns) == [
        ("1.实际支出", "6475", "6475", 1, 1),
        ("建档数", "9412份", "9500份", 5, 4),
    ]
    assert submission.values["年度资金总额_全年执行数"].value == 20


def test_one_head_over_the_levels() -> None:
    """绩效指标 over the three levels in a row of its own, beside heads merged over two rows."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(4, ("绩效指标", 3), ("完成情况", 2), ("分值", 1, 2), ("自评得分", 1, 2))
    form.add(5, *NAMES, "目标值", "完成值")
    form.add(6, "产出指标", "数量指标", "水库", "8座", "9座", "90", "85")
    (row,) = only(form).rows
    assert [row.value(key) for key in ("年度指标值", "实际完成值", "分值", "得分")] == ["8座", "9座", 90, 85]


def test_heads_in_two_rows_without_merges() -> None:
    """Heads that were unmerged: the values are headed in the row above the names."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(4, "绩效指标", "", "", "年度指标值", "实际完成值", "分值", "得分")
    form.add(5, *NAMES)
    form.add(6, "产出指标", "数量指标", "水库", "8座", "9座", "90", "85")
    (row,) = only(form).rows
    assert [row.value(key) for key in ("年度指标值", "实际完成值", "分值", "得分")] == ["8座", "9座", 90, 85]


def test_a_column_of_scores_headed_at_the_top_of_the_form() -> None:
    """自评得分 heads the last column of the whole form; beside the heads of the table stand the points of the block."""
    form = project_with(
        (*NAMES, "年度指标值", "实际完成值", "50"), [("产出指标", "数量指标", "水库", "8座", "9座", "30")]
    )
    form.boxes = [box for box in form.boxes if box.row > 3]
    form.add(1, "项目名称", ("小型水库", 4), "自评得分")
    form.add(2, "主管部门", ("水利局", 4), "95")
    (row,) = only(form).rows
    assert (row.value("得分"), row.cells["得分"].cell) == (30, "F6")


def test_a_row_named_nothing_needs_no_figures() -> None:
    """无 in place of an indicator is read as it is filed, and no figure is asked for."""
    rows = [
        ("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", ""),
        ("效益指标", "生态效益指标", "无", "/", "——", "", "", "无"),
        ("", "经济效益指标", "无", "无", "无", "", "", ""),
    ]
    assert errors(project_with(INDICATOR_HEADS, rows)) == []


def test_sign_and_unit_of_a_target_keep_their_cells() -> None:
    """年度指标值 joins 指标性质, 指标值 and 度量单位; each part is there with its own cell as well."""
    heads = ("指标名称", "计量单位", "指标性质", "指标值", "指标权重（分）", "全年完成值", "指标得分（分）", "说明")
    record = record_of(as_sheet(project_with(heads, [("管护面积", "万亩", "≥", "28", "90", "28", "90", "")])))
    (row,) = tidy.indicators([record])
    assert (row["年度指标值"], row["指标性质"], row["度量单位"]) == ("≥28万亩", "≥", "万亩")
    assert [row["cells"][key] for key in ("年度指标值", "指标性质", "度量单位")] == ["D6", "C6", "B6"]
    assert row["target"] == {"op": ">=", "value": 28, "unit": "万亩", "kind": "number"}


def test_nothing_to_report_is_read_as_it_is_filed() -> None:
    """无, / and —— are texts of a row; in its numbers they are blank."""
    rows = [("效益指标", "生态效益指标", "无", "/", "——", "/", "——", "无")]
    (row,) = tidy.indicators([record_of(as_sheet(project_with(INDICATOR_HEADS, rows)))])
    assert [row[key] for key in INDICATOR_HEADS[2:]] == ["无", "/", "——", None, None, "无"]


def test_headings_have_the_sum_of_the_points_below_them() -> None:
    """一、 has the points of 1、 and 2、 together: they count once, and every row keeps its own as filed."""
    heads = (*NAMES, "年初目标值", "实际完成值", "得分")
    rows = [
        ("产出指标", "数量指标", "一、示范区建立", "1500亩", "1500亩", "50"),
        ("", "", "1、水稻", "500亩", "500亩", "20"),
        ("", "", "2、玉米", "1000亩", "1000亩", "30"),
        ("", "", "二、田间试验", "5组", "5组", "40"),
    ]
    form = project_with(heads, rows, ("总分", "", "", "", "", "100"))
    record = record_of(as_sheet(form))
    assert [row["得分"] for row in tidy.indicators([record])] == [50, 20, 30, 40]
    assert [finding.message for finding in audit([record]).findings if finding.rule in {"S-03", "S-11"}] == []


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("预算控制数", "反向"),
        ("三公经费控制率", "反向"),
        ("投诉控制在规定范围", "反向"),
        ("高血压患者控制率", "正向"),
        ("控制数", "正向"),
    ],
)
def test_a_control_is_a_ceiling_of_money_and_posts_alone(name: str, direction: str) -> None:
    """控制数 of money, posts or areas is better the lower it is; a disease is controlled the better the more it is."""
    rows = [("产出指标", "质量指标", name, "90%", "95%", "90", "90", "")]
    (row,) = only(project_with(INDICATOR_HEADS, rows)).rows
    assert row.value("方向") == direction


def test_printed_instructions_left_standing_are_reported() -> None:
    """W-02 names the cell in which …100字以内 still stands."""
    rows = [("产出指标", "数量指标", "水库", "8座", "6座", "90", "80", "详细说明未完成原因及改进措施")]
    (note,) = notes(only(project_with(INDICATOR_HEADS, rows)), "W-02")
    assert (note.cell, note.field) == ("H6", "偏差原因分析及改进措施")


def scored_blocks(total: str) -> Form:
    """A form that scores the goals beside the indicators, in a column that is headed at its top."""
    form = project_with((), [])
    form.boxes = []
    form.add(1, "项目名称", ("小型水库", 4), "自评得分")
    form.add(2, "主管部门", ("水利局", 4), total)
    form.add(3, "年度目标", ("建水库", 2), ("建成水库", 2), "20")
    form.add(4, *NAMES, "年度指标值", "实际完成值", "50")
    form.add(5, "产出指标", "数量指标", "水库", "8座", "8座", "50")
    return form


def test_a_total_with_points_of_other_blocks_is_not_recomputed() -> None:
    """Goals or management may have points of their own: then the indicators do not make the total."""
    assert [finding.rule for finding in audit([record_of(as_sheet(scored_blocks("100")))]).findings].count("S-03") == 0


def test_a_total_at_the_top_is_recomputed_where_the_table_is_whole() -> None:
    """自评总分 above the table is compared with the rows once their weights make 100."""
    rows = [("产出指标", "数量指标", "水库", "8座", "8座", "90", "80", "汛期停工")]
    for weight, expected in (("90", 1), ("60", 0)):
        form = project_with(INDICATOR_HEADS, [(*rows[0][:5], weight, *rows[0][6:])])
        form.head.append("自评总分：95")
        codes = [finding.rule for finding in audit([record_of(as_sheet(form))]).findings]
        assert codes.count("S-03") == expected


def test_weights_in_percent_are_points() -> None:
    """A weight of 10%, typed or formatted, is 10 points of a hundred."""
    rows = [
        ("产出指标", "数量指标", "水库", "8座", "8座", "60%", "60", ""),
        ("", "", "水渠", "9座", "9座", "30％", "30", ""),
    ]
    assert rows_of(only(project_with(INDICATOR_HEADS, rows)), "分值") == [(60,), (30,)]


def test_the_content_of_an_indicator_is_not_its_name() -> None:
    """三级指标 names the rows, wherever 指标内容 stands."""
    heads = ("一级指标", "二级指标", "指标内容", "三级指标", "指标值", "实际完成值", "分值", "得分")
    rows = [("产出指标", "数量指标", "反映建设情况", "水库", "8座", "8座", "90", "90")]
    assert rows_of(only(project_with(heads, rows)), "三级指标") == [("水库",)]


def test_a_column_of_descriptions_holds_no_points() -> None:
    """Where 指标分值 heads what an indicator means, the weights are those of 权重占比 behind it."""
    heads = [
        "指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标分值",
        "年度指标值",
        "单项指标实际完成值",
        "权重占比（%）",
    ]
    rows = [
        ["产出指标", "质量指标", "覆盖率", "符合条件的人数占比例", "98%", "100%", "25"],
        ["产出指标", "时效指标", "完成率", "按月审批的比例", "99%", "100%", "25"],
    ]
    table = "\n".join(["-" + " | ".join(heads), *("-^ | " + " | ".join(row) for row in rows)])
    title = "== 附件3 表\n!某县2020年度预算项目绩效自评表\n-项目名称 | 某项目 | > | > | > | > | > | >\n"
    submission, _ = read_drawn(f"{title}{table}\n")
    assert [row.value("分值") for row in submission.rows] == [25, 25]
    assert [row.value("实际完成值") for row in submission.rows] == ["100%", "100%"]


def test_a_grade_below_the_scores_is_no_score() -> None:
    """自评等级 may stand in the column of the scores, with the total beside its own label."""
    heads = "@指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分"
    row = "-^ | 产出指标 | 数量指标 | 慰问人数 | 50人 | 50人 | 80"
    title = "== 附件3 表\n!某县项目支出绩效自评表\n-项目名称 | 某项目 | > | > | > | > | >\n"
    submission, _ = read_drawn(f"{title}{heads}\n{row}\n-总分（100分） | > | 100 | > | 自评等级 | 优 | >\n")
    assert (submission.values["总分_得分"].cell, submission.value("总分_得分")) == ("C5", 100)
