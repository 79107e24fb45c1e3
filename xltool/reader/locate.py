"""Where the fields of a form stand on a sheet of an issued template: by sheet-scoped defined name.

Inserted rows move names with them, so nothing shifts. Other layouts are located by their labels
(not yet in this module).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.findings import address, row_column
from xltool.forms import FORMS

if TYPE_CHECKING:
    from xltool.forms.manifest import IssuedSheet
    from xltool.forms.model import Form
    from xltool.reader.open import Book, Sheet

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
KNOWN_BY = 5
"""A sheet with this many names of a form's fields is that form."""


@dataclass(slots=True)
class Located:
    """A form found on a sheet: cells of its fields, rows and columns of its tables."""

    form: Form
    sheet: Sheet
    cells: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Row and column by field key."""
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    """First and last row by table key; the last is the closing anchor row."""
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    """Sheet column by table key and column key."""
    missing: list[str] = field(default_factory=list)
    """Defined names that are gone."""
    by_reference: dict[str, str] = field(default_factory=dict)
    """Reference without $ to defined name."""


def locate(book: Book) -> list[Located]:
    """The forms of a workbook whose fields are named, in sheet order."""
    found = []
    for sheet in book.sheets:
        names = _names_on(book, sheet)
        form = _form_named(names)
        if form is not None:
            found.append(_located(form, sheet, names))
    return found


def _names_on(book: Book, sheet: Sheet) -> dict[str, str]:
    scoped = {name.name: name.ref for name in book.names if name.sheet == sheet.name}
    return {name: ref.rpartition("!")[2] for name, ref in scoped.items() if "#REF!" not in ref}


def _form_named(names: dict[str, str]) -> Form | None:
    def known(form: Form) -> int:
        return sum(key in names for key in form.fields)

    best = max(FORMS.values(), key=known)
    return best if known(best) >= KNOWN_BY else None


def _located(form: Form, sheet: Sheet, names: dict[str, str]) -> Located:
    located = Located(form, sheet)
    for key, item in form.fields.items():
        spot = _area(names.get(item.defined_name, ""))
        if spot is None:
            located.missing.append(item.defined_name)
        else:
            located.cells[key] = spot[:2]
    for table in form.tables:
        areas = {column: _area(names.get(column.defined_name, "")) for column in table.inputs}
        known = [area for area in areas.values() if area is not None]
        located.missing += [column.defined_name for column, area in areas.items() if area is None]
        if known:
            located.rows[table.key] = (min(area[0] for area in known), max(area[2] for area in known))
            located.columns[table.key] = {c.key: area[1] for c, area in areas.items() if area is not None}
    located.by_reference = {ref.replace("$", ""): name for name, ref in names.items()}
    return located


def remember(located: Located, issued: IssuedSheet) -> None:
    """Call cells whose name is gone by the name they were issued with, so that formulas are still recognised."""
    for name in located.missing:
        place = issued.places.get(name)
        if place:
            corners = [row_column(corner) for corner in place.split(":")]
            moved = [address(row + shift(located, issued, row), column) for row, column in corners]
            located.by_reference[":".join(moved)] = name


def shift(located: Located, issued: IssuedSheet, row: int) -> int:
    """How far the rows around an issued row have moved: as far as the nearest named cell above it."""
    best, by = 0, 0
    for key, (now, _) in located.cells.items():
        place = issued.places.get(located.form.fields[key].defined_name)
        was = row_column(place)[0] if place else 0
        if best < was <= row:
            best, by = was, now - was
    return by


def _area(reference: str) -> tuple[int, int, int, int] | None:
    match = _REFERENCE.match(reference)
    if match is None:
        return None
    top, left = int(match[2]), _column(match[1])
    return top, left, int(match[4] or top), _column(match[3]) if match[3] else left


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
