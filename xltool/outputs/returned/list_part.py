"""The list of problems as a worksheet part of the returned copy, with inline texts and styles of that workbook.

What is the same in all lists (heads, widths, page setup) is written by xlsxwriter, once in a process; the rows of the
findings are written here as XML.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from xltool.findings import Severity, column_letters
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.package import EditablePackage
from xltool.outputs.returned.problem_list import (
    HIDDEN,
    IDS,
    TIP,
    ListedFinding,
    ProblemList,
    begin_list,
    caption,
    height_of,
    list_row,
    note_height,
)
from xltool.outputs.returned.wording import escaped
from xltool.outputs.sheets.sheet_writer import is_quoted
from xltool.outputs.sheets.texts import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from xltool.outputs.returned.styles import CellStyles

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACE: Final = f"{{{MAIN}}}"
_C, _IS = f"{_SPACE}c", f"{_SPACE}is"
_BLANKS: Final = "{http://www.w3.org/XML/1998/namespace}space"
_SHEET: Final = "xl/worksheets/sheet1.xml"
_PARTS: Final = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
_NAMES: Final = ("text", "centre", "link_centre", "integer", "line", *(f"mark_{each.label}" for each in Severity))
"""Styles of the cells in the row of a finding."""
_SAMPLES: Final = {False: "样", True: "=样"}
"""A text, and a text that must be quoted to stay a text."""
_LETTERS: Final = tuple(column_letters(column) for column in range(2, HIDDEN + 1))
"""Columns of the texts of a finding; its number stands before them, the hidden column after them."""
_HIDDEN: Final = column_letters(HIDDEN + 1)
_IN_QUOTES: Final = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_ANY_TIME: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - shown nowhere
_IDS: Final = column_letters(IDS + 1)
_SPANS: Final = f"1:{IDS + 1}"


def list_part(
    listing: ProblemList, styles: CellStyles, old_styles: Mapping[int, int], *, views: int, space: str
) -> bytes:
    """The bytes of the list as a part of a workbook.

    `styles` are the styles of the workbook; `old_styles` are the styles before the mark, by the number of the finding,
    which hidden cells keep; `views` is the number of its windows, `space` the namespace of its dialect.
    """
    sheet = _ListSheet(listing, styles)
    for listed in listing.listed:
        number = listed.number
        sheet.add_row(listed, (listing.hidden[number], old_styles[number]) if number in listing.hidden else None)
    return sheet.to_bytes(views).replace(MAIN.encode(), space.encode())


class _ListSheet:
    """The worksheet of a list, to which rows are added."""

    def __init__(self, listing: ProblemList, styles: CellStyles) -> None:
        frame = _frame(len(listing.notes))
        self._root = deepcopy(frame.root)
        self._listing, self._styles, self._style_map = listing, frame.styles, _StyleMap(frame.looks, styles)
        self._rows: list[str] = []
        self._links: list[str] = []
        self._fill_top()

    def _fill_top(self) -> None:
        """Fill in the caption and the notes above the rows, and set the styles."""
        data = _child(self._root, "sheetData")
        for cell in data.iter(_C):
            cell.set("s", str(self._style_map(int(cell.get("s", "0")))))
        _, subtitle, *notes, _ = data
        _set_text(subtitle[0], caption(self._listing))
        for row, note in zip(notes, self._listing.notes, strict=True):
            _set_text(row[0], note)
            row.set("ht", _points(note_height(note)))

    def add_row(self, listed: ListedFinding, hidden: tuple[str, int] | None) -> None:
        """Add the row of a finding; `hidden` is the text and the style of the cell of its mark, if it has one."""
        number = listed.number
        cells, at = list_row(self._listing, listed), self._listing.head + number
        self._rows.append(f'<row r="{at}" spans="{_SPANS}" ht="{_points(height_of(cells))}" customHeight="1">')
        self._rows.append(f'<c r="A{at}" s="{self._style("integer", "")}"><v>{number}</v></c>')
        for letter, (text, style, target) in zip(_LETTERS, cells, strict=True):
            written = cell_text(text) if text else ""
            self._rows.append(_cell(f"{letter}{at}", self._style(style, written), written))
            if target:
                self._links.append(_link(f"{letter}{at}", target, written))
        if hidden is not None:
            hidden_text, hidden_style = hidden
            self._rows.append(_cell(f"{_HIDDEN}{at}", hidden_style, hidden_text))
        if listed.id:
            self._rows.append(_cell(f"{_IDS}{at}", self._style("line", listed.id), listed.id))
        self._rows.append("</row>")

    def _style(self, name: str, text: str) -> int:
        return self._style_map(self._styles[name, bool(text) and is_quoted(text)])

    def to_bytes(self, views: int) -> bytes:
        """The bytes of the part, for a workbook with this number of windows."""
        last = self._listing.head + len(self._listing.listed)
        _child(self._root, "dimension").set("ref", f"A1:{_IDS}{last}")
        shown = _child(self._root, "sheetViews")
        for number in range(1, views):
            view = deepcopy(shown[0])
            view.set("workbookViewId", str(number))
            shown.append(view)
        frame = etree.tostring(self._root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
        above, rows_end, below = frame.rpartition(b"</sheetData>")
        merged, merges_end, rest = below.partition(b"</mergeCells>")
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return b"".join([above, "".join(self._rows).encode(), rows_end, merged, merges_end, links.encode(), rest])


def _cell(place: str, style: int, text: str) -> str:
    """The XML of a cell, blank or with a text."""
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    blanks = "" if text == text.strip() else ' xml:space="preserve"'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{blanks}>{escape(escaped(text))}</t></is></c>'


def _link(place: str, target: str, text: str) -> str:
    """The XML of a link to a cell of the same workbook."""
    target, text = (escape(value, _IN_QUOTES) for value in (target, text))
    return f'<hyperlink ref="{place}" location="{target}" tooltip="{TIP}" display="{text}"/>'


class _CellLook(NamedTuple):
    """A style: its xf, the elements that the xf refers to (attribute, collection, XML), and its number format."""

    format: _Element
    parts: tuple[tuple[str, str, str], ...]
    code: str | None


class _Frame(NamedTuple):
    """A list without findings: its root, the index of each style by name and quoting, and the styles by index."""

    root: _Element
    styles: Mapping[tuple[str, bool], int]
    looks: Mapping[int, _CellLook]


@cache
def _frame(notes: int) -> _Frame:
    """The frame of lists with this number of notes, which is three at most."""
    listing = ProblemList((), CheckedFile("", "", _ANY_TIME), [_SAMPLES[False]] * notes)
    book, sheet = begin_list(listing)
    samples = list(product(_NAMES, _SAMPLES))
    for column, (name, quoted) in enumerate(samples):
        sheet.write_text(listing.head, column, _SAMPLES[quoted], name)
    source = EditablePackage(book.close())
    root = source.tree(_SHEET)
    texts = list(source.tree("xl/sharedStrings.xml"))
    data = _child(root, "sheetData")
    for cell in data.iter(_C):
        if cell.get("t") == "s":
            _inline(cell, texts)
    styles = {sample: int(cell.get("s", "0")) for sample, cell in zip(samples, data[-1], strict=True)}
    used = {int(cell.get("s", "0")) for cell in data.iter(_C)}
    data.remove(data[-1])
    for row in data:
        row.set("spans", _SPANS)
    etree.cleanup_namespaces(root)
    return _Frame(root, styles, _looks(source.tree("xl/styles.xml"), used))


def _inline(cell: _Element, texts: list[_Element]) -> None:
    """Replace the reference of a cell to a shared text by the text itself."""
    value = cell[0]
    inline = etree.Element(_IS)
    inline.extend(deepcopy(child) for child in texts[int(value.text or "0")])
    cell.replace(value, inline)
    cell.set("t", "inlineStr")


def _looks(root: _Element, used: set[int]) -> dict[int, _CellLook]:
    """The styles that a sheet uses, by their index."""
    codes = {entry.get("numFmtId", ""): entry.get("formatCode", "") for entry in root.iter(f"{_SPACE}numFmt")}
    looks = {}
    for at in used:
        form = deepcopy(_child(root, "cellXfs")[at])
        form.attrib.pop("xfId", "")
        ids = [(key, name, int(form.get(key, "0"))) for key, name in _PARTS]
        parts = [
            (key, name, _xml(_child(root, name)[number]))
            for key, name, number in ids
            if key != "fillId" or number  # in every workbook the first fill is no fill
        ]
        looks[at] = _CellLook(form, tuple(parts), codes.get(form.get("numFmtId", "0")))
    return looks


class _StyleMap:
    """Styles of a workbook by the styles of the frame; called with an index, it adds the style if it is missing."""

    def __init__(self, looks: Mapping[int, _CellLook], styles: CellStyles) -> None:
        self._looks, self._styles = looks, styles
        self._indexes: dict[int, int] = {}

    def __call__(self, style: int) -> int:
        """Index in the workbook of a style, given by its index in the frame."""
        if style not in self._indexes:
            look = self._looks[style]
            cell_format = deepcopy(look.format)
            for key, name, xml in look.parts:
                cell_format.set(key, str(self._styles.add(name, xml)))
            if look.code is not None:
                cell_format.set("numFmtId", self._styles.add_number_format(look.code))
            self._indexes[style] = self._styles.add("cellXfs", _xml(cell_format))
        return self._indexes[style]


def _child(root: _Element, name: str) -> _Element:
    """A child of the root of a part; KeyError where the part has none."""
    child = root.find(f"{_SPACE}{name}")
    if child is None:
        raise KeyError(name)
    return child


def _set_text(cell: _Element, text: str) -> None:
    """Replace the inline text of a cell by a text, which must not be empty."""
    shown, text = cell[0][0], cell_text(text)
    shown.text = escaped(text)
    if text != text.strip():
        shown.set(_BLANKS, "preserve")


def _points(height: float) -> str:
    """A height in points, rounded to whole pixels, since rows have whole pixels."""
    return f"{round(height * 4 / 3) * 0.75:g}"


def _xml(element: _Element) -> str:
    """The XML of an element without its namespace."""
    return etree.tostring(element, encoding="unicode").replace(f' xmlns="{MAIN}"', "", 1)
