"""Rules that come with calculated fields: the filed value must agree with the formula of the field.

Formula, tolerance and code are declared with the field in `xltool.forms`; here are the words of each code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from xltool import params
from xltool.expr.nodes import Agrees, Field, Kind, Not, Or, total
from xltool.findings import Severity
from xltool.forms import FORMS, project
from xltool.forms.tolerances import WHOLE_PERCENT
from xltool.forms.words import item_of
from xltool.rules.model import Check, Rule, register_rule
from xltool.text.basis import ARITHMETIC, HUNAN

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING = Severity.ERROR, Severity.WARNING
LIMITS = params.load()


class Recomputation(Struct, frozen=True):
    """Title, basis and advice of the rule for a calculated field."""

    title: str
    basis: str
    advice: str = "恢复该单元格的公式，或按重算结果改正；结果不对的，检查参与计算的各单元格。"
    silenced_by: tuple[str, ...] = ()


_THREE_PUBLIC = "“三公”经费 = 因公出国（境）费 + 公务用车购置及运行费 + 公务接待费（岳阳县三公经费预算表注1）"
RECOMPUTATIONS = {
    "A1-04": Recomputation("控制率 = 实际在职人数 ÷ 编制数", f"{HUNAN}：在职人员控制率", silenced_by=("A1-06",)),
    "A1-07": Recomputation("三公经费 = 公务用车 + 出国 + 公务接待", _THREE_PUBLIC),
    "A1-08": Recomputation("公务用车购置和维护经费 = 购置 + 运行维护", _THREE_PUBLIC),
    "A1-15": Recomputation("项目支出 = 各项目之和", "附件1说明：填报基本支出以外的所有项目支出情况"),
    "A1-26": Recomputation("规模控制率 = 实际规模 ÷ 批复规模", f"{HUNAN}：楼堂馆所面积控制率"),
    "A1-27": Recomputation("投资概算控制率 = 实际投资 ÷ 预算投资", f"{HUNAN}：投资概算控制率（待核实）"),
    "A2-03": Recomputation("执行率 = 全年执行数 ÷ 全年预算数", "四川省2023年表注：执行率 = 执行数 ÷ 调整后预算数"),
    "A2-04": Recomputation(
        "执行率得分 = 分值 × 执行率（分档的按档）",
        "预算执行率按分值乘以执行率计分（评分口径为分档的按档），最高不超过分值，保留两位小数",
    ),
    "A2-09": Recomputation("收入合计 = 四项收入之和", "附件2表样：按收入性质分"),
    "A2-11": Recomputation("支出合计 = 基本支出 + 项目支出", "附件2表样：按支出性质分"),
    "A3-06": Recomputation(
        "执行率 = 全年执行数 ÷ 全年预算数",
        "四川省2023年表注：执行率 = 执行数 ÷ 调整后预算数",
    ),
    "A3-07": Recomputation(
        "执行率得分 = 分值 × 执行率（分档的按档）",
        "预算执行率按分值乘以执行率计分（评分口径为分档的按档），最高不超过分值，保留两位小数",
    ),
    "S-02": Recomputation("总分分值 = 执行率分值 + 各指标分值", ARITHMETIC, silenced_by=("S-01",)),
    "S-03": Recomputation("总分得分 = 执行率得分 + 各指标得分", ARITHMETIC),
}

SCORES = ("A2-04", "A3-07")


def _checks(field: Field) -> tuple[Check, ...]:
    if field.code not in SCORES:
        return (Check(field, Agrees(field, field.tolerance), field.formula),)
    gross = Agrees(field, LIMITS["rounded_score"])
    slight = Or(Agrees(field, field.tolerance), Not(gross))
    return (Check(field, gross, field.formula), Check(field, slight, field.formula, severity=WARNING))


def _by_breakdown() -> Check:
    """The execution rate must follow from the breakdown, where the line 年度资金总额 itself is blank or 0."""
    year = project.year
    executed = total(*(line.executed for line in project.breakdown))
    budget = total(*(line.budget for line in project.breakdown))
    stands = (year.executed.or_zero > 0) | (year.budget.or_zero > 0)
    rate = executed / budget
    message = "{item}填报 {filed}，年度资金总额为空或 0；按其中项之和计算，执行率应为 {expected}。"
    return Check(year.rate, stands | year.rate.equals(rate, WHOLE_PERCENT), rate, also=(year.score,), message=message)


def _of_parts() -> Iterator[Check]:
    """The rate beside a part of the money, on a form of another place that has one."""
    for line, rate in zip(project.breakdown, project.breakdown_rates.values(), strict=True):
        ratio = line.executed / line.budget
        yield Check(
            line.executed,
            rate.equals(ratio, WHOLE_PERCENT),
            also=(line.budget, rate),
            severity=WARNING,
            message=f"{item_of(rate)}填报 {{填报}}，按本行全年执行数 ÷ 全年预算数重算应为 {{应为}}。",
            words={"填报": (rate + 0, Kind.RATE), "应为": (ratio, Kind.RATE)},
        )


def _register() -> None:
    calculated = [field for form in FORMS.values() for field in form.fields.values() if field.formula is not None]
    for code, words in RECOMPUTATIONS.items():
        register_rule(
            Rule(
                code,
                words.title,
                severity=ERROR,
                basis=words.basis,
                message=f"{{item}}填报 {{filed}}，按“{words.title}”重算应为 {{expected}}。",
                advice=words.advice,
                checks=(
                    *(check for field in calculated if field.code == code for check in _checks(field)),
                    *((_by_breakdown(), *_of_parts()) if code == project.year.rate.code else ()),
                ),
                silenced_by=words.silenced_by,
            )
        )


_register()
