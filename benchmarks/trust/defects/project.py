"""Defects in 附件3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.trust.defects.common import (
    OTHER_SIDE,
    OVERTYPED,
    SAME,
    TEXT_LEFT,
    amount_at,
    base_ref,
    cost_rows,
    increased,
    overtyped,
    put_into,
    whole_ref,
)
from benchmarks.trust.planting import Case, Plan, plants
from xltool.forms import base_data as b
from xltool.forms import project as p
from xltool.forms import review, self_review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.samples.sample import FieldRef


@plants("A3-01", X_06="没有名称的附件3", X_01=OTHER_SIDE)
def project_unnamed(case: Case) -> Iterator[Plan]:
    """项目名称, 主管部门 or 实施单位 blank."""
    for paper in case.projects[:1]:
        for item in (p.name, p.supervisor, p.implementer):
            plan = put_into(case, case.ref(paper, item), None)
            if item is not p.supervisor or case.value(case.ref(paper, p.implementer)) == case.filing.department:
                yield plan


@plants(
    "A3-02",
    W_04=OVERTYPED,
    X_06=SAME,
    X_08=SAME,
    X_05=SAME,
    A3_08=SAME,
    A3_04=SAME,
    A3_09=OTHER_SIDE,
    X_07=SAME,
    A2_07=SAME,
    X_13="成本指标与被改动的合计比较",
)
def project_total_wrong(case: Case) -> Iterator[Plan]:
    """年度资金总额 typed over; a breakdown in another column."""
    for paper in case.projects[:2]:
        for item in p.year.amounts:
            if amount_at(case, case.ref(paper, item)) > 20:
                yield overtyped(case, case.ref(paper, item), 5 if item is p.year.budget else -5)


@plants("A3-04", W_04=OVERTYPED)
def breakdown_missing(case: Case) -> Iterator[Plan]:
    """A total typed in, nothing below it."""
    for paper in case.projects[:2]:
        for index, item in enumerate(p.year.amounts):
            total = amount_at(case, case.ref(paper, item))
            if total > 0:
                blank = tuple((case.ref(paper, line.amounts[index]), None) for line in p.breakdown)
                yield Plan(case.ref(paper, p.appropriation.amounts[index]), (*blank, (case.ref(paper, item), total)))


@plants(
    "A3-05",
    W_04=OVERTYPED,
    X_06=SAME,
    X_04=SAME,
    X_05=SAME,
    X_07=SAME,
    A2_07=SAME,
    A3_09=OTHER_SIDE,
    A3_08=SAME,
    A3_10=OTHER_SIDE,
    X_13=SAME,
    A3_02=SAME,
    X_15=SAME,
)
def total_zero(case: Case) -> Iterator[Plan]:
    """A total of 0 over a breakdown."""
    for paper in case.projects[:1]:
        for item in p.year.amounts:
            if amount_at(case, case.ref(paper, item)) > 0:
                yield Plan(case.ref(paper, item), ((case.ref(paper, item), 0),))


@plants("A3-06", W_04=OVERTYPED)
def project_rate_wrong(case: Case) -> Iterator[Plan]:
    """执行率 typed over, wrong."""
    for paper in case.projects[:2]:
        ref = case.ref(paper, p.year.rate)
        if amount_at(case, ref):
            yield Plan(ref, ((ref, round(amount_at(case, ref) - 0.03, 4)),))


@plants("A3-07", W_04=OVERTYPED)
def project_score_wrong(case: Case) -> Iterator[Plan]:
    """执行率得分 typed over, wrong."""
    for paper in case.projects[:2]:
        ref = case.ref(paper, p.year.score)
        if amount_at(case, ref):
            yield Plan(ref, ((ref, round(amount_at(case, ref) - 1, 2)),))


@plants("A3-08", A3_08="总额行与其中项同一笔", A3_09=OTHER_SIDE)
def project_overspent(case: Case) -> Iterator[Plan]:
    """全年预算数 below 全年执行数."""
    for paper in case.projects[:2]:
        ref = case.ref(paper, p.appropriation.budget)
        gap = amount_at(case, ref) - amount_at(case, case.ref(paper, p.appropriation.executed))
        if amount_at(case, ref) > 20:
            yield Plan(case.ref(paper, p.appropriation.executed), (increased(case, ref, -gap - 2),))


@plants("A3-09", A1_17="项目决算与年初预算相差过大", A2_13=OTHER_SIDE)
def project_adjusted(case: Case) -> Iterator[Plan]:
    """年初预算数 far below 全年预算数, on all forms."""
    for paper in case.projects[:1]:
        initial = amount_at(case, case.ref(paper, p.year.initial))
        cut = round(initial * 0.5, 2)
        if cut < 10 or not amount_at(case, case.ref(paper, p.year.budget)):
            continue
        cost = [row for row in case.whole.rows if str(row["三级指标"]) in {"预算控制数", "部门预算控制数", "总成本"}]
        if not cost:
            changes = (
                increased(case, case.ref(paper, p.appropriation.initial), -cut),
                increased(case, base_ref(b.project_budget, paper.project), -cut),
                increased(case, whole_ref(self_review.year.initial), -cut),
            )
            yield Plan(case.ref(paper, p.year.budget), changes)


@plants("A3-10", A1_17="项目决算与年初预算相差过大", A2_13=OTHER_SIDE)
def project_new(case: Case) -> Iterator[Plan]:
    """年初预算数 0, on all forms."""
    for paper in case.projects[1:2]:
        initial = amount_at(case, case.ref(paper, p.year.initial))
        cost = [row for row in case.whole.rows if str(row["三级指标"]) in {"预算控制数", "部门预算控制数", "总成本"}]
        others = [case.ref(paper, line.initial) for line in p.breakdown]
        if initial and not cost:
            changes = (
                *((ref, 0) for ref in others),
                (base_ref(b.project_budget, paper.project), 0),
                increased(case, whole_ref(self_review.year.initial), -initial),
            )
            yield Plan(case.ref(paper, p.year.initial), changes)


@plants("A3-11", A2_18=TEXT_LEFT, X_13="成本行也照抄了部门表", A3_12="成本行也照抄了部门表", S_27=OTHER_SIDE)
def indicators_copied(case: Case) -> Iterator[Plan]:
    """The indicators of 附件2 in 附件3."""
    for paper in case.projects[:1]:
        theirs = [row for row in case.whole.rows if "成本" not in row["二级指标"]]
        own = [row["三级指标"] for row in paper.rows]
        used: list[str] = []
        changes: list[tuple[FieldRef, Any]] = []
        for name in own:
            part = case.row(paper, name)["二级指标"]
            donor = next((row for row in theirs if row["二级指标"] == part and row["三级指标"] not in used), None)
            donor = donor or next((row for row in theirs if row["三级指标"] not in used), None)
            if donor is None:
                break
            used.append(donor["三级指标"])
            mine = case.row(paper, name)
            changes += [
                (case.ref(paper, column, name), donor[column.key])
                for column in (review.target_value, review.actual_value)
            ]
            share = donor["得分"] / donor["分值"]
            changes.append((case.ref(paper, review.score, name), round(mine["分值"] * share, 2)))
            changes.append((case.ref(paper, review.reason, name), donor.get("偏差原因分析及改进措施")))
            changes.append((case.ref(paper, review.indicator, name), donor["三级指标"]))
        if len(used) >= 0.85 * len(own):
            first = own[min(range(len(own)), key=lambda at: list(_parts()).index(paper.rows[at]["二级指标"]))]
            yield Plan(case.ref(paper, review.indicator, first), tuple(changes))


def _parts() -> tuple[str, ...]:
    return tuple(part for group in review.GROUPS for part in group.parts)


@plants("A3-12")
def amount_of_the_department(case: Case) -> Iterator[Plan]:
    """The department's budget as the project's cost."""
    for paper in case.projects:
        for name in cost_rows(paper):
            initial = amount_at(case, whole_ref(self_review.year.initial))
            ref = case.ref(paper, review.target_value, name)
            yield Plan(ref, ((ref, f"≤{initial:g}万元"),))


@plants("X-12", S_17=OTHER_SIDE)
def control_unlike_budget(case: Case) -> Iterator[Plan]:
    """预算控制数 unlike 年初预算数 and 全年执行数."""
    for name in cost_rows(case.whole):
        target, actual = (whole_ref(column, name) for column in (review.target_value, review.actual_value))
        yield Plan(target, ((target, f"{amount_at(case, whole_ref(self_review.year.initial)) + 30:g}万元"),))
        yield Plan(actual, ((actual, f"{amount_at(case, whole_ref(self_review.year.executed)) - 30:g}万元"),))


@plants("X-13")
def cost_unlike_spending(case: Case) -> Iterator[Plan]:
    """项目总成本 unlike 全年执行数."""
    for paper in case.projects:
        for name in cost_rows(paper):
            ref = case.ref(paper, review.actual_value, name)
            yield Plan(ref, ((ref, f"{amount_at(case, case.ref(paper, p.year.executed)) - 12:g}万元"),))


@plants("A3-13", A2_18=TEXT_LEFT)
def goal_copied(case: Case) -> Iterator[Plan]:
    """The department's goals as the project's."""
    for paper in case.projects[:1]:
        texts = [(case.ref(paper, item), case.value(whole_ref(item))) for item in (review.goal, review.achievement)]
        yield Plan(case.ref(paper, review.goal), tuple(texts))


@plants("A3-14", X_06=SAME, A3_04=SAME)
def no_funds(case: Case) -> Iterator[Plan]:
    """No amount in the whole block of funds."""
    for paper in case.projects[:1]:
        blank = tuple((case.ref(paper, item), None) for line in p.breakdown for item in line.amounts)
        yield Plan(case.ref(paper, p.appropriation.initial), blank)
