"""What a frame rule sees: the forms of one filing as plain values.

Rules on texts and on how forms match up (copied indicators, unanswered goals) are judged on
these views; they carry no cells, `Hit` names fields and rows and the audit finds the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltool.expr import Field
    from xltool.findings import Severity


@dataclass(frozen=True, slots=True)
class FormView:
    """One filled form: texts and numbers by key, rows of its table in sheet order.

    `rows` are mappings of column key to number, text or None (blank).
    """

    form: str
    submission: str
    year: int | None
    texts: Mapping[str, str]
    numbers: Mapping[str, float]
    rows: tuple[Mapping[str, float | str | None], ...] = ()

    def text(self, key: str) -> str:
        """Text of a field, "" where blank."""
        return self.texts.get(key, "")


@dataclass(frozen=True, slots=True)
class FilingView:
    """The forms of one department and year that were given together."""

    forms: tuple[FormView, ...]

    def named(self, key: str) -> tuple[FormView, ...]:
        """All forms 附件1, 附件2 or 附件3 of the filing."""
        return tuple(form for form in self.forms if form.form == key)


@dataclass(frozen=True, slots=True)
class Spot:
    """A field of a form; `row` counts its table's rows from 0."""

    view: FormView
    field: Field
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule violated: the spot to mend, others that belong to it, values for the message."""

    at: Spot
    also: tuple[Spot, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    expected: str | None = None
    severity: Severity | None = None


Judge = Callable[[FilingView], Iterable[Hit]]
"""Judges one filing by itself."""
BatchJudge = Callable[[Sequence[FilingView]], Iterable[Hit]]
"""Judges all filings given together: what only shows across departments."""
