"""退回通知 and 催报通知: who is written to, and about what; `letters` puts it on paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from xltool.auditing.rounds import Became
from xltool.blank import safe_name
from xltool.findings import Severity
from xltool.inbox import State, filing_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from xltool.auditing.rounds import Step
    from xltool.findings import Finding
    from xltool.inbox import Inbox, Receipt
    from xltool.reports.model import Review

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


def matters(review: Review) -> Iterator[Matter]:
    """A letter for each filing with errors or warnings, with an earlier finding not settled or with a form still owed.

    Departments of the roster of which no form came in are reminded; their letters come last.
    """
    mine: dict[str | None, list[Finding]] = {filing.id: [] for filing in review.filings}
    for finding in review.findings:
        if finding.severity is not Severity.INFO:
            mine.setdefault(review.filing_of(finding), []).append(finding)
    steps: dict[str, list[Step]] = {}
    for step in review.told.steps or ():
        steps.setdefault(step.filing, []).append(step)
    debts = _debts(review.told.inbox)
    names: set[str] = set()
    when = review.made_at, review.told.deadline
    for filing in review.filings:
        told = tuple(step for step in steps.get(filing.id, []) if step.became is not Became.NEW)
        debt = debts.pop(filing.id, Debt(filing.department))
        if mine[filing.id] or debt.missing or any(step.became in OPEN for step in told):
            name = _name(Kind.RETURNED, debt.department, names)
            found = tuple((_form(review, finding), finding) for finding in mine[filing.id])
            year, forms = filing.year or review.year, sum(filing.forms.values())
            yield Matter(name, Kind.RETURNED, debt.department, year, *when, debt, forms, found, told)
    for debt in debts.values():
        if debt.missing:
            name = _name(Kind.REMINDER, debt.department, names)
            yield Matter(name, Kind.REMINDER, debt.department, review.year, *when, debt)


def _form(review: Review, finding: Finding) -> str:
    """What the form of a finding is called; of one that belongs to no form, its sheet or file."""
    origin = review.submissions.get(finding.submission or "")
    if origin:
        return f"{origin.form}（{origin.project}）" if origin.project else origin.form
    return finding.sheet or finding.path.rpartition("/")[2]


def _debts(inbox: Inbox | None) -> dict[str, Debt]:
    """What each department of the roster owes, by the id of its filing."""
    found: dict[str, Debt] = {}
    for one in inbox.accounts if inbox is not None else ():
        files = [file for file in inbox.receipts if file.code == one.code and file.state in UNUSABLE] if inbox else []
        label = filing_label(one.department, inbox.year if inbox else None)
        found[label] = Debt(one.department, one.missing, tuple(files) if one.missing else ())
    return found


def _name(kind: Kind, department: str, taken: set[str]) -> str:
    stem = f"{kind.value}_{safe_name(department)}"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}({number})"
    taken.add(name.casefold())
    return f"{name}.docx"
