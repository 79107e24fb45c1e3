"""The rows of filings: those that came in, and departments of the roster that filed nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from xltool.auditing.coverage.model import RuleState
from xltool.forms import base_data, key_of, role_of, self_review
from xltool.forms.model import Role
from xltool.normalize import fold
from xltool.outputs.model import OUTSIDE, FilingRow, ProjectScore
from xltool.outputs.reviewing.owners import filings_by_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.auditing.result import Audit, Score
    from xltool.reader.records import NarrativeReport, Submission
    from xltool.roster.inbox import Account, Inbox

_DEPARTMENT_FORMS: Final = (key_of(Role.BASE_DATA), key_of(Role.DEPARTMENT_REVIEW))


def filing_rows(audit: Audit, inbox: Inbox | None) -> tuple[FilingRow, ...]:
    """The filings without counts of findings: first those of a roster, in its order and under its names.

    The others follow by id. A department of the roster that filed nothing has a row, too.
    """
    groups: dict[str, tuple[list[Submission], list[NarrativeReport]]] = defaultdict(lambda: ([], []))
    for submission in audit.submissions:
        groups[submission.filing][0].append(submission)
    for record in audit.records:
        for narrative_report in record.narrative_reports:
            groups[narrative_report.filing][1].append(narrative_report)
    accounts = {} if inbox is None else {account.filing: account for account in inbox.accounts}
    files: dict[str, list[str]] = defaultdict(list)
    for path, filing in filings_by_path(audit, inbox).items():
        files[filing].append(path)
    otherwise = "" if inbox is None else OUTSIDE
    rows = [
        _with_account(replace(_filing(key, *same, audit), status=otherwise), accounts.get(key))
        for key, same in groups.items()
    ]
    rows += [_silent(account) for filing, account in accounts.items() if filing not in groups]
    places = {filing: number for number, filing in enumerate(accounts)}
    rows.sort(key=lambda row: (places.get(row.id, len(places)), row.id))
    undecided = {coverage.filing: coverage.count(RuleState.UNDECIDED) for coverage in audit.coverage}
    return tuple(
        replace(row, files=tuple(dict.fromkeys((*row.files, *files[row.id]))), undecided=undecided.get(row.id))
        for row in rows
    )


def _with_account(row: FilingRow, account: Account | None) -> FilingRow:
    """The row with what its department owes; without a roster, the forms of the department that are not there."""
    if account is None:
        return replace(row, missing=tuple(form for form in _DEPARTMENT_FORMS if not row.forms.get(form)))
    return replace(row, department=account.department, status=account.status, missing=account.missing)


def _silent(account: Account) -> FilingRow:
    """The row of a department of which nothing came in that could be read."""
    return _with_account(FilingRow(account.filing, account.department, filed=False), account)


def _filing(
    key: str, same: Sequence[Submission], narrative_reports: Sequence[NarrativeReport], audit: Audit
) -> FilingRow:
    main = next((submission for submission in same if role_of(submission.form) is Role.DEPARTMENT_REVIEW), None)
    base = next((submission for submission in same if role_of(submission.form) is Role.BASE_DATA), None)
    sources: list[Submission | NarrativeReport] = [*same, *narrative_reports]
    named = [source for source in (main, base, *sources) if source is not None]
    score = audit.scores.get(main.id) if main else None
    own_names = (key, *(submission.department for submission in (main, base) if submission is not None))
    return FilingRow(
        key,
        next((source.full_department for source in named if source.department), "") or key,
        next((source.year for source in named if source.year is not None), None),
        Counter(submission.form for submission in same),
        tuple(dict.fromkeys(source.path for source in sources)),
        score_filed=score.filed if score else None,
        score_recomputed=score.recomputed if score else None,
        grade=score.grade if score else None,
        execution_rate=audit.recomputed(main, self_review.year.rate) if main else None,
        control_rate=audit.recomputed(base, base_data.control) if base else None,
        issued_to=_issued_to(same, own_names),
        three_public=_three_public(audit, base),
        grade_filed=_own_grade(main, score, audit) if main else None,
        budget=score.budget if score else None,
        executed=score.executed if score else None,
        projects=tuple(_projects(same, audit.scores)),
    )


def _own_grade(main: Submission, score: Score | None, audit: Audit) -> str | None:
    """The grade of the score that a department gave itself."""
    return None if score is None or score.filed is None else audit.profiles[main.id].grade(score.filed)


def _projects(same: Sequence[Submission], scores: Mapping[str, Score]) -> Iterable[ProjectScore]:
    """The scores of the projects of a filing."""
    for submission in same:
        if role_of(submission.form) is Role.PROJECT_REVIEW and submission.id in scores:
            score = scores[submission.id]
            yield ProjectScore(submission.project, score.filed, score.recomputed)


def _issued_to(same: Sequence[Submission], names: Sequence[str]) -> str:
    """The department whose template was filled in, if it is neither one of `names` nor a department above it."""
    own = [fold(name) for name in names]
    others = (form.issued_to for form in same if form.issued_to and form.issued_to != form.department)
    return next((other for other in others if not any(name.startswith(fold(other)) for name in own)), "")


def _three_public(audit: Audit, base: Submission | None) -> tuple[float | None, float | None, float | None]:
    """三公经费 as recomputed: 上年决算数, 本年预算数, 本年决算数."""
    last, budget, actual = (audit.recomputed(base, item) if base else None for item in base_data.three_public)
    return last, budget, actual
