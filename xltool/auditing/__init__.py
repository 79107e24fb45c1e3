"""The audit: records × rules → findings.

Rules run over some hundred files at once, filings whole; only where one is violated are cells looked up and words
put together. What is judged over all filings is judged on their texts, in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xltool.auditing.exemptions import excused
from xltool.auditing.material import drafts_of, drafts_on_all, gathered, portions, scopes_of
from xltool.auditing.merging import without_silenced
from xltool.auditing.noticed import noted
from xltool.auditing.scores import Score, scores_of
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.forms import FORMS
from xltool.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.auditing.drafts import Draft
    from xltool.expr import Field
    from xltool.findings import Finding
    from xltool.frame import Numbers
    from xltool.params import Profile
    from xltool.reader.records import FileRecord, Submission
    from xltool.reader.scopes import FormScope
    from xltool.rules.views import FilingView


@dataclass(slots=True)
class Audit:
    """What an audit gives: findings in the order of the contract, and scores by submission id."""

    records: Sequence[FileRecord]
    findings: list[Finding]
    scores: dict[str, Score]
    profiles: Mapping[str, Profile]
    """The scoring profile each submission was judged by, by its id."""
    computed: Mapping[str, Numbers]
    """What the calculated fields of each submission come to, in the order of its form, by its id; NaN where blank."""

    def recomputed(self, one: Submission, item: Field) -> float | None:
        """What the formula of a calculated field gives for a submission; None where blank."""
        value = float(self.computed[one.id][_calculated(one.form).index(item.key)])
        return None if np.isnan(value) else value

    @property
    def submissions(self) -> list[Submission]:
        """All submissions in the order of their files."""
        return [one for record in self.records for one in record.submissions]


def audit(records: Sequence[FileRecord], terms: Terms = NO_TERMS) -> Audit:
    """Check everything that was read, on these terms; forms and reports with one `filing` are one set.

    Raises ValueError for a profile that a roster names and nobody knows.
    """
    drafts: list[Draft] = []
    scores: dict[str, Score] = {}
    profiles: dict[str, Profile] = {}
    computed: dict[str, Numbers] = {}
    texts: list[FilingView] = []
    for portion in portions(records):
        material = gathered(portion, terms)
        drafts += (*noted(portion, material.scopes), *drafts_of(RULES.values(), material))
        scores |= scores_of(material.scopes, material.profiles)
        profiles |= material.profiles
        texts += material.filed.texts
        for scope in material.scopes.values():
            computed |= _computed(scope)
            scope.let_go()
    kept = without_silenced(drafts + drafts_on_all(RULES.values(), records, texts))
    findings = excused([draft.finding for draft in kept], records, terms.exemptions)
    return Audit(records, _in_order(findings), scores, profiles, computed)


@cache
def _calculated(form: str) -> tuple[str, ...]:
    """The calculated fields of a form."""
    return tuple(key for key, item in FORMS[form].fields.items() if item.formula is not None)


def _computed(scope: FormScope) -> dict[str, Numbers]:
    """What the calculated fields of each submission come to, by its id."""
    fields = scope.form.fields
    columns = [scope.recomputed(fields[key]) for key in _calculated(scope.form.key)]
    return dict(zip((one.id for one in scope.submissions), np.array(columns).T, strict=True))


def noticed(records: Sequence[FileRecord]) -> list[Finding]:
    """What reading alone noticed (integrity of the workbook, notation), in the order of the contract."""
    submissions = [one for record in records for one in record.submissions]
    profiles = {one.id: NO_TERMS.profile_of(one) for one in submissions}
    return _in_order(draft.finding for draft in noted(records, scopes_of(submissions, profiles)))


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.order)


__all__ = ["NO_TERMS", "Audit", "Score", "Terms", "audit", "noticed"]
