"""Time both sides of a ratio in turns within one run, and compare the least of many rounds."""

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
"""Exit code of an audit that reports errors."""


def compiled() -> None:
    """Compile the modules of xltool, as installing it does, so that the programs that are started need not."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(xltool.__file__).parent, quiet=2)


def spent(action: Callable[[], object]) -> float:
    """Processor seconds of one call. Garbage of earlier calls is collected before, so that it does not count."""
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def spread(action: Callable[[], object], cores: int) -> float:
    """Processor seconds of a call: this process's own, and those of its workers divided by the number of cores.

    The workers must have ended when the call returns, because only then does the system count them.
    """
    before = os.times()
    action()
    after = os.times()
    here, there = after.user + after.system, after.children_user + after.children_system
    return here - before.user - before.system + (there - before.children_user - before.children_system) / cores


def started(program: Callable[[], list[str]]) -> float:
    """Processor seconds of a Python program in a process of its own, given its arguments."""
    before = os.times()
    _run(program())
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def waited(program: Callable[[], list[str]]) -> float:
    """Clock seconds until a Python program has ended: fewer than its processor seconds where it uses two cores."""
    before = time.perf_counter()
    _run(program())
    return time.perf_counter() - before


def _run(words: list[str]) -> None:
    done = subprocess.run([sys.executable, *words], check=False, capture_output=True)  # noqa: S603 - our own interpreter
    if done.returncode != ERRORS_REPORTED:
        done.check_returncode()


def in_turns(*actions: Callable[[], object], rounds: int, measure: Callable[..., float] = spent) -> list[float]:
    """The least seconds of each action, all of them taking turns."""
    seconds = [[measure(action) for action in actions] for _ in range(rounds)]
    return [min(column) for column in zip(*seconds, strict=True)]
