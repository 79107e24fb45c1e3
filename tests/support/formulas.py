"""Check the syntax of formulas without calculating: what Excel would repair, and functions other programs lack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST: Final = 8192
LONGEST_TEXT: Final = 255
DEEPEST: Final = 64

# In Excel 2010, WPS and LibreOffice alike, and calculated alike.
KNOWN: Final = frozenset(
    """ABS AND AVERAGE AVERAGEIF AVERAGEIFS CEILING CHAR CHOOSE CLEAN CODE COLUMN COLUMNS CONCATENATE COUNT COUNTA
    COUNTBLANK COUNTIF COUNTIFS DATE DATEVALUE DAY EXACT FALSE FIND FIXED FLOOR HLOOKUP HYPERLINK IF IFERROR INDEX INT
    ISBLANK ISERR ISERROR ISLOGICAL ISNA ISNONTEXT ISNUMBER ISTEXT LARGE LEFT LEN LOOKUP LOWER MATCH MAX MEDIAN MID MIN
    MOD MONTH N NA NOT OR POWER PRODUCT RANK REPLACE REPT RIGHT ROUND ROUNDDOWN ROUNDUP ROW ROWS SEARCH SIGN SMALL SQRT
    SUBSTITUTE SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT T TEXT TRIM TRUE TRUNC UPPER VALUE VLOOKUP YEAR""".split()
)
# Calculated at every keystroke, and different at every opening: a returned file would never be the issued one.
VOLATILE: Final = frozenset("CELL INDIRECT INFO NOW OFFSET RAND RANDBETWEEN TODAY".split())

# INDEX(…):INDEX(…) is a range. openpyxl takes its sign for a part of the name of the second function.
_RANGE_OF_CALLS: Final = re.compile(r"\):(?=INDEX\()")

_SHEET: Final = re.compile(r"(?:'((?:[^']|'')+)'|([^'!:]+(?::[^'!:]+)?))!")


def width(text: str) -> int:
    """Length as Excel counts it: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def formula_faults(formula: str, sheets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Faults of a formula (without its =) in a workbook with these sheets, as pairs of check and words."""
    if width(formula) > LONGEST:
        yield "formula-length", f"{width(formula)} characters, at most {LONGEST}"
    try:
        plain = _RANGE_OF_CALLS.sub(")+", formula)
        tokens = [token for token in Tokenizer(f"={plain}").items if token.type != Token.WSPACE]
    except (TokenizerError, IndexError) as error:
        yield "formula-syntax", f"{error}: {formula[:80]}"
        return
    fault = _structure(tokens)
    if fault:
        yield "formula-syntax", f"{fault}: {formula[:80]}"
    for token in tokens:
        yield from _token_faults(token)
    for sheet in missing_sheets(tokens, sheets):
        yield "missing-sheet", f"no sheet {sheet!r}: {formula[:80]}"
    if _depth(tokens) > DEEPEST:
        yield "formula-nesting", f"{_depth(tokens)} levels, at most {DEEPEST}"


def missing_sheets(tokens: Sequence[Token], sheets: Sequence[str]) -> Iterator[str]:
    """Sheets and other workbooks that references name and the workbook does not have."""
    have = {sheet.casefold() for sheet in sheets}
    for token in tokens:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            for quoted, plain in _SHEET.findall(token.value):
                name = quoted.replace("''", "'") or plain
                if name.casefold() not in have:
                    yield name


def _token_faults(token: Token) -> Iterator[tuple[str, str]]:
    """Faults of a token by itself: a function other programs lack, a text too long, a broken reference."""
    if token.type == Token.FUNC and token.subtype == Token.OPEN:
        name = token.value[:-1].upper()
        if name in VOLATILE:
            yield "volatile-function", name
        elif name not in KNOWN:
            yield "unknown-function", name
    elif token.type == Token.OPERAND and token.subtype == Token.TEXT:
        length = width(token.value[1:-1].replace('""', '"'))
        if length > LONGEST_TEXT:
            yield "formula-text", f"a text of {length} characters, at most {LONGEST_TEXT}"
    elif token.type == Token.OPERAND and token.value == "#REF!":
        yield "formula-syntax", "a broken reference, #REF!"


def _depth(tokens: Sequence[Token]) -> int:
    """The depth to which functions are nested."""
    deepest = depth = 0
    for token in tokens:
        if token.type == Token.FUNC:
            depth += 1 if token.subtype == Token.OPEN else -1
            deepest = max(deepest, depth)
    return deepest


def _structure(tokens: Sequence[Token]) -> str | None:
    """The fault in the order of tokens, None if there is none."""
    depth, complete, before = 0, False, ""
    for token in tokens:
        kind = token.subtype if token.subtype in (Token.OPEN, Token.CLOSE) else token.type
        fault = _misplaced(kind, before, complete=complete, depth=depth)
        if fault:
            return f"{fault} at {token.value[:20]!r}"
        depth += {Token.OPEN: 1, Token.CLOSE: -1}.get(kind, 0)
        complete = kind in (Token.OPERAND, Token.CLOSE, Token.OP_POST)
        before = "(" if token.type == Token.PAREN and kind == Token.OPEN else kind
    if depth:
        return "a parenthesis is not closed"
    return None if complete else "the formula ends too early"


def _misplaced(kind: str, before: str, *, complete: bool, depth: int) -> str | None:
    """The reason why a token may not stand here; `complete`: an operand stands before it."""
    if kind in (Token.OPERAND, Token.OPEN, Token.OP_PRE):
        return "an operator is missing" if complete else None
    if kind in (Token.OP_IN, Token.OP_POST):
        return None if complete else "an operand is missing"
    if kind == Token.CLOSE and not depth:
        return "a parenthesis too many"
    # An empty argument is fine, IF(a,,b) and NA(); an operator without its operand and () are not.
    return "an operand is missing" if before in (Token.OP_IN, Token.OP_PRE, "(") else None
