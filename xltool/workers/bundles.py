"""Hand out small tasks several at a time.

To send a worker a task and to take its answer costs the process of the run a fifth of a millisecond. A bundle that
fails costs nothing but time: each of its tasks is done by itself then, so that a file which hangs or crashes its worker
costs itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xltool.workers.pool import Runner

MOST: Final = 8
"""Tasks of a bundle: a fifth of a second of work."""
SHARES: Final = 8
"""Bundles for each worker where there are enough tasks, so that all of them finish at about the same time."""

_Task = TypeVar("_Task")


@dataclass(frozen=True, slots=True)
class Bundle(Generic[_Task]):
    """Tasks that a worker does one after another."""

    tasks: tuple[_Task, ...]


class _Bundles(Sequence[Any]):
    """Tasks by the numbers of each bundle, built when they are handed out; a number by itself is no bundle."""

    def __init__(self, numbers: Sequence[Sequence[int]], tasks: Sequence[Any]) -> None:
        self.numbers, self._tasks = numbers, tasks

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a task or a bundle
        own = self.numbers[index]
        return self._tasks[own[0]] if len(own) == 1 else Bundle(tuple(self._tasks[number] for number in own))


def run_bundled(  # noqa: PLR0913 - as `Runner.run`, and what can be bundled
    runner: Runner,
    work: Callable[[Any], bytes],
    tasks: Sequence[Any],
    *,
    jobs: int,
    is_light: Callable[[int], bool],
    allowed: Callable[[int], float | None] = lambda _: None,
) -> Iterator[tuple[int, bytes | Lost]]:
    """Do tasks as `runner` does them, those that are light several at a time; work begins with the call.

    `is_light` says of a task, by its number, that a worker needs milliseconds for it; a bundle has the time of a task.
    Few tasks are handed out one by one, so that all `jobs` workers have some.
    """
    most = min(MOST, len(tasks) // (SHARES * max(1, jobs)))
    if most < 2:  # noqa: PLR2004 - a bundle is of several
        return runner.run(work, tasks, allowed=allowed)
    bundles = _Bundles(list(_bundled(len(tasks), most, is_light)), tasks)
    answers = runner.run(partial(_do_each, work), bundles, allowed=lambda number: allowed(bundles.numbers[number][0]))
    return _each(runner, work, bundles, tasks=tasks, answers=answers, allowed=allowed)


def _bundled(count: int, most: int, is_light: Callable[[int], bool]) -> Iterator[list[int]]:
    """The numbers of the tasks in bundles, in their order."""
    bundle: list[int] = []
    for number in range(count):
        light = is_light(number)
        if bundle and (not light or len(bundle) == most):
            yield bundle
            bundle = []
        if light:
            bundle.append(number)
        else:
            yield [number]
    if bundle:
        yield bundle


def _each(  # noqa: PLR0913 - the bundles, and how to do their tasks again
    runner: Runner,
    work: Callable[[Any], bytes],
    bundles: _Bundles,
    *,
    tasks: Sequence[Any],
    answers: Iterator[tuple[int, bytes | Lost]],
    allowed: Callable[[int], float | None],
) -> Iterator[tuple[int, bytes | Lost]]:
    """The answer to each task; those of bundles that failed are done again, each by itself."""
    again: list[int] = []
    for bundle, answer in answers:
        numbers = bundles.numbers[bundle]
        if len(numbers) == 1:
            yield numbers[0], answer
        elif isinstance(answer, Lost):
            again += numbers
        else:
            yield from zip(numbers, msgspec.msgpack.decode(answer, type=list[bytes]), strict=True)
    if again:
        single = _Bundles([[number] for number in again], tasks)
        for number, answer in runner.run(work, single, allowed=lambda number: allowed(again[number])):
            yield again[number], answer


def _do_each(work: Callable[[Any], bytes], task: object) -> bytes:
    """Do a task, or those of a bundle, in a worker; answers of a bundle are encoded together."""
    if not isinstance(task, Bundle):
        return work(task)
    return msgspec.msgpack.encode([work(each) for each in task.tasks])
