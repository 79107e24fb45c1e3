"""What attacks are made of: the parts of an honest form, put together in ways no program does."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Parts = dict[str, bytes]

SHEET: Final = "xl/worksheets/sheet1.xml"
BOOK: Final = "xl/workbook.xml"
STRINGS: Final = "xl/sharedStrings.xml"
STYLES: Final = "xl/styles.xml"
MIB: Final = 1 << 20


@dataclass(frozen=True)
class Attack:
    """A file that lies: how it is made of an honest form, under which ending it is sent, and what it deserves."""

    name: str
    build: Callable[[bytes], bytes]
    codes: frozenset[str]
    """Codes of the refusal; "read" and "no_form" where the file is harmless and may be read."""
    suffix: str
    words: tuple[str, ...]
    """What the reason has to say: figure and limit."""


def parts_of(form: bytes) -> Parts:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def without(form: bytes, *names: str) -> bytes:
    """The form without some of its parts."""
    return zipped({name: data for name, data in parts_of(form).items() if name not in names})


def replaced(form: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The form with the first occurrence of some bytes in a part replaced; they have to be there."""
    parts = parts_of(form)
    assert old in parts[part], (part, old)
    parts[part] = parts[part].replace(old, new, 1)
    return zipped(parts)


def with_part(form: bytes, name: str, data: bytes) -> bytes:
    """The form with a part put in or replaced."""
    return zipped(parts_of(form) | {name: data})


def in_sheet(form: bytes, rows: bytes) -> bytes:
    """The form with more rows at the end of its sheet."""
    return replaced(form, SHEET, b"</sheetData>", rows + b"</sheetData>")


def after_sheet(form: bytes, elements: bytes) -> bytes:
    """The form with more elements behind the rows of its sheet."""
    return replaced(form, SHEET, b"</sheetData>", b"</sheetData>" + elements)


def patched(data: bytes, at: int, layout: str, *values: int) -> bytes:
    """Bytes with some of them overwritten."""
    changed = bytearray(data)
    struct.pack_into(layout, changed, at, *values)
    return bytes(changed)


def entry_at(data: bytes, number: int) -> int:
    """Where a header of the zip directory begins."""
    at = -1
    for _ in range(number + 1):
        at = data.index(b"PK\x01\x02", at + 1)
    return at
