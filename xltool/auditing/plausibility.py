"""Which filings to read first: signs that figures or texts may not be the department's own.

A sign is not a finding and nobody is accused of anything: honest filings bear some. What is given is an
order of reading for whoever has time for a few of many filings, with the reasons in figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xltool import params
from xltool.auditing.accepting import department_of
from xltool.auditing.copies import copied_indicators, copied_texts
from xltool.auditing.hits import by_filing
from xltool.expr import Kind
from xltool.forms import project, review, self_review
from xltool.rules.words import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.auditing import Audit
    from xltool.reader.records import Submission, TableRow

TOLD_BY = {
    "S-34": ("unfinished", "文字写明没有完成而得满分 {0} 处"),
    "A3-11": ("own_copy", "项目表照搬部门指标 {0} 张"),
    "Y-07": ("jump", "人数或经费比上年大起大落 {0} 处"),
    "X-16": ("copied_narrative", "文字与其他单位雷同 {0} 处"),
    "Y-06": ("as_last_year", "{0} 张表的文字照抄上年"),
}
"""Rules whose findings are signs too: the sign, and its words with the number of findings."""
OUTPUT = "产出指标"
NOISE = 1e-6
_FUNDS = {"附件2": self_review.year, "附件3": project.year}


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
    filings = by_filing(audit.submissions)
    names = {filing: department_of(same) or filing for filing, same in filings.items()}
    found: dict[str, list[Reason]] = defaultdict(list)

    def note(filing: str, sign: str, text: str) -> None:
        if all(reason.sign != sign for reason in found[filing]):
            found[filing].append(Reason(sign, signs[sign].points, text))

    for filing, same in filings.items():
        for sign, text in _by_itself(same, audit, signs):
            note(filing, sign, text)
    for sign, copies in (("copied_narrative", copied_texts), ("copied_indicators", copied_indicators)):
        for filing, text in copies(filings, names, signs[sign].least):
            note(filing, sign, text)
    for filing, sign, text in _told(audit):
        note(filing, sign, text)
    rows = [_ranked(filing, names[filing], reasons) for filing, reasons in found.items()]
    return sorted(rows, key=lambda row: (-row.points, row.filing))


def _ranked(filing: str, department: str, reasons: list[Reason]) -> Ranked:
    ordered = tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.sign, reason.text)))
    return Ranked(filing, department, sum(reason.points for reason in ordered), ordered)


def _by_itself(same: Sequence[Submission], audit: Audit, signs: Mapping[str, params.Sign]) -> Iterator[tuple[str, str]]:
    """What shows on one filing alone."""
    reviews = [_Reviewed(one, audit) for one in same if one.form in _FUNDS]
    rows = [row for form in reviews for row in form.rows]
    full = all(form.is_full for form in reviews)
    if full and len(rows) >= signs["full_marks"].least:
        yield "full_marks", f"{'、'.join(_counted(reviews))}的 {len(rows)} 项指标和执行率全部满分"
    pairs = [pair for row in rows if (pair := _compared(row)) is not None]
    if len(pairs) >= signs["met_exactly"].least and all(abs(target - done) < NOISE for target, done in pairs):
        yield "met_exactly", f"{len(pairs)} 项可比指标的完成值与指标值全部相等"
    low = [form for form in reviews if form.rate < signs["low_execution"].least and form.is_full_output]
    if low:
        told = "、".join(f"{form.name}执行率 {show(form.rate, Kind.RATE)}" for form in low)
        yield "low_execution", f"{told}，产出指标却全部满分"


class _Reviewed:
    """An 附件2 or 附件3: its indicator rows with points, and whether they are all earned."""

    def __init__(self, one: Submission, audit: Audit) -> None:
        self.form = one.form
        self.name = f"附件3（{one.project}）" if one.project else one.form
        self.rows = [row for row in one.rows if row.table == review.INDICATORS and _points(row) is not None]
        score = audit.scores[one.id]
        self.rate = _known(score.rate)
        self._execution = _known(score.parts[0].recomputed) >= _weight(one) - NOISE

    @property
    def is_full(self) -> bool:
        return bool(self.rows) and self._execution and all(map(_is_full, self.rows))

    @property
    def is_full_output(self) -> bool:
        output = [row for row in self.rows if row.value(review.category.key) == OUTPUT]
        return bool(output) and all(map(_is_full, output))


def _known(value: float | None) -> float:
    return np.nan if value is None else value


def _weight(one: Submission) -> float:
    weight = one.value(_FUNDS[one.form].weight.key)
    return weight if isinstance(weight, float) else np.nan


def _points(row: TableRow) -> tuple[float, float] | None:
    """Weight and score of a row; None where one of them is blank."""
    weight, score = row.value(review.weight.key), row.value(review.score.key)
    return (weight, score) if isinstance(weight, float) and isinstance(score, float) else None


def _is_full(row: TableRow) -> bool:
    weight, score = _points(row) or (0.0, -1.0)
    return score >= weight - NOISE


def _compared(row: TableRow) -> tuple[float, float] | None:
    """Target and actual of one unit; None where they cannot differ upwards (100%) or are nothing (0 accidents)."""
    target, done = row.value(review.target.key), row.value(review.actual.key)
    units = [str(row.value(unit.key) or "") for unit in (review.target_unit, review.actual_unit)]
    if not isinstance(target, float) or not isinstance(done, float) or units[0] != units[1]:
        return None
    return None if target == 0 or (units[0] == "%" and target >= 1) else (target, done)


def _counted(reviews: Sequence[_Reviewed]) -> Iterator[str]:
    """附件2、2 张附件3."""
    counts = Counter(form.form for form in reviews)
    for form, count in sorted(counts.items()):
        yield form if count == 1 else f"{count} 张{form}"


def _told(audit: Audit) -> Iterator[tuple[str, str, str]]:
    """What rules found that is a sign too: filing, sign, words."""
    filing_of = {one.id: one.filing for one in audit.submissions}
    counts: Counter[tuple[str, str]] = Counter()
    for finding in audit.findings:
        if finding.rule in TOLD_BY and finding.submission in filing_of:
            counts[filing_of[finding.submission], finding.rule] += 1
    for (filing, rule), count in sorted(counts.items()):
        sign, words = TOLD_BY[rule]
        yield filing, sign, f"{words.format(count)}（{rule}）"
