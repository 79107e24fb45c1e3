"""The list moved into the workbook it is about: its texts inline, its styles among the workbook's own."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.reports.returned.package import Package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from xltool.reports.returned.styles import Styles

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACE: Final = f"{{{MAIN}}}"
_SHEET: Final = "xl/worksheets/sheet1.xml"
_PARTS: Final = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))


def planted(data: bytes, styles: Styles, old: Mapping[str, int], *, views: int, space: str) -> bytes:
    """The only worksheet of a workbook xlsxwriter made, as a part of another.

    `styles` are those of the other, `old` the styles some cells take from it, by address; `views` is the number of
    its windows, `space` the namespace of its dialect.
    """
    source = Package(data)
    root = source.tree(_SHEET)
    texts = list(source.tree("xl/sharedStrings.xml").iterchildren(f"{_SPACE}si"))
    moved = _moved(source.tree("xl/styles.xml"), styles)
    for cell in root.iter(f"{_SPACE}c"):
        cell.set("s", str(moved(int(cell.get("s", "0")))))
        if cell.get("t") == "s":
            _inline(cell, texts)
        if cell.get("r") in old:
            cell.set("s", str(old[str(cell.get("r"))]))
    shown = root.find(f"{_SPACE}sheetViews")
    for number in range(1, views if shown is not None else 0):
        again = deepcopy(shown[0])  # type: ignore[index] # it is there
        again.set("workbookViewId", str(number))
        shown.append(again)  # type: ignore[union-attr] # likewise
    etree.cleanup_namespaces(root)
    written = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return written.replace(MAIN.encode(), space.encode())


def _inline(cell: _Element, texts: list[_Element]) -> None:
    """A shared text put into its cell."""
    value = cell[0]
    made = etree.Element(f"{_SPACE}is")
    made.extend(deepcopy(child) for child in texts[int(value.text or "0")])
    cell.replace(value, made)
    cell.set("t", "inlineStr")


class _moved:  # noqa: N801 - called as a function, with what it has found so far
    """The style in another workbook that looks like one of this."""

    def __init__(self, root: _Element, styles: Styles) -> None:
        self._lists = {name: root.find(f"{_SPACE}{name}") for name in ("fonts", "fills", "borders", "cellXfs")}
        self._codes = {one.get("numFmtId", ""): one.get("formatCode", "") for one in root.iter(f"{_SPACE}numFmt")}
        self._styles = styles
        self._known: dict[int, int] = {}

    def __call__(self, style: int) -> int:
        """Index there of a style by its index here."""
        if style not in self._known:
            made = deepcopy(self._each("cellXfs", style))
            for key, name in _PARTS:
                at = int(made.get(key, "0"))
                if key != "fillId" or at:  # the first fill is none everywhere
                    made.set(key, str(self._styles.add(name, _xml(self._each(name, at)))))
            code = self._codes.get(made.get("numFmtId", "0"))
            if code is not None:
                made.set("numFmtId", self._styles.add_number_format(code))
            made.attrib.pop("xfId", "")
            self._known[style] = self._styles.add("cellXfs", _xml(made))
        return self._known[style]

    def _each(self, name: str, at: int) -> _Element:
        found = self._lists[name]
        if found is None:
            raise KeyError(name)
        return found[at]


def _xml(element: _Element) -> str:
    """An element as text without its namespace."""
    return etree.tostring(element, encoding="unicode").replace(f' xmlns="{MAIN}"', "", 1)
