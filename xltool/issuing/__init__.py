"""Forms issued to departments: a folder each, prefilled from the roster and last year's filings, with a list of all.

Everything is planned and checked before the first file is written; workers then write a department each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xltool import params
from xltool.batches.progress import ignore
from xltool.batches.reading import in_workers
from xltool.forms import project
from xltool.issuing.issue_list import Left, Line, list_bytes
from xltool.issuing.prefill import Task, made
from xltool.issuing.prior import LastYear, Prior, prior_of
from xltool.normalize import fold
from xltool.reader.files.sources import discover
from xltool.roster import Department, Project, Roster
from xltool.storage import files
from xltool.template import Order, distinct, safe_name, sheet_orders, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xltool.batches.progress import Progress
    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord

__all__ = ["LIST", "Issued", "Plan", "issue", "plan_alone", "plan_roster", "prior_sources"]

LIST = "下发清单.xlsx"
FEW = 3
"""Departments below which starting workers takes longer than the work."""


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
        return sum(_forms(task) for task in self.tasks)


@dataclass(frozen=True)
class Issued:
    """What was issued: paths, the list last, and the lines of the list."""

    paths: tuple[Path, ...]
    lines: tuple[Line, ...]
    notices: tuple[str, ...] = ()


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


def plan_alone(order: Order, records: Sequence[FileRecord], *, combined: bool = False) -> Plan:
    """The forms of the one department of an order, with what it filed a year ago."""
    department = Department("", order.department, projects=tuple(Project(name) for name in order.projects))
    roster = Roster((department,))
    prior = _prior(records, roster, order.year, alone=True)
    last = prior.years.get(0, LastYear())
    carried = not order.projects
    task = _task(order, department, "", last, approved=False, carried=carried, combined=combined)
    prior.left += _ended(task)
    return Plan(order.year, (task,), prior)


def issue(plan: Plan, out: Path, *, inputs: Iterable[Path] = (), jobs: int = 1, progress: Progress = ignore) -> Issued:
    """Write the files of a plan and their list; ValueError, before anything is written, where that would hit an input.

    Raises OSError where `out` cannot be written to.
    """
    _keep_clear([out, *(out / task.folder for task in plan.tasks)], inputs)
    results: list[tuple[list[str], list[Line]]] = [([], []) for _ in plan.tasks]
    work = _Work(out)
    if len(plan.tasks) <= FEW or jobs == 1:
        done = ((at, work(task)) for at, task in enumerate(plan.tasks))
    else:
        # A task over which a worker died is done here: it is the machine that failed it, its contents are ours.
        lost = in_workers(work, plan.tasks, jobs, tuple[list[str], list[Line]])
        done = ((at, work(plan.tasks[at]) if result is None else result) for at, result in lost)
    for at, result in done:
        results[at] = result
        progress(_forms(plan.tasks[at]))
    lines = [line for _, own in results for line in own]
    files.write_whole(out / LIST, list_bytes(plan.year, lines, plan.prior.left, plan.notices, out))
    paths = [out / name for names, _ in results for name in names]
    return Issued((*paths, out / LIST), tuple(lines), plan.notices)


@dataclass(frozen=True)
class _Work:
    """Writes the files of a department, here or in a worker; gives their paths and the lines of the list."""

    out: Path

    def __call__(self, task: Task) -> tuple[list[str], list[Line]]:
        wanted, lines = made(task)
        for one in wanted:
            files.write_whole(self.out / one.path, write_workbook(one.order, one.sheets))
        return [one.path for one in wanted], lines


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


def _forms(task: Task) -> int:
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
        raise ValueError(msg)
    return found


def prior_sources(prior: Path, out: Path) -> list[Source]:
    """Last year's files, without what was issued into an `out` below them; ValueError where there is none."""
    here, inside = prior.resolve(), out.resolve()
    if here == inside:
        raise ValueError(_IN_THE_WAY.format(out))
    found = discover([prior])
    if here in inside.parents and (inside / LIST).is_file():
        found = [source for source in found if inside not in source.path.resolve().parents]
    if not found:
        msg = f"上年报送的文件夹里没有文件：{prior}"
        raise ValueError(msg)
    return found


def _keep_clear(folders: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise ValueError where a folder that is written into holds an input, links followed or not."""
    taken = {folder for path in inputs for folder in (path.resolve().parent, path.parent.resolve())}
    for folder in folders:
        if folder.resolve() in taken:
            raise ValueError(_IN_THE_WAY.format(folder))


_IN_THE_WAY = "表样不能写入放有上年报送文件的文件夹，请用 --out 另选一个文件夹：{}"
