"""What xlrd and calamine do not read of an .xls: how far its cells reach, and its active content.

Calamine builds a full rectangle of each sheet: two cells in opposite corners of a damaged file, where rows and columns
both count to 65,535, would need a hundred gigabytes and end the process.
"""

from __future__ import annotations

import struct
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from xltool.reader import ole
from xltool.reader.guard import Code, Refused
from xltool.reader.limits import LIMITS, too_many_cells
from xltool.reader.model import ActiveContent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CELLS: Final = frozenset({0x06, 0xBD, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
_MANY_NUMBERS: Final = 0xBD
_BLANKS: Final = frozenset({0xBE, 0x201})
_DIMENSIONS: Final = 0x200
_NEW, _OLD = struct.Struct("<IIHH"), struct.Struct("<HHHH")
"""The size a sheet declares, in an .xls of Excel 97 and of earlier versions; calamine relies on it."""
_SHEET, _END = 0x85, 0x0A
_BEGINNINGS: Final = frozenset({0x09, 0x209, 0x409, 0x809})
_OVERLAP: Final = 2
"""Bytes that all sheets may have together, for each byte of the file: honest ones do not share any."""
_PLACE: Final = 4
"""Bytes of the head of a record, of the place that a Sheet record begins with, and of the counts in a SupBook."""
_SUPPORTING, _EXTERNAL_NAME, _OBJECT = 0x1AE, 0x23, 0x5D
_OWN: Final = frozenset({b"\x01\x04", b"\x01\x3a"})
"""SupBook of the workbook itself and of add-ins ([MS-XLS] 2.4.271)."""
_TOPIC: Final = b"\x03"
"""Between program and topic in the path of a DDE or OLE link."""
_OLE_LINK: Final = 0x10
_SHEET_KIND, _MACRO_SHEET = 5, 1
_COMMON: Final = b"\x15\x00\x12\x00"
_CONTROLS: Final = frozenset(struct.pack("<H", kind) for kind in (0x07, 0x0B, 0x0C, 0x0D, 0x10, 0x11, 0x12))
"""Buttons, boxes to tick, to choose or to write in, spinners, bars, lists ([MS-XLS] 2.5.143); the drop-down of a
filter or a validation is no control that somebody added."""
_STORAGES: Final = (
    ("_vba_project", ActiveContent.MACROS),
    ("mbd", ActiveContent.OBJECTS),
    ("lnk", ActiveContent.OLE_LINKS),
    ("ctls", ActiveContent.CONTROLS),
)
"""Beginnings of names in the container, in lower case."""


def areas(path: Path) -> list[int]:
    """Cells in the rectangle each sheet spans or declares; `Refused` if the workbook stream cannot be found."""
    _, data = _parts(path)
    sheets = (body for kind, body in _records(data, 0) if kind == _SHEET and len(body) > _PLACE)
    starts = [struct.unpack_from("<I", body)[0] for body in sheets]
    return [area for start in starts for area in (_area(data, start), *_declared_areas(data, start))]


def check_size(path: Path) -> None:
    """`Refused` where an .xls has more cells or sheets than `LIMITS`: xlrd builds all before it counts any.

    A damaged file is left to the reader.
    """
    try:
        _, data = _parts(path)
    except Refused:
        return
    starts, ends = _outline(data)
    if len(starts) > LIMITS.sheets:
        reason = f"工作表有 {len(starts):,} 个，超过上限 {LIMITS.sheets:,} 个，请只保留附件后重新报送"
        raise Refused(Code.TOO_MANY, reason)
    if sum(max(ends.get(start, len(data)) - start, 0) for start in starts) > _OVERLAP * len(data):
        raise Refused(Code.CORRUPT, "文件已损坏：多个工作表指向同一处内容")
    filled = blank = 0
    for kind, body in _all_records(data):
        if kind in _CELLS:
            filled += (len(body) - 6) // 6 if kind == _MANY_NUMBERS else 1
        elif kind in _BLANKS:
            blank += max((len(body) - 6) // 2, 1)
        if filled > LIMITS.filled_cells:
            raise Refused(Code.TOO_MANY, too_many_cells())
        if blank > LIMITS.formatted_cells:
            reason = f"只有格式、没有内容的单元格超过上限 {LIMITS.formatted_cells:,} 个，请另存为 .xlsx 后重新报送"
            raise Refused(Code.TOO_MANY, reason)


def is_whole(path: Path) -> bool:
    """Whether an .xls has all of its records: the part of the workbook and that of each sheet it lists have an end."""
    _, data = _parts(path)
    starts, ends = _outline(data)
    return all(start in ends for start in (0, *starts))


def find_active_content(path: Path) -> set[ActiveContent]:
    """Active content of the workbook, by the names in its container and by its records; empty if it is damaged."""
    try:
        names, data = _parts(path)
    except Refused:
        return set()
    contents = {content for name in names for mark, content in _STORAGES if name.startswith(mark)}
    links: list[ActiveContent | None] = [None]
    for kind, body in _all_records(data):
        if kind == _SUPPORTING:
            links.append(_linked(body))
        elif kind == _EXTERNAL_NAME and links[-1] is ActiveContent.DDE and body and body[0] & _OLE_LINK:
            links[-1] = ActiveContent.OLE_LINKS
        elif kind == _SHEET and len(body) > _SHEET_KIND and body[_SHEET_KIND] == _MACRO_SHEET:
            contents.add(ActiveContent.MACROS)
        elif kind == _OBJECT and body[:4] == _COMMON and body[4:6] in _CONTROLS:
            contents.add(ActiveContent.CONTROLS)
    return contents.union(link for link in links if link is not None)


def _linked(body: bytes) -> ActiveContent | None:
    """What a SupBook record leads to; None for the workbook itself and for functions of add-ins."""
    marks = body[2:4]
    if len(body) <= _PLACE or marks in _OWN:
        return None
    return ActiveContent.DDE if _TOPIC in body[4:] else ActiveContent.LINKS


def _parts(path: Path) -> tuple[list[str], bytes]:
    """Names in the container, and the workbook stream."""
    try:
        return ole.names(path), ole.workbook_stream(path)
    except (ValueError, struct.error) as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：工作簿内容无法读取（{error}）") from error


def _outline(data: bytes) -> tuple[list[int], dict[int, int]]:
    """Where the sheets that a workbook lists begin, and where the parts end that begin somewhere in it."""
    starts, ends, begun, at = [], {}, [], 0
    for kind, body in _all_records(data):
        if kind in _BEGINNINGS:
            begun.append(at)
        elif kind == _END and begun:
            ends[begun.pop()] = at
        elif kind == _SHEET and len(body) > _PLACE:
            starts.append(struct.unpack_from("<I", body)[0])
        at += _PLACE + len(body)
    return starts, ends


def _all_records(data: bytes, at: int = 0) -> Iterator[tuple[int, bytes]]:
    """Kind and content of all records there are from an offset."""
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records from an offset up to the end of their part."""
    return takewhile(lambda record: record[0] != _END, _all_records(data, at))


def _declared_areas(data: bytes, start: int) -> Iterator[int]:
    """The areas a sheet declares; an area that ends before it begins counts as the largest there can be."""
    for kind, body in _records(data, start):
        layout = _NEW if len(body) >= _NEW.size else _OLD
        if kind == _DIMENSIONS and len(body) >= layout.size:
            top, bottom, left, right = layout.unpack_from(body)
            high, wide = bottom - top, right - left
            yield max(high, 1) * max(wide, 1) if min(high, wide) >= 0 else 1 << 32


def _area(data: bytes, start: int) -> int:
    """Cells in the rectangle around the cells of a sheet."""
    rows, columns = [], []
    for kind, body in _records(data, start):
        if kind in _CELLS and len(body) >= _PLACE:
            row, column = struct.unpack_from("<HH", body)
            rows.append(row)
            columns.append(column)
            if kind == _MANY_NUMBERS:
                columns.append(struct.unpack_from("<H", body, len(body) - 2)[0])
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0
