"""The progress of work on many items."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Progress = Callable[[int], None]
"""Called with the number of items that were done since the last call."""
Bar = Callable[[str, int], AbstractContextManager[Progress]]
"""Opens a progress bar with a label and a total."""


def ignore(done: int) -> None:
    """Ignore progress, where nobody looks at it."""


def no_bar(label: str, total: int) -> AbstractContextManager[Progress]:  # noqa: ARG001 - the signature of a Bar
    """A progress bar that shows nothing."""
    return nullcontext(ignore)
