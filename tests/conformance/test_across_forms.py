"""Checks across the forms of a combined workbook give the verdicts of the audit, in two spreadsheet engines."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.conformance.comparison import same, unlike_stored, values_of
from tests.conformance.generator import OFFSETS, YEAR, FilledForm, Pen, fillings
from tests.support.programs.engines import evaluate_ironcalc
from tests.support.programs.office import needs_office, recalculate
from xltool.auditing.tables.scopes import FilingScope, FormScope
from xltool.expr import excel, frame
from xltool.expr.nodes import Close
from xltool.findings import address
from xltool.forms import FORMS, base_data, foot, project, review, self_review
from xltool.forms.manifest import OVERVIEW
from xltool.reader.ooxml.workbook import open_workbook
from xltool.reader.reading import read_file
from xltool.rules.catalogue import RULES
from xltool.rules.model import Scope
from xltool.template import panel
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_combined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conformance.comparison import CellValues
    from xltool.rules.model import Check, Rule

BOOKS, OFFICE = 14, 5
ACROSS = ("A3-13", "X-01", "X-03", "X-04", "X-05", "X-07", "X-08", "X-09", "X-10", "X-14", "X-15")


class Verdict(NamedTuple):
    """How often a rule is violated on a sheet, and whether each of its checks is known and violated."""

    violations: int
    states: tuple[str, ...]


def _chosen(turn: int, chance: random.Random) -> list[FilledForm]:
    """A department's forms: amounts that agree exactly, at the tolerance, or not, and some that are blank."""
    of_turn = fillings(turn, 3, 1)
    first = {filled.form.key: filled for filled in reversed(of_turn)}
    projects = [filled for filled in of_turn if filled.form is project.FORM][: turn % 4]
    pen = Pen(chance, 0.0)
    spent = pen.amounts[1]

    def near(amount: float) -> float | None:
        return chance.choice(
            (amount, amount, round(amount + chance.choice(OFFSETS), 6), amount + 50, amount - 50, None)
        )

    values: dict[str, dict[Any, Any]] = {"附件1": {}, "附件2": {}}
    initials, budgets, executed = [], [], []
    for number, filled in enumerate(projects):
        own: dict[Any, Any] = {line.amounts[at]: None for line in project.breakdown for at in range(3)}
        own |= dict(zip(project.appropriation.amounts, (10.0 + number, 20.0 + number, 15.5 + number), strict=True))
        for amount in project.year.amounts:
            filled.prefill.pop(amount, None)
        filled.prefill.update(own if chance.random() < 0.9 else {})
        initials.append(10.0 + number)
        budgets.append(20.0 + number)
        executed.append(15.5 + number)
    values["附件1"] |= {
        base_data.project_spending.actual: near(spent),
        base_data.project_spending.budget: near(sum(initials)),
        base_data.running.actual: near(50.0),
        base_data.procurement_actual: near(300.0),
        base_data.adjustment_before: near(100.0),
        base_data.adjustment_after: near(50.0),
    }
    values["附件2"] |= {
        self_review.project_spending: chance.choice((spent, near(sum(executed)))),
        self_review.basic_spending: chance.choice((50.0, 50.0, None)),
        self_review.year.initial: near(100.0 + sum(initials) * chance.choice((1, 1, -10))),
        self_review.year.budget: near(50.0 + sum(budgets)) if turn % 4 != 2 else 60.0,
        self_review.year.executed: near(300.0),
    }
    for key, own in values.items():
        first[key].prefill.update(own)
    own_chance = random.Random(turn)  # noqa: S311 - chance, not a secret
    for filled in (first["附件1"], first["附件2"], *projects):
        filled.prefill.update(_texts(filled.form.key, own_chance))
    return [first["附件1"], first["附件2"], *projects]


def _texts(form: str, chance: random.Random) -> dict[Any, Any]:
    """Names, goals and the foot, mostly as on the other forms, apart from spaces and the width of brackets."""
    name = chance.choice(("某局（本级）", "某局(本级)", "某 局（本级）", "另一局", None))
    filler = chance.choice(("某某", "某\u3000某", "另一人", None))
    common = {foot.filler: filler, foot.filed_on: date(2024, 6, chance.choice((12, 12, 13)))}
    owners: dict[str, dict[Any, Any]] = {
        "附件1": {base_data.unit: name},
        "附件2": {self_review.department: name},
        "附件3": {project.supervisor: name, project.implementer: chance.choice(("某局（本级）", "下属单位"))},
    }
    goal = chance.choice(("（1）完成培训15人次\n（2）验收", "(1)完成培训15人次（2）验收", "另一目标"))
    return common | owners[form] | ({} if form == "附件1" else {review.goal: goal})


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Combined workbooks of departments with no to three projects."""
    folder, chance = tmp_path_factory.mktemp("across"), random.Random(7)  # noqa: S311 - chance, not a secret
    paths = []
    for turn in range(BOOKS):
        sheets = [SheetOrder(filled.form, prefill=filled.prefill) for filled in _chosen(turn, chance)]
        path = folder / f"{turn}.xlsx"
        path.write_bytes(write_combined(Order(YEAR, "某局", indicators=1), sheets))
        paths.append(path)
    return paths


def _across(rule: Rule, form: str) -> list[Check]:
    return [check for check in rule.on_form if check.scope is Scope.FILING and FORMS[form].has(check.at)]


def _expected(path: Path) -> dict[tuple[str, str], Verdict]:
    """What the audit says of each rule across forms, by sheet and rule."""
    submissions = read_file(path, path.name).submissions
    for submission in submissions:
        submission.filing = path.name
    frames = {key: FormScope(form, [s for s in submissions if s.form == key]) for key, form in FORMS.items()}
    verdicts = {}
    for code, key in product(ACROSS, FORMS):
        truths = [frame.truth(check.test, FilingScope(frames[key], frames)) for check in _across(RULES[code], key)]
        for at, submission in enumerate(frames[key].submissions) if truths else ():
            states = ["unknown" if not t.known[at] else "satisfied" if t.holds[at] else "violated" for t in truths]
            verdicts[submission.sheet, code] = Verdict(states.count("violated"), tuple(states))
    return verdicts


def _counts(path: Path, engine: CellValues) -> dict[tuple[str, str], object]:
    """What the lines of the panels count, by sheet and rule."""
    counts: dict[tuple[str, str], object] = {}
    for sheet in sorted({sheet for sheet, _ in engine if sheet[:3] in FORMS}):
        left = len(FORMS[sheet[:3]].widths) + 2
        for row in range(5, 80):
            code = engine.get((sheet, address(row, left + panel.LINE)))
            if code in ACROSS:
                counts[sheet, str(code)] = engine.get((sheet, address(row, left + panel.COUNT)))
    assert counts, path
    return counts


def _disagreements(paths: Sequence[Path], engines: Sequence[CellValues]) -> tuple[list[object], Counter[object]]:
    """The lines that disagree with the audit, and how often each rule was seen in each state."""
    wrong: list[object] = []
    seen: Counter[object] = Counter()
    for path, engine in zip(paths, engines, strict=True):
        expected, counts = _expected(path), _counts(path, engine)
        for key, count in counts.items():
            seen.update((key[1], state) for state in expected[key].states)
            if not same(count, float(expected[key].violations)):  # type: ignore[arg-type] # a value of a cell
                wrong.append((path.name, *key, count, expected[key]))
        # A rule without a line needs a form that this department does not have.
        assert all(not verdict.violations for key, verdict in expected.items() if key not in counts), path
    return wrong, seen


def test_ironcalc_agrees_with_the_audit(books: list[Path]) -> None:
    """Every rule across forms was seen violated and satisfied, and its line counts what the audit finds."""
    wrong, seen = _disagreements(books, [evaluate_ironcalc(path) for path in books])
    assert wrong == []
    assert {(code, state) for code in ACROSS for state in ("violated", "satisfied")} <= set(seen)


@needs_office
def test_libreoffice_agrees_with_the_audit_and_with_what_was_stored(books: list[Path], tmp_path: Path) -> None:
    """LibreOffice counts the same, and shows on every sheet, 送审前核对 included, what xltool stored."""
    engines = [values_of(path) for path in recalculate(books[:OFFICE], tmp_path / "office")]
    assert _disagreements(books[:OFFICE], engines)[0] == []
    assert [unlike_stored(path, engine) for path, engine in zip(books[:OFFICE], engines, strict=True)] == [[]] * OFFICE


def test_a_wider_tolerance_is_noticed(tmp_path: Path) -> None:
    """A face with a tolerance ten times as wide counts less than the audit."""
    right = excel._holds.dispatch(Close)  # noqa: SLF001 - the control breaks the face from inside
    excel._holds.register(Close, lambda node, cells: right(node, cells).replace("<=0.0", "<=0."))  # noqa: SLF001
    try:
        filled = _chosen(1, random.Random(3))  # noqa: S311 - as above
        filled[0].prefill.update({base_data.project_spending.actual: 100.1})
        filled[1].prefill.update({self_review.project_spending: 100.0})
        path = tmp_path / "wide.xlsx"
        sheets = [SheetOrder(own.form, prefill=own.prefill) for own in filled]
        path.write_bytes(write_combined(Order(YEAR, "某局", indicators=1), sheets))
    finally:
        excel._holds.register(Close, right)  # noqa: SLF001
    assert _disagreements([path], [evaluate_ironcalc(path)])[0] != []


def test_the_first_sheet_is_no_form(books: list[Path]) -> None:
    """The sheet 送审前核对 stands first, is not read, and nothing is noted of it."""
    record = read_file(books[2], books[2].name)
    assert open_workbook(books[2]).sheets[0].name == OVERVIEW
    assert [submission.sheet for submission in record.submissions] == ["附件1", "附件2", "附件3", "附件3-2"]
    assert [note for note in record.notes if note.rule in {"W-01", "W-06", "W-10"}] == []
