"""The Excel face: an expression as a worksheet formula.

Parameters are bound first: a formula holds the numbers of the profile its template is issued for.
Only functions that Excel 2010, WPS and LibreOffice share are used, and references are plain
cells, never names (engines disagree on sheet-scoped names). A node without an Excel face raises
`UnsayableError`; its rule is then checked by the bureau only, and the catalogue says so.
"""

from __future__ import annotations

from functools import singledispatch
from math import isnan
from typing import TYPE_CHECKING, Protocol

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
    Not,
    Nothing,
    Numeric,
    Or,
    OrZero,
    Predicate,
    Rounded,
    Sum,
    Total,
    Whole,
    fields_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FULL_WIDTH_SPACE = "\u3000"
LITERAL_LIMIT = 255
LARGEST = "9E+307"


class UnsayableError(TypeError):
    """The node has no Excel face."""


class CellReferences(Protocol):
    """Where fields stand on the sheet a formula is written for."""

    def cell(self, field: Field) -> str:
        """Reference to the field's cell; for a column, to the cell in the row at hand.

        Raises UnsayableError for a field that does not stand on this sheet.
        """

    def span(self, column: Field, group: str | None = None) -> str:
        """Reference to all rows of a column, or to those of one 一级指标."""

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


def count_violations(predicate: Predicate, cells: CellReferences) -> str:
    """An expression (no =) for the number of table rows in which the predicate is violated.

    IF and AND do not work on arrays outside array formulas, so only presence, numeric tests and
    direct comparisons of columns and numbers are possible; anything else raises UnsayableError.
    """
    return f"SUMPRODUCT({violation_flags(predicate, cells)})"


def violation_flags(predicate: Predicate, cells: CellReferences) -> str:
    """An array of 1 for each table row in which the predicate is violated, else 0; for use within SUMPRODUCT."""
    predicate = bind_params(predicate, cells.param)
    factors = [_numeric_range(cells.span(field)) for field in _compared(predicate)]
    return "*".join([*factors, f"(1-{_each(predicate, cells)})"])


def shown(expr: Expr, cells: CellReferences, as_text: Callable[[str], str], blank: str) -> str:
    """An expression (no =) for the value as the text that `as_text` makes of it, or the text for a blank."""
    expr = bind_params(expr, cells.param)
    return _guarded(_conditions(expr, cells), as_text(_value(expr, cells)), literal(blank))


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
    return [f"COUNT({cells.span(node.column, node.group)})>0"]


@_known.register(Least)
@_known.register(Greatest)
@_known.register(Close)
@_known.register(Compare)
@_known.register(And)
@_known.register(Or)
def _(node: Least | Greatest | Close | Compare | And | Or, cells: CellReferences) -> list[str]:
    return [*_known(node.left, cells), *_known(node.right, cells)]


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
def _(node: Const, cells: CellReferences) -> str:
    if isnan(node.value):
        msg = "the profile leaves this open: there is nothing to compare with"
        raise UnsayableError(msg)
    return f"{node.value:.15g}"


@_value.register
def _(node: Binary, cells: CellReferences) -> str:
    return f"({_value(node.left, cells)}{node.op}{_value(node.right, cells)})"


@_value.register
def _(node: Total, cells: CellReferences) -> str:
    return f"ROUND(SUM({','.join(cells.cell(part) for part in node.parts)}),{NOISE})"


@_value.register
def _(node: Sum, cells: CellReferences) -> str:
    return f"ROUND(SUM({cells.span(node.column, node.group)}),{NOISE})"


@_value.register
def _(node: Least, cells: CellReferences) -> str:
    return f"MIN({_value(node.left, cells)},{_value(node.right, cells)})"


@_value.register
def _(node: Greatest, cells: CellReferences) -> str:
    return f"MAX({_value(node.left, cells)},{_value(node.right, cells)})"


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
    return f"ROUND(ABS({_value(node.left, cells)}-{_value(node.right, cells)}),{NOISE})<={node.tolerance:.15g}"


@_holds.register
def _(node: Filled, cells: CellReferences) -> str:
    return _not_empty(cells.cell(node.field))


@_holds.register
def _(node: Nothing, cells: CellReferences) -> str:
    reference = cells.cell(node.field)
    return f"OR({','.join(f'{reference}={literal(mark)}' for mark in NONE_MARKS)})"


@_holds.register
def _(node: Numeric, cells: CellReferences) -> str:
    return f"ISNUMBER({cells.cell(node.field)})"


@_holds.register
def _(node: Whole, cells: CellReferences) -> str:
    value = _value(node.value, cells)
    return f"{value}=INT({value})"


@_holds.register
def _(node: And, cells: CellReferences) -> str:
    return f"AND({_holds(node.left, cells)},{_holds(node.right, cells)})"


@_holds.register
def _(node: Or, cells: CellReferences) -> str:
    return f"OR({_holds(node.left, cells)},{_holds(node.right, cells)})"


@_holds.register
def _(node: Not, cells: CellReferences) -> str:
    return f"NOT({_holds(node.operand, cells)})"


def _not_empty(reference: str) -> str:
    return f'LEN(TRIM(SUBSTITUTE({reference},"{FULL_WIDTH_SPACE}","")))>0'


def _numeric_range(span: str) -> str:
    # A text is larger than any number; engines disagree on ISNUMBER of a range inside SUMPRODUCT.
    return f'({span}<>"")*({span}<{LARGEST})'


def _compared(predicate: Predicate) -> tuple[Field, ...]:
    """The columns whose numbers are compared; tests of presence never make a predicate unknown."""
    if isinstance(predicate, And | Or):
        return tuple(dict.fromkeys([*_compared(predicate.left), *_compared(predicate.right)]))
    if isinstance(predicate, Not):
        return _compared(predicate.operand)
    if isinstance(predicate, Compare):
        return fields_of(predicate)
    return ()


@singledispatch
def _each(node: Expr | Predicate, cells: CellReferences) -> str:
    """The predicate as an array of 0 and 1 over the rows of a table."""
    msg = f"no array face for {type(node).__name__}"
    raise UnsayableError(msg)


@_each.register
def _(node: Field, cells: CellReferences) -> str:
    return cells.span(node)


@_each.register
def _(node: Const, cells: CellReferences) -> str:
    return _value(node, cells)


@_each.register
def _(node: Compare, cells: CellReferences) -> str:
    return f"({_each(node.left, cells)}{node.op}{_each(node.right, cells)})"


@_each.register
def _(node: Filled, cells: CellReferences) -> str:
    span = cells.span(node.field)
    # Engines disagree on TRIM of a range; a cell with one space counts as blank, as in reading.
    return f'(({span}<>"")*({span}<>" ")*({span}<>"{FULL_WIDTH_SPACE}"))'


@_each.register
def _(node: Nothing, cells: CellReferences) -> str:
    span = cells.span(node.field)
    return f"({'+'.join(f'({span}={literal(mark)})' for mark in NONE_MARKS)})"


@_each.register
def _(node: Numeric, cells: CellReferences) -> str:
    return f"({_numeric_range(cells.span(node.field))})"


@_each.register
def _(node: And, cells: CellReferences) -> str:
    return f"({_each(node.left, cells)}*{_each(node.right, cells)})"


@_each.register
def _(node: Or, cells: CellReferences) -> str:
    return f"(({_each(node.left, cells)}+{_each(node.right, cells)})>0)"


@_each.register
def _(node: Not, cells: CellReferences) -> str:
    return f"(1-{_each(node.operand, cells)})"
