"""The bench: filled workbooks with probes in spare cells, what an engine makes of them, and what the frames say.

A probe is a cell right of the panel that holds one check of a live line, or one conditional format as it stands in
the file, moved to one of its rows; so every verdict is compared by itself and no two errors cancel out.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tests.conformance.generator import YEAR, Filling
from xltool.auditing.tables.issued import carried_by
from xltool.auditing.tables.scopes import FormScope, RowScope
from xltool.expr import excel, frame
from xltool.expr.nodes import Sum
from xltool.findings import Severity, address
from xltool.forms import FORMS, review
from xltool.forms.grid import Grid, lay_out
from xltool.forms.manifest import SHEET
from xltool.forms.model import Sizes
from xltool.params import DEFAULT, Profile
from xltool.reader.ooxml.workbook import open_workbook
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.rules.model import Check, Rule, Scope
from xltool.template.blueprint import blueprint_of
from xltool.template.cells import SheetCells
from xltool.template.order import Order, SheetOrder
from xltool.template.panel_lines import expressible_checks
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xltool.expr.frame import Booleans, Truth
    from xltool.forms.model import Form
    from xltool.reader.records import Submission

Value = float | str | bool | None
Cells = dict[tuple[str, str], Value]
"""What stands where, by sheet and address."""
Said = tuple[Rule, Check, str]

NEAR = 1e-6
LAST = 200
"""A row below every panel."""
GAP = 5
"""Columns from the first of the panel to the first of the probes."""
_ROW = re.compile(r'<row r="(\d+)"([^>]*?)(/>|>(.*?)</row>)', re.DOTALL)
_FORMATS = re.compile(r'<conditionalFormatting sqref="([^"]*)">(.*?)</conditionalFormatting>', re.DOTALL)
_CRITERION = re.compile(r"<formula>(.*?)</formula>", re.DOTALL)
_RELATIVE = re.compile(r"(\$[A-Z]{1,3})\d+")


class Probe(NamedTuple):
    """A formula in a spare cell, and which verdict it should give; `row` where it is about one row of a table."""

    cell: str
    formula: str
    rule: str
    check: int
    row: int | None
    counts: bool
    """Whether it counts violations; else it is a conditional format, true or false."""


class Line(NamedTuple):
    """A live line: the rule it tells of, and whether it asks for entries or judges what stands there."""

    rule: str
    entry: bool


class Disagreement(NamedTuple):
    """Where an engine and the frames differ."""

    kind: str
    what: str
    file: str
    sheet: str
    cell: str
    engine: Value
    expected: Value


@dataclass
class Book:
    """A filled workbook with its probes by sheet."""

    path: Path
    probes: dict[str, list[Probe]]
    retyped: set[str] = field(default_factory=set)
    """Sheets on which a printed number was changed after issue, so that what was cached no longer holds."""


@dataclass
class Tally:
    """What was compared and what did not agree."""

    compared: Counter[str] = field(default_factory=Counter)
    wrong: list[Disagreement] = field(default_factory=list)
    seen: Counter[tuple[str, str, int, str]] = field(default_factory=Counter)
    """How often a check (form, rule, number) was violated, satisfied, unknown."""

    @property
    def verdicts(self) -> int:
        """Values, counts, alerts and lines compared."""
        return self.compared.total()

    def causes(self) -> Counter[tuple[str, str]]:
        """Disagreements by kind and by rule or field."""
        return Counter((one.kind, one.what) for one in self.wrong)

    def take(self, disagreement: Disagreement) -> None:
        """Compare one verdict."""
        self.compared[disagreement.kind] += 1
        if not same(disagreement.engine, disagreement.expected):
            self.wrong.append(disagreement)


def same(left: Value, right: Value) -> bool:
    """Whether two results mean the same: blank is empty text, and numbers may differ by a millionth.

    >>> same(None, ""), same(0.1 + 0.2, 0.3), same(True, 1.0), same("#DIV/0!", 0.0), same(None, 0.0)
    (True, True, False, False, False)
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=NEAR)
    return ("" if left is None else left) == ("" if right is None else right)


def build(path: Path, made: Sequence[Filling], per_part: int, profile: Profile = DEFAULT) -> Book:
    """Write a workbook of several filled forms issued for a profile, put the probes in, save it."""
    order = Order(YEAR, "某局", indicators=per_part, profile=profile)
    sheets = [
        SheetOrder(filling.form, prefill=filling.prefill, protected=index % 2 == 0)
        for index, filling in enumerate(made)
    ]
    data = write_workbook(order, sheets)
    probes: dict[str, list[Probe]] = {}
    numbers: Counter[str] = Counter()
    retyped: set[str] = set()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        parts = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(made) + 1)]
        for name in old.namelist():
            text = old.read(name)
            if name in parts:
                form = made[parts.index(name)].form
                numbers[form.key] += 1
                sheet = form.key if numbers[form.key] == 1 else f"{form.key}-{numbers[form.key]}"
                xml, grid = text.decode(), lay_out(form, order.sizes)
                for item, value in made[parts.index(name)].retyped.items():
                    xml = _retyped(xml, address(*grid.position_of(item)), value)
                    retyped.add(sheet)
                probes[sheet] = list(_probes(xml, grid, profile))
                text = _with_cells(xml, probes[sheet]).encode()
            new.writestr(name, text)
    return Book(path, probes, retyped)


def said(grid: Grid, profile: Profile) -> list[Said]:
    """Every check with a live line on the form, with its count formula."""
    cells = SheetCells(grid, YEAR, profile=profile)
    return [(rule, check, count) for rule in RULES.values() for check, count in expressible_checks(rule, grid, cells)]


def _probes(xml: str, grid: Grid, profile: Profile) -> Iterator[Probe]:
    """Probes for everything that is said on a sheet; a conditional format that is not in the file is a failure."""
    standing: dict[str, set[str]] = defaultdict(set)
    for sqref, rules in _FORMATS.findall(xml):
        standing[sqref] |= {unescape(text) for text in _CRITERION.findall(rules)}
    left, index = len(grid.form.widths) + 2 + GAP, 0
    for wish in _wishes(grid.form, grid.last_row, profile):
        assert wish.sqref is None or wish.formula in standing[wish.sqref], (wish.rule, wish.sqref)
        for row in wish.rows:
            cell = address(1 + index % grid.last_row, left + index // grid.last_row)
            formula = wish.formula if row is None else _RELATIVE.sub(rf"\g<1>{row}", wish.formula)
            yield Probe(cell, formula, wish.rule, wish.check, row, wish.sqref is None)
            index += 1


class Wish(NamedTuple):
    """What should be probed on a form, in each of `rows`; `sqref` is where a conditional format stands."""

    formula: str
    rule: str
    check: int
    rows: tuple[int | None, ...]
    sqref: str | None


_KNOWN: dict[tuple[str, int, Profile], list[Wish]] = {}


def forget() -> None:
    """Render everything anew (after a face was tampered with)."""
    _KNOWN.clear()
    blueprint_of.cache_clear()


def _wishes(form: Form, last_row: int, profile: Profile) -> list[Wish]:
    key = form.key, last_row, profile
    if key not in _KNOWN:
        grid = next(
            grid for rows in range(1, 9) if (grid := lay_out(form, Sizes(indicators=rows))).last_row == last_row
        )
        _KNOWN[key] = [*_counts(grid, profile), *_alerts(grid, profile)]
    return _KNOWN[key]


def _counts(grid: Grid, profile: Profile) -> Iterator[Wish]:
    for rule, check, count in said(grid, profile):
        yield Wish(count, rule.code, rule.checks.index(check), (None,), None)


def _alerts(grid: Grid, profile: Profile) -> Iterator[Wish]:
    for rule in RULES.values():
        for number, check in enumerate(rule.checks):
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
                criterion = excel.criterion(check.test, SheetCells(grid, YEAR, row, profile)).removeprefix("=")
            except excel.UnsayableError:
                continue
            sqref = address(row, column) if last == row else f"{address(row, column)}:{address(last, column)}"
            yield Wish(criterion, rule.code, number, tuple(range(row, last + 1)), sqref)


def _retyped(xml: str, cell: str, value: float) -> str:
    """A worksheet with another number in a cell that holds one."""
    changed = re.sub(rf'(<c r="{cell}"[^>]*><v>)[^<]*', rf"\g<1>{value}", xml)
    assert changed != xml, cell
    return changed


def _with_cells(xml: str, probes: Sequence[Probe]) -> str:
    """A worksheet with formulas put into spare cells at the end of its rows."""
    waiting: dict[int, list[str]] = defaultdict(list)
    for probe in probes:
        row = int(re.sub(r"\D", "", probe.cell))
        waiting[row].append(f'<c r="{probe.cell}" t="str"><f>{escape(probe.formula, quote=False)}</f><v>?</v></c>')

    def extended(match: re.Match[str]) -> str:
        rest = re.sub(r' spans="[^"]*"', "", match[2])
        return f'<row r="{match[1]}"{rest}>{match[4] or ""}{"".join(waiting.pop(int(match[1]), []))}</row>'

    changed = _ROW.sub(extended, xml)
    assert not waiting, sorted(waiting)
    return re.sub(r'<dimension ref="[^"]*"/>', "", changed)


def values_of(path: Path) -> Cells:
    """The values a file holds, errors as text, truth values as such."""
    return {
        (sheet.name, address(*spot)): cell.error or _plain(cell.value)
        for sheet in open_workbook(path).sheets
        for spot, cell in sheet.cells.items()
        if sheet.name != SHEET
    }


def _plain(value: object) -> Value:
    return value if value is None or isinstance(value, float | str | bool) else str(value)


@dataclass
class Frames:
    """Verdicts of the frames on every submission of some files."""

    submissions: dict[tuple[str, str], Submission]
    truths: dict[tuple[str, str, str, int], dict[int | None, str]] = field(default_factory=lambda: defaultdict(dict))
    """By file, sheet, rule and check: violated, satisfied or unknown, by table row (None: the form)."""
    calculated: dict[tuple[str, str, str], float] = field(default_factory=dict)
    """By file, sheet and cell: what a formula should show, NaN for nothing."""
    sums: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)
    """By file, sheet and 一级指标: sums of weights and scores, NaN for nothing."""


def frames_of(files: Sequence[Path]) -> Frames:
    """Read the files and ask the frames everything the workbooks answer themselves."""
    read = [submission for path in files for submission in read_file(path, path.name).submissions]
    found = Frames({(one.path, one.sheet): one for one in read})
    for form in FORMS.values():
        own = [one for one in read if one.form == form.key]
        if own:
            _judge(form, FormScope(form, own, [_profile_of(one) for one in own]), found)
    return found


def _profile_of(submission: Submission) -> Profile:
    """The profile whose numbers stand in the formulas of a template: the one it was issued for, known or not."""
    carried = carried_by(submission)
    return (carried and carried.profile) or DEFAULT


def _judge(form: Form, base: FormScope, frames: Frames) -> None:
    rows = {table.key: RowScope(base, table.key) for table in form.tables}
    for code, number in sorted(_asked(form, DEFAULT) | _alerted(form)):
        check = RULES[code].checks[number]
        if check.scope is Scope.ROW:
            scope = rows[next(item.table for item in check.loose if item.table)]
            verdicts = _words(frame.truth(check.test, scope))
            for owner, row, verdict in zip(scope.owners, scope.rows, verdicts, strict=True):
                one = base.submissions[owner]
                frames.truths[one.path, one.sheet, code, number][row.row] = verdict
        else:
            for one, verdict in zip(base.submissions, _words(frame.truth(check.test, base)), strict=True):
                frames.truths[one.path, one.sheet, code, number][None] = verdict
    _calculate(form, base, frames)


def _calculate(form: Form, base: FormScope, frames: Frames) -> None:
    for group in review.GROUPS if review.indicators in form.tables else ():
        totals = [frame.evaluate(Sum(column, group.name), base) for column in (review.weight, review.score)]
        for submission, weight, score in zip(base.submissions, *totals, strict=True):
            frames.sums[submission.path, submission.sheet, group.name] = [float(weight), float(score)]
    for item in form.fields.values():
        if item.formula is None:
            continue
        for submission, value in zip(base.submissions, base.recomputed(item), strict=True):
            if submission.values[item.key].formula is not None:
                frames.calculated[submission.path, submission.sheet, submission.values[item.key].cell] = float(value)


def _alerted(form: Form) -> set[tuple[str, int]]:
    return {
        (rule.code, number)
        for rule in RULES.values()
        for number, check in enumerate(rule.checks)
        if not check.asks_for_entry
        and check.scope is not Scope.FILING
        and form in check.forms()
        and not any(item.derived and item.key != "年末" for item in check.fields)
    }


def _words(truth: Truth) -> list[str]:
    known: Booleans = truth.known
    return list(np.where(~known, "unknown", np.where(truth.holds, "satisfied", "violated")))


def compare(book: Book, name: str, engine: Cells, frames: Frames, tally: Tally) -> None:
    """Compare everything one engine makes of a workbook with the frames."""
    for sheet, probes in book.probes.items():
        form = frames.submissions[name, sheet].form
        for probe in probes:
            verdicts = frames.truths[name, sheet, probe.rule, probe.check]
            expected: Value = float(Counter(verdicts.values())["violated"])
            if not probe.counts:
                expected = verdicts.get(None, verdicts.get(probe.row, "unknown")) == "violated"
            for verdict in verdicts.values() if probe.counts else ():
                tally.seen[form, probe.rule, probe.check, verdict] += 1
            kind, what = "count" if probe.counts else "alert", f"{probe.rule}[{probe.check}]"
            tally.take(Disagreement(kind, what, name, sheet, probe.cell, engine.get((sheet, probe.cell)), expected))
    compare_lines(name, engine, frames, tally)


def compare_lines(name: str, engine: Cells, frames: Frames, tally: Tally) -> None:
    """Compare what stands on the sheets themselves: panels, summaries and calculated fields."""
    for (file, sheet), one in frames.submissions.items():
        if file == name:
            counts: Counter[Line] = Counter()
            for code, number in _asked(FORMS[one.form], _profile_of(one)):
                line = Line(code, RULES[code].checks[number].asks_for_entry)
                counts[line] += Counter(frames.truths[name, sheet, code, number].values())["violated"]
            _compare_panel(one, counts, engine, tally)
            _compare_sums(one, frames, engine, tally)
    for (file, sheet, cell), value in frames.calculated.items():
        if file == name:
            shown: Value = "" if math.isnan(value) else value
            what = next(item.field for item in frames.submissions[file, sheet].values.values() if item.cell == cell)
            tally.take(Disagreement("value", what, name, sheet, cell, engine.get((sheet, cell)), shown))


def _compare_sums(submission: Submission, frames: Frames, engine: Cells, tally: Tally) -> None:
    """The sums of the 一级指标 below the live lines."""
    left = len(FORMS[submission.form].widths) + 2
    for row in range(5, LAST):
        name = str(engine.get((submission.sheet, address(row, left))))
        for offset, value in enumerate(frames.sums.get((submission.path, submission.sheet, name), ()), start=1):
            spot, shown = address(row, left + offset), "" if math.isnan(value) else value
            tally.take(
                Disagreement(
                    "sum", name, submission.path, submission.sheet, spot, engine.get((submission.sheet, spot)), shown
                )
            )


def compare_cached(book: Book, engine: Cells, tally: Tally) -> None:
    """Compare what xltool wrote as the result of each of its formulas with what an engine calculates."""
    probes = {(sheet, probe.cell) for sheet, placed in book.probes.items() for probe in placed}
    for sheet in open_workbook(book.path).sheets:
        for at, cell in sheet.cells.items():
            spot = sheet.name, address(*at)
            if cell.formula is not None and spot not in probes and sheet.name not in book.retyped:
                tally.take(Disagreement("cached", spot[1], book.path.name, *spot, _plain(cell.value), engine.get(spot)))


@cache
def _asked(form: Form, profile: Profile) -> frozenset[tuple[str, int]]:
    """Checks with a live line on the form, by rule and number."""
    return frozenset((rule.code, rule.checks.index(check)) for rule, check, _ in said(lay_out(form, Sizes()), profile))


def _compare_panel(submission: Submission, counts: Counter[Line], engine: Cells, tally: Tally) -> None:
    """The live lines as they stand in the panel (found by their code), and the two summaries."""
    left = len(FORMS[submission.form].widths) + 2
    totals: Counter[bool] = Counter()
    found: set[Line] = set()
    for row in range(5, LAST):
        code = str(engine.get((submission.sheet, address(row, left))))
        if code in RULES:
            # What a rule asks for stands below what it judges.
            line = Line(code, entry=(code, False) not in counts or (code, False) in found)
            found.add(line)
            spot = address(row, left + 3)
            engines, own = engine.get((submission.sheet, spot)), float(counts[line])
            tally.take(Disagreement("line", code, submission.path, submission.sheet, spot, engines, own))
            if line.entry or RULES[code].severity is not Severity.INFO:
                totals[line.entry] += counts[line]
    assert found == set(counts), (submission.sheet, found ^ set(counts))
    texts = (
        f"公式自检：{f'{totals[False]} 处待核实' if totals[False] else '正常'}",
        f"填写完整：{f'{totals[True]} 处待填' if totals[True] else '已填齐'}",
    )
    for row, text in enumerate(texts, start=2):
        spot = address(row, left)
        tally.take(
            Disagreement(
                "summary", text[:4], submission.path, submission.sheet, spot, engine.get((submission.sheet, spot)), text
            )
        )
