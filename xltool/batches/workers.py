"""Files read in worker processes.

Nothing is parsed in this process: a file that takes its worker down costs that file only. loky
starts workers the same way on every system, without a main-module guard in the caller's script and
without forking a process that has threads (BSD licence; concurrent.futures does neither).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

from xltool.archives import Source, Unpacked, failed, may_be_archive, room, unpack
from xltool.reader import read_file, refused

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import FileRecord

CHUNK = 20
CRASHED = "读取这个文件时程序异常退出，已跳过；请用 WPS 或 Excel 另存为 .xlsx 后重新报送"

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
Progress = Callable[[int], None]
"""Told how many more files are done."""


def ignore(done: int) -> None:
    """Progress where nobody looks."""


def read_sources(
    sources: Sequence[Source], *, jobs: int = 1, progress: Progress = ignore, scratch: Path | None = None
) -> list[FileRecord]:
    """Read files in worker processes, results in the order of the sources.

    Archives are taken apart by workers too, into a folder that is gone afterwards: `scratch`, else one in the
    temporary folder. What is in `包.zip` is called `包.zip/…`; the archive has a record of its own before them.
    """
    packed = [source for source in sources if may_be_archive(source.path)]
    if not packed:
        return _read_all(sources, jobs, progress)
    with room(scratch) as folder:
        opened = _unpack_all(packed, folder, jobs, progress)
        todo: list[Source] = []
        for source in sources:
            todo += opened[source].sources if source in opened else [source]
        records = iter(_read_all(todo, jobs, progress))
        results: list[FileRecord] = []
        for source in sources:
            if source in opened:
                found = opened[source]
                results += [found.record, *found.left, *(next(records) for _ in found.sources)]
            else:
                results.append(next(records))
        return results


def _read_all(sources: Sequence[Source], jobs: int, progress: Progress) -> list[FileRecord]:
    chunks = [sources[start : start + CHUNK] for start in range(0, len(sources), CHUNK)]
    results: list[list[FileRecord]] = [[] for _ in chunks]
    lost = []
    for at, records in in_workers(_read_chunk, chunks, jobs):
        if records is None:
            lost.append(at)
            continue
        results[at] = records
        progress(sum(not source.packed for source in chunks[at]))
    for at in lost:
        for source in chunks[at]:
            results[at].append(_read_alone(source))
            progress(int(not source.packed))
    return [record for records in results for record in records]


def in_workers(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int
) -> Iterator[tuple[int, _Result | None]]:
    """What worker processes make of each task, as they are done, by its number; None where they died over it."""
    if not tasks:
        return
    with ProcessPoolExecutor(max_workers=max(1, min(jobs, len(tasks)))) as pool:
        waiting = {}
        for at, task in enumerate(tasks):
            try:
                waiting[pool.submit(work, task)] = at
            except BrokenProcessPool:
                yield at, None
        for future in as_completed(waiting):
            try:
                result = future.result()
            except BrokenProcessPool:
                result = None
            yield waiting[future], result


def _read_chunk(chunk: Sequence[Source]) -> list[FileRecord]:
    return [_read_one(source) for source in chunk]


def _read_one(source: Source) -> FileRecord:
    """Read a file; what the reader did not foresee costs this file only."""
    try:
        return read_file(source.path, source.name)
    except Exception as error:  # noqa: BLE001 - one file must not end the run, whatever is wrong with it
        return failed(source.name, error)


def _read_alone(source: Source) -> FileRecord:
    """Read a file in a process of its own: if it dies, it was this file."""
    ((_, record),) = in_workers(_read_one, [source], 1)
    return record or refused(source.name, "crashed", CRASHED)


def _unpack_all(packed: Sequence[Source], folder: Path, jobs: int, progress: Progress) -> dict[Source, Unpacked]:
    """The archives among these files, taken apart into `folder`; a zip that is something else is not among them."""
    work = partial(unpack, folder)
    opened: dict[Source, Unpacked] = {}
    lost = []
    for at, found in in_workers(work, packed, jobs):
        if found is None:
            lost.append(packed[at])
        elif found:
            opened[packed[at]] = found[0]
    for source in lost:
        ((_, alone),) = in_workers(work, [source], 1)
        if alone is None:
            opened[source] = Unpacked(refused(source.name, "crashed", CRASHED))
        elif alone:
            opened[source] = alone[0]
    progress(len(opened))
    return opened
