"""The cells around a finding as rows of a table: what a template needs, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.outputs.page.stored_page import StoredPage, StoredWindow

_NUMBERS: Final = 6
"""Numbers of a stored cell: top, left, bottom, right, text, is a field."""
MOST_COLUMNS: Final = 100
"""Columns that are shown of a window at most; a form has some ten."""


class _Cell(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int
    text: str
    is_field: bool

    def covers(self, place: tuple[int, int] | None) -> bool:
        """Whether the cell covers a place."""
        return place is not None and self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right


_Laid = dict[tuple[int, int], _Cell]


@dataclass(frozen=True)
class ShownCell:
    """A cell of a window: its text, how far it reaches, and its classes."""

    text: str
    down: int
    across: int
    classes: str

    @property
    def is_marked(self) -> bool:
        """Whether this is the cell to correct."""
        return "marked" in self.classes


@dataclass(frozen=True)
class ShownRow:
    """A row of a window; `gap` says that rows before it are left out."""

    name: str
    cells: tuple[ShownCell, ...]
    gap: bool


@dataclass(frozen=True)
class ShownWindow:
    """A window: its caption ("" for the finding's own form), the letters of its columns, its rows."""

    caption: str
    letters: tuple[str, ...]
    rows: tuple[ShownRow, ...]


def show_window(stored: StoredPage, window: StoredWindow, path: str, *, is_first: bool) -> ShownWindow:
    """A window of a finding in the file `path`."""
    sheet = stored.sheets[window.sheet]
    other = "" if sheet.path == path else f"〔{sheet.path.rpartition('/')[2]}〕"
    caption = "" if is_first and window.marked else f"相关：{other}{sheet.name}"
    columns = range(window.left, min(window.right, window.left + MOST_COLUMNS) + 1)
    laid = _lay_out(stored, window, columns)
    rows = tuple(
        _show_row(window, columns, laid, at=at, name=str(sheet.rows.get(row, row)))
        for at, row in enumerate(window.rows)
    )
    return ShownWindow(caption, tuple(map(column_letters, columns)), rows)


def _lay_out(stored: StoredPage, window: StoredWindow, columns: range) -> _Laid:
    """The cells of a window by every place of it that they cover."""
    numbers = stored.sheets[window.sheet].cells
    laid: _Laid = {}
    for at in range(0, len(numbers) - _NUMBERS + 1, _NUMBERS):
        top, left, bottom, right, text, is_field = numbers[at : at + _NUMBERS]
        rows = [row for row in window.rows if top <= row <= bottom]
        if rows:
            cell = _Cell(top, left, bottom, right, stored.text(text), bool(is_field))
            covered = range(max(left, columns.start), min(right + 1, columns.stop))
            laid.update(((row, column), cell) for row in rows for column in covered)
    return laid


def _show_row(window: StoredWindow, columns: range, laid: _Laid, *, at: int, name: str) -> ShownRow:
    row = window.rows[at]
    is_after_gap = at == 0 or window.rows[at - 1] + 1 < row
    last = _last_of_run(window.rows, at)
    shown: list[ShownCell] = []
    for column in columns:
        cell = laid.get((row, column)) or _Cell(row, column, row, column, "", is_field=False)
        if column == max(cell.left, columns.start) and (row == cell.top or is_after_gap):
            down = min(cell.bottom, last) - row + 1
            across = min(cell.right + 1, columns.stop) - column
            shown.append(ShownCell(cell.text, down, across, _classes(cell, window, known=(row, column) in laid)))
    return ShownRow(name, tuple(shown), gap=at > 0 and is_after_gap)


def _classes(cell: _Cell, window: StoredWindow, *, known: bool) -> str:
    kind = ("filled" if cell.is_field else "printed") if known else ""
    if cell.covers(window.marked):
        return f"{kind} marked".strip()
    return f"{kind} related-cell".strip() if any(cell.covers(place) for place in window.related) else kind


def _last_of_run(rows: Sequence[int], at: int) -> int:
    """The last row of those that follow each other without a gap."""
    while at + 1 < len(rows) and rows[at + 1] == rows[at] + 1:
        at += 1
    return rows[at]
