"""The list put into the workbook it is about: its texts inline, its styles among the workbook's own.

What stands in every list (heads, widths, the page) xlsxwriter makes, once a process; the findings are written here.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from xltool.findings import Severity, address
from xltool.outputs.returned.package import EditablePackage
from xltool.outputs.returned.problem_list import (
    HIDDEN,
    TIP,
    CheckedFile,
    ProblemList,
    begin_list,
    caption,
    entries,
    height_of,
    note_height,
)
from xltool.outputs.returned.wording import escaped
from xltool.outputs.sheets.sheet_writer import is_quoted
from xltool.outputs.sheets.texts import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from xltool.findings import Finding
    from xltool.outputs.returned.styles import CellStyles

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACE: Final = f"{{{MAIN}}}"
_C, _IS = f"{_SPACE}c", f"{_SPACE}is"
_BLANKS: Final = "{http://www.w3.org/XML/1998/namespace}space"
_SHEET: Final = "xl/worksheets/sheet1.xml"
_PARTS: Final = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
_NAMES: Final = ("text", "centre", "link_centre", "integer", *(f"mark_{each.label}" for each in Severity))
"""CellStyles of what stands in the row of a finding."""
_SAMPLES: Final = {False: "样", True: "=样"}
"""A text, and one that has to be quoted to stay one."""
_LETTERS: Final = tuple(address(1, column).rstrip("1") for column in range(2, HIDDEN + 1))
"""The columns of what a finding says; before them stands its number, behind them the hidden one."""
_HIDDEN: Final = address(1, HIDDEN + 1).rstrip("1")
_IN_QUOTES: Final = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_LONG_AGO: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - a time like any other, shown nowhere
_SPANS: Final = f"1:{HIDDEN + 1}"


def list_part(listing: ProblemList, styles: CellStyles, old: Mapping[int, int], *, views: int, space: str) -> bytes:
    """The list as a part of a workbook.

    `styles` are those of the workbook, `old` the styles that hidden cells take from it, by the number of their finding;
    `views` is the number of its windows, `space` the namespace of its dialect.
    """
    sheet = _Sheet(listing, styles)
    for number, finding in listing.listed:
        hidden = (listing.hidden[number], old[number]) if number in listing.hidden else None
        sheet.row(number, finding, hidden)
    return sheet.written(views).replace(MAIN.encode(), space.encode())


class _Sheet:
    """The worksheet in the making."""

    def __init__(self, listing: ProblemList, styles: CellStyles) -> None:
        frame = _frame(len(listing.notes))
        self._root = deepcopy(frame.root)
        self._listing, self._styles, self._moved = listing, frame.styles, _StyleMap(frame.looks, styles)
        self._rows: list[str] = []
        self._links: list[str] = []
        self._top()

    def _top(self) -> None:
        """What stands above the rows: the texts that are this list's own, and all styles."""
        data = _child(self._root, "sheetData")
        for cell in data.iter(_C):
            cell.set("s", str(self._moved(int(cell.get("s", "0")))))
        _, under, *notes, _ = data
        _say(under[0], caption(self._listing))
        for row, note in zip(notes, self._listing.notes, strict=True):
            _say(row[0], note)
            row.set("ht", _points(note_height(note)))

    def row(self, number: int, finding: Finding, hidden: tuple[str, int] | None) -> None:
        """The row of a finding, with the text and the style of its hidden cell if it has one."""
        shown, at = entries(self._listing, number, finding), self._listing.head + number
        self._rows.append(f'<row r="{at}" spans="{_SPANS}" ht="{_points(height_of(shown))}" customHeight="1">')
        self._rows.append(f'<c r="A{at}" s="{self._style("integer", "")}"><v>{number}</v></c>')
        for letter, (text, style, target) in zip(_LETTERS, shown, strict=True):
            said = cell_text(text) if text else ""
            self._rows.append(_cell(f"{letter}{at}", self._style(style, said), said))
            if target:
                self._links.append(_link(f"{letter}{at}", target, said))
        if hidden is not None:
            text, style_there = hidden
            self._rows.append(_cell(f"{_HIDDEN}{at}", style_there, text))
        self._rows.append("</row>")

    def _style(self, name: str, text: str) -> int:
        return self._moved(self._styles[name, bool(text) and is_quoted(text)])

    def written(self, views: int) -> bytes:
        """The part, for a workbook that is shown in so many windows."""
        last = self._listing.head + len(self._listing.listed)
        _child(self._root, "dimension").set("ref", f"A1:{_HIDDEN}{last}")
        shown = _child(self._root, "sheetViews")
        for number in range(1, views):
            again = deepcopy(shown[0])
            again.set("workbookViewId", str(number))
            shown.append(again)
        frame = etree.tostring(self._root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
        above, rows_end, below = frame.rpartition(b"</sheetData>")
        merged, merges_end, rest = below.partition(b"</mergeCells>")
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return b"".join([above, "".join(self._rows).encode(), rows_end, merged, merges_end, links.encode(), rest])


def _cell(place: str, style: int, text: str) -> str:
    """A cell as XML: blank, or with a text."""
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    blanks = "" if text == text.strip() else ' xml:space="preserve"'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{blanks}>{escape(escaped(text))}</t></is></c>'


def _link(place: str, target: str, text: str) -> str:
    """A link to a cell of the same workbook as XML."""
    target, text = (escape(one, _IN_QUOTES) for one in (target, text))
    return f'<hyperlink ref="{place}" location="{target}" tooltip="{TIP}" display="{text}"/>'


class _CellLook(NamedTuple):
    """A style: its format, what that points to (attribute, collection and XML), and the code of its numbers."""

    format: _Element
    parts: tuple[tuple[str, str, str], ...]
    code: str | None


class _Frame(NamedTuple):
    """A list of no findings; xlsxwriter's index of each style by its name and whether it is quoted; looks by index."""

    root: _Element
    styles: Mapping[tuple[str, bool], int]
    looks: Mapping[int, _CellLook]


@cache
def _frame(notes: int) -> _Frame:
    """The frame of lists with so many notes, of which there are three at most."""
    listing = ProblemList((), CheckedFile("", "", _LONG_AGO), [_SAMPLES[False]] * notes)
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
    """A shared text put into its cell."""
    value = cell[0]
    made = etree.Element(_IS)
    made.extend(deepcopy(child) for child in texts[int(value.text or "0")])
    cell.replace(value, made)
    cell.set("t", "inlineStr")


def _looks(root: _Element, used: set[int]) -> dict[int, _CellLook]:
    """What the styles a sheet uses look like, by their index."""
    codes = {one.get("numFmtId", ""): one.get("formatCode", "") for one in root.iter(f"{_SPACE}numFmt")}
    found = {}
    for at in used:
        form = deepcopy(_child(root, "cellXfs")[at])
        form.attrib.pop("xfId", "")
        ids = [(key, name, int(form.get(key, "0"))) for key, name in _PARTS]
        parts = [
            (key, name, _xml(_child(root, name)[number]))
            for key, name, number in ids
            if key != "fillId" or number  # the first fill is none everywhere
        ]
        found[at] = _CellLook(form, tuple(parts), codes.get(form.get("numFmtId", "0")))
    return found


class _StyleMap:
    """The style in another workbook that looks like one of the frame's; called as a function."""

    def __init__(self, looks: Mapping[int, _CellLook], styles: CellStyles) -> None:
        self._looks, self._styles = looks, styles
        self._known: dict[int, int] = {}

    def __call__(self, style: int) -> int:
        """Index there of a style by its index in the frame."""
        if style not in self._known:
            look = self._looks[style]
            made = deepcopy(look.format)
            for key, name, xml in look.parts:
                made.set(key, str(self._styles.add(name, xml)))
            if look.code is not None:
                made.set("numFmtId", self._styles.add_number_format(look.code))
            self._known[style] = self._styles.add("cellXfs", _xml(made))
        return self._known[style]


def _child(root: _Element, name: str) -> _Element:
    """A child of a part xlsxwriter has made; KeyError where it is not there."""
    found = root.find(f"{_SPACE}{name}")
    if found is None:
        raise KeyError(name)
    return found


def _say(cell: _Element, text: str) -> None:
    """Put a text, which is not empty, into a cell that holds one inline."""
    shown, text = cell[0][0], cell_text(text)
    shown.text = escaped(text)
    if text != text.strip():
        shown.set(_BLANKS, "preserve")


def _points(height: float) -> str:
    """A height in points, in whole pixels, which rows have."""
    return f"{round(height * 4 / 3) * 0.75:g}"


def _xml(element: _Element) -> str:
    """An element as text without its namespace."""
    return etree.tostring(element, encoding="unicode").replace(f' xmlns="{MAIN}"', "", 1)
