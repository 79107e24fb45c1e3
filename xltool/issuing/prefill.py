"""The forms of one department with what is known of them: approved values locked, the rest open; and what is told."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from dataclasses import field as member
from typing import TYPE_CHECKING, Any

from xltool.expr import frame
from xltool.forms import base_data, foot, project, review, self_review
from xltool.forms.words import item_of
from xltool.issuing.issue_list import Line
from xltool.issuing.prior import LastYear
from xltool.normalize import fold
from xltool.reader.notation.cells import display
from xltool.roster import Project
from xltool.template.filling import indicator_columns, project_columns, rows_needed
from xltool.template.order import Order, SheetOrder, files_of, sheet_orders
from xltool.template.workbook import issue_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.expr.nodes import Field
    from xltool.issuing.prior import Carried
    from xltool.roster import Department, Indicator
    from xltool.template.filling import Entry

SPENT = 0.02
"""Sums of rounded amounts may be off by this, in 万元."""


@dataclass(frozen=True)
class Task:
    """The forms of one department, as plain values that a worker can be handed.

    `order` says year, forms and sizes; `approved` whether the department and its projects are those of a roster;
    `last` is None where no filings of last year were given. Projects of the order that are none of the department's
    are last year's.
    """

    order: Order
    department: Department
    folder: str
    approved: bool
    combined: bool = False
    last: LastYear | None = None


@dataclass(frozen=True)
class Made:
    """A file to be written: its path below the folder that is issued into, and what goes into it."""

    path: str
    order: Order
    sheets: tuple[SheetOrder, ...]


@dataclass
class Filling:
    """What goes into one form, open or locked, and what is said of it in the list."""

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


def made(task: Task) -> tuple[list[Made], list[Line]]:
    """The files of a department, and a line of the list for each of their forms."""
    department = _Department(task)
    whole = [department.entries(sheet) for sheet in sheet_orders(task.order)]
    most = max((rows_needed(entries) for entries in whole), default=1)
    files, lines = [], []
    sheets = [department.sheet(sheet, most) for sheet in sheet_orders(task.order)]
    for name, members in files_of(task.order, [sheet for sheet, _ in sheets], combined=task.combined).items():
        path = f"{task.folder}/{name}" if task.folder else name
        order = replace(task.order, indicators=department.rows(members, most))
        files.append(Made(path, order, tuple(members)))
        issue = issue_id(order, members)
        lines += [department.line(sheet, told, path, issue) for sheet, told in sheets if sheet in members]
    return files, lines


class _Department:
    """One department on its way into its forms."""

    def __init__(self, task: Task) -> None:
        self.task, self.one, self.last = task, task.department, task.last or LastYear()
        self.projects = {item.name: item for item in task.department.projects}

    def rows(self, members: Sequence[SheetOrder], most: int) -> int:
        """Indicator rows each 二级指标 gets in a file: as many as were asked for, more where more are known."""
        own = max((rows_needed(self.entries(sheet)) for sheet in members), default=1)
        return max(self.task.order.indicators, most if self.task.combined else own)

    def entries(self, sheet: SheetOrder) -> list[Entry]:
        """Indicators known of a form, approved ones or last year's."""
        if sheet.form is base_data.FORM:
            return []
        return [_entry(one) for one in self.approved(sheet) or self.carried(sheet)]

    def approved(self, sheet: SheetOrder) -> tuple[Indicator, ...]:
        """The indicators the roster gives for a form."""
        if sheet.form is project.FORM:
            return self.projects[sheet.project].indicators if sheet.project in self.projects else ()
        return self.one.indicators

    def carried(self, sheet: SheetOrder) -> tuple[Carried, ...]:
        """The indicators of last year's form."""
        if sheet.form is project.FORM and not sheet.project:
            return ()
        return self.last.indicators.get(fold(sheet.project), ())

    def key(self, sheet: SheetOrder) -> str:
        """The key of a form among last year's files and notes."""
        return base_data.FORM.key if sheet.form is base_data.FORM else fold(sheet.project)

    def line(self, sheet: SheetOrder, filling: Filling, path: str, issue: str) -> Line:
        """The line of the list."""
        words = ("；".join(part) for part in (filling.approved, filling.known, filling.carried))
        approved, known, carried = words
        source = self.last.files.get(self.key(sheet), "") if carried else ""
        whose = (self.one.code, self.one.name, sheet.form.key, sheet.project)
        return Line(*whose, path, issue, approved, known, carried, source, "；".join(filling.notes))

    def sheet(self, sheet: SheetOrder, most: int) -> tuple[SheetOrder, Filling]:
        """A sheet with what is known filled in, and what is said of it."""
        into = Filling()
        if sheet.form is base_data.FORM:
            self._base_data(into)
        elif sheet.form is project.FORM:
            self._project(sheet, into)
        elif self.one.budget is not None:
            into.locked[self_review.year.initial] = self.one.budget
            into.approved.append(f"年初预算数 {display(self.one.budget)}")
        if sheet.form is not base_data.FORM:
            self._indicators(sheet, into, most)
        into.know(foot.filler, self.one.contact)
        into.know(foot.phone, self.one.phone)
        into.notes += self.last.notes.get(self.key(sheet), [])
        if self.task.last is not None and not self.last.files:
            into.notes.append("没有找到本单位上年的报送")
        return replace(sheet, prefill=into.filled, approved=into.locked), into

    # --- 附件1 ----------------------------------------------------------------------------

    def _base_data(self, into: Filling) -> None:
        if self.one.posts is not None:
            into.locked[base_data.posts] = self.one.posts
            into.approved.append(f"编制数 {self.one.posts}")
        elif self.last.posts is not None:
            into.filled[base_data.posts] = self.last.posts
            into.carried.append(f"编制数 {self.last.posts}")
        items = base_data.FORM.fields.items()
        amounts = {item: self.last.amounts[key] for key, item in items if item.is_input and key in self.last.amounts}
        into.filled |= amounts
        ended = self._project_rows(into)
        projects = sum(amount is not None for amount in into.filled.get(base_data.project_last, ()))
        if amounts or projects:
            into.carried.append(f"上年决算数 {len(amounts)} 项，项目 {projects} 个")
        if ended:
            into.notes.append(f"上年的项目今年没有，保留上年决算数行，不发附件3：{'、'.join(ended)}")
        into.notes += self._totals(into.filled)

    def _project_rows(self, into: Filling) -> list[str]:
        """Fill in the project table: this year's projects, then those of last year that ended; gives their names."""
        before = {fold(name): (name, amount) for name, amount in self.last.projects.items()}
        rows: list[Entry] = []
        for name in self.task.order.projects:
            _, amount = before.pop(fold(name), ("", None))
            rows.append(_row(name, amount, self.projects.get(name, Project(name)).budget))
        ended = [(name, amount) for name, amount in before.values() if amount is not None]
        columns = project_columns(rows + [_row(name, amount, None) for name, amount in ended])
        into.filled |= columns
        if self.task.approved and self.projects:
            for item in (base_data.project_name, base_data.project_budget):
                if item in columns:
                    into.locked[item] = columns[item][: len(rows)]
            given = sum(one.budget is not None for one in self.projects.values())
            into.approved.append(f"项目 {len(rows)} 个，年初预算数 {given} 个")
        elif rows and not self.projects:
            into.notes.append("没有今年的项目名单，项目沿用上年")
        return [name for name, _ in ended]

    def _totals(self, filled: dict[Field, Any]) -> list[str]:
        """Totals of last year that their parts do not add up to: the formulas of the form will show others."""
        now = frame.Values(filled)
        notes = []
        for key, item in base_data.FORM.fields.items():
            filed = self.last.amounts.get(key)
            if filed is None or item.formula is None:
                continue
            value = float(now.number(item)[0])
            if not abs(value - filed) <= SPENT:  # nor where the formula shows nothing
                shown = "空" if math.isnan(value) else display(round(value, 2))
                notes.append(f"{item_of(item)}：上年合计填报 {display(filed)}，明细之和 {shown}，请单位核对")
        return notes

    # --- 附件2, 附件3 ---------------------------------------------------------------------

    def _project(self, sheet: SheetOrder, into: Filling) -> None:
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

    def _indicators(self, sheet: SheetOrder, into: Filling, most: int) -> None:
        entries = self.entries(sheet)
        columns = indicator_columns(entries, self.rows([sheet], most))
        # 一级指标 is printed anyway; given as a value it lets the sums of the 审核 panel be worked out.
        into.filled[review.category] = columns[review.category]
        known = {item: columns[item] for item in _LOCKED if item in columns}
        if self.approved(sheet):
            into.locked |= known
            into.approved.append(f"指标 {len(entries)} 条")
        elif entries:
            into.filled |= known
            into.carried.append(f"指标 {len(entries)} 条")


_LOCKED = (review.indicator, review.target_value, review.weight)


def _entry(indicator: Indicator | Carried) -> Entry:
    return {
        review.part.key: indicator.part,
        review.indicator.key: indicator.name,
        review.target_value.key: indicator.target,
        review.weight.key: indicator.weight,
    }


def _row(name: str, last: float | None, budget: float | None) -> Entry:
    return {
        base_data.project_name.key: name,
        base_data.project_last.key: last,
        base_data.project_budget.key: budget,
    }


def _funds(own: Project) -> dict[Field, float]:
    """The amounts of 附件3 that were approved: the parts the roster gives, else all of it as 当年财政拨款.

    年度资金总额 is the formula of the form, so that what is approved can only stand in its parts.
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
