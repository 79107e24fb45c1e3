"""Numbers in 预期目标 and 实际完成情况 against the indicator rows (A2-18) and against each other (A2-20).

Both lean towards silence. A number is held against a row only where the text names that indicator outright, or where
it is the only number of its unit in the text, its indicator the only one of that unit, and the names are alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from xltool import params
from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.rules.model import frame_rule
from xltool.rules.samples import goals, indicator
from xltool.text.figures import Figure, core_phrase, figures_in, named_alike, only_figure
from xltool.text.views import FieldRef, FilingView, FormView, Hit
from xltool.text.wording import cut_short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field

WARNING, INFO = Severity.WARNING, Severity.INFO
LIMITS = params.load()
TELLING_NAME = 4
"""Characters of a name that can be recognised without standing there word for word."""
_GROWN = re.compile(
    r"^[,(]?(?:同比|(?:比|较)(?:上年|去年))?(?P<way>增长|增幅|增速|提高|上升|下降|减少|降低)(?:率|幅度)?(?:为|达到?|约)*$"
)
_DOWN = frozenset({"下降", "减少", "降低"})


class Named(NamedTuple):
    """An indicator row whose value is one figure."""

    row: int
    name: str
    core: str
    """What it is about."""
    filed: Figure
    cell: str
    target_cell: str

    @property
    def target(self) -> Figure | None:
        """The one figure of its target."""
        return only_figure(self.target_cell)


class Rows:
    """Rows whose value in a column is one figure, those that are about one thing left out."""

    def __init__(self, view: FormView, column: Field) -> None:
        """Those of a form."""
        found = list(_named_rows(view, column))
        bearers = Counter(one.core for one in found)
        self.named = [one for one in found if bearers[one.core] == 1]
        self.cores = {one.core for one in self.named}
        self.units = Counter(one.filed.unit for one in self.named)


def _named_rows(view: FormView, column: Field) -> Iterator[Named]:
    for index, row in enumerate(view.rows):
        cell, name = str(row.get(column.key) or ""), str(row.get(review.indicator.key) or "")
        filed = only_figure(cell)
        about = "" if filed is None else core_phrase(name)
        if filed is not None and about:
            yield Named(index, name, about, filed, cell.strip(), str(row.get(review.target_value.key) or ""))


class Told:
    """The figures of a text, by what they are said of and by their unit."""

    def __init__(self, text: str) -> None:
        """Those of a text."""
        self.figures = figures_in(text)
        self.of: dict[str, list[Figure]] = defaultdict(list)
        self.in_unit: dict[str, list[Figure]] = defaultdict(list)
        for figure in self.figures:
            self.of[figure.subject].append(figure)
            self.in_unit[figure.unit].append(figure)


_told = lru_cache(16)(Told)
"""附件2 and 附件3 of a department often hold one text."""


def _spoken_of(named: Named, rows: Rows, told: Told) -> list[Figure]:
    """The figures of a text that an indicator's own name stands at; else the only one that can be meant."""
    outright = [figure for figure in told.of.get(named.core, ()) if figure.comparable(named.filed)]
    if outright or len(named.core) < TELLING_NAME:
        return outright
    same_unit = told.in_unit.get(named.filed.unit, [])
    if len(same_unit) != 1 or rows.units[named.filed.unit] != 1:
        return []
    of_another = same_unit[0].subject in rows.cores
    return [] if of_another or not named_alike(named.name, same_unit[0]) else same_unit


def _differs(named: Named, figure: Figure, told: Told, view: FormView) -> bool:
    if figure.agrees(named.filed) or figure.is_growth or figure.is_aside(view.year):
        return False
    beside = [other for other in told.in_unit[figure.unit] if other.sentence == figure.sentence]
    # 田间道路5公里、机耕路7公里 may be what the row counts together.
    together = replace(figure, value=sum(other.value for other in beside))
    return not together.agrees(named.filed)


def _contradicted(named: Named, rows: Rows, told: Told, view: FormView, text: Field) -> Figure | None:
    """The one figure a text gives for an indicator, if it is not that of the row."""
    spoken = _spoken_of(named, rows, told)
    if len(spoken) != 1 or not _differs(named, spoken[0], told, view):
        return None
    if text is review.achievement and (spoken[0].is_plan or _as_meant(spoken[0], named)):
        return None
    return spoken[0]


def _as_meant(figure: Figure, named: Named) -> bool:
    """Whether a result is the target, or what an actual value with a sign (S-30: ≥266米) leaves open."""
    beyond = named.filed.is_least and figure.value >= named.filed.value
    return beyond or (named.target is not None and figure.agrees(named.target))


def _clerk(goal: str, achievement: str, *rows: tuple[str, str, str]) -> FilingView:
    return goals(goal, achievement, tuple(indicator(*row) for row in rows))


_TRAINED = ("培训人次", "200人次", "212人次")
_ROADS = ("新修田间道路", "12公里", "12.6公里")
_INCOME = ("园区技工贸总收入", "92.4亿元", "98.96亿元")
_TAX = ("税收总额", "3亿元", "3.48亿元")


@frame_rule(
    "A2-18",
    "文字中的数字与指标行一致",
    severity=WARNING,
    basis="审核惯例：总体目标和完成情况中的数字应与同名指标一致（四舍五入和“约、超、突破”等说法除外）",
    roles=REVIEW_ROLES,
    good=[
        _clerk("全年培训200人次。", "全年培训212人次。", _TRAINED),
        _clerk("技工贸总收入突破92.4亿元，同比增长20%。", "完成技工贸总收入98.96亿元，同比增长27.9%。", _INCOME),
        _clerk("技工贸总收入突破90亿元。", "完成技工贸总收入近99亿元。", _INCOME),
        _clerk("税收总额3亿元。", "完成税收约3.5亿元，其中工业税收1.48亿元。", _TAX),
        _clerk("税收总额3亿元。", "完成税收3.5亿元。", _TAX),
        _clerk("税收总额30000万元。", "完成税收34800万元。", _TAX),
        _clerk("税收总额3亿元。", "税收总额去年为2.9亿元；上半年完成税收1.6亿元。", _TAX),
        _clerk("培训200人次。", "完成年度培训任务200人次的106%，培训212人次。", _TRAINED),
        _clerk("培训200人次。", "4月培训90人次，9月培训122人次。", _TRAINED),
        _clerk("培训200人次。", "计划培训200人次，实际培训212人次。", _TRAINED),
        _clerk("培训200人次。", "培训200人次的目标全面完成。", _TRAINED),
        _clerk("培训200人次。", "确保培训200人次，人均满意。", _TRAINED),
        _clerk("培训200人次。", "年初计划培训230人次。", _TRAINED),
        _clerk("培训干部60人次。", "培训干部80人次。", _TRAINED),
        _clerk("培训6期。", "培训7期。", _TRAINED),
        _clerk("到2025年培训1000人次。", "2022年培训150人次。", _TRAINED),
        _clerk("新修道路12公里。", "新修田间道路超过12公里。", _ROADS),
        _clerk("新修田间道路12公里。", "新修田间道路12600米。", _ROADS),
        _clerk("新修田间道路5公里、机耕路7公里。", "道路完工。", _ROADS),
        _clerk("建成高标准农田1.2万亩。", "建成高标准农田12050亩。", ("建成农田面积", "12000亩", "12050亩")),
        _clerk("建成校舍3栋、食堂1栋。", "建成4栋。", ("校舍建成", "3栋", "3栋")),
        _clerk("验收合格率100%。", "验收合格率100%。", ("验收合格率", "100%", "100%")),
        _clerk("培训200人次。", "培训2,120人次。", ("培训人次", "200人次", "2120人次")),
        _clerk("检查10家。", "检查12家。", ("检查企业", "10家", "12家"), ("检查企业", "5家", "6家")),
        _clerk("安装水标尺266米。", "安装水标尺270米。", ("安装水标尺", "≥266米", "≥266米")),
        _clerk("投诉不超过3件。", "投诉1件。", ("投诉", "≤3件", "1件")),
        _clerk("投诉不超过3件。", "投诉不超过3件。", ("投诉", "≤3件", "1件")),
        _clerk("引进项目15个。", "引进项目17个。", ("招商项目", "15个", "")),
        _clerk("发放种苗约3万株。", "发放种苗近3万株。", ("种苗发放", "30000株", "29500株")),
    ],
    bad=[
        _clerk("全年培训300人次。", "全年培训212人次。", _TRAINED),
        _clerk("全年培训200人次。", "全年培训230人次。", _TRAINED),
        _clerk("技工贸总收入92.4亿元。", "完成技工贸总收入89.96亿元，同比增长27.9%。", _INCOME),
        _clerk("税收总额3亿元。", "完成税收约4.5亿元。", _TAX),
        _clerk("税收总额突破4亿元。", "完成税收3.48亿元。", _TAX),
        _clerk("税收总额3亿元。", "完成税收38400万元。", _TAX),
        _clerk("新修田间道路12公里。", "新修田间道路超过15公里。", _ROADS),
        _clerk("新修田间道路12公里。", "新修田间道路13.6公里。", _ROADS),
        _clerk("新修田间道路不超过10公里。", "新修田间道路12.6公里。", _ROADS),
        _clerk("建成高标准农田1万亩。", "建成高标准农田12050亩。", ("建成农田面积", "12000亩", "12050亩")),
        _clerk("验收合格率95%。", "验收合格率100%。", ("验收合格率", "100%", "100%")),
        _clerk(
            "培育规模以上工业企业7家、高新技术企业6家。",
            "培育规模以上工业企业9家、高新技术企业7家。",
            ("培育规模以上工业企业", "7家", "9家"),
            ("培育高新技术企业5家", "5家", "7家"),
        ),
    ],
)
def numbers_as_in_rows(filing: FilingView) -> Iterator[Hit]:
    """{栏目}中写「{原文}」，指标“{指标}”的{列}为 {填报}，两处数字不一致。

    核对统计资料，按实际数改正文字或指标行；口径不同的（分项、累计、其他时期），在文字中写明口径。
    拿不准的，问填报业务数据的股室。
    """
    for view in filing.forms:
        if view.role not in REVIEW_ROLES:
            continue
        for text, column in ((review.goal, review.target_value), (review.achievement, review.actual_value)):
            told = _told(view.text(text.key))
            if not told.figures:
                continue
            rows = Rows(view, column)
            for one in rows.named:
                figure = _contradicted(one, rows, told, view, text)
                if figure is not None:
                    quoted = cut_short(figure.clause.replace(",", "，"), 40)
                    words = {"栏目": text.key, "原文": quoted, "指标": one.name.strip(), "列": column.key}
                    also = (FieldRef(view, column, one.row), FieldRef(view, review.indicator, one.row))
                    yield Hit(FieldRef(view, text), also, words | {"填报": one.cell}, one.cell)


@dataclass(frozen=True)
class Grown:
    """A figure with its growth on the year before, and what it was the year before."""

    figure: Figure
    rate: Figure
    base: float
    slack: float
    """How much of the base rounding may account for."""


def _grown(figure: Figure, rate: Figure, year: int | None) -> Grown | None:
    between = figure.sentence[figure.end : rate.start]
    way = _GROWN.match(between)
    if way is None or rate.unit != "%" or figure.unit == "%" or not figure.subject or figure.value <= 0:
        return None
    if rate.is_least or rate.is_most or figure.is_aside(year):
        return None
    grown = 1 + (-rate.value if way["way"] in _DOWN else rate.value)
    slack = figure.step / figure.value / 2 + rate.step / grown / 2 if grown > 0 else 0
    return Grown(figure, rate, figure.value / grown, slack) if grown > 0 else None


def _growths(text: str, year: int | None) -> dict[str, Grown]:
    """Figures with a growth, by what they are said of; what is told of twice is left out."""
    found = [
        grown
        for figure, rate in pairwise(figures_in(text))
        if figure.sentence == rate.sentence and (grown := _grown(figure, rate, year)) is not None
    ]
    told = Counter(grown.figure.subject for grown in found)
    return {grown.figure.subject: grown for grown in found if told[grown.figure.subject] == 1}


def _said(grown: Grown) -> str:
    return cut_short(grown.figure.sentence[grown.figure.start : grown.rate.end].replace(",", "，"), 40)


@frame_rule(
    "A2-20",
    "目标与完成的增幅基数一致",
    severity=INFO,
    basis=LIMITS.limits["growth_base"].basis,
    roles=REVIEW_ROLES,
    good=[
        goals("技工贸总收入突破92.4亿元，同比增长20%。", "完成技工贸总收入98.96亿元，同比增长27.9%。"),
        goals("主营业务收入76.29亿元，同比增长25%。", "主营业务收入79.26亿元，同比增长29.62%。"),
        goals("能耗110吨，同比下降12%。", "能耗105吨，同比下降16%。"),
        goals("税收3亿元，同比增长20%以上。", "税收3.5亿元，同比增长62.33%。"),
        goals("税收3亿元。", "税收3.5亿元，同比增长62.33%。"),
        goals("游客3万人次，增长20%；其中过夜游客1万人次，增长90%。", "游客3.1万人次，增长24%。"),
        goals("税收3亿元，同比增长20%。", "税收3亿元，同比增长20%；税收9亿元，同比增长1%。"),
        goals("覆盖率90%，提高5%。", "覆盖率80%，提高5%。"),
        goals("税收3亿元，工业用电增长20%。", "税收3.5亿元，工业用电增长62.33%。"),
        goals("税收3亿元，下降100%。", "税收3亿元，下降120%。"),
        goals("税收2亿元，同比增长20%。", "税收2.6亿元，同比增长30%。"),
    ],
    bad=[
        goals("技工贸总收入突破92.4亿元，同比增长20%。", "完成技工贸总收入98.96亿元，同比增长12%。"),
        goals("能耗110吨，同比下降12%。", "能耗105吨，较上年下降36%。"),
        goals("税收3.00亿元（同比增长20.0%）。", "税收3.50亿元（同比增长62.33%）。"),
    ],
)
def growth_from_one_base(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”目标写「{目标}」，推算上年为 {目标基数}；完成情况写「{完成}」，推算上年为 {完成基数}，两者相差 {差幅}。

    核对上年基数和增幅，改正算错的一处；统计口径有调整的，在文字中说明。
    """
    for view in filing.forms:
        if view.role not in REVIEW_ROLES:
            continue
        aims = _growths(view.text(review.goal.key), view.year)
        reached = _growths(view.text(review.achievement.key), view.year)
        for subject, aim in aims.items():
            made = reached.get(subject)
            if made is None or made.figure.unit != aim.figure.unit:
                continue
            gap = abs(aim.base / made.base - 1)
            if gap > LIMITS["growth_base"] + aim.slack + made.slack:
                words = {"指标": subject, "目标": _said(aim), "完成": _said(made), "差幅": f"{gap:.1%}"}
                bases = {"目标基数": _base(aim), "完成基数": _base(made)}
                yield Hit(FieldRef(view, review.achievement), (FieldRef(view, review.goal),), words | bases)


def _base(grown: Grown) -> str:
    """What it was the year before, in the unit the text uses."""
    number = re.match(r"[\d.]+", grown.figure.text)
    printed = float(number[0]) if number else 1.0
    unit = grown.figure.text[number.end() if number else 0 :]
    return f"{grown.base * printed / grown.figure.value:.2f}{unit}"
