"""What is the same on every copy of a form, whatever department it is issued to.

That is the place of each cell, the texts of formulas, criteria and validations, the lines of the 审核 panel, and the
values all of these show on a blank form. It is computed once and shared by the hundreds of forms issued in a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from xltool.expr import excel, frame
from xltool.expr.dates import serial
from xltool.expr.nodes import Field, Sum, formula_of
from xltool.findings import row_column
from xltool.forms import foot, review
from xltool.forms.fingerprint import canonical
from xltool.forms.grid import Grid, lay_out
from xltool.forms.model import Label, Slot
from xltool.rules.catalogue import by_severity
from xltool.rules.model import Scope
from xltool.template.cells import SheetCells, defined_names, names_by_reference
from xltool.template.checks.lines import PanelLine, panel_lines
from xltool.template.checks.rows import alert_criterion, verdict_formulas
from xltool.template.formulas import Formula
from xltool.template.quantities import formulas_of, read_rows
from xltool.template.validation import validation_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.expr.nodes import Expr
    from xltool.findings import Severity
    from xltool.forms.model import Form, Sizes
    from xltool.params import Profile
    from xltool.rules.model import Check

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0 as xlsxwriter does."""
_T_co = TypeVar("_T_co", covariant=True)
_ABSOLUTE = re.compile(r"\$[A-Z]{1,3}\$[0-9]+")
_CACHE_SIZE = 128
"""Blueprints in the cache: the forms of one year differ only in the rows of their tables."""


class LiveContent(Protocol[_T_co]):
    """A part of a sheet whose content depends on what is filled in: a formula, or a line of the 审核 panel."""

    @property
    def reads(self) -> frozenset[Field]:
        """The fields that the content depends on."""

    def shown_for(self, values: frame.Values) -> _T_co:
        """The content that these values give."""


class Alert(NamedTuple):
    """A conditional format at the cells that checks of a rule ask to correct.

    Several cells share one format where their criteria differ only in the cell itself; the criterion is then that of
    the first, with relative references.
    """

    areas: tuple[Area, ...]
    criterion: str
    severity: Severity
    code: str
    check: Check
    """The check, or the first of several that share the format."""


class InputValidation(NamedTuple):
    """The validation of an input."""

    item: Field
    area: Area
    options: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Blueprint:
    """One form of one year, with its table rows, scored by one profile; its parts are computed when first used."""

    form: Form
    sizes: Sizes
    year: int
    profile: Profile
    _shown_blank: dict[LiveContent[Any], Any] = field(default_factory=dict)
    """What each live content shows on a blank form."""

    @cached_property
    def grid(self) -> Grid:
        """The place of each label and field."""
        return lay_out(self.form, self.sizes)

    @cached_property
    def cells(self) -> SheetCells:
        """References for formulas."""
        return SheetCells(self.grid, self.year, profile=self.profile)

    def values(self, filled: Mapping[Field, object]) -> frame.Values:
        """The values that formulas read when these fields are filled in."""
        known = {**filled, **read_rows(filled), foot.year_end: serial(date(self.year, 12, 31))}
        return frame.Values(known, profile=self.profile)

    def shown(self, content: LiveContent[_T_co], values: frame.Values) -> _T_co:
        """What a live content shows for these values; computed once for all forms that fill in nothing it reads."""
        if not content.reads.isdisjoint(values.values):
            return content.shown_for(values)
        if content not in self._shown_blank:
            self._shown_blank[content] = content.shown_for(self.values({}))
        return self._shown_blank[content]  # type: ignore[no-any-return] # `shown_for` of the same content gave it

    @cached_property
    def bare_rows(self) -> frozenset[int]:
        """Rows whose labels have no frame (填报单位, the foot); their fields get a line below instead of a frame."""
        labels = ((placed.top, placed.item) for placed in self.grid.cells if isinstance(placed.item, Label))
        return frozenset(row for row, label in labels if label.style == "foot")

    @cached_property
    def anchors(self) -> frozenset[int]:
        """The thin rows that close tables and groups."""
        spans = self.grid.spans.values()
        return frozenset(row for span in spans for row in (span.anchor, *(last for _, last in span.groups.values())))

    @cached_property
    def formulas(self) -> dict[Field, Formula]:
        """The formulas of calculated fields."""
        slots = (placed.item.field for placed in self.grid.cells if isinstance(placed.item, Slot))
        trees = {item: formula_of(item) for item in slots if item.formula is not None}
        return {item: self._formula(tree) for item, tree in trees.items()}

    @cached_property
    def row_formulas(self) -> list[str]:
        """The formulas (without =) beside the panel in the first row of the indicators, empty on a form without them.

        They give the sheet row, what is read and the verdicts; the rows below share them, moved down.
        """
        if review.INDICATORS not in self.grid.spans:
            return []
        own = self.cells.at_slot(self.grid.spans[review.INDICATORS].first)
        texts = (*formulas_of(own), *verdict_formulas(self.form, own))
        return [own.next_row(), *(f'IF({own.number}="","",{text})' for text in texts)]

    @cached_property
    def canonical(self) -> dict[Field, str]:
        """The same formulas with defined names instead of references, for the manifest."""
        names = names_by_reference(self.grid)
        return {item: canonical(formula.text, names) for item, formula in self.formulas.items()}

    @cached_property
    def sums(self) -> list[tuple[str, list[tuple[Field, Formula]]]]:
        """Sums of 分值 and 得分 of each 一级指标; empty on a form without indicators."""
        if review.INDICATORS not in self.grid.spans:
            return []
        columns = (review.weight, review.score)
        names = [group.name for group in review.GROUPS]
        return [(name, [(column, self._formula(Sum(column, name))) for column in columns]) for name in names]

    @cached_property
    def lines(self) -> list[PanelLine]:
        """The lines of the 审核 panel."""
        return panel_lines(self.grid, self.cells)

    @cached_property
    def alerts(self) -> list[Alert]:
        """Conditional formats, the most severe first."""
        alike: dict[tuple[object, ...], list[Alert]] = {}
        for alert in self._alerts():
            alike.setdefault(_likeness(alert), []).append(alert)
        return [_shared_alert(alerts) for alerts in alike.values()]

    @cached_property
    def validations(self) -> list[InputValidation]:
        """Validations of all inputs."""
        return list(self._validations())

    @cached_property
    def names(self) -> dict[str, str]:
        """Defined names with their references."""
        return defined_names(self.grid)

    def _formula(self, tree: Expr) -> Formula:
        return Formula(tree, excel.formula(tree, self.cells))

    def _alerts(self) -> Iterator[Alert]:
        for rule in by_severity():
            for check in rule.on_form:
                if check.asks_for_entry or not self._is_checkable(check):
                    continue
                area = self.area_of(check.at)
                try:
                    criterion = alert_criterion(check, SheetCells(self.grid, self.year, area[0] + 1, self.profile))
                except excel.UnsayableError:
                    continue
                yield Alert((area,), criterion, check.severity or rule.severity, rule.code, check)

    def _is_checkable(self, check: Check) -> bool:
        """Whether this form holds every field that a check reads, and the cell it asks to correct."""
        return check.scope is not Scope.FILING and self.form in check.forms() and not check.at.derived

    def area_of(self, item: Field) -> Area:
        """The cells of a field: one, or all rows of a column."""
        return _area(*self._range_of(item))

    def _range_of(self, item: Field) -> tuple[int, int, int]:
        """First row, last row and column of a field."""
        if item.table is None:
            row, column = self.grid.position_of(item)
            return row, row, column
        span = self.grid.spans[item.table]
        return span.first, span.anchor, self.grid.columns[item.defined_name]

    def _validations(self) -> Iterator[InputValidation]:
        for item in self.form.fields.values():
            if item.is_input:
                row, column = self.grid.position_of(item)
                yield self._validation(item, row, row, column=column)
        for table in self.form.tables:
            span = self.grid.spans[table.key]
            for member in table.inputs:
                at = self.grid.columns[member.defined_name]
                if member is review.part:
                    for group in review.GROUPS:
                        yield self._validation(member, *span.groups[group.name], column=at, parts=group.parts)
                elif member is not review.category:
                    yield self._validation(member, span.first, span.anchor, column=at)

    def _validation(
        self, item: Field, first: int, last: int, *, column: int, parts: tuple[str, ...] = ()
    ) -> InputValidation:
        options = validation_options(item, first, column, parts)
        points = f"{self.profile['indicator_weight']:g}"
        options["input_message"] = options["input_message"].replace("{indicator_weight}", points)
        return InputValidation(item, _area(first, last, column), options)


@lru_cache(_CACHE_SIZE)
def blueprint_of(form: Form, sizes: Sizes, year: int, profile: Profile) -> Blueprint:
    """The blueprint of a form, shared by all copies with these sizes, year and profile."""
    return Blueprint(form, sizes, year, profile)


def _likeness(alert: Alert) -> tuple[object, ...]:
    """What is the same of alerts that share one conditional format.

    Rows may be inserted between two cells, columns may not. So the criteria of cells in one row may read other rows,
    the same for all; those of cells in several rows only their own.
    """
    row, column, last, _ = alert.areas[0]
    places = [row_column(reference.replace("$", "")) for reference in _ABSOLUTE.findall(alert.criterion)]
    plain = _ABSOLUTE.sub("", alert.criterion)
    if row != last or "$" in plain:
        return alert.code, alert.severity, alert.areas, alert.criterion
    columns, rows = [at - column for _, at in places], [at for at, _ in places]
    return alert.code, alert.severity, plain, *columns, *([] if set(rows) == {row + 1} else [row, *rows])


def _shared_alert(alerts: Sequence[Alert]) -> Alert:
    """One conditional format in place of several whose criteria differ only in the cell."""
    first, areas = alerts[0], tuple(area for alert in alerts for area in alert.areas)
    if len(areas) == 1:
        return first
    kept = "$" if len({area[0] for area in areas}) == 1 else ""
    relative = _ABSOLUTE.sub(lambda match: match[0].replace("$", "", 1).replace("$", kept), first.criterion)
    return first._replace(areas=areas, criterion=relative)


def _area(first: int, last: int, column: int) -> Area:
    """A part of a column, given by rows and column from 1."""
    return first - 1, column - 1, last - 1, column - 1
