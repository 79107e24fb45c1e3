"""What a form of another layout has no cell for is no fault of the department that filled it in."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn
from xltool.auditing.audit import audit
from xltool.reader.records import FileRecord

FORM = """\
== 附件3 表
!项目支出绩效自评表
!（2022年度）
-项目名称 | > | 某项目 | > | > | > | >
-主管部门 | > | 某局 | > | 实施单位 | 某中心 | >
{money}
-年度目标 | 预期目标 | > | > | 实际完成情况 | > | >
-^ | 新建公路20公里，加固危桥3座。 | > | > | 新建公路21公里，加固危桥3座。 | > | >
-指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出指标 | 数量指标 | 新建公路 | 20公里 | 21公里 | 80
"""
INITIAL = """\
@资金（万元） | > |  | 年初预算数 | 全年执行数 | 执行率 | 得分
$年度资金总额:^ | ^ | 年度资金总额 | 100 | 90 | 90% | 9"""
BUDGET = """\
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 执行率 | 得分
$年度资金总额:^ | ^ | 年度资金总额 |  | 90 | 90% | 9"""
PRINTED = """\
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 执行率 | 得分（20分*执行率）
$年度资金总额:^ | ^ | 年度资金总额 | 100 | 90 | 90% | 18"""
FILED = """\
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 分值 | 得分
$年度资金总额:^ | ^ | 年度资金总额 | 100 | 90 | 20 | 18"""


@pytest.mark.parametrize(
    ("money", "rule", "reported"),
    [(INITIAL, "A2-07", False), (BUDGET, "A2-07", True), (PRINTED, "A2-06", False), (FILED, "A2-06", True)],
    ids=["no column", "blank", "printed", "filed"],
)
def test_only_cells_of_the_form_are_asked_for(money: str, rule: str, *, reported: bool) -> None:
    """A column that is not there, and a weight that the heading prints, are not reported; the same cells filed are."""
    submission, _ = read_drawn(FORM.format(money=money))
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    assert (rule in {finding.rule for finding in findings}) == reported
