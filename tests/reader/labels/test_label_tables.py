"""The tables of a form located by their heads: funds, indicators, totals; sheets are made in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.reader.files.sent_files import compare, seed_rows, seed_values
from tests.reader.labels.relabelled import notes, only
from tests.support.documents import (
    INDICATOR_HEADS,
    Form,
    project_form,
    self_review_form,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_no_column_of_the_initial_budget() -> None:
    """What has no column is not on the form: no value, no false one."""
    form = project_form()
    form.boxes = [box for box in form.boxes if not (3 <= box.row <= 7 and box.column == 4)]
    submission = only(form)
    assert "年度资金总额_年初预算数" not in submission.values
    assert submission.value("年度资金总额_全年预算数") == 10459.37
    assert submission.value("年度资金总额_得分") == 10


def levels(form: Form, style: str) -> Form:
    """一级 and 二级指标 unmerged: in the first row only, or on every row."""
    head = next(box.row for box in form.boxes if box.text == "一级指标")
    boxes = []
    for box in form.boxes:
        if box.row > head and box.column in {2, 3} and box.rows >= 1 and box.columns == 1:
            times = box.rows if style == "repeated" else 1
            boxes += [replace(box, row=box.row + number, rows=1) for number in range(times)]
        else:
            boxes.append(box)
    form.boxes = boxes
    return form


@pytest.mark.parametrize("style", ["first row only", "repeated"])
def test_levels_without_merges(style: str) -> None:
    """Filled down or repeated, every row has its 一级 and 二级指标, and its printed weight once."""
    submission = only(levels(self_review_form(), style))
    compare(submission, seed_values()["附件2"], seed_rows("附件2"))
    assert submission.derived["产出指标_标注分值"] == 50


@pytest.mark.parametrize(
    ("first", "second", "points"), [(50, 50, 50), (60, 50, 60), (50, 60, 60), (20, 30, 50), (20, 20, 20)]
)
def test_points_that_a_second_page_prints_again(first: int, second: int, points: int) -> None:
    """What contradicts the rows counts, wherever it stands; parts of a 一级指标 may print points of their own."""
    heads = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分")
    rows = [
        (f"产出指标（{first}分）", "数量指标", "水库", "8座", "8座", "20", "20"),
        (f"产出指标（{second}分）", "质量指标", "合格率", "100%", "100%", "30", "30"),
    ]
    submission = only(project_with(heads, rows))
    assert submission.derived["产出指标_标注分值"] == points


def test_repeated_first_level_above_merged_second() -> None:
    """The second level filled down under a first level that is repeated on every row."""
    form = levels(self_review_form(), "first row only")
    rows = [box.row for box in form.boxes if box.column == 4 and box.row > 11]
    names = {box.row: box.text for box in form.boxes if box.column == 2 and box.row > 11}
    current = ""
    for row in rows[:-1]:
        current = names.get(row, current)
        if row not in names:
            form.boxes.append(replace(form.boxes[0], row=row, column=2, text=current, rows=1, columns=1))
    compare(only(form), seed_values()["附件2"], seed_rows("附件2"))


NAMES = ("一级指标", "二级指标", "三级指标")


def project_with(
    heads: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[str] = (), below: str = ""
) -> Form:
    """附件3 with a table of its own; `below` stands in a second row of heads under the first cells."""
    form = Form("附件3", ["2023年度项目支出绩效自评表"], len(heads), foot=["填表人：某某"])
    form.add(1, "项目名称", "小型水库", "主管部门", "水利局", "实施单位", "水利局")
    form.add(2, "", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    form.add(3, "年度资金总额", "20", "20", "10", "100%", "10")
    form.add(4, *heads)
    at = 5
    if below:
        form.add(5, *below.split("|"))
        at = 6
    for row in rows:
        form.add(at, *row)
        at += 1
    if total:
        form.add(at, *total)
    return form


def test_a_target_in_three_columns() -> None:
    """指标性质, 指标值 and 度量单位 are joined to one target; the actual value counts in that unit."""
    heads = ("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "全年完成值", "分值", "得分")
    rows = [
        ("产出指标", "数量指标", "新建水库", "≥", "8", "座", "9", "45", "45"),
        ("产出指标", "成本指标", "建设成本", "≤", "202.6", "万元", "132.9", "25", "25"),
        ("效益指标", "社会效益指标", "受益程度", "定性", "明显", "", "明显", "10", "10"),
        ("满意度指标", "服务对象满意度指标", "满意度", "大于等于", "95", "%", "96", "10", "10"),
    ]
    submission = only(project_with(heads, rows, ("总分", "", "", "", "", "", "", "100", "100")))
    assert [row.value("年度指标值") for row in submission.rows] == ["≥8座", "≤202.6万元", "明显", "大于等于95%"]
    assert [row.value("实际完成值") for row in submission.rows] == ["9", "132.9", "明显", "96"]
    assert [(row.target["op"], row.target["value"], row.target["unit"]) for row in submission.rows[::3]] == [
        (">=", 8, "座"),
        (">=", 0.95, "%"),
    ]
    assert [(row.actual["value"], row.actual["unit"]) for row in submission.rows[:2]] == [(9, "座"), (132.9, "万元")]
    assert [row.value("方向") for row in submission.rows] == ["正向", "反向", None, "正向"]
    assert notes(submission, "W-10") == []


def test_heads_in_two_rows() -> None:
    """年度指标值 over 指标性质, 指标值, 度量单位."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(
        4,
        ("一级指标", 1, 2),
        ("二级指标", 1, 2),
        ("三级指标", 1, 2),
        ("年度指标值", 3),
        ("实际完成值", 1, 2),
        ("分值", 1, 2),
        ("得分", 1, 2),
    )
    form.add(5, "指标性质", "指标值", "度量单位", start=4)
    form.add(6, "产出指标", "数量指标", "新建水库", "≥", "8", "座", "9座", "90", "90")
    (row,) = only(form).rows
    assert (row.value("年度指标值"), row.value("实际完成值"), row.value("分值")) == ("≥8座", "9座", 90)


def test_an_adjusted_target_replaces_the_first() -> None:
    """调整指标值 counts where it is filled in, at its own cell."""
    heads = ("指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值", "全年完成值", "指标权重", "指标得分")
    rows = [
        ("培训次数", "次", "定量", "6次", "4次", "5次", "50", "50"),
        ("稿件", "篇", "定量", "200", "", "220", "40", "40"),
    ]
    first, second = only(project_with(heads, rows)).rows
    assert (first.value("年度指标值"), first.cells["年度指标值"].cell) == ("4次", "E6")
    assert (second.value("年度指标值"), second.cells["年度指标值"].cell) == ("200篇", "D7")
    assert (second.target["value"], second.target["unit"], second.actual["unit"]) == (200, "篇", "篇")


@pytest.mark.parametrize(
    "total",
    [
        ("总分", "", "", "", "", "100", "95", ""),
        ("合计", "", "", "", "", "100", "95", ""),
        ("总  计：", "", "", "", "", "100", "95", ""),
        ("", "", "自评总分", "", "", "100", "95", ""),
        ("总得分：95", "", "", "", "", "", "", ""),
    ],
)
def test_rows_of_the_total(total: tuple[str, ...]) -> None:
    """Whatever it is called, wherever its label stands, it ends the table."""
    submission = only(
        project_with(INDICATOR_HEADS, [("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")], total)
    )
    assert submission.value("总分_得分") == 95
    assert len(submission.rows) == 1
    assert submission.value("总分_分值") == (100 if "100" in total else None)


def test_a_total_beside_other_columns_is_doubtful() -> None:
    """Numbers of the total that stand under other heads are taken, and asked to be verified."""
    rows = [("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")]
    submission = only(project_with(INDICATOR_HEADS, rows, ("总分", "", "", "100", "95", "", "", "")))
    assert (submission.value("总分_分值"), submission.value("总分_得分")) == (100, 95)
    assert [(note.field, note.cell) for note in notes(submission, "W-22")] == [("总分_分值", "D7"), ("总分_得分", "E7")]


def test_what_follows_the_table_is_no_indicator() -> None:
    """等级, conclusions and notes below the table are told, not read as rows."""
    form = project_with(INDICATOR_HEADS, [("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")])
    form.add(6, "评价结论", ("完成较好", 7))
    form.add(7, "存在问题", ("进度偏慢", 7))
    submission = only(form)
    assert len(submission.rows) == 1
    (note,) = notes(submission, "W-10")
    assert {note.cell, *note.related} == {"A7", "B7", "A8", "B8"}


def test_a_subtotal_is_no_indicator() -> None:
    """小计 after a category counts nothing twice."""
    rows = [("产出指标", "数量指标", "水库", "8座", "8座", "50", "50", ""), ("", "小计", "", "", "", "50", "50", "")]
    submission = only(project_with(INDICATOR_HEADS, rows))
    assert [row.value("三级指标") for row in submission.rows] == ["水库"]
    assert len(notes(submission, "W-10")) == 1


def test_the_number_of_a_target_below_a_blank_head() -> None:
    """预期指标值 over 符号, a blank head and 单位: the number stands below the blank."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(
        4, *((name, 1, 2) for name in NAMES), ("预期指标值", 3), ("实际完成值", 1, 2), ("分值", 1, 2), ("得分", 1, 2)
    )
    form.add(5, "符号", "", "单位（文字描述）", start=4)
    form.add(6, "产出指标", "质量指标", "覆盖率", ">=", "98", "%", "100%", "90", "90")
    (row,) = only(form).rows
    assert (row.value("年度指标值"), row.value("实际完成值")) == (">=98%", "100%")


def test_a_label_merged_over_the_weights_is_no_weight() -> None:
    """得分合计 across the row up to the scores: only the total of the scores is read."""
    form = project_with(
        (*NAMES, "指标值", "完成值", "权重", "得分"), [("产出指标", "数量指标", "水库", "8座", "8座", "90", "90")]
    )
    form.add(6, ("得分合计", 6), "100")
    submission = only(form)
    assert "总分_分值" not in submission.values
    assert submission.values["总分_得分"].value == 100
