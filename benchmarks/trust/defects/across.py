"""Defects between forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.trust.defects.common import (
    OTHER_SIDE,
    SAME,
    TEXT_LEFT,
    amount_at,
    base_ref,
    increased,
    met_in_full,
    whole_ref,
)
from benchmarks.trust.planting import Case, Plan, plants
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p

if TYPE_CHECKING:
    from collections.abc import Iterator


@plants("X-01", W_17="表样不是下发给该单位的")
def other_department(case: Case) -> Iterator[Plan]:
    """Another department's name on one form."""
    for ref in (base_ref(b.unit),):
        yield Plan(ref, ((ref, "示范县财政局"),))
        yield Plan(ref, ((ref, case.filing.department.replace("示范县", "示范").replace("青山区", "青山") + "机关"),))
    for paper in case.projects[:1]:
        supervisor, implementer = case.ref(paper, p.supervisor), case.ref(paper, p.implementer)
        yield Plan(supervisor, ((supervisor, "示范县财政局"), (implementer, "示范县国库支付中心")))


@plants("X-02", A1_35=OTHER_SIDE)
def other_year(case: Case) -> Iterator[Plan]:
    """A form of last year."""
    for paper in case.projects[:1]:
        yield Plan(case.ref(paper, p.name), year=case.filing.year - 1)
    if len(case.projects) > 1:
        yield Plan(base_ref(b.unit), year=case.filing.year - 1)


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
            increased(case, whole_ref(self_review.project_spending), -7),
            increased(case, whole_ref(self_review.basic_spending), 7),
        )
        yield Plan(whole_ref(self_review.project_spending), changes)


@plants("X-06", A1_15=SAME, X_03=SAME, A3_12=OTHER_SIDE)
def projects_differ(case: Case) -> Iterator[Plan]:
    """An amount or a name unlike 附件1; a 附件3 missing."""
    for paper in case.projects[:2]:
        if amount_at(case, base_ref(b.project_budget, paper.project)) < 10:
            continue
        at = case.ref(paper, p.year.initial)
        yield Plan(at, (increased(case, base_ref(b.project_budget, paper.project), 3),))
        name = case.ref(paper, p.name)
        yield Plan(name, ((name, f"{paper.project}及配套"),))
    if len(case.projects) > 1:
        gone = case.projects[-1]
        if amount_at(case, base_ref(b.project_budget, gone.project)):
            file = case.file_of(case.ref(gone, None))
            yield Plan(base_ref(b.project_name, gone.project), edits=(lambda folder: (folder / file).unlink(),))


@plants("X-07", A2_13=OTHER_SIDE, X_15=SAME, A1_24=SAME, X_12=SAME)
def initial_too_low(case: Case) -> Iterator[Plan]:
    """年初预算数 of the department below those of its projects."""
    if case.projects:
        before = amount_at(case, base_ref(b.adjustment_before))
        yield Plan(
            whole_ref(self_review.year.initial), (increased(case, whole_ref(self_review.year.initial), -before - 2),)
        )


@plants("X-08", A2_05=SAME, A2_08=SAME, A2_13=OTHER_SIDE)
def budget_too_low(case: Case) -> Iterator[Plan]:
    """全年预算数 of the department too low for its projects."""
    if case.projects:
        year = self_review.year
        need = sum(amount_at(case, case.ref(paper, p.year.budget)) for paper in case.projects) + amount_at(
            case, whole_ref(self_review.basic_spending)
        )
        by = round(need - amount_at(case, whole_ref(year.budget)) - 1, 2)
        changes = (
            increased(case, whole_ref(year.budget), by),
            increased(case, whole_ref(self_review.general_budget), by),
        )
        yield Plan(whole_ref(year.budget), changes)


@plants("X-09", A1_19=SAME)
def running_above_basic(case: Case) -> Iterator[Plan]:
    """公用经费 above 基本支出."""
    value = round(amount_at(case, whole_ref(self_review.basic_spending)) + 5, 2)
    yield Plan(
        base_ref(b.running.actual), ((base_ref(b.running.budget), value + 1), (base_ref(b.running.actual), value))
    )


@plants("X-10")
def procurement_above_all(case: Case) -> Iterator[Plan]:
    """政府采购 above all spending."""
    value = round(amount_at(case, whole_ref(self_review.year.executed)) + 50, 2)
    yield Plan(
        base_ref(b.procurement_actual),
        ((base_ref(b.procurement_budget), value), (base_ref(b.procurement_actual), value)),
    )


@plants("X-11", A2_18=TEXT_LEFT)
def shared_indicator_differs(case: Case) -> Iterator[Plan]:
    """An indicator of one name on both forms, its actual or its score unlike."""
    for paper in case.projects[:1]:
        for mine in met_in_full(case, paper)[:1]:
            for theirs in met_in_full(case, case.whole)[:1]:
                shared = [
                    (whole_ref(review.indicator, theirs.name), mine.name),
                    (
                        whole_ref(review.target_value, theirs.name),
                        case.value(case.ref(paper, review.target_value, mine.name)),
                    ),
                ]
                actual = (whole_ref(review.actual_value, theirs.name), f"{mine.actual * 1.1:.2f}{mine.unit}")
                yield Plan(case.ref(paper, review.actual_value, mine.name), (*shared, actual))


@plants("X-14")
def other_filler(case: Case) -> Iterator[Plan]:
    """Another clerk on one form."""
    for paper in case.projects[:1]:
        ref = case.ref(paper, foot.filler)
        yield Plan(ref, ((ref, "赵六"),))


@plants("X-15", A1_24="另一栏没有填的，只填一栏本身也要提示")
def adjustment_off(case: Case) -> Iterator[Plan]:
    """基本支出预算调整 unlike the other forms."""
    if case.projects:
        for item in (b.adjustment_before, b.adjustment_after):
            yield Plan(base_ref(item), (increased(case, base_ref(item), 4),))
