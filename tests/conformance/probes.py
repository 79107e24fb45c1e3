"""Filled workbooks with probes: formulas in spare cells that each hold one check of the template.

A probe stands to the right of the panel and holds one check of a panel line, or one conditional format as the file has
it, moved to one of its rows. So every verdict is compared on its own, and two errors cannot cancel out.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.formula.translate import Translator

from tests.conformance.generator import YEAR, FilledForm
from xltool.expr import excel, frame
from xltool.findings import address
from xltool.forms.grid import Grid, lay_out
from xltool.forms.model import Sizes
from xltool.params import DEFAULT, Profile
from xltool.rules.catalogue import RULES
from xltool.rules.model import Check, Rule, Scope
from xltool.template.blueprint import blueprint_of
from xltool.template.cells import SheetCells
from xltool.template.checks.lines import expressible_checks
from xltool.template.checks.rows import alert_criterion, row_checks
from xltool.template.order import Order, SheetOrder
from xltool.template.panel import Panel
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from xltool.forms.model import Form


Value = float | str | bool | None


CountedCheck = tuple[Rule, Check, str]


GAP = 44
"""Columns from the first of the panel to the first of the probes."""


_ROW = re.compile(r'<row r="(\d+)"([^>]*?)(/>|>(.*?)</row>)', re.DOTALL)


_FORMATS = re.compile(r'<conditionalFormatting sqref="([^"]*)">(.*?)</conditionalFormatting>', re.DOTALL)


_CRITERION = re.compile(r"<formula>(.*?)</formula>", re.DOTALL)


_MOVED = 20_000
"""Criteria that are kept."""


_RELATIVE = re.compile(r"(\$[A-Z]{1,3})\d+")


class Probe(NamedTuple):
    """A formula in a spare cell, and the check whose verdict it should give; `row` for a single row of a table."""

    cell: str
    formula: str
    rule: str
    check: int
    row: int | None
    counts: bool
    """Whether it counts violations; a conditional format is true or false instead."""


@dataclass
class ProbedWorkbook:
    """A filled workbook with its probes by sheet."""

    path: Path
    probes: dict[str, list[Probe]]
    retyped: set[str] = field(default_factory=set)
    """Sheets on which a printed number was changed after issue, so that stored results are out of date."""


def build(path: Path, filled: Sequence[FilledForm], per_part: int, profile: Profile = DEFAULT) -> ProbedWorkbook:
    """Write a workbook of several filled forms issued for a profile, add the probes, and save it."""
    order = Order(YEAR, "某局", indicators=per_part, profile=profile)
    sheets = [
        SheetOrder(filling.form, prefill=filling.prefill, protected=index % 2 == 0)
        for index, filling in enumerate(filled)
    ]
    data = write_workbook(order, sheets)
    probes: dict[str, list[Probe]] = {}
    numbers: Counter[str] = Counter()
    retyped: set[str] = set()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        parts = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(filled) + 1)]
        for name in old.namelist():
            text = old.read(name)
            if name in parts:
                form = filled[parts.index(name)].form
                numbers[form.key] += 1
                sheet = form.key if numbers[form.key] == 1 else f"{form.key}-{numbers[form.key]}"
                xml, grid = text.decode(), lay_out(form, order.sizes)
                for item, value in filled[parts.index(name)].retyped.items():
                    xml = _retyped(xml, address(*grid.position_of(item)), value)
                    retyped.add(sheet)
                probes[sheet] = list(_probes(xml, grid, profile))
                text = _with_cells(xml, probes[sheet]).encode()
            new.writestr(name, text)
    return ProbedWorkbook(path, probes, retyped)


def counted_checks(grid: Grid, profile: Profile) -> list[CountedCheck]:
    """Every check with a panel line on the form, with its count formula."""
    cells = SheetCells(grid, YEAR, profile=profile)
    return [(rule, check, count) for rule in RULES.values() for check, count in expressible_checks(rule, grid, cells)]


def _probes(xml: str, grid: Grid, profile: Profile) -> Iterator[Probe]:
    """Probes for all checks on a sheet; fails where the file lacks a conditional format."""
    standing = _criteria_by_area(xml)
    left, index = len(grid.form.widths) + 2 + GAP, 0
    for spec in _specs(grid.form, grid.last_row, profile):
        text = _written(spec, standing)
        for row in spec.rows:
            cell = address(1 + index % grid.last_row, left + index // grid.last_row)
            formula = text if row is None else _RELATIVE.sub(rf"\g<1>{row}", text)
            yield Probe(cell, formula, spec.rule, spec.check, row, spec.sqref is None)
            index += 1


def _written(spec: ProbeSpec, standing: Mapping[str, set[str]]) -> str:
    """The formula of a probe: of a conditional format the one that the file has, of the check itself or of its line."""
    if spec.sqref is None:
        return spec.formula
    known = (text for text in (spec.formula, spec.of_line) if text.replace("$", "") in standing[spec.sqref])
    text = next(known, None)
    assert text is not None, (spec.rule, spec.sqref)
    return text


def _criteria_by_area(xml: str) -> dict[str, set[str]]:
    """The criteria of each area that has conditional formats, as they read in its first cell, without $."""
    criteria: dict[str, set[str]] = defaultdict(set)
    for sqref, rules in _FORMATS.findall(xml):
        areas = sqref.split()
        first = areas[0].partition(":")[0]
        for area, text in product(areas, map(unescape, _CRITERION.findall(rules))):
            criteria[area].add(_moved(text, first, area.partition(":")[0]))
    return criteria


@lru_cache(_MOVED)
def _moved(criterion: str, first: str, cell: str) -> str:
    """How a criterion that reads so in the first cell reads in another, without $; sheets of a form have the same."""
    moved = str(Translator(f"={criterion}", first).translate_formula(cell))
    return moved.removeprefix("=").replace("$", "")


class ProbeSpec(NamedTuple):
    """A formula to probe on a form, in each of `rows`; `sqref` is the range of a conditional format."""

    formula: str
    rule: str
    check: int
    rows: tuple[int | None, ...]
    sqref: str | None
    of_line: str = ""
    """The formula by which the format may refer to the line of the check instead."""


_SPECS: dict[tuple[str, int, Profile], list[ProbeSpec]] = {}


def clear_caches() -> None:
    """Clear the caches, so that formulas are rendered again after a face was changed."""
    _SPECS.clear()
    blueprint_of.cache_clear()


def _specs(form: Form, last_row: int, profile: Profile) -> list[ProbeSpec]:
    key = form.key, last_row, profile
    if key not in _SPECS:
        sizes = next(own for own in map(_sized, range(1, 9)) if lay_out(form, own).last_row == last_row)
        panel = Panel(blueprint_of(form, sizes, YEAR, profile), frame.Values({}))
        _SPECS[key] = [*_counts(panel.blueprint.grid, profile), *_alerts(panel)]
    return _SPECS[key]


def _sized(rows: int) -> Sizes:
    return Sizes(indicators=rows)


def _counts(grid: Grid, profile: Profile) -> Iterator[ProbeSpec]:
    for rule, check, count in counted_checks(grid, profile):
        yield ProbeSpec(count, rule.code, rule.on_form.index(check), (None,), None)


def _alerts(panel: Panel) -> Iterator[ProbeSpec]:
    grid, profile = panel.blueprint.grid, panel.blueprint.profile
    for rule in RULES.values():
        for number, check in enumerate(rule.on_form):
            if (
                check.asks_for_entry
                or check.at.derived
                or check.scope is Scope.FILING
                or grid.form not in check.forms()
            ):
                continue
            span = None if check.at.table is None else grid.spans[check.at.table]
            row, column = (
                grid.position_of(check.at) if span is None else (span.first, grid.columns[check.at.defined_name])
            )
            last = row if span is None else span.anchor
            try:
                criterion = alert_criterion(check, SheetCells(grid, YEAR, row, profile)).removeprefix("=")
            except excel.UnsayableError:
                continue
            sqref = address(row, column) if last == row else f"{address(row, column)}:{address(last, column)}"
            # The verdict of each row stands in a column, which the count adds up: one row shows that it is read.
            rows = (row,) if check in row_checks(grid.form, profile) else tuple(range(row, last + 1))
            own = (line.criterion(check, panel.pointer(at)) for at, line in panel.lines.items())
            of_line = next(filter(None, own), "").removeprefix("=")
            yield ProbeSpec(criterion, rule.code, number, (None,) if of_line else rows, sqref, of_line)


def _retyped(xml: str, cell: str, value: float) -> str:
    """The worksheet with another number in a cell that holds a number."""
    changed = re.sub(rf'(<c r="{cell}"[^>]*><v>)[^<]*', rf"\g<1>{value}", xml)
    assert changed != xml, cell
    return changed


def _with_cells(xml: str, probes: Sequence[Probe]) -> str:
    """The worksheet with formulas in spare cells at the end of its rows."""
    by_row: dict[int, list[str]] = defaultdict(list)
    for probe in probes:
        row = int(re.sub(r"\D", "", probe.cell))
        by_row[row].append(f'<c r="{probe.cell}" t="str"><f>{escape(probe.formula, quote=False)}</f><v>?</v></c>')

    def extended(match: re.Match[str]) -> str:
        rest = re.sub(r' spans="[^"]*"', "", match[2])
        return f'<row r="{match[1]}"{rest}>{match[4] or ""}{"".join(by_row.pop(int(match[1]), []))}</row>'

    changed = _ROW.sub(extended, xml)
    assert not by_row, sorted(by_row)
    return re.sub(r'<dimension ref="[^"]*"/>', "", changed)
