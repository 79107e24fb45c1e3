"""Read the forms of a template with their names, straight from the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.utils.cell import range_boundaries

from tests.support.parts import MAIN, read_book
from xltool.forms.manifest import OVERVIEW
from xltool.reader.ooxml.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

    from xltool.reader.model import Book, Sheet

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 1, both ends included."""


@dataclass(frozen=True)
class Form:
    """One form of a template."""

    sheet: Sheet
    names: dict[str, str]
    """Names of the sheet's own scope and what they stand for, print settings aside."""
    root: etree._Element
    printing: dict[str, str]
    """Print_Area and Print_Titles of the sheet."""

    def area(self, name: str) -> Area:
        """The area of a name; KeyError if it is not defined on this sheet."""
        return area(self.names[name])

    def spots(self, name: str) -> list[tuple[int, int]]:
        """Row and column of every cell of a name."""
        top, left, bottom, right = self.area(name)
        return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]

    def text(self, row: int, column: int) -> str:
        """The text printed in a cell, "" where there is none."""
        cell = self.sheet.cells.get((row, column))
        return "" if cell is None or cell.value is None else str(cell.value)

    def merged(self, row: int, column: int) -> Area:
        """The merge a cell belongs to, or the cell alone."""
        for top, left, bottom, right in self.sheet.merges:
            if top <= row <= bottom and left <= column <= right:
                return top, left, bottom, right
        return row, column, row, column

    def attributes_of(self, tag: str) -> dict[str, str]:
        """Attributes of the only element with this tag; AssertionError if there is none or are several."""
        (element,) = self.root.iter(MAIN + tag)
        return {str(key): str(value) for key, value in element.attrib.items()}


@dataclass(frozen=True)
class Template:
    """A workbook and its forms by sheet name."""

    book: Book
    forms: dict[str, Form]
    manifest: Sheet


def area(reference: str) -> Area:
    """The area of a reference such as '附件1'!$B$4 or $A$1:$G$31."""
    left, top, right, bottom = range_boundaries(reference.rpartition("!")[2].replace("$", ""))
    return top or 1, left or 1, bottom or 1_048_576, right or 16_384


def covers(outer: Area, inner: Area) -> bool:
    """Whether an area lies within another."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def read_template(path: Path) -> Template:
    """The forms of a workbook, its manifest sheet aside."""
    book, raw = open_workbook(path), read_book(path)
    roots = {sheet.name: sheet.root for sheet in raw.sheets}
    forms = {}
    for index, sheet in enumerate(raw.sheets):
        if sheet.name.startswith("附件"):
            own = {
                str(name.get("name")): name.text or "" for name in raw.names if name.get("localSheetId") == str(index)
            }
            printing = {name: text for name, text in own.items() if name.startswith("_xlnm.")}
            opened = next(opened for opened in book.sheets if opened.name == sheet.name)
            names = {name: text for name, text in own.items() if name not in printing}
            forms[sheet.name] = Form(opened, names, roots[sheet.name], printing)
    (manifest,) = (sheet for sheet in book.sheets if sheet.name not in forms and sheet.name != OVERVIEW)
    return Template(book, forms, manifest)
