"""An audit of everything that was read, by portions.

Rules run over some hundred files at once, filings whole; only where one is violated are cells looked up and words
put together. What is judged over all filings is judged on their texts, in the end.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xltool.auditing.causes import without_silenced
from xltool.auditing.exemptions.application import apply_exemptions, findings_on_exemptions
from xltool.auditing.keys import finding_keys
from xltool.auditing.material import drafts_of, drafts_on_all, gathered, scopes_of
from xltool.auditing.plausibility.signs import glances
from xltool.auditing.portions import portions
from xltool.auditing.reading_notes import noted
from xltool.auditing.result import Audit, Score, calculated_fields
from xltool.auditing.scores import scores_of
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from xltool.auditing.exemptions.model import Exemption
    from xltool.auditing.plausibility.signs import Glance
    from xltool.auditing.tables.scopes import FormScope
    from xltool.findings import Finding
    from xltool.params import Profile
    from xltool.reader.records import FileRecord
    from xltool.text.views import Excerpt


@dataclass(slots=True)
class Verdicts:
    """What judging some files gave, filings whole: findings as in an audit, and what judging all of them needs."""

    findings: list[Finding]
    keys: list[str]
    scores: dict[str, Score]
    profiles: Mapping[str, Profile]
    computed: dict[str, array[float]]
    texts: list[Excerpt]
    """What of their texts is held against those of other filings."""
    met: set[Exemption]
    """Exemptions that met a finding."""
    glances: list[Glance]


def audit(records: Sequence[FileRecord], terms: Terms = NO_TERMS) -> Audit:
    """Check everything that was read, on these terms; forms and reports with one `filing` are one set.

    Raises ValueError for a profile that a roster names and nobody knows.
    """
    parts = [judged_alone(portion, terms) for portion in portions(records)]
    texts = [text for part in parts for text in part.texts]
    found, keys = judged_together(records, texts, terms, {granted for part in parts for granted in part.met})
    pairs = [pair for part in parts for pair in zip(part.findings, part.keys, strict=True)]
    pairs = sorted([*pairs, *zip(found, keys, strict=True)], key=lambda pair: pair[0].order)
    return Audit(
        records,
        [finding for finding, _ in pairs],
        [key for _, key in pairs],
        {key: score for part in parts for key, score in part.scores.items()},
        {key: profile for part in parts for key, profile in part.profiles.items()},
        {key: numbers for part in parts for key, numbers in part.computed.items()},
        [glance for part in parts for glance in part.glances],
    )


def judged_alone(portion: Sequence[FileRecord], terms: Terms) -> Verdicts:
    """What there is to say of some files, filings whole, without those of others.

    Raises ValueError for a profile that a roster names and nobody knows.
    """
    material = gathered(portion, terms)
    noticed_before = noted(portion, material.scopes, material.profiles)
    drafts = without_silenced([*noticed_before, *drafts_of(RULES.values(), material)])
    found, met = apply_exemptions((draft.finding for draft in drafts), portion, terms.exemptions)
    findings, scores = _in_order(found), scores_of(material.scopes, material.profiles)
    verdicts = Verdicts(
        findings,
        finding_keys(findings, portion),
        scores,
        material.profiles,
        {key: numbers for scope in material.scopes.values() for key, numbers in _computed(scope).items()},
        material.filed.excerpts,
        met,
        glances(portion, scores),
    )
    for scope in material.scopes.values():
        scope.let_go()
    return verdicts


def judged_together(
    records: Sequence[FileRecord],
    texts: Sequence[Excerpt],
    terms: Terms,
    met: Collection[Exemption],
    *,
    unjudged: Collection[str] = (),
) -> tuple[list[Finding], list[str]]:
    """What only shows where all filings lie side by side, with its keys; `met` are exemptions that met a finding.

    No rule that looks at all filings silences another, or is silenced.
    """
    drafts = drafts_on_all(RULES.values(), records, texts)
    found, late = apply_exemptions((draft.finding for draft in drafts), records, terms.exemptions)
    on_exemptions = findings_on_exemptions(terms.exemptions, records, used={*met, *late}, unjudged=unjudged)
    findings = _in_order([*found, *on_exemptions])
    return findings, finding_keys(findings, records)


def _computed(scope: FormScope) -> dict[str, array[float]]:
    """The recomputed values of the calculated fields of each submission, by its id."""
    fields = scope.form.fields
    columns = [scope.recomputed(fields[key]) for key in calculated_fields(scope.form.key)]
    rows = zip(scope.submissions, np.array(columns).T, strict=True)
    return {submission.id: array("d", row.tobytes()) for submission, row in rows}


def noticed(records: Sequence[FileRecord]) -> list[Finding]:
    """What reading alone noticed (integrity of the workbook, notation), in the order of the contract."""
    submissions = [submission for record in records for submission in record.submissions]
    profiles = {submission.id: NO_TERMS.profile_of(submission) for submission in submissions}
    return _in_order(draft.finding for draft in noted(records, scopes_of(submissions, profiles), profiles))


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.order)


__all__ = [
    "NO_TERMS",
    "Audit",
    "Score",
    "Terms",
    "Verdicts",
    "audit",
    "judged_alone",
    "judged_together",
    "noticed",
]
