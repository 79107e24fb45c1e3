"""One cause, one finding: what one corrected cell settles is folded into the finding at that cell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tools.samples import planted
from tools.samples.checking import write
from tools.samples.sample import FieldRef, papers_as_sheets, workbook_of
from xltool.auditing.audit import audit
from xltool.auditing.exemptions.model import Exemption, Exemptions
from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.grouping import as_one_set
from xltool.findings import Severity
from xltool.forms import base_data as b
from xltool.forms import project as p
from xltool.forms import review
from xltool.forms import self_review as s
from xltool.reader.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.findings import Finding

RIVER = planted.RIVER
BASE, WHOLE = "附件1", "附件2"


def _audited(folder: Path, *changes: tuple[FieldRef, Any], terms: Terms = NO_TERMS) -> Audit:
    """The audit of the sample filing with these cells changed."""
    papers = planted.papers()
    for ref, value in changes:
        paper = next(paper for paper in papers if paper.form == ref.form and ref.project in {"", paper.project})
        paper.enter(ref, value)
    files = {
        f"{number}.xlsx": workbook_of(order, sheet)
        for number, (order, sheet) in enumerate(papers_as_sheets(papers, planted.BUREAU, planted.YEAR))
    }
    records = [read_file(path, path.name) for path in write(files, folder)]
    as_one_set(records)
    return audit(records, terms)


def _grave(result: Audit) -> list[Finding]:
    return [finding for finding in result.findings if finding.severity is not Severity.INFO]


def _folded(finding: Finding) -> set[str]:
    return {folded.rule for folded in finding.consequences}


@pytest.mark.parametrize(
    ("cell", "value", "rule", "folded"),
    [
        (FieldRef(BASE, b.project_spending.actual), 444, "A1-15", {"X-03", "W-04", "W-13"}),
        (FieldRef(BASE, b.three_public.actual), 11.3, "A1-07", {"W-04", "W-13"}),
        (FieldRef(WHOLE, s.spent), 840, "A2-11", {"A2-10", "W-04", "W-13"}),
        (FieldRef(WHOLE, s.income), 840, "A2-09", {"A2-08", "W-04", "W-13"}),
        (FieldRef(WHOLE, s.project_spending), 438, "X-03", {"A2-10", "X-05"}),
        (FieldRef(WHOLE, s.year.budget), 842, "X-08", {"A2-05", "A2-08"}),
    ],
    ids=["project total", "three public", "spending total", "income total", "project spending", "year budget"],
)
def test_a_wrong_cell_gives_one_finding_at_that_cell(
    tmp_path: Path, cell: FieldRef, value: float, rule: str, folded: set[str]
) -> None:
    """All else that follows from it is named in the finding, with its address."""
    (finding,) = _grave(_audited(tmp_path, (cell, value)))
    assert (finding.rule, _folded(finding)) == (rule, folded)
    assert finding.field == getattr(cell.field, "key", None)
    related = {(place.path, place.sheet, place.cell) for place in finding.related} | {
        (finding.path, finding.sheet, finding.cell)
    }
    assert all((each.path, each.sheet, each.cell) in related for each in finding.consequences if each.cell)
    assert all(code in finding.message for code in folded)


def test_a_cell_without_a_finding_of_its_own_is_named(tmp_path: Path) -> None:
    """Basic spending is off by five: the finding says which cell explains the total and the other form."""
    (finding,) = _grave(_audited(tmp_path, (FieldRef(WHOLE, s.basic_spending), 397)))
    assert (finding.rule, _folded(finding)) == ("A2-10", {"X-15"})
    assert "I7（基本支出）若由 397.00万元 改为 402.00万元" in finding.message


def test_a_row_that_differs_from_its_form_explains_the_totals(tmp_path: Path) -> None:
    """The finding on the row stays, although it is of a rule on texts, and names the cell on the other form."""
    (finding,) = _grave(_audited(tmp_path, (FieldRef(BASE, b.project_actual, RIVER), 300)))
    assert (finding.rule, _folded(finding)) == ("X-06", {"X-03"})
    assert "附件1的 F14（本年决算数）若由 300.00万元 改为 295.00万元" in finding.message


def test_an_amount_in_yuan_is_told_in_its_row(tmp_path: Path) -> None:
    """The finding that says why the amount is wrong stays, as grave as what follows from it."""
    (finding,) = _grave(_audited(tmp_path / "a", (FieldRef(BASE, b.project_actual, RIVER), 2950000)))
    assert (finding.rule, finding.severity, finding.cell) == ("A1-32", Severity.ERROR, "F14")
    assert _folded(finding) == {"A1-17", "A1-32", "X-03", "X-06"}
    (finding,) = _grave(_audited(tmp_path / "b", (FieldRef(BASE, b.office.actual), 75000)))
    assert (finding.rule, finding.cell, _folded(finding)) == ("A1-32", "F21", {"A1-18"})
    row = zip((b.project_last, b.project_budget, b.project_actual), (26, 300000, 29.5), strict=True)
    result = _grave(_audited(tmp_path / "c", *((FieldRef(BASE, item, RIVER), value) for item, value in row)))
    assert ("A1-32", "D14") in {(finding.rule, finding.cell) for finding in result}


def test_a_number_that_cannot_be_read_explains_the_sums_without_it(tmp_path: Path) -> None:
    """A sign after a number is told where it stands, and not at the totals that lack the number."""
    (finding,) = _grave(_audited(tmp_path / "a", (FieldRef(BASE, b.project_actual, RIVER), "295-")))
    assert (finding.rule, finding.severity, finding.cell) == ("W-05", Severity.ERROR, "F14")
    assert _folded(finding) == {"A1-17", "X-03"}
    noted = _grave(_audited(tmp_path / "b", (FieldRef(BASE, b.project_actual, RIVER), "295*")))
    assert {(finding.rule, finding.cell) for finding in noted} == {("T-05", "F14"), ("W-05", "F14")}


def test_where_several_cells_may_be_wrong_none_is_accused(tmp_path: Path) -> None:
    """Two points too many: any indicator of the part may have them."""
    row = "新建护岸长度"
    (finding,) = _grave(
        _audited(
            tmp_path,
            (FieldRef("附件3", review.weight, row, RIVER), 12),
            (FieldRef("附件3", review.score, row, RIVER), 12),
        )
    )
    assert (finding.rule, _folded(finding)) == ("S-01", {"S-04"})
    assert finding.message.endswith("同一原因还引起 S-04（G15），请一并核对。")


def test_two_causes_are_two_findings(tmp_path: Path) -> None:
    """Each with its own consequences; unlike amounts that no single cell explains stay apart."""
    both = _grave(
        _audited(
            tmp_path / "a", (FieldRef(WHOLE, s.project_spending), 438), (FieldRef(BASE, b.three_public.actual), 11.3)
        )
    )
    assert {finding.rule: _folded(finding) for finding in both} == {
        "A1-07": {"W-04", "W-13"},
        "X-03": {"A2-10", "X-05"},
    }
    apart = _grave(
        _audited(
            tmp_path / "b",
            (FieldRef(WHOLE, s.project_spending), 438),
            (FieldRef("附件3", p.appropriation.executed, "", RIVER), 294),
        )
    )
    assert "X-06" in {finding.rule for finding in apart}
    assert not any("X-06" in _folded(finding) for finding in apart)


def test_a_right_result_under_a_replaced_formula_keeps_its_findings(tmp_path: Path) -> None:
    """Nothing is wrong but the formula: W-04, and the lifted protection beside it."""
    result = _grave(_audited(tmp_path, (FieldRef(BASE, b.three_public.actual), 12.3)))
    assert [finding.rule for finding in result] == ["W-13", "W-04"]


@pytest.mark.parametrize("count", [2, 3])
def test_a_form_saved_as_values_has_one_finding(tmp_path: Path, count: int) -> None:
    """Right values over three formulas or more are one act, over two they are named each; all can still be found."""
    typed = ((b.three_public.actual, 12.3), (b.three_public.last, 13.5), (b.three_public.budget, 12.8))
    result = _grave(_audited(tmp_path, *((FieldRef(BASE, item), amount) for item, amount in typed[:count])))
    replaced = [finding for finding in result if finding.rule == "W-04"]
    assert len(replaced) + sum(len(finding.consequences) for finding in replaced) == count
    assert len(replaced) == (1 if count > 2 else 2)
    assert all("数值与重算结果一致。" in finding.message for finding in replaced), replaced
    assert ("本表另有 2 个公式单元格" in replaced[0].message) is (count > 2)


def test_an_exempted_finding_hides_no_other(tmp_path: Path) -> None:
    """What is exempted neither takes others in nor is taken in."""
    granted = Exemption(2, planted.BUREAU, None, "", "", "X-03", "", "情况属实", "某某", date(2999, 1, 1))
    terms = Terms(exemptions=Exemptions("豁免.xlsx", "豁免", (granted,), date(2024, 7, 1), {}))
    result = _audited(tmp_path, (FieldRef(WHOLE, s.project_spending), 438), terms=terms)
    assert {finding.rule: _folded(finding) for finding in _grave(result)} == {"X-05": {"A2-10"}}
    assert [finding.rule for finding in result.findings if finding.exemption] == ["X-03"]
