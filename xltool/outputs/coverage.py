"""The coverage of filings in words."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from xltool.auditing.coverage.model import ASKED, CoverageCounts, FilingCoverage

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMED: Final = 3
"""Reasons that a line names; of more it says 等."""


def coverage_line(coverages: Sequence[FilingCoverage]) -> str:
    """How many rules were asked and what became of them, of one filing or of several together.

    >>> coverage_line([FilingCoverage("甲局", "kkvun", {"X-04": "未报附件3"})])
    '核对 4 条：符合 2，不符 1，无法判断 1（未报附件3）'
    """
    counts = CoverageCounts.of(coverages)
    states = "，".join(f"{state.value} {counts.states[state]}" for state in ASKED)
    unit = "条" if len(coverages) == 1 else f"条次（{len(coverages)} 份报送）"
    return f"核对 {counts.asked} {unit}：{states}{reasons_in_words(counts)}"


def codes_by_reason(coverage: FilingCoverage) -> list[tuple[str, list[str]]]:
    """The undecided rules of a filing by their reason, that of most rules first."""
    codes: dict[str, list[str]] = defaultdict(list)
    for code in sorted(coverage.reasons):
        codes[coverage.reasons[code]].append(code)
    return sorted(codes.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def reasons_in_words(counts: CoverageCounts) -> str:
    """The reasons of most undecided rules, in brackets, each with their number; "" where there are none."""
    reasons = list(counts.reasons.items())
    if len(reasons) <= 1:
        return "".join(f"（{reason}）" for reason, _ in reasons)
    listed = "，".join(f"{reason} {count}" for reason, count in reasons[:NAMED])
    return f"（{listed}{'等' if len(reasons) > NAMED else ''}）"
