"""The paragraphs of a document that was read as a sheet, without its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.reader.formats.word import PARAGRAPHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reader.model import Book


def paragraphs_of(book: Book) -> Iterator[tuple[int, str]]:
    """Number and text of each paragraph, line by line; none for a workbook."""
    for sheet in book.sheets:
        for (row, column), (kind, cell) in sorted(sheet.places.items()):
            if kind == PARAGRAPHS:
                yield from ((int(cell[1:]), line) for line in str(sheet.cells[row, column].value).splitlines())


def row_of(book: Book, number: int) -> int:
    """The row of the flattened document in which a paragraph stands."""
    place = PARAGRAPHS, f"A{number}"
    return next(row for sheet in book.sheets for (row, _), shown in sheet.places.items() if shown == place)
