"""Numbers of 预期目标 and 实际完成情况 against the indicator rows (A2-18).

The rule leans towards silence. A number is compared with a row only where the text names that indicator outright, or
where it is the only number of its unit in the text, its indicator the only one of that unit, and the names are alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.rules.model import frame_rule
from xltool.rules.needs import AnyFilled, AnyForm, Rows
from xltool.rules.samples import goals, indicator
from xltool.text.figures import Figure, core_phrase, figures_in, named_alike, only_figure
from xltool.text.views import FieldRef, FilingView, FormView, Hit
from xltool.text.wording import cut_short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field

WARNING = Severity.WARNING
TELLING_NAME = 4
"""A core phrase of so many characters is recognised in a text that does not have it word for word."""


class IndicatorFigure(NamedTuple):
    """An indicator row whose value is one figure."""

    row: int
    name: str
    core: str
    """The core phrase of its name: what it is about."""
    filed: Figure
    cell: str
    target_cell: str

    @property
    def target(self) -> Figure | None:
        """The one figure of its target."""
        return only_figure(self.target_cell)


class IndicatorFigures:
    """The rows of a form whose value in a column is one figure, without rows that are about the same thing."""

    def __init__(self, view: FormView, column: Field) -> None:
        """Read the rows of a form, of which the column holds targets or results."""
        candidates = list(_rows_with_figures(view, column))
        rows_about = Counter(row.core for row in candidates)
        self.rows = [row for row in candidates if rows_about[row.core] == 1]
        self.cores = {row.core for row in self.rows}
        self.units = Counter(row.filed.unit for row in self.rows)


def _rows_with_figures(view: FormView, column: Field) -> Iterator[IndicatorFigure]:
    value, indicator_name = column.key, review.indicator.key
    for index, row in enumerate(view.rows):
        cell, name = row.get(value), row.get(indicator_name)
        known = _figure_of(str(cell), str(name)) if cell and name else None
        if known is not None:
            filed, about = known
            target = str(row.get(review.target_value.key) or "")
            yield IndicatorFigure(index, str(name), about, filed, str(cell).strip(), target)


@lru_cache(4096)
def _figure_of(cell: str, name: str) -> tuple[Figure, str] | None:
    """The one figure of a cell, and what it is about; None where there is no such figure, or no such name."""
    filed = only_figure(cell)
    about = "" if filed is None else core_phrase(name)
    return (filed, about) if filed is not None and about else None


class TextFigures:
    """The figures of a text, by what they are said of and by their unit."""

    def __init__(self, text: str) -> None:
        """Find and group the figures."""
        self.figures = figures_in(text)
        self.by_subject: dict[str, list[Figure]] = defaultdict(list)
        self.by_unit: dict[str, list[Figure]] = defaultdict(list)
        for figure in self.figures:
            self.by_subject[figure.subject].append(figure)
            self.by_unit[figure.unit].append(figure)

    def may_be_about(self, row: IndicatorFigure) -> bool:
        """Whether a figure names what a row is about, or is the only one of its unit: no other is compared with it."""
        return row.core in self.by_subject or len(self.by_unit.get(row.filed.unit, ())) == 1


_text_figures = lru_cache(16)(TextFigures)
"""Cached, because 附件2 and 附件3 of a department often hold the same text."""


def _figures_for(row: IndicatorFigure, rows: IndicatorFigures, text_figures: TextFigures) -> list[Figure]:
    """The figures of a text beside the indicator's own name; if there are none, the only one that can mean it."""
    outright = [figure for figure in text_figures.by_subject.get(row.core, ()) if figure.comparable(row.filed)]
    if outright or len(row.core) < TELLING_NAME:
        return outright
    same_unit = text_figures.by_unit.get(row.filed.unit, [])
    if len(same_unit) != 1 or rows.units[row.filed.unit] != 1:
        return []
    of_another = same_unit[0].subject in rows.cores
    return [] if of_another or not named_alike(row.name, same_unit[0]) else same_unit


def _differs(row: IndicatorFigure, figure: Figure, text_figures: TextFigures, view: FormView) -> bool:
    if figure.agrees(row.filed) or figure.is_growth or figure.is_aside(view.year):
        return False
    # The row may count several figures of the sentence together: 田间道路5公里、机耕路7公里.
    beside = [other for other in text_figures.by_unit[figure.unit] if other.sentence == figure.sentence]
    together = replace(figure, value=sum(other.value for other in beside))
    return not together.agrees(row.filed)


def _contradicting(
    row: IndicatorFigure, rows: IndicatorFigures, text_figures: TextFigures, *, view: FormView, text: Field
) -> Figure | None:
    """The one figure a text gives for an indicator, if it is not that of the row."""
    candidates = _figures_for(row, rows, text_figures)
    if len(candidates) != 1 or not _differs(row, candidates[0], text_figures, view):
        return None
    if text is review.achievement and (candidates[0].is_plan or _is_allowed(candidates[0], row)):
        return None
    return candidates[0]


def _is_allowed(figure: Figure, row: IndicatorFigure) -> bool:
    """Whether a figure repeats the target, or lies within what an actual value with a sign (S-30: ≥266米) allows."""
    beyond = row.filed.is_least and figure.value >= row.filed.value
    return beyond or (row.target is not None and figure.agrees(row.target))


def _example(goal: str, achievement: str, *rows: tuple[str, str, str]) -> FilingView:
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
    needs=(AnyForm(REVIEW_ROLES), AnyFilled((review.goal, review.achievement)), Rows()),
    good=[
        _example("全年培训200人次。", "全年培训212人次。", _TRAINED),
        _example("技工贸总收入突破92.4亿元，同比增长20%。", "完成技工贸总收入98.96亿元，同比增长27.9%。", _INCOME),
        _example("技工贸总收入突破90亿元。", "完成技工贸总收入近99亿元。", _INCOME),
        _example("税收总额3亿元。", "完成税收约3.5亿元，其中工业税收1.48亿元。", _TAX),
        _example("税收总额3亿元。", "完成税收3.5亿元。", _TAX),
        _example("税收总额30000万元。", "完成税收34800万元。", _TAX),
        _example("税收总额3亿元。", "税收总额去年为2.9亿元；上半年完成税收1.6亿元。", _TAX),
        _example("培训200人次。", "完成年度培训任务200人次的106%，培训212人次。", _TRAINED),
        _example("培训200人次。", "4月培训90人次，9月培训122人次。", _TRAINED),
        _example("培训200人次。", "计划培训200人次，实际培训212人次。", _TRAINED),
        _example("培训200人次。", "培训200人次的目标全面完成。", _TRAINED),
        _example("培训200人次。", "确保培训200人次，人均满意。", _TRAINED),
        _example("培训200人次。", "年初计划培训230人次。", _TRAINED),
        _example("培训干部60人次。", "培训干部80人次。", _TRAINED),
        _example("培训6期。", "培训7期。", _TRAINED),
        _example("到2025年培训1000人次。", "2022年培训150人次。", _TRAINED),
        _example("新修道路12公里。", "新修田间道路超过12公里。", _ROADS),
        _example("新修田间道路12公里。", "新修田间道路15公里。", ("新修田间道路", "12公里", "12公里和3座")),
        _example("新修田间道路12公里。", "新修田间道路12600米。", _ROADS),
        _example("新修田间道路5公里、机耕路7公里。", "道路完工。", _ROADS),
        _example("建成高标准农田1.2万亩。", "建成高标准农田12050亩。", ("建成农田面积", "12000亩", "12050亩")),
        _example("建成校舍3栋、食堂1栋。", "建成4栋。", ("校舍建成", "3栋", "3栋")),
        _example("验收合格率100%。", "验收合格率100%。", ("验收合格率", "100%", "100%")),
        _example("培训200人次。", "培训2,120人次。", ("培训人次", "200人次", "2120人次")),
        _example("检查10家。", "检查12家。", ("检查企业", "10家", "12家"), ("检查企业", "5家", "6家")),
        _example("安装水标尺266米。", "安装水标尺270米。", ("安装水标尺", "≥266米", "≥266米")),
        _example("投诉不超过3件。", "投诉1件。", ("投诉", "≤3件", "1件")),
        _example("投诉不超过3件。", "投诉不超过3件。", ("投诉", "≤3件", "1件")),
        _example("引进项目15个。", "引进项目17个。", ("招商项目", "15个", "")),
        _example("发放种苗约3万株。", "发放种苗近3万株。", ("种苗发放", "30000株", "29500株")),
    ],
    bad=[
        _example("全年培训300人次。", "全年培训212人次。", _TRAINED),
        _example("全年培训200人次。", "全年培训230人次。", _TRAINED),
        _example("技工贸总收入92.4亿元。", "完成技工贸总收入89.96亿元，同比增长27.9%。", _INCOME),
        _example("税收总额3亿元。", "完成税收约4.5亿元。", _TAX),
        _example("税收总额突破4亿元。", "完成税收3.48亿元。", _TAX),
        _example("税收总额3亿元。", "完成税收38400万元。", _TAX),
        _example("新修田间道路12公里。", "新修田间道路超过15公里。", _ROADS),
        _example("新修田间道路12公里。", "新修田间道路13.6公里。", _ROADS),
        _example("新修田间道路不超过10公里。", "新修田间道路12.6公里。", _ROADS),
        _example("建成高标准农田1万亩。", "建成高标准农田12050亩。", ("建成农田面积", "12000亩", "12050亩")),
        _example("验收合格率95%。", "验收合格率100%。", ("验收合格率", "100%", "100%")),
        _example(
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
            text_figures = _text_figures(view.text(text.key))
            if not text_figures.figures:
                continue
            rows = IndicatorFigures(view, column)
            for row in rows.rows:
                if not text_figures.may_be_about(row):
                    continue
                figure = _contradicting(row, rows, text_figures, view=view, text=text)
                if figure is not None:
                    quoted = cut_short(figure.clause.replace(",", "，"), 40)
                    words = {"栏目": text.key, "原文": quoted, "指标": row.name.strip(), "列": column.key}
                    also = (FieldRef(view, column, row.row), FieldRef(view, review.indicator, row.row))
                    yield Hit(FieldRef(view, text), also, words | {"填报": row.cell}, row.cell)
