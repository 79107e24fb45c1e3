"""The money of a department's form: its spending, divided into 基本支出 and 项目支出."""

from __future__ import annotations

from tests.reader.labels.drawn import check

INDICATORS = """
@绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
#^ | 产出指标 | 数量指标 | 培训人次 | 100人次 | 100人次 | 50
"""


def department(*lines: str) -> str:
    """A department's form with these lines as its funds."""
    return "\n".join(("== 附件2 Sheet1", "!部门整体支出绩效自评表", *lines)) + INDICATORS


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
