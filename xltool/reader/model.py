"""A workbook as plain objects: what the file says of each cell, and nothing calculated.

Rows and columns count from 1; spans are (row, column, last row, last column), inclusive.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from xltool.findings import address
from xltool.reader.a1 import shift_formula

if TYPE_CHECKING:
    from xltool.reader.a1 import Span

Visibility = Literal["visible", "hidden", "veryHidden"]
Value = float | str | bool | dt.date | None


class SharedFormula(Struct, gc=False):
    """A formula as one cell spells it out, for cells elsewhere; without text where the file never spells it out."""

    text: str = ""
    row: int = 0
    column: int = 0


class FormulaCopy(Struct, frozen=True, gc=False):
    """The formula of a cell that another cell spells out.

    It is written out where it is asked for: a dozen projects of many indicators have seven million characters of
    formulas beside the fields that are read, and a hostile file has any number.
    """

    shared: SharedFormula
    row: int
    column: int

    def written_out(self) -> str | None:
        """The formula for this cell; None where no cell spells it out."""
        shared = self.shared
        moved = shift_formula(shared.text, self.row - shared.row, self.column - shared.column)
        return moved or None


class Cell(Struct, gc=False):
    """A cell that holds a value or a formula.

    `value` is the stored one: float, text, bool, date (datetime if it has a time of day), or None for a formula never
    calculated. `stored_formula` has no leading '='. `error` says that the value is one such as '#DIV/0!'. `raw` is a
    number as the file writes it, None for any other value.
    """

    value: Value
    number_format: str = "General"
    stored_formula: str | FormulaCopy | None = None
    error: bool = False
    raw: str | None = None

    @property
    def formula(self) -> str | None:
        """The formula without the leading '=', written out for this cell where the file shares it; None for a value."""
        stored = self.stored_formula
        return stored.written_out() if isinstance(stored, FormulaCopy) else stored


@dataclass(slots=True)
class Sheet:
    """A worksheet. Rows and columns count from 1; spans are (row, column, last row, last column), inclusive."""

    name: str
    state: Visibility = "visible"
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[Span] = field(default_factory=list)
    validated: list[Span] = field(default_factory=list)
    """Ranges with a data validation."""
    protection: dict[str, str] | None = None
    """Attributes of sheetProtection as written, if it is switched on."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unlocked_columns: set[int] = field(default_factory=set)
    """Columns whose own style is unlocked."""
    row_locks: dict[int, bool] = field(default_factory=dict)
    """Rows whose own style is unlocked, or locked where a column is not."""
    cell_locks: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Cells whose lock differs from what their row and column say."""
    places: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    """Where a user finds a cell of a flattened document, as (sheet, cell); empty for a real sheet."""

    def place(self, row: int, column: int) -> tuple[str, str]:
        """Sheet and cell to show a user: ("表格2", "C5") in a document, else this sheet and its own address."""
        return self.places.get((row, column)) or (self.name, address(row, column))

    def is_locked(self, row: int, column: int) -> bool:
        """Lock of any cell, empty ones too: by its own style, else its row's, else its column's, else locked."""
        lock = self.cell_locks.get((row, column))
        return self.inherited_lock(row, column) if lock is None else lock

    def inherited_lock(self, row: int, column: int) -> bool:
        """Lock of a cell without a style of its own."""
        lock = self.row_locks.get(row)
        return column not in self.unlocked_columns if lock is None else lock

    @property
    def extent(self) -> tuple[int, int]:
        """Last row and last column that hold a value or a formula; (0, 0) for an empty sheet."""
        return max((row for row, _ in self.cells), default=0), max((column for _, column in self.cells), default=0)


@dataclass(slots=True)
class DefinedName:
    """A defined name; `sheet` is None in the workbook's scope, `ref` is the text it stands for."""

    name: str
    sheet: str | None
    ref: str
    hidden: bool


class ActiveContent(StrEnum):
    """What a file may contain besides cells, as the finding names it, in its order."""

    MACROS = "宏"
    LINKS = "外部链接"
    DDE = "DDE 链接"
    OLE_LINKS = "OLE 链接"
    OBJECTS = "嵌入对象"
    CONTROLS = "控件"


@dataclass(slots=True)
class Book:
    """A workbook: its worksheets in order (without chart and macro sheets), defined names, and active content."""

    sheets: list[Sheet] = field(default_factory=list)
    names: list[DefinedName] = field(default_factory=list)
    active_content: set[ActiveContent] = field(default_factory=set)
    date1904: bool = False
    saved: str = ""
    """When the file says it was last saved, as ISO text in UTC, "" where it does not say."""
    is_result: bool = False
    """Whether xltool wrote the file, and not as a template to be filled in."""
