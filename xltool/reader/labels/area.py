"""A part of a sheet as people see it: merged cells count as one cell, labels are compared without their decoration."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.reader.a1 import COLUMNS
from xltool.reader.labels.splits import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xltool.reader.a1 import Position
    from xltool.reader.model import Sheet


_SPACE = re.compile(r"\s+")
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]?[、.．:：]|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|[①-⒛])"
)
_LEADING = re.compile(r"^(?:其中[:：]?|减[:：]|加[:：])")
_NOTE = re.compile(r"[(（][^()（）]*[)）]$")
_NUMBER_OF_ROW = re.compile(r"[A-Za-z]{0,6}\d{1,12}")
_AMOUNT = re.compile(
    r"\s*(?:[¥￥≥≤<>=-]{1,2}\s*)?\d[\d,，.]{0,20}\s*(?:[\u4e00-\u9fff%]{1,4}\s*)?|不适用|不涉及|没有|暂无"
)
_OF_GOALS = re.compile(r"目标|完成|实现|达成")
_WORDS = re.compile(r"[\u4e00-\u9fff]{2}")
_LONGEST_LABEL = 40
"""Characters of a text whose fold is kept."""
_HEADS_OF_NAMES = frozenset(
    {"一级指标", "二级指标", "三级指标", "一级目标", "二级目标", "三级目标", "指标名称", "目标名称"}
)
_QUOTES = str.maketrans("", "", "“”\"'‘’")


def fold_label(text: str) -> str:
    r"""A label as labels are compared: without white space, numbering, 其中 or closing colon, brackets half-width.

    >>> fold_label("   1、公务用车\n购置和维护经费："), fold_label("其中：  一般公共预算"), fold_label("③ 公务接待")
    ('公务用车购置和维护经费', '一般公共预算', '公务接待')
    """
    return _cached_fold(text) if len(text) <= _LONGEST_LABEL else _folded(text)


@lru_cache(maxsize=4096)
def _cached_fold(text: str) -> str:
    """The fold of a short text; all forms print the same labels."""
    return _folded(text)


def _folded(text: str) -> str:
    """The fold of any text."""
    text = text.strip()
    while (shorter := _LEADING.sub("", _NUMBERING.sub("", text)).lstrip()) != text:
        text = shorter
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES)
    while True:
        shorter = _LEADING.sub("", _NUMBERING.sub("", folded))
        if shorter == folded:
            return folded.rstrip(":：")
        folded = shorter


def is_number_of_row(text: str) -> bool:
    """Whether a text is the number or the code of a row: 3, ZB0003."""
    return _NUMBER_OF_ROW.fullmatch(text.strip()) is not None


def _is_wordy(text: str) -> bool:
    """Whether a text is words, and no amount with its unit."""
    return _WORDS.search(text) is not None and _AMOUNT.fullmatch(text) is None


def is_head_of_names(text: str) -> bool:
    """Whether a text is the head of the names of indicators."""
    return len(text) <= _LONGEST_LABEL and fold_label(text) in _HEADS_OF_NAMES


def without_note(label: str) -> str:
    """A folded label without a closing note in brackets: 批复规模(㎡) → 批复规模."""
    return _NOTE.sub("", label).rstrip(":：")


class Labels:
    """Labels, as `fold_label` gives them, and what they stand for; of two meanings of a label the first counts."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Labels with what they stand for."""
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

    Cells under a merge count as its upper left cell. A column or row without any content is skipped: people leave
    such columns and rows between what they fill in.
    """

    sheet: Sheet
    top: int
    bottom: int
    left: int = 1
    right: int = COLUMNS
    _spans: dict[Position, tuple[int, int]] = field(default_factory=dict)
    _rows: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _filled_columns: set[int] = field(default_factory=set)
    """Columns with any content."""
    _covered: dict[Position, Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for position, cell in self.sheet.cells.items():
            if self.holds(position) and cell.value is not None and str(cell.value).strip():
                self._rows[position[0]].append(position[1])
                self._filled_columns.add(position[1])
        for columns in self._rows.values():
            columns.sort()
        for top, left, bottom, right in self.sheet.merges:
            if self.holds((top, left)):
                self._spans[top, left] = (bottom, right)
                # Of long merges (a side label over the whole table) only the beginning is needed.
                for row in range(top, min(bottom, top + 400) + 1):
                    for column in range(left, min(right, left + 60) + 1):
                        self._covered[row, column] = (top, left)
        if all(left == right for _, left, _, right in self.sheet.merges if left > 1):
            self._join_repeated()

    def _join_repeated(self) -> None:
        """Treat the same words in cells side by side as the merged cell that a converter dissolved into them.

        Cells of a table of indicators may hold the same words (达标 | 达标), and texts below different labels.
        """
        for row in self.rows():
            texts = {column: str(self.sheet.cells[row, column].value) for column in self._rows[row]}
            start = 0
            for column, text in texts.items():
                if texts.get(column - 1) == text and _is_wordy(text) and not self._parts_goals((row - 1, column)):
                    self._spans[row, start] = (row, column)
                    self._covered[row, start] = self._covered[row, column] = (row, start)
                else:
                    start = column
            self._rows[row] = [column for column in texts if self.corner((row, column)) == (row, column)]
            if any(map(is_head_of_names, texts.values())):
                return

    def _parts_goals(self, position: Position) -> bool:
        """Whether a cell and the one left of it are the heads of a goal and of what was achieved of it."""
        texts = [fold_label(self.text((position[0], column))) for column in (position[1] - 1, position[1])]
        return len(set(texts)) > 1 and all(len(text) <= _LONGEST_LABEL and _OF_GOALS.search(text) for text in texts)

    def holds(self, position: Position) -> bool:
        """Whether a cell lies within."""
        return self.top <= position[0] <= self.bottom and self.left <= position[1] <= self.right

    @property
    def last_column(self) -> int:
        """The last column in use, 0 where there is none."""
        return max(self._filled_columns, default=0)

    def has_cell(self, position: Position) -> bool:
        """Whether there is a cell to fill in: within the columns in use, and of a document in a table."""
        places = self.sheet.places
        return self.holds(position) and position[1] <= self.last_column and (not places or position in places)

    def rows(self) -> list[int]:
        """Rows that hold anything, from the top."""
        return sorted(self._rows)

    def columns(self, row: int) -> list[int]:
        """Columns of a row that hold anything, from the left."""
        return self._rows.get(row, [])

    def corner(self, position: Position) -> Position:
        """The upper left cell of the merge a cell lies in, else the cell."""
        return self._covered.get(position, position)

    def end(self, position: Position) -> Position:
        """The lower right cell of the merge that begins at a cell, else the cell."""
        return self._spans.get(position, position)

    def text(self, position: Position) -> str:
        """Text of a cell, "" where it is empty."""
        cell = self.sheet.cells.get(self.corner(position))
        if cell is None or isinstance(cell.value, str):
            return "" if cell is None else str(cell.value)
        return shown(cell)

    def is_blank(self, position: Position) -> bool:
        """Whether nothing but white space stands in a cell."""
        return not self.text(position).strip()

    def filled(self) -> list[Position]:
        """Every cell that holds anything, by row and column."""
        return [(row, column) for row in self.rows() for column in self.columns(row)]

    def texts(self) -> Iterator[tuple[Position, str]]:
        """Every cell that holds text, by row and column."""
        for position in self.filled():
            value = self.sheet.cells[position].value
            if isinstance(value, str):
                yield position, value

    def next_to(self, position: Position) -> Position:
        """The cell right of a cell, past its merge."""
        return self.corner((position[0], self.end(position)[1] + 1))

    def right_of(self, position: Position) -> Position:
        """The cell right of a cell, past its merge and past columns without content."""
        row, last = position[0], self.last_column
        column = self.end(position)[1] + 1
        while column < last and column not in self._filled_columns and (row, column) not in self._covered:
            column += 1
        return self.corner((row, column)) if column <= last else self.next_to(position)

    def later(self, position: Position) -> Position | None:
        """The first cell right of a cell that holds anything; None if there is none in its row."""
        return next(
            ((position[0], column) for column in self.columns(position[0]) if column > self.end(position)[1]), None
        )

    def under(self, position: Position) -> Position:
        """The cell below a cell, past its merge."""
        return self.corner((self.end(position)[0] + 1, position[1]))

    def below(self, position: Position) -> Position:
        """The cell below a cell, past its merge and past rows without content."""
        row = self.end(position)[0] + 1
        following = next((filled for filled in self.rows() if filled >= row), row)
        merged = any((between, position[1]) in self._covered for between in range(row, min(following, row + 60)))
        return self.under(position) if merged else self.corner((following, position[1]))


def has_heads_of_names(area: Area) -> bool:
    """Whether an area has the heads of a table of indicators."""
    return any(is_head_of_names(text) for _, text in area.texts())
