"""The sheet 送审前核对 of a combined workbook, and the lines that compare its forms."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import ironcalc
import openpyxl
import pytest

from benchmarks.corpus.honest import Clerk
from tests.support.lint import lint
from tests.support.programs.engines import evaluate_ironcalc, same, saved_values
from tests.support.programs.ooxml import needs_validator, validate
from tests.support.sheets import rows_of
from tools.samples.sample import papers_as_sheets
from xltool.auditing.audit import audit
from xltool.findings import address, row_column
from xltool.forms import FORMS, base_data, project, review, self_review
from xltool.forms.manifest import OVERVIEW, OVERVIEW_TITLE
from xltool.reader.reading import read_file
from xltool.template import overview as overview_module
from xltool.template.filling import indicator_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_combined

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

LARGEST = 115 * 1024
LARGEST_BY_ROSTER = 120 * 1024


def _combined(base: float, spent: float, *initials: float) -> bytes:
    """A department's workbook: 项目支出 on 附件1 and 附件2, and the projects with their approved budgets."""
    names = tuple(f"河道治理{number}期" for number in range(1, len(initials) + 1))
    sheets = [
        SheetOrder(FORMS["附件1"], prefill={base_data.project_name: list(names), base_data.project_actual: [base]}),
        SheetOrder(FORMS["附件2"], prefill={self_review.project_spending: spent}),
        *(
            SheetOrder(FORMS["附件3"], name, approved={project.appropriation.initial: initial})
            for name, initial in zip(names, initials, strict=True)
        ),
    ]
    return write_combined(Order(2023, "某局", projects=names), sheets)


@pytest.fixture(scope="module")
def data() -> bytes:
    """项目支出 differs, and 附件2 has no 年初预算数 yet."""
    return _combined(100.0, 90.0, 310.0, 150.0)


@pytest.fixture(scope="module")
def overview(data: bytes) -> Worksheet:
    """The first sheet."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    sheet: Worksheet = book.worksheets[0]
    assert sheet.title == OVERVIEW
    assert book.active == sheet
    return sheet


def _column(sheet: Worksheet, column: int) -> list[str]:
    return [str(sheet.cell(row, column).value or "") for row in range(1, sheet.max_row + 1)]


def test_each_form_has_its_state(overview: Worksheet) -> None:
    """Name, 公式自检 and 填写完整 of every form, and of all together in the frozen rows."""
    assert overview.cell(1, 1).value == OVERVIEW_TITLE
    assert overview.freeze_panes == "A4"
    rows = range(5, 9)
    assert [overview.cell(row, 1).value for row in rows] == ["附件1", "附件2", "附件3", "附件3-2"]
    assert overview.cell(8, 2).value == "项目支出绩效自评表　河道治理2期"
    assert [overview.cell(row, 3).value for row in rows] == ["正常", "1 处待核实", "正常", "正常"]
    assert all(str(overview.cell(row, 4).value).endswith("处待填") for row in rows)
    assert str(overview.cell(2, 1).value).startswith("公式自检：1 处待核实")


def test_what_is_wrong_stands_in_words_with_both_places(overview: Worksheet) -> None:
    """X-03 speaks with both amounts, its own cell and that of the other form."""
    row = _column(overview, 2).index("要核对的") + 2
    text = "附件2项目支出 90.00万元，附件1项目支出本年决算数 100.00万元，两表不一致。〔对照 附件1!F13〕"
    assert overview.cell(row, 2).value == text
    assert overview.cell(row, 1).value == "附件2!I8"
    assert overview.cell(row + 1, 2).value in {None, ""}


def test_what_is_blank_stands_beside_its_form(overview: Worksheet) -> None:
    """Each form names what is blank, with a link to the first place; what only the bureau can check is named below."""
    assert overview.cell(4, 6).value == "待填的"
    assert overview.cell(8, 5).value == "附件3-2!B11"
    assert overview.cell(8, 6).value == "预期目标（共 2 处）、填表人（共 4 处）、当年财政拨款全年预算数（共 2 处）"
    assert [bool(overview.cell(row, 6).value) for row in range(5, 9)] == [True] * 4
    assert "与上年对照" in str(overview.cell(9, 2).value)


def test_all_stands_on_the_first_screen(overview: Worksheet) -> None:
    """Of two projects the list begins in the upper half of 1366 × 768 pixels, and fits their width."""
    start = _column(overview, 2).index("要核对的") + 1
    heights = [overview.row_dimensions[row].height or 15 for row in range(1, start + 1)]
    assert sum(heights) / 0.75 < 768 / 2
    widths = [overview.column_dimensions[letter].width for letter in "ABCDEF"]
    assert sum(width * 7 + 5 for width in widths) <= 1366 - 20 - 36


def test_the_sheet_is_live(data: bytes, tmp_path: Path) -> None:
    """IronCalc gives every cell of the sheet the value that was stored, and other values when a form changes."""
    path = tmp_path / "combined.xlsx"
    path.write_bytes(data)
    engine = evaluate_ironcalc(path)
    stored = {place: value for place, value in saved_values(path).items() if place[0] == OVERVIEW}
    wrong = {place: (engine.get(place), value) for place, value in stored.items() if not same(engine.get(place), value)}
    assert not wrong
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    for sheet, cell, entry in (("附件1", "F14", "90"), ("附件3-2", "B11", "建成堤防")):
        model.set_user_input(names.index(sheet), *row_column(cell), entry)
    model.evaluate()
    shown = {cell: model.get_cell_value(names.index(OVERVIEW), *row_column(cell)) for cell in ("C6", "B11", "F8")}
    assert shown["C6"] == "正常"
    assert shown["B11"] == "要核对的：没有"
    assert str(shown["F8"]).startswith("实际完成情况、")


def test_the_cell_is_marked_without_a_reference_to_another_sheet(data: bytes) -> None:
    """The conditional format at the cell refers to the line of the panel: Excel takes no other sheet there."""
    sheet: Worksheet = openpyxl.load_workbook(BytesIO(data))["附件2"]
    rules = [rule for area in sheet.conditional_formatting if "I8" in str(area.sqref).split() for rule in area.rules]
    assert any(str(rule.formula[0]).endswith(">0") for rule in rules)
    every = [str(rule.formula[0]) for area in sheet.conditional_formatting for rule in area.rules]
    assert not any("!" in formula for formula in every)


def test_a_workbook_that_agrees_is_normal() -> None:
    """With equal amounts nothing is wrong."""
    rows = rows_of(_combined(100.0, 100.0, 310.0), OVERVIEW)
    assert str(rows[1][0]).startswith("公式自检：正常")
    assert "要核对的：没有" in [row[1] for row in rows]


def test_a_hint_is_no_warning() -> None:
    """A form with a hint alone is 正常; in the list its place has the colour of hints, as beside the form."""
    rows = [{"二级指标": "时效指标", "三级指标": "资金拨付", "年度指标值": "及时", "实际完成值": "及时"}]
    sheets = [SheetOrder(FORMS["附件2"], prefill=indicator_columns(rows, 3))]
    sheet = openpyxl.load_workbook(BytesIO(write_combined(Order(2023, "某局"), sheets)), data_only=True).worksheets[0]
    assert sheet.cell(5, 3).value == "正常"
    at = _column(sheet, 2).index("要核对的") + 2
    assert "类别可能不符" in str(sheet.cell(at, 2).value)
    listed = [area for area in sheet.conditional_formatting if str(area.sqref).startswith(f"A{at}:")]
    colours = [rule.dxf.fill.bgColor.rgb for area in listed for rule in area.rules]
    assert len(colours) == len(set(colours)) == 3
    counts = [sheet.cell(5, column).value for column in range(8, 13)]
    # Lines, errors, listed, listed before, errors and warnings.
    assert counts == [1, 0, 1, 0, 0]


def test_a_long_list_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the list takes over fewer lines of a form than there are, its head has the number of all."""
    monkeypatch.setattr(overview_module, "OF_A_FORM", 2)
    amounts: dict[Any, Any] = {base_data.posts: 4.5, base_data.staff: 3.5, base_data.procurement_actual: -3.0}
    sheets = [SheetOrder(FORMS["附件1"], prefill=amounts | {base_data.office.actual: "165万"})]
    rows = rows_of(write_combined(Order(2023, "某局"), sheets), OVERVIEW)
    assert "要核对的（共 4 项，其余见各表右边的“审核”栏）" in [row[1] for row in rows]


def test_size() -> None:
    """A department's workbook with three projects stays below 115 KiB, filled in too."""
    assert len(_combined(100.0, 90.0, 310.0, 150.0, 20.0)) < LARGEST
    filing = Clerk(17, year=2023, projects=3).filing()
    sheets = papers_as_sheets(filing.papers, filing.department, 2023)
    assert len(write_combined(sheets[0][0], [sheet for _, sheet in sheets])) < LARGEST


def test_size_by_roster() -> None:
    """With approved indicators and five rows for each 二级指标, three projects stay below 120 KiB, filled in too."""
    filing = Clerk(17, year=2023, projects=3).filing()
    order = replace(papers_as_sheets(filing.papers, filing.department, 2023)[0][0], indicators=5)
    approved = (review.indicator, review.target_value, review.weight)
    for is_filled in (False, True):
        sheets = []
        for sheet in (paper.sheet(order) for paper in filing.papers):
            locked = {item: sheet.prefill[item] for item in approved if item in sheet.prefill}
            sheets.append(replace(sheet, approved=locked, prefill=sheet.prefill if is_filled else {}))
        assert len(write_combined(order, sheets)) < LARGEST_BY_ROSTER


def test_excel_has_nothing_to_repair(data: bytes, tmp_path: Path) -> None:
    """The lint finds no fault in a workbook with formulas across sheets."""
    path = tmp_path / "combined.xlsx"
    path.write_bytes(data)
    assert lint(path) == []


@needs_validator
def test_follows_the_schema(data: bytes, tmp_path: Path) -> None:
    """The Open XML SDK reports no error."""
    path = tmp_path / "combined.xlsx"
    path.write_bytes(data)
    assert validate(path) == []


# --- a project on 附件1 and on its own form -------------------------------------------------------


def _projects(rows: list[tuple[str, float | str | None]], name: str, initial: float) -> str:
    """What the form of a project says of X-06, with these rows (name and 本年预算数) on 附件1."""
    names: list[str | float | None] = [row[0] for row in rows]
    amounts = [row[1] for row in rows]
    sheets = [
        SheetOrder(FORMS["附件1"], prefill={base_data.project_name: names, base_data.project_budget: amounts}),
        SheetOrder(FORMS["附件3"], name, prefill={project.name: name, project.appropriation.initial: initial}),
    ]
    shown = rows_of(write_combined(Order(2023, "某局"), sheets), "附件3")
    # The list beside the table is the eleventh column.
    (text,) = (row[at + 2] for row in shown for at in range(11, len(row)) if row[at] == "X-06")
    return str(text)


CASES: dict[str, tuple[list[tuple[str, float | str | None]], float, str]] = {
    "equal": ([("河道治理", 310.0), ("水库除险", 150.0)], 310.0, "正常"),
    "a cent apart": ([("河道治理", 310.01)], 310.0, "正常"),
    "different": (
        [("水库除险", 150.0), ("河道治理", 300.0)],
        310.0,
        "年初预算数 310.00万元，附件1同名项目的本年预算数 300.00万元，两者不一致。〔对照 附件1!D15〕",
    ),
    "no such name": ([("河道治理（二期）", 300.0)], 310.0, "正常"),
    "two of a name": ([("河道治理", 300.0), ("河道治理", 300.0)], 310.0, "正常"),
    "blank": ([("河道治理", None)], 310.0, "正常"),
    "a text": ([("河道治理", "待定")], 310.0, "正常"),
}


@pytest.mark.parametrize(("rows", "initial", "text"), CASES.values(), ids=CASES.keys())
def test_a_project_has_the_amount_of_its_row(
    rows: list[tuple[str, float | str | None]], initial: float, text: str
) -> None:
    """Where exactly one row of 附件1 has the name of the project, its amounts must be equal (X-06)."""
    assert _projects(rows, "河道治理", initial) == text


def test_engines_and_audit_agree_on_the_amounts_of_a_project(tmp_path: Path) -> None:
    """IronCalc counts what was stored, and the audit reports the same project."""
    for number, (rows, initial, text) in enumerate(CASES.values()):
        names: list[str | float | None] = [row[0] for row in rows]
        amounts = [row[1] for row in rows]
        sheets = [
            SheetOrder(FORMS["附件1"], prefill={base_data.project_name: names, base_data.project_budget: amounts}),
            SheetOrder(
                FORMS["附件3"],
                "河道治理",
                prefill={project.name: "河道治理", project.appropriation.initial: initial},
            ),
        ]
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(write_combined(Order(2023, "某局"), sheets))
        engine = evaluate_ironcalc(path)
        shown = {engine.get(("附件3", address(row, 16))) for row in range(5, 60)}
        assert (text in shown) or text == "正常"
        assert any("同名项目" in str(value) for value in shown) is (text != "正常")
        findings = audit([read_file(path, path.name)]).findings
        reported = [finding for finding in findings if finding.rule == "X-06" and finding.sheet == "附件3"]
        assert text == "正常" or reported
