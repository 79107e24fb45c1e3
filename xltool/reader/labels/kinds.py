"""Forms that are no self-evaluation, known by their columns and their title: goals, monitoring, scoring standards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from xltool.forms import review as r
from xltool.reader.labels.area import Area, fold_label
from xltool.reader.labels.booklets import is_booklet
from xltool.reader.labels.indicator_heads import heads_in

if TYPE_CHECKING:
    from xltool.reader.a1 import Position


class OtherKind(StrEnum):
    """What a form is that is not audited, as users are told."""

    GOALS = "绩效目标表（年初申报或批复的目标）"
    MONITORING = "绩效运行监控表（年中监控）"
    STANDARDS = "绩效评价指标体系（评分标准）"
    BOOKLET = "早年的绩效自评报告表册"


@dataclass(frozen=True)
class OtherForm:
    """A form that is no self-evaluation, and where it begins."""

    kind: OtherKind
    sheet: str
    position: Position
    title: str


_TITLES = (
    (OtherKind.MONITORING, re.compile(r"监控|监测表|跟踪")),
    (OtherKind.STANDARDS, re.compile(r"指标体系|评分(?:标准|细则)?表?$|打分表|计分(?:标准|细则)|评价(?:指标|标准)(?:评分)?表?$")),
    (OtherKind.GOALS, re.compile(r"目标(?:申报|申请|批复|审核|备案|编制|调整|计划|公开|汇总)?表?$|目标(?:申报|申请|批复)|申报[书表]$")),
)
_SELF_REVIEW = re.compile(r"自评|自我评价|完成情况")
_TITLE = re.compile(r".{4,60}(?:表|书|体系|标准|细则)(?:[(（《].{0,20})?")
_TITLE_ROWS = 8
_HEADS = {
    OtherKind.MONITORING: re.compile(
        r"预计(?:完成|执行|实现)|完成(?:目标)?可能性|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月.{0,6}(?:执行|完成|实现)|半年"
    ),
    OtherKind.STANDARDS: re.compile(r"(?:评分|评价|计分|扣分|打分)(?:标准|细则|办法|规则|依据)|指标(?:解释|说明|定义)|评价要点"),
}
_ACHIEVED = (r.actual_value.key, r.score.key)


def other_kind(area: Area, *, form_title: str = "") -> tuple[OtherKind, Position, str] | None:
    """What a part of a sheet is if it is no self-evaluation, where it begins, and its title; None for all else.

    The columns decide: a table that has neither what was achieved nor a score is none of a self-evaluation. A title
    decides where no table of indicators can be told.
    """
    if is_booklet(area):
        position, title = next(iter(area.texts()))
        return OtherKind.BOOKLET, position, title
    position, title, kind = _title(area)
    if form_title:
        title = form_title
    by_columns = _kind_of_columns(area, is_review=_SELF_REVIEW.search(title) is not None)
    if by_columns is None and kind is not OtherKind.MONITORING:
        return None if _has_heads(area) or kind is None else (kind, position, title)
    chosen = kind if kind is not None and by_columns is not None else by_columns or kind
    return None if chosen is None else (chosen, position, title)
