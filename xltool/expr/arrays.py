"""The Excel face for the rows of a table at once: how many violate a predicate, by one array in SUMPRODUCT."""

from __future__ import annotations

from functools import singledispatch

from xltool.expr.bind import bind_params
from xltool.expr.excel import FULL_WIDTH_SPACE, LARGEST, CellReferences, UnsayableError, constant, literal
from xltool.expr.nodes import (
    NONE_MARKS,
    And,
    Compare,
    Const,
    Expr,
    Field,
    Filled,
    Not,
    Nothing,
    Numeric,
    Or,
    Predicate,
    fields_of,
)


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
    violated = f"(1-{_each(predicate, cells)})"
    column = next(field for field in fields_of(predicate) if field.table)
    return "*".join([cells.below_head(column), *factors, violated])


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
def _each(node: Expr | Predicate, cells: CellReferences) -> str:  # noqa: ARG001 - the signature of all nodes
    """The predicate as an array of 0 and 1 over the rows of a table."""
    msg = f"no array face for {type(node).__name__}"
    raise UnsayableError(msg)


@_each.register
def _(node: Field, cells: CellReferences) -> str:
    return cells.span(node)


@_each.register
def _(node: Const, cells: CellReferences) -> str:  # noqa: ARG001 - the signature of all nodes
    return constant(node)


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
