"""Files of the formats that several tests read."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import forms, lines, typed
from xltool.reader.formats import open_any
from xltool.reader.guard import Refused, check

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.model import Book, Sheet


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def read(path: Path) -> Book:
    """Guard and reader, as for a file that came in."""
    return open_any(path, check(path))


def texts(sheet: Sheet) -> dict[tuple[int, int], object]:
    """Values by place."""
    return {place: cell.value for place, cell in sheet.cells.items()}


def expect_grid(book: Book) -> None:
    """Cell by cell what was typed, with percentages known as such, and every merge."""
    assert [sheet.name for sheet in book.sheets] == ["附件1", "附件2", "附件3"]
    for sheet, form in zip(book.sheets, forms(), strict=True):
        assert texts(sheet) == {place: typed(text)[0] for place, text in form.cells().items()}
        percent = {place for place, text in form.cells().items() if typed(text)[1] == "0%"}
        assert {place for place, cell in sheet.cells.items() if "%" in cell.number_format} == percent
        assert sorted(sheet.merges) == sorted(form.merges() + lines(form))


def refusal(path: Path) -> str:
    """The code a file is refused with."""
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.reason
    return caught.value.code


def record(number: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    size = bytes([len(body)]) if len(body) < 0x80 else bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
    return head + size + body


def row(number: int, *, hidden: bool = False) -> bytes:
    """The head of a row of an .xlsb, from 0."""
    return record(0, struct.pack("<IIHBB", number, 0, 300, 0, 0x10 if hidden else 0) + bytes(5))


def run(text: str) -> str:
    """A paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    """A table cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{run(text)}</w:tc>"
