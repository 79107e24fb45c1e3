"""Rows of a form beside the rows of the same name on another form of the workbook.

A check of 附件3 may read a column of 附件2 (`Field.on_form`): that of the only row there with the 三级指标 of the
row at hand, where no other row of any 附件3 has it. A column beside the panel holds where that row stands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from xltool.expr.excel import UnsayableError
from xltool.expr.nodes import Field, Kind
from xltool.findings import column_letters
from xltool.forms import review
from xltool.template.book import Book, BookCells, BookSheet
from xltool.template.cells import SheetCells, SlotCells
from xltool.template.checks.rows import own_columns
from xltool.template.quantities import READ_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.expr import frame

PAIR = Field("同名行", Kind.COUNT, table=review.INDICATORS, derived=True)
"""The sheet row of the row of the same name on the other form; known only where a workbook is written."""


def column_of(item: Field) -> Field:
    """The column of the form's own table that a column meant on that form (`Field.on_form`) is."""
    return review.indicators.column(item.key) if item.form and item.table == review.INDICATORS else item


def is_paired(item: Field, cells: SheetCells) -> bool:
    """Whether it is a column of the indicators of another form."""
    return item.table == review.INDICATORS and not cells.grid.form.has(item)


def other_sheet(item: Field, book: Book) -> BookSheet:
    """The sheet of a column of another form; UnsayableError where the workbook has none, or several."""
    sheets = [sheet for sheet in book.sheets if sheet.form.has(item)]
    if len(sheets) != 1:
        msg = f"{item.key} stands on {len(sheets)} forms"
        raise UnsayableError(msg)
    return sheets[0]


def paired_reference(item: Field, book: Book, slot: str) -> str:
    """The cell of a column of another form, in the row whose number beside the panel there a cell holds."""
    sheet = other_sheet(item, book)
    cells, column = SheetCells(sheet.grid, 0), review.indicators.column(item.key)
    if column in READ_COLUMNS:
        return f"INDEX('{sheet.name}'!{cells.slots(cells.read_column(column))},{slot})"
    return f"INDEX('{sheet.name}'!{cells.whole_column(column)},{paired_row(item, book, slot)})"


def paired_row(item: Field, book: Book, slot: str) -> str:
    """The sheet row of that cell."""
    sheet = other_sheet(item, book)
    cells = SheetCells(sheet.grid, 0)
    return f"INDEX('{sheet.name}'!{cells.slots(cells.row_column())},{slot})"


def pair_beside(cells: SheetCells, row: str) -> str:
    """The number of the row of the same name, for the table row that an expression gives."""
    return cells.beside(cells.verdict_column(own_columns(cells.grid.form, cells.profile)), row)


def letters_of(item: Field, sheet: BookSheet) -> str:
    """The letters of the sheet column of a column of the indicators."""
    return column_letters(sheet.grid.columns[item.defined_name])


@dataclass(frozen=True)
class PairedCells(SlotCells):
    """References from a row beside the panel, to the other forms of the workbook too."""

    book: Book = field(default_factory=lambda: Book(()))
    pair_column: int = 0

    def cell(self, field: Field) -> str:
        """As `SlotCells`; a column of another form is its cell in the row of the same name."""
        if is_paired(field, self):
            return paired_reference(field, self.book, self.pair_cell)
        if self.grid.form.has(field):
            return super().cell(column_of(field))
        return BookCells(self.grid, self.year, book=self.book).cell(field)

    @property
    def pair_cell(self) -> str:
        """The cell that holds the number of the row of the same name."""
        return self._cell_of(self.pair_column)

    def pair(self, sheet: BookSheet) -> str:
        """The formula (without =) of the number of the row of the same name on another form; "" where there is none.

        The name must stand once there, and once on all forms of the kind at hand.
        """
        name, theirs = self.cell(review.indicator), SheetCells(sheet.grid, 0)
        names = f"'{sheet.name}'!{theirs.span(review.indicator)}"
        own = (other for other in self.book.sheets if other.form is self.grid.form)
        spans = [f"'{other.name}'!{SheetCells(other.grid, 0).span(review.indicator)}" for other in own]
        here = "+".join(f"SUMPRODUCT(({span}={name})*1)" for span in spans)
        rows = f"'{sheet.name}'!{theirs.slots(theirs.row_column())}"
        at = f"MATCH(SUMPRODUCT(({names}={name})*ROW({names})),{rows},0)"
        return f'IF(LEN(TRIM({name}))=0,"",IF(AND(SUMPRODUCT(({names}={name})*1)=1,{here}=1),IFERROR({at},""),""))'


def paired_values(
    items: Iterable[Field], values: frame.Values, own: BookSheet, book: Book
) -> dict[Field, Sequence[object]]:
    """The columns of other forms, in the rows of the form at hand, and the sheet rows that they come from (`PAIR`)."""
    paired = [item for item in items if item.table == review.INDICATORS and not own.form.has(item)]
    known: dict[Field, Sequence[object]] = {
        item: _listed(values.values, column_of(item))
        for item in items
        if item.form and item.table == review.INDICATORS and own.form.has(item)
    }
    if not paired:
        return known
    other = other_sheet(paired[0], book)
    theirs = _listed(other.values.values, review.indicator)
    kind = (sheet.values.values for sheet in book.sheets if sheet.form is own.form)
    counts = Counter(chain.from_iterable(_listed(filled, review.indicator) for filled in kind))
    names = _listed(values.values, review.indicator)
    at = [theirs.index(name) if name and theirs.count(name) == 1 and counts[name] == 1 else None for name in names]
    first = other.grid.spans[review.INDICATORS].first
    known[PAIR] = [None if row is None else first + row for row in at]
    for item in paired:
        column = _listed(other.values.values, review.indicators.column(item.key))
        known[item] = [None if row is None or row >= len(column) else column[row] for row in at]
    return known


def _listed(values: object, column: Field) -> list[object]:
    listed = values.get(column) if hasattr(values, "get") else None
    return listed if isinstance(listed, list) else []
