"""Rules of the indicator table and the total score, in 附件2 and 附件3 alike."""

from __future__ import annotations

from collections.abc import Iterator

from xltool import params
from xltool.expr import Choose, Const, Expr, Field, Greatest, Kind, Numeric, Predicate, Rounded, Sum
from xltool.findings import Severity
from xltool.forms import project, self_review
from xltool.forms import review as r
from xltool.rules.model import Check, check, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LIMITS = params.load()
FORM = "附件2、附件3表样"
WEIGHTS = "预算执行率10分、产出50分、效益30分、满意度10分（中江县2022年表注；各地口径不同）"
SCORING = "定量指标：完成的记满分，未完成的按完成值与指标值的比例记分，得分不超过分值（中江县2022年、江西省2017年表注）"
REVERSE = "反向指标：不超过目标值的记满分，超过的按超出比例扣分（湖北省2020年、江西省2017年表注）"
PRACTICE = "审核惯例"
CENT, SCORE_TOLERANCE, FULL = 0.01, 0.1, 0.001
NUMBER = "^(number|percent)$"
OTHER_LINES = (self_review.year, project.year)

used = r.indicator.filled
forward = r.direction.matches("^正向$")
reverse = r.direction.matches("^反向$")
unmet = forward & (r.actual < r.target)
met = forward & (r.actual >= r.target)
full = r.score.equals(r.weight, FULL)
proportional = Rounded(r.weight * (r.actual / r.target), 2)
linear = Rounded(Greatest(Const(0), r.weight * (Const(1) - (r.actual - r.target) / r.target)), 2)
by_ratio = Rounded(r.weight * (r.target / r.actual), 2)

EARNED: Expr = Choose(
    reverse,
    Choose(r.actual <= r.target, r.weight, linear),
    Choose(r.actual >= r.target, r.weight, proportional),
)
"""Score of an indicator as xltool computes it; blank where its target cannot be compared."""

_ROW = {r.indicator: "培训人次", r.reason: None}


def _row(target: float, actual: float, weight: float, score: float, direction: str = "正向") -> dict[Field, object]:
    values = {r.target: target, r.actual: actual, r.weight: weight, r.score: score, r.direction: direction}
    return _ROW | values | {r.target_kind: "number", r.actual_kind: "number"}


@rule(
    "S-01",
    "分值合计为100分",
    severity=ERROR,
    basis=WEIGHTS,
    good=[{self_review.year.weight: 10, r.weight: [50, 30, 10]}],
    bad=[{self_review.year.weight: 10, r.weight: [70, 20, 10]}],
)
def weights_add_to_hundred() -> Iterator[Check]:
    """执行率分值与各指标分值合计 {合计}，应为 100分。

    调整各三级指标的分值，使产出、效益、满意度合计 90 分，加执行率 10 分共 100 分。
    """
    for line in OTHER_LINES:
        weights = line.weight + Sum(r.weight)
        yield check(line.total_weight, weights.equals(100, CENT), Const(100), 合计=(weights, Kind.SCORE))


def _category(name: str) -> Check:
    points = Sum(r.weight, name)
    expected = {group.name: group.weight for group in r.GROUPS}[name]
    return check(r.weight, points.equals(expected, CENT), Const(expected), 合计=(points, Kind.SCORE))


def _category_examples(name: str, good: float, bad: float) -> tuple[list[dict[Field, object]], list[dict[Field, object]]]:
    return [{r.category: [name], r.weight: [good]}], [{r.category: [name], r.weight: [bad]}]


_OUTPUT, _BENEFIT, _SATISFACTION = (group.name for group in r.GROUPS)


@rule("S-04", "产出指标50分", severity=WARNING, basis=WEIGHTS, good=_category_examples(_OUTPUT, 50, 70)[0], bad=_category_examples(_OUTPUT, 50, 70)[1])
def output_weighs_fifty() -> Check:
    """产出指标分值合计 {合计}，应为 {expected}。

    按表样调整各产出指标的分值；本地另有规定的，请财政部门选用相应评分口径。
    """
    return _category(_OUTPUT)


@rule("S-05", "效益指标30分", severity=WARNING, basis=WEIGHTS, good=_category_examples(_BENEFIT, 30, 20)[0], bad=_category_examples(_BENEFIT, 30, 20)[1])
def benefit_weighs_thirty() -> Check:
    """效益指标分值合计 {合计}，应为 {expected}。

    按表样调整各效益指标的分值；本地另有规定的，请财政部门选用相应评分口径。
    """
    return _category(_BENEFIT)


@rule("S-06", "满意度指标10分", severity=WARNING, basis=WEIGHTS, good=_category_examples(_SATISFACTION, 10, 5)[0], bad=_category_examples(_SATISFACTION, 10, 5)[1])
def satisfaction_weighs_ten() -> Check:
    """满意度指标分值合计 {合计}，应为 {expected}。

    按表样调整满意度指标的分值；本地另有规定的，请财政部门选用相应评分口径。
    """
    return _category(_SATISFACTION)


@rule(
    "S-07",
    "一级指标标注分值与明细一致",
    severity=ERROR,
    basis="表内勾稽关系",
    good=[{r.printed_weight[_OUTPUT]: 50, r.category: [_OUTPUT, _OUTPUT], r.weight: [20, 30]}],
    bad=[{r.printed_weight[_OUTPUT]: 50, r.category: [_OUTPUT, _OUTPUT], r.weight: [20, 20]}],
    silenced_by=("S-04", "S-05", "S-06"),
)
def heading_matches_rows() -> Iterator[Check]:
    """一级指标标注 {标注}，其下各指标分值合计 {合计}，两者不一致。

    调整各指标分值，使合计等于一级指标标注的分值。
    """
    for name, printed in r.printed_weight.items():
        points = Sum(r.weight, name)
        yield check(
            r.weight,
            points.equals(printed, CENT),
            printed + 0,
            标注=(printed + 0, Kind.SCORE),
            合计=(points, Kind.SCORE),
        )


@rule("S-08", "得分不超过分值", severity=ERROR, basis=SCORING, good=[_row(1, 1, 5, 5)], bad=[_row(1, 1, 5, 6)])
def score_within_weight() -> Check:
    """“{三级指标}”得分 {filed}，超过分值 {分值}。

    改正得分；得分最高不能超过该指标的分值。
    """
    return check(r.score, r.score <= r.weight, r.weight + 0, also=(r.weight, r.indicator))


@rule("S-09", "得分不为负", severity=ERROR, basis=SCORING, good=[_row(1, 0, 5, 0)], bad=[_row(1, 0, 5, -1)])
def score_not_negative() -> Check:
    """“{三级指标}”得分 {filed}，不应为负数。

    最低记 0 分。
    """
    return check(r.score, r.score >= 0, also=(r.indicator,))


@rule(
    "S-10",
    "分值为大于0的数字",
    severity=ERROR,
    basis="绩效管理系统填报要求：分值只能填数字",
    good=[_row(1, 1, 5, 5)],
    bad=[_row(1, 1, 0, 0), _ROW | {r.weight: None}],
)
def weight_present() -> Iterator[Check]:
    """“{三级指标}”的分值为 {filed}，应为大于 0 的数字。

    按批复的绩效目标表填写分值。
    """
    yield check(r.weight, ~used | Numeric(r.weight), also=(r.indicator,))
    yield check(r.weight, r.weight > 0, also=(r.indicator,))


@rule(
    "S-11",
    "得分为数字",
    severity=ERROR,
    basis="绩效管理系统填报要求：得分只能填数字",
    good=[_row(1, 1, 5, 0)],
    bad=[_ROW | {r.score: None}],
)
def score_present() -> Check:
    """“{三级指标}”的得分为 {filed}，应为数字。

    按完成情况自评打分，没有完成的填 0。
    """
    return check(r.score, ~used | Numeric(r.score), also=(r.indicator,))


@rule("S-12", "年度指标值已填", severity=ERROR, basis=FORM, good=[_ROW | {r.target_value: "15个"}], bad=[_ROW | {r.target_value: None}])
def target_present() -> Check:
    """“{三级指标}”的年度指标值未填。

    按批复的绩效目标表填写目标值，带单位。
    """
    return check(r.target_value, ~used | r.target_value.filled, also=(r.indicator,))


@rule(
    "S-13",
    "实际完成值已填，定量指标填数字",
    severity=ERROR,
    basis="绩效管理系统填报要求：定量指标实际完成值填数字",
    good=[_row(15, 17, 5, 5) | {r.actual_value: "17个"}],
    bad=[
        _ROW | {r.actual_value: None},
        _ROW | {r.actual_value: None, r.reason: "项目未实施"},
        _row(15, 17, 5, 5) | {r.actual_value: "完成", r.actual_kind: "text"},
    ],
)
def actual_present() -> Iterator[Check]:
    """“{三级指标}”的实际完成值为 {filed}，应按年度指标值“{年度指标值}”填写完成的数值。

    填写年末实际完成的数值，单位与年度指标值一致。
    """
    also = (r.indicator, r.target_value)
    yield check(r.actual_value, ~used | r.actual_value.filled | r.reason.filled, also=also)
    missing_with_reason = used & r.actual_value.blank & r.reason.filled
    yield check(r.actual_value, ~missing_with_reason, also=also, severity=WARNING)
    yield check(r.actual_value, ~r.target_kind.matches(NUMBER) | r.actual_kind.matches(NUMBER), also=also)


@rule("S-14", "未完成的指标不得记满分", severity=ERROR, basis=SCORING, good=[_row(15, 17, 5, 5), _row(15, 10, 5, 3.33)], bad=[_row(15, 10, 5, 5)])
def unmet_not_full() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，没有完成却记满分 {得分}。

    按完成比例记分并说明偏差原因；完成值填错的，改正完成值。
    """
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~(unmet & full), proportional, also=also)


@rule("S-15", "未完成的指标按比例记分", severity=WARNING, basis=SCORING, good=[_row(15, 10, 5, 3.33)], bad=[_row(15, 10, 5, 4.5)], silenced_by=("S-08", "S-09"))
def unmet_in_proportion() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，按比例应得 {expected}，填报 {filed}。

    按“分值 × 完成值 ÷ 指标值”改正得分，或在偏差原因栏说明扣分依据。
    """
    also = (r.indicator, r.target_value, r.actual_value)
    fair = full | r.score.equals(proportional, SCORE_TOLERANCE)
    return check(r.score, ~unmet | fair, proportional, also=also)


@rule("S-16", "完成的指标未记满分须说明", severity=WARNING, basis=SCORING, good=[_row(15, 17, 5, 4) | {r.reason: "质量有待提高"}], bad=[_row(15, 17, 5, 4)])
def met_scored_in_full() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，已完成但只得 {filed}，没有说明原因。

    应记满分；确需扣分的，在偏差原因栏写明理由。
    """
    also = (r.indicator, r.target_value, r.actual_value, r.reason)
    return check(r.score, ~(met & (r.score < r.weight) & r.reason.blank), r.weight + 0, also=also)


@rule(
    "S-17",
    "反向指标记分方向",
    severity=ERROR,
    basis=REVERSE,
    good=[_row(1200, 1100, 5, 5, "反向"), _row(1200, 2400, 5, 0, "反向")],
    bad=[_row(1200, 1300, 5, 5, "反向"), _row(1200, 1100, 5, 3, "反向")],
)
def reverse_scored_rightly() -> Iterator[Check]:
    """“{三级指标}”为反向指标（越低越好），控制数 {年度指标值}，实际 {实际完成值}，得分 {filed} 与完成情况不符。

    没有超过控制数的记满分；超过的按超出比例扣分。
    """
    also = (r.indicator, r.target_value, r.actual_value)
    unexplained = reverse & (r.actual <= r.target) & (r.score < r.weight) & r.reason.blank
    yield check(r.score, ~unexplained, r.weight + 0, also=also)
    yield check(r.score, ~(reverse & (r.actual > r.target) & full), linear, also=also)


@rule(
    "S-18",
    "超过控制数的按规则扣分",
    severity=WARNING,
    basis=f"{REVERSE}；比例法和线性法两种算法均予认可",
    good=[_row(1200, 10716.16, 5, 0, "反向"), _row(100, 110, 5, 4.5, "反向"), _row(100, 110, 5, 4.55, "反向")],
    bad=[_row(100, 110, 5, 1, "反向")],
)
def reverse_in_proportion() -> Check:
    """“{三级指标}”控制数 {年度指标值}，实际 {实际完成值}，超出后按规则应得 {expected}，填报 {filed}。

    按“分值 ×（1 − 超出比例）”改正得分，超出一倍以上记 0 分；也可按“分值 × 控制数 ÷ 实际数”计算。
    """
    fair: Predicate = full | r.score.equals(linear, SCORE_TOLERANCE) | r.score.equals(by_ratio, SCORE_TOLERANCE)
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~(reverse & (r.actual > r.target)) | fair, linear, also=also)


@rule(
    "S-19",
    "目标为0的指标",
    severity=ERROR,
    basis="绩效管理系统计分规则：目标为0的，完成值为0记满分，否则记0分",
    good=[_row(0, 0, 5, 5, "等于"), _row(0, 2, 5, 0, "等于")],
    bad=[_row(0, 2, 5, 5, "等于"), _row(0, 0, 5, 1, "等于")],
)
def zero_target() -> Check:
    """“{三级指标}”目标为 0，实际完成 {实际完成值}，得分 {filed} 与完成情况不符。

    没有发生的记满分，发生的记 0 分。
    """
    right = ((r.actual <= 0) & full) | ((r.actual > 0) & r.score.equals(0, FULL))
    also = (r.indicator, r.target_value, r.actual_value)
    return check(r.score, ~r.direction.matches("^等于$") | right, also=also)


@rule(
    "S-20",
    "未得满分须说明原因",
    severity=WARNING,
    basis="绩效管理系统填报要求：自评得分小于分值的，填写理由",
    good=[_row(15, 10, 5, 3.33) | {r.reason: "受疫情影响"}],
    bad=[_row(15, 10, 5, 3.33)],
    silenced_by=("S-14", "S-16", "S-17"),
)
def shortfall_explained() -> Check:
    """“{三级指标}”得分 {得分}，低于分值 {分值}，没有填写偏差原因分析及改进措施。

    写明未完成的原因和改进措施。
    """
    return check(r.reason, ~(r.score < r.weight) | r.reason.filled, also=(r.score, r.indicator))


@rule(
    "S-21",
    "明显超额完成须分析",
    severity=INFO,
    basis=LIMITS.limits["over_completion"].basis,
    good=[_row(7, 9, 5, 5), _row(5, 7, 5, 5) | {r.reason: "年中新增任务"}],
    bad=[_row(5, 7, 5, 5)],
)
def over_completion_explained() -> Check:
    """“{三级指标}”目标 {年度指标值}，实际完成 {实际完成值}，完成率 {完成率}，目标值可能偏低。

    在偏差原因栏分析超额原因；下年按实际能力设定目标值。
    """
    ratio = r.actual / r.target
    high = forward & (ratio >= LIMITS["over_completion"]) & r.reason.blank
    also = (r.indicator, r.target_value)
    return check(r.actual_value, ~high, also=also, 完成率=(ratio, Kind.RATE))


def _band(words: str, low: float, high: float) -> Check:
    share = r.score / r.weight
    slack = 0.005
    inside = (share >= low - slack) & (share <= high + slack)
    return check(r.score, ~r.actual_value.matches(words) | inside, also=(r.indicator, r.actual_value))


@rule(
    "S-22",
    "定性指标按档记分",
    severity=WARNING,
    basis="定性指标：达成80%以上、部分达成60%—80%、未达成60%以下（中江县2022年表注；旧口径为80%、50%）",
    good=[{r.actual_value: "达成年度指标", r.weight: 10, r.score: 8}, {r.actual_value: "未达成", r.weight: 10, r.score: 0}],
    bad=[{r.actual_value: "部分达成", r.weight: 10, r.score: 10}],
)
def qualitative_band() -> Iterator[Check]:
    """“{三级指标}”完成情况为“{实际完成值}”，得分 {filed} 不在该档的记分范围内。

    达成的记分值的 80%—100%，部分达成的 60%—80%，未达成的 60% 以下。
    """
    yield _band("^(达成|达成(年度|预期)?(指标|目标)|完全达成)$", 0.8, 1)
    yield _band("^部分达成", 0.6, 0.8)
    yield _band("^未达成", 0, 0.6)


@rule(
    "S-23",
    "比率目标不应大于等于100%",
    severity=INFO,
    basis="审核惯例：合格率、完成率最高为100%，写成“≥100%”没有意义",
    good=[_row(1, 1, 5, 5) | {r.target_kind: "percent", r.target_value: "100%"}],
    bad=[_row(1, 1, 5, 5) | {r.target_kind: "percent", r.target_value: "≥100%"}],
)
def rate_target_possible() -> Check:
    """“{三级指标}”的目标值为“{年度指标值}”，比率最高为 100%。

    写作“100%”或“=100%”；是增长率的，在指标名称中写明。
    """
    above = r.target_kind.matches("^percent$") & (r.target >= 1) & r.target_value.matches("[≥≧>]")
    return check(r.target_value, ~above | r.indicator.matches("增长|增幅|提高"), also=(r.indicator,))


@rule(
    "S-24",
    "完成值与目标值单位一致",
    severity=WARNING,
    basis="审核惯例；金额单位先换算再比较",
    good=[_row(1, 1, 5, 5) | {r.target_unit: "万元", r.actual_unit: "万元"}],
    bad=[_row(1, 1, 5, 5) | {r.target_unit: "万元", r.actual_unit: None}, _row(1, 1, 5, 5) | {r.target_unit: "个", r.actual_unit: "家次"}],
)
def units_agree() -> Iterator[Check]:
    """“{三级指标}”目标值为“{年度指标值}”，完成值为“{实际完成值}”，单位不一致。

    完成值补上与目标值相同的单位。
    """
    also = (r.indicator, r.target_value)
    numbers = r.target_kind.matches(NUMBER) & r.actual_kind.matches(NUMBER)
    told = "“{三级指标}”目标值为“{年度指标值}”，完成值为“{实际完成值}”，没有写单位。"
    without = numbers & r.target_unit.matches("元$") & r.actual_unit.blank
    yield check(r.actual_value, ~without, also=also, message=told)
    yield check(r.actual_value, ~numbers | r.actual_unit.same_text(r.target_unit), also=also)


@rule(
    "S-25",
    "指标名称中的数字与目标值一致",
    severity=ERROR,
    basis=PRACTICE,
    good=[_row(5, 7, 5, 5) | {r.name_number: None}],
    bad=[_row(5, 7, 5, 5) | {r.name_number: 6}, _row(5, 7, 5, 5) | {r.name_number: 5}],
)
def number_in_the_name() -> Iterator[Check]:
    """指标名称“{三级指标}”中的数字与年度指标值“{年度指标值}”不一致。

    指标名称只写指标内容，数字填在年度指标值栏。
    """
    same = r.name_number.equals(r.target, FULL)
    also = (r.target_value,)
    yield check(r.indicator, same, also=also)
    told = "指标名称“{三级指标}”中已写明目标数字，与年度指标值“{年度指标值}”相同，属重复表述。"
    yield check(r.indicator, ~same, also=also, severity=INFO, message=told)


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
    "S-27",
    "三级指标不重复",
    severity=WARNING,
    basis=PRACTICE,
    good=[_ROW | {r.namesakes: 1}],
    bad=[_ROW | {r.namesakes: 2}],
    grouped=True,
)
def indicator_named_once() -> Check:
    """“{三级指标}”在本表中出现了 {次数} 次。

    合并重复的指标，或改写名称加以区别。
    """
    return check(r.indicator, r.namesakes <= 1, 次数=(r.namesakes + 0, Kind.COUNT))


@rule(
    "S-28",
    "目标值可衡量，不以分数为目标",
    severity=WARNING,
    basis="绩效指标应当细化、量化、可衡量",
    good=[{r.indicator: "企业满意度", r.target_value: "≥90%"}],
    bad=[{r.indicator: "优化营商环境", r.target_value: "100分"}],
    grouped=True,
)
def target_is_measurable() -> Check:
    """“{三级指标}”的目标值填“{年度指标值}”：以得分作目标，无法衡量完成情况。

    改为可以核实的数量、比率或时间，例如满意度填“≥90%”。
    """
    return check(r.target_value, ~r.target_value.matches(r"^\D{0,2}\d+(\.\d+)?\s*分$"), also=(r.indicator,))


@rule(
    "S-29",
    "没有残留的表样占位文字",
    severity=WARNING,
    basis="实例：表样中的“指标1”“……”未替换",
    good=[{r.indicator: "培训人次"}],
    bad=[{r.indicator: "指标1"}, {r.indicator: "……"}],
    grouped=True,
)
def no_placeholder() -> Check:
    """“{三级指标}”是表样中的占位文字。

    填写具体指标名称；用不到的行清空。
    """
    return check(r.indicator, ~r.indicator.matches(r"^(指标\s*\d+[:：]?|[…\.]{2,}|[×xX]{2,}.*)$"))


@rule(
    "S-30",
    "实际完成值不带符号",
    severity=WARNING,
    basis="实例：完成值照抄目标值“≥266米”",
    good=[_row(266, 270, 5, 5) | {r.actual_operator: None}],
    bad=[_row(266, 266, 5, 5) | {r.actual_operator: ">="}],
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
    return check(r.actual_value, ~(rate & r.actual_kind.matches("^percent$")) | (r.actual <= 1), also=(r.indicator,))


@rule("S-33", "得分最多两位小数", severity=INFO, basis="绩效管理系统：得分保留两位小数", good=[_row(1, 1, 5, 4.25)], bad=[_row(1, 1, 5, 4.255)])
def score_has_two_decimals() -> Check:
    """“{三级指标}”得分 {filed}，多于两位小数。

    四舍五入保留两位小数。
    """
    return check(r.score, r.score.equals(Rounded(r.score, 2), 0.00001), Rounded(r.score, 2), also=(r.indicator,))
