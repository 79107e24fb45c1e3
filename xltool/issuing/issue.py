"""Write what a plan holds: the files of each department, and the list of all forms beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.batches.progress import announced, ignore
from xltool.batches.reading import run_in_workers
from xltool.findings import InputError
from xltool.issuing.issue_list import IssuedForm, list_bytes
from xltool.issuing.plan import form_count
from xltool.issuing.prefill import DepartmentTask, fill_forms
from xltool.reader.files.sources import discover
from xltool.storage import files
from xltool.template.workbook import write_combined, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xltool.batches.progress import Progress
    from xltool.issuing.plan import Plan
    from xltool.reader.files.archives import Source

LIST = "下发清单.xlsx"
FEW = 3
"""With at most so many departments, starting workers takes longer than the work."""


@dataclass(frozen=True)
class Issued:
    """The files that were written, the list last, and the lines of the list."""

    paths: tuple[Path, ...]
    lines: tuple[IssuedForm, ...]
    notices: tuple[str, ...] = ()


def issue_plan(
    plan: Plan, out: Path, *, inputs: Iterable[Path] = (), jobs: int = 1, progress: Progress = ignore
) -> Issued:
    """Write the files of a plan and their list.

    Raises InputError, before anything is written, where a folder of the inputs would be written to; OSError where
    `out` cannot be written to.
    """
    _refuse_input_folders([out, *(out / task.folder for task in plan.tasks)], inputs)
    results: list[tuple[list[str], list[IssuedForm]]] = [([], []) for _ in plan.tasks]
    work, tasks = _Work(out), announced(plan.tasks, lambda at: plan.tasks[at].folder, progress)
    if len(plan.tasks) <= FEW or jobs == 1:
        done = ((at, work(task)) for at, task in enumerate(tasks))
    else:
        # A task whose worker died is done here: its contents are our own, so that the machine must have failed.
        lost = run_in_workers(work, tasks, jobs=jobs, kind=tuple[list[str], list[IssuedForm]])
        done = ((at, work(plan.tasks[at]) if result is None else result) for at, result in lost)
    for at, result in done:
        results[at] = result
        progress(form_count(plan.tasks[at]), plan.tasks[at].folder)
    lines = [line for _, own in results for line in own]
    files.write_whole(
        out / LIST, list_bytes(plan.year, lines, unused=plan.prior.unused, notices=plan.notices, folder=out)
    )
    paths = [out / name for names, _ in results for name in names]
    return Issued((*paths, out / LIST), tuple(lines), plan.notices)


@dataclass(frozen=True)
class _Work:
    """Writes the files of a department, here or in a worker; called with a task, it returns paths and lines."""

    out: Path

    def __call__(self, task: DepartmentTask) -> tuple[list[str], list[IssuedForm]]:
        form_files, lines = fill_forms(task)
        write = write_combined if task.combined else write_workbook
        for file in form_files:
            files.write_whole(self.out / file.path, write(file.order, file.sheets))
        return [file.path for file in form_files], lines


def prior_sources(prior: Path, out: Path) -> list[Source]:
    """Last year's files, except those issued into an `out` below them; InputError where there is no file."""
    here, inside = prior.resolve(), out.resolve()
    if here == inside:
        raise InputError(_IN_THE_WAY.format(out))
    sources = discover([prior])
    if here in inside.parents and (inside / LIST).is_file():
        sources = [source for source in sources if inside not in source.path.resolve().parents]
    if not sources:
        msg = f"上年报送的文件夹里没有文件：{prior}"
        raise InputError(msg)
    return sources


def _refuse_input_folders(folders: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise InputError where one of the folders holds an input, whether or not links are followed."""
    input_folders = {folder for path in inputs for folder in (path.resolve().parent, path.parent.resolve())}
    for folder in folders:
        if folder.resolve() in input_folders:
            raise InputError(_IN_THE_WAY.format(folder))


_IN_THE_WAY = "表样不能写入放有上年报送文件的文件夹，请用 --out 另选一个文件夹：{}"
