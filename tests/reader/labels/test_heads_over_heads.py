"""Heads of indicators that stand over several others, of which one is meant."""

from __future__ import annotations

from tests.reader.labels.drawn import check


def test_a_reason_in_words_beside_kinds_of_reasons_to_be_ticked() -> None:
    """Below 偏差原因分析 stand boxes for kinds of reasons, and 原因说明; behind them 改进措施 has a head of its own."""
    columns = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "得分")
    heads = " | ".join(f"^{{{column}}}" for column in columns)
    drawing = f"""== 附件3 Sheet1
!项目支出绩效自评表
-项目名称 | 某项目{{项目支出名称}} | > | > | > | > | > | > | >
-{" | ".join(columns)} | 偏差原因分析 | > | 改进措施
@{heads} | 经费保障 | 原因说明{{偏差原因分析及改进措施}} | ^
#产出指标 | 数量指标 | 培训人次 | 100人次 | 90人次 | 9 | √ | 经费不足 | 加强统筹
"""
    check(drawing)


def test_values_of_the_half_year_beside_those_of_the_year() -> None:
    """目标值 and 完成值 stand over 半年 and 全年: the year is what the form is about."""
    check(
        """== 附件3 Sheet1
!项目支出绩效自评表
-项目名称 | 某项目{项目支出名称} | > | > | > | > | > | >
-绩效指标 | > | > | 目标值 | > | 完成值 | > | 得分
@一级{一级指标} | 二级{二级指标} | 三级指标{三级指标} | 半年 | 全年{年度指标值} | 半年 | 全年{实际完成值} | ^{得分}
#产出指标 | 数量指标 | 维修泵站 | ≥10座 | ≥26座 | 11座 | 26座 | 9
#^ | 质量指标 | 完好率 | ≥90% | ≥95% | 92% | 98.1% | 9
"""
    )
