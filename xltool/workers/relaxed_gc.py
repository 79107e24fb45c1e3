"""Collect garbage less often: the objects of a run stay, and collections took a fifth of its time.

Imported modules stay, too: collections took a sixteenth of the time of imports. A worker that judges keeps the cells of
some hundred files, and collections took a quarter of its time. Workers that read and write are different: their objects
go, and cycles must not wait (300 documents of python-docx that were not collected came to 1.9 GB).
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLDS: Final = (100_000, 20, 100)
"""Thresholds of `gc`: new objects until a collection, and collections of a generation until one of the next."""

NEW_OBJECTS: Final = 5_000
"""New objects until a collection in a worker."""


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """Collect by `THRESHOLDS` until the end, then as before."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def spare_imports() -> None:
    """Leave all objects there are now out of later collections, in a worker that has its modules and no task yet.

    It collects after 5,000 new objects, the cells of some files: a full collection took a twentieth of a second, five
    times while 300 files were read, judged and written.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
