"""The briefing: what it adds up, ranks and says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.outputs.reviewed import step
from tests.outputs.small_review import county, filing, finding, review, sheet_values, write_and_open
from xltool.auditing.rounds.outcomes import Outcome
from xltool.outputs.model import FilingRow, ProjectScore, ReviewContext, SubmissionOrigin
from xltool.outputs.reviewing.briefing import briefing_of
from xltool.outputs.reviewing.finding_order import FindingOrder
from xltool.outputs.reviewing.wording import doubtful_text, owing_text, rounds_text
from xltool.roster.inbox import Inbox

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.briefing import Briefing

PLACES: Final = 800


def briefing(what: Review) -> Briefing:
    """The briefing of a review."""
    return briefing_of(what, FindingOrder.of(what))


def test_money_is_added_up_over_the_departments_that_filed_both() -> None:
    """The rate is that of the sums; a department without a figure is left out of both."""
    rows = (
        replace(filing(1), budget=100.0, executed=80.0),
        replace(filing(2), budget=300.0, executed=300.0),
        replace(filing(3), budget=50.0),
    )
    funds = briefing(replace(review(), filings=rows)).funds
    assert (funds.departments, funds.budget, funds.executed, funds.rate) == (2, 400, 380, 0.95)
    assert briefing(review()).funds.rate is None


def test_amounts_in_yuan_are_named_and_not_added_up(tmp_path: Path) -> None:
    """One department in 元 would outweigh all others: by its finding, or by a sum that no department has."""
    rows = (
        replace(filing(1), budget=100.0, executed=80.0),
        replace(filing(2), budget=3_000_000.0, executed=2_900_000.0),
        replace(filing(3), budget=5_000.0, executed=5_000.0),
    )
    doubt = replace(finding(1, "单位2/附件1.xlsx", submission="s2"), rule="A1-32")
    what = replace(review(), filings=(rows[0], rows[2], rows[1]), findings=(doubt,))
    what = replace(what, submissions={"s2": SubmissionOrigin("单位3", "附件1", None, "f3")})
    funds = briefing(what).funds
    assert (funds.departments, funds.budget, funds.doubtful) == (1, 100, ("单位3", "单位2"))
    text = doubtful_text(briefing(what))
    assert text == "金额疑似按“元”填报、没有计入合计的单位 2 个：单位3、单位2。"
    assert text in {row[0] for row in sheet_values(write_and_open(tmp_path / "r.xlsx", what)["简报"])}
    assert doubtful_text(briefing(review())) == ""


def test_differences_of_departments_and_projects_are_ranked_together() -> None:
    """The largest first, whichever sign it has; equal scores are left out."""
    project = ProjectScore("道路", 97.7, 95)
    rows = (replace(filing(1), score_recomputed=96.5, projects=(project,)), filing(2))
    ranked = briefing(replace(review(), filings=rows)).differences
    assert [(each.department, each.project, each.difference) for each in ranked] == [
        ("单位2", "", -6.25),
        ("单位1", "道路", -2.7),
    ]


def test_problems_of_most_departments_come_first_without_minor_ones() -> None:
    """By departments, then by number, then errors; what a desk does not act on is no common problem."""
    findings = (
        *(finding(1, "单位1/附件1.xlsx", message=f"甲{number}") for number in range(3)),
        replace(finding(0, "单位1/附件1.xlsx"), rule="S-01"),
        replace(finding(2, "单位1/附件1.xlsx"), rule="A1-33"),
        replace(finding(0, "单位2/附件1.xlsx", submission="s2"), rule="S-01"),
    )
    problems = briefing(replace(review(), findings=findings)).problems
    alike = tuple(replace(finding(1, "单位1/附件1.xlsx"), rule=rule) for rule in ("A1-05", "A1-07"))
    assert [problem.code for problem in briefing(replace(review(), findings=alike)).problems] == ["A1-07", "A1-05"]
    assert [(problem.code, problem.filings, problem.hits) for problem in problems] == [("S-01", 2, 2), ("A1-04", 1, 3)]
    assert problems[1].example == "甲0"
    assert problems[0].title == "分值合计为100分"


def test_the_last_round_is_compared_where_there_was_one() -> None:
    """Every outcome has its number, none too."""
    steps = (step(Outcome.RESOLVED), step(Outcome.RESOLVED), step(Outcome.NEW))
    text = rounds_text(briefing(replace(review(), context=ReviewContext(steps=steps))))
    assert text.startswith("已整改 2 条，")
    assert "新增问题 1 条" in text
    assert "未整改 0 条" in text
    assert rounds_text(briefing(review())) == "这是第一轮，没有上一轮可比。"


def test_who_owes_is_named_up_to_a_dozen() -> None:
    """Without a roster nobody knows; with it all who owe are counted."""
    assert owing_text(review(), briefing(review())).startswith("没有用名册")
    rows = tuple(FilingRow(f"f{at}", f"单位{at}", status="未报", missing=("附件1",), filed=False) for at in range(14))
    context = ReviewContext(inbox=Inbox(2023, (), ()))
    what = replace(review(), filings=rows, context=context)
    text = owing_text(what, briefing(what))
    assert text.startswith("没有报齐的单位 14 个：单位0、单位1、")
    assert text.endswith("单位11 等。")
    done = replace(what, filings=(filing(),))
    assert owing_text(done, briefing(done)) == "名册上的单位都已报齐。"


@pytest.mark.parametrize("count", [80, PLACES])
def test_charts_and_briefing_name_the_outliers_of_any_number(tmp_path: Path, count: int) -> None:
    """The extremes come first, no list has more than twenty rows, and the briefing stays a page."""
    book = write_and_open(tmp_path / "r.xlsx", county(count))
    lists = [row for row in sheet_values(book["图表"]) if isinstance(row[0], float | int)]
    assert ["单位19　道路", 97.7, 95, -2.7] in [row[1:5] for row in lists]
    firsts = [row[1:3] for row in lists if row[0] == 1]
    assert firsts[1:3] == [["单位13", 0.5], ["单位17", 1.3]]
    assert max(row[0] for row in lists if isinstance(row[0], float | int)) == 20
    page = book["简报"]
    assert page.max_row <= 26
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (None, None)  # one page in each direction
    shown = [cell.value for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {"单位13", 0.5, "道路", count * 100, 0.95} <= set(shown)
