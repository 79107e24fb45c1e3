"""Cell references in A1 notation: reading them, and moving the references of a shared formula."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.findings import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

ROWS = 1_048_576
COLUMNS = 16_384
"""Rows and columns of a sheet in Excel."""

Position = tuple[int, int]
"""Row and column of a cell, from 1."""
Span = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 1, inclusive."""

_DIGITS = "0123456789"

# Texts, quoted sheet names and bracketed parts are skipped as a whole: nothing inside them is a reference.
_TOKEN = re.compile(
    r"""
      "(?:[^"]|"")*"  |  '(?:[^']|'')*'  |  \[(?:[^\[\]]|\[[^\[\]]*\])*\]
    | (?<![\w.\\$?]) (?:
        (?P<cell>(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6}))
      | (?P<columns>(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3}))
      | (?P<rows>(\$?)([1-9][0-9]{0,6}):(\$?)([1-9][0-9]{0,6}))
      ) (?![\w.\\?(!])
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Number from 1 of a column's letters; ValueError beyond XFD or if they are no letters A to Z.

    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters.upper():
        digit = ord(letter) - 64
        if not 1 <= digit <= 26:  # noqa: PLR2004 - the alphabet
            number = 0
            break
        number = number * 26 + digit
    if not 1 <= number <= COLUMNS:
        msg = f"not a column: {letters!r}"
        raise ValueError(msg)
    return number


def row_column(reference: str) -> Position:
    """Row and column, both from 1, of a plain reference such as B12 ($ not expected); ValueError if it is none."""
    letters = reference.rstrip(_DIGITS)
    row = int(reference[len(letters) :])
    if not 1 <= row <= ROWS:
        msg = f"not a row: {reference!r}"
        raise ValueError(msg)
    return row, column_number(letters)


@lru_cache(maxsize=8192)
def cached_position(reference: str) -> Position:
    """As `row_column`, with a cache, since all forms have the same cells."""
    return row_column(reference)


@lru_cache(maxsize=4096)
def span(reference: str) -> Span:
    """First row, first column, last row, last column of a range, a cell, whole columns or whole rows.

    ValueError if it is none of these.

    >>> span("B4:D9")
    (4, 2, 9, 4)
    >>> span("B:C")
    (1, 2, 1048576, 3)
    """
    first, _, last = reference.replace("$", "").partition(":")
    last = last or first
    if first.isalpha() and last.isalpha():
        first, last = f"{first}1", f"{last}{ROWS}"
    elif first.isdecimal() and last.isdecimal():
        first, last = f"A{first}", f"{column_letters(COLUMNS)}{last}"
    (row1, column1), (row2, column2) = row_column(first), row_column(last)
    return min(row1, row2), min(column1, column2), max(row1, row2), max(column1, column2)


def is_within(position: Position, spans: Iterable[Span]) -> bool:
    """Whether a cell lies in one of the spans."""
    row, column = position
    return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in spans)


_Atoms = tuple[str | int, ...]
"""A parsed reference: texts that stay, rows that move as numbers above 0, columns that move as numbers below 0."""


def shift_formula(formula: str, rows: int, columns: int) -> str:
    """The formula after a copy `rows` further down and `columns` further right: relative references move.

    A reference that would leave the sheet becomes #REF!, as in Excel.

    >>> shift_formula('SUM(A1:$B2)&"A1"', 1, 0)
    'SUM(A2:$B3)&"A1"'
    """
    return "".join(piece if isinstance(piece, str) else _moved(piece, rows, columns) for piece in _parsed(formula))


@lru_cache(maxsize=64)
def _parsed(formula: str) -> tuple[str | _Atoms, ...]:
    """Texts and references of a formula, in order; cached, since thousands of cells share a formula."""
    pieces: list[str | _Atoms] = []
    end = 0
    for match in _TOKEN.finditer(formula):
        pieces += [formula[end : match.start()], _atoms(match)]
        end = match.end()
    return (*pieces, formula[end:])


def _atoms(match: re.Match[str]) -> str | _Atoms:
    """A parsed token; a token that is no reference is a text."""
    if match["cell"] or match["columns"]:
        letters = match[3] or max(match[8], match[10], key=lambda word: (len(word), word.upper()))
        if not _is_column(letters):
            return match[0]  # a name such as XYZ1
    if match["cell"]:
        return *_column(match[2], match[3]), *_row(match[4], match[5])
    if match["columns"]:
        return *_column(match[7], match[8]), ":", *_column(match[9], match[10])
    if match["rows"]:
        return *_row(match[12], match[13]), ":", *_row(match[14], match[15])
    return match[0]


def _moved(atoms: _Atoms, rows: int, columns: int) -> str:
    """A reference after the move."""
    texts = []
    for atom in atoms:
        if isinstance(atom, str):
            texts.append(atom)
        elif atom > 0 and 1 <= atom + rows <= ROWS:
            texts.append(str(atom + rows))
        elif atom < 0 and 1 <= columns - atom <= COLUMNS:
            texts.append(column_letters(columns - atom))
        else:
            return "#REF!"
    return "".join(texts)


def _is_column(letters: str) -> bool:
    """Whether up to three letters are a column, not the start of a name."""
    return len(letters) < 3 or letters.upper() <= "XFD"  # noqa: PLR2004


def _column(fixed: str, letters: str) -> _Atoms:
    """A column, which moves unless `fixed` by a $."""
    return (f"${letters}",) if fixed else (-column_number(letters),)


def _row(fixed: str, number: str) -> _Atoms:
    """A row, which moves unless `fixed` by a $."""
    return (f"${number}",) if fixed else (int(number),)
