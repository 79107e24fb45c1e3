"""退回通知 and 催报通知: who is written to, and about what; `letters` puts it on paper."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from xltool.auditing.rounds.comparison import Became
from xltool.findings import Severity, on_files
from xltool.roster.inbox import State, filing_label
from xltool.storage import files
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from xltool.auditing.rounds.comparison import Step
    from xltool.findings import Finding
    from xltool.outputs.model import FilingRow, Review
    from xltool.roster.inbox import Inbox, Receipt

UNUSABLE: Final = frozenset({State.WRONG_YEAR, State.UNREADABLE})
"""Of what came in, what cannot stand for the form that is owed."""
OPEN: Final = frozenset({Became.STANDING, Became.NOT_FILED_AGAIN})


class Kind(StrEnum):
    """What a letter is called."""

    RETURNED = "退回通知"
    REMINDER = "催报通知"


@dataclass(frozen=True, slots=True)
class Debt:
    """The forms a department of the roster still owes, and what it sent that cannot stand for them."""

    department: str
    missing: tuple[str, ...] = ()
    files: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """All a letter is written from, so that another process can write it.

    `name` is its file's; `forms` counts what was filed, and each finding has the name of its form before it.
    """

    name: str
    kind: Kind
    department: str
    year: int | None
    made_at: datetime
    deadline: date | None
    debt: Debt
    forms: int = 0
    findings: tuple[tuple[str, Finding], ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter that is to be written: its name, and what it is about, put together when it is asked for."""

    name: str
    _matter: Callable[[], Matter]

    @property
    def matter(self) -> Matter:
        """All it is written from."""
        return self._matter()


def letters(review: Review) -> list[Letter]:
    """A letter for each filing with errors or warnings, with an earlier finding not settled or with a form still owed.

    Departments of the roster of which no form came in are reminded; their letters come last.
    """
    told_of = _Told(review)
    debts = _debts(review.context.inbox)
    names: set[str] = set()
    found: list[Letter] = []
    for filing in review.filings:
        debt = debts.pop(filing.id, Debt(filing.department))
        if told_of.any_of(filing.id) or debt.missing or any(one.became in OPEN for one in told_of.steps[filing.id]):
            name = _name(Kind.RETURNED, debt.department, names)
            found.append(Letter(name, partial(told_of.returned, name, filing, debt)))
    for debt in debts.values():
        if debt.missing:
            name = _name(Kind.REMINDER, debt.department, names)
            found.append(Letter(name, partial(told_of.reminded, name, debt)))
    return found


class _Told:
    """What there is to tell of each filing of a review: its errors and warnings, and what became of earlier ones."""

    def __init__(self, review: Review) -> None:
        self._review, self._on = review, on_files(review.findings)
        self._paths: dict[str | None, dict[str, None]] = defaultdict(dict)
        for finding in review.findings:
            if finding.severity is not Severity.INFO:
                self._paths[review.filing_of(finding)][finding.path] = None
        self.steps: dict[str, list[Step]] = defaultdict(list)
        for step in review.context.steps or ():
            if step.became is not Became.NEW:
                self.steps[step.filing].append(step)

    def any_of(self, filing: str) -> bool:
        """Whether there is an error or a warning."""
        return filing in self._paths

    def returned(self, name: str, filing: FilingRow, debt: Debt) -> Matter:
        """What a filing is returned for."""
        review = self._review
        found = tuple((_form(review, finding), finding) for finding in self._findings(filing.id))
        year, forms = filing.year or review.year, sum(filing.forms.values())
        when = review.made_at, review.context.deadline
        return Matter(
            name, Kind.RETURNED, debt.department, year, *when, debt, forms, found, tuple(self.steps[filing.id])
        )

    def reminded(self, name: str, debt: Debt) -> Matter:
        """What a department of which no form came in is reminded of."""
        review = self._review
        return Matter(name, Kind.REMINDER, debt.department, review.year, review.made_at, review.context.deadline, debt)

    def _findings(self, filing: str) -> Iterator[Finding]:
        for path in self._paths.get(filing, ()):
            for finding in self._on(path):
                if finding.severity is not Severity.INFO and self._review.filing_of(finding) == filing:
                    yield finding


def _form(review: Review, finding: Finding) -> str:
    """What the form of a finding is called; of one that belongs to no form, its sheet or file."""
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
    found: dict[str, Debt] = {}
    for account in inbox.accounts:
        files = tuple(unusable[account.code]) if account.missing else ()
        found[filing_label(account.department, inbox.year)] = Debt(account.department, account.missing, files)
    return found


def _name(kind: Kind, department: str, taken: set[str]) -> str:
    stem = f"{kind.value}_{safe_name(department)}"
    name, number = stem, 1
    while files.same_name(name) in taken:
        number += 1
        name = f"{stem}({number})"
    taken.add(files.same_name(name))
    return f"{name}.docx"
