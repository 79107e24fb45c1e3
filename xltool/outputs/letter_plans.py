"""退回通知 and 催报通知: which departments get a letter, and what it says. `letters` writes it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.auditing.rounds.outcomes import Outcome
from xltool.findings import keyed_on_files
from xltool.roster.inbox import ReceiptState
from xltool.storage import files
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from xltool.auditing.rounds.outcomes import Step
    from xltool.findings import Finding
    from xltool.outputs.model import FilingRow, FindingStates, Review, SubmissionOrigin
    from xltool.roster.inbox import Inbox, Receipt
    from xltool.roster.model import Bureau

    FindingsOnFile = Callable[[str], Sequence[tuple[str, Finding]]]
    """Gives the findings on a file with their keys."""

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


class LetterForm(NamedTuple):
    """What letters call the form of a submission, and the filing it belongs to, "" for none."""

    name: str
    filing: str


@dataclass(frozen=True, slots=True)
class LetterOutline:
    """A letter without its findings, and what it takes to add them; it can be sent to another process.

    `paths` are the files with findings to go through, `forms` the forms that these are on, by submission, and `owned`
    are those of the files of which the filing has what is about the whole file.
    """

    content: LetterContent
    filing: str = ""
    paths: tuple[str, ...] = ()
    forms: Mapping[str, LetterForm] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()

    def complete(self, on_file: FindingsOnFile, states: FindingStates) -> LetterContent:
        """All that the letter says; `on_file` gives the findings on a file with their keys."""
        unusable = {file.path for file in self.content.debt.files}  # they are listed with the forms that are owed
        matters = (
            LetterMatter(self._form_name(finding), finding, states.explained.get(key, ""))
            for path in self.paths
            if path not in unusable
            for key, finding in on_file(path)
            if states.ask(key, finding) and self._has(finding)
        )
        return replace(self.content, findings=tuple(matters))

    def _has(self, finding: Finding) -> bool:
        """Whether a finding belongs to the filing: by its form, or by its file if it is about the whole file."""
        form = self.forms.get(finding.submission or "")
        return form.filing == self.filing if form and form.filing else finding.path in self.owned

    def _form_name(self, finding: Finding) -> str:
        """The name of a finding's form; of a finding that belongs to no form, its sheet or file."""
        form = self.forms.get(finding.submission or "")
        return form.name if form else finding.sheet or finding.path.rpartition("/")[2]


@dataclass(frozen=True)
class PlannedLetter:
    """A letter that is to be written: its file's name, and its outline, to which findings are added later.

    `paths` are the files with findings that the letter is about.
    """

    name: str
    department: str
    paths: tuple[str, ...]
    outline: LetterOutline
    _read: Callable[[LetterOutline], LetterContent]

    @property
    def content(self) -> LetterContent:
        """All that the letter says."""
        return self._read(self.outline)


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
            outline = matters.returned(name, filing, debt)
            planned.append(PlannedLetter(name, debt.department, matters.paths(filing), outline, matters.complete))
    for debt in debts.values():
        if debt.missing:
            name = _file_name(LetterKind.REMINDER, debt.department, names)
            paths = tuple(file.path for file in debt.files)
            outline = LetterOutline(matters.reminder(name, debt))
            planned.append(PlannedLetter(name, debt.department, paths, outline, matters.complete))
    return planned


class _Matters:
    """What letters have to say about each filing of a review: errors, warnings, outcomes of earlier findings.

    Findings are gone through once, for the paths and forms of each filing; those of a letter are read from their
    files' findings when its content is asked for, because they may lie on the disk.
    """

    def __init__(self, review: Review) -> None:
        self._review, self._on_file = review, keyed_on_files(review.findings, review.keys)
        self._paths: dict[str | None, dict[str, None]] = defaultdict(dict)
        self._forms: dict[str, set[str]] = defaultdict(set)
        keys = iter(review.keys if review.context.settled else ())  # they may lie on the disk
        self._concerned: dict[str | None, dict[str, None]] = defaultdict(dict)
        asks = review.context.states.ask
        for finding in review.findings:
            if asks(next(keys, ""), finding):
                filing = review.filing_of(finding)
                self._paths[filing][finding.path] = None
                self._concerned[filing] |= dict.fromkeys(place.path for place in finding.related)
                if finding.submission and finding.submission in review.submissions:
                    self._forms[finding.path].add(finding.submission)
        self._steps: dict[str, list[Step]] = defaultdict(list)
        for step in review.context.steps or ():
            if step.became is not Outcome.NEW:
                self._steps[step.filing].append(step)

    def has_any(self, filing: str) -> bool:
        """Whether there is an error, a warning or an open finding of the review before."""
        return filing in self._paths or any(step.became in OPEN for step in self._steps[filing])

    def paths(self, filing: FilingRow) -> tuple[str, ...]:
        """The files of a filing that have errors or warnings, and those that these concern."""
        own, concerned = self._paths.get(filing.id, {}), self._concerned.get(filing.id, ())
        return (*own, *(path for path in concerned if path in filing.files and path not in own))

    def complete(self, outline: LetterOutline) -> LetterContent:
        """All that a letter says."""
        return outline.complete(self._on_file, self._review.context.states)

    def returned(self, name: str, filing: FilingRow, debt: Debt) -> LetterOutline:
        """The letter that returns a filing."""
        review = self._review
        content = LetterContent(
            name=name,
            kind=LetterKind.RETURNED,
            department=debt.department,
            year=filing.year or review.year,
            made_at=review.made_at,
            refile_by=review.context.refile_by,
            bureau=review.context.bureau,
            debt=debt,
            forms=sum(filing.forms.values()),
            steps=tuple(self._steps[filing.id]),
        )
        paths = tuple(self._paths.get(filing.id, ()))
        forms = {each: _form(review.submissions[each]) for path in paths for each in sorted(self._forms[path])}
        owned = frozenset(path for path in paths if review.owner(path) == filing.id)
        return LetterOutline(content, filing.id, paths, forms, owned)

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


def _form(origin: SubmissionOrigin) -> LetterForm:
    """What letters call the form of a submission."""
    name = f"{origin.form}（{origin.project}）" if origin.project else origin.form
    return LetterForm(name, origin.filing or "")


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
    return files.free_place(f"{kind.value}_{safe_name(department)}.docx", used)
