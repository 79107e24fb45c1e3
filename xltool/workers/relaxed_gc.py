"""How often Python looks for garbage: what a run makes stays, and looking through it took a fifth of its time.

What is imported stays, too: a sixteenth of the time that takes.

So it is in a worker that judges: it looked through the cells of some hundred files for a quarter of its time. Not so in
workers that read and write: what they make goes, and what does not go by itself must not wait (300 documents of
python-docx that nobody had looked for came to 1.9 GB).
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SELDOM: Final = (100_000, 20, 100)
"""Thresholds of `gc`: objects made since the last look, and how many looks at the young ones make one at the older."""


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """As seldom as `SELDOM` says until the end, then as before."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
