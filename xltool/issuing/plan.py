"""Plan what is issued: a task for each department, from the roster and last year's filings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xltool import params
from xltool.findings import InputError
from xltool.forms import project
from xltool.issuing.issue_list import Left
from xltool.issuing.prefill import Task
from xltool.issuing.prior import LastYear, Prior, prior_of
from xltool.normalize import fold
from xltool.roster import Department, Project, Roster
from xltool.template.order import distinct, safe_name, sheet_orders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord
    from xltool.template.order import Order


@dataclass(frozen=True)
class Plan:
    """What is to be issued: a task a department, and what was noticed on the way."""

    year: int
    tasks: tuple[Task, ...]
    prior: Prior
    notices: tuple[str, ...] = ()

    @property
    def forms(self) -> int:
        """How many forms will be written."""
        return sum(form_count(task) for task in self.tasks)


def plan_roster(
    order: Order, roster: Roster, records: Sequence[FileRecord] | None, *, only: str = "", combined: bool = False
) -> Plan:
    """A folder for every department of a roster, or for the one called `only` by name or code.

    `order` says year, forms and sizes; `records` are last year's filings. ValueError where `only` is none of them.
    """
    prior = _prior(records, roster, order.year, alone=False)
    chosen = _the_one(roster, only) if only else None
    taken: set[str] = set()
    tasks = []
    for place, department in enumerate(roster.departments):
        if chosen is not None and department is not chosen:
            continue
        last = prior.years.get(place, LastYear()) if records is not None else None
        folder = distinct(f"{safe_name(department.code)} {safe_name(department.name)}", taken)
        carried = not roster.lists_projects
        tasks.append(_task(order, department, folder, last, approved=True, carried=carried, combined=combined))
    prior.left += [left for task in tasks for left in _ended(task)]
    return Plan(order.year, tuple(tasks), prior, roster.notices)


def plan_department(order: Order, records: Sequence[FileRecord], *, combined: bool = False) -> Plan:
    """The forms of the one department of an order, with what it filed a year ago."""
    department = Department("", order.department, projects=tuple(Project(name) for name in order.projects))
    roster = Roster((department,))
    prior = _prior(records, roster, order.year, alone=True)
    last = prior.years.get(0, LastYear())
    carried = not order.projects
    task = _task(order, department, "", last, approved=False, carried=carried, combined=combined)
    prior.left += _ended(task)
    return Plan(order.year, (task,), prior)


def _task(  # noqa: PLR0913 - all that a task is made of
    order: Order,
    department: Department,
    folder: str,
    last: LastYear | None,
    *,
    approved: bool,
    carried: bool,
    combined: bool,
) -> Task:
    """The task of a department; where no projects are known, last year's are carried on."""
    names = [item.name for item in department.projects]
    if carried and last is not None:
        both = (name for name in (*last.projects, *last.names.values()) if name)
        names = names or list({fold(name): name for name in both}.values())
    before = {} if last is None else last.projects
    ended = {fold(name) for name, amount in before.items() if amount is not None} - set(map(fold, names))
    rostered = params.profile_named(department.profile, order.year) if department.profile else None
    own = replace(
        order,
        department=department.name,
        code=department.code,
        projects=tuple(names),
        project_rows=len(names) + len(ended),
        profile=order.profile or rostered,
    )
    return Task(own, department, folder, approved, combined, last)


def _ended(task: Task) -> list[Left]:
    """Last year's 附件3 of projects that are none of this year's."""
    last = task.last or LastYear()
    now = set(map(fold, task.order.projects))
    ended = [(key, name) for key, name in last.names.items() if key not in now]
    reason = "今年没有这个项目，指标没有沿用"
    return [Left(last.files.get(key, ""), project.FORM.key, task.department.name, name, reason) for key, name in ended]


def form_count(task: Task) -> int:
    """How many forms a department gets."""
    return len(sheet_orders(task.order))


def _prior(records: Sequence[FileRecord] | None, roster: Roster, year: int, *, alone: bool) -> Prior:
    return Prior() if records is None else prior_of(records, roster, year, alone=alone)


def _the_one(roster: Roster, only: str) -> Department:
    """The department called so, by code or by name; ValueError where that is none or not certain."""
    found = roster.coded(only)
    answer = roster.matching(only) if found is None else None
    found = found or (answer.department if answer is not None else None)
    if found is None:
        near = "、".join(candidate.name for candidate in answer.candidates[:3]) if answer is not None else ""
        hint = f"；可能是 {near}，请写全称或单位编码" if near else ""
        msg = f"名册里没有这个单位：{only}{hint}"
        raise InputError(msg)
    return found
