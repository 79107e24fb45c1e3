"""How things are timed: both sides of a ratio take turns in one run, and the least of many rounds is compared."""

from __future__ import annotations

import compileall
import gc
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import xltool

if TYPE_CHECKING:
    from collections.abc import Callable


ERRORS_REPORTED = 1
"""What an audit ends with that found errors."""


def compiled() -> None:
    """Have the project's modules compiled for the programs that are started, as they are where it is installed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(xltool.__file__).parent, quiet=2)


def spent(action: Callable[[], object]) -> float:
    """Seconds of the processor one call takes; what the one before left to the garbage collector is not on its bill."""
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def spread(action: Callable[[], object], cores: int) -> float:
    """Seconds of the processor a call takes here, and its workers, which are gone when it ends, on so many cores."""
    before = os.times()
    action()
    after = os.times()
    here, there = after.user + after.system, after.children_user + after.children_system
    return here - before.user - before.system + (there - before.children_user - before.children_system) / cores


def started(program: Callable[[], list[str]]) -> float:
    """Seconds of the processor a Python program takes in a process of its own, given its arguments."""
    before = os.times()
    _run(program())
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def waited(program: Callable[[], list[str]]) -> float:
    """Seconds by the clock until such a program has ended: fewer than it takes where it works on two cores at once."""
    before = time.perf_counter()
    _run(program())
    return time.perf_counter() - before


def _run(words: list[str]) -> None:
    done = subprocess.run([sys.executable, *words], check=False, capture_output=True)  # noqa: S603 - our own interpreter
    if done.returncode != ERRORS_REPORTED:
        done.check_returncode()


def in_turns(*actions: Callable[[], object], rounds: int, measure: Callable[..., float] = spent) -> list[float]:
    """The least seconds of actions that take turns."""
    seconds = [[measure(action) for action in actions] for _ in range(rounds)]
    return [min(column) for column in zip(*seconds, strict=True)]
