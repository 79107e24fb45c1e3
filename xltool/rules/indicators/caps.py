"""The highest total that a profile allows at a rate of execution (S-36)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.expr.nodes import Choose, Const, Expr, Kind, Param
from xltool.findings import Severity
from xltool.forms import project, self_review
from xltool.rules.model import Check, check, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.forms.review import YearFunds

CAPPED_BELOW: Final = 0.8
"""The rate of execution from which no profile limits the total."""
_BELOW: Final = {0.5: "score_cap_below_50", 0.6: "score_cap_below_60", 0.7: "score_cap_below_70"}


def highest_total(line: YearFunds) -> Expr:
    """The highest total of a form; blank where its execution is not known, or the profile has no such limit."""
    highest: Expr = Param("score_cap_below_80")
    for rate in sorted(_BELOW, reverse=True):
        highest = Choose(line.rate < rate, Param(_BELOW[rate]), highest)
    return Choose(line.rate < CAPPED_BELOW, highest, Const(100))


_YEAR = self_review.year


@rule(
    "S-36",
    "总分不超过执行率对应的上限",
    severity=Severity.ERROR,
    basis="评分口径“总分上限”：默认口径不设，本地有规定的按规定",
    good=[{_YEAR.rate: 0.75, _YEAR.total_score: 89}, {_YEAR.rate: 0.8, _YEAR.total_score: 98}],
    bad=[{_YEAR.rate: 0.75, _YEAR.total_score: 89.5}, {_YEAR.rate: 0.49, _YEAR.total_score: 60}],
)
def total_within_cap() -> Iterator[Check]:
    """执行率为 {执行率}，总分最高为 {expected}，填报 {filed}。

    按评分口径核减得分，使总分不超过上限；执行率填错的，改正执行率。
    """
    for line in (self_review.year, project.year):
        highest = highest_total(line)
        within = (line.rate >= CAPPED_BELOW) | (line.total_score <= highest)
        yield check(line.total_score, within, highest, also=(line.rate,), 执行率=(line.rate + 0, Kind.RATE))
