"""Names of a template that other programs let collide, put back by its manifest and the labels on the sheet.

A name such as 填表人 stands on every form of a workbook, each time for its own sheet. A program that knows names of the
workbook only keeps one of them, and the other forms lose theirs. The manifest says where they stood, and the printed
labels say how far rows have moved since.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from xltool.findings import address, row_column
from xltool.reader.notation.tokens import halfwidth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.forms.manifest import IssuedSheet, Manifest
    from xltool.reader.model import Book, Sheet

_MOST_MOVED: Final = 5_000
"""Rows that a label can have moved down: more is no template that was filled in."""


def restored_names(book: Book, sheet: Sheet, manifest: Manifest, names: Iterable[str]) -> dict[str, str]:
    """References by defined name of the names that a sheet lost to another one.

    `names` are those that it has. Names that are gone altogether are not put back: with them went what they stood for.
    """
    own = set(names)
    elsewhere = {name.name for name in book.names if name.sheet is None and name.name not in own}
    issued = manifest.sheets.get(sheet.name) or _issued_as(book, sheet, manifest) if elsewhere else None
    if issued is None:
        return {}
    moved = _moved_rows(sheet, issued)
    lost = ((name, place) for name, place in issued.places.items() if name in elsewhere)
    return {name: _moved(place, moved) for name, place in lost} if moved else {}


def _issued_as(book: Book, sheet: Sheet, manifest: Manifest) -> IssuedSheet | None:
    """The form that was issued on a sheet which has another name now: the one most of whose labels stand on it."""
    present = {other.name for other in book.sheets}
    texts = {halfwidth(cell.value) for cell in sheet.cells.values() if isinstance(cell.value, str)}
    left = [issued for name, issued in manifest.sheets.items() if name not in present]
    shares = [(sum(halfwidth(text) in texts for text in issued.labels.values()), issued) for issued in left]
    known, issued = max(shares, key=lambda pair: pair[0], default=(0, None))
    return issued if issued is not None and 2 * known > len(issued.labels) else None


def _moved_rows(sheet: Sheet, issued: IssuedSheet) -> list[tuple[int, int]]:
    """Where labels stood and stand, from the top; [] where their order does not show it.

    Only labels count that their column has once, then and now.
    """
    before: dict[tuple[int, str], list[int]] = defaultdict(list)
    now: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at, text in issued.labels.items():
        row, column = row_column(at)
        before[column, halfwidth(text)].append(row)
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell.value, str):
            now[column, halfwidth(cell.value)].append(row)
    pairs = {(rows[0], now[key][0]) for key, rows in before.items() if len(rows) == len(now[key]) == 1}
    moved = sorted(pairs)
    in_order = all(first[0] < second[0] and first[1] < second[1] for first, second in pairwise(moved))
    return moved if in_order and all(0 <= row - at < _MOST_MOVED for at, row in moved) else []


def _moved(place: str, moved: list[tuple[int, int]]) -> str:
    """Where a place is now: its first row moved with the label above it, its last row with the label below it."""
    corners = [row_column(corner) for corner in place.split(":")]
    above = [now - at for at, now in moved if at <= corners[0][0]]
    below = [now - at for at, now in moved if at >= corners[-1][0]]
    first = above[-1] if above else moved[0][1] - moved[0][0]
    last = first if len(corners) == 1 or not below else below[0]
    shifts = [first, last][: len(corners)]
    return ":".join(address(row + shift, column) for (row, column), shift in zip(corners, shifts, strict=True))
