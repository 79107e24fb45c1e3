"""The state of the rules that are expressions: of every form first, then of every filing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from xltool.auditing.coverage.operands import (
    CAUSE_MASK,
    KEPT_CODE,
    WEIGHT_BITS,
    Cause,
    Codes,
    Operands,
    cause_code,
    operands,
    readers_of,
    weighed,
)
from xltool.auditing.tables.scopes import FilingScope, RowScope
from xltool.forms import FORMS
from xltool.forms.words import UNPARSED
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.auditing.coverage.asked import AskedCheck
    from xltool.auditing.tables.scopes import FormScope
    from xltool.expr.frame import Booleans
    from xltool.reader.records import Note, Submission

ROW_OF: Final = {code: number for number, code in enumerate(RULES)}
"""The row of each rule in arrays of states, which have a column for each form or filing."""
_ORDER: Final = np.array([0, 1, 3, 2, 4, 5], dtype=np.int32)
"""Weights of a form by weights within a form: of several forms the one with a blank counts before the others."""
ERROR_VALUE, UNREAD = "W-08", "W-05"


def states_by_filing(
    asked: Iterable[AskedCheck], scopes: Mapping[str, FormScope], filings: Sequence[str], *, with_prior: bool
) -> Codes:
    """The state of every rule in every filing, with its cause; 0 where a rule was asked of no form of the filing."""
    by_form = _states_by_form(asked, scopes, with_prior=with_prior)
    place = {filing: number for number, filing in enumerate(filings)}
    result = np.zeros((len(RULES), len(filings)), dtype=np.int32)
    for key, states in by_form.items():
        owners = np.array([place[submission.filing] for submission in scopes[key].submissions], dtype=np.int32)
        order = np.argsort(owners, kind="stable")
        columns, starts = np.unique(owners[order], return_index=True)
        ordered = (_ORDER[states >> WEIGHT_BITS] << WEIGHT_BITS) | (states & CAUSE_MASK)
        worst = np.maximum.reduceat(ordered[:, order], starts, axis=1)
        result[:, columns] = np.maximum(result[:, columns], worst)
    return result


def _states_by_form(
    asked: Iterable[AskedCheck], scopes: Mapping[str, FormScope], *, with_prior: bool
) -> dict[str, Codes]:
    """The state of every rule on every form, by the key of the form."""
    states = {key: np.zeros((len(RULES), len(scope)), dtype=np.int32) for key, scope in scopes.items() if len(scope)}
    unknown: list[tuple[AskedCheck, Codes, Booleans]] = []
    for check in asked:
        row = states[check.filing.base.form.key][ROW_OF[check.rule.code]]
        known = _known_on_form(check)
        row[known] = KEPT_CODE
        if not known.all():
            unknown.append((check, row, ~known))
    causes = Operands(with_prior=with_prior)
    for check, row, where in unknown:
        # Within a form it is enough that one check could be made; a form that is missing hinders the others too.
        wanted = where if isinstance(check.scope, FilingScope) else where & (row < KEPT_CODE)
        if wanted.any():
            np.maximum(row, causes.causes(check, wanted), out=row, where=wanted)
    for key, scope in scopes.items():
        for index, submission in enumerate(scope.submissions):
            for note in submission.notes:
                _hinder(states[key], index, note, submission)
    return states


def _known_on_form(asked: AskedCheck) -> Booleans:
    """On which forms a check is known: of a check on table rows, on one row at least."""
    if not isinstance(asked.scope, RowScope):
        return asked.known
    return np.bincount(asked.scope.owners[asked.known], minlength=len(asked.filing)) > 0


def _hinder(states: Codes, index: int, note: Note, submission: Submission) -> None:
    """A cell that could not be read leaves all rules open that read it, though they could be asked without it."""
    if note.field is None or not (note.rule == ERROR_VALUE or (note.rule == UNREAD and note.message == UNPARSED)):
        return
    form = FORMS[submission.form]
    item = form.fields.get(note.field) or form.columns.get(note.field)
    if item is not None:
        code = int(weighed(np.array([cause_code(Cause.UNREADABLE, item)], dtype=np.int32))[0])
        for row in _rows_reading(submission.form, note.field):
            states[row, index] = max(states[row, index], code)


@cache
def _rows_reading(form: str, key: str) -> tuple[int, ...]:
    """The rows of the rules that read a field of a form, directly or through a calculated field."""
    readers = readers_of(form).get(key, set())
    rules: dict[int, None] = {}
    for code, rule in RULES.items():
        for check in rule.checks:
            read = operands(check)
            if any(FORMS[form].has(item) and (item.key == key or item in readers) for item in read):
                rules[ROW_OF[code]] = None
    return tuple(rules)
