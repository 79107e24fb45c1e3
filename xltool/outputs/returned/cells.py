"""The cells of a worksheet part: where they stand, and their styles."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import address, row_column
from xltool.outputs.returned.package import NotEditableError
from xltool.reader.a1 import cached_position, span
from xltool.reader.ooxml.parts import is_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

CellRef = tuple[int, int]
"""Row and column, from 1."""

_PIXELS: Final = 7
"""Width of a digit in the default font."""
_LAST_MEASURED_COLUMN: Final = 1_000
"""Columns beyond this have the default width here; a file may declare widths for 16,384 columns."""


class CellGrid:
    """The cells of a sheet; `root` is changed in place."""

    def __init__(self, root: _Element) -> None:
        """Read the root of a worksheet part; NotEditableError where it has no sheetData."""
        self.root = root
        self.space = str(root.tag).removesuffix("worksheet")
        data = root.find(f"{self.space}sheetData")
        if data is None:
            msg = "工作表缺少数据部分"
            raise NotEditableError(msg)
        self._data = data
        merged = root.iterfind(f"{self.space}mergeCells/{self.space}mergeCell")
        self._merges = [span(area.get("ref", "")) for area in merged]
        self._rows_by_number = dict(self._rows())
        self._cells_by_row: dict[int, dict[int, _Element]] = {}
        """Cells by column, of the rows in which a cell was looked for."""

    def top_left(self, cell: str) -> CellRef:
        """The cell itself, or the first cell of the merged area it belongs to, which holds the content."""
        row, column = row_column(cell)
        for top, left, bottom, right in self._merges:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return row, column

    def each(self) -> Iterator[tuple[CellRef, _Element]]:
        """All cells; a cell without an address follows the cell before it."""
        for row, element in self._rows():
            for column, cell in _cells_of(element):
                yield (row, column), cell

    def style(self, ref: CellRef) -> int:
        """Index of the style that a cell shows, also where the file does not contain the cell."""
        row, cell = self._find(ref)
        return int(cell.get("s", "0")) if cell is not None else self._inherited(row, ref[1])

    def set_style(self, ref: CellRef, style: int) -> None:
        """Set the style of a cell, which is added where the file does not contain it."""
        self._ensure(ref).set("s", str(style))

    def holds_formula_of_others(self, ref: CellRef) -> bool:
        """Whether other cells get their formula from this cell, so that it cannot be replaced."""
        _, cell = self._find(ref)
        formula = None if cell is None else cell.find(f"{self.space}f")
        return formula is not None and formula.get("t") in {"shared", "array", "dataTable"} and bool(formula.get("ref"))

    def set_formula(self, ref: CellRef, formula: str, value: float | None) -> None:
        """Replace what a cell holds by a formula and its value, None for an empty text; the style stays."""
        cell = self._ensure(ref)
        for child in list(cell):
            cell.remove(child)
        for name in ("cm", "vm"):
            cell.attrib.pop(name, "")
        etree.SubElement(cell, f"{self.space}f").text = formula.removeprefix("=")
        self.set_result(ref, value)

    def set_text(self, ref: CellRef, text: str) -> None:
        """Replace what a cell holds by a text, "" for nothing; the style stays."""
        cell = self._ensure(ref)
        for child in list(cell):
            cell.remove(child)
        for name in ("cm", "vm", "t"):
            cell.attrib.pop(name, "")
        if text:
            cell.set("t", "inlineStr")
            shown = etree.SubElement(etree.SubElement(cell, f"{self.space}is"), f"{self.space}t")
            shown.text = text
            shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def set_result(self, ref: CellRef, value: float | None) -> None:
        """Replace the stored result of a formula, None for an empty text."""
        _, cell = self._find(ref)
        if cell is None or cell.find(f"{self.space}f") is None:
            return
        for child in [*cell.iterchildren(f"{self.space}v", f"{self.space}is")]:
            cell.remove(child)
        cell.attrib.pop("t", "")
        shown = etree.Element(f"{self.space}v")
        cell[0].addnext(shown)
        shown.text = "" if value is None else repr(value)
        if value is None:
            cell.set("t", "str")

    def restore(self, ref: CellRef, style: int) -> None:
        """Set the earlier style of a cell; remove the cell, and its row, if they hold nothing else."""
        row, cell = self._find(ref)
        if row is None or cell is None:
            return
        if style or cell.get("s") is None:
            cell.set("s", str(style))
        else:
            del cell.attrib["s"]
        if len(cell) or set(cell.attrib) - {"r", "s"} or style != self._inherited(row, ref[1]):
            return
        row.remove(cell)
        self._cells_by_row.pop(ref[0], None)
        if not len(row) and not set(row.attrib) - {"r", "spans"}:
            self._data.remove(row)
            del self._rows_by_number[ref[0]]

    def width(self, column: int) -> int:
        """Width of a column in pixels."""
        width = self._widths.get(column, self._default_width)
        return int(width * _PIXELS + 5) if width else 0

    def height(self, row: int) -> int:
        """Height of a row in pixels."""
        element = self._rows_by_number.get(row)
        if element is None:
            return int(self._default_height * 4 / 3)
        return 0 if is_on(element.get("hidden")) else int(float(element.get("ht") or self._default_height) * 4 / 3)

    @cached_property
    def _widths(self) -> dict[int, float]:
        """Widths, in digits, of the columns that declare one; 0 for hidden columns."""
        widths = {}
        for column in self.root.iterfind(f"{self.space}cols/{self.space}col"):
            width = float(column.get("width") or self._default_width)
            last = min(int(column.get("max", "1")), _LAST_MEASURED_COLUMN)
            for number in range(int(column.get("min", "1")), last + 1):
                widths[number] = 0.0 if is_on(column.get("hidden")) else width
        return widths

    @cached_property
    def _default_width(self) -> float:
        return self._default("defaultColWidth", 8.43)

    @cached_property
    def _default_height(self) -> float:
        return self._default("defaultRowHeight", 15.0)

    def _default(self, name: str, fallback: float) -> float:
        settings = self.root.find(f"{self.space}sheetFormatPr")
        return fallback if settings is None else float(settings.get(name) or fallback)

    def _rows(self) -> Iterator[tuple[int, _Element]]:
        number = 0
        for row in self._data.iterchildren(f"{self.space}row"):
            number = int(row.get("r") or number + 1)
            yield number, row

    def _find(self, ref: CellRef) -> tuple[_Element | None, _Element | None]:
        """The row and the cell at a place; None for what the file does not contain."""
        row = self._rows_by_number.get(ref[0])
        return row, None if row is None else self._cells(ref[0]).get(ref[1])

    def _cells(self, number: int) -> dict[int, _Element]:
        """The cells of a row by column; of several in a column the first."""
        if number not in self._cells_by_row:
            cells = reversed(list(_cells_of(self._rows_by_number[number])))
            self._cells_by_row[number] = dict(cells)
        return self._cells_by_row[number]

    def _ensure(self, ref: CellRef) -> _Element:
        """The cell at a place, added where the file does not contain it."""
        row, cell = self._find(ref)
        if row is None:
            row = self._new_row(ref[0])
        return self._new_cell(row, ref) if cell is None else cell

    def _inherited(self, row: _Element | None, column: int) -> int:
        """The style of a cell without a style of its own: that of its row, else of its column."""
        if row is not None and row.get("s") is not None and is_on(row.get("customFormat")):
            return int(row.get("s", "0"))
        for each in self.root.iterfind(f"{self.space}cols/{self.space}col"):
            if int(each.get("min", "1")) <= column <= int(each.get("max", "1")):
                return int(each.get("style", "0"))
        return 0

    def _new_row(self, number: int) -> _Element:
        new_row = etree.Element(f"{self.space}row", r=str(number))
        following = next((row for at, row in self._rows() if at > number), None)
        if following is None:
            self._data.append(new_row)
        else:
            following.addprevious(new_row)
        self._rows_by_number[number] = new_row
        return new_row

    def _new_cell(self, row: _Element, ref: CellRef) -> _Element:
        new_cell = etree.Element(f"{self.space}c", r=address(*ref))
        following = next((cell for column, cell in _cells_of(row) if column > ref[1]), None)
        if following is not None:
            following.addprevious(new_cell)
        else:
            extension = row.find(f"{self.space}extLst")
            row.insert(len(row) if extension is None else row.index(extension), new_cell)
        self._cells(ref[0])[ref[1]] = new_cell
        _widen_spans(row, ref[1])
        return new_cell


def _cells_of(row: _Element) -> Iterator[tuple[int, _Element]]:
    """The cells of a row with their columns."""
    column = 0
    for cell in row.iterchildren("{*}c"):
        reference = cell.get("r")
        column = column + 1 if reference is None else cached_position(reference)[1]
        yield column, cell


def _widen_spans(row: _Element, column: int) -> None:
    """Make the `spans` of a row, where it has them, include the column of a new cell."""
    first, _, last = row.get("spans", "").partition(":")
    if first.isdigit() and last.isdigit() and not int(first) <= column <= int(last):
        row.set("spans", f"{min(int(first), column)}:{max(int(last), column)}")
