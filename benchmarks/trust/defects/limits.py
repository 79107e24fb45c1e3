"""Defects against what a profile limits and the default leaves open: the total, and full marks for far too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.trust.defects.common import TEXT_LEFT, amount_at, counted_rows, funds_line
from benchmarks.trust.planting import Case, Plan, plants
from xltool.forms import project, review
from xltool.params import profile_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITED: Final = profile_of(
    """名称 = "某某县（设上限）"
[总分上限]
算法 = "按执行率"
依据 = "某某县文件"
[超额扣分]
算法 = "扣分"
依据 = "某某县文件"
""",
    "某某县.toml",
)
"""A profile that switches both on."""
RULES: Final = ("S-36", "S-37")
_UNSPENT = "只改了执行数，与支出合计、明细和其他表不再相符"


@plants("S-36", A2_10=_UNSPENT, X_06=_UNSPENT, X_12=_UNSPENT, X_13=_UNSPENT)
def high_total_in_spite_of_low_execution(case: Case) -> Iterator[Plan]:
    """Three quarters, two thirds, half or less of the budget spent, and a total above what that allows."""
    for paper in case.reviews:
        line = funds_line(paper)
        own = project.appropriation if paper.form == project.FORM.key else line
        for share in (0.75, 0.65, 0.55, 0.4):
            spent = round(amount_at(case, case.ref(paper, own.budget)) * share, 2)
            yield Plan(case.ref(paper, line.total_score), ((case.ref(paper, own.executed), spent),))


@plants("S-37", A2_18=TEXT_LEFT)
def full_marks_for_far_more(case: Case) -> Iterator[Plan]:
    """Half as much again as the target, explained, and full marks."""
    for paper, row in counted_rows(case, 1):
        actual = case.ref(paper, review.actual_value, row.name)
        reason = case.ref(paper, review.reason, row.name)
        number = f"{round(row.target * 1.5):g}" if row.target > 1 else "2"
        changes = ((actual, f"{number}{row.unit}"), (reason, "上级年中追加任务，目标值偏低，下年按实际能力设定。"))
        yield Plan(case.ref(paper, review.score, row.name), changes)
