"""Cell references in A1 notation: reading them, and moving those of a shared formula."""

from __future__ import annotations

import re
from functools import lru_cache

ROWS = 1_048_576
COLUMNS = 16_384

Span = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 1, inclusive."""

_DIGITS = "0123456789"

# Texts, quoted sheet names and bracketed parts are passed over whole: what looks like a reference there is none.
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


@lru_cache(maxsize=1024)
def column_letters(number: int) -> str:
    """Letters of a column counted from 1.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def row_column(reference: str) -> tuple[int, int]:
    """Row and column, both from 1, of a plain reference such as B12 ($ not expected); ValueError if it is none."""
    letters = reference.rstrip(_DIGITS)
    row = int(reference[len(letters) :])
    if not 1 <= row <= ROWS:
        msg = f"not a row: {reference!r}"
        raise ValueError(msg)
    return row, column_number(letters)


@lru_cache(maxsize=8192)
def place(reference: str) -> tuple[int, int]:
    """As `row_column`; kept, since all forms have the same cells."""
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


def shift(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads `rows` further down and `columns` further right: relative references move.

    A reference that would leave the sheet becomes #REF!, as in Excel.

    >>> shift('SUM(A1:$B2)&"A1"', 1, 0)
    'SUM(A2:$B3)&"A1"'
    """

    def move(match: re.Match[str]) -> str:
        try:
            return _moved(match, rows, columns)
        except ValueError:
            return "#REF!"

    return _TOKEN.sub(move, formula)


def _moved(match: re.Match[str], rows: int, columns: int) -> str:
    """One token after the move; ValueError if it would leave the sheet."""
    if match["cell"] or match["columns"]:
        letters = match[3] or max(match[8], match[10], key=lambda word: (len(word), word.upper()))
        if not _is_column(letters):
            return match[0]  # a name such as XYZ1
    if match["cell"]:
        _, fixed_column, letters, fixed_row, number = match.group(1, 2, 3, 4, 5)
        return _column(fixed_column, letters, columns) + _row(fixed_row, number, rows)
    if match["columns"]:
        fixed, letters, fixed_last, letters_last = match.group(7, 8, 9, 10)
        return f"{_column(fixed, letters, columns)}:{_column(fixed_last, letters_last, columns)}"
    if match["rows"]:
        fixed, number, fixed_last, number_last = match.group(12, 13, 14, 15)
        return f"{_row(fixed, number, rows)}:{_row(fixed_last, number_last, rows)}"
    return match[0]


def _is_column(letters: str) -> bool:
    """Whether up to three letters are a column, not the start of a name."""
    return len(letters) < 3 or letters.upper() <= "XFD"  # noqa: PLR2004


def _column(fixed: str, letters: str, by: int) -> str:
    """A column moved, unless `fixed` by a $."""
    if fixed:
        return f"${letters}"
    number = column_number(letters)
    if not 1 <= number + by <= COLUMNS:
        raise ValueError(letters)
    return column_letters(number + by)


def _row(fixed: str, number: str, by: int) -> str:
    """A row moved, unless `fixed` by a $."""
    if fixed:
        return f"${number}"
    if not 1 <= int(number) + by <= ROWS:
        raise ValueError(number)
    return str(int(number) + by)
