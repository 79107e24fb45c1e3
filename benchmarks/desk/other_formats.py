"""Files departments send in place of the workbook that was issued to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl

from tests.reader.test_guard_ole import ole

if TYPE_CHECKING:
    from pathlib import Path

PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
RAR: Final = b"Rar!\x1a\x07\x01\x00" + bytes(range(256))
ENCRYPTED: Final = ole(["Root Entry", "EncryptionInfo", "EncryptedPackage"])


def as_blank_sheet(path: Path) -> None:
    """Replace a form by a new workbook with the same values: no names, no protection, no formulas, no manifest."""
    source = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    book = openpyxl.Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = source.title
    for row in source.iter_rows(max_row=_last(source), max_col=_width(source)):
        for cell in row:
            if cell.value not in (None, ""):
                sheet[cell.coordinate] = cell.value
                sheet[cell.coordinate].number_format = cell.number_format
    for merge in source.merged_cells.ranges:
        if merge.max_col <= _width(source):
            sheet.merge_cells(str(merge))
    book.save(path)


def as_document(path: Path, into: Path) -> None:
    """Write a form as a table in a Word document."""
    source = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    rows, columns = _last(source), _width(source)
    document = docx.Document()
    table = document.add_table(rows=rows, cols=columns)
    for cell in (cell for row in source.iter_rows(max_row=rows, max_col=columns) for cell in row):
        if cell.value not in (None, ""):
            table.cell(cell.row - 1, cell.column - 1).text = _shown(cell)
    for merge in source.merged_cells.ranges:
        if merge.max_col <= columns and merge.max_row <= rows:
            first = table.cell(merge.min_row - 1, merge.min_col - 1)
            text = first.text
            first.merge(table.cell(merge.max_row - 1, merge.max_col - 1)).text = text
    document.save(str(into))


def _shown(cell: Any) -> str:
    if isinstance(cell.value, float | int) and cell.number_format.endswith("%"):
        return f"{cell.value:.2%}"
    if cell.is_date:
        return f"{cell.value:%Y年%m月%d日}"
    return f"{cell.value:.2f}".removesuffix(".00") if isinstance(cell.value, float) else str(cell.value)


def _width(sheet: Any) -> int:
    """Columns of the form itself: its title is merged over them."""
    return int(next(merge.max_col for merge in sheet.merged_cells.ranges if (merge.min_row, merge.min_col) == (2, 1)))


def _last(sheet: Any) -> int:
    """The row of the foot."""
    foots = [cell.row for row in sheet.iter_rows() for cell in row if str(cell.value or "").startswith("填表人")]
    return int(max(foots, default=sheet.max_row)) + 1
