"""Defects by the rule that has to find them. Each changes one thing a clerk could have got wrong."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

from benchmarks.planting import Case, Counted, Plan, plants
from tests.samples.sample import Paper, Spot
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.clerk import Clerk
    from xltool.expr import Field

OVERTYPED = "公式被改为固定数值，本身也要提示"
SAME = "同一处错误在另一条勾稽关系中也不成立"
TOTAL = "分值变动，合计随之变动"
TOLD = "同一处改动的另一面"


def _base(item: Field | None, row: str = "") -> Spot:
    return Spot("附件1", item, row)


def _whole(item: Field | None, row: str = "") -> Spot:
    return Spot("附件2", item, row)


def _amount(case: Case, spot: Spot) -> float:
    value = case.shown(spot)
    return float(value) if isinstance(value, int | float) else 0.0


def _more(case: Case, spot: Spot, by: float) -> tuple[Spot, float]:
    return spot, round(_amount(case, spot) + by, 2)


def _put(case: Case, spot: Spot, value: Any) -> Plan:
    """A cell overwritten in the file: for cells the template fills in itself."""
    cell = case.cell(spot)
    return Plan(spot, edits=(case.clerk(spot, lambda clerk, sheet: clerk.put(sheet, cell, value)),))


def _first_rows(case: Case, paper: Paper) -> dict[str, str]:
    """The first row of each 一级指标 by its name."""
    order = {part: group.name for group in review.GROUPS for part in group.parts}
    parts = [part for group in review.GROUPS for part in group.parts]
    found: dict[str, str] = {}
    for row in sorted(paper.rows, key=lambda row: parts.index(row["二级指标"])):
        found.setdefault(order[row["二级指标"]], row["三级指标"])
    return found


def _line(paper: Paper) -> review.YearFunds:
    return self_review.year if paper.form == "附件2" else p.year


def _full(case: Case, paper: Paper, least: float = 2) -> list[Counted]:
    return [
        one for one in case.counted(paper) if one.actual >= one.target and one.weight >= least and not one.explained
    ]


# --- 附件1 ------------------------------------------------------------------------------------


@plants("A1-01", W_03="表头文字被改动，本身也要提示")
def heads_of_another_year(case: Case) -> Iterator[Plan]:
    """A head of the table shows another year."""
    for item, year in ((b.three_public.last, case.filing.year - 2), (b.three_public.actual, case.filing.year - 1)):
        below = case.cell(_base(item))
        head = f"{below.rstrip('0123456789')}{int(below.lstrip('ABCDEFGH')) - 1}"
        text = f"{year}年决算数"
        edit = case.clerk(_base(None), lambda clerk, sheet, head=head, text=text: clerk.put(sheet, head, text))
        yield Plan(Spot("附件1", None, head), edits=(edit,), about=text)


@plants("A1-02", A1_06="编制数有误，控制率无从计算")
def posts(case: Case) -> Iterator[Plan]:
    """No posts, or parts of one."""
    for value in (None, 0, _amount(case, _base(b.posts)) + 0.5):
        yield Plan(_base(b.posts), ((_base(b.posts), value),))


@plants("A1-03")
def staff(case: Case) -> Iterator[Plan]:
    """No staff, part of one, fewer than none."""
    for value in (None, _amount(case, _base(b.staff)) - 0.5, -1):
        yield Plan(_base(b.staff), ((_base(b.staff), value),))


@plants("A1-04", W_04=OVERTYPED)
def wrong_control(case: Case) -> Iterator[Plan]:
    """控制率 typed over its formula, wrong."""
    yield Plan(_base(b.control), ((_base(b.control), round(_amount(case, _base(b.control)) - 0.03, 4)),))


@plants("A1-05")
def overstaffed(case: Case) -> Iterator[Plan]:
    """More staff than posts."""
    yield Plan(_base(b.control), ((_base(b.staff), _amount(case, _base(b.posts)) + 1),))
    yield Plan(_base(b.control), ((_base(b.posts), max(_amount(case, _base(b.staff)) - 2, 1)),))


@plants("A1-06", A1_02="编制数未填", W_04=OVERTYPED)
def control_without_posts(case: Case) -> Iterator[Plan]:
    """控制率 typed in, 编制数 blank."""
    yield Plan(_base(b.control), ((_base(b.posts), None), (_base(b.control), 0.95)))


def _overtyped(case: Case, spot: Spot, by: float) -> Plan:
    return Plan(spot, (_more(case, spot, by),))


@plants("A1-07", W_04=OVERTYPED)
def three_public_wrong(case: Case) -> Iterator[Plan]:
    """三公经费 typed over, too low."""
    for item in b.three_public:
        if _amount(case, _base(item)) > 1:
            less = -0.5 if item is not b.three_public.budget else 0.5
            yield _overtyped(case, _base(item), 0.5 if item is b.three_public.last else less)


@plants("A1-08", W_04=OVERTYPED, A1_07="三公经费合计随之变动")
def vehicles_wrong(case: Case) -> Iterator[Plan]:
    """公务用车 typed over."""
    if _amount(case, _base(b.vehicles.last)) > 1:
        yield _overtyped(case, _base(b.vehicles.last), 0.4)


@plants("A1-15", W_04=OVERTYPED, X_03=SAME, X_04=SAME)
def projects_wrong(case: Case) -> Iterator[Plan]:
    """项目支出 typed over."""
    if case.projects:
        for item in b.project_spending:
            if isinstance(case.shown(_base(item)), int | float):
                yield _overtyped(case, _base(item), 1)


@plants("A1-10")
def three_public_grown(case: Case) -> Iterator[Plan]:
    """三公经费 above last year's."""
    last, actual = (_amount(case, _base(item)) for item in (b.three_public.last, b.three_public.actual))
    if actual > 1:
        less = round(_amount(case, _base(b.vehicle_running.last)) - (last - actual) - 0.3, 2)
        if less >= 0:
            yield Plan(_base(b.three_public.actual), ((_base(b.vehicle_running.last), less),))


@plants("A1-11")
def three_public_over(case: Case) -> Iterator[Plan]:
    """三公经费 above its budget."""
    budget, actual = (_amount(case, _base(item)) for item in (b.three_public.budget, b.three_public.actual))
    less = round(_amount(case, _base(b.vehicle_running.budget)) - (budget - actual) - 0.3, 2)
    if actual > 1 and less >= 0:
        yield Plan(_base(b.three_public.actual), ((_base(b.vehicle_running.budget), less),))


@plants("A1-12", A1_10="购置计入三公经费", A1_11="购置计入三公经费")
def vehicle_bought(case: Case) -> Iterator[Plan]:
    """A vehicle was bought."""
    yield Plan(_base(b.vehicle_purchase.actual), ((_base(b.vehicle_purchase.actual), 18),))


@plants("A1-13")
def forgotten(case: Case) -> Iterator[Plan]:
    """An item of last year is blank."""
    for line in (b.vehicle_running, b.reception):
        if _amount(case, _base(line.last)):
            yield Plan(_base(line.actual), ((_base(line.actual), None),))


@plants("A1-14", A1_10="接待费计入三公经费", A1_11="接待费计入三公经费")
def reception_up(case: Case) -> Iterator[Plan]:
    """公务接待 up by half."""
    if _amount(case, _base(b.reception.last)):
        value = round(_amount(case, _base(b.reception.last)) * 1.5, 2)
        yield Plan(_base(b.reception.actual), ((_base(b.reception.actual), value),))


@plants("A1-16", X_06="没有名称的项目行找不到附件3")
def half_a_project(case: Case) -> Iterator[Plan]:
    """A project row without a name, or without amounts."""
    for paper in case.projects[:2]:
        cell = case.cell(_base(b.project_name, paper.project))
        spot = _base(b.project_name, paper.project)
        yield Plan(spot, edits=(case.clerk(spot, lambda clerk, sheet, cell=cell: clerk.put(sheet, cell, None)),))
    if case.projects:
        last = case.cell(_base(b.project_name, case.base.rows[-1]["项目名称"]))
        row = int(last.lstrip("A")) + 1
        spot = Spot("附件1", None, f"F{row}")
        yield Plan(
            spot, edits=(case.clerk(_base(None), lambda clerk, sheet: clerk.put(sheet, f"A{row}", "信息化运维")),)
        )


@plants("A1-17", A3_09="项目年初预算与全年预算相差过大", A2_13=TOLD, X_07=TOLD)
def unrealistic_budget(case: Case) -> Iterator[Plan]:
    """The first project's initial budget far too low on all forms."""
    if len(case.projects) == 1 and not _cost_rows(case.whole):
        paper = case.projects[0]
        spot = case.on(paper, p.appropriation.initial)
        cut = round(_amount(case, case.on(paper, p.year.initial)) * 0.4, 2)
        changes = (
            _more(case, spot, -cut),
            _more(case, _base(b.project_budget, paper.project), -cut),
            _more(case, _whole(self_review.year.initial), -cut),
        )
        yield Plan(_base(b.project_spending.actual), changes)


@plants("A1-18")
def lines_above_total(case: Case) -> Iterator[Plan]:
    """办公经费 above 公用经费."""
    for index, item in enumerate(b.running):
        value = round(_amount(case, _base(item)) + 1, 2)
        yield Plan(_base(item), ((_base(list(b.office)[index]), value),))


@plants("A1-19")
def running_over(case: Case) -> Iterator[Plan]:
    """公用经费 above its budget."""
    yield Plan(
        _base(b.running.actual), ((_base(b.running.actual), round(_amount(case, _base(b.running.budget)) * 1.05, 2)),)
    )


@plants("A1-20")
def running_blank(case: Case) -> Iterator[Plan]:
    """公用经费 blank, its lines filled."""
    for item in b.running:
        yield Plan(_base(item), ((_base(item), None),))


@plants("A1-21", W_04="公式被清除，本身也要提示")
def total_cleared(case: Case) -> Iterator[Plan]:
    """A total's formula cleared."""
    for item in (b.three_public.actual, b.three_public.budget, b.project_spending.budget):
        if _amount(case, _base(item)):
            yield _put(case, _base(item), None)


@plants("A1-22")
def procurement_blank(case: Case) -> Iterator[Plan]:
    """政府采购 blank."""
    for item in (b.procurement_budget, b.procurement_actual):
        yield Plan(_base(item), ((_base(item), None),))


@plants("A1-23")
def procurement_off(case: Case) -> Iterator[Plan]:
    """政府采购 off its budget."""
    if _amount(case, _base(b.procurement_budget)):
        for share in (0.8, 1.2):
            value = round(_amount(case, _base(b.procurement_budget)) * share, 2)
            yield Plan(_base(b.procurement_actual), ((_base(b.procurement_actual), value),))


@plants("A1-24")
def adjustment_missing(case: Case) -> Iterator[Plan]:
    """基本支出 adjusted, and no word of it."""
    before, after = _amount(case, _base(b.adjustment_before)), _amount(case, _base(b.adjustment_after))
    if case.projects and abs(before - after) > 1:
        yield Plan(_base(b.adjustment_before), ((_base(b.adjustment_before), None), (_base(b.adjustment_after), None)))


_ESTATE = {b.approved_area: 1000.0, b.actual_area: 980.0, b.planned_investment: 300.0, b.actual_investment: 296.0}


def _estate(**other: float | None) -> tuple[tuple[Spot, Any], ...]:
    return tuple((_base(item), other.get(item.key, value)) for item, value in _ESTATE.items())


@plants("A1-26", W_04=OVERTYPED)
def area_rate_wrong(case: Case) -> Iterator[Plan]:
    """规模控制率 typed over."""
    yield Plan(_base(b.area_control), (*_estate(), (_base(b.area_control), 0.9)))


@plants("A1-27", W_04=OVERTYPED)
def investment_rate_wrong(case: Case) -> Iterator[Plan]:
    """投资概算控制率 typed over."""
    yield Plan(_base(b.investment_control), (*_estate(), (_base(b.investment_control), 0.95)))


@plants("A1-28")
def estate_too_large(case: Case) -> Iterator[Plan]:
    """More built, more spent than approved."""
    yield Plan(_base(b.area_control), _estate(实际规模=1100.0))
    yield Plan(_base(b.investment_control), _estate(实际投资=330.0))


@plants("A1-29")
def estate_incomplete(case: Case) -> Iterator[Plan]:
    """One of the four entries blank."""
    for item in (b.actual_area, b.planned_investment):
        yield Plan(_base(item), _estate(**{item.key: None}))


@plants("A1-30")
def no_thrift(case: Case) -> Iterator[Plan]:
    """厉行节约保障措施 blank."""
    yield Plan(_base(b.thrift), ((_base(b.thrift), None),))


@plants("A1-31", A1_23="负数与预算比较", A1_33="负数与预算比较")
def negative(case: Case) -> Iterator[Plan]:
    """A minus before an amount."""
    for item in (b.office.last, b.procurement_actual, b.abroad.budget, b.meetings.actual):
        if isinstance(case.shown(_base(item)), int | float) or item is b.office.last:
            yield Plan(_base(item), ((_base(item), -(_amount(case, _base(item)) or 0.01)),))


@plants("A1-32", A1_19="按元填报，与预算相差万倍", X_09="按元填报，与基本支出相差万倍", A1_18=SAME)
def in_yuan(case: Case) -> Iterator[Plan]:
    """An amount in 元."""
    for line in (b.running, b.office):
        value = round(_amount(case, _base(line.actual)) * 10000, 0)
        yield Plan(_base(line.actual), ((_base(line.actual), value),))


@plants("A1-33", A1_18=SAME)
def line_over(case: Case) -> Iterator[Plan]:
    """A line of 公用经费 above its budget."""
    value = round(_amount(case, _base(b.meetings.budget)) + 0.2, 2)
    yield Plan(_base(b.meetings.actual), ((_base(b.meetings.actual), value),))


@plants("A1-36")
def exactly(case: Case) -> Iterator[Plan]:
    """三公经费 exactly on budget."""
    gap = _amount(case, _base(b.three_public.budget)) - _amount(case, _base(b.three_public.actual))
    if _amount(case, _base(b.three_public.actual)) and gap:
        value = round(_amount(case, _base(b.vehicle_running.budget)) - gap, 2)
        yield Plan(_base(b.three_public.actual), ((_base(b.vehicle_running.budget), value),))


@plants("A1-34")
def foot_blank(case: Case) -> Iterator[Plan]:
    """Something in the foot blank."""
    items = (foot.filler, foot.filed_on, foot.phone, foot.signature)
    for number, paper in enumerate(case.filing.papers[:4]):
        spot = case.on(paper, items[number])
        yield Plan(spot, ((spot, None),))


@plants("A1-35")
def dated_early(case: Case) -> Iterator[Plan]:
    """Dated before the year closed."""
    for paper in case.reviews:
        spot = case.on(paper, foot.filed_on)
        yield Plan(spot, ((spot, date(case.filing.year, 12, 20)),))


# --- 附件2 ------------------------------------------------------------------------------------


@plants("A2-01")
def no_department(case: Case) -> Iterator[Plan]:
    """部门名称 blank."""
    yield _put(case, _whole(self_review.department), None)


@plants("A2-02", A2_07="没有全年预算数，执行率无从计算")
def amount_blank(case: Case) -> Iterator[Plan]:
    """An amount blank."""
    for item in self_review.year.amounts:
        yield Plan(_whole(item), ((_whole(item), None),))


@plants("A2-03", W_04=OVERTYPED)
def rate_wrong(case: Case) -> Iterator[Plan]:
    """执行率 typed over, wrong."""
    for by in (-0.04, -0.002):
        yield Plan(
            _whole(self_review.year.rate),
            ((_whole(self_review.year.rate), round(_amount(case, _whole(self_review.year.rate)) + by, 4)),),
        )


@plants("A2-04", W_04=OVERTYPED)
def execution_score_wrong(case: Case) -> Iterator[Plan]:
    """执行率得分 typed over, wrong by much and by little."""
    for by in (-1.5, -0.3):
        yield Plan(_whole(self_review.year.score), (_more(case, _whole(self_review.year.score), by),))


@plants("A2-05", X_08=SAME)
def overspent(case: Case) -> Iterator[Plan]:
    """全年预算数 below 全年执行数."""
    year = self_review.year
    gap = round(_amount(case, _whole(year.budget)) - _amount(case, _whole(year.executed)) + 3, 2)
    changes = (_more(case, _whole(year.budget), -gap), _more(case, _whole(self_review.general_budget), -gap))
    yield Plan(_whole(year.executed), changes)


@plants("A2-06", S_01=TOTAL)
def execution_weighs_twenty(case: Case) -> Iterator[Plan]:
    """执行率分值 20, as elsewhere."""
    for paper in case.reviews:
        line = _line(paper)
        if not isinstance(case.shown(case.on(paper, line.rate)), int | float):
            continue
        rate = min(1.0, _amount(case, case.on(paper, line.rate)))
        cells = {
            item: case.cell(case.on(paper, item))
            for item in (line.weight, line.score, line.total_weight, line.total_score)
        }
        earned = round(20 * rate + 1e-9, 2)
        more = earned - _amount(case, case.on(paper, line.score))
        total = _amount(case, case.on(paper, line.total_score)) + more

        def work(
            clerk: Clerk,
            sheet: str,
            cells: dict[Any, str] = cells,
            line: Any = line,
            earned: float = earned,
            total: float = total,
        ) -> None:
            clerk.put(sheet, cells[line.weight], 20.0).show(sheet, cells[line.score], earned)
            clerk.show(sheet, cells[line.total_weight], 110.0).show(sheet, cells[line.total_score], total)

        yield Plan(case.on(paper, line.weight), edits=(case.clerk(case.on(paper, None), work),))


@plants("A2-07", A2_05=SAME, A2_08=SAME, X_08=SAME, A2_02="全年预算数未填", A2_13=TOLD, A3_08=SAME, A3_09=TOLD)
def spent_without_budget(case: Case) -> Iterator[Plan]:
    """Spent, and no budget."""
    yield Plan(_whole(self_review.year.budget), ((_whole(self_review.year.budget), 0),))


@plants("A2-08")
def income_short(case: Case) -> Iterator[Plan]:
    """An income too high, too low."""
    for by in (-20, 15.5):
        yield Plan(_whole(self_review.income), (_more(case, _whole(self_review.general_budget), by),))


@plants("A2-09", W_04=OVERTYPED, A2_08=SAME)
def income_overtyped(case: Case) -> Iterator[Plan]:
    """收入合计 typed over."""
    yield _overtyped(case, _whole(self_review.income), -8)


@plants("A2-10", X_15=SAME, X_08=SAME)
def spending_short(case: Case) -> Iterator[Plan]:
    """基本支出 too low."""
    yield Plan(_whole(self_review.spent), (_more(case, _whole(self_review.basic_spending), -5),))


@plants("A2-11", W_04=OVERTYPED, A2_10=SAME)
def spending_overtyped(case: Case) -> Iterator[Plan]:
    """支出合计 typed over."""
    yield _overtyped(case, _whole(self_review.spent), -6)


@plants("A2-13")
def budget_doubled(case: Case) -> Iterator[Plan]:
    """全年预算数 far above 年初预算数."""
    less = round(
        _amount(case, _whole(self_review.year.budget)) / 1.5 - _amount(case, _whole(self_review.year.initial)), 2
    )
    if _amount(case, _base(b.adjustment_before)) + less > 0:
        changes = (_more(case, _whole(self_review.year.initial), less), _more(case, _base(b.adjustment_before), less))
        cost = [
            row["三级指标"]
            for row in case.whole.rows
            if str(row["三级指标"]) in {"预算控制数", "部门预算控制数", "总成本"}
        ]
        if not cost:
            yield Plan(_whole(self_review.year.budget), changes)


@plants("A2-14", W_05="文本不计入合计")
def score_with_unit(case: Case) -> Iterator[Plan]:
    """得分 with 分."""
    for paper in case.reviews:
        row = paper.rows[0]["三级指标"]
        spot = case.on(paper, review.score, row)
        yield Plan(spot, ((spot, f"{case.value(spot):g}分"),))


@plants("A2-15")
def goals_empty(case: Case) -> Iterator[Plan]:
    """A goal blank, or an amount."""
    for paper in case.reviews:
        for item, value in (
            (review.goal, None),
            (review.achievement, None),
            (review.goal, "600万元"),
            (review.achievement, "1288.5"),
        ):
            spot = case.on(paper, item)
            yield Plan(spot, ((spot, value),))


@plants("A2-16")
def goals_copied(case: Case) -> Iterator[Plan]:
    """The goals again as their own answer."""
    for paper in case.reviews:
        spot = case.on(paper, review.achievement)
        yield Plan(spot, ((spot, case.value(case.on(paper, review.goal))),))


@plants("A2-17")
def goal_unanswered(case: Case) -> Iterator[Plan]:
    """A goal that nothing answers."""
    more = ("建设“数字门牌”应用场景", "新建冷链仓储中心", "完成档案馆搬迁和地下车库改造")
    for number, paper in enumerate(case.reviews):
        for goal in more[number:]:
            text = str(case.value(case.on(paper, review.goal)))
            yield Plan(case.on(paper, review.achievement), ((case.on(paper, review.goal), f"{text}\n（9）{goal}。"),))


# --- 附件2 and 附件3: indicators ------------------------------------------------------------------


@plants("S-01", S_04=TOTAL, S_05=TOTAL, S_06=TOTAL)
def too_many_points(case: Case) -> Iterator[Plan]:
    """A weight too high or too low."""
    for paper in case.reviews:
        for one, by in zip(_full(case, paper, 4)[:2], (2, -1), strict=False):
            spots = (case.on(paper, review.weight, one.name), case.on(paper, review.score, one.name))
            yield Plan(case.on(paper, _line(paper).total_weight), tuple((spot, one.weight + by) for spot in spots))


@plants("S-02", W_04=OVERTYPED)
def total_weight_wrong(case: Case) -> Iterator[Plan]:
    """总分分值 typed over."""
    for paper in case.reviews:
        yield _overtyped(case, case.on(paper, _line(paper).total_weight), 5)


@plants("S-03", W_04=OVERTYPED)
def total_score_wrong(case: Case) -> Iterator[Plan]:
    """总分得分 typed over."""
    for paper in case.reviews:
        for by in (1.5, -0.5):
            yield _overtyped(case, case.on(paper, _line(paper).total_score), by)


def _moved(case: Case, paper: Paper, giver: str, taker: str) -> Iterator[Plan]:
    groups = {part: group.name for group in review.GROUPS for part in group.parts}
    givers = [one for one in _full(case, paper, 4) if groups[one.part] == giver]
    takers = [row["三级指标"] for row in paper.rows if groups[row["二级指标"]] == taker and row["得分"] == row["分值"]]
    if givers and takers:
        changes = []
        for name, by in ((givers[0].name, -2), (takers[0], 2)):
            changes += [
                (case.on(paper, column, name), case.row(paper, name)[column.key] + by)
                for column in (review.weight, review.score)
            ]
        yield Plan(case.on(paper, review.weight, _first_rows(case, paper)[giver]), tuple(changes))


@plants("S-04", S_05="两类指标之间挪动分值", S_06="两类指标之间挪动分值")
def output_light(case: Case) -> Iterator[Plan]:
    """Two points of 产出 given to 效益."""
    for paper in case.reviews:
        yield from _moved(case, paper, "产出指标", "效益指标")


@plants("S-05", S_04="两类指标之间挪动分值", S_06="两类指标之间挪动分值")
def benefit_light(case: Case) -> Iterator[Plan]:
    """Two points of 效益 given to 产出."""
    for paper in case.reviews:
        yield from _moved(case, paper, "效益指标", "产出指标")


@plants("S-06", S_05="两类指标之间挪动分值", S_04="两类指标之间挪动分值")
def satisfaction_heavy(case: Case) -> Iterator[Plan]:
    """Two points of 效益 given to 满意度."""
    for paper in case.reviews:
        for plan in _moved(case, paper, "效益指标", "满意度指标"):
            yield Plan(case.on(paper, review.weight, _first_rows(case, paper)["满意度指标"]), plan.changes)


@plants("S-07")
def heading_wrong(case: Case) -> Iterator[Plan]:
    """A heading that prints other points than its rows have."""
    for paper in case.reviews:
        cell = case.find(case.on(paper, None), "产出指标")
        edit = case.clerk(
            case.on(paper, None), lambda clerk, sheet, cell=cell: clerk.put(sheet, cell, "产出指标（60分）")
        )
        yield Plan(case.on(paper, review.weight, _first_rows(case, paper)["产出指标"]), edits=(edit,))


def _rows(case: Case, count: int = 2) -> Iterator[tuple[Paper, Counted]]:
    for paper in case.reviews:
        for one in _full(case, paper)[:count]:
            yield paper, one


@plants("S-08")
def score_above(case: Case) -> Iterator[Plan]:
    """得分 above 分值."""
    for paper, one in _rows(case):
        spot = case.on(paper, review.score, one.name)
        yield Plan(spot, ((spot, one.weight + 1),))


@plants("S-09", S_16=SAME, S_20=SAME)
def score_below(case: Case) -> Iterator[Plan]:
    """得分 below 0."""
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.score, one.name)
        yield Plan(spot, ((spot, -1),))


@plants("S-10", S_01=TOTAL, S_04=TOTAL, S_05=TOTAL, S_06=TOTAL, S_08="分值为0，得分大于分值")
def no_weight(case: Case) -> Iterator[Plan]:
    """分值 blank, 0, or in words."""
    for value in (None, 0, "合格"):
        for paper, one in _rows(case, 1):
            spot = case.on(paper, review.weight, one.name)
            yield Plan(spot, ((spot, value),))


@plants("S-11")
def no_score(case: Case) -> Iterator[Plan]:
    """得分 blank or in words."""
    for value in (None, "满分"):
        for paper, one in _rows(case, 1):
            spot = case.on(paper, review.score, one.name)
            yield Plan(spot, ((spot, value),))


@plants("S-12")
def no_target(case: Case) -> Iterator[Plan]:
    """年度指标值 blank."""
    for paper, one in _rows(case):
        spot = case.on(paper, review.target_value, one.name)
        yield Plan(spot, ((spot, None),))


@plants("S-13")
def no_actual(case: Case) -> Iterator[Plan]:
    """实际完成值 blank, or words where a number is due."""
    for value in (None, "已完成", "全部落实到位"):
        for paper, one in _rows(case, 1):
            spot = case.on(paper, review.actual_value, one.name)
            yield Plan(spot, ((spot, value),))


def _reached(one: Counted, share: float) -> str:
    value = one.target * share
    return f"{value:.0f}{one.unit}" if one.target == int(one.target) and one.target > 20 else f"{value:.2f}{one.unit}"


@plants("S-14")
def unmet_in_full(case: Case) -> Iterator[Plan]:
    """Short of the target, full marks."""
    for paper, one in _rows(case, 3):
        spot = case.on(paper, review.actual_value, one.name)
        yield Plan(case.on(paper, review.score, one.name), ((spot, _reached(one, 0.8)),))


REASON = "因汛期停工，下年补齐"


@plants("S-15")
def unmet_too_high(case: Case) -> Iterator[Plan]:
    """Short by a half, score lowered a little."""
    for paper, one in _rows(case):
        changes = (
            (case.on(paper, review.actual_value, one.name), _reached(one, 0.5)),
            (case.on(paper, review.score, one.name), round(one.weight * 0.9, 2)),
            (case.on(paper, review.reason, one.name), REASON),
        )
        yield Plan(case.on(paper, review.score, one.name), changes)


@plants("S-16")
def met_not_full(case: Case) -> Iterator[Plan]:
    """Met, marked down without a reason."""
    for paper, one in _rows(case):
        spot = case.on(paper, review.score, one.name)
        yield Plan(spot, ((spot, one.weight - 1),))


@plants("S-17")
def reverse_wrong(case: Case) -> Iterator[Plan]:
    """Above its ceiling with full marks; below it without."""
    for paper, one in _rows(case, 1):
        target = (case.on(paper, review.target_value, one.name), f"≤{one.target:g}{one.unit}")
        actual, score = (case.on(paper, column, one.name) for column in (review.actual_value, review.score))
        yield Plan(score, (target, (actual, _reached(one, 1.3))))
        yield Plan(score, (target, (actual, _reached(one, 0.8)), (score, one.weight - 1)))


@plants("S-18")
def reverse_mild(case: Case) -> Iterator[Plan]:
    """Far above its ceiling, score lowered a little."""
    for paper in case.reviews:
        for one in _full(case, paper, 4)[:1]:
            changes = (
                (case.on(paper, review.target_value, one.name), f"≤{one.target:g}{one.unit}"),
                (case.on(paper, review.actual_value, one.name), _reached(one, 1.5)),
                (case.on(paper, review.score, one.name), round(one.weight * 0.9, 2)),
                (case.on(paper, review.reason, one.name), REASON),
            )
            yield Plan(case.on(paper, review.score, one.name), changes)


@plants("S-19")
def zero_missed(case: Case) -> Iterator[Plan]:
    """None wanted, some happened, full marks; none happened, marks taken."""
    for paper, one in _rows(case, 1):
        target = (case.on(paper, review.target_value, one.name), f"0{one.unit}")
        actual, score = (case.on(paper, column, one.name) for column in (review.actual_value, review.score))
        yield Plan(score, (target, (actual, f"2{one.unit}")))
        yield Plan(
            score,
            (
                target,
                (actual, f"0{one.unit}"),
                (score, one.weight - 1),
                (case.on(paper, review.reason, one.name), REASON),
            ),
        )


@plants("S-20")
def no_reason(case: Case) -> Iterator[Plan]:
    """Short of the target, scored in proportion, no reason."""
    for paper, one in _rows(case):
        reached = _reached(one, 0.8)
        number = float(reached.removesuffix(one.unit))
        changes = (
            (case.on(paper, review.actual_value, one.name), reached),
            (case.on(paper, review.score, one.name), round(one.weight * number / one.target, 2)),
        )
        yield Plan(case.on(paper, review.reason, one.name), changes)


@plants("S-21")
def far_over(case: Case) -> Iterator[Plan]:
    """Twice the target, no word on it."""
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.actual_value, one.name)
        yield Plan(spot, ((spot, _reached(one, 2)),))


@plants("S-22")
def wrong_band(case: Case) -> Iterator[Plan]:
    """部分达成 with full marks, 达成 with half, 未达成 with most."""
    for paper, one in _rows(case, 1):
        for actual, share in (("部分达成", 1.0), ("达成", 0.5), ("未达成", 0.9)):
            score = case.on(paper, review.score, one.name)
            changes: list[tuple[Spot, Any]] = [
                (case.on(paper, review.target_value, one.name), "效果明显"),
                (case.on(paper, review.actual_value, one.name), actual),
                (score, round(one.weight * share, 2)),
                (case.on(paper, review.reason, one.name), REASON),
            ]
            yield Plan(score, tuple(changes))


@plants("S-23")
def rate_above_all(case: Case) -> Iterator[Plan]:
    """A rate of 100% and more as target."""
    for paper in case.reviews:
        for name in case.rates(paper)[:1]:
            spot = case.on(paper, review.target_value, name)
            yield Plan(spot, ((spot, "≥100%"), (case.on(paper, review.actual_value, name), "100%")))


@plants("S-24")
def units_differ(case: Case) -> Iterator[Plan]:
    """Another unit in the actual than in the target; 万元 left out."""
    for paper, one in _rows(case):
        spot = case.on(paper, review.actual_value, one.name)
        yield Plan(spot, ((spot, f"{one.actual:g}{'米' if one.unit != '米' else '处'}"),))
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.actual_value, one.name)
        yield Plan(
            spot, ((case.on(paper, review.target_value, one.name), f"≥{one.target:g}万元"), (spot, f"{one.actual:g}"))
        )


@plants("S-25")
def name_differs(case: Case) -> Iterator[Plan]:
    """A number in the name, another in the target."""
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.indicator, one.name)
        yield Plan(spot, ((spot, f"{one.name}{one.target * 2:g}{one.unit}"),))


@plants("S-26")
def misfiled(case: Case) -> Iterator[Plan]:
    """A count of firms among the 时效指标."""
    for paper in case.reviews:
        for row in paper.rows:
            if row["二级指标"] == "时效指标":
                spot = case.on(paper, review.indicator, row["三级指标"])
                yield Plan(spot, ((spot, "培育龙头企业"),))
                break


@plants("S-27", X_11="改名后与部门表同名")
def named_twice(case: Case) -> Iterator[Plan]:
    """Two rows of one name."""
    for paper in case.reviews:
        rows = _full(case, paper)
        if len(rows) > 1:
            yield Plan(
                case.on(paper, review.indicator, rows[0].name),
                ((case.on(paper, review.indicator, rows[1].name), rows[0].name),),
            )


@plants("S-28")
def points_as_target(case: Case) -> Iterator[Plan]:
    """100分 as target."""
    for paper in case.reviews:
        for name in case.rates(paper)[:2]:
            spots = [case.on(paper, column, name) for column in (review.target_value, review.actual_value)]
            yield Plan(spots[0], tuple((spot, "100分") for spot in spots))


@plants("S-29")
def prompt_left(case: Case) -> Iterator[Plan]:
    """A prompt of the template left in."""
    for paper, one in _rows(case, 1):
        for text in ("指标1", "……", "指标2：", None):
            spot = case.on(paper, review.indicator, one.name)
            yield Plan(spot, ((spot, text),))


@plants("S-30")
def target_copied(case: Case) -> Iterator[Plan]:
    """The target again as actual, with its sign."""
    for paper, one in _rows(case):
        spot = case.on(paper, review.actual_value, one.name)
        yield Plan(spot, ((spot, f"≥{one.target:g}{one.unit}"),))


@plants("S-31")
def more_than_all(case: Case) -> Iterator[Plan]:
    """More than 100 % pleased or passed."""
    for paper in case.reviews:
        names = [name for name in case.rates(paper) if "满意" in name or "合格率" in name]
        for name in names[:2]:
            spot = case.on(paper, review.actual_value, name)
            yield Plan(spot, ((spot, "102%"),))


@plants("S-33")
def three_decimals(case: Case) -> Iterator[Plan]:
    """A score of three decimals."""
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.score, one.name)
        yield Plan(spot, ((spot, one.weight - 0.125), (case.on(paper, review.reason, one.name), REASON)))


@plants("S-34")
def unfinished_in_full(case: Case) -> Iterator[Plan]:
    """Not finished by its own words, full marks."""
    for paper, one in _rows(case, 1):
        if one.part != "数量指标":
            continue
        text = str(case.value(case.on(paper, review.achievement)))
        for told in ("尚未完工", "正在抓紧施工", "计划明年启动建设"):
            change = (case.on(paper, review.achievement), f"{text}\n其中{one.name}{told}。")
            yield Plan(case.on(paper, review.score, one.name), (change,))


# --- 附件3 ------------------------------------------------------------------------------------


@plants("A3-01", X_06="没有名称的附件3", X_01=TOLD)
def project_unnamed(case: Case) -> Iterator[Plan]:
    """项目名称, 主管部门 or 实施单位 blank."""
    for paper in case.projects[:1]:
        for item in (p.name, p.supervisor, p.implementer):
            plan = _put(case, case.on(paper, item), None)
            if item is not p.supervisor or case.value(case.on(paper, p.implementer)) == case.filing.department:
                yield plan


@plants(
    "A3-02",
    W_04=OVERTYPED,
    X_06=SAME,
    X_08=SAME,
    X_05=SAME,
    A3_08=SAME,
    A3_04=SAME,
    A3_09=TOLD,
    X_07=SAME,
    A2_07=SAME,
    X_13="成本指标与被改动的合计比较",
)
def project_total_wrong(case: Case) -> Iterator[Plan]:
    """年度资金总额 typed over; a breakdown in another column."""
    for paper in case.projects[:2]:
        for item in p.year.amounts:
            if _amount(case, case.on(paper, item)) > 20:
                yield _overtyped(case, case.on(paper, item), 5 if item is p.year.budget else -5)


@plants("A3-04", W_04=OVERTYPED)
def breakdown_missing(case: Case) -> Iterator[Plan]:
    """A total typed in, nothing below it."""
    for paper in case.projects[:2]:
        for index, item in enumerate(p.year.amounts):
            total = _amount(case, case.on(paper, item))
            if total > 0:
                blank = tuple((case.on(paper, line.amounts[index]), None) for line in p.breakdown)
                yield Plan(case.on(paper, p.appropriation.amounts[index]), (*blank, (case.on(paper, item), total)))


@plants(
    "A3-05",
    W_04=OVERTYPED,
    X_06=SAME,
    X_04=SAME,
    X_05=SAME,
    X_07=SAME,
    A2_07=SAME,
    A3_09=TOLD,
    A3_08=SAME,
    A3_10=TOLD,
    X_13=SAME,
    A3_02=SAME,
    X_15=SAME,
)
def total_zero(case: Case) -> Iterator[Plan]:
    """A total of 0 over a breakdown."""
    for paper in case.projects[:1]:
        for item in p.year.amounts:
            if _amount(case, case.on(paper, item)) > 0:
                yield Plan(case.on(paper, item), ((case.on(paper, item), 0),))


@plants("A3-06", W_04=OVERTYPED)
def project_rate_wrong(case: Case) -> Iterator[Plan]:
    """执行率 typed over, wrong."""
    for paper in case.projects[:2]:
        spot = case.on(paper, p.year.rate)
        if _amount(case, spot):
            yield Plan(spot, ((spot, round(_amount(case, spot) - 0.03, 4)),))


@plants("A3-07", W_04=OVERTYPED)
def project_score_wrong(case: Case) -> Iterator[Plan]:
    """执行率得分 typed over, wrong."""
    for paper in case.projects[:2]:
        spot = case.on(paper, p.year.score)
        if _amount(case, spot):
            yield Plan(spot, ((spot, round(_amount(case, spot) - 1, 2)),))


@plants("A3-08", A3_08="总额行与其中项同一笔", A3_09=TOLD)
def project_overspent(case: Case) -> Iterator[Plan]:
    """全年预算数 below 全年执行数."""
    for paper in case.projects[:2]:
        spot = case.on(paper, p.appropriation.budget)
        gap = _amount(case, spot) - _amount(case, case.on(paper, p.appropriation.executed))
        if _amount(case, spot) > 20:
            yield Plan(case.on(paper, p.appropriation.executed), (_more(case, spot, -gap - 2),))


@plants("A3-09", A1_17="项目决算与年初预算相差过大", A2_13=TOLD)
def project_adjusted(case: Case) -> Iterator[Plan]:
    """年初预算数 far below 全年预算数, on all forms."""
    for paper in case.projects[:1]:
        initial = _amount(case, case.on(paper, p.year.initial))
        cut = round(initial * 0.5, 2)
        if cut < 10 or not _amount(case, case.on(paper, p.year.budget)):
            continue
        cost = [row for row in case.whole.rows if str(row["三级指标"]) in {"预算控制数", "部门预算控制数", "总成本"}]
        if not cost:
            changes = (
                _more(case, case.on(paper, p.appropriation.initial), -cut),
                _more(case, _base(b.project_budget, paper.project), -cut),
                _more(case, _whole(self_review.year.initial), -cut),
            )
            yield Plan(case.on(paper, p.year.budget), changes)


@plants("A3-10", A1_17="项目决算与年初预算相差过大", A2_13=TOLD)
def project_new(case: Case) -> Iterator[Plan]:
    """年初预算数 0, on all forms."""
    for paper in case.projects[1:2]:
        initial = _amount(case, case.on(paper, p.year.initial))
        cost = [row for row in case.whole.rows if str(row["三级指标"]) in {"预算控制数", "部门预算控制数", "总成本"}]
        others = [case.on(paper, line.initial) for line in p.breakdown]
        if initial and not cost:
            changes = (
                *((spot, 0) for spot in others),
                (_base(b.project_budget, paper.project), 0),
                _more(case, _whole(self_review.year.initial), -initial),
            )
            yield Plan(case.on(paper, p.year.initial), changes)


@plants("A3-11", X_13="成本行也照抄了部门表", A3_12="成本行也照抄了部门表", S_27=TOLD)
def indicators_copied(case: Case) -> Iterator[Plan]:
    """The indicators of 附件2 in 附件3."""
    for paper in case.projects[:1]:
        theirs = [row for row in case.whole.rows if "成本" not in row["二级指标"]]
        own = [row["三级指标"] for row in paper.rows]
        used: list[str] = []
        changes: list[tuple[Spot, Any]] = []
        for name in own:
            part = case.row(paper, name)["二级指标"]
            donor = next((row for row in theirs if row["二级指标"] == part and row["三级指标"] not in used), None)
            donor = donor or next((row for row in theirs if row["三级指标"] not in used), None)
            if donor is None:
                break
            used.append(donor["三级指标"])
            mine = case.row(paper, name)
            changes += [
                (case.on(paper, column, name), donor[column.key])
                for column in (review.target_value, review.actual_value)
            ]
            share = donor["得分"] / donor["分值"]
            changes.append((case.on(paper, review.score, name), round(mine["分值"] * share, 2)))
            changes.append((case.on(paper, review.reason, name), donor.get("偏差原因分析及改进措施")))
            changes.append((case.on(paper, review.indicator, name), donor["三级指标"]))
        if len(used) >= 0.85 * len(own):
            first = own[min(range(len(own)), key=lambda at: list(_parts()).index(paper.rows[at]["二级指标"]))]
            yield Plan(case.on(paper, review.indicator, first), tuple(changes))


def _parts() -> tuple[str, ...]:
    return tuple(part for group in review.GROUPS for part in group.parts)


def _cost_rows(paper: Paper) -> list[str]:
    return [
        row["三级指标"]
        for row in paper.rows
        if row["三级指标"] in {"项目总成本", "项目预算控制数", "成本控制数", "预算控制数", "部门预算控制数", "总成本"}
    ]


@plants("A3-12")
def amount_of_the_department(case: Case) -> Iterator[Plan]:
    """The department's budget as the project's cost."""
    for paper in case.projects:
        for name in _cost_rows(paper):
            initial = _amount(case, _whole(self_review.year.initial))
            spot = case.on(paper, review.target_value, name)
            yield Plan(spot, ((spot, f"≤{initial:g}万元"),))


@plants("X-12", S_17=TOLD)
def control_unlike_budget(case: Case) -> Iterator[Plan]:
    """预算控制数 unlike 年初预算数 and 全年执行数."""
    for name in _cost_rows(case.whole):
        target, actual = (_whole(column, name) for column in (review.target_value, review.actual_value))
        yield Plan(target, ((target, f"{_amount(case, _whole(self_review.year.initial)) + 30:g}万元"),))
        yield Plan(actual, ((actual, f"{_amount(case, _whole(self_review.year.executed)) - 30:g}万元"),))


@plants("X-13")
def cost_unlike_spending(case: Case) -> Iterator[Plan]:
    """项目总成本 unlike 全年执行数."""
    for paper in case.projects:
        for name in _cost_rows(paper):
            spot = case.on(paper, review.actual_value, name)
            yield Plan(spot, ((spot, f"{_amount(case, case.on(paper, p.year.executed)) - 12:g}万元"),))


@plants("A3-13")
def goal_copied(case: Case) -> Iterator[Plan]:
    """The department's goals as the project's."""
    for paper in case.projects[:1]:
        texts = [(case.on(paper, item), case.value(_whole(item))) for item in (review.goal, review.achievement)]
        yield Plan(case.on(paper, review.goal), tuple(texts))


@plants("A3-14", X_06=SAME, A3_04=SAME)
def no_funds(case: Case) -> Iterator[Plan]:
    """No amount in the whole block of funds."""
    for paper in case.projects[:1]:
        blank = tuple((case.on(paper, item), None) for line in p.breakdown for item in line.amounts)
        yield Plan(case.on(paper, p.appropriation.initial), blank)


# --- across -----------------------------------------------------------------------------------


@plants("X-01", W_17="表样不是下发给该单位的")
def other_department(case: Case) -> Iterator[Plan]:
    """Another name on one form."""
    for spot in (_base(b.unit),):
        yield Plan(spot, ((spot, "示范县财政局"),))
        yield Plan(spot, ((spot, case.filing.department.replace("示范县", "示范").replace("青山区", "青山") + "机关"),))
    for paper in case.projects[:1]:
        supervisor, implementer = case.on(paper, p.supervisor), case.on(paper, p.implementer)
        yield Plan(supervisor, ((supervisor, "示范县财政局"), (implementer, "示范县国库支付中心")))


@plants("X-02", A1_35=TOLD)
def other_year(case: Case) -> Iterator[Plan]:
    """A form of last year."""
    for paper in case.projects[:1]:
        yield Plan(case.on(paper, p.name), year=case.filing.year - 1)
    if len(case.projects) > 1:
        yield Plan(_base(b.unit), year=case.filing.year - 1)


@plants(
    "X-03",
    X_05="附件2项目支出同时与附件3不符",
    X_15="基本支出多填，与附件1调整数不符",
    X_08="基本支出多填，全年预算容纳不下",
)
def project_spending_differs(case: Case) -> Iterator[Plan]:
    """Some of 项目支出 filed as 基本支出 on 附件2."""
    if case.projects:
        changes = (
            _more(case, _whole(self_review.project_spending), -7),
            _more(case, _whole(self_review.basic_spending), 7),
        )
        yield Plan(_whole(self_review.project_spending), changes)


@plants("X-06", A1_15=SAME, X_03=SAME, A3_12=TOLD)
def projects_differ(case: Case) -> Iterator[Plan]:
    """An amount or a name unlike 附件1; a 附件3 missing."""
    for paper in case.projects[:2]:
        if _amount(case, _base(b.project_budget, paper.project)) < 10:
            continue
        at = case.on(paper, p.year.initial)
        yield Plan(at, (_more(case, _base(b.project_budget, paper.project), 3),))
        name = case.on(paper, p.name)
        yield Plan(name, ((name, f"{paper.project}及配套"),))
    if len(case.projects) > 1:
        gone = case.projects[-1]
        if _amount(case, _base(b.project_budget, gone.project)):
            file = case.file_of(case.on(gone, None))
            yield Plan(_base(b.project_name, gone.project), edits=(lambda folder: (folder / file).unlink(),))


@plants("X-07", A2_13=TOLD, X_15=SAME, A1_24=SAME, X_12=SAME)
def initial_too_low(case: Case) -> Iterator[Plan]:
    """年初预算数 of the department below those of its projects."""
    if case.projects:
        before = _amount(case, _base(b.adjustment_before))
        yield Plan(_whole(self_review.year.initial), (_more(case, _whole(self_review.year.initial), -before - 2),))


@plants("X-08", A2_05=SAME, A2_08=SAME, A2_13=TOLD)
def budget_too_low(case: Case) -> Iterator[Plan]:
    """全年预算数 of the department too low for its projects."""
    if case.projects:
        year = self_review.year
        need = sum(_amount(case, case.on(paper, p.year.budget)) for paper in case.projects) + _amount(
            case, _whole(self_review.basic_spending)
        )
        by = round(need - _amount(case, _whole(year.budget)) - 1, 2)
        changes = (_more(case, _whole(year.budget), by), _more(case, _whole(self_review.general_budget), by))
        yield Plan(_whole(year.budget), changes)


@plants("X-09", A1_19=SAME)
def running_above_basic(case: Case) -> Iterator[Plan]:
    """公用经费 above 基本支出."""
    value = round(_amount(case, _whole(self_review.basic_spending)) + 5, 2)
    yield Plan(_base(b.running.actual), ((_base(b.running.budget), value + 1), (_base(b.running.actual), value)))


@plants("X-10")
def procurement_above_all(case: Case) -> Iterator[Plan]:
    """政府采购 above all spending."""
    value = round(_amount(case, _whole(self_review.year.executed)) + 50, 2)
    yield Plan(
        _base(b.procurement_actual), ((_base(b.procurement_budget), value), (_base(b.procurement_actual), value))
    )


@plants("X-11")
def shared_indicator_differs(case: Case) -> Iterator[Plan]:
    """An indicator of one name on both forms, its actual or its score unlike."""
    for paper in case.projects[:1]:
        for mine in _full(case, paper)[:1]:
            for theirs in _full(case, case.whole)[:1]:
                shared = [
                    (_whole(review.indicator, theirs.name), mine.name),
                    (
                        _whole(review.target_value, theirs.name),
                        case.value(case.on(paper, review.target_value, mine.name)),
                    ),
                ]
                actual = (_whole(review.actual_value, theirs.name), f"{mine.actual * 1.1:.2f}{mine.unit}")
                yield Plan(case.on(paper, review.actual_value, mine.name), (*shared, actual))


@plants("X-14")
def other_filler(case: Case) -> Iterator[Plan]:
    """Another clerk on one form."""
    for paper in case.projects[:1]:
        spot = case.on(paper, foot.filler)
        yield Plan(spot, ((spot, "赵六"),))


@plants("X-15")
def adjustment_off(case: Case) -> Iterator[Plan]:
    """基本支出预算调整 unlike the other forms."""
    if case.projects:
        for item in (b.adjustment_before, b.adjustment_after):
            yield Plan(_base(item), (_more(case, _base(item), 4),))


# --- the workbook and notation ----------------------------------------------------------------


@plants("W-03")
def label_changed(case: Case) -> Iterator[Plan]:
    """A printed text changed."""
    for spot, text, new in (
        (_base(None), "3、公务接待", "3、接待费"),
        (_whole(None), "其中：基本支出", "其中：人员支出"),
    ):
        cell = case.find(spot, text)
        edit = case.clerk(spot, lambda clerk, sheet, cell=cell, new=new: clerk.put(sheet, cell, new))
        yield Plan(Spot(spot.form, None, cell), edits=(edit,))


@plants("W-04")
def formula_overtyped(case: Case) -> Iterator[Plan]:
    """The right value typed over its formula."""
    for spot in (_base(b.three_public.last), _whole(self_review.spent), _whole(self_review.year.total_score)):
        if isinstance(case.shown(spot), int | float):
            yield Plan(spot, ((spot, case.shown(spot)),))


@plants("W-05")
def unreadable(case: Case) -> Iterator[Plan]:
    """Words where an amount is due; a number as text that no formula counts."""
    yield Plan(_base(b.office.last), ((_base(b.office.last), "约二十万"),))
    yield Plan(_base(b.utilities.actual), ((_base(b.utilities.actual), "见附表"),))
    spot = _whole(review.score, case.whole.rows[0]["三级指标"])
    yield Plan(spot, ((spot, f"{case.value(spot):g}"),))


@plants("W-06")
def hidden(case: Case) -> Iterator[Plan]:
    """A hidden row, a hidden column."""
    row = int(case.cell(_base(b.reception.last)).lstrip("ABCDEFGH"))
    yield Plan(
        Spot("附件1", None, f"A{row}"),
        edits=(case.clerk(_base(None), lambda clerk, sheet: clerk.hide_row(sheet, row)),),
    )
    for paper in case.projects[:1]:
        spot = case.on(paper, None)
        yield Plan(
            Spot("附件3", None, "I1", paper.project),
            edits=(case.clerk(spot, lambda clerk, sheet: clerk.hide_column(sheet, 9)),),
        )


@plants("W-08")
def error_value(case: Case) -> Iterator[Plan]:
    """#REF! in a cell."""
    for spot in (_base(b.control), _whole(self_review.income), _base(b.running.actual)):
        cell = case.cell(spot)
        yield Plan(
            spot, edits=(case.clerk(spot, lambda clerk, sheet, cell=cell: clerk.show_error(sheet, cell, "#REF!")),)
        )


@plants("W-09")
def stale(case: Case) -> Iterator[Plan]:
    """A saved result that is not the formula's."""
    for spot in (_base(b.three_public.actual), _whole(self_review.year.total_score), _whole(self_review.year.rate)):
        if isinstance(case.shown(spot), int | float):
            cell, value = case.cell(spot), round(_amount(case, spot) * 0.9, 4)
            edit = case.clerk(spot, lambda clerk, sheet, cell=cell, value=value: clerk.show(sheet, cell, value))
            if value:
                yield Plan(spot, edits=(edit,))


@plants("W-10")
def stray_note(case: Case) -> Iterator[Plan]:
    """A note below the form."""
    edit = case.clerk(_whole(None), lambda clerk, sheet: clerk.put(sheet, "B120", "待局长审定"))
    yield Plan(Spot("附件2", None, "B120"), edits=(edit,))


@plants("W-11")
def unit_changed(case: Case) -> Iterator[Plan]:
    """单位：元."""
    cell = case.find(_base(None), "单位：万元")
    edit = case.clerk(_base(None), lambda clerk, sheet: clerk.put(sheet, cell, "单位：元"))
    yield Plan(Spot("附件1", None, cell), edits=(edit,))


@plants("W-13")
def unprotected(case: Case) -> Iterator[Plan]:
    """Protection lifted; a formula's cell unlocked."""
    for paper in case.reviews:
        spot = case.on(paper, None)
        yield Plan(spot, edits=(case.clerk(spot, lambda clerk, sheet: clerk.unprotect(sheet)),))
    cell = case.cell(_base(b.control))
    yield Plan(_base(b.control), edits=(case.clerk(_base(None), lambda clerk, sheet: clerk.unlock(sheet, cell)),))


@plants("W-14")
def unvalidated(case: Case) -> Iterator[Plan]:
    """A validation removed."""
    cell = case.cell(_base(b.staff))
    yield Plan(
        _base(b.staff), edits=(case.clerk(_base(None), lambda clerk, sheet: clerk.drop_validations(sheet, cell)),)
    )


@plants("W-15", A2_10="改写后的结果不对", A2_11="改写后的结果不对")
def rewritten(case: Case) -> Iterator[Plan]:
    """A formula rewritten, with the right and with a wrong result."""
    spot = _whole(self_review.spent)
    cell, first, second = (
        case.cell(one) for one in (spot, _whole(self_review.basic_spending), _whole(self_review.project_spending))
    )
    value = _amount(case, spot)
    for formula, result in ((f"{first}+{second}", value), (f"{first}+{second}+5", value + 5)):
        edit = case.clerk(
            spot, lambda clerk, sheet, formula=formula, result=result: clerk.rewrite(sheet, cell, formula, result)
        )
        yield Plan(spot, edits=(edit,))


@plants("W-16")
def uncalculated(case: Case) -> Iterator[Plan]:
    """No formula has a result."""
    for paper in case.reviews:
        spot = case.on(paper, _line(paper).rate)
        yield Plan(spot, edits=(case.clerk(spot, lambda clerk, _sheet: clerk.forget_results()),))


@plants("W-17", X_01=TOLD)
def of_another(case: Case) -> Iterator[Plan]:
    """The department's name on the form of another."""
    spot = _whole(self_review.department)
    yield Plan(spot, ((spot, "示范县统计局"),))


@plants("W-18")
def no_manifest(case: Case) -> Iterator[Plan]:
    """Copied into a workbook of one's own."""
    yield Plan(_whole(None), edits=(case.clerk(_whole(None), lambda clerk, _sheet: clerk.drop_manifest()),))


@plants("W-19")
def broken(case: Case) -> Iterator[Plan]:
    """A file cut off, a file emptied."""
    name = case.file_of(_whole(None))

    def cut(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:5000])

    yield Plan(_whole(None), edits=(cut,), whole_file=True)
    yield Plan(_whole(None), edits=(lambda folder: (folder / name).write_bytes(b""),), whole_file=True)


@plants("W-20")
def name_gone(case: Case) -> Iterator[Plan]:
    """A defined name lost, with what it stood for."""
    edit = case.clerk(
        _whole(None), lambda clerk, sheet: clerk.drop_name(sheet, self_review.basic_spending.defined_name)
    )
    yield Plan(_whole(None), edits=(edit,))


@plants("W-21", X_06="重复的附件3")
def filed_twice(case: Case) -> Iterator[Plan]:
    """A form filed twice."""
    name = case.file_of(_whole(None))
    yield Plan(
        _whole(None), edits=(lambda folder: shutil.copy(folder / name, folder / f"副本{name}"),), whole_file=True
    )


def _notation(case: Case, texts: dict[Field, str]) -> Iterator[Plan]:
    for item, text in texts.items():
        value = f"{_amount(case, _base(item)):.2f}"
        yield Plan(_base(item), ((_base(item), text.format(value)),))


@plants("T-01")
def wide(case: Case) -> Iterator[Plan]:
    """Full-width blanks about a number."""
    yield from _notation(case, {b.office.actual: "{}\u3000", b.utilities.last: "\u00a0{}"})


@plants("T-02")
def grouped(case: Case) -> Iterator[Plan]:
    """Thousands separators."""
    spot = _base(b.running.last)
    value = 1234.5
    yield Plan(spot, ((spot, f"{value:,.2f}"),))


@plants("T-05")
def stray_mark(case: Case) -> Iterator[Plan]:
    """A full stop behind a number."""
    yield from _notation(case, {b.office.actual: "{}.", b.meetings.last: "{}。", b.running.actual: "{}，"})


@plants("T-06")
def misread(case: Case) -> Iterator[Plan]:
    """A sign misread by a scanner."""
    for paper in case.reviews:
        for name in case.rates(paper)[:1]:
            spot = case.on(paper, review.target_value, name)
            yield Plan(spot, ((spot, "W90%"),))


@plants("T-07")
def odd_date(case: Case) -> Iterator[Plan]:
    """A date written in dots."""
    spot = _whole(foot.filed_on)
    yield Plan(spot, ((spot, "2024.03.15"),))


@plants("T-08")
def ranges(case: Case) -> Iterator[Plan]:
    """A range as target."""
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.target_value, one.name)
        yield Plan(spot, ((spot, f"{one.target * 0.9:.2f}-{one.target * 1.5:.2f}{one.unit}"),))


@plants("T-09")
def lookalike(case: Case) -> Iterator[Plan]:
    """A sign that only looks right."""
    for paper, one in _rows(case, 1):
        spot = case.on(paper, review.target_value, one.name)
        yield Plan(spot, ((spot, f"≧{one.target:g}{one.unit}"),))


@plants("T-10")
def with_unit(case: Case) -> Iterator[Plan]:
    """A unit behind an amount."""
    yield from _notation(case, {b.office.last: "{}万元", b.meetings.actual: "{} 万元"})
