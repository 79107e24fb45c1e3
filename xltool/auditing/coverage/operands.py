"""Why a check on a form could not be decided: which of the fields it reads has no value, and what stands there.

A cause is a number, so that arrays of them over many forms are compared at once: of several causes the larger is
named. Bits 16 to 23 hold the cause, the lower ones the field, those above the weight of the cause (`weighed`).
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from xltool.auditing.tables.scopes import FilingScope
from xltool.expr.nodes import Agrees, Field, Param, Sum, fields_of, walk
from xltool.forms import FORMS
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.auditing.coverage.asked import AskedCheck
    from xltool.auditing.tables.scopes import FormScope
    from xltool.expr.frame import Booleans
    from xltool.rules.model import Check

Codes = npt.NDArray[np.int32]


class Cause(IntEnum):
    """Why a check is unknown; of several causes the largest is named."""

    NONE = 0
    NO_SUCH_ROW = 1
    """All cells are filled in, and no row has what the check is about, or a divisor is 0."""
    MARKED = 2
    """The cell says 无 or ——."""
    NO_ROWS = 3
    BLANK = 4
    ABSENT = 5
    """The form has no such field."""
    OPEN = 6
    """The scoring profile leaves a number open (W-26)."""
    NOT_CALCULATED = 7
    UNREADABLE = 8
    NO_PRIOR_FORM = 9
    NO_PRIOR = 10
    NOT_FILED = 11
    INCOMPLETE = 12
    """The form states the value in parts that are no fields (中央补助, 省级资金)."""


CAUSE_BITS, WEIGHT_BITS = 16, 24
FIELD_MASK: Final = (1 << CAUSE_BITS) - 1
CAUSE_MASK: Final = (1 << WEIGHT_BITS) - 1
# Within a form a check that could be made goes before those that had nothing to look at, and behind what hindered one.
NOT_APPLICABLE, BLANK, KEPT, HINDERED = 1, 2, 3, 4
_WEIGHTS: Final = np.full(16, HINDERED, dtype=np.int32)
_WEIGHTS[[Cause.NONE, Cause.NO_SUCH_ROW, Cause.MARKED, Cause.ABSENT]] = NOT_APPLICABLE
_WEIGHTS[[Cause.BLANK, Cause.NO_ROWS]] = BLANK
KEPT_CODE: Final = KEPT << WEIGHT_BITS

_fields: Final[list[Field]] = []


@cache
def _number_of(item: Field) -> int:
    """The number of a field among the causes, larger for an earlier field of a form, so that it is named first."""
    if not _fields:
        _fields.extend(item for form in FORMS.values() for item in form.fields.values())
    if item not in _fields:
        _fields.append(item)
    return FIELD_MASK - _fields.index(item)


def cause_code(cause: Cause, item: Field) -> int:
    """The number of a cause at a field."""
    return (cause << CAUSE_BITS) | _number_of(item)


def field_of(code: int) -> Field:
    """The field of a cause."""
    return _fields[FIELD_MASK - (code & FIELD_MASK)]


def weighed(causes: Codes) -> Codes:
    """Causes with their weights above them."""
    return np.asarray((_WEIGHTS[causes >> CAUSE_BITS] << WEIGHT_BITS) | causes)


@cache
def operands(check: Check) -> tuple[Field, ...]:
    """The fields that decide a check; of one that compares with a formula also those of the formula."""
    formulas = (node.field.formula for node in walk(check.test) if isinstance(node, Agrees))
    parts = (part for formula in formulas if formula is not None for part in fields_of(formula))
    return tuple(dict.fromkeys((*fields_of(check.test), *parts)))


@cache
def _parameters(check: Check) -> tuple[str, ...]:
    """The numbers of the scoring profile that a check reads."""
    return tuple(dict.fromkeys(node.name for node in walk(check.test) if isinstance(node, Param)))


@cache
def _agreeing(check: Check) -> tuple[Field, ...]:
    """The calculated fields that a check compares with their formula."""
    return tuple(node.field for node in walk(check.test) if isinstance(node, Agrees))


@cache
def _over_forms(check: Check) -> frozenset[Field]:
    """The fields that a check adds up over several forms."""
    nodes = walk(check.test)
    return frozenset(node.column for node in nodes if isinstance(node, Sum) and node.column.table is None)


class Operands:
    """The causes at the fields of the forms that are judged together; those of a field are found out once."""

    def __init__(self, *, with_prior: bool) -> None:
        """`with_prior` says whether filings of last year were given at all."""
        self._no_prior = Cause.NO_PRIOR_FORM if with_prior else Cause.NO_PRIOR
        self._known: dict[tuple[int, Field], Codes] = {}

    def causes(self, asked: AskedCheck, unknown: Booleans) -> Codes:
        """The weighed causes of a check on the forms where it is `unknown`; the other elements mean nothing."""
        check, base = asked.check, asked.filing.base
        result = np.zeros(len(base), dtype=np.int32)
        for item in operands(check):
            if isinstance(asked.scope, FilingScope):
                codes = self._beside(asked.filing, item, over_forms=item in _over_forms(check))
            else:
                codes = self._at(base, item)
            np.maximum(result, codes, out=result)
        for name in _parameters(check):
            np.maximum(result, _open(base, name, check.at), out=result)
        # All cells have values: no row has what the check is about, or a divisor is 0.
        result = weighed(np.where(result == Cause.NONE, np.int32(cause_code(Cause.NO_SUCH_ROW, check.at)), result))
        for item in _agreeing(check):
            for index in (unknown & ~np.isnan(base.recomputed(item))).nonzero()[0].tolist():
                filed = base.submissions[index].values.get(item.key)
                if filed is not None and filed.state is State.NOT_CALCULATED:
                    result[index] = HINDERED << WEIGHT_BITS | cause_code(Cause.NOT_CALCULATED, item)
                elif filed is not None and filed.intact:
                    result[index] = KEPT_CODE  # the issued formula agrees with itself
        return result

    def _beside(self, filing: FilingScope, item: Field, *, over_forms: bool) -> Codes:
        """Causes at a field that may stand on another form of the filing, or on last year's."""
        form = filing.form_of(item)
        if form == filing.base.form.key and not over_forms:
            return self._at(filing.base, item)
        other = filing.others.get(form)
        missing = cause_code(Cause.NOT_FILED if item.prior_of is None else self._no_prior, item)
        if other is None:
            return np.full(len(filing), missing, dtype=np.int32)
        there = self._at(other, item.prior_of or item)
        if item.prior_of is not None:
            there = np.where(there == 0, there, (there & ~FIELD_MASK) | _number_of(item)).astype(np.int32)
        if not over_forms:
            return np.append(there, np.int32(missing))[filing.matching(form)]
        least: dict[str, int] = {}
        for submission, code in zip(other.submissions, there.tolist(), strict=True):
            least[submission.filing] = min(code, least.get(submission.filing, code))
        codes = (least.get(submission.filing, missing) for submission in filing.base.submissions)
        return np.fromiter(codes, dtype=np.int32, count=len(filing))

    def _at(self, scope: FormScope, item: Field) -> Codes:
        """Causes at a field of a form, 0 where it has a value; at a column where a row has one."""
        key = (id(scope), item)
        if key not in self._known:
            self._known[key] = self._column(scope, item) if item.table else self._cell(scope, item)
        return self._known[key]

    def _cell(self, scope: FormScope, item: Field) -> Codes:
        blank = np.isnan(scope.number(item)) if _is_number(item) else scope.text(item) == ""
        codes = np.zeros(len(scope), dtype=np.int32)
        for index in blank.nonzero()[0].tolist():
            codes[index] = self._of_cell(scope, item, index)
        codes[stated_in_parts(scope, (item,))] = cause_code(Cause.INCOMPLETE, item)
        return codes

    def _of_cell(self, scope: FormScope, item: Field, index: int) -> int:
        own = scope.form.fields.get(item.key)
        filed = scope.submissions[index].values.get(item.key)
        if filed is None:
            return cause_code(Cause.ABSENT, item)
        if own is not None and own.formula is not None and filed.state is not State.UNPARSED:
            # A formula without a result: what it is calculated from is named.
            parts = (part for part in fields_of(own.formula) if part.key != item.key)
            cause = max((int(self._at(scope, part)[index]) for part in parts if scope.form.has(part)), default=0)
            if cause:
                return cause
        return cause_code(_CAUSES.get(filed.state.value, Cause.BLANK), item)

    @staticmethod
    def _column(scope: FormScope, item: Field) -> Codes:
        rows = scope.rows(str(item.table))
        counts = np.bincount(rows.owners, minlength=len(scope))
        filled = np.bincount(rows.owners[rows.filled(item)], minlength=len(scope))
        present = np.bincount(rows.owners[rows.present(item)], minlength=len(scope))
        blank = Cause.NO_SUCH_ROW if item.derived else Cause.BLANK
        codes = np.where(present == 0, cause_code(Cause.ABSENT, item), cause_code(blank, item))
        codes = np.where(counts == 0, cause_code(Cause.NO_ROWS, item), codes)
        return np.asarray(np.where(filled > 0, 0, codes), dtype=np.int32)


def stated_in_parts(scope: FormScope, items: Iterable[Field]) -> Booleans:
    """On which forms one of these fields is stated only in parts that are no fields."""
    result = np.zeros(len(scope), dtype=np.bool_)
    partly = [(index, form.incomplete) for index, form in enumerate(scope.submissions) if form.incomplete]
    keys = {item.key for item in items} if partly else set()
    result[[index for index, parts in partly if not keys.isdisjoint(parts)]] = True
    return result


_CAUSES: Final = {
    State.NOT_APPLICABLE.value: Cause.MARKED,
    State.UNPARSED.value: Cause.UNREADABLE,
    State.NOT_CALCULATED.value: Cause.NOT_CALCULATED,
}


def _is_number(item: Field) -> bool:
    """Whether rules see a number: money, rates, counts, and dates as days."""
    return item.kind.numeric or item.kind.value == "date"


def _open(base: FormScope, name: str, at: Field) -> Codes:
    """Where the profile leaves a number open; a number that it leaves to departments asks nothing."""
    missing = np.isnan(base.param(name))
    if not missing.any():
        return np.zeros(len(base), dtype=np.int32)
    profiles: Sequence[object] = base.profiles or ()
    is_open = np.array([name in getattr(profile, "open", ()) for profile in profiles], dtype=np.bool_)
    codes = np.where(is_open, cause_code(Cause.OPEN, at), cause_code(Cause.NO_SUCH_ROW, at))
    return np.asarray(np.where(missing, codes, 0), dtype=np.int32)


def readers_of(form: str) -> dict[str, set[Field]]:
    """For each field of a form the fields that are calculated from it, directly or not, and itself."""
    fields = FORMS[form].fields
    readers: dict[str, set[Field]] = {}
    for item in fields.values():
        for part in _inputs(item, form):
            readers.setdefault(part.key, set()).add(item)
    return readers


def _inputs(item: Field, form: str) -> set[Field]:
    """A field and all that its value is calculated from."""
    result = {item}
    for part in () if item.formula is None else fields_of(item.formula):
        own = FORMS[form].fields.get(part.key)
        result |= {part} if own is None or part.table else _inputs(own, form)
    return result
