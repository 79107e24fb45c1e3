"""An .xlsb workbook as plain objects: values, number formats, errors, merges, what is hidden.

Only the records of [MS-XLSB] that hold these are read; of formulas the stored results are read. calamine reads .xlsb
too, but gives neither number formats (a 1 shown as 100%) nor errors, builds each sheet as a full rectangle (two cells
in opposite corners need more memory than any machine has), and expects fixed names of the parts.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.reader.a1 import COLUMNS
from xltool.reader.formats.legacy import stored_text
from xltool.reader.guard import BROKEN, Code, Refused
from xltool.reader.limits import LIMITS, too_many_cells, too_many_merges
from xltool.reader.model import ActiveContent, Book, Cell, Sheet, Value, Visibility
from xltool.reader.ooxml.active_content import LINKS, in_package
from xltool.reader.ooxml.parts import Package
from xltool.reader.ooxml.styles import BUILTIN, DEFAULT, Style, as_date, is_date_format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.reader.ooxml.parts import Relation

_MAIN: Final = "xl/workbook.bin"
"""The main part where the package names none."""
_ROW, _MERGE, _COLUMNS = 0, 176, 60
_BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = range(1, 8)
_FORMULA_KINDS: Final = {8: _TEXT, 9: _REAL, 10: _BOOL, 11: _ERROR}
_RICH: Final = 62
_SHORT: Final = 11
"""A cell right of the cell before has a record number that is larger by this, and no column."""
_KINDS: Final = {
    **{kind: (kind, 4, 8) for kind in range(_BLANK, _SHARED + 1)},
    **{kind + _SHORT: (kind, 0, 4) for kind in range(_BLANK, _SHARED + 1)},
    **{number: (kind, 4, 8) for number, kind in _FORMULA_KINDS.items()},
    _RICH: (_TEXT, 4, 9),
}
"""What kind of value a record holds, where in it its style stands, and where the value."""
_STRING, _BUNDLE, _SETTINGS = 19, 156, 153
_FORMAT, _STYLE, _STYLES_BEGIN, _STYLES_END = 44, 47, 617, 618
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
_STATES: Final[dict[int, Visibility]] = {1: "hidden", 2: "veryHidden"}
_UTF16: Final = 2
_NONE: Final = 0xFFFFFFFF
"""The length that stands for no text."""
_SUPPORTING: Final = 360
_LINKED: Final = {1: ActiveContent.DDE, 2: ActiveContent.OLE_LINKS}
"""What BrtBeginSupBook says the link is to ([MS-XLSB] 2.4.206)."""


def open_xlsb(path: Path) -> Book:
    """Read the workbook at `path`; `Refused` if it cannot be read whole."""
    try:
        with Package(path) as package:
            return _book(package)
    except (*BROKEN, etree.XMLSyntaxError, KeyError, IndexError) as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：工作表部件无法解析（{error}）") from error


def _book(package: Package) -> Book:
    main = next((each.target for each in package.relations("").values() if each.kind == "officeDocument"), _MAIN)
    relations = package.relations(main)
    book, bundles = Book(saved=package.saved()), []
    for number, body in _records(package.content(main)):
        if number == _SETTINGS:
            book.date1904 = bool(body[0] & 1)
        elif number == _BUNDLE:
            bundles.append((*_bundle(body), _STATES.get(body[0], "visible")))
    reader = _Reader(package, relations, date1904=book.date1904)
    for relation, name, state in bundles:
        target = relations.get(relation)
        if target is None and relation:
            raise Refused(Code.CORRUPT, f"文件已损坏：工作表“{name}”没有对应的部件")
        if target is not None and target.kind == "worksheet":
            book.sheets.append(reader.read(Sheet(name, state), target.target))
    book.active_content = find_active_content(package, relations)
    return book


def _bundle(body: bytes) -> tuple[str, str]:
    """Relation id and name of a sheet; they begin four bytes later in files of the first Excel 2007."""
    for at in (8, 12):
        with suppress(IndexError, struct.error):
            relation, middle = _text(body, at)
            name, end = _text(body, middle)
            if end == len(body):
                return relation, name
    raise IndexError(len(body))


def find_active_content(package: Package, relations: dict[str, Relation]) -> set[ActiveContent]:
    """Active content of the workbook, by its parts and the relations of its main part."""
    links = [name for name in package.names if LINKS in f"/{name}" and name.endswith(".bin")]
    return in_package(package, relations.values()) | {_linked(package.content(name)) for name in links}


def _linked(data: bytes) -> ActiveContent:
    """What a part with external links leads to, as its first record says."""
    try:
        number, body = next(_records(data))
        kind = struct.unpack_from("<H", body)[0] if number == _SUPPORTING else 0
    except (StopIteration, IndexError, struct.error):
        kind = 0
    return _LINKED.get(kind, ActiveContent.LINKS)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record; IndexError where the part ends inside one."""
    at = count = 0
    while at < len(data):
        count += 1
        if count > LIMITS.xlsb_records:
            reason = f"一个部件中的记录超过上限 {LIMITS.xlsb_records:,} 条，请另存为 .xlsx 后重新报送"
            raise Refused(Code.TOO_MANY, reason)
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
        if at + size > len(data):
            raise IndexError(size)
        yield number, data[at : at + size]
        at += size


@dataclass(slots=True)
class _Reader:
    """Fills the sheets of a workbook; strings and styles that their cells refer to are read first."""

    package: Package
    relations: dict[str, Relation]
    date1904: bool = field(kw_only=True)
    strings: list[str] = field(init=False)
    styles: list[Style] = field(init=False)
    cells: int = field(default_factory=lambda: LIMITS.filled_cells)
    """Cells that there may still be."""
    text: int = LIMITS.text_characters
    """Characters that cells may still take from the shared strings."""

    def __post_init__(self) -> None:
        parts = {each.kind: each.target for each in self.relations.values() if each.target in self.package}
        strings = _records(self.package.content(parts["sharedStrings"])) if "sharedStrings" in parts else ()
        self.strings = [_text(body, 1)[0] for number, body in strings if number == _STRING]
        self.styles = _styles(self.package.content(parts["styles"])) if "styles" in parts else [DEFAULT]

    def read(self, sheet: Sheet, part: str) -> Sheet:
        """The filled sheet."""
        row = column = hidden = 0
        for number, body in _records(self.package.content(part)):
            if number in _KINDS:
                kind, style, at = _KINDS[number]
                column = struct.unpack_from("<I", body)[0] + 1 if style else column + 1
                if kind != _BLANK:
                    cell_style = self.styles[int.from_bytes(body[style : style + 3], "little")]
                    sheet.cells[row, column] = self._cell(kind, body, at, cell_style)
            elif number == _ROW:
                row, column = struct.unpack_from("<I", body)[0] + 1, 0
                if body[11:12] and body[11] & 0x10:
                    sheet.hidden_rows.add(row)
            elif number == _COLUMNS and body[16] & 1:
                first, last = struct.unpack_from("<II", body)
                hidden += min(last, COLUMNS) - first + 1
                if hidden > 2 * COLUMNS:  # honest ranges do not overlap, and there are no more columns
                    raise IndexError(hidden)
                sheet.hidden_columns.update(range(first + 1, min(last + 1, COLUMNS) + 1))
            elif number == _MERGE:
                top, bottom, left, right = struct.unpack_from("<4I", body)
                sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
                if len(sheet.merges) > LIMITS.merged_ranges:
                    raise Refused(Code.TOO_MANY, too_many_merges(sheet.name))
        return sheet

    def _cell(self, kind: int, body: bytes, at: int, style: Style) -> Cell:
        """A cell that holds something."""
        self.cells -= 1
        if self.cells < 0:
            raise Refused(Code.TOO_MANY, too_many_cells())
        raw = None
        value: Value
        if kind in {_RK, _REAL}:
            number = _rk(body, at) if kind == _RK else struct.unpack_from("<d", body, at)[0]
            raw = stored_text(number)
            value = as_date(number, date1904=self.date1904) if style.dated else number
        elif kind == _SHARED:
            value = self._string(struct.unpack_from("<I", body, at)[0])
        elif kind == _TEXT:
            value = _text(body, at)[0]
        else:
            value = bool(body[at]) if kind == _BOOL else _ERRORS.get(body[at], "#N/A")
        return Cell(value, style.number_format, error=kind == _ERROR, raw=raw)

    def _string(self, number: int) -> str:
        text = self.strings[number]
        self.text -= len(text)
        if self.text < 0:
            raise Refused(Code.TOO_MANY, f"单元格文字合计超过上限 {LIMITS.text_characters:,} 个字")
        return text


def _rk(body: bytes, at: int) -> float:
    """A number of four bytes: an integer or the upper half of a float, perhaps of hundredths."""
    bits: int = struct.unpack_from("<i", body, at)[0]
    number = float(bits >> 2) if bits & 2 else float(struct.unpack("<d", struct.pack("<ii", 0, bits & ~3))[0])
    return number / 100 if bits & 1 else number


def _styles(data: bytes) -> list[Style]:
    """The styles cells refer to by index; never none."""
    formats, styles, of_cells = dict(BUILTIN), [], False
    for number, body in _records(data):
        if number == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif number in {_STYLES_BEGIN, _STYLES_END}:
            of_cells = number == _STYLES_BEGIN
        elif number == _STYLE and of_cells:
            number_format = formats.get(struct.unpack_from("<H", body, 2)[0], DEFAULT.number_format)
            styles.append(Style(number_format=number_format, dated=is_date_format(number_format)))
    return styles or [DEFAULT]


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A counted UTF-16 string, and where it ends; IndexError if it does not end in time."""
    count = struct.unpack_from("<I", body, at)[0]
    if count == _NONE:
        return "", at + 4
    end = at + 4 + count * _UTF16
    if end > len(body):
        raise IndexError(count)
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
