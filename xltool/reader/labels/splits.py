"""Values over several columns: operator, number, unit, a number that replaces the first; half and whole of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.reader.model import Cell
from xltool.reader.notation.quantity import OPERATORS, PREFIXES
from xltool.reader.notation.tokens import display

if TYPE_CHECKING:
    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area
    from xltool.reader.model import Sheet

_OF_YEAR = frozenset({"全年", "全年度", "年末", "年度"})


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


def column_of_year(area: Area, head: Position) -> int:
    """The column of a head: where it stands over 半年 and 全年, that of the year."""
    row, last = area.end(head)
    below = (column for column in range(head[1], last + 1) if last > head[1])
    return next((column for column in below if area.text((row + 1, column)).strip() in _OF_YEAR), head[1])


def heads_over_years(area: Area, row: int) -> list[Position]:
    """The heads that stand over 半年 and 全年 in a row."""
    columns = (column for column in area.columns(row) if area.text((row, column)).strip() in _OF_YEAR)
    return [head for column in columns if (head := area.corner((row - 1, column)))[1] < column]
