"""The coverage of the filings that are judged together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.auditing.coverage.filings import Filed, coverage_of
from xltool.auditing.portions import filings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.auditing.coverage.model import FilingCoverage
    from xltool.auditing.drafts import DraftFinding
    from xltool.auditing.rule_inputs import RuleInputs
    from xltool.auditing.terms import Terms
    from xltool.reader.records import FileRecord, Submission


def cover_filings(
    portion: Sequence[FileRecord],
    inputs: RuleInputs,
    terms: Terms,
    *,
    every: Iterable[DraftFinding],
    kept: Iterable[DraftFinding],
) -> list[FilingCoverage]:
    """The coverage of the filings in some files, in their order, after the rules were run on `inputs`.

    `every` are all findings, `kept` those of them whose cause no other finding names.
    """
    by_path = {record.path: filings_of(record) for record in portion}
    reported = _codes(kept, by_path)
    silenced = {filing: codes.keys() - reported[filing].keys() for filing, codes in _codes(every, by_path).items()}
    forms: dict[str, list[Submission]] = defaultdict(list)
    reports = set()
    for record in portion:
        for submission in record.submissions:
            forms[submission.filing].append(submission)
        for report in record.narrative_reports:
            forms[report.filing] += []
            reports.add(report.filing)
    filings = [
        Filed(name, same, name in reports, reported[name], sorted(silenced.get(name, ())), name in terms.unread)
        for name, same in forms.items()
    ]
    exempting = terms.exemptions is not None
    return coverage_of(inputs.asked, inputs.scopes, filings, has_prior=terms.has_prior, has_exemptions=exempting)


def _codes(drafts: Iterable[DraftFinding], by_path: Mapping[str, Iterable[str]]) -> dict[str, dict[str, None]]:
    """The rules with a finding, by filing; a finding on a file as a whole counts for every filing in it."""
    codes: dict[str, dict[str, None]] = defaultdict(dict)
    for draft in drafts:
        for filing in (draft.filing,) if draft.filing else by_path.get(draft.finding.path, ()):
            codes[filing][draft.rule.code] = None
    return codes
