"""What goal and result imply of the year before by the growth they state (A2-20).

收入92.4亿元，同比增长20% as a goal and 98.96亿元，同比增长27.9% as the result each imply an amount of the year before:
the two must be equal within rounding.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool import params
from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.rules.model import frame_rule
from xltool.rules.needs import AnyForm, Filled
from xltool.rules.samples import goals
from xltool.text.figures import Figure, figures_in
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, Hit
from xltool.text.wording import cut_short

if TYPE_CHECKING:
    from collections.abc import Iterator

INFO = Severity.INFO
LIMITS = params.load()
_GROWN = lazy_pattern(
    lambda: re.compile(
        r"^[,(]?(?:同比|(?:比|较)(?:上年|去年))?(?P<way>增长|增幅|增速|提高|上升|下降|减少|降低)(?:率|幅度)?(?:为|达到?|约)*$"
    )
)
_DOWN = frozenset({"下降", "减少", "降低"})


class Growth(Struct, frozen=True):
    """A figure with its growth on the year before, and the amount of the year before that follows from both."""

    figure: Figure
    rate: Figure
    base: float
    slack: float
    """How far the base may be off by rounding of figure and rate, as a share of it."""


def _growth_of(figure: Figure, rate: Figure, year: int | None) -> Growth | None:
    """The growth that a rate right after a figure states of it; None if the rate is about something else."""
    between = figure.sentence[figure.end : rate.start]
    way = _GROWN.match(between)
    if way is None or rate.unit != "%" or figure.unit == "%" or not figure.subject or figure.value <= 0:
        return None
    if rate.is_least or rate.is_most or figure.is_aside(year):
        return None
    factor = 1 + (-rate.value if way["way"] in _DOWN else rate.value)
    slack = figure.step / figure.value / 2 + rate.step / factor / 2 if factor > 0 else 0
    return Growth(figure, rate, figure.value / factor, slack) if factor > 0 else None


def _growths(text: str, year: int | None) -> dict[str, Growth]:
    """Figures with a growth, by what they are said of; a subject that occurs twice is left out."""
    candidates = [
        growth
        for figure, rate in pairwise(figures_in(text))
        if figure.sentence == rate.sentence and (growth := _growth_of(figure, rate, year)) is not None
    ]
    mentions = Counter(growth.figure.subject for growth in candidates)
    return {growth.figure.subject: growth for growth in candidates if mentions[growth.figure.subject] == 1}


def _quote(growth: Growth) -> str:
    return cut_short(growth.figure.sentence[growth.figure.start : growth.rate.end].replace(",", "，"), 40)


@frame_rule(
    "A2-20",
    "目标与完成的增幅基数一致",
    severity=INFO,
    basis=LIMITS.limits["growth_base"].basis,
    roles=REVIEW_ROLES,
    needs=(AnyForm(REVIEW_ROLES), Filled((review.goal, review.achievement))),
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
            result = reached.get(subject)
            if result is None or result.figure.unit != aim.figure.unit:
                continue
            gap = abs(aim.base / result.base - 1)
            if gap > LIMITS["growth_base"] + aim.slack + result.slack:
                words = {"指标": subject, "目标": _quote(aim), "完成": _quote(result), "差幅": f"{gap:.1%}"}
                bases = {"目标基数": _base(aim), "完成基数": _base(result)}
                yield Hit(FieldRef(view, review.achievement), (FieldRef(view, review.goal),), words | bases)


def _base(growth: Growth) -> str:
    """The amount of the year before, in the unit that the text uses."""
    number = re.match(r"[\d.]+", growth.figure.text)
    printed = float(number[0]) if number else 1.0
    unit = growth.figure.text[number.end() if number else 0 :]
    return f"{growth.base * printed / growth.figure.value:.2f}{unit}"
