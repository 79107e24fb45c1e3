"""The progress of work on many files."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int], None]
"""Called with the number of files that were done since the last call."""


def ignore(done: int) -> None:
    """Ignore progress, where nobody looks at it."""
