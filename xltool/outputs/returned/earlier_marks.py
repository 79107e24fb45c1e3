"""Remove the marks of an earlier run from a returned copy that was sent again: its fills, comments and list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from xltool.findings import address
from xltool.forms.problem_list import CELL, EXPLANATION, RETURNED, RULE, SHEET, heads_in
from xltool.outputs.returned import conditional_marks
from xltool.outputs.returned.cells import CellGrid
from xltool.outputs.returned.comments import Comments, has_our_comments
from xltool.outputs.returned.problem_list import COLUMNS
from xltool.reader.a1 import row_column
from xltool.reader.ooxml.parts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

    from xltool.outputs.returned.cells import CellRef
    from xltool.outputs.returned.problem_list import AnswerKey
    from xltool.outputs.returned.styles import CellStyles
    from xltool.outputs.returned.workbook_part import SheetPart, WorkbookPart


_ANSWER: Final = (RULE, SHEET, CELL, EXPLANATION)


@dataclass
class _EarlierMarks:
    """What an earlier list records: styles before the mark, by number and by address, and the department's answers."""

    by_number: dict[int, int] = field(default_factory=dict)
    by_address: dict[str, int] = field(default_factory=dict)
    answers: dict[AnswerKey, str] = field(default_factory=dict)


def remove_marks(book: WorkbookPart, styles: CellStyles) -> dict[AnswerKey, str]:
    """Remove everything that an earlier run added; return what the department wrote into the list.

    A workbook that is no returned copy is not changed.
    """
    before = _EarlierMarks()
    for sheet in _lists(book):
        _read(book, sheet, before)
        book.remove(sheet)
    marks, conditional = styles.marks(), styles.conditional_marks()
    for sheet in book.sheets:
        if not marks and not conditional and not has_our_comments(book.package, sheet.part):
            continue
        cells = CellGrid(book.package.tree(sheet.part))
        if conditional and conditional_marks.remove_marks(cells.root, conditional):
            book.package.edit(sheet.part)
        numbers = Comments(book.package, sheet.part, cells, strict=book.strict).remove_ours()
        marked = [(ref, int(cell.get("s", "0"))) for ref, cell in cells.each() if int(cell.get("s", "0")) in marks]
        if marked:
            book.package.edit(sheet.part)
        for ref, style in marked:
            cells.restore(ref, styles.unmarked(style, _old(before, sheet, ref, numbers)))
    return before.answers


def _old(before: _EarlierMarks, sheet: SheetPart, ref: CellRef, numbers: dict[CellRef, int]) -> int | None:
    """The style before the mark, by the number in the cell's comment, which moves with the cell, else by address."""
    style = before.by_number.get(numbers.get(ref, 0))
    return before.by_address.get(f"{sheet.name}!{address(*ref)}") if style is None else style


def _lists(book: WorkbookPart) -> list[SheetPart]:
    """The sheets with our lists, whatever other programs did to them."""
    signs = (RETURNED.encode(), EXPLANATION.encode())
    shared = book.package.read(book.strings) if book.strings in book.package else b""
    is_shared = any(sign in shared for sign in signs)
    return [
        sheet
        for sheet in book.sheets
        if (is_shared or any(sign in book.package.read(sheet.part) for sign in signs)) and _is_list(book, sheet)
    ]


def _is_list(book: WorkbookPart, sheet: SheetPart) -> bool:
    rows: dict[int, dict[int, str]] = defaultdict(dict)
    for row, column, text, _ in _texts(book, sheet):
        rows[row][column] = text
    return (
        any(text == RETURNED for texts in rows.values() for text in texts.values())
        or heads_in(rows.values()) is not None
    )


def _read(book: WorkbookPart, sheet: SheetPart, before: _EarlierMarks) -> None:
    """Read a list: the hidden cell of a mark holds its address and has the style before the mark; and the answers."""
    rows: dict[int, dict[int, str]] = defaultdict(dict)
    styles = {}
    for row, column, text, style in _texts(book, sheet):
        rows[row][column], styles[row, column] = text, style
    hidden = next((column for texts in rows.values() for column, text in texts.items() if text == RETURNED), 0)
    heads: dict[str, int] = {}
    for row, texts in sorted(rows.items()):
        if not heads and texts.get(1) == COLUMNS[0].head:
            heads = {text: column for column, text in texts.items()}
        number = texts.get(1, "").partition(".")[0]
        if not heads or not number.isdecimal():
            continue
        if hidden in texts:
            before.by_address[texts[hidden]] = before.by_number[int(number)] = styles[row, hidden]
        rule, name, cell, answer = (texts.get(heads.get(head, 0), "") for head in _ANSWER)
        if answer:
            before.answers[rule, name, cell] = answer


def _texts(book: WorkbookPart, sheet: SheetPart) -> Iterable[tuple[int, int, str, int]]:
    """Row, column, text and style of every cell with a text."""
    root = book.package.tree(sheet.part)
    shared: list[_Element] = []
    if book.strings in book.package:
        shared = list(book.package.tree(book.strings).iterchildren("{*}si"))
    for cell in root.iter("{*}c"):
        reference, text = cell.get("r"), _text(cell, shared)
        if reference is not None and text:
            row, column = row_column(reference)
            yield row, column, text, int(cell.get("s", "0"))


def _text(cell: _Element, shared: list[_Element]) -> str:
    inline = cell.find("{*}is")
    if inline is not None:
        return text_of(inline)
    value = cell.findtext("{*}v") or ""
    if cell.get("t") != "s":
        return value
    at = int(value or "-1")
    return text_of(shared[at]) if 0 <= at < len(shared) else ""
