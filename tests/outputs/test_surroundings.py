"""Surroundings of findings: the rows, columns and cells that the page shows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from tests.outputs.page_data import around, finding, junshan
from tests.outputs.reviewed import MADE_AT, SAMPLES, audited, samples_review
from tests.support.documents import forms, write_docx
from xltool.findings import Finding, row_column
from xltool.outputs.model import FormSheet
from xltool.outputs.page.surroundings import MOST_ROWS, Surroundings
from xltool.outputs.review import review_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_cell_marked_shows_what_the_workbook_holds_there() -> None:
    """For every finding of the samples, the marked cell's text is that of the cell at the finding's address."""
    books: dict[str, CalamineWorkbook] = {}
    surroundings = Surroundings(samples_review().sheets)
    checked = 0
    for filed in samples_review().findings:
        windows = surroundings.windows(filed)
        if filed.cell is None or filed.sheet is None:
            continue
        assert windows[0].marked == row_column(filed.cell), filed
        held = books.setdefault(filed.path, CalamineWorkbook.from_path(SAMPLES / filed.path))
        value = value_in(held, filed.sheet, windows[0].marked)
        text = surroundings.shown(windows[0].submission).at(windows[0].marked).text
        if isinstance(value, str):
            assert text == re.sub(r"\s+", " ", value.strip())[:59] + "…" * (len(value) > 60) or "\n" in value, filed
        elif isinstance(value, int | float):
            assert float(text.rstrip("%")) / (100 if "%" in text else 1) == pytest.approx(value, abs=5e-5)
        checked += value is not None
    assert checked > 60


def value_in(book: CalamineWorkbook, sheet: str, cell: tuple[int, int]) -> object:
    """What another reader of workbooks gives of a cell; None where it is blank."""
    row, column = cell
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row - 1][column - 1] or None


def test_a_window_shows_two_rows_around_the_cell_and_the_head_of_its_column() -> None:
    """公务接待 stands in row 12 of 附件1; the years over the amounts stand in row 6."""
    window = around("附件1", "F12", "B12")
    assert window.rows == (6, 10, 11, 12, 13, 14)
    assert (window.left, window.right) == (1, 7)
    assert (window.marked, window.related) == ((12, 6), ((12, 2),))


def test_no_head_is_added_that_is_in_sight_or_is_the_title() -> None:
    """No head is added if it is among the shown rows, or if only the title stands above the field."""
    assert around("附件1", "F7").rows == (5, 6, 7, 8, 9)
    assert around("附件1", "B3").rows == (1, 2, 3, 4, 5)


def test_rows_of_related_cells_are_shown_too_but_not_without_end() -> None:
    """The parts of a sum are in sight; of many cells the nearest to the front are."""
    assert around("附件1", "F7", "F8", "F12").rows == (5, 6, 7, 8, 9, 12)
    many = around("附件2", "D5", *(f"D{row}" for row in range(16, 45)))
    assert len(many.rows) == MOST_ROWS
    assert all(row in many.rows for row, _ in many.related)


def test_a_merged_cell_is_found_by_any_of_its_cells_and_shown_from_its_top() -> None:
    """预期目标 takes three rows; 一级指标 takes a dozen, of which four are enough."""
    assert around("附件2", "B12").rows == (10, 11, 12, 13, 14, 15, 16)
    tall = around("附件2", "B16")
    assert len(tall.rows) == 2 + 4 + 2
    key, sheet = junshan("附件2")
    shown = Surroundings({key: sheet}).shown(key)
    assert shown.at((18, 2)) is shown.at((16, 2))


@pytest.mark.parametrize(
    "lost",
    [
        finding(None, path="p"),
        finding("ZZ900", path="p"),
        finding("F7", sheet="附件9", path="p"),
        finding("F7", path="另一个.xlsx"),
        finding("不是地址", path="p"),
    ],
)
def test_where_the_cell_is_not_known_nothing_is_shown(lost: Finding) -> None:
    """A whole file, a cell outside the form, another sheet or file, and no address at all."""
    key, sheet = junshan("附件1")
    there = FormSheet("p", sheet.name, sheet.surroundings, sheet.places)
    assert Surroundings({key: there}).windows(lost) == []
    assert Surroundings({key: there}).windows(finding("F7", path="p"))
    assert Surroundings({key: replace(there, surroundings=b"")}).windows(finding("F7", path="p")) == []


def test_the_other_side_of_a_finding_across_forms_has_a_window_of_its_own() -> None:
    """X-07 compares 附件2 with 附件3: both are shown, the first with the cell to mend."""
    across = next(finding for finding in samples_review().findings if finding.rule == "X-07" and "如实" in finding.path)
    first, second = Surroundings(samples_review().sheets).windows(across)
    assert (first.marked, first.related) == (row_column(across.cell or ""), ())
    assert (second.marked, second.related) == (None, (row_column(across.related[0].cell or ""),))
    assert second.submission.startswith(across.related[0].path)


def test_a_window_of_a_document_names_the_rows_of_its_table(tmp_path: Path) -> None:
    """The window of a docx shows the rows of a single table with their numbers in that table."""
    audit = audited([write_docx(forms(), tmp_path / "全套.docx")], tmp_path)
    review = review_of(audit, root=None, made_at=MADE_AT)
    surroundings = Surroundings(review.sheets)
    over = next(finding for finding in review.findings if finding.rule == "A1-05")
    assert (over.sheet, over.cell) == ("表格1", "F2")
    (window,) = surroundings.windows(over)
    shown = surroundings.shown(window.submission)
    assert [shown.row_names[row] for row in window.rows] == [1, 2, 3, 4]
    assert window.marked is not None
    assert shown.at(window.marked).text == "125%"
