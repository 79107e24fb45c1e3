"""Further defects: sums of projects between forms, rates without a sign, words for amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.trust.defects.common import OVERTYPED, SAME, amount_at, base_ref, increased, overtyped, whole_ref
from benchmarks.trust.planting import Case, Plan, plants
from tests.support.workbook_editor import WorkbookEditor
from xltool.forms import base_data as b
from xltool.forms import project as p
from xltool.forms import self_review

if TYPE_CHECKING:
    from collections.abc import Iterator


@plants("X-04", A1_15=SAME, X_06=SAME, W_04=OVERTYPED)
def budget_of_projects_differs(case: Case) -> Iterator[Plan]:
    """The sum of project budgets typed over on 附件1."""
    if case.projects:
        yield overtyped(case, base_ref(b.project_spending.budget), 1)


@plants("X-05", X_03=SAME, X_08=SAME, X_15=SAME)
def execution_of_projects_differs(case: Case) -> Iterator[Plan]:
    """Some of 基本支出 filed as 项目支出 on 附件2."""
    if case.projects:
        changes = (
            increased(case, whole_ref(self_review.project_spending), 6),
            increased(case, whole_ref(self_review.basic_spending), -6),
        )
        yield Plan(whole_ref(self_review.project_spending), changes)


@plants("T-04", W_04=OVERTYPED)
def rate_without_sign(case: Case) -> Iterator[Plan]:
    """控制率 typed as 95 over its formula."""
    value = round(amount_at(case, base_ref(b.control)) * 100, 2)
    cell = case.cell(base_ref(b.control))
    edit = case.edit(base_ref(b.control), WorkbookEditor.put, cell, f"{value:g}")
    yield Plan(base_ref(b.control), edits=(edit,))


@plants("W-05")
def words_for_an_amount(case: Case) -> Iterator[Plan]:
    """Words where an amount is due, in 附件3."""
    for paper in case.projects[:1]:
        ref = case.ref(paper, p.other_funds.initial)
        if not amount_at(case, ref):
            yield Plan(ref, ((ref, "若干"),))
