"""Which filings to read first: signs that figures or texts may not be the department's own.

A sign is not a finding and nobody is accused of anything: honest filings bear some. What is given is an
order of reading for whoever has time for a few of many filings, with the reasons in figures.
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

    from xltool.auditing.plausibility.signs import Glance
    from xltool.auditing.result import Audit

TOLD_BY = {
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
    glances = sorted(audit.glances, key=lambda one: order[one.filing])
    found: dict[str, list[Reason]] = defaultdict(list)

    def note(filing: str, sign: str, text: str) -> None:
        if all(reason.sign != sign for reason in found[filing]):
            found[filing].append(Reason(sign, signs[sign].points, text))

    for glance in glances:
        for sign, text in _by_itself(glance, signs):
            note(glance.filing, sign, text)
    for sign, copies in (("copied_narrative", copied_texts), ("copied_indicators", copied_indicators)):
        for filing, text in copies(glances, signs[sign].least):
            note(filing, sign, text)
    for filing, sign, text in _told(audit):
        note(filing, sign, text)
    names = {glance.filing: glance.department for glance in glances}
    rows = [_ranked(filing, names[filing], reasons) for filing, reasons in found.items()]
    return sorted(rows, key=lambda row: (-row.points, row.filing))


def _ranked(filing: str, department: str, reasons: list[Reason]) -> Ranked:
    ordered = tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.sign, reason.text)))
    return Ranked(filing, department, sum(reason.points for reason in ordered), ordered)


def _by_itself(glance: Glance, signs: Mapping[str, params.Sign]) -> Iterator[tuple[str, str]]:
    """What shows on one filing alone."""
    if glance.full >= signs["full_marks"].least:
        yield "full_marks", f"{glance.forms}的 {glance.full} 项指标和执行率全部满分"
    if glance.exact >= signs["met_exactly"].least:
        yield "met_exactly", f"{glance.exact} 项可比指标的完成值与指标值全部相等"
    low = [(name, rate) for name, rate in glance.rates if rate < signs["low_execution"].least]
    if low:
        told = "、".join(f"{name}执行率 {show(rate, Kind.RATE)}" for name, rate in low)
        yield "low_execution", f"{told}，产出指标却全部满分"


def _told(audit: Audit) -> Iterator[tuple[str, str, str]]:
    """What rules found that is a sign too: filing, sign, words."""
    filing_of = {submission.id: submission.filing for submission in audit.submissions}
    counts: Counter[tuple[str, str]] = Counter()
    for finding in audit.findings:
        if finding.rule in TOLD_BY and finding.submission in filing_of:
            counts[filing_of[finding.submission], finding.rule] += 1
    for (filing, rule), count in sorted(counts.items()):
        sign, words = TOLD_BY[rule]
        yield filing, sign, f"{words.format(count)}（{rule}）"
