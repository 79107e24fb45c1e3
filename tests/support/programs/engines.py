"""Calculate formulas with IronCalc, and read the values that LibreOffice saved, which are the reference.

IronCalc takes milliseconds and agrees with Excel on the formulas of templates, except on those in `IRONCALC_GAPS`.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from typing import TYPE_CHECKING, Final, TypeAlias

import ironcalc
import openpyxl

from xltool.findings import address

if TYPE_CHECKING:
    from pathlib import Path

Scalar: TypeAlias = float | str | bool | None
Values: TypeAlias = dict[tuple[str, str], Scalar]

IRONCALC_GAPS: Final = (
    "a scalar function over a range inside SUMPRODUCT (ISNUMBER, LEN, TRIM, ROUND, ABS, NOT, COUNTIF of a range)",
    "a comparison in parentheses joined to text: (A1=1)&'' loses its parentheses",
    "a number joined to text keeps 17 digits where Excel has 15: 0.1+0.2&''",
    "sheet-scoped names",
    "a range between two calls, INDEX(…):INDEX(…), which only an inserted row makes a template calculate",
)


def evaluate_ironcalc(path: Path) -> Values:
    """Every cell's value as IronCalc calculates it, by sheet and address; errors as text such as #DIV/0!."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    return {
        (names[sheet], address(row, column)): model.get_cell_value(sheet, row, column)
        for sheet, row, column in model.get_all_cells()
    }


def saved_values(path: Path) -> Values:
    """The cached value of every cell, as the last program saved it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of each extension it does not read
        book = openpyxl.load_workbook(path, data_only=True)
    with contextlib.closing(book):
        return {
            (sheet.title, cell.coordinate): _scalar(cell.value)
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }


def _scalar(value: object) -> Scalar:
    """A cell's value as an engine would give it; TypeError for what is no formula result (a date, rich text)."""
    if value is None or isinstance(value, float | int | str):
        return value
    msg = f"not a plain value: {value!r}"
    raise TypeError(msg)


def same(left: Scalar, right: Scalar) -> bool:
    """Whether two values are the same: blank is empty text, numbers agree to 12 digits, TRUE is not 1.

    >>> same(None, ""), same(0.1 + 0.2, 0.3), same(True, 1.0)
    (True, True, False)
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12)
    return (left or "") == (right or "") and isinstance(left or "", str) == isinstance(right or "", str)
