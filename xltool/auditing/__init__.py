"""The audit: records × rules → findings.

Rules run over all submissions at once; only where one is violated are cells looked up and words
put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xltool.auditing.cases import evaluated
from xltool.auditing.exemptions import excused
from xltool.auditing.hits import filed_in, judged, judged_together
from xltool.auditing.merging import merged, without_silenced
from xltool.auditing.noticed import noted
from xltool.auditing.scores import Score, scores_of
from xltool.auditing.terms import NO_TERMS, Terms, terms_of
from xltool.forms import FORMS
from xltool.reader.scopes import FormScope
from xltool.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.expr import Field
    from xltool.findings import Finding
    from xltool.params import Profile
    from xltool.reader.records import FileRecord, Submission


@dataclass(slots=True)
class Audit:
    """What an audit gives: findings in the order of the contract, and scores by submission id."""

    records: Sequence[FileRecord]
    findings: list[Finding]
    scores: dict[str, Score]
    scopes: dict[str, FormScope]
    profiles: Mapping[str, Profile]
    """The scoring profile each submission was judged by, by its id."""

    def recomputed(self, one: Submission, item: Field) -> float | None:
        """What the formula of a calculated field gives for a submission; None where blank."""
        scope = self.scopes[one.form]
        index = next(index for index, other in enumerate(scope.submissions) if other is one)
        value = float(scope.recomputed(item)[index])
        return None if np.isnan(value) else value

    @property
    def submissions(self) -> list[Submission]:
        """All submissions in the order of their files."""
        return [one for record in self.records for one in record.submissions]


def audit(records: Sequence[FileRecord], terms: Terms = NO_TERMS) -> Audit:
    """Check everything that was read, on these terms; forms and reports with one `filing` are one set.

    Raises ValueError for a profile that a roster names and nobody knows.
    """
    submissions = [one for record in records for one in record.submissions]
    profiles = {one.id: terms.profile_of(one) for one in submissions}
    scopes = _scopes(submissions, profiles)
    filed = filed_in(records)
    drafts = [*noted(records, scopes)]
    for rule in RULES.values():
        if rule.judge:
            found = judged(rule, filed)
        elif rule.batch_judge:
            found = judged_together(rule, filed)
        else:
            found = evaluated(rule, scopes)
        drafts += merged(rule, found)
    kept = without_silenced(drafts)
    findings = excused([draft.finding for draft in kept], submissions, terms.exemptions)
    return Audit(records, _in_order(findings), scores_of(scopes, profiles), scopes, profiles)


def noticed(records: Sequence[FileRecord]) -> list[Finding]:
    """What reading alone noticed (integrity of the workbook, notation), in the order of the contract."""
    submissions = [one for record in records for one in record.submissions]
    profiles = {one.id: NO_TERMS.profile_of(one) for one in submissions}
    return _in_order(draft.finding for draft in noted(records, _scopes(submissions, profiles)))


def _scopes(submissions: Sequence[Submission], profiles: Mapping[str, Profile]) -> dict[str, FormScope]:
    scopes = {}
    for key, form in FORMS.items():
        own = [one for one in submissions if one.form == key]
        scopes[key] = FormScope(form, own, [profiles[one.id] for one in own])
    return scopes


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.order)


__all__ = ["NO_TERMS", "Audit", "Score", "Terms", "audit", "noticed", "terms_of"]
