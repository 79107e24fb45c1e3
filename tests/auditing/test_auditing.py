"""The audit: one cause one finding, both addresses of what does not agree, order, and scores."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing import audit
from xltool.batches.grouping import as_one_set
from xltool.findings import Consequence, Exempted, Finding, Place, Severity
from xltool.forms import FORMS, base_data, review, self_review
from xltool.reader.reading import read_file
from xltool.reader.records import refused
from xltool.rules.catalogue import RULES
from xltool.template.filling import indicator_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.auditing.result import Audit, Score
    from xltool.expr.nodes import Field

ALL = ("附件1", "附件2", "附件3")


def audited(*paths: Path) -> Audit:
    """These files as one set."""
    records = [read_file(path, path.name) for path in paths]
    as_one_set(records)
    return audit.audit(records)


def after(folder: Path, forms: tuple[str, ...], change: Callable[[WorkbookEditor], object]) -> Audit:
    """The audit of a filled workbook after a change."""
    clerk = WorkbookEditor(filled(folder / "filled.xlsx", *forms))
    change(clerk)
    return audited(clerk.save(folder / "changed.xlsx"))


def of_rule(audit: Audit, code: str) -> list[Finding]:
    """Findings of a rule."""
    return [finding for finding in audit.findings if finding.rule == code]


# --- what an audit gives ----------------------------------------------------------------------


def test_a_finding_is_the_same_in_another_process() -> None:
    """Every member of it, and of what it holds."""
    exempted = Exempted("情况属实", "某某", "2024-12-31", Severity.ERROR)
    words = ("控制率", "核对", "依据", "s1", "附件1", "B4", "控制率", "125%", "100%")
    finding = Finding(
        "A1-01",
        Severity.INFO,
        "甲/附件1.xlsx",
        *words,
        (Place("乙.xlsx", "附件2", "I8"),),
        exempted,
        (Consequence("A2-10", "乙.xlsx"),),
    )
    assert all(getattr(finding, member.name) for member in fields(Finding))
    again = pickle.loads(pickle.dumps(finding))  # noqa: S301 - our own
    assert (again, repr(again)) == (finding, repr(finding))


def test_findings_are_ordered_by_path_sheet_row_column_and_rule(tmp_path: Path) -> None:
    """Row 9 comes before row 10 and column B before AA, whatever order the files are given in."""
    paths = [filled(tmp_path / f"{form}.xlsx", form) for form in ALL]
    result = audited(*paths)
    keys = [finding.order for finding in result.findings]
    assert keys == sorted(keys)
    assert len(keys) > 30
    assert audited(*reversed(paths)).findings == result.findings
    cells = [Finding("A1-01", Severity.ERROR, "甲", "", "", "", cell=cell) for cell in ("B10", "AA9", "C9", "A10")]
    assert [cell.cell for cell in sorted(cells, key=lambda cell: cell.order)] == ["C9", "AA9", "A10", "B10"]


def test_every_word_of_every_finding_is_filled_in(tmp_path: Path) -> None:
    """No message or advice keeps a placeholder, and each finding carries what its rule says."""
    for finding in audited(filled(tmp_path / "全部.xlsx", *ALL)).findings:
        assert not {"{", "}"} & set(finding.message + finding.advice), finding
        assert "nan" not in finding.message
        rule = RULES[finding.rule]
        assert (finding.advice, finding.basis) == (rule.advice, rule.basis)
        assert finding.submission == f"{finding.path}#{finding.sheet}"


def test_grouped_rule_is_one_finding_with_all_cells(tmp_path: Path) -> None:
    """Ten indicators with the same weakness are one finding that counts and names them."""
    (finding,) = of_rule(audited(filled(tmp_path / "附件2.xlsx", "附件2")), "S-28")
    assert RULES["S-28"].grouped
    cells = [finding.cell, *(place.cell for place in finding.related)]
    assert len(cells) == len(set(cells)) == 10
    assert f"同类问题共 10 处：{'、'.join(str(cell) for cell in cells[:6])}等" in finding.message


def test_rule_that_is_not_grouped_is_a_finding_a_cell(tmp_path: Path) -> None:
    """Each over-fulfilled indicator has a finding of its own."""
    findings = of_rule(audited(filled(tmp_path / "附件2.xlsx", "附件2")), "S-21")
    assert not RULES["S-21"].grouped
    assert len({finding.cell for finding in findings}) == len(findings) == 2


def test_a_cause_that_is_named_silences_what_follows(tmp_path: Path) -> None:
    """Weights that do not add up to 100 are told once: the total they make wrong is not told again."""
    total = cell_of("附件2", "总分_分值")

    def change(clerk: WorkbookEditor) -> None:
        clerk.put("附件2", cell_in_row("附件2", review.weight, 0), 16).put("附件2", total, 100)

    result = after(tmp_path, ("附件2",), change)
    assert "S-01" in RULES["S-02"].silenced_by
    assert [finding.cell for finding in of_rule(result, "S-01")] == [total]
    assert of_rule(result, "S-02") == []

    by_itself = after(tmp_path, ("附件2",), lambda clerk: clerk.put("附件2", total, 90))
    assert of_rule(by_itself, "S-01") == []
    assert [finding.cell for finding in of_rule(by_itself, "S-02")] == [total]


def test_silencing_stays_on_its_form(tmp_path: Path) -> None:
    """A cause on one form does not hide what is wrong on another."""
    total = cell_of("附件2", "总分_分值")

    def change(clerk: WorkbookEditor) -> None:
        clerk.put("附件2", cell_in_row("附件2", review.weight, 0), 16).put("附件2", total, 100)
        clerk.put("附件3", cell_of("附件3", "总分_分值"), 90)

    result = after(tmp_path, ("附件2", "附件3"), change)
    assert [(finding.sheet, finding.cell) for finding in of_rule(result, "S-01")] == [("附件2", total)]
    assert [(finding.sheet, finding.cell) for finding in of_rule(result, "S-02")] == [
        ("附件3", cell_of("附件3", "总分_分值"))
    ]


def test_related_cells_are_what_the_finding_rests_on(tmp_path: Path) -> None:
    """A wrong total names its parts, itself not among them."""
    cell = cell_of("附件1", "三公经费_本年决算数")
    (finding,) = of_rule(after(tmp_path, ("附件1",), lambda clerk: clerk.put("附件1", cell, 30)), "A1-07")
    assert (finding.cell, finding.actual, finding.expected) == (cell, "30.00万元", "27.48万元")
    assert Place("changed.xlsx", "附件1", cell) not in finding.related
    assert all(place.path == "changed.xlsx" and place.cell for place in finding.related)


@pytest.mark.parametrize("together", [True, False], ids=["one workbook", "a workbook a form"])
def test_cross_form_finding_has_both_addresses(tmp_path: Path, *, together: bool) -> None:
    """What two forms say differently is told at one cell and names the other, in whichever file it stands."""
    if together:
        paths = [filled(tmp_path / "全部.xlsx", *ALL)]
    else:
        paths = [filled(tmp_path / f"{form}.xlsx", form) for form in ALL]
    (finding,) = of_rule(audited(*paths), "X-06")
    theirs, ours = ("全部.xlsx", "全部.xlsx") if together else ("附件3.xlsx", "附件1.xlsx")
    assert (finding.path, finding.sheet) == (theirs, "附件3")
    budget = cell_in_row("附件1", base_data.project_budget, 0)
    assert Place(ours, "附件1", budget) in finding.related


def test_forms_of_different_sets_are_not_compared(tmp_path: Path) -> None:
    """Cross-form rules look at one filing only."""
    records = [read_file(filled(tmp_path / f"{form}.xlsx", form), f"{form}.xlsx") for form in ALL]
    for record in records:
        record.submissions[0].filing = record.path
    codes = {finding.rule for finding in audit.audit(records).findings}
    as_one_set(records)
    assert {code for code in codes if code.startswith("X-")} == set()
    assert "X-06" in {finding.rule for finding in audit.audit(records).findings}


def test_calculated_cells_count_as_recomputed(tmp_path: Path) -> None:
    """A stale result is told as stale; rules go by what the formula gives, not by what was saved."""
    cell = cell_of("附件1", "控制率")
    stale = after(tmp_path, ("附件1",), lambda clerk: clerk.show("附件1", cell, 0.5))
    assert {finding.rule for finding in stale.findings if finding.cell == cell} == {"W-09", "A1-05"}
    (submission,) = stale.submissions
    assert stale.recomputed(submission, base_data.control) == 1.25


def test_nothing_read_nothing_found() -> None:
    """An audit of nothing is empty; one of a refused file has its error alone."""
    empty = audit.audit([])
    assert (empty.findings, empty.scores, empty.submissions) == ([], {}, [])
    (finding,) = audit.audit([refused("坏.xlsx", "corrupt", "文件已损坏")]).findings
    assert (finding.rule, finding.severity, finding.path, finding.submission) == (
        "W-19",
        Severity.ERROR,
        "坏.xlsx",
        None,
    )


# --- scores -----------------------------------------------------------------------------------


def scored(folder: Path, *rows: dict[str, Any], executed: float | None = 100) -> Score:
    """Scores of an 附件2 with 100 of budget and these indicators."""
    values: dict[Field, Any] = {self_review.department: "某局"}
    if executed is not None:
        values |= dict(zip(self_review.year.amounts, (100, 100, executed), strict=True))
    order = Order(2023, "某局", ("附件2",))
    sheet = SheetOrder(FORMS["附件2"], prefill=values | indicator_columns(list(rows), order.indicators))
    path = folder / "附件2.xlsx"
    path.write_bytes(write_workbook(order, [sheet]))
    result = audited(path)
    return result.scores[result.submissions[0].id]


def row(
    target: str | None, actual: str | None, score: float | None, name: str = "培训人次", part: str = "数量指标"
) -> dict[str, Any]:
    """An indicator of ten points."""
    return {"二级指标": part, "三级指标": name, "年度指标值": target, "实际完成值": actual, "分值": 10.0, "得分": score}


@pytest.mark.parametrize(
    ("indicator", "points"),
    [
        (row("15个", "17个", 10), 10),
        (row("15个", "15个", 8), 10),
        (row("20个", "15个", 10), 7.5),
        (row("3个", "1个", 10), 3.33),
        (row("≥95%", "96%", 10), 10),
        (row("≥80%", "60%", 10), 7.5),
        (row("1亿元", "5000万元", 10), 5),
        (row("≤100万元", "90万元", 10, "会议费用", "成本指标"), 10),
        (row("100万元", "120万元", 10, "会议费用", "成本指标"), 8),
        (row("≤100万元", "300万元", 10, "会议费用", "成本指标"), 0),
        (row("0起", "0起", 0, "安全事故"), 10),
        (row("0起", "2起", 10, "安全事故"), 0),
        (row("效果明显", "效果明显", 6), 6),
        (row("15个", "完成", 6), 6),
        (row("15个", None, 6), 6),
        (row("15-20个", "17个", 6), 6),
    ],
)
def test_score_of_an_indicator(tmp_path: Path, indicator: dict[str, Any], points: float) -> None:
    """Met: full; unmet: in proportion; reverse: linear, at least 0; target 0: all or nothing; else as filed."""
    score = scored(tmp_path, indicator)
    assert score.recomputed == pytest.approx(10 + points)
    assert score.filed == pytest.approx(10 + (indicator["得分"] or 0))


@pytest.mark.parametrize(("executed", "points"), [(100, 10), (120, 10), (86.2, 8.62), (0, 0), (None, 0)])
def test_score_of_execution(tmp_path: Path, executed: float | None, points: float) -> None:
    """Ten points times the rate, ten at most, two decimals; without amounts nothing."""
    assert scored(tmp_path, row("1个", "1个", 10), executed=executed).recomputed == pytest.approx(10 + points)


def test_sums_and_grades(tmp_path: Path) -> None:
    """The total is that of all rows; the grade goes by the recomputed one; without rows there is neither."""
    parts = [part for group in review.GROUPS for part in group.parts]
    rows = [row("1个", "1个", 9, f"指标{number}", part) for number, part in enumerate(parts)]
    full = scored(tmp_path, *rows)
    assert (full.filed, full.recomputed, full.grade) == (10 + 9 * 9, 100, "优")
    half = scored(tmp_path, *(row | {"实际完成值": "0.5个"} for row in rows))
    assert (half.recomputed, half.grade) == (55, "差")
    empty = scored(tmp_path)
    assert (empty.filed, empty.recomputed, empty.grade) == (None, None, None)


def test_a_message_on_a_cell_never_calculated_shows_what_was_judged(tmp_path: Path) -> None:
    """Saved by a program that calculates nothing, a formula cell is blank; the message gives the recomputed value."""
    path = tmp_path / "附件1.xlsx"
    amounts = {base_data.reception.budget: 27.48, base_data.reception.actual: 27.48}
    path.write_bytes(write_workbook(Order(2023), [SheetOrder(FORMS["附件1"], prefill=amounts)]))
    openpyxl.load_workbook(path).save(path)
    (exact,) = of_rule(audited(path), "A1-36")
    assert exact.actual == "27.48万元"
    assert "27.48万元" in exact.message


# --- across departments -----------------------------------------------------------------------


def test_a_text_copied_from_another_department_is_told_at_both_cells(tmp_path: Path) -> None:
    """Two filings in one audit: each department's finding stands at its own cell and names the other's."""
    records, cell = [], cell_of("附件2", review.achievement.key)
    for number, name in enumerate(("某县城管局", "某县水利局")):
        clerk = WorkbookEditor(filled(tmp_path / f"{name}.xlsx", "附件2"))
        clerk.put("附件2", cell_of("附件2", "部门名称"), name)
        records.append(read_file(clerk.save(tmp_path / f"{name}报.xlsx"), f"{name}.xlsx"))
        for submission in records[number].submissions:
            submission.filing = name
    findings = [finding for finding in of_rule(audit.audit(records), "X-16") if finding.cell == cell]
    assert [(finding.path, finding.severity) for finding in findings] == [
        ("某县城管局.xlsx", Severity.WARNING),
        ("某县水利局.xlsx", Severity.WARNING),
    ]
    assert [finding.related for finding in findings] == [
        (Place(f"{name}.xlsx", "附件2", cell),) for name in ("某县水利局", "某县城管局")
    ]
    assert "与“某县水利局”的同一栏雷同" in findings[0].message
    for record in records:
        record.submissions[0].filing = "一个单位"
    assert of_rule(audit.audit(records), "X-16") == []
