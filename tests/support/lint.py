"""Lint of an .xlsx for what Excel repairs or refuses and the Open XML SDK lets pass.

`lint(path)` gives a line a fault, `check: where: what`; the checks are named in CHECKS' functions.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from openpyxl.utils.cell import range_boundaries

from tests.support.formulas import formula_faults, width
from tests.support.parts import MAIN, X14, Book, Sheet, read_book, text_of
from xltool.findings import row_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lxml import etree

LONGEST_CELL: Final = 32_767
LONGEST_CHOICE: Final = 255  # a validation's list or formula
LONGEST_NAME: Final = 255
MOST_STYLES: Final = 64_000
_MESSAGES: Final = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}
_FORMULAS: Final = 10_000
"""Formulas whose faults are kept."""
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_NAME: Final = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_R1C1: Final = re.compile(r"R\d*(C\d*)?|C\d*", re.IGNORECASE)
_A1: Final = re.compile(r"[A-Z]{1,3}\d+", re.IGNORECASE)


class Box(NamedTuple):
    """A range of cells by its first and last column and row."""

    left: int
    top: int
    right: int
    bottom: int
    text: str

    def meets(self, other: Box) -> bool:
        """Whether the two share a cell."""
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom


def lint(path: Path) -> list[str]:
    """Every fault of a workbook, in the order of the checks; empty where it is clean."""
    book = read_book(path)
    return [line for check in CHECKS for line in check(book)]


def _boxes(refs: str) -> list[Box]:
    """Ranges of a sqref."""
    boxes = []
    for ref in refs.split():
        left, top, right, bottom = range_boundaries(ref)
        boxes.append(Box(left or 1, top or 1, right or _LAST_COLUMN, bottom or _LAST_ROW, ref))
    return boxes


def _overlaps(boxes: list[Box]) -> Iterator[str]:
    """Pairs of ranges that share a cell."""
    return (f"{box.text} and {other.text}" for box, other in combinations(boxes, 2) if box.meets(other))


def _merges(book: Book) -> Iterator[str]:
    for sheet in book.sheets:
        boxes = [box for merge in sheet.each("mergeCell") for box in _boxes(merge.get("ref", ""))]
        for pair in _overlaps(boxes):
            yield f"merge-overlap: {sheet.name}: {pair}"


def _order(book: Book) -> Iterator[str]:
    for sheet in book.sheets:
        rows = [int(row.get("r", "0")) for row in sheet.each("row")]
        yield from (f"row-order: {sheet.name}: {first} before {two}" for first, two in pairwise(rows) if two <= first)
        refs = [cell.get("r", "") for cell in sheet.each("c")]
        yield from (f"duplicate-cell: {sheet.name}: {ref}" for ref, times in Counter(refs).items() if times > 1)
        for row in sheet.each("row"):
            yield from _row_order(sheet, row)


def _row_order(sheet: Sheet, row: etree._Element) -> Iterator[str]:
    """Cells of a row that stand in another row's place or after their right neighbour."""
    spots = [row_column(cell.get("r", "")) for cell in row.iter(MAIN + "c")]
    number = row.get("r")
    if any(str(spot[0]) != number for spot in spots):
        yield f"cell-order: {sheet.name}: a cell of another row in row {number}"
    if any(two[1] < first[1] for first, two in pairwise(spots)):
        yield f"cell-order: {sheet.name}: columns of row {number}"


def _names(book: Book) -> Iterator[str]:
    seen: Counter[tuple[str | None, str]] = Counter()
    for element in book.names:
        name, scope = element.get("name", ""), element.get("localSheetId")
        seen[scope, name.casefold()] += 1
        if scope is not None and int(scope) >= len(book.sheets):
            yield f"name-scope: {name}: sheet number {scope}"
        fault = _name_fault(name)
        if fault:
            yield f"invalid-name: {name[:40]}: {fault}"
    for (_, name), times in seen.items():
        if times > 1:
            yield f"duplicate-name: {name}: {times} times in a scope"


def _name_fault(name: str) -> str | None:
    """Why Excel would not take a name."""
    if width(name) > LONGEST_NAME:
        return f"{width(name)} characters, at most {LONGEST_NAME}"
    if name.startswith("_xlnm."):
        return None
    if not _NAME.fullmatch(name):
        return "a character a name may not hold"
    if _R1C1.fullmatch(name) or (_A1.fullmatch(name) and _in_grid(name.upper())):
        return "reads as a cell"
    return None


def _in_grid(ref: str) -> bool:
    """Whether an A1-style reference lies in a sheet."""
    row, column = row_column(ref)
    return 1 <= row <= _LAST_ROW and column <= _LAST_COLUMN


def _formulas(book: Book) -> Iterator[str]:
    sheets = tuple(sheet.name for sheet in book.sheets)
    for where, formula in _each_formula(book):
        for check, words in _faults_of(formula, sheets if "!" in formula else ()):
            yield f"{check}: {where}: {words}"


@lru_cache(_FORMULAS)
def _faults_of(formula: str, sheets: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The faults of a formula, with the sheets where it names any; the sheets of a form have the same formulas."""
    return tuple(formula_faults(formula, sheets))


def _each_formula(book: Book) -> Iterator[tuple[str, str]]:
    """Each formula with its place: cells, conditional formats, validations, names."""
    for sheet in book.sheets:
        for cell in sheet.each("c"):
            formula = cell.findtext(MAIN + "f")
            if formula:
                yield f"{sheet.name}!{cell.get('r')}", formula
        for tag in ("formula", "formula1", "formula2"):
            for element in sheet.each(tag):
                if not _is_list(element):
                    yield f"{sheet.name} <{tag}>", element.text or ""
    for name in book.names:
        yield f"name {name.get('name')}", name.text or ""


def _is_list(formula: etree._Element) -> bool:
    """Whether a validation's formula is a list of choices written out, which is no formula."""
    rule = formula.getparent()
    return rule is not None and rule.get("type") == "list" and (formula.text or "").startswith('"')


def _validations(book: Book) -> Iterator[str]:
    for sheet in book.sheets:
        if next(sheet.root.iter(X14 + "dataValidations"), None) is not None:
            yield f"x14-validation: {sheet.name}: WPS and openpyxl lose it"
        boxes: list[Box] = []
        for rule in sheet.each("dataValidation"):
            sqref = rule.get("sqref", "")
            boxes += _boxes(sqref)
            yield from (fault.replace("@", f"{sheet.name}!{sqref}", 1) for fault in _validation_faults(rule))
        yield from (f"validation-overlap: {sheet.name}: {pair}" for pair in _overlaps(boxes))


def _validation_faults(rule: etree._Element) -> Iterator[str]:
    """Faults of one validation, with @ for its place."""
    for formula in (*rule.iter(MAIN + "formula1"), *rule.iter(MAIN + "formula2")):
        kind, text = ("list", (formula.text or "")[1:-1]) if _is_list(formula) else ("formula", formula.text or "")
        if width(text) > LONGEST_CHOICE:
            yield f"validation-{kind}: @: {width(text)} characters, at most {LONGEST_CHOICE}"
    for attribute, most in _MESSAGES.items():
        if width(rule.get(attribute, "")) > most:
            yield f"validation-{attribute}: @: {width(rule.get(attribute, ''))} characters, at most {most}"


def _texts(book: Book) -> Iterator[str]:
    for number, text in enumerate(book.texts):
        if width(text) > LONGEST_CELL:
            yield f"text-length: shared string {number}: {width(text)} characters, at most {LONGEST_CELL}"
    for sheet in book.sheets:
        for cell in sheet.each("c"):
            if width(text_of(cell)) > LONGEST_CELL:
                yield f"text-length: {sheet.name}!{cell.get('r')}: at most {LONGEST_CELL} characters"
            number = int(cell.findtext(MAIN + "v") or "0") if cell.get("t") == "s" else 0
            if cell.get("t") == "s" and number >= len(book.texts):
                yield f"shared-string: {sheet.name}!{cell.get('r')}: number {number} of {len(book.texts)}"


def _styles(book: Book) -> Iterator[str]:
    if book.styles > MOST_STYLES:
        yield f"styles: workbook: {book.styles} cell formats, at most {MOST_STYLES}"


CHECKS: Final[tuple[Callable[[Book], Iterator[str]], ...]] = (
    _merges,
    _order,
    _names,
    _formulas,
    _validations,
    _texts,
    _styles,
)
