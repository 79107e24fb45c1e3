"""Defects in 附件2, except those of its indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.trust.defects.common import (
    OTHER_SIDE,
    OVERTYPED,
    SAME,
    TOTAL,
    amount_at,
    base_ref,
    funds_line,
    increased,
    overtyped,
    put_into,
    whole_ref,
)
from benchmarks.trust.planting import Case, Plan, plants
from xltool.forms import base_data as b
from xltool.forms import review, self_review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.workbook_editor import WorkbookEditor


@plants("A2-01")
def no_department(case: Case) -> Iterator[Plan]:
    """部门名称 blank."""
    yield put_into(case, whole_ref(self_review.department), None)


@plants("A2-02", A2_07="没有全年预算数，执行率无从计算")
def amount_blank(case: Case) -> Iterator[Plan]:
    """An amount blank."""
    for item in self_review.year.amounts:
        yield Plan(whole_ref(item), ((whole_ref(item), None),))


@plants("A2-03", W_04=OVERTYPED)
def rate_wrong(case: Case) -> Iterator[Plan]:
    """执行率 typed over, wrong."""
    for by in (-0.04, -0.002):
        yield Plan(
            whole_ref(self_review.year.rate),
            ((whole_ref(self_review.year.rate), round(amount_at(case, whole_ref(self_review.year.rate)) + by, 4)),),
        )


@plants("A2-04", W_04=OVERTYPED)
def execution_score_wrong(case: Case) -> Iterator[Plan]:
    """执行率得分 typed over, wrong by much and by little."""
    for by in (-1.5, -0.3):
        yield Plan(whole_ref(self_review.year.score), (increased(case, whole_ref(self_review.year.score), by),))


@plants("A2-05", X_08=SAME)
def overspent(case: Case) -> Iterator[Plan]:
    """全年预算数 below 全年执行数."""
    year = self_review.year
    gap = round(amount_at(case, whole_ref(year.budget)) - amount_at(case, whole_ref(year.executed)) + 3, 2)
    changes = (
        increased(case, whole_ref(year.budget), -gap),
        increased(case, whole_ref(self_review.general_budget), -gap),
    )
    yield Plan(whole_ref(year.executed), changes)


@plants("A2-06", S_01=TOTAL)
def execution_weighs_twenty(case: Case) -> Iterator[Plan]:
    """执行率分值 20, as elsewhere."""
    for paper in case.reviews:
        line = funds_line(paper)
        if not isinstance(case.shown(case.ref(paper, line.rate)), int | float):
            continue
        rate = min(1.0, amount_at(case, case.ref(paper, line.rate)))
        cells = {
            item: case.cell(case.ref(paper, item))
            for item in (line.weight, line.score, line.total_weight, line.total_score)
        }
        earned = round(20 * rate + 1e-9, 2)
        more = earned - amount_at(case, case.ref(paper, line.score))
        total = amount_at(case, case.ref(paper, line.total_score)) + more

        def work(
            clerk: WorkbookEditor,
            sheet: str,
            cells: dict[Any, str] = cells,
            line: Any = line,
            earned: float = earned,
            total: float = total,
        ) -> None:
            clerk.put(sheet, cells[line.weight], 20.0).show(sheet, cells[line.score], earned)
            clerk.show(sheet, cells[line.total_weight], 110.0).show(sheet, cells[line.total_score], total)

        yield Plan(case.ref(paper, line.weight), edits=(case.edit(case.ref(paper, None), work),))


@plants(
    "A2-07", A2_05=SAME, A2_08=SAME, X_08=SAME, A2_02="全年预算数未填", A2_13=OTHER_SIDE, A3_08=SAME, A3_09=OTHER_SIDE
)
def spent_without_budget(case: Case) -> Iterator[Plan]:
    """Spent without a budget."""
    yield Plan(whole_ref(self_review.year.budget), ((whole_ref(self_review.year.budget), 0),))


@plants("A2-08")
def income_short(case: Case) -> Iterator[Plan]:
    """An income too high, too low."""
    for by in (-20, 15.5):
        yield Plan(whole_ref(self_review.income), (increased(case, whole_ref(self_review.general_budget), by),))


@plants("A2-09", W_04=OVERTYPED, A2_08=SAME)
def income_overtyped(case: Case) -> Iterator[Plan]:
    """收入合计 typed over."""
    yield overtyped(case, whole_ref(self_review.income), -8)


@plants("A2-10", X_15=SAME, X_08=SAME)
def spending_short(case: Case) -> Iterator[Plan]:
    """基本支出 too low."""
    yield Plan(whole_ref(self_review.spent), (increased(case, whole_ref(self_review.basic_spending), -5),))


@plants("A2-11", W_04=OVERTYPED, A2_10=SAME)
def spending_overtyped(case: Case) -> Iterator[Plan]:
    """支出合计 typed over."""
    yield overtyped(case, whole_ref(self_review.spent), -6)


@plants("A2-13")
def budget_doubled(case: Case) -> Iterator[Plan]:
    """全年预算数 far above 年初预算数."""
    less = round(
        amount_at(case, whole_ref(self_review.year.budget)) / 1.5
        - amount_at(case, whole_ref(self_review.year.initial)),
        2,
    )
    if amount_at(case, base_ref(b.adjustment_before)) + less > 0:
        changes = (
            increased(case, whole_ref(self_review.year.initial), less),
            increased(case, base_ref(b.adjustment_before), less),
        )
        cost = [
            row["三级指标"]
            for row in case.whole.rows
            if str(row["三级指标"]) in {"预算控制数", "部门预算控制数", "总成本"}
        ]
        if not cost:
            yield Plan(whole_ref(self_review.year.budget), changes)


@plants("A2-14", W_05="文本不计入合计")
def score_with_unit(case: Case) -> Iterator[Plan]:
    """得分 with 分."""
    for paper in case.reviews:
        row = paper.rows[0]["三级指标"]
        ref = case.ref(paper, review.score, row)
        yield Plan(ref, ((ref, f"{case.value(ref):g}分"),))


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
            ref = case.ref(paper, item)
            yield Plan(ref, ((ref, value),))


@plants("A2-16")
def goals_copied(case: Case) -> Iterator[Plan]:
    """The goals again as their own answer."""
    for paper in case.reviews:
        ref = case.ref(paper, review.achievement)
        yield Plan(ref, ((ref, case.value(case.ref(paper, review.goal))),))


@plants("A2-17")
def goal_unanswered(case: Case) -> Iterator[Plan]:
    """A goal that nothing answers."""
    more = (
        "建设“数字门牌”应用场景",
        "新建冷链仓储中心",
        "完成档案馆搬迁和地下车库改造；打造“云上书屋”；新建气象观测塔",
    )
    for number, paper in enumerate(case.reviews):
        for goal in more[number:]:
            text = str(case.value(case.ref(paper, review.goal)))
            yield Plan(case.ref(paper, review.achievement), ((case.ref(paper, review.goal), f"{text}\n（9）{goal}。"),))
