"""Files read as tasks on a Dask cluster that is there already (distributed: BSD licence, pure Python, 3.11 to 3.14).

Files are handed out in chunks, so many at a time as the cluster has threads, and not before one comes back: neither
this process nor the scheduler ever holds more than a few megabytes of files. Dask gives the chunk of a worker that is
lost to another one. What the cluster could not do (a file it cannot fetch, one that took its process down there) is
done by this machine's own workers, which have the last word: the results are those of a run without a cluster.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from distributed import Client, wait

from xltool.batches.cluster.chunks import Chunk, OtherProgramError, Sent, differences, do, identity, office_build
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
"""Seconds the scheduler has to answer, and then a first worker to be there."""
DESERTED: Final = 60.0
"""Seconds a run waits for a worker when all are gone."""
LOOKING: Final = 5.0
"""Seconds between looks at whether anybody is there."""
MOST: Final = 300
"""Files of a chunk: some seconds of work, against half a second to start the process that does it."""
FEWEST: Final = 10
"""Files of a chunk in a small run: fewer would cost more to start than to do."""
SHARES: Final = 8
"""Chunks a thread gets at least where there are enough files: the last to finish is not late by much."""
LARGEST: Final = 8 << 20
"""Bytes of a chunk; a larger file goes alone."""
RETRIES: Final = 2
"""How often a chunk is tried again that failed; one whose worker was lost is counted by the scheduler."""
SHIPPED: Final = 32 << 20
"""Bytes of a file that is sent to a worker; the few larger ones are read here."""

QUIETED: Final = ("distributed", "distributed.client")
"""Loggers with a level of their own."""

UNREACHABLE: Final = "连不上 Dask 调度器 {address}，请核对地址、端口和网络（{reason}）"
NO_WORKERS: Final = "Dask 集群 {address} 没有可用的计算节点，请先启动 dask worker"
NO_PROGRAM: Final = "Dask 集群 {address} 的计算节点上没有同一版本的 xltool，请装好后重试（{reason}）"
OTHER_PROGRAM: Final = "Dask 集群 {address} 的计算节点与本机不同（{told}），结果可能不一致，请装成同一版本后重试"
BROKEN_OFF: Final = "与 Dask 调度器 {address} 的连接断了；用同一条命令重新运行，已读完的文件不会重读（{reason}）"


@dataclass(frozen=True, slots=True)
class Dask:
    """A cluster by the address of its scheduler; what lies below an origin is fetched by the workers themselves."""

    scheduler: str
    origins: tuple[Origin, ...] = ()

    @contextmanager
    def reading(self, pool: Runner, limits: Limits) -> Iterator[Runner]:
        """The cluster, before `pool`. Raises ConnectionError and OtherProgramError with a line for the user."""
        with _connected(self.scheduler) as client:
            offices = set(_asked(client, self.scheduler, office_build).values())
            yield _Spread(self, client, pool, limits, alike=offices == {office_build()})


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of a scheduler that has a worker, all of whose workers have this program."""
    for name in QUIETED:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told by us, in a line
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions that matter are compared below
        try:
            client = Client(address, timeout=CONNECTING, set_as_default=False, name="xltool")
        except Exception as error:
            # Each transport has errors of its own, for what cannot be reached and for an address that is none.
            raise UnreachableError(UNREACHABLE.format(address=address, reason=_brief(error))) from error
    try:
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=CONNECTING)
        if not client.nthreads():
            raise UnreachableError(NO_WORKERS.format(address=address))
        for theirs in _asked(client, address, identity).values():
            if different := differences(identity(), theirs):
                raise OtherProgramError(OTHER_PROGRAM.format(address=address, told=different))
        with client.as_current():
            yield client
    finally:
        with suppress(Exception):  # a scheduler that is gone cannot be taken leave of
            client.close(timeout=LOOKING)


def _asked(client: Client, address: str, what: Callable[[], Any]) -> dict[str, Any]:
    """What every worker answers."""
    try:
        answers: dict[str, Any] = client.run(what, on_error="ignore")
    except Exception as error:
        raise UnreachableError(NO_PROGRAM.format(address=address, reason=_brief(error))) from error
    if not answers:
        raise UnreachableError(NO_PROGRAM.format(address=address, reason="没有回答"))
    return answers


def _brief(error: BaseException) -> str:
    """An error of a library in a few words, on one line."""
    return (str(error).splitlines() or [""])[0][:120] or type(error).__name__


class Located(Protocol):
    """A task: a dataclass with the place of its file, None where it has none."""

    @property
    def path(self) -> Path | None:
        """Where the file lies."""
        ...


class _Spread:
    """Tasks handed out to a cluster; those it does not answer are done by the pool."""

    def __init__(self, engine: Dask, client: Client, pool: Runner, limits: Limits, *, alike: bool) -> None:
        self.engine, self.client, self.pool, self.limits, self.alike = engine, client, pool, limits, alike

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any]) -> Iterator[tuple[int, bytes | Lost]]:
        """What becomes of each task, by its number."""
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
        for number, said in self.pool.run(work, [tasks[at] for at in here]):
            yield here[number], said

    def _hand_out(
        self, chunks: Iterator[tuple[list[int], Chunk]], numbers: dict[Future[list[Answer]], list[int]]
    ) -> bool:
        """Keep every thread busy with one chunk while the next is on its way; False when all is done."""
        capacity = 2 * max(1, self._threads())
        while len(numbers) < capacity and (next_chunk := next(chunks, None)):
            held, chunk = next_chunk
            with self._connection(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a large file is a large task
                numbers[self.client.submit(do, chunk, pure=False, retries=RETRIES)] = held
        return bool(numbers)

    def _threads(self) -> int:
        with self._connection():
            return sum(self.client.nthreads().values())

    @contextmanager
    def _connection(self) -> Iterator[None]:
        """The scheduler, which may be gone at any moment: ConnectionError with a line for the user."""
        try:
            yield
        except TimeoutError:
            raise
        except Exception as error:
            reason = _brief(error)
            raise UnreachableError(BROKEN_OFF.format(address=self.engine.scheduler, reason=reason)) from error

    def _done(self, numbers: dict[Future[list[Answer]], list[int]]) -> list[Future[list[Answer]]]:
        """Chunks that came back, waited for as long as there is somebody at work. Raises ConnectionError."""
        deserted = 0.0
        address = self.engine.scheduler
        while True:
            try:
                with self._connection():
                    return list(wait(list(numbers), timeout=LOOKING, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                pass
            if self.client.status != "running":
                raise UnreachableError(BROKEN_OFF.format(address=address, reason=self.client.status))
            deserted = 0.0 if self._threads() else deserted + LOOKING
            if deserted >= DESERTED:
                raise UnreachableError(NO_WORKERS.format(address=address))

    def _answers(self, future: Future[list[Answer]], count: int) -> Sequence[Answer]:
        """The answers to a chunk; none to any of it where the cluster gave it up."""
        address = self.engine.scheduler
        try:
            answers: list[Answer] = future.result()
        except OtherProgramError as error:
            raise OtherProgramError(OTHER_PROGRAM.format(address=address, told=error)) from error
        except Exception as error:
            if self.client.status == "running" and not future.cancelled():
                return [None] * count
            raise UnreachableError(BROKEN_OFF.format(address=address, reason=_brief(error))) from error
        return answers

    def _chunks(
        self, work: Callable[[Any], bytes], tasks: Sequence[Any], here: list[int]
    ) -> Iterator[tuple[list[int], Chunk]]:
        """Tasks in chunks, each with their numbers; `here` is given those that stay."""
        made_by, held, sent, size = identity(), list[int](), list[Sent](), 0
        most = min(MOST, max(FEWEST, len(tasks) // (SHARES * max(1, self._threads()))))
        for at, task in enumerate(tasks):
            shipment, weight = self._sent(task)
            if shipment is None:
                here.append(at)
                continue
            if sent and (len(sent) >= most or size + weight > LARGEST):
                yield held, Chunk(work, tuple(sent), self.limits, made_by)
                held, sent, size = [], [], 0
            held.append(at)
            sent.append(shipment)
            size += weight
        if sent:
            yield held, Chunk(work, tuple(sent), self.limits, made_by)

    def _sent(self, task: Located) -> tuple[Sent | None, int]:
        """A task with its file, and the bytes it weighs; None for what is no plain file, too large or for LibreOffice.

        Where the machines have not the same LibreOffice, what it has to open is opened here.
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
