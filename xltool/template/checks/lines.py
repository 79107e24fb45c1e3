"""The lines of the 审核 panel: the rules that formulas of one form can check, with what each counts and shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xltool.expr import arrays, excel, frame
from xltool.findings import Severity
from xltool.forms import FORMS
from xltool.rules.catalogue import by_severity
from xltool.rules.model import Check, Rule, Scope
from xltool.template.checks.messages import FORMULA_LIMIT, Detail, detail_of, formula_of_message, message_for, place_of
from xltool.template.checks.places import (
    Pointer,
    count_formula,
    place_formula,
    row_formula,
    verdicts_formula,
)
from xltool.template.checks.rows import count_of_rows
from xltool.template.formulas import fields_read_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.grid import Grid
    from xltool.template.book import BookCells
    from xltool.template.cells import SheetCells

NORMAL, ENTERED = "正常", "已填"


class LineKind(Enum):
    """What a line speaks of. A rule has a line for each kind, so that no hint counts as a mistake."""

    MISTAKE = "mistake"
    HINT = "hint"
    REQUEST = "request"


class LineState(NamedTuple):
    """What a line shows: how many places are wrong, in words, and the first of them."""

    violations: int
    text: str
    place: str = ""
    row: int = 0
    """Sheet row of the first place, where the check speaks of rows."""
    verdicts: str = ""
    """1 for each check of the line that is violated, else 0."""


@dataclass(frozen=True, eq=False)
class PanelLine:
    """A rule on one form: the checks that formulas can express, and the formulas of the cells of its line."""

    rule: Rule
    checks: tuple[Check, ...]
    counts: tuple[str, ...]
    cells: SheetCells
    _messages: dict[Pointer, str] = field(default_factory=dict)

    @cached_property
    def asks_for_entry(self) -> bool:
        """Whether its checks only ask for blank cells to be filled in."""
        return all(check.asks_for_entry for check in self.checks)

    @cached_property
    def severity(self) -> Severity:
        """How grave its violations are."""
        return self.checks[0].severity or self.rule.severity

    @property
    def passed(self) -> str:
        """The text shown when no check is violated."""
        return ENTERED if self.asks_for_entry else NORMAL

    def count(self, pointer: Pointer) -> str:
        """The formula that counts the violations of all its checks."""
        return count_formula(self.checks, self.counts, pointer)

    @cached_property
    def verdicts(self) -> str:
        """The formula of the verdicts of its checks; "" for a line of one check."""
        return verdicts_formula(self.checks, self.counts)

    def row(self, pointer: Pointer) -> str:
        """The formula that gives the first row of the first violated check; "" where no check speaks of rows."""
        return row_formula(self.checks, self.cells, pointer)

    def criterion(self, check: Check, pointer: Pointer) -> str:
        """The formula that is TRUE where this check is violated; "" for a check of rows, or of another line."""
        if check.of_rows or check not in self.checks:
            return ""
        if len(self.checks) == 1:
            return f"={pointer.count}>0"
        return f'=MID({pointer.verdicts},{self.checks.index(check) + 1},1)="1"'

    def place(self, pointer: Pointer) -> str:
        """The formula that gives the address of the first place."""
        return place_formula(self.checks, self.cells, pointer)

    def message(self, pointer: Pointer) -> str:
        """The formula of its message, which is made once for all forms that have the line in the same row."""
        if pointer not in self._messages:
            self._messages[pointer] = formula_of_message(self, pointer, self.detail)
        return self._messages[pointer]

    @cached_property
    def detail(self) -> Detail:
        """How much its message says."""
        return detail_of(self)

    @cached_property
    def reads(self) -> frozenset[Field]:
        """The fields that its count and message depend on; of a table all columns, since any of them makes a row."""
        fields: set[Field] = set()
        for check in self.checks:
            shown = [expr for expr, _ in check.words.values()] + ([check.expected] if check.expected else [])
            fields.update(fields_read_by(check.test), *map(fields_read_by, (*check.fields, *shown)))
        tables = {item.table for item in fields}
        columns = (table.inputs for form in FORMS.values() for table in form.tables if table.key in tables)
        return frozenset(fields.union(*columns))

    def shown_for(self, values: frame.Values) -> LineState:
        """What the spreadsheet counts and shows for these values."""
        violated = [_violated_rows(check, values) for check in self.checks]
        violations = sum(map(len, violated))
        if not violations:
            return LineState(0, self.passed, verdicts="0" * len(violated))
        number = next(number for number, rows in enumerate(violated) if rows)
        check, index = self.checks[number], violated[number][0]
        row = self.cells.grid.spans[str(check.table)].first + index if check.of_rows else 0
        place = place_of(check, self.cells, row)
        text = message_for(self, values, number, index=index, violations=violations)
        verdicts = "".join("1" if rows else "0" for rows in violated)
        return LineState(violations, text, place, row, verdicts)


def _violated_rows(check: Check, values: frame.Values) -> list[int]:
    """Table rows from 0 in which a check is violated; [0] for a check of the form that is."""
    scope = frame.RowValues(values.values, values.profile) if check.of_rows else values
    return [int(row) for row in np.flatnonzero(frame.violations(check.test, scope))]


def panel_lines(grid: Grid, cells: SheetCells) -> list[PanelLine]:
    """The lines of a form: first checks of what was entered, by severity, then requests for blank cells.

    A rule that asks for an entry and also checks what was entered has a line for each, so that a blank form shows only
    what has to be filled in, and nothing to verify.
    """
    lines = [line for rule in by_severity() for line in _lines(rule, grid, cells)]
    return sorted(lines, key=lambda line: line.asks_for_entry)


def expressible_checks(rule: Rule, grid: Grid, cells: SheetCells) -> list[tuple[Check, str]]:
    """The checks of a rule that formulas on this form can express, each with the formula that counts violations."""
    counted = []
    for check in rule.on_form:
        if check.scope is Scope.FILING or grid.form not in check.forms():
            continue
        count = _count(check, cells)
        if count:
            counted.append((check, count))
    return counted


def _count(check: Check, cells: SheetCells) -> str:
    """The formula that counts the violations of a check on one form; "" where formulas cannot express it."""
    try:
        if not check.of_rows:
            return f"N({excel.violated(check.test, cells)})"
        return arrays.count_violations(check.test, cells)
    except excel.UnsayableError:
        return count_of_rows(check, cells)


def lines_across_forms(cells: BookCells) -> list[PanelLine]:
    """The lines of checks that compare a form with others in the same workbook, by severity."""
    counted = ((rule, checks_across_forms(rule, cells)) for rule in by_severity())
    return [line for rule, own in counted for line in _lines_of(rule, own, cells)]


def checks_across_forms(rule: Rule, cells: BookCells) -> list[tuple[Check, str]]:
    """The checks of a rule that ask to correct this form and read others of the workbook, with their counts."""
    counted = []
    for check in rule.on_form:
        if check.scope is Scope.FILING and cells.grid.form.has(check.at) and not check.at.derived:
            count = _count_across(check, cells)
            if count and len(count) < FORMULA_LIMIT:
                counted.append((check, count))
    return counted


def _count_across(check: Check, cells: BookCells) -> str:
    """The formula that counts the violations of a check across forms; "" where formulas cannot express it."""
    if check.of_rows:
        return count_of_rows(check, cells)
    try:
        return f"N({excel.violated(check.test, cells)})"
    except excel.UnsayableError:
        return ""


def _lines(rule: Rule, grid: Grid, cells: SheetCells) -> Iterator[PanelLine]:
    """The lines of one rule on one form."""
    return _lines_of(rule, expressible_checks(rule, grid, cells), cells)


def _lines_of(rule: Rule, counted: Sequence[tuple[Check, str]], cells: SheetCells) -> Iterator[PanelLine]:
    """The lines of some checks: one for what is wrong or doubtful, one for hints, one for blank cells."""
    for kind in LineKind:
        own = [pair for pair in counted if kind_of(rule, pair[0]) is kind]
        if own:
            yield PanelLine(rule, tuple(check for check, _ in own), tuple(count for _, count in own), cells)


def kind_of(rule: Rule, check: Check) -> LineKind:
    """The kind of line that a check of a rule stands in."""
    if check.asks_for_entry:
        return LineKind.REQUEST
    return LineKind.HINT if (check.severity or rule.severity) is Severity.INFO else LineKind.MISTAKE
