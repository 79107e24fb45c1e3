"""One worksheet part read into a `Sheet`: cells, merges, validations, protection, what is hidden and locked."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from xltool.reader.a1 import COLUMNS, ROWS, cached_position, span
from xltool.reader.guard import Code, Refused
from xltool.reader.limits import LIMITS, too_many_cells
from xltool.reader.model import Cell, FormulaCopy, SharedFormula
from xltool.reader.ooxml import cell_scanner
from xltool.reader.ooxml.cell_scanner import DATA
from xltool.reader.ooxml.parts import all_text, decoded, is_on, local, pieces
from xltool.reader.ooxml.styles import Style, as_date, from_iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.etree import _Element

    from xltool.reader.model import Sheet, Value
    from xltool.reader.ooxml.cell_scanner import RawCell
    from xltool.reader.ooxml.parts import Package

_DELETED = "#REF!"
"""The range of a validation whose cells were deleted."""
_TAGS = ("row", "cols", "mergeCells", "dataValidations", "sheetProtection", "extLst")


@dataclass(slots=True)
class WorkbookContext:
    """What the cells of all sheets refer to, and how much there may still be of what is limited."""

    strings: list[str]
    styles: Sequence[Style]
    date1904: bool
    text: int = LIMITS.text_characters
    """Characters that cells may still take from the shared strings: a string can stand in every cell."""
    filled: int = LIMITS.filled_cells
    """Cells with content that may still come."""
    cells: int = LIMITS.cells
    """Rows and cells that may still come, empty ones included."""

    def count(self, cells: int) -> None:
        """Count rows and cells before they are read; `Refused` where there are too many, empty ones included."""
        self.cells -= cells
        if self.cells < 0:
            reason = f"各工作表的行和单元格（含空白的）合计超过上限 {LIMITS.cells:,} 个，请删去空白行列后重新报送"
            raise Refused(Code.TOO_MANY, reason)

    def fill(self) -> None:
        """Count a cell that holds something; `Refused` where there are more than any form needs."""
        self.filled -= 1
        if self.filled < 0:
            raise Refused(Code.TOO_MANY, too_many_cells())


class SheetReader:
    """Fills one `Sheet` from its part; each sheet has a reader of its own."""

    def __init__(self, sheet: Sheet, context: WorkbookContext) -> None:
        """Start with an empty sheet."""
        self.sheet = sheet
        self.context = context
        self.position = (0, 0)
        self.filled_rows: list[tuple[int, _Element]] = []
        self.shared: dict[str, SharedFormula] = {}

    def read(self, package: Package, part: str) -> Sheet:
        """The filled sheet; `Refused` if the part is missing, damaged or refers to what is not there."""
        handlers = {
            "row": self._row, "cols": self._columns, "mergeCells": self._merges, "extLst": self._validations,
            "dataValidations": self._validations, "sheetProtection": self._protection,
        }  # fmt: skip
        try:
            large = package.is_large(part)
            plain = None if large else cell_scanner.scan_cells(package.content(part))
            root, cells = plain or (None, ())
            if root is not None:
                self.context.count(package.content(part).count(b"<c "))
            for word, element in package.pieces(part, DATA, _TAGS) if root is None else pieces(root, DATA):
                handler = handlers.get(word)
                if handler is not None:
                    handler(element)
                if large and self.filled_rows:  # a row that is streamed is gone when the next one is asked for
                    self._cells_of_rows()
            self._cells_of_rows()
            self._cells(cells)
        except (ValueError, IndexError) as error:
            near = f"工作表“{self.sheet.name}”第 {self.position[0]} 行附近"
            raise Refused(Code.CORRUPT, f"文件已损坏：{near}内容无法解析（{error}）") from error
        return self.sheet

    def _columns(self, element: _Element) -> None:
        """Hidden and styled columns."""
        covered = 0
        for column in element:
            first, last = max(int(column.get("min", "1")), 1), min(int(column.get("max", "1")), COLUMNS)
            covered += max(last - first + 1, 0)
            if covered > 2 * COLUMNS:  # honest ranges do not overlap, and there are no more columns
                raise ValueError(covered)
            if is_on(column.get("hidden")):
                self.sheet.hidden_columns.update(range(first, last + 1))
            style = column.get("style")
            if style and not self.context.styles[int(style)].locked:
                self.sheet.unlocked_columns.update(range(first, last + 1))

    def _row(self, element: _Element) -> None:
        """Note what holds for a whole row; its cells are read later. A row without a number follows the row before."""
        number = element.get("r")
        row = self.position[0] + 1 if number is None else int(number)
        self.position = (row, 0)
        if not 1 <= row <= ROWS:
            raise ValueError(number)
        if is_on(element.get("hidden")):
            self.sheet.hidden_rows.add(row)
        style = element.get("s")
        if style and is_on(element.get("customFormat")):
            locked = self.context.styles[int(style)].locked
            if not locked or self.sheet.unlocked_columns:
                self.sheet.row_locks[row] = locked
        cells = len(element)
        self.context.count(1 + cells)
        if cells:
            self.filled_rows.append((row, element))

    def _cells_of_rows(self) -> None:
        """Read the cells of the rows so far, once the locks of all are known: a cell may name another row."""
        for row, element in self.filled_rows:
            self.position = (row, 0)
            self._cells(cell_scanner.cells_of_row(element))
        self.filled_rows.clear()

    def _cells(self, written: Iterable[RawCell]) -> None:
        """Read cells in their order: the lock of each, and an object for each that holds anything."""
        sheet, styles = self.sheet, self.context.styles
        as_usual = not (sheet.row_locks or sheet.unlocked_columns)
        for reference, index, letter, shared, code, text in written:
            position = self.position = self._next() if reference is None else cached_position(reference)
            style = styles[int(index) if index else 0]
            if style.locked is not (as_usual or sheet.inherited_lock(*position)):
                sheet.cell_locks[position] = style.locked
            if (
                code is None and shared is None and (text is None or letter == "s")
            ):  # most cells are empty or hold a printed text
                if text:
                    self.context.fill()
                    printed = self._string(text)
                    sheet.cells[position] = Cell(printed, style.number_format)
                continue
            kind = letter or "n"
            formula = decoded(code) if code else None
            if formula is None and shared is None and (not text if kind in {"n", "s"} else text is None):
                continue
            self.context.fill()
            if text is None:
                cell = Cell(None, style.number_format, formula, kind == "e")
            elif kind == "n":
                number = self._number(text, style) if text else None
                cell = Cell(number, style.number_format, formula, raw=text or None)
            else:
                cell = Cell(self._value(kind, text), style.number_format, formula, kind == "e")
            sheet.cells[position] = cell
            if shared is not None:
                self._share(cell, formula, shared, position)

    def _next(self) -> tuple[int, int]:
        """The position of a cell that gives none."""
        row, column = self.position
        if column == COLUMNS:
            raise ValueError(column + 1)
        return row, column + 1

    def _value(self, kind: str, text: str) -> Value:
        """What is no number, by the cell's type letter; ValueError or IndexError if the file contradicts itself."""
        if text == "" and kind not in {"str", "inlineStr"}:
            return None
        if kind == "s":
            return self._string(text)
        if kind == "b":
            return is_on(text)
        if kind == "d":
            return from_iso(text)
        return decoded(text) if kind == "str" else text

    def _string(self, number: str) -> str:
        """A shared string; `Refused` where the cells hold more text than any form does."""
        index = int(number)
        if index < 0:
            raise IndexError(index)
        shared = self.context.strings[index]
        self.context.text -= len(shared)
        if self.context.text < 0:
            raise Refused(Code.TOO_MANY, f"单元格文字合计超过上限 {LIMITS.text_characters:,} 个字")
        return shared

    def _number(self, text: str, style: Style) -> Value:
        """A number, or a date if its format shows one; what is no finite number stays the text it is."""
        try:
            number = float(text)
        except ValueError:
            return text
        if not isfinite(number):
            return text
        return as_date(number, date1904=self.context.date1904) if style.dated else number

    def _share(self, cell: Cell, formula: str | None, number: str, position: tuple[int, int]) -> None:
        """Note a cell with a shared formula: as the cell that spells it out, or as one that depends on that cell."""
        shared = self.shared.get(number)
        if shared is None:
            shared = self.shared[number] = SharedFormula()
        if formula is None:
            cell.stored_formula = FormulaCopy(shared, *position)
            return
        if shared.text:  # the file gives the number to a second formula, for the cells from here on
            shared = self.shared[number] = SharedFormula()
        shared.text, shared.row, shared.column = formula, *position

    def _merges(self, element: _Element) -> None:
        """Merged ranges."""
        self.sheet.merges.extend(span(merge.get("ref", "")) for merge in element)
        merged = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in self.sheet.merges)
        if merged > LIMITS.merged_cells:
            reason = f"工作表“{self.sheet.name}”合并了 {merged:,} 个单元格，超过上限 {LIMITS.merged_cells:,} 个"
            raise Refused(Code.TOO_MANY, reason)

    def _protection(self, element: _Element) -> None:
        """Protection, if it is on."""
        if is_on(element.get("sheet")):
            self.sheet.protection = {str(name): str(value) for name, value in element.attrib.items()}

    def _validations(self, element: _Element) -> None:
        """Ranges with a data validation, in the usual place or in the extension list of newer programs and WPS."""
        for validation in element.iter("{*}dataValidation"):
            within = next((all_text(child) for child in validation if local(child) == "sqref"), "")
            ranges = (validation.get("sqref") or within).split()
            self.sheet.validated += [span(each) for each in ranges if each != _DELETED]
