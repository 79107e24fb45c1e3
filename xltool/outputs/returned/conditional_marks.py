"""Marks as conditional formats: the first of their cells, so that no other conditional format covers the fill.

Excel, WPS and LibreOffice draw a conditional format over the fill of a cell, and the live checks of a template are such
formats. Cells without one need no more than their fill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import Severity, address
from xltool.outputs.returned.styles import MARKS
from xltool.outputs.returned.worksheet_order import insert
from xltool.reader.a1 import is_within, span

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from lxml.etree import _Element

    from xltool.outputs.returned.cells import CellRef
    from xltool.outputs.returned.styles import CellStyles

_ALWAYS: Final = "TRUE"


def add_marks(root: _Element, marks: Mapping[CellRef, Severity], styles: CellStyles) -> None:
    """Put the marks of a sheet, given by the root of its part, before the conditional formats of their cells."""
    areas = list(_areas(root))
    cells = {
        severity: [ref for ref, own in sorted(marks.items()) if own is severity and is_within(ref, areas)]
        for severity in MARKS
    }
    needed = [severity for severity, refs in cells.items() if refs]
    _shift(root, len(needed))
    space = str(root.tag).removesuffix("worksheet")
    elements = []
    for priority, severity in enumerate(needed, start=1):
        places = " ".join(address(*ref) for ref in cells[severity])
        element = etree.Element(f"{space}conditionalFormatting", sqref=places)
        style = str(styles.conditional_mark(severity))
        rule = etree.SubElement(
            element, f"{space}cfRule", type="expression", dxfId=style, priority=str(priority), stopIfTrue="1"
        )
        etree.SubElement(rule, f"{space}formula").text = _ALWAYS
        elements.append(element)
    for element in reversed(elements):
        insert(root, element)


def remove_marks(root: _Element, styles: Container[str]) -> bool:
    """Remove the marks from the conditional formats of a sheet; whether there were any.

    `styles` are the numbers of the differential styles of marks.
    """
    ours = [rule for rule in _rules(root) if rule.get("dxfId") in styles]
    for rule in ours:
        element = rule.getparent()
        if element is None:
            continue
        element.remove(rule)
        if next(element.iterchildren("{*}cfRule"), None) is None:
            element.getparent().remove(element)  # type: ignore[union-attr] # it stands below the root
    first = min((_priority(rule) for rule in _ranked(root)), default=1)
    _shift(root, -min(len(ours), max(first - 1, 0)))
    return bool(ours)


def _formats(root: _Element) -> Iterator[_Element]:
    """The conditional formats of a sheet, those of Excel 2010 in its extensions included."""
    yield from root.iterchildren("{*}conditionalFormatting")
    for extensions in root.iterchildren("{*}extLst"):
        yield from extensions.iter("{*}conditionalFormatting")


def _rules(root: _Element) -> list[_Element]:
    return [rule for element in _formats(root) for rule in element.iterchildren("{*}cfRule")]


def _areas(root: _Element) -> Iterator[tuple[int, int, int, int]]:
    """The areas that have a conditional format."""
    for element in _formats(root):
        places = element.get("sqref") or element.findtext("{*}sqref") or ""
        for place in places.split():
            try:
                yield span(place)
            except ValueError:  # nothing that Excel would write
                continue


def _shift(root: _Element, by: int) -> None:
    """Move the priorities of all conditional formats of a sheet, which are ranked together."""
    for rule in _ranked(root) if by else ():
        rule.set("priority", str(_priority(rule) + by))


def _ranked(root: _Element) -> list[_Element]:
    """The conditional formats with a priority; bars of Excel 2010 have that of the format they belong to."""
    return [rule for rule in _rules(root) if rule.get("priority", "").isdecimal()]


def _priority(rule: _Element) -> int:
    return int(rule.get("priority", "1"))
