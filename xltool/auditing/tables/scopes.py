"""Frames that rules are evaluated on, made from records: by form, by table row, by filing.

A scope is a frame over many submissions. Its columns are arrays of the same length as the scope, computed when a
rule first reads them. Money is in 万元, rates are fractions, NaN is blank.

A rule sees the recomputed value of a calculated field where the issued formula stands, since the value that the
spreadsheet stored with the formula may be stale; where the formula was overtyped it sees the filed value.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from xltool import params
from xltool.auditing.tables.columns import MARKED, STANDS, Shared, Texts, Value, numbers, positions, stands, texts
from xltool.auditing.tables.issued import issued_for
from xltool.auditing.tables.unreadable import has_unreadable
from xltool.expr import frame
from xltool.expr.nodes import fields_of, formula_of
from xltool.forms import FORMS, key_of
from xltool.forms.model import Role
from xltool.reader.notation.tokens import State
from xltool.text.naming import title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xltool.expr.frame import Booleans, Numbers
    from xltool.expr.nodes import Field
    from xltool.forms.model import Form
    from xltool.reader.records import FiledCell, Submission, TableRow

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass
class FormScope:
    """A frame with a row for each submission of one form."""

    form: Form
    submissions: Sequence[Submission]
    profiles: Sequence[params.Profile] | None = None
    """Profile of each submission; None: the profile its template was issued with, else the default profile."""
    shared: Shared | None = None
    """Which submissions share their cells, in a frame of copies."""
    _tables: dict[str, RowScope] = field(default_factory=dict)
    _cells: dict[str, list[FiledCell | None]] = field(default_factory=dict)
    _numbers: dict[str, Numbers] = field(default_factory=dict)
    _texts: dict[str, Texts] = field(default_factory=dict)
    _sums: dict[tuple[str, str | None], Numbers] = field(default_factory=dict)
    _params: dict[str, Numbers] = field(default_factory=dict)
    _present: dict[str, Booleans] = field(default_factory=dict)
    _filled: dict[str, Booleans] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.submissions)

    @cached_property
    def unread(self) -> list[int]:
        """The forms that have cells that could not be read."""
        return [index for index, form in enumerate(self.submissions) if has_unreadable(form)]

    def rows(self, table: str) -> RowScope:
        """The frame of a table of the form, cached."""
        if table not in self._tables:
            self._tables[table] = RowScope(self, table)
        return self._tables[table]

    def release_tables(self) -> None:
        """Drop the cached table frames: they refer back to this frame, and the cycle would keep both in memory."""
        self._tables.clear()

    def number(self, item: Field) -> Numbers:
        """Values as rules see them (recomputed or filed, see the module), NaN where blank."""
        key = item.key
        if key not in self._numbers:
            filed = self._expanded(numbers(self._values(key), item.kind))
            own = self.form.fields.get(key)
            if own is not None and own.formula is not None:
                recomputable = self._flags(key, lambda cell: cell.intact or cell.state is State.NOT_CALCULATED)
                # Without the cell of an operand the stored value is better than a sum that lacks the operand.
                for operand in fields_of(own.formula):
                    recomputable &= self.present(operand) if operand.key in self.form.fields else np.True_
                filed = np.where(recomputable, self.recomputed(own), filed)
            self._numbers[key] = filed
        return self._numbers[key]

    def recomputed(self, item: Field) -> Numbers:
        """Values of a calculated field by its declared formula, NaN where an operand is missing."""
        key = f"={item.key}"
        if key not in self._numbers:
            self._numbers[key] = frame.evaluate(formula_of(item), self)
        return self._numbers[key]

    def present(self, item: Field) -> Booleans:
        """Whether the filed form has a cell for the field."""
        if item.derived:
            return np.full(len(self), fill_value=True)
        if item.key not in self._present:
            self._present[item.key] = self._flags(item.key, lambda _: True)
        return self._present[item.key]

    def filled(self, item: Field) -> Booleans:
        """Whether the cell holds anything; for calculated fields, whether there is a value."""
        if item.key not in self._filled:
            self._filled[item.key] = self._stands(item)
        return self._filled[item.key]

    def _stands(self, item: Field) -> Booleans:
        own = self.form.fields.get(item.key)
        if item.derived:
            return ~np.isnan(self.number(item))
        if own is not None and own.formula is not None:
            return ~np.isnan(self.number(item)) | self._flags(item.key, lambda cell: cell.state in MARKED)
        return self._flags(item.key, lambda cell: cell.state in STANDS)

    def text(self, item: Field) -> Texts:
        """Texts, "" where blank."""
        if item.key not in self._texts:
            self._texts[item.key] = self._expanded(texts(self._values(item.key)))
        return self._texts[item.key]

    def step(self, item: Field) -> Numbers:
        """Unit of the last decimal as filed (0.01 for 12.30); NaN where the issued formula stands."""

        def decimal_unit(cell: FiledCell | None) -> float:
            if cell is None or cell.intact or cell.is_open or not isinstance(cell.value, float):
                return np.nan
            return 1e-6 if cell.step is None else cell.step

        return self._expanded(np.array(list(map(decimal_unit, self._filed(item.key))), dtype=np.float64))

    def summed(self, column: Field, group: str | None) -> Numbers:
        """Sum of a column over the table rows of each submission, or over those of a 一级指标 (`group`)."""
        if (column.key, group) not in self._sums:
            rows = self.rows(str(column.table))
            values = rows.number(column)
            added = ~np.isnan(values) if group is None else ~np.isnan(values) & (rows.groups == group)
            owners = rows.owners[added]
            sums = np.bincount(owners, values[added], len(self))
            self._sums[column.key, group] = np.where(np.bincount(owners, minlength=len(self)) > 0, sums, np.nan)
        return self._sums[column.key, group]

    def param(self, name: str) -> Numbers:
        """Value of a parameter in the profile of each submission."""
        if self.profiles is None:
            self.profiles = [issued_for(submission) or params.DEFAULT for submission in self.submissions]
        if name not in self._params:
            numbers = (profile[name] for profile in self.profiles)
            self._params[name] = np.fromiter(numbers, dtype=np.float64, count=len(self))
        return self._params[name]

    @cached_property
    def _distinct(self) -> tuple[Sequence[Submission], npt.NDArray[np.int_] | None]:
        """The forms with cells of their own, and for each form the number of that whose cells it has."""
        if self.shared is None:
            return self.submissions, None
        first, index = np.unique(self.shared.values, return_inverse=True)
        return [self.submissions[number] for number in first], index

    def _expanded(self, values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
        """Values of the forms with cells of their own, as values of every form."""
        index = self._distinct[1]
        return values if index is None else values[index]

    def _filed(self, key: str) -> list[FiledCell | None]:
        """The cell of a field on every form with cells of its own."""
        if key not in self._cells:
            self._cells[key] = [submission.values.get(key) for submission in self._distinct[0]]
        return self._cells[key]

    def _values(self, key: str) -> list[Value]:
        """Value of a field on each of these forms: that of its cell, else the derived one."""
        pairs = zip(self._filed(key), self._distinct[0], strict=True)
        return [submission.derived.get(key) if cell is None else cell.value for cell, submission in pairs]

    def _flags(self, key: str, test: Callable[[FiledCell], bool]) -> Booleans:
        flags = [cell is not None and test(cell) for cell in self._filed(key)]
        return self._expanded(np.array(flags, dtype=np.bool_))


@dataclass
class RowScope:
    """A frame with a row for each table row of all submissions of a form; form fields repeat on every row."""

    base: FormScope
    table: str
    owners: npt.NDArray[np.int_] = field(init=False)
    rows: list[TableRow] = field(init=False)
    _distinct: list[TableRow] = field(init=False)
    _index: npt.NDArray[np.int_] | None = field(init=False)
    _values: dict[str, list[Value]] = field(default_factory=dict)
    _numbers: dict[str, Numbers] = field(default_factory=dict)
    _texts: dict[str, Texts] = field(default_factory=dict)
    _present: dict[str, Booleans] = field(default_factory=dict)
    _filled: dict[str, Booleans] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the rows; of forms that share them each is looked at once, and `_index` says where it counts."""
        forms = self.base.submissions
        whose = range(len(forms)) if self.base.shared is None else self.base.shared.rows
        own = {number: [row for row in forms[number].rows if row.table == self.table] for number in sorted({*whose})}
        lengths = [len(own[number]) for number in whose]
        self.owners = np.repeat(np.arange(len(forms)), lengths)
        self.rows = list(chain.from_iterable(own[number] for number in whose))
        self._distinct = self.rows if self.base.shared is None else list(chain.from_iterable(own.values()))
        self._index = None if self.base.shared is None else positions(own, whose)

    def _expanded(self, values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
        """Values of the rows that are looked at, as values of every row."""
        return values if self._index is None else values[self._index]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def groups(self) -> Texts:
        """The 一级指标 each row belongs to."""
        return self._expanded(np.array(self._column(frame.GROUP_COLUMN), dtype=object))

    def number(self, item: Field) -> Numbers:
        """Numbers of a column, or of a form field repeated on each row of its form."""
        if item.table is None:
            return np.asarray(self.base.number(item)[self.owners])
        if item.key not in self._numbers:
            self._numbers[item.key] = self._expanded(numbers(self._column(item.key)))
        return self._numbers[item.key]

    def present(self, item: Field) -> Booleans:
        """Whether the filed form has the column."""
        if item.table is None:
            return np.asarray(self.base.present(item)[self.owners])
        if item.key not in self._present:
            cells = (row.cells.get(item.key) for row in self._distinct)
            asked = [item.derived or (cell is not None and not cell.unasked) for cell in cells]
            self._present[item.key] = self._expanded(np.array(asked, dtype=np.bool_))
        return self._present[item.key]

    def filled(self, item: Field) -> Booleans:
        """Whether the cell holds anything."""
        if item.table is None:
            return np.asarray(self.base.filled(item)[self.owners])
        if item.key not in self._filled:
            self._filled[item.key] = self._expanded(np.array(stands(self._distinct, item), dtype=np.bool_))
        return self._filled[item.key]

    def text(self, item: Field) -> Texts:
        """Texts of a column, "" where blank."""
        if item.table is None:
            return np.asarray(self.base.text(item)[self.owners])
        if item.key not in self._texts:
            self._texts[item.key] = self._expanded(texts(self._column(item.key)))
        return self._texts[item.key]

    def step(self, item: Field) -> Numbers:  # noqa: ARG002 - the signature of all scopes
        """NaN: no column of a table is calculated."""
        return np.full(len(self), np.nan)

    def summed(self, column: Field, group: str | None) -> Numbers:
        """Sum over all rows of the same form, repeated on each of them."""
        return np.asarray(self.base.summed(column, group)[self.owners])

    def param(self, name: str) -> Numbers:
        """Value of a parameter in the profile of the form that each row belongs to."""
        return np.asarray(self.base.param(name)[self.owners])

    def _column(self, key: str) -> list[Value]:
        if key not in self._values:
            # The same as `TableRow.value`, inlined: the call for each row costs more than the look-up.
            self._values[key] = [
                row.derived[key] if key in row.derived else None if (cell := row.cells.get(key)) is None else cell.value
                for row in self._distinct
            ]
        return self._values[key]


def prior_key(form: str) -> str:
    """Key of the frame of last year's forms of a kind in `FilingScope.others`."""
    return f"上年{form}"


@dataclass
class FilingScope:
    """A frame with a row for each submission of the base form; fields of other forms come from the same filing.

    `others` holds the frames of this year's forms by form and of last year's by `prior_key`. A form of last year
    carries the id of this year's filing that it precedes; last year's 附件3 matches the 附件3 of the same project.
    """

    base: FormScope
    others: dict[str, FormScope]
    _match: dict[str, npt.NDArray[np.int_]] = field(default_factory=dict)
    _members: dict[str, dict[str, list[Submission]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.base)

    def number(self, item: Field) -> Numbers:
        """Values from the base form, or from the form of the filing that has the field."""
        form = self.form_of(item)
        if form == self.base.form.key:
            return self.base.number(item)
        return self._values_of_filing(form, self.others[form].number(item))

    def present(self, item: Field) -> Booleans:
        """Whether the filing has the form, and the form the cell."""
        form = self.form_of(item)
        if form == self.base.form.key:
            return self.base.present(item)
        return self._flags_of_filing(form, self.others[form].present(item))

    def filled(self, item: Field) -> Booleans:
        """Whether anything stands in the cell; False where the filing lacks the form."""
        form = self.form_of(item)
        if form == self.base.form.key:
            return self.base.filled(item)
        return self._flags_of_filing(form, self.others[form].filled(item))

    def text(self, item: Field) -> Texts:
        """Texts, "" where blank or where the filing lacks the form."""
        form = self.form_of(item)
        if form == self.base.form.key:
            return self.base.text(item)
        texts, rows = self.others[form].text(item), self.matching(form)
        return np.array([texts[row] if row >= 0 else "" for row in rows], dtype=object)

    def step(self, item: Field) -> Numbers:
        """Unit of the last decimal as filed on the base form."""
        return self.base.step(item)

    def summed(self, column: Field, group: str | None) -> Numbers:
        """Sum over table rows of the base form, or of a field over all 附件3 of the filing."""
        if column.table is not None:
            return self.base.summed(column, group)
        other = self.others[self.form_of(column)]
        sums: dict[str, list[float]] = defaultdict(list)
        for submission, value in zip(other.submissions, other.number(column), strict=True):
            if not np.isnan(value):
                sums[submission.filing].append(float(value))
        totals = (
            sum(sums[submission.filing]) if sums[submission.filing] else np.nan for submission in self.base.submissions
        )
        return np.fromiter(totals, dtype=np.float64, count=len(self))

    def param(self, name: str) -> Numbers:
        """Value of a parameter in the profile of the base form."""
        return self.base.param(name)

    def matching(self, form: str) -> npt.NDArray[np.int_]:
        """For each row, the index of the filing's first submission of another form, -1 if it has none."""
        if form not in self._match:
            key = _project_key if form == prior_key(key_of(Role.PROJECT_REVIEW)) else _filing_key
            first: dict[str, int] = {}
            for index, submission in enumerate(self.others[form].submissions):
                first.setdefault(key(submission), index)
            rows = (first.get(key(submission), -1) for submission in self.base.submissions)
            self._match[form] = np.fromiter(rows, dtype=np.int_, count=len(self))
        return self._match[form]

    def of_filing(self, form: str, filing: str) -> list[Submission]:
        """All submissions of another form in a filing."""
        if form not in self._members:
            members: dict[str, list[Submission]] = defaultdict(list)
            for submission in self.others[form].submissions:
                members[submission.filing].append(submission)
            self._members[form] = members
        return self._members[form].get(filing, [])

    def form_of(self, item: Field) -> str:
        """Key of the frame a field is taken from."""
        if item.prior_of is not None:
            return prior_key(next(key for key, form in FORMS.items() if form.has(item.prior_of)))
        if self.base.form.has(item):
            return self.base.form.key
        return next(key for key, form in FORMS.items() if form.has(item))

    def _values_of_filing(self, form: str, values: Numbers) -> Numbers:
        return np.asarray(np.append(values, np.nan)[self.matching(form)])

    def _flags_of_filing(self, form: str, flags: Booleans) -> Booleans:
        return np.asarray(np.append(flags, np.False_)[self.matching(form)], dtype=np.bool_)


def _filing_key(submission: Submission) -> str:
    return submission.filing


def _project_key(submission: Submission) -> str:
    return f"{submission.filing}\n{title(submission.project)}"
