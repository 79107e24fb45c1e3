"""The cells a form shows, kept with its record, so that a finding can be shown with its surroundings.

The sheet itself is not kept once a file is read. Its cells are compressed: a form takes about two
kilobytes, so that the forms of ten thousand filings fit into memory.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from itertools import chain, product
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.reader.labels.splits import shown
from xltool.reader.notation.tokens import display

if TYPE_CHECKING:
    from xltool.reader.a1 import Position, Span
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Cell, Sheet

LONGEST, KEPT_TEXT = 60, 200
"""Characters of a text that are shown, and that are kept; goals and reasons run to thousands."""
WIDEST, TALLEST = 16, 2_000
"""Columns of a form that are kept, and rows it can have; no known edition has more."""
BELOW = 12
"""Rows kept below the last field, for notes and other content at the foot."""
_SPACES = re.compile(r"\s+")


class SurroundingCell(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A cell, or several merged into one, with what it shows; rows and columns from 1, both ends included.

    `is_field` separates what is filed from what is printed.
    """

    top: int
    left: int
    bottom: int
    right: int
    value: float | str
    is_field: bool

    @property
    def text(self) -> str:
        """The text that the cell shows, on one line and shortened."""
        return _text(self.value)


_DECODER: Final = msgspec.json.Decoder(list[SurroundingCell])


def pack(located: LocatedForm) -> bytes:
    """The cells of a located form as compressed bytes, row by row.

    Empty where the form is larger than any form, or holds text that no encoding can write. Most forms are packed and
    never shown: texts are shortened when they are shown.
    """
    fields = _fields(located)
    bounds = _bounds(located, fields)
    if bounds[2] - bounds[0] >= TALLEST:
        return b""
    try:
        return zlib.compress(msgspec.json.encode(_cells(located.sheet, bounds, fields)), 1)
    except UnicodeEncodeError:
        return b""


def unpack(packed: bytes) -> list[SurroundingCell]:
    """The cells that `pack` kept; none where it kept nothing."""
    if not packed:
        return []
    return _DECODER.decode(zlib.decompress(packed))


def _cells(sheet: Sheet, bounds: Span, fields: set[Position]) -> list[tuple[int | float | str, ...]]:
    """The cells within the bounds; cells under a merge are not shown."""
    top, left, bottom, right = bounds
    merges: dict[Position, Span] = {}
    covered: set[Position] = set()
    for span in sheet.merges:
        first, start, last, end = span
        if top <= first and last <= bottom and left <= start and end <= right:
            merges[first, start] = span
            covered.update(product(range(first, last + 1), range(start, end + 1)))
    covered.difference_update(merges)
    within = {
        position
        for position in chain(sheet.cells, fields, merges)
        if left <= position[1] <= right and top <= position[0] <= bottom and position not in covered
    }
    return [
        (*merges.get(position, position + position), _value(sheet.cells.get(position)), position in fields)
        for position in sorted(within)
    ]


def _bounds(located: LocatedForm, fields: set[Position]) -> Span:
    """First and last row and column of the form; a template's own panel stands right of them."""
    region = located.region
    last = max(row for row, _ in fields) + BELOW
    if region is not None:
        right = min(region.right, region.left + WIDEST - 1)
        return region.top, region.left, min(region.bottom, last), right
    return 1, 1, last, min(max(len(located.form.widths), *(column for _, column in fields)), WIDEST)


def _fields(located: LocatedForm) -> set[Position]:
    """The cells in which something is filed."""
    positions = set(located.cells.values())
    for table, rows in located.rows.items():
        positions.update(product(rows, located.columns[table].values()))
    return positions


def _value(cell: Cell | None) -> float | str:
    """What the cell shows: a number as it is, anything else as text."""
    if cell is None or cell.value is None:
        return ""
    if isinstance(cell.value, float):
        percent = "%" in cell.number_format
        return f"{display(round(cell.value * 100, 2))}%" if percent else cell.value
    return shown(cell)[:KEPT_TEXT]


@lru_cache(maxsize=8_192)  # all forms have the same labels, and many the same figures
def _text(value: float | str) -> str:
    """A value on one line, shortened."""
    if not isinstance(value, str):
        return display(round(value, 8))
    # White space with a line break in it is where a narrow cell broke a word.
    text = _SPACES.sub(lambda run: "" if "\n" in run[0] or "\r" in run[0] else " ", value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
