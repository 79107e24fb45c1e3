"""A cell that could not be read is reported by itself; no sum that passes it over accuses another one."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn
from xltool.auditing.audit import audit
from xltool.reader.records import FileRecord

FORM = """\
== 附件3 表
!项目支出绩效自评表
!（2022年度）
-项目名称 | > | {name} | > | > | > | >
-主管部门 | > | 某局 | > | 实施单位 | 某中心 | >
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 分值 | 得分
$年度资金总额:^ | ^ | 年度资金总额 | {whole} | 90 | 10 | 9
$当年财政拨款:^ | ^ | 其中：财政拨款 | {part} | 60 | — | —
$其他资金:^ | ^ | 其他资金 | 30 | 30 | — | —
-年度目标 | 预期目标 | > | > | 实际完成情况 | > | >
-^ | 新建公路20公里，加固危桥3座。 | > | > | 新建公路21公里，加固危桥3座。 | > | >
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-^ | 产出指标 | 数量指标 | 新建公路 | 20公里 | 21公里 | {output} | 20
-^ | 产出指标 | 质量指标 | 合格率 | 100% | 100% | 20 | 20
-^ | 效益指标 | 社会效益指标 | 增加就业 | 200人 | 210人 | {benefit} | 20
-^ | 满意度指标 | 服务对象满意度指标 | 满意度 | 95% | 96% | 10 | 10
"""
DEPARTMENT = """\
== 附件2 表
!部门整体支出绩效自评表
!（2022年度）
-部门名称 | > | 某局 | > | > | > | >
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 执行率 | 得分
$年度资金总额:^ | ^ | 年度资金总额 | 240 | 240 | 100% | 10
-^ | > | 其中：基本支出：60万元 | > | 项目支出：180万元 | > | >
-指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出指标 | 数量指标 | 新建公路 | 20公里 | 21公里 | 80
"""
BASE = """\
== 附件1 表
!2022年度部门整体支出绩效评价基础数据表
-填报单位：某局 | > | > | >
-财政供养人员情况 | 编制数 | 2022年实际在职人数 | 控制率
-^ | 10 | 10 | 100%
-经费控制情况 | 2021年决算数 | 2022年预算数 | 2022年决算数
-项目支出 | 170 | 180 | 180
-1.甲 | 85 | 90 | 90
-2.乙 | 85 | 90 | 90
-公用经费 | 20 | 20 | 20
"""
READ = {"name": "公路养护", "whole": "100", "part": "70", "output": "30", "benefit": "30"}


def reported(*forms: str) -> set[str]:
    """The rules of all errors and warnings on a filing, with those folded into another."""
    submissions = [read_drawn(form)[0] for form in forms]
    for number, submission in enumerate(submissions):
        submission.id = str(number)
    findings = audit([FileRecord("某局.xlsx", "read", submissions=submissions)]).findings
    grave = [finding for finding in findings if finding.severity != "info"]
    folded = {each.rule for finding in grave for each in finding.consequences}
    return folded | {finding.rule for finding in grave}


def project(**changed: str) -> str:
    """附件3 with some of its cells filled in otherwise."""
    return FORM.format(**READ | changed)


@pytest.mark.parametrize(
    ("written", "readable", "silent"),
    [
        ({"part": "约70"}, {"part": "60"}, "A3-02"),
        ({"whole": "百万余"}, {"whole": "0"}, "A3-05"),
        ({"output": "叁拾多"}, {"output": "35"}, "S-01"),
        ({"output": "叁拾多"}, {"output": "35"}, "S-04"),
    ],
)
def test_a_sum_over_a_cell_that_was_not_read_says_nothing(
    written: dict[str, str], readable: dict[str, str], silent: str
) -> None:
    """The same check speaks where the cell holds a number that is wrong."""
    assert silent in reported(project(**readable))
    result = reported(project(**written))
    assert silent not in result
    assert result & {"W-05", "S-10"}


def test_only_sums_over_that_cell_are_left_open() -> None:
    """The points of 效益指标 are added up although one of 产出指标 was not read."""
    assert "S-05" in reported(project(output="叁拾多", benefit="20"))


@pytest.mark.parametrize(("spent", "is_known"), [("约90", False), ("80", True)])
def test_a_sum_over_all_projects_needs_each_of_them(spent: str, *, is_known: bool) -> None:
    """Spending of a project that was not read is not missing from the spending of the department."""
    first, second = (project(name=name) for name in ("甲", "乙"))
    result = reported(BASE, DEPARTMENT, first, second.replace("100 | 90 |", f"100 | {spent} |"))
    assert ("X-05" in result or "X-06" in result) == is_known
