"""Both faces of every rule agree: filled workbooks recalculated by other programs against the frames."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.conformance import bench
from tests.conformance.generator import fillings
from tests.support.engines import evaluate_ironcalc
from tests.support.office import needs_office, recalculate
from xltool import excel, frame
from xltool.blank.cells import SheetCells
from xltool.expr import Binary, Close, Compare, Filled, OrZero, Rounded, Sum, Total
from xltool.findings import address
from xltool.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BOOKS, EACH = 10, 3
FLOOR = 25_000
"""Verdicts one engine must at least be asked for."""
TOLD = "nothing disagrees"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[bench.Book]:
    """Ninety filled forms in ten workbooks, with two or three rows to each 二级指标."""
    folder = tmp_path_factory.mktemp("filled")
    return [bench.build(folder / f"{seed}.xlsx", fillings(seed, EACH, 2 + seed % 2), 2 + seed % 2) for seed in range(BOOKS)]


def _report(tally: bench.Tally, engine: str) -> str:
    """What was compared and the first disagreement of each cause."""
    lines = [f"{engine}: {tally.verdicts} verdicts {dict(tally.compared)}, {len(tally.wrong)} disagree"]
    for cause, count in tally.causes().most_common(20):
        lines.append(f"  {count} × {next(one for one in tally.wrong if (one.kind, one.what) == cause)}")
    return "\n".join(lines)


def _uncovered(tally: bench.Tally) -> list[str]:
    """Checks that were never violated or never satisfied."""
    checks = sorted({seen[:3] for seen in tally.seen})
    return [
        f"{form} {code}[{number}] never {verdict}"
        for form, code, number in checks
        for verdict in ("violated", "satisfied")
        if not tally.seen[form, code, number, verdict]
    ]


def test_ironcalc_gives_the_verdicts_of_the_frames(books: list[bench.Book]) -> None:
    """Values, counts, alerts, lines and summaries are the same, and every check was seen both ways."""
    frames = bench.frames_of([book.path for book in books])
    tally = bench.Tally()
    for book in books:
        bench.compare(book, book.path.name, evaluate_ironcalc(book.path), frames, tally)
    print(_report(tally, "IronCalc"))  # noqa: T201 - the measure of the suite, shown with -s
    assert not tally.wrong, _report(tally, "IronCalc")
    assert tally.verdicts >= FLOOR
    assert _uncovered(tally) == []


@needs_office
def test_libreoffice_gives_the_verdicts_of_the_frames(
    books: list[bench.Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same; what xltool cached is what LibreOffice calculates; without the blank guard it all falls apart."""
    with monkeypatch.context() as patch:
        patch.setattr(excel, "_guarded", _unguarded)
        unguarded = _rebuilt(tmp_path / "unguarded.xlsx")
    made = recalculate([*(book.path for book in books), unguarded.path], tmp_path / "office")
    frames = bench.frames_of([*(book.path for book in books), unguarded.path])
    tally, control, cached = bench.Tally(), bench.Tally(), bench.Tally()
    for book, path in zip(books, made, strict=False):
        engine = bench.values_of(path)
        bench.compare(book, book.path.name, engine, frames, tally)
        bench.compare_cached(book, engine, cached)
    bench.compare(unguarded, unguarded.path.name, bench.values_of(made[-1]), frames, control)
    print(_report(tally, "LibreOffice"), _report(cached, "cached by xltool"), sep="\n")  # noqa: T201 - as above
    print(f"LibreOffice without the guard: {len(control.wrong)} of {control.verdicts} disagree")  # noqa: T201 - as above
    assert not tally.wrong, _report(tally, "LibreOffice")
    assert not cached.wrong, _report(cached, "cached by xltool")
    assert tally.verdicts >= FLOOR
    assert control.wrong


# --- controls: each fault must be noticed --------------------------------------------------------


def _rebuilt(path: Path) -> bench.Book:
    """One workbook rendered by the faces as they are now."""
    bench.forget()
    try:
        return bench.build(path, fillings(BOOKS + 2, 4, 2), 2)
    finally:
        bench.forget()


def _unguarded(conditions: list[str], body: str, otherwise: str) -> str:
    """The guard left out."""
    del conditions, otherwise
    return body


@contextmanager
def _rendered(dispatcher: Any, node: type, change: Callable[[str], str]) -> Iterator[None]:  # noqa: ANN401 - a singledispatch function
    """Render a node with a change to its formula."""
    right = dispatcher.dispatch(node)
    dispatcher.register(node, lambda own, cells: change(right(own, cells)))
    try:
        yield
    finally:
        dispatcher.register(node, right)


def _replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


FAULTS: dict[str, tuple[Any, type, Callable[[str], str]]] = {
    "a tolerance ten times as wide": (excel._holds, Close, _replaced("<=0.0", "<=0.")),
    "a tolerance of nothing": (excel._holds, Close, lambda text: text.rpartition("<=")[0] + "<=0"),
    "less instead of at most": (excel._holds, Compare, lambda text: text.replace("<=0", "<0")),
    "at least instead of more": (excel._holds, Compare, lambda text: text.replace(")>0", ")>=0")),
    "noise of floats not rounded off": (excel._holds, Close, lambda text: "(" + text[6:].replace(",6)<=", ")<=")),
    "less instead of at most in an array": (excel._each, Compare, _replaced("<=", "<")),
    "presence in an array turned round": (excel._each, Filled, _replaced("<>", "=")),
    "spaces taken for an entry": (excel._holds, Filled, lambda text: text[9:].replace(',"\u3000",""))', ")").replace("(SUBSTITUTE", "") if False else text.replace("TRIM(SUBSTITUTE(", "((").replace(',"\u3000",""', "")),
    "text as a number in a sum": (excel._value, Total, _replaced("SUM", "SUMSQ")),
    "an empty sum shown as nothing": (excel._known, Total, lambda _: "") ,
    "blanks not taken for zero": (excel._value, OrZero, _replaced("N(", "1+N(")),
    "no rounding to two decimals": (excel._value, Rounded, _replaced(",2)", ",4)")),
    "the group's sum over another column": (excel._value, Sum, _replaced("$G$", "$H$")),
    "a difference the other way round": (excel._value, Binary, _replaced("-", "+")),
}
