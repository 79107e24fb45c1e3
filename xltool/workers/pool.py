"""Worker processes under supervision: one that hangs, dies or takes too much costs the task it held and no other.

The executors of loky and concurrent.futures lose the tasks of all workers when one dies and know no time limit; pebble
has both, but its workers share one pipe, and one that is killed while it answers leaves the run waiting for ever
(tried: 5.2.3). Here every worker has a pipe of its own, on which it answers in bytes: an answer torn off is the end of
that pipe alone.
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
from xltool.workers.launch import started, take_standard_handles
from xltool.workers.worker import OUT_OF_MEMORY, READY, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from xltool.reader.limits import Limits

AHEAD: Final = 2
"""Tasks a worker has at most: while its answer is on the way it works on the next."""
TRIES: Final = 2
"""A worker may die of what is not the file's fault (another program took the memory); a second death is."""
STARTING: Final = 60.0
"""Seconds a worker has at least to start, on a machine that is busy."""
LOOKING: Final = 1.0
"""Seconds between looks at whether the run was broken off."""
PARTING: Final = 2.0
"""Seconds a worker has to go by itself when there is nothing left to do."""
LONGEST: Final = 512 << 20
"""Bytes of an answer; no record comes near it."""
PASSES: Final = (32 << 10) if sys.platform == "linux" else (2 << 10)
"""Bytes a pipe takes for a worker that reads nothing yet; macOS and Windows hold 8 KiB, Linux 180."""

MOST: Final = 60 if sys.platform == "win32" else sys.maxsize
"""Workers of a pool: Windows waits for no more than 63 things at once."""
STILLBORN: Final = "读取文件的进程启动不了，没有检查文件；请重新安装 xltool，并确认安全软件没有拦截 Python"

_Task = TypeVar("_Task")


class StoppedError(Exception):
    """The run was broken off while somebody waited for answers."""


class NoWorkersError(UnreachableError):
    """No worker comes to life; the text says so, in Chinese."""


class Lost(Enum):
    """What became of a task that was not answered."""

    CRASHED = "crashed"
    TIMEOUT = "timeout"
    MEMORY = "memory"


class Runner(Protocol):
    """What does tasks and answers in bytes, in any order: `Pool`, or what stands before it."""

    def run(self, work: Callable[[Any], bytes], tasks: Sequence[Any]) -> Iterator[tuple[int, bytes | Lost]]:
        """What becomes of each task, by its number. Tasks are dataclasses with a `path`; `work` looks at no other."""
        ...


@dataclass(slots=True)
class _Worker:
    process: Popen[bytes]
    pipe: Connection
    held: deque[int] = field(default_factory=deque)
    """Numbers of its tasks; the first is the one it works on."""
    unsent: deque[memoryview] = field(default_factory=deque)
    """The last of these tasks, as they will be sent."""
    since: float = 0.0
    """When it began with the first, or was started."""
    ready: bool = False
    """Whether it has said that it is there: starting does not count as reading."""


class Pool:
    """Up to `jobs` workers; a context manager that leaves no process behind."""

    def __init__(self, jobs: int, limits: Limits, scratch: Path, stop: Event | None = None) -> None:
        """Start nothing yet; `scratch` is the workers' temporary folder, which the caller makes and removes.

        Once `stop` is set, who waits for answers gets StoppedError.
        """
        self._jobs, self._limits, self._scratch = max(1, min(jobs, MOST)), limits, scratch
        self._stop = stop or Event()
        self._seconds: Callable[[int], float | None] = lambda _: None
        self._workers: list[_Worker] = []
        self._stillborn: int | None = 0
        """Workers that died before they were there; None once one was."""
        take_standard_handles()
        self._leash, self._end_of_leash = Pipe(duplex=False)

    def __enter__(self) -> Self:
        """Nothing to do: workers start with the first task."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Let the workers go, or end them at once when something went wrong."""
        for worker in self._workers:
            worker.pipe.close()
        deadline = time.monotonic() + (PARTING if kind is None else 0)
        for worker in self._workers:
            _join(worker, max(0.0, deadline - time.monotonic()))
            _end(worker)
        self._workers.clear()
        self._leash.close()
        self._end_of_leash.close()

    def run(
        self,
        work: Callable[[_Task], bytes],
        tasks: Sequence[_Task],
        *,
        allowed: Callable[[int], float | None] = lambda _: None,
    ) -> Iterator[tuple[int, bytes | Lost]]:
        """What workers answer to each task, by its number, in the order of the answers.

        They begin with the call, not when the first answer is asked for. `allowed` gives how many seconds a task may
        take, by its number; None is what the limits say. Raises NoWorkersError where none comes to life.
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
        """Give every worker something to do, the idle first, and start another while there is more."""
        for depth in range(AHEAD):
            if depth == 0:
                while len(waiting) > self._idle() and len(self._workers) < self._jobs:
                    self._workers.append(self._started(work))
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

    def _started(self, work: Callable[[Any], bytes]) -> _Worker:
        """A worker that will be asked for this: it imports it while it starts, and not in the time of a file."""
        pipe, theirs = Pipe()
        with theirs:
            process = started(theirs, self._leash, self._limits.memory, self._scratch)
        with suppress(OSError):  # it is dead, which the next look at it will tell
            pipe.send(work)
        return _Worker(process, pipe, since=time.monotonic())

    def _ready(self) -> list[_Worker]:
        """Workers that said something or died, or whose time is over."""
        ends = {worker.pipe: worker.since + self._allowed(worker) for worker in self._workers if worker.held}
        said = wait(list(ends), min(LOOKING, max(0.0, min(ends.values()) - time.monotonic())))
        if self._stop.is_set():
            raise StoppedError
        now = time.monotonic()
        return [worker for worker in self._workers if worker.pipe in said or ends.get(worker.pipe, now + 1) <= now]

    def _allowed(self, worker: _Worker) -> float:
        if not worker.ready:
            return max(self._limits.seconds, STARTING)
        own = self._seconds(worker.held[0])
        return self._limits.seconds if own is None else own

    def _greeted(self, worker: _Worker) -> bool:
        """Whether a worker that starts says that it is there."""
        try:
            worker.ready = worker.pipe.poll() and worker.pipe.recv_bytes(LONGEST) == READY
        except (EOFError, OSError):
            return False
        worker.since = time.monotonic()
        if worker.ready:
            self._stillborn = None
        _send(worker)
        return worker.ready

    def _answer(self, worker: _Worker, waiting: deque[int]) -> tuple[int, bytes | Lost]:
        """What a worker says to its first task; without a word by now it is ended, and its other tasks go back."""
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
            self._count_dead(worker)
        self._workers.remove(worker)
        _end(worker)
        waiting.extendleft(reversed(worker.held))
        return number, lost

    def _count_dead(self, worker: _Worker) -> None:
        """Nothing a file could do kills a worker that has not begun: what would be told of all files is told once."""
        if self._stillborn is not None and not worker.ready:
            self._stillborn += 1
            if self._stillborn >= TRIES:
                raise NoWorkersError(STILLBORN) from None


def _send(worker: _Worker) -> None:
    """Send a worker what can be sent without waiting for it.

    What does not pass into the pipe at once waits until the worker has nothing to do: while it works nobody reads, and
    if its answer does not pass either, both wait for ever.
    """
    while worker.unsent:
        reads = worker.ready and len(worker.held) == len(worker.unsent)
        if not reads and len(worker.unsent[0]) > PASSES:
            return
        with suppress(OSError):  # it is dead, which the next look at it will tell
            worker.pipe.send_bytes(worker.unsent.popleft())


def _end(worker: _Worker) -> None:
    """End a worker and whatever it left running."""
    worker.pipe.close()
    if worker.process.poll() != 0:
        end(worker.process.pid)
    worker.process.wait()


def _join(worker: _Worker, seconds: float) -> None:
    """Wait for the end of a worker, so long and no longer."""
    with suppress(TimeoutExpired):
        worker.process.wait(seconds)
