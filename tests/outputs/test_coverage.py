"""What was checked, in words, in the workbook and on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.outputs.page_data import data
from tests.outputs.reviewed import samples_audit, samples_review
from tests.outputs.small_review import review as small_review
from xltool.auditing.coverage.model import CoverageCounts, FilingCoverage, RuleState
from xltool.outputs.coverage import codes_by_reason, coverage_line
from xltool.outputs.summary import RunCounts
from xltool.outputs.terminal import audit_text, batch_text
from xltool.outputs.workbook import write_review

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.model import Review

MISSING = {
    "X-04": "未报附件3",
    "X-06": "未报附件3",
    "Y-01": "未给上年数据",
    "R-01": "未报自评报告",
    "A1-26": "附件1批复规模未填",
}
FIRST = FilingCoverage("f1", "kkkvuuuuun", MISSING)
SECOND = FilingCoverage("f2", "kkkkkkuuuu", MISSING | {"X-05": "未报附件3"})


pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")


def with_coverage(*coverages: FilingCoverage) -> Review:
    """A small review in which these filings were checked."""
    return replace(small_review(), coverage={coverage.filing: coverage for coverage in coverages})


def test_a_line_counts_the_rules_and_names_most_reasons() -> None:
    """Rules that do not apply are not counted; one reason needs no number, and a long list ends in 等."""
    reasons = "未报附件3 2，未报自评报告 1，未给上年数据 1等"
    assert coverage_line([FIRST]) == f"核对 9 条：符合 3，不符 1，无法判断 5（{reasons}）"
    bare = FilingCoverage("f1", "kkn")
    assert coverage_line([bare]) == "核对 2 条：符合 2，不符 0，无法判断 0"
    assert coverage_line([bare, bare]) == "核对 4 条次（2 份报送）：符合 4，不符 0，无法判断 0"
    assert codes_by_reason(FIRST)[0] == ("未报附件3", ["X-04", "X-06"])


def test_the_terminal_says_what_was_checked() -> None:
    """Before the last line, which stays that of the findings; with names where there are several filings."""
    result = samples_audit()
    lines = audit_text(result).splitlines()
    assert [line for line in lines if "核对 " in line and "条：" in line] == lines[-1 - len(result.coverage) : -1]
    assert lines[-2].startswith(f"{result.coverage[-1].filing}：核对 ")
    counts = RunCounts.of(result)
    assert counts.coverage in batch_text(counts, []).splitlines()
    assert "跳过 2（原因见 review.xlsx 的“文件清单”），" in batch_text(replace(counts, skipped=2), [])


def test_a_sheet_has_a_row_for_each_filing(tmp_path: Path) -> None:
    """The numbers of each state, and the reasons with their rules; the overview has the number of undecided rules."""
    review = with_coverage(FIRST)
    write_review(tmp_path / "review.xlsx", review, scratch=tmp_path, folder=tmp_path)
    book = openpyxl.load_workbook(tmp_path / "review.xlsx")
    _, heads, row = book["核对范围"].iter_rows(values_only=True)
    assert heads[2:7] == ("核对条数", "符合", "不符", "无法判断", "不适用")
    assert row[:7] == (1, review.filings[0].department, 9, 3, 1, 5, 1)
    assert str(row[7]).splitlines()[0] == "未报附件3（2 条）：X-04、X-06"


def test_the_overview_counts_what_was_undecided(tmp_path: Path) -> None:
    """Every filing of the samples, as its coverage says."""
    review = samples_review()
    write_review(tmp_path / "review.xlsx", review, scratch=tmp_path, folder=tmp_path)
    rows = list(openpyxl.load_workbook(tmp_path / "review.xlsx")["总览"].iter_rows(min_row=5, values_only=True))
    at = rows[0].index("无法判断")
    shown = [row[at] for row in rows[1 : 1 + len(review.filings)]]
    assert shown == [review.coverage[filing.id].count(RuleState.UNDECIDED) for filing in review.filings]
    assert all(shown)


def test_the_page_keeps_equal_reasons_once() -> None:
    """Filings that lack the same share what they lack; the numbers are their own."""
    page = data(with_coverage(FIRST, replace(FIRST, filing="f2")))
    assert [filing["states"] for filing in page["filings"]] == [[9, 3, 1, 5, 0]] * 2
    assert len(page["undecided"]) == 1
    assert page["undecided"][0][0] == ["未报附件3", "X-04、X-06"]
    others = data(with_coverage(FIRST, SECOND))
    assert [filing["states"][4] for filing in others["filings"]] == [0, 1]
    assert data(with_coverage())["filings"][0]["states"] is None


def test_reasons_of_several_filings_add_up() -> None:
    """The reason of most rules comes first, whatever filing it is of."""
    counts = CoverageCounts.of([FIRST, SECOND])
    assert next(iter(counts.reasons.items())) == ("未报附件3", 5)
    assert (counts.asked, counts.states[RuleState.NOT_APPLICABLE]) == (19, 1)
