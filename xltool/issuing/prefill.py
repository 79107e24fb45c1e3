"""Fill the forms of one department in as far as its values are known: approved values locked, the others open."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from dataclasses import field as member
from typing import TYPE_CHECKING, Any

from xltool.expr import frame
from xltool.forms import base_data, foot, project, review, self_review
from xltool.forms.words import item_of
from xltool.issuing.issue_list import IssuedForm
from xltool.issuing.prior import PriorForms
from xltool.normalize import fold
from xltool.reader.notation.tokens import display
from xltool.roster import Project
from xltool.template.filling import indicator_columns, project_columns, rows_needed
from xltool.template.order import Order, SheetOrder, files_of, sheet_orders
from xltool.template.workbook import issue_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.expr.nodes import Field
    from xltool.issuing.prior import PriorIndicator
    from xltool.roster import Department, Indicator
    from xltool.template.filling import RowValues

ROUNDING = 0.02
"""Sums of rounded amounts may differ by this, in 万元."""


@dataclass(frozen=True)
class DepartmentTask:
    """The forms of one department, as plain values that can be sent to a worker.

    `order` gives year, forms and sizes; `approved` is whether the department and its projects come from a roster;
    `last` is None where no filings of last year were given. Projects of the order that the department does not have
    are projects of last year.
    """

    order: Order
    department: Department
    folder: str
    approved: bool
    combined: bool = False
    last: PriorForms | None = None


@dataclass(frozen=True)
class FormFile:
    """A file to write: its path below the output folder, its order, and its sheets."""

    path: str
    order: Order
    sheets: tuple[SheetOrder, ...]


@dataclass
class Filling:
    """The values of one form, open (`filled`) or locked, and the same in words for the list."""

    filled: dict[Field, Any] = member(default_factory=dict)
    locked: dict[Field, Any] = member(default_factory=dict)
    approved: list[str] = member(default_factory=list)
    known: list[str] = member(default_factory=list)
    carried: list[str] = member(default_factory=list)
    notes: list[str] = member(default_factory=list)

    def know(self, item: Field, text: str) -> None:
        """Fill in a text that may be changed."""
        if text:
            self.filled[item] = text
            self.known.append(item.key)


def fill_forms(task: DepartmentTask) -> tuple[list[FormFile], list[IssuedForm]]:
    """The files of a department, and a line of the list for each of their forms."""
    department = _Prefill(task)
    indicators = [department.indicators(sheet) for sheet in sheet_orders(task.order)]
    most = max((rows_needed(rows) for rows in indicators), default=1)
    files, lines = [], []
    sheets = [department.sheet(sheet, most) for sheet in sheet_orders(task.order)]
    for name, members in files_of(task.order, [sheet for sheet, _ in sheets], combined=task.combined).items():
        path = f"{task.folder}/{name}" if task.folder else name
        order = replace(task.order, indicators=department.rows(members, most))
        files.append(FormFile(path, order, tuple(members)))
        issue = issue_id(order, members)
        lines += [department.line(sheet, filling, path, issue) for sheet, filling in sheets if sheet in members]
    return files, lines


class _Prefill:
    """Fills in the forms of one department."""

    def __init__(self, task: DepartmentTask) -> None:
        self.task, self.department, self.last = task, task.department, task.last or PriorForms()
        self.projects = {item.name: item for item in task.department.projects}

    def rows(self, members: Sequence[SheetOrder], most: int) -> int:
        """Indicator rows of each 二级指标 in a file: as many as were ordered, more where there are more indicators."""
        own = max((rows_needed(self.indicators(sheet)) for sheet in members), default=1)
        return max(self.task.order.indicators, most if self.task.combined else own)

    def indicators(self, sheet: SheetOrder) -> list[RowValues]:
        """The indicators of a form: those that were approved, else those of last year."""
        if sheet.form is base_data.FORM:
            return []
        return [_indicator_row(indicator) for indicator in self.approved(sheet) or self.carried(sheet)]

    def approved(self, sheet: SheetOrder) -> tuple[Indicator, ...]:
        """The indicators of a form in the roster."""
        if sheet.form is project.FORM:
            return self.projects[sheet.project].indicators if sheet.project in self.projects else ()
        return self.department.indicators

    def carried(self, sheet: SheetOrder) -> tuple[PriorIndicator, ...]:
        """The indicators of last year's form."""
        if sheet.form is project.FORM and not sheet.project:
            return ()
        return self.last.indicators.get(fold(sheet.project), ())

    def key(self, sheet: SheetOrder) -> str:
        """The key of a form in the files and notes of last year."""
        return base_data.FORM.key if sheet.form is base_data.FORM else fold(sheet.project)

    def line(self, sheet: SheetOrder, filling: Filling, path: str, issue: str) -> IssuedForm:
        """The line of a form in the list."""
        approved, known, carried = ("；".join(part) for part in (filling.approved, filling.known, filling.carried))
        source = self.last.files.get(self.key(sheet), "") if carried else ""
        return IssuedForm(
            code=self.department.code,
            department=self.department.name,
            form=sheet.form.key,
            project=sheet.project,
            file=path,
            issue=issue,
            approved=approved,
            known=known,
            carried=carried,
            source=source,
            note="；".join(filling.notes),
        )

    def sheet(self, sheet: SheetOrder, most: int) -> tuple[SheetOrder, Filling]:
        """A sheet with its known values, and the same in words."""
        into = Filling()
        if sheet.form is base_data.FORM:
            self._fill_base_data(into)
        elif sheet.form is project.FORM:
            self._fill_project(sheet, into)
        elif self.department.budget is not None:
            into.locked[self_review.year.initial] = self.department.budget
            into.approved.append(f"年初预算数 {display(self.department.budget)}")
        if sheet.form is not base_data.FORM:
            self._fill_indicators(sheet, into, most)
        into.know(foot.filler, self.department.contact)
        into.know(foot.phone, self.department.phone)
        into.notes += self.last.notes.get(self.key(sheet), [])
        if self.task.last is not None and not self.last.files:
            into.notes.append("没有找到本单位上年的报送")
        return replace(sheet, prefill=into.filled, approved=into.locked), into

    # --- 附件1 ----------------------------------------------------------------------------

    def _fill_base_data(self, into: Filling) -> None:
        if self.department.posts is not None:
            into.locked[base_data.posts] = self.department.posts
            into.approved.append(f"编制数 {self.department.posts}")
        elif self.last.posts is not None:
            into.filled[base_data.posts] = self.last.posts
            into.carried.append(f"编制数 {self.last.posts}")
        items = base_data.FORM.fields.items()
        amounts = {item: self.last.amounts[key] for key, item in items if item.is_input and key in self.last.amounts}
        into.filled |= amounts
        ended = self._fill_project_rows(into)
        projects = sum(amount is not None for amount in into.filled.get(base_data.project_last, ()))
        if amounts or projects:
            into.carried.append(f"上年决算数 {len(amounts)} 项，项目 {projects} 个")
        if ended:
            into.notes.append(f"上年的项目今年没有，保留上年决算数行，不发附件3：{'、'.join(ended)}")
        into.notes += self._differing_totals(into.filled)

    def _fill_project_rows(self, into: Filling) -> list[str]:
        """Fill in the project table: this year's projects, then those that have ended, whose names are returned."""
        before = {fold(name): (name, amount) for name, amount in self.last.projects.items()}
        rows: list[RowValues] = []
        for name in self.task.order.projects:
            _, amount = before.pop(fold(name), ("", None))
            rows.append(_project_row(name, amount, self.projects.get(name, Project(name)).budget))
        ended = [(name, amount) for name, amount in before.values() if amount is not None]
        columns = project_columns(rows + [_project_row(name, amount, None) for name, amount in ended])
        into.filled |= columns
        if self.task.approved and self.projects:
            for item in (base_data.project_name, base_data.project_budget):
                if item in columns:
                    into.locked[item] = columns[item][: len(rows)]
            given = sum(item.budget is not None for item in self.projects.values())
            into.approved.append(f"项目 {len(rows)} 个，年初预算数 {given} 个")
        elif rows and not self.projects:
            into.notes.append("没有今年的项目名单，项目沿用上年")
        return [name for name, _ in ended]

    def _differing_totals(self, filled: dict[Field, Any]) -> list[str]:
        """Notes on filed totals of last year that are not the sum of their parts, which the form's formulas show."""
        values = frame.Values(filled)
        notes = []
        for key, item in base_data.FORM.fields.items():
            filed = self.last.amounts.get(key)
            if filed is None or item.formula is None:
                continue
            value = float(values.number(item)[0])
            if not abs(value - filed) <= ROUNDING:  # also where the formula shows a blank (NaN)
                shown = "空" if math.isnan(value) else display(round(value, 2))
                notes.append(f"{item_of(item)}：上年合计填报 {display(filed)}，明细之和 {shown}，请单位核对")
        return notes

    # --- 附件2, 附件3 ---------------------------------------------------------------------

    def _fill_project(self, sheet: SheetOrder, into: Filling) -> None:
        own = self.projects.get(sheet.project)
        if own is None or not self.task.approved:
            return
        into.locked[project.name] = own.name
        into.approved.append("项目支出名称")
        into.know(project.supervisor, own.supervisor)
        into.know(project.implementer, own.implementer)
        into.locked |= _funds(own)
        if own.budget is not None:
            into.approved.append(f"年初预算数 {display(own.budget)}")

    def _fill_indicators(self, sheet: SheetOrder, into: Filling, most: int) -> None:
        indicators = self.indicators(sheet)
        columns = indicator_columns(indicators, self.rows([sheet], most))
        # 一级指标 is printed in any case; as a value it is needed to compute the sums of the 审核 panel.
        into.filled[review.category] = columns[review.category]
        known = {item: columns[item] for item in _LOCKED if item in columns}
        if self.approved(sheet):
            into.locked |= known
            into.approved.append(f"指标 {len(indicators)} 条")
        elif indicators:
            into.filled |= known
            into.carried.append(f"指标 {len(indicators)} 条")


_LOCKED = (review.indicator, review.target_value, review.weight)


def _indicator_row(indicator: Indicator | PriorIndicator) -> RowValues:
    return {
        review.part.key: indicator.part,
        review.indicator.key: indicator.name,
        review.target_value.key: indicator.target,
        review.weight.key: indicator.weight,
    }


def _project_row(name: str, last: float | None, budget: float | None) -> RowValues:
    return {
        base_data.project_name.key: name,
        base_data.project_last.key: last,
        base_data.project_budget.key: budget,
    }


def _funds(own: Project) -> dict[Field, float]:
    """The approved amounts of 附件3: the parts that the roster gives, else the whole budget as 当年财政拨款.

    年度资金总额 is a formula of the form, so that approved amounts can only stand in its parts.
    """
    parts = {
        project.appropriation.initial: own.appropriation,
        project.carried_over.initial: own.carried_over,
        project.other_funds.initial: own.other_funds,
    }
    given = {item: amount for item, amount in parts.items() if amount is not None}
    if not given and own.budget is not None:
        return {project.appropriation.initial: own.budget}
    return given
