"""The message of a line of the 审核 panel: the words of the rule, with the figures of the first place it speaks of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np

from xltool.expr import excel, frame
from xltool.expr.nodes import Expr, Field, Kind, Lookup, walk
from xltool.forms import review
from xltool.forms.words import BLANK, PLACEHOLDER, excel_format, item_of, line_of
from xltool.template.book import BookCells, BookSheet
from xltool.template.cells import SheetCells
from xltool.template.checks.places import Pointer, choose, first_cell
from xltool.template.pairs import (
    PAIR,
    column_of,
    is_paired,
    letters_of,
    other_sheet,
    pair_beside,
    paired_reference,
    paired_row,
)
from xltool.template.quantities import READ_COLUMNS, READ_IN_PLACE, formula_in_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.rules.model import Check
    from xltool.template.checks.lines import PanelLine

FORMULA_LIMIT = 8000
"""Characters of a formula; Excel allows 8192."""
REQUEST = "待填："
"""What the message of a request for an entry begins with."""
_TWO_DECIMALS: Final = {kind for kind in Kind if excel_format(kind) == "0.00"}
_NAMING = {"item": item_of, "line": line_of}


def place_of(check: Check, cells: SheetCells, row: int) -> str:
    """The address that a line shows for a check; `row` is the first row, for a check of rows."""
    reference = first_cell(check, cells).replace("$", "")
    return f"{reference.rstrip('0123456789')}{row}" if row else reference


# --- the formula ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowCells(SheetCells):
    """References in which a table column is its cell in the row that another cell names."""

    pointer: str = ""

    def cell(self, field: Field) -> str:
        """`INDEX($G:$G,$R$7)` for a table column, `$B$4` for any other field."""
        if field.table is None:
            return super().cell(field)
        if field in READ_COLUMNS:
            return self.beside(self.read_column(field), self.pointer)
        if field in READ_IN_PLACE:
            return formula_in_place(field, self)
        return f"INDEX({self.whole_column(field)},{self.pointer})"


@dataclass(frozen=True)
class BookRowCells(BookCells):
    """The same in a workbook: a column of another form is its cell in the row of the same name."""

    pointer: str = ""

    def cell(self, field: Field) -> str:
        """As `RowCells`, and the cells of other forms."""
        if is_paired(field, self):
            return paired_reference(field, self.book, pair_beside(self, self.pointer))
        if field.table is None:
            return super().cell(field)
        own = RowCells(self.grid, self.year, profile=self.profile, pointer=self.pointer)
        return own.cell(column_of(field))


class Detail(Enum):
    """How much the formula of a message says; the figures of many checks may be too long for one formula."""

    MESSAGE = "message"
    PLACE = "place"
    TITLE = "title"


def detail_of(line: PanelLine) -> Detail:
    """The most that the formula of a line can say within the limit."""
    longest = Pointer("$XX$9999", "$XX$9999", "$XX$9999")
    allowed = (detail for detail in Detail if len(formula_of_message(line, longest, detail)) <= FORMULA_LIMIT)
    return next(allowed, Detail.TITLE)


def formula_of_message(line: PanelLine, pointer: Pointer, detail: Detail) -> str:
    """The formula of what a line shows: nothing wrong, or the first place, and how many there are."""
    several = len(line.checks) > 1 or line.checks[0].of_rows
    more = f'&IF({pointer.count}>1,"（共 "&{pointer.count}&" 处）","")' if several else ""
    if line.asks_for_entry:
        first = f'"{REQUEST}"&{choose([_item(check, pointer) for check in line.checks], pointer)}'
    elif detail is Detail.TITLE:
        first = excel.literal(f"{line.rule.title}：待核实")
    else:
        first = _messages(line, pointer, detail)
    return f'=IF({pointer.count}=0,"{line.passed}",{first}{more})'


def _messages(line: PanelLine, pointer: Pointer, detail: Detail) -> str:
    """The message of the check at hand; the words that all checks of the line share are written once."""
    words = [_message(line, check, pointer, detail) for check in line.checks]
    same_words = len({(check.message, len(own)) for check, own in zip(line.checks, words, strict=True)}) == 1
    if same_words:
        return _joined([_word_at_hand(column, pointer) for column in zip(*words, strict=True)])
    return choose([_joined([word.formula for word in own]) for own in words], pointer)


def _word_at_hand(words: Sequence[Word], pointer: Pointer) -> str:
    """The word of the check at hand; cells that are shown alike are chosen before they are shown."""
    if words[0].kind is not None and len({word.kind for word in words}) == 1:
        is_known = all(word.is_known for word in words)
        return replace(words[0], text=choose([word.text for word in words], pointer), is_known=is_known).formula
    if all(word.is_known and word.kind in _TWO_DECIMALS for word in words):
        units = choose([excel.literal((word.kind and word.kind.unit) or "") for word in words], pointer)
        return f'TEXT(ROUND({choose([word.text for word in words], pointer)},2),"0.00")&{units}'
    return choose([word.formula for word in words], pointer)


def _joined(words: Sequence[str]) -> str:
    return "&".join(word for word in words if word != '""') or '""'


@dataclass(frozen=True)
class Word:
    """A part of a message as an Excel expression; with a kind, a cell whose entry is shown."""

    text: str
    kind: Kind | None = None
    is_known: bool = False
    """Whether the check could not be violated while the cell is blank, or holds no number where it should."""

    @property
    def formula(self) -> str:
        """The expression of the text that stands in the message."""
        if self.kind is None:
            return self.text
        if self.is_known:
            return _number(self.text, self.kind) if self.kind.numeric or self.kind is Kind.DATE else self.text
        entered = f'IF(LEN({self.text})=0,"{BLANK}",{self.text})'
        shown = self.kind.numeric or self.kind is Kind.DATE
        return f"IF(ISNUMBER({self.text}),{_number(self.text, self.kind)},{entered})" if shown else entered


def _item(check: Check, pointer: Pointer) -> str:
    item = excel.literal(item_of(check.at))
    return f'"第 "&{pointer.row}&" 行"&{item}' if check.of_rows else item


def _message(line: PanelLine, check: Check, pointer: Pointer, detail: Detail) -> list[Word]:
    """The words of the message of a check, which read its figures from the sheet."""
    words = _words(line, check, pointer) if detail is Detail.MESSAGE else None
    if words is None:
        return [Word(excel.literal(f"{line.rule.title}：")), Word(_item(check, pointer))]
    where = f'"第 "&{pointer.row}&" 行："' if check.of_rows else '""'
    return [Word(where), *words, *map(Word, _addresses(line, check, pointer))]


def _words(line: PanelLine, check: Check, pointer: Pointer) -> list[Word] | None:
    """The parts of a message as Excel expressions; None where formulas cannot give one of its figures."""
    cells = line.cells
    if check.of_rows:
        cells = _row_cells(cells, pointer.row)
    parts = PLACEHOLDER.split(check.message or line.rule.message)
    try:
        known = excel.known_where(check.test, cells)
        return [
            _word(part, check, cells, known) if index % 2 else Word(excel.literal(part))
            for index, part in enumerate(parts)
        ]
    except excel.UnsayableError:
        return None


def _row_cells(cells: SheetCells, row: str) -> SheetCells:
    """References in the row that a cell names."""
    if isinstance(cells, BookCells):
        return BookRowCells(cells.grid, cells.year, profile=cells.profile, book=cells.book, pointer=row)
    return RowCells(cells.grid, cells.year, profile=cells.profile, pointer=row)


def _addresses(line: PanelLine, check: Check, pointer: Pointer) -> list[str]:
    """Where the other side of a check across forms stands, as Excel expressions that move with the cells."""
    if not isinstance(line.cells, BookCells):
        return []
    words: list[str] = []
    for sheet, reference, number in line.cells.elsewhere(check.fields):
        letters = _relative(reference).rstrip("0123456789")
        start = excel.literal(f"{'、' if words else '〔对照 '}{sheet}!{letters}")
        words += [start, f"ROW({reference})", excel.literal(_many(number))]
    for item, column in _columns_elsewhere(check, line.cells):
        row = paired_row(item, line.cells.book, pair_beside(line.cells, pointer.row))
        words += [excel.literal(f"{'、' if words else '〔对照 '}{column}"), row]
    for node, other, column in _looked_up(check, line.cells):
        names = line.cells.span(node.key)
        row = f"SUMPRODUCT(({names}={line.cells.cell(node.name)})*ROW({names}))"
        words += [excel.literal(f"{'、' if words else '〔对照 '}{other.name}!{column}"), row]
    return [*words, excel.literal("〕")] if words else []


def _looked_up(check: Check, cells: BookCells) -> list[tuple[Lookup, BookSheet, str]]:
    """The rows of another form that a check looks up, with the sheet and the letters of the column it reads there."""
    nodes = [node for node in walk(check.test) if isinstance(node, Lookup)]
    sheets = [next(sheet for sheet in cells.book.sheets if node.key.table in sheet.grid.spans) for node in nodes]
    return [(node, sheet, letters_of(node.column, sheet)) for node, sheet in zip(nodes, sheets, strict=True)]


def _columns_elsewhere(check: Check, cells: BookCells) -> list[tuple[Field, str]]:
    """The columns of other forms that a message names, each with its sheet and letters (`附件2!H`)."""
    paired = [(item, other_sheet(item, cells.book)) for item in check.also if is_paired(item, cells)]
    return [(item, f"{sheet.name}!{letters_of(item, sheet)}") for item, sheet in paired]


def _many(number: int) -> str:
    return f" 等 {number} 张表" if number > 1 else ""


def _placeholder(name: str, check: Check) -> tuple[Expr, Kind]:
    """The expression of a placeholder in a message: a word of the check, the expected value, or a field."""
    if name in check.words:
        return check.words[name]
    if name == "expected" and check.expected is not None:
        return check.expected, check.at.kind
    field = {field.key: field for field in check.fields}.get(name, check.at)
    return field, field.kind


def _word(name: str, check: Check, cells: SheetCells, known: Sequence[str]) -> Word:
    """A placeholder as an Excel expression, where these conditions hold."""
    if name in _NAMING:
        return Word(excel.literal(_NAMING[name](check.at)))
    expr, kind = _placeholder(name, check)
    if isinstance(expr, Field):
        own = cells.cell(expr)
        needed = f"ISNUMBER({own})" if kind.numeric or kind is Kind.DATE else excel.not_empty(own)
        return Word(own, kind, needed in known or expr is review.indicator)
    return Word(excel.shown(expr, cells, lambda value: _number(value, kind), blank=BLANK, known=known))


def _number(value: str, kind: Kind) -> str:
    """An Excel expression for a number as a text with its unit; counts and scores keep the decimals they have."""
    number_format = excel_format(kind)
    text = f"ROUND({value},{DECIMALS})"
    if number_format:
        # Rounded first, because programs round halves differently in TEXT.
        if kind is Kind.DATE:
            # 20240315 is a number beyond the last day that programs know.
            return f"IF({value}>{LAST_DAY},{value},TEXT({value},{excel.literal(number_format)}))"
        text = f"TEXT(ROUND({value},{DECIMALS if kind is Kind.RATE else 2}),{excel.literal(number_format)})"
    return f"{text}&{excel.literal(kind.unit or '')}"


LAST_DAY = 2_958_465
"""9999-12-31, as spreadsheets count days."""
DECIMALS = 4
"""Decimals of counts and scores."""


# --- the text that the formula shows -------------------------------------------------------------


def message_for(line: PanelLine, values: frame.Values, number: int, *, index: int, violations: int) -> str:
    """The text that the formula shows for these values; the first place is check `number` in table row `index`."""
    check = line.checks[number]
    row = line.cells.grid.spans[str(check.table)].first + index if check.of_rows else 0
    where, item = (f"第 {row} 行" if row else ""), item_of(check.at)
    more = f"（共 {violations} 处）" if violations > 1 else ""
    if line.asks_for_entry:
        return f"{REQUEST}{where}{item}{more}"
    if line.detail is Detail.TITLE:
        return f"{line.rule.title}：待核实{more}"
    if line.detail is Detail.PLACE or _words(line, check, Pointer("", "", "")) is None:
        return f"{line.rule.title}：{where}{item}{more}"
    given = {field: _at(value, index) for field, value in values.values.items()} if row else values.values
    parts = PLACEHOLDER.split(check.message or line.rule.message)
    own = replace(values, values=given)
    text = "".join(_word_for(part, check, own) if place % 2 else part for place, part in enumerate(parts))
    if isinstance(line.cells, BookCells):
        sides = line.cells.elsewhere(check.fields)
        shown = [f"{sheet}!{_relative(reference)}{_many(number)}" for sheet, reference, number in sides]
        shown += [f"{column}{given.get(PAIR)}" for _, column in _columns_elsewhere(check, line.cells)]
        looked_up = _looked_up(check, line.cells)
        shown += [f"{sheet.name}!{letters}{_row_of(node, sheet, values)}" for node, sheet, letters in looked_up]
        text += f"〔对照 {'、'.join(shown)}〕" if shown else ""
    return f"{where}：{text}{more}" if row else f"{text}{more}"


def _row_of(node: Lookup, sheet: BookSheet, values: frame.Values) -> int:
    """The sheet row in which a name stands that a check looks up."""
    names = values.values.get(node.key)
    at = names.index(values.text(node.name)[0]) if isinstance(names, list) else 0
    return sheet.grid.spans[str(node.key.table)].first + at


def _relative(reference: str) -> str:
    """`'附件1'!$F$13` without its sheet and signs."""
    return reference.rpartition("!")[2].replace("$", "")


def _at(value: object, index: int) -> object:
    if not isinstance(value, list):
        return value
    return value[index] if index < len(value) else None


def _word_for(name: str, check: Check, values: frame.Values) -> str:
    """A placeholder as the text that the spreadsheet shows for these values."""
    if name in _NAMING:
        return _NAMING[name](check.at)
    expr, kind = _placeholder(name, check)
    if isinstance(expr, Field) and not kind.numeric:
        # A row without a name is asked for one (S-29); a word for that in each message would take space.
        return str(values.text(expr)[0]) or ("" if expr is review.indicator else BLANK)
    value = frame.evaluate(expr, values)
    if np.isnan(value[0]):
        return (str(values.text(expr)[0]) if isinstance(expr, Field) else "") or BLANK
    number = float(frame.round_half_away(value, DECIMALS if kind in _PLAIN or kind is Kind.RATE else 2)[0])
    shown = f"{number:.2%}" if kind is Kind.RATE else f"{number:.12g}" if kind in _PLAIN else f"{number:.2f}"
    return shown + (kind.unit or "")


_PLAIN = (Kind.COUNT, Kind.SCORE, Kind.TEXT)
