"""Both faces of every rule agree: filled workbooks, recalculated by other programs, are compared with the frames."""

# ruff: noqa: SLF001 - the controls break the faces from inside

from __future__ import annotations

import re
import zipfile
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from tests.conformance import verdicts
from tests.conformance.comparison import (
    Tally,
    beside,
    cells_of,
    compare,
    compare_cached,
    compare_lines,
    same,
    values_of,
)
from tests.conformance.generator import HALVES, FilledForm, fillings
from tests.conformance.insertion import MARK, Insertion, insert_rows
from tests.conformance.probes import ProbedWorkbook, build, clear_caches
from tests.conformance.verdicts import Frames, frames_of
from tests.support.programs.engines import evaluate_ironcalc
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.savers import GNUMERIC
from xltool.expr import arrays, excel, frame
from xltool.expr.nodes import Binary, Close, Compare, Filled, OrZero, Rounded, Sum, Total
from xltool.findings import address
from xltool.forms import base_data, review, self_review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes
from xltool.params import Profile, profile_named, profile_of
from xltool.template.cells import SheetCells
from xltool.template.filling import RowValues, indicator_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xltool.expr.nodes import Field

BOOKS, EACH = 10, 3
CONTROLS: Final = (3, 5)
"""Seeds of small workbooks: what is wrong with a face is noticed in one of them."""
FLOOR = 25_000
"""The least number of verdicts that an engine must be compared on."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[ProbedWorkbook]:
    """Ninety filled forms in ten workbooks, with two or three rows to each 二级指标."""
    folder = tmp_path_factory.mktemp("filled")
    return [build(folder / f"{seed}.xlsx", fillings(seed, EACH, 2 + seed % 2), 2 + seed % 2) for seed in range(BOOKS)]


@pytest.fixture(scope="module")
def frames(books: list[ProbedWorkbook]) -> Frames:
    """The verdicts of the frames on them."""
    return frames_of([book.path for book in books])


def _report(tally: Tally, engine: str) -> str:
    """The counts of a tally and the first disagreement of each cause."""
    lines = [f"{engine}: {tally.verdicts} verdicts {dict(tally.compared)}, {len(tally.wrong)} disagree"]
    for cause, count in tally.causes().most_common(20):
        lines.append(f"  {count} × {next(case for case in tally.wrong if (case.kind, case.what) == cause)}")
    return "\n".join(lines)


def _uncovered(tally: Tally) -> list[str]:
    """Checks that were never violated or never satisfied."""
    checks = sorted({seen[:3] for seen in tally.seen})
    return [
        f"{form} {code}[{number}] never {verdict}"
        for form, code, number in checks
        for verdict in ("violated", "satisfied")
        if not tally.seen[form, code, number, verdict]
    ]


def test_ironcalc_gives_the_verdicts_of_the_frames(books: list[ProbedWorkbook], frames: Frames) -> None:
    """Values, counts, alerts, lines and summaries are the same, and every check was seen both ways."""
    tally = Tally()
    for book in books:
        compare(book, book.path.name, evaluate_ironcalc(book.path), frames, tally)
    print(_report(tally, "IronCalc"))  # noqa: T201 - the measure of the suite, shown with -s
    assert not tally.wrong, _report(tally, "IronCalc")
    assert tally.verdicts >= FLOOR
    assert _uncovered(tally) == []


@needs_office
def test_libreoffice_gives_the_verdicts_of_the_frames(
    books: list[ProbedWorkbook], frames: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LibreOffice agrees with the frames and with the stored results; without the blank guard it disagrees."""
    with monkeypatch.context() as patch:
        patch.setattr(excel, "_guarded", _unguarded)
        unguarded = _rebuilt(tmp_path / "unguarded.xlsx")
    recalculated = recalculate([*(book.path for book in books), unguarded.path], tmp_path / "office")
    tally, control, cached = Tally(), Tally(), Tally()
    for book, path in zip(books, recalculated, strict=False):
        engine = values_of(path)
        compare(book, book.path.name, engine, frames, tally)
        compare_cached(book, engine, cached)
    compare(unguarded, unguarded.path.name, values_of(recalculated[-1]), frames_of([unguarded.path]), control)
    print(_report(tally, "LibreOffice"), _report(cached, "cached by xltool"), sep="\n")  # noqa: T201 - as above
    print(f"LibreOffice without the guard: {len(control.wrong)} of {control.verdicts} disagree")  # noqa: T201 - as above
    assert not tally.wrong, _report(tally, "LibreOffice")
    assert not cached.wrong, _report(cached, "cached by xltool")
    assert tally.verdicts >= FLOOR
    assert control.wrong


# --- controls: each fault must be noticed ---------------------------------------------------------


def _rebuilt(path: Path, seed: int = CONTROLS[0]) -> ProbedWorkbook:
    """A workbook of 附件2 alone, rendered by the faces in their present state."""
    clear_caches()
    try:
        return build(path, [filled for filled in fillings(seed, 1, 2) if filled.form is self_review.FORM], 2)
    finally:
        clear_caches()


def _unguarded(conditions: list[str], body: str, otherwise: str) -> str:
    """A formula without the guard against blanks."""
    del conditions, otherwise
    return body


@contextmanager
def _rendered(dispatcher: Any, node: type, change: Callable[[Any], Any]) -> Iterator[None]:  # noqa: ANN401 - a singledispatch function
    """Render a node with a change to its result."""
    right = dispatcher.dispatch(node)
    dispatcher.register(node, lambda own, cells: change(right(own, cells)))
    try:
        yield
    finally:
        dispatcher.register(node, right)


def _sub(pattern: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, new, text)


FAULTS: dict[str, tuple[Any, type, Callable[[Any], Any]]] = {
    "a tolerance ten times as wide": (excel._holds, Close, _sub(r"<=0\.0(\d+)$", r"<=0.\1")),
    "a tolerance of nothing": (excel._holds, Close, _sub(r"<=[\d.]+$", "<=0")),
    "differences not rounded": (excel._holds, Close, _sub(r"^ROUND\((.*),6\)<=", r"(\1)<=")),
    "less instead of at most": (excel._holds, Compare, _sub("<=0$", "<0")),
    "at least instead of more": (excel._holds, Compare, _sub(">0$", ">=0")),
    "less instead of at most in a table": (arrays._each, Compare, _sub("<=", "<")),
    "presence in a table turned round": (arrays._each, Filled, _sub("<>", "=")),
    "spaces taken for an entry": (excel._holds, Filled, _sub(r"TRIM\(SUBSTITUTE\((.*),.*\)\)", r"(\1)")),
    "a sum of nothing taken for 0": (excel._known, Total, lambda _: []),
    "a divisor not looked at": (excel._known, Binary, lambda known: [part for part in known if "<>0" not in part]),
    "a blank taken for 1": (excel._value, OrZero, _sub("$", "+1")),
    "scores not rounded": (excel._value, Rounded, _sub(r",2\)$", ",4)")),
    "the sum of the column beside": (excel._value, Sum, _sub(r"\$G\$", "$H$")),
    "a part left out of a sum": (excel._value, Total, _sub(r",[^,]*\),6\)$", "),6)")),
    "a difference turned round": (excel._value, Binary, _sub(r"^\((\$\w+\$\w+)-(\$\w+\$\w+)\)$", r"(\2-\1)")),
}


def _disagreements(book: ProbedWorkbook) -> int:
    tally = Tally()
    compare(book, book.path.name, evaluate_ironcalc(book.path), frames_of([book.path]), tally)
    return len(tally.wrong)


def test_the_workbooks_of_the_controls_are_right(tmp_path: Path) -> None:
    """In the workbooks of the controls nothing disagrees before a fault is made."""
    assert [_disagreements(_rebuilt(tmp_path / "right.xlsx", seed)) for seed in CONTROLS] == [0] * len(CONTROLS)


@pytest.mark.parametrize(("dispatcher", "node", "change"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_in_a_node_is_noticed(
    tmp_path: Path,
    dispatcher: Any,  # noqa: ANN401 - as above
    node: type,
    change: Callable[[Any], Any],
) -> None:
    """A face with a fault in a node gives other verdicts."""

    def disagreements(seed: int) -> int:
        with _rendered(dispatcher, node, change):
            book = _rebuilt(tmp_path / f"{seed}.xlsx", seed)
        return _disagreements(book)

    assert any(disagreements(seed) for seed in CONTROLS)


def test_a_missing_guard_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guard against blanks, blank cells get verdicts too."""
    monkeypatch.setattr(excel, "_guarded", _unguarded)
    assert _disagreements(_rebuilt(tmp_path / "unguarded.xlsx")) > 0


def test_a_span_that_ends_too_early_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that leave out the first row of a table give other counts and sums."""
    right = SheetCells.span

    def short(self: SheetCells, column: Field, group: str | None = None) -> str:
        first, _, last = right(self, column, group).partition(":")
        return f"{re.sub(r'[0-9]+$', lambda row: str(int(row[0]) + 2), first)}:{last}"

    monkeypatch.setattr(SheetCells, "span", short)
    assert _disagreements(_rebuilt(tmp_path / "short.xlsx")) > 0


def test_rounding_to_even_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames that round half to even, as numpy does, give other scores than spreadsheets."""
    year = self_review.year
    filled = [FilledForm(self_review.FORM, {year.budget: 200.0, year.executed: half}) for half in HALVES]
    book = build(tmp_path / "even.xlsx", filled, 2)
    assert _disagreements(book) == 0
    monkeypatch.setattr(frame, "round_half_away", np.round)
    assert _disagreements(book) > 0


def test_texts_that_say_there_is_nothing_are_not_compared(tmp_path: Path) -> None:
    """无 in both goals is no copied text, on neither face."""
    filled = [FilledForm(self_review.FORM, dict.fromkeys((review.goal, review.achievement), text)) for text in "无甲"]
    book = build(tmp_path / "nothing.xlsx", filled, 2)
    assert _disagreements(book) == 0
    verdicts = frames_of([book.path]).truths
    states = [verdicts[book.path.name, sheet, "A2-16", 0][None] for sheet in ("附件2", "附件2-2")]
    assert states == ["unknown", "violated"]


# --- profiles ------------------------------------------------------------------------------------

OWN = """
"名称" = "示范"
["执行率"]
"分值" = 15
"算法" = "分档"
"档次" = [[100, 15], [95, 12], [80, 9], [50, 4], [0, 1]]
"依据" = "示范文件"
["指标分值"]
"分配" = "自定"
"依据" = "示范文件"
["总分上限"]
"算法" = "按执行率"
"依据" = "示范文件"
["超额扣分"]
"算法" = "扣分"
"超过" = 20
"扣" = 1
"依据" = "示范文件"
"""
PROFILES = {"江西": profile_named("江西"), "永德": profile_named("永德"), "示范": profile_of(OWN, "示范.toml")}


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Profile], ProbedWorkbook]:
    """The workbook issued for a profile, written once."""
    folder = tmp_path_factory.mktemp("issued")
    return cache(lambda profile: _issued(folder, profile))


def _issued(folder: Path, profile: Profile) -> ProbedWorkbook:
    """Filled forms issued for a profile, among them execution at and beside the bounds of its bands."""
    year = self_review.year
    rows: list[RowValues] = [{**_DONE, "得分": 10}, {**_DONE, "得分": 9}, *[{**_DONE, "二级指标": "质量指标"}] * 2]
    points = indicator_columns(rows, 2)
    edges = [FilledForm(self_review.FORM, {year.budget: 200.0, year.executed: spent} | points) for spent in EDGES]
    return build(folder / f"{profile.name}.xlsx", [*fillings(3, 1, 2), *edges], 2, profile)


_DONE: dict[str, str | float] = {"二级指标": "数量指标", "三级指标": "培训人次", "年度指标值": "100人次"}
_DONE |= {"实际完成值": "130人次", "分值": 10, "得分": 35}
EDGES = (200.0, 199.99, 190.0, 189.9, 160.0, 159.99, 120.0, 119.99, 100.0, 99.9, 0.0, 250.0)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_a_template_of_another_profile_gives_the_verdicts_of_the_frames(
    issued: Callable[[Profile], ProbedWorkbook], profile: Profile
) -> None:
    """A template has the points and bands of its profile, and no line where the department sets the points."""
    book = issued(profile)
    frames, tally = frames_of([book.path]), Tally()
    compare(book, book.path.name, evaluate_ironcalc(book.path), frames, tally)
    assert not tally.wrong, _report(tally, "IronCalc")
    assert tally.verdicts > 1000
    rules = {probe.rule for probes in book.probes.values() for probe in probes}
    assert ("S-04" in rules) is (profile.name != "示范")
    limited = {(code, state) for _, code, _, state in tally.seen if code in {"S-36", "S-37"}}
    both = {(code, state) for code in ("S-36", "S-37") for state in ("violated", "satisfied")}
    assert both <= limited if profile.name == "示范" else not limited


def test_frames_that_judge_by_another_profile_are_noticed(
    issued: Callable[[Profile], ProbedWorkbook], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames must use the profile of the template: the default profile gives other scores and counts."""
    book = issued(PROFILES["江西"])
    monkeypatch.setattr(verdicts, "carried_by", lambda _: None)
    assert _disagreements(book) > 0


# --- rows inserted by another program -------------------------------------------------------------

ABOVE = Insertion("附件1", 0, "above the first project")
INSERTED = [
    ABOVE,
    Insertion("附件1", 1, "below the first project"),
    Insertion("附件1", -1, "below the last project"),
    Insertion("附件2", 0, "above the first indicator"),
    Insertion("附件2", 1, "inside the first 二级指标"),
    Insertion("附件2", 3, "between two 二级指标"),
    Insertion("附件2", -4, "above the first indicator of the last group"),
    Insertion("附件3", -1, "below the last indicator"),
]


@pytest.fixture(scope="module")
def inserted(tmp_path_factory: pytest.TempPathFactory) -> dict[Insertion, Path]:
    """A workbook for each insertion, saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("rows")
    book = build(folder / "issued.xlsx", fillings(BOOKS + 1, 1, 3), 3)
    return dict(zip(INSERTED, insert_rows(book.path, INSERTED, folder / "inserted"), strict=True))


@needs_office
@pytest.mark.parametrize("insertion", [pytest.param(insertion, id=insertion.where) for insertion in INSERTED])
def test_an_inserted_row_counts_on_both_faces(insertion: Insertion, inserted: dict[Insertion, Path]) -> None:
    """An inserted row is read, belongs to the group around it, and gets the same verdicts on both faces."""
    path = inserted[insertion]
    frames, tally, engine = frames_of([path]), Tally(), values_of(path)
    compare_lines(path.name, engine, frames, tally)
    assert not tally.wrong, _report(tally, "LibreOffice")
    submission = frames.submissions[path.name, insertion.form]
    (row,) = (row for row in submission.rows if MARK in {row.value(key) for key in row.cells})
    if insertion.form != "附件1":
        # Else its verdicts would count as unknown.
        assert beside(submission, engine, row.row, cells_of(insertion.form).read_column(review.direction)) == "正向"
        assert frames.truths[path.name, insertion.form, "S-15", 0][row.row] == "violated"
    assert {note.rule for note in submission.notes} & {"W-04", "W-15"} == set()


@needs_office
@pytest.mark.parametrize("is_earlier", [False, True], ids=["now", "of an earlier version"])
def test_a_row_above_the_first_project_is_called_counted_where_it_is(
    inserted: dict[Insertion, Path], tmp_path: Path, *, is_earlier: bool
) -> None:
    """The total stands in the row above; in templates of earlier versions it adds up what was below it (W-12)."""
    path = inserted[ABOVE]
    if is_earlier:
        own = tmp_path / path.name
        own.write_bytes(_with_plain_sums(path.read_bytes()))
        path = own
    notes = frames_of([path]).submissions[path.name, "附件1"].notes
    assert ("W-12" in {note.rule for note in notes}) is not is_earlier


def _with_plain_sums(data: bytes) -> bytes:
    """The workbook with sums that are no more than the sum of a range."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"\(INDEX\([^()]*\):INDEX\([^()]*\([^()]*\)\)\)", b"(0)", old.read(name)))
    return buffer.getvalue()


@GNUMERIC.needed
@needs_office
def test_gnumeric_adds_up_a_row_above_the_first_project(inserted: dict[Insertion, Path], tmp_path: Path) -> None:
    """What LibreOffice adds up after the insertion, Gnumeric adds up too; IronCalc has no range between two INDEX."""
    grid = lay_out(base_data.FORM, Sizes())
    path = inserted[ABOVE]
    saved = values_of(GNUMERIC.save(path, tmp_path / "copy.xlsx"))
    for total in base_data.project_spending:
        place = ("附件1", address(*grid.position_of(total)))
        assert same(saved[place], values_of(path)[place])
