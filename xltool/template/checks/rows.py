"""Checks of indicator rows that need a cell for each row: no array formula can express them.

Each has a column beside the panel with 1 in the rows that violate it; its line adds the column up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.expr import arrays, excel
from xltool.findings import address
from xltool.forms import review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes
from xltool.rules.catalogue import RULES
from xltool.rules.model import Scope
from xltool.template.cells import SheetCells

if TYPE_CHECKING:
    from xltool.forms.model import Form
    from xltool.params import Profile
    from xltool.rules.model import Check

_CACHE_SIZE = 32


@lru_cache(_CACHE_SIZE)
def row_checks(form: Form, profile: Profile) -> dict[Check, int]:
    """The checks with a column of their own on a form, each with the number of its column."""
    grid = lay_out(form, Sizes(1, 1))
    if review.INDICATORS not in grid.spans:
        return {}
    checks = [
        check
        for rule in RULES.values()
        for check in rule.on_form
        if check.scope is Scope.ROW and check.table == review.INDICATORS and form in check.forms()
        if not check.at.derived and _needs_rows(check, SheetCells(grid, 0, profile=profile))
    ]
    return {check: number for number, check in enumerate(checks)}


def _needs_rows(check: Check, cells: SheetCells) -> bool:
    """Whether formulas can express the check row by row, and not for all rows at once."""
    try:
        arrays.count_violations(check.test, cells)
    except excel.UnsayableError:
        try:
            excel.violated(check.test, cells.at_row(cells.grid.spans[review.INDICATORS].first))
        except excel.UnsayableError:
            return False
        return True
    return False


def alert_criterion(check: Check, cells: SheetCells) -> str:
    """The formula of the conditional format of a check, in one row of a table; UnsayableError if there is none."""
    number = row_checks(cells.grid.form, cells.profile).get(check)
    if number is None or cells.row is None:
        return excel.criterion(check.test, cells)
    return f"=${address(cells.row, cells.verdict_column(number))}=1"
