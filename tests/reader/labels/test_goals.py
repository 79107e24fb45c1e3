"""The goal of the year and what was achieved, wherever a form has them."""

from __future__ import annotations

from itertools import product

import pytest

from tests.reader.labels.drawn import check, filled, read_drawn

GOAL, DONE = "完成培训100人次", "已完成培训120人次"
INDICATORS = """
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出指标 | 数量指标 | 培训人次 | 100人次 | 100人次 | 50
"""


def drawing(*lines: str) -> str:
    """A project's form with these lines above its indicators."""
    return "\n".join(("== 附件3 Sheet1", "!项目支出绩效自评表", *lines)) + INDICATORS


HEADINGS = [
    ("预期目标", "实际完成情况"),
    ("年初设定目标", "年度总体目标完成情况综述"),
    ("总体目标", "全年实际完成情况"),
    ("总体目标", "总体目标完成情况"),
    ("项目年度目标", "年度目标完成情况"),
    ("年度目标", "年度总体目标完成情况"),
    ("年初绩效目标", "全年目标实际完成情况"),
    ("年度绩效目标", "绩效目标实现情况"),
    ("预期目标（年初设定）", "目标实际完成情况"),
    ("预期目标（年初设置）", "目标实际完成情况"),
]
SIDES = ["年度总体目标", "年度目标完成情况", "当年绩效目标", "总体目标完成情况", ""]


@pytest.mark.parametrize(("headings", "side"), list(product(HEADINGS, SIDES)))
def test_below_their_headings(headings: tuple[str, str], side: str) -> None:
    """Whatever the headings and the label of the block are called, which may be words of a heading too."""
    goal, done = headings
    check(
        drawing(
            f"-{side} | {goal} | > | > | {done} | > | >",
            f"-^ | {GOAL}{{预期目标}} | > | > | {DONE}{{实际完成情况}} | > | >",
        )
    )


def test_a_label_of_the_block_that_is_not_merged() -> None:
    """The label of the block stands in the row of the headings only."""
    check(
        drawing(
            "-年度总体目标 | 预期目标 | > | > | 实际完成情况 | > | >",
            f"- | {GOAL}{{预期目标}} | > | > | {DONE}{{实际完成情况}} | > | >",
        )
    )


@pytest.mark.parametrize(("initial", "adjusted"), [(f"{GOAL}{{预期目标}}", ""), ("", f"{GOAL}{{预期目标}}")])
def test_the_goal_set_first_counts_before_the_adjusted(initial: str, adjusted: str) -> None:
    """Where only the adjusted goal is filled in it is the goal."""
    check(
        drawing(
            "-目标 | 年初绩效目标 | > | 全年（调整）绩效目标 | 全年目标实际完成情况 | > | >",
            f"-^ | {initial} | > | {adjusted} | {DONE}{{实际完成情况}} | > | >",
        )
    )


def test_a_line_for_each_goal() -> None:
    """A block of several rows is one text; points in its last column are no part of it."""
    submission, _ = read_drawn(
        drawing(
            "-年度目标完成情况 | 预期目标 | > | > | 目标实际完成情况 | > | 20",
            "-^ | 目标1：排查。 | > | > | 目标1：已排查。 | > | ",
            "-^ | 目标2：培训。 | > | > | 目标2：已培训。 | > | ",
        )
    )
    assert filled(submission) == {
        "预期目标": ("B3", "目标1：排查。\n目标2：培训。"),
        "实际完成情况": ("E3", "目标1：已排查。\n目标2：已培训。"),
    }
    assert submission.values["预期目标"].raw == "目标1：排查。"


def test_beside_their_labels() -> None:
    """Each in a row of its own; or only the goal, as on forms that do not ask what was done."""
    check(
        drawing(
            f"-年初设定目标 | {GOAL}{{预期目标}} | > | > | > | > | >",
            f"-年度目标完成情况 | {DONE}{{实际完成情况}} | > | > | > | > | >",
        )
    )
    check(
        drawing(
            f"-项目年度目标 | {GOAL}{{预期目标}} | > | > | > | > | >", "-项目年度目标1：培训 | > | > | > | > | > | >"
        )
    )


def test_goal_and_achievement_without_headings() -> None:
    """Two texts right of the label of the block."""
    check(drawing(f"-年度总体目标 | {GOAL}{{预期目标}} | > | > | {DONE}{{实际完成情况}} | > | >"))


def test_the_duties_of_a_department_are_no_goal() -> None:
    """Between the label of the block and a text stands what the text is."""
    check(
        drawing("-部门总体目标 | 部门职责 | 一是承担全面依法治县重大问题的政策研究；二是指导人民调解 | > | > | > | >")
    )


@pytest.mark.parametrize("year", ["2022", "2022年度", ""])
def test_of_several_years_that_of_the_form_counts(year: str) -> None:
    """A row for each year; of a form without a year the first one. A goal of all years stands above them."""
    lines = [
        "-部门总体目标 | 总体绩效目标 | 全县人人受训 | > | > | > | >",
        "-财政年度 | 目标 | > | > | 实际完成情况 | > | >",
        f"-{year or '2021年'} | {GOAL}{{预期目标}} | > | > | {DONE}{{实际完成情况}} | > | >",
        "-2023 | 持续推进 | > | > | --- | > | >",
    ]
    if year:
        lines.insert(2, "-2021 | 开展培训 | > | > | 已开展 | > | >")
    title = "2022年度项目支出绩效自评表" if year else "项目支出绩效自评表"
    check(drawing(*lines).replace("项目支出绩效自评表", title))


def test_a_blank_goal_is_not_the_next_label() -> None:
    """Below a blank goal stands the next block; beside it the heading of what was achieved."""
    submission, _ = read_drawn(
        drawing(
            "-年度总体目标 | 预期目标 | > | > | 年度总体目标完成情况综述 | > | >",
            "-^ |  | > | > |  | > | >",
        )
    )
    assert filled(submission) == {}
    assert {"预期目标", "实际完成情况"} <= submission.values.keys()
