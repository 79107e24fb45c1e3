"""Forms that are no self-evaluation, known by their columns and their title: goals, monitoring, scoring standards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from xltool.forms import project, self_review
from xltool.forms import review as r
from xltool.reader.labels.area import fold_label, without_note
from xltool.reader.labels.booklets import is_booklet, is_part_of_booklet
from xltool.reader.labels.fund_lines import amount_in, find_fund_block
from xltool.reader.labels.fund_words import BUDGET, EXECUTED, SCORE_WORDS, WEIGHT_WORDS, Source
from xltool.reader.labels.header_words import IMPLEMENTER, PROJECT
from xltool.reader.labels.indicator_heads import (
    VALUES,
    column_of_names,
    is_over_levels,
    key_of_head,
    merged_from_above,
)

if TYPE_CHECKING:
    from xltool.forms.model import Form
    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area


class OtherKind(StrEnum):
    """What a form is that is not audited, as users are told."""

    GOALS = "绩效目标表（年初申报或批复的目标）"
    MONITORING = "绩效运行监控表（年中监控）"
    STANDARDS = "绩效评价指标体系（评分标准）"
    POINTS = "评分表（只有评分项目、分值或得分）"
    EVALUATION = "绩效评价报告（由财政部门或第三方机构评价）"
    BOOKLET = "早年的绩效自评报告表册"
    SUMMARY = "绩效自评汇总表（多个项目的一览）"
    ACCOUNTS = "部门预算、决算报表"


@dataclass(frozen=True)
class OtherForm:
    """A form that is no self-evaluation: what it is, its title, the cell where it begins, and its part of the sheet."""

    kind: OtherKind
    title: str
    position: Position
    area: Area

    @property
    def is_booklet(self) -> bool:
        """Whether it is the cover of a booklet, whose other sheets belong to it."""
        return self.kind is OtherKind.BOOKLET


_TITLES = (
    (OtherKind.MONITORING, re.compile(r"绩效.{0,8}(?:监控|跟踪)")),
    (
        OtherKind.STANDARDS,
        re.compile(r"指标体系|(?:绩效|评价|指标).{0,6}(?:评分|打分|计分)|评分(?:标准|细则)|评价(?:指标|标准)表"),
    ),
    (OtherKind.GOALS, re.compile(r"绩效目标(?!.{0,8}(?:完成|实现))|目标(?:申报|申请|批复|审核)|绩效.{0,8}申报[表书]")),
    (
        OtherKind.ACCOUNTS,
        re.compile(
            r"(?:收入|支出|收支|拨款|经费).{0,12}[决预]算(?:总|明细|情况)?表$|[决预]算收支(?:总|明细)表$|^(?:部门)?收支总表$"
        ),
    ),
)
_SUMMARY = re.compile(r"(?:绩效|自评).{0,12}(?:汇总|一览|统计)表")
_SELF_REVIEW = re.compile(r"自评|自我评价|完成情况")
_REPORT = re.compile(r".{0,60}报告\s*")
_EVALUATION = re.compile(r"(?!.{0,60}自评).{0,60}评价报告(?:[(].{0,20}[)])?")
_BY_OTHERS = re.compile(
    r"抽查(?:资金|项目|类别)|评价(?:机构|单位)(?:全称|名称)?(?:[(].{1,3}[)])?:.{0,16}(?:公司|事务所)"
)
_TICKED_BEFORE = re.compile(r"[☑√■✓](?:财政|第三方|中介|社会)")
_TICKED_BEHIND = re.compile(r"(?:财政(?:部门)?(?:评价组?)?|第三方(?:机构)?|中介(?:机构)?)[(]?[☑√■✓]")
_BOXES = frozenset("□☐☑√■✓")
_TITLE = re.compile(r".{0,60}(?:表|书|体系|标准|细则)(?:[(（《].{0,20})?")
_HEAD_OF_STANDARDS = re.compile(r"(?:评分|评价|计分|打分)(?:标准|细则)")
_WHOLE = re.compile(r"^(?!.{0,60}转移支付).{0,60}整体(?:支出)?绩效(?!目标$)")
_OWNERS = (
    (project.FORM, re.compile(r"^[^:]{0,8}(?:项目|专项|资金|政策)[^:]{0,4}(?:名称|全称)|^项目(?:责任)?单位(?::|$)")),
    (self_review.FORM, re.compile(r"^(?:部门|单位)(?:[(].{0,4}[)])?名称(?::|$)")),
    (project.FORM, re.compile(r"^[^:]{0,4}(?:实施|使用|承担|承办|建设)(?:[(].{1,4}[)])?(?:单位|部门)(?:[(:]|$)")),
    (self_review.FORM, re.compile(r"^(?![计度]量|金额|指标)[^:]{0,4}(?:部门|单位)(?:[(].{0,4}[)])?(?:名称)?(?::|$)")),
)
"""Words by which it is known whether a department or a project is reviewed, in the order in which they count."""
_LONGEST_TITLE = 80
_LONGEST_HEAD = 20
_TITLE_ROWS = 8
_MONITORED = re.compile(
    r"预计(?:完成|执行|实现)|完成(?:目标)?可能性|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月.{0,6}(?:执行|完成|实现)|半年"
)
_ITEM = re.compile(
    r"(?:评分|考核|考评|评价|评估|评比|检查)?(?:项目|内容|指标|要点)(?:名称)?|[一二三四]级(?:评价|考核)?指标"
)
_POINTS = re.compile(rf"{WEIGHT_WORDS}|{SCORE_WORDS}|分数|(?:县|市|省|区|自我|复核)级?评分?")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?分?")
_RESULT = re.compile(r"目标|完成|实际值|指标值")
_FEWEST_ROWS = 3
"""Rows with points that make a table of points."""
_SCORED = re.compile(r"(?:评分|评价|计分|扣分|打分)(?:标准|细则|办法|规则|依据)|指标(?:解释|说明|定义)|评价要点")


_WITH_REASONS: Final = frozenset({r.category.key, r.part.key, r.actual_value.key, r.reason.key})
_RESULTS: Final = (frozenset({r.target_value.key, r.actual_value.key}), _WITH_REASONS)
"""Columns of indicators that only a self-evaluation has: targets with results, or results with what is wanting."""


def other_form(area: Area) -> OtherForm | None:
    """What a part of a sheet is if it is no self-evaluation; None for a self-evaluation, and for all else.

    The columns of its indicators decide, and a title where there are none.
    """
    position, title, by_title = _title(area)
    is_review = _SELF_REVIEW.search(title) is not None
    heads = first_heads(area)
    if heads is not None and {r.target_value.key, r.actual_value.key} <= heads.keys:
        kind = _kind_of_columns(heads, by_title, is_review=is_review, area=area)
    elif (report := _evaluation(area)) is not None:
        return report
    elif is_booklet(area):
        return _named_booklet(area)
    elif heads is not None:
        kind = _kind_of_columns(heads, by_title, is_review=is_review, area=area)
    elif by_title is OtherKind.ACCOUNTS and _names_project(area):
        kind = None
    else:
        kind = OtherKind.SUMMARY if _SUMMARY.search(title) else None if is_review else by_title
    return None if kind is None else OtherForm(kind, title, position, area)


def booklet(area: Area) -> OtherForm | None:
    """The booklet that an area holds, whatever else stands in it: some have a table of indicators."""
    return _named_booklet(area) if is_booklet(area) else None


def part_of_booklet(area: Area) -> OtherForm | None:
    """The part of a booklet that an area holds, of which another sheet has more."""
    return _named_booklet(area) if is_part_of_booklet(area) else None


def table_of_points(area: Area) -> OtherForm | None:
    """The table of points that a sheet without any form of ours holds: items with their points, and nothing of money.

    A self-evaluation in a layout that is not known has names or money, or heads of targets and results.
    """
    if _names_project(area) or find_fund_block(area, area.bottom + 1) is not None:
        return None
    for row in area.rows():
        texts = {column: area.text((row, column)) for column in area.columns(row)}
        heads = {column: fold_label(text) for column, text in texts.items() if len(text) <= _LONGEST_HEAD}
        points = [column for column, text in heads.items() if _POINTS.fullmatch(text)]
        items = [column for column, text in heads.items() if _ITEM.fullmatch(text)]
        if points and items and min(items) < min(points):
            below = [line for line in area.rows() if line > row]
            scored = [line for line in below if any(_is_number(area, (line, column)) for column in points)]
            if len(scored) < _FEWEST_ROWS or any(map(_RESULT.search, heads.values())):
                return None
            position, title, _ = _title(area)
            has_standards = any(map(_SCORED.search, heads.values()))
            return OtherForm(OtherKind.STANDARDS if has_standards else OtherKind.POINTS, title, position, area)
    return None


def _is_number(area: Area, position: Position) -> bool:
    """Whether a cell holds points."""
    return _NUMBER.fullmatch(area.text(position).strip()) is not None


def _evaluation(area: Area) -> OtherForm | None:
    """The report of an evaluation by others than the department: by its title, and by who is said to have evaluated."""
    above = [(at, fold_label(text)) for at, text in area.texts() if len(text) <= _LONGEST_TITLE]
    title = next(
        (each for each in above if each[0][0] <= area.top + _TITLE_ROWS and _EVALUATION.fullmatch(each[1])), None
    )
    if title is None or not any(_is_by_others(text) for _, text in above):
        return None
    return OtherForm(OtherKind.EVALUATION, title[1], title[0], area)


def _is_by_others(text: str) -> bool:
    """Whether a line says that the finance bureau or an agency has evaluated; boxes stand before their words or behind.

    >>> _is_by_others("评价方式:部门评价□财政评价☑"), _is_by_others("评价机构:□中介机构☑项目单位评价组")
    (True, False)
    """
    if _BY_OTHERS.search(text):
        return True
    boxes = text.partition(":")[2]
    ticked = _TICKED_BEFORE if boxes[:1] in _BOXES else _TICKED_BEHIND
    return bool(boxes) and ticked.search(boxes) is not None


def _names_project(area: Area) -> bool:
    """Whether labels name a project, or who carries it out: forms of accounts and tables of points have none."""
    texts = [fold_label(text).partition(":")[0] for _, text in area.texts() if len(text) <= _LONGEST_TITLE]
    return any(PROJECT.fullmatch(text) or IMPLEMENTER.fullmatch(text) for text in texts)


def _named_booklet(area: Area) -> OtherForm:
    position, title, _ = _title(area)
    reports = ((at, text) for at, text in area.texts() if at[0] <= area.top + _TITLE_ROWS and _REPORT.fullmatch(text))
    position, title = (position, title) if title else next(reports, (position, title))
    return OtherForm(OtherKind.BOOKLET, title, position, area)


@dataclass(frozen=True)
class PrintedHeads:
    """The heads in the row of 三级指标, whether or not they make a table of ours: keys, and texts of no key."""

    keys: frozenset[str]
    others: tuple[str, ...]
    has_results: bool
    """Whether anything stands below the heads of what was achieved and of its score."""
    has_rows: bool
    """Whether anything stands below the heads at all."""


def first_heads(area: Area) -> PrintedHeads | None:
    """The first row of heads of indicators in an area; None where there is none."""
    for row in area.rows():
        name = column_of_names(area, row)
        if name is None or is_over_levels(area, (row, name)):
            continue
        bottom = area.end((row, name))[0]
        cells = [(line, column) for line in range(row, bottom + 1) for column in area.columns(line)]
        texts = [area.text(position) for position in [*cells, *merged_from_above(area, row, name)]]
        if len(texts) <= len(VALUES) and not any(key_of_head(text) in VALUES for text in texts):
            continue
        keys = {position[1]: key for position in cells if (key := key_of_head(area.text(position))) is not None}
        results = [column for column, key in keys.items() if key in {r.actual_value.key, r.score.key}]
        return PrintedHeads(
            frozenset(key for text in texts if (key := key_of_head(text)) is not None),
            tuple(fold_label(text) for text in texts if key_of_head(text) is None),
            any(line > bottom and column in area.columns(line) for line in area.rows() for column in results),
            area.rows()[-1] > bottom,
        )
    return None


def _kind_of_columns(
    heads: PrintedHeads, by_title: OtherKind | None, *, is_review: bool, area: Area
) -> OtherKind | None:
    """The kind of a form by the heads of its indicators: without results it is no self-evaluation."""
    if is_review:
        return None
    if by_title is OtherKind.MONITORING or any(map(_MONITORED.search, heads.others)):
        return OtherKind.MONITORING
    has_target = r.target_value.key in heads.keys
    is_scored = by_title is OtherKind.STANDARDS or any(map(_SCORED.search, heads.others))
    if heads.keys & {r.actual_value.key, r.score.key}:
        if has_target:
            return OtherKind.GOALS if by_title is OtherKind.GOALS and not heads.has_results else None
        return None if heads.keys >= _WITH_REASONS else _kind_of_points(area, heads, is_scored=is_scored)
    if is_scored and by_title is not OtherKind.GOALS:
        return OtherKind.STANDARDS
    return OtherKind.GOALS if has_target else by_title


def _kind_of_points(area: Area, heads: PrintedHeads, *, is_scored: bool) -> OtherKind | None:
    """The kind of a table of indicators with points and without targets.

    Points that nobody has given yet are those of a self-evaluation where the money that was spent stands above them.
    """
    if is_scored:
        return OtherKind.STANDARDS
    is_unscored = r.actual_value.key not in heads.keys and not heads.has_results
    return OtherKind.POINTS if is_unscored and not (heads.has_rows and _has_execution(area)) else None


def _title(area: Area) -> tuple[Position, str, OtherKind | None]:
    """The title of a form with its cell, and what the title says the form is; of several the first that says it.

    The head of a column 评分标准 says what the form is as well, and is no title.
    """
    first: tuple[Position, str, OtherKind | None] | None = None
    by_head: OtherKind | None = None
    for position, text in area.texts():
        if position[0] > area.top + _TITLE_ROWS:
            break
        folded = fold_label(text) if len(text) <= _LONGEST_TITLE else ""
        if not _TITLE.fullmatch(folded):
            continue
        if _SELF_REVIEW.search(folded):
            return position, folded, None
        kind = next((kind for kind, words in _TITLES if words.search(folded)), None)
        if _HEAD_OF_STANDARDS.fullmatch(folded):
            by_head = by_head or kind
        elif kind is not None:
            return position, folded, kind
        else:
            first = first or (position, folded, None)
    beginning = next(iter(area.filled()), (area.top, area.left))
    position, title, _ = first or (beginning, "", None)
    return position, title, by_head


def reviewed_form(area: Area) -> Form | None:
    """The form that a self-evaluation without a known title is nearest to, by its columns and its labels.

    Targets with results make a self-evaluation, or money with what was spent of it, alone or beside results, or below a
    title that says so the names of a project and of who carried it out.
    """
    heads = first_heads(area)
    has_results = heads is not None and any(columns <= heads.keys for columns in _RESULTS)
    is_scored = heads is None or heads.has_results or (heads.has_rows and r.score.key in heads.keys)
    is_results = has_results or (is_scored and _has_execution(area))
    if not is_results and not _SELF_REVIEW.search(_title(area)[1]):
        return None
    texts = [fold_label(text) for _, text in area.texts() if len(text) <= _LONGEST_TITLE]
    labels = [spelling for text in texts for spelling in (text, without_note(text), text.partition(":")[0])]
    names_project = any(map(PROJECT.fullmatch, labels))
    if not is_results:
        return project.FORM if names_project and any(map(IMPLEMENTER.fullmatch, labels)) else None
    if any(map(_WHOLE.search, texts)):
        return self_review.FORM
    if names_project:
        return project.FORM
    return next((form for form, words in _OWNERS if any(map(words.search, texts))), project.FORM)


def _has_execution(area: Area) -> bool:
    """Whether the money of the year has a line with a budget and what was spent of it."""
    block = find_fund_block(area, area.bottom + 1)
    total = next((line for line in block.lines if line.source is Source.TOTAL), None) if block is not None else None
    cells = total.cells if total is not None else {}
    return all(measure in cells and amount_in(area, cells[measure]) is not None for measure in (BUDGET, EXECUTED))
