"""Expressions over declared fields: what a formula or a rule says, once.

A tree of these frozen nodes knows neither Excel nor pandas. `xltool.expr.excel` renders it as a
worksheet formula, `xltool.expr.frame` as a Series over all submissions; both follow the same law:

* a value is a number or blank; arithmetic on a blank is blank, division by zero is blank;
* `Total` and `Sum` take blanks for nothing and are blank only where every part is blank;
* a predicate that compares a blank is unknown, and an unknown predicate is never a violation.

So no rule carries a guard of its own: where a field it needs is blank, it is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NOISE = 6
"""Decimals kept when sums and differences are compared: below a cent of 万元, above float noise."""


class Kind(StrEnum):
    """What a field holds; decides validation, number format, unit and how a cell is read."""

    COUNT = "count"
    MONEY = "money"
    AREA = "area"
    RATE = "rate"
    SCORE = "score"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    PHONE = "phone"

    @cached_property
    def numeric(self) -> bool:
        """Whether values of this kind are numbers."""
        return self in _NUMERIC

    @cached_property
    def unit(self) -> str | None:
        """The unit a value of this kind is kept in; None for rates (fractions) and texts."""
        return _UNITS.get(self)


_NUMERIC: Final = frozenset({Kind.COUNT, Kind.MONEY, Kind.AREA, Kind.RATE, Kind.SCORE})
_UNITS: Final = {Kind.COUNT: "人", Kind.MONEY: "万元", Kind.AREA: "㎡", Kind.SCORE: "分"}


class Expr:
    """A value: number or blank."""

    def __add__(self, other: Expr | float) -> Binary:
        return Binary("+", self, as_expr(other))

    def __sub__(self, other: Expr | float) -> Binary:
        return Binary("-", self, as_expr(other))

    def __mul__(self, other: Expr | float) -> Binary:
        return Binary("*", self, as_expr(other))

    def __truediv__(self, other: Expr | float) -> Binary:
        return Binary("/", self, as_expr(other))

    def __le__(self, other: Expr | float) -> Compare:
        return Compare("<=", self, as_expr(other))

    def __lt__(self, other: Expr | float) -> Compare:
        return Compare("<", self, as_expr(other))

    def __ge__(self, other: Expr | float) -> Compare:
        return Compare(">=", self, as_expr(other))

    def __gt__(self, other: Expr | float) -> Compare:
        return Compare(">", self, as_expr(other))

    def equals(self, other: Expr | float, tolerance: float) -> Close:
        """Equal within a declared tolerance, in the unit of the values."""
        return Close(self, as_expr(other), tolerance)

    @property
    def or_zero(self) -> OrZero:
        """This value, or 0 where it is blank."""
        return OrZero(self)


class Predicate:
    """True, false or unknown; unknown where a value it compares is blank."""

    def __and__(self, other: Predicate) -> And:
        return And(self, other)

    def __or__(self, other: Predicate) -> Or:
        return Or(self, other)

    def __invert__(self) -> Not:
        return Not(self)


@dataclass(frozen=True, eq=False)
class Field(Expr):
    """A cell of a form that is filled in or calculated; two fields are equal only if they are one.

    `key` is the official label path (contract §2). `formula` makes it a calculated field and
    `code` names the rule that compares the filed value with it, within `tolerance` (None: the
    precision the value was printed with). `table` is the key of the table a column belongs to.
    `aliases` are other labels departments and other editions use. `preset` is what the form itself
    prints in the cell. `derived` columns exist only after reading (a parsed target, say) and
    cannot be said in Excel. `name` is the name defined in the template, where it is not the key.
    `form` pins a field that several forms share to one of them. `prior_of` makes it the field of
    last year's filing that this one stood in, known only where that filing is at hand.
    """

    key: str
    kind: Kind
    formula: Expr | None = None
    code: str | None = None
    tolerance: float | None = None
    table: str | None = None
    aliases: tuple[str, ...] = ()
    prompt: str = ""
    preset: Param | None = None
    derived: bool = False
    name: str = ""
    form: str = ""
    prior_of: Field | None = None

    def __repr__(self) -> str:
        return f"<{self.key}>"

    @property
    def defined_name(self) -> str:
        """Name of the field's cell, or of all rows of a column, on its sheet."""
        return self.name or self.key

    @property
    def is_input(self) -> bool:
        """Whether a department fills it in: neither calculated nor printed nor derived."""
        return self.formula is None and self.preset is None and not self.derived

    def on_form(self, form: str) -> Field:
        """This shared field as it stands on one form of a filing."""
        return replace(self, form=form)

    @cached_property
    def prior(self) -> Field:
        """This field in last year's filing of the same department (of 附件3: of the same project).

        What was filed or calculated there is what counts, so it has no formula of its own.
        """
        return replace(self, formula=None, preset=None, prior_of=self)

    @property
    def filled(self) -> Filled:
        """Whether anything stands in the cell (a mark such as 无 counts)."""
        return Filled(self)

    @property
    def blank(self) -> Not:
        """Whether nothing stands in the cell."""
        return Not(Filled(self))

    def matches(self, pattern: str, words: str = "") -> Matches:
        """Whether the text of the cell contains the regular expression, which `words` put as one would say it."""
        return Matches(self, pattern, words)

    def same_text(self, other: Field) -> SameText:
        """Whether both cells hold the same text, white space and bracket width aside."""
        return SameText(self, other)


@dataclass(frozen=True)
class Const(Expr):
    """A number."""

    value: float


@dataclass(frozen=True)
class Param(Expr):
    """A number of the scoring profile (`xltool.params`), such as the points of execution.

    Blank where a profile leaves the matter open, so that what compares it is silent. A setting is a
    number too: 1 where it is on, else 0.
    """

    name: str

    @property
    def is_on(self) -> Compare:
        """Whether the setting is on."""
        return self > 0


@dataclass(frozen=True)
class Binary(Expr):
    """left op right; blank where a side is blank or a divisor is zero."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Total(Expr):
    """Sum of fields, blanks as nothing; blank where all are blank."""

    parts: tuple[Field, ...]


@dataclass(frozen=True)
class Sum(Expr):
    """Sum of a table column over the rows of a form, or of a field over the 附件3 of a filing.

    `group` keeps the rows of one 一级指标 only.
    """

    column: Field
    group: str | None = None


@dataclass(frozen=True)
class Least(Expr):
    """The smaller of two values."""

    left: Expr
    right: Expr


@dataclass(frozen=True)
class Greatest(Expr):
    """The larger of two values."""

    left: Expr
    right: Expr


@dataclass(frozen=True)
class Rounded(Expr):
    """Rounded half away from zero, as a spreadsheet does."""

    value: Expr
    digits: int


@dataclass(frozen=True)
class OrZero(Expr):
    """The value, or 0 where it is blank."""

    value: Expr


@dataclass(frozen=True)
class Choose(Expr):
    """`then` where the condition holds, else `otherwise`; blank where it is unknown.

    The side not taken may be blank: it is not looked at.
    """

    condition: Predicate
    then: Expr
    otherwise: Expr


@dataclass(frozen=True)
class Compare(Predicate):
    """left op right, differences below the noise of floats ignored."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Close(Predicate):
    """|left - right| <= tolerance."""

    left: Expr
    right: Expr
    tolerance: float


@dataclass(frozen=True)
class Filled(Predicate):
    """Something stands in the cell; unknown only where a form of another layout has no such cell."""

    field: Field


@dataclass(frozen=True)
class Numeric(Predicate):
    """A number can be read from the cell; unknown only where the form has no such cell."""

    field: Field


@dataclass(frozen=True)
class Agrees(Predicate):
    """The filed value of a calculated field is what its formula gives, within its tolerance.

    Unknown where either is blank, and where the cell still holds the issued formula: then the
    spreadsheet calculated it, and a stale result is a matter of the workbook (W-09). In Excel the
    locked formula itself is the check, so this cannot be said there. A tolerance of None stands
    for the precision the value was printed with, one unit for truncation.
    """

    field: Field
    tolerance: float | None


@dataclass(frozen=True)
class Whole(Predicate):
    """The value is a whole number; unknown where blank."""

    value: Expr


@dataclass(frozen=True)
class Matches(Predicate):
    """The text contains the regular expression; unknown where blank. Not sayable in Excel.

    `words` say what it looks for where that cannot be read off the expression.
    """

    field: Field
    pattern: str
    words: str = ""


@dataclass(frozen=True)
class SameText(Predicate):
    """Both cells hold the same text; unknown where either is blank. Not sayable in Excel."""

    left: Field
    right: Field


@dataclass(frozen=True)
class And(Predicate):
    """Both hold; unknown where either is unknown."""

    left: Predicate
    right: Predicate


@dataclass(frozen=True)
class Or(Predicate):
    """At least one holds; unknown where either is unknown."""

    left: Predicate
    right: Predicate


@dataclass(frozen=True)
class Not(Predicate):
    """Does not hold; unknown where unknown."""

    operand: Predicate


def as_expr(value: Expr | float) -> Expr:
    """The expression itself, or a constant of the number."""
    return value if isinstance(value, Expr) else Const(float(value))


def formula_of(field: Field) -> Expr:
    """The formula of a calculated field; TypeError for any other."""
    if field.formula is None:
        msg = f"{field.key} is not calculated"
        raise TypeError(msg)
    return field.formula


def total(*parts: Field) -> Total:
    """Sum of the fields, blanks as nothing."""
    return Total(parts)


def walk(node: Expr | Predicate) -> Iterator[Expr | Predicate]:
    """The node and every node below it, depth first; a calculated field is a leaf."""
    yield node
    if not isinstance(node, Field):
        for value in vars(node).values():
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, Expr | Predicate):
                    yield from walk(child)


def fields_of(node: Expr | Predicate) -> tuple[Field, ...]:
    """The fields a tree reads, each once, in the order they stand in it."""
    return tuple(dict.fromkeys(child for child in walk(node) if isinstance(child, Field)))
