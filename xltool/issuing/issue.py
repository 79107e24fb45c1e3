"""Write what a plan holds: the files of each department, and the list of all forms beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.batches.progress import ignore
from xltool.batches.reading import in_workers
from xltool.findings import InputError
from xltool.issuing.issue_list import Line, list_bytes
from xltool.issuing.plan import form_count
from xltool.issuing.prefill import Task, made
from xltool.reader.files.sources import discover
from xltool.storage import files
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xltool.batches.progress import Progress
    from xltool.issuing.plan import Plan
    from xltool.reader.files.archives import Source

LIST = "下发清单.xlsx"
FEW = 3
"""Departments below which starting workers takes longer than the work."""


@dataclass(frozen=True)
class Issued:
    """What was issued: paths, the list last, and the lines of the list."""

    paths: tuple[Path, ...]
    lines: tuple[Line, ...]
    notices: tuple[str, ...] = ()


def issue_plan(
    plan: Plan, out: Path, *, inputs: Iterable[Path] = (), jobs: int = 1, progress: Progress = ignore
) -> Issued:
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
        progress(form_count(plan.tasks[at]))
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


def prior_sources(prior: Path, out: Path) -> list[Source]:
    """Last year's files, without what was issued into an `out` below them; ValueError where there is none."""
    here, inside = prior.resolve(), out.resolve()
    if here == inside:
        raise InputError(_IN_THE_WAY.format(out))
    found = discover([prior])
    if here in inside.parents and (inside / LIST).is_file():
        found = [source for source in found if inside not in source.path.resolve().parents]
    if not found:
        msg = f"上年报送的文件夹里没有文件：{prior}"
        raise InputError(msg)
    return found


def _keep_clear(folders: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise ValueError where a folder that is written into holds an input, links followed or not."""
    taken = {folder for path in inputs for folder in (path.resolve().parent, path.parent.resolve())}
    for folder in folders:
        if folder.resolve() in taken:
            raise InputError(_IN_THE_WAY.format(folder))


_IN_THE_WAY = "表样不能写入放有上年报送文件的文件夹，请用 --out 另选一个文件夹：{}"
