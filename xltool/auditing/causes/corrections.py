"""Corrections: another value for one cell of a form, which would settle the discrepancy that a check found.

The cells are those that a comparison adds up, down to the cells that a department fills in. Each alone can account for
the whole difference of the two sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Final

from msgspec import structs

from xltool.auditing.tables.scopes import FilingScope
from xltool.expr import frame
from xltool.expr.nodes import Agrees, Binary, Close, Field, OrZero, Sum, Total, formula_of, walk
from xltool.findings import Place
from xltool.forms import FORMS
from xltool.reader.notation.tokens import State
from xltool.reader.records import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.auditing.tables.scopes import FormScope
    from xltool.expr.nodes import Expr, Predicate
    from xltool.reader.records import FiledCell

MOST_FORMS: Final = 12
"""附件3 whose cells are tried, where a sum goes over all of a filing."""
DECIMALS: Final = 6
"""Decimals of a corrected value: what floating-point arithmetic adds lies behind them."""
_NUMBERS: Final = (State.FILLED, State.BLANK, State.UNPARSED)
"""States of cells that hold a number, none, or one that could not be read; a mark such as 无 is not corrected here."""
TEN_THOUSAND: Final = 10_000
"""An amount in 元 instead of 万元 is too large by this factor."""


@dataclass(frozen=True)
class Correction:
    """Another value for a cell: of a field, or of a column in a row of a table."""

    submission: Submission
    field: Field
    value: float
    row: int | None = None
    """Where the row stands among the rows of the form."""

    @cached_property
    def filed(self) -> FiledCell:
        """The cell as filed."""
        cells = self.submission.values if self.row is None else self.submission.rows[self.row].cells
        return cells[self.field.key]

    @cached_property
    def place(self) -> Place:
        """Where the cell is."""
        return Place(self.submission.path, *self.submission.place(self.filed.cell))

    def changes(self, form: Submission) -> bool:
        """Whether the cell is one of this form."""
        return form is self.submission

    def apply(self, form: Submission, filing: str) -> Submission:
        """The form with the other value, as part of another filing."""
        corrected = copy_into(form, filing)
        cell = structs.replace(self.filed, value=self.value, state=State.FILLED, formula=None, intact=False)
        if self.row is None:
            corrected.values = corrected.values | {self.field.key: cell}
        else:
            rows = list(corrected.rows)
            rows[self.row] = replace(rows[self.row], cells=rows[self.row].cells | {self.field.key: cell})
            corrected.rows = rows
        return corrected


def copy_into(form: Submission, filing: str) -> Submission:
    """The same form as part of another filing; the cells are shared."""
    header = (form.id, form.path, form.sheet, form.form, form.layout, form.year, form.department, form.project)
    return Submission(
        *header, form.sha256, filing, values=form.values, derived=form.derived, rows=form.rows, places=form.places
    )


@dataclass(frozen=True)
class _Term:
    """A field that a side of a comparison adds or subtracts."""

    field: Field
    sign: int
    over_forms: bool = False


def corrections(
    test: Predicate, scope: FormScope | FilingScope, index: int, members: Sequence[Submission]
) -> Iterator[Correction]:
    """The corrections after which a violated test holds; `members` are all forms of the filing.

    `index` is the row of the frame in which the test is violated.
    """
    own = (scope.base if isinstance(scope, FilingScope) else scope).submissions[index]
    for node in walk(test):
        if isinstance(node, Close):
            sides = [*_terms(node.left, 1), *_terms(node.right, -1)]
            gap = _at(node.right, scope, index) - _at(node.left, scope, index)
        elif isinstance(node, Agrees):
            formula = formula_of(node.field)
            sides = [_Term(node.field, -1), *_terms(formula, 1)]
            gap = _at(node.field, scope, index) - _at(formula, scope, index)
        else:
            continue
        if not isnan(gap):
            for term in sides:
                yield from _of_term(term, gap * term.sign, own, members)


def into_ten_thousand(form: Submission, cell: str | None) -> Iterator[Correction]:
    """The amount of a cell as if it had been filed in 元."""
    fields, columns = FORMS[form.form].fields, FORMS[form.form].columns
    cells: list[tuple[Field, FiledCell, int | None]] = [
        (fields[key], filed, None) for key, filed in form.values.items() if key in fields
    ]
    for number, row in enumerate(form.rows):
        cells += [(columns[key], filed, number) for key, filed in row.cells.items() if key in columns]
    for field, filed, row_number in cells:
        if form.place(filed.cell)[1] == cell and isinstance(filed.value, float):
            yield Correction(form, field, filed.value / TEN_THOUSAND, row_number)


def _at(expr: Expr, scope: FormScope | FilingScope, index: int) -> float:
    return float(frame.evaluate(expr, scope)[index])


def _terms(expr: Expr, sign: int) -> Iterator[_Term]:
    """The fields that a sum adds (sign 1) or subtracts (-1); none where it does anything else with them."""
    if isinstance(expr, Field):
        yield _Term(expr, sign)
    elif isinstance(expr, OrZero):
        yield from _terms(expr.value, sign)
    elif isinstance(expr, Total):
        yield from (_Term(part, sign) for part in expr.parts)
    elif isinstance(expr, Sum):
        yield _Term(expr.column, sign, over_forms=expr.column.table is None)
    elif isinstance(expr, Binary) and expr.op in {"+", "-"}:
        yield from _terms(expr.left, sign)
        yield from _terms(expr.right, sign if expr.op == "+" else -sign)


def _of_term(term: _Term, by: float, own: Submission, members: Sequence[Submission]) -> Iterator[Correction]:
    """Corrections of the cells behind a term that change it by so much."""
    if FORMS[own.form].has(term.field) and not term.over_forms:
        bearing = [own]
    else:
        bearing = [form for form in members if FORMS[form.form].has(term.field)]
        bearing = bearing if term.over_forms else bearing[:1]
    for form in bearing[:MOST_FORMS]:
        yield from _of_rows(term.field, by, form) if term.field.table else _of_field(term.field, by, form)


def _of_field(field: Field, by: float, form: Submission) -> Iterator[Correction]:
    """The cell itself, or the cells that its formula adds up."""
    filed, declared = form.values.get(field.key), FORMS[form.form].fields.get(field.key)
    if filed is None or declared is None:  # the form lacks the cell, or the field is derived from a text
        return
    if declared.formula is not None and (filed.intact or filed.state is State.NOT_CALCULATED):
        for term in _terms(declared.formula, 1):
            yield from _of_term(term, by * term.sign, form, (form,))
    elif filed.state in _NUMBERS:
        yield from _changed(form, declared, filed, by)


def _of_rows(column: Field, by: float, form: Submission) -> Iterator[Correction]:
    for number, row in enumerate(form.rows):
        filed = row.cells.get(column.key)
        if row.table == column.table and filed is not None and filed.state in _NUMBERS:
            yield from _changed(form, column, filed, by, number)


def _changed(
    form: Submission, field: Field, filed: FiledCell, by: float, row: int | None = None
) -> Iterator[Correction]:
    value = round((filed.value if isinstance(filed.value, float) else 0.0) + by, DECIMALS)
    if value >= 0:
        yield Correction(form, field, value, row)
