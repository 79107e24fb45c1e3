"""Trials: filings in which one cell is corrected, judged all at once by the checks that compare amounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from xltool.auditing.causes.corrections import copy_into
from xltool.auditing.tables.columns import Shared
from xltool.auditing.tables.scopes import FilingScope, FormScope
from xltool.expr import frame
from xltool.expr.nodes import Agrees, Close, walk
from xltool.findings import Severity
from xltool.forms import FORMS
from xltool.rules.catalogue import RULES
from xltool.rules.model import Check, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.expr.frame import Truth
    from xltool.params import Profile
    from xltool.reader.records import Submission


class Suspicion(NamedTuple):
    """A check that a form violates, by the id of the form."""

    check: Check
    submission: str


class Change(Protocol):
    """What is corrected in a trial: a cell, or the unit of whole forms."""

    def changes(self, form: Submission) -> bool:
        """Whether a form is corrected."""

    def apply(self, form: Submission, filing: str) -> Submission:
        """The corrected form, as part of another filing."""


@dataclass
class Trials:
    """Copies of filings, one a trial, as frames."""

    profiles: Mapping[str, Profile]
    _forms: dict[str, list[Submission]] = field(default_factory=lambda: defaultdict(list))
    _shared: dict[str, Shared] = field(default_factory=lambda: defaultdict(Shared))
    _first: dict[str, int] = field(default_factory=dict)
    """The row of the first copy of a form, which has its cells as filed."""
    _rows: dict[tuple[str, str], int] = field(default_factory=dict)
    """The row of a form in its frame, by trial and id of the form."""
    _form_of: dict[str, str] = field(default_factory=dict)
    _scopes: dict[str, FilingScope] = field(default_factory=dict)
    _truths: dict[tuple[Check, str], Truth] = field(default_factory=dict)

    def add(self, members: Iterable[Submission], correction: Change | None = None) -> str:
        """Add a copy of a filing, with a correction; returns the name of the trial. The first is not corrected."""
        name = str(len(self._rows))
        for form in members:
            is_corrected = correction is not None and correction.changes(form)
            copied = correction.apply(form, name) if correction and is_corrected else copy_into(form, name)
            self._form_of[form.id] = form.form
            row = self._rows[name, form.id] = len(self._forms[form.form])
            first = self._first.setdefault(form.id, row)
            shared = self._shared[form.form]
            shared.values.append(first if copied.values is form.values else row)
            shared.rows.append(first if copied.rows is form.rows else row)
            self._forms[form.form].append(copied)
        return name

    def _scope(self, check: Check, form: str) -> FormScope | FilingScope:
        return self._filings[form] if check.scope is Scope.FILING else self._filings[form].base

    def settles(self, trial: str, suspicion: Suspicion) -> bool:
        """Whether a check that a form violates is known to hold in a trial."""
        check, submission = suspicion
        truth, row = self._truth(check, self._form_of[submission]), self._rows[trial, submission]
        return bool(truth.known[row] and truth.holds[row])

    def release(self) -> None:
        """Drop the frames of tables, which refer back to their frames."""
        for filing in self._scopes.values():
            filing.base.release_tables()

    def spoils(self, trial: str, unchanged: str, members: Sequence[Submission]) -> bool:
        """Whether a trial violates a check on amounts that the filing as it is does not violate."""
        for check, form in _checks_on_amounts():
            for member in members:
                if member.form == form:
                    violated = self._truth(check, form).violated
                    if violated[self._rows[trial, member.id]] and not violated[self._rows[unchanged, member.id]]:
                        return True
        return False

    @property
    def _filings(self) -> dict[str, FilingScope]:
        if not self._scopes:
            scopes = {
                key: FormScope(
                    form, self._forms[key], [self.profiles[copy.id] for copy in self._forms[key]], self._shared[key]
                )
                for key, form in FORMS.items()
            }
            self._scopes = {key: FilingScope(scope, scopes) for key, scope in scopes.items()}
        return self._scopes

    def _truth(self, check: Check, form: str) -> Truth:
        if (check, form) not in self._truths:
            self._truths[check, form] = frame.truth(check.test, self._scope(check, form))
        return self._truths[check, form]


@cache
def _checks_on_amounts() -> tuple[tuple[Check, str], ...]:
    """The checks of errors that compare two amounts, each with the forms it is asked of."""
    return tuple(
        (check, form.key)
        for rule in RULES.values()
        for check in rule.checks
        if is_foldable(check) and rule.severity is Severity.ERROR and compares(check)
        for form in check.asked_of
    )


def is_foldable(check: Check) -> bool:
    """Whether a check is about single cells of this year's forms, and not about rows of a table."""
    return check.scope in {Scope.FORM, Scope.FILING} and all(item.prior_of is None for item in check.fields)


def compares(check: Check) -> bool:
    """Whether a check asks that two amounts are equal."""
    return any(isinstance(node, Close | Agrees) for node in walk(check.test))
