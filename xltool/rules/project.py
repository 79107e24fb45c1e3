"""Rules of 附件3 only; those it shares with 附件2 are in `self_review`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xltool import params
from xltool.expr.nodes import Agrees, Field, Kind, Predicate, total
from xltool.findings import Severity
from xltool.forms import project as p
from xltool.forms import review
from xltool.forms.model import Role
from xltool.forms.tolerances import CENT, ROUNDED_SUM
from xltool.rules.model import Check, any_filled, check, rule
from xltool.rules.self_review import beyond_initial_budget
from xltool.text.basis import ARITHMETIC

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LIMITS = params.load()
FORM = "附件3表样"


def _parts(index: int) -> tuple[Field, ...]:
    return tuple(line.amounts[index] for line in p.breakdown)


def _in_wrong_column(index: int) -> Predicate:
    """Whether the breakdown of a column adds up to the total of another column instead of its own."""
    mine, parts = p.year.amounts[index], total(*_parts(index))
    first, second = _others(index)
    elsewhere = parts.equals(first.or_zero, ROUNDED_SUM) | parts.equals(second.or_zero, ROUNDED_SUM)
    return ~parts.equals(mine, ROUNDED_SUM) & elsewhere & (parts > 0)


def _others(index: int) -> tuple[Field, Field]:
    first, second = (other for number, other in enumerate(p.year.amounts) if number != index)
    return first, second


def _measure(field: Field) -> str:
    return field.key.partition("_")[2]


@rule(
    "A3-01",
    "项目名称、主管部门、实施单位已填",
    severity=ERROR,
    basis=FORM,
    good=[{p.name: "产业开发专项", p.supervisor: "某局", p.implementer: "某局"}],
    bad=[{p.name: None, p.supervisor: "某局", p.implementer: "某局"}],
)
def names_present() -> Iterator[Check]:
    """{item}未填。

    按预算批复填写项目全称和单位全称。
    """
    for field in (p.name, p.supervisor, p.implementer):
        yield check(field, field.filled)


@rule(
    "A3-02",
    "年度资金总额 = 财政拨款 + 上年结转 + 其他资金",
    severity=ERROR,
    basis="附件3表样：年度资金总额其中项",
    good=[{p.year.budget: 100, p.appropriation.budget: 90, p.carried_over.budget: 10}],
    bad=[
        {p.year.budget: 100, p.appropriation.budget: 90},
        {p.year.initial: 996.72, p.year.budget: 10459.37, p.year.executed: 10459.37, p.appropriation.initial: 10459.37},
    ],
    aliases=("A3-03",),
    silenced_by=("A3-05",),
)
def funds_add_up() -> Iterator[Check]:
    """{item}填报 {filed}，其中项之和为 {expected}。

    核对其中项是否填错栏次、漏填；恢复合计公式，使各栏合计等于其中项之和。
    """
    for index, (whole, line) in enumerate(zip(p.year.amounts, p.appropriation.amounts, strict=True)):
        parts, misplaced = total(*_parts(index)), _in_wrong_column(index)
        yield check(whole, Agrees(whole, whole.tolerance) | misplaced, parts, also=_parts(index))
        others = _others(index)
        amounts = "、".join(f"{_measure(other)} {{{other.key}}}" for other in others)
        yield check(
            line,
            ~misplaced,
            whole + 0,
            also=(whole, *others),
            message=f"{_measure(whole)}栏其中项之和为 {{合计}}，与本栏年度资金总额 {{总额}} 不符，"
            f"而与其他栏的年度资金总额（{amounts}）相同：金额填错了栏次。",
            合计=(parts, Kind.MONEY),
            总额=(whole + 0, Kind.MONEY),
        )


@rule(
    "A3-04",
    "有年度资金总额须有其中项",
    severity=WARNING,
    basis=FORM,
    good=[
        {p.year.budget: 100, p.appropriation.budget: 100, p.year.executed: 0, p.appropriation.executed: 0},
        {p.year.budget: 100, p.carried_over.budget: 100, p.year.executed: 90, p.other_funds.executed: 90},
    ],
    bad=[
        {p.year.budget: 100, p.appropriation.budget: None},
        {p.year.budget: 0.01, p.appropriation.budget: None, p.year.executed: 0},
        {p.year.initial: 100, p.appropriation.initial: 100},
    ],
    grouped=True,
)
def breakdown_present() -> Iterator[Check]:
    """{item}未填，但本栏年度资金总额已有金额 {总额}。

    把年度资金总额分解填入当年财政拨款、上年结转资金、其他资金；没有的填 0。
    """
    for index, (whole, first) in enumerate(zip(p.year.amounts, p.appropriation.amounts, strict=True)):
        filled = first.filled
        rest = _parts(index)[1:]
        some = filled | rest[0].filled | rest[1].filled
        yield check(first, ~(whole > 0) | some, also=(whole,), entry=True, 总额=(whole + 0, Kind.MONEY))
        if whole is not p.year.initial:  # many forms of other places have no column for it
            others = _others(index)
            elsewhere = (others[0].or_zero > 0) | (others[1].or_zero > 0)
            yield check(
                first,
                ~elsewhere | whole.filled | some,
                also=others,
                entry=True,
                message="{item}未填，而其他栏已有金额：本栏年度资金总额为空，执行率无法计算。",
            )


@rule(
    "A3-05",
    "有其中项必有年度资金总额",
    severity=ERROR,
    basis=f"{ARITHMETIC}；实例：总额填 0、其中项有数",
    good=[{p.year.budget: 100, p.appropriation.budget: 100}, {p.appropriation.budget: 0}],
    bad=[{p.year.budget: 0, p.appropriation.budget: 202.64}, {p.year.budget: None, p.appropriation.budget: 202.64}],
)
def total_behind_breakdown() -> Iterator[Check]:
    """{item}为 {filed}，但其中项之和为 {expected}。

    恢复合计公式，或按其中项之和填写。
    """
    for index, whole in enumerate(p.year.amounts):
        parts = total(*_parts(index))
        yield check(whole, (whole.or_zero > 0) | (parts.or_zero <= 0), parts, also=_parts(index))


def _within_budget(line: review.Funds, *others: Predicate) -> Check:
    """No more was spent than the budget of a line, or another finding says where."""
    within: Predicate = line.executed - line.budget <= CENT
    for other in others:
        within = within | other
    return check(line.executed, within, also=(line.budget,), 预算=(line.budget + 0, Kind.MONEY))


def _beyond_budget(line: review.Funds) -> Predicate:
    """Whether more was spent of a part of the money than its budget; false where that is blank."""
    return (line.budget.or_zero > 0) & (line.executed.or_zero - line.budget.or_zero > CENT)


@rule(
    "A3-08",
    "执行数不大于全年预算数",
    severity=ERROR,
    roles=(Role.PROJECT_REVIEW,),
    basis="不得超预算支出",
    good=[{p.year.budget: 100, p.year.executed: 100}, {review.budget_stand_in: 100, p.year.executed: 100}],
    bad=[{p.year.budget: 100, p.year.executed: 101}, {review.budget_stand_in: 100, p.year.executed: 101}],
)
def spent_within_budget() -> Iterator[Check]:
    """{item}填报 {filed}，大于本行全年预算数 {预算}。

    全年预算数应为调整后预算数（含上年结转）；核对追加指标是否漏计。
    """
    for line in p.breakdown:
        yield _within_budget(line)
    # The total follows from its parts: where a part is beyond its budget, that is the cell to mend.
    whole = _within_budget(p.year, *map(_beyond_budget, p.breakdown))
    yield replace(whole, excuses=frozenset(item for line in p.breakdown for item in line.amounts))
    yield beyond_initial_budget(p.year)


@rule(
    "A3-09",
    "项目预算调整幅度",
    severity=WARNING,
    basis=f"{LIMITS.limits['adjustment'].basis}；四川省2023年表注：年中调整应单独说明理由",
    good=[{p.year.initial: 100, p.year.budget: 130}],
    bad=[
        {p.year.initial: 996.72, p.year.budget: 10459.37},
        {p.year.initial: 202.64, p.year.budget: 132.912},
        {
            p.year.initial: 0,
            p.year.budget: 0,
            p.appropriation.initial: 202.64,
            p.appropriation.budget: 132.912,
        },
    ],
)
def project_adjustment() -> Iterator[Check]:
    """年初预算数 {年度资金总额_年初预算数} 调整为全年预算数 {年度资金总额_全年预算数}，调整 {幅度}，超过 30%。

    说明追加（调减）的文号和原因；下年编实项目预算。
    """
    change = (p.year.budget - p.year.initial) / p.year.initial
    limit = LIMITS["adjustment"]
    yield check(p.year.budget, change.within(limit), also=(p.year.initial,), 幅度=(change, Kind.RATE))
    # The line of totals may hold nothing (A3-05); then its breakdown says how far the budget was adjusted.
    initial, budget = total(*_parts(0)), total(*_parts(1))
    by_parts = (budget - initial) / initial
    stands = (p.year.initial.or_zero > 0) | (p.year.budget.or_zero > 0)
    yield check(
        p.appropriation.budget,
        stands | by_parts.within(limit),
        also=(p.appropriation.initial,),
        message="按其中项之和，年初预算数 {年初} 调整为全年预算数 {全年}，调整 {幅度}，超过 30%。",
        年初=(initial, Kind.MONEY),
        全年=(budget, Kind.MONEY),
        幅度=(by_parts, Kind.RATE),
    )


@rule(
    "A3-14",
    "项目资金已填",
    severity=ERROR,
    basis=FORM,
    good=[{p.appropriation.initial: 100}, {p.appropriation.budget: 0}],
    bad=[{}],
)
def funds_present() -> Check:
    """项目资金各栏都没有填写金额，执行率和得分无法计算。

    按预算批复和决算填写年初预算数、全年预算数、全年执行数，没有的填 0。
    """
    parts = [field for line in p.breakdown for field in line.amounts]
    return check(p.appropriation.initial, any_filled(*parts, *p.year.amounts), also=p.year.amounts)


@rule(
    "A3-10",
    "年初预算数为0",
    severity=INFO,
    basis="分母为零不计算调整幅度",
    good=[{p.year.initial: 100, p.year.budget: 100}, {p.year.initial: 0, p.year.budget: 0}],
    bad=[{p.year.initial: 0, p.year.budget: 100}],
)
def initial_budget_zero() -> Check:
    """年初预算数为 0，全年预算数为 {年度资金总额_全年预算数}：属年中新增项目，不计算调整幅度。

    说明年中立项的文号和原因。
    """
    return check(p.year.initial, (p.year.initial > 0) | ~(p.year.budget > 0), also=(p.year.budget,))
