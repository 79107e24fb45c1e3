"""Workbooks are read as openpyxl reads them, whoever wrote them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText
from openpyxl.worksheet.formula import ArrayFormula

from tests.reader.ooxml.opened_parts import WRITERS, by_xlsxwriter
from xltool.reader.a1 import span
from xltool.reader.guard import check
from xltool.reader.ooxml import parts
from xltool.reader.ooxml.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", params=WRITERS)
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form by each of the three programs."""
    path: Path = request.param(tmp_path_factory.mktemp("form") / "form.xlsx")
    check(path)
    return path


Seen = tuple[Any, str | None, bool, str]


def seen_by_openpyxl(path: Path) -> dict[tuple[str, int, int], Seen]:
    """Cells, as (value, formula, error, format), by sheet and address; from two loads of openpyxl."""
    stored = openpyxl.load_workbook(path, data_only=True, rich_text=True)
    written = openpyxl.load_workbook(path)
    result: dict[tuple[str, int, int], Seen] = {}
    for sheet in written.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = stored[sheet.title][cell.coordinate].value
                value = str(value) if isinstance(value, CellRichText) else value
                text = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                formula = str(text)[1:] if cell.data_type == "f" else None
                if value is None and formula is None:
                    continue
                if isinstance(value, dt.datetime) and value.time() == dt.time.min:
                    value = value.date()
                error = stored[sheet.title][cell.coordinate].data_type == "e"
                place = (sheet.title, cell.row or 0, cell.column or 0)
                result[place] = (value, formula, error, cell.number_format)
    return result


def test_cells_are_those_of_openpyxl(form: Path) -> None:
    """Every value, formula, error flag and number format agrees with openpyxl's two loads."""
    expected = seen_by_openpyxl(form)
    # openpyxl reads a formula's cached empty text as no value at all.
    result = {
        (sheet.name, *place): (
            None if cell.value == "" else cell.value,
            cell.formula,
            cell.error,
            cell.number_format,
        )
        for sheet in open_workbook(form).sheets
        for place, cell in sheet.cells.items()
    }
    assert len(expected) >= 8
    assert result == expected


def test_locks_of_all_cells_are_those_of_openpyxl(form: Path) -> None:
    """Locks of cells the file has, empty ones too, agree with openpyxl."""
    book = openpyxl.load_workbook(form)
    states = set()
    for sheet in open_workbook(form).sheets:
        for row in book[sheet.name].iter_rows():
            for cell in row:
                if cell.has_style and cell.row is not None and cell.column is not None:
                    states.add(cell.protection.locked)
                    assert sheet.is_locked(cell.row, cell.column) == cell.protection.locked, cell.coordinate
    assert states == {True, False}


def test_structure_is_that_of_openpyxl(form: Path) -> None:
    """Sheets, states, merges, hidden rows and columns agree with openpyxl."""
    theirs = openpyxl.load_workbook(form)
    ours = open_workbook(form)
    assert [(sheet.name, sheet.state) for sheet in ours.sheets] == [(s.title, s.sheet_state) for s in theirs.worksheets]
    for sheet in ours.sheets:
        other = theirs[sheet.name]
        merges = [(each.min_row, each.min_col, each.max_row, each.max_col) for each in other.merged_cells.ranges]
        assert sorted(sheet.merges) == sorted(merges)
        assert sheet.hidden_rows == {row for row, size in other.row_dimensions.items() if size.hidden}
        columns: set[int] = set()
        for size in other.column_dimensions.values():
            columns.update(range(size.min or 0, (size.max or 0) + 1) if size.hidden else ())
        assert sheet.hidden_columns == columns
    first = ours.sheets[0]
    assert first.merges
    assert first.hidden_rows
    assert first.hidden_columns


def test_protection_and_validations_are_those_of_openpyxl(form: Path) -> None:
    """Ranges with a validation, and whether a sheet is protected, agree with openpyxl."""
    theirs = openpyxl.load_workbook(form)
    for sheet in open_workbook(form).sheets:
        other = theirs[sheet.name]
        assert (sheet.protection is not None) == bool(other.protection.sheet)
        rules = other.data_validations.dataValidation
        assert sorted(sheet.validated) == sorted(span(part) for each in rules for part in str(each.sqref).split())
    first = open_workbook(form).sheets[0]
    assert first.protection
    assert first.validated


def test_names_are_those_of_openpyxl(form: Path) -> None:
    """Defined names with scope, text and visibility agree with openpyxl."""
    theirs = openpyxl.load_workbook(form)
    expected: set[tuple[str, str | None, str | None, bool]] = {
        (name, None, each.attr_text, bool(each.hidden)) for name, each in theirs.defined_names.items()
    }
    for sheet in theirs.worksheets:
        for name, each in sheet.defined_names.items():
            expected.add((name, sheet.title, each.attr_text, bool(each.hidden)))
    assert {(each.name, each.sheet, each.ref, each.hidden) for each in open_workbook(form).names} == expected
    assert {each[1] is None for each in expected} == {True, False}


def test_styles_of_rows_and_columns_hold_for_absent_cells(tmp_path: Path) -> None:
    """A cell the file does not have takes its row's lock, else its column's, else it is locked."""
    sheet = open_workbook(by_xlsxwriter(tmp_path / "a.xlsx")).sheets[0]
    assert [sheet.is_locked(40, column) for column in (3, 4, 5, 6)] == [True, False, False, True]
    assert (sheet.is_locked(21, 9), sheet.is_locked(22, 4), sheet.is_locked(5, 2)) == (False, True, False)
    assert sheet.extent == (7, 9)


def test_streaming_gives_the_same_book(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large parts are read piece by piece; the result is the same to the last cell."""
    whole = open_workbook(form)
    monkeypatch.setattr(parts, "STREAMED", 0)
    assert open_workbook(form) == whole
