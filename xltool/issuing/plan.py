"""Plan what is issued: a task for each department, from the roster and last year's filings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xltool import params
from xltool.findings import InputError
from xltool.forms import project
from xltool.issuing.issue_list import UnusedForm
from xltool.issuing.prefill import DepartmentTask
from xltool.issuing.prior import Prior, PriorForms, match_prior
from xltool.normalize import fold
from xltool.roster import Department, Project, Roster
from xltool.roster.counties import County
from xltool.template.order import safe_name, sheet_orders, unique_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord
    from xltool.template.order import Order


@dataclass(frozen=True)
class Plan:
    """The forms to issue: a task for each department, last year's filings, and the notices of the roster."""

    year: int
    tasks: tuple[DepartmentTask, ...]
    prior: Prior
    notices: tuple[str, ...] = ()

    @property
    def forms(self) -> int:
        """The number of forms that will be written."""
        return sum(form_count(task) for task in self.tasks)


def plan_roster(
    order: Order, roster: Roster, records: Sequence[FileRecord] | None, *, only: str = "", combined: bool = False
) -> Plan:
    """A folder for each department of a roster, or only for the department with the name or code `only`.

    With several counties it lies in the folder of its county, where `batch` expects its filing (contract §6).
    `order` gives year, forms and sizes; `records` are last year's filings. InputError where the roster has no `only`.
    """
    prior = _prior(records, roster, order.year, is_single=False)
    chosen = _department_named(roster, only) if only else None
    folders: set[str] = set()
    several = roster.has_counties
    tasks = []
    for place, department in enumerate(roster.departments):
        if chosen is not None and department is not chosen:
            continue
        last = prior.years.get(place, PriorForms()) if records is not None else None
        folder = unique_name(f"{safe_name(department.code)} {safe_name(department.name)}", folders)
        if several:
            above = County(department.city, department.county).folders
            folder = "/".join((*map(safe_name, above), folder))
        carried = not roster.lists_projects
        tasks.append(_task(order, department, folder, last, approved=True, carried=carried, combined=combined))
    prior.unused += [form for task in tasks for form in _ended_projects(task)]
    return Plan(order.year, tuple(tasks), prior, roster.notices)


def plan_department(order: Order, records: Sequence[FileRecord], *, combined: bool = False) -> Plan:
    """The forms of the department of an order, with its filing of last year."""
    department = Department("", order.department, projects=tuple(Project(name) for name in order.projects))
    roster = Roster((department,))
    prior = _prior(records, roster, order.year, is_single=True)
    last = prior.years.get(0, PriorForms())
    carried = not order.projects
    task = _task(order, department, "", last, approved=False, carried=carried, combined=combined)
    prior.unused += _ended_projects(task)
    return Plan(order.year, (task,), prior)


def _task(  # noqa: PLR0913 - all that a task is made of
    order: Order,
    department: Department,
    folder: str,
    last: PriorForms | None,
    *,
    approved: bool,
    carried: bool,
    combined: bool,
) -> DepartmentTask:
    """The task of a department; with `carried`, last year's projects are used where none of this year are known."""
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
    return DepartmentTask(own, department, folder, approved, combined, last)


def _ended_projects(task: DepartmentTask) -> list[UnusedForm]:
    """Last year's 附件3 of the projects that have ended."""
    last = task.last or PriorForms()
    now = set(map(fold, task.order.projects))
    ended = [(key, name) for key, name in last.names.items() if key not in now]
    reason = "今年没有这个项目，指标没有沿用"
    return [
        UnusedForm(last.files.get(key, ""), project.FORM.key, task.department.name, name, reason) for key, name in ended
    ]


def form_count(task: DepartmentTask) -> int:
    """The number of forms that a department gets."""
    return len(sheet_orders(task.order))


def _prior(records: Sequence[FileRecord] | None, roster: Roster, year: int, *, is_single: bool) -> Prior:
    return Prior() if records is None else match_prior(records, roster, year, is_single=is_single)


def _department_named(roster: Roster, only: str) -> Department:
    """The department with this code or name; InputError where there is none or the name is not certain."""
    department = roster.coded(only)
    answer = roster.matching(only) if department is None else None
    department = department or (answer.department if answer is not None else None)
    if department is None:
        near = "、".join(candidate.name for candidate in answer.candidates[:3]) if answer is not None else ""
        hint = f"；可能是 {near}，请写全称或单位编码" if near else ""
        msg = f"名册里没有这个单位：{only}{hint}"
        raise InputError(msg)
    return department
