"""Read files as tasks on an existing Dask cluster (distributed: BSD licence, pure Python, 3.11 to 3.14).

Files are sent in chunks, two for each thread of the cluster, and the next only when a chunk comes back: neither this
process nor the scheduler ever holds more than some megabytes of files. Dask gives the chunk of a lost worker to another
worker. What the cluster could not do (fetch a file, survive it) this machine's own workers do once more, so that the
results are those of a run without a cluster.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from distributed import Client, wait

from xltool.batches.cluster.chunks import Chunk, OtherProgramError, Sent, differences, do_chunk, identity, office_build
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
    def reading(self, pool: Runner, limits: Limits) -> Iterator[Runner]:
        """Connect to the cluster; `pool` does the rest.

        Raises UnreachableError and OtherProgramError, with a line for the user.
        """
        with _connected(self.scheduler) as client:
            offices = set(_ask_workers(client, self.scheduler, office_build).values())
            yield _ClusterRunner(self, client, pool, limits, alike=offices == {office_build()})


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


class Located(Protocol):
    """A task: a dataclass with the path of its file, None where it has none."""

    @property
    def path(self) -> Path | None:
        """The path of the file."""
        ...


class _ClusterRunner:
    """Does tasks on a cluster; the pool does those that the cluster does not answer."""

    def __init__(self, engine: Dask, client: Client, pool: Runner, limits: Limits, *, alike: bool) -> None:
        self.engine, self.client, self.pool, self.limits, self.alike = engine, client, pool, limits, alike

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any]) -> Iterator[tuple[int, bytes | Lost]]:
        """The answer to each task, by its number."""
        here: list[int] = []
        numbers: dict[Future[list[Answer]], list[int]] = {}
        chunks = self._chunks(work, tasks, here)
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
        for number, local_answer in self.pool.run(work, [tasks[local] for local in here]):
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
                with self._connection():
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
        self, work: Callable[[Any], bytes], tasks: Sequence[Any], here: list[int]
    ) -> Iterator[tuple[list[int], Chunk]]:
        """Tasks in chunks with their numbers; the numbers of tasks for this machine are appended to `here`."""
        own_identity, held, sent, size = identity(), list[int](), list[Sent](), 0
        most = min(MOST, max(FEWEST, len(tasks) // (SHARES * max(1, self._threads()))))
        for at, task in enumerate(tasks):
            shipment, weight = self._sent(task)
            if shipment is None:
                here.append(at)
                continue
            if sent and (len(sent) >= most or size + weight > LARGEST):
                yield held, Chunk(work, tuple(sent), self.limits, own_identity)
                held, sent, size = [], [], 0
            held.append(at)
            sent.append(shipment)
            size += weight
        if sent:
            yield held, Chunk(work, tuple(sent), self.limits, own_identity)

    def _sent(self, task: Located) -> tuple[Sent | None, int]:
        """A task with its file, and the bytes to send; None for a task to be done here.

        Those are special files, large files, and files for LibreOffice where the machines have different builds of it.
        """
        path = task.path
        try:
            if path is None or path.is_symlink() or not path.is_file() or path.stat().st_size > SHIPPED:
                return None, 0
            if not self.alike and recognise(path) is not None:
                return None, 0
            for origin in self.engine.origins:
                if url := origin.url_of(path):
                    return Sent(task, path.name, None, url), 0
            data = path.read_bytes()
        except OSError:
            return None, 0
        return Sent(task, path.name, data), len(data)
