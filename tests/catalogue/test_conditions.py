"""Conditions in words: one line for what forty cells share, and never a line that claims a cell no check has."""

from __future__ import annotations

import pytest

from xltool.catalogue.conditions import LONGEST, formulas, in_words
from xltool.rules.catalogue import RULES


def test_lines_and_columns_that_share_a_condition_are_one_line() -> None:
    """The sums of 附件1 have a line each, not one for each of nine cells."""
    assert in_words(RULES["A1-09"])[0] == (
        "本项 ≤ 三公经费，允差 0.01（本项：公务用车购置和维护经费、出国经费、公务接待；"
        "各栏：上年决算数、本年预算数、本年决算数）"
    )
    assert in_words(RULES["X-03"]) == ["支出（项目支出） = 项目支出（本年决算数），允差 0.02"]


def test_a_long_formula_is_told_by_the_title() -> None:
    """Who wants the formula of every cell asks for it."""
    (line,) = in_words(RULES["A3-02"])
    assert line.startswith(f"{RULES['A3-02'].title}，允差 0.02")
    assert "--formula" in line


@pytest.mark.parametrize("code", sorted(code for code, rule in RULES.items() if rule.checks))
def test_no_page_is_a_wall(code: str) -> None:
    """A line fits a few lines of a terminal, and there are never more lines than formulas."""
    lines = in_words(RULES[code])
    assert 1 <= len(lines) <= max(1, len(formulas(RULES[code])))
    assert all(len(line) <= LONGEST + len("（逐格的公式用 xltool explain A1-01 --formula 看）") for line in lines)
    assert not any("_" in line for line in lines)
