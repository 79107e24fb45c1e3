"""Things that workers make of an audit, each of many tasks: what is asked, and what is done with the answers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar, overload

from xltool.workers.pool import Lost, Pool, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.batches.reading import Workers
    from xltool.workers.pool import Runner

LOOKING: Final = 1.0
"""Seconds after which Ctrl-C is noticed at the latest; Windows does not wake who waits."""

_Item = TypeVar("_Item")
_Task = TypeVar("_Task")


class Product(Protocol):
    """What is made by workers, task by task."""

    @property
    def work(self) -> Callable[[Any], bytes]:
        """What a worker does with a task."""
        ...

    @property
    def seconds(self) -> float | None:
        """How long a task may take; as long as a file may where None."""
        ...

    @property
    def tasks(self) -> Sequence[Any]:
        """The tasks, put together as they are handed out."""
        ...

    @property
    def lost(self) -> Sequence[str]:
        """Lines on what could not be made."""
        ...

    def take(self, at: int, answer: bytes | Lost) -> None:
        """Take the answer to a task."""
        ...

    def paths(self) -> list[Path]:
        """The files written, when all answers are taken."""
        ...


class Copies(Product, Protocol):
    """Copies of files, which can be made where nothing can be written."""

    def elsewhere(self) -> Product:
        """The same, made by workers who cannot write here."""
        ...


class LazyTasks(Sequence[_Task], Generic[_Item, _Task]):
    """Tasks that are put together when they are handed out, from little."""

    def __init__(self, items: Sequence[_Item], make: Callable[[_Item], _Task]) -> None:
        """A task an item."""
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int) -> _Task: ...
    @overload
    def __getitem__(self, at: slice) -> list[_Task]: ...
    def __getitem__(self, at: int | slice) -> _Task | list[_Task]:
        return list(map(self._make, self._items[at])) if isinstance(at, slice) else self._make(self._items[at])


@dataclass(frozen=True, slots=True)
class _Job:
    """A task with its work: workers do those of several products."""

    work: Callable[[Any], bytes]
    task: Any


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and a line for each product that was not, or not as it should be."""

    paths: tuple[Path, ...]
    lost: tuple[str, ...]
    complete: bool
    """Whether another time there could not be more: copies that no worker could make are lists, which say so."""


def make_all(workers: Workers, ours: Sequence[Product], copies: Copies) -> Written:
    """Have everything made, copies where the engine has them made.

    Where that is this machine its workers do all of it, the first product's tasks first. Where it is not, they are
    left to what comes back undone, and others make the rest meanwhile.
    """
    with workers.file_runner() as runner:
        if runner is workers.pool:
            _make_together(workers.pool, [*ours, copies])
        else:
            away = copies.elsewhere()
            with Pool(workers.jobs, workers.limits, workers.folder, workers.stop) as others:
                _side_by_side(lambda: _make(workers, runner, away), lambda: _make_together(others, ours), workers)
    products = (*ours, copies)
    paths = tuple(path for product in products for path in product.paths())
    return Written(
        paths, tuple(line for product in ours for line in product.lost), not any(product.lost for product in products)
    )


def _make_together(pool: Pool, products: Sequence[Product]) -> None:
    """All tasks of some products, by workers of this machine."""
    ends = list(accumulate(len(product.tasks) for product in products))

    def place(number: int) -> tuple[Product, int]:
        at = bisect_right(ends, number)
        return products[at], number - (ends[at - 1] if at else 0)

    def job(number: int) -> _Job:
        product, at = place(number)
        return _Job(product.work, product.tasks[at])

    def allowed(number: int) -> float | None:
        return place(number)[0].seconds

    for number, answer in pool.run(_do, LazyTasks(range(ends[-1]), job), allowed=allowed):
        product, at = place(number)
        product.take(at, answer)


def _do(job: _Job) -> bytes:
    return job.work(job.task)


def _make(workers: Workers, runner: Runner, product: Product) -> None:
    """All tasks of a product, wherever they are done."""
    for at, answer in runner.run(product.work, product.tasks):
        if workers.stop.is_set():
            raise StoppedError
        product.take(at, answer)


def _side_by_side(ours: Callable[[], None], theirs: Callable[[], None], workers: Workers) -> None:
    """Two things done at once, the second in a thread that only waits for others; both are over when this returns.

    Where one fails the other is broken off.
    """

    def unless_stopped(do: Callable[[], None]) -> None:
        try:
            do()
        except BaseException:
            workers.stop.set()
            raise

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(unless_stopped, theirs)
        try:
            unless_stopped(ours)
        except StoppedError:
            other.result()
            raise
        while not other.done():
            wait([other], LOOKING)
        other.result()
