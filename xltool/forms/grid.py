"""The layout of a form: row and column of each label, field and table row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.forms.model import Block, Form, Group, IndicatorRows, Item, Label, ProjectRows, Row, Sizes, Slot, Table

if TYPE_CHECKING:
    from xltool.expr.nodes import Field

ANCHOR = Label("", style="anchor")
ANCHOR_HEIGHT = 4.5


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item at its place: rows and columns from 1, both ends included."""

    item: Item
    top: int
    left: int
    bottom: int
    right: int
    part: str = ""
    """The text that the form itself prints in a table slot, "" if it prints none."""


@dataclass(slots=True)
class Span:
    """Rows of a table, from `first` to the thin `anchor` row that closes it.

    Formulas read from the row above the first (`head`) to the anchor, so that a row inserted anywhere between the two
    is inside every range. Where rows come in groups, each 一级指标 has its own first row and anchor in `groups`; its
    head is the anchor of the group above.
    """

    first: int
    anchor: int = 0
    groups: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """The row above the first: the heads of the columns, or the total."""
        return self.first - 1


@dataclass(slots=True)
class Grid:
    """A form laid out: the place of everything on it."""

    form: Form
    cells: list[PlacedItem] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    """Sheet column of each table column, by defined name."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Row and column of each field outside tables, by key."""
    last_row: int = 0
    _occupied: set[tuple[int, int]] = field(default_factory=set)

    def position_of(self, wanted: Field) -> tuple[int, int]:
        """Row and column of a field outside tables; KeyError if it is not on the form."""
        return self.places[wanted.key]

    def table_of(self, column: Field) -> Table:
        """The table of a column; StopIteration if the form does not have it."""
        return next(table for table in self.form.tables if table.key == column.table)

    def label_row(self, text: str) -> int:
        """The row of the label with this text; KeyError if there is none."""
        return {placed.item.text: placed.top for placed in self.cells if isinstance(placed.item, Label)}[text]

    def add_item(  # noqa: PLR0913 - where, how large, and what with
        self, item: Item, row: int, column: int, *, rows: int = 1, cols: int = 1, part: str = ""
    ) -> None:
        """Add an item with its upper left corner at row and column."""
        self.cells.append(PlacedItem(item, row, column, row + rows - 1, column + cols - 1, part))
        self._occupied.update((r, c) for r in range(row, row + rows) for c in range(column, column + cols))
        if isinstance(item, Slot) and item.field.table is None:
            self.places[item.field.key] = (row, column)

    def first_free_column(self, row: int, column: int) -> int:
        """The first column from `column` on that no item of an earlier row occupies."""
        while (row, column) in self._occupied:
            column += 1
        return column


def lay_out(form: Form, sizes: Sizes) -> Grid:
    """Lay the form out with the given number of table rows."""
    grid = Grid(form)
    for band in form.bands:
        if isinstance(band, Block):
            top = grid.last_row + 1
            for inner in band.bands:
                _place(grid, inner, sizes, 1 + band.cols)
            grid.add_item(Label(band.label, style="side"), top, 1, rows=grid.last_row - top + 1, cols=band.cols)
        else:
            _place(grid, band, sizes, 1)
    return grid


def _place(grid: Grid, band: Row | ProjectRows | IndicatorRows, sizes: Sizes, left: int) -> None:
    if isinstance(band, Row):
        _place_row(grid, band, left)
    elif isinstance(band, ProjectRows):
        _place_projects(grid, band, sizes.projects, left)
    else:
        _place_indicators(grid, band, sizes.indicators, left)


def _place_row(grid: Grid, band: Row, left: int) -> None:
    row = grid.last_row = grid.last_row + 1
    grid.heights[row] = band.height
    column = left
    for item in band.items:
        column = grid.first_free_column(row, column)
        grid.add_item(item, row, column, rows=item.rows, cols=item.cols)
        column += item.cols


def _place_projects(grid: Grid, band: ProjectRows, count: int, left: int) -> None:
    span = grid.spans[band.table.key] = Span(grid.last_row + 1)
    for row in range(span.first, span.first + count):
        grid.heights[row] = band.height
        column = left
        for member, cols in zip(band.table.inputs, band.cols, strict=True):
            grid.columns[member.defined_name] = column
            grid.add_item(Slot(member), row, column, cols=cols)
            column += cols
    span.anchor = _close(grid, span.first + count, left, band.cols)


def _place_indicators(grid: Grid, band: IndicatorRows, count: int, left: int) -> None:
    span = grid.spans[band.table.key] = Span(grid.last_row + 1)
    grid.columns |= {member.defined_name: left + i for i, member in enumerate(band.table.inputs)}
    for group in band.groups:
        first = grid.last_row + 1
        _place_group(grid, band, group, count, left)
        span.anchor = _close(grid, grid.last_row + 1, left + 1)
        span.groups[group.name] = (first, span.anchor)
        rows = span.anchor - first + 1
        grid.add_item(Slot(band.table.inputs[0]), first, left, rows=rows, part=group.name)


def _place_group(grid: Grid, band: IndicatorRows, group: Group, count: int, left: int) -> None:
    _, part_column, *others = band.table.inputs
    for part in group.parts:
        row = grid.last_row + 1
        grid.add_item(Slot(part_column), row, left + 1, rows=count, part=part)
        for r in range(row, row + count):
            grid.heights[r] = band.height
            for offset, member in enumerate(others, start=2):
                grid.add_item(Slot(member), r, left + offset)
        grid.last_row = row + count - 1


def _close(grid: Grid, anchor: int, left: int, widths: tuple[int, ...] = ()) -> int:
    grid.last_row = anchor
    grid.heights[anchor] = ANCHOR_HEIGHT
    column = left
    for cols in widths or (1,) * (len(grid.form.widths) - left + 1):
        grid.add_item(ANCHOR, anchor, column, cols=cols)
        column += cols
    return anchor
