"""The cells of a worksheet part: found or put in at their place, and the style they show."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import address, row_column
from xltool.outputs.returned.package import NotEditableError
from xltool.reader.a1 import column_number, span
from xltool.reader.ooxml.parts import is_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

CellRef = tuple[int, int]
"""Row and column, from 1."""

_PIXELS: Final = 7
"""Width of a digit in the usual font."""
_FARTHEST: Final = 1_000


class CellGrid:
    """The grid of a sheet; `root` is changed in place."""

    def __init__(self, root: _Element) -> None:
        """Take the root of a worksheet part; NotEditableError where it has no cells' element."""
        self.root = root
        self.space = str(root.tag).removesuffix("worksheet")
        data = root.find(f"{self.space}sheetData")
        if data is None:
            msg = "工作表缺少数据部分"
            raise NotEditableError(msg)
        self._data = data
        merged = root.iterfind(f"{self.space}mergeCells/{self.space}mergeCell")
        self._merges = [span(one.get("ref", "")) for one in merged]
        self._at = dict(self._rows())

    def home(self, cell: str) -> CellRef:
        """Where a cell's content stands: of a merged area, its first cell."""
        row, column = row_column(cell)
        for top, left, bottom, right in self._merges:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return row, column

    def each(self) -> Iterator[tuple[CellRef, _Element]]:
        """All cells; those without an address follow the one before."""
        for row, element in self._rows():
            for column, cell in _columns(element):
                yield (row, column), cell

    def style(self, spot: CellRef) -> int:
        """Index of the style a cell shows, whether or not it is there."""
        row, cell = self._find(spot)
        return int(cell.get("s", "0")) if cell is not None else self._inherited(row, spot[1])

    def set_style(self, spot: CellRef, style: int) -> None:
        """Give a cell a style; put in where the file has none."""
        row, cell = self._find(spot)
        if row is None:
            row = self._new_row(spot[0])
        if cell is None:
            cell = self._new_cell(row, spot)
        cell.set("s", str(style))

    def restore(self, spot: CellRef, style: int) -> None:
        """Give a cell back the style it had; gone with its row if it says nothing its row or column does not say."""
        row, cell = self._find(spot)
        if row is None or cell is None:
            return
        if style or cell.get("s") is None:
            cell.set("s", str(style))
        else:
            del cell.attrib["s"]
        if len(cell) or set(cell.attrib) - {"r", "s"} or style != self._inherited(row, spot[1]):
            return
        row.remove(cell)
        if not len(row) and not set(row.attrib) - {"r", "spans"}:
            self._data.remove(row)
            del self._at[spot[0]]

    def width(self, column: int) -> int:
        """Width of a column in pixels."""
        width = self._widths.get(column, self._usual_width)
        return int(width * _PIXELS + 5) if width else 0

    def height(self, row: int) -> int:
        """Height of a row in pixels."""
        element = self._at.get(row)
        if element is None:
            return int(self._usual_height * 4 / 3)
        return 0 if is_on(element.get("hidden")) else int(float(element.get("ht") or self._usual_height) * 4 / 3)

    @cached_property
    def _widths(self) -> dict[int, float]:
        """Widths in digits of the columns that are not as usual, hidden ones 0; those far to the right left out."""
        known = {}
        for column in self.root.iterfind(f"{self.space}cols/{self.space}col"):
            width = float(column.get("width") or self._usual_width)
            for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), _FARTHEST) + 1):
                known[number] = 0.0 if is_on(column.get("hidden")) else width
        return known

    @cached_property
    def _usual_width(self) -> float:
        return self._usual("defaultColWidth", 8.43)

    @cached_property
    def _usual_height(self) -> float:
        return self._usual("defaultRowHeight", 15.0)

    def _usual(self, name: str, otherwise: float) -> float:
        settings = self.root.find(f"{self.space}sheetFormatPr")
        return otherwise if settings is None else float(settings.get(name) or otherwise)

    def _rows(self) -> Iterator[tuple[int, _Element]]:
        number = 0
        for row in self._data.iterchildren(f"{self.space}row"):
            number = int(row.get("r") or number + 1)
            yield number, row

    def _find(self, spot: CellRef) -> tuple[_Element | None, _Element | None]:
        """Row and cell at a place, as far as they are there."""
        row = self._at.get(spot[0])
        if row is None:
            return None, None
        return row, next((cell for column, cell in _columns(row) if column == spot[1]), None)

    def _inherited(self, row: _Element | None, column: int) -> int:
        """The style of a cell that has none of its own: its row's, else its column's."""
        if row is not None and row.get("s") is not None and is_on(row.get("customFormat")):
            return int(row.get("s", "0"))
        for each in self.root.iterfind(f"{self.space}cols/{self.space}col"):
            if int(each.get("min", "1")) <= column <= int(each.get("max", "1")):
                return int(each.get("style", "0"))
        return 0

    def _new_row(self, number: int) -> _Element:
        made = etree.Element(f"{self.space}row", r=str(number))
        behind = next((row for at, row in self._rows() if at > number), None)
        if behind is None:
            self._data.append(made)
        else:
            behind.addprevious(made)
        self._at[number] = made
        return made

    def _new_cell(self, row: _Element, spot: CellRef) -> _Element:
        made = etree.Element(f"{self.space}c", r=address(*spot))
        behind = next((cell for column, cell in _columns(row) if column > spot[1]), None)
        if behind is not None:
            behind.addprevious(made)
        else:
            last = row.find(f"{self.space}extLst")
            row.insert(len(row) if last is None else row.index(last), made)
        _widen(row, spot[1])
        return made


def _columns(row: _Element) -> Iterator[tuple[int, _Element]]:
    """The cells of a row with their columns."""
    column = 0
    for cell in row.iterchildren("{*}c"):
        reference = cell.get("r")
        column = column + 1 if reference is None else column_number(reference.rstrip("0123456789"))
        yield column, cell


def _widen(row: _Element, column: int) -> None:
    """Let the columns a row says it spans hold a new cell."""
    first, _, last = row.get("spans", "").partition(":")
    if first.isdigit() and last.isdigit() and not int(first) <= column <= int(last):
        row.set("spans", f"{min(int(first), column)}:{max(int(last), column)}")
