"""Checks of indicator rows that need a cell for each row: no array formula can express them.

A column beside the panel holds a text of 0 and 1 for each row, a character for each check, 1 where it is violated.
The line of a check counts the texts that have 1 at its place. A column for each check would double the size of a form.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from xltool.expr import arrays, excel
from xltool.forms import review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes
from xltool.rules.catalogue import RULES
from xltool.rules.model import Scope
from xltool.template.cells import SheetCells, VerdictPlace

if TYPE_CHECKING:
    from xltool.forms.model import Form
    from xltool.params import Profile
    from xltool.rules.model import Check
    from xltool.template.cells import SlotCells

_CACHE_SIZE = 32
_LONGEST: Final = 7000
"""Characters of the formula of a column; Excel allows 8192, and references grow with the rows of a form."""


@lru_cache(_CACHE_SIZE)
def row_checks(form: Form, profile: Profile) -> dict[Check, VerdictPlace]:
    """The checks that need a cell for each row on a form, each with the place of its verdict."""
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
    places: dict[Check, VerdictPlace] = {}
    column = character = length = 0
    own = SheetCells(grid, 0, profile=profile).at_slot(grid.spans[review.INDICATORS].first)
    for check in checks:
        size = len(_verdict(check, own)) + 1
        if length + size > _LONGEST:
            column, character, length = column + 1, 0, 0
        length, character = length + size, character + 1
        places[check] = VerdictPlace(column, character)
    return places


@lru_cache(_CACHE_SIZE)
def own_columns(form: Form, profile: Profile) -> int:
    """The number of columns that hold verdicts for each row."""
    return 1 + max((place.column for place in row_checks(form, profile).values()), default=-1)


@lru_cache(_CACHE_SIZE)
def verdicts_in_last_column(form: Form, profile: Profile) -> int:
    """The number of verdicts that the last of these columns holds for each row."""
    places = row_checks(form, profile).values()
    return max((place.character for place in places if place.column == own_columns(form, profile) - 1), default=0)


def _verdict(check: Check, cells: SlotCells) -> str:
    """The verdict of a check in a row: 1 where the row violates it, else 0."""
    return f"N({excel.violated(check.test, cells)})"


def verdict_formulas(form: Form, cells: SlotCells) -> list[str]:
    """The formulas (without =) of the columns of verdicts in a row."""
    columns: dict[int, list[str]] = {}
    for check, place in row_checks(form, cells.profile).items():
        columns.setdefault(place.column, []).append(_verdict(check, cells))
    return ["&".join(verdicts) for verdicts in columns.values()]


def count_of_rows(check: Check, cells: SheetCells) -> str:
    """The formula (without =) that counts the rows that violate a check; "" for a check that needs no cell a row."""
    place = _place_of(check, cells)
    return "" if place is None else f"COUNTIF({cells.slots(cells.verdict_column(place.column))},{place.pattern})"


def first_of_rows(check: Check, cells: SheetCells) -> str:
    """The formula (without =) of the sheet row that first violates a check; "" for a check that needs no cell a row."""
    place = _place_of(check, cells)
    if place is None:
        return ""
    verdicts, rows = (cells.slots(at) for at in (cells.verdict_column(place.column), cells.row_column()))
    return f"INDEX({rows},MATCH({place.pattern},{verdicts},0))"


def _place_of(check: Check, cells: SheetCells) -> VerdictPlace | None:
    return cells.compared.get(check) or row_checks(cells.grid.form, cells.profile).get(check)


def _needs_rows(check: Check, cells: SheetCells) -> bool:
    """Whether formulas can express the check row by row, and not for all rows at once."""
    try:
        arrays.count_violations(check.test, cells)
    except excel.UnsayableError:
        try:
            excel.violated(check.test, cells.at_slot(cells.grid.spans[review.INDICATORS].first))
        except excel.UnsayableError:
            return False
        return True
    return False


def alert_criterion(check: Check, cells: SheetCells) -> str:
    """The formula of the conditional format of a check, in one row of a table; UnsayableError if there is none."""
    place = _place_of(check, cells)
    if place is None or cells.row is None:
        return excel.criterion(check.test, cells)
    verdict = cells.beside(cells.verdict_column(place.column), f"ROW($A{cells.row})")
    return f'=MID({verdict},{place.character},1)="1"'
