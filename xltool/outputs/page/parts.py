"""Write review.data/: the findings of a page that is too large for one file, by department, each part a script.

A page that is opened from a disk may run scripts beside it, and may fetch nothing. A part calls a function of the page
with its data, which is JSON that cannot contain a tag.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.outputs.page.data import Detail, PageData
from xltool.outputs.page.part_numbers import part_numbers, stamp_of
from xltool.storage import json_stream
from xltool.storage.files import write_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder, FindingRun

FOLDER: Final = "review.data"
PARTS: Final = f"{FOLDER}/*.js"
"""The parts beside a page."""


def write_parts(folder: Path, review: Review, detail: Detail, order: FindingOrder) -> None:
    """Write the parts of a page into its folder, and remove those of an earlier page; a whole page has none."""
    written = set() if detail is Detail.ALL else set(_write(folder / FOLDER, review, order))
    for stale in set(folder.glob(PARTS)) - written:
        stale.unlink()
    with suppress(OSError):  # it is not there, or holds something
        (folder / FOLDER).rmdir()


def _write(folder: Path, review: Review, order: FindingOrder) -> Iterator[Path]:
    numbers = part_numbers(order, len(review.filings))
    for number, runs in groupby(order.runs, key=lambda run: numbers[run.filing]):
        path = folder / f"{number}.js"
        write_pieces(path, _pieces(review, order, number, runs))
        yield path


def _pieces(review: Review, order: FindingOrder, number: int, runs: Iterable[FindingRun]) -> Iterator[bytes]:
    data = PageData(review, lambda _: None, order=order)
    yield f'xltoolDetails({number},"{stamp_of(review)}",'.encode()
    yield from json_stream.of_object(data.part(runs), encode)
    yield b");\n"


def encode(data: object) -> bytes:
    """JSON in which no tag and no comment may begin."""
    return msgspec.json.encode(data).replace(b"<", rb"\u003c")
