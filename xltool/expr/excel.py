"""The Excel face: an expression as a worksheet formula.

Parameters are bound first: a formula holds the numbers of the profile its template is issued for.
Only functions that Excel 2010, WPS and LibreOffice share are used, and references are plain
cells, never names (engines disagree on sheet-scoped names). A node without an Excel face raises
`UnsayableError`; its rule is then checked by the bureau only, and the catalogue says so.
"""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch
from math import isnan
from typing import TYPE_CHECKING, Final, Protocol

from xltool.expr.bind import bind_params
from xltool.expr.nodes import (
    NOISE,
    NONE_MARKS,
    And,
    Binary,
    Choose,
    Close,
    Compare,
    Const,
    Expr,
    Field,
    Filled,
    Greatest,
    Least,
    Lookup,
    Matches,
    Not,
    Nothing,
    Numeric,
    Or,
    OrZero,
    Predicate,
    Rounded,
    SameText,
    Sum,
    Total,
    Whole,
)
from xltool.expr.plain_words import PlainWords, plain_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

FULL_WIDTH_SPACE = "\u3000"
_WHITE_SPACE: Final = ('" "', f'"{FULL_WIDTH_SPACE}"', "CHAR(10)")
_WIDE_BRACKETS: Final = (('"（"', '"("'), ('"）"', '")"'))
LITERAL_LIMIT = 255
"""Characters of the longest text that Excel takes as one literal."""
LARGEST = "9E+307"
"""A text is larger than any number, which no number is."""


class UnsayableError(TypeError):
    """The node has no Excel face."""


class CellReferences(Protocol):
    """Where fields stand on the sheet a formula is written for."""

    def cell(self, field: Field) -> str:
        """Reference to the field's cell; for a column, to the cell in the row at hand.

        Raises UnsayableError for a field that does not stand on this sheet.
        """

    def span(self, column: Field, group: str | None = None) -> str:
        """Reference to all rows of a column, or to those of one 一级指标, with the row above them."""

    def totalled(self, function: str, column: Field, group: str | None = None) -> str:
        """SUM or COUNT of the same rows, without a number in the row above."""

    def below_head(self, column: Field) -> str:
        """An array of TRUE for the rows of a column, FALSE for the row above them."""

    def param(self, name: str) -> float:
        """Number of a parameter in the profile the sheet is issued for; NaN where it leaves the matter open."""


def formula(expr: Expr, cells: CellReferences) -> str:
    """The formula (with its =) that shows the value, or nothing where it is blank."""
    expr = bind_params(expr, cells.param)
    return "=" + _guarded(_conditions(expr, cells), _value(expr, cells), '""')


def criterion(predicate: Predicate, cells: CellReferences) -> str:
    """The formula of a conditional format: TRUE where the predicate is known and does not hold."""
    return "=" + violated(predicate, cells)


def violated(predicate: Predicate, cells: CellReferences) -> str:
    """An expression (no =) that is TRUE where the predicate is known and does not hold."""
    predicate = bind_params(predicate, cells.param)
    return _guarded(_conditions(predicate, cells), f"NOT({_holds(predicate, cells)})", "FALSE")


def known_where(predicate: Predicate, cells: CellReferences) -> list[str]:
    """Conditions (no =) that hold wherever the predicate is known."""
    return _conditions(bind_params(predicate, cells.param), cells)


def shown(
    expr: Expr, cells: CellReferences, as_text: Callable[[str], str], *, blank: str, known: Collection[str] = ()
) -> str:
    """An expression (no =) for the value as a text, or the text for a blank; `known` are conditions that hold."""
    expr = bind_params(expr, cells.param)
    conditions = [condition for condition in _conditions(expr, cells) if condition not in known]
    return _guarded(conditions, as_text(_value(expr, cells)), literal(blank))


def literal(text: str) -> str:
    """A quoted string, split where Excel's limit of 255 characters demands it."""
    parts = [text[start : start + LITERAL_LIMIT] for start in range(0, len(text), LITERAL_LIMIT)] or [""]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)


def _guarded(conditions: list[str], body: str, otherwise: str) -> str:
    if not conditions:
        return body
    test = conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"
    # A divisor may only be evaluated once it is known to be a number: IF stops early, AND does not.
    return f"IF({test},{body},{otherwise})"


def _conditions(node: Expr | Predicate, cells: CellReferences) -> list[str]:
    return list(dict.fromkeys(_known(node, cells)))


@singledispatch
def _known(node: Expr | Predicate, cells: CellReferences) -> list[str]:
    """Conditions under which the node has a value."""
    msg = f"no Excel face for {type(node).__name__}"
    raise UnsayableError(msg)


@_known.register
def _(node: Field, cells: CellReferences) -> list[str]:
    return [f"ISNUMBER({cells.cell(node)})"]


@_known.register(Const)
@_known.register(OrZero)
@_known.register(Filled)
@_known.register(Nothing)
@_known.register(Numeric)
def _(node: Expr | Predicate, cells: CellReferences) -> list[str]:
    return []


@_known.register
def _(node: Binary, cells: CellReferences) -> list[str]:
    conditions = [*_known(node.left, cells), *_known(node.right, cells)]
    if node.op == "/":
        # A text in arithmetic is an error, and an error inside AND makes the whole an error; SUM of a cell is safe.
        conditions.append(f"{_safe(node.right, cells)}<>0")
    return conditions


@_known.register
def _(node: Total, cells: CellReferences) -> list[str]:
    return [f"COUNT({','.join(cells.cell(part) for part in node.parts)})>0"]


@_known.register
def _(node: Sum, cells: CellReferences) -> list[str]:
    return [f"{cells.totalled('COUNT', node.column, node.group)}>0"]


@_known.register
def _(node: Lookup, cells: CellReferences) -> list[str]:
    rows, column, name = cells.span(node.key), cells.span(node.column), cells.cell(node.name)
    numbers = f'({column}<>"")*({column}<{LARGEST})'
    same = f"({rows}={name})"
    return [not_empty(name), f"SUMPRODUCT({same}*1)=1", f"SUMPRODUCT({same}*{numbers})=1"]


@_known.register(Least)
@_known.register(Greatest)
@_known.register(Close)
@_known.register(Compare)
@_known.register(And)
@_known.register(Or)
def _(node: Least | Greatest | Close | Compare | And | Or, cells: CellReferences) -> list[str]:
    return [*_known(node.left, cells), *_known(node.right, cells)]


@_known.register
def _(node: Matches, cells: CellReferences) -> list[str]:
    _plain(node)
    return [not_empty(cells.cell(node.field))]


@_known.register
def _(node: SameText, cells: CellReferences) -> list[str]:
    # Where a cell says that there is nothing (无), no text stands to compare.
    sides = [cells.cell(side) for side in (node.left, node.right)]
    return [condition for side in sides for condition in (not_empty(side), f"NOT({_is_nothing(side)})")]


@_known.register(Rounded)
@_known.register(Whole)
def _(node: Rounded | Whole, cells: CellReferences) -> list[str]:
    return _known(node.value, cells)


@_known.register
def _(node: Not, cells: CellReferences) -> list[str]:
    return _known(node.operand, cells)


@_known.register
def _(node: Choose, cells: CellReferences) -> list[str]:
    known = _conditions(node.condition, cells)
    then, otherwise = (
        [condition for condition in _conditions(side, cells) if condition not in known]
        for side in (node.then, node.otherwise)
    )
    if then == otherwise:
        return [*known, *then]
    sides = (f"AND({','.join(side or ['TRUE'])})" for side in (then, otherwise))
    # A comparison of a quotient may only be evaluated once its divisor is known, but AND evaluates everything.
    return [*known, _guarded(known, f"IF({_holds(node.condition, cells)},{','.join(sides)})", "FALSE")]


def _safe(node: Expr, cells: CellReferences) -> str:
    if isinstance(node, Field):
        return f"SUM({cells.cell(node)})"
    if isinstance(node, Const):
        return _value(node, cells)
    msg = "only a field or a number can be divided by"
    raise UnsayableError(msg)


@singledispatch
def _value(node: Expr, cells: CellReferences) -> str:
    """The value, where it is known."""
    msg = f"no Excel face for {type(node).__name__}"
    raise UnsayableError(msg)


@_value.register
def _(node: Field, cells: CellReferences) -> str:
    return cells.cell(node)


@_value.register
def constant(node: Const, cells: CellReferences | None = None) -> str:
    """A number as a formula has it; UnsayableError where the profile leaves it open."""
    if isnan(node.value):
        msg = "the profile leaves this open: there is nothing to compare with"
        raise UnsayableError(msg)
    return _decimal(node.value)


def _decimal(value: float) -> str:
    """A number without an exponent, which every program writes in a way of its own."""
    return format(Decimal(f"{value:.15g}"), "f")


@_value.register
def _(node: Binary, cells: CellReferences) -> str:
    return f"({_value(node.left, cells)}{node.op}{_value(node.right, cells)})"


@_value.register
def _(node: Total, cells: CellReferences) -> str:
    return f"ROUND(SUM({','.join(cells.cell(part) for part in node.parts)}),{NOISE})"


@_value.register
def _(node: Sum, cells: CellReferences) -> str:
    return f"ROUND({cells.totalled('SUM', node.column, node.group)},{NOISE})"


@_value.register
def _(node: Lookup, cells: CellReferences) -> str:
    return f"SUMPRODUCT(({cells.span(node.key)}={cells.cell(node.name)})*1,{cells.span(node.column)})"


@_value.register(Least)
@_value.register(Greatest)
def _(node: Least | Greatest, cells: CellReferences) -> str:
    function = "MIN" if isinstance(node, Least) else "MAX"
    return f"{function}({_value(node.left, cells)},{_value(node.right, cells)})"


@_value.register
def _(node: Rounded, cells: CellReferences) -> str:
    return f"ROUND({_value(node.value, cells)},{node.digits})"


@_value.register
def _(node: OrZero, cells: CellReferences) -> str:
    if isinstance(node.value, Field):
        # Not N(): Gnumeric has an error for N() of an empty cell.
        return f"SUM({cells.cell(node.value)})"
    return _guarded(_conditions(node.value, cells), _value(node.value, cells), "0")


@_value.register
def _(node: Choose, cells: CellReferences) -> str:
    return f"IF({_holds(node.condition, cells)},{_value(node.then, cells)},{_value(node.otherwise, cells)})"


@singledispatch
def _holds(node: Predicate, cells: CellReferences) -> str:
    """The predicate, where it is known."""
    msg = f"no Excel face for {type(node).__name__}"
    raise UnsayableError(msg)


@_holds.register
def _(node: Compare, cells: CellReferences) -> str:
    return f"ROUND({_value(node.left, cells)}-{_value(node.right, cells)},{NOISE}){node.op}0"


@_holds.register
def _(node: Close, cells: CellReferences) -> str:
    return f"ROUND(ABS({_value(node.left, cells)}-{_value(node.right, cells)}),{NOISE})<={_decimal(node.tolerance)}"


@_holds.register
def _(node: SameText, cells: CellReferences) -> str:
    """Spaces, line breaks and the width of brackets aside; the frame face folds all other full-width forms too."""
    return f"EXACT({_folded(cells.cell(node.left))},{_folded(cells.cell(node.right))})"


def _folded(text: str) -> str:
    for old, new in (*_WIDE_BRACKETS, *((space, '""') for space in _WHITE_SPACE)):
        text = f"SUBSTITUTE({text},{old},{new})"
    return text


@_holds.register
def _(node: Filled, cells: CellReferences) -> str:
    return not_empty(cells.cell(node.field))


@_holds.register
def _(node: Nothing, cells: CellReferences) -> str:
    return _is_nothing(cells.cell(node.field))


def _is_nothing(reference: str) -> str:
    return f"OR({','.join(f'{reference}={literal(mark)}' for mark in NONE_MARKS)})"


@_holds.register
def _(node: Numeric, cells: CellReferences) -> str:
    return f"ISNUMBER({cells.cell(node.field)})"


@_holds.register
def _(node: Matches, cells: CellReferences) -> str:
    """Only plain words: contained in the text, at its begin, at its end, or the whole of it."""
    begins, words, ends = _plain(node)
    tests = {
        ("^", "$"): "{0}={1}",
        ("^", ""): "LEFT({0},{2})={1}",
        ("", "$"): "RIGHT({0},{2})={1}",
        ("", ""): "ISNUMBER(FIND({1},{0}))",
    }
    text = f"TRIM({cells.cell(node.field)})"
    parts = [tests[begins, ends].format(text, literal(word), len(word)) for word in words]
    return parts[0] if len(parts) == 1 else f"OR({','.join(parts)})"


def _plain(node: Matches) -> PlainWords:
    if (plain := plain_words(node.pattern)) is None:
        msg = f"no formula for the pattern {node.pattern}"
        raise UnsayableError(msg)
    return plain


@_holds.register
def _(node: Whole, cells: CellReferences) -> str:
    value = _value(node.value, cells)
    return f"{value}=INT({value})"


@_holds.register(And)
@_holds.register(Or)
def _(node: And | Or, cells: CellReferences) -> str:
    function = "AND" if isinstance(node, And) else "OR"
    return f"{function}({_holds(node.left, cells)},{_holds(node.right, cells)})"


@_holds.register
def _(node: Not, cells: CellReferences) -> str:
    return f"NOT({_holds(node.operand, cells)})"


def not_empty(reference: str) -> str:
    """A condition (no =) that something other than white space stands in a cell."""
    return f'LEN(TRIM(SUBSTITUTE({reference},"{FULL_WIDTH_SPACE}","")))>0'
