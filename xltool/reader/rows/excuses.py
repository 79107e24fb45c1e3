"""Cells of indicator rows of which no value is asked, since another row has it or the row names no indicator."""

from __future__ import annotations

import re
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from xltool.forms import review
from xltool.forms.tolerances import HALF_CENT
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import TableRow

_POINTS = (review.weight.key, review.score.key)
_HEADING = re.compile(r"\s*[★☆▲●◆■]")
_LINE_OF_HEADING = re.compile(r"[\s\u3000]{2,}\S|\u3000\S|\s*(?:[(（]?其中|[-—–·○])")
_OUTER = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）])")
_INNER = re.compile(r"\s*(?:\d{1,2}[、.．)]|[(（]\d{1,2}[)）])")
_VALUES = (review.target_value.key, review.actual_value.key)


def excuse_rows(rows: Sequence[TableRow]) -> None:
    """Mark the cells that need no value: of heading rows and the rows below them, and of rows named 无 or /."""
    for number, row in enumerate(rows):
        name = row.cells.get(review.indicator.key)
        if name is not None and name.state is State.NOT_APPLICABLE:
            _excuse(row, (*_POINTS, *_VALUES))
        if _has(row, _POINTS):
            below = list(takewhile(partial(_is_part_of, row), rows[number + 1 :]))
            if below:
                _excuse(row, _VALUES)
            for under in below:
                _excuse(under, _POINTS)


def _is_part_of(heading: TableRow, row: TableRow) -> bool:
    """Whether a row without points belongs to a row above that has them: one without figures, ★…, or under it 其中…."""
    if _has(row, _POINTS) or not _has(row, _VALUES):
        return False
    starred = _HEADING.match(_name(heading)) is not None
    return starred or not _has(heading, _VALUES) or _LINE_OF_HEADING.match(_name(row)) is not None


def _name(row: TableRow) -> str:
    """The name of an indicator, as it stands in its cell."""
    filed = row.cells.get(review.indicator.key)
    return "" if filed is None or filed.raw is None else str(filed.raw)


def add_shared_points(rows: Sequence[TableRow]) -> None:
    """Where one score stands for several weights, or the other way round, let the first row have the sum of both.

    So they are compared with each other and counted once; no row is scored by its own target and actual value.
    """
    run: list[TableRow] = []
    for row in (*rows, None):
        if row is not None and any(row.cells[key].repeated for key in _POINTS if key in row.cells):
            run.append(row)
            continue
        if len(run) > 1:
            _share_points(run)
        run = [] if row is None else [row]


def drop_points_of_parts(rows: Sequence[TableRow]) -> None:
    """Where a heading (一、) has the sum of the points of the rows below it (1、 2、), count them once."""
    for number, row in enumerate(rows):
        if _OUTER.match(_name(row)):
            parts = list(takewhile(lambda part: _INNER.match(_name(part)) and _has(part, _POINTS), rows[number + 1 :]))
            for key in _POINTS:
                if parts and _is_sum(row.value(key), [part.value(key) for part in parts]):
                    for part in parts:
                        part.derived[key] = None
                        _excuse(part, (key,), filled=True)


def _is_sum(total: object, values: Sequence[object]) -> bool:
    """Whether a number is the sum of others."""
    numbers = [value for value in values if isinstance(value, float)]
    return isinstance(total, float) and len(numbers) == len(values) and abs(sum(numbers) - total) < HALF_CENT


def _share_points(run: Sequence[TableRow]) -> None:
    """Derive the points of rows that share a merged score or weight."""
    first, *others = run
    for key in _POINTS:
        values = [filed.value for row in run if (filed := row.cells.get(key)) is not None]
        numbers = [value for value in values if isinstance(value, float)]
        first.derived[key] = sum(numbers) if numbers else None
        for row in others:
            row.derived[key] = None
            _excuse(row, (key,), filled=True)
    for row in run:
        row.derived[review.direction.key] = None


def _has(row: TableRow, keys: Sequence[str]) -> bool:
    """Whether anything stands in one of these cells of a row."""
    cells = (row.cells.get(key) for key in keys)
    return any(filed is not None and filed.state is not State.BLANK for filed in cells)


def _excuse(row: TableRow, keys: Sequence[str], *, filled: bool = False) -> None:
    """Mark the blank cells among these, or all of them."""
    for key in keys:
        cell = row.cells.get(key)
        if cell is not None and (filled or cell.state in {State.BLANK, State.NOT_APPLICABLE}):
            cell.unasked = True
