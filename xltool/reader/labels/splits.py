"""Values that a form splits over several columns: operator, number, unit, and a number that replaces the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.reader.model import Cell
from xltool.reader.notation.quantity import OPERATORS, PREFIXES
from xltool.reader.notation.tokens import display

if TYPE_CHECKING:
    from xltool.reader.model import Sheet


class SplitColumns(Struct, frozen=True):
    """The columns that together make a value: number, operator, unit, and the adjusted number that replaces it."""

    value: int
    sign: int | None = None
    unit: int | None = None
    adjusted: int | None = None

    @property
    def columns(self) -> set[int]:
        """All columns there are."""
        return {column for column in (self.value, self.sign, self.unit, self.adjusted) if column is not None}


def join_columns(sheet: Sheet, row: int, parts: SplitColumns) -> Cell | None:
    """The target of a row: 指标性质 where it is an operator, the value (the adjusted one first), its unit."""

    def cell_at(column: int | None) -> Cell | None:
        cell = sheet.cells.get((row, column)) if column is not None else None
        return cell if cell is not None and shown(cell) else None

    value = cell_at(parts.adjusted) or cell_at(parts.value)
    if value is None:
        return None
    sign = cell_at(parts.sign)
    operator = shown(sign) if sign is not None else ""
    whole = with_unit(value, cell_at(parts.unit))
    if operator not in OPERATORS and operator not in PREFIXES:
        return whole
    return _typed(operator + shown(whole))


def with_unit(cell: Cell, unit: Cell | None) -> Cell:
    """A number with the unit of its row, if it has none of its own; anything else as it is."""
    text = shown(cell)
    name = shown(unit) if unit is not None else ""
    return _typed(text + name) if name and text[-1:].isdigit() and not cell.error else cell


def shown(cell: Cell) -> str:
    """What a cell shows: 0.95 formatted as a percentage is 95%."""
    if isinstance(cell.value, float):
        return f"{display(round(cell.value * 100, 9))}%" if "%" in cell.number_format else display(cell.value)
    return "" if cell.value is None else str(cell.value).strip()


def _typed(text: str) -> Cell:
    return Cell(text)
