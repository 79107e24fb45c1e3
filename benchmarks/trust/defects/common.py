"""Cells, amounts and rows of a clean filing that the planters share, and the reasons for allowed findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.trust.planting import Case, Counted, Plan
from tests.support.workbook_editor import WorkbookEditor
from tools.samples.sample import FieldRef, Paper
from xltool.forms import project as p
from xltool.forms import review, self_review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field


OVERTYPED = "公式被改为固定数值，本身也要提示"


SAME = "同一处错误在另一条勾稽关系中也不成立"


TOTAL = "分值变动，合计随之变动"


OTHER_SIDE = "同一处改动的另一面"
TEXT_LEFT = "指标行与文字只改了一处，数字不再一致"


def base_ref(item: Field | None, row: str = "") -> FieldRef:
    """A ref of 附件1."""
    return FieldRef("附件1", item, row)


def whole_ref(item: Field | None, row: str = "") -> FieldRef:
    """A ref of 附件2."""
    return FieldRef("附件2", item, row)


def amount_at(case: Case, ref: FieldRef) -> float:
    """The number a cell shows, 0 where it shows none."""
    value = case.shown(ref)
    return float(value) if isinstance(value, int | float) else 0.0


def increased(case: Case, ref: FieldRef, by: float) -> tuple[FieldRef, float]:
    """A change that adds to what a cell shows."""
    return ref, round(amount_at(case, ref) + by, 2)


def put_into(case: Case, ref: FieldRef, value: Any) -> Plan:
    """A plan that overwrites a cell in the file, for cells that the template fills in itself."""
    cell = case.cell(ref)
    return Plan(ref, edits=(case.edit(ref, WorkbookEditor.put, cell, value),))


def first_rows(case: Case, paper: Paper) -> dict[str, str]:
    """The first row of each 一级指标 by its name."""
    order = {part: group.name for group in review.GROUPS for part in group.parts}
    parts = [part for group in review.GROUPS for part in group.parts]
    first: dict[str, str] = {}
    for row in sorted(paper.rows, key=lambda row: parts.index(row["二级指标"])):
        first.setdefault(order[row["二级指标"]], row["三级指标"])
    return first


def funds_line(paper: Paper) -> review.YearFunds:
    """The line 年度资金总额 of a form."""
    return self_review.year if paper.form == "附件2" else p.year


def met_in_full(case: Case, paper: Paper, least: float = 2) -> list[Counted]:
    """Counted rows whose target was met, that give no reason and weigh at least so many points."""
    return [
        row for row in case.counted(paper) if row.actual >= row.target and row.weight >= least and not row.explained
    ]


def overtyped(case: Case, ref: FieldRef, by: float) -> Plan:
    """A plan that types a number over a formula, off by so much."""
    return Plan(ref, (increased(case, ref, by),))


def counted_rows(case: Case, count: int = 2) -> Iterator[tuple[Paper, Counted]]:
    """The first rows of each review form whose target was met."""
    for paper in case.reviews:
        for row in met_in_full(case, paper)[:count]:
            yield paper, row


def cost_rows(paper: Paper) -> list[str]:
    """Names of the rows that compare the budget with what was spent."""
    return [
        row["三级指标"]
        for row in paper.rows
        if row["三级指标"] in {"项目总成本", "项目预算控制数", "成本控制数", "预算控制数", "部门预算控制数", "总成本"}
    ]
