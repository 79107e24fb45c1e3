"""Forms drawn as text, read, and compared with the marks of the drawing (notation: `benchmarks.trust.filings`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openpyxl.cell.cell import ERROR_CODES

from benchmarks.trust.drawing import parse_drawing, workbook
from tests.reader.labels.relabelled import record_of
from xltool.reader.model import Cell, Sheet

if TYPE_CHECKING:
    from openpyxl import Workbook

    from xltool.reader.records import FiledCell, Submission

Shown = tuple[str, str | float | None]
"""Cell and what it holds as the value."""


_PARTS = {"总额": "年度资金总额", "财政": "当年财政拨款", "结转": "上年结转资金", "其他": "其他资金"}
_MEASURES = {
    "年初": "年初预算数",
    "全年": "全年预算数",
    "执行": "全年执行数",
    "率": "执行率",
    "分": "分值",
    "得": "得分",
}


def spelled_out(text: str) -> str:
    """The marks of a drawing in full: {总额.全年} is 年度资金总额_全年预算数."""
    return re.sub(r"\{(..)\.(.{1,2})\}", lambda mark: f"{{{_PARTS[mark[1]]}_{_MEASURES[mark[2]]}}}", text)


def sheet_of(book: Workbook) -> Sheet:
    """The first sheet of a drawn workbook, as reading sees it."""
    drawn = book.worksheets[0]
    sheet = Sheet(drawn.title)
    for row in drawn.iter_rows():
        for cell in row:
            if cell.value is not None:
                value = cell.value if isinstance(cell.value, str) else float(str(cell.value))
                sheet.cells[cell.row, cell.column or 0] = Cell(value, error=value in ERROR_CODES)
    sheet.merges = [(area.min_row, area.min_col, area.max_row, area.max_col) for area in drawn.merged_cells.ranges]
    return sheet


def read_drawn(text: str) -> tuple[Submission, dict[str, Shown]]:
    """The form that a drawing shows, and its marked fields outside tables."""
    book, values = workbook(parse_drawing("drawn", f"kind: real\n\n{text}"))
    (submission,) = record_of(sheet_of(book)).submissions
    marked = {value.field: (value.cell, value.part or value.holds) for value in values if value.row is None}
    return submission, {field: shown for field, shown in marked.items() if shown[1] is not None}


def filled(submission: Submission) -> dict[str, Shown]:
    """The fields outside tables that hold anything: their cells, and what was typed into them as the value."""
    return {key: (filed.cell, _typed(filed)) for key, filed in submission.values.items() if _typed(filed) is not None}


def check(text: str) -> Submission:
    """Read a drawing: exactly the marked fields must be there, each from its cell."""
    submission, marked = read_drawn(text)
    assert filled(submission) == {field: (cell, _plain(value)) for field, (cell, value) in marked.items()}
    return submission


def _typed(filed: FiledCell) -> str | float | None:
    return _plain(filed.typed)


def _plain(value: str | float | None) -> str | float | None:
    """A text without white space at its ends, None where nothing is left; a number as it is."""
    if isinstance(value, str):
        return value.strip() or None
    return None if value is None else float(value)
