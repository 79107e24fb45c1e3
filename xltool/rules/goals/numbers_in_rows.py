"""Numbers of 预期目标 and 实际完成情况 against the indicator rows (A2-18).

The rule leans towards silence. A number is compared with a row only where the text names that indicator outright, or
where it is the only number of its unit in the text, its indicator the only one of that unit, and the names are alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.rules.model import frame_rule
from xltool.rules.needs import AnyFilled, AnyForm, Rows
from xltool.rules.samples import goals, indicator
from xltool.text.figures import Figure, core_phrase, figures_in, named_alike, only_figure, repeats, spellings_of
from xltool.text.views import FieldRef, FilingView, FormView, Hit, text_of
from xltool.text.wording import cut_short, fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field

WARNING = Severity.WARNING
_CHANGE = re.compile(r"(?:[比较]?上年(?:度|同期)?)?(?:增[收加长产]?|减[少收支]?|下降|提高|降低|上升)")
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
    """The rows of a form whose value in a column is one figure, without rows that are about the same thing.

    Cells are read only where a text may speak of their row, since most forms have many rows that no text names.
    """

    def __init__(self, view: FormView, column: Field) -> None:
        """`column` holds targets or results."""
        self._view = view
        name, value = review.indicator.key, column.key
        self._rows = [(str(row.get(name) or ""), str(row.get(value) or "")) for row in view.rows]
        self._by_core: dict[str, IndicatorFigure | None] = {"": None}
        self._by_unit: dict[str, list[IndicatorFigure]] = {}
        self._folded: list[str] | None = None

    def about(self, core: str) -> IndicatorFigure | None:
        """The row that is about this; None if there is none or several."""
        if core not in self._by_core:
            rows = [row for index in self._indices(core) if (row := self._row(index, core)) is not None]
            self._by_core[core] = rows[0] if len(rows) == 1 else None
        return self._by_core[core]

    def _indices(self, core: str) -> list[int]:
        """The rows with a cell that are about this."""
        first, last = core[0], core[-1]
        # A core phrase has only characters of its name: most names are ruled out by two of them.
        return [
            index
            for index, (name, cell) in enumerate(self._rows)
            if first in name and last in name and cell and core_phrase(name) == core
        ]

    def _row(self, index: int, core: str) -> IndicatorFigure | None:
        name, cell = self._rows[index]
        filed = only_figure(cell)
        if filed is None:
            return None
        target = text_of(self._view.rows[index], review.target_value)
        return IndicatorFigure(index, name, core, filed, cell.strip(), target)

    def of_unit(self, unit: str) -> list[IndicatorFigure]:
        """The rows whose figure has this unit."""
        if unit not in self._by_unit:
            names = [name for name, cell in self._near_unit(unit) if name and _unit_of(cell) == unit]
            rows = (self.about(core_phrase(name)) for name in names)
            self._by_unit[unit] = [row for row in rows if row is not None]
        return self._by_unit[unit]

    def _near_unit(self, unit: str) -> list[tuple[str, str]]:
        """Names and cells of the rows whose cell has the characters of a unit: only these are worth reading."""
        if self._folded is None:
            self._folded = [fold_case(cell) for _, cell in self._rows]
        near = {index for word in spellings_of(unit) for index, folded in enumerate(self._folded) if word in folded}
        return [self._rows[index] for index in sorted(near)]

    def named_in(self, text_figures: TextFigures) -> list[IndicatorFigure]:
        """The rows that a text may contradict, in their order.

        They are searched from the figures of the text, which are fewer than the rows: a row is named by a figure, or
        named alike and the only row of the unit of a figure that is the only one of its unit. That figure is of no
        other row. Most rows have the figure word for word, and are not read.
        """
        rows: dict[int, IndicatorFigure] = {}
        named = set[str]()
        for subject, figures in text_figures.by_subject.items():
            if subject and len(figures) == 1 and self._only_repeats(subject, figures[0]):
                named.add(subject)
            elif (row := self.about(subject)) is not None:
                named.add(subject)
                rows[row.row] = row
        for figure in text_figures.singles:
            if figure.subject not in named and self._may_contradict(figure):
                of_unit = self.of_unit(figure.unit)
                rows |= {row.row: row for row in of_unit if len(of_unit) == 1}
        return [rows[index] for index in sorted(rows)]

    def _only_repeats(self, subject: str, figure: Figure) -> bool:
        """Whether one row is about the subject of a figure, and repeats the figure."""
        indices = self._indices(subject)
        return len(indices) == 1 and repeats(self._rows[indices[0]][1], figure)

    def _may_contradict(self, figure: Figure) -> bool:
        """Whether a row named alike may have another figure of this unit."""
        alike = [cell for name, cell in self._near_unit(figure.unit) if named_alike(name, figure)]
        return len(alike) > 1 or (len(alike) == 1 and not repeats(alike[0], figure))


def _unit_of(cell: str) -> str | None:
    filed = only_figure(cell)
    return None if filed is None else filed.unit


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
        self.singles = [figures[0] for figures in self.by_unit.values() if len(figures) == 1]
        """The figures that are the only ones of their unit."""


_text_figures = lru_cache(16)(TextFigures)
"""Cached, because 附件2 and 附件3 of a department often hold the same text."""


def _figures_for(row: IndicatorFigure, rows: IndicatorFigures, text_figures: TextFigures) -> list[Figure]:
    """The figures of a text beside the indicator's own name; if there are none, the only one that can mean it.

    The latter only where it contradicts the row, since names are compared last: that takes longest.
    """
    outright = [figure for figure in text_figures.by_subject.get(row.core, ()) if figure.comparable(row.filed)]
    if outright or len(row.core) < TELLING_NAME:
        return outright
    same_unit = text_figures.by_unit.get(row.filed.unit, [])
    if len(same_unit) != 1 or same_unit[0].agrees(row.filed) or rows.about(same_unit[0].subject):
        return []  # a figure that agrees is no contradiction, whatever it is about
    return same_unit if len(rows.of_unit(row.filed.unit)) == 1 and named_alike(row.name, same_unit[0]) else []


def _is_change(cell: str) -> bool:
    """Whether a cell says by how much something has changed: 增收27万元 is not the income itself."""
    return _CHANGE.match(cell) is not None


def _differs(row: IndicatorFigure, figure: Figure, text_figures: TextFigures, view: FormView) -> bool:
    if figure.agrees(row.filed) or figure.is_growth or figure.is_aside(view.year) or _is_change(row.cell):
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
        _example("业务收入55万元。", "业务收入77.57万元。", ("业务收入", "超上年度", "增收27万元")),
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
            for row in rows.named_in(text_figures):
                figure = _contradicting(row, rows, text_figures, view=view, text=text)
                if figure is not None:
                    quoted = cut_short(figure.clause.replace(",", "，"), 40)
                    words = {"栏目": text.key, "原文": quoted, "指标": row.name.strip(), "列": column.key}
                    also = (FieldRef(view, column, row.row), FieldRef(view, review.indicator, row.row))
                    yield Hit(FieldRef(view, text), also, words | {"填报": row.cell}, row.cell)
