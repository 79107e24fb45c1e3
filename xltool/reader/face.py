"""What a form shows, kept with its record, so that a finding can be shown in its surroundings.

The sheet itself is gone once a file is read. What is kept of it is packed: a form takes about two
kilobytes, so that those of ten thousand filings still fit into memory.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from xltool.reader.labels.splits import shown
from xltool.reader.notation import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reader.a1 import Span
    from xltool.reader.locate import Located
    from xltool.reader.model import Cell, Sheet

LONGEST = 60
"""Characters of a text that are kept; goals and reasons run to thousands."""
WIDEST, TALLEST = 16, 2_000
"""Columns of a form that are kept, and rows it can have; no known edition has more."""
BELOW = 12
"""Rows kept below the last field: notes, and what else stands at the foot."""
_BROKEN = re.compile(r"\s*[\r\n]+\s*")
_SPACES = re.compile(r"\s+")


class FaceCell(NamedTuple):
    """A cell, or several merged into one, with the text it shows; rows and columns from 1, both ends included.

    `is_field` tells what is filed from what is printed.
    """

    top: int
    left: int
    bottom: int
    right: int
    text: str
    is_field: bool


def pack(located: Located) -> bytes:
    """The face of a form that was found on a sheet, in the order of its rows; nothing where it is no size of a form."""
    fields = _fields(located)
    bounds = _bounds(located, fields)
    if bounds[2] - bounds[0] >= TALLEST:
        return b""
    cells = sorted([*span, text, span[:2] in fields] for span, text in _cells(located.sheet, bounds, fields))
    return zlib.compress(json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack(packed: bytes) -> list[FaceCell]:
    """The cells of a packed face; none where nothing was kept."""
    if not packed:
        return []
    return [FaceCell._make(cell) for cell in json.loads(zlib.decompress(packed))]


def _cells(sheet: Sheet, bounds: Span, fields: set[tuple[int, int]]) -> Iterator[tuple[Span, str]]:
    """What stands within the bounds; what lies under a merge is not seen."""
    top, left, bottom, right = bounds
    covered: set[tuple[int, int]] = set()
    for span in sheet.merges:
        first, start, last, end = span
        if top <= first and last <= bottom and left <= start and end <= right:
            covered.update((row, column) for row in range(first, last + 1) for column in range(start, end + 1))
            yield span, _text(sheet.cells.get((first, start)))
    for row, column in (sheet.cells.keys() | fields) - covered:
        if top <= row <= bottom and left <= column <= right:
            yield (row, column, row, column), _text(sheet.cells.get((row, column)))


def _bounds(located: Located, fields: set[tuple[int, int]]) -> Span:
    """First and last row and column of the form; a template's own panel stands right of them."""
    region = located.region
    last, farthest = located.sheet.extent
    last = min(last, max(row for row, _ in fields) + BELOW)
    if region is not None:
        right = min(region.right, farthest, region.left + WIDEST - 1)
        return region.top, region.left, min(region.bottom, last), right
    return 1, 1, last, min(max(len(located.form.widths), *(column for _, column in fields)), WIDEST)


def _fields(located: Located) -> set[tuple[int, int]]:
    """Where something is filed."""
    spots = set(located.cells.values())
    for table, rows in located.rows.items():
        spots |= {(row, column) for row in rows for column in located.columns[table].values()}
    return spots


def _text(cell: Cell | None) -> str:
    """What the cell shows on one line, cut where it is long."""
    if cell is None:
        return ""
    if isinstance(cell.value, float):
        percent = "%" in cell.number_format
        return display(round(cell.value * 100, 2)) + "%" if percent else display(round(cell.value, 8))
    text = _SPACES.sub(" ", _BROKEN.sub("", shown(cell)))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
