"""The worksheet parts of an .xlsb, as far as calamine leaves them out: merges, and how far the cells reach.

Calamine lays a sheet out as a full rectangle: two cells in opposite corners would ask for more memory than any machine
has, and end the process. So the corners are known before it is called.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.reader.carried import LINKS, in_package
from xltool.reader.guard import BROKEN, Code, Refused
from xltool.reader.model import Carried
from xltool.reader.parts import Package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.reader.a1 import Span

_ROW: Final = 0
_CELLS: Final = frozenset(range(2, 12))  # every kind that holds a value or a formula; 1 is a formatted blank
_MERGE: Final = 176
_BUNDLE: Final = 156
_UTF16: Final = 2
_SUPPORTING: Final = 360
_LINKED: Final = {1: Carried.DDE, 2: Carried.OLE_LINKS}
"""What BrtBeginSupBook says the link is to ([MS-XLSB] 2.4.206)."""


@dataclass(slots=True)
class Layout:
    """Merges of a sheet, and the rectangle (first row, first column, last row, last column) its values span."""

    merges: list[Span] = field(default_factory=list)
    corners: Span | None = None

    @property
    def area(self) -> int:
        """Cells in the rectangle."""
        if self.corners is None:
            return 0
        top, left, bottom, right = self.corners
        return (bottom - top + 1) * (right - left + 1)


def layouts(path: Path) -> dict[str, Layout]:
    """Layout of each worksheet by name; `Refused` if a part is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            targets = _targets(archive)
            names = {info.filename.lower(): info for info in archive.infolist()}
            return {
                title: _layout(archive.read(names[targets[relation]]))
                for title, relation in _bundles(archive.read(names["xl/workbook.bin"]))
                if targets.get(relation, "") in names
            }
    except (*BROKEN, etree.XMLSyntaxError, KeyError, IndexError) as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：工作表部件无法解析（{error}）") from error


def carried(path: Path) -> set[Carried]:
    """What the workbook carries besides cells; `Refused` if it is no package."""
    with Package(path) as package:
        main = (each.target for each in package.relations("").values() if each.kind == "officeDocument")
        found = in_package(package, package.relations(next(main, "")).values())
        links = [name for name in package.names if LINKS in f"/{name}" and name.endswith(".bin")]
        return found | {_linked(package.content(name)) for name in links}


def _linked(data: bytes) -> Carried:
    """What a part with external links leads to, as its first record says."""
    try:
        number, body = next(_records(data))
        kind = struct.unpack_from("<H", body)[0] if number == _SUPPORTING else 0
    except (StopIteration, IndexError, struct.error):
        kind = 0
    return _LINKED.get(kind, Carried.LINKS)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record; IndexError where the part ends inside one."""
    at = 0
    while at < len(data):
        number = data[at]
        at += 1
        if number & 0x80:
            number = (number & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while True:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + size > len(data):  # calamine makes cells of what it held before, and asks for terabytes
            raise IndexError(size)
        yield number, data[at : at + size]
        at += size


def _layout(data: bytes) -> Layout:
    """Layout of one sheet part."""
    layout = Layout()
    row = 0
    rows: list[int] = []
    columns: list[int] = []
    for number, body in _records(data):
        if number == _ROW:
            row = struct.unpack_from("<I", body)[0]
        elif number in _CELLS:
            rows.append(row)
            columns.append(struct.unpack_from("<I", body)[0])
        elif number == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            layout.merges.append((top + 1, left + 1, bottom + 1, right + 1))
    if rows:
        layout.corners = min(rows) + 1, min(columns) + 1, max(rows) + 1, max(columns) + 1
    return layout


def _bundles(data: bytes) -> Iterator[tuple[str, str]]:
    """Name and relation id of each sheet in the workbook part."""
    for number, body in _records(data):
        if number == _BUNDLE:
            relation, at = _text(body, 8)
            yield _text(body, at)[0], relation


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 string, and where it ends."""
    size = struct.unpack_from("<I", body, at)[0] * _UTF16
    return body[at + 4 : at + 4 + size].decode("utf-16-le", "replace"), at + 4 + size


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part name in lower case by relation id of the workbook."""
    root = etree.fromstring(archive.read("xl/_rels/workbook.bin.rels"), etree.XMLParser(resolve_entities=False))
    targets = {str(each.get("Id")): str(each.get("Target", "")).lower() for each in root}
    return {key: name.lstrip("/") if name.startswith("/") else f"xl/{name}" for key, name in targets.items()}
