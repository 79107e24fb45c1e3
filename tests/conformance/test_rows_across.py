"""Rows of 附件3 compared with 附件2 in a combined workbook (A3-12, X-11): the form counts what the audit finds."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.comparison import same, unlike_stored, values_of
from tests.conformance.generator import YEAR
from tests.support.programs.engines import evaluate_ironcalc
from tests.support.programs.office import needs_office, recalculate
from xltool.auditing.audit import audit
from xltool.expr import excel
from xltool.expr.nodes import Close
from xltool.findings import address
from xltool.forms import FORMS, project, self_review
from xltool.reader.reading import read_file
from xltool.template import panel
from xltool.template.filling import RowValues, indicator_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_combined

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conformance.comparison import CellValues
    from xltool.forms.model import Form

BOOKS = 8
ACROSS = ("A3-12", "X-11")
WHOLE = 1200.0
"""The department's initial budget."""


def _row(part: str, name: str, texts: tuple[str, str], points: tuple[float, float]) -> RowValues:
    (target, actual), (weight, score) = texts, points
    cells: RowValues = {"年度指标值": target, "实际完成值": actual, "分值": weight, "得分": score}
    return {"二级指标": part, "三级指标": name, **cells}


def _rows(chance: random.Random, number: int) -> list[RowValues]:
    """Rows of one form: a name on both forms, a name on several, one of this form's own, a rate, a cost."""

    def texts(*values: str) -> tuple[str, str]:
        return chance.choice(values), chance.choice([value for value in values if "≥" not in value])

    points = (10.0, chance.choice((10.0, 10.0, 8.0)))
    name = f"新建泵站{chance.choice('甲乙')}"
    cost = chance.choice(("1200万元", "1200", "≤1200万元", "300万元", "1200人"))
    return [
        _row("数量指标", name, texts("12座", "12座", "≥12座", "10座"), points),
        _row("数量指标", chance.choice(("培训人次", f"自有工程{number}")), texts("5个", "6个"), points),
        _row("质量指标", "合格率", texts("95%", "96%"), points),
        _row("成本指标", chance.choice(("预算控制数", "人均成本", "总成本")), (cost, "100万元"), points),
        _row("社会效益指标", "受益群众", texts("100人", "200人"), points),
    ]


def _filled(form: Form, chance: random.Random, number: int) -> SheetOrder:
    initial = WHOLE if form is self_review.FORM else chance.choice((WHOLE, 300.0, None))
    item = self_review.year.initial if form is self_review.FORM else project.appropriation.initial
    values: dict[Any, Any] = {item: initial, **indicator_columns(_rows(chance, number), 2)}
    return SheetOrder(form, prefill=values)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Combined workbooks of departments with one to three projects."""
    folder, chance = tmp_path_factory.mktemp("rows-across"), random.Random(5)  # noqa: S311 - chance, not a secret
    paths = []
    for turn in range(BOOKS):
        forms = [self_review.FORM, *[project.FORM] * (1 + turn % 3)]
        sheets = [_filled(form, chance, number) for number, form in enumerate(forms)]
        path = folder / f"{turn}.xlsx"
        path.write_bytes(write_combined(Order(YEAR, "某局", indicators=2), sheets))
        paths.append(path)
    return paths


def _findings(path: Path) -> Counter[tuple[str, str]]:
    """How often the audit finds each rule on a sheet."""
    findings = audit([read_file(path, path.name)]).findings
    return Counter((str(finding.sheet), finding.rule) for finding in findings if finding.rule in ACROSS)


def _counts(engine: CellValues) -> dict[tuple[str, str], object]:
    """What the lines of the panels count, by sheet and rule."""
    left = len(project.FORM.widths) + 2
    lines = ((sheet, row) for sheet in {sheet for sheet, _ in engine if sheet[:3] in FORMS} for row in range(5, 90))
    return {
        (sheet, str(code)): engine.get((sheet, address(row, left + panel.COUNT)))
        for sheet, row in lines
        if (code := engine.get((sheet, address(row, left + panel.LINE)))) in ACROSS
    }


def _disagreements(path: Path, engine: CellValues) -> list[object]:
    expected, counts = _findings(path), _counts(engine)
    assert set(expected) <= set(counts)
    return [
        (path.name, key, count, expected[key])
        for key, count in counts.items()
        if not same(count, float(expected[key]))  # type: ignore[arg-type] # a value of a cell
    ]


def test_ironcalc_agrees_with_the_audit(books: list[Path]) -> None:
    """Each line counts what the audit finds; both rules were seen violated and satisfied."""
    seen: set[tuple[str, bool]] = set()
    for path in books:
        engine = evaluate_ironcalc(path)
        assert _disagreements(path, engine) == []
        seen |= {(code, count == 0) for (_, code), count in _counts(engine).items()}
    assert seen == {(code, empty) for code in ACROSS for empty in (True, False)}


@needs_office
def test_libreoffice_agrees_with_the_audit_and_with_what_was_stored(books: list[Path], tmp_path: Path) -> None:
    """LibreOffice counts the same, and shows in every cell what xltool stored."""
    for path, saved in zip(books[:4], recalculate(books[:4], tmp_path / "office"), strict=True):
        engine = values_of(saved)
        assert _disagreements(path, engine) == []
        assert unlike_stored(path, engine) == []


def test_a_tolerance_of_everything_is_noticed(tmp_path: Path) -> None:
    """A face that takes all numbers for equal counts less than the audit."""
    right = excel._holds.dispatch(Close)  # noqa: SLF001 - the control breaks the face from inside
    excel._holds.register(Close, lambda node, cells: f"({right(node, cells)})>=FALSE")  # noqa: SLF001
    try:
        chance = random.Random(1)  # noqa: S311 - chance, not a secret
        sheets = [_filled(form, chance, number) for number, form in enumerate((self_review.FORM, project.FORM))]
        path = tmp_path / "wide.xlsx"
        path.write_bytes(write_combined(Order(YEAR, "某局", indicators=2), sheets))
    finally:
        excel._holds.register(Close, right)  # noqa: SLF001
    assert _disagreements(path, evaluate_ironcalc(path)) != []


def test_the_message_has_both_places(books: list[Path]) -> None:
    """A line names the row, both figures, and the cell of the other form."""
    engine, left = evaluate_ironcalc(books[4]), len(project.FORM.widths) + 2
    texts = {
        str(engine[sheet, address(row, left + panel.RESULT)])
        for sheet, row in product(("附件3", "附件3-2"), range(5, 90))
        if engine.get((sheet, address(row, left + panel.LINE))) in ACROSS
    }
    borrowed = "年度指标值填报“≤1200万元”，是部门整体的年初预算数"
    assert texts == {
        "正常",
        "第 15 行：“新建泵站甲”的得分填报“8分”，而部门整体表的同名指标为“10分”。〔对照 附件2!H16〕",
        f"第 21 行：“总成本”的{borrowed}，本项目的年初预算数为 300.00万元。〔对照 附件2!D5〕",
    }
