"""Audit everything that was read, a portion of files after the other.

Rules run over some hundred files at once, each with whole filings; cells are looked up and messages written only where
a rule is violated. Rules that compare filings run last, on the texts of all of them.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xltool.auditing.causes.folding import fold_causes
from xltool.auditing.coverage.late import without_others
from xltool.auditing.coverage.model import CoverageChange, merged
from xltool.auditing.coverage.portion import cover_filings
from xltool.auditing.deduplication import drop_silenced
from xltool.auditing.exemptions.application import apply_exemptions, findings_on_exemptions
from xltool.auditing.keys import finding_keys
from xltool.auditing.plausibility.signs import signs_of_filings
from xltool.auditing.portions import filings_of, portions
from xltool.auditing.reading_findings import reading_findings
from xltool.auditing.result import Audit, Score, calculated_fields
from xltool.auditing.rule_inputs import prepare_inputs, run_comparing_rules, run_rules, scopes_of
from xltool.auditing.scores import scores_of
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from xltool.auditing.coverage.model import FilingCoverage
    from xltool.auditing.drafts import DraftFinding
    from xltool.auditing.exemptions.model import Exemption
    from xltool.auditing.plausibility.signs import FilingSigns
    from xltool.auditing.tables.scopes import FormScope
    from xltool.findings import Finding
    from xltool.params import Profile
    from xltool.reader.records import FileRecord
    from xltool.text.views import Excerpt


@dataclass(slots=True)
class Verdicts:
    """What judging some files gave: findings as in an audit, and what the comparison of all filings needs."""

    findings: list[Finding]
    keys: list[str]
    scores: dict[str, Score]
    profiles: Mapping[str, Profile]
    computed: dict[str, array[float]]
    texts: list[Excerpt]
    """The texts that are compared with those of other filings."""
    met: set[Exemption]
    """Exemptions that met a finding."""
    signs: list[FilingSigns]
    coverage: list[FilingCoverage]


@dataclass(slots=True)
class AcrossFilings:
    """What comparing all filings gave: findings with their keys, and what they change in the coverage of filings."""

    findings: list[Finding]
    keys: list[str]
    changes: list[CoverageChange]


def audit(records: Sequence[FileRecord], terms: Terms = NO_TERMS) -> Audit:
    """Check everything that was read, on these terms; forms and reports with one `filing` are one set.

    Raises ValueError for a profile that a roster names and nobody knows.
    """
    parts = [judge_filings(portion, terms) for portion in portions(records)]
    texts = [text for part in parts for text in part.texts]
    across = judge_across_filings(records, texts, terms, {granted for part in parts for granted in part.met})
    pairs = [pair for part in parts for pair in zip(part.findings, part.keys, strict=True)]
    pairs = sorted([*pairs, *zip(across.findings, across.keys, strict=True)], key=lambda pair: pair[0].order)
    coverages = [coverage for part in parts for coverage in part.coverage]
    return Audit(
        records,
        [finding for finding, _ in pairs],
        [key for _, key in pairs],
        {key: score for part in parts for key, score in part.scores.items()},
        {key: profile for part in parts for key, profile in part.profiles.items()},
        {key: numbers for part in parts for key, numbers in part.computed.items()},
        [signs for part in parts for signs in part.signs],
        tuple(merged(coverages, across.changes, tuple(RULES)).values()),
    )


def judge_filings(portion: Sequence[FileRecord], terms: Terms) -> Verdicts:
    """Judge some files, which hold whole filings, without looking at other files.

    Raises ValueError for a profile that a roster names and nobody knows.
    """
    inputs = prepare_inputs(portion, terms)
    from_reading = reading_findings(portion, inputs.scopes, inputs.profiles)
    every = [*from_reading, *run_rules(RULES.values(), inputs)]
    kept = drop_silenced(every)
    applied, met = apply_exemptions((draft.finding for draft in kept), portion, terms.exemptions)
    drafts = _with_keys(
        (
            draft if finding is draft.finding else replace(draft, finding=finding)
            for draft, finding in zip(kept, applied, strict=True)
        ),
        portion,
    )
    drafts = sorted(fold_causes(drafts, inputs), key=lambda draft: draft.finding.order)
    findings, scores = [draft.finding for draft in drafts], scores_of(inputs.scopes, inputs.profiles)
    verdicts = Verdicts(
        findings=findings,
        keys=[draft.key for draft in drafts],
        scores=scores,
        profiles=inputs.profiles,
        computed={key: numbers for scope in inputs.scopes.values() for key, numbers in _computed(scope).items()},
        texts=inputs.filed.excerpts,
        met=met,
        signs=signs_of_filings(portion, scores),
        coverage=cover_filings(portion, inputs, terms, every=every, kept=kept),
    )
    for scope in inputs.scopes.values():
        scope.release_tables()
    return verdicts


def _with_keys(drafts: Iterable[DraftFinding], records: Sequence[FileRecord]) -> list[DraftFinding]:
    """The drafts in their order, each given its key."""
    ordered = sorted(drafts, key=lambda draft: draft.finding.order)
    keys = finding_keys([draft.finding for draft in ordered], records)
    for draft, key in zip(ordered, keys, strict=True):
        draft.key = key
    return ordered


def judge_across_filings(
    records: Sequence[FileRecord],
    texts: Sequence[Excerpt],
    terms: Terms,
    met: Collection[Exemption],
    *,
    unjudged: Collection[str] = (),
) -> AcrossFilings:
    """Judge what only shows when all filings are compared.

    `met` are exemptions that met a finding. `unjudged` are filings of which something could not be judged: their
    exemptions are not called unused. No rule that compares filings silences another one, or is silenced.
    """
    drafts = run_comparing_rules(RULES.values(), records, texts)
    applied, late = apply_exemptions((draft.finding for draft in drafts), records, terms.exemptions)
    on_exemptions = findings_on_exemptions(terms.exemptions, records, used={*met, *late}, unjudged=unjudged)
    findings = _in_order([*applied, *(finding for finding, _ in on_exemptions)])
    changes = [CoverageChange(draft.filing, draft.rule.code) for draft in drafts]
    changes += [
        CoverageChange(filing, finding.rule) for finding, filings in on_exemptions for filing in sorted(filings)
    ]
    if len({text.names for text in texts}) <= 1:
        changes += without_others(dict.fromkeys(filing for record in records for filing in sorted(filings_of(record))))
    return AcrossFilings(findings, finding_keys(findings, records), changes)


def _computed(scope: FormScope) -> dict[str, array[float]]:
    """The recomputed values of the calculated fields of each submission, by its id."""
    fields = scope.form.fields
    columns = [scope.recomputed(fields[key]) for key in calculated_fields(scope.form.key)]
    rows = zip(scope.submissions, np.array(columns).T, strict=True)
    return {submission.id: array("d", row.tobytes()) for submission, row in rows}


def findings_of_reading(records: Sequence[FileRecord]) -> list[Finding]:
    """Findings on what reading alone noticed (integrity of the workbook, notation), in the order of the contract."""
    submissions = [submission for record in records for submission in record.submissions]
    profiles = {submission.id: NO_TERMS.profile_of(submission) for submission in submissions}
    return _in_order(draft.finding for draft in reading_findings(records, scopes_of(submissions, profiles), profiles))


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.order)
