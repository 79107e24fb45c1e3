"""One cell of a form, read as its field asks."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from xltool.expr.nodes import Field, Kind
from xltool.findings import address
from xltool.forms.fingerprint import canonical
from xltool.reader.notation.cells import Parsed, parse_date, parse_number, parse_rate, parse_text
from xltool.reader.notation.tokens import CellValue, State, display, shows_percent
from xltool.reader.records import FiledCell

if TYPE_CHECKING:
    from xltool.forms.manifest import IssuedSheet
    from xltool.reader.a1 import Position
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Cell

UNIT_WRITTEN = "T-10"
_BROKEN = re.compile(r"(?<=[\d.,])[ \t]*[\r\n]+\s*(?=[\d.%])")
"""Where a narrow cell broke a number over two lines: 95. and 10%."""


def filed_cell(item: Field, located: LocatedForm, position: Position, issued: IssuedSheet | None) -> FiledCell:
    """One cell of the form, read as its field asks."""
    cell = located.content(item, position)
    if cell is None:
        return FiledCell(item.key, address(*position), None, None, State.BLANK)
    filed = FiledCell(item.key, address(*position), _raw(cell), None, State.BLANK)
    own = located.sheet.cells.get(position)
    if own is not None and own is not cell:
        filed.raw, filed.part = _raw(own), str(cell.value)
    filed.formula = None if cell.formula is None else f"={cell.formula}"
    if item.formula is not None and filed.formula is not None and issued is not None:
        actual = canonical(filed.formula, located.by_reference)
        filed.intact = actual == issued.formulas.get(item.key)
    if cell.error:
        filed.state = State.UNPARSED
        return filed
    if filed.formula is not None and cell.value is None:
        filed.state = State.NOT_CALCULATED
        return filed
    set_parsed(filed, parse(item, cell, None))
    filed.as_text = item.kind.numeric and isinstance(cell.value, str) and filed.state is State.FILLED
    if filed.as_text and located.search is not None:
        # In one cell with its label, or in a document, a number is always text.
        filed.as_text = item.key not in located.search.inline and not located.sheet.places
    set_step(filed, item, cell)
    return filed


def text_cell(name: str, located: LocatedForm, position: Position) -> FiledCell:
    """A cell that is no field of the form, as a text."""
    cell = located.sheet.cells.get(position)
    parsed = parse_text(None if cell is None else cell.value)
    return FiledCell(name, address(*position), None if cell is None else _raw(cell), parsed.value, parsed.state)


def set_step(filed: FiledCell, item: Field, cell: Cell) -> None:
    """Keep the last decimal of a number that Excel holds; of rates whole percents at least: 120% is stored as 1.2."""
    if filed.formula is None and isinstance(cell.value, float) and item.kind.numeric:
        least = 2 if item.kind is Kind.RATE else 0
        filed.step = 10.0 ** -max(_decimals(float(filed.value or 0)), least)


def set_parsed(filed: FiledCell, parsed: Parsed) -> None:
    """Keep what a cell was read as."""
    filed.value, filed.state, filed.repairs = parsed.value, parsed.state, parsed.repairs
    filed.step = None if parsed.decimals is None else 10.0**-parsed.decimals


def parse(item: Field, cell: Cell, expected: float | None) -> Parsed:
    """Read a cell as its field asks; `expected` is the recomputed rate, where it is known."""
    value = cell.value
    if item.kind.numeric and isinstance(value, str):
        value = _BROKEN.sub("", value)
    if item.kind is Kind.RATE:
        return parse_rate(value, expected, number_format=cell.number_format)
    if item.kind.numeric:
        if item.kind is Kind.SCORE:
            value = _points_of_percent(value, cell.number_format)
        return parse_number(value, unit=item.kind.unit)
    if item.kind is Kind.DATE:
        return parse_date(value)
    if isinstance(value, float) and "%" in cell.number_format:
        return parse_text(f"{display(round(value * 100, 9))}%")
    return parse_text(value)


def _points_of_percent(value: CellValue, number_format: str) -> CellValue:
    """Points that are given as a share of a hundred: 10% is 10 points."""
    if isinstance(value, float) and shows_percent(number_format):
        return round(value * 100, 9)
    return value.rstrip("%％ ") if isinstance(value, str) and value.rstrip().endswith(("%", "％")) else value


def _raw(cell: Cell) -> str | float | None:
    """What the cell holds, as records keep it."""
    if isinstance(cell.value, dt.date):
        return cell.value.isoformat()
    if isinstance(cell.value, bool):
        return "TRUE" if cell.value else "FALSE"
    return cell.value


def _decimals(value: float) -> int:
    """Decimals of a number, ten at most."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])
