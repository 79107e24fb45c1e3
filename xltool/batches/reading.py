"""Read files in worker processes: nothing is parsed in this process, and a file that crashes its worker costs itself.

What workers send is plain data (`reader.record_encoding`), checked as it comes in. A record that an earlier run stored
is used again where the content is the same (`store.records`).
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from xltool.batches.cluster.engines import LOCAL
from xltool.batches.progress import Progress, announced, ignore
from xltool.batches.store.packed import LARGEST, compress, decompress
from xltool.reader import record_encoding
from xltool.reader.files.archives import Source, Unpacked, failed, may_be_archive
from xltool.reader.files.entries import fingerprint
from xltool.reader.limits import given
from xltool.reader.records import as_named, refused
from xltool.workers.bundles import run_bundled
from xltool.workers.pool import LONGEST, Lost, Pool
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from xltool.batches.cluster.engines import Engine
    from xltool.batches.store.records import RecordStore
    from xltool.reader.limits import Limits
    from xltool.reader.records import FileRecord
    from xltool.workers.pool import Runner

ADVICE = "已跳过；请用 WPS 或 Excel 另存为 .xlsx 后重新报送"
LOST: Final = {
    Lost.CRASHED: f"读取这个文件时程序异常退出，{ADVICE}",
    Lost.TIMEOUT: "读取这个文件超过 {seconds:g} 秒仍未完成，" + ADVICE,
    Lost.MEMORY: "读取这个文件需要的内存超过上限 {memory:g} MiB，" + ADVICE,
}
"""Why a file was not read, with the bound it went beyond."""

SMALL: Final = 128 << 10
"""Most bytes of a small workbook; filled forms have some thirty kilobytes."""

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Workers:
    """The worker processes of a run, and the scratch folder that is removed with them."""

    pool: Pool
    """Processes of this machine."""
    runner: Runner
    """What does the tasks of a run: the pool, or a cluster."""
    jobs: int
    limits: Limits
    folder: Path
    """The scratch folder: what workers unpack, and the stored audit."""
    stop: Event
    """Set where the run is broken off, so that work in another thread ends."""
    unpacked: dict[str, Path] = field(default_factory=dict)
    """The files that were unpacked from archives, by their names."""
    judging: Pool | None = None
    """Processes that judge what the others read, None where those do it."""

    @property
    def judges(self) -> Workers:
        """The workers that judge."""
        return self if self.judging is None else replace(self, pool=self.judging, runner=self.judging)


@contextmanager
def start_workers(
    jobs: int, *, scratch: Path | None = None, engine: Engine = LOCAL, stop: Event | None = None
) -> Iterator[Workers]:
    """Provide up to `jobs` workers, each started when there is work for it, and the connection to a cluster.

    `scratch` is their folder, by default a new one among the system's temporary files. Raises OSError where it cannot
    be made, or where a cluster cannot be reached. Once `stop` is set, waiting for their answers raises StoppedError.
    """
    limits, stop = given(), stop or Event()
    with (
        scratch_dir(scratch) as folder,
        Pool(jobs, limits, folder, stop) as pool,
        engine.connect(pool, limits, folder) as runner,
    ):
        yield Workers(pool, runner, jobs, limits, folder, stop)


def read_sources(
    sources: Sequence[Source],
    *,
    jobs: int = 1,
    progress: Progress = ignore,
    store: RecordStore | None = None,
    engine: Engine = LOCAL,
) -> list[FileRecord]:
    """Read files with workers that are started and ended for it; see `read_with`."""
    with start_workers(jobs, engine=engine) as workers:
        return read_with(workers, sources, progress=progress, store=store)


def read_with(
    workers: Workers, sources: Sequence[Source], *, progress: Progress = ignore, store: RecordStore | None = None
) -> list[FileRecord]:
    """Read files; the records stand in the order of the sources.

    Workers unpack archives, too. A file in `包.zip` is called `包.zip/…`, and the archive has a record before it.
    """
    return list(start_reading(workers, workers.runner, sources, progress=progress, store=store))


def start_reading(
    workers: Workers,
    runner: Runner,
    sources: Sequence[Source],
    *,
    progress: Progress = ignore,
    store: RecordStore | None = None,
) -> Iterator[FileRecord]:
    """Have `runner` begin to read at once; the records are waited for as they are asked for."""
    reading = _Reading(workers, runner, progress=progress, store=store)
    archives = reading.unpack([source for source in sources if may_be_archive(source)])
    files = [file for source in sources for file in (archives[source].sources if source in archives else [source])]
    return _with_archives(sources, archives, reading.read(files))


def _with_archives(
    sources: Sequence[Source], archives: Mapping[Source, Unpacked], records: Iterator[FileRecord]
) -> Iterator[FileRecord]:
    """The records of files, with those of archives, and of what was not unpacked, in their places."""
    for source in sources:
        if source in archives:
            archive = archives[source]
            yield archive.record
            yield from archive.left
            yield from (next(records) for _ in archive.sources)
        else:
            record = next(records)
            yield as_named(record) if source.named else record


class _Reading:
    """One call of `start_reading`."""

    def __init__(self, workers: Workers, runner: Runner, *, progress: Progress, store: RecordStore | None) -> None:
        self.workers, self.runner, self.progress, self.store = workers, runner, progress, store

    def read(self, sources: Sequence[Source]) -> Iterator[FileRecord]:
        """Records of files, in their order; reading begins with the call."""
        records: dict[int, FileRecord] = {}
        for number, source in enumerate(sources):
            known = source.unread or (self.store.find(source) if self.store else None)
            if known is not None:
                records[number] = known if self.store is None else self.store.cache_forms(source, known)
                self.progress(int(not source.packed))
        unknown = [number for number in range(len(sources)) if number not in records]
        tasks = [sources[number] for number in unknown]
        named = announced(tasks, lambda at: tasks[at].name, self.progress)
        if self.runner is self.workers.pool:
            answers = run_bundled(
                self.runner,
                read_file_packed,
                named,
                jobs=self.workers.jobs,
                is_light=lambda at: is_small_workbook(tasks[at].path),
            )
        else:
            answers = self.runner.run(read_file_packed, named)
        return self._complete(sources, records, unknown, answers)

    def _complete(
        self,
        sources: Sequence[Source],
        records: dict[int, FileRecord],
        unknown: Sequence[int],
        answers: Iterable[tuple[int, bytes | Lost]],
    ) -> Iterator[FileRecord]:
        for task, answer in answers:
            number = unknown[task]
            records[number] = self._record(sources[number], answer)
            self.progress(int(not sources[number].packed), sources[number].name)
        yield from (records[number] for number in range(len(sources)))

    def _record(self, source: Source, answer: bytes | Lost) -> FileRecord:
        if isinstance(answer, Lost):
            return self._refused(source, answer)
        data = decompress(answer, LONGEST)
        if self.store is None or len(data) > LARGEST:
            return record_encoding.decode(data)
        return self.store.add_read(source, data, answer)

    def unpack(self, sources: Sequence[Source]) -> dict[Source, Unpacked]:
        """Unpack the archives among these files; a zip that is something else is left out."""
        archives: dict[Source, Unpacked] = {}
        tasks = announced(sources, lambda at: sources[at].name, self.progress)
        for number, answer in self.workers.pool.run(partial(unpack_archive, self.workers.folder), tasks):
            source = sources[number]
            if isinstance(answer, Lost):
                archives[source] = Unpacked(self._refused(source, answer))
            elif answer:
                archives[source] = archive = Unpacked.from_bytes(answer)
                self.workers.unpacked.update((file.name, file.path) for file in archive.sources)
            self.progress(int(source in archives), source.name)
        return archives

    def _refused(self, source: Source, lost: Lost) -> FileRecord:
        record = refused(source.name, lost.value, self.workers.limits.in_words(LOST[lost]))
        with suppress(OSError):
            record.sha256 = fingerprint(source.path)
        return record


def read_file_packed(source: Source) -> bytes:
    """Read a file, in a worker; the record is packed and compressed, as the record file has it.

    An error that the reader did not foresee costs this file only.
    """
    from xltool.reader.reading import read_file  # noqa: PLC0415 - what reads is imported in workers only

    try:
        data = record_encoding.encode(read_file(source.path, source.name))
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - one file must not end the run, and a panic in Rust is no Exception
        data = record_encoding.encode(failed(source.name, error))
    return compress(data)


def is_small_workbook(path: Path) -> bool:
    """Whether a file is read in milliseconds, as its name and its size have it."""
    try:
        return path.suffix.lower() == ".xlsx" and path.stat().st_size <= SMALL
    except OSError:
        return False


def unpack_archive(folder: Path, source: Source) -> bytes:
    """Unpack an archive, in a worker; empty for a file that is none."""
    from xltool.reader.files.unpacking import unpack  # noqa: PLC0415 - only where there is an archive, in a worker

    archive = unpack(folder, source)
    return archive.to_bytes() if archive else b""


def run_in_workers(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], *, jobs: int, kind: type[_Result]
) -> Iterator[tuple[int, _Result | None]]:
    """The result of each task by its number, as workers finish; None where there is none.

    `kind` is the type of the results, which are plain data and checked as they come in.
    """
    with start_workers(jobs) as workers:
        for number, answer in workers.pool.run(partial(_encoded, work), tasks):
            yield number, None if isinstance(answer, Lost) else msgspec.msgpack.decode(answer, type=kind)


def _encoded(work: Callable[[_Task], object], task: _Task) -> bytes:
    return msgspec.msgpack.encode(work(task))
