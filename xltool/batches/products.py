"""Products that workers make of an audit, each in many tasks: what is asked, and what is done with the answers."""

from __future__ import annotations

from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Protocol

from xltool.batches.progress import LazyTasks, announced
from xltool.workers.bundles import run_bundled
from xltool.workers.pool import Lost, Pool, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from xltool.batches.progress import Progress
    from xltool.batches.reading import Workers
    from xltool.workers.pool import Runner

WAKING: Final = 1.0
"""Seconds after which Ctrl-C is noticed at the latest: Windows does not wake a thread that waits."""


class TaskGroup(Protocol):
    """Tasks of one kind, and what is done with their answers."""

    @property
    def work(self) -> Callable[[Any], bytes]:
        """The function that does a task in a worker."""
        ...

    @property
    def seconds(self) -> float | None:
        """The time limit of a task; None is the limit for a file."""
        ...

    @property
    def tasks(self) -> Sequence[Any]:
        """The tasks, each built when it is handed out."""
        ...

    def name(self, number: int) -> str:
        """What a task makes, as the user knows it."""
        ...

    def is_light(self, number: int) -> bool:
        """Whether a worker needs milliseconds for a task, so that it is handed several."""
        ...

    def accept(self, number: int, answer: bytes | Lost) -> None:
        """Accept the answer to a task."""
        ...


class Product(TaskGroup, Protocol):
    """Something that workers make, task by task."""

    @property
    def failures(self) -> Sequence[str]:
        """Lines on what could not be made."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether everything was made as it should be."""
        ...

    @property
    def digests(self) -> Mapping[Path, bytes]:
        """The SHA-256 of files, as far as whoever wrote them said it."""
        ...

    def paths(self) -> list[Path]:
        """The files written, once all answers are accepted."""
        ...


class PortableProduct(Product, Protocol):
    """A product that machines without access to the results can make."""

    def elsewhere(self) -> TaskGroup:
        """The same tasks, for workers that return what they make instead of writing it."""
        ...


class WholeTask(TaskGroup, Protocol):
    """All outputs on the whole as one task of a machine that cannot write them here."""

    @property
    def is_undone(self) -> bool:
        """Whether they have to be made here after all."""
        ...


class WholeProduct(Product, Protocol):
    """The outputs on the whole."""

    def elsewhere(self) -> WholeTask | None:
        """All of them as one task, for workers that return what they make; None where that cannot be sent."""
        ...


class ReturningTasks:
    """The tasks of a product, for workers that return what they make because they cannot write it to its place."""

    def __init__(self, product: Product, work: Callable[[Any], bytes]) -> None:
        """`product` accepts the answers; `work` returns what its own work writes."""
        self.work, self.seconds, self.tasks = work, product.seconds, product.tasks
        self.name, self.accept, self.is_light = product.name, product.accept, product.is_light


@dataclass(frozen=True, slots=True)
class _Job:
    """A task with its work: workers do the tasks of several products."""

    work: Callable[[Any], bytes]
    task: Any


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, and a line for each that was not, or not as it should be."""

    paths: tuple[Path, ...]
    failures: tuple[str, ...]
    is_complete: bool
    """Whether nothing failed; a copy that no worker could make is a list, which says so, and counts as failed."""
    digests: Mapping[Path, bytes] = field(default_factory=dict)
    """The SHA-256 of files, as far as whoever wrote them said it."""

    def __or__(self, other: Written) -> Written:
        """Both together."""
        complete = self.is_complete and other.is_complete
        digests = {**self.digests, **other.digests}
        return Written(self.paths + other.paths, self.failures + other.failures, complete, digests)


def make_products(
    workers: Workers, outputs: WholeProduct, portable: Sequence[PortableProduct], *, progress: Progress
) -> Written:
    """Make the outputs on the whole and the portable products, where the engine has them made.

    Where that is this machine its workers do all of it, the outputs first. A cluster whose workers write results
    themselves makes all of it, and workers of this machine do what it returns undone. Where results come back, the
    outputs are one task of it beside the others, unless that is too large to be sent: then further workers of this
    machine make them meanwhile.
    """
    runner = workers.runner
    if runner is workers.pool:
        _make_together(workers.pool, [outputs, *portable], jobs=workers.jobs, progress=progress)
    elif runner.writes_results:
        _make(workers, runner, [*portable, outputs], progress=progress)
    else:
        remote = [each.elsewhere() for each in portable]
        with Pool(workers.jobs, workers.limits, workers.folder, workers.stop) as others:
            _side_by_side(
                workers,
                lambda: _make(workers, runner, remote, progress=progress),
                lambda: _make_outputs(workers, outputs, others, progress=progress),
            )
    return _written([outputs, *portable])


def _make_outputs(workers: Workers, outputs: WholeProduct, others: Pool, *, progress: Progress) -> None:
    """Have a cluster make the outputs on the whole and send them back, or `others` where it does not."""
    whole = outputs.elsewhere()
    if whole is not None:
        _make(workers, workers.runner.beside(others), [whole], progress=progress)
    if whole is None or whole.is_undone:
        _make_together(others, [outputs], jobs=workers.jobs, progress=progress)


def make_parcels(workers: Workers, parcels: Product, *, progress: Progress) -> Written:
    """Make a product of files that are written already, which only this machine has."""
    if parcels.tasks:
        _make_together(workers.pool, [parcels], jobs=workers.jobs, progress=progress)
    return _written([parcels])


def _written(products: Sequence[Product]) -> Written:
    paths = tuple(path for product in products for path in product.paths())
    failures = tuple(line for product in products for line in product.failures)
    digests = {path: digest for product in products for path, digest in product.digests.items()}
    return Written(paths, failures, all(product.is_complete for product in products), digests)


def _make_together(pool: Pool, products: Sequence[Product], *, jobs: int, progress: Progress) -> None:
    """Have workers of this machine do the tasks of several products, one product after another."""
    ends = list(accumulate(len(product.tasks) for product in products))

    def locate(number: int) -> tuple[Product, int]:
        position = bisect_right(ends, number)
        return products[position], number - (ends[position - 1] if position else 0)

    def job(number: int) -> _Job:
        product, position = locate(number)
        progress.begin(product.name(position))
        return _Job(product.work, product.tasks[position])

    def allowed(number: int) -> float | None:
        return locate(number)[0].seconds

    def is_light(number: int) -> bool:
        product, position = locate(number)
        return product.is_light(position)

    tasks = LazyTasks(range(ends[-1]), job)
    for number, answer in run_bundled(pool, _do, tasks, jobs=jobs, is_light=is_light, allowed=allowed):
        product, position = locate(number)
        product.accept(position, answer)
        progress(1, product.name(position))


def _do(job: _Job) -> bytes:
    return job.work(job.task)


def _make(workers: Workers, runner: Runner, groups: Sequence[TaskGroup], *, progress: Progress) -> None:
    """Have a cluster do groups of tasks, one group after another."""
    for group in groups:
        tasks, seconds = announced(group.tasks, group.name, progress), group.seconds
        for number, answer in runner.run(group.work, tasks, allowed=lambda _, seconds=seconds: seconds):  # type: ignore[misc]
            if workers.stop.is_set():
                raise StoppedError
            group.accept(number, answer)
            progress(1, group.name(number))


def _side_by_side(workers: Workers, ours: Callable[[], None], theirs: Callable[[], None]) -> None:
    """Do two things at once, the second in a thread that only waits for others; both are over when this returns.

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
            wait([other], WAKING)
        other.result()
