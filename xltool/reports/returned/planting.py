"""The list put into the workbook it is about: its texts inline, its styles among the workbook's own.

What stands in every list (heads, widths, the page) xlsxwriter makes, once a process; the findings are written here.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from xltool.findings import Severity, address
from xltool.reports.returned.listing import HIDDEN, TIP, About, Listing, begun, caption, entries, height_of, note_height
from xltool.reports.returned.package import Package
from xltool.reports.returned.wording import escaped
from xltool.reports.sheets.paper import is_quoted
from xltool.reports.sheets.texts import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from xltool.findings import Finding
    from xltool.reports.returned.styles import Styles

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACE: Final = f"{{{MAIN}}}"
_ROW, _C, _IS, _T, _V = (f"{_SPACE}{name}" for name in ("row", "c", "is", "t", "v"))
_BLANKS: Final = "{http://www.w3.org/XML/1998/namespace}space"
_SHEET: Final = "xl/worksheets/sheet1.xml"
_PARTS: Final = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
_NAMES: Final = ("text", "centre", "link_centre", "integer", *(f"mark_{each.label}" for each in Severity))
"""Styles of what stands in the row of a finding."""
_SAMPLES: Final = {False: "样", True: "=样"}
"""A text, and one that has to be quoted to stay one."""
_LETTERS: Final = tuple(address(1, column).rstrip("1") for column in range(1, HIDDEN + 2))
_LONG_AGO: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - a time like any other, shown nowhere
_SPANS: Final = f"1:{HIDDEN + 1}"


def planted(listing: Listing, styles: Styles, old: Mapping[int, int], *, views: int, space: str) -> bytes:
    """The list as a part of a workbook.

    `styles` are those of the workbook, `old` the styles that hidden cells take from it, by the number of their finding;
    `views` is the number of its windows, `space` the namespace of its dialect.
    """
    sheet = _Sheet(listing, styles)
    sheet.top()
    for number, finding in listing.listed:
        sheet.row(number, finding)
        if number in listing.hidden:
            sheet.cell(HIDDEN, listing.hidden[number], old[number])
    sheet.bottom(views)
    written = etree.tostring(sheet.root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return written.replace(MAIN.encode(), space.encode())


class _Sheet:
    """The worksheet in the making."""

    def __init__(self, listing: Listing, styles: Styles) -> None:
        frame = _frame(len(listing.notes))
        self.root = deepcopy(frame.root)
        self._listing, self._styles, self._moved = listing, frame.styles, _Moved(frame.looks, styles)
        self._data = _child(self.root, "sheetData")
        self._links = etree.Element(f"{_SPACE}hyperlinks")
        self._last = listing.head

    def top(self) -> None:
        """What stands above the rows: the texts that are this list's own, and all styles."""
        for cell in self._data.iter(_C):
            cell.set("s", str(self._moved(int(cell.get("s", "0")))))
        _, under, *notes, _ = self._data
        _say(under[0], caption(self._listing))
        for row, note in zip(notes, self._listing.notes, strict=True):
            _say(row[0], note)
            row.set("ht", _points(note_height(note)))

    def row(self, number: int, finding: Finding) -> None:
        """The row of a finding."""
        shown = entries(self._listing, number, finding)
        self._last += 1
        row = etree.SubElement(self._data, _ROW, r=str(self._last), spans=_SPANS, ht=_points(height_of(shown)))
        row.set("customHeight", "1")
        first = etree.SubElement(row, _C, r=f"A{self._last}", s=str(self._moved(self._styles["integer", False])))
        etree.SubElement(first, _V).text = str(number)
        for column, (text, style, target) in enumerate(shown, start=1):
            said = cell_text(text) if text else ""
            self.cell(column, said, self._moved(self._styles[style, bool(said) and is_quoted(said)]))
            if target:
                self._link(column, target, said)

    def cell(self, column: int, text: str, style: int) -> None:
        """A cell of the last row, its column counted from 0."""
        cell = etree.SubElement(self._data[-1], _C, r=f"{_LETTERS[column]}{self._last}", s=str(style))
        if text:
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, _IS), _T)
            _say(cell, text)

    def _link(self, column: int, target: str, text: str) -> None:
        link = etree.SubElement(self._links, f"{_SPACE}hyperlink", ref=f"{_LETTERS[column]}{self._last}")
        link.attrib.update({"location": target, "tooltip": TIP, "display": text})

    def bottom(self, views: int) -> None:
        """All else that depends on the rows or on the workbook."""
        _child(self.root, "dimension").set("ref", f"A1:{_LETTERS[HIDDEN]}{self._last}")
        if len(self._links):
            _child(self.root, "mergeCells").addnext(self._links)
        shown = _child(self.root, "sheetViews")
        for number in range(1, views):
            again = deepcopy(shown[0])
            again.set("workbookViewId", str(number))
            shown.append(again)


class _Look(NamedTuple):
    """A style: its format, what that points to (attribute, collection and XML), and the code of its numbers."""

    format: _Element
    parts: tuple[tuple[str, str, str], ...]
    code: str | None


class _Frame(NamedTuple):
    """A list of no findings; xlsxwriter's index of each style by its name and whether it is quoted; looks by index."""

    root: _Element
    styles: Mapping[tuple[str, bool], int]
    looks: Mapping[int, _Look]


@cache
def _frame(notes: int) -> _Frame:
    """The frame of lists with so many notes, of which there are three at most."""
    listing = Listing((), About("", "", _LONG_AGO), [_SAMPLES[False]] * notes)
    book, paper = begun(listing)
    samples = list(product(_NAMES, _SAMPLES))
    for column, (name, quoted) in enumerate(samples):
        paper.text(listing.head, column, _SAMPLES[quoted], name)
    source = Package(book.close())
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


def _looks(root: _Element, used: set[int]) -> dict[int, _Look]:
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
        found[at] = _Look(form, tuple(parts), codes.get(form.get("numFmtId", "0")))
    return found


class _Moved:
    """The style in another workbook that looks like one of the frame's; called as a function."""

    def __init__(self, looks: Mapping[int, _Look], styles: Styles) -> None:
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
    shown = cell[0][0]
    shown.text = escaped(text)
    if text != text.strip():
        shown.set(_BLANKS, "preserve")


def _points(height: float) -> str:
    """A height in points, in whole pixels, which rows have."""
    return f"{round(height * 4 / 3) * 0.75:g}"


def _xml(element: _Element) -> str:
    """An element as text without its namespace."""
    return etree.tostring(element, encoding="unicode").replace(f' xmlns="{MAIN}"', "", 1)
