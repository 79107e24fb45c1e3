"""Which filings of a year can be accepted as they are, and why the others cannot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from xltool.auditing.filings import by_filing, department_of
from xltool.auditing.in_yuan import RULES_ON_YUAN
from xltool.auditing.portions import filings_of
from xltool.findings import InputError, Severity
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xltool.auditing.result import Audit
    from xltool.findings import Finding
    from xltool.reader.records import Submission

FILED_TWICE = "W-21"
NO_OWNERS: Final[Mapping[str, str]] = {}
MOST_REASONS = 3
"""Reasons that are given for one filing."""


@dataclass(frozen=True)
class Exclusion:
    """A filing, or a file, that is not accepted, and why; `filing` is "" for a file of nobody."""

    department: str
    files: tuple[str, ...]
    reason: str
    filing: str = ""


@dataclass(frozen=True)
class MissingForms:
    """Forms that a department of the roster has not filed; `filing` is the name that its filing bears."""

    filing: str
    department: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """The accepted submissions, by filing in the order of their names, and what is excluded."""

    year: int
    filings: dict[str, tuple[Submission, ...]]
    excluded: tuple[Exclusion, ...]
    unread: tuple[str, ...] = ()
    """The files that could not be read; they are among those excluded."""
    messages: tuple[str, ...] = ()
    """Lines on what the audit could not judge at all, and on totals that cannot be trusted."""

    @property
    def records(self) -> list[FileRecord]:
        """The accepted submissions as records of files, for the tidy tables."""
        submissions = [submission for same in self.filings.values() for submission in same]
        return [FileRecord(submission.path, "read", submissions=[submission]) for submission in submissions]

    def in_order_of(self, filings: Sequence[str]) -> Accepted:
        """The same with filings, and those that are excluded, in this order; others stand behind them."""
        places = {filing: number for number, filing in enumerate(filings)}
        in_order = sorted(self.filings.items(), key=lambda pair: places.get(pair[0], len(places)))
        excluded = sorted(self.excluded, key=lambda exclusion: places.get(exclusion.filing, len(places)))
        return replace(self, filings=dict(in_order), excluded=tuple(excluded))


def accepted(
    audit: Audit,
    year: int | None = None,
    missing: Iterable[MissingForms] = (),
    *,
    owners: Mapping[str, str] = NO_OWNERS,
) -> Accepted:
    """Accept the filings of the year (None: the only one there is) without an error and without a form filed twice.

    A department with `missing` forms is excluded. `owners` are the filings of files, also of those that could not be
    read. Raises InputError where no year or more than one could be meant, or
    where no filing can be accepted.
    """
    year = _year(audit.submissions, year)
    obstacles = _obstacles(audit)
    incomplete = {forms.filing: forms for forms in missing}
    names = {filing: forms.department for filing, forms in incomplete.items()}
    excluded: list[Exclusion] = []
    filings: dict[str, tuple[Submission, ...]] = {}
    for filing, same in sorted(by_filing(audit.submissions).items()):
        forms = incomplete.pop(filing, None)
        names.setdefault(filing, department_of(same) or filing)
        lacks = "" if forms is None else f"没有报齐，缺 {'、'.join(forms.forms)}"
        reason = _other_year(same, year) or "；".join(filter(None, (lacks, _reason(obstacles[filing]))))
        if reason:
            files = tuple(dict.fromkeys(submission.path for submission in same))
            excluded.append(Exclusion(names[filing], files, reason, filing))
        else:
            filings[filing] = tuple(same)
    excluded += [Exclusion(forms.department, (), "没有报送", forms.filing) for forms in incomplete.values()]
    unread = [record for record in audit.records if record.status == "refused"]
    for record in unread:
        filing = owners.get(record.path, "")
        excluded.append(Exclusion(names.get(filing, ""), (record.path,), record.reason, filing))
    if not filings:
        msg = f"没有可以汇总的报送：{len(excluded)} 份都有问题，请先审核、退回修改"
        raise InputError(msg)
    messages = (*audit.messages, *_in_yuan(audit, filings))
    return Accepted(year, filings, tuple(excluded), tuple(record.path for record in unread), messages)


def _in_yuan(audit: Audit, filings: Mapping[str, Sequence[Submission]]) -> Iterator[str]:
    """A line on accepted filings whose amounts may be in 元: they would outweigh all others in every total."""
    filing_of = {submission.id: submission.filing for submission in audit.submissions}
    doubted = {filing_of.get(finding.submission or "") for finding in audit.findings if finding.rule in RULES_ON_YUAN}
    names = [department_of(same) or filing for filing, same in filings.items() if filing in doubted]
    if names:
        yield f"汇总里有 {len(names)} 个单位的金额疑似按“元”填报（A1-32），合计不可信，请先核实：{'、'.join(names)}"


def _year(submissions: Sequence[Submission], wanted: int | None) -> int:
    years = sorted({submission.year for submission in submissions if submission.year is not None})
    if wanted is not None and wanted in years:
        return wanted
    filed = "、".join(map(str, years)) or "无"
    if wanted is not None:
        msg = f"没有 {wanted} 年度的报送（找到的年度：{filed}）"
        raise InputError(msg)
    if len(years) != 1:
        msg = f"报送的年度不是一个（{filed}），请用 --year 指明汇总哪一年"
        raise InputError(msg)
    return years[0]


def _obstacles(audit: Audit) -> dict[str, list[Finding]]:
    """The findings that keep a filing from being accepted, by filing."""
    filing_of = {submission.id: submission.filing for submission in audit.submissions}
    filings_in = {record.path: filings_of(record) for record in audit.records}
    obstacles: dict[str, list[Finding]] = defaultdict(list)
    for finding in audit.findings:
        if finding.severity is Severity.ERROR or finding.rule == FILED_TWICE:
            own = filing_of.get(finding.submission or "")
            for filing in filings_in.get(finding.path, ()) if own is None else (own,):
                obstacles[filing].append(finding)
    return obstacles


def _other_year(same: Sequence[Submission], year: int) -> str:
    others = sorted({submission.year for submission in same if submission.year not in (None, year)}, key=str)
    return f"年度不符：{'、'.join(map(str, others))}" if others else ""


def _reason(findings: Sequence[Finding]) -> str:
    """The first findings as one sentence, with their number where there are more."""
    sentences = [_sentence(finding) for finding in findings]
    more = f"等 {len(sentences)} 项" if len(sentences) > MOST_REASONS else ""
    return "；".join(sentences[:MOST_REASONS]) + more


def _sentence(finding: Finding) -> str:
    at = f"{finding.sheet or ''} {finding.cell or ''}".strip()
    if not at:
        return f"{finding.rule} {finding.message}"
    return f"{finding.rule} {at}：{finding.message.rstrip('。')}"
