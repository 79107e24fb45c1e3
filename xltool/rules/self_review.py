"""Rules of 附件2, and the rules of funds and goals that it shares with 附件3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool import params
from xltool.expr.nodes import Kind, Numeric, Param
from xltool.findings import Severity
from xltool.forms import project, review
from xltool.forms import self_review as s
from xltool.forms.model import Role
from xltool.forms.tolerances import CENT
from xltool.rules.model import Check, check, rule
from xltool.text.basis import ARITHMETIC

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LIMITS = params.load()
FORM = "附件2表样"
EXECUTION_WEIGHT = Param("execution_weight")

ONLY_NUMBER = r"^[\s\d.,，%％]++(万元|亿元|元)?[\s。.]*$"


def beyond_initial_budget(line: review.YearFunds) -> Check:
    """Spending against the budget of the beginning of the year, on a form that has no other: a warning at most."""
    message = "全年执行数 {filed} 大于年初预算数 {预算}；这张表没有另列调整后的预算数，请核对是否有追加预算。"
    return check(
        line.executed,
        line.executed - review.budget_stand_in <= CENT,
        also=(line.initial,),
        severity=WARNING,
        message=message,
        预算=(review.budget_stand_in + 0, Kind.MONEY),
    )


@rule("A2-01", "部门名称已填", severity=ERROR, basis=FORM, good=[{s.department: "某局"}], bad=[{s.department: None}])
def department_present() -> Check:
    """部门名称未填，无法确认是哪个单位的自评表。

    填写单位全称，与公章一致。
    """
    return check(s.department, s.department.filled)


@rule(
    "A2-02",
    "年初、全年预算、全年执行数已填",
    severity=ERROR,
    basis=FORM,
    good=[{s.year.initial: 1200, s.year.budget: 0, s.year.executed: 0}],
    bad=[{s.year.initial: 1200, s.year.budget: None, s.year.executed: 10}],
)
def amounts_present() -> Iterator[Check]:
    """{item}未填写金额（填报为 {filed}）。

    按预算批复和部门决算填写，单位：万元；没有的填 0。
    """
    for amount in (s.year.initial, s.year.budget, s.year.executed):
        yield check(amount, amount.filled)


@rule(
    "A2-05",
    "执行数不大于全年预算数",
    severity=ERROR,
    roles=(Role.DEPARTMENT_REVIEW,),
    basis="不得超预算支出",
    good=[{s.year.budget: 100, s.year.executed: 100}, {review.budget_stand_in: 100, s.year.executed: 100}],
    bad=[{s.year.budget: 100, s.year.executed: 101}, {review.budget_stand_in: 100, s.year.executed: 101}],
)
def spent_within_budget() -> Iterator[Check]:
    """全年执行数 {年度资金总额_全年执行数} 大于全年预算数 {年度资金总额_全年预算数}。

    全年预算数应为调整后预算数（含上年结转）；核对追加指标是否漏计。
    """
    yield check(s.year.executed, s.year.executed - s.year.budget <= CENT, also=(s.year.budget,))
    yield beyond_initial_budget(s.year)


@rule(
    "A2-06",
    "执行率的分值",
    severity=WARNING,
    basis="预算执行率10分、产出50分、效益30分、满意度10分（中江县2022年表注；各地口径不同，湖北省为20分）",
    good=[{s.year.weight: 10}],
    bad=[{s.year.weight: 20}],
)
def execution_weighs_its_share() -> Iterator[Check]:
    """执行率分值填报为 {filed}，应为 {expected}。

    按表样填写；本地另有规定的，请财政部门选用相应评分口径。
    """
    for line in (s.year, project.year):
        yield check(line.weight, line.weight.equals(EXECUTION_WEIGHT, 0), EXECUTION_WEIGHT)


@rule(
    "A2-07",
    "有执行数必有全年预算数",
    severity=ERROR,
    basis=ARITHMETIC,
    good=[{s.year.budget: 100, s.year.executed: 90}, {s.year.budget: "1,350.00", s.year.executed: 90}],
    bad=[{s.year.budget: None, s.year.executed: 90}, {s.year.budget: 0, s.year.executed: 90}],
    silenced_by=("A3-05",),
)
def budget_behind_spending() -> Iterator[Check]:
    """全年执行数已有金额，但全年预算数为 {filed}，执行率无从计算。

    填写调整后的全年预算数（年初预算加追加、上年结转）。
    """
    # A text in the cell has a finding of its own (W-05); on 附件3 a formula stands there.
    text = s.year.budget.filled & ~Numeric(s.year.budget)
    yield check(s.year.budget, ~(s.year.executed > 0) | (s.year.budget.or_zero > 0) | text, also=(s.year.executed,))
    yield check(
        project.year.budget,
        ~(project.year.executed > 0) | (project.year.budget.or_zero > 0),
        also=(project.year.executed,),
    )


@rule(
    "A2-08",
    "收入合计与年度资金总额一致",
    severity=ERROR,
    # A2-12 (income and spending differ although all was spent) is retired: then A2-08 or A2-10 is violated too.
    aliases=("A2-12",),
    basis=FORM,
    good=[{s.income: 10716.16, s.year.budget: 10716.16, s.year.executed: 10000}],
    bad=[
        {s.income: 9716.16, s.year.budget: 10716.16, s.year.executed: 10716.16},
        {s.income: 100, s.spent: 90, s.year.budget: 90, s.year.executed: 90},
    ],
)
def income_is_the_budget() -> Check:
    """按收入性质分合计 {filed}，与全年预算数 {年度资金总额_全年预算数}、全年执行数 {年度资金总额_全年执行数} 都不相等。

    核对四项收入是否漏填、重填，合计应等于全年预算数。
    """
    same = s.income.equals(s.year.budget, 2 * CENT) | s.income.equals(s.year.executed, 2 * CENT)
    return check(s.income, same, s.year.budget + 0, also=(s.year.budget, s.year.executed))


@rule(
    "A2-10",
    "支出合计与全年执行数一致",
    severity=ERROR,
    basis=FORM,
    good=[{s.spent: 10716.16, s.year.executed: 10716.16}],
    bad=[{s.spent: 9716.16, s.year.executed: 10716.16}, {s.spent_in_parts: 4753.66, s.year.executed: 3824.26}],
)
def spending_is_the_execution() -> Iterator[Check]:
    """按支出性质分合计 {filed}，与全年执行数 {年度资金总额_全年执行数} 不相等。

    核对基本支出和项目支出，合计应等于全年执行数。
    """
    yield check(s.spent, s.spent.equals(s.year.executed, CENT), s.year.executed + 0, also=(s.year.executed,))
    yield check(
        s.project_spending,
        s.spent_in_parts.equals(s.year.executed, CENT),
        also=(s.basic_spending, s.year.executed),
        severity=WARNING,
        message="基本支出、项目支出合计 {两项}，与全年执行数 {年度资金总额_全年执行数} 不相等，请核对是否填了预算。",
        两项=(s.spent_in_parts + 0, Kind.MONEY),
    )


@rule(
    "A2-13",
    "预算调整幅度",
    severity=WARNING,
    basis=LIMITS.limits["adjustment"].basis,
    good=[{s.year.initial: 100, s.year.budget: 105}],
    bad=[{s.year.initial: 1200, s.year.budget: 10716.16}, {s.year.initial: 100, s.year.budget: 120}],
)
def budget_adjustment() -> Iterator[Check]:
    """年初预算数 {年度资金总额_年初预算数} 调整为全年预算数 {年度资金总额_全年预算数}，增加 {幅度}，超过 30%。

    在自评报告中说明追加（调减）的项目、文号和原因；下年编实编细年初预算。
    """
    change = (s.year.budget - s.year.initial) / s.year.initial
    large, notable = LIMITS["adjustment"], LIMITS["adjustment_notice"]
    also = (s.year.initial,)
    yield check(s.year.budget, change <= large, also=also, 幅度=(change, Kind.RATE))
    slight = (change <= notable) | (change > large)
    message = "年初预算数 {年度资金总额_年初预算数} 调整为全年预算数 {年度资金总额_全年预算数}，增加 {幅度}，超过 10%。"
    yield check(s.year.budget, slight, also=also, severity=INFO, message=message, 幅度=(change, Kind.RATE))


@rule(
    "A2-15",
    "总体目标和完成情况有内容",
    severity=ERROR,
    basis=f"{FORM}；实例：整格只填一个金额",
    good=[{review.goal: "（1）完成培训200人次", review.achievement: "（1）完成培训210人次"}],
    bad=[
        {review.goal: None, review.achievement: "完成"},
        {review.goal: "10459.37万元", review.achievement: "完成"},
    ],
)
def goals_present() -> Iterator[Check]:
    """{item}没有填写内容。

    分条写明年度目标和实际完成情况，做到可检查、可对照。
    """
    for text in (review.goal, review.achievement):
        yield check(text, text.filled)
        bare = text.matches(ONLY_NUMBER, "只是一个数或金额")
        yield check(text, ~bare, message="{item}整格只填了“{filed}”，没有写明内容。")


@rule(
    "A2-16",
    "完成情况不照抄预期目标",
    severity=WARNING,
    basis="审核惯例；实例：两栏文字完全相同",
    good=[{review.goal: "完成培训200人次", review.achievement: "完成培训210人次"}],
    bad=[{review.goal: "完成培训200人次", review.achievement: "完成培训200人次"}],
)
def achievement_not_copied() -> Check:
    """实际完成情况与预期目标文字完全相同。

    按实际进展逐条填写完成情况，写明完成的数量和时间。
    """
    return check(review.achievement, ~review.goal.same_text(review.achievement), also=(review.goal,))
