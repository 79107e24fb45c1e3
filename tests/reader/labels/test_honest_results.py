"""Results that fulfil their target in other words: shorter times, earlier months, other units, nothing happened."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn
from xltool.auditing.audit import audit
from xltool.reader.records import FileRecord

FORM = """\
== 附件3 表
!2023年度项目支出绩效自评表
-项目名称 | > | 公路养护 | > | > | > | >
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-^ | 产出指标 | {part} | {name} | {target} | {actual} | 90 | 90
"""


def reported(name: str, target: str, actual: str, part: str = "时效指标") -> dict[str, str]:
    """The severity of what is said of the row, by rule."""
    submission, _ = read_drawn(FORM.format(part=part, name=name, target=target, actual=actual))
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    rules = {"S-13", "S-14", "S-15", "S-16", "S-17", "S-18", "S-19", "S-24"}
    return {finding.rule: finding.severity.value for finding in findings if finding.rule in rules}


@pytest.mark.parametrize(
    ("name", "target", "actual"),
    [
        ("工期", "180天", "175天"),
        ("审核时限", "5个工作日", "3-5个工作日"),
        ("平均响应时间", "30分钟", "0.4小时"),
        ("竣工日期", "2023.12", "2023.11"),
        ("完成时间", "2023", "2022"),
        ("安全事故", "0起", "未发生"),
        ("安全事故", "≤1起", "没有发生安全事故"),
        ("维护单价", "≤80元/㎡", "78元/平方米"),
        ("每公里成本", "≤3.5万元/公里", "34200元/公里"),
        ("宣传活动", "≥4场次", "5场"),
        ("人均标准", "≤500元/人·月", "480元/人/月"),
        ("建设期", "12个月", "11个月"),
        ("人均成本", "≤300元/人", "280元"),
        ("日均补助", "150元", "0.015万元/天"),
        ("涉及乡镇", "10个", "10个乡镇"),
        ("细颗粒物浓度", "≤35微克/立方米", "31μg/m3"),
    ],
)
def test_a_result_that_fulfils_its_target(name: str, target: str, actual: str) -> None:
    """Full points are right, and nothing is said."""
    assert reported(name, target, actual) == {}


@pytest.mark.parametrize("name", ["项目总投入", "工程造价", "采购单价"])
def test_less_money_is_better_where_it_is_a_cost(name: str) -> None:
    """Money that is spent under 成本指标; elsewhere more of it may be the aim."""
    assert reported(name, "20万元", "18.4万元", "成本指标") == {}
    assert reported(name, "20万元", "21万元", "成本指标") == {"S-17": "error"}
    assert reported(name, "20万元", "18.4万元", "数量指标") == {"S-14": "error"}


@pytest.mark.parametrize(
    ("name", "target", "actual", "finding"),
    [
        ("工期", "180天", "200天", {"S-17": "error"}),
        ("平均响应时间", "30分钟", "0.6小时", {"S-17": "error"}),
        ("设施使用时限", "180天", "175天", {"S-14": "error"}),
        ("供水时间", "24小时", "20小时", {"S-14": "error"}),
        ("用水量", "2023.12", "2023.11", {"S-14": "error"}),
        ("安全生产培训", "≥10次", "未发生", {"S-13": "error"}),
        ("安全事故", "0起", "未完成", {"S-13": "error"}),
        ("维护单价", "≤80元/㎡", "82元/平方米", {"S-17": "error"}),
        ("新增床位", "≥50张", "五十张", {"S-13": "info"}),
        ("新增床位", "≥50张", "一般", {"S-13": "error"}),
        ("涉及乡镇", "10个", "9个乡镇", {"S-14": "error"}),
        ("培训成本", "≤300元/人", "280元", {"S-24": "warning"}),
        ("人均成本", "≤300元/人", "320元", {"S-17": "error"}),
        ("涉及单位", "10个村", "10个乡镇", {"S-24": "warning"}),
    ],
)
def test_a_result_that_does_not(name: str, target: str, actual: str, finding: dict[str, str]) -> None:
    """What resembles such words, and results beyond a limit, are reported as before."""
    assert reported(name, target, actual) == finding
