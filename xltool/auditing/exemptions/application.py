"""Apply granted exemptions: a finding that one covers stays visible, as an info that says so.

The severity is lowered, and not only marked, so that everything that counts or sorts by severity (exit code, returned
copies, letters) agrees without knowing of exemptions. The finding keeps the severity that it had.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from xltool.auditing.exemptions.model import DEPARTMENT, RULE, UNTIL, Exemption, Exemptions
from xltool.findings import Exempted, Finding, Severity
from xltool.forms import REPORT
from xltool.normalize import fold
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from xltool.reader.records import FileRecord, Submission

EXPIRED, UNUSED = "W-23", "W-24"


@dataclass(frozen=True)
class _Subject:
    """A form or narrative report of a filing, as exemptions name it."""

    filing: str
    year: int | None
    form: str
    project: str = ""


@dataclass
class _Register:
    """Exemptions by rule and department, and the forms and narrative reports that they may be about."""

    exemptions: Exemptions
    records: Sequence[FileRecord]
    granted: dict[tuple[str, str], list[Exemption]] = field(default_factory=lambda: defaultdict(list))
    """Exemptions by rule and folded department, for there may be tens of thousands."""
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Departments named on the forms of a filing."""
    used: set[Exemption] = field(default_factory=set)
    """Exemptions that covered a finding, whether in force or expired."""

    def __post_init__(self) -> None:
        self.subjects: dict[str, _Subject] = {}
        for exemption in self.exemptions.granted:
            self.granted[exemption.rule, fold(exemption.department)].append(exemption)
        for record in self.records:
            for submission in record.submissions:
                self.subjects[submission.id] = _Subject(
                    submission.filing, submission.year, submission.form, submission.project
                )
                self.names[submission.filing] |= set(map(fold, _names_of(submission)))
            for report in record.narrative_reports:
                self.subjects[report.path] = _Subject(report.filing, report.year, REPORT)
                self.names[report.filing] |= {
                    fold(name) for name in (report.full_department, report.department, *report.names)
                }

    def apply(self, finding: Finding) -> Finding:
        """Exempt the finding where an exemption in force covers it, and note the exemptions that cover it."""
        # A finding without a form may be on a narrative report, which goes by its path.
        subject = self.subjects.get(finding.submission or finding.path)
        if subject is None:
            return finding
        about = [item for name in self.names[subject.filing] for item in self.granted.get((finding.rule, name), ())]
        covering = [item for item in about if self._covers(item, finding, subject)]
        self.used |= set(covering)
        in_force = min((item for item in covering if not self.is_expired(item)), key=_row, default=None)
        return _exempted(finding, in_force) if in_force else finding

    def is_expired(self, exemption: Exemption) -> bool:
        """Whether the last day of the exemption is over."""
        return exemption.until < self.exemptions.today

    def _covers(self, exemption: Exemption, finding: Finding, subject: _Subject) -> bool:
        """Whether an exemption of the department covers a finding on a form or report of a filing."""
        return (
            exemption.year in (None, subject.year)
            and exemption.form in ("", subject.form)
            and (not exemption.project or fold(exemption.project) == fold(subject.project))
            and exemption.place in ("", finding.cell, finding.field)
        )

    def findings(self, unjudged: Collection[str]) -> Iterator[tuple[Finding, set[str]]]:
        """Findings on the exemptions of these filings that are expired or cover nothing, with the filings they concern.

        An exemption of an `unjudged` filing is not called unused: what it covers may not have been looked at.
        """
        by_department: dict[str, set[tuple[str, int | None]]] = defaultdict(set)
        for subject in self.subjects.values():
            for name in self.names[subject.filing]:
                by_department[name].add((subject.filing, subject.year))
        for exemption in self.exemptions.granted:
            concerned = by_department.get(fold(exemption.department), ())
            filings = {filing for filing, year in concerned if exemption.year in (None, year)}
            if not filings:
                continue
            if self.is_expired(exemption):
                severity = None if exemption in self.used else Severity.INFO
                yield self._finding(EXPIRED, exemption, UNTIL, severity), filings
            elif exemption not in self.used and filings.isdisjoint(unjudged):
                yield self._finding(UNUSED, exemption, RULE, None), filings

    def _finding(self, code: str, exemption: Exemption, column: str, severity: Severity | None) -> Finding:
        rule, file = RULES[code], self.exemptions
        words = {
            "单位": exemption.department,
            "规则": exemption.rule,
            "理由": exemption.reason,
            "期限": f"{exemption.until}",
        }
        return Finding(
            rule=code,
            severity=rule.graded(severity),
            path=file.name,
            message=rule.message.format(**words),
            advice=rule.advice,
            basis=rule.basis,
            sheet=file.sheet,
            cell=f"{file.columns.get(column, file.columns[DEPARTMENT])}{exemption.row}",
        )


def _row(exemption: Exemption) -> int:
    return exemption.row


def _names_of(submission: Submission) -> tuple[str, str, str]:
    """What an exemption may call the department of a form."""
    return submission.full_department, submission.department, submission.issued_to


def apply_exemptions(
    findings: Iterable[Finding], records: Sequence[FileRecord], exemptions: Exemptions | None
) -> tuple[list[Finding], set[Exemption]]:
    """Apply exemptions to findings; the second value holds the exemptions that covered one.

    `records` are those of whole filings.
    """
    if exemptions is None:
        return list(findings), set()
    register = _Register(exemptions, records)
    return [register.apply(finding) for finding in findings], register.used


def findings_on_exemptions(
    exemptions: Exemptions | None,
    records: Sequence[FileRecord],
    *,
    used: Iterable[Exemption],
    unjudged: Collection[str],
) -> list[tuple[Finding, set[str]]]:
    """Findings on exemptions that are expired, or unused because they are not among those `used`; with their filings.

    An exemption of a filing that is not among the records is passed over, because that filing may still come. One of
    an `unjudged` filing is not called unused.
    """
    return [] if exemptions is None else list(_Register(exemptions, records, used=set(used)).findings(unjudged))


def _exempted(finding: Finding, granted: Exemption) -> Finding:
    exemption = Exempted(granted.reason, granted.approver, granted.until.isoformat(), finding.severity)
    return replace(
        finding,
        severity=Severity.INFO,
        message=f"{finding.message}（已豁免，原为{finding.severity.label}；理由：{exemption.reason}）",
        advice=f"已豁免，有效期至 {exemption.until}，期内无需处理。批准人：{exemption.approver}。",
        exemption=exemption,
    )
