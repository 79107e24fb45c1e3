"""Which filings to read first: signs that figures or texts may not be the department's own.

A sign is not a finding and accuses nobody: honest filings bear some. The ranking helps whoever has time for a few of
many filings, and gives the reasons in figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool import params
from xltool.auditing.plausibility.copies import copied_indicators, copied_texts
from xltool.expr.nodes import Kind
from xltool.forms.words import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xltool.auditing.plausibility.signs import FilingSigns
    from xltool.auditing.result import Audit

SIGNS_OF_RULES = {
    "S-34": ("unfinished", "文字写明没有完成而得满分 {0} 处"),
    "A3-11": ("own_copy", "项目表照搬部门指标 {0} 张"),
    "Y-07": ("jump", "人数或经费比上年大起大落 {0} 处"),
    "X-16": ("copied_narrative", "文字与其他单位雷同 {0} 处"),
    "Y-06": ("as_last_year", "{0} 张表的文字照抄上年"),
}
"""Rules whose findings are signs too: the sign, and its words with the number of findings."""


@dataclass(frozen=True)
class Reason:
    """A sign found on a filing: its name among the parameters, its points, and what was found."""

    sign: str
    points: int
    text: str


@dataclass(frozen=True)
class Ranked:
    """A filing with the reasons to read it, the weightiest first; `points` is their sum."""

    filing: str
    department: str
    points: int
    reasons: tuple[Reason, ...]


def ranked(audit: Audit, *, year: int = params.BASE_YEAR) -> list[Ranked]:
    """The filings with reasons to read them, the most points first, then by name; the others are left out.

    Points and thresholds are those of the parameters in force for the year. The cost grows with the number of
    filings, not with that of their pairs.
    """
    signs = params.load(year).signs
    order = {
        filing: at for at, filing in enumerate(dict.fromkeys(submission.filing for submission in audit.submissions))
    }
    filings = sorted(audit.signs, key=lambda filing: order[filing.filing])
    reasons_of: dict[str, list[Reason]] = defaultdict(list)

    def note(filing: str, sign: str, text: str) -> None:
        if all(reason.sign != sign for reason in reasons_of[filing]):
            reasons_of[filing].append(Reason(sign, signs[sign].points, text))

    for filing_signs in filings:
        for sign, text in _on_one_filing(filing_signs, signs):
            note(filing_signs.filing, sign, text)
    for sign, copies in (("copied_narrative", copied_texts), ("copied_indicators", copied_indicators)):
        for filing, text in copies(filings, signs[sign].least):
            note(filing, sign, text)
    for filing, sign, text in _from_findings(audit):
        note(filing, sign, text)
    # A filing that was not judged has findings and no signs.
    names = {submission.filing: submission.full_department for submission in audit.submissions}
    names |= {filing_signs.filing: filing_signs.department for filing_signs in filings}
    rows = [_ranked(filing, names[filing], reasons) for filing, reasons in reasons_of.items()]
    return sorted(rows, key=lambda row: (-row.points, row.filing))


def _ranked(filing: str, department: str, reasons: list[Reason]) -> Ranked:
    ordered = tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.sign, reason.text)))
    return Ranked(filing, department, sum(reason.points for reason in ordered), ordered)


def _on_one_filing(filing: FilingSigns, signs: Mapping[str, params.Sign]) -> Iterator[tuple[str, str]]:
    """The signs that show on one filing without comparing it."""
    if filing.full >= signs["full_marks"].least:
        yield "full_marks", f"{filing.forms}的 {filing.full} 项指标和执行率全部满分"
    if filing.exact >= signs["met_exactly"].least:
        yield "met_exactly", f"{filing.exact} 项可比指标的完成值与指标值全部相等"
    low = [(name, rate) for name, rate in filing.rates if rate < signs["low_execution"].least]
    if low:
        rates = "、".join(f"{name}执行率 {show(rate, Kind.RATE)}" for name, rate in low)
        yield "low_execution", f"{rates}，产出指标却全部满分"


def _from_findings(audit: Audit) -> Iterator[tuple[str, str, str]]:
    """Findings that are signs too: filing, sign and words."""
    filing_of = {submission.id: submission.filing for submission in audit.submissions}
    counts: Counter[tuple[str, str]] = Counter()
    for finding in audit.findings:
        if finding.rule in SIGNS_OF_RULES and finding.submission in filing_of:
            counts[filing_of[finding.submission], finding.rule] += 1
    for (filing, rule), count in sorted(counts.items()):
        sign, words = SIGNS_OF_RULES[rule]
        yield filing, sign, f"{words.format(count)}（{rule}）"
