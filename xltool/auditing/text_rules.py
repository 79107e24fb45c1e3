"""Rules on texts and whole forms: hits of their judges as findings."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.auditing.drafts import RELATED_LIMIT, DraftFinding, fill_message
from xltool.auditing.filings import by_filing
from xltool.auditing.tables.views import filing_view
from xltool.findings import Finding, Place
from xltool.forms.words import BLANK, item_of, shorten, show
from xltool.params import DEFAULT
from xltool.rules.filing.excerpts import excerpts
from xltool.rules.needs import can_ask, gaps_of
from xltool.text.views import FieldRef, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xltool.auditing.coverage.asked import Asked
    from xltool.findings import Severity
    from xltool.params import Profile
    from xltool.reader.records import FiledCell, FileRecord, NarrativeReport, Submission
    from xltool.rules.model import Rule
    from xltool.text.views import Excerpt, FilingView, Hit


class FiledForms(Struct):
    """What was filed, by filing and by id; forms of last year are there by their ids too."""

    submissions: dict[str, Submission]
    reports: dict[str, NarrativeReport]
    views: dict[str, FilingView]
    """As frame rules see them, by filing."""

    @property
    def excerpts(self) -> list[Excerpt]:
        """What of the filings is held against each other, which is all that is held of all of them at once."""
        return [excerpt for view in self.views.values() for excerpt in excerpts(view)]


def filed_in(records: Sequence[FileRecord], prior: Sequence[Submission], profiles: Mapping[str, Profile]) -> FiledForms:
    """What files hold, with the filings as frame rules see them, each with last year's where there is one.

    `profiles` are those that filings are scored by; the default holds for others.
    """
    submissions = [submission for record in records for submission in record.submissions]
    reports = [report for record in records for report in record.narrative_reports]
    filings: dict[str, tuple[list[Submission], list[NarrativeReport]]] = defaultdict(lambda: ([], []))
    for submission in submissions:
        filings[submission.filing][0].append(submission)
    for report in reports:
        filings[report.filing][1].append(report)
    last = by_filing(prior)
    views = {
        filing: filing_view(*same, last.get(filing, ()), profiles.get(filing, DEFAULT))
        for filing, same in filings.items()
    }
    return FiledForms(
        {submission.id: submission for submission in (*prior, *submissions)},
        {report.id: report for report in reports},
        views,
    )


def judge_texts(rules: Sequence[Rule], filed: FiledForms, asked: Asked) -> Iterator[DraftFinding]:
    """Findings of the rules that are judged filing by filing; `asked` is added what each was asked of.

    All are asked of one filing before the next: what one of them makes of its texts is at hand for the others.
    """
    functions = [rule for rule in rules if rule.needs]
    # Many rules have the same needs, those of a narrative report for example.
    distinct = {id(rule.needs): rule.needs for rule in functions}
    for filing, view in filed.views.items():
        gaps = asked.gaps[filing] = {number: gaps_of(needs, view) for number, needs in distinct.items()}
        for rule in functions:
            for hit in rule.judge(view) if rule.judge is not None and can_ask(gaps[id(rule.needs)]) else ():
                yield _from_hit(rule, hit, filed)


def judge_all_texts(
    rules: Iterable[Rule], texts: Sequence[Excerpt], submissions: dict[str, Submission]
) -> Iterator[DraftFinding]:
    """Findings of the rules that are judged over all filings at once, on their texts; with the forms by their ids."""
    filed = FiledForms(submissions, {}, {})
    for rule in rules:
        if rule.batch_judge is not None:
            for hit in rule.batch_judge(texts):
                yield _from_hit(rule, hit, filed)


def _from_hit(rule: Rule, hit: Hit, filed: FiledForms) -> DraftFinding:
    if isinstance(hit.at, Passage):
        return _in_report(rule, hit, hit.at, filed)
    return _on_form(rule, hit, hit.at, filed)


def _in_report(rule: Rule, hit: Hit, at: Passage, filed: FiledForms) -> DraftFinding:
    """A finding on a report: its file, no cell; the sentence is in the message."""
    report = filed.reports[at.view.submission]
    finding = Finding(
        rule=rule.code,
        severity=_severity(rule, hit, filed),
        path=report.path,
        message=fill_message(rule.message, {"filed": at.filed, "expected": hit.expected or BLANK, **hit.words}),
        advice=rule.advice,
        basis=rule.basis,
        field=at.field.key if at.field else None,
        actual=at.filed,
        expected=hit.expected,
        related=_related(hit, filed),
    )
    return DraftFinding(finding, rule, report.filing)


def _severity(rule: Rule, hit: Hit, filed: FiledForms) -> Severity:
    """The severity of a finding: a warning at most where a value that it rests on was read with a doubt."""
    spots = [spot for spot in (hit.at, *hit.also) if isinstance(spot, FieldRef)]
    severity = rule.graded(hit.severity)
    return severity.without_error if any(_is_doubtful(spot, filed) for spot in spots) else severity


def _is_doubtful(spot: FieldRef, filed: FiledForms) -> bool:
    submission = filed.submissions[spot.view.submission]
    if not submission.doubtful:
        return False
    cell = _filed_at(spot, submission)
    return spot.field.key in submission.doubtful or (cell is not None and cell.cell in submission.doubtful)


def _related(hit: Hit, filed: FiledForms) -> tuple[Place, ...]:
    """The cells that belong to a finding, those there are."""
    places = []
    for spot in hit.also:
        other = filed.submissions[spot.view.submission]
        cell = _filed_at(spot, other)
        places.append(Place(other.path, *other.place(None if cell is None else cell.cell)))
    return tuple(place for place in dict.fromkeys(places) if place.cell is not None)[:RELATED_LIMIT]


def _on_form(rule: Rule, hit: Hit, at: FieldRef, filed: FiledForms) -> DraftFinding:
    submission = filed.submissions[at.view.submission]
    cell, value = _address(at, submission)
    words = {"item": item_of(at.field), "filed": value, "expected": hit.expected or BLANK, **hit.words}
    sheet, address = submission.place(cell)
    finding = Finding(
        rule=rule.code,
        severity=_severity(rule, hit, filed),
        path=submission.path,
        message=fill_message(rule.message, words),
        advice=rule.advice,
        basis=rule.basis,
        submission=submission.id,
        sheet=sheet,
        cell=address,
        field=at.field.key,
        actual=None if value == BLANK else value,
        expected=hit.expected,
        related=_related(hit, filed),
    )
    return DraftFinding(finding, rule, submission.filing, [words["item"]])


def _address(spot: FieldRef, submission: Submission) -> tuple[str | None, str]:
    """The cell of a spot, and what stands there."""
    filed = _filed_at(spot, submission)
    if filed is None:
        return None, BLANK
    shown = (
        show(filed.value, spot.field.kind) if isinstance(filed.value, float) else shorten(str(filed.value or BLANK), 40)
    )
    return filed.cell, shown


def _filed_at(spot: FieldRef, submission: Submission) -> FiledCell | None:
    if spot.row is None:
        return submission.values.get(spot.field.key)
    rows = (row for row in submission.rows if row.table == spot.field.table)
    return next(islice(rows, spot.row, None)).cells.get(spot.field.key)
