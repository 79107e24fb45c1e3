"""Progress bars for tests."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from xltool.batches.progress import ignore

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from xltool.batches.progress import Bar, Progress


def bar_of(progress: Progress) -> Bar:
    """A bar that passes on what is read, and shows nothing of what is written."""

    def bar(label: str, total: int) -> AbstractContextManager[Progress]:  # noqa: ARG001 - the signature of a Bar
        return nullcontext(progress if label == "读取" else ignore)

    return bar
