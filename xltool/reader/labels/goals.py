"""The goal of the year and what was achieved: below their headings, or beside their labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.forms import review as r
from xltool.reader.labels.area import fold_label
from xltool.reader.labels.fund_words import heads_tasks
from xltool.reader.labels.funds import first_row_of_indicators
from xltool.reader.labels.header_words import ACHIEVEMENT, ADJUSTED_GOAL, GOAL, LONGEST
from xltool.reader.labels.search import near_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.expr.nodes import Field
    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area
    from xltool.reader.labels.search import LabelSearch

_HEAD: Final = re.compile(r".{0,6}(?:职责|职能|概述|内容|说明|任务)")
"""A cell between the label of the block and a text, which says what the text is (部门职责)."""
_YEARS: Final = re.compile(r"(?:财政|预算|目标|计划)?年[度份]")
_YEAR: Final = re.compile(r"(20\d\d)年?度?")
_GOAL_OF_YEAR: Final = re.compile(r"(?:年度|部门|绩效|总体){0,3}目标")
"""Heads of a table that has a row for each of several years."""
_RESULTS: Final = re.compile(r"(?:项目|年度|部门|全年|取得的){0,2}主要(?:绩效|成效|成果)(?:情况)?")
"""What was achieved, of a form that tells results, problems and measures in a cell each."""
_ONLY_NUMBER: Final = re.compile(r"[\d.\s分%％]*")


def locate_goals(search: LabelSearch, reported: int | None) -> None:
    """Locate goal and achievement above the indicators, else below them; of several years those of the one reported."""
    area, table = search.area, search.rows.get(r.INDICATORS, ())
    above = range(area.top, min(first_row_of_indicators(area), *table[:1], area.bottom + 1))
    for rows in (above, range(table[-1] + 1, area.bottom + 1)) if table else (above,):
        _below_headings(search, rows, reported)
        _beside_labels(search, rows)
        _blank_beside_label(search, rows)
        near_label(search, (r.goal, r.achievement), rows=rows)
    if not {r.goal.key, r.achievement.key} & search.cells.keys():
        _blank_goal(search, above)


def _below_headings(search: LabelSearch, rows: range, reported: int | None) -> None:
    """Locate both below a row of headings: the goal left of the achievement; of several years in the row of one."""
    area = search.area
    for row in (row for row in area.rows() if row in rows):
        goals, achieved = _headings(search, row)
        if (
            achieved
            and r.goal.key not in search.cells
            and _put_row_of_year(search, achieved[0], rows, reported=reported)
        ):
            return
        pairs = [position for position in achieved if any(goal[1] < position[1] for goal in goals)]
        if pairs and r.goal.key not in search.cells and not _is_beside(search, goals, pairs[0]):
            _put_below(search, r.goal, _heading_of_goal(area, [goal for goal in goals if goal[1] < pairs[0][1]]))
            _put_below(search, r.achievement, pairs[0])
            search.used.update((*goals, *achieved))
            return


def _put_row_of_year(search: LabelSearch, achieved: Position, rows: range, *, reported: int | None) -> bool:
    """Note both in the row of the year reported: 财政年度 | 目标 | 实际完成情况; False where no row is one of years."""
    area, row = search.area, achieved[0]
    before = [column for column in area.columns(row) if column < achieved[1]]
    years = next((column for column in before if _YEARS.fullmatch(_folded(area, (row, column)))), None)
    goal = next((column for column in before if _GOAL_OF_YEAR.fullmatch(_folded(area, (row, column)))), None)
    if years is None or goal is None:
        return False
    below = ((line, _YEAR.fullmatch(_folded(area, (line, years)))) for line in rows if line > row)
    line = next((line for line, year in below if year and int(year[1]) == (reported or int(year[1]))), None)
    if line is None:
        return False
    for item, head in ((r.goal, (row, goal)), (r.achievement, achieved)):
        search.labels.setdefault(item.key, head)
        search.used.add(head)
        search.put(item, area.corner((line, head[1])))
    return True


def _is_beside(search: LabelSearch, goals: Sequence[Position], achieved: Position) -> bool:
    """Whether a text stands right of either label of the row: 年度目标 | 建成20家 | 实际完成 | 建成21家."""
    area = search.area
    goal = max(goal for goal in goals if goal[1] < achieved[1])
    between, behind = area.right_of(goal), area.right_of(achieved)
    return between[1] < achieved[1] and _is_prose(search, between) and _is_prose(search, behind)


def _headings(search: LabelSearch, row: int) -> tuple[list[Position], list[Position]]:
    """The cells of a row that can head the goal, and those that can head the achievement; no heads of indicators."""
    area = search.area
    goals, achieved = [], []
    for column in area.columns(row):
        if (row, column) in search.used:
            continue
        label = _folded(area, (row, column))
        if GOAL.fullmatch(label) or ADJUSTED_GOAL.fullmatch(label):
            goals.append((row, column))
        elif ACHIEVEMENT.fullmatch(label):
            achieved.append((row, column))
    return goals, achieved


def _folded(area: Area, position: Position) -> str:
    """A short text as labels are compared, "" for any other."""
    text = area.text(position)
    return fold_label(text) if len(text) <= LONGEST else ""


def _heading_of_goal(area: Area, goals: Sequence[Position]) -> Position:
    """Of several cells the heading of the goal: not the label of the block, and what was set before what was adjusted.

    An adjusted goal counts where the cell below the other is blank.
    """
    bottom = min(area.end(goal)[0] for goal in goals)
    headings = [goal for goal in goals if area.end(goal)[0] == bottom]
    headings.sort(key=lambda goal: ADJUSTED_GOAL.fullmatch(_folded(area, goal)) is not None)
    return next((goal for goal in headings if not area.is_blank(area.below(goal))), headings[-1])


def _put_below(search: LabelSearch, item: Field, heading: Position) -> None:
    """Note the text below a heading; of a block of several rows, the texts of all of them."""
    area = search.area
    # Of labels within labels the innermost is that of the texts.
    bottom = min((area.end(side)[0] for side in _cells_left(area, heading)), default=heading[0])
    texts = [area.corner((row, heading[1])) for row in range(heading[0] + 1, min(bottom, area.bottom) + 1)]
    filled = [position for position in dict.fromkeys(texts) if not area.is_blank(position)]
    if len(filled) > 1 and not any(map(search.is_label, filled)):
        search.labels.setdefault(item.key, heading)
        search.put_lines(item, filled)
    else:
        search.put_below(item, heading)


def _cells_left(area: Area, heading: Position) -> Iterable[Position]:
    """The cells left of a heading that reach below it: the label of its block."""
    corners = (area.corner((heading[0], column)) for column in range(area.left, heading[1]))
    return (corner for corner in corners if area.end(corner)[0] > heading[0])


def _beside_labels(search: LabelSearch, rows: range) -> None:
    """Locate each right of its label; two texts right of the label of the goal are goal and achievement."""
    area = search.area
    for position, text in list(area.texts()):
        if position[0] not in rows or len(text) > LONGEST:
            continue
        label = fold_label(text)
        item = _item_of(label)
        value = area.right_of(position)
        if item is not None and area.is_blank(value):
            value = area.later(value) or value
        if item is None or item.key in search.cells or not _is_prose(search, value):
            continue
        second = area.right_of(value)
        if area.is_blank(second):
            second = area.later(value) or second
        has_second = second != value and _is_prose(search, second)
        if has_second and _HEAD.fullmatch(area.text(value).strip()):
            continue
        search.put_beside(item, position)
        if item is r.goal and has_second:
            search.put(r.achievement, second)


def _blank_beside_label(search: LabelSearch, rows: range) -> None:
    """Locate the blank cell of one of both, whose label stands above or below that of the other."""
    area = search.area
    missing = [item for item in (r.goal, r.achievement) if item.key not in search.cells]
    other = next((item.key for item in (r.goal, r.achievement) if item.key in search.cells), None)
    if len(missing) != 1 or other is None or other not in search.labels:
        return
    label, text = search.labels[other], search.cells[other]
    above = next((row for row in reversed(area.rows()) if row < label[0]), label[0])
    for place in (area.corner((above, label[1])), area.corner((area.end(text)[0] + 1, label[1]))):
        is_own = place[0] in rows and place != label and _item_of(_folded(area, place)) is missing[0]
        if is_own and area.right_of(place)[1] == text[1] and area.columns(place[0]) == [place[1]]:
            search.put_beside(missing[0], place)
            return


def _blank_goal(search: LabelSearch, rows: range) -> None:
    """Locate the blank cell of a goal whose label stands alone in its row, with no text beside or below it."""
    area = search.area
    labels = [(row, area.columns(row)[0]) for row in area.rows() if row in rows and len(area.columns(row)) == 1]
    for label in labels:
        value, below = area.right_of(label), area.below(label)
        if area.has_cell(value) and GOAL.fullmatch(_folded(area, label)) and len(area.text(below)) <= LONGEST:
            search.put_beside(r.goal, label)
            return


def _item_of(label: str) -> Field | None:
    """What the text beside a label is, the goal or what was achieved; None for any other label."""
    if GOAL.fullmatch(label):
        return r.goal
    return r.achievement if ACHIEVEMENT.fullmatch(label) or _RESULTS.fullmatch(label) else None


def _is_prose(search: LabelSearch, position: Position) -> bool:
    """Whether a cell holds a text that can be a goal: no label, no head of tasks, no number, no points."""
    text = search.area.text(position)
    is_other = _ONLY_NUMBER.fullmatch(text) is not None or heads_tasks(text)
    return search.area.holds(position) and not (is_other or search.is_label(position))
