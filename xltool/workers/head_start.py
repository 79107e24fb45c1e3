"""Start the workers of the command `audit` before the command itself is imported.

To start an interpreter and import what reads and judges takes ten times as long as to read and judge a form. The
command, the worker that reads and the worker that judges import at the same time, as far as there are processors.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from xltool.reader.limits import Limits, given
from xltool.workers.pool import Pool
from xltool.workers.scratch import new_scratch_dir, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

JUDGING: Final = ("xltool.batches.judging_tasks", "xltool.auditing.audit")
"""What a worker that judges needs."""


@dataclass(frozen=True)
class StartedAhead:
    """Workers that are starting: one that reads, and where there is a processor for it one that judges."""

    pool: Pool
    judging: Pool | None
    limits: Limits
    folder: Path
    """Their scratch folder."""
    stop: Event


AHEAD: Final[ContextVar[StartedAhead | None]] = ContextVar("workers started ahead", default=None)
"""The workers that were started for the command that is running."""


@contextmanager
def head_start(words: Sequence[str]) -> Iterator[None]:
    """Start workers if these words of a call of `audit` name a file that is there; they end with the context.

    What is wrong with the call, or keeps workers from starting, is for the command to say.
    """
    with ExitStack() as stack:
        if any(map(os.path.exists, words)):
            with ExitStack() as starting:
                try:
                    token = AHEAD.set(_start(starting))
                except (OSError, ValueError):
                    pass
                else:
                    starting.callback(AHEAD.reset, token)
                    stack.push(starting.pop_all())
        yield


def _start(stack: ExitStack) -> StartedAhead:
    limits, stop = given(), Event()
    folder = stack.enter_context(new_scratch_dir())
    judging = None
    if (os.cpu_count() or 1) > 1:  # this worker first: it imports the most
        judging = stack.enter_context(Pool(1, limits, folder, stop, modules=JUDGING))
        judging.start_ahead()
    pool = stack.enter_context(Pool(1, limits, folder, stop))
    pool.start_ahead()
    sweep(folder.parent)  # what killed runs left, while the workers start
    return StartedAhead(pool, judging, limits, folder, stop)
