"""Rules of 附件1 that compare amounts: with last year, with the budget, with 附件2 and 附件3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool import params
from xltool.expr.nodes import Expr, Field, Greatest, Kind, Predicate, Sum
from xltool.findings import Severity
from xltool.forms import base_data as b
from xltool.forms import project, self_review
from xltool.forms.tolerances import CENT, PRINTED_PERCENT
from xltool.rules.model import Check, any_filled, check, rule
from xltool.text.basis import HUNAN, PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

WARNING, INFO = Severity.WARNING, Severity.INFO
LIMITS = params.load()
TEN_THOUSAND = 10_000
"""An amount in 元 instead of 万元 is too large by this factor."""
BESIDE_OTHERS = "{item}填报 {filed}，约为本行其他金额 {其他} 的一万倍，疑似按“元”填报。"

_LEAVES = (b.vehicle_purchase, b.vehicle_running, b.abroad, b.reception)


def growth(now: Field, before: Field) -> Expr:
    """The change as a share of the amount before."""
    return (now - before) / before


@rule(
    "A1-10",
    "三公经费不增长",
    severity=WARNING,
    basis=f"{HUNAN}：三公经费变动率不大于0（财预〔2013〕53号共性指标；本表无上年预算数，按决算数比决算数计算）",
    good=[{b.three_public.last: 27.48, b.three_public.actual: 27.48}],
    bad=[{b.three_public.last: 23.21, b.three_public.actual: 27.48}],
)
def three_public_not_growing() -> Check:
    """三公经费决算数由上年 {三公经费_上年决算数} 增至 {三公经费_本年决算数}，增长 {增幅}。

    核对是否误填；确有增长的，在自评报告中逐项说明原因，下年压减。
    """
    change = growth(b.three_public.actual, b.three_public.last)
    return check(b.three_public.actual, change <= 0, also=(b.three_public.last,), 增幅=(change, Kind.RATE))


@rule(
    "A1-11",
    "三公经费决算不超预算",
    severity=WARNING,
    basis=f"{HUNAN}：三公经费控制率不大于100%（待核实）",
    good=[{b.three_public.budget: 27.48, b.three_public.actual: 27.48}],
    bad=[{b.three_public.budget: 20, b.three_public.actual: 27.48}],
)
def three_public_within_budget() -> Check:
    """三公经费决算数 {三公经费_本年决算数}，预算数 {三公经费_本年预算数}，控制率 {率}，超过 100%。

    核对预算数是否为调整后批复数；确系超支的，说明原因。
    """
    ratio = b.three_public.actual / b.three_public.budget
    return check(
        b.three_public.actual, ratio <= 1 + PRINTED_PERCENT, also=(b.three_public.budget,), 率=(ratio, Kind.RATE)
    )


@rule(
    "A1-12",
    "公车购置须说明",
    severity=INFO,
    basis=PRACTICE,
    good=[{b.vehicle_purchase.actual: 0}],
    bad=[{b.vehicle_purchase.actual: 18}],
)
def vehicle_purchase_explained() -> Check:
    """本年公车购置 {filed}，请附购置批复。

    核对是否经公务用车主管部门批准，在自评报告中说明。
    """
    return check(b.vehicle_purchase.actual, b.vehicle_purchase.actual <= 0)


@rule(
    "A1-13",
    "上年有数、本年为空的三公项目",
    severity=INFO,
    basis=PRACTICE,
    good=[{b.vehicle_running.last: 5.51, b.vehicle_running.actual: 0}, {b.vehicle_running.last: None}],
    bad=[{b.vehicle_running.last: 5.51, b.vehicle_running.actual: None}],
)
def item_not_forgotten() -> Iterator[Check]:
    """{line}上年决算数 {上年}，本年决算数未填。

    本年有支出的补填；没有支出的填 0。
    """
    for item in _LEAVES:
        yield check(
            item.actual, ~(item.last > 0) | item.actual.filled, also=(item.last,), 上年=(item.last + 0, Kind.MONEY)
        )


@rule(
    "A1-14",
    "公务接待增幅",
    severity=INFO,
    basis=LIMITS.limits["reception_growth"].basis,
    good=[{b.reception.last: 20, b.reception.actual: 26}],
    bad=[{b.reception.last: 17.7, b.reception.actual: 27.48}],
)
def reception_growth() -> Check:
    """公务接待由上年 {公务接待_上年决算数} 增至 {公务接待_本年决算数}，增长 {增幅}，超过 30%。

    核对接待批次和人数台账，在自评报告中说明增长原因。
    """
    change = growth(b.reception.actual, b.reception.last)
    return check(
        b.reception.actual, change <= LIMITS["reception_growth"], also=(b.reception.last,), 增幅=(change, Kind.RATE)
    )


@rule(
    "A1-17",
    "项目支出决算与预算偏离",
    severity=WARNING,
    basis=LIMITS.limits["adjustment"].basis,
    good=[{b.project_spending.budget: 100, b.project_spending.actual: 130}],
    bad=[
        {b.project_spending.budget: 996.72, b.project_spending.actual: 10459.37},
        {b.project_spending.budget: 100, b.project_spending.actual: 60},
        {
            b.project_spending.budget: None,
            b.project_spending.actual: None,
            b.project_budget: [320],
            b.project_actual: [689.16],
        },
    ],
)
def project_budget_realistic() -> Iterator[Check]:
    """项目支出决算数 {项目支出_本年决算数} 与预算数 {项目支出_本年预算数} 相差 {偏离}，超过 30%。

    核对两栏是否填错；属年中追加或未执行的，在自评报告中说明，下年编实预算。
    """
    change = growth(b.project_spending.actual, b.project_spending.budget)
    limit = LIMITS["adjustment"]
    yield check(
        b.project_spending.actual,
        change.within(limit),
        also=(b.project_spending.budget,),
        偏离=(change, Kind.RATE),
    )
    # Where the total is blank (A1-21), the sums of the projects are compared.
    budget, actual = Sum(b.project_budget), Sum(b.project_actual)
    by_rows = (actual - budget) / budget
    stands = b.project_spending.budget.filled | b.project_spending.actual.filled
    yield check(
        b.project_spending.actual,
        stands | by_rows.within(limit),
        also=(b.project_spending.budget,),
        message="各项目决算数之和 {决算} 与预算数之和 {预算} 相差 {偏离}，超过 30%。",
        决算=(actual, Kind.MONEY),
        预算=(budget, Kind.MONEY),
        偏离=(by_rows, Kind.RATE),
    )


@rule(
    "A1-19",
    "公用经费决算不超预算",
    severity=WARNING,
    basis=f"{HUNAN}：公用经费控制率不大于100%（待核实）",
    good=[{b.running.budget: 39.19, b.running.actual: 39.19}],
    bad=[{b.running.budget: 19.2, b.running.actual: 39.19}],
)
def running_within_budget() -> Check:
    """公用经费决算数 {公用经费_本年决算数}，预算数 {公用经费_本年预算数}，控制率 {率}，超过 100%。

    核对预算数是否为批复数；确系超支的，说明资金来源和原因。
    """
    ratio = b.running.actual / b.running.budget
    return check(b.running.actual, ratio <= 1 + PRINTED_PERCENT, also=(b.running.budget,), 率=(ratio, Kind.RATE))


@rule(
    "A1-22",
    "政府采购金额已填",
    severity=WARNING,
    basis=f"{HUNAN}：政府采购执行率需用本栏数据（待核实）",
    good=[{b.procurement_budget: 0, b.procurement_actual: 0}, {b.procurement_budget: "无", b.procurement_actual: "无"}],
    bad=[{b.procurement_budget: None, b.procurement_actual: None}],
    grouped=True,
)
def procurement_present() -> Iterator[Check]:
    """政府采购金额未填，政府采购执行率无法计算。

    填写政府采购预算数和实际采购金额；没有采购的填 0 或“无”。
    """
    for field in (b.procurement_budget, b.procurement_actual):
        yield check(field, field.filled)


@rule(
    "A1-23",
    "政府采购执行率",
    severity=WARNING,
    basis=LIMITS.limits["procurement_deviation"].basis,
    good=[{b.procurement_budget: 100, b.procurement_actual: 96}],
    bad=[{b.procurement_budget: 100, b.procurement_actual: 80}],
)
def procurement_executed() -> Check:
    """政府采购预算 {政府采购金额_本年预算数}，实际采购 {政府采购金额_本年决算数}，执行率 {率}，偏离 100% 超过 5%。

    核对采购台账；未按预算采购的，说明原因。
    """
    change = growth(b.procurement_actual, b.procurement_budget)
    return check(
        b.procurement_actual,
        change.within(LIMITS["procurement_deviation"]),
        also=(b.procurement_budget,),
        率=(b.procurement_actual / b.procurement_budget, Kind.RATE),
    )


@rule(
    "A1-24",
    "基本支出有调整须填报",
    severity=WARNING,
    basis="附件1、附件2、附件3之间的推算：年初基本支出 = 附件2年初预算数 − 各附件3年初预算数之和",
    good=[{self_review.year.initial: 1200, project.year.initial: [943.21], self_review.basic_spending: 256.79}],
    bad=[
        {self_review.year.initial: 1200, project.year.initial: [996.72], self_review.basic_spending: 256.79},
        {b.adjustment_before: 203.28, b.adjustment_after: None},
    ],
    silenced_by=("X-06", "X-07", "A3-14"),
)
def basic_adjustment_present() -> Iterator[Check]:
    """部门基本支出预算调整未填，但附件2、附件3显示基本支出由年初 {年初} 调整为 {全年}。

    按批复填写：本年预算数栏填调整前金额，本年决算数栏填调整后金额。
    """
    before = self_review.year.initial - Sum(project.year.initial)
    yield check(
        b.adjustment_before,
        self_review.basic_spending.equals(before, CENT) | any_filled(b.adjustment_before, b.adjustment_after),
        also=(b.adjustment_after,),
        年初=(before, Kind.MONEY),
        全年=(self_review.basic_spending + 0, Kind.MONEY),
    )
    for amount, other in ((b.adjustment_before, b.adjustment_after), (b.adjustment_after, b.adjustment_before)):
        message = "部门基本支出预算调整只填了一栏，{item}未填：调整前、调整后的金额都要填。"
        yield check(amount, amount.filled | other.blank, also=(other,), message=message)


def _ten_thousand_fold(amount: Expr, other: Expr) -> Predicate:
    """Whether an amount is about ten thousand times another one: the factor between 元 and 万元."""
    ratio = amount / other
    return (ratio >= TEN_THOUSAND / 2) & (ratio <= TEN_THOUSAND * 2)


def _projects_in_ten_thousand() -> Iterator[Check]:
    """Each amount of a project row against the largest that is credible, and against the others of its row."""
    columns = (b.project_last, b.project_budget, b.project_actual)
    limit = LIMITS["largest_amount"]
    for column in columns:
        yield check(column, column <= limit)
        first, second = (other for other in columns if other is not column)
        largest = Greatest(first.or_zero, second.or_zero)
        usual = (column > limit) | ~_ten_thousand_fold(column, largest)
        yield check(column, usual, also=(first, second), message=BESIDE_OTHERS, 其他=(largest, Kind.MONEY))
    both = _ten_thousand_fold(b.project_budget, b.project_last) & _ten_thousand_fold(b.project_actual, b.project_last)
    yield check(
        b.project_budget,
        (b.project_budget > limit) | ~both,
        also=(b.project_actual, b.project_last),
        message=BESIDE_OTHERS,
        其他=(b.project_last + 0, Kind.MONEY),
    )


def _funds_in_ten_thousand() -> Iterator[Check]:
    """Amounts of 年度资金总额 on 附件2, and of 当年财政拨款 on 附件3, against another of the line."""
    for line in (self_review.year, project.appropriation):
        initial, budget, _ = line.amounts
        for amount, other in zip(line.amounts, (budget, initial, budget), strict=True):
            ratio = amount / other
            usual = (ratio < TEN_THOUSAND / 2) | (ratio > TEN_THOUSAND * 2)
            yield check(amount, usual, also=(other,), message=BESIDE_OTHERS, 其他=(other + 0, Kind.MONEY))


@rule(
    "A1-32",
    "疑似按元填报",
    severity=WARNING,
    basis=LIMITS.limits["largest_amount"].basis,
    good=[
        {b.running.last: 38.35, b.running.actual: 39.19},
        {b.project_last: [260, 5], b.project_budget: [300, 20000], b.project_actual: [295, 20000]},
        {b.project_budget: [300, None], b.project_actual: [295, 800000]},
    ],
    bad=[
        {b.running.actual: 3919000},
        {b.running.last: 38.35, b.running.actual: 391900},
        {b.project_budget: [300, 150], b.project_actual: [2950000, 148]},
        {b.project_budget: [300, 150], b.project_actual: [295, 1480000.5]},
        {b.project_last: [26], b.project_budget: [300000], b.project_actual: [295000]},
        {b.project_budget: [300, 1500000], b.project_actual: [295, 1480000]},
        {self_review.year.initial: 13300000, self_review.year.budget: 1350},
        {project.appropriation.budget: 600, project.appropriation.executed: 5900000},
    ],
)
def unit_is_ten_thousand() -> Iterator[Check]:
    """{item}填报 {filed}，超过 100 亿元，疑似按“元”填报。

    本表单位为万元：请将金额除以 10000 后填写。
    """
    for item in (b.three_public, b.reception, b.project_spending, b.running, *b.running_lines):
        yield check(item.actual, item.actual <= LIMITS["largest_amount"])
        ratio = item.actual / item.last
        usual = (ratio < TEN_THOUSAND / 2) | (ratio > TEN_THOUSAND * 2)
        too_large = item.actual > LIMITS["largest_amount"]
        yield check(
            item.actual,
            too_large | usual,
            also=(item.last,),
            message="{item}填报 {filed}，约为上年 {上年} 的一万倍，疑似按“元”填报。",
            上年=(item.last + 0, Kind.MONEY),
        )
    yield from _projects_in_ten_thousand()
    yield from _funds_in_ten_thousand()


@rule(
    "A1-33",
    "公用经费其中项不超各自预算",
    severity=INFO,
    basis=PRACTICE,
    good=[{b.office.budget: 20, b.office.actual: 19.23}],
    bad=[{b.office.budget: 6, b.office.actual: 19.23}, {b.meetings.budget: None, b.meetings.actual: 0.7}],
)
def line_within_its_budget() -> Iterator[Check]:
    """{line}本年决算数 {filed}，超过预算数 {预算}。

    核对预算数是否漏填；在公用经费总额内调剂使用的，说明即可。
    """
    for line in b.running_lines:
        yield check(
            line.actual,
            line.actual - line.budget <= CENT,
            also=(line.budget,),
            预算=(line.budget + 0, Kind.MONEY),
        )
        yield check(
            line.actual,
            ~(line.actual > 0) | line.budget.filled,
            also=(line.budget,),
            message="{line}本年决算数 {filed}，但预算数未填。",
        )


@rule(
    "A1-36",
    "三公经费决算数恰等于预算数",
    severity=INFO,
    basis=PRACTICE,
    good=[
        {b.three_public.budget: 30, b.three_public.actual: 27.48},
        {b.three_public.budget: 0, b.three_public.actual: 0},
    ],
    bad=[{b.three_public.budget: 27.48, b.three_public.actual: 27.48}],
)
def three_public_exactly_on_budget() -> Check:
    """三公经费决算数与预算数完全相同（{filed}），请核对是否按决算数倒填预算数。

    核对年初批复的三公经费预算数。
    """
    same = b.three_public.actual.equals(b.three_public.budget, 0) & (b.three_public.actual > 0)
    return check(b.three_public.actual, ~same, also=(b.three_public.budget,))
