"""Heights of rows for the texts that are filled in, and page breaks that keep blocks together."""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from xltool.forms import review
from xltool.forms.model import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xltool.forms.grid import Grid, PlacedItem

TALLEST_ROW: Final = 409.0
"""Points a row may have in Excel."""
SIDE_MARGIN: Final = 0.5
TOP_MARGIN: Final = 0.6
"""Margins of a page in inches."""
_LINE: Final = 14.0
_PADDING: Final = 8.0
_SMALL: Final = 9 / 10.5
"""Size of the letters of 偏差原因分析及改进措施, as a share of the usual one."""
_WIDE, _TALL, _INCH = 595.3, 841.9, 72.0
"""Points of a page of A4."""
_SAFETY: Final = 0.98
"""Share of a page that is used: programs measure rows differently."""


def heights_for(grid: Grid, text_at: Callable[[PlacedItem], object]) -> dict[int, float]:
    """Heights of all rows; rows whose texts need more lines than a row of the form has are taller."""
    heights = dict(grid.heights)
    for placed in grid.cells:
        if not isinstance(placed.item, Slot) or placed.part:
            continue
        text = text_at(placed)
        if not isinstance(text, str):
            continue
        size = _SMALL if placed.item.field is review.reason else 1.0
        width = sum(grid.form.widths[placed.left - 1 : placed.right]) / size
        needed, rows = _line_count(text, width) * _LINE * size + _PADDING, range(placed.top, placed.bottom + 1)
        for row in rows:
            heights[row] = min(max(needed / len(rows), heights[row]), TALLEST_ROW)
    return heights


def _line_count(text: str, width: float) -> int:
    """Lines that a text needs in a column of this width; a Chinese character is as wide as two others."""
    rows = (sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in text.split("\n"))  # noqa: PLR2004 - where wide characters begin
    return sum(max(1, math.ceil(row * 1.15 / width)) for row in rows)


def page_breaks(grid: Grid, heights: Mapping[int, float]) -> list[int]:
    """Rows after which a page ends: between blocks, if possible between 一级指标, else 二级指标; between projects.

    Empty where the form takes one page, or where keeping blocks together would cost a page.
    """
    first, last = (grid.label_row(label) for label in grid.form.repeat_rows)
    wide = sum(width * 7 + 5 for width in grid.form.widths) * 0.75
    scale = min(1.0, (_WIDE - 2 * SIDE_MARGIN * _INCH) / wide)
    page = (_TALL - 2 * TOP_MARGIN * _INCH) / scale * _SAFETY
    head = sum(heights[row] for row in range(first, last + 1))
    fewest = 1 + math.ceil(max(sum(heights.values()) - page, 0) / (page - head))
    for with_parts in (False, True):
        starts = _starts(grid, with_parts=with_parts)
        breaks = _filled_pages(starts, heights, page=page, head=head)
        highest = max(_height(heights, *block) for block in pairwise(starts))
        # A 一级指标 that no page holds is divided between its 二级指标.
        if len(breaks) < fewest and (with_parts or highest <= page - head):
            return breaks
    return []


def _height(heights: Mapping[int, float], start: int, end: int) -> float:
    """Points of the rows from one to another, without the last."""
    return sum(heights[row] for row in range(start, end))


def _starts(grid: Grid, *, with_parts: bool) -> list[int]:
    """First rows of the blocks that stay together, and the row after the last.

    A table without 一级指标 may be divided at each of its rows; its first stays with all that stands above, and what
    stands below the table stays together.
    """
    groups = [own for span in grid.spans.values() for own in span.groups.values()]
    if not groups:
        rows = {row for span in grid.spans.values() for row in (*range(span.first + 1, span.anchor), span.anchor + 1)}
        return [*sorted({1, *rows}), grid.last_row + 1]
    blocks = {placed.top for placed in grid.cells if placed.left == 1 and placed.bottom > placed.top}
    # The heads of the indicators stay with the first group.
    blocks |= {first for number, (first, _) in enumerate(groups) if number}
    blocks |= {anchor + 1 for _, anchor in groups[-1:]}
    if with_parts:
        blocks |= {placed.top for placed in grid.cells if placed.part and placed.left > 1}
        blocks -= {first for first, _ in groups[:1]}
    return [*sorted({1, *blocks}), grid.last_row + 1]


def _filled_pages(starts: Sequence[int], heights: Mapping[int, float], *, page: float, head: float) -> list[int]:
    """The breaks when every page takes as many blocks as fit."""
    breaks: list[int] = []
    used = 0.0
    for start, end in pairwise(starts):
        block = _height(heights, start, end)
        if used and used + block > page:
            breaks.append(start - 1)
            used = head
        used += block
    return [row for row, _ in groupby(breaks)]
