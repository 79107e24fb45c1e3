"""An .ods spreadsheet as plain objects, in one streamed pass over content.xml.

Calamine reads .ods too, but gives no merges and no percentages, and builds a sheet as a full rectangle. Here rows and
cells that are only formatted cost nothing, however often they are repeated. Of formulas the results are read.
"""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.reader.a1 import COLUMNS, ROWS
from xltool.reader.guard import BROKEN, Code, Refused
from xltool.reader.limits import LIMITS, too_many_cells, too_many_merges
from xltool.reader.model import ActiveContent, Book, Cell, Sheet
from xltool.reader.ooxml.parts import Metered, marks
from xltool.reader.ooxml.styles import from_iso
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.etree import _Element

    from xltool.reader.model import Value

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS: Final = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_FORM: Final = "{urn:oasis:names:tc:opendocument:xmlns:form:1.0}form"
_ACTIVE_CONTENT: Final = {
    "dde-source": ActiveContent.DDE,
    "dde-link": ActiveContent.DDE,
    "table-source": ActiveContent.LINKS,
    "cell-range-source": ActiveContent.LINKS,
    "form": ActiveContent.CONTROLS,
    "plugin": ActiveContent.OBJECTS,
    "applet": ActiveContent.OBJECTS,
    "floating-frame": ActiveContent.OBJECTS,
}
"""Elements that bring active content into a sheet."""
_ASKING: Final = (("DDE(", ActiveContent.DDE), ("'#$", ActiveContent.LINKS))
"""Signs in formulas that ask a program or another file."""
_CHART: Final = "application/vnd.oasis.opendocument.chart"
_TAGS: Final = (
    *(f"{_TABLE}{word}" for word in ("table", "table-row", "table-column", "dde-link", "table-source")),
    *(f"{_DRAW}{word}" for word in ("plugin", "applet", "floating-frame")),
    f"{_TABLE}cell-range-source", f"{_OFFICE}dde-source", f"{_STYLE}style", _FORM,
)  # fmt: skip
_COLUMNS_REPEATED: Final = f"{_TABLE}number-columns-repeated"
_ROWS_REPEATED: Final = f"{_TABLE}number-rows-repeated"
_COLUMNS_SPANNED: Final = f"{_TABLE}number-columns-spanned"
_ROWS_SPANNED: Final = f"{_TABLE}number-rows-spanned"
_IN_ROWS: Final = {"table", "table-row-group", "table-header-rows", "table-rows"}
_DURATION: Final = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def open_ods(path: Path) -> Book:
    """Read the spreadsheet at `path`; `Refused` if it cannot be read whole."""
    reader = _Reader()
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
            reader.book.active_content = _listed(archive)
            metered = Metered(stream, "content.xml")
            events = etree.iterparse(
                metered, events=("start", "end"), tag=_TAGS, collect_ids=False,
                resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
            )  # fmt: skip
            for event, element in events:
                if reader.feed(event, element):
                    metered.marks = 0
    except (etree.XMLSyntaxError, KeyError, *BROKEN) as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：content.xml 无法解析（{error}）") from error
    except OSError as error:
        raise Refused(Code.UNREADABLE, f"文件无法读取：{words_of(error)}") from error
    return reader.book


def _listed(archive: zipfile.ZipFile) -> set[ActiveContent]:
    """Active content that the file lists: macros, and objects other than charts."""
    contents = set()
    for name in archive.namelist():
        folder, _, module = name.lower().rpartition("/")
        if folder.startswith(("basic/", "scripts/")) and module and not module.startswith("script-l"):
            contents.add(ActiveContent.MACROS)
    try:
        content = archive.read("META-INF/manifest.xml")
        if marks(content) > LIMITS.parsed_marks:
            return contents
        listed = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    except (KeyError, etree.XMLSyntaxError):  # a damaged manifest says nothing
        return contents
    for entry in listed:
        attributes = {str(key).rpartition("}")[2]: str(value) for key, value in entry.attrib.items()}
        is_object = (
            attributes.get("full-path", "").startswith("Object ") and attributes.get("full-path", "").count("/") <= 1
        )
        if (
            is_object
            and attributes.get("media-type", "").startswith("application/")
            and attributes["media-type"] != _CHART
        ):
            contents.add(ActiveContent.OBJECTS)
    return contents


class _Reader:
    """Fills a book as the elements come by."""

    def __init__(self) -> None:
        """Start with an empty book; `row` and `column` are the last ones read of the current sheet."""
        self.book = Book()
        self.hidden_styles: set[str] = set()
        self.sheet: Sheet | None = None
        self.row = self.column = self.cells = self.hidden = 0

    def feed(self, event: str, element: _Element) -> bool:
        """Take an element as it opens or closes; returns whether it was a row, which has been read and freed."""
        word = element.tag.rpartition("}")[2]
        if word in _ACTIVE_CONTENT:
            self.book.active_content.add(_ACTIVE_CONTENT[word])
            return False
        if event == "start":
            if word == "table" and self.sheet is None and _parent(element) == "spreadsheet":
                self._open(element)
            return False
        if word == "table" and _parent(element) == "spreadsheet":
            self.sheet = None
        elif word == "style":
            properties = element.find(f"{_STYLE}table-properties")
            if properties is not None and properties.get(f"{_TABLE}display") == "false":
                self.hidden_styles.add(element.get(f"{_STYLE}name", ""))
        elif self.sheet is not None and word == "table-column":
            self._column(self.sheet, element)
        elif self.sheet is not None and word == "table-row" and _parent(element) in _IN_ROWS:
            self._row(self.sheet, element)
            _forget(element)
            return True
        return False

    def _open(self, element: _Element) -> None:
        """Begin a sheet."""
        hidden = element.get(f"{_TABLE}style-name") in self.hidden_styles
        self.sheet = Sheet(element.get(f"{_TABLE}name", ""), "hidden" if hidden else "visible")
        self.book.sheets.append(self.sheet)
        if len(self.book.sheets) > LIMITS.sheets:
            raise Refused(Code.TOO_MANY, f"工作表超过上限 {LIMITS.sheets:,} 个，请只保留附件后重新报送")
        self.row = self.column = 0

    def _column(self, sheet: Sheet, element: _Element) -> None:
        """Read one or more columns."""
        count = _count(element, _COLUMNS_REPEATED, COLUMNS - self.column)
        if element.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden_columns.update(range(self.column + 1, self.column + count + 1))
        self.column += count

    def _row(self, sheet: Sheet, element: _Element) -> None:
        """Read one or more equal rows."""
        count = _count(element, _ROWS_REPEATED, ROWS - self.row)
        filled = list(self._filled(sheet, element))
        self._bound(len(filled) * (count - 1))
        for row in range(self.row + 1, self.row + count + 1) if filled else ():
            sheet.cells.update(((row, column), cell) for column, cell in filled)
        if element.get(f"{_TABLE}visibility", "visible") != "visible" and count < ROWS - self.row:
            self._hide(sheet, count)
        self.row += count

    def _filled(self, sheet: Sheet, row: _Element) -> Iterator[tuple[int, Cell]]:
        """Cells of a row that hold something, by column; its merges are noted on the way."""
        column = 0
        for element in row:
            if element.tag not in _CELLS:
                continue
            count = _count(element, _COLUMNS_REPEATED, COLUMNS - column)
            wide = _count(element, _COLUMNS_SPANNED, COLUMNS)
            high = _count(element, _ROWS_SPANNED, ROWS)
            if wide * high > 1 and count:
                sheet.merges.append((self.row + 1, column + 1, self.row + high, column + wide))
                if len(sheet.merges) > LIMITS.merged_ranges:
                    raise Refused(Code.TOO_MANY, too_many_merges(sheet.name))
            formula = element.get(f"{_TABLE}formula", "")
            if formula:
                self.book.active_content |= {what for mark, what in _ASKING if mark in formula}
            cell = _cell(element) if len(element) or f"{_OFFICE}value-type" in element.attrib else None
            if cell is not None:
                self._bound(count)
                yield from ((each, cell) for each in range(column + 1, column + count + 1))
            column += count

    def _bound(self, more: int) -> None:
        """Refuse a file that repeats itself into more cells than any form has."""
        self.cells += more
        if self.cells > LIMITS.filled_cells:
            raise Refused(Code.TOO_LARGE, too_many_cells())

    def _hide(self, sheet: Sheet, count: int) -> None:
        """Note hidden rows; `Refused` where the sheets together have more than one sheet can have."""
        self.hidden += count
        if self.hidden > ROWS:
            raise Refused(Code.TOO_MANY, f"隐藏的行合计超过上限 {ROWS:,} 行，请取消隐藏后重新报送")
        sheet.hidden_rows.update(range(self.row + 1, self.row + count + 1))


def _forget(row: _Element) -> None:
    """Free a row that has been read and the rows before it; the element must stay until the parser has left it."""
    parent = row.getparent()
    row.clear()
    while parent is not None and row.getprevious() is not None:
        del parent[0]


def _parent(element: _Element) -> str:
    """Local name of the parent."""
    parent = element.getparent()
    return "" if parent is None else parent.tag.rpartition("}")[2]


def _count(element: _Element, attribute: str, most: int) -> int:
    """A repeat count or a span: 1 where it is not given; ValueError if it is no number."""
    text = element.get(attribute)
    return max(min(1 if text is None else int(text), most), 0)


def _cell(element: _Element) -> Cell | None:
    """Value of a cell; None if it is empty."""
    kind = element.get(f"{_OFFICE}value-type", "")
    text = "\n".join(_text(paragraph) for paragraph in element if paragraph.tag == f"{_TEXT}p")
    if element.get(f"{_CALC}value-type") == "error":
        return Cell(text, error=True)
    number_format = "0.00%" if kind == "percentage" else "General"
    value = _value(kind, element, text)
    raw = element.get(f"{_OFFICE}value") if isinstance(value, float) else None
    return None if value == "" else Cell(value, number_format, raw=raw)


def _value(kind: str, element: _Element, text: str) -> Value:
    """The stored value, else the text that is shown; ValueError if a number is none."""
    if kind in {"float", "percentage", "currency"}:
        return float(element.get(f"{_OFFICE}value", ""))
    if kind == "date":
        return from_iso(element.get(f"{_OFFICE}date-value", text))
    if kind == "time":
        match = _DURATION.fullmatch(element.get(f"{_OFFICE}time-value", ""))
        return text if match is None else _days(match)
    if kind == "boolean":
        return element.get(f"{_OFFICE}boolean-value") == "true"
    return text or element.get(f"{_OFFICE}string-value", "")


def _days(match: re.Match[str]) -> float:
    """A duration as a number of days."""
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    total = days + hours / 24 + minutes / 1440 + seconds / 86_400
    return -total if match[1] else total


def _text(element: _Element) -> str:
    """Text of a paragraph; runs of spaces, tabs and line breaks are elements, notes and ruby texts are left out."""
    parts = [element.text or ""]
    for child in element:
        word = child.tag.rpartition("}")[2]
        if word == "s":
            parts.append(" " * min(int(child.get(f"{_TEXT}c", "1")), 1000))
        elif word == "tab":
            parts.append(" ")
        elif word == "line-break":
            parts.append("\n")
        elif word not in {"annotation", "ruby-text", "note"}:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
