"""Comparison of what an engine calculates in a workbook with the verdicts of the frames."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tests.conformance.probes import ProbedWorkbook, Value
from tests.conformance.verdicts import Frames, checks_with_lines, issued_profile
from xltool.findings import address
from xltool.forms import FORMS, review
from xltool.forms.grid import lay_out
from xltool.forms.manifest import SHEET
from xltool.forms.model import Sizes
from xltool.reader.ooxml.workbook import open_workbook
from xltool.rules.catalogue import RULES
from xltool.template import panel
from xltool.template.cells import SheetCells
from xltool.template.checks.lines import LineKind, kind_of
from xltool.template.quantities import READ_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.records import Submission


CellValues = dict[tuple[str, str], Value]
"""Values of cells by sheet and address."""


NEAR = 1e-6


LAST = 200
"""A row below every panel."""


class CheckedLine(NamedTuple):
    """A panel line: its rule, and what it speaks of."""

    rule: str
    kind: LineKind


class Disagreement(NamedTuple):
    """A value of an engine and the value expected by the frames; a disagreement only where they differ."""

    kind: str
    what: str
    file: str
    sheet: str
    cell: str
    engine: Value
    expected: Value


@dataclass
class Tally:
    """Counts of what was compared, and the disagreements."""

    compared: Counter[str] = field(default_factory=Counter)
    wrong: list[Disagreement] = field(default_factory=list)
    seen: Counter[tuple[str, str, int, str]] = field(default_factory=Counter)
    """How often each check (form, rule, number) was violated, satisfied or unknown."""

    @property
    def verdicts(self) -> int:
        """The number of compared values, counts, alerts and lines."""
        return self.compared.total()

    def causes(self) -> Counter[tuple[str, str]]:
        """Disagreements by kind and by rule or field."""
        return Counter((disagreement.kind, disagreement.what) for disagreement in self.wrong)

    def add(self, disagreement: Disagreement) -> None:
        """Count a comparison, and keep it if the two values differ."""
        self.compared[disagreement.kind] += 1
        if not same(disagreement.engine, disagreement.expected):
            self.wrong.append(disagreement)


def same(left: Value, right: Value) -> bool:
    """Whether two results are equal: a blank equals an empty text, and numbers may differ by a millionth.

    >>> same(None, ""), same(0.1 + 0.2, 0.3), same(True, 1.0), same("#DIV/0!", 0.0), same(None, 0.0)
    (True, True, False, False, False)
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=1e-12, abs_tol=NEAR)
    return ("" if left is None else left) == ("" if right is None else right)


def values_of(path: Path) -> CellValues:
    """The values stored in a file, errors as texts."""
    return {
        (sheet.name, address(*spot)): cell.error or _plain(cell.value)
        for sheet in open_workbook(path).sheets
        for spot, cell in sheet.cells.items()
        if sheet.name != SHEET
    }


def unlike_stored(path: Path, engine: CellValues) -> list[tuple[str, str, Value, Value]]:
    """Sheet, cell, stored result and the engine's, of every formula of a workbook whose result an engine differs on."""
    return [
        (sheet.name, address(*at), _plain(cell.value), engine.get((sheet.name, address(*at))))
        for sheet in open_workbook(path).sheets
        for at, cell in sheet.cells.items()
        if cell.stored_formula is not None and not same(_plain(cell.value), engine.get((sheet.name, address(*at))))
    ]


def _plain(value: object) -> Value:
    return value if value is None or isinstance(value, float | str | bool) else str(value)


def compare(book: ProbedWorkbook, name: str, engine: CellValues, frames: Frames, tally: Tally) -> None:
    """Compare all results of an engine for a workbook with the frames."""
    for sheet, probes in book.probes.items():
        form = frames.submissions[name, sheet].form
        for probe in probes:
            verdicts = _verdicts((name, sheet, probe.rule, probe.check), engine, frames)
            expected: Value = float(Counter(verdicts.values())["violated"])
            if not probe.counts:
                expected = verdicts.get(None, verdicts.get(probe.row, "unknown")) == "violated"
            for verdict in verdicts.values() if probe.counts else ():
                tally.seen[form, probe.rule, probe.check, verdict] += 1
            kind, what = "count" if probe.counts else "alert", f"{probe.rule}[{probe.check}]"
            tally.add(Disagreement(kind, what, name, sheet, probe.cell, engine.get((sheet, probe.cell)), expected))
    compare_lines(name, engine, frames, tally)


def compare_lines(name: str, engine: CellValues, frames: Frames, tally: Tally) -> None:
    """Compare the formulas of the sheets themselves: panels, summaries and calculated fields."""
    for (file, sheet), submission in frames.submissions.items():
        if file == name:
            counts: Counter[CheckedLine] = Counter()
            for code, number in checks_with_lines(FORMS[submission.form], issued_profile(submission)):
                line = CheckedLine(code, kind_of(RULES[code], RULES[code].on_form[number]))
                counts[line] += Counter(_verdicts((name, sheet, code, number), engine, frames).values())["violated"]
            _compare_read(submission, engine, tally)
            _compare_panel(submission, counts, engine, tally)
            _compare_sums(submission, frames, engine, tally)
    for (file, sheet, cell), value in frames.calculated.items():
        if file == name:
            shown: Value = "" if math.isnan(value) else value
            what = next(item.field for item in frames.submissions[file, sheet].values.values() if item.cell == cell)
            tally.add(Disagreement("value", what, name, sheet, cell, engine.get((sheet, cell)), shown))


def _verdicts(key: tuple[str, str, str, int], engine: CellValues, frames: Frames) -> dict[int | None, str]:
    """The verdicts of a check; unknown in the rows whose target and actual value the sheet does not read."""
    file, sheet, code, number = key
    verdicts, submission, check = frames.truths[key], frames.submissions[file, sheet], RULES[code].on_form[number]
    # A blank sign of an actual value says that there is none, and not that it was not read.
    read = (item for item in READ_COLUMNS if item in check.read and item is not review.actual_operator)
    columns = [cells_of(submission.form).read_column(item) for item in read]
    blank = {
        row
        for row in verdicts
        if row is not None and any(beside(submission, engine, row, column) in {None, ""} for column in columns)
    }
    return {row: "unknown" if row in blank else verdict for row, verdict in verdicts.items()}


@cache
def cells_of(form: str) -> SheetCells:
    """Where everything stands on the sheet of a template of a form."""
    return SheetCells(lay_out(FORMS[form], Sizes()), 0)


def beside(submission: Submission, engine: CellValues, row: int, column: int) -> Value:
    """What stands beside the panel in a column for a table row; that is in another row where rows were inserted."""
    numbers = cells_of(submission.form).row_column()
    slots = (row, *range(1, LAST))
    slot = next((at for at in slots if engine.get((submission.sheet, address(at, numbers))) == row), None)
    return None if slot is None else engine.get((submission.sheet, address(slot, column)))


def _compare_read(submission: Submission, engine: CellValues, tally: Tally) -> None:
    """Compare what the sheet reads of targets and actual values with what the reader read; it may read less."""
    for row in submission.rows if submission.form != "附件1" else ():
        shown = beside(submission, engine, row.row, cells_of(submission.form).read_column(review.direction))
        if shown:
            own: Value = str(row.derived["方向"])
            tally.add(Disagreement("read", "方向", submission.path, submission.sheet, str(row.row), shown, own))


def _compare_sums(submission: Submission, frames: Frames, engine: CellValues, tally: Tally) -> None:
    """Compare the sums of each 一级指标 below the panel lines."""
    left = len(FORMS[submission.form].widths) + 2 + panel.LINE
    for row in range(5, LAST):
        name = str(engine.get((submission.sheet, address(row, left))))
        for offset, value in enumerate(frames.sums.get((submission.path, submission.sheet, name), ()), start=1):
            spot, shown = address(row, left + offset), "" if math.isnan(value) else value
            tally.add(
                Disagreement(
                    "sum", name, submission.path, submission.sheet, spot, engine.get((submission.sheet, spot)), shown
                )
            )


def compare_cached(book: ProbedWorkbook, engine: CellValues, tally: Tally) -> None:
    """Compare the results that xltool stored with its formulas with those that an engine calculates."""
    probes = {(sheet, probe.cell) for sheet, placed in book.probes.items() for probe in placed}
    for sheet in open_workbook(book.path).sheets:
        for at, cell in sheet.cells.items():
            spot = sheet.name, address(*at)
            if cell.stored_formula is not None and spot not in probes and sheet.name not in book.retyped:
                tally.add(Disagreement("cached", spot[1], book.path.name, *spot, _plain(cell.value), engine.get(spot)))


def _compare_panel(submission: Submission, counts: Counter[CheckedLine], engine: CellValues, tally: Tally) -> None:
    """Compare the lines of the panel, which are found by their codes, and the two summaries."""
    left = len(FORMS[submission.form].widths) + 2
    totals: Counter[bool] = Counter()
    lines: set[CheckedLine] = set()
    for row in range(5, LAST):
        code = str(engine.get((submission.sheet, address(row, left + panel.LINE))))
        if code in RULES:
            # Of a rule with several lines, hints stand below mistakes, and requests for entries last.
            own_lines = (CheckedLine(code, kind) for kind in LineKind)
            line = next(line for line in own_lines if line in counts and line not in lines)
            lines.add(line)
            spot = address(row, left + panel.COUNT)
            engines, own = engine.get((submission.sheet, spot)), float(counts[line])
            tally.add(Disagreement("line", code, submission.path, submission.sheet, spot, engines, own))
            if line.kind is not LineKind.HINT:
                totals[line.kind is LineKind.REQUEST] += counts[line]
    assert lines == set(counts), (submission.sheet, lines ^ set(counts))
    texts = (
        f"公式自检：{f'{totals[False]} 处待核实' if totals[False] else '正常'}",
        f"填写完整：{f'{totals[True]} 处待填' if totals[True] else '已填齐'}",
    )
    for row, text in enumerate(texts, start=2):
        spot = address(row, left)
        tally.add(
            Disagreement(
                "summary", text[:4], submission.path, submission.sheet, spot, engine.get((submission.sheet, spot)), text
            )
        )
