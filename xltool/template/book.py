"""The sheets of a combined workbook, as formulas of one form refer to the others.

A field of another form is its cell on that sheet; a field summed over 附件3 is the list of its cells. So a check across
forms is rendered by the same rules as any other, and calculated with the same values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from xltool.expr import frame
from xltool.expr.excel import UnsayableError
from xltool.forms.model import Role
from xltool.template.cells import SheetCells, absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from xltool.expr.nodes import Field
    from xltool.forms.grid import Grid
    from xltool.forms.model import Form
    from xltool.rules.model import Check
    from xltool.template.cells import VerdictPlace

MOST_FORMS = 250
"""Forms of a kind that a sum may be over; a function takes 255 arguments."""


@dataclass(frozen=True)
class BookSheet:
    """A form in a combined workbook: the name of its sheet, where everything stands, and what is filled in."""

    name: str
    grid: Grid
    values: frame.Values

    @property
    def form(self) -> Form:
        """The form."""
        return self.grid.form

    def reference(self, item: Field) -> str:
        """`'附件1'!$F$13`, the cell of a field outside tables."""
        return f"'{self.name}'!{absolute(*self.grid.position_of(item))}"


@dataclass(frozen=True)
class Book:
    """The forms of one department in one workbook, in the order of its sheets."""

    sheets: tuple[BookSheet, ...]

    def sheets_with(self, item: Field) -> tuple[BookSheet, ...]:
        """The sheets that have a field; UnsayableError where none has it as a cell of its own."""
        own = tuple(sheet for sheet in self.sheets if not item.derived and sheet.form.has(item))
        if not own or item.table is not None or len(own) > MOST_FORMS:
            msg = f"{item.key} has no cell in this workbook"
            raise UnsayableError(msg)
        return own

    def values_beside(self, form: Form, values: frame.Values, shared: Iterable[Field] = ()) -> frame.Values:
        """The values of a form together with those of the other forms, as checks across forms read them.

        Of a kind of form that may stand in the workbook several times, a field has a list of values. `shared` are
        fields that several forms have, each meant on one of them (`Field.on_form`).
        """
        known: dict[Field, Any] = {}
        for item in (item for item in shared if item.table is None):
            place = next((sheet for sheet in self.sheets if sheet.form.has(item)), None)
            if place is not None:
                known[item] = _value(place.form.fields[item.key], values if form.has(item) else place.values)
        for kind in {sheet.form.key: sheet.form for sheet in self.sheets if sheet.form is not form}.values():
            own = [sheet for sheet in self.sheets if sheet.form is kind]
            for item in kind.fields.values():
                if not form.has(item):
                    filed = [_value(item, sheet.values) for sheet in own]
                    known[item] = filed if _may_repeat(kind) else filed[0]
            for column in (column for table in kind.tables for column in table.inputs if not form.has(column)):
                known[column] = own[0].values.values.get(column)
        return frame.Values({**known, **values.values}, profile=values.profile)


def _may_repeat(form: Form) -> bool:
    """Whether a workbook may hold several forms of this kind: those that a project owns."""
    return form.role is Role.PROJECT_REVIEW


def _value(item: Field, values: frame.Values) -> object:
    """The value of a field on one form, calculated fields included."""
    if not item.kind.numeric:
        return values.values.get(item)
    number = float(frame.evaluate(item, values)[0])
    if not isnan(number):
        return number
    return None if item.formula is not None else values.values.get(item)


@dataclass(frozen=True)
class BookCells(SheetCells):
    """References on one sheet of a combined workbook, to fields of other forms too."""

    book: Book = Book(())
    verdicts: Mapping[Check, VerdictPlace] = field(default_factory=dict)
    """Where the verdicts of checks of rows that compare forms stand."""

    @property
    def compared(self) -> Mapping[Check, VerdictPlace]:
        """The checks of rows that compare the form with others in the workbook."""
        return self.verdicts

    def cell(self, field: Field) -> str:
        """The cell of a field, on another sheet where the form does not have it; it must be the only one."""
        if field.derived or self.grid.form.has(field):
            return super().cell(field)
        sheets = self.book.sheets_with(field)
        if len(sheets) > 1:
            msg = f"{field.key} stands on several forms"
            raise UnsayableError(msg)
        return sheets[0].reference(field)

    def span(self, column: Field, group: str | None = None) -> str:
        """The rows of a column, on whichever sheet; or the cells of a field on all forms, separated by commas."""
        if column.table is not None:
            own = [sheet for sheet in self.book.sheets if column.table in sheet.grid.spans]
            if self.grid.form.has(column) or len(own) != 1:
                return super().span(column, group)
            rows = SheetCells(own[0].grid, self.year).span(column, group)
            return f"'{own[0].name}'!{rows}"
        return ",".join(sheet.reference(column) for sheet in self.book.sheets_with(column))

    def totalled(self, function: str, column: Field, group: str | None = None) -> str:
        """SUM or COUNT of rows, or of the cells of a field on all forms; none is over a table of another form."""
        if column.table is None:
            return f"{function}({self.span(column)})"
        return super().totalled(function, column, group)

    def elsewhere(self, items: tuple[Field, ...]) -> Iterator[tuple[str, str, int]]:
        """Sheet, first reference and number of forms of the fields that stand on other forms."""
        for item in items:
            if not item.derived and item.table is None and not self.grid.form.has(item):
                sheets = self.book.sheets_with(item)
                yield sheets[0].name, sheets[0].reference(item), len(sheets)
