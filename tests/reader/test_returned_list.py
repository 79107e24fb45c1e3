"""The list of a returned copy that comes back: explanations find their findings, whatever was done to it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

import openpyxl
import pytest

from tests.outputs.returned.test_copy import ABOUT
from tests.support.filled import cell_of, filled
from tests.support.programs.office import convert, needs_office
from xltool.findings import Finding, Severity
from xltool.outputs.returned.copy import list_workbook, returned_copy
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

FORM: Final = "附件1"
CELLS: Final = tuple(cell_of(FORM, key) for key in ("编制数", "实际在职人数", "控制率"))
CODES: Final = ("A1-02", "A1-03", "A1-05")
KEYS: Final = ("aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc")
FINDINGS: Final = [
    Finding(code, Severity.WARNING, ABOUT.path, f"问题{code}", "核对", "依据", sheet=FORM, cell=cell)
    for code, cell in zip(CODES, CELLS, strict=True)
]
FIRST, ANSWER = 5, 12
"""First row of the findings in the list, and the column of 整改说明."""


def sent(folder: Path, change: Callable[[Worksheet], object]) -> Path:
    """A returned copy with an explanation of the second finding, whose list was changed afterwards."""
    path = filled(folder / "附件1.xlsx", FORM)
    copy = returned_copy(path.read_bytes(), FINDINGS, ABOUT, keys=KEYS)
    book = openpyxl.load_workbook(BytesIO(copy))
    sheet = book["问题清单"]
    sheet.cell(FIRST + 1, ANSWER).value = "编外人员 3 人，见附件"
    change(sheet)
    book.save(path)
    return path


def matched(path: Path) -> list[tuple[str, str]]:
    """Keys and texts of the explanations in a file, which has one form."""
    record = read_file(path, path.name)
    assert [submission.form for submission in record.submissions] == [FORM]
    return [(each.key, each.text) for each in record.explanations]


def rename(sheet: Worksheet) -> None:
    """Another name, at another place."""
    sheet.title = "Sheet1"
    sheet.parent.move_sheet(sheet, 2)  # type: ignore[union-attr] # it stands in a workbook


def shorten(sheet: Worksheet) -> None:
    """The first problem is settled and its row deleted."""
    sheet.delete_rows(FIRST)


def insert(sheet: Worksheet) -> None:
    """A row of the department's own above everything, and a column before the explanation."""
    sheet.insert_rows(1)
    sheet.insert_cols(3)


def sort(sheet: Worksheet) -> None:
    """The visible columns sorted the other way round; hidden ones stay where they were."""
    rows = [[sheet.cell(row, column).value for column in range(1, ANSWER + 1)] for row in range(FIRST, FIRST + 3)]
    for row, values in zip(range(FIRST, FIRST + 3), reversed(rows), strict=True):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value


def renumber(sheet: Worksheet) -> None:
    """Sorted with all columns, and numbered anew."""
    rows = [[sheet.cell(row, column).value for column in range(1, 15)] for row in range(FIRST, FIRST + 3)]
    for row, values in zip(range(FIRST, FIRST + 3), reversed(rows), strict=True):
        for column, value in enumerate([row - FIRST + 1, *values[1:]], start=1):
            sheet.cell(row, column).value = value


@pytest.mark.parametrize("change", [lambda _: None, rename, shorten, insert, sort, renumber])
def test_an_explanation_is_matched_whatever_was_done_to_the_list(
    tmp_path: Path, change: Callable[[Worksheet], None]
) -> None:
    """It belongs to the second finding, and the list is not read as a form."""
    assert matched(sent(tmp_path, change)) == [(KEYS[1], "编外人员 3 人，见附件")]


def test_without_the_hidden_columns_the_row_itself_says_what_it_is_about(tmp_path: Path) -> None:
    """Rule, sheet and cell are kept for whoever matches them with the findings of the file."""
    path = sent(tmp_path, lambda sheet: sheet.delete_cols(13, 2))
    (explanation,) = read_file(path, path.name).explanations
    assert (explanation.key, explanation.rule, explanation.sheet, explanation.cell) == ("", CODES[1], FORM, CELLS[1])


def test_a_row_that_shows_another_rule_than_its_id_is_not_believed(tmp_path: Path) -> None:
    """Half a row pasted over another one."""

    def paste(sheet: Worksheet) -> None:
        sheet.cell(FIRST + 1, 11).value = "X-99"

    (explanation,) = read_file(sent(tmp_path, paste), "附件1.xlsx").explanations
    assert (explanation.key, explanation.rule) == ("", "X-99")


def test_an_explanation_in_merged_cells_is_that_of_each_of_their_rows(tmp_path: Path) -> None:
    """Departments merge the cells of problems with one cause."""

    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells(start_row=FIRST + 1, end_row=FIRST + 2, start_column=ANSWER, end_column=ANSWER)

    assert [key for key, _ in matched(sent(tmp_path, merge))] == [KEYS[1], KEYS[2]]


def test_what_stands_below_the_list_is_kept(tmp_path: Path) -> None:
    """Without a finding, and with its place."""

    def write(sheet: Worksheet) -> None:
        sheet.cell(FIRST + 5, ANSWER).value = "其余已全部改正"

    explanations = read_file(sent(tmp_path, write), "附件1.xlsx").explanations
    assert [(each.key, each.text, each.list_cell) for each in explanations][1:] == [("", "其余已全部改正", "L10")]


@pytest.mark.parametrize("text", ["无", "/", " ", "——"])
def test_nothing_is_no_explanation(tmp_path: Path, text: str) -> None:
    """A dash fills a cell and explains nothing."""

    def write(sheet: Worksheet) -> None:
        sheet.cell(FIRST, ANSWER).value = text

    assert [key for key, _ in matched(sent(tmp_path, write))] == [KEYS[1]]


def test_a_list_that_comes_back_by_itself_is_read_too(tmp_path: Path) -> None:
    """The file of a document has only a list; it is skipped as a filing, and its explanations count."""
    path = tmp_path / "附件1.docx.问题清单.xlsx"
    path.write_bytes(list_workbook(FINDINGS, ABOUT, "原文件是 .docx 格式。", keys=KEYS))
    book = openpyxl.load_workbook(path)
    book["问题清单"].cell(FIRST + 1, ANSWER).value = "已批复"  # below a note more
    book.save(path)
    record = read_file(path, path.name)
    assert (record.status, [(each.key, each.text) for each in record.explanations]) == (
        "skipped",
        [(KEYS[0], "已批复")],
    )


def test_the_explanation_stands_in_the_next_list(tmp_path: Path) -> None:
    """Of a copy and of a list without a copy."""
    about = replace(ABOUT, explanations={KEYS[2]: "已批复"})
    path = filled(tmp_path / "附件1.xlsx", FORM)
    copy = returned_copy(path.read_bytes(), FINDINGS, about, keys=KEYS)
    own_workbook = list_workbook(FINDINGS, about, "原因", keys=KEYS)
    for data, first in ((copy, FIRST), (own_workbook, FIRST + 1)):
        sheet = openpyxl.load_workbook(BytesIO(data))["问题清单"]
        assert [sheet.cell(row, ANSWER).value for row in range(first, first + 3)] == [None, None, "已批复"]
        assert sheet.cell(first, 14).value == f"1 {KEYS[0]} {CODES[0]}"
        assert sheet.column_dimensions["M"].hidden


def test_a_form_with_the_mark_of_a_list_is_still_a_form(tmp_path: Path) -> None:
    """Nobody gets out of the audit by typing the mark, or the heads of a list, into a form."""
    path = filled(tmp_path / "附件1.xlsx", FORM)
    book = openpyxl.load_workbook(path)
    for column, text in enumerate(("xltool-returned", "问题", "处理意见", "规则", "整改说明"), start=1):
        book[FORM].cell(1, 20 + column).value = text
    book.save(path)
    assert [submission.form for submission in read_file(path, path.name).submissions] == [FORM]


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_list_in_another_format_is_read(tmp_path: Path, kind: str) -> None:
    """LibreOffice saves the copy anew."""
    (saved,) = convert([sent(tmp_path, lambda _: None)], tmp_path / "另存", kind)
    assert [(each.key, each.text) for each in read_file(saved, saved.name).explanations] == [
        (KEYS[1], "编外人员 3 人，见附件")
    ]
