"""The filings of a year that can be taken as they are, and why the others cannot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.auditing.text_rules import department_of
from xltool.findings import InputError, Severity
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.auditing.result import Audit
    from xltool.findings import Finding
    from xltool.reader.records import Submission

FILED_TWICE = "W-21"
TOLD = 3
"""How many reasons are told of one filing."""


@dataclass(frozen=True)
class Left:
    """A filing or a file that is not taken, and why."""

    department: str
    files: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Owed:
    """Forms a department of the roster has not filed; `filing` is what its filing is called."""

    filing: str
    department: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """The submissions taken, by filing in the order of their names, and what is left out."""

    year: int
    filings: dict[str, tuple[Submission, ...]]
    left: tuple[Left, ...]
    unread: tuple[str, ...] = ()
    """The files that could not be read; they are among those left out."""

    @property
    def records(self) -> list[FileRecord]:
        """The submissions taken as records of files, for the tidy tables."""
        ones = [one for same in self.filings.values() for one in same]
        return [FileRecord(one.path, "read", submissions=[one]) for one in ones]


def accepted(audit: Audit, year: int | None = None, owed: Iterable[Owed] = ()) -> Accepted:
    """The filings of the year (None: the only one there is) without an error and without a form filed twice.

    Of departments that owe forms none is taken.
    Raises ValueError, in Chinese, where no year or more than one could be meant, or nothing can be taken.
    """
    year = _year(audit.submissions, year)
    filings: dict[str, list[Submission]] = defaultdict(list)
    for submission in audit.submissions:
        filings[submission.filing].append(submission)
    hindering = _hindering(audit)
    owing = {one.filing: one for one in owed}
    left: list[Left] = []
    taken: dict[str, tuple[Submission, ...]] = {}
    for filing, same in sorted(filings.items()):
        debt = owing.pop(filing, None)
        owes = "" if debt is None else f"没有报齐，缺 {'、'.join(debt.missing)}"
        reason = _other_year(same, year) or "；".join(filter(None, (owes, _reason(hindering[filing]))))
        if reason:
            files = tuple(dict.fromkeys(one.path for one in same))
            left.append(Left(department_of(same) or filing, files, reason))
        else:
            taken[filing] = tuple(same)
    left += [Left(one.department, (), "没有报送") for one in owing.values()]
    unread = [record for record in audit.records if record.status == "refused"]
    left += [Left("", (record.path,), record.reason) for record in unread]
    if not taken:
        msg = f"没有可以汇总的报送：{len(left)} 份都有问题，先用 xltool batch 查看并退回修改"
        raise InputError(msg)
    return Accepted(year, taken, tuple(left), tuple(record.path for record in unread))


def _year(ones: Sequence[Submission], wanted: int | None) -> int:
    years = sorted({one.year for one in ones if one.year is not None})
    if wanted is not None and wanted in years:
        return wanted
    found = "、".join(map(str, years)) or "无"
    if wanted is not None:
        msg = f"没有 {wanted} 年度的报送（找到的年度：{found}）"
        raise InputError(msg)
    if len(years) != 1:
        msg = f"报送的年度不是一个（{found}），请用 --year 指明汇总哪一年"
        raise InputError(msg)
    return years[0]


def _hindering(audit: Audit) -> dict[str, list[Finding]]:
    """Findings that keep a filing from being taken, by filing."""
    filing_of = {submission.id: submission.filing for submission in audit.submissions}
    on_path: dict[str, set[str]] = defaultdict(set)
    for submission in audit.submissions:
        on_path[submission.path].add(submission.filing)
    for report in (report for record in audit.records for report in record.narrative_reports):
        on_path[report.path].add(report.filing)
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in audit.findings:
        if finding.severity is Severity.ERROR or finding.rule == FILED_TWICE:
            own = filing_of.get(finding.submission or "")
            for filing in on_path[finding.path] if own is None else (own,):
                found[filing].append(finding)
    return found


def _other_year(same: Sequence[Submission], year: int) -> str:
    others = sorted({one.year for one in same if one.year not in (None, year)}, key=str)
    return f"年度不符：{'、'.join(map(str, others))}" if others else ""


def _reason(findings: Sequence[Finding]) -> str:
    told = list(_told(findings))
    more = f"等 {len(told)} 项" if len(told) > TOLD else ""
    return "；".join(told[:TOLD]) + more


def _told(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        at = f"{finding.sheet or ''} {finding.cell or ''}".strip()
        yield f"{finding.rule} {at}：{finding.message.rstrip('。')}" if at else f"{finding.rule} {finding.message}"
