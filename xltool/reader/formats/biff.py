"""How far the cells of an .xls reach, told from its records before calamine is asked to lay them out.

Calamine makes a full rectangle of each sheet: two cells in opposite corners of a damaged file, where rows and columns
both count to 65,535, would ask for a hundred gigabytes, and end the process.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Final

from xltool.reader.guard import Code, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CELLS: Final = frozenset({0x06, 0xBD, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
_MANY_NUMBERS: Final = 0xBD
_DIMENSIONS: Final = 0x200
_NEW, _OLD = struct.Struct("<IIHH"), struct.Struct("<HHHH")
"""What a sheet says of its own size, in .xls of Excel 97 and of those before: calamine takes its word."""
_SHEET, _END = 0x85, 0x0A
_PLACE: Final = 4


def areas(path: Path) -> list[int]:
    """Cells in the rectangle each sheet spans, or says it does; `Refused` if the workbook stream cannot be found."""
    data = _stream(path)
    sheets = (body for kind, body in _records(data, 0) if kind == _SHEET and len(body) > _PLACE)
    starts = [struct.unpack_from("<I", body)[0] for body in sheets]
    return [area for start in starts for area in (_area(data, start), *_told(data, start))]


def _stream(path: Path) -> bytes:
    """The workbook stream."""
    from xlrd.compdoc import CompDoc  # noqa: PLC0415 - few files come here

    try:
        container = CompDoc(path.read_bytes(), logfile=io.StringIO())
        for name in ("Workbook", "Book"):
            memory, base, size = container.locate_named_stream(name)
            if memory:
                return bytes(memory[base : base + size])
    except MemoryError:
        raise
    except Exception as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：工作簿内容无法读取（{error}）") from error
    raise Refused(Code.CORRUPT, "文件已损坏：缺少工作簿内容")


def _records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records from a place up to the end of their part."""
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == _END:
            return
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _told(data: bytes, start: int) -> Iterator[int]:
    """The areas a sheet says it has; one that ends before it begins is as large as the numbers go."""
    for kind, body in _records(data, start):
        layout = _NEW if len(body) >= _NEW.size else _OLD
        if kind == _DIMENSIONS and len(body) >= layout.size:
            top, bottom, left, right = layout.unpack_from(body)
            high, wide = bottom - top, right - left
            yield max(high, 1) * max(wide, 1) if min(high, wide) >= 0 else 1 << 32


def _area(data: bytes, start: int) -> int:
    rows, columns = [], []
    for kind, body in _records(data, start):
        if kind in _CELLS and len(body) >= _PLACE:
            row, column = struct.unpack_from("<HH", body)
            rows.append(row)
            columns.append(column)
            if kind == _MANY_NUMBERS:
                columns.append(struct.unpack_from("<H", body, len(body) - 2)[0])
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0
