"""The parts that 附件2 and 附件3 share: goals, indicators, total score, and the head of the funds block."""

from __future__ import annotations

import re

from msgspec import Struct

from xltool.expr.nodes import Choose, Expr, Field, Kind, Least, Param, Rounded, Sum
from xltool.forms.model import Block, Group, IndicatorRows, Label, Row, Slot, Table
from xltool.forms.tolerances import CENT, EXECUTION_SCORE, ROUNDED_SUM

MOST_BANDS = 5
"""Bands of execution a profile may have (`xltool.params.profile`, which is not imported where files are only read)."""
PRINTED_PRECISION = None
"""Tolerance of a rate: the precision it was printed with, one unit for truncation."""

GROUPS = (
    Group("产出指标", Param("output_weight"), ("数量指标", "质量指标", "时效指标", "成本指标")),
    Group("效益指标", Param("benefit_weight"), ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标")),
    Group("满意度指标", Param("satisfaction_weight"), ("服务对象满意度指标",)),
)
_PARTS = {part.removesuffix("指标"): part for group in GROUPS for part in group.parts}
_OTHER_PARTS = {
    "经济成本": "成本指标",
    "社会成本": "成本指标",
    "生态环境成本": "成本指标",
    "生态环境效益": "生态效益指标",
    "可持续发展": "可持续影响指标",
    "可持续发展影响": "可持续影响指标",
    "满意度": "服务对象满意度指标",
    "社会公众满意度": "服务对象满意度指标",
    "受益对象满意度": "服务对象满意度指标",
    "社会公众或服务对象满意度": "服务对象满意度指标",
}


_PRINTED_POINTS = re.compile(r"[（(]?\d{1,3}(?:\.\d{1,2})?分[)）]?$")


def part_named(text: str) -> str | None:
    """The 二级指标 of the form that a folded text names, in its own or other words; None for any other text.

    >>> part_named("数量"), part_named("受益对象满意度指标"), part_named("质量目标(20分)"), part_named("其他指标")
    ('数量指标', '服务对象满意度指标', '质量指标', None)
    """
    name = _PRINTED_POINTS.sub("", text).removesuffix("指标").removesuffix("目标")
    return _PARTS.get(name) or _OTHER_PARTS.get(name)


def group_of(part: str) -> Group:
    """The 一级指标 that a 二级指标 of the form belongs to; KeyError for any other.

    >>> group_of("时效指标").name
    '产出指标'
    """
    return {member: group for group in GROUPS for member in group.parts}[part]


WIDTHS = (9.0, 12.0, 14.0, 24.0, 13.0, 13.0, 7.0, 8.0, 22.0)
INDICATORS = "indicators"


def _column(key: str, kind: Kind, **attributes: object) -> Field:
    return Field(key, kind, table=INDICATORS, **attributes)  # type: ignore[arg-type] # passed on as they are


category = _column("一级指标", Kind.TEXT)
part = _column("二级指标", Kind.TEXT, prompt="从下拉列表中选择本一级指标下的二级指标")
indicator = _column(
    "三级指标",
    Kind.TEXT,
    aliases=("指标名称", "绩效指标名称", "具体指标"),
    prompt="填写具体指标名称，一行一个，如：培训人次",
)
target_value = _column(
    "年度指标值",
    Kind.TEXT,
    aliases=(
        "年初目标值",
        "年初目标值(A)",
        "指标值",
        "目标值",
        "年度目标值",
        "年初指标值",
        "预期指标值",
        "计划指标值",
        "预期值",
    ),
    prompt="填写批复的目标值并带单位或符号，如：15个、≥95%、≤1200万元",
)
actual_value = _column(
    "实际完成值",
    Kind.TEXT,
    aliases=("全年完成值", "全年实际值", "完成值", "实际完成值(B)", "全年实际完成值", "实际值", "实际完成指标值"),
    prompt="填写年末实际完成的数值，单位与年度指标值一致，不要照抄目标值的≥、≤符号，如：17个、96%",
)
weight = _column(
    "分值",
    Kind.SCORE,
    aliases=("权重", "指标分值", "指标权重", "分值权重"),
    name="指标_分值",
    prompt="填写本指标的分值（数字），各指标合计{indicator_weight}分",
)
score = _column("得分", Kind.SCORE, aliases=("自评得分", "指标得分", "自评分"), name="指标_得分")
reason = _column(
    "偏差原因分析及改进措施",
    Kind.TEXT,
    aliases=(
        "未完成原因分析",
        "未完成原因和改进措施",
        "未完成原因及拟采取的改进措施",
        "偏差原因",
        "偏差原因分析",
        "偏离原因",
        "偏差原因及改进措施",
        "未完成原因分析及改进措施",
    ),
    prompt="未完成、未得满分或明显超额完成的，说明原因和改进措施",
)

# Derived from both texts in reading: numbers in one unit, so that they can be compared.
target = _column("目标数值", Kind.SCORE, derived=True)
actual = _column("完成数值", Kind.SCORE, derived=True)
target_unit = _column("目标单位", Kind.TEXT, derived=True)
actual_unit = _column("完成单位", Kind.TEXT, derived=True)
target_kind = _column("目标类型", Kind.TEXT, derived=True)
actual_kind = _column("完成类型", Kind.TEXT, derived=True)
actual_operator = _column("完成符号", Kind.TEXT, derived=True)
direction = _column("方向", Kind.TEXT, derived=True)
"""正向 (more is better), 反向 (less is better), 等于, or blank where nothing can be compared."""
name_number = _column("名称数值", Kind.SCORE, derived=True)
"""A number in the name of the indicator, if it has the unit of the target."""
namesakes = _column("同名行数", Kind.COUNT, derived=True)
"""How many rows of the form have the same 三级指标."""
without_reasons = _column("无原因栏", Kind.COUNT, derived=True)
"""1 where the form, of another layout, has no column for reasons."""

budget_stand_in = Field("年度资金总额_代用预算数", Kind.MONEY, derived=True)
"""The budget of the beginning of the year, of a form of another place that has none, or no other, of the whole year."""
total_without_execution = Field("总分_未列执行率的分值", Kind.SCORE, derived=True)
"""The points of the total, of a form of another place that does not say which of them execution has."""
grade = Field("自评等级", Kind.TEXT, derived=True)
"""优, 良, 中 or 差, which forms of other places print beside the total."""
COST = "成本指标"
"""A 二级指标 of ours that forms by 财预〔2021〕101号 have as a 一级指标 beside the three others."""
printed_weight = {
    name: Field(f"{name}_标注分值", Kind.SCORE, derived=True) for name in (*(group.name for group in GROUPS), COST)
}
"""Points printed in the heading of a 一级指标, as in 产出指标（50分）."""

indicators = Table(
    INDICATORS,
    (
        category,
        part,
        indicator,
        target_value,
        actual_value,
        weight,
        score,
        reason,
        target,
        actual,
        target_unit,
        actual_unit,
        target_kind,
        actual_kind,
        actual_operator,
        direction,
        name_number,
        namesakes,
        without_reasons,
    ),
)

TARGET_PARTS = ("指标性质", "度量单位")
"""Columns of other forms that hold the sign and the unit of a target apart from its number."""

goal = Field(
    "预期目标",
    Kind.LONG_TEXT,
    aliases=("年初设定目标", "预期绩效目标", "年度预期目标"),
    prompt="分条填写年初批复的年度总体目标，用（1）（2）（3）编号",
)
achievement = Field(
    "实际完成情况",
    Kind.LONG_TEXT,
    aliases=("年度总体目标完成情况", "全年实际完成情况", "目标实际完成情况", "实际完成绩效目标情况"),
    prompt="逐条对应预期目标填写实际完成情况，没有完成的写明进展和原因",
)

MEASURES = ("年初预算数", "全年预算数", "全年执行数")
_PROMPTS = {
    "年初预算数": "年初人大批准的预算数",
    "全年预算数": "调整后的预算数，含上年结转",
    "全年执行数": "截至年末的实际支出数",
}
_MEASURE_ALIASES = {
    "年初预算数": ("年初预算", "年初预算金额"),
    "全年预算数": (
        "调整后预算数",
        "全年(调整)预算数",
        "预算数(A)",
        "全年预算数(A)",
        "全年预算",
        "预算数",
        "调整预算数",
    ),
    "全年执行数": ("预算执行数", "执行数(B)", "全年执行数(B)", "全年执行", "执行数", "实际执行数"),
}


class Funds(Struct, frozen=True):
    """One line of the funds block: the three amounts."""

    initial: Field
    budget: Field
    executed: Field

    @property
    def amounts(self) -> tuple[Field, Field, Field]:
        """The three amounts from left to right."""
        return self.initial, self.budget, self.executed

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Their places, a column each."""
        return tuple(Slot(field) for field in self.amounts)


class YearFunds(Funds, Struct, frozen=True):
    """The line 年度资金总额: amounts, weight, rate and score of execution; and the total scores."""

    weight: Field
    rate: Field
    score: Field
    total_weight: Field
    total_score: Field


def funds(
    label: str, formulas: tuple[Expr | None, Expr | None, Expr | None] = (None, None, None), **more: str
) -> Funds:
    """A line of the funds block; with formulas its amounts are calculated."""
    return Funds(
        *(
            Field(
                f"{label}_{measure}",
                Kind.MONEY,
                formula=formula,
                tolerance=ROUNDED_SUM,
                aliases=_MEASURE_ALIASES[measure],
                prompt=f"{label}的{_PROMPTS[measure]}",
                **more,  # type: ignore[arg-type] # passed on as they are
            )
            for measure, formula in zip(MEASURES, formulas, strict=True)
        )
    )


def year_funds(line: Funds, *, rate_code: str, score_code: str) -> YearFunds:
    """The line 年度资金总额 of a form, with what follows from its amounts.

    执行率 = 全年执行数 ÷ 全年预算数 (四川 2023 表注: 执行数/调整后预算数); its score is the weight times
    the rate, at most the weight, or by bands of the rate, as the profile has it; two decimals.
    """
    label = "年度资金总额"
    points = Field(f"{label}_分值", Kind.SCORE, preset=Param("execution_weight"))
    rate = Field(
        f"{label}_执行率",
        Kind.RATE,
        formula=line.executed / line.budget,
        code=rate_code,
        tolerance=PRINTED_PRECISION,
        aliases=("执行率(B/A)", "预算执行率", "预算执行率(%)"),
    )
    ratio = line.executed / line.budget
    share = Choose(Param("execution_banded").is_on, _banded(ratio), ratio)
    earned = Rounded(Least(points, points * share), 2)
    execution = Field(f"{label}_得分", Kind.SCORE, formula=earned, code=score_code, tolerance=EXECUTION_SCORE)
    return YearFunds(
        *line.amounts,
        weight=points,
        rate=rate,
        score=execution,
        total_weight=Field("总分_分值", Kind.SCORE, formula=points + Sum(weight), code="S-02", tolerance=CENT),
        total_score=Field("总分_得分", Kind.SCORE, formula=execution.or_zero + Sum(score), code="S-03", tolerance=CENT),
    )


def _banded(ratio: Expr) -> Expr:
    """Share of the points by bands of the rate, the best first."""
    share: Expr = Param(f"execution_share_{MOST_BANDS}")
    for band in range(MOST_BANDS - 1, 0, -1):
        share = Choose(ratio >= Param(f"execution_from_{band}"), Param(f"execution_share_{band}"), share)
    return share


def funds_head() -> Row:
    """Heads of the funds block."""
    heads = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    return Row((Label("", 2), *(Label(head) for head in heads)), height=24)


def funds_row(line: YearFunds) -> Row:
    """The line 年度资金总额."""
    rest = (Slot(line.weight), Slot(line.rate), Slot(line.score))
    return Row((Label("年度资金总额", 2), *line.slots, *rest), height=24)


def goals() -> Block:
    """The block 年度总体目标: two long texts side by side, with room for some 400 characters each when blank."""
    heads = Row((Label("预期目标", 3), Label("实际完成情况", 5)), height=22)
    texts = Row((Slot(goal, 3, rows=3), Slot(achievement, 5, rows=3)), height=66)
    return Block("年度总体目标", (heads, texts, Row((), height=66), Row((), height=66)))


def indicator_block() -> Block:
    """The block 绩效指标."""
    heads = Row(tuple(Label(column.key) for column in indicators.inputs), height=30)
    return Block("绩效指标", (heads, IndicatorRows(indicators, GROUPS)))


def total_row(line: YearFunds) -> Row:
    """The row 总分."""
    return Row((Label("总分", 6), Slot(line.total_weight), Slot(line.total_score), Label("")), height=24)
