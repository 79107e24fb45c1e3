"""What writes the cells of a sheet: the interface, and the way of workbooks that xlsxwriter holds in memory.

Workbooks with lists of any length are written by `streaming`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, Final, Protocol


class Fold(Enum):
    """What a row is in an outline: none of it, the line above folded rows, or one of those rows, which are hidden."""

    NONE = auto()
    HEAD = auto()
    MEMBER = auto()


_OUTLINE: Final[dict[Fold, dict[str, Any]]] = {
    Fold.NONE: {}, Fold.HEAD: {"collapsed": True}, Fold.MEMBER: {"level": 1, "hidden": True},
}  # fmt: skip


class CellWriter(Protocol):
    """Writes the cells of a sheet; rows and columns count from 0, `cell_format` is what the book has for a style.

    Texts are visible, not empty and fit into a cell; numbers are finite.
    """

    def blank(self, row: int, column: int, cell_format: Any) -> None:  # noqa: ANN401 - that of its book
        """Write an empty cell with a format."""
        ...

    def text(self, row: int, column: int, text: str, cell_format: Any) -> None:  # noqa: ANN401 - likewise
        """Write a text."""
        ...

    def number(self, row: int, column: int, number: float, cell_format: Any) -> None:  # noqa: ANN401 - likewise
        """Write a number."""
        ...

    def formula(self, row: int, column: int, formula: str, *, value: float | str, cell_format: Any) -> None:  # noqa: ANN401
        """Write a formula and its value."""
        ...

    def link(self, row: int, column: int, *, target: str, text: str, tip: str, cell_format: Any) -> None:  # noqa: ANN401, PLR0913 - a cell and a link
        """Write a text that leads to a target: `external:` and a path, or `internal:` and a cell."""
        ...

    def height(self, row: int, points: float, fold: Fold = Fold.NONE) -> None:
        """Set the height of a row, and what it is in an outline."""
        ...


class HeldCells:
    """Hands cells to xlsxwriter, which holds all of them until the workbook is closed."""

    def __init__(self, worksheet: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """Write to a worksheet."""
        self._worksheet = worksheet

    def blank(self, row: int, column: int, cell_format: Any) -> None:  # noqa: ANN401
        """See CellWriter."""
        self._worksheet.write_blank(row, column, None, cell_format)

    def text(self, row: int, column: int, text: str, cell_format: Any) -> None:  # noqa: ANN401
        """See CellWriter."""
        self._worksheet.write_string(row, column, text, cell_format)

    def number(self, row: int, column: int, number: float, cell_format: Any) -> None:  # noqa: ANN401
        """See CellWriter."""
        self._worksheet.write_number(row, column, number, cell_format)

    def formula(self, row: int, column: int, formula: str, *, value: float | str, cell_format: Any) -> None:  # noqa: ANN401
        """See CellWriter."""
        self._worksheet.write_formula(row, column, formula, cell_format, value)

    def link(self, row: int, column: int, *, target: str, text: str, tip: str, cell_format: Any) -> None:  # noqa: ANN401, PLR0913 - a cell and a link
        """See CellWriter."""
        self._worksheet.write_url(row, column, target, cell_format, text, tip or None)

    def height(self, row: int, points: float, fold: Fold = Fold.NONE) -> None:
        """See CellWriter."""
        self._worksheet.set_row(row, points, None, _OUTLINE[fold])
