"""Rules across years: what this year's forms state of last year, compared with what was filed then.

They need last year's filing of the same department (`--prior`) and are silent without it. Rows of projects and
indicators are compared in `continuity`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool import params
from xltool.expr.nodes import Expr, Field, Greatest, Kind, OrZero
from xltool.findings import Severity
from xltool.forms import base_data as b
from xltool.forms import key_of, review
from xltool.forms import project as p
from xltool.forms.model import REVIEW_ROLES
from xltool.forms.tolerances import CENT, ROUNDED_SUM
from xltool.rules.model import Check, check, rule
from xltool.text.basis import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LIMITS = params.load()
LAST_AS_FILED = "表样：上年决算数栏填上年度部门决算数，与上年报送的本年决算数为同一数"

_PARTS = (
    b.vehicle_purchase,
    b.vehicle_running,
    b.abroad,
    b.reception,
    b.running,
    b.office,
    b.utilities,
    b.meetings,
)
_OF_PROJECTS = (
    "项目支出上年决算数（各项目行之和）为 {filed}，而上年报送的本年决算数为 {expected}，两年对不上；"
    "上年已经结束的项目也要列出上年决算数。"
)
_TOTALS = (
    (b.vehicles, (b.vehicle_purchase, b.vehicle_running)),
    (b.three_public, (b.vehicle_purchase, b.vehicle_running, b.abroad, b.reception)),
)


def _gap(item: b.Spending) -> Expr:
    """How far the two filings differ on a line; 0 where one of them is blank."""
    off = item.last - item.actual.prior
    return OrZero(Greatest(off, item.actual.prior - item.last))


@rule(
    "Y-01",
    "上年决算数与上年报送一致",
    severity=ERROR,
    basis=LAST_AS_FILED,
    good=[
        {b.reception.last: 17.7, b.reception.actual.prior: 17.7},
        {b.reception.last: 17.7, b.reception.actual.prior: 17.695},
        {b.reception.last: 17.7},
    ],
    bad=[
        {b.reception.last: 17.7, b.reception.actual.prior: 27.48},
        {b.three_public.last: 23.21, b.three_public.actual.prior: 27.48},
        {b.project_spending.last: 900, b.project_spending.actual.prior: 10459.37},
    ],
)
def last_year_as_filed() -> Iterator[Check]:
    """{line}上年决算数填报 {filed}，而上年报送的本年决算数为 {expected}，两年对不上。

    以上年部门决算为准核对：本年填错的改正本表；上年报送有误的，附说明一并报送。
    """
    for item in _PARTS:
        last = item.actual.prior
        yield check(item.last, item.last.equals(last, item.last.tolerance or CENT), last)
    total, last = b.project_spending.last, b.project_spending.actual.prior
    yield check(total, total.equals(last, ROUNDED_SUM), last, message=_OF_PROJECTS)
    for item, parts in _TOTALS:
        last = item.actual.prior
        explained = _gap(parts[0])
        for part in parts[1:]:
            explained += _gap(part)
        # A wrong part is reported at the part, and the total is wrong because of it.
        test = item.last.equals(last, item.last.tolerance or CENT) | (explained > CENT)
        yield check(item.last, test, last)


@rule(
    "Y-02",
    "编制数与上年相同",
    severity=INFO,
    basis=f"{PRACTICE}：编制数由机构编制部门核定，变动应有批文",
    good=[{b.posts: 12, b.posts.prior: 12}, {b.posts: 12}],
    bad=[{b.posts: 15, b.posts.prior: 12}],
)
def posts_unchanged() -> Check:
    """编制数填报 {filed}，上年报送为 {上年}。

    有机构编制部门批文的不用修改；没有调整过编制的，按批复数改正。
    """
    last = b.posts.prior
    return check(b.posts, b.posts.equals(last, 0), 上年=(last, Kind.COUNT))


_BALANCE = p.year.budget.prior - p.year.executed.prior


@rule(
    "Y-03",
    "上年结转资金与上年报送的余额一致",
    severity=WARNING,
    basis="表样：上年结转资金为上年全年预算数未执行完的部分",
    good=[
        {p.carried_over.budget: 20, p.year.budget.prior: 120, p.year.executed.prior: 100},
        {p.carried_over.budget: None, p.year.budget.prior: 120, p.year.executed.prior: 100},
        {p.carried_over.initial: 5, p.carried_over.budget: 0, p.year.budget.prior: 100, p.year.executed.prior: 100},
    ],
    bad=[
        {p.carried_over.budget: 30, p.year.budget.prior: 120, p.year.executed.prior: 100},
        {p.carried_over.initial: 30, p.year.budget.prior: 120, p.year.executed.prior: 100},
    ],
)
def carried_over_as_left() -> Iterator[Check]:
    """{item}填报 {filed}，上年报送的本项目全年预算数 {预算} 减全年执行数 {执行}，余额为 {expected}。

    核对上年余额；余额已由财政收回或调整用途的，在偏差原因中说明。
    """
    last = (p.year.budget.prior, p.year.executed.prior)
    words: dict[str, tuple[Expr, Kind]] = {"预算": (last[0], Kind.MONEY), "执行": (last[1], Kind.MONEY)}
    budget, initial = p.carried_over.budget, p.carried_over.initial
    yield Check(budget, budget.equals(_BALANCE, CENT), _BALANCE, words=words)
    yield Check(initial, initial.equals(_BALANCE, CENT) | budget.filled, _BALANCE, words=words)


_TEXTS = (
    (b.thrift, b.thrift.prior),
    *(
        (item, item.prior)
        for form in map(key_of, REVIEW_ROLES)
        for item in (review.goal.on_form(form), review.achievement.on_form(form))
    ),
)


@rule(
    "Y-06",
    "文字不照抄上年",
    severity=INFO,
    basis=f"{PRACTICE}：目标、完成情况和厉行节约措施应写本年的",
    good=[{b.thrift: "压减会议两次", b.thrift.prior: "压减一般性支出"}, {b.thrift: "压减会议两次"}],
    bad=[{item: "压减 一般性支出", last: "压减一般性支出"} for item, last in _TEXTS],
    grouped=True,
)
def texts_of_this_year() -> Iterator[Check]:
    """{item}与上年报送的文字完全相同。

    对照本年的任务和措施重写；制度沿用不变的，补充本年的做法和数字。
    """
    for item, last in _TEXTS:
        yield check(item, ~item.same_text(last))


def _check_change(now: Field, least: str) -> Check:
    """The change from last year must be within the usual share, or below an amount that needs no reason."""
    last = now.prior
    change = (now - last) / last
    least_change = LIMITS[least]
    moderate = change.within(LIMITS["yearly_change"])
    small = (now - last < least_change) & (last - now < least_change)
    return check(now, moderate | small, 上年=(last, now.kind), 变动=(change, Kind.RATE))


@rule(
    "Y-07",
    "人数和经费比上年没有大起大落",
    severity=WARNING,
    basis=LIMITS.limits["yearly_change"].basis,
    good=[
        {b.staff: 14, b.staff.prior: 12},
        {b.staff: 3, b.staff.prior: 2},
        {b.three_public.actual: 26, b.three_public.actual.prior: 20},
        {b.three_public.actual: 0.9, b.three_public.actual.prior: 0.2},
        {b.running.actual: 20, b.running.actual.prior: 0},
    ],
    bad=[
        {b.staff: 20, b.staff.prior: 12},
        {b.three_public.actual: 27.48, b.three_public.actual.prior: 20},
        {b.running.actual: 19, b.running.actual.prior: 39.19},
    ],
)
def no_jump() -> Iterator[Check]:
    """{item}填报 {filed}，上年报送为 {上年}，变动 {变动}，超过 30%。

    核对是否填错单位、口径或漏填；确有增减的，在自评报告中说明原因。
    """
    yield _check_change(b.staff, "yearly_change_staff")
    yield _check_change(b.three_public.actual, "yearly_change_money")
    yield _check_change(b.running.actual, "yearly_change_money")
