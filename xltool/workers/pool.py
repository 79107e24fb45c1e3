"""Supervise worker processes: a worker that hangs, dies or takes too much memory costs the task it has and no other.

The executors of loky and concurrent.futures lose the tasks of all workers when one dies, and have no time limit. pebble
has both, but its workers share a pipe, and a worker that is killed while it answers leaves the run waiting forever
(tried: 5.2.3). Here every worker has its own pipe, on which it answers in bytes: an incomplete answer ends only that.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.reduction import ForkingPickler
from subprocess import Popen, TimeoutExpired
from threading import Event
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from xltool.findings import UnreachableError
from xltool.workers.launch import open_standard_handles, start_worker
from xltool.workers.worker import OUT_OF_MEMORY, READY, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from xltool.reader.limits import Limits

AHEAD: Final = 2
"""Most tasks of a worker: while its answer is on the way it works on the next."""
TRIES: Final = 2
"""How often a task is tried: the first death of a worker may have another cause, such as memory used elsewhere."""
STARTING: Final = 60.0
"""Seconds a worker has at least to start, on a busy machine."""
CHECKING: Final = 1.0
"""Seconds between checks whether the run was broken off."""
PARTING: Final = 2.0
"""Seconds a worker has to end by itself when there is nothing left to do."""
LONGEST: Final = 512 << 20
"""Most bytes of an answer; no record comes near it."""
PIPE_CAPACITY: Final = (32 << 10) if sys.platform == "linux" else (2 << 10)
"""Bytes that a pipe takes while its worker reads nothing; macOS and Windows hold 8 KiB, Linux 180."""

MOST: Final = 60 if sys.platform == "win32" else sys.maxsize
"""Most workers of a pool: Windows waits for no more than 63 objects at once."""
READING: Final = ("xltool.reader.reading",)
"""What nearly all work needs."""
NOT_STARTING: Final = "读取文件的进程启动不了，没有检查文件；请重新安装 xltool，并确认安全软件没有拦截 Python"

_Task = TypeVar("_Task")


class StoppedError(Exception):
    """The run was broken off while its answers were waited for."""


class NoWorkersError(UnreachableError):
    """No worker starts; the text says so, in Chinese."""


class Lost(Enum):
    """Why a task was not answered."""

    CRASHED = "crashed"
    TIMEOUT = "timeout"
    MEMORY = "memory"


class Runner(Protocol):
    """Does tasks and answers in bytes, in any order: `Pool`, or a cluster."""

    @property
    def writes_results(self) -> bool:
        """Whether its workers can write to the folder of the results."""
        ...

    def beside(self, pool: Pool) -> Runner:
        """The same for another thread, with workers of this machine that are its own."""
        ...

    def run(
        self,
        work: Callable[[Any], bytes],
        tasks: Sequence[Any],
        *,
        allowed: Callable[[int], float | None] = ...,
    ) -> Iterator[tuple[int, bytes | Lost]]:
        """Do tasks; yields each answer, or why there is none, with the number of its task.

        `allowed` gives the time limit of a task in seconds, by its number; None is the limit for a file.
        """
        ...


@dataclass(slots=True)
class _Worker:
    process: Popen[bytes]
    pipe: Connection
    held: deque[int] = field(default_factory=deque)
    """Numbers of its tasks; it works on the first."""
    unsent: deque[memoryview] = field(default_factory=deque)
    """The last of these tasks, encoded, which were not sent yet."""
    since: float = 0.0
    """When it began with the first task, or was started."""
    ready: bool = False
    """Whether it has reported that it has started: the time to start is no time of a task."""


class Pool:
    """Up to `jobs` workers; a context manager that leaves no process behind."""

    writes_results = True

    def __init__(
        self,
        jobs: int,
        limits: Limits,
        scratch: Path,
        stop: Event | None = None,
        *,
        modules: tuple[str, ...] = READING,
    ) -> None:
        """Start nothing yet; `scratch` is the workers' temporary folder, which the caller makes and removes.

        Once `stop` is set, waiting for answers raises StoppedError. Workers import `modules` before they are ready.
        """
        self._jobs, self._limits, self._scratch = max(1, min(jobs, MOST)), limits, scratch
        self._stop, self._modules = stop or Event(), modules
        self._seconds: Callable[[int], float | None] = lambda _: None
        self._workers: list[_Worker] = []
        self._failed_starts: int | None = 0
        """Workers that died while they started; None once a worker has started."""
        open_standard_handles()
        self._leash, self._end_of_leash = Pipe(duplex=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Let the workers end, or end them at once when something went wrong."""
        for worker in self._workers:
            worker.pipe.close()
        deadline = time.monotonic() + (PARTING if kind is None else 0)
        for worker in self._workers:
            _join(worker, max(0.0, deadline - time.monotonic()))
            _end(worker)
        self._workers.clear()
        self._leash.close()
        self._end_of_leash.close()

    @staticmethod
    def beside(pool: Pool) -> Pool:
        """The other workers."""
        return pool

    def start_ahead(self) -> None:
        """Start a worker before there is a task, so that it imports its modules meanwhile. Raises OSError."""
        self._workers.append(self._start(None))

    def drop_busy(self) -> None:
        """End the workers that still have tasks: their answers would be taken for those of the next call."""
        for worker in [worker for worker in self._workers if worker.held]:
            self._workers.remove(worker)
            _end(worker)

    def run(
        self,
        work: Callable[[_Task], bytes],
        tasks: Sequence[_Task],
        *,
        allowed: Callable[[int], float | None] = lambda _: None,
    ) -> Iterator[tuple[int, bytes | Lost]]:
        """Do tasks; yields each answer, or why there is none, with the number of its task, as workers answer.

        Work begins with the call, not when the first answer is asked for. `allowed` gives the time limit of a task in
        seconds, by its number; None is the limit for a file. Raises NoWorkersError where no worker starts.
        """
        self._seconds = allowed
        waiting = deque(range(len(tasks)))
        self._hand_out(work, tasks, waiting)
        return self._answers(work, tasks, waiting)

    def _answers(
        self, work: Callable[[_Task], bytes], tasks: Sequence[_Task], waiting: deque[int]
    ) -> Iterator[tuple[int, bytes | Lost]]:
        tries = dict.fromkeys(range(len(tasks)), 0)
        while waiting or any(worker.held for worker in self._workers):
            self._hand_out(work, tasks, waiting)
            for worker in self._ready():
                if not worker.ready and self._greeted(worker):
                    continue
                number, answer = self._answer(worker, waiting)
                tries[number] += 1
                if answer in {Lost.CRASHED, Lost.MEMORY} and tries[number] < TRIES:
                    waiting.append(number)
                else:
                    yield number, answer

    def _hand_out(self, work: Callable[[Any], bytes], tasks: Sequence[object], waiting: deque[int]) -> None:
        """Give every worker a task, idle workers first, and start more workers while there are more tasks."""
        for depth in range(AHEAD):
            if depth == 0:
                while len(waiting) > self._idle() and len(self._workers) < self._jobs:
                    self._workers.append(self._start(work))
            for worker in self._workers:
                if not waiting:
                    return
                if len(worker.held) == depth:
                    self._give(worker, waiting.popleft(), work, tasks)

    def _idle(self) -> int:
        return sum(not worker.held for worker in self._workers)

    @staticmethod
    def _give(worker: _Worker, number: int, work: Callable[[Any], bytes], tasks: Sequence[object]) -> None:
        if not worker.held and worker.ready:
            worker.since = time.monotonic()
        worker.held.append(number)
        worker.unsent.append(ForkingPickler.dumps((work, tasks[number])))
        _send(worker)

    def _start(self, work: Callable[[Any], bytes] | None) -> _Worker:
        """Start a worker. It is sent `work` at once, so that it imports what that needs while it starts."""
        pipe, theirs = Pipe()
        with theirs:
            process = start_worker(theirs, self._leash, self._limits.memory, self._scratch)
        with suppress(OSError):  # it is dead, which the next check will show
            pipe.send((work, self._modules))
        return _Worker(process, pipe, since=time.monotonic())

    def _ready(self) -> list[_Worker]:
        """Workers that answered, died or exceeded their time."""
        ends = {worker.pipe: worker.since + self._allowed(worker) for worker in self._workers if worker.held}
        readable = wait(list(ends), min(CHECKING, max(0.0, min(ends.values()) - time.monotonic())))
        if self._stop.is_set():
            raise StoppedError
        now = time.monotonic()
        return [worker for worker in self._workers if worker.pipe in readable or ends.get(worker.pipe, now + 1) <= now]

    def _allowed(self, worker: _Worker) -> float:
        if not worker.ready:
            return max(self._limits.seconds, STARTING)
        own = self._seconds(worker.held[0])
        return self._limits.seconds if own is None else own

    def _greeted(self, worker: _Worker) -> bool:
        """Whether a worker that is starting reports that it has started."""
        try:
            worker.ready = worker.pipe.poll() and worker.pipe.recv_bytes(LONGEST) == READY
        except (EOFError, OSError):
            return False
        worker.since = time.monotonic()
        if worker.ready:
            self._failed_starts = None
        _send(worker)
        return worker.ready

    def _answer(self, worker: _Worker, waiting: deque[int]) -> tuple[int, bytes | Lost]:
        """The answer to a worker's first task; a worker without an answer is ended, and its other tasks wait again."""
        number = worker.held.popleft()
        try:
            if worker.pipe.poll():
                answer = worker.pipe.recv_bytes(LONGEST)
                worker.since = time.monotonic()
                _send(worker)
                return number, answer
            lost = Lost.TIMEOUT
        except (EOFError, OSError):
            _join(worker, PARTING)
            lost = Lost.MEMORY if worker.process.returncode == OUT_OF_MEMORY else Lost.CRASHED
            self._count_failed_start(worker)
        self._workers.remove(worker)
        _end(worker)
        waiting.extendleft(reversed(worker.held))
        return number, lost

    def _count_failed_start(self, worker: _Worker) -> None:
        """Give up where workers die while they start: no file is to blame, and each would be called broken."""
        if self._failed_starts is not None and not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= TRIES:
                raise NoWorkersError(NOT_STARTING) from None


def _send(worker: _Worker) -> None:
    """Send a worker the tasks that can be sent without waiting for it.

    A task that the pipe does not take at once is sent when the worker has nothing to do: while it works it does not
    read, and if the pipe did not take its answer either, both would wait forever.
    """
    while worker.unsent:
        reads = worker.ready and len(worker.held) == len(worker.unsent)
        if not reads and len(worker.unsent[0]) > PIPE_CAPACITY:
            return
        with suppress(OSError):  # it is dead, which the next check will show
            worker.pipe.send_bytes(worker.unsent.popleft())


def _end(worker: _Worker) -> None:
    """End a worker and the programs it left running."""
    worker.pipe.close()
    if worker.process.poll() != 0:
        end(worker.process.pid)
    worker.process.wait()


def _join(worker: _Worker, seconds: float) -> None:
    """Wait for the end of a worker, at most so many seconds."""
    with suppress(TimeoutExpired):
        worker.process.wait(seconds)
