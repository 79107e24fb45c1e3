"""Rules of the indicator table: weights and entries. Scores are in `scoring`, targets and units in `targets`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.expr.nodes import Const, Field, Kind, Numeric, Rounded, Sum
from xltool.findings import Severity
from xltool.forms import project, self_review
from xltool.forms import review as r
from xltool.forms.tolerances import CENT, TWO_DECIMALS
from xltool.rules.model import Check, check, rule
from xltool.rules.samples import BARE_ROW, scored_row
from xltool.text.basis import FORM, NUMBER, PERCENT, PRACTICE, SCORING, SHARES, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

OTHER_LINES = (self_review.year, project.year)
used = r.indicator.filled


@rule(
    "S-01",
    "分值合计为100分",
    severity=ERROR,
    basis=WEIGHTS,
    good=[
        {self_review.year.weight: 10, r.weight: [50, 30, 10]},
        {r.total_without_execution: 100, r.weight: [50, 30, 10], self_review.year.weight: None},
    ],
    bad=[
        {self_review.year.weight: 10, r.weight: [70, 20, 10]},
        {r.total_without_execution: 100, r.weight: [60, 35, 10], self_review.year.weight: None},
    ],
)
def weights_add_to_hundred() -> Iterator[Check]:
    """执行率分值与各指标分值合计 {合计}，应为 100分。

    调整各三级指标的分值，使各指标与执行率的分值合计 100 分。
    """
    for line in OTHER_LINES:
        weights, rows = line.weight + Sum(r.weight), Sum(r.weight)
        yield check(line.total_weight, weights.equals(100, CENT), Const(100), 合计=(weights, Kind.SCORE))
        # A form may not say what points execution has: those of its rows are at most those of its total all the same.
        is_within = rows <= r.total_without_execution + CENT
        message = "各指标分值合计 {合计}，大于总分的分值 {filed}。"
        yield check(line.total_weight, is_within, message=message, 合计=(rows, Kind.SCORE))


def _category(name: str) -> Check:
    points = Sum(r.weight, name)
    expected = _POINTS[name]
    return check(r.weight, points.equals(expected, CENT), expected, 合计=(points, Kind.SCORE))


def _category_examples(
    name: str, good: float, bad: float
) -> tuple[list[dict[Field, object]], list[dict[Field, object]]]:
    return [{r.category: [name], r.weight: [good]}], [{r.category: [name], r.weight: [bad]}]


_POINTS = {group.name: group.weight for group in r.GROUPS}
_OUTPUT, _BENEFIT, _SATISFACTION = (group.name for group in r.GROUPS)


@rule(
    "S-04",
    "产出指标的分值",
    severity=WARNING,
    basis=SHARES,
    good=_category_examples(_OUTPUT, 50, 70)[0],
    bad=_category_examples(_OUTPUT, 50, 70)[1],
)
def output_weighs_its_share() -> Check:
    """产出指标分值合计 {合计}，应为 {expected}。

    按表样调整各产出指标的分值；本地另有规定的，请财政部门选用相应评分口径。
    """
    return _category(_OUTPUT)


@rule(
    "S-05",
    "效益指标的分值",
    severity=WARNING,
    basis=SHARES,
    good=_category_examples(_BENEFIT, 30, 20)[0],
    bad=_category_examples(_BENEFIT, 30, 20)[1],
)
def benefit_weighs_its_share() -> Check:
    """效益指标分值合计 {合计}，应为 {expected}。

    按表样调整各效益指标的分值；本地另有规定的，请财政部门选用相应评分口径。
    """
    return _category(_BENEFIT)


@rule(
    "S-06",
    "满意度指标的分值",
    severity=WARNING,
    basis=WEIGHTS,
    good=_category_examples(_SATISFACTION, 10, 5)[0],
    bad=_category_examples(_SATISFACTION, 10, 5)[1],
)
def satisfaction_weighs_its_share() -> Check:
    """满意度指标分值合计 {合计}，应为 {expected}。

    按表样调整满意度指标的分值；本地另有规定的，请财政部门选用相应评分口径。
    """
    return _category(_SATISFACTION)


@rule(
    "S-07",
    "一级指标标注分值与明细一致",
    severity=ERROR,
    basis="表内勾稽关系",
    good=[
        {r.printed_weight[_OUTPUT]: 50, r.category: [_OUTPUT, _OUTPUT], r.weight: [20, 30]},
        {r.printed_weight[r.COST]: 20, r.category: [r.COST, _OUTPUT], r.weight: [20, 40]},
    ],
    bad=[
        {r.printed_weight[_OUTPUT]: 70, r.category: [_OUTPUT, _OUTPUT], r.weight: [40, 20]},
        {r.printed_weight[r.COST]: 20, r.category: [r.COST, _OUTPUT], r.weight: [15, 45]},
    ],
)
def heading_matches_rows() -> Iterator[Check]:
    """一级指标标注的分值 {标注} 与其下各指标分值合计 {合计} 不一致。

    调整各指标分值，使合计等于一级指标标注的分值。
    """
    for name, printed in r.printed_weight.items():
        points = Sum(r.weight, name)
        same = points.equals(printed, CENT)
        # Where the heading prints the usual points, S-04, S-05 and S-06 report rows that do not add up to them.
        yield check(
            r.weight,
            printed.equals(_POINTS[name].or_zero, CENT) | same if name in _POINTS else same,
            printed + 0,
            message=f"{name}标注 {{标注}}，其下各指标分值合计 {{合计}}，两者不一致。",
            标注=(printed + 0, Kind.SCORE),
            合计=(points, Kind.SCORE),
        )


@rule(
    "S-08",
    "得分不超过分值",
    severity=ERROR,
    basis=SCORING,
    good=[
        scored_row(1, 1, 5, 5),
        {project.year.weight: 10, project.year.score: 10, project.year.budget: None},
        {project.year.weight: 10, project.year.score: 99, project.year.budget: 100, project.year.executed: 90},
    ],
    bad=[
        scored_row(1, 1, 5, 6),
        {project.year.weight: 10, project.year.score: 99, project.year.budget: None, project.year.executed: 90},
        {self_review.year.weight: 10, self_review.year.score: 11, self_review.year.budget: 100},
    ],
)
def score_within_weight() -> Iterator[Check]:
    """“{三级指标}”得分 {filed}，超过分值 {分值}。

    改正得分；得分最高不能超过分值。
    """
    yield check(r.score, r.score <= r.weight, r.weight + 0, also=(r.weight, r.indicator))
    for line in OTHER_LINES:
        # Where the rate can be computed, A2-04 and A3-07 say what the score should be.
        has_rate = (line.budget.or_zero > 0) & line.executed.filled
        yield check(
            line.score,
            has_rate | (line.score <= line.weight),
            line.weight + 0,
            also=(line.weight, line.budget, line.executed),
            message=f"执行率得分 {{filed}}，超过分值 {{{line.weight.key}}}。",
        )


@rule("S-09", "得分不为负", severity=ERROR, basis=SCORING, good=[scored_row(1, 0, 5, 0)], bad=[scored_row(1, 0, 5, -1)])
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
    good=[scored_row(1, 1, 5, 5)],
    bad=[scored_row(1, 1, 0, 0), BARE_ROW | {r.weight: None}],
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
    good=[scored_row(1, 1, 5, 0)],
    bad=[BARE_ROW | {r.score: None}],
)
def score_present() -> Check:
    """“{三级指标}”的得分为 {filed}，应为数字。

    按完成情况自评打分，没有完成的填 0。
    """
    return check(r.score, ~used | Numeric(r.score), also=(r.indicator,))


@rule(
    "S-12",
    "年度指标值已填",
    severity=ERROR,
    basis=FORM,
    good=[BARE_ROW | {r.target_value: "15个"}],
    bad=[BARE_ROW | {r.target_value: None}],
)
def target_present() -> Check:
    """“{三级指标}”的年度指标值未填。

    按批复的绩效目标表填写目标值，带单位。
    """
    return check(r.target_value, ~used | r.target_value.filled, also=(r.indicator,))


_COUNTED = (
    "个套份次场家户人条项处座件期名台所本篇辆张间株棵亩里米吨起例宗册批部艘头只口盏根块片栋幢段村校班节课天年周季元"
)


@rule(
    "S-13",
    "实际完成值已填，定量指标填数字",
    severity=ERROR,
    basis="绩效管理系统填报要求：定量指标实际完成值填数字",
    good=[scored_row(15, 17, 5, 5) | {r.actual_value: "17个"}],
    bad=[
        BARE_ROW | {r.actual_value: None},
        BARE_ROW | {r.actual_value: None, r.reason: "项目未实施"},
        scored_row(15, 17, 5, 5) | {r.actual_value: "完成", r.actual_kind: "text"},
    ],
)
def actual_present() -> Iterator[Check]:
    """“{三级指标}”的实际完成值为 {filed}，应按年度指标值“{年度指标值}”填写完成情况。

    填写年末实际完成的情况；定量指标填数字，单位与年度指标值一致。
    """
    also = (r.indicator, r.target_value)
    yield check(r.actual_value, ~used | r.actual_value.filled | r.reason.filled, also=also)
    # Where the form has no column for reasons, a row without a target is reported for that alone (S-12).
    missing = used & r.target_value.filled & r.actual_value.blank
    yield check(r.actual_value, ~missing & (r.without_reasons > 0), also=also)
    missing_with_reason = used & r.actual_value.blank & r.reason.filled
    yield check(r.actual_value, ~missing_with_reason, also=also, severity=WARNING)
    read = ~r.target_kind.matches(*NUMBER) | r.actual_kind.matches(*NUMBER) | r.actual_value.blank
    everything = r.target_kind.matches(*PERCENT) & r.actual_value.matches(
        r"^(全覆盖|全部\S{0,4}|应\S尽\S)$", "写“全覆盖”“全部……”之类"
    )
    figures = r.actual_value.matches(rf"\d|^[一二两三四五六七八九十百千万]+[{_COUNTED}]", "写有数字")
    yield check(r.actual_value, read | everything | figures, also=also)
    # A number with a remark (312天，占85.5%) was given, although it cannot be compared: only a hint.
    yield check(r.actual_value, read | everything | ~figures, also=also, severity=INFO)


@rule(
    "S-27",
    "三级指标不重复",
    severity=WARNING,
    basis=PRACTICE,
    good=[BARE_ROW | {r.namesakes: 1}],
    bad=[BARE_ROW | {r.namesakes: 2}],
    grouped=True,
)
def indicator_named_once() -> Check:
    """“{三级指标}”在本表中出现了 {次数} 次。

    合并重复的指标，或改写名称加以区别。
    """
    return check(r.indicator, r.namesakes <= 1, 次数=(r.namesakes + 0, Kind.TEXT))


@rule(
    "S-29",
    "没有残留的表样占位文字",
    severity=WARNING,
    basis="实例：表样中的“指标1”“……”未替换",
    good=[{r.indicator: "培训人次"}],
    bad=[{r.indicator: "指标1"}, {r.indicator: "……"}],
    grouped=True,
)
def no_placeholder() -> Iterator[Check]:
    """“{三级指标}”是表样中的占位文字。

    填写具体指标名称；用不到的行清空。
    """
    left = r.indicator.matches(r"^(指标\s*\d+[:：]?|[…\.]{2,}|[×xX]{2,}.*)$", "是“指标1”“……”“××”之类")
    yield check(r.indicator, ~left)
    # No other rule of the table checks a row whose name is blank or ……, so this check reports it.
    message = "本行填有指标值和分值，三级指标没有填写（空白或“……”）。"
    row = r.target_value.filled & r.weight.filled
    yield check(r.indicator, ~row | r.indicator.filled, also=(r.target_value, r.weight), message=message)


@rule(
    "S-33",
    "得分最多两位小数",
    severity=INFO,
    basis="绩效管理系统：得分保留两位小数",
    good=[scored_row(1, 1, 5, 4.25)],
    bad=[scored_row(1, 1, 5, 4.255)],
)
def score_has_two_decimals() -> Check:
    """“{三级指标}”得分 {filed}，多于两位小数。

    四舍五入保留两位小数。
    """
    return check(r.score, r.score.equals(Rounded(r.score, 2), TWO_DECIMALS), Rounded(r.score, 2), also=(r.indicator,))
