"""Small tasks are handed out several at a time, and a bundle that fails costs no other task."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from xltool.reader.limits import LIMITS
from xltool.workers.bundles import MOST, SHARES, Bundle, run_bundled
from xltool.workers.pool import Lost, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

MANY = 2 * MOST * SHARES


class _Counting:
    """Does tasks here, notes what was handed out, and loses whatever has a task called "bad" in it."""

    writes_results = True

    def __init__(self) -> None:
        self.given: list[Any] = []
        self.times: list[float | None] = []

    def run(
        self,
        work: Callable[[Any], bytes],
        tasks: Sequence[Any],
        *,
        allowed: Callable[[int], float | None] = lambda _: None,
    ) -> Iterator[tuple[int, bytes | Lost]]:
        """The answers, the last task first."""
        for number in reversed(range(len(tasks))):
            task = tasks[number]
            self.given.append(task)
            self.times.append(allowed(number))
            names = task.tasks if isinstance(task, Bundle) else (task,)
            yield number, Lost.TIMEOUT if "bad" in names else work(task)


def _shout(name: str) -> bytes:
    return name.upper().encode()


def _shout_unless_bad(name: str) -> bytes:
    if name == "bad":
        os._exit(1)
    return _shout(name)


def _answers(runner: Any, tasks: Sequence[str], **more: Any) -> dict[int, bytes | Lost]:  # noqa: ANN401 - passed on
    return dict(run_bundled(runner, _shout, tasks, jobs=1, is_light=lambda number: tasks[number] != "heavy", **more))


def test_light_tasks_are_handed_out_together_and_heavy_ones_by_themselves() -> None:
    """Each answer carries the number of its task; a heavy task has its own time."""
    tasks = [f"t{number}" for number in range(MANY)]
    tasks[3] = "heavy"
    runner = _Counting()
    answers = _answers(runner, tasks, allowed=lambda number: 9.0 if tasks[number] == "heavy" else None)
    assert answers == {number: _shout(task) for number, task in enumerate(tasks)}
    assert [len(each.tasks) for each in runner.given if isinstance(each, Bundle)].count(MOST) == MANY // MOST - 1
    assert [time for task, time in zip(runner.given, runner.times, strict=True) if task == "heavy"] == [9.0]
    assert runner.times.count(None) == len(runner.times) - 1


def test_few_tasks_are_handed_out_one_by_one() -> None:
    """So that every worker has some."""
    runner, tasks = _Counting(), [f"t{number}" for number in range(SHARES)]
    assert _answers(runner, tasks) == {number: _shout(task) for number, task in enumerate(tasks)}
    assert not any(isinstance(each, Bundle) for each in runner.given)


def test_the_tasks_of_a_bundle_that_fails_are_done_one_by_one() -> None:
    """What is lost is the task at fault."""
    tasks = [f"t{number}" for number in range(MANY)]
    tasks[10] = "bad"
    answers = _answers(_Counting(), tasks)
    assert answers.pop(10) is Lost.TIMEOUT
    assert answers == {number: _shout(task) for number, task in enumerate(tasks) if number != 10}


def test_a_task_that_ends_its_worker_costs_itself(tmp_path: Path) -> None:
    """Also in a bundle, with real processes."""
    tasks = [f"t{number}" for number in range(2 * SHARES)]
    tasks[5] = "bad"
    with Pool(1, LIMITS, tmp_path, modules=()) as pool:
        answers = dict(run_bundled(pool, _shout_unless_bad, tasks, jobs=1, is_light=lambda _: True))
    assert answers.pop(5) is Lost.CRASHED
    assert answers == {number: _shout(task) for number, task in enumerate(tasks) if number != 5}
