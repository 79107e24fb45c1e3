"""A part of a sheet seen as people see it: merged cells as one, labels folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xltool.reader.model import Sheet

Spot = tuple[int, int]

_SPACE = re.compile(r"\s+")
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]?[、.．:：]|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）])"
)
_LEADING = re.compile(r"^(?:其中[:：]?|减[:：]|加[:：])")
_NOTE = re.compile(r"[(（][^()（）]*[)）]$")
_QUOTES = str.maketrans("", "", "“”\"'‘’")


def fold_label(text: str) -> str:
    r"""A label as it is compared: no white space, numbering, 其中 or closing colon, brackets half-width.

    >>> fold_label("   1、公务用车\n购置和维护经费："), fold_label("其中：  一般公共预算")
    ('公务用车购置和维护经费', '一般公共预算')
    """
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES)
    while True:
        shorter = _LEADING.sub("", _NUMBERING.sub("", folded))
        if shorter == folded:
            return folded.rstrip(":：")
        folded = shorter


def without_note(label: str) -> str:
    """A folded label without a closing note in brackets: 批复规模(㎡) → 批复规模."""
    return _NOTE.sub("", label).rstrip(":：")


class Labels:
    """Folded labels and what they stand for; the first to claim a label keeps it."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take labels with what they stand for."""
        self._known: dict[str, str] = {}
        for text, key in pairs:
            self._known.setdefault(fold_label(text), key)

    def find(self, text: str) -> str | None:
        """What a cell's text stands for; None if it is no known label."""
        folded = fold_label(text)
        return self._known.get(folded) or self._known.get(without_note(folded))


@dataclass
class Area:
    """Rows `top` to `bottom` of a sheet. Cells under a merge count as its upper left one."""

    sheet: Sheet
    top: int
    bottom: int
    _spans: dict[Spot, tuple[int, int]] = field(default_factory=dict)
    _rows: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _covered: dict[Spot, Spot] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row, column in self.sheet.cells:
            if self.top <= row <= self.bottom:
                self._rows[row].append(column)
        for columns in self._rows.values():
            columns.sort()
        for top, left, bottom, right in self.sheet.merges:
            if self.top <= top <= self.bottom:
                self._spans[top, left] = (bottom, right)
                # Long merges (a side label over the whole table) are only needed where they begin.
                for row in range(top, min(bottom, top + 400) + 1):
                    for column in range(left, min(right, left + 60) + 1):
                        self._covered[row, column] = (top, left)

    def rows(self) -> list[int]:
        """Rows that hold anything, from the top."""
        return sorted(self._rows)

    def columns(self, row: int) -> list[int]:
        """Columns of a row that hold anything, from the left."""
        return self._rows.get(row, [])

    def corner(self, spot: Spot) -> Spot:
        """The upper left cell of the merge a cell lies in, else the cell."""
        return self._covered.get(spot, spot)

    def end(self, spot: Spot) -> Spot:
        """The lower right cell of the merge that begins at a cell, else the cell."""
        return self._spans.get(spot, spot)

    def text(self, spot: Spot) -> str:
        """Text of a cell, "" where it is empty."""
        cell = self.sheet.cells.get(self.corner(spot))
        if cell is None or cell.value is None:
            return ""
        return cell.value if isinstance(cell.value, str) else str(cell.value)

    def texts(self) -> Iterator[tuple[Spot, str]]:
        """Every cell that holds text, by row and column."""
        for row in self.rows():
            for column in self.columns(row):
                value = self.sheet.cells[row, column].value
                if isinstance(value, str) and value.strip():
                    yield (row, column), value

    def right_of(self, spot: Spot) -> Spot:
        """The cell right of a cell, past its merge."""
        return self.corner((spot[0], self.end(spot)[1] + 1))

    def below(self, spot: Spot) -> Spot:
        """The cell below a cell, past its merge."""
        return self.corner((self.end(spot)[0] + 1, spot[1]))
