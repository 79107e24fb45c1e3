"""Where the fields of a form stand: in an issued template by name, in any other layout by label.

Names are sheet-scoped and move with inserted rows, so that no value is read from a shifted cell. Both ways of locating
give the same `LocatedForm`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from xltool.expr.nodes import Sum, walk
from xltool.findings import address, row_column
from xltool.forms import FORMS
from xltool.forms.fingerprint import WITH_TOTAL, names_with_head
from xltool.forms.manifest import PANEL_TITLE
from xltool.forms.manifest import SHEET as MANIFEST
from xltool.reader.a1 import ROWS, span
from xltool.reader.labels.splits import join_columns, shown, with_unit
from xltool.reader.lost_names import restored_names
from xltool.reader.model import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.manifest import IssuedSheet, Manifest
    from xltool.forms.model import Form, Table
    from xltool.reader.a1 import Position, Span
    from xltool.reader.labels.kinds import OtherForm
    from xltool.reader.labels.regions import Region
    from xltool.reader.labels.search import LabelSearch
    from xltool.reader.model import Book, Sheet

_REFERENCE = re.compile(r"\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?")
MOST_COVERED = 100_000
"""Cells of a table that are looked up under merged ranges; ranges that overlap could cover any number."""
MOST_INSERTED = 50
"""Rows above the first of a table in which its heads are looked for: as many as anybody inserts."""
FEW_HEADS = 2
"""More heads of columns than these make a row that of the heads."""
FEWEST_NAMES = 5
"""A sheet with this many names of a form's fields is that form."""


@dataclass(slots=True)
class LocatedForm:
    """A form on a sheet: cells of its fields, rows and columns of its tables."""

    form: Form
    sheet: Sheet
    cells: dict[str, Position] = field(default_factory=dict)
    """Cell by field key."""
    rows: dict[str, Sequence[int]] = field(default_factory=dict)
    """Rows by table key; in a template the closing anchor row is the last."""
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    """Sheet column by table key and column key."""
    missing: list[str] = field(default_factory=list)
    """Defined names that are gone."""
    by_reference: dict[str, str] = field(default_factory=dict)
    """Defined name by its reference without $."""
    tops: dict[str, int] = field(default_factory=dict)
    """The first row below the heads, by table key."""
    region: Region | None = None
    """The part of the sheet a form of another layout takes up; None for a template."""
    search: LabelSearch | None = None
    """The search that found its fields by their labels; None for a template."""

    @property
    def is_template(self) -> bool:
        """Whether it was located by its defined names."""
        return self.region is None

    def content(self, item: Field, position: Position) -> Cell | None:
        """The cell of a field; where label and value share a cell, or several cells make a value, only the value."""
        cell = self.sheet.cells.get(position)
        if self.search is None:
            return cell
        if item.key in self.search.inline and self.cells.get(item.key) == position:
            return Cell(self.search.inline[item.key])
        if item.key in self.search.lines:
            texts = (self.sheet.cells[place] for place in self.search.lines[item.key])
            return Cell("\n".join(map(shown, texts)))
        if item.key in self.search.split:
            return join_columns(self.sheet, position[0], self.search.split[item.key])
        return cell

    def column_of(self, table: Table, key: str, row: int) -> int | None:
        """The column of a table cell; of a target that was adjusted, the column of the adjusted value."""
        column = self.columns[table.key].get(key)
        parts = self.search.split.get(key) if self.search is not None else None
        if parts is None or parts.adjusted is None:
            return column
        cell = self.sheet.cells.get((row, parts.adjusted))
        return parts.adjusted if cell is not None and str(cell.value or "").strip() else column

    def merged_cells(self, table: Table) -> dict[Position, Position]:
        """The upper cell of each cell of a table that is merged with one above it in its column."""
        rows = self.rows.get(table.key, ())
        if not rows:
            return {}
        columns = set(self.columns[table.key].values())
        if self.search is not None:
            columns.update(*(parts.columns for parts in self.search.split.values()))
        top, last = self.tops.get(table.key, rows[0]), rows[-1]
        covered = (
            ((row, left), (first, left))
            for first, left, bottom, _ in self.sheet.merges
            if left in columns and top <= first < bottom
            for row in range(first + 1, min(bottom, last) + 1)
        )
        return dict(islice(covered, MOST_COVERED))

    def measured(self, item: Field, position: Position) -> Cell | None:
        """The cell of a value, with the unit of its row where the form has a column of its own for the unit."""
        cell = self.content(item, position)
        splits = {} if self.search is None else self.search.split
        parts = next(iter(splits.values()), None)
        if cell is None or parts is None or parts.unit is None or item.key in splits:
            return cell
        return with_unit(cell, self.sheet.cells.get((position[0], parts.unit)))


def locate_other_forms(book: Book, forms: Iterable[LocatedForm]) -> list[tuple[Sheet, OtherForm]]:
    """Forms that are no self-evaluation, on the sheets that none of `forms` stands on."""
    taken_up = {form.sheet.name for form in forms} | {MANIFEST}
    sheets = [sheet for sheet in book.sheets if sheet.name not in taken_up]
    if not sheets:
        return []
    from xltool.reader.labels import regions  # noqa: PLC0415 - most templates have no other sheet, and labels take 50 ms

    others = [regions.find_other_form(sheet) for sheet in sheets]
    if any(other is not None and other.is_booklet for other in others):
        others = [other or regions.find_part_of_booklet(sheet) for sheet, other in zip(sheets, others, strict=True)]
    return [(sheet, other) for sheet, other in zip(sheets, others, strict=True) if other is not None]


def locate_forms(book: Book, manifest: Manifest | None = None) -> list[LocatedForm]:
    """The forms of a workbook, in sheet order; sheets whose fields have no names are searched for labels.

    By the `manifest` of a template its sheets get names back that collided.
    """
    forms = []
    for sheet in book.sheets:
        names = _names_on(book, sheet)
        if manifest is not None and sheet.name != MANIFEST:
            names |= restored_names(book, sheet, manifest, names)
        form = _form_with_names(names)
        if form is not None:
            forms.append(_locate_by_names(form, sheet, names))
        elif sheet.name != MANIFEST:
            _drop_panel(sheet)
            forms += _locate_by_labels(sheet)
    return forms


def _drop_panel(sheet: Sheet) -> None:
    """Remove the 审核 panel of a template that was copied, or saved in a format that keeps no names."""
    title = next((position for position, cell in sheet.cells.items() if cell.value == PANEL_TITLE), None)
    if title is not None:
        top, left = title
        sheet.cells = {
            position: cell for position, cell in sheet.cells.items() if position[0] < top or position[1] < left
        }
        sheet.merges = [merge for merge in sheet.merges if merge[0] < top or merge[1] < left]


def _locate_by_labels(sheet: Sheet) -> list[LocatedForm]:
    """The forms on a sheet whose fields have no names, from the top."""
    from xltool.reader.labels import regions  # noqa: PLC0415 - likewise

    located = (_form_in(region, regions.search_fields(region)) for region in regions.find_regions(sheet))
    return [form for form in located if form is not None]


def _form_in(region: Region, search: LabelSearch) -> LocatedForm | None:
    """The form in a region that was searched for its fields; None where too few of them are there."""
    from xltool.reader.labels import regions  # noqa: PLC0415 - likewise

    if not regions.is_form(search, is_titled=region.is_titled):
        return None
    located = LocatedForm(region.form, region.sheet, region=region, search=search)
    located.cells = {key: position for key, position in search.cells.items() if key in region.form.fields}
    located.rows = dict(search.rows)
    located.columns, located.tops = search.columns, dict(search.tops)
    located.missing = [key for key in region.form.fields if key not in located.cells]
    return located


def has_form_names(book: Book, sheet: Sheet) -> bool:
    """Whether a sheet is a form of a template by its defined names, whatever else stands on it."""
    return _form_with_names(_names_on(book, sheet)) is not None


def _names_on(book: Book, sheet: Sheet) -> dict[str, str]:
    """References by defined name, of the names of a sheet that still lead somewhere.

    Some programs make names of the workbook of those of a sheet: then the sheet that a name leads to is its own.
    """
    of_workbook = {name.name: name.ref for name in book.names if name.sheet is None and _leads_to(name.ref, sheet.name)}
    scoped = of_workbook | {name.name: name.ref for name in book.names if name.sheet == sheet.name}
    return {name: ref.rpartition("!")[2] for name, ref in scoped.items() if "#REF!" not in ref}


def _leads_to(reference: str, sheet: str) -> bool:
    return reference.rpartition("!")[0].strip("'").replace("''", "'") == sheet


def _form_with_names(names: dict[str, str]) -> Form | None:
    """The form most of whose fields have a name on the sheet; None where no form has enough."""

    def known(form: Form) -> int:
        return sum(key in names for key in form.fields)

    best = max(FORMS.values(), key=known)
    return best if known(best) >= FEWEST_NAMES else None


def _locate_by_names(form: Form, sheet: Sheet, names: dict[str, str]) -> LocatedForm:
    """The form of a template; of two names for one cell the first counts."""
    located = LocatedForm(form, sheet)
    occupied = set()
    for key, item in form.fields.items():
        area = area_of(names.get(item.defined_name, ""))
        if area is None or area[:2] in occupied:
            located.missing.append(item.defined_name)
        else:
            located.cells[key] = area[:2]
            occupied.add(area[:2])
    for table in form.tables:
        areas = {column: area_of(names.get(column.defined_name, "")) for column in table.inputs}
        known = [area for area in areas.values() if area is not None]
        located.missing += [column.defined_name for column, area in areas.items() if area is None]
        if known:
            # A name may be stretched over a million rows; below the last filled row there is nothing to read.
            top, bottom = min(area[0] for area in known), max(area[2] for area in known)
            located.columns[table.key] = {c.key: area[1] for c, area in areas.items() if area is not None}
            head = _head_of(table, located, top)
            located.rows[table.key] = range(head + 1, max(top, min(bottom, sheet.extent[0])) + 1)
            ends = {column.defined_name: area[1:3] for column, area in areas.items() if area is not None}
            totals = {located.cells[key][0] for key in _totals_of(table, form) if key in located.cells}
            located.by_reference |= names_with_head(head, ends, WITH_TOTAL if head in totals else "")
    located.by_reference |= {ref.replace("$", ""): name for name, ref in names.items()}
    return located


def _head_of(table: Table, located: LocatedForm, top: int) -> int:
    """The row above a table: its heads, or the total of its columns.

    The names of the columns begin with the first row that was issued; rows inserted above it are rows of the table too.
    """
    near, columns = range(max(1, top - MOST_INSERTED), top), located.columns[table.key]
    totals = (located.cells[key][0] for key in _totals_of(table, located.form) if key in located.cells)
    heads = (
        row for row in near if sum(_says(located.sheet, (row, at), key) for key, at in columns.items()) > FEW_HEADS
    )
    return max((row for row in (*totals, *heads) if row in near), default=top - 1)


@cache
def _totals_of(table: Table, form: Form) -> tuple[str, ...]:
    """The fields of a form that add up a column of a table."""
    formulas = ((key, item.formula) for key, item in form.fields.items() if item.formula is not None)
    return tuple(
        key
        for key, formula in formulas
        if any(isinstance(node, Sum) and node.column.table == table.key for node in walk(formula))
    )


def _says(sheet: Sheet, position: Position, text: str) -> bool:
    """Whether a cell holds this text."""
    cell = sheet.cells.get(position)
    return cell is not None and str(cell.value).strip() == text


def restore_names(located: LocatedForm, issued: IssuedSheet) -> None:
    """Give cells whose name is gone the name they were issued with, so that formulas are still recognised."""
    for name in located.missing:
        place = issued.places.get(name)
        if place:
            corners = [row_column(corner) for corner in place.split(":")]
            moved = [address(row + row_shift(located, issued, row), column) for row, column in corners]
            located.by_reference[":".join(moved)] = name


def row_shift(located: LocatedForm, issued: IssuedSheet, row: int) -> int:
    """How many rows an issued row has moved down: as many as the nearest named cell above it."""
    nearest, moved = 0, 0
    for key, (now, _) in located.cells.items():
        place = issued.places.get(located.form.fields[key].defined_name)
        before = row_column(place)[0] if place else 0
        if nearest < before <= row:
            nearest, moved = before, now - before
    return min(moved, ROWS - row)


def area_of(reference: str) -> Span | None:
    """The cells a reference to a cell or a range stands for; None for anything else, or beyond the sheet."""
    if _REFERENCE.fullmatch(reference) is None:
        return None
    try:
        return span(reference)
    except ValueError:
        return None
