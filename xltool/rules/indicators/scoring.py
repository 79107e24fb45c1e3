"""Rules of the score of an indicator, and the score that xltool computes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.expr.nodes import Choose, Const, Expr, Greatest, Kind, Param, Predicate, Rounded
from xltool.findings import Severity
from xltool.forms import review as r
from xltool.forms.tolerances import PROPORTIONAL_SCORE, SAME_SCORE, SCORE_SHARE
from xltool.rules.model import Check, check, rule
from xltool.rules.samples import scored_row
from xltool.text.basis import REVERSE, SCORING

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

forward = r.direction.matches("^正向$")
reverse = r.direction.matches("^反向$")
none_wanted = r.direction.matches("^等于$")
unmet = forward & (r.actual < r.target)
met = forward & (r.actual >= r.target)
full = r.score.equals(r.weight, SAME_SCORE)
proportional = Rounded(r.weight * (r.actual / r.target), 2)
linear = Rounded(Greatest(Const(0), r.weight * (Const(1) - (r.actual - r.target) / r.target)), 2)
by_ratio = Rounded(r.weight * (r.target / r.actual), 2)
exceeded: Expr = Choose(Param("reverse_by_ratio").is_on, by_ratio, linear)
"""Score of a reverse indicator whose limit was exceeded, by the formula of the profile."""

over = r.actual / r.target
most: Expr = Choose(
    Param("over_deducted").is_on,
    Choose(over > Param("over_deducted_from"), Greatest(Const(0), r.weight - Param("over_deduction")), r.weight),
    r.weight,
)
"""Score of an indicator that was met: all points, less those that the profile deducts for far more than the target."""

EARNED: Expr = Choose(
    none_wanted,
    Choose(r.actual <= 0, r.weight, Const(0)),
    Choose(
        reverse,
        Choose(r.actual <= r.target, r.weight, exceeded),
        Choose(r.actual >= r.target, most, proportional),
    ),
)
"""Score of an indicator as xltool computes it; blank where target and actual value cannot be compared."""


@rule(
    "S-14",
    "未完成的指标不得记满分",
    severity=ERROR,
    basis=SCORING,
    good=[scored_row(15, 17, 5, 5), scored_row(15, 10, 5, 3.33)],
    bad=[scored_row(15, 10, 5, 5)],
)
def unmet_not_full() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，没有完成却记满分 {得分}。

    按完成比例记分并说明偏差原因；完成值填错的，改正完成值。
    """
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~(unmet & full), proportional, also=also)


@rule(
    "S-15",
    "未完成的指标按比例记分",
    severity=WARNING,
    basis=SCORING,
    good=[scored_row(15, 10, 5, 3.33)],
    bad=[scored_row(15, 10, 5, 4.5)],
    silenced_by=("S-08", "S-09"),
)
def unmet_in_proportion() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，按比例应得 {expected}，填报 {filed}。

    按“分值 × 完成值 ÷ 指标值”改正得分，或在偏差原因栏说明扣分依据。
    """
    also = (r.indicator, r.target_value, r.actual_value)
    fair = full | r.score.equals(proportional, PROPORTIONAL_SCORE)
    return check(r.score, ~unmet | fair, proportional, also=also)


@rule(
    "S-16",
    "完成的指标未记满分须说明",
    severity=WARNING,
    basis=SCORING,
    good=[scored_row(15, 17, 5, 4) | {r.reason: "质量有待提高"}],
    bad=[scored_row(15, 17, 5, 4)],
)
def met_scored_in_full() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，已完成但只得 {filed}，没有说明原因。

    应记满分；确需扣分的，在偏差原因栏写明理由。
    """
    also = (r.indicator, r.target_value, r.actual_value, r.reason)
    return check(r.score, ~(met & (r.score < most) & r.reason.blank), most + 0, also=also)


@rule(
    "S-17",
    "反向指标记分方向",
    severity=ERROR,
    basis=REVERSE,
    good=[scored_row(1200, 1100, 5, 5, "反向"), scored_row(1200, 2400, 5, 0, "反向")],
    bad=[scored_row(1200, 1300, 5, 5, "反向"), scored_row(1200, 1100, 5, 3, "反向")],
)
def reverse_scored_rightly() -> Iterator[Check]:
    """“{三级指标}”为反向指标（越低越好），控制数 {年度指标值}，实际 {实际完成值}，得分 {filed} 与完成情况不符。

    没有超过控制数的记满分；超过的按超出比例扣分。
    """
    also = (r.indicator, r.target_value, r.actual_value)
    unexplained = reverse & (r.actual <= r.target) & (r.score < r.weight) & r.reason.blank
    yield check(r.score, ~unexplained, r.weight + 0, also=also)
    yield check(r.score, ~(reverse & (r.actual > r.target) & full), exceeded, also=also)


@rule(
    "S-18",
    "超过控制数的按规则扣分",
    severity=WARNING,
    basis=f"{REVERSE}；比例法和线性法两种算法均予认可",
    good=[
        scored_row(1200, 10716.16, 5, 0, "反向"),
        scored_row(100, 110, 5, 4.5, "反向"),
        scored_row(100, 110, 5, 4.55, "反向"),
    ],
    bad=[scored_row(100, 110, 5, 1, "反向")],
)
def reverse_in_proportion() -> Check:
    """“{三级指标}”控制数 {年度指标值}，实际 {实际完成值}，超出后按规则应得 {expected}，填报 {filed}。

    按“分值 ×（1 − 超出比例）”改正得分，超出一倍以上记 0 分；也可按“分值 × 控制数 ÷ 实际数”计算。
    """
    fair: Predicate = full | r.score.equals(linear, PROPORTIONAL_SCORE) | r.score.equals(by_ratio, PROPORTIONAL_SCORE)
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~(reverse & (r.actual > r.target)) | fair, exceeded, also=also)


@rule(
    "S-19",
    "目标为0的指标",
    severity=ERROR,
    basis="绩效管理系统计分规则：目标为0的，完成值为0记满分，否则记0分",
    good=[scored_row(0, 0, 5, 5, "等于"), scored_row(0, 2, 5, 0, "等于")],
    bad=[scored_row(0, 2, 5, 5, "等于"), scored_row(0, 0, 5, 1, "等于")],
)
def zero_target() -> Check:
    """“{三级指标}”目标为 0，实际完成 {实际完成值}，得分 {filed} 与完成情况不符。

    没有发生的记满分，发生的记 0 分。
    """
    right = ((r.actual <= 0) & full) | ((r.actual > 0) & r.score.equals(0, SAME_SCORE))
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~none_wanted | right, also=also)


@rule(
    "S-20",
    "未得满分须说明原因",
    severity=WARNING,
    basis="绩效管理系统填报要求：自评得分小于分值的，填写理由",
    good=[scored_row(15, 10, 5, 3.33) | {r.reason: "受疫情影响"}],
    bad=[scored_row(15, 10, 5, 3.33)],
    silenced_by=("S-14", "S-16", "S-17"),
)
def shortfall_explained() -> Check:
    """“{三级指标}”得分 {得分}，低于分值 {分值}，没有填写偏差原因分析及改进措施。

    写明未完成的原因和改进措施。
    """
    return check(r.reason, ~(r.score < r.weight) | r.reason.filled, also=(r.score, r.indicator))


@rule(
    "S-21",
    "明显超额完成须分析",
    severity=INFO,
    basis="财预〔2020〕10号：完成值明显高于指标值的要分析原因（具体比例待核实，按评分口径掌握）",
    good=[scored_row(7, 9, 5, 5), scored_row(5, 7, 5, 5) | {r.reason: "年中新增任务"}],
    bad=[scored_row(5, 7, 5, 5)],
)
def over_completion_explained() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，完成率 {完成率}，目标值可能偏低。

    在偏差原因栏分析超额原因；下年按实际能力设定目标值。
    """
    high = forward & (over >= Param("over_completion")) & r.reason.blank
    also = (r.indicator, r.target_value)
    return check(r.actual_value, ~high, also=also, 完成率=(over, Kind.RATE))


@rule(
    "S-37",
    "明显超额完成的扣分",
    severity=WARNING,
    basis="评分口径“超额扣分”：默认口径不设，本地有规定的按规定",
    good=[scored_row(10, 13, 5, 5), scored_row(10, 14, 5, 3), scored_row(10, 14, 1, 0)],
    bad=[scored_row(10, 14, 5, 5)],
    silenced_by=("S-08",),
)
def over_completion_deducted() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，超额较多，按评分口径最高得 {expected}，填报 {filed}。

    按评分口径扣分，并在偏差原因栏分析目标偏低的原因。
    """
    highest = Greatest(Const(0), r.weight - Param("over_deduction"))
    high = forward & (over > Param("over_deducted_from"))
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~high | (r.score <= highest), highest, also=also)


def _band(done: Predicate, low: Expr, high: Expr) -> Check:
    share = r.score / r.weight
    inside = (share >= low - SCORE_SHARE) & (share <= high + SCORE_SHARE)
    return check(
        r.score,
        ~done | inside,
        also=(r.indicator, r.actual_value),
        下限=(low, Kind.RATE),
        上限=(high, Kind.RATE),
    )


@rule(
    "S-22",
    "定性指标按档记分",
    severity=WARNING,
    basis="定性指标：达成80%以上、部分达成60%—80%、未达成60%以下（中江县2022年表注；旧口径为80%、50%）",
    good=[
        {r.actual_value: "达成年度指标", r.weight: 10, r.score: 8},
        {r.actual_value: "未达成", r.weight: 10, r.score: 0},
    ],
    bad=[{r.actual_value: "部分达成", r.weight: 10, r.score: 10}],
)
def qualitative_band() -> Iterator[Check]:
    """“{三级指标}”完成情况为“{实际完成值}”，得分 {filed} 不在该档的记分范围（分值的 {下限}—{上限}）内。

    按完成情况所在的档次改正得分；完成情况写错的，改正完成情况。
    """
    most, least = Param("qualitative_full"), Param("qualitative_partial")
    reached = r.actual_value.matches(
        "^(达成|达成指标|达成目标|达成年度指标|达成年度目标|达成预期指标|达成预期目标|完全达成)$",
        "为“达成”“达成年度指标”“完全达成”之类",
    )
    yield _band(reached, most, Const(1))
    yield _band(r.actual_value.matches("^部分达成"), least, most)
    yield _band(r.actual_value.matches("^未达成"), Const(0), least)
