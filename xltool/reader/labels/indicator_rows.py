"""The indicator table, located by its heads in whatever order and number of columns, and the row of the total."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.forms import review as r
from xltool.reader.labels.area import Area, fold_label, is_number_of_row, without_note
from xltool.reader.labels.fund_lines import amount_in
from xltool.reader.labels.indicator_heads import find_heads
from xltool.reader.labels.placeholders import fold_prompt, is_example, is_prompt_of_name, is_prompt_of_value
from xltool.reader.labels.search import BY_NEIGHBOUR, LabelSearch
from xltool.reader.labels.words import MARKERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field
    from xltool.forms.review import YearFunds
    from xltool.reader.a1 import Position
    from xltool.reader.labels.indicator_heads import IndicatorHeads

_LONGEST_TOTAL = 20
_ROWS_BEHIND = 3
_LEVELS = (r.category.key, r.part.key)
_TOTAL = re.compile(r"(?:项目|自评|绩效|综合|评价|评分|指标){0,3}(?:总分|合计|总计|总得分|合计得分|得分合计|综合得分)")
_EXECUTION = re.compile(r"(?:项目|预算|资金)?(?:预算|资金)?执行率(?:指标)?(?:\(.{1,6}\))?")
_EXECUTION_AS_GROUP = re.compile(r"(?:项目|年度|部门|预算|资金){1,3}执行(?:情况|进度)?(?:指标)?(?:\(.{1,6}\))?")
"""The execution of the budget in place of all levels: as one of the levels it is a group of indicators."""
_ALL_POINTS = re.compile(r"总?分值(?:合计)?|满分|总分")
_ALL_SCORES = re.compile(r"(?:自评|实际|合计|总|最终){0,2}得分|自评总?分")
"""Labels in the row of the total, each with its number right of it."""
_SCORE = re.compile(r"^(?:总分|自评总分|总得分|自评得分|合计得分|得分合计)[:：]?(\d+(?:\.\d+)?)分?$")
_GRADE_LABEL = re.compile(r"^(?:(?:自评|评价|绩效|评定|考核)(?:结果)?)?等级[:：]?(?P<value>.*)$")
_GRADE = re.compile(r"^(?:优秀?|良好?|中等?|较?差)$")
_AFTER = re.compile(
    r"^(?:说明|注[:：\d]|备注|(?:预算)?绩效(?:自评|评价)结果|其[他它]需要?说明|评价结论|自评结论|存在(?:的)?问题|改进措施|下一步|填表人|填报人|联系人|单位负责人"
    r"|财务负责人|负责人|填报日期|联系电话|绩效等级|自评等级|年度总体目标|预期目标)"
)
_LEVEL_NAME = re.compile(r"指标|产出|效益|满意|数量|质量|时效|进度|成本|经济|社会|生态|影响")
_SECTION = re.compile(r"[\u4e00-\u9fff]{1,8}(?:目标|指标)(?:\(.{1,6}\))?")
_SUBTOTAL = re.compile(r".{0,10}小计(?:[(].*)?")
_LOWER_HEADS = frozenset({"名称", "内容", "指标名称", "指标内容", "序号"})
_POINTS = re.compile(r"\d{1,6}(?:\.\d{1,10})?\s*[分%]?")
_DASH = re.compile(r"[-—–－]{1,4}")
_MARKS = re.compile(r"[(]?(?:[A-Z]|\d{1,2})(?:=.{1,12})?[)]?")


def locate_indicators(search: LabelSearch, year: YearFunds) -> None:
    """Locate columns and rows of the indicators, and the total below them, or anywhere if it is called 自评总分."""
    for row in search.area.rows():
        heads = find_heads(search.area, row)
        if heads is not None:
            search.used |= heads.used
            search.columns[r.INDICATORS] = heads.columns
            search.tops[r.INDICATORS] = heads.bottom + 1
            if heads.split is not None:
                search.split[r.target_value.key] = heads.split
            search.level_weights = heads.level_weights
            _add_rows(search, heads.bottom, heads.columns, year=year)
            rows = search.rows[r.INDICATORS]
            search.used.update((row, column) for row in rows for column in heads.passed_over)
            break
    _total_elsewhere(search, year)


def _add_rows(search: LabelSearch, head: int, columns: dict[str, int], *, year: YearFunds) -> None:
    """Note the rows of the indicators, up to the total or to what follows the table."""
    area, rows = search.area, []
    for row, again in _rows_below(area, head):
        total = next((column for column in area.columns(row) if _is_total(area.text((row, column)))), None)
        if again is not None or _is_below_heads(area, row, head):
            search.used |= {(row, column) for column in area.columns(row)} if again is None else again.used
        elif any(_SUBTOTAL.fullmatch(fold_label(area.text((row, column)))) for column in area.columns(row)):
            continue
        elif total is not None:
            search.used.add((row, total))
            _add_total(search, row, columns, year=year)
            break
        elif _scored(search, row, year):
            break
        elif _AFTER.match(fold_label(area.text((row, area.columns(row)[0])))):
            _total_behind(search, row, columns, year=year)
            break
        elif _is_execution(search, row, columns):
            _add_execution(search, row, columns, year=year)
        elif spots := _spots(search, row, columns):
            search.used.update(spots)
            search.used.update((row, column) for column in search.level_weights.values())
            if not _is_preprinted(area, row, columns):
                rows.append(row)
    search.rows[r.INDICATORS] = rows


def _rows_below(area: Area, head: int) -> Iterator[tuple[int, IndicatorHeads | None]]:
    """The rows below the heads; heads that are printed again are one row, however many they take."""
    bottom = head
    for row in area.rows():
        if row > bottom:
            again = find_heads(area, row)
            bottom = row if again is None else again.bottom
            yield row, again


def _is_below_heads(area: Area, row: int, head: int) -> bool:
    """Whether a row below the heads only goes on with them: 名称 | 名称 | 名称."""
    texts = {column: fold_label(area.text((row, column))) for column in area.columns(row)}
    lower = [column for column, text in texts.items() if text in _LOWER_HEADS]
    return (
        row - head <= _ROWS_BEHIND
        and bool(lower)
        and all(
            column in lower or is_number_of_row(text) or text == fold_label(area.text((head, column)))
            for column, text in texts.items()
        )
    )


def _is_total(text: str) -> bool:
    return len(text) <= _LONGEST_TOTAL and _cached_total(text)


@lru_cache(maxsize=1024)
def _cached_total(text: str) -> bool:
    return _TOTAL.fullmatch(without_note(fold_label(text))) is not None


def _total_behind(search: LabelSearch, row: int, columns: dict[str, int], *, year: YearFunds) -> None:
    """Note the totals where something else stands between them and the table: 其他需要说明的事项 | 无."""
    area = search.area
    for behind in [other for other in area.rows() if other > row][:_ROWS_BEHIND]:
        label, score = area.columns(behind)[0], columns.get(r.score.key)
        has_score = score is not None and not area.is_blank((behind, score))
        if _is_total(area.text((behind, label))) and (has_score or _labelled_totals(area, behind, year)):
            search.used.add((behind, label))
            _add_total(search, behind, columns, year=year)
            return


def _is_execution(search: LabelSearch, row: int, columns: dict[str, int]) -> bool:
    """Whether a row of the table is that of the execution of the budget: it has its name in place of the levels."""
    area, name = search.area, (row, columns[r.indicator.key])
    named = area.corner(name)
    label = (row, area.columns(row)[0]) if area.is_blank(name) else named
    if label == name and r.category.key in columns:
        label = area.corner((row, columns[r.category.key]))  # the name is repeated in place of every level
    if label == name or named[0] != row:
        return False
    text = fold_label(area.text(label))
    return _EXECUTION.fullmatch(text) is not None or (
        _EXECUTION_AS_GROUP.fullmatch(text) is not None and _fills_all_levels(area, label, columns)
    )


def _fills_all_levels(area: Area, label: Position, columns: dict[str, int]) -> bool:
    """Whether a label stands in place of all levels of a row that has a result."""
    row, name, result = label[0], columns[r.indicator.key], columns.get(r.actual_value.key)
    first = min(columns[key] for key in (*_LEVELS, r.indicator.key) if key in columns)
    levels = {area.text((row, column)).strip() for column in range(first, name + 1)}
    return levels <= {"", area.text(label).strip()} and (result is None or not area.is_blank((row, result)))


def _add_execution(search: LabelSearch, row: int, columns: dict[str, int], *, year: YearFunds) -> None:
    """Note where the points of execution stand in its row of the table, unless the funds have them."""
    search.used.update((row, column) for column in search.area.columns(row))
    for key, item in ((r.weight.key, year.weight), (r.score.key, year.score), (r.actual_value.key, year.rate)):
        if key in columns and not search.area.is_blank((row, columns[key])):
            funds = search.cells.get(item.key)
            if funds is not None and amount_in(search.area, funds) is None:
                del search.cells[item.key]  # a dash among the funds
            search.put(item, (row, columns[key]))


def _is_preprinted(area: Area, row: int, columns: dict[str, int]) -> bool:
    """Whether a row holds only what the form prints before it is filled in: 指标2：, ……, ≥**人, an example."""

    def text(key: str) -> str:
        return area.text((row, columns[key])).strip() if key in columns else ""

    is_marked = any(is_example(text(key)) for key in (*_LEVELS, r.indicator.key))
    if is_marked or _is_section(area, row, columns) or _names_none(area, row, columns):
        return True
    if all(_MARKS.fullmatch(fold_prompt(area.text((row, column)))) for column in area.columns(row)):
        return len(area.columns(row)) > len(_LEVELS)
    name, target, weight = text(r.indicator.key), text(r.target_value.key), text(r.weight.key)
    answers = (text(r.actual_value.key), text(r.score.key), text(r.reason.key), weight)
    if name and is_prompt_of_name(name) and all(map(_is_no_answer, (target, *answers))):
        return True
    if any(answer and not is_prompt_of_value(answer) for answer in answers):
        return False
    if not name or is_prompt_of_name(name):
        return bool(name) and (not target or is_prompt_of_value(target))
    return is_prompt_of_value(target)


def _is_no_answer(text: str) -> bool:
    """Whether nothing was filed in a cell: it is blank, holds what the form prints, or 无."""
    return not text or is_prompt_of_value(text) or MARKERS.fullmatch(text) is not None


def _is_section(area: Area, row: int, columns: dict[str, int]) -> bool:
    """Whether a row only says what follows, in the column of the names: 三、产出目标 in a table without levels."""
    name = columns[r.indicator.key]
    number = (column for column in area.columns(row) if column < name and is_number_of_row(area.text((row, column))))
    filled = set(area.columns(row)) - set(number)
    return filled == {name} and _SECTION.fullmatch(fold_label(area.text((row, name)))) is not None


def _names_none(area: Area, row: int, columns: dict[str, int]) -> bool:
    """Whether a row says that there is no such indicator: a dash in place of its name, and nothing else but levels."""
    name, levels = columns[r.indicator.key], {columns[key] for key in _LEVELS if key in columns}
    return set(area.columns(row)) - levels == {name} and _DASH.fullmatch(area.text((row, name)).strip()) is not None


def _spots(search: LabelSearch, row: int, columns: dict[str, int]) -> set[Position]:
    """Cells of a row that belong to the table; a row with nothing but levels counts only if they name indicators."""
    parts_of_values = {column for parts in search.split.values() for column in parts.columns}
    positions = {
        (row, column) for column in {*columns.values(), *parts_of_values} if column in search.area.columns(row)
    }
    levels = {(row, columns[key]) for key in _LEVELS if key in columns}
    if positions <= levels and not all(_LEVEL_NAME.search(fold_label(search.area.text(at))) for at in positions):
        return set()
    return positions


def _scored(search: LabelSearch, row: int, year: YearFunds) -> bool:
    """Whether a row has the total in one cell with its label."""
    return any(_scored_in(search, (row, column), year) for column in search.area.columns(row))


def _add_total(search: LabelSearch, row: int, columns: dict[str, int], *, year: YearFunds) -> None:
    """Note where the totals stand in the row of the total."""
    for item, position in _labelled_totals(search.area, row, year).items():
        search.used.add((row, search.area.columns(row)[0]))
        search.put_beside(item, position)
    for key, item in (("分值", year.total_weight), ("得分", year.total_score)):
        text = search.area.text((row, columns[key])).strip() if key in columns else ""
        if text and not _is_total(text) and not any(words.match(fold_label(text)) for words in (_GRADE, _GRADE_LABEL)):
            search.put(item, search.area.corner((row, columns[key])))
    if year.total_score.key in search.cells:
        return
    numbers: list[Position] = [
        (row, c) for c in search.area.columns(row) if _POINTS.fullmatch(search.area.text((row, c)).strip())
    ]
    # 100 and 95, or only 95 where the form has no column of weights.
    left = [position for position in numbers if position not in search.used]
    wanted = [year.total_weight, year.total_score] if len(left) > 1 else [year.total_score]
    beside = search.area.right_of((row, min(search.area.columns(row))))
    for item, position in zip(wanted, left, strict=False):
        if position == beside and len(left) == 1:
            search.put(item, position)
        else:
            search.put(item, position, how=BY_NEIGHBOUR)
    if year.total_score.key not in search.cells and "得分" in columns:
        for key, item in (("分值", year.total_weight), ("得分", year.total_score)):
            if key in columns:
                search.put(item, (row, columns[key]))


def _labelled_totals(area: Area, row: int, year: YearFunds) -> dict[Field, Position]:
    """The labels in the row of the total that have their number right of them: 总分 | 总分值 | 100 | 总得分 | 95.

    A score has such a label only behind another one: 总得分 heads the row, and 100 right of it may be the points.
    """
    texts = {column: fold_label(area.text((row, column))) for column in area.columns(row)}
    first = next((text for text in texts.values() if not is_number_of_row(text)), "")
    labels = {column: text for column, text in texts.items() if text != first}

    def is_points(position: Position) -> bool:
        return position[0] == row and _POINTS.fullmatch(area.text(position).strip()) is not None

    numbered = [column for column in labels if is_points(area.right_of((row, column)))]
    points = next((column for column in numbered if _ALL_POINTS.fullmatch(labels[column])), None)
    score = next((column for column in numbered if _ALL_SCORES.fullmatch(labels[column])), None)
    if score is None or is_points(area.right_of(area.right_of((row, score)))):
        return {}
    return {year.total_score: (row, score)} | ({} if points is None else {year.total_weight: (row, points)})


def _total_elsewhere(search: LabelSearch, year: YearFunds) -> None:
    """Locate a total that stands above the table or in a block of its own."""
    if year.total_score.key in search.cells:
        return
    table_rows = set(search.rows.get(r.INDICATORS, []))
    for position, text in list(search.area.texts()):
        if position in search.used or position[0] in table_rows:
            continue
        if fold_label(text) in {"自评总分", "总得分", "总分", "自评得分"}:
            right = search.area.right_of(position)
            beside = _POINTS.fullmatch(search.area.text(right).strip()) is not None
            (search.put_beside if beside else search.put_below)(year.total_score, position)
            return
        if _scored_in(search, position, year):
            return


def _scored_in(search: LabelSearch, position: Position, year: YearFunds) -> bool:
    """Whether a cell has the total with its label: 总分：95."""
    match = _SCORE.match(fold_label(search.area.text(position)))
    if match:
        search.put_inline(year.total_score, position, match[1])
    return match is not None


def locate_grade(search: LabelSearch, year: YearFunds) -> None:
    """Locate the grade, beside a label of its own or in the row of the total."""
    area = search.area
    for position, text in area.texts():
        label = _GRADE_LABEL.match(fold_label(text))
        beside = (area.right_of(position), area.below(position)) if label else ()
        value = next((place for place in beside if _GRADE.match(fold_label(area.text(place)))), None)
        if label and _GRADE.match(label["value"]):
            search.grade = (label["value"], position)
        elif label and value is not None:
            search.grade = (fold_label(area.text(value)), value)
        if label and search.grade is not None:
            search.used.update({position, search.grade[1]})
            return
    row = search.cells.get(year.total_score.key, (0, 0))[0]
    for column in area.columns(row):
        if _GRADE.match(fold_label(area.text((row, column)))):
            search.grade = (fold_label(area.text((row, column))), (row, column))
            search.used.add((row, column))
