"""Granted exemptions applied: what they cover stays visible, as an info that says so.

The severity is lowered, and not only marked, so that everything that counts or sorts by severity
(exit code, returned copies, notices) agrees without knowing of exemptions; what it was is kept.
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
    from collections.abc import Iterable, Iterator, Sequence

    from xltool.reader.records import FileRecord

EXPIRED, UNUSED = "W-23", "W-24"


@dataclass(frozen=True)
class _Whose:
    """What an exemption is compared with: a form or a report of a filing."""

    filing: str
    year: int | None
    form: str
    project: str = ""


@dataclass
class _Desk:
    """Exemptions by rule, whose the forms and reports are, and which exemptions met a finding."""

    exemptions: Exemptions
    records: Sequence[FileRecord]
    by_rule: dict[str, list[Exemption]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Departments named on the forms of a filing."""
    met: set[Exemption] = field(default_factory=set)
    """Those that covered a finding, whether in force or expired."""

    def __post_init__(self) -> None:
        self.by_id: dict[str, _Whose] = {}
        for granted in self.exemptions.granted:
            self.by_rule[granted.rule].append(granted)
        for record in self.records:
            for submission in record.submissions:
                self.by_id[submission.id] = _Whose(
                    submission.filing, submission.year, submission.form, submission.project
                )
                self.names[submission.filing] |= {fold(submission.department), fold(submission.issued_to)}
            for report in record.narrative_reports:
                self.by_id[report.path] = _Whose(report.filing, report.year, REPORT)
                self.names[report.filing] |= {fold(name) for name in (report.department, *report.names)}

    def judged(self, finding: Finding) -> Finding:
        """The finding, exempted where an exemption in force covers it; without a form it may be on a report."""
        one = self.by_id.get(finding.submission or finding.path)
        covering = [
            granted for granted in self.by_rule.get(finding.rule, ()) if one and self._covers(granted, finding, one)
        ]
        self.met |= set(covering)
        valid = next((granted for granted in covering if not self.is_expired(granted)), None)
        return _exempted(finding, valid) if valid else finding

    def is_expired(self, granted: Exemption) -> bool:
        """Whether its last day is over."""
        return granted.until < self.exemptions.today

    def concerns(self, granted: Exemption, whose: _Whose) -> bool:
        """Whether the exemption is about the filing a form or a report belongs to."""
        return fold(granted.department) in self.names[whose.filing] and granted.year in (None, whose.year)

    def _covers(self, granted: Exemption, finding: Finding, whose: _Whose) -> bool:
        return (
            self.concerns(granted, whose)
            and granted.form in ("", whose.form)
            and (not granted.project or fold(granted.project) == fold(whose.project))
            and granted.place in ("", finding.cell, finding.field)
        )

    def notices(self) -> Iterator[Finding]:
        """Findings on exemptions of the filings at hand that are expired or met nothing."""
        for granted in self.exemptions.granted:
            if not any(self.concerns(granted, one) for one in self.by_id.values()):
                continue
            if self.is_expired(granted):
                yield self._notice(EXPIRED, granted, UNTIL, None if granted in self.met else Severity.INFO)
            elif granted not in self.met:
                yield self._notice(UNUSED, granted, RULE, None)

    def _notice(self, code: str, granted: Exemption, column: str, severity: Severity | None) -> Finding:
        rule, file = RULES[code], self.exemptions
        words = {"单位": granted.department, "规则": granted.rule, "理由": granted.reason, "期限": f"{granted.until}"}
        message = rule.message.format(**words)
        cell = f"{file.columns.get(column, file.columns[DEPARTMENT])}{granted.row}"
        return Finding(
            code, severity or rule.severity, file.name, message, rule.advice, rule.basis, sheet=file.sheet, cell=cell
        )


def excused(
    findings: Iterable[Finding], records: Sequence[FileRecord], exemptions: Exemptions | None
) -> tuple[list[Finding], set[Exemption]]:
    """The findings with exemptions applied, and the exemptions that met one; `records` are those of whole filings."""
    if exemptions is None:
        return list(findings), set()
    desk = _Desk(exemptions, records)
    return [desk.judged(finding) for finding in findings], desk.met


def notices(exemptions: Exemptions | None, records: Sequence[FileRecord], met: Iterable[Exemption]) -> list[Finding]:
    """Findings on exemptions that are expired or, not being among those `met`, unused.

    An exemption of a filing that is not among the records is passed over: its time will come.
    """
    return [] if exemptions is None else list(_Desk(exemptions, records, met=set(met)).notices())


def _exempted(finding: Finding, granted: Exemption) -> Finding:
    exemption = Exempted(granted.reason, granted.approver, granted.until.isoformat(), finding.severity)
    return replace(
        finding,
        severity=Severity.INFO,
        message=f"{finding.message}（已豁免，原为{finding.severity.label}；理由：{exemption.reason}）",
        advice=f"已豁免，有效期至 {exemption.until}，期内无需处理。批准人：{exemption.approver}。",
        exemption=exemption,
    )
