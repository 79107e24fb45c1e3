"""Expressions over declared fields: the nodes in which a formula or a rule is written once.

A tree of these frozen nodes knows neither Excel nor pandas. `xltool.expr.excel` renders it as a worksheet formula,
`xltool.expr.frame` evaluates it over all submissions at once; both follow the same law:

* a value is a number or blank; arithmetic on a blank is blank, division by zero is blank;
* `Total` and `Sum` skip blanks and are blank only where every part is blank;
* a predicate that compares a blank is unknown, and an unknown predicate is never a violation.

So rules need no guards: a rule is silent where a field it needs is blank.

Nodes are structs of msgspec: to make a class of `dataclasses` takes fifty times as long, and each process of a command
makes them all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xltool.expr.kinds import NONE_MARKS as NONE_MARKS  # noqa: PLC0414 - exported
from xltool.expr.kinds import Kind as Kind  # noqa: PLC0414, TC001 - exported

if TYPE_CHECKING:
    from collections.abc import Iterator

NOISE = 6
"""Decimals kept when sums and differences are compared: below a cent of 万元, above float noise."""


class Expr(Struct, frozen=True):
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

    def within(self, limit: float) -> And:
        """A change of at most `limit`, up or down."""
        return (self <= limit) & (self >= -limit)

    @property
    def or_zero(self) -> OrZero:
        """This value, or 0 where it is blank."""
        return OrZero(self)


class Predicate(Struct, frozen=True):
    """True, false or unknown; unknown where a value it compares is blank."""

    def __and__(self, other: Predicate) -> And:
        return And(self, other)

    def __or__(self, other: Predicate) -> Or:
        return Or(self, other)

    def __invert__(self) -> Not:
        return Not(self)


class _Named(Expr, frozen=True, eq=False):
    """What every field has."""

    key: str
    kind: Kind


class Field(_Named, frozen=True, eq=False, kw_only=True, dict=True):
    """A cell of a form that is filled in or calculated; a field is equal only to itself.

    `key` is the official label path (contract §2). `formula` makes it a calculated field and
    `code` names the rule that compares the filed value with it, within `tolerance` (None: the
    precision the value was printed with). `table` is the key of the table a column belongs to.
    `aliases` are other labels departments and other editions use. `preset` is what the form itself
    prints in the cell. `derived` fields exist only after reading (a parsed target, for example) and
    have no Excel face. `name` is the name defined in the template, where it is not the key.
    `form` restricts a field that several forms share to one of them. `prior_of` makes it that field
    in last year's filing, known only where that filing is given.
    """

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
        """Whether a department fills it in: it is neither calculated nor printed nor derived."""
        return self.formula is None and self.preset is None and not self.derived

    def on_form(self, form: str) -> Field:
        """This shared field on the form with this key."""
        return replace(self, form=form)

    @cached_property
    def prior(self) -> Field:
        """This field in last year's filing of the same department (on 附件3: of the same project).

        It has no formula, because the value that was filed or calculated last year counts.
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
        """Whether the text of the cell contains the regular expression; `words` describe it in Chinese."""
        return Matches(self, pattern, words)

    def same_text(self, other: Field) -> SameText:
        """Whether both cells hold the same text, apart from white space and the width of brackets."""
        return SameText(self, other)


class Const(Expr, frozen=True):
    """A number."""

    value: float


class Param(Expr, frozen=True):
    """A number of the scoring profile (`xltool.params`), such as the points of execution.

    Blank where a profile leaves the matter open, so that a comparison with it is unknown. A setting is a
    number too: 1 where it is on, else 0.
    """

    name: str

    @property
    def is_on(self) -> Compare:
        """Whether the setting is on."""
        return self > 0


class Binary(Expr, frozen=True):
    """left op right; blank where a side is blank or a divisor is zero."""

    op: str
    left: Expr
    right: Expr


class Total(Expr, frozen=True):
    """Sum of fields, blanks skipped; blank where all are blank."""

    parts: tuple[Field, ...]


class Sum(Expr, frozen=True):
    """Sum of a table column over the rows of a form, or of a field over the 附件3 of a filing.

    `group` keeps the rows of one 一级指标 only.
    """

    column: Field
    group: str | None = None


class Least(Expr, frozen=True):
    """The smaller of two values."""

    left: Expr
    right: Expr


class Greatest(Expr, frozen=True):
    """The larger of two values."""

    left: Expr
    right: Expr


class Rounded(Expr, frozen=True):
    """Rounded half away from zero, as a spreadsheet does."""

    value: Expr
    digits: int


class Lookup(Expr, frozen=True):
    """The number of a column in the only row of a table whose `key` column holds the text of `name`.

    Blank where no row or several rows hold that text. Only forms look up: the audit pairs rows by rules of its own.
    """

    column: Field
    key: Field
    name: Field


class OrZero(Expr, frozen=True):
    """The value, or 0 where it is blank."""

    value: Expr


class Choose(Expr, frozen=True):
    """`then` where the condition holds, else `otherwise`; blank where it is unknown.

    The side that is not chosen is not evaluated and may be blank.
    """

    condition: Predicate
    then: Expr
    otherwise: Expr


class Compare(Predicate, frozen=True):
    """left op right; differences below the noise of floats are ignored."""

    op: str
    left: Expr
    right: Expr


class Close(Predicate, frozen=True):
    """|left - right| <= tolerance."""

    left: Expr
    right: Expr
    tolerance: float


class Filled(Predicate, frozen=True):
    """Something stands in the cell; unknown only where a form of another layout has no such cell."""

    field: Field


class Numeric(Predicate, frozen=True):
    """A number can be read from the cell; unknown only where the form has no such cell."""

    field: Field


class Nothing(Predicate, frozen=True):
    """The cell says that there is nothing to report (无, /, ——); unknown only where the form has no such cell."""

    field: Field


class Agrees(Predicate, frozen=True):
    """The filed value of a calculated field is what its formula gives, within its tolerance.

    Unknown where either is blank, and where the cell still holds the issued formula: then the
    spreadsheet calculated it, and W-09 reports a stale result. It has no Excel face, because there
    the locked formula itself is the check. A tolerance of None means the precision the value was
    printed with, and one unit of it for truncation.
    """

    field: Field
    tolerance: float | None


class Whole(Predicate, frozen=True):
    """The value is a whole number; unknown where blank."""

    value: Expr


class Matches(Predicate, frozen=True):
    """The text contains the regular expression; unknown where blank. Only plain words have an Excel face.

    `words` describe what it looks for, where a reader could not tell from the expression.
    """

    field: Field
    pattern: str
    words: str = ""


class SameText(Predicate, frozen=True):
    """Both cells hold the same text, white space and full-width forms aside; unknown where either is blank."""

    left: Field
    right: Field


class And(Predicate, frozen=True):
    """Both hold; unknown where either is unknown."""

    left: Predicate
    right: Predicate


class Or(Predicate, frozen=True):
    """At least one holds; unknown where either is unknown."""

    left: Predicate
    right: Predicate


class Not(Predicate, frozen=True):
    """The operand does not hold; unknown where that is unknown."""

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
    """Sum of the fields, blanks skipped."""
    return Total(parts)


def walk(node: Expr | Predicate) -> Iterator[Expr | Predicate]:
    """The node and every node below it, depth first; a calculated field is a leaf."""
    yield node
    if not isinstance(node, Field):
        for value in map(node.__getattribute__, node.__struct_fields__):
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, Expr | Predicate):
                    yield from walk(child)


def fields_of(node: Expr | Predicate) -> tuple[Field, ...]:
    """The fields a tree reads, each once, in their order in the tree."""
    return tuple(dict.fromkeys(child for child in walk(node) if isinstance(child, Field)))
