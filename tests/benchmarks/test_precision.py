"""Precision on real filings: exact intervals, tallies by rule, and the figures that may not become worse."""

from __future__ import annotations

import pytest

from benchmarks.trust import precision
from benchmarks.trust.drawing import parse_drawing
from benchmarks.trust.precision import RealFiling, RuleTally, measure, tallies
from benchmarks.trust.precision_page import PAGE, interval, page
from xltool.findings import Finding, Severity

HEAD = """\
place: 某县某局
year: 2022
kind: {kind}
note: 某表
allow: S-01
ok: B3
must: A3-05/A3-02 error 年度资金总额_全年预算数

== 附件3 表
-项目名称 | 某项目{{项目支出名称}}
"""


@pytest.mark.parametrize(
    ("right", "spoke", "low", "high"),
    [(0, 1, 0.0, 0.975), (1, 1, 0.025, 1.0), (8, 10, 0.4439, 0.9748), (10, 10, 0.6915, 1.0), (0, 10, 0.0, 0.3085)],
)
def test_intervals_are_exact(right: int, spoke: int, low: float, high: float) -> None:
    """The ends of Clopper–Pearson intervals, as tables have them."""
    assert interval(right, spoke) == pytest.approx((low, high), abs=0.0001)


def finding(rule: str, cell: str, severity: Severity = Severity.ERROR, name: str | None = None) -> Finding:
    """A finding on a made-up filing."""
    return Finding(rule, severity, "某县/某局.xlsx", "有问题", "请改正", "规定", sheet="表", cell=cell, field=name)


def filed(kind: str, *findings: Finding) -> RealFiling:
    """A made-up filing with these findings."""
    return RealFiling("某县", list(findings), parse_drawing("某县", HEAD.format(kind=kind)), read=True)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts on the made-up filings."""
    verdicts = {
        "S-11 C5": "wrong：合并单元格",
        "S-11 C6": "right：空",
        "S-10 D5": "right：空",
        "S-01 C9": "cut：未登全",
    }
    monkeypatch.setattr(precision, "labels", lambda: {"某县": verdicts})


@pytest.mark.usefixtures("judged")
def test_a_rule_is_right_in_a_filing_where_all_its_findings_are() -> None:
    """A wrong finding makes the occasion wrong; what follows from the source is not counted, an info neither."""
    findings = [finding("S-11", "C5"), finding("S-11", "C6"), finding("S-10", "D5"), finding("S-01", "C9")]
    findings += [finding("S-21", "C5", Severity.INFO), finding("S-12", "C5", Severity.WARNING)]
    counted = tallies([filed("real", *findings)])
    assert (counted["S-11"].filings, counted["S-11"].right, counted["S-11"].findings) == (1, 0, 2)
    assert counted["S-11"].wrong == {"某县：合并单元格": 1}
    assert (counted["S-10"].filings, counted["S-10"].right) == (1, 1)
    assert counted["S-01"] == RuleTally()
    assert counted["S-12"].unjudged == 1
    assert "S-21" not in counted


@pytest.mark.usefixtures("judged")
def test_errors_are_false_that_nobody_expects() -> None:
    """Allowed rules and cells, and the rules of defects, are right, unless the reader has judged them wrong."""
    right = [finding("S-01", "C9"), finding("S-13", "B3"), finding("A3-02", "C4")]
    wrong = [finding("S-11", "C5"), finding("S-20", "C7")]
    assert filed("real", *right, *wrong).false_errors() == wrong
    assert filed("negative", finding("W-19", "A1"), *wrong).false_errors() == wrong


def test_a_defect_is_reported_by_any_of_its_rules_at_its_field() -> None:
    """Another rule, or the rule at another field, does not report it."""
    place = "年度资金总额_全年预算数"
    for rule, field, reported in [("A3-02", place, True), ("A3-02", "得分", False), ("A3-06", place, False)]:
        filing = filed("real", finding(rule, "C4", name=field))
        assert filing.drawing is not None
        assert [filing.reported(defect) for defect in filing.drawing.defects] == [reported]


def test_given_filings_are_read_no_worse_than_the_page_says() -> None:
    """Neither fewer cells right, nor more false values or errors, than when the page was written."""
    rows = {row.split("|")[1].strip(): row for row in PAGE.read_text("utf-8").splitlines() if row.startswith("| ")}
    filings = measure(["given"], seed=False)
    lines = page(filings, tallies(filings)).splitlines()
    measured = {row.split("|")[1].strip(): row for row in lines if row.startswith("| ")}
    names = [filing.name for filing in filings if not filing.is_negative]
    assert len(names) > 12
    for name in names:
        before, now = ([int(cell) for cell in row.split("|")[4:10]] for row in (rows[name], measured[name]))
        assert (name, now[0]) == (name, before[0])
        assert now[1] >= before[1], f"{name}: cells read right"
        assert now[2] <= before[2], f"{name}: values read where there are none"
        assert now[3] <= before[3], f"{name}: false errors"
        assert now[5] >= before[5], f"{name}: defects reported"


def test_layouts_drawn_from_memory_are_read_whole() -> None:
    """Every cell of forms of 30 provinces, no false error, every defect; what is no self-evaluation is named."""
    filings = measure(["recalled"], seed=False)
    forms = [filing for filing in filings if not filing.is_negative]
    assert len(forms) == 70
    for filing in forms:
        assert filing.drawing is not None
        assert filing.accuracy.right == filing.accuracy.cells, filing.accuracy.notes
        assert (filing.name, [finding.rule for finding in filing.false_errors()]) == (filing.name, [])
        assert all(map(filing.reported, filing.drawing.defects)), filing.name
    assert sum(filing.accuracy.extra for filing in forms) <= 18, "values read where the drawings have none"
    others = [filing for filing in filings if filing.is_negative]
    assert [filing.name for filing in others if filing.read or not filing.is_named] == []
