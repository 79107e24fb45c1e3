"""Checks of rows across forms: their verdicts in columns beside the panel, after those of the form's own checks.

A column holds the row of the same name on the other form, the next the verdicts of checks that compare with that row.
Those of checks that need no such row are appended to the last of the form's own columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from xltool.expr import excel, frame
from xltool.forms import review
from xltool.rules.catalogue import RULES
from xltool.template.book import Book, BookCells, BookSheet
from xltool.template.cells import VerdictPlace
from xltool.template.checks.rows import own_columns, verdicts_in_last_column
from xltool.template.pairs import PAIR, PairedCells, is_paired, other_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.forms.grid import Grid
    from xltool.params import Profile
    from xltool.rules.model import Check


def book_cells(grid: Grid, year: int, book: Book, *, profile: Profile) -> BookCells:
    """References from a form of a workbook, with the places of the verdicts of its rows against the other forms."""
    cells = BookCells(grid, year, profile=profile, book=book)
    return replace(cells, verdicts=RowsAcross(cells).places)


@dataclass(frozen=True)
class RowsAcross:
    """The checks of the rows of a form that read other forms of the workbook, and the columns of their verdicts."""

    cells: BookCells

    @cached_property
    def _first(self) -> PairedCells:
        """References from the first row beside the panel."""
        return self.at_slot(self.cells.grid.spans[review.INDICATORS].first)

    def at_slot(self, row: int) -> PairedCells:
        """References from a row beside the panel."""
        own, columns = self.cells, own_columns(self.cells.grid.form, self.cells.profile)
        pair = own.verdict_column(columns)
        return PairedCells(own.grid, own.year, profile=own.profile, slot=row, book=own.book, pair_column=pair)

    @cached_property
    def checks(self) -> tuple[list[Check], list[Check]]:
        """The checks without a row of the other form, and those with; none where the workbook lacks a form."""
        plain: list[Check] = []
        paired: list[Check] = []
        if review.INDICATORS not in self.cells.grid.spans:
            return plain, paired
        for check in (check for rule in RULES.values() for check in rule.on_form):
            is_asked = check.at.table == review.INDICATORS and not check.at.derived and check.of_rows
            if is_asked and self.cells.grid.form.has(check.at) and check.forms() == () and self._is_sayable(check):
                (paired if any(is_paired(item, self.cells) for item in check.fields) else plain).append(check)
        return plain, paired

    def _is_sayable(self, check: Check) -> bool:
        try:
            excel.violated(check.test, self._first)
        except excel.UnsayableError:
            return False
        return True

    @cached_property
    def places(self) -> dict[Check, VerdictPlace]:
        """Where the verdict of each check stands."""
        form, profile = self.cells.grid.form, self.cells.profile
        columns, before = own_columns(form, profile), verdicts_in_last_column(form, profile)
        plain, paired = self.checks
        places = {check: VerdictPlace(columns - 1, before + at) for at, check in enumerate(plain, start=1)}
        return places | {check: VerdictPlace(columns + 1, at) for at, check in enumerate(paired, start=1)}

    def extended(self, texts: Sequence[str], row: int) -> list[str]:
        """The formulas (without =) beside the panel in a row: those of the form's own checks, with these checks."""
        own, (plain, paired) = self.at_slot(row), self.checks
        *rest, last = texts
        if plain:
            last = f"{last.removesuffix(')')}&{_verdicts(plain, own)})"
        if not paired:
            return [*rest, last]
        columns = (own.pair(self._other), f'IF({own.pair_cell}="","",{_verdicts(paired, own)})')
        return [*rest, last, *(f'IF({own.number}="","",{text})' for text in columns)]

    @cached_property
    def _other(self) -> BookSheet:
        """The sheet of the form that the rows are compared with."""
        item = next(item for check in self.checks[1] for item in check.fields if is_paired(item, self.cells))
        return other_sheet(item, self.cells.book)

    def shown(self, values: frame.Values, shown: Iterable[list[str | float]]) -> list[list[str | float]]:
        """What the cells show in each table row, where they show this without these checks."""
        scope = frame.RowValues(values.values, values.profile)
        plain, paired = ([frame.violations(check.test, scope) for check in checks] for checks in self.checks)
        pairs = values.values.get(PAIR)
        rows: list[list[str | float]] = []
        for at, (*rest, last) in enumerate(shown):
            row = [*rest, f"{last}{_flags(plain, at)}" if plain else last]
            pair = pairs[at] if isinstance(pairs, list) and at < len(pairs) else None
            number = "" if pair is None else pair - self._other.grid.spans[review.INDICATORS].first + 1
            rows.append([*row, number, "" if pair is None else _flags(paired, at)] if paired else row)
        return rows


def _verdicts(checks: Sequence[Check], cells: PairedCells) -> str:
    return "&".join(f"N({excel.violated(check.test, cells)})" for check in checks)


def _flags(verdicts: Sequence[frame.Booleans], row: int) -> str:
    return "".join("1" if row < len(own) and own[row] else "0" for own in verdicts)
