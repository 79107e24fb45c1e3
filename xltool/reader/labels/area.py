"""A part of a sheet seen as people see it: merged cells as one, labels folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.reader.labels.splits import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xltool.reader.model import Sheet

Position = tuple[int, int]
WIDEST = 16_384
"""Columns a sheet can have."""

_SPACE = re.compile(r"\s+")
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]?[、.．:：]|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|[①-⒛])"
)
_LEADING = re.compile(r"^(?:其中[:：]?|减[:：]|加[:：])")
_NOTE = re.compile(r"[(（][^()（）]*[)）]$")
_QUOTES = str.maketrans("", "", "“”\"'‘’")


def fold_label(text: str) -> str:
    r"""A label as it is compared: no white space, numbering, 其中 or closing colon, brackets half-width.

    >>> fold_label("   1、公务用车\n购置和维护经费："), fold_label("其中：  一般公共预算"), fold_label("③ 公务接待")
    ('公务用车购置和维护经费', '一般公共预算', '公务接待')
    """
    text = _NUMBERING.sub("", text.strip())
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
    """Rows `top` to `bottom` of a sheet, of its columns `left` to `right`.

    Cells under a merge count as its upper left one. A column or row in which nothing stands is passed over: people
    leave such between what they fill in.
    """

    sheet: Sheet
    top: int
    bottom: int
    left: int = 1
    right: int = WIDEST
    _spans: dict[Position, tuple[int, int]] = field(default_factory=dict)
    _rows: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _held: set[int] = field(default_factory=set)
    """Columns that hold anything."""
    _covered: dict[Position, Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for spot, cell in self.sheet.cells.items():
            if self.holds(spot) and cell.value is not None and str(cell.value).strip():
                self._rows[spot[0]].append(spot[1])
                self._held.add(spot[1])
        for columns in self._rows.values():
            columns.sort()
        for top, left, bottom, right in self.sheet.merges:
            if self.holds((top, left)):
                self._spans[top, left] = (bottom, right)
                # Long merges (a side label over the whole table) are only needed where they begin.
                for row in range(top, min(bottom, top + 400) + 1):
                    for column in range(left, min(right, left + 60) + 1):
                        self._covered[row, column] = (top, left)

    def holds(self, spot: Position) -> bool:
        """Whether a cell lies within."""
        return self.top <= spot[0] <= self.bottom and self.left <= spot[1] <= self.right

    def has_cell(self, spot: Position) -> bool:
        """Whether there is a cell to fill in: within the columns in use, and of a document in a table."""
        places = self.sheet.places
        return self.holds(spot) and spot[1] <= max(self._held, default=0) and (not places or spot in places)

    def rows(self) -> list[int]:
        """Rows that hold anything, from the top."""
        return sorted(self._rows)

    def columns(self, row: int) -> list[int]:
        """Columns of a row that hold anything, from the left."""
        return self._rows.get(row, [])

    def corner(self, spot: Position) -> Position:
        """The upper left cell of the merge a cell lies in, else the cell."""
        return self._covered.get(spot, spot)

    def end(self, spot: Position) -> Position:
        """The lower right cell of the merge that begins at a cell, else the cell."""
        return self._spans.get(spot, spot)

    def text(self, spot: Position) -> str:
        """Text of a cell, "" where it is empty."""
        cell = self.sheet.cells.get(self.corner(spot))
        if cell is None or isinstance(cell.value, str):
            return "" if cell is None else str(cell.value)
        return shown(cell)

    def is_blank(self, spot: Position) -> bool:
        """Whether nothing but white space stands in a cell."""
        return not self.text(spot).strip()

    def filled(self) -> list[Position]:
        """Every cell that holds anything, by row and column."""
        return [(row, column) for row in self.rows() for column in self.columns(row)]

    def texts(self) -> Iterator[tuple[Position, str]]:
        """Every cell that holds text, by row and column."""
        for spot in self.filled():
            value = self.sheet.cells[spot].value
            if isinstance(value, str):
                yield spot, value

    def next_to(self, spot: Position) -> Position:
        """The cell right of a cell, past its merge."""
        return self.corner((spot[0], self.end(spot)[1] + 1))

    def right_of(self, spot: Position) -> Position:
        """The cell right of a cell, past its merge and past columns in which nothing stands."""
        row, last = spot[0], max(self._held, default=0)
        column = self.end(spot)[1] + 1
        while column < last and column not in self._held and (row, column) not in self._covered:
            column += 1
        return self.corner((row, column)) if column <= last else self.next_to(spot)

    def later(self, spot: Position) -> Position | None:
        """The first cell right of a cell that holds anything; None if there is none in its row."""
        return next(((spot[0], column) for column in self.columns(spot[0]) if column > self.end(spot)[1]), None)

    def under(self, spot: Position) -> Position:
        """The cell below a cell, past its merge."""
        return self.corner((self.end(spot)[0] + 1, spot[1]))

    def below(self, spot: Position) -> Position:
        """The cell below a cell, past its merge and past rows in which nothing stands."""
        row = self.end(spot)[0] + 1
        following = next((held for held in self.rows() if held >= row), row)
        merged = any((between, spot[1]) in self._covered for between in range(row, min(following, row + 60)))
        return self.under(spot) if merged else self.corner((following, spot[1]))
