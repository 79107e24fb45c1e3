"""The indicator table found by its heads, in whatever order and number of columns, and the row of the total."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import review as r
from xltool.reader.labels.area import Area, Labels, Position, fold_label
from xltool.reader.labels.location import BY_NEIGHBOUR, LabelSearch, names_of
from xltool.reader.labels.splits import Joined

if TYPE_CHECKING:
    from xltool.forms.review import YearFunds

_COLUMNS = Labels(pair for column in r.indicators.inputs for pair in names_of(column))
_LEVELS = (r.category.key, r.part.key)
_VALUES = (r.target_value.key, r.actual_value.key, r.weight.key, r.score.key)
_TOTAL = Labels((text, "总分") for text in ("总分", "合计", "总计", "自评总分", "总得分", "合计得分", "得分合计"))
_SCORE = re.compile(r"^(?:总分|自评总分|总得分|自评得分|合计得分|得分合计)[:：]?(\d+(?:\.\d+)?)分?$")
_GRADE_LABEL = re.compile(r"^(?:(?:自评|评价|绩效|评定|考核)(?:结果)?)?等级[:：]?(?P<value>.*)$")
_GRADE = re.compile(r"^(?:优秀?|良好?|中等?|较?差)$")
_SPLIT = Labels(
    [
        ("指标性质", "性质"),
        ("运算符号", "性质"),
        ("指标值", "值"),
        ("度量单位", "单位"),
        ("计量单位", "单位"),
        ("调整指标值", "调整"),
        ("调整后指标值", "调整"),
    ]
)
_AFTER = re.compile(
    r"^(?:说明|注[:：\d]|备注|其他需要说明|其它需要说明|评价结论|自评结论|存在(?:的)?问题|改进措施|下一步|填表人|填报人|联系人|单位负责人"
    r"|财务负责人|负责人|填报日期|联系电话|绩效等级|自评等级|年度总体目标|预期目标)"
)
_LEVEL_NAME = re.compile(r"指标|产出|效益|满意|数量|质量|时效|进度|成本|经济|社会|生态|影响")
_FEWEST_HEADS = 2


def locate_indicators(found: LabelSearch, year: YearFunds) -> None:
    """Columns and rows of the indicators, and the total below them (or anywhere, if called 自评总分)."""
    for row in found.area.rows():
        columns = _heads(found.area, row)
        if columns:
            _use_heads(found, row, columns)
            head = found.area.end((row, columns[r.indicator.key]))[0]
            _split_columns(found, (row, head), columns)
            found.columns[r.INDICATORS] = columns
            _rows(found, head, columns, year)
            break
    _total_elsewhere(found, year)


def _heads(area: Area, row: int) -> dict[str, int]:
    """Columns by key, if the row is one of heads: 三级指标 and at least two of the columns of values."""
    columns: dict[str, int] = {}
    for column in area.columns(row):
        key = _COLUMNS.find(area.text((row, column)))
        if key is not None:
            columns.setdefault(key, column)
    known = sum(key in columns for key in _VALUES)
    return columns if r.indicator.key in columns and known >= _FEWEST_HEADS else {}


def _use_heads(found: LabelSearch, row: int, columns: dict[str, int]) -> None:
    found.used.update((row, column) for column in columns.values())


def _split_columns(found: LabelSearch, rows: tuple[int, int], columns: dict[str, int]) -> None:
    """A target split into 指标性质, 指标值, 度量单位, in the row of the heads or in one below a common head."""
    area = found.area
    parts: dict[str, int] = {}
    for row in range(rows[0], rows[1] + 1):
        for column in area.columns(row):
            key = _SPLIT.find(area.text((row, column)))
            if key is not None:
                parts.setdefault(key, column)
                found.used.add((row, column))
    value = parts.get("值") or columns.get(r.target_value.key)
    if value is None:
        return
    columns[r.target_value.key] = value
    if parts.keys() & {"性质", "单位", "调整"}:
        joined = Joined(value, parts.get("性质"), parts.get("单位"), parts.get("调整"))
        found.joined[r.target_value.key] = joined


def _rows(found: LabelSearch, head: int, columns: dict[str, int], year: YearFunds) -> None:
    area, rows = found.area, []
    for row in (row for row in area.rows() if row > head):
        again = _heads(area, row)
        total = next((column for column in area.columns(row) if _TOTAL.find(area.text((row, column)))), None)
        if again:
            _use_heads(found, row, again)
        elif any(fold_label(area.text((row, column))) == "小计" for column in area.columns(row)):
            continue
        elif total is not None:
            found.used.add((row, total))
            _total(found, row, columns, year)
            break
        elif _AFTER.match(fold_label(area.text((row, area.columns(row)[0])))) or _scored(found, row, year):
            break
        elif _spots(found, row, columns):
            rows.append(row)
            found.used.update(_spots(found, row, columns))
    found.rows[r.INDICATORS] = rows


def _spots(found: LabelSearch, row: int, columns: dict[str, int]) -> set[Position]:
    """Cells of a row that belong to it; a name of a level alone is one of a category without indicators."""
    joined = {column for parts in found.joined.values() for column in parts.columns}
    spots = {(row, column) for column in {*columns.values(), *joined} if column in found.area.columns(row)}
    levels = {(row, columns[key]) for key in _LEVELS if key in columns}
    if spots <= levels and not all(_LEVEL_NAME.search(found.area.text(spot)) for spot in spots):
        return set()
    return spots


def _scored(found: LabelSearch, row: int, year: YearFunds) -> bool:
    """Whether a row says the total in one cell."""
    return any(_scored_in(found, (row, column), year) for column in found.area.columns(row))


def _total(found: LabelSearch, row: int, columns: dict[str, int], year: YearFunds) -> None:
    for key, item in (("分值", year.total_weight), ("得分", year.total_score)):
        if key in columns and found.area.text((row, columns[key])).strip():
            found.put(item, found.area.corner((row, columns[key])))
    if year.total_score.key in found.cells:
        return
    numbers: list[Position] = [
        (row, c) for c in found.area.columns(row) if found.area.text((row, c)).strip()[:1].isdigit()
    ]
    # 100 and 95, or only 95 where the form has no column of weights.
    left = [spot for spot in numbers if spot not in found.used]
    wanted = [year.total_weight, year.total_score] if len(left) > 1 else [year.total_score]
    for item, spot in zip(wanted, left, strict=False):
        found.put(item, spot, how=BY_NEIGHBOUR)
    if year.total_score.key not in found.cells and "得分" in columns:
        for key, item in (("分值", year.total_weight), ("得分", year.total_score)):
            if key in columns:
                found.put(item, (row, columns[key]))


def _total_elsewhere(found: LabelSearch, year: YearFunds) -> None:
    """A total that stands above the table or in a block of its own."""
    if year.total_score.key in found.cells:
        return
    taken = set(found.rows.get(r.INDICATORS, []))
    for spot, text in list(found.area.texts()):
        if spot in found.used or spot[0] in taken:
            continue
        if fold_label(text) in {"自评总分", "总得分", "总分", "自评得分"}:
            right = found.area.right_of(spot)
            beside = found.area.text(right).strip()[:1].isdigit()
            (found.put_beside if beside else found.put_below)(year.total_score, spot)
            return
        if _scored_in(found, spot, year):
            return


def _scored_in(found: LabelSearch, spot: Position, year: YearFunds) -> bool:
    """Whether a cell says the total: 总分：95."""
    match = _SCORE.match(fold_label(found.area.text(spot)))
    if match:
        found.put_inline(year.total_score, spot, match[1])
    return match is not None


def locate_grade(found: LabelSearch, year: YearFunds) -> None:
    """The grade printed beside a label of its own, or in the row of the total."""
    area = found.area
    for spot, text in area.texts():
        label = _GRADE_LABEL.match(fold_label(text))
        beside = (area.right_of(spot), area.below(spot)) if label else ()
        value = next((place for place in beside if _GRADE.match(fold_label(area.text(place)))), None)
        if label and _GRADE.match(label["value"]):
            found.grade = (label["value"], spot)
        elif label and value is not None:
            found.grade = (fold_label(area.text(value)), value)
        if label and found.grade is not None:
            found.used.update({spot, found.grade[1]})
            return
    row = found.cells.get(year.total_score.key, (0, 0))[0]
    for column in area.columns(row):
        if _GRADE.match(fold_label(area.text((row, column)))):
            found.grade = (fold_label(area.text((row, column))), (row, column))
            found.used.add((row, column))
