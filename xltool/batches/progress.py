"""How far something has come, for whoever looks."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int], None]
"""Told how many more files are done."""


def ignore(done: int) -> None:
    """Progress where nobody looks."""
