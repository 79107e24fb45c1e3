"""A formula of a template: its text, and the result it shows for the values filled in before the form is issued."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xltool.expr import frame
from xltool.expr.nodes import Expr, Field, Predicate, Sum, fields_of, walk
from xltool.forms import foot, review


@dataclass(frozen=True, eq=False)
class Formula:
    """An expression and its formula on one sheet; the text begins with =."""

    expr: Expr
    text: str

    @cached_property
    def reads(self) -> frozenset[Field]:
        """The fields that its result depends on."""
        return fields_read_by(self.expr)

    def shown_for(self, values: frame.Values) -> float | str:
        """The result that a spreadsheet program shows for these values; "" for a blank."""
        value = float(frame.evaluate(self.expr, values)[0])
        return "" if value != value else value  # noqa: PLR0124 - NaN


def fields_read_by(node: Expr | Predicate) -> frozenset[Field]:
    """Every field that an expression depends on, with the fields that calculated fields are computed from.

    The end of the year is left out, since it is the same on all forms of a year.
    """
    fields = set(fields_of(node))
    for item in tuple(fields):
        if item.formula is not None:
            fields |= fields_read_by(item.formula)
    if any(isinstance(child, Sum) and child.group is not None for child in walk(node)):
        fields.add(review.category)
    return frozenset(fields - {foot.year_end})
