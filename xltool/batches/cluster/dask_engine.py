"""Do the tasks of a run on an existing Dask cluster (distributed: BSD licence, pure Python, 3.11 to 3.14).

Files are read, filings judged, copies and letters made there. Tasks are sent in chunks with all that they need, two for
each thread of the cluster, and the next only when a chunk comes back: neither this process nor the scheduler ever holds
more than some megabytes of files. Workers that share the disk of the results write there themselves; else results come
back. Dask gives the chunk of a lost worker to another worker. What the cluster could not do (fetch a file, survive it)
this machine's own workers do once more, so that the results are those of a run without a cluster.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from distributed import Client, wait

from xltool.batches.cluster.chunks import (
    Chunk,
    FilePlace,
    OtherProgramError,
    Portable,
    Sent,
    differences,
    do_chunk,
    identity,
    office_build,
    sees,
)
from xltool.batches.progress import LazyTasks
from xltool.findings import UnreachableError
from xltool.reader.formats.office import recognise
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from distributed import Future

    from xltool.batches.cluster.chunks import Answer
    from xltool.batches.cluster.remote import Origin
    from xltool.reader.limits import Limits
    from xltool.workers.pool import Runner

CONNECTING: Final = 5.0
"""Seconds the scheduler has to answer, and then the first worker to appear."""
DESERTED: Final = 60.0
"""Seconds a run waits for a worker when there are none left."""
CHECKING: Final = 5.0
"""Seconds between checks whether there are workers."""
MOST: Final = 300
"""Most files of a chunk: some seconds of work, against half a second to start the process that does it."""
FEWEST: Final = 10
"""Fewest files of a chunk in a small run: fewer would cost more to start than to do."""
SHARES: Final = 8
"""Chunks for each thread where there are enough files, so that all threads finish at about the same time."""
LARGEST: Final = 8 << 20
"""Most bytes of a chunk; a larger file is a chunk by itself."""
RETRIES: Final = 2
"""How often a failed chunk is tried again; lost workers are counted by the scheduler."""
SHIPPED: Final = 32 << 20
"""Most bytes of a file that is sent to a worker; the few larger files are read here."""

QUIETED: Final = ("distributed", "distributed.client")
"""Loggers that are silenced: errors are reported in our own line."""

UNREACHABLE: Final = "连不上 Dask 调度器 {address}，请核对地址、端口和网络（{reason}）"
NO_WORKERS: Final = "Dask 集群 {address} 没有可用的计算节点，请先启动 dask worker"
NO_PROGRAM: Final = "Dask 集群 {address} 的计算节点上没有同一版本的 xltool，请装好后重试（{reason}）"
OTHER_PROGRAM: Final = "Dask 集群 {address} 的计算节点与本机不同（{difference}），结果可能不一致，请装成同一版本后重试"
BROKEN_OFF: Final = "与 Dask 调度器 {address} 的连接断了；用同一条命令重新运行，已读完的文件不会重读（{reason}）"


@dataclass(frozen=True, slots=True)
class Dask:
    """A cluster by the address of its scheduler. Its workers fetch files below an origin themselves."""

    scheduler: str
    origins: tuple[Origin, ...] = ()

    @contextmanager
    def connect(self, pool: Runner, limits: Limits, scratch: Path) -> Iterator[Runner]:
        """Connect to the cluster; `pool` does the rest.

        Raises UnreachableError and OtherProgramError, with a line for the user.
        """
        with _connected(self.scheduler) as client:
            offices = set(_ask_workers(client, self.scheduler, office_build).values())
            shared = all(_ask_workers(client, self.scheduler, partial(sees, scratch)).values())
            yield _ClusterRunner(
                self, client, pool, limits, alike=offices == {office_build()}, scratch=scratch, is_shared=shared
            )


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """Connect to a scheduler that has workers, all of them with this program."""
    for name in QUIETED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the versions that matter are compared below
        try:
            client = Client(address, timeout=CONNECTING, set_as_default=False, name="xltool")
        except Exception as error:
            # Each transport raises other errors where nothing can be reached, and for an invalid address.
            raise UnreachableError(UNREACHABLE.format(address=address, reason=_brief(error))) from error
    try:
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=CONNECTING)
        if not client.nthreads():
            raise UnreachableError(NO_WORKERS.format(address=address))
        for theirs in _ask_workers(client, address, identity).values():
            if different := differences(identity(), theirs):
                raise OtherProgramError(OTHER_PROGRAM.format(address=address, difference=different))
        with client.as_current():
            yield client
    finally:
        with suppress(Exception):  # the scheduler may be gone
            client.close(timeout=CHECKING)


def _ask_workers(client: Client, address: str, what: Callable[[], Any]) -> dict[str, Any]:
    """Call a function on every worker; returns the answers by worker."""
    try:
        answers: dict[str, Any] = client.run(what, on_error="ignore")
    except Exception as error:
        raise UnreachableError(NO_PROGRAM.format(address=address, reason=_brief(error))) from error
    if not answers:
        raise UnreachableError(NO_PROGRAM.format(address=address, reason="没有回答"))
    return answers


def _brief(error: BaseException) -> str:
    """An error of a library in one short line."""
    return (str(error).splitlines() or [""])[0][:120] or type(error).__name__


class _ClusterRunner:
    """Does tasks on a cluster; the pool does those that the cluster does not answer."""

    def __init__(  # noqa: PLR0913 - the two places where tasks are done, and what holds there
        self,
        engine: Dask,
        client: Client,
        pool: Runner,
        limits: Limits,
        *,
        alike: bool,
        scratch: Path,
        is_shared: bool,
    ) -> None:
        """`alike` says whether all have one LibreOffice, `is_shared` whether all see the scratch folder of the run."""
        self.engine, self.client, self.pool, self.limits, self.alike = engine, client, pool, limits, alike
        self.scratch, self.writes_results = scratch, is_shared
        self.results = scratch if is_shared else None
        self._sees_inputs: bool | None = None

    def beside(self, pool: Runner) -> _ClusterRunner:
        """The same cluster for another thread, with workers of this machine that are its own."""
        return _ClusterRunner(
            self.engine,
            self.client,
            pool,
            self.limits,
            alike=self.alike,
            scratch=self.scratch,
            is_shared=self.writes_results,
        )

    def run(
        self,
        work: Callable[[Any], bytes],
        tasks: Sequence[Any],
        *,
        allowed: Callable[[int], float | None] = lambda _: None,
    ) -> Iterator[tuple[int, bytes | Lost]]:
        """The answer to each task, by its number; tasks are handed out when the first answer is asked for."""
        here: list[int] = []
        numbers: dict[Future[list[Answer]], list[int]] = {}
        chunks = self._chunks(work, tasks, here, allowed)
        try:
            while self._hand_out(chunks, numbers):
                for future in self._done(numbers):
                    held = numbers.pop(future)
                    for at, answer in zip(held, self._answers(future, len(held)), strict=True):
                        if answer in {None, Lost.CRASHED.value, Lost.MEMORY.value}:
                            here.append(at)
                        else:
                            yield at, Lost(answer) if isinstance(answer, str) else answer
        finally:
            with suppress(Exception):  # a scheduler that is gone has nothing to cancel
                self.client.cancel(list(numbers))
        rest = LazyTasks(here, tasks.__getitem__)
        for number, local_answer in self.pool.run(work, rest, allowed=lambda number: allowed(here[number])):
            yield here[number], local_answer

    def _hand_out(
        self, chunks: Iterator[tuple[list[int], Chunk]], numbers: dict[Future[list[Answer]], list[int]]
    ) -> bool:
        """Send two chunks for each thread, one to work on and the next; False when all is done."""
        capacity = 2 * max(1, self._threads())
        while len(numbers) < capacity and (next_chunk := next(chunks, None)):
            held, chunk = next_chunk
            with self._connection(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a large file is a large task
                numbers[self.client.submit(do_chunk, chunk, pure=False, retries=RETRIES)] = held
        return bool(numbers)

    def _threads(self) -> int:
        with self._connection():
            return sum(self.client.nthreads().values())

    @contextmanager
    def _connection(self) -> Iterator[None]:
        """Raise UnreachableError, with a line for the user, where the scheduler is gone."""
        try:
            yield
        except TimeoutError:
            raise
        except Exception as error:
            reason = _brief(error)
            raise UnreachableError(BROKEN_OFF.format(address=self.engine.scheduler, reason=reason)) from error

    def _done(self, numbers: dict[Future[list[Answer]], list[int]]) -> list[Future[list[Answer]]]:
        """Wait for chunks to come back, as long as there are workers. Raises UnreachableError."""
        deserted = 0.0
        address = self.engine.scheduler
        while True:
            try:
                with self._connection(), self.client.as_current():  # a thread has no client of its own
                    return list(wait(list(numbers), timeout=CHECKING, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                pass
            if self.client.status != "running":
                raise UnreachableError(BROKEN_OFF.format(address=address, reason=self.client.status))
            deserted = 0.0 if self._threads() else deserted + CHECKING
            if deserted >= DESERTED:
                raise UnreachableError(NO_WORKERS.format(address=address))

    def _answers(self, future: Future[list[Answer]], count: int) -> Sequence[Answer]:
        """The answers to a chunk; None for each of its tasks where the cluster gave it up."""
        address = self.engine.scheduler
        try:
            answers: list[Answer] = future.result()
        except OtherProgramError as error:
            raise OtherProgramError(OTHER_PROGRAM.format(address=address, difference=error)) from error
        except Exception as error:
            if self.client.status == "running" and not future.cancelled():
                return [None] * count
            raise UnreachableError(BROKEN_OFF.format(address=address, reason=_brief(error))) from error
        return answers

    def _chunks(
        self,
        work: Callable[[Any], bytes],
        tasks: Sequence[Any],
        here: list[int],
        allowed: Callable[[int], float | None],
    ) -> Iterator[tuple[list[int], Chunk]]:
        """Tasks in chunks with their numbers; the numbers of tasks for this machine are appended to `here`."""
        own_identity, held, sent = identity(), list[int](), list[Sent]()
        files = size = 0
        most = min(MOST, max(FEWEST, len(tasks) // (SHARES * max(1, self._threads()))))
        for at, task in enumerate(tasks):
            shipment = self._sent(task, allowed(at))
            if shipment is None:
                here.append(at)
                continue
            weight = len(shipment.data or b"")
            if sent and (files + shipment.files > most or size + weight > LARGEST):
                yield held, Chunk(work, tuple(sent), self.limits, own_identity, self.results)
                held, sent, files, size = [], [], 0, 0
            held.append(at)
            sent.append(shipment)
            files += shipment.files
            size += weight
        if sent:
            yield held, Chunk(work, tuple(sent), self.limits, own_identity, self.results)

    def _sent(self, task: object, seconds: float | None) -> Sent | None:
        """A task with what it needs; None for a task to be done here, as those are that need the results of a run."""
        if isinstance(task, Portable):
            return Sent(task.for_sending(), files=task.files, seconds=seconds)
        return self._with_file(task, getattr(task, "path", None), seconds)

    def _is_seen(self, place: FilePlace) -> bool:
        """Whether all workers see a file, as they see the first one; what was unpacked lies in the scratch folder."""
        if self.scratch.absolute() in place.path.parents:
            return self.writes_results
        if self._sees_inputs is None:
            self._sees_inputs = False
            with suppress(UnreachableError):  # whoever hands out the task notices it, too
                self._sees_inputs = all(_ask_workers(self.client, self.engine.scheduler, place.is_here).values())
        return self._sees_inputs

    def _with_file(self, task: object, path: Path | None, seconds: float | None) -> Sent | None:
        """A task with its file; None for one to be done here.

        Those are special files, large files, and files for LibreOffice where the machines have different builds of it.
        """
        try:
            if path is None or path.is_symlink() or not path.is_file() or path.stat().st_size > SHIPPED:
                return None
            if not self.alike and recognise(path) is not None:
                return None
            for origin in self.engine.origins:
                if url := origin.url_of(path):
                    return Sent(task, path.name, url=url, seconds=seconds)
            place = FilePlace.of(path)
            if self._is_seen(place):
                return Sent(task, place=place, seconds=seconds)
            return Sent(task, path.name, path.read_bytes(), seconds=seconds)
        except OSError:
            return None
