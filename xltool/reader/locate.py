"""Where the fields of a form stand: in an issued template by name, in anything else by label.

Names are sheet-scoped and move with inserted rows, so nothing shifts. What both locators give is
the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.findings import address, row_column
from xltool.forms import FORMS
from xltool.forms.manifest import PANEL_TITLE
from xltool.forms.manifest import SHEET as MANIFEST
from xltool.reader import labels
from xltool.reader.a1 import ROWS, span
from xltool.reader.labels.splits import joined, with_unit
from xltool.reader.model import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.manifest import IssuedSheet
    from xltool.forms.model import Form, Table
    from xltool.reader.a1 import Span
    from xltool.reader.labels import LabelSearch, Region
    from xltool.reader.ooxml.workbook import Book, Sheet

_REFERENCE = re.compile(r"\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?")
KNOWN_BY = 5
"""A sheet with this many names of a form's fields is that form."""


@dataclass(slots=True)
class LocatedForm:
    """A form found on a sheet: cells of its fields, rows and columns of its tables."""

    form: Form
    sheet: Sheet
    cells: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Row and column by field key."""
    rows: dict[str, Sequence[int]] = field(default_factory=dict)
    """Rows by table key; in a template the closing anchor row is the last."""
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    """Sheet column by table key and column key."""
    missing: list[str] = field(default_factory=list)
    """Defined names that are gone."""
    by_reference: dict[str, str] = field(default_factory=dict)
    """Reference without $ to defined name."""
    region: Region | None = None
    """The part of the sheet a form of another layout takes up; None for a template."""
    found: LabelSearch | None = None
    """How its fields were found; None for a template."""

    @property
    def is_template(self) -> bool:
        """Whether it was found by its names."""
        return self.region is None

    def content(self, item: Field, spot: tuple[int, int]) -> Cell | None:
        """The cell of a field; where label and value share a cell, or several cells make a value, only the value."""
        cell = self.sheet.cells.get(spot)
        if self.found is None:
            return cell
        if item.key in self.found.inline and self.cells.get(item.key) == spot:
            return Cell(self.found.inline[item.key], None, error=False, locked=False, number_format="General")
        if item.key in self.found.joined:
            return joined(self.sheet, spot[0], self.found.joined[item.key])
        return cell

    def column_of(self, table: Table, key: str, row: int) -> int | None:
        """The column of a table cell; of a target that was adjusted, where the adjusted one stands."""
        column = self.columns[table.key].get(key)
        parts = self.found.joined.get(key) if self.found is not None else None
        if parts is None or parts.adjusted is None:
            return column
        cell = self.sheet.cells.get((row, parts.adjusted))
        return parts.adjusted if cell is not None and str(cell.value or "").strip() else column

    def measured(self, item: Field, spot: tuple[int, int]) -> Cell | None:
        """The cell of an actual value, with the unit of the row where the form keeps it in a column of its own."""
        cell = self.content(item, spot)
        splits = {} if self.found is None else self.found.joined
        parts = next(iter(splits.values()), None)
        if cell is None or parts is None or parts.unit is None or item.key in splits:
            return cell
        return with_unit(cell, self.sheet.cells.get((spot[0], parts.unit)))


def locate(book: Book) -> list[LocatedForm]:
    """The forms of a workbook, in sheet order: sheets whose fields are named, then the others by label."""
    found = []
    for sheet in book.sheets:
        names = _names_on(book, sheet)
        form = _form_named(names)
        if form is not None:
            found.append(_located(form, sheet, names))
        elif sheet.name != MANIFEST:
            _drop_panel(sheet)
            found += [one for region in labels.regions(sheet) if (one := _by_labels(region)) is not None]
    return found


def _drop_panel(sheet: Sheet) -> None:
    """Take away the 审核 panel of a template that was copied, or saved in a format that keeps no names."""
    title = next((spot for spot, cell in sheet.cells.items() if cell.value == PANEL_TITLE), None)
    if title is not None:
        top, left = title
        sheet.cells = {spot: cell for spot, cell in sheet.cells.items() if spot[0] < top or spot[1] < left}
        sheet.merges = [merge for merge in sheet.merges if merge[0] < top or merge[1] < left]


def _by_labels(region: Region) -> LocatedForm | None:
    found = labels.find(region)
    if not labels.is_form(found):
        return None
    located = LocatedForm(region.form, region.sheet, region=region, found=found)
    located.cells = {key: spot for key, spot in found.cells.items() if key in region.form.fields}
    located.rows = dict(found.rows)
    located.columns = found.columns
    located.missing = [key for key in region.form.fields if key not in located.cells]
    return located


def _names_on(book: Book, sheet: Sheet) -> dict[str, str]:
    scoped = {name.name: name.ref for name in book.names if name.sheet == sheet.name}
    return {name: ref.rpartition("!")[2] for name, ref in scoped.items() if "#REF!" not in ref}


def _form_named(names: dict[str, str]) -> Form | None:
    def known(form: Form) -> int:
        return sum(key in names for key in form.fields)

    best = max(FORMS.values(), key=known)
    return best if known(best) >= KNOWN_BY else None


def _located(form: Form, sheet: Sheet, names: dict[str, str]) -> LocatedForm:
    located = LocatedForm(form, sheet)
    taken = set()
    for key, item in form.fields.items():
        area = area_of(names.get(item.defined_name, ""))
        if area is None or area[:2] in taken:
            located.missing.append(item.defined_name)
        else:
            located.cells[key] = area[:2]
            taken.add(area[:2])
    for table in form.tables:
        areas = {column: area_of(names.get(column.defined_name, "")) for column in table.inputs}
        known = [area for area in areas.values() if area is not None]
        located.missing += [column.defined_name for column, area in areas.items() if area is None]
        if known:
            # A name may be stretched over a million rows; below the last that holds anything there is nothing to read.
            top, bottom = min(area[0] for area in known), max(area[2] for area in known)
            located.rows[table.key] = range(top, max(top, min(bottom, sheet.extent[0])) + 1)
            located.columns[table.key] = {c.key: area[1] for c, area in areas.items() if area is not None}
    located.by_reference = {ref.replace("$", ""): name for name, ref in names.items()}
    return located


def remember(located: LocatedForm, issued: IssuedSheet) -> None:
    """Call cells whose name is gone by the name they were issued with, so that formulas are still recognised."""
    for name in located.missing:
        place = issued.places.get(name)
        if place:
            corners = [row_column(corner) for corner in place.split(":")]
            moved = [address(row + shift(located, issued, row), column) for row, column in corners]
            located.by_reference[":".join(moved)] = name


def shift(located: LocatedForm, issued: IssuedSheet, row: int) -> int:
    """How far the rows around an issued row have moved: as far as the nearest named cell above, to the end at most."""
    best, by = 0, 0
    for key, (now, _) in located.cells.items():
        place = issued.places.get(located.form.fields[key].defined_name)
        was = row_column(place)[0] if place else 0
        if best < was <= row:
            best, by = was, now - was
    return min(by, ROWS - row)


def area_of(reference: str) -> Span | None:
    """The cells a reference to a cell or a range stands for; None for anything else, or beyond the sheet."""
    if _REFERENCE.fullmatch(reference) is None:
        return None
    try:
        return span(reference)
    except ValueError:
        return None
