"""One worksheet part read into a `Sheet`: cells, merges, validations, protection, what is hidden and locked."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from xltool.reader.a1 import COLUMNS, ROWS, place, shift, span
from xltool.reader.guard import Code, Refused
from xltool.reader.limits import LIMITS
from xltool.reader.model import Cell, Validation
from xltool.reader.parts import decoded, is_on, local, text_of
from xltool.reader.styles import Style, as_date, from_iso

if TYPE_CHECKING:
    from lxml.etree import _Element

    from xltool.reader.model import Sheet, Value
    from xltool.reader.parts import Package

_TAGS = ("row", "cols", "mergeCells", "dataValidations", "sheetProtection", "extLst")


@dataclass(slots=True)
class Context:
    """What the cells of all sheets refer to."""

    strings: list[str]
    styles: list[Style]
    date1904: bool
    text: int = LIMITS.text
    """Characters that cells may still take from the shared strings: one of them can stand in every cell."""


class SheetReader:
    """Fills one `Sheet` from its part; made anew for every sheet."""

    def __init__(self, sheet: Sheet, context: Context) -> None:
        """Start with nothing seen; `lock` is what a row says of its cells, `tags` are those of a cell's children."""
        self.sheet = sheet
        self.context = context
        self.row = 0
        self.column = 0
        self.lock: bool | None = None
        self.tags = ("", "", "")
        self.masters: dict[str, tuple[str, int, int]] = {}
        self.waiting: list[tuple[int, int, str]] = []

    def read(self, package: Package, part: str) -> Sheet:
        """The filled sheet; `Refused` if the part is missing, damaged or refers to what is not there."""
        handlers = {
            "row": self._row, "cols": self._columns, "mergeCells": self._merges, "extLst": self._validations,
            "dataValidations": self._validations, "sheetProtection": self._protection,
        }  # fmt: skip
        try:
            for word, element in package.pieces(part, "sheetData", _TAGS):
                handler = handlers.get(word)
                if handler is not None:
                    handler(element)
            for row, column, shared in self.waiting:
                self.sheet.cells[row, column].formula = self._shared(shared, row, column)
        except (ValueError, IndexError) as error:
            near = f"工作表“{self.sheet.name}”第 {self.row} 行附近"
            raise Refused(Code.CORRUPT, f"文件已损坏：{near}内容无法解析（{error}）") from error
        return self.sheet

    def _columns(self, element: _Element) -> None:
        """Hidden and styled columns."""
        told = 0
        for column in element:
            first, last = max(int(column.get("min", "1")), 1), min(int(column.get("max", "1")), COLUMNS)
            told += max(last - first + 1, 0)
            if told > 2 * COLUMNS:  # honest ranges do not overlap, and there are no more columns
                raise ValueError(told)
            if is_on(column.get("hidden")):
                self.sheet.hidden_columns.update(range(first, last + 1))
            style = column.get("style")
            if style is not None and not self.context.styles[int(style)].locked:
                self.sheet.unlocked_columns.update(range(first, last + 1))

    def _row(self, element: _Element) -> None:
        """A row and its cells; rows and cells without an address follow the one before."""
        number = element.get("r")
        self.row = self.row + 1 if number is None else int(number)
        self.column = 0
        if not 1 <= self.row <= ROWS:
            raise ValueError(number)
        if is_on(element.get("hidden")):
            self.sheet.hidden_rows.add(self.row)
        style = element.get("s")
        if style is not None and is_on(element.get("customFormat")):
            locked = self.context.styles[int(style)].locked
            if not locked or self.sheet.unlocked_columns:
                self.sheet.row_locks[self.row] = locked
        self.lock = self.sheet.row_locks.get(self.row, None if self.sheet.unlocked_columns else True)
        if len(element):
            if not self.tags[0]:
                space = element.tag.removesuffix("row")
                self.tags = (f"{space}v", f"{space}f", f"{space}is")
            self._cells(element)

    def _cells(self, row: _Element) -> None:
        """The cells of a row: the lock of each, and an object for each that holds anything."""
        styles, lock = self.context.styles, self.lock
        for element in row:
            reference = element.get("r")
            spot = (self.row, self.column + 1) if reference is None else place(reference)
            if spot[1] > COLUMNS:
                raise ValueError(spot)
            self.column = spot[1]
            style = styles[int(element.get("s", 0))]
            if style.locked != (self.sheet.inherited_lock(*spot) if lock is None else lock):
                self.sheet.cell_locks[spot] = style.locked
            if len(element):
                self._content(element, spot, style)

    def _content(self, element: _Element, spot: tuple[int, int], style: Style) -> None:
        """Value and formula of a cell that has child elements."""
        kind = element.get("t", "n")
        value_tag, formula_tag, inline_tag = self.tags
        formula = text = None
        for child in element:
            tag = child.tag
            if tag == value_tag:
                text = child.text or ""
            elif tag == formula_tag:
                formula = self._formula(child, *spot)
            elif tag == inline_tag:
                text = text_of(child)
        if formula is None and (text is None or (text == "" and kind == "n")) and not self._waits(spot):
            return
        value = None if text is None else self._value(kind, text, style)
        number = text if kind == "n" and text else None
        self.sheet.cells[spot] = Cell(value, formula, kind == "e", style.locked, style.number_format, number)

    def _value(self, kind: str, text: str, style: Style) -> Value:
        """The stored value by the cell's type letter; ValueError or IndexError if the file contradicts itself."""
        if kind == "s":
            return self._string(int(text))
        if text == "" and kind not in {"str", "inlineStr"}:
            return None
        if kind == "n":
            return self._number(text, style)
        if kind == "b":
            return is_on(text)
        if kind == "d":
            return from_iso(text)
        return decoded(text) if kind == "str" else text

    def _string(self, index: int) -> str:
        """A shared string; `Refused` where the cells hold more text than any form does."""
        if index < 0:
            raise IndexError(index)
        shared = self.context.strings[index]
        self.context.text -= len(shared)
        if self.context.text < 0:
            raise Refused(Code.TOO_MANY, f"单元格文字合计超过上限 {LIMITS.text:,} 个字")
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

    def _formula(self, element: _Element, row: int, column: int) -> str | None:
        """Text of a formula; a shared one is written out for this cell, None if the element says nothing."""
        text = element.text
        if element.get("t") != "shared":
            return decoded(text) if text else None
        shared = element.get("si", "")
        if text:
            self.masters[shared] = decoded(text), row, column
            return self.masters[shared][0]
        if shared not in self.masters:
            self.waiting.append((row, column, shared))
            return None
        return self._shared(shared, row, column)

    def _shared(self, shared: str, row: int, column: int) -> str | None:
        """The shared formula as it reads in this cell; None if the file never spells it out."""
        if shared not in self.masters:
            return None
        formula, master_row, master_column = self.masters[shared]
        return shift(formula, row - master_row, column - master_column)

    def _waits(self, spot: tuple[int, int]) -> bool:
        """Whether the cell just met shares a formula that is spelled out further down."""
        return bool(self.waiting) and self.waiting[-1][:2] == spot

    def _merges(self, element: _Element) -> None:
        """Merged ranges."""
        self.sheet.merges.extend(span(merge.get("ref", "")) for merge in element)
        merged = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in self.sheet.merges)
        if merged > LIMITS.merged:
            reason = f"工作表“{self.sheet.name}”合并了 {merged:,} 个单元格，超过上限 {LIMITS.merged:,} 个"
            raise Refused(Code.TOO_MANY, reason)

    def _protection(self, element: _Element) -> None:
        """Protection, if it is on."""
        if is_on(element.get("sheet")):
            self.sheet.protection = {str(name): str(value) for name, value in element.attrib.items()}

    def _validations(self, element: _Element) -> None:
        """Data validations, plain ones and those newer programs (WPS too) keep in the extension list."""
        for found in element.iter("{*}dataValidation"):
            texts = {local(child): "".join(map(str, child.itertext())) for child in found}
            ranges = (found.get("sqref") or texts.get("sqref", "")).split()
            self.sheet.validations.append(
                Validation(
                    tuple(span(each) for each in ranges),
                    found.get("type", "none"),
                    found.get("operator", "between"),
                    texts.get("formula1", ""),
                    texts.get("formula2", ""),
                )
            )
