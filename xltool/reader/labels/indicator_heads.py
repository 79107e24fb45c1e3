"""The heads of the indicator table: which column holds what, whatever it is called, in one row of heads or several."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.forms import review as r
from xltool.reader.labels.area import Area, Labels, fold_label, without_note
from xltool.reader.labels.fund_words import SCORE_WORDS, WEIGHT_WORDS
from xltool.reader.labels.search import names_of
from xltool.reader.labels.splits import SplitColumns, column_of_year, heads_over_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.a1 import Position

_COLUMNS = Labels(pair for column in r.indicators.inputs for pair in names_of(column))
_WORDINGS = (
    (r.category.key, re.compile(r"一级(?:绩效)?(?:指标|目标)?(?:名称)?|(?:指标)?类别")),
    (r.part.key, re.compile(r"二级(?:绩效)?(?:指标|目标)?(?:名称)?")),
    (
        r.indicator.key,
        re.compile(
            r"[三四]级(?:绩效)?(?:指标(?!分值|权重|得分)|目标(?!值|分值|权重|得分)).{0,8}|(?:具体|绩效|考核|评价)?指标(?:名称|内容)|(?:绩效|具体)?目标名称"
            r"|三级|细化指标|指标项|指标及内容"
        ),
    ),
    (
        r.target_value.key,
        re.compile(
            r"(?:全?年度?初?|预算|预期|预计|预设|计划|批复|申报|设定|设置|绩效|考核|指标|当年|本年度?|指标性质(?:及|和|、)){0,3}"
            r"(?:目标|指标|预期|计划|批复)(?:设定)?(?:值|数|任务数?)(?:(?:及|和|、)单位)?"
            r"|(?:年度|绩效|年初|指标|预期|年初设定){0,2}目标|预期指标|调整后?(?:指标|目标)值|绩效标准|计划(?:完成|实现|达到)(?:值|数|量)?|年初(?:设定值|计划)"
        ),
    ),
    (
        r.actual_value.key,
        re.compile(
            r"(?:全年|年度|项目|本年|当年|年末|年终|年底|自评|单项|指标|目标|绩效|(?:截至)?(?:20\d\d年)?(?:年[底末]|(?:12|十二)月(?:[底末]|31日)?)){0,2}"
            r"(?:实际)?(?:完成|达成|实现|达到)(?:指标|目标)?(?:值|数量?|量|情况|结果|水平)"
            r"|(?:年末|年终|年度|全年|指标|绩效)?实际(?:指标|绩效)?(?:值|数|结果)"
            r"|(?:年度|全年)?实际完成(?:绩效)?|业绩值|自评值"
        ),
    ),
    (r.weight.key, re.compile(WEIGHT_WORDS)),
    (r.score.key, re.compile(SCORE_WORDS)),
    (
        r.reason.key,
        re.compile(
            r"(?:.{0,12}(?:未完成|未达|未实现|偏差|偏离|扣分|失分|差异|异常).{0,8}|.{0,6})(?:原因|理由).{0,16}|(?:改进|整改)措施"
            r"|(?:扣分|偏差|未完成)说明|(?:偏差|未完成|差异)(?:情况)?分析.{0,12}|偏差\(.{0,16}\)原因.{0,16}|存在的?问题.{0,12}"
        ),
    ),
)
"""Heads in the wordings of other places, which are tried in a row that names indicators."""
_CAUSE = "原因"
_REMARK = re.compile(r"备注|说明|(?:指标)?(?:完成)?情况说明|(?:得分|自评)说明")
_SPLIT = Labels(
    [
        *(
            (text, "性质")
            for text in ("指标性质", "运算符号", "运算符", "比较符号", "比较符", "计算符号", "符号", "指标方向")
        ),
        *((text, "值") for text in ("指标值", "目标值", "指标目标值")),
        *((text, "单位") for text in ("度量单位", "计量单位", "指标单位", "指标值单位", "单位")),
        *((text, "调整") for text in ("调整指标值", "调整后指标值", "调整后目标值", "调整目标值")),
    ]
)
_LEVELS = (r.category.key, r.part.key)
VALUES = (r.target_value.key, r.actual_value.key, r.weight.key, r.score.key)
_RIGHT_OF_NAMES = frozenset({r.target_value.key, r.actual_value.key, r.score.key, r.reason.key})
"""A side label such as 指标完成情况 stands left of the names of the indicators."""
_FEWEST = 2
_LONGEST = 40
"""Characters of a head."""
_WIDEST = 40
"""Columns behind 三级指标 in which a head is looked for."""
_YEAR = re.compile(r"^20\d\d年?度?")
_EARLIER = re.compile(r"(?:上一?年度?|去年|历史|往年)(?:同期)?")
_OF_YEARS = frozenset({r.target_value.key, r.actual_value.key})
_NO_YEAR = 9999
"""The year of a head that names none: that of the form."""
_BARE = re.compile(r"(?:绩效|具体|考核|评价)?指标")
_ABOVE = frozenset({"一级指标", "二级指标", "一级目标", "二级目标"})
_CONTENTS = frozenset({"目标内容", "绩效目标"})
_LEVEL = re.compile(r"[三四]级(?:绩效)?(?:指标|目标)|三级")
_THIRD = "三级"
_CATEGORY = re.compile(r"(?:产出|效益|满意度?)(?:指标|目标)(?:[(]?\d{1,3}分[)]?)?")
_NATURES = re.compile(r"(?:定性|定量|正向|[反逆]向)(?:指标)?")
_SCORE_ABOVE = re.compile(r"(?:自评)?得分")
_WORDS = re.compile(r"[\u4e00-\u9fff]{2}")
_POINTS = re.compile(r"(?:\d{1,3}(?:\.\d+)?分?)?")


@dataclass
class IndicatorHeads:
    """The heads of an indicator table: columns by key, the last row of heads, and the cells that were understood."""

    columns: dict[str, int]
    bottom: int
    used: set[Position]
    split: SplitColumns | None = None
    """The columns of the target, where it stands in several."""
    passed_over: tuple[int, ...] = ()
    """Columns of a level above the indicators that our forms do not have: 三级指标 beside 四级指标."""
    level_weights: dict[str, int] = field(default_factory=dict)
    """The columns of the points of a 一级 and a 二级指标, by the key of the level."""


def find_heads(area: Area, row: int) -> IndicatorHeads | None:
    """The heads of an indicator table whose 三级指标 stands in this row; None where the row is none of heads.

    At least two columns of values belong to a table. Their heads may stand in the rows that the head 三级指标 is merged
    over, or above it where one head spans several columns.
    """
    name = column_of_names(area, row)
    if name is None:
        return None
    bottom = area.end((row, name))[0]
    cells = [(line, column) for line in range(row, bottom + 1) for column in area.columns(line)]
    cells += heads_over_years(area, row)
    heads = _read_heads(area, name, bottom, [*cells, *merged_from_above(area, row, name)])
    if not _is_table(heads):
        heads = _read_heads(area, name, bottom, [*cells, *_above(area, row)])
    if not _is_table(heads):
        return None
    heads.used.add((row, name))
    _add_levels_without_head(area, heads)
    if r.score.key not in heads.columns:
        _add_score_headed_above(area, row, heads)
    return heads


def column_of_names(area: Area, row: int) -> int | None:
    """The column of the names of indicators, if this row heads it: 三级指标 rather than 指标内容 beside it.

    Of four levels the last one is that of the indicators, if it was filled in.
    """
    texts = ((column, area.text((row, column))) for column in area.columns(row))
    heads = {column: text for column, text in texts if "标" in text or text.strip() == _THIRD}
    columns = {column: fold_label(text) for column, text in heads.items() if _is_indicator(text)}
    if not columns:
        return _bare_name_column(area, row, heads)
    fourth = next((column for column, text in columns.items() if "四级" in text), None)
    if fourth is not None and _is_filled_below(area, (row, fourth)):
        return fourth
    return next((column for column, text in columns.items() if "三级" in text), next(iter(columns)))


def is_over_levels(area: Area, head: Position) -> bool:
    """Whether a head stands over those of the levels: 指标名称 over 一级指标, 二级指标 and 三级指标."""
    bottom, last = area.end(head)
    below = (area.text((bottom + 1, column)) for column in range(head[1], last + 1) if last > head[1])
    return any(fold_label(text) in _ABOVE for text in below if len(text) <= _LONGEST)


def _is_filled_below(area: Area, head: Position) -> bool:
    """Whether anything stands below a head."""
    bottom = area.end(head)[0]
    return any(row > bottom and head[1] in area.columns(row) for row in area.rows())


def _bare_name_column(area: Area, row: int, heads: dict[int, str]) -> int | None:
    """The column of a head that is only 指标, of a row that heads targets and results; no label of a block.

    Beside heads of levels 目标内容 is such a head as well.
    """
    short = {column: fold_label(text) for column, text in heads.items() if len(text) <= _LONGEST}
    has_levels = not _ABOVE.isdisjoint(short.values())
    bare = [column for column, text in short.items() if _BARE.fullmatch(text) or (has_levels and text in _CONTENTS)]
    bare = [column for column in bare if fold_label(area.text((area.end((row, column))[0] + 1, column))) not in _ABOVE]
    behind = max((column for column, text in short.items() if text in _ABOVE), default=0)
    if len(_ABOVE.intersection(short.values())) >= _FEWEST and any(column > behind for column in bare):
        return next(column for column in bare if column > behind)
    named = next((column for column in bare if area.end((row, column)) == (row, column)), None)
    if named is None:
        return None
    keys = {key_of_head(area.text((row, column))) for column in area.columns(row)}
    return named if {r.target_value.key, r.actual_value.key} <= keys else None


def _is_indicator(text: str) -> bool:
    """Whether a head names the indicators."""
    return len(text) <= _LONGEST and key_of_head(text) == r.indicator.key


def _is_table(heads: IndicatorHeads) -> bool:
    """Whether there are enough columns of values: at least two, or one beside a level and another column of ours."""
    values = sum(key in heads.columns for key in VALUES)
    others = sum(key in heads.columns for key in (*_LEVELS, r.reason.key))
    return values >= _FEWEST or (values > 0 and r.category.key in heads.columns and others >= _FEWEST)


def merged_from_above(area: Area, row: int, name: int) -> list[Position]:
    """Cells above that are merged down into this row."""
    last = min(area.last_column, name + _WIDEST)
    corners = (area.corner((row, column)) for column in range(area.left, last + 1))
    return [corner for corner in dict.fromkeys(corners) if area.top <= corner[0] < row]


def _above(area: Area, row: int) -> list[Position]:
    """Cells of the row above that head a column in which this row has nothing."""
    return [(row - 1, column) for column in area.columns(row - 1) if area.is_blank((row, column))]


def key_of_head(text: str) -> str | None:
    """The key of the column with this head."""
    return _cached_key(text) if len(text) <= _LONGEST else _COLUMNS.find(text)


@lru_cache(maxsize=4096)
def _cached_key(text: str) -> str | None:
    """The key of a short head; all forms print the same."""
    key = _COLUMNS.find(text)
    if key is not None:
        return key
    folded = _YEAR.sub("", fold_label(text)).replace("(程)", "")
    candidates = (folded, without_note(folded))
    return next((key for words in candidates for key, wording in _WORDINGS if wording.fullmatch(words)), None)


def _read_heads(area: Area, name: int, bottom: int, cells: list[Position]) -> IndicatorHeads:
    """The columns that these cells head; of two cells for one column the first counts."""
    columns = {r.indicator.key: name}
    parts: dict[str, Position] = {}
    weights: list[int] = []
    passed_over: list[int] = []
    used = {place for place in cells if _is_over_others(area, place, cells) or _heads_natures(area, place)}
    used |= _beside_better_heads(area, [place for place in cells if place not in used])
    used |= _beside_reasons(area, [place for place in cells if place not in used])
    remark = target = None
    for position in [position for position in cells if position not in used]:
        text, column = area.text(position), position[1]
        key, part = key_of_head(text), _SPLIT.find(text)
        if key == r.weight.key:
            weights.append(column)
        elif part is not None:
            parts.setdefault(part, position)
        elif key is None and _REMARK.fullmatch(fold_label(text)):
            remark = remark or position
            continue
        elif key is None or (key in _RIGHT_OF_NAMES and column < name and _COLUMNS.find(text) is None):
            continue
        used.add(position)
        if key == r.indicator.key and column != name and _LEVEL.match(fold_label(text)):
            passed_over.append(column)
        if key == r.target_value.key:
            target = target or position
        if key is not None and key != r.weight.key:
            columns.setdefault(key, column_of_year(area, position))
    if remark is not None and r.reason.key not in columns:
        columns[r.reason.key] = remark[1]
        used.add(remark)
    heads = IndicatorHeads(columns, bottom, used, passed_over=tuple(passed_over))
    _choose_weight(heads, [column for column in weights if not _is_wordy(area, bottom, column)])
    _join_target(heads, area, parts=parts, span=() if target is None else _below_head(area, target, cells))
    return heads


def _beside_better_heads(area: Area, cells: list[Position]) -> set[Position]:
    """Heads of targets and results beside a better one: 2022年完成值 or 完成情况 beside 实际完成值."""
    ranks: dict[str, dict[Position, tuple[int, bool]]] = {}
    for position in cells:
        text = fold_label(area.text(position))
        key, year = key_of_head(_EARLIER.sub("", text)), _YEAR.match(text)
        if key in _OF_YEARS and len(text) <= _LONGEST:
            of_year = 0 if _EARLIER.match(text) else int(year[0][:4]) if year else _NO_YEAR
            ranks.setdefault(key, {})[position] = of_year, not without_note(text).endswith("情况")
    best = {key: max(places.values()) for key, places in ranks.items()}
    return {place for key, places in ranks.items() for place, rank in places.items() if rank < best[key]}


def _beside_reasons(area: Area, cells: list[Position]) -> set[Position]:
    """Heads of measures beside a head of reasons, each over a column of its own."""
    heads = {place: area.text(place) for place in cells if key_of_head(area.text(place)) == r.reason.key}
    has_reasons = any(_CAUSE in text for text in heads.values())
    return {place for place, text in heads.items() if has_reasons and _CAUSE not in text}


def _heads_natures(area: Area, head: Position) -> bool:
    """Whether a column 类别 says 定性 or 定量 of each indicator, and is no level."""
    if key_of_head(area.text(head)) != r.category.key:
        return False
    return any(_NATURES.fullmatch(fold_label(area.text((row, head[1])))) for row in area.rows() if row > head[0])


def _below_head(area: Area, head: Position, cells: list[Position]) -> range:
    """The columns that a head stands over: those it is merged over, and those behind it without a head in its row."""
    behind = (column for row, column in cells if row == head[0] and column > head[1])
    return range(head[1], max(area.end(head)[1] + 1, min(behind, default=head[1] + 1)))


def _is_over_others(area: Area, position: Position, cells: list[Position]) -> bool:
    """Whether a head only groups heads below it: 目标完成情况 over 年度指标值 and 实际完成值."""
    row, last = position[0], area.end(position)[1]
    key = key_of_head(area.text(position)) if last > position[1] else None
    if key is None:
        return False
    below = [area.text(other) for other in cells if other[0] > row and position[1] <= other[1] <= last]
    if key == r.reason.key and any(_CAUSE in other for other in below):
        # Kinds of reasons to be ticked, and the reason in words, below 偏差原因分析.
        return True
    return any(other is not None and other != key for other in map(key_of_head, below))


def _is_wordy(area: Area, bottom: int, column: int) -> bool:
    """Whether texts stand below a head of points, and no number: some offices describe the indicator there."""
    below = [
        fold_label(area.text((row, column))) for row in area.rows() if row > bottom and column in area.columns(row)
    ]
    return bool(below) and not any(_POINTS.fullmatch(text.rstrip("%")) for text in below)


def _choose_weight(heads: IndicatorHeads, weights: list[int]) -> None:
    """Of several columns of points (one a level) the one behind 三级指标 counts, the others are those of the levels."""
    columns = heads.columns
    if not weights:
        return
    behind = [column for column in weights if column > columns[r.indicator.key]]
    columns[r.weight.key] = behind[0] if behind else weights[-1]
    for key, following in zip(_LEVELS, (r.part.key, r.indicator.key), strict=True):
        start, end = columns.get(key), columns.get(following)
        between = [column for column in weights if start is not None and end is not None and start < column < end]
        if between and between[0] != columns[r.weight.key]:
            heads.level_weights[key] = between[0]


def _add_levels_without_head(area: Area, heads: IndicatorHeads) -> None:
    """The columns of levels that only their contents tell: 数量指标, 质量指标 below a blank head."""
    for key, is_named in ((r.part.key, _names_part), (r.category.key, _names_category)):
        if key in heads.columns:
            continue
        others = {*heads.columns.values(), *heads.passed_over}
        rows = [row for row in area.rows() if row > heads.bottom]
        for column in range(area.left, heads.columns[r.indicator.key]):
            below = ((row, column) for row in rows if column in area.columns(row))
            if column not in others and any(is_named(area, position) for position in below):
                heads.columns[key] = column
                break
    first, name = heads.columns.get(r.category.key), heads.columns[r.indicator.key]
    if first is not None and r.part.key not in heads.columns:
        others = {*heads.columns.values(), *heads.passed_over, *heads.level_weights.values()}
        between = (column for column in range(first + 1, name) if column not in others)
        part = next((column for column in between if _has_names(area, heads.bottom, column)), None)
        if part is not None:
            heads.columns[r.part.key] = part


def _has_names(area: Area, head: int, column: int) -> bool:
    """Whether a column without a head has words below it, in place of a level."""
    is_headed = not area.is_blank((head, column))
    below = (area.text((row, column)) for row in area.rows() if row > head and column in area.columns(row))
    return not is_headed and any(_WORDS.search(text) for text in below)


def _names_part(area: Area, position: Position) -> bool:
    text = area.text(position)
    return len(text) <= _LONGEST and r.part_named(fold_label(text)) is not None


def _names_category(area: Area, position: Position) -> bool:
    text = area.text(position)
    return len(text) <= _LONGEST and _CATEGORY.fullmatch(fold_label(text)) is not None


def _add_score_headed_above(area: Area, row: int, heads: IndicatorHeads) -> None:
    """A column of scores whose head stands at the top of the form; here it has the points of the table, or nothing."""
    last = max(heads.columns.values())
    for column in range(last + 1, min(area.last_column, last + _WIDEST) + 1):
        above = (area.text((line, column)) for line in area.rows() if line < row and column in area.columns(line))
        if _POINTS.fullmatch(fold_label(area.text((row, column)))) and any(
            _SCORE_ABOVE.fullmatch(fold_label(text)) for text in above
        ):
            heads.columns[r.score.key] = column
            return


def _join_target(heads: IndicatorHeads, area: Area, *, parts: dict[str, Position], span: Sequence[int]) -> None:
    """A target split into 指标性质, 指标值, 度量单位, in the row of the heads or in one below a common head.

    `span` are the columns of the head of the target: the number stands in the first that has no head of its own.
    """
    columns = heads.columns
    by_name = {name: column_of_year(area, position) for name, position in parts.items()}
    value = by_name.get("值") or columns.get(r.target_value.key)
    if value in by_name.values() and "值" not in by_name:
        headed = {column for head in parts.values() for column in range(head[1], area.end(head)[1] + 1)}
        value = next((column for column in span if column not in headed), value)
    if value is None:
        return
    columns[r.target_value.key] = value
    if parts.keys() & {"性质", "单位", "调整"}:
        heads.split = SplitColumns(value, by_name.get("性质"), by_name.get("单位"), by_name.get("调整"))
