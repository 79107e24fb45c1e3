"""Values located by their labels: in one cell, beside, below, slipped; sheets are made in memory."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.reader.files.sent_files import compare, seed_rows, seed_values
from tests.reader.labels.relabelled import notes, only, put, record_of, unchanged
from tests.support.documents import (
    Form,
    as_sheet,
    base_data_form,
    project_form,
    self_review_form,
    spread,
)
from xltool.auditing.audit import audit
from xltool.findings import Severity, address


def test_names_in_one_cell() -> None:
    """项目名称：… 主管部门：… 实施单位：… in one cell, each with its value."""
    form = project_form()
    form.boxes = [box for box in form.boxes if box.row > 2]
    form.add(
        1, ("项目名称：产业开发专项  主管部门：岳阳市君山产业开发区管委会 实施单位：岳阳市君山产业开发区管委会", 9)
    )
    unchanged(form)


def test_label_and_value_in_one_cell() -> None:
    """编制数：12 and 厉行节约保障措施：… beside the usual cells."""
    form = base_data_form()
    form.boxes = [box for box in form.boxes if box.row > 2 and box.text != "厉行节约保障措施"]
    form.add(1, ("编制数：12人", 2), ("2023年实际在职人数：15", 2), ("控制率：125%", 2))
    form.add(form.height + 1, ("厉行节约保障措施：严控接待", 7))
    submission = only(form)
    assert [submission.value(key) for key in ("编制数", "实际在职人数", "控制率")] == [12, 15, 1.25]
    assert submission.value("厉行节约保障措施") == "严控接待"
    posts = submission.values["编制数"]
    assert (posts.cell, posts.raw, posts.part) == ("A3", "编制数：12人", "12人")


def test_a_note_quotes_the_part_that_is_the_value() -> None:
    """Of a cell that holds several values, a message names what was typed as this value, not the whole cell."""
    form = self_review_form()
    form.foot = ["填表人：某某 填报日期：6月的某天 联系电话：0000000"]
    submission = only(form)
    date = submission.values["填报日期"]
    assert (date.raw, str(date.part).strip()) == (form.foot[0], "6月的某天")
    (note,) = [note for note in notes(submission, "W-05") if note.field == "填报日期"]
    assert str(note.actual).strip() == "6月的某天"


def test_staff_right_of_their_labels() -> None:
    """编制数 | 12 | 实际在职人数 | 15 in one row."""
    form = base_data_form()
    form.boxes = [box for box in form.boxes if box.row > 2]
    form.add(2, "编制数", "12", "实际在职人数", "15", "控制率", "125%")
    submission = only(form)
    assert [submission.value(key) for key in ("编制数", "实际在职人数", "控制率")] == [12, 15, 1.25]


def test_foot_in_cells_of_its_own() -> None:
    """Label and value in cells side by side, with and without a colon; a blank before the next label stays blank."""
    form = self_review_form()
    form.foot = []
    form.add(form.height + 1, "填表人：", "张三", "填报日期", "2024-06-12", "联系电话", "", "单位负责人签字：", "李四")
    submission = only(form)
    values = [submission.value(key) for key in ("填表人", "填报日期", "联系电话", "单位负责人签字")]
    assert values == ["张三", "2024-06-12", None, "李四"]


def test_a_blank_is_not_filled_from_the_next_label() -> None:
    """主管部门 left blank before 实施单位: blank, not the label nor the other's value."""
    form = project_form()
    form.boxes = [replace(box, text="") if (box.row, box.column) == (2, 2) else box for box in form.boxes]
    submission = only(form)
    assert submission.value("主管部门") is None
    assert submission.values["主管部门"].cell == "B4"
    assert submission.value("实施单位") == seed_values()["附件3"]["实施单位"]


def test_a_value_that_slipped_is_doubtful() -> None:
    """A name typed some cells right of where it belongs is taken, and asked to be verified (W-22)."""
    form = project_form()
    form.boxes = [box for box in form.boxes if box.row > 1]
    form.add(1, "项目支出名称")
    form.add(1, "产业开发专项", start=4)
    submission = only(form)
    assert submission.project == "产业开发专项"
    (note,) = notes(submission, "W-22")
    assert (note.cell, note.field) == ("D3", "项目支出名称")
    findings = [finding for finding in audit([record_of(as_sheet(form))]).findings if finding.rule == "W-22"]
    assert [(each.severity, each.cell) for each in findings] == [(Severity.WARNING, "D3")]


@pytest.mark.parametrize(
    ("note", "factor"), [("单位：元", 10_000), ("（金额单位：人民币元）", 10_000), ("单位：亿元", 0.0001)]
)
def test_amounts_in_another_unit(note: str, factor: float) -> None:
    """A note 元 or 亿元 above the table: amounts in 万元 all the same, and W-11 says so."""
    form = self_review_form()
    form.head.append(note)
    form.boxes = [replace(box, text=_times(box.text, factor)) if 3 <= box.row <= 8 else box for box in form.boxes]
    form = put(form, {"年度预算申请（万元）": "年度预算申请"})
    submission = only(form)
    for key, value in seed_values()["附件2"].items():
        if "资金总额_全年" in key or "年初" in key or key.startswith(("收入", "支出")):
            assert submission.value(key) == pytest.approx(value, abs=1e-6)
    (unit_note,) = notes(submission, "W-11")
    assert (unit_note.severity, unit_note.cell) == (Severity.INFO, "A3")
    assert submission.value("年度资金总额_分值") == 10


def _times(text: str, factor: float) -> str:
    """The amount in a text, if it is one in 万元 with more than two digits or behind a colon, in the other unit."""
    match = re.fullmatch(r"(.*：|)(\d+(?:\.\d+)?)", text, re.DOTALL)
    if match is None or (not match[1] and float(match[2]) <= 10):
        return text
    return f"{match[1]}{float(match[2]) * factor:.8f}".rstrip("0").rstrip(".")


def test_a_unit_of_one_label_alone() -> None:
    """预算投资（元） on a form in 万元 concerns that field only."""
    form = put(base_data_form(), {"预算投资（万元）": "预算投资（元）"})
    row = next(box.row for box in form.boxes if box.text == "预算投资（元）") + 1
    form.boxes = [replace(box, text="728900") if (box.row, box.column) == (row, 5) else box for box in form.boxes]
    submission = only(form)
    assert submission.value("预算投资") == 72.89
    assert submission.value("三公经费_本年决算数") == 27.48
    assert notes(submission, "W-11") == []


def test_outturns_in_another_order() -> None:
    """本年决算数 left of 上年决算数: told by the years in the heads."""
    form = base_data_form()
    form.boxes = [
        replace(box, column={2: 6, 6: 2}.get(box.column, box.column)) if 3 <= box.row <= 18 else box
        for box in form.boxes
    ]
    submission = only(form)
    compare(submission, seed_values()["附件1"], seed_rows("附件1"))
    assert submission.values["三公经费_本年决算数"].cell == "B6"


def test_projects_with_numbers_of_their_own() -> None:
    """序号 in a column before the name, a project without a name, names numbered or not."""
    form = Form("附件1", ["2023年度部门整体支出绩效评价基础数据表"], 5, foot=[])
    form.add(1, ("经费控制情况", 2), "2022年决算数", "2023年预算数", "2023年决算数")
    form.add(2, ("项目支出", 2), "30", "30", "33")
    form.add(3, "1", "水库专项", "10", "10", "11")
    form.add(4, "2", "（2）乡村振兴", "10", "10", "11")
    form.add(5, "3", "", "10", "10", "11")
    form.add(6, ("公用经费", 2), "5", "5", "5")
    form.add(7, ("其他支出", 2), "1", "1", "1")
    submission = only(form)
    assert [row.value("项目名称") for row in submission.rows] == ["水库专项", "乡村振兴", None]
    assert [row.value("本年决算数") for row in submission.rows] == [11, 11, 11]
    (note,) = notes(submission, "W-10")
    assert {note.cell, *note.related} == {"A8", "C8", "D8", "E8"}


def test_the_only_project_without_a_name() -> None:
    """What is missing is told in the cell below 项目支出, where its name belongs."""
    form = Form("附件1", ["2023年度部门整体支出绩效评价基础数据表"], 4, foot=[])
    form.add(1, "经费控制情况", "2022年决算数", "2023年预算数", "2023年决算数")
    form.add(2, "项目支出", "10", "10", "11")
    form.add(3, "", "10", "10", "11")
    record = record_of(as_sheet(form))
    (finding,) = (finding for finding in audit([record]).findings if finding.rule == "A1-16")
    assert finding.cell == "A4"


def test_a_code_before_a_name_is_no_part_of_it() -> None:
    """219-某局 stays as filed in the field, and belongs to 某局."""
    form = put(project_form(), {})
    form.boxes = [replace(box, text="219001-水利局") if (box.row, box.column) == (2, 8) else box for box in form.boxes]
    submission = only(form)
    assert (submission.value("实施单位"), submission.department) == ("219001-水利局", "水利局")


def test_a_sheet_beside_the_forms() -> None:
    """A sheet with content and no form is told on the file; an empty one is not."""
    other = Form("底稿", ["计算底稿", "差旅 12"], 1, foot=[])
    other.add(1, "合计 12")
    empty = Form("Sheet3", [], 1, foot=[])
    empty.add(1, "　")
    record = record_of(as_sheet(base_data_form()), as_sheet(other), as_sheet(empty))
    (note,) = record.notes
    assert (note.rule, note.sheet, note.cell, note.words["个数"]) == ("W-10", "底稿", "A1", "3")
    (finding,) = (finding for finding in audit([record]).findings if finding.sheet == "底稿")
    assert (finding.rule, finding.severity, finding.cell) == ("W-10", Severity.INFO, "A1")
    assert "A1:A3" in finding.message


def test_addresses_are_those_of_the_sheet() -> None:
    """After moving a form the cells move with it."""
    submission = only(spread(self_review_form(), (2,), (), (3, 2)))
    moved = {key: filed.cell for key, filed in submission.values.items()}
    still = {key: filed.cell for key, filed in only(self_review_form()).values.items()}
    assert moved["部门名称"] == address(6, 6)
    assert still["部门名称"] == address(3, 3)
