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


OVERSPENT = INITIAL.replace("100 | 90 | 90%", "100 | 109 | 109%")
DEPARTMENT = """\
== 附件2 表
!部门整体支出绩效自评表
!（2022年度）
-部门名称 | > | 某局 | > | > | > | >
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 执行率 | 得分
$年度资金总额:^ | ^ | 年度资金总额 | 100 | {executed} | 90% | 9
-^ | > | 其中：基本支出：60万元 | > | 项目支出：30万元 | > | >
-指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出指标 | 数量指标 | 新建公路 | 20公里 | 21公里 | 80
"""


def warnings(form: str) -> dict[str, str | None]:
    """The rules and cells of the warnings on a drawn form, and of all that was folded into another finding."""
    submission, _ = read_drawn(form)
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    result = {each.rule: each.cell for finding in findings for each in finding.consequences}
    return result | {finding.rule: finding.cell for finding in findings if finding.severity == "warning"}


def test_spending_is_held_against_the_budget_that_the_form_has() -> None:
    """Without a column for the budget of the year, spending beyond that of its beginning is to be verified."""
    assert warnings(FORM.format(money=OVERSPENT))["A3-08"] == "E6"
    assert "A3-08" not in warnings(FORM.format(money=INITIAL))


def test_a_budget_that_was_never_adjusted_may_lack_what_was_added() -> None:
    """Spending beyond one that repeats that of the beginning is to be verified; beyond an adjusted one it is wrong."""
    money = """\
@资金（万元） | > |  | 年初预算数 | 全年预算数 | 全年执行数 | 得分
$年度资金总额:^ | ^ | 年度资金总额 | 100 | {budget} | 109 | 9"""
    assert warnings(FORM.format(money=money.format(budget=100)))["A3-08"] == "F6"
    submission, _ = read_drawn(FORM.format(money=money.format(budget=105)))
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    assert [each.severity.value for each in findings if each.rule == "A3-08"] == ["error"]


PARTS = """\
@资金（万元） | > |  | 全年预算数 | 全年执行数 | 执行率（%） | 得分
$年度资金总额:^ | ^ | 年度资金总额 | 100 | 90 | 90 | 9
$当年财政拨款:^ | ^ | 其中：财政拨款 | 60 | 60 | {fiscal} | —
$其他资金:^ | ^ | 其他资金 | 40 | 30 | {others} | —"""


@pytest.mark.parametrize(
    ("fiscal", "others", "cell"),
    [("100", "75", None), ("100%", "75%", None), ("—", "/", None), ("100", "0", "E8"), ("90%", "75", "E7")],
)
def test_rates_beside_the_parts_of_the_money(fiscal: str, others: str, cell: str | None) -> None:
    """They follow from their own rows, whether they are written with a sign or without."""
    assert warnings(FORM.format(money=PARTS.format(fiscal=fiscal, others=others))).get("A3-06") == cell


def test_spending_by_nature_is_held_against_the_whole() -> None:
    """Without a cell for their sum, 基本支出 and 项目支出 are added up."""
    assert warnings(DEPARTMENT.format(executed=100))["A2-10"] == "E6"
    assert "A2-10" not in warnings(DEPARTMENT.format(executed=90))


ROWS = """
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-^ | 产出指标{printed} | 数量指标 | 新建公路 | 20公里 | 21公里 | {output} | {output}
-^ | 效益指标 | 社会效益指标 | 增加就业 | 200人 | 210人 | {benefit} | {benefit}
-^ | 满意度指标 | 服务对象满意度指标 | 满意度 | 95% | 96% | 10 | 10
"""


@pytest.mark.parametrize(
    ("money", "printed", "points", "reported"),
    [
        (PRINTED, "", (60, 10), set()),  # 20 points of execution leave 80
        (INITIAL, "", (70, 20), set()),  # no points of execution
        (FILED.replace("20 | 18", "10 | 9"), "（60分）", (60, 20), {"S-05"}),  # printed for one kind alone
        (FILED.replace("20 | 18", "10 | 9"), "（50分）", (60, 20), {"S-04", "S-05"}),
        (FILED, "", (60, 10), set()),
        (FILED, "", (60, 20), {"A2-06", "S-04", "S-05"}),  # 110 points
    ],
)
def test_points_that_the_form_prints_are_its_own(
    money: str, printed: str, points: tuple[int, int], reported: set[str]
) -> None:
    """The points of the profile are asked only of forms that do not make 100 with points of their own."""
    rows = ROWS.format(printed=printed, output=points[0], benefit=points[1])
    form = FORM.format(money=money).partition("-指标 |")[0].rstrip() + rows
    assert warnings(form).keys() & {"A2-06", "S-04", "S-05", "S-06"} == reported


COST = "-^ | 成本指标{printed} | 经济成本指标 | 每公里成本 | 5万元 | 4万元 | {cost} | {cost}\n"


@pytest.mark.parametrize(
    ("printed", "points", "reported"),
    [
        (("", ""), (20, 40, 20, 10), set()),
        (("（20分）", ""), (20, 40, 20, 10), set()),
        (("", ""), (20, 30, 30, 10), set()),
        (("", ""), (20, 45, 20, 5), {"S-06"}),  # costs leave the points of satisfaction as they are
        (("", ""), (20, 40, 30, 10), set()),  # 110 points, whichever of them are too many
        (("", ""), (0, 50, 20, 10), {"S-05"}),
        (("（20分）", ""), (15, 45, 20, 10), {"S-07"}),
        (("", "（50分）"), (20, 40, 20, 10), {"S-04"}),
    ],
)
def test_costs_that_are_a_first_level_take_points_from_output_and_benefit(
    printed: tuple[str, str], points: tuple[int, int, int, int], reported: set[str]
) -> None:
    """A form that has 成本指标 beside 产出指标 does not divide the points as ours does."""
    cost, output, benefit, satisfaction = points
    rows = ROWS.format(printed=printed[1], output=output, benefit=benefit)
    rows = rows.replace("96% | 10 | 10", f"96% | {satisfaction} | 0") + COST.format(printed=printed[0], cost=cost)
    form = FORM.format(money=FILED.replace("20 | 18", "10 | 9")).partition("-指标 |")[0].rstrip() + rows
    submission, _ = read_drawn(form)
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    assert {each.rule for each in findings} & {"S-04", "S-05", "S-06", "S-07"} == reported


@pytest.mark.parametrize(
    ("level", "reported"),
    [("投入管理指标", set()), ("运行成本", set()), ("社会效益", {"S-05"}), ("", {"S-05"})],
)
def test_any_further_first_level_takes_points(level: str, reported: set[str]) -> None:
    """投入管理指标 takes points as 成本指标 does; another word for a level of ours is no further level."""
    cost = COST.format(printed="", cost=20).replace("成本指标", level, 1)
    rows = ROWS.format(printed="", output=40, benefit=20) + cost
    form = FORM.format(money=FILED.replace("20 | 18", "10 | 9")).partition("-指标 |")[0].rstrip() + rows
    submission, _ = read_drawn(form)
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    assert {each.rule for each in findings} & {"S-05"} == reported


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
