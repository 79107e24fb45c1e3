"""Merged cells dissolved into repeated texts, numbers at the left edge, units and signs in columns of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from benchmarks.trust.drawing import ABOVE, LEFT, DrawnCell
from benchmarks.trust.layouts.grid import BESIDE, BLANK, Line

if TYPE_CHECKING:
    from benchmarks.trust.layouts.grid import Grid

_MEASURED: Final = re.compile(r"(?P<sign>[≥≤＞＜=]?)(?P<number>\d+(?:\.\d+)?)(?P<unit>[%万亿]?[\u4e00-\u9fff㎡]{0,3})")
_MEASURES: Final = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")


def repeated(grid: Grid) -> bool:
    """Each cell of a merged area of the table holds its text, as converters of web pages write it."""
    return _repeat(grid, {LEFT, ABOVE})


def repeated_labels(grid: Grid) -> bool:
    """Labels of blocks and levels on each of their rows, merged over their columns only."""
    return _repeat(grid, {ABOVE})


def _repeat(grid: Grid, signs: set[str]) -> bool:
    changed = False
    above: list[DrawnCell] = []
    for line in grid.lines:
        for column, cell in enumerate(line.cells):
            if line.kind == "!" or cell.marks or cell.content not in signs:
                continue
            owner = line.cells[column - 1] if cell.content == LEFT else above[column]
            if owner.content not in {LEFT, ABOVE}:
                line.cells[column] = DrawnCell(owner.content)
                changed = True
        above = line.cells
    return changed


def numbers_at_left(grid: Grid) -> bool:
    """A column 序号 at the left edge of the whole table, with the number of each of its rows."""
    number = 0
    for line in grid.lines:
        number += line.kind != "!"
        if line.kind == "!":
            line.cells.append(BESIDE)
        else:
            line.cells.insert(0, DrawnCell("序号" if number == 1 else number - 1))
    grid.width += 1
    return True


def blank_columns_left(grid: Grid) -> bool:
    """Two blank columns at the left edge, and two blank rows above."""
    for line in grid.lines:
        line.cells[:0] = [BLANK, BLANK]
    grid.width += 2
    grid.lines[:0] = [Line("-", [BLANK] * grid.width) for _ in range(2)]
    return True


def units_apart(grid: Grid) -> bool:
    """The units of targets in a column 计量单位 behind them."""
    return _split_targets(grid, with_signs=False)


def signs_and_units_apart(grid: Grid) -> bool:
    """指标性质 before, 度量单位 behind the number of a target."""
    return _split_targets(grid, with_signs=True)


def _split_targets(grid: Grid, *, with_signs: bool) -> bool:
    table = grid.table()
    column = grid.column_of(table[0], "年度指标值") if table is not None else None
    if table is None or column is None or column + 1 >= grid.width:
        return False
    rows = grid.lines[table[0] : table[1]]
    if any(line.cells[at].content in {LEFT, ABOVE} for line in rows for at in (column, column + 1)):
        return False
    targets = [_MEASURED.fullmatch(str(line.cells[column].content)) for line in rows[1:] if line.kind == "#"]
    if not targets or not all(targets) or not any(target and target["unit"] for target in targets):
        return False
    grid.insert_column(column + 1)
    if with_signs:
        grid.insert_column(column)
    for at, line in enumerate(grid.lines):
        _split(line, column, is_head=at == table[0], is_row=table[0] < at < table[1], with_signs=with_signs)
    return True


def _split(line: Line, column: int, *, is_head: bool, is_row: bool, with_signs: bool) -> None:
    value = column + with_signs
    cell = line.cells[value]
    match = _MEASURED.fullmatch(str(cell.content)) if is_row and line.kind == "#" else None
    if is_head:
        line.cells[value + 1] = DrawnCell("度量单位" if with_signs else "计量单位")
        if with_signs:
            line.cells[column] = DrawnCell("指标性质")
    elif match is not None:
        number = match["number"] if with_signs else match["sign"] + match["number"]
        line.cells[value] = replace(cell, content=number)
        line.cells[value + 1] = DrawnCell(match["unit"] or None)
        if with_signs:
            line.cells[column] = DrawnCell(match["sign"] or None)
    elif line.kind not in "!#~":
        for at in (value + 1, *([column] if with_signs else ())):
            if line.cells[at].content is None and at:
                line.cells[at] = BESIDE


def rate_before_amounts(grid: Grid) -> bool:
    """执行率 before the amounts of the money."""
    return _reorder_money(grid, ("执行率", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"))


def score_before_weight_of_money(grid: Grid) -> bool:
    """得分 before 分值, and 全年执行数 before the budgets."""
    return _reorder_money(grid, ("全年执行数", "年初预算数", "全年预算数", "得分", "执行率", "分值"))


def _reorder_money(grid: Grid, order: tuple[str, ...]) -> bool:
    money = grid.money()
    if money is None:
        return False
    places = {name: at for name in _MEASURES if (at := grid.column_of(money[0], name)) is not None}
    columns, lines = sorted(places.values()), grid.lines[money[0] : money[1]]
    is_apart = all(
        line.cells[at].content not in {LEFT, ABOVE}
        and (at + 1 == grid.width or line.cells[at + 1].content != LEFT)
        and line.kind in "@$"
        for line in lines
        for at in columns
    )
    names = [name for name in order if name in places]
    if not is_apart or len(names) < 2 or [places[name] for name in names] == columns:
        return False
    for line in lines:
        before = list(line.cells)
        for name, at in zip(names, columns, strict=True):
            line.cells[at] = before[places[name]]
    return True
