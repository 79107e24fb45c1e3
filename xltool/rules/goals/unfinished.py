"""Indicators with full marks although 实际完成情况 says that they are not finished (S-34).

Silence is preferred to a false alarm: work that only had to be advanced may be under way, and a counted indicator is
contradicted only by a clause that names it outright.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from xltool.findings import Severity
from xltool.forms import review
from xltool.forms.model import REVIEW_ROLES
from xltool.rules.model import frame_rule
from xltool.rules.needs import AnyForm, Filled, Rows
from xltool.rules.samples import goals, indicator
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, Hit, Row, text_of
from xltool.text.wording import (
    ADVERB,
    OPENED,
    QUOTED,
    any_in,
    count_in,
    cut_short,
    fold_case,
    split_clauses,
    split_sentences,
    telling_pairs,
    telling_pieces,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WARNING = Severity.WARNING

_BEGIN = "启动|开工|动工|招投?标|实施|开展|建设|施工"
_END = "完成|完工|竣工|建成|投产|投用|交付|验收|达产"
_FAILED = (
    rf"(?:尚|暂|还|仍|均|都)?未(?:能|正式|全面|全部|按期|如期)*(?:{_BEGIN}|{_END}|达到|达标|落实|到位)"
    rf"|未能|没有(?:{_BEGIN}|{_END})"
)
_UNDER_WAY = (
    r"正在?(?:抓紧|加紧|加快)|抓紧(?:完成|办理|推进|建设|施工|实施)|扫尾|收尾"
    r"|正在(?:有序|全力|积极)*"
    r"(?:推进|建设|施工|实施|办理|进行|开展|筹备|编制|招标|装修|申报|审批|调试|设计|准备|安装)"
    r"|(?:推进|进行|施工|办理|建设|实施)之?中(?![心部央小])|(?<!现)在建(?!成|立|设)"
)
_DONE = (
    "(?:全面|全部|圆满|顺利|如期|按期|按时|均已|已经)完成"
    "|竣工|建成|完工|投入使用|投入运行|投用|投产|交付使用|通过验收|验收合格"
)
_FINISHED = lazy_pattern(lambda: re.compile(_DONE))
_CLAUSES = 1024
"""Clauses and sentences that are cached: each is checked for every indicator."""


@cache
def _patterns(year: int | None) -> tuple[re.Pattern[str], re.Pattern[str]]:
    following = "明年|次年|下年度?|来年" + (f"|{year + 1}年" if year else "")
    ahead = rf"(?:{following})[^,。]{{0,12}}?"
    # With an object of its own (明年启动二期, 明年建成生态县) the clause is about something else that lies ahead.
    without_object = "(?=$|[,。]|并|后|前|投入|交付|使用|手续|程序|工作)"
    begin = rf"{ahead}(?:{_BEGIN})(?:{_BEGIN}|项目|工程|主体|土建)*{without_object}"
    ahead_only = rf"{begin}|前期手续|{_FAILED}|尚未(?!发生|发现|出现|收到|接到)"
    return re.compile(ahead_only), re.compile(rf"{ahead}(?:{_END})+{without_object}|{_UNDER_WAY}")


@lru_cache(_CLAUSES)
def not_begun(text: str, year: int | None) -> bool:
    """Whether the text says that the work has failed or has not begun; `year` is the year of the form."""
    return _patterns(year)[0].search(text) is not None


@lru_cache(_CLAUSES)
def unfinished(text: str, year: int | None) -> bool:
    """Whether the text says that the work is not finished: it has not begun, or is under way."""
    return not_begun(text, year) or _patterns(year)[1].search(text) is not None


_GOES_ON = lazy_pattern(
    lambda: re.compile(
        "正|现|目前|已|尚|暂|未|仍|还|均|都|计划|拟|预计|明年|次年|下年|来年|年底|将|力争|争取|因|由于|受|但|并|预期|20\\d\\d年"
    )
)


def said_of(sentence: str, speaks: Callable[[str], bool]) -> str:
    """The clauses that speak of something, each with the clauses after it that have no subject of their own."""
    chosen, going_on = [], False
    for clause in split_clauses(sentence):
        going_on = speaks(clause) or (going_on and _GOES_ON.match(clause) is not None)
        if going_on:
            chosen.append(clause)
    return ",".join(chosen)


def has_finished_part(sentence: str, year: int | None) -> bool:
    """Whether a clause says that a part is finished: 一期已竣工，二期明年启动."""
    return any(_FINISHED.search(clause) and not unfinished(clause, year) for clause in split_clauses(sentence))


_STARTS = lazy_pattern(lambda: re.compile(rf"^(?:{ADVERB})*(?:推进|推动|加快|加强|启动|开展|实施|组织)"))
_PREPARES = lazy_pattern(lambda: re.compile("前期|手续|谋划|筹备|编制|设计"))
_COUNTS_NOTHING = ("", "分", "%", "百分比")
_WHOLE_NAME = 4
"""Characters of a name from which on a clause that contains it is about it."""
_MOST = 0.6
"""Share of the telling pairs of a name that a sentence must contain to speak of it."""


@dataclass(frozen=True)
class Subject:
    """An indicator of a row: its name, and whether it is measured."""

    name: str
    measured: bool
    """Whether its target is a number of things: only a clause that names it outright contradicts such a target."""

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """The words of the name that a sentence may use: those in quotes, or else the things it lists."""
        quoted = QUOTED.findall(self.name)
        opened = OPENED.match(self.name)
        return tuple(quoted) or tuple(telling_pieces(opened["object"] if opened else self.name))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of which one is enough to speak of it: the whole name, and each thing that it lists."""
        whole = (self.name,) if len(self.name) >= _WHOLE_NAME else ()
        return (*whole, *self.cores) if len(self.cores) == 1 or "、" in self.name else whole

    @cached_property
    def own(self) -> frozenset[str]:
        """Telling pairs, of which a sentence must contain most; none if it is measured."""
        return frozenset() if self.measured else telling_pairs(self.name)

    @cached_property
    def only_starts(self) -> bool:
        """Whether the work only has to be started or advanced."""
        return _STARTS.match(self.name) is not None

    @cached_property
    def only_prepares(self) -> bool:
        """Whether it is about preparations of the work."""
        return _PREPARES.search(self.name) is not None

    def named_in(self, text: str) -> bool:
        """Whether the text speaks of it."""
        return any_in(self.words, text) or (bool(self.own) and count_in(self.own, text) >= _MOST * len(self.own))

    def contradicted_by(self, statement: Unfinished, year: int | None) -> bool:
        """Whether the sentence says that it is not finished; if it only had to start, that it has not begun."""
        says = not_begun if self.only_starts else unfinished
        if self.measured:
            return any(self.named_in(clause) and says(clause, year) for clause in statement.clauses)
        said = said_of(statement.sentence, self.named_in) if self.named_in(statement.sentence) else ""
        return says(said, year) and not has_finished_part(said, year)


class Unfinished(NamedTuple):
    """A sentence that says that something is not finished, with the clauses that say so."""

    sentence: str
    clauses: tuple[str, ...]


def _all_unfinished(text: str, year: int | None) -> list[Unfinished]:
    return [
        Unfinished(sentence, tuple(clause for clause in split_clauses(sentence) if unfinished(clause, year)))
        for sentence in split_sentences(text)
        if unfinished(sentence, year)
    ]


def _in_full(row: Row) -> bool:
    weight, score = row.get(review.weight.key), row.get(review.score.key)
    if score != weight or not isinstance(weight, float | int) or weight <= 0:
        return False
    return not text_of(row, review.reason).strip()


def _subject(row: Row) -> Subject:
    unit = text_of(row, review.target_unit)
    counted = row.get(review.target.key) is not None and unit not in _COUNTS_NOTHING
    return _subject_named(fold_case(text_of(row, review.indicator)), counted)


_subject_named = lru_cache(_CLAUSES)(Subject)


_STREET = "推动周边明渠、沟壑清淤工程"
_OPEN = "昌泰明渠等项目已完成施工图设计、审核，明年上半年正式启动建设。"


def _scored(name: str, achievement: str, target: str = "100分", score: float = 5) -> FilingView:
    return goals("目标", achievement, (indicator(name, target, target, score=score),))


@frame_rule(
    "S-34",
    "未完成的事项不记满分",
    severity=WARNING,
    basis="审核惯例：得分应与实际完成情况的表述相符",
    roles=REVIEW_ROLES,
    needs=(AnyForm(REVIEW_ROLES), Filled((review.achievement,)), Rows()),
    good=[
        _scored(_STREET, _OPEN, score=2),
        _scored("推动园区周边公共基础设施建设", _OPEN),
        _scored("优化营商环境", "营商环境评价全市第一，明年将继续深化改革。"),
        _scored("冷链物流项目", "冷链物流一期已竣工投用，二期计划明年启动。"),
        _scored("推进冷链物流项目建设", "冷链物流项目正在施工。"),
        _scored("完成高铁站前期手续", "高铁站前期手续已办结，计划明年启动建设。"),
        _scored("安全生产", "全年尚未发生安全生产事故。"),
        _scored("引进招商项目", "引进招商项目17个，另有3个正在抓紧洽谈。", "15个"),
        _scored("生态环境改善", "生态环境持续改善，预计明年建成国家生态县。"),
        _scored("路灯安装", "道路硬化已完成，路灯安装完毕，绿化正在施工。"),
        _scored("提高群众生活水平", "城东道路正在施工。"),
        goals("目标", _OPEN, ({**indicator(_STREET, "100分", "100分"), "偏差原因分析及改进措施": "按计划跨年实施"},)),
    ],
    bad=[
        _scored(_STREET, _OPEN),
        _scored("启动“五好园区”等扩产项目建设", "“五好园区”项目正抓紧办理前期手续，计划明年4月启动招投标。"),
        _scored("冷链物流项目", "冷链物流项目已完成主体厂房建设，正在抓紧完成装修和扫尾工程。", "100%"),
        _scored("新建环湖道路", "环湖道路尚未完工。", "5公里"),
        _scored("敬老院消防设施更新", "敬老院的消防设施2024年3月启动招标。"),
    ],
)
def unfinished_not_full(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”得分 {filed}，为满分，但实际完成情况写明「{原文}」，事项并未完成。

    按实际完成程度扣分，并在偏差原因栏说明原因和完成时间；已经完成的，改正实际完成情况的表述。
    """
    for view in filing.forms:
        statements = _all_unfinished(view.text(review.achievement.key), view.year) if view.role in REVIEW_ROLES else []
        whole = "\n".join(statement.sentence for statement in statements)
        for index, row in enumerate(view.rows if statements else ()):
            if not _in_full(row):
                continue
            subject = _subject(row)
            if subject.only_prepares or not subject.named_in(whole):
                continue
            seen = next(
                (statement.sentence for statement in statements if subject.contradicted_by(statement, view.year)), None
            )
            if seen is not None:
                yield Hit(
                    FieldRef(view, review.score, index),
                    (FieldRef(view, review.indicator, index), FieldRef(view, review.achievement)),
                    {"指标": str(row[review.indicator.key]).strip(), "原文": cut_short(seen.replace(",", "，"))},
                )
