"""Rules of 附件1: entries, staffing, sums, buildings. Comparisons of amounts are in `spending`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind, Whole, formula_of, total
from xltool.findings import Severity
from xltool.forms import base_data as b
from xltool.forms import project, self_review
from xltool.forms.tolerances import CENT
from xltool.rules.model import Check, any_filled, check, rule
from xltool.text.basis import ARITHMETIC, HUNAN

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING = Severity.ERROR, Severity.WARNING
FORM = "附件1表样及填报说明"

_ITEMS = (b.three_public, b.vehicles, b.vehicle_purchase, b.vehicle_running, b.abroad, b.reception)
_SPENDING = (*_ITEMS, b.project_spending, b.running, *b.running_lines)
_ESTATE = (b.approved_area, b.actual_area, b.planned_investment, b.actual_investment)
_PROJECT_AMOUNTS = (b.project_last, b.project_budget, b.project_actual)
_FUNDS = [amount for line in (self_review.year, *project.breakdown) for amount in line.amounts]
_INCOME = (self_review.general_budget, self_review.fund_budget, self_review.special_account, self_review.other_income)
_SPENT = (self_review.basic_spending, self_review.project_spending)
_GROUPS = (
    (b.three_public, (b.vehicles, b.abroad, b.reception)),
    (b.vehicles, (b.vehicle_purchase, b.vehicle_running)),
    (b.running, b.running_lines),
)


@rule(
    "A1-01",
    "标题年度与表头年度一致",
    severity=ERROR,
    basis=FORM,
    good=[{b.title_year: 2023, b.last_year: 2022, b.budget_year: 2023, b.actual_year: 2023}],
    bad=[{b.title_year: 2023, b.last_year: 2021, b.budget_year: 2022, b.actual_year: 2022}],
    grouped=True,
)
def years_of_the_heads() -> Iterator[Check]:
    """标题为 {标题年度} 年度，表头年度为 {filed}，应为 {expected}：表头沿用了其他年度的表样。

    请使用本年度下发的表样填报；确系本年数据的，改正标题和各栏表头的年度。
    """
    yield check(b.last_year, b.last_year.equals(b.title_year - 1, 0), b.title_year - 1)
    yield check(b.budget_year, b.budget_year.equals(b.title_year, 0), b.title_year + 0)
    yield check(b.actual_year, b.actual_year.equals(b.title_year, 0), b.title_year + 0)


@rule(
    "A1-02",
    "编制数为大于0的整数",
    severity=ERROR,
    basis=f"{HUNAN}：在职人员控制率，编制数以机构编制部门核定数为准",
    good=[{b.posts: 12}],
    bad=[{b.posts: None}, {b.posts: 0}, {b.posts: 12.5}],
)
def posts_present() -> Iterator[Check]:
    """编制数填报为 {filed}，应为大于 0 的整数。

    按机构编制部门核定的年末编制数填写，单位：人。
    """
    yield check(b.posts, b.posts.filled)
    yield check(b.posts, Whole(b.posts) & (b.posts > 0))


@rule(
    "A1-03",
    "实际在职人数为整数",
    severity=ERROR,
    basis=f"{HUNAN}：在职人员控制率，在职人数以部门决算口径为准",
    good=[{b.staff: 0}, {b.staff: 15}],
    bad=[{b.staff: None}, {b.staff: 12.5}, {b.staff: -1}],
)
def staff_present() -> Iterator[Check]:
    """实际在职人数填报为 {filed}，应为不小于 0 的整数。

    按部门决算的年末实际在职人数填写，单位：人。
    """
    yield check(b.staff, b.staff.filled)
    yield check(b.staff, Whole(b.staff) & (b.staff >= 0))


@rule(
    "A1-05",
    "在职人数不超过编制数",
    severity=WARNING,
    basis=f"{HUNAN}：在职人员控制率以100%为限，每超1个百分点扣0.5分",
    good=[{b.posts: 12, b.staff: 12}, {b.posts: 0, b.staff: 3}],
    bad=[{b.posts: 12, b.staff: 15}],
)
def staffing_within_posts() -> Check:
    """编制 {编制数}，在职 {实际在职人数}，控制率 {率}，超过 100%。

    核对两个数是否填反；确系超编的，在自评报告中说明原因和消化措施。
    """
    return check(b.control, b.staff / b.posts <= 1, also=(b.posts, b.staff), 率=(b.staff / b.posts, Kind.RATE))


@rule(
    "A1-06",
    "有控制率必有编制数",
    severity=ERROR,
    basis=ARITHMETIC,
    good=[{b.posts: 12, b.control: 1.25}, {b.posts: None, b.control: None}],
    bad=[{b.posts: None, b.control: 1.25}, {b.posts: 0, b.control: 1}],
)
def control_rate_needs_posts() -> Check:
    """控制率填报为 {filed}，但编制数为空或 0，控制率无从计算。

    先填写编制数；没有编制的单位，控制率留空。
    """
    return check(b.control, ~b.control.filled | (b.posts.or_zero > 0), also=(b.posts,))


@rule(
    "A1-09",
    "明细不大于合计",
    severity=ERROR,
    basis=ARITHMETIC,
    good=[{b.running.actual: 39.19, b.office.actual: 19.23}],
    bad=[{b.running.actual: 19.2, b.office.actual: 19.23}],
    silenced_by=("A1-07", "A1-08", "A1-15", "A1-18"),
)
def parts_within_the_whole() -> Iterator[Check]:
    """{item}填报 {filed}，大于所属合计 {合计}。

    核对本行与合计行，改正填错的一个。
    """
    for whole, parts in _GROUPS:
        for part in parts:
            for amount, limit in zip(part, whole, strict=True):
                yield check(amount, amount - limit <= CENT, also=(limit,), 合计=(limit + 0, Kind.MONEY))


@rule(
    "A1-16",
    "项目行名称与金额成对",
    severity=WARNING,
    basis=FORM,
    good=[{b.project_name: "产业开发专项", b.project_actual: 10}, {b.project_name: None}],
    bad=[{b.project_name: "产业开发专项"}, {b.project_actual: 10}],
)
def project_row_complete() -> Iterator[Check]:
    """本行填有金额，项目名称未填。

    有金额的写明项目全称；没有发生支出的项目，金额填 0 或清空整行。
    """
    yield check(b.project_name, ~any_filled(*_PROJECT_AMOUNTS) | b.project_name.filled)
    yield check(
        b.project_actual,
        ~b.project_name.filled | any_filled(*_PROJECT_AMOUNTS),
        also=(b.project_name,),
        message="项目“{项目名称}”的上年决算数、本年预算数、本年决算数都没有填。",
    )


@rule(
    "A1-18",
    "公用经费其中项之和不大于合计",
    severity=ERROR,
    basis=f"{FORM}：其中项为列举，不要求等于合计",
    good=[{b.running.actual: 39.19, b.office.actual: 19.23, b.utilities.actual: 15.77, b.meetings.actual: 0.7}],
    bad=[{b.running.actual: 30, b.office.actual: 19.23, b.utilities.actual: 15.77}],
)
def running_lines_within_total() -> Iterator[Check]:
    """{item}填报 {filed}，小于其中项之和 {合计}。

    核对公用经费合计和办公经费、水电差旅费、会议培训费，改正填错的一个。
    """
    for index, whole in enumerate(b.running):
        parts = total(*(list(line)[index] for line in b.running_lines))
        yield check(whole, parts - whole <= CENT, also=parts.parts, 合计=(parts, Kind.MONEY))


@rule(
    "A1-20",
    "公用经费有明细必有合计",
    severity=ERROR,
    basis=ARITHMETIC,
    good=[{b.running.actual: 39.19, b.office.actual: 19.23}],
    bad=[{b.running.actual: None, b.office.actual: 19.23}],
)
def running_total_present() -> Iterator[Check]:
    """{item}合计未填，但其中项已有金额。

    按部门决算填写公用经费合计；合计应不小于其中项之和。
    """
    for index, whole in enumerate(b.running):
        lines = [list(line)[index] for line in b.running_lines]
        yield check(whole, ~any_filled(*lines) | whole.filled, also=tuple(lines))


@rule(
    "A1-21",
    "三公经费和项目支出有明细必有合计",
    severity=ERROR,
    basis=ARITHMETIC,
    good=[{b.three_public.actual: 27.48, b.reception.actual: 27.48}],
    bad=[{b.three_public.actual: None, b.reception.actual: 27.48}],
)
def totals_present() -> Iterator[Check]:
    """{item}合计未填，但明细已有金额，应为 {expected}。

    恢复合计单元格的公式，或按明细之和填写。
    """
    for whole in (*b.three_public, *b.vehicles, *b.project_spending):
        parts = formula_of(whole)
        yield check(whole, ~(parts.or_zero > 0) | whole.filled, parts)


@rule(
    "A1-28",
    "楼堂馆所规模和投资不超批复",
    severity=WARNING,
    basis=f"{HUNAN}：楼堂馆所面积控制率、投资概算控制率不大于100%",
    good=[{b.approved_area: 1000, b.actual_area: 1000}],
    bad=[
        {b.approved_area: 1000, b.actual_area: 1100},
        {b.planned_investment: 500, b.actual_investment: 501},
    ],
)
def estate_within_approval() -> Iterator[Check]:
    """{item}为 {率}，超过 100%。

    核对批复文件；确系超规模、超概算的，说明原因并附批准调整的文件。
    """
    for rate, actual, approved in (
        (b.area_control, b.actual_area, b.approved_area),
        (b.investment_control, b.actual_investment, b.planned_investment),
    ):
        yield check(rate, actual / approved <= 1, also=(actual, approved), 率=(actual / approved, Kind.RATE))


@rule(
    "A1-29",
    "楼堂馆所四项要么全填要么全空",
    severity=ERROR,
    basis=f"{ARITHMETIC}；没有楼堂馆所项目的部门全部留空，按满分计算（{HUNAN}）",
    good=[{}, {b.approved_area: 1, b.actual_area: 1, b.planned_investment: 1, b.actual_investment: 1}],
    bad=[{b.approved_area: 1000, b.actual_area: 1000}],
    grouped=True,
)
def estate_complete() -> Iterator[Check]:
    """楼堂馆所控制情况只填了一部分，缺{item}。

    有完工项目的，四项填齐；没有的，全部留空。
    """
    for field in _ESTATE:
        others = tuple(other for other in _ESTATE if other is not field)
        yield check(field, ~any_filled(*others) | field.filled)


@rule(
    "A1-30",
    "厉行节约保障措施已填",
    severity=WARNING,
    basis=FORM,
    good=[{b.thrift: "严格执行公务接待标准"}],
    bad=[{b.thrift: None}],
)
def thrift_present() -> Check:
    """厉行节约保障措施未填。

    写明本年度控制一般性支出、压减三公经费的制度和做法。
    """
    return check(b.thrift, b.thrift.filled)


@rule(
    "A1-31",
    "金额和数量不为负",
    severity=ERROR,
    basis=ARITHMETIC,
    good=[{b.reception.actual: 0}],
    bad=[
        {b.reception.actual: -1},
        {b.project_actual: -5},
        {self_review.basic_spending: -600},
        {project.other_funds.budget: -10},
    ],
)
def nothing_negative() -> Iterator[Check]:
    """{item}填报为 {filed}，不应为负数。

    核对是否多打了负号；冲减支出的，按冲减后的净额填写。
    """
    open_amounts = (b.procurement_budget, b.procurement_actual, b.adjustment_before, b.adjustment_after)
    inputs = [field for item in _SPENDING for field in item if field.is_input]
    for field in (*inputs, *open_amounts, *_ESTATE, *_PROJECT_AMOUNTS, *_FUNDS, *_INCOME, *_SPENT):
        yield check(field, field >= 0)
