"""A form drawn once: all of it that is the same for whomever it is issued to.

Where everything stands, the texts of formulas, criteria and validations, the lines of the 审核 panel, and what
these show on a form nobody has filled in yet. Of the hundreds of forms of a year that is worked out for the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from xltool.expr import excel, frame
from xltool.expr.dates import serial
from xltool.expr.nodes import Field, Sum, formula_of
from xltool.forms import FORMS, foot, review
from xltool.forms.fingerprint import canonical
from xltool.forms.grid import Grid, lay_out
from xltool.forms.model import Label, Sizes, Slot
from xltool.params import DEFAULT
from xltool.rules.catalogue import by_severity
from xltool.rules.model import Scope
from xltool.template import cells as refs
from xltool.template.cells import SheetCells
from xltool.template.formulas import Formula
from xltool.template.panel_lines import Line, live_lines
from xltool.template.validation import validation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xltool.expr.nodes import Expr
    from xltool.findings import Severity
    from xltool.forms.model import Form
    from xltool.params import Profile
    from xltool.rules.model import Check

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0 as they are written."""
_T_co = TypeVar("_T_co", covariant=True)
_KEPT = 128
"""Drawings kept: forms of one year differ in the rows of their tables only."""


class Told(Protocol[_T_co]):
    """What shows something on a sheet, depending on what is filled in."""

    @property
    def reads(self) -> frozenset[Field]:
        """The fields that depends on."""

    def now(self, values: frame.Values) -> _T_co:
        """What it shows for these values."""


class Alert(NamedTuple):
    """A conditional format at the cell a check would have mended."""

    area: Area
    criterion: str
    severity: Severity
    code: str


class Entry(NamedTuple):
    """The validation of an input."""

    item: Field
    area: Area
    options: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A form of one year with so many table rows, scored by one profile."""

    form: Form
    sizes: Sizes
    year: int
    profile: Profile
    _unfilled: dict[Told[Any], Any] = field(default_factory=dict)

    @cached_property
    def grid(self) -> Grid:
        """What stands where."""
        return lay_out(self.form, self.sizes)

    @cached_property
    def cells(self) -> SheetCells:
        """References for formulas."""
        return SheetCells(self.grid, self.year, profile=self.profile)

    def values(self, filled: Mapping[Field, object]) -> frame.Values:
        """What formulas see where this is filled in."""
        known = {**filled, foot.year_end: serial(date(self.year, 12, 31))}
        return frame.Values(known, profile=self.profile)

    def shown(self, one: Told[_T_co], values: frame.Values) -> _T_co:
        """What it shows for these values: the same on every form where nothing it reads is filled in."""
        if not one.reads.isdisjoint(values.values):
            return one.now(values)
        if one not in self._unfilled:
            self._unfilled[one] = one.now(self.values({}))
        return self._unfilled[one]  # type: ignore[no-any-return] # what `now` of the same gave

    @cached_property
    def bare_rows(self) -> frozenset[int]:
        """Rows of fields between labels without a frame (填报单位, the foot): these get a line below instead."""
        labels = ((placed.top, placed.item) for placed in self.grid.cells if isinstance(placed.item, Label))
        return frozenset(row for row, label in labels if label.style == "foot")

    @cached_property
    def formulas(self) -> dict[Field, Formula]:
        """The formulas of calculated fields."""
        slots = (placed.item.field for placed in self.grid.cells if isinstance(placed.item, Slot))
        trees = {item: formula_of(item) for item in slots if item.formula is not None}
        return {item: self._formula(tree) for item, tree in trees.items()}

    @cached_property
    def canonical(self) -> dict[Field, str]:
        """The same formulas with names for references, for the manifest."""
        known = refs.by_reference(self.grid)
        return {item: canonical(one.text, known) for item, one in self.formulas.items()}

    @cached_property
    def sums(self) -> list[tuple[str, list[tuple[Field, Formula]]]]:
        """Sums of 分值 and 得分 of each 一级指标; none without indicators."""
        if review.INDICATORS not in self.grid.spans:
            return []
        columns = (review.weight, review.score)
        names = [group.name for group in review.GROUPS]
        return [(name, [(column, self._formula(Sum(column, name))) for column in columns]) for name in names]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the 审核 panel."""
        return live_lines(self.grid, self.cells)

    @cached_property
    def alerts(self) -> list[Alert]:
        """Conditional formats, the gravest first."""
        return list(self._alerts())

    @cached_property
    def entries(self) -> list[Entry]:
        """Validations of all inputs."""
        return list(self._entries())

    @cached_property
    def names(self) -> dict[str, str]:
        """Defined names with their references."""
        return refs.names(self.grid)

    def _formula(self, tree: Expr) -> Formula:
        return Formula(tree, excel.formula(tree, self.cells))

    def _alerts(self) -> Iterator[Alert]:
        for rule in by_severity():
            for check in rule.checks:
                if check.asks_for_entry or not self._holds(check):
                    continue
                first, last, column = self._range_of(check.at)
                try:
                    criterion = excel.criterion(check.test, SheetCells(self.grid, self.year, first, self.profile))
                except excel.UnsayableError:
                    continue
                yield Alert(_area(first, last, column), criterion, check.severity or rule.severity, rule.code)

    def _holds(self, check: Check) -> bool:
        """Whether all a check reads stands on this form, and the cell to mend as well."""
        return check.scope is not Scope.FILING and self.form in check.forms() and not check.at.derived

    def _range_of(self, item: Field) -> tuple[int, int, int]:
        if item.table is None:
            row, column = self.grid.position_of(item)
            return row, row, column
        span = self.grid.spans[item.table]
        return span.first, span.anchor, self.grid.columns[item.defined_name]

    def _entries(self) -> Iterator[Entry]:
        for item in self.form.fields.values():
            if item.is_input:
                row, column = self.grid.position_of(item)
                yield self._entry(item, row, row, column)
        for table in self.form.tables:
            span = self.grid.spans[table.key]
            for member in table.inputs:
                at = self.grid.columns[member.defined_name]
                if member is review.part:
                    for group in review.GROUPS:
                        yield self._entry(member, *span.groups[group.name], at, group.parts)
                elif member is not review.category:
                    yield self._entry(member, span.first, span.anchor, at)

    def _entry(self, item: Field, first: int, last: int, column: int, parts: tuple[str, ...] = ()) -> Entry:
        options = validation(item, first, column, parts)
        points = f"{self.profile['indicator_weight']:g}"
        options["input_message"] = options["input_message"].replace("{indicator_weight}", points)
        return Entry(item, _area(first, last, column), options)


@lru_cache(_KEPT)
def drawn(form: Form, sizes: Sizes, year: int, profile: Profile) -> Drawing:
    """The drawing of a form, made once for all that are issued alike."""
    return Drawing(form, sizes, year, profile)


def checked_on(form: Form) -> set[str]:
    """Codes of the rules that a template of this form checks by itself."""
    drawing = Drawing(form, Sizes(1, 1), 0, DEFAULT)
    codes = {line.rule.code for line in drawing.lines} | {alert.code for alert in drawing.alerts}
    return codes | {item.code for item in form.fields.values() if item.code}


@cache
def live_codes() -> frozenset[str]:
    """Codes of the rules that a template checks by itself, in its 审核 panel or at the cell."""
    return frozenset(code for form in FORMS.values() for code in checked_on(form))


def _area(first: int, last: int, column: int) -> Area:
    return first - 1, column - 1, last - 1, column - 1
