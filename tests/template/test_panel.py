"""The 审核 panel while a form is filled in: what is wrong stands beside the table, in right words, at its place."""

from __future__ import annotations

import re
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import ironcalc
import openpyxl
import pytest

from tests.support.programs.engines import evaluate_ironcalc
from tests.template.issued import DEPARTMENT, FORMS
from xltool.findings import address
from xltool.forms import FORMS as FORM_OF
from xltool.forms import base_data, foot, project, review, self_review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes
from xltool.reader.reading import read_file
from xltool.template import panel
from xltool.template.cells import READ_OFFSET
from xltool.template.checks.places import Pointer, count_formula
from xltool.template.filling import indicator_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from xltool.expr.nodes import Field

SCREEN = 1366 - 20 - 36
"""Pixels of a screen without scroll bar and row numbers."""


def _sheet(key: str, filled: dict[Field, Any], approved: dict[Field, Any] | None = None) -> Worksheet:
    order = SheetOrder(FORM_OF[key], prefill=filled, approved=approved or {})
    data = write_workbook(Order(2023, DEPARTMENT, (key,)), [order])
    sheet: Worksheet = openpyxl.load_workbook(BytesIO(data), data_only=True)[key]
    return sheet


@pytest.mark.parametrize("key", FORMS)
def test_the_hint_is_seen_whole(key: str) -> None:
    """Below the summary, on green cells too, it takes no more than the lines of its row beside the table."""
    sheet = _sheet(key, {}, dict.fromkeys((base_data.unit, self_review.department, project.name), "某局"))
    left = len(FORM_OF[key].widths) + 2 + panel.CODE
    (area,) = (own for own in sheet.merged_cells.ranges if (own.min_row, own.min_col) == (4, left))
    assert area.max_col == left + panel.LISTED
    widths = {dimension.min: dimension.width for dimension in sheet.column_dimensions.values()}
    pixels = sum(widths[column] * 7 + 5 for column in (left, area.max_col))
    text = str(sheet.cell(4, left).value)
    assert "绿色" in text
    assert -(-len(text) * 12 // int(pixels)) * 11.5 <= (sheet.row_dimensions[4].height or 15)


def _listed(sheet: Worksheet) -> list[str]:
    """The texts of the list beside the table."""
    column = len(FORM_OF[sheet.title].widths) + 2 + panel.LISTED
    texts = (sheet.cell(row, column).value for row in range(5, sheet.max_row + 1))
    return [str(text) for text in texts if text]


def _summaries(sheet: Worksheet) -> tuple[str, str]:
    column = len(FORM_OF[sheet.title].widths) + 2
    return str(sheet.cell(2, column).value), str(sheet.cell(3, column).value)


def _row(**cells: float | str) -> dict[str, float | str]:
    return {"二级指标": "质量指标", "三级指标": "完工率", "年度指标值": "≥90%", "实际完成值": "95%"} | cells


@pytest.mark.parametrize("key", FORMS)
def test_status_and_list_are_in_sight(key: str) -> None:
    """The summary stands in frozen rows, and the list beside the table ends within a screen 1366 pixels wide."""
    sheet = _sheet(key, {})
    assert sheet.freeze_panes == "A4"
    shown = len(FORM_OF[key].widths) + 2 + panel.LISTED
    widths = dict.fromkeys(range(1, shown + 1), 8.43)
    for dimension in sheet.column_dimensions.values():
        widths |= dict.fromkeys(range(dimension.min or 1, min(dimension.max or 1, shown) + 1), dimension.width)
    assert sum(round(width * 7) for width in list(widths.values())[:shown]) <= SCREEN
    assert widths[shown] * 7 > 300


def test_a_line_on_many_rows_names_the_first() -> None:
    """The message has the row and its figures, and says how many rows there are."""
    rows = [_row(分值=10, 得分=10), _row(三级指标="返工率", 分值=10, 得分=12), _row(分值=5, 得分=6)]
    sheet = _sheet("附件2", indicator_columns(rows, 3))
    first = lay_out(FORM_OF["附件2"], Sizes()).spans[review.INDICATORS].first + 3
    assert f"第 {first + 1} 行：“返工率”得分 12分，超过分值 10分。（共 2 处）" in _listed(sheet)


def test_a_text_in_a_cell_of_numbers_is_told_at_its_cell() -> None:
    """`165万` is named with its cell; 无 and —— are no texts to tell of."""
    sheet = _sheet("附件1", {base_data.office.actual: "165万", base_data.abroad.actual: "无"})
    texts = [text for text in _listed(sheet) if "是文本" in text]
    assert texts == ["办公经费本年决算数填报“165万”是文本，公式没有计入；请只填半角数字，不带单位、逗号。"]
    grid = lay_out(FORM_OF["附件1"], Sizes())
    row, column = grid.position_of(base_data.office.actual)
    cells = [cell for area in sheet.conditional_formatting for cell in str(area.sqref).split()]
    assert address(row, column) in cells


def test_a_text_in_a_cell_of_numbers_comes_before_what_follows_from_it() -> None:
    """Where the only part of the budget is a text, its line is the first; money of 附件2 has its printed name."""
    texts = _listed(_sheet("附件3", {project.appropriation.budget: "600万", project.appropriation.executed: 590.0}))
    assert texts[0].startswith("当年财政拨款全年预算数填报“600万”是文本")
    assert _listed(_sheet("附件2", {self_review.basic_spending: "600万元"}))[0].startswith(
        "基本支出填报“600万元”是文本"
    )


def test_money_beyond_its_budget_is_reported_where_it_was_typed() -> None:
    """The part that exceeds its budget is named, and not the total that follows from it; else the total is."""
    part = {project.appropriation.budget: 600.0, project.appropriation.executed: 690.0}
    other = {project.other_funds.executed: 10.0, project.appropriation.budget: 600.0}
    beyond = [text for text in _listed(_sheet("附件3", part)) if "大于本行" in text]
    assert beyond == ["当年财政拨款全年执行数填报 690.00万元，大于本行全年预算数 600.00万元。"]
    whole = _sheet("附件3", other | {project.appropriation.executed: 600.0})
    assert [text for text in _listed(whole) if "大于本行" in text] == [
        "年度资金总额全年执行数填报 610.00万元，大于本行全年预算数 600.00万元。"
    ]


def test_a_copied_sign_is_a_mistake_and_no_blank() -> None:
    """≥94% as an actual value is told in words, with its row, and not asked for as if it were missing."""
    texts = _listed(_sheet("附件2", indicator_columns([_row(实际完成值="≥94%", 分值=10, 得分=10)], 3)))
    assert any("带有比较符号，像是照抄目标值" in text for text in texts)
    assert not any(text.endswith("实际完成值") for text in texts)


def test_a_number_beyond_all_days_is_shown_as_it_is(tmp_path: Path) -> None:
    """20240315 typed as a number is no day that a program could show: the message has the number."""
    path = tmp_path / "附件2.xlsx"
    path.write_bytes(write_workbook(Order(2023, DEPARTMENT, ("附件2",)), [SheetOrder(FORM_OF["附件2"])]))
    row, column = lay_out(FORM_OF["附件2"], Sizes()).position_of(foot.filed_on)
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    texts = {}
    for entry in ("20240315", "45731", "45366"):
        model.set_user_input(0, row, column, entry)
        model.evaluate()
        texts[entry] = model.get_cell_value(0, 5, len(FORM_OF["附件2"].widths) + 2 + panel.LISTED)
    year = "填报日期 {} 不在年度终了后的一年之内。"
    assert texts["20240315"] == year.format("20240315")
    assert texts["45731"] == year.format("2025-03-15")
    assert "年度终了" not in str(texts["45366"])


def test_the_cost_of_everything_is_compared_with_the_funds() -> None:
    """A budget control figure that is not the department's budget is named with both; a rounded one is right."""
    cost = {"二级指标": "成本指标", "三级指标": "预算控制数", "实际完成值": "1180万元"}
    funds = {self_review.year.initial: 1200.4, self_review.year.executed: 1180.0}
    wrong, right = (
        _listed(_sheet("附件2", funds | indicator_columns([cost | {"年度指标值": target}], 3)))
        for target in ("1000万元", "≤1200万元")
    )
    message = "“预算控制数”的年度指标值填报“1000万元”，与年度资金总额的年初预算数 1200.40万元 不一致。"
    assert any(text.endswith(message) for text in wrong)
    assert not any("预算控制数”的年度指标值" in text for text in right)


def test_the_number_in_a_name_is_compared_with_the_target() -> None:
    """A number in the name that is not the target's is an error; the same number is a hint, which counts as nothing."""
    named = _row(二级指标="数量指标", 三级指标="培育企业6家", 实际完成值="6家", 分值=5, 得分=5)
    wrong, same, other = (
        _sheet("附件2", indicator_columns([named | {"年度指标值": target}], 3)) for target in ("5家", "6家", "6个")
    )
    assert any("“培育企业6家”中的数字与年度指标值“5家”不一致" in text for text in _listed(wrong))
    assert any("属重复表述" in text for text in _listed(same))
    assert not any("培育企业6家”中" in text for text in _listed(other))
    assert int(re.findall(r"\d+", _summaries(wrong)[0])[0]) == int(re.findall(r"\d+", _summaries(same)[0])[0]) + 1


@pytest.mark.parametrize("inserted", [8, 9])
def test_rows_that_no_line_judges_are_named(tmp_path: Path, inserted: int) -> None:
    """Eight rows may be inserted into the indicators; beyond them the status names the first that the bureau judges."""
    path = tmp_path / "附件2.xlsx"
    path.write_bytes(write_workbook(Order(2023, DEPARTMENT, ("附件2",)), [SheetOrder(FORM_OF["附件2"])]))
    span = lay_out(FORM_OF["附件2"], Sizes()).spans[review.INDICATORS]
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.insert_rows(0, span.first + 1, inserted)
    model.evaluate()
    status = model.get_cell_value(0, 2, len(FORM_OF["附件2"].widths) + 2)
    shown = f"公式自检：正常（第 {span.anchor + 9} 行起由财政部门逐行审核）"
    assert status == (shown if inserted > 8 else "公式自检：正常")


def test_people_are_not_rounded() -> None:
    """44.5 is 44.5人 in the message and in the cell."""
    sheet = _sheet("附件1", {base_data.posts: 44.5, base_data.staff: 40})
    assert any("44.5" in text for text in _listed(sheet))
    assert sheet.cell(*lay_out(FORM_OF["附件1"], Sizes()).position_of(base_data.posts)).number_format == "General"


def test_a_form_with_an_approved_budget_is_only_to_be_filled_in() -> None:
    """What the bureau has filled in makes nothing wrong: the rest is asked for."""
    sheet = _sheet("附件3", {project.name: "河道治理"}, {project.appropriation.initial: 310.0})
    status, missing = _summaries(sheet)
    assert status == "公式自检：正常"
    assert missing != "填写完整：已填齐"
    assert all(text.startswith("待填：") for text in _listed(sheet))


def test_a_line_of_many_checks_names_the_first_place() -> None:
    """Of 35 amounts that may be negative, the first that is stands in the message, with its figure."""
    sheet = _sheet("附件1", {base_data.abroad.actual: -3.5, base_data.meetings.actual: -1.0})
    negative = [text for text in _listed(sheet) if "负数" in text]
    assert negative == ["出国经费本年决算数填报为 -3.50万元，不应为负数。（共 2 处）"]


def test_the_format_of_a_cell_refers_to_its_line() -> None:
    """A rule is written once for a cell: its conditional format reads the count, or the verdict, of the line."""
    sheet = _sheet("附件3", {project.year.initial: 100.0, project.appropriation.initial: 90.0})
    row, column = lay_out(FORM_OF["附件3"], Sizes()).position_of(project.year.budget)
    at_cell = sheet.conditional_formatting[address(row, column)]
    left = len(FORM_OF["附件3"].widths) + 2
    counts = {f"${address(line, left + panel.COUNT).rstrip(str(line))}${line}>0" for line in range(5, 60)}
    assert {formula for rule in at_cell for formula in rule.formula} <= counts
    verdicts = [str(sheet.cell(line, left + panel.VERDICTS).value) for line in range(6, 60)]
    assert any(set(text) == {"0", "1"} for text in verdicts)


@pytest.mark.parametrize(
    ("of_rows", "formula"),
    [
        ((False,), "=c1"),
        ((True, True), "=c1+c2"),
        ((False, False), '=LEN(SUBSTITUTE(T,"0",""))'),
        ((True, False, False), '=c1+LEN(SUBSTITUTE(MID(T,2,2),"0",""))'),
        ((True, False), "=c1+c2"),
        ((False, True, False), "=c1+c2+c3"),
    ],
)
def test_cells_are_counted_by_their_verdicts(of_rows: tuple[bool, ...], formula: str) -> None:
    """Violations of rows are counted row by row, those of several cells side by side by the text of their verdicts."""
    checks: list[Any] = [SimpleNamespace(of_rows=each) for each in of_rows]
    counts = [f"c{number}" for number in range(1, len(checks) + 1)]
    assert count_formula(checks, counts, Pointer("Q", "T", "U")) == formula


@pytest.mark.parametrize("key", FORMS)
def test_links_lead_to_the_cells(key: str) -> None:
    """The code beside a message is a link to the cell, whose address moves with the cell."""
    data = write_workbook(Order(2023, DEPARTMENT, (key,)), [SheetOrder(FORM_OF[key])])
    sheet: Worksheet = openpyxl.load_workbook(BytesIO(data))[key]
    left = len(FORM_OF[key].widths) + 2
    assert 'HYPERLINK("#"&INDEX(' in str(sheet.cell(5, left + panel.CODE).value)
    places = [str(sheet.cell(row, left + panel.PLACE).value) for row in range(6, 20)]
    assert any("ROW(" in place for place in places)


# --- what is read of indicator rows -------------------------------------------------------------


def test_full_marks_for_what_was_not_reached_are_told() -> None:
    """15 of 17 项 with full marks is named with its row; 17 of 17, and a text that is not read, are not."""
    rows = [
        _row(年度指标值="≥17项", 实际完成值="15项", 分值=10, 得分=10),
        _row(年度指标值="17项", 实际完成值="17项", 分值=10, 得分=10),
        _row(年度指标值="17项左右", 实际完成值="15项", 分值=10, 得分=10),
    ]
    sheet = _sheet("附件2", indicator_columns(rows, 3))
    first = lay_out(FORM_OF["附件2"], Sizes()).spans[review.INDICATORS].first + 3
    unreached = [text for text in _listed(sheet) if "没有完成却记满分" in text]
    assert unreached == [f"第 {first} 行：“完工率”目标 ≥17项，实际完成 15项，没有完成却记满分 10分。"]


WRITINGS = {
    ("培训人次", "≥17项", "15项"): ("项", 17.0, 15.0, "正向"),
    ("培训人次", "≤ 17.5 万元", "18万元"): ("万元", 17.5, 18.0, "反向"),
    ("培训人次", ">=17项", "15项"): ("项", 17.0, 15.0, "正向"),
    ("信访件数", "<= 3件", "5件"): ("件", 3.0, 5.0, "反向"),
    ("事故次数", "0次", "1次"): ("次", 0.0, 1.0, "等于"),
    ("运行成本", "≤3万元", "2万元"): ("万元", 3.0, 2.0, "反向"),
    ("运行成本", "3万元", "2万元"): ("万元", 3.0, 2.0, ""),
    ("合格率", "95%", "0.96"): ("%", 0.95, "", ""),
    ("合格率", "≥95%", "96.5%"): ("%", 0.95, 0.965, "正向"),
    ("培训人次", "10—15人次", "12人次"): ("—人次", "", "", ""),
    ("培训人次", "2023年6月", "2023年6月"): ("年月", "", "", ""),
    ("培训人次", "达成", "达成"): ("达成", "", "", ""),
    ("培训人次", None, "12"): ("", "", "", ""),
}


def test_formulas_read_what_is_plain_and_leave_the_rest(tmp_path: Path) -> None:
    """A spreadsheet engine reads each writing as expected, and never more than the reader."""
    rows = [
        {"二级指标": "数量指标", "三级指标": name, "年度指标值": target, "实际完成值": actual}
        for name, target, actual in WRITINGS
    ]
    order = Order(2023, DEPARTMENT, ("附件2",), indicators=len(rows))
    path = tmp_path / "read.xlsx"
    path.write_bytes(write_workbook(order, [SheetOrder(FORM_OF["附件2"], prefill=indicator_columns(rows, len(rows)))]))
    engine = evaluate_ironcalc(path)
    grid = lay_out(FORM_OF["附件2"], order.sizes)
    first, left = grid.spans[review.INDICATORS].first, len(grid.form.widths) + 3 + READ_OFFSET
    cells = [[engine.get(("附件2", address(first + at, left + n))) or "" for n in (0, 3)] for at in range(len(rows))]
    numbers = [[engine.get(("附件2", address(first + at, left + n))) for n in (1, 2)] for at in range(len(rows))]
    for (unit, target, actual, way), texts, values in zip(WRITINGS.values(), cells, numbers, strict=True):
        assert texts == [unit, way]
        assert [value or ("" if value is None else value) for value in values] == [target, actual]
    (submission,) = read_file(path, path.name).submissions
    ways = {row.row: row.derived["方向"] for row in submission.rows}
    assert all(ways[first + at] == way for at, (_, way) in enumerate(cells) if way)
