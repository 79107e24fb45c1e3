"""The cells that the last review asked about: those of its findings, those compared with, and what they follow from."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.expr.nodes import Field, fields_of
from xltool.forms import FORMS
from xltool.forms.tolerances import HALF_CENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xltool.auditing.keys import FormKey, Slot
    from xltool.auditing.rounds.last_review import LastForm, LastReview

TEN_THOUSAND = 10_000.0


@dataclass
class QuestionedCells:
    """The cells that the last review asked about, by form."""

    whole: set[FormKey]
    """Forms with a finding about all of the form."""
    _cells: dict[FormKey, set[str]]
    _pointed: dict[tuple[str, str | None], set[str]]

    def slots(self, key: FormKey, then: LastForm) -> set[Slot]:
        """The slots of a form that were asked about; ("", row) for a whole row, (column, "") for a whole column."""
        cells = self._cells[key] | self._pointed[then.path, then.sheet]
        questioned = {slot for slot, (_, cell) in then.values.items() if cell in cells}
        rows = {("", row) for _, row in questioned if row}
        return (
            questioned
            | rows
            | {(item.key, "") for item in _behind(key[1], (name for name, row in questioned if not row))}
        )


def asked_of(earlier: LastReview) -> QuestionedCells:
    """What the findings of the last review asked for."""
    cells: dict[FormKey, set[str]] = defaultdict(set)
    pointed: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    whole: set[FormKey] = set()
    for finding in earlier.findings:
        if finding.form is not None:
            cells[finding.form] |= set(finding.asked)
            whole |= set() if finding.asked else {finding.form}
        for path, sheet, cell in finding.related:
            pointed[path, sheet] |= {cell} if cell else set()
    return QuestionedCells(whole, cells, pointed)


def _behind(form: str, names: Iterable[str]) -> set[Field]:
    """The fields that calculated ones follow from, down to those that are filled in."""
    known: Mapping[str, Field] = FORMS[form].fields
    behind: set[Field] = set()
    waiting = [known[name] for name in names if name in known]
    while waiting:
        formula = waiting.pop().formula
        fresh = [item for item in fields_of(formula) if item not in behind] if formula is not None else []
        behind |= set(fresh)
        waiting += fresh
    return behind


def is_rescaled(before: str, after: float | str | None) -> bool:
    """Whether an amount was converted from 元 into 万元, to two decimals."""
    try:
        was = float(before)
    except ValueError:
        return False
    return isinstance(after, float) and math.isclose(was / TEN_THOUSAND, after, abs_tol=HALF_CENT)
