"""Rules of targets and actual values: can they be measured, compared, believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.expr.nodes import Whole
from xltool.findings import Severity
from xltool.forms import review as r
from xltool.forms.tolerances import SAME_SCORE
from xltool.rules.model import Check, check, rule
from xltool.rules.samples import scored_row
from xltool.text.basis import NUMBER, PERCENT, PRACTICE

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

# What a form reads by itself of a target: its letters without signs and digits, and its number.
_RATE, _POINTS = r.target_unit.matches("^%$"), r.target_unit.matches("^分$")
_GROWTH = r.indicator.matches("增长|增幅|提高")
_IN_POINTS = r.indicator.matches("状况指数|质量指数|成绩|平均分")
"""What is measured in points: 路面技术状况指数."""


@rule(
    "S-23",
    "比率目标不应大于等于100%",
    severity=INFO,
    basis="审核惯例：合格率、完成率最高为100%，写成“≥100%”没有意义",
    good=[scored_row(1, 1, 5, 5) | {r.target_kind: "percent", r.target_value: "100%"}],
    bad=[scored_row(1, 1, 5, 5) | {r.target_kind: "percent", r.target_value: "≥100%"}],
    live=(
        Check(r.target_value, ~(_RATE & (r.target >= 1) & (r.actual >= 0) & r.target_value.matches("^≥")) | _GROWTH),
    ),
)
def rate_target_possible() -> Check:
    """“{三级指标}”的目标值为“{年度指标值}”，比率最高为 100%。

    写作“100%”或“=100%”；是增长率的，在指标名称中写明。
    """
    above = r.target_kind.matches(*PERCENT) & (r.target >= 1) & r.target_value.matches("[≥≧>]", "带有 ≥ 或 > 号")
    return check(r.target_value, ~above | _GROWTH, also=(r.indicator,))


@rule(
    "S-24",
    "完成值与目标值单位一致",
    severity=WARNING,
    basis="审核惯例；金额单位先换算再比较",
    good=[scored_row(1, 1, 5, 5) | {r.target_unit: "万元", r.actual_unit: "万元"}],
    bad=[
        scored_row(1, 1, 5, 5) | {r.target_unit: "万元", r.actual_unit: None},
        scored_row(1, 1, 5, 5) | {r.target_unit: "个", r.actual_unit: "家次"},
    ],
)
def units_agree() -> Iterator[Check]:
    """“{三级指标}”目标值为“{年度指标值}”，完成值为“{实际完成值}”，单位不一致。

    完成值补上与目标值相同的单位。
    """
    also = (r.indicator, r.target_value)
    numbers = r.target_kind.matches(*NUMBER) & r.actual_kind.matches(*NUMBER)
    message = "“{三级指标}”目标值为“{年度指标值}”，完成值为“{实际完成值}”，没有写单位。"
    without = numbers & r.target_unit.matches("元$") & r.actual_unit.blank
    yield check(r.actual_value, ~without, also=also, message=message)
    yield check(r.actual_value, ~numbers | r.actual_unit.same_text(r.target_unit), also=also)


@rule(
    "S-25",
    "指标名称中的数字与目标值一致",
    severity=ERROR,
    basis=PRACTICE,
    good=[scored_row(5, 7, 5, 5) | {r.name_number: None}],
    bad=[scored_row(5, 7, 5, 5) | {r.name_number: 6}, scored_row(5, 7, 5, 5) | {r.name_number: 5}],
)
def number_in_the_name() -> Iterator[Check]:
    """指标名称“{三级指标}”中的数字与年度指标值“{年度指标值}”不一致。

    指标名称只写指标内容，数字填在年度指标值栏。
    """
    same = r.name_number.equals(r.target, SAME_SCORE)
    also = (r.target_value,)
    yield check(r.indicator, same, also=also)
    message = "指标名称“{三级指标}”中已写明目标数字，与年度指标值“{年度指标值}”相同，属重复表述。"
    yield check(r.indicator, ~same, also=also, severity=INFO, message=message)


def _misfit(part: str, words: str) -> Check:
    fits = ~r.part.matches(part) | r.indicator.matches(words)
    return check(r.indicator, fits, also=(r.part,))


@rule(
    "S-26",
    "三级指标与二级指标的类别相符",
    severity=INFO,
    basis="财预〔2021〕101号指标设置要求（条文待核实）；按关键词判断，供参考",
    good=[{r.part: "时效指标", r.indicator: "项目按时完工率"}],
    bad=[{r.part: "时效指标", r.indicator: "培育省级专精特新中小企业"}, {r.part: "质量指标", r.indicator: "税收总额"}],
    grouped=True,
)
def category_fits() -> Iterator[Check]:
    """“{三级指标}”列为{二级指标}，类别可能不符。

    时效指标写完成时间或及时率，成本指标写成本或控制数，质量指标写合格率、达标率，满意度指标写满意度。
    """
    yield _misfit("时效", "时|期|进度|率|月|天|日|年底|周")
    yield _misfit("成本", "成本|控制|预算|费|支出|节约|单价|造价|投入|标准|补助|总投资|概算|损失|影响")
    yield _misfit("满意", "满意|好评|投诉|认可")
    revenue = "收入|税收|产值|利润|增加值|投资额"
    yield check(r.indicator, ~(r.part.matches("质量") & r.indicator.matches(revenue)), also=(r.part,))


@rule(
    "S-28",
    "目标值可衡量，不以分数为目标",
    severity=WARNING,
    basis="绩效指标应当细化、量化、可衡量",
    good=[
        {r.indicator: "企业满意度", r.target_value: "≥90%"},
        {r.indicator: "路面技术状况指数", r.target_value: "≥92分"},
    ],
    bad=[{r.indicator: "优化营商环境", r.target_value: "100分"}, scored_row(12.5, 12.5, 12.5, 12.5)],
    grouped=True,
    live=(Check(r.target_value, ~_POINTS | _IN_POINTS, also=(r.indicator,)),),
)
def target_is_measurable() -> Iterator[Check]:
    """“{三级指标}”的目标值填“{年度指标值}”：以得分作目标，无法衡量完成情况。

    改为可以核实的数量、比率或时间，例如满意度填“≥90%”。
    """
    points = r.target_value.matches(r"^\D{0,2}\d+(\.\d+)?\s*分$", "是分数，如 100分")
    yield check(r.target_value, ~points | _IN_POINTS, also=(r.indicator,))
    # Points with decimals that are target and result at once were copied there; 10 may be ten of anything.
    bare = r.target_kind.matches(*NUMBER) & r.target_unit.blank & r.actual_unit.blank
    copied = r.target.equals(r.weight, 0) & r.actual.equals(r.weight, 0) & ~Whole(r.weight)
    yield check(
        r.target_value,
        ~(bare & copied),
        also=(r.indicator, r.actual_value, r.weight),
        message="“{三级指标}”的目标值、完成值都填“{年度指标值}”，与本行分值相同：像是把分值填作了目标，无法衡量完成情况。",
    )


@rule(
    "S-30",
    "实际完成值不带符号",
    severity=WARNING,
    basis="实例：完成值照抄目标值“≥266米”",
    good=[scored_row(266, 270, 5, 5) | {r.actual_operator: None}],
    bad=[scored_row(266, 266, 5, 5) | {r.actual_operator: ">="}],
    grouped=True,
)
def actual_is_a_value() -> Check:
    """“{三级指标}”的实际完成值为“{实际完成值}”，带有比较符号，像是照抄目标值。

    填写年末实际完成的数值，不带≥、≤等符号。
    """
    return check(r.actual_value, ~r.actual_operator.filled, also=(r.indicator, r.target_value))


@rule(
    "S-31",
    "满意度和比率不超过100%",
    severity=ERROR,
    basis="比率的最大值为100%",
    good=[{r.indicator: "群众满意度", r.actual_kind: "percent", r.actual: 0.98}],
    bad=[{r.indicator: "群众满意度", r.actual_kind: "percent", r.actual: 1.2}],
)
def rate_within_hundred() -> Check:
    """“{三级指标}”的实际完成值为“{实际完成值}”，超过 100%。

    核对数值，改正后重新评分。
    """
    rate = r.indicator.matches("满意|合格率|及时率|覆盖率|达标率|准确率|到位率|通过率|优良率")
    return check(r.actual_value, ~(rate & r.actual_kind.matches(*PERCENT)) | (r.actual <= 1), also=(r.indicator,))
