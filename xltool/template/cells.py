"""References to fields on a sheet: for formulas, and for defined names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool import params
from xltool.expr.excel import UnsayableError
from xltool.findings import address
from xltool.forms import foot, review
from xltool.template.quantities import READ_COLUMNS

if TYPE_CHECKING:
    from xltool.expr.nodes import Field
    from xltool.forms.grid import Grid


READ_OFFSET = 11
"""Columns of the panel before those in which targets and actual values are read."""


@dataclass(frozen=True)
class SheetCells:
    """Absolute references on one sheet; with `row`, a table column refers to its cell in that row."""

    grid: Grid
    year: int
    row: int | None = None
    profile: params.Profile = params.DEFAULT

    def cell(self, field: Field) -> str:
        """`$B$4` for a field, `$G20` for a table column; UnsayableError where the sheet does not hold the field."""
        if field is foot.year_end:
            return f"DATE({self.year},12,31)"
        if field in READ_COLUMNS and self.row is not None and review.INDICATORS in self.grid.spans:
            return "$" + address(self.row, self.read_column(field))
        if field.derived or not self.grid.form.has(field):
            msg = f"{field.key} does not stand on {self.grid.form.key}"
            raise UnsayableError(msg)
        if field.table is None:
            row, column = self.grid.position_of(field)
            return absolute(row, column)
        if self.row is None:
            msg = f"{field.key} has no cell of its own"
            raise UnsayableError(msg)
        return "$" + address(self.row, self.grid.columns[field.defined_name])

    def at_row(self, row: int) -> SheetCells:
        """The same references in one table row."""
        return SheetCells(self.grid, self.year, row, self.profile)

    def param(self, name: str) -> float:
        """The value of a parameter in the profile the sheet is issued for."""
        return self.profile[name]

    def read_column(self, field: Field) -> int:
        """The sheet column beside the panel in which a derived field stands."""
        return len(self.grid.form.widths) + 2 + READ_OFFSET + READ_COLUMNS.index(field)

    def read_span(self, field: Field) -> str:
        """The rows of the column beside the panel in which a derived field stands."""
        span, column = self.grid.spans[review.INDICATORS], self.read_column(field)
        return f"{absolute(span.first, column)}:{absolute(span.anchor, column)}"

    def printed_part(self) -> str:
        """The cell of the table itself for the 二级指标 of a row, blank in all rows of one but the first."""
        return "$" + address(int(self.row or 0), self.grid.columns[review.part.defined_name])

    def verdict_column(self, number: int) -> int:
        """The sheet column of this number among those that hold verdicts for each row."""
        return len(self.grid.form.widths) + 2 + READ_OFFSET + len(READ_COLUMNS) + number

    def verdict_span(self, number: int) -> str:
        """The rows of a column that holds verdicts."""
        span, column = self.grid.spans[review.INDICATORS], self.verdict_column(number)
        return f"{absolute(span.first, column)}:{absolute(span.anchor, column)}"

    def span(self, column: Field, group: str | None = None) -> str:
        """`$G$16:$G$44`, anchor row included; UnsayableError where the sheet does not hold the column."""
        if column.derived or column.table not in self.grid.spans:
            msg = f"{column.key} is no column of {self.grid.form.key}"
            raise UnsayableError(msg)
        whole = self.grid.spans[column.table]
        first, last = whole.groups[group] if group else (whole.first, whole.anchor)
        at = self.grid.columns[column.defined_name]
        return f"{absolute(first, at)}:{absolute(last, at)}"


def absolute(row: int, column: int) -> str:
    """`$B$4` for row 4, column 2."""
    plain = address(row, column)
    letters = plain.rstrip("0123456789")
    return f"${letters}${plain[len(letters) :]}"


def defined_names(grid: Grid) -> dict[str, str]:
    """Absolute references by defined name: of every field, and of every table column over all its rows."""
    references = {field.defined_name: absolute(*grid.position_of(field)) for field in grid.form.fields.values()}
    for table in grid.form.tables:
        span = grid.spans[table.key]
        for column in table.inputs:
            at = grid.columns[column.defined_name]
            references[column.defined_name] = f"{absolute(span.first, at)}:{absolute(span.anchor, at)}"
    return references


def names_by_reference(grid: Grid) -> dict[str, str]:
    """Defined names by reference without $, for canonical formulas."""
    return {reference.replace("$", ""): name for name, reference in defined_names(grid).items()}
