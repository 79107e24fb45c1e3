"""No error rests on what a form of another layout prints, or on values near to what was not understood."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import read_drawn
from xltool.auditing.audit import audit
from xltool.reader.records import FileRecord

FORM = """\
== 附件3 表
!项目支出绩效自评表
!（2022年度）
-项目名称 | > | 某项目 | > | > | > | > | >
-主管部门 | > | 某局 | > | 实施单位 | {implementer} | > | >
@资金（万元） | > |  | 全年预算数 | 全年执行数 | {weight} | 执行率 | 得分
-^ | ^ | 年度资金总额 | 100 | 90 | {points} | 90% | 9
-^ | ^ | 其中：财政拨款 | 60 | 60 |  |  |
-^ | ^ | {source} | {amount} | {amount} |  |  |
-年度目标 | 预期目标 | > | > | 实际完成情况 | > | > | >
-^ | 新建公路20公里，加固危桥3座。 | > | > | 新建公路21公里，加固危桥3座。 | > | > | >
-指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-^ | 产出指标 | 数量指标 | 新建公路 | 20公里 | 21公里 | {indicator} | {indicator}
{rest}"""
USUAL = {
    "implementer": "某中心",
    "weight": "分值",
    "points": "10",
    "source": "其他资金",
    "amount": "40",
    "indicator": "90",
    "rest": "-总分 | > | > | > | > | > | 100 | 99",
}


def severities(**changes: str) -> dict[str, str]:
    """The severities of the findings on the form, by rule."""
    submission, _ = read_drawn(FORM.format(**(USUAL | changes)))
    findings = audit([FileRecord("某局.xlsx", "read", submissions=[submission])]).findings
    return {finding.rule: finding.severity.value for finding in findings}


def test_points_that_a_form_says_make_100_are_an_error() -> None:
    """A total of 100 above points of 110 contradicts itself; 95 with points of execution as well."""
    assert "S-01" not in severities()
    assert severities(indicator="100")["S-01"] == "error"
    assert severities(indicator="85")["S-01"] == "error"


@pytest.mark.parametrize(
    "changes",
    [
        {"indicator": "80", "rest": ""},
        {"indicator": "80", "rest": "-总分 | > | > | > | > | > | 90 | 89"},
        {"indicator": "85", "rest": "-^ | 说明 | 5 | > | > | > | > | >\n" + USUAL["rest"]},
    ],
)
def test_points_that_a_form_prints_are_to_be_verified(changes: dict[str, str]) -> None:
    """Without a total, with another total, beside a number that was not understood."""
    assert severities(**changes)["S-01"] == "warning"


def test_a_sum_beside_an_amount_of_unknown_source_is_to_be_verified() -> None:
    """The unknown amount may be what lacks in the sum; an amount of a known source cannot."""
    assert severities(amount="30")["A3-02"] == "error"
    assert severities(source="某某款项", amount="40").get("A3-02") in {None, "warning"}
    assert severities(rest="-^ | 另计 | 40 | > | > | > | > | >\n" + USUAL["rest"], amount="30")["A3-02"] == "error"


def test_a_name_beside_a_text_that_was_not_understood_is_to_be_verified() -> None:
    """A blank name is an error, but not where something stands in its row that may be the name."""
    assert severities(implementer="")["A3-01"] == "error"
    assert severities(implementer=" | > | >\n- | > |  | > |  | 某中心")["A3-01"] == "warning"


def test_a_score_in_the_row_where_a_form_breaks_off_is_to_be_verified() -> None:
    """A blank score is an error, but not in the last row of a form without a total: its page may go on."""
    row = "-^ | ^ | ^ | 加固危桥 | 3座 | 3座 | 10 | \n"
    assert severities(rest=row + USUAL["rest"])["S-11"] == "error"
    assert severities(rest=row)["S-11"] == "warning"


WHOLE = """\
== 附件2 表
!部门整体支出绩效自评表
-部门名称 | > | 某局 | > | > | > | > | >
@资金（万元） | > |  | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 得分
-^ | ^ | 年度资金总额 | 500 | 500 | 500 | 100% | 10
-指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-^ | 产出指标 | 成本指标 | 预算控制数 | 500万元 | 500万元 | 90 | 90
"""


def borrowed_cost(*, doubtful: tuple[str, ...]) -> str:
    """The severity of A3-12 on a project whose cost is the department's, with these fields in doubt."""
    project = (
        FORM.format(**USUAL).replace("全年预算数", "年初预算数").replace("数量指标 | 新建公路", "成本指标 | 预算控制数")
    )
    forms = [read_drawn(text)[0] for text in (WHOLE, project.replace("20公里 | 21公里", "500万元 | 400万元"))]
    for form in forms:
        form.filing = "某局"
    forms[1].id, forms[1].doubtful = "附件3", doubtful
    findings = audit([FileRecord("某局.xlsx", "read", submissions=forms)]).findings
    return next(finding.severity.value for finding in findings if finding.rule == "A3-12")


def test_a_rule_over_several_forms_looks_at_their_doubts() -> None:
    """What it compares was read with a doubt: by its field, or by the cell of the row."""
    assert borrowed_cost(doubtful=()) == "error"
    assert borrowed_cost(doubtful=("年度资金总额_年初预算数",)) == "warning"
    assert borrowed_cost(doubtful=("E12",)) == "warning"
