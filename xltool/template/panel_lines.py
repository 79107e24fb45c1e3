"""The lines of the 审核 panel: the rules that formulas of one form can check, with their counts and messages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from xltool.expr import excel, frame
from xltool.expr.nodes import Expr, Field, Kind
from xltool.forms import FORMS
from xltool.forms.words import PLACEHOLDER, excel_format, item_of, line_of
from xltool.rules.catalogue import by_severity
from xltool.rules.model import Check, Rule, Scope
from xltool.template.formulas import fields_read_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.forms.grid import Grid
    from xltool.template.cells import SheetCells

NORMAL, ENTERED = "正常", "已填"
_NAMING = {"item": item_of, "line": line_of}


@dataclass(frozen=True, eq=False)
class PanelLine:
    """A rule on one form: the checks that formulas can express, and the formulas of its count and its message.

    `single` is the only check of a line that shows figures of the form in its message, None for other lines.
    """

    rule: Rule
    checks: tuple[Check, ...]
    count: str
    message: str
    single: Check | None

    @cached_property
    def asks_for_entry(self) -> bool:
        """Whether its checks only ask for blank cells to be filled in."""
        return all(check.asks_for_entry for check in self.checks)

    @property
    def passed(self) -> str:
        """The text shown when no check is violated."""
        return ENTERED if self.asks_for_entry else NORMAL

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

    def shown_for(self, values: frame.Values) -> tuple[int, str]:
        """The number of violations that the spreadsheet counts for these values, and the text it shows."""
        violations = sum(
            frame.count_violations(check.test, values, by_row=check.scope is Scope.ROW) for check in self.checks
        )
        if not violations:
            return 0, self.passed
        return violations, f"待填 {violations} 处" if self.asks_for_entry else self._message_for(values)

    def _message_for(self, values: frame.Values) -> str:
        if self.single is None:
            return f"{self.rule.title}：待核实"
        check = self.single
        parts = PLACEHOLDER.split(check.message or self.rule.message)
        return "".join(_word_for(part, check, values) if index % 2 else part for index, part in enumerate(parts))


def panel_lines(grid: Grid, cells: SheetCells) -> list[PanelLine]:
    """The lines of a form: first checks of what was entered, by severity, then requests for blank cells.

    A rule that asks for an entry and also checks what was entered has two lines, so that a blank form shows only what
    has to be filled in, and nothing to verify.
    """
    lines = [line for rule in by_severity() for line in _lines(rule, grid, cells)]
    return sorted(lines, key=lambda line: line.asks_for_entry)


def expressible_checks(rule: Rule, grid: Grid, cells: SheetCells) -> list[tuple[Check, str]]:
    """The checks of a rule that formulas on this form can express, each with the formula that counts violations."""
    counted = []
    for check in rule.checks:
        if check.scope is Scope.FILING or grid.form not in check.forms():
            continue
        try:
            row = check.scope is Scope.ROW
            count = excel.count_violations(check.test, cells) if row else f"N({excel.violated(check.test, cells)})"
        except excel.UnsayableError:
            continue
        counted.append((check, count))
    return counted


def _lines(rule: Rule, grid: Grid, cells: SheetCells) -> Iterator[PanelLine]:
    """The lines of one rule: one for what was entered, one for blank cells, as far as it has such checks."""
    counted = expressible_checks(rule, grid, cells)
    for asks_for_entry in (False, True):
        counts = {check: count for check, count in counted if check.asks_for_entry is asks_for_entry}
        checks = tuple(counts)
        if checks:
            single = checks[0] if len(checks) == 1 and checks[0].scope is Scope.FORM else None
            message = _message(rule, single, cells) if single else excel.literal(f"{rule.title}：待核实")
            yield PanelLine(rule, checks, "=" + "+".join(counts.values()), message, single)


def _message(rule: Rule, check: Check, cells: SheetCells) -> str:
    """The rule's message as an Excel expression that reads its figures from the sheet."""
    parts = PLACEHOLDER.split(check.message or rule.message)
    words = [excel.literal(part) if not index % 2 else _word(part, check, cells) for index, part in enumerate(parts)]
    return "&".join(word for word in words if word != '""') or '""'


def _placeholder(name: str, check: Check) -> tuple[Expr, Kind]:
    """The expression of a placeholder in a message: a word of the check, the expected value, or a field."""
    if name in check.words:
        return check.words[name]
    if name == "expected" and check.expected is not None:
        return check.expected, check.at.kind
    field = {field.key: field for field in check.fields}.get(name, check.at)
    return field, field.kind


def _word(name: str, check: Check, cells: SheetCells) -> str:
    """A placeholder as an Excel expression."""
    if name in _NAMING:
        return excel.literal(_NAMING[name](check.at))
    expr, kind = _placeholder(name, check)
    number_format = excel_format(kind)
    if number_format is None and isinstance(expr, Field):
        return cells.cell(expr)
    text = excel.shown(expr, cells, number_format or "General")
    return f"{text}&{excel.literal(kind.unit)}" if kind.unit else text


def _word_for(name: str, check: Check, values: frame.Values) -> str:
    """A placeholder as the text that the spreadsheet shows for these values."""
    if name in _NAMING:
        return _NAMING[name](check.at)
    expr, kind = _placeholder(name, check)
    if isinstance(expr, Field) and not kind.numeric:
        return str(values.text(expr)[0])
    value = frame.evaluate(expr, values)
    if np.isnan(value[0]):
        return kind.unit or ""
    number = frame.round_half_away(value, 4 if kind is Kind.RATE else 0 if kind is Kind.COUNT else 2)[0]
    shown = f"{number:.2%}" if kind is Kind.RATE else f"{number:.0f}" if kind is Kind.COUNT else f"{number:.2f}"
    return shown + (kind.unit or "")
