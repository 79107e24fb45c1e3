"""转换清单.xlsx: every filled cell of the converted files, and the cell of a template it was copied to."""

from __future__ import annotations

from collections import Counter
from dataclasses import KW_ONLY, dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.links import Linker, linker
from xltool.outputs.sheets.sheet_writer import LAST_ROW, ListColumn, SheetWriter
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.reader.notation.tokens import display
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

Content = str | float | date | None


class CellOutcome(StrEnum):
    """What the conversion did with a filled cell."""

    PLACED = "已填入"
    REPAIRED = "已修正后填入"
    GIVEN = "由表样给出"
    LEFT = "未填入"


@dataclass(frozen=True)
class ConvertedCell:
    """A filled cell and the cell of a template it was copied to; `lost` marks an input that could not be copied."""

    path: str
    sheet: str
    cell: str | None
    raw: str | float | None
    _: KW_ONLY
    field: str
    outcome: CellOutcome
    reason: str = ""
    target: str = ""
    target_sheet: str = ""
    target_cell: str = ""
    value: Content = None
    repairs: str = ""
    lost: bool = False
    submission: str = ""


@dataclass(frozen=True)
class ConvertedForm:
    """A form and the template it was copied to; or a file or form without a template, and in `note` the reason."""

    path: str
    submission: str = ""
    sheet: str = ""
    form: str = ""
    target: str = ""
    note: str = ""


_STYLES: Final = {
    CellOutcome.PLACED: "centre",
    CellOutcome.REPAIRED: "mark_提示",
    CellOutcome.GIVEN: "centre",
    CellOutcome.LEFT: "mark_警告",
}
SUMMARY_COLUMNS: Final = (
    ListColumn("原文件", 40),
    ListColumn("原工作表", 14),
    ListColumn("表", 8),
    ListColumn("填入的表样", 76),
    *(ListColumn(outcome.value, 10 if outcome is not CellOutcome.REPAIRED else 14) for outcome in CellOutcome),
    ListColumn("说明", 40),
)
LINE_COLUMNS: Final = (
    ListColumn("原文件", 26),
    ListColumn("原工作表", 11),
    ListColumn("原单元格", 10),
    ListColumn("原文", 30),
    ListColumn("栏目", 24),
    ListColumn("填入的表样", 34),
    ListColumn("单元格", 9),
    ListColumn("填入的值", 30),
    ListColumn("状态", 14),
    ListColumn("修正", 34),
    ListColumn("说明", 34),
)
_CELL: Final = 2
"""The column of the cell, whose text never wraps."""
_TEXT_LIMIT: Final = 300
"""Characters of a long text that the list shows; the whole text stands in both files."""


def list_bytes(lines: Sequence[ConvertedCell], forms: Sequence[ConvertedForm], folder: Path) -> bytes:
    """The bytes of the workbook, with links to the templates in `folder`, where it will be saved."""
    book = HeldWorkbook("转换清单", files.run_time())
    links = linker(folder, folder)
    _write_forms(book, lines, forms, links)
    _write_lines(book, lines, links)
    return book.close()


def _write_forms(
    book: WorkbookWriter, lines: Sequence[ConvertedCell], forms: Sequence[ConvertedForm], links: Linker
) -> None:
    """Write 汇总: a row for each form, with the number of cells for each outcome."""
    counts = Counter((line.submission, line.outcome) for line in lines)
    sheet = book.sheet("汇总", SUMMARY_COLUMNS)
    sheet.set_print_title("转换清单 · 汇总")
    sheet.start_list(len(forms), frozen=1)
    for row, form in enumerate(forms, start=1):
        sheet.write_text(row, 0, form.path)
        sheet.write_text(row, 1, form.sheet, "centre")
        sheet.write_text(row, 2, form.form, "centre")
        sheet.write_link(row, 3, links(form.target, form.form, None) if form.target else None, form.target)
        for column, outcome in enumerate(CellOutcome, start=4):
            sheet.write_number(row, column, counts[form.submission, outcome] if form.submission else None, "integer")
        sheet.write_text(row, 8, form.note)
        sheet.fit_height(row, [form.path, form.sheet, None, form.target, None, None, None, None, form.note])


def _write_lines(book: WorkbookWriter, lines: Sequence[ConvertedCell], links: Linker) -> None:
    """Write 明细: a row for each cell."""
    sheet = book.sheet("明细", LINE_COLUMNS)
    sheet.set_print_title("转换清单 · 明细")
    sheet.start_list(len(lines), frozen=3, empty="没有可以转换的内容。")
    for row, line in enumerate(lines[:LAST_ROW], start=1):
        _write_line(sheet, row, line, links)


def _write_line(sheet: SheetWriter, row: int, line: ConvertedCell, links: Linker) -> None:
    texts = [line.path, line.sheet, line.cell, _shown(line.raw), line.field, line.target]
    for column, text in enumerate(texts):
        sheet.write_text(row, column, text, "centre" if column in {1, 2} else "text")
    link = links(line.target, line.target_sheet, line.target_cell) if line.target else None
    sheet.write_link(row, 6, link, line.target_cell, style="link_centre")
    sheet.write_text(row, 7, _shown(line.value))
    sheet.write_text(row, 8, line.outcome.value, _STYLES[line.outcome])
    sheet.write_text(row, 9, line.repairs)
    sheet.write_text(row, 10, line.reason)
    wrapped = [*texts, None, _shown(line.value), None, line.repairs, line.reason]
    sheet.fit_height(row, [None if column == _CELL else text for column, text in enumerate(wrapped)])


def _shown(value: Content) -> str:
    """A value as text, since nobody calculates with the list."""
    if isinstance(value, date):
        return value.isoformat()
    text = display(value) if isinstance(value, float) else value or ""
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]}……（共 {len(text)} 字）"
