"""A list below a row of totals that follow its filter, for the merged workbook."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from xltool.expr.nodes import Kind
from xltool.outputs.sheets import data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.outputs.model import DataTable, Plain
    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

TOTAL_ROW: Final = 0
HEAD_ROW: Final = 1
"""Totals stand above the heads, where sorting and filtering do not move them."""
SUM, AVERAGE = 109, 101
"""Functions of SUBTOTAL over the rows that a filter leaves."""


def write(book: WorkbookWriter, name: str, table: DataTable, ratios: Mapping[str, tuple[str, str]]) -> None:
    """Write a table with totals: sums of money and counts, means of scores, and quotients of two sums for `ratios`."""
    keys = table.keys
    columns = [data.fit_column(key, table.column(key)) for key in keys]
    columns = [replace(column, head=column.head.replace("_", "\n")) for column in columns]
    sheet = book.sheet(name, columns)
    sheet.set_print_title(name)
    named = data.frozen_columns(keys)
    for at, text in zip(range(named), [*[None] * (named - 1), "合计（得分为平均）"], strict=True):
        sheet.write_text(TOTAL_ROW, at, text, "total_text")
    for at, key in enumerate(keys[named:], start=named):
        _write_total(sheet, table, at=at, ratio=ratios.get(key))
    sheet.start_list(len(table.rows), frozen=named, head=HEAD_ROW, empty="没有数据。")
    for number, row in enumerate(table.values(), start=HEAD_ROW + 1):
        data.write_row(sheet, number, keys, row)


def _write_total(sheet: SheetWriter, table: DataTable, *, at: int, ratio: tuple[str, str] | None) -> None:
    """Write the total of one column: a formula and its value."""
    key = table.keys[at]
    kind = data.kind_of(key)
    style = f"total_{data.STYLE[kind]}" if kind in data.STYLE else "total_text"
    if ratio is not None:
        above, below = (xl_rowcol_to_cell(TOTAL_ROW, table.keys.index(part)) for part in ratio)
        formula, value = f'=IF(N({below})=0,"",{above}/{below})', _quotient(table, *ratio)
    elif kind in {Kind.MONEY, Kind.COUNT, Kind.AREA, Kind.SCORE}:
        how = AVERAGE if kind is Kind.SCORE else SUM
        cells = xl_range(HEAD_ROW + 1, at, HEAD_ROW + max(len(table.rows), 1), at)
        formula, value = f'=IF(SUBTOTAL(102,{cells})=0,"",SUBTOTAL({how},{cells}))', _summary(table.column(key), how)
    else:
        sheet.write_text(TOTAL_ROW, at, None, style)
        return
    sheet.write_formula(TOTAL_ROW, at, formula, value=value, style=style)


def _summary(column: Sequence[Plain], how: int) -> float | str:
    numbers = [value for value in column if isinstance(value, int | float)]
    if not numbers:
        return ""
    return math.fsum(numbers) / (len(numbers) if how == AVERAGE else 1)


def _quotient(table: DataTable, above: str, below: str) -> float | str:
    over, under = _summary(table.column(above), SUM), _summary(table.column(below), SUM)
    return over / under if isinstance(over, float) and isinstance(under, float) and under else ""
