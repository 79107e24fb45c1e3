"""References to fields on a sheet: for formulas, and for defined names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool import params
from xltool.expr.excel import UnsayableError
from xltool.findings import address
from xltool.forms import foot, review
from xltool.forms.fingerprint import WITH_TOTAL, names_with_head
from xltool.template.quantities import READ_COLUMNS, READ_IN_PLACE, formula_in_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.expr.nodes import Field
    from xltool.forms.grid import Grid
    from xltool.rules.model import Check


READ_OFFSET = 11
"""Columns of the panel before those that follow the rows of the indicators."""
SPARE: Final = 8
"""Rows that may be inserted into a table of indicators and are still read and judged beside the panel."""


class VerdictPlace(NamedTuple):
    """Where the verdict of a check stands in each row: the number of the column, and the character of its text."""

    column: int
    character: int

    @property
    def pattern(self) -> str:
        """The pattern of the texts in which the check is violated, as COUNTIF and MATCH take it."""
        return f'"{"?" * (self.character - 1)}1*"'


@dataclass(frozen=True)
class SheetCells:
    """Absolute references on one sheet; with `row`, a table column refers to its cell in that row."""

    grid: Grid
    year: int
    row: int | None = None
    profile: params.Profile = params.DEFAULT

    @property
    def compared(self) -> Mapping[Check, VerdictPlace]:
        """The checks of rows that compare the form with others in the workbook, which only `BookCells` has."""
        return {}

    def cell(self, field: Field) -> str:
        """`$B$4` for a field, `$G20` for a table column; UnsayableError where the sheet does not hold the field."""
        if field is foot.year_end:
            return f"DATE({self.year},12,31)"
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

    def at_slot(self, row: int) -> SlotCells:
        """References from one row of the cells beside the panel."""
        return SlotCells(self.grid, self.year, profile=self.profile, slot=row)

    def param(self, name: str) -> float:
        """The value of a parameter in the profile the sheet is issued for."""
        return self.profile[name]

    def row_column(self) -> int:
        """The sheet column beside the panel that holds the sheet row of each table row."""
        return len(self.grid.form.widths) + 2 + READ_OFFSET

    def read_column(self, field: Field) -> int:
        """The sheet column beside the panel in which a derived field stands."""
        return self.row_column() + 1 + READ_COLUMNS.index(field)

    def verdict_column(self, number: int) -> int:
        """The sheet column of this number among those that hold verdicts for each row."""
        return self.row_column() + 1 + len(READ_COLUMNS) + number

    def slots(self, column: int) -> str:
        """The cells beside the panel in a column, one for each row of the table and for rows that may be inserted."""
        rows = self.grid.spans[review.INDICATORS]
        return f"{absolute(rows.first, column)}:{absolute(rows.anchor + SPARE, column)}"

    def beside(self, column: int, row: str) -> str:
        """The cell beside the panel in a column, for the table row on the sheet row that an expression gives."""
        return f"INDEX({self.slots(column)},MATCH({row},{self.slots(self.row_column())},0))"

    def whole_column(self, field: Field) -> str:
        """`$G:$G` for the column of a table."""
        letters = self.first(field).rstrip("0123456789").rstrip("$")
        return f"{letters}:{letters}"

    def first(self, column: Field, group: str | None = None) -> str:
        """The first cell of a column, or of its rows in one 一级指标, as the form is issued."""
        self.span(column, group)
        span = self.grid.spans[str(column.table)]
        return absolute(span.groups[group][0] if group else span.first, self.grid.columns[column.defined_name])

    def span(self, column: Field, group: str | None = None) -> str:
        """`$G$15:$G$44`, from the row above to the anchor; UnsayableError where the sheet does not hold them."""
        if column.derived or column.table not in self.grid.spans:
            msg = f"{column.key} is no column of {self.grid.form.key}"
            raise UnsayableError(msg)
        whole = self.grid.spans[column.table]
        if group and group not in whole.groups:
            msg = f"{group} is no 一级指标 of {self.grid.form.key}"
            raise UnsayableError(msg)
        first, last = whole.groups[group] if group else (whole.first, whole.anchor)
        at = self.grid.columns[column.defined_name]
        return f"{absolute(first - 1, at)}:{absolute(last, at)}"

    def totalled(self, function: str, column: Field, group: str | None = None) -> str:
        """SUM or COUNT of the rows of a column.

        Where the total itself stands in the row above, no range that is added up may begin there. Then, once rows are
        inserted above the first, which the names of the rows show, the range begins with the second cell of another.
        Excel allows INDEX its own cell (KB Q73586 has such a total); OFFSET would be calculated with every entry.
        """
        rows = self.span(column, group)
        span, at = self.grid.spans[str(column.table)], self.grid.columns[column.defined_name]
        if (span.head, at) not in self.grid.places.values():
            return f"{function}({rows})"
        left = min(self.grid.columns[item.defined_name] for item in self.grid.table_of(column).inputs)
        names, first = (f"{absolute(row, left)}:{absolute(span.anchor, left)}" for row in (span.head, span.first))
        own = f"{function}({absolute(span.first, at)}:{absolute(span.anchor, at)})"
        all_rows = f"{function}(INDEX({rows},2):INDEX({rows},ROWS({names})))"
        return f"IF(ROWS({names})-ROWS({first})>1,{all_rows},{own})"

    def below_head(self, column: Field) -> str:
        """`(ROW($G$15:$G$44)>ROW($G$15))`."""
        rows = self.span(column)
        return f"(ROW({rows})>ROW({rows.partition(':')[0]}))"


@dataclass(frozen=True)
class SlotCells(SheetCells):
    """References from a row of the cells beside the panel to the table row whose sheet row stands there.

    No program fills in the cells beside a row that is inserted, so each of them follows a number, not its own row.
    """

    slot: int = 0

    @property
    def number(self) -> str:
        """The cell that holds the sheet row."""
        return self._cell_of(self.row_column())

    def cell(self, field: Field) -> str:
        """`$AA16` for a derived field, `INDEX($G:$G,$Z16)` for a table column, `$B$4` for any other field."""
        if field in READ_COLUMNS:
            return self._cell_of(self.read_column(field))
        if field in READ_IN_PLACE:
            return formula_in_place(field, self)
        if field.table is None:
            return super().cell(field)
        return f"INDEX({self.whole_column(field)},{self.number})"

    def next_row(self) -> str:
        """The formula (without =) of the sheet row: the row after that of the cell above, blank below the table.

        The largest of all cells above counts, because a row that was inserted here leaves a blank.
        """
        span, column = self.grid.spans[review.INDICATORS], self.row_column()
        above = f"MAX({absolute(span.head, column)}:${address(self.slot - 1, column)})"
        return f'IF({above}<ROW({absolute(span.anchor, 1)}),{above}+1,"")'

    def part(self) -> str:
        """The formula (without =) of the 二级指标 of a row, which the table prints in the first of its rows only.

        It is not known in the closing row of a group, nor in a row inserted between that and the next group.
        """
        printed, span = f"INDEX({self.whole_column(review.part)},{self.number})", self.grid.spans[review.INDICATORS]
        ends = [f"ROW({absolute(anchor, 1)})" for _, anchor in span.groups.values()]
        above = self.beside(self.read_column(review.part), f"{self.number}-1")
        tests = ",".join(f"{self.number}={row}" for row in (f"ROW({absolute(span.head, 1)})+1", *ends))
        return f'IF(LEN({printed})>0,{printed},IF(OR({tests}),"",{above}))'

    def _cell_of(self, column: int) -> str:
        return "$" + address(self.slot, column)


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
    names = {reference.replace("$", ""): name for name, reference in defined_names(grid).items()}
    for table in grid.form.tables:
        span = grid.spans[table.key]
        areas = {column.defined_name: (grid.columns[column.defined_name], span.anchor) for column in table.inputs}
        is_total = any(row == span.head for row, _ in grid.places.values())
        names |= names_with_head(span.head, areas, WITH_TOTAL if is_total else "")
    return names
