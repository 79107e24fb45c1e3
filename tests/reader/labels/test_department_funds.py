"""The money of a department: below its tasks, beside its incomes, divided into 基本支出 and 项目支出."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import check, read_drawn
from tests.reader.labels.test_funds import LAYOUTS, department

TABLES = {
    "tasks of the year, the last line their total": department(
        "-主要任务 | 任务名称 | 完成情况 | 全年预算数 | > | 全年执行数 | > | 分值 | 执行率 | 得分",
        "-^ | ^ | ^ | 总额 | 其中：财政拨款 | 总额 | 其中：财政拨款 | ^ | ^ | ^",
        "-^ | 机关运转 | 已完成 | 60 | 60 | 60 | 60 | — | 100% | —",
        "-^ | 党建工作 | 已完成 |  |  |  |  |  |  | ",
        *(f"-^ | 任务{number} | 已完成 | 1 | 1 | 1 | 1 | — | 100% | —" for number in range(15)),
        "-^ | …… |  |  |  |  |  |  |  | ",
        "-^ | 金额合计 | > | 75{总额.全年} | 75 | 70{总额.执行} | 70 | 10{总额.分} | 93.3%{总额.率} | 9.33{总额.得}",
        "-年度目标 | 预期目标 | > | > | > | 实际完成情况 | > | > | > | >",
    ),
    "tasks of the year without points, and words of money in their names": department(
        "-重点工作任务 | 预算数（万元） | 执行数（万元） | 执行率 | 未完成原因",
        "-其他资金 | 60 | 60 | 100% | 无",
        "-项目支出 | 10 | 8{支出_项目支出} | 80% | 无",
        "-合计 | 70{总额.全年} | 68{总额.执行} | 97.14%{总额.率} | 无",
        "-结转 | 5 | 5 | 100% | 无",
    ),
    "tasks of the year without their total": department(
        "-年度任务完成情况 | 任务名称 | 全年预算数 | 全年执行数 | 执行率 | 得分",
        "-^ | 机关运转 | 60 | 60 | 100% | 9",
        "-^ | 党建工作 | 10 | 8 | 80% | 8",
        "-年度目标 | 预期目标 | > | 实际完成情况 | > | >",
    ),
    "tasks of the year above the funds": department(
        "-年度任务 | 任务名称 | 预算数 | 执行数 | 执行率 | 得分",
        "-^ | 机关运转 | 60 | 60 | 100% | 9",
        "-预算执行情况 |  | 全年预算数 | 全年执行数 | 执行率 | 得分",
        "-^ | 年度资金总额 | 70{总额.全年} | 68{总额.执行} | 97.14%{总额.率} | 9.71{总额.得}",
    ),
    "a rate of tasks with a head of two rows, and another head behind it": department(
        "-任务名称 | 级次 | 批复金额 | > | 实际支出金额 | 预算执行率 | 预算执行偏低原因及改进措施",
        "-^ | ^ | 总额 | 财政拨款 | ^ | ^ | ^",
        "-农村公路养护 | 本级 | 320 | 320 | 272 | 85.00% | 待竣工审计",
    ),
    "incomes and spending side by side": department(
        "-年度收支情况 | 收入 | 全年预算数 | 实际收入数 | 支出 | 全年预算数 | 实际支出数 | 执行率",
        "-^ | 财政拨款 | 80 | 80 | 基本支出 | 50 | 49{支出_基本支出} | 98%",
        "-^ | 其他资金 |  |  | 项目支出 | 30 | 27{支出_项目支出} | 90%",
        "-^ | 上年结转 | 5 | 5 |  |  |  | ",
        "-^ | 小计 | 85 | 85 | 小计 | 80{总额.全年} | 76{总额.执行} | 95%{总额.率}",
    ),
    "incomes and spending under heads of their own": department(
        "-部门收支 | 收入预算 | > | > | 支出预算 | > | >",
        "-^ | 项目 | 年初预算数 | 决算数 | 项目 | 年初预算数 | 决算数",
        "-^ | 财政拨款 | 80 | 80 | 基本支出 | 50 | 49{支出_基本支出}",
        "-^ | 其他资金 | 5 | 5 | 项目支出 | 30 | 27{支出_项目支出}",
        "-^ | 收入合计 | 85 | 85 | 支出合计 | 80{总额.年初} | 76{总额.执行}",
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_the_year(table: str) -> None:
    """The amounts of the year are read from their cells, and those of a task or an income are not."""
    check(TABLES[table])


def test_a_rate_above_the_indicators_counts_before_that_among_them() -> None:
    """The rate stands below its head; the row 预算执行率 of the indicators has the points."""
    pairs = LAYOUTS["pairs, and the rate below its head over merged cells"]
    submission, marked = read_drawn(
        f"{pairs.rstrip()}\n-^ | 预算执行率 | 预算执行率 | 预算执行率 | 100% | 99% | 9.9{{年度资金总额_得分}}"
    )
    assert submission.values["年度资金总额_执行率"].cell == marked["年度资金总额_执行率"][0]
    assert submission.values["年度资金总额_得分"].cell == marked["年度资金总额_得分"][0]


def test_the_first_numbered_line_of_a_group_of_lines() -> None:
    """资金结构： before the number of the first line says what the lines are, and belongs to none of them."""
    check(
        department(
            "@预算情况 |  | > | 全年预算数（A）{全年预算数} | 全年执行数（B）{全年执行数} | 执行率（B/A）{执行率}",
            "$年度资金总额:^ | 部门预算总额 | > | 2236 | 2146.56 | 96%",
            "$-:^ | 资金结构：（1）基本支出 | > | 896 | 896{支出_基本支出} | 100%",
            "$-:^ | 　　　　　（2）项目支出 | > | 1340 | 1250.56{支出_项目支出} | 93.33%",
        )
    )


def test_spending_on_the_first_line() -> None:
    """支出总额 is a sum of its own beside incomes; on the first line below the heads it is all of the money."""
    check(
        department(
            "@部门预算资金 |  | > | 年初预算数{年初预算数} | 全年执行数{全年执行数} | 执行率{执行率}",
            "$年度资金总额:^ | 支出总额 | > | 150 | 147 | 98%",
            "$-:^ | 其中：基本支出 | > | 20 | 20{支出_基本支出} | 100%",
            "$-:^ | 　　　项目支出 | > | 130 | 127{支出_项目支出} | 97.69%",
        )
    )


def test_a_total_in_the_head_does_not_begin_the_funds() -> None:
    """自评得分 beside the name is the total; below it each measure has a row, and 合计 is all of the money."""
    check(
        department(
            "-自评得分 | 97.36{总分_得分} | 自评等级 | 优秀 | > | >",
            "-预算执行情况 | 项目 | 基本支出 | 项目支出 | 合计 | 执行率",
            "-^ | 年初预算数 | 1362 | 8640 | 10002{年度资金总额_年初预算数} | 93.62%{年度资金总额_执行率}",
            "-^ | 调整预算数 | 1418 | 9257 | 10675{年度资金总额_全年预算数} | ^",
            "-^ | 实际支出数 | 1396{支出_基本支出} | 8598{支出_项目支出} | 9994{年度资金总额_全年执行数} | ^",
        )
    )
