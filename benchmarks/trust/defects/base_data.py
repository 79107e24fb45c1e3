"""Defects in 附件1."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from benchmarks.trust.defects.common import (
    OTHER_SIDE,
    OVERTYPED,
    SAME,
    amount_at,
    base_ref,
    cost_rows,
    increased,
    overtyped,
    put_into,
    whole_ref,
)
from benchmarks.trust.planting import Case, Plan, plants
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import FieldRef
from xltool.forms import base_data as b
from xltool.forms import foot, self_review
from xltool.forms import project as p

if TYPE_CHECKING:
    from collections.abc import Iterator


@plants("A1-01", W_03="表头文字被改动，本身也要提示")
def heads_of_another_year(case: Case) -> Iterator[Plan]:
    """A head of the table shows another year."""
    for item, year in ((b.three_public.last, case.filing.year - 2), (b.three_public.actual, case.filing.year - 1)):
        below = case.cell(base_ref(item))
        head = f"{below.rstrip('0123456789')}{int(below.lstrip('ABCDEFGH')) - 1}"
        text = f"{year}年决算数"
        edit = case.edit(base_ref(None), WorkbookEditor.put, head, text)
        yield Plan(FieldRef("附件1", None, head), edits=(edit,), about=text)


@plants("A1-02", A1_06="编制数有误，控制率无从计算")
def posts(case: Case) -> Iterator[Plan]:
    """No posts, or parts of one."""
    for value in (None, 0, amount_at(case, base_ref(b.posts)) + 0.5):
        yield Plan(base_ref(b.posts), ((base_ref(b.posts), value),))


@plants("A1-03")
def staff(case: Case) -> Iterator[Plan]:
    """No staff, part of one, fewer than none."""
    for value in (None, amount_at(case, base_ref(b.staff)) - 0.5, -1):
        yield Plan(base_ref(b.staff), ((base_ref(b.staff), value),))


@plants("A1-04", W_04=OVERTYPED)
def wrong_control(case: Case) -> Iterator[Plan]:
    """控制率 typed over its formula, wrong."""
    yield Plan(base_ref(b.control), ((base_ref(b.control), round(amount_at(case, base_ref(b.control)) - 0.03, 4)),))


@plants("A1-05")
def overstaffed(case: Case) -> Iterator[Plan]:
    """More staff than posts."""
    yield Plan(base_ref(b.control), ((base_ref(b.staff), amount_at(case, base_ref(b.posts)) + 1),))
    yield Plan(base_ref(b.control), ((base_ref(b.posts), max(amount_at(case, base_ref(b.staff)) - 2, 1)),))


@plants("A1-06", A1_02="编制数未填", W_04=OVERTYPED)
def control_without_posts(case: Case) -> Iterator[Plan]:
    """控制率 typed in, 编制数 blank."""
    yield Plan(base_ref(b.control), ((base_ref(b.posts), None), (base_ref(b.control), 0.95)))


@plants("A1-07", W_04=OVERTYPED)
def three_public_wrong(case: Case) -> Iterator[Plan]:
    """三公经费 typed over, too low."""
    for item in b.three_public:
        if amount_at(case, base_ref(item)) > 1:
            less = -0.5 if item is not b.three_public.budget else 0.5
            yield overtyped(case, base_ref(item), 0.5 if item is b.three_public.last else less)


@plants("A1-08", W_04=OVERTYPED, A1_07="三公经费合计随之变动")
def vehicles_wrong(case: Case) -> Iterator[Plan]:
    """公务用车 typed over."""
    if amount_at(case, base_ref(b.vehicles.last)) > 1:
        yield overtyped(case, base_ref(b.vehicles.last), 0.4)


@plants("A1-15", W_04=OVERTYPED, X_03=SAME, X_04=SAME)
def projects_wrong(case: Case) -> Iterator[Plan]:
    """项目支出 typed over."""
    if case.projects:
        for item in b.project_spending:
            if isinstance(case.shown(base_ref(item)), int | float):
                yield overtyped(case, base_ref(item), 1)


@plants("A1-10")
def three_public_grown(case: Case) -> Iterator[Plan]:
    """三公经费 above last year's."""
    last, actual = (amount_at(case, base_ref(item)) for item in (b.three_public.last, b.three_public.actual))
    if actual > 1:
        less = round(amount_at(case, base_ref(b.vehicle_running.last)) - (last - actual) - 0.3, 2)
        if less >= 0:
            yield Plan(base_ref(b.three_public.actual), ((base_ref(b.vehicle_running.last), less),))


@plants("A1-11")
def three_public_over(case: Case) -> Iterator[Plan]:
    """三公经费 above its budget."""
    budget, actual = (amount_at(case, base_ref(item)) for item in (b.three_public.budget, b.three_public.actual))
    less = round(amount_at(case, base_ref(b.vehicle_running.budget)) - (budget - actual) - 0.3, 2)
    if actual > 1 and less >= 0:
        yield Plan(base_ref(b.three_public.actual), ((base_ref(b.vehicle_running.budget), less),))


@plants("A1-12", A1_10="购置计入三公经费", A1_11="购置计入三公经费")
def vehicle_bought(case: Case) -> Iterator[Plan]:
    """A vehicle was bought."""
    yield Plan(base_ref(b.vehicle_purchase.actual), ((base_ref(b.vehicle_purchase.actual), 18),))


@plants("A1-13")
def forgotten(case: Case) -> Iterator[Plan]:
    """An item of last year is blank."""
    for line in (b.vehicle_running, b.reception):
        if amount_at(case, base_ref(line.last)):
            yield Plan(base_ref(line.actual), ((base_ref(line.actual), None),))


@plants("A1-14", A1_10="接待费计入三公经费", A1_11="接待费计入三公经费")
def reception_up(case: Case) -> Iterator[Plan]:
    """公务接待 up by half."""
    if amount_at(case, base_ref(b.reception.last)):
        value = round(amount_at(case, base_ref(b.reception.last)) * 1.5, 2)
        yield Plan(base_ref(b.reception.actual), ((base_ref(b.reception.actual), value),))


@plants("A1-16", X_06="没有名称的项目行找不到附件3")
def half_a_project(case: Case) -> Iterator[Plan]:
    """A project row without a name, or without amounts."""
    for paper in case.projects[:2]:
        cell = case.cell(base_ref(b.project_name, paper.project))
        ref = base_ref(b.project_name, paper.project)
        yield Plan(ref, edits=(case.edit(ref, WorkbookEditor.put, cell, None),))
    if case.projects:
        last = case.cell(base_ref(b.project_name, case.base.rows[-1]["项目名称"]))
        row = int(last.lstrip("A")) + 1
        ref = FieldRef("附件1", None, f"F{row}")
        yield Plan(ref, edits=(case.edit(base_ref(None), WorkbookEditor.put, f"A{row}", "信息化运维"),))


@plants("A1-17", A3_09="项目年初预算与全年预算相差过大", A2_13=OTHER_SIDE, X_07=OTHER_SIDE)
def unrealistic_budget(case: Case) -> Iterator[Plan]:
    """The first project's initial budget far too low on all forms."""
    if len(case.projects) == 1 and not cost_rows(case.whole):
        paper = case.projects[0]
        ref = case.ref(paper, p.appropriation.initial)
        cut = round(amount_at(case, case.ref(paper, p.year.initial)) * 0.4, 2)
        changes = (
            increased(case, ref, -cut),
            increased(case, base_ref(b.project_budget, paper.project), -cut),
            increased(case, whole_ref(self_review.year.initial), -cut),
        )
        yield Plan(base_ref(b.project_spending.actual), changes)


@plants("A1-18")
def lines_above_total(case: Case) -> Iterator[Plan]:
    """办公经费 above 公用经费."""
    for index, item in enumerate(b.running):
        value = round(amount_at(case, base_ref(item)) + 1, 2)
        yield Plan(base_ref(item), ((base_ref(list(b.office)[index]), value),))


@plants("A1-19")
def running_over(case: Case) -> Iterator[Plan]:
    """公用经费 above its budget."""
    yield Plan(
        base_ref(b.running.actual),
        ((base_ref(b.running.actual), round(amount_at(case, base_ref(b.running.budget)) * 1.05, 2)),),
    )


@plants("A1-20")
def running_blank(case: Case) -> Iterator[Plan]:
    """公用经费 blank, its lines filled."""
    for item in b.running:
        yield Plan(base_ref(item), ((base_ref(item), None),))


@plants("A1-21", W_04="公式被清除，本身也要提示")
def total_cleared(case: Case) -> Iterator[Plan]:
    """A total's formula cleared."""
    for item in (b.three_public.actual, b.three_public.budget, b.project_spending.budget):
        if amount_at(case, base_ref(item)):
            yield put_into(case, base_ref(item), None)


@plants("A1-22")
def procurement_blank(case: Case) -> Iterator[Plan]:
    """政府采购 blank."""
    for item in (b.procurement_budget, b.procurement_actual):
        yield Plan(base_ref(item), ((base_ref(item), None),))


@plants("A1-23")
def procurement_off(case: Case) -> Iterator[Plan]:
    """政府采购 off its budget."""
    if amount_at(case, base_ref(b.procurement_budget)):
        for share in (0.8, 1.2):
            value = round(amount_at(case, base_ref(b.procurement_budget)) * share, 2)
            yield Plan(base_ref(b.procurement_actual), ((base_ref(b.procurement_actual), value),))


@plants("A1-24")
def adjustment_missing(case: Case) -> Iterator[Plan]:
    """基本支出 adjusted, and no word of it."""
    before, after = amount_at(case, base_ref(b.adjustment_before)), amount_at(case, base_ref(b.adjustment_after))
    if case.projects and abs(before - after) > 1:
        yield Plan(
            base_ref(b.adjustment_before), ((base_ref(b.adjustment_before), None), (base_ref(b.adjustment_after), None))
        )


_ESTATE = {b.approved_area: 1000.0, b.actual_area: 980.0, b.planned_investment: 300.0, b.actual_investment: 296.0}


def _estate(**other: float | None) -> tuple[tuple[FieldRef, Any], ...]:
    return tuple((base_ref(item), other.get(item.key, value)) for item, value in _ESTATE.items())


@plants("A1-26", W_04=OVERTYPED)
def area_rate_wrong(case: Case) -> Iterator[Plan]:
    """规模控制率 typed over."""
    yield Plan(base_ref(b.area_control), (*_estate(), (base_ref(b.area_control), 0.9)))


@plants("A1-27", W_04=OVERTYPED)
def investment_rate_wrong(case: Case) -> Iterator[Plan]:
    """投资概算控制率 typed over."""
    yield Plan(base_ref(b.investment_control), (*_estate(), (base_ref(b.investment_control), 0.95)))


@plants("A1-28")
def estate_too_large(case: Case) -> Iterator[Plan]:
    """More built, more spent than approved."""
    yield Plan(base_ref(b.area_control), _estate(实际规模=1100.0))
    yield Plan(base_ref(b.investment_control), _estate(实际投资=330.0))


@plants("A1-29")
def estate_incomplete(case: Case) -> Iterator[Plan]:
    """One of the four entries blank."""
    for item in (b.actual_area, b.planned_investment):
        yield Plan(base_ref(item), _estate(**{item.key: None}))


@plants("A1-30")
def no_thrift(case: Case) -> Iterator[Plan]:
    """厉行节约保障措施 blank."""
    yield Plan(base_ref(b.thrift), ((base_ref(b.thrift), None),))


@plants("A1-31", A1_23="负数与预算比较", A1_33="负数与预算比较")
def negative(case: Case) -> Iterator[Plan]:
    """A minus before an amount."""
    for item in (b.office.last, b.procurement_actual, b.abroad.budget, b.meetings.actual):
        if isinstance(case.shown(base_ref(item)), int | float) or item is b.office.last:
            yield Plan(base_ref(item), ((base_ref(item), -(amount_at(case, base_ref(item)) or 0.01)),))


@plants("A1-32", A1_19="按元填报，与预算相差万倍", X_09="按元填报，与基本支出相差万倍", A1_18=SAME)
def in_yuan(case: Case) -> Iterator[Plan]:
    """An amount in 元."""
    for line in (b.running, b.office):
        value = round(amount_at(case, base_ref(line.actual)) * 10000, 0)
        yield Plan(base_ref(line.actual), ((base_ref(line.actual), value),))


@plants("A1-33", A1_18=SAME)
def line_over(case: Case) -> Iterator[Plan]:
    """A line of 公用经费 above its budget."""
    value = round(amount_at(case, base_ref(b.meetings.budget)) + 0.2, 2)
    yield Plan(base_ref(b.meetings.actual), ((base_ref(b.meetings.actual), value),))


@plants("A1-36")
def exactly(case: Case) -> Iterator[Plan]:
    """三公经费 exactly on budget."""
    gap = amount_at(case, base_ref(b.three_public.budget)) - amount_at(case, base_ref(b.three_public.actual))
    if amount_at(case, base_ref(b.three_public.actual)) and gap:
        value = round(amount_at(case, base_ref(b.vehicle_running.budget)) - gap, 2)
        yield Plan(base_ref(b.three_public.actual), ((base_ref(b.vehicle_running.budget), value),))


@plants("A1-34")
def foot_blank(case: Case) -> Iterator[Plan]:
    """Something in the foot blank."""
    items = (foot.filler, foot.filed_on, foot.phone, foot.signature)
    for number, paper in enumerate(case.filing.papers[:4]):
        ref = case.ref(paper, items[number])
        yield Plan(ref, ((ref, None),))


@plants("A1-35")
def dated_early(case: Case) -> Iterator[Plan]:
    """Dated before the year closed."""
    for paper in case.reviews:
        ref = case.ref(paper, foot.filed_on)
        yield Plan(ref, ((ref, date(case.filing.year, 12, 20)),))
