"""Rules of 附件1, and of the foot that all forms share."""

from __future__ import annotations

from collections.abc import Iterator

from xltool import params
from xltool.expr import Expr, Field, Kind, Predicate, Sum, Whole, total
from xltool.findings import Severity
from xltool.forms import foot
from xltool.forms import base_data as b
from xltool.forms import project, self_review
from xltool.rules.model import Check, check, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

LIMITS = params.load()
FORM = "附件1表样及填报说明"
ARITHMETIC = "表内勾稽关系"
PRACTICE = "审核惯例"
HUNAN = "湖南省部门整体支出绩效评价指标表"
PRINTED_PERCENT = 0.00005
"""A rate printed as 100.00% may be this much more."""

_ITEMS = (b.three_public, b.vehicles, b.vehicle_purchase, b.vehicle_running, b.abroad, b.reception)
_SPENDING = (*_ITEMS, b.project_spending, b.running, *b.running_lines)
_LEAVES = (b.vehicle_purchase, b.vehicle_running, b.abroad, b.reception)
_ESTATE = (b.approved_area, b.actual_area, b.planned_investment, b.actual_investment)
_PROJECT_AMOUNTS = (b.project_last, b.project_budget, b.project_actual)
_GROUPS = (
    (b.three_public, (b.vehicles, b.abroad, b.reception)),
    (b.vehicles, (b.vehicle_purchase, b.vehicle_running)),
    (b.running, b.running_lines),
)


def any_filled(*fields: Field) -> Predicate:
    """Something stands in at least one of the cells."""
    first, *rest = fields
    result: Predicate = first.filled
    for field in rest:
        result = result | field.filled
    return result


def growth(now: Field, before: Field) -> Expr:
    """(now - before) / before."""
    return (now - before) / before


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
                yield check(amount, amount - limit <= 0.01, also=(limit,), 合计=(limit + 0, Kind.MONEY))  # noqa: PLR2004 - a cent


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
    """公务接待由上年 {公务接待_上年决算数} 增至 {公务接待_本年决算数}，增长 {增幅}。

    核对接待批次和人数台账，在自评报告中说明增长原因。
    """
    change = growth(b.reception.actual, b.reception.last)
    return check(
        b.reception.actual, change <= LIMITS["reception_growth"], also=(b.reception.last,), 增幅=(change, Kind.RATE)
    )


@rule(
    "A1-16",
    "项目行名称与金额成对",
    severity=WARNING,
    basis=FORM,
    good=[{b.project_name: "产业开发专项", b.project_actual: 10}, {b.project_name: None}],
    bad=[{b.project_name: "产业开发专项"}, {b.project_actual: 10}],
)
def project_row_complete() -> Iterator[Check]:
    """本行项目名称与金额只填了一项。

    有金额的写明项目全称；没有发生支出的项目，金额填 0 或清空整行。
    """
    yield check(b.project_name, ~any_filled(*_PROJECT_AMOUNTS) | b.project_name.filled)
    yield check(b.project_actual, ~b.project_name.filled | any_filled(*_PROJECT_AMOUNTS), also=(b.project_name,))


@rule(
    "A1-17",
    "项目支出决算与预算偏离",
    severity=WARNING,
    basis=LIMITS.limits["adjustment"].basis,
    good=[{b.project_spending.budget: 100, b.project_spending.actual: 130}],
    bad=[
        {b.project_spending.budget: 996.72, b.project_spending.actual: 10459.37},
        {b.project_spending.budget: 100, b.project_spending.actual: 60},
    ],
)
def project_budget_realistic() -> Check:
    """项目支出决算数 {项目支出_本年决算数} 与预算数 {项目支出_本年预算数} 相差 {偏离}，超过 30%。

    核对两栏是否填错；属年中追加或未执行的，在自评报告中说明，下年编实预算。
    """
    change = growth(b.project_spending.actual, b.project_spending.budget)
    limit = LIMITS["adjustment"]
    return check(
        b.project_spending.actual,
        (change <= limit) & (change >= -limit),
        also=(b.project_spending.budget,),
        偏离=(change, Kind.RATE),
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
        yield check(whole, parts - whole <= 0.01, also=parts.parts, 合计=(parts, Kind.MONEY))  # noqa: PLR2004 - a cent


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
        if whole.formula is not None:
            yield check(whole, ~(whole.formula.or_zero > 0) | whole.filled, whole.formula)


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
    limit = LIMITS["procurement_deviation"]
    return check(
        b.procurement_actual,
        (change <= limit) & (change >= -limit),
        also=(b.procurement_budget,),
        率=(b.procurement_actual / b.procurement_budget, Kind.RATE),
    )


@rule(
    "A1-24",
    "基本支出有调整须填报",
    severity=WARNING,
    basis="附件1、附件2、附件3之间的推算：年初基本支出 = 附件2年初预算数 − 各附件3年初预算数之和",
    good=[{self_review.year.initial: 1200, project.year.initial: [943.21], self_review.basic_spending: 256.79}],
    bad=[{self_review.year.initial: 1200, project.year.initial: [996.72], self_review.basic_spending: 256.79}],
    silenced_by=("X-06", "X-07"),
)
def basic_adjustment_present() -> Check:
    """部门基本支出预算调整未填，但附件2、附件3显示基本支出由年初 {年初} 调整为 {全年}。

    按批复填写：本年预算数栏填调整前金额，本年决算数栏填调整后金额。
    """
    before = self_review.year.initial - Sum(project.year.initial)
    return check(
        b.adjustment_before,
        self_review.basic_spending.equals(before, 0.01) | any_filled(b.adjustment_before, b.adjustment_after),
        also=(b.adjustment_after,),
        年初=(before, Kind.MONEY),
        全年=(self_review.basic_spending + 0, Kind.MONEY),
    )


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
    bad=[{b.reception.actual: -1}, {b.project_actual: -5}],
)
def nothing_negative() -> Iterator[Check]:
    """{item}填报为 {filed}，不应为负数。

    核对是否多打了负号；冲减支出的，按冲减后的净额填写。
    """
    open_amounts = (b.procurement_budget, b.procurement_actual, b.adjustment_before, b.adjustment_after)
    inputs = [field for item in _SPENDING for field in item if field.is_input]
    for field in (*inputs, *open_amounts, *_ESTATE, *_PROJECT_AMOUNTS):
        yield check(field, field >= 0)


@rule(
    "A1-32",
    "疑似按元填报",
    severity=WARNING,
    basis=LIMITS.limits["largest_amount"].basis,
    good=[{b.running.last: 38.35, b.running.actual: 39.19}],
    bad=[{b.running.actual: 3919000}, {b.running.last: 38.35, b.running.actual: 391900}],
)
def unit_is_ten_thousand() -> Iterator[Check]:
    """{item}填报 {filed}，与上年相差约一万倍或数额过大，疑似按“元”填报。

    本表单位为万元：请将金额除以 10000 后填写。
    """
    for item in (b.three_public, b.reception, b.project_spending, b.running, *b.running_lines):
        yield check(item.actual, item.actual <= LIMITS["largest_amount"])
        ratio = item.actual / item.last
        yield check(item.actual, (ratio < 5000) | (ratio > 20000), also=(item.last,))  # noqa: PLR2004 - about 10,000


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
            line.actual - line.budget <= 0.01,  # noqa: PLR2004 - a cent
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
    "A1-34",
    "表尾填写齐全",
    severity=WARNING,
    basis="各表表尾",
    good=[{foot.filler: "某某", foot.filed_on: "2024-06-12", foot.phone: "0000000", foot.signature: "某某"}],
    bad=[{foot.filler: "某某", foot.filed_on: "2024-06-12", foot.phone: "0000000", foot.signature: None}],
    grouped=True,
)
def foot_complete() -> Iterator[Check]:
    """表尾{item}未填。

    补填后由单位负责人签字再报送。
    """
    for field in (foot.filler, foot.filed_on, foot.phone, foot.signature):
        yield check(field, field.filled)


@rule(
    "A1-35",
    "填报日期在年度终了之后",
    severity=WARNING,
    basis="决算数在年度终了后才有",
    good=[{foot.filed_on: 45455, foot.year_end: 45291}],  # 2024-06-12 and 2023-12-31, as spreadsheets count days
    bad=[{foot.filed_on: 45089, foot.year_end: 45291}],
)
def filed_after_year_end() -> Check:
    """填报日期 {filed} 早于年度终了，此时还没有决算数。

    核对填报日期是否写错年份。
    """
    return check(foot.filed_on, foot.filed_on > foot.year_end)


@rule(
    "A1-36",
    "三公经费决算数恰等于预算数",
    severity=INFO,
    basis=PRACTICE,
    good=[{b.three_public.budget: 30, b.three_public.actual: 27.48}, {b.three_public.budget: 0, b.three_public.actual: 0}],
    bad=[{b.three_public.budget: 27.48, b.three_public.actual: 27.48}],
)
def three_public_exactly_on_budget() -> Check:
    """三公经费决算数与预算数完全相同（{filed}），请核对是否按决算数倒填预算数。

    核对年初批复的三公经费预算数。
    """
    same = b.three_public.actual.equals(b.three_public.budget, 0) & (b.three_public.actual > 0)
    return check(b.three_public.actual, ~same, also=(b.three_public.budget,))
