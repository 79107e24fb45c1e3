"""What the workbook format does not hold, said on the first sheet: rows, links and long texts, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.sheet_writer import LAST_ROW, MOST_LINKS
from xltool.outputs.sheets.texts import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

TITLE: Final = "工作簿放不下的内容"
ROWS: Final = "“{name}”最多 {most:,} 行，还有 {count:,} 行没有列出；全部问题在 findings.json，各表数据在 frames 文件夹"
LINKS: Final = "“{name}”最多 {most:,} 个链接，其后 {count:,} 处只有文字"
TEXTS: Final = "“{name}”有 {count:,} 个单元格超过 {most:,} 字，只写了前面的部分；全文在 findings.json 和 frames 文件夹"


def lines_of(book: WorkbookWriter) -> list[str]:
    """A line for each limit that a sheet has reached."""
    return [line for sheet in book.sheets for line in _lines(sheet)]


def _lines(sheet: SheetWriter) -> Iterator[str]:
    if sheet.omitted_rows:
        yield ROWS.format(name=sheet.name, most=LAST_ROW, count=sheet.omitted_rows)
    if sheet.omitted_links:
        yield LINKS.format(name=sheet.name, most=MOST_LINKS, count=sheet.omitted_links)
    if sheet.shortened_texts:
        yield TEXTS.format(name=sheet.name, most=LONGEST_TEXT, count=sheet.shortened_texts)


def write_limits(book: WorkbookWriter, sheet: SheetWriter, row: int) -> None:
    """Write the lines on a sheet from a row on, below all that stands there; nothing where all fits."""
    lines = lines_of(book)
    for number, line in enumerate([TITLE, *lines] if lines else [], start=row):
        sheet.write_text(number, 0, line, "note" if number > row else "section")
