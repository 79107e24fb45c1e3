"""Defects that need another form of preparation: sums of parts, whole workbooks, grades, rates without a sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.defects.common import OVERTYPED, SAME, TOLD, amount_at, increased, on_base, on_whole
from benchmarks.planting import Case, Plan, plants
from xltool.forms import base_data as b
from xltool.forms import project as p
from xltool.forms import self_review

if TYPE_CHECKING:
    from collections.abc import Iterator


@plants("A1-09", W_04=OVERTYPED, A1_07=SAME, A1_18=SAME, A1_33=SAME, A1_10=TOLD, A1_11=TOLD, A1_14=TOLD)
def part_above_total(case: Case) -> Iterator[Plan]:
    """A part above the whole it belongs to."""
    for item, whole in zip(b.office, b.running, strict=True):
        part = on_base(item)
        yield Plan(part, ((part, round(amount_at(case, on_base(whole)) + 2, 2)),))


@plants("A2-12", A2_08=SAME, A2_10=SAME, X_03=SAME, X_05=SAME, X_15=SAME, W_04=OVERTYPED, X_08=SAME)
def spent_less_than_received(case: Case) -> Iterator[Plan]:
    """支出 below 收入 although the whole budget is said to be spent."""
    year = self_review.year
    budget, executed = (amount_at(case, on_whole(item)) for item in (year.budget, year.executed))
    if abs(budget - executed) <= 0.01:  # noqa: PLR2004 - a cent
        yield Plan(on_whole(self_review.income), (increased(case, on_whole(self_review.basic_spending), -3),))


@plants("X-04", X_03=SAME, X_06=SAME, A1_15=SAME, A1_17=TOLD)
def budget_of_projects_differs(case: Case) -> Iterator[Plan]:
    """A project's budget on 附件1 unlike its 附件3."""
    for paper in case.projects[:1]:
        spot = on_base(b.project_budget, paper.project)
        yield Plan(on_base(b.project_spending.budget), (increased(case, spot, 5),))


@plants("X-05", X_03=SAME, X_06=SAME, X_08=SAME, A2_10=SAME, A3_08=SAME, A3_12=SAME, X_13=SAME, X_15=SAME)
def execution_of_projects_differs(case: Case) -> Iterator[Plan]:
    """A project's execution unlike what 附件2 has."""
    for paper in case.projects[:1]:
        spot = case.on(paper, p.appropriation.executed)
        yield Plan(on_whole(self_review.project_spending), (increased(case, spot, -1),))


@plants("T-04")
def rate_without_sign(case: Case) -> Iterator[Plan]:
    """控制率 typed as 95 over its formula."""
    value = round(amount_at(case, on_base(b.control)) * 100, 2)
    cell = case.cell(on_base(b.control))
    edit = case.clerk(on_base(b.control), lambda clerk, sheet: clerk.put(sheet, cell, f"{value:g}"))
    yield Plan(on_base(b.control), edits=(edit,))


@plants("W-05")
def words_for_an_amount(case: Case) -> Iterator[Plan]:
    """Words where an amount is due, in 附件3."""
    for paper in case.projects[:1]:
        spot = case.on(paper, p.other_funds.initial)
        if not amount_at(case, spot):
            yield Plan(spot, ((spot, "若干"),))
