"""Rules across the forms of one filing: amounts that must agree (matching of texts: `matching`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind, Sum
from xltool.findings import Severity
from xltool.forms import base_data as b
from xltool.forms import key_of, review
from xltool.forms import project as p
from xltool.forms import self_review as s
from xltool.forms.model import Role
from xltool.forms.tolerances import CENT, ROUNDED_SUM
from xltool.rules.model import Check, check, rule
from xltool.text.basis import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
BASIS = "附件1、附件2、附件3之间的勾稽关系"


@rule(
    "X-03",
    "附件2项目支出 = 附件1项目支出决算数",
    severity=ERROR,
    basis=BASIS,
    good=[{s.project_spending: 10459.37, b.project_spending.actual: 10459.37}],
    bad=[{s.project_spending: 9459.37, b.project_spending.actual: 10459.37}],
)
def project_spending_agrees() -> Check:
    """附件2项目支出 {filed}，附件1项目支出本年决算数 {expected}，两表不一致。

    以部门决算为准核对，改正填错的一张表。
    """
    other = b.project_spending.actual
    return check(s.project_spending, s.project_spending.equals(other, ROUNDED_SUM), other + 0, also=(other,))


@rule(
    "X-04",
    "附件1项目支出预算数 = 各附件3年初预算数之和",
    severity=ERROR,
    basis=BASIS,
    good=[{b.project_spending.budget: 996.72, p.year.initial: [900, 96.72]}],
    bad=[{b.project_spending.budget: 996.72, p.year.initial: [900]}],
    silenced_by=("X-06", "A3-14"),
)
def project_budget_agrees() -> Check:
    """附件1项目支出本年预算数 {filed}，各附件3年初预算数之和 {expected}，两者不一致。

    各项目的附件3须一并检查；逐个项目核对年初预算数。
    """
    forms = Sum(p.year.initial)
    return check(b.project_spending.budget, b.project_spending.budget.equals(forms, ROUNDED_SUM), forms)


@rule(
    "X-05",
    "附件2项目支出 = 各附件3全年执行数之和",
    severity=ERROR,
    basis=BASIS,
    good=[
        {s.project_spending: 10459.37, p.year.executed: [10000, 459.37]},
        {s.project_spending: 10459.37, p.year.executed: [10000]},
    ],
    bad=[
        {s.project_spending: 10459.37, p.year.executed: [10000], b.project_spending.actual: 10459.37},
        {s.project_spending: 10459.37, p.year.executed: [10000, 600]},
    ],
    silenced_by=("X-06", "A3-14"),
)
def project_execution_agrees() -> Check:
    """附件2项目支出 {filed}，各附件3全年执行数之和 {expected}，两者不一致。

    各项目的附件3须一并检查；逐个项目核对全年执行数。
    """
    forms = Sum(p.year.executed)
    agree, more = s.project_spending.equals(forms, ROUNDED_SUM), s.project_spending > forms
    # Only 附件1 lists all projects; without it, some forms of projects may be missing.
    return check(s.project_spending, agree | (more & b.project_spending.actual.blank), forms)


@rule(
    "X-07",
    "附件2年初预算数不小于各附件3年初预算数之和",
    severity=ERROR,
    basis=f"{BASIS}：差额为年初基本支出",
    good=[{s.year.initial: 1200, p.year.initial: [996.72]}],
    bad=[{s.year.initial: 900, p.year.initial: [996.72]}],
)
def initial_budget_holds_projects() -> Check:
    """附件2年初预算数 {filed}，小于各附件3年初预算数之和 {合计}。

    部门年初预算应包含全部项目年初预算；核对附件2和各附件3的年初预算数。
    """
    forms = Sum(p.year.initial)
    return check(s.year.initial, s.year.initial - forms >= -CENT, 合计=(forms, Kind.MONEY))


@rule(
    "X-08",
    "附件2全年预算数能容纳基本支出和各项目预算",
    severity=ERROR,
    basis=BASIS,
    good=[{s.year.budget: 10716.16, s.basic_spending: 256.79, p.year.budget: [10459.37]}],
    bad=[{s.year.budget: 10000, s.basic_spending: 256.79, p.year.budget: [10459.37]}],
)
def year_budget_holds_everything() -> Check:
    """附件2全年预算数 {filed}，小于基本支出与各附件3全年预算数之和 {合计}。

    核对附件2全年预算数是否漏计追加指标，或附件3全年预算数是否多填。
    """
    needed = Sum(p.year.budget) + s.basic_spending
    return check(
        s.year.budget, needed - s.year.budget <= ROUNDED_SUM, also=(s.basic_spending,), 合计=(needed, Kind.MONEY)
    )


@rule(
    "X-09",
    "附件1公用经费不大于附件2基本支出",
    severity=ERROR,
    basis="附件1说明：公用经费填报基本支出中的一般商品和服务支出",
    good=[{b.running.actual: 39.19, s.basic_spending: 256.79}],
    bad=[{b.running.actual: 300, s.basic_spending: 256.79}],
)
def running_within_basic() -> Check:
    """附件1公用经费本年决算数 {filed}，大于附件2基本支出 {支出_基本支出}。

    公用经费是基本支出的一部分；核对是否把项目支出计入公用经费，或附件2基本支出漏填。
    """
    return check(b.running.actual, b.running.actual - s.basic_spending <= CENT, also=(s.basic_spending,))


@rule(
    "X-10",
    "政府采购金额不大于全年执行数",
    severity=WARNING,
    basis=BASIS,
    good=[{b.procurement_actual: 100, s.year.executed: 100}],
    bad=[{b.procurement_actual: 101, s.year.executed: 100}],
)
def procurement_within_spending() -> Check:
    """附件1政府采购金额 {filed}，大于附件2全年执行数 {年度资金总额_全年执行数}。

    核对是否按元填报或含跨年合同金额；只填本年实际支付的采购金额。
    """
    return check(b.procurement_actual, b.procurement_actual - s.year.executed <= CENT, also=(s.year.executed,))


@rule(
    "X-15",
    "基本支出预算调整与附件2、附件3一致",
    severity=WARNING,
    basis="附件1、附件2、附件3之间的推算：年初基本支出 = 附件2年初预算数 − 各附件3年初预算数之和",
    good=[
        {
            b.adjustment_before: 203.28,
            b.adjustment_after: 256.79,
            s.year.initial: 1200,
            p.year.initial: [996.72],
            s.basic_spending: 256.79,
        },
        {b.adjustment_before: 200, s.year.initial: 900, p.year.initial: [996.72]},
    ],
    bad=[{b.adjustment_before: 200, s.year.initial: 1200, p.year.initial: [996.72]}],
    silenced_by=("X-06", "X-07", "A3-14"),
)
def adjustment_agrees() -> Iterator[Check]:
    """部门基本支出预算调整填报 {filed}，按附件2、附件3推算应为 {expected}。

    本年预算数栏填调整前、本年决算数栏填调整后的基本支出；核对三张表。
    """
    before = s.year.initial - Sum(p.year.initial)
    # Where the projects exceed the whole, nothing follows for the rest.
    agrees = b.adjustment_before.equals(before, ROUNDED_SUM) | (before < -CENT)
    yield check(b.adjustment_before, agrees, before, also=(s.year.initial,))
    after = s.basic_spending
    yield check(b.adjustment_after, b.adjustment_after.equals(after, ROUNDED_SUM), after + 0, also=(after,))


_PROJECT_GOAL = review.goal.on_form(key_of(Role.PROJECT_REVIEW))
_DEPARTMENT_GOAL = review.goal.on_form(key_of(Role.DEPARTMENT_REVIEW))


@rule(
    "A3-13",
    "项目目标不照抄部门目标",
    severity=INFO,
    basis=PRACTICE,
    good=[{_PROJECT_GOAL: "建设冷库一座", _DEPARTMENT_GOAL: "（1）全年引进项目15个"}],
    bad=[{_PROJECT_GOAL: "（1）全年引进项目15个", _DEPARTMENT_GOAL: "（1）全年引进项目15个"}],
)
def goals_of_its_own() -> Check:
    """项目表的预期目标与部门整体表的文字完全相同。

    写本项目资金要办成的事；部门只有一个项目的，也应写明项目目标与部门目标的关系。
    """
    return check(_PROJECT_GOAL, ~_PROJECT_GOAL.same_text(_DEPARTMENT_GOAL), also=(_DEPARTMENT_GOAL,))
