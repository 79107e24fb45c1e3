"""The pandas face: an expression evaluated over all submissions (or rows, or filings) at once.

A `FrameScope` gives the columns of one frame as arrays of one length; everything else is numpy.
Blank is NaN, and NaN propagates through arithmetic, so expressions need no guards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, singledispatch
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from xltool import params
from xltool.expr.dates import serial
from xltool.expr.nodes import (
    NOISE,
    NONE_MARKS,
    Agrees,
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
    Param,
    Predicate,
    Rounded,
    SameText,
    Sum,
    Total,
    Whole,
    formula_of,
)
from xltool.normalize import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Numbers = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

GROUP_COLUMN = "一级指标"
"""Key of the column that says which group a table row belongs to."""

_ULPS = 4 * np.finfo(np.float64).eps
_COMPARE: dict[str, Callable[[Numbers, float], Booleans]] = {
    "<=": np.less_equal,
    "<": np.less,
    ">=": np.greater_equal,
    ">": np.greater,
}
_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {"+": np.add, "-": np.subtract, "*": np.multiply}


class FrameScope(Protocol):
    """The columns of one frame: every array has one entry for each of its rows."""

    def __len__(self) -> int:
        """Number of rows."""

    def number(self, field: Field) -> Numbers:
        """Values of a numeric field, NaN where blank or not readable as a number."""

    def present(self, field: Field) -> Booleans:
        """Whether the form has the cell at all; other layouts may lack a column."""

    def filled(self, field: Field) -> Booleans:
        """Whether anything stands in the cell."""

    def text(self, field: Field) -> npt.NDArray[np.object_]:
        """Texts of a field, "" where blank."""

    def step(self, field: Field) -> Numbers:
        """One unit of the last printed decimal of what was typed; NaN where a formula stands."""

    def summed(self, column: Field, group: str | None) -> Numbers:
        """Sum of a column over the table rows that belong to each row of this frame, NaN where none is a number."""

    def param(self, name: str) -> Numbers:
        """Number of a parameter in the profile each row is judged by; NaN where that leaves the matter open."""


class Truth(NamedTuple):
    """A predicate over a frame: what holds, and where that is known."""

    holds: Booleans
    known: Booleans

    @property
    def violated(self) -> Booleans:
        """Known not to hold."""
        return self.known & ~self.holds


def violations(predicate: Predicate, scope: FrameScope) -> Booleans:
    """Mask of the rows in which the predicate is known and does not hold."""
    return truth(predicate, scope).violated


def round_half_away(values: Numbers, digits: int) -> Numbers:
    """Round as spreadsheets do: half away from zero on the decimal that is printed.

    2.675 is stored a little below the half and still becomes 2.68, in Excel as here.
    """
    factor = 10.0**digits
    scaled = np.abs(values) * factor
    return np.asarray(np.copysign(np.floor(scaled * (1 + _ULPS) + 0.5) / factor, values) + 0.0)


@singledispatch
def evaluate(node: Expr, scope: FrameScope) -> Numbers:
    """Values of an expression, NaN where blank; TypeError for an unknown node."""
    msg = f"no frame face for {type(node).__name__}"
    raise TypeError(msg)


@evaluate.register
def _(node: Field, scope: FrameScope) -> Numbers:
    return scope.number(node)


@evaluate.register
def _(node: Const, scope: FrameScope) -> Numbers:
    return _constant(node.value, len(scope))


@lru_cache(512)
def _constant(value: float, length: int) -> Numbers:
    numbers = np.full(length, value)
    numbers.flags.writeable = False
    return numbers


@evaluate.register
def _(node: Param, scope: FrameScope) -> Numbers:
    return scope.param(node.name)


@evaluate.register
def _(node: Binary, scope: FrameScope) -> Numbers:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if node.op != "/":
        return _ARITHMETIC[node.op](left, right)
    quotient = np.full(len(scope), np.nan)
    np.divide(left, right, out=quotient, where=(right != 0) & ~np.isnan(right))
    return quotient


@evaluate.register
def _(node: Total, scope: FrameScope) -> Numbers:
    sums, blank = _constant(0.0, len(scope)), _constant(1.0, len(scope)) > 0
    for part in node.parts:
        number = evaluate(part, scope)
        missing = np.isnan(number)
        sums, blank = sums + np.where(missing, 0.0, number), blank & missing
    return np.where(blank, np.nan, round_half_away(sums, NOISE))


@evaluate.register
def _(node: Sum, scope: FrameScope) -> Numbers:
    return round_half_away(scope.summed(node.column, node.group), NOISE)


@evaluate.register
def _(node: Lookup, scope: FrameScope) -> Numbers:
    if not isinstance(scope, Values):
        msg = "only a form looks up rows"
        raise TypeError(msg)
    names, numbers = (scope.values.get(column) for column in (node.key, node.column))
    name, rows = scope.text(node.name)[0], names if isinstance(names, list) else []
    same = [at for at, text in enumerate(rows) if name and text == name]
    if len(same) != 1 or not isinstance(numbers, list) or same[0] >= len(numbers):
        return _constant(np.nan, len(scope))
    return np.array([_as_number(numbers[same[0]])])


@evaluate.register
def _(node: Least, scope: FrameScope) -> Numbers:
    return np.minimum(evaluate(node.left, scope), evaluate(node.right, scope))


@evaluate.register
def _(node: Greatest, scope: FrameScope) -> Numbers:
    return np.maximum(evaluate(node.left, scope), evaluate(node.right, scope))


@evaluate.register
def _(node: Rounded, scope: FrameScope) -> Numbers:
    return round_half_away(evaluate(node.value, scope), node.digits)


@evaluate.register
def _(node: OrZero, scope: FrameScope) -> Numbers:
    value = evaluate(node.value, scope)
    return np.where(np.isnan(value), 0.0, value)


@evaluate.register
def _(node: Choose, scope: FrameScope) -> Numbers:
    condition = truth(node.condition, scope)
    then, otherwise = evaluate(node.then, scope), evaluate(node.otherwise, scope)
    return np.where(condition.known, np.where(condition.holds, then, otherwise), np.nan)


@singledispatch
def truth(node: Predicate, scope: FrameScope) -> Truth:
    """Truth of a predicate over a frame; TypeError for an unknown node."""
    msg = f"no frame face for {type(node).__name__}"
    raise TypeError(msg)


@truth.register
def _(node: Compare, scope: FrameScope) -> Truth:
    difference = round_half_away(evaluate(node.left, scope) - evaluate(node.right, scope), NOISE)
    return Truth(_COMPARE[node.op](difference, 0.0), ~np.isnan(difference))


@truth.register
def _(node: Close, scope: FrameScope) -> Truth:
    gap = round_half_away(np.abs(evaluate(node.left, scope) - evaluate(node.right, scope)), NOISE)
    return Truth(gap <= node.tolerance, ~np.isnan(gap))


@truth.register
def _(node: Filled, scope: FrameScope) -> Truth:
    return Truth(scope.filled(node.field), scope.present(node.field))


@truth.register
def _(node: Numeric, scope: FrameScope) -> Truth:
    return Truth(~np.isnan(scope.number(node.field)), scope.present(node.field))


@truth.register
def _(node: Nothing, scope: FrameScope) -> Truth:
    return Truth(np.isin(scope.text(node.field), NONE_MARKS), scope.present(node.field))


@truth.register
def _(node: Agrees, scope: FrameScope) -> Truth:
    step = scope.step(node.field)
    gap = round_half_away(np.abs(scope.number(node.field) - evaluate(formula_of(node.field), scope)), NOISE)
    close = gap < step if node.tolerance is None else gap <= node.tolerance
    return Truth(close, ~np.isnan(gap) & ~np.isnan(step))


@truth.register
def _(node: Whole, scope: FrameScope) -> Truth:
    value = evaluate(node.value, scope)
    return Truth(value == np.floor(value), ~np.isnan(value))


@truth.register
def _(node: Matches, scope: FrameScope) -> Truth:
    texts = scope.text(node.field)
    search = re.compile(node.pattern).search
    # Each distinct text is searched once: columns of words (units, kinds, categories) repeat a few texts.
    is_match = {text: search(text) is not None for text in set(texts)}
    return Truth(np.fromiter(map(is_match.__getitem__, texts), dtype=bool, count=len(texts)), texts != "")


@truth.register
def _(node: SameText, scope: FrameScope) -> Truth:
    left, right = scope.text(node.left), scope.text(node.right)
    same = {pair: pair[0] == pair[1] or fold(pair[0]) == fold(pair[1]) for pair in set(zip(left, right, strict=True))}
    known = {pair: all(text.strip() and text not in NONE_MARKS for text in pair) for pair in same}
    pairs = list(zip(left, right, strict=True))
    holds, are_known = (np.array([each[pair] for pair in pairs], dtype=bool) for each in (same, known))
    return Truth(holds, are_known)


@truth.register
def _(node: And, scope: FrameScope) -> Truth:
    left, right = truth(node.left, scope), truth(node.right, scope)
    return Truth(left.holds & right.holds, left.known & right.known)


@truth.register
def _(node: Or, scope: FrameScope) -> Truth:
    left, right = truth(node.left, scope), truth(node.right, scope)
    return Truth(left.holds | right.holds, left.known & right.known)


@truth.register
def _(node: Not, scope: FrameScope) -> Truth:
    operand = truth(node.operand, scope)
    return Truth(~operand.holds, operand.known)


@dataclass(frozen=True)
class Values:
    """A frame of one row, given as plain values: for a blank form, or the examples of rules.

    `values` holds numbers, texts or None by field; a list for a table column (or for a field summed
    over forms). A calculated field that is not given follows from the others.
    """

    values: Mapping[Field, object]
    profile: params.Profile = params.DEFAULT

    def __len__(self) -> int:
        return 1

    def number(self, field: Field) -> Numbers:
        """The value as a number, NaN if it is not a number."""
        if field not in self.values:
            if field.formula is not None:
                return evaluate(field.formula, self)
            if field.preset is not None:
                return self.param(field.preset.name)
        return np.array([_as_number(value) for value in self._each(field)])

    def present(self, field: Field) -> Booleans:  # noqa: ARG002 - the signature of all scopes
        """Always true: an example has every field that a rule reads."""
        return np.full(len(self), fill_value=True)

    def filled(self, field: Field) -> Booleans:
        """Whether a value is given and not an empty text."""
        if field.formula is not None and field not in self.values:
            return ~np.isnan(self.number(field))
        return np.array([value is not None and str(value).strip() != "" for value in self._each(field)], dtype=bool)

    def text(self, field: Field) -> npt.NDArray[np.object_]:
        """The value as text, "" where it is None."""
        return np.array(["" if value is None else str(value) for value in self._each(field)], dtype=object)

    def step(self, field: Field) -> Numbers:
        """The last decimal the value is written with; NaN where it is not given."""
        return np.array([_step(value) for value in self._each(field)])

    def summed(self, column: Field, group: str | None) -> Numbers:
        """Sum of the listed values, of the rows of one group where asked."""
        listed = self.values.get(column)
        items = listed if isinstance(listed, list) else [listed]
        groups = next((kept for field, kept in self.values.items() if field.key == GROUP_COLUMN), None)
        if group is not None and isinstance(groups, list) and isinstance(listed, list):
            items = [item for item, name in zip(items, groups, strict=True) if name == group]
        numbers = [float(item) for item in items if isinstance(item, int | float)]
        return np.full(len(self), sum(numbers) if numbers else np.nan)

    def param(self, name: str) -> Numbers:
        """Number of a parameter in the profile."""
        return np.full(len(self), self.profile[name])

    def _each(self, field: Field) -> list[object]:
        """The given values of a field, one for each row of this frame."""
        return [self.values.get(field)]


class RowValues(Values):
    """As `Values`, with a row for each row of a table; a value outside the table is repeated in all rows."""

    def __len__(self) -> int:
        return max((len(value) for value in self.values.values() if isinstance(value, list)), default=0)

    def _each(self, field: Field) -> list[object]:
        value, length = self.values.get(field), len(self)
        # A column that is filled in less far than another is blank below.
        return [*value, *[None] * (length - len(value))] if isinstance(value, list) else [value] * length


def _as_number(value: object) -> float:
    if isinstance(value, date):
        value = serial(value)
    return float(value) if isinstance(value, int | float) else np.nan


def _step(value: object) -> float:
    if not isinstance(value, int | float):
        return np.nan
    return float(10.0 ** -(len(repr(value).partition(".")[2]) if isinstance(value, float) else 0))
