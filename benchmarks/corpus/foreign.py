"""Write filled templates again in layouts of other people: their own workbooks, or tables in Word documents.

The copy has nothing by which a template is known: no defined names, no manifest, no formulas, no protection. A layout
may also move the form, use other labels, or put all forms into one workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from tests.support.documents import write_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from benchmarks.trust.tally import Place

HEAD_LINES: Final = 2
"""Lines above the table of a form: number and title."""
OTHER_WORDS: Final = {
    "年初预算数": "年初预算数（A）",
    "年度指标值": "年初目标值",
    "实际完成值": "全年完成值",
    "偏差原因分析及改进措施": "未完成原因分析",
    "预期目标": "年初设定目标",
    "实际完成情况": "全年实际完成情况",
    "三级指标": "指标名称",
    "三公经费": "“三公”经费",
    "项目支出名称": "项目名称",
}
"""Labels as other forms print them; all of them stand in filings that were looked at."""


@dataclass(frozen=True)
class Layout:
    """A layout: rows and columns the form is moved by, other labels, file suffix, one file for all forms."""

    name: str
    rows: int = 0
    columns: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ".xlsx"
    together: bool = False

    def place(self, at: Place) -> Place:
        """The place in this layout of a place in the template."""
        file, sheet, cell = at
        stem = file.removesuffix(".xlsx")
        if self.suffix == ".docx":
            inside = None if cell is None else moved(cell, -HEAD_LINES, 0)
            return f"{stem}.docx", "表格1" if sheet else None, inside
        shifted = None if cell is None else moved(cell, self.rows, self.columns)
        if self.together:
            return "自评表.xlsx", stem[:30] if sheet else None, shifted
        return f"{stem}{self.suffix}", "Sheet1" if sheet else None, shifted


LAYOUTS: Final = (
    Layout("照样自制的工作簿"),
    Layout("移位、另加行列", rows=2, columns=1),
    Layout("栏目换个说法", words=OTHER_WORDS),
    Layout("各表合在一个工作簿", rows=1, together=True),
    Layout("Word 文档", suffix=".docx"),
)


def moved(cell: str, rows: int, columns: int) -> str:
    """The address of the cell so many rows below and columns to the right."""
    letters, row = coordinate_from_string(cell)
    return f"{get_column_letter(column_index_from_string(letters) + columns)}{row + rows}"


def rewritten(folder: Path, target: Path, layout: Layout) -> Path:
    """Write the filled templates of a folder in another layout."""
    target.mkdir(parents=True, exist_ok=True)
    contents = [(path.stem, path.read_bytes()) for path in sorted(folder.iterdir())]
    if layout.together:
        (target / "自评表.xlsx").write_bytes(_workbook([(stem[:30], content) for stem, content in contents], layout))
        return target
    for stem, content in contents:
        content_in_layout = _remade.get((layout.name, content)) or _file(content, layout)
        _remade[layout.name, content] = content_in_layout
        (target / f"{stem}{layout.suffix}").write_bytes(content_in_layout)
    return target


_remade: dict[tuple[str, bytes], bytes] = {}
"""Contents by layout and template. A defect changes one form of a filing; the others need not be written again."""


def _file(content: bytes, layout: Layout) -> bytes:
    if layout.suffix == ".docx":
        out = BytesIO()
        _as_document(_form_in(content)).save(out)
        return out.getvalue()
    return _workbook([("Sheet1", content)], layout)


def _workbook(forms: Sequence[tuple[str, bytes]], layout: Layout) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, content in forms:
        _copy(_form_in(content), book.create_sheet(title), layout)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@lru_cache(maxsize=64)
def _form_in(content: bytes) -> Worksheet:
    """The sheet of a template with the results of its formulas."""
    book = openpyxl.load_workbook(BytesIO(content), data_only=True)
    return next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")


def _printed(sheet: Worksheet) -> tuple[int, int]:
    """Last column and last row of the print area; the panel beside it does not belong to the form."""
    area = str(sheet.print_area).rpartition("!")[2].replace("$", "")
    _, _, column, row = range_boundaries(area)
    return int(column or 1), int(row or 1)


def _cells(sheet: Worksheet) -> list[Cell]:
    columns, rows = _printed(sheet)
    area = sheet.iter_rows(max_row=rows, max_col=columns)
    return [cell for row in area for cell in row if getattr(cell, "value", None) is not None]  # type: ignore[misc]


def _copy(source: Worksheet, sheet: Worksheet, layout: Layout) -> None:
    for cell in _cells(source):
        target = sheet.cell(cell.row + layout.rows, cell.column + layout.columns)
        target.value = _in_words(cell.value, layout.words)
        if isinstance(target.value, str):
            target.data_type = "s"
        target.number_format = cell.number_format
    columns, rows = _printed(source)
    for span in source.merged_cells.ranges:
        if span.max_col <= columns and span.max_row <= rows:
            first = moved(f"{get_column_letter(span.min_col)}{span.min_row}", layout.rows, layout.columns)
            last = moved(f"{get_column_letter(span.max_col)}{span.max_row}", layout.rows, layout.columns)
            sheet.merge_cells(f"{first}:{last}")


def _in_words(value: Any, words: Mapping[str, str]) -> Any:
    return words.get(value.strip(), value) if isinstance(value, str) else value


def _as_document(source: Worksheet) -> Any:
    """A form as a Word document: its head as paragraphs, the rest as one table."""
    document = docx.Document()
    texts = {(cell.row, cell.column): _typed(cell) for cell in _cells(source)}
    for row in range(1, HEAD_LINES + 1):
        document.add_paragraph("".join(text for (at, _), text in sorted(texts.items()) if at == row))
    columns, rows = _printed(source)
    table = document.add_table(rows - HEAD_LINES, columns)
    flat = table._cells  # noqa: SLF001 - every row.cells goes through all rows again
    grid = [flat[start : start + columns] for start in range(0, len(flat), columns)]
    for span in source.merged_cells.ranges:
        if span.min_row > HEAD_LINES and span.max_row <= rows and span.max_col <= columns:
            top, left = span.min_row - HEAD_LINES - 1, span.min_col - 1
            grid[top][left].merge(grid[span.max_row - HEAD_LINES - 1][span.max_col - 1])
    for (row, column), text in texts.items():
        if row > HEAD_LINES:
            write_lines(grid[row - HEAD_LINES - 1][column - 1], text)
    return document


def _typed(cell: Cell) -> str:
    """A value as a clerk types it into Word."""
    value = cell.value
    if isinstance(value, float | int) and "%" in cell.number_format:
        return f"{value:.2%}"
    if isinstance(value, float):
        return f"{value:.10g}"
    return value.strftime("%Y-%m-%d") if isinstance(value, date) else str(value)
