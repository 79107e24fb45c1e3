"""The year of a form that its title does not say."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn

BODY = """
-项目名称 | > | 2019年度某项目 | > | > | > | >
-主管部门 | > | 某县某局 | > | > | > | >
-项目资金 | > |  | 年初预算数 | 全年预算数 | 全年执行数 |
-^ | ^ | 年度资金总额 | 100 | 100 | 80 |
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出指标 | 数量指标 | 培训人次 | 100人次 | 100人次 | 50
"""


def year_in(*lines: str) -> int | None:
    """The year of a project's form with these lines below its title."""
    submission, _ = read_drawn("\n".join(("== 附件3 Sheet1", "!项目支出绩效自评表", *lines)) + BODY)
    return submission.year


@pytest.mark.parametrize(
    "line",
    [
        "!（2022年度）",
        "!（ 20 22 年度）",
        "!2022年",
        "!填报单位：某县某局　　2022年度　　金额单位：万元",
        "-评价年度 | > | 2022年 | > | > | > | >",
        "-年度：2022年 | > | 填报单位：某县某局 | > | > | 单位：万元 | >",
        "-评价年度：2022 | > | > | 联系人：某某 | > | > | >",
        "-项目起止时间 | > | 2022年1月-2022年12月 | > | > | > | >",
        "-专项实施期 | > | 2022.3-2022.11 | > | > | > | >",
    ],
)
def test_where_a_form_says_its_year(line: str) -> None:
    """On a line above the table, in a cell for the year, or as the period of the project."""
    assert year_in(line) == 2022


@pytest.mark.parametrize(
    "line",
    [
        "!填报日期：2023年2月3日",
        "!填报日期：2023 年 2 月 3 日",
        "-项目起止时间 | > | 2021年1月-2022年12月 | > | > | > | >",
        "-项目起止时间 | > | 长期 | > | > | > | >",
    ],
)
def test_what_says_no_year(line: str) -> None:
    """The date of the form, a project of several years, and the name of the project."""
    assert year_in(line) is None


def test_a_line_counts_before_the_period() -> None:
    """A project of 2021 is reported for 2022."""
    assert year_in("!（2022年度）", "-项目起止时间 | > | 2021年1月-2021年12月 | > | > | > | >") == 2022
