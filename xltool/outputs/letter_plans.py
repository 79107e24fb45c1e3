"""退回通知 and 催报通知: which departments get a letter, and what it says. `letters` writes it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.auditing.rounds.outcomes import Outcome
from xltool.findings import keyed_on_files
from xltool.roster.inbox import ReceiptState
from xltool.storage import files
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from xltool.auditing.rounds.outcomes import Step
    from xltool.findings import Finding
    from xltool.outputs.model import FilingRow, Review
    from xltool.roster.inbox import Inbox, Receipt
    from xltool.roster.model import Bureau

UNUSABLE: Final = frozenset({ReceiptState.WRONG_YEAR, ReceiptState.UNREADABLE})
"""States of received files that cannot stand for a form that is owed."""
OPEN: Final = frozenset({Outcome.UNRESOLVED, Outcome.NOT_RESUBMITTED})
"""Outcomes of earlier findings that the department still has to settle."""


class LetterKind(StrEnum):
    """The two kinds of letters, as their files are called."""

    RETURNED = "退回通知"
    REMINDER = "催报通知"


@dataclass(frozen=True, slots=True)
class Debt:
    """The forms that a department of the roster still owes, and the unusable files that it sent for them."""

    department: str
    missing: tuple[str, ...] = ()
    files: tuple[Receipt, ...] = ()


class LetterMatter(NamedTuple):
    """A finding in a letter: the name of its form, and what the department explained on it."""

    form: str
    finding: Finding
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class LetterContent:
    """All that a letter says; it can be sent to another process.

    `name` is the name of the letter's file. `forms` counts the forms that were filed.
    """

    name: str
    kind: LetterKind
    department: str
    year: int | None
    made_at: datetime
    refile_by: date | None
    bureau: Bureau
    debt: Debt
    forms: int = 0
    findings: tuple[LetterMatter, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class PlannedLetter:
    """A letter that is to be written: its file's name, and its content, which is read when it is asked for.

    `paths` are the files with findings that the letter is about.
    """

    name: str
    department: str
    paths: tuple[str, ...]
    _read_content: Callable[[], LetterContent]

    @property
    def content(self) -> LetterContent:
        """All that the letter says."""
        return self._read_content()


def plan_letters(review: Review) -> list[PlannedLetter]:
    """Plan a letter for each filing with errors or warnings, open findings of an earlier review, or missing forms.

    Departments of the roster that filed no form are reminded; their letters come last.
    """
    matters = _Matters(review)
    debts = _debts(review.context.inbox)
    names: set[str] = set()
    planned: list[PlannedLetter] = []
    for filing in review.filings:
        if not filing.filed:
            continue
        debt = debts.pop(filing.id, Debt(filing.department))
        if debt.missing or matters.has_any(filing.id):
            name = _file_name(LetterKind.RETURNED, debt.department, names)
            paths = matters.paths(filing.id)
            planned.append(PlannedLetter(name, debt.department, paths, partial(matters.returned, name, filing, debt)))
    for debt in debts.values():
        if debt.missing:
            name = _file_name(LetterKind.REMINDER, debt.department, names)
            paths = tuple(file.path for file in debt.files)
            planned.append(PlannedLetter(name, debt.department, paths, partial(matters.reminder, name, debt)))
    return planned


class _Matters:
    """What letters have to say about each filing of a review: errors, warnings, outcomes of earlier findings.

    Findings are gone through once, for the paths of each filing; those of a letter are read from their files' findings
    when its content is asked for, because they may lie on the disk.
    """

    def __init__(self, review: Review) -> None:
        self._review, self._on_file = review, keyed_on_files(review.findings, review.keys)
        self._paths: dict[str | None, dict[str, None]] = defaultdict(dict)
        keys = iter(review.keys if review.context.settled else ())  # they may lie on the disk
        self._concerned: dict[str | None, dict[str, None]] = defaultdict(dict)
        for finding in review.findings:
            if review.context.asks(next(keys, ""), finding):
                filing = review.filing_of(finding)
                self._paths[filing][finding.path] = None
                self._concerned[filing] |= dict.fromkeys(place.path for place in finding.related)
        self._steps: dict[str, list[Step]] = defaultdict(list)
        for step in review.context.steps or ():
            if step.became is not Outcome.NEW:
                self._steps[step.filing].append(step)

    def has_any(self, filing: str) -> bool:
        """Whether there is an error, a warning or an open finding of the review before."""
        return filing in self._paths or any(step.became in OPEN for step in self._steps[filing])

    def paths(self, filing: str) -> tuple[str, ...]:
        """The files of a filing that have errors or warnings, and those that these concern."""
        own = self._paths.get(filing, {})
        files = next((row.files for row in self._review.filings if row.id == filing), ())
        return (*own, *(path for path in self._concerned.get(filing, ()) if path in files and path not in own))

    def returned(self, name: str, filing: FilingRow, debt: Debt) -> LetterContent:
        """The content of the letter that returns a filing."""
        review = self._review
        unusable = {file.path for file in debt.files}  # they are listed with the forms that are owed
        return LetterContent(
            name=name,
            kind=LetterKind.RETURNED,
            department=debt.department,
            year=filing.year or review.year,
            made_at=review.made_at,
            refile_by=review.context.refile_by,
            bureau=review.context.bureau,
            debt=debt,
            forms=sum(filing.forms.values()),
            findings=tuple(matter for matter in self._matters(filing.id) if matter.finding.path not in unusable),
            steps=tuple(self._steps[filing.id]),
        )

    def reminder(self, name: str, debt: Debt) -> LetterContent:
        """The content of the letter to a department that filed no form."""
        review = self._review
        return LetterContent(
            name=name,
            kind=LetterKind.REMINDER,
            department=debt.department,
            year=review.year,
            made_at=review.made_at,
            refile_by=review.context.refile_by,
            bureau=review.context.bureau,
            debt=debt,
        )

    def _matters(self, filing: str) -> Iterator[LetterMatter]:
        """The findings of a filing that still ask for something."""
        review, context = self._review, self._review.context
        for path in self._paths.get(filing, ()):
            for key, finding in self._on_file(path):
                if context.asks(key, finding) and review.filing_of(finding) == filing:
                    yield LetterMatter(_form_name(review, finding), finding, context.explained.by_key.get(key, ""))


def _form_name(review: Review, finding: Finding) -> str:
    """The name of a finding's form; of a finding that belongs to no form, its sheet or file."""
    origin = review.submissions.get(finding.submission or "")
    if origin:
        return f"{origin.form}（{origin.project}）" if origin.project else origin.form
    return finding.sheet or finding.path.rpartition("/")[2]


def _debts(inbox: Inbox | None) -> dict[str, Debt]:
    """What each department of the roster owes, by the id of its filing."""
    if inbox is None:
        return {}
    unusable: dict[str, list[Receipt]] = defaultdict(list)
    for file in inbox.receipts:
        if file.state in UNUSABLE:
            unusable[file.code].append(file)
    debts: dict[str, Debt] = {}
    for account in inbox.accounts:
        files = tuple(unusable[account.code]) if account.missing else ()
        debts[account.filing] = Debt(account.department, account.missing, files)
    return debts


def _file_name(kind: LetterKind, department: str, used: set[str]) -> str:
    """A file name that no letter in `used` has, and add it there."""
    stem = f"{kind.value}_{safe_name(department)}"
    name, number = stem, 1
    while files.same_name(name) in used:
        number += 1
        name = f"{stem}({number})"
    used.add(files.same_name(name))
    return f"{name}.docx"
