"""Files read in worker processes: nothing is parsed in this one, and a file that takes its worker down costs itself.

What workers send is plain data (`reader.record_encoding`), checked as it comes in. Records an earlier run kept are
taken up again where the content is the same (`kept`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, TypeVar

import msgspec

from xltool.batches.cluster.engines import LOCAL
from xltool.batches.progress import Progress, ignore
from xltool.batches.store.packed import LARGEST, compress, decompress
from xltool.reader import record_encoding
from xltool.reader.files.archives import Source, Unpacked, failed, may_be_archive
from xltool.reader.limits import given
from xltool.reader.records import as_named, refused
from xltool.workers.pool import LONGEST, Lost, Pool
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xltool.batches.cluster.engines import Engine
    from xltool.batches.store.records import RecordStore
    from xltool.reader.limits import Limits
    from xltool.reader.records import FileRecord
    from xltool.workers.pool import Runner

ADVICE = "已跳过；请用 WPS 或 Excel 另存为 .xlsx 后重新报送"
CRASHED = f"读取这个文件时程序异常退出，{ADVICE}"
TIMEOUT = "读取这个文件超过 {seconds:g} 秒仍未完成，" + ADVICE
MEMORY = "读取这个文件需要的内存超过上限 {memory:g} MiB，" + ADVICE

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Workers:
    """The worker processes of a run; what they unpack lies in `folder`, and is gone when they are."""

    pool: Pool
    engine: Engine
    jobs: int
    limits: Limits
    folder: Path
    stop: Event
    """Set where the run is broken off: what is at work in another thread ends."""
    unpacked: dict[str, Path] = field(default_factory=dict)
    """Where the files of archives lie, by their names."""

    def file_runner(self) -> AbstractContextManager[Runner]:
        """What does tasks about files: the pool, or where `engine` has them done."""
        return self.engine.reading(self.pool, self.limits)


@contextmanager
def start_workers(jobs: int, *, scratch: Path | None = None, engine: Engine = LOCAL) -> Iterator[Workers]:
    """Workers, up to `jobs` of them, started as there is work; `scratch` is their folder, else one among the system's.

    Raises OSError where the folder cannot be made.
    """
    limits, stop = given(), Event()
    with scratch_dir(scratch) as folder, Pool(jobs, limits, folder, stop) as pool:
        yield Workers(pool, engine, jobs, limits, folder, stop)


def read_sources(
    sources: Sequence[Source],
    *,
    jobs: int = 1,
    progress: Progress = ignore,
    kept: RecordStore | None = None,
    engine: Engine = LOCAL,
) -> list[FileRecord]:
    """Read files in workers of their own, who are gone afterwards; see `read_with`."""
    with start_workers(jobs, engine=engine) as workers:
        return read_with(workers, sources, progress=progress, kept=kept)


def read_with(
    workers: Workers, sources: Sequence[Source], *, progress: Progress = ignore, kept: RecordStore | None = None
) -> list[FileRecord]:
    """Read files in worker processes, or where the engine has them, results in the order of the sources.

    Archives are taken apart by workers too. What is in `包.zip` is called `包.zip/…`; the archive has a record of its
    own before them.
    """
    with workers.file_runner() as runner:
        return list(start_reading(workers, runner, sources, progress=progress, kept=kept))


def start_reading(
    workers: Workers,
    runner: Runner,
    sources: Sequence[Source],
    *,
    progress: Progress = ignore,
    kept: RecordStore | None = None,
) -> Iterator[FileRecord]:
    """The same, from files that `runner` begins to read with the call; the records are waited for one by one."""
    reading = _Reading(workers, runner, progress, kept)
    opened = reading.unpacked([source for source in sources if may_be_archive(source)])
    todo: list[Source] = []
    for source in sources:
        todo += opened[source].sources if source in opened else [source]
    return _with_archives(sources, opened, reading.read(todo))


def _with_archives(
    sources: Sequence[Source], opened: Mapping[Source, Unpacked], records: Iterator[FileRecord]
) -> Iterator[FileRecord]:
    """Records of the files with those of the archives, and of what was not read of them, in their places."""
    for source in sources:
        if source in opened:
            found = opened[source]
            yield found.record
            yield from found.left
            yield from (next(records) for _ in found.sources)
        else:
            record = next(records)
            yield as_named(record) if source.named else record


class _Reading:
    """One call of `read_with`."""

    def __init__(self, workers: Workers, runner: Runner, progress: Progress, kept: RecordStore | None) -> None:
        self.workers, self.runner, self.progress, self.kept = workers, runner, progress, kept

    def read(self, sources: Sequence[Source]) -> Iterator[FileRecord]:
        """Records of files, in their order; their reading begins with the call."""
        results: dict[int, FileRecord] = {}
        for at, source in enumerate(sources):
            known = source.unread or (self.kept.find(source) if self.kept else None)
            if known is not None:
                results[at] = self._put_away(source, known)
                self.progress(int(not source.packed))
        left = [at for at in range(len(sources)) if at not in results]
        answers = self.runner.run(read_one, [sources[at] for at in left])
        return self._records(sources, results, left, answers)

    def _records(
        self,
        sources: Sequence[Source],
        results: dict[int, FileRecord],
        left: Sequence[int],
        answers: Iterable[tuple[int, bytes | Lost]],
    ) -> Iterator[FileRecord]:
        for number, answer in answers:
            source = sources[left[number]]
            results[left[number]] = self._record(source, answer)
            self.progress(int(not source.packed))
        yield from (results[at] for at in range(len(sources)))

    def _record(self, source: Source, answer: bytes | Lost) -> FileRecord:
        if isinstance(answer, Lost):
            return self._refused(source, answer)
        data = decompress(answer, LONGEST)
        if self.kept is None or len(data) > LARGEST:
            return record_encoding.decode(data)
        return self.kept.add_read(source, data, answer)

    def _put_away(self, source: Source, record: FileRecord) -> FileRecord:
        return record if self.kept is None else self.kept.cache_forms(source, record)

    def unpacked(self, packed: Sequence[Source]) -> dict[Source, Unpacked]:
        """The archives among these files, taken apart; a zip that is something else is not among them."""
        opened: dict[Source, Unpacked] = {}
        for number, answer in self.workers.pool.run(partial(unpack_one, self.workers.folder), packed):
            source = packed[number]
            if isinstance(answer, Lost):
                opened[source] = Unpacked(self._refused(source, answer))
            elif answer:
                opened[source] = found = Unpacked.from_bytes(answer)
                self.workers.unpacked.update((source.name, source.path) for source in found.sources)
        self.progress(len(opened))
        return opened

    def _refused(self, source: Source, lost: Lost) -> FileRecord:
        reasons = {
            Lost.CRASHED: CRASHED,
            Lost.TIMEOUT: TIMEOUT.format(seconds=self.workers.limits.seconds),
            Lost.MEMORY: MEMORY.format(memory=self.workers.limits.memory / (1 << 20)),
        }
        return refused(source.name, lost.value, reasons[lost])


def read_one(source: Source) -> bytes:
    """Read a file, in a worker; what the reader did not foresee costs this file only.

    The record is compress here: so it is kept, and the process that waits for all workers has enough to do.
    """
    return compress(_read(source))


def _read(source: Source) -> bytes:
    from xltool.reader.reading import read_file  # noqa: PLC0415 - what reads is imported in workers only

    try:
        return record_encoding.encode(read_file(source.path, source.name))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - one file must not end the run, and a panic in Rust is no Exception
        return record_encoding.encode(failed(source.name, error))


def unpack_one(folder: Path, source: Source) -> bytes:
    """Take an archive apart, in a worker; nothing for a file that is none."""
    from xltool.reader.files.unpacking import unpack  # noqa: PLC0415 - only where there is an archive, in a worker

    found = unpack(folder, source)
    return found.to_bytes() if found else b""


def in_workers(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int, kind: type[_Result]
) -> Iterator[tuple[int, _Result | None]]:
    """What workers make of each task, as they are done, by its number; None where it could not be done.

    `kind` is the type of the results, which are plain data and checked as they come in.
    """
    with start_workers(jobs) as workers:
        for at, answer in workers.pool.run(partial(_encoded, work), tasks):
            yield at, None if isinstance(answer, Lost) else msgspec.msgpack.decode(answer, type=kind)


def _encoded(work: Callable[[_Task], object], task: _Task) -> bytes:
    return msgspec.msgpack.encode(work(task))
