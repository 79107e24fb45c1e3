"""Defects that a person sees at a glance, in layouts of other places: damaged, blank and wrong cells."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn
from xltool.auditing.audit import audit
from xltool.reader.records import FileRecord

NAMES = "-项目名称 | {name} | > | > | {beside} | {behind}\n-主管部门 | 某局 | > | > | 实施单位 | 某站"
PAIRS = """\
-预算执行情况（万元） | 年初预算数 | 100 | 全年预算数 | 100 | >
-^ | 全年执行数 | {spent} | 执行率 | 95% | >
-^ | 分值 | 10 | 得分 | 9.5 | >"""
BLOCKS = """\
-预算情况（万元） | 年初预算数 | 增减数 | 全年预算数 | 财政拨款 | 其他资金
-^ | 90 | 10 | {budget} | 100 | 0
-执行情况（万元） | 全年执行数 | 结转结余 | 执行率 | 分值 | 得分
-^ | {spent} | 5 | 95% | 10 | 9.5"""
BESIDE = """\
-资金（万元） | 预算数 | > | 执行数 | > | 得分（10分）
-^ | 资金总额： | {budget} | 资金总额： | {spent} | 9.5
-^ | 其中：财政资金 | 100 | 其中：财政资金 | 95 | ^"""
ACROSS = """\
-资金（万元） | 中央 | 县级 | 合计 | 执行数 | 得分（10分）
-^ | 60 | 40 | 100 | 95 | {score}"""
GOALS = "-年度绩效目标 | {goal} | > | > | > | >\n-目标完成情况 | {done} | > | > | > | >"
ROWS = """\
-一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-产出指标 | 数量指标 | 新建公路 | 20公里 | {actual} | 50 | 50
-效益指标 | 社会效益指标 | 增加就业 | 200人 | 210人 | {weight} | 30
-满意度指标 | 服务对象满意度指标 | 满意度 | 95% | 96% | 10 | 10
-总分 | > | > | > | > | 100 | {total}"""
SOUND = {
    "name": "公路养护", "beside": "项目类型", "behind": "经常性项目", "spent": "95", "budget": "100", "score": "9.5",
    "goal": "建成通畅的农村公路。", "done": "农村公路已建成通畅。", "actual": "21公里", "weight": "30", "total": "99.5",
}  # fmt: skip


def reported(funds: str, **changed: str) -> set[tuple[str, str | None]]:
    """Rule and cell of every error and warning on a form with these funds, some of its cells filled in otherwise."""
    text = f"== 附件3 表\n!2022年度项目支出绩效自评表\n{NAMES}\n{funds}\n{GOALS}\n{ROWS}"
    submission, _ = read_drawn(text.format(**SOUND | changed))
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    return {(finding.rule, finding.cell) for finding in findings if finding.severity != "info"}


@pytest.mark.parametrize("funds", [PAIRS, BLOCKS, BESIDE, ACROSS])
def test_sound_forms(funds: str) -> None:
    """Nothing is said of a form without a defect."""
    assert reported(funds) == set()


@pytest.mark.parametrize(
    ("funds", "changed", "finding"),
    [
        (PAIRS, {"spent": "9S"}, ("W-05", "C5")),
        (PAIRS, {"spent": "9O5.00万元"}, ("W-05", "C5")),
        (BLOCKS, {"spent": "9..5"}, ("W-05", "B7")),
        (PAIRS, {"spent": "#DIV/0!"}, ("W-08", "C5")),
        (PAIRS, {"behind": "#REF!"}, ("W-08", "F2")),
        (BLOCKS, {"budget": ""}, ("A2-07", "D5")),
        (BESIDE, {"spent": "9S.0"}, ("W-05", "E5")),
        (BESIDE, {"budget": ""}, ("A3-05", "C5")),
        (ACROSS, {"score": "7.5"}, ("A3-07", "F5")),
        (ACROSS, {"weight": "40"}, ("S-01", "F12")),
    ],
)
def test_money_that_is_damaged_blank_or_scored_wrong(
    funds: str, changed: dict[str, str], finding: tuple[str, str]
) -> None:
    """The cell is reported wherever the layout has it."""
    assert finding in reported(funds, **changed), reported(funds, **changed)


def test_the_total_of_a_form_that_lists_its_tasks_with_their_money() -> None:
    """Amounts below the head of the points of execution, under a head of their own, are no points."""
    funds = f"{ACROSS}\n-主要任务 | 任务名称 | > | 预算数 | 执行数 | 预算数\n-^ | 公路养护 | > | 60 | 58 | 26.9"
    assert reported(funds) == set()
    assert ("S-03", "G14") in reported(funds, total="96.5"), reported(funds, total="96.5")


def test_a_total_beyond_its_budget_whose_parts_are_no_fields() -> None:
    """Money of several levels says nothing against an error in the line of the total."""
    levels = """\
-资金（万元） | 来源 | > | 全年预算数 | 全年执行数 | 执行率
-^ | 年度资金总额 | > | 100 | {spent} | 95%
-^ | 其中：中央财政资金 | > | 60 | 57 | 95%
-^ | 省级财政资金 | > | 30 | 28.5 | 95%
-^ | 县级财政资金 | > | 10 | 9.5 | 95%"""
    assert ("A3-08", "E5") in reported(levels, spent="120"), reported(levels, spent="120")
    assert "A3-08" not in {rule for rule, _ in reported(levels)}


def test_a_name_that_slipped_before_a_label_with_a_colon() -> None:
    """What ends with a colon begins the next pair, whatever it asks for."""
    names = "-项目名称： |  | 公路养护 | 是否为专项资金： |  | \n-主管部门 | 某局 | > | > | 实施单位 | 某站"
    text = f"== 附件3 表\n!2022年度项目支出绩效自评表\n{names}\n{PAIRS}\n{GOALS}\n{ROWS}"
    submission, _ = read_drawn(text.format(**SOUND))
    assert submission.value("项目支出名称") == "公路养护"


def test_rows_with_more_points_than_the_total() -> None:
    """Also on a form that does not say what points execution has: they are at most what the rows leave."""
    funds = "-项目资金（万元） | 来源 | > | 全年预算数 | 全年执行数 | 执行率\n-^ | 合计 | > | 100 | 95 | 95%"
    assert "S-01" not in {rule for rule, _ in reported(funds)}
    assert ("S-01", "F12") in reported(funds, weight="45"), reported(funds, weight="45")


def test_a_goal_without_achievement_that_was_left_blank() -> None:
    """A form may ask for the goal only; its label stands alone then."""
    text = f"== 附件3 表\n!2022年度项目支出绩效自评表\n{NAMES}\n{PAIRS}\n-年度履职目标 | > | | > | > | >\n{ROWS}"
    submission, _ = read_drawn(text.format(**SOUND))
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    assert ("A2-15", "C7") in {(finding.rule, finding.cell) for finding in findings}


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"name": ""}, ("A3-01", "B2")),
        ({"name": "", "behind": ""}, ("A3-01", "B2")),
        ({"name": "", "beside": "自评总分（分）", "behind": "99.5"}, ("A3-01", "B2")),
        ({"name": "", "beside": "下属单位个数", "behind": "3"}, ("A3-01", "B2")),
        ({"done": ""}, ("A2-15", "B8")),
        ({"goal": ""}, ("A2-15", "B7")),
        ({"actual": ""}, ("S-13", "E10")),
    ],
)
def test_what_was_left_blank(changed: dict[str, str], finding: tuple[str, str]) -> None:
    """A blank name is not filled by the label beside it, and a form without a column for reasons has results."""
    assert finding in reported(PAIRS, **changed), reported(PAIRS, **changed)
