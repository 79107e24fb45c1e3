"""A formula of a template: its text, and what it shows for the values that are filled in before it is issued."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xltool.expr import frame
from xltool.expr.nodes import Expr, Field, Predicate, Sum, fields_of, walk
from xltool.forms import foot, review


@dataclass(frozen=True, eq=False)
class Formula:
    """An expression as a formula (with its =) on one sheet."""

    expr: Expr
    text: str

    @cached_property
    def reads(self) -> frozenset[Field]:
        """The fields its value depends on."""
        return read_by(self.expr)

    def now(self, values: frame.Values) -> float | str:
        """What the spreadsheet will show for these values, "" where that is nothing."""
        value = float(frame.evaluate(self.expr, values)[0])
        return "" if value != value else value  # noqa: PLR0124 - NaN


def read_by(node: Expr | Predicate) -> frozenset[Field]:
    """Every field the value depends on, those that calculated fields follow from included.

    The end of the year is left out: it is the same on all forms of a year.
    """
    found = set(fields_of(node))
    for item in tuple(found):
        if item.formula is not None:
            found |= read_by(item.formula)
    if any(isinstance(one, Sum) and one.group is not None for one in walk(node)):
        found.add(review.category)
    return frozenset(found - {foot.year_end})
