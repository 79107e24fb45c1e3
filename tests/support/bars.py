"""Progress bars for tests."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from xltool.batches.progress import Progress, ignore

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from xltool.batches.progress import Bar


def progress_of(note: Callable[[int], object]) -> Progress:
    """Progress that passes on how many items were done, whenever some were."""
    return Progress(lambda count, _: note(count) if count else None)


def bar_of(note: Callable[[int], object]) -> Bar:
    """A bar that passes on what is read, and shows nothing of what is written."""
    progress = progress_of(note)

    def bar(label: str, total: int) -> AbstractContextManager[Progress]:  # noqa: ARG001 - the signature of a Bar
        return nullcontext(progress if label == "读取" else ignore)

    return bar
