"""Other columns and rows: blank and hidden ones, other orders, merges more and fewer, heads in two rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from benchmarks.trust.drawing import ABOVE, LEFT, DrawnCell, Mark
from benchmarks.trust.layouts.grid import BELOW, BESIDE, BLANK, Line

if TYPE_CHECKING:
    from benchmarks.trust.layouts.grid import Grid

LEVELS: Final = ("一级指标", "二级指标", "三级指标")
_NAMED: Final = frozenset(LEVELS)


def blank_rows_above(grid: Grid) -> bool:
    """Two blank rows above the form."""
    grid.lines[:0] = [Line("-", [BLANK] * grid.width) for _ in range(2)]
    return True


def blank_rows_between(grid: Grid) -> bool:
    """A blank row above each label of a block."""
    lines: list[Line] = []
    for line in grid.lines:
        first = line.cells[0].content
        if line.kind in "-@" and first and first != ABOVE and lines and lines[-1].kind != "!":
            lines.append(Line("-", [BLANK] * grid.width))
        lines.append(line)
    grid.lines = lines
    return True


def blank_column_left(grid: Grid) -> bool:
    """A narrow blank column at the left edge."""
    for line in grid.lines:
        line.cells.insert(0, BLANK)
    grid.width += 1
    return True


def blank_column_inside(grid: Grid) -> bool:
    """A blank column before the last column."""
    grid.insert_column(grid.width - 1)
    return True


def doubled_columns(grid: Grid) -> bool:
    """Each column twice as many, all cells merged over two."""
    for line in grid.lines:
        line.cells = [part for cell in line.cells for part in (cell, BESIDE)]
    for line in grid.lines:
        for column in range(1, len(line.cells), 2):
            if line.cells[column - 1].content == ABOVE:
                line.cells[column] = BELOW
    grid.width *= 2
    return True


def doubled_rows(grid: Grid) -> bool:
    """Each row of indicators and names over two rows of the sheet, merged."""
    lines: list[Line] = []
    for line in grid.lines:
        lines.append(line)
        if line.kind in "-#" and any(cell.content not in {None, LEFT, ABOVE} for cell in line.cells):
            lines.append(Line("~", [DrawnCell(ABOVE)] * grid.width))
    grid.lines = lines
    return True


def unmerged(grid: Grid) -> bool:
    """Nothing merged: the text stands in the first cell, and the others are blank."""
    for line in grid.lines:
        line.cells = [
            replace(cell, content=None) if cell.content in {LEFT, ABOVE} and not cell.marks else cell
            for cell in line.cells
        ]
    return True


def unmerged_lines(grid: Grid) -> bool:
    """Cells side by side are not merged."""
    for line in grid.lines:
        line.cells = [BLANK if cell.content == LEFT and not cell.marks else cell for cell in line.cells]
    return True


def levels_on_every_row(grid: Grid) -> bool:
    """一级指标 and 二级指标 written on every row, not merged."""
    table = grid.table()
    if table is None:
        return False
    columns = [column for name in LEVELS[:2] if (column := grid.column_of(table[0], name)) is not None]
    above: dict[int, DrawnCell] = {}
    for line in grid.lines[table[0] + 1 : table[1]]:
        for column in columns:
            if line.cells[column].content == ABOVE and column in above:
                line.cells[column] = above[column]
            above[column] = replace(line.cells[column], marks=())
    return bool(columns)


def levels_on_first_row(grid: Grid) -> bool:
    """一级指标 and 二级指标 on the first of their rows only, and not merged."""
    table = grid.table()
    if table is None:
        return False
    columns = [column for name in LEVELS[:2] if (column := grid.column_of(table[0], name)) is not None]
    for line in grid.lines[table[0] + 1 : table[1]]:
        for column in columns:
            if line.cells[column].content == ABOVE:
                line.cells[column] = BLANK
    return bool(columns)


def _is_total(line: Line) -> bool:
    return any(mark.field.startswith("总分_") for cell in line.cells for mark in cell.marks)


def _move(grid: Grid, source: int, target: int) -> None:
    """Move a column of the indicator table, its heads and its totals."""
    table = grid.table()
    if table is None:
        return
    total = [line for line in grid.lines[table[1] : table[1] + 1] if _is_total(line)]
    for line in total:
        line.cells = [BLANK if cell.content == LEFT else cell for cell in line.cells]
    for line in (*grid.lines[table[0] : table[1]], *total):
        line.cells.insert(target, line.cells.pop(source))


def _is_plain(grid: Grid, column: int) -> bool:
    """Whether no cell of a column of the indicator table is merged with one beside it."""
    table = grid.table()
    if table is None:
        return False
    lines = grid.lines[table[0] : table[1]]
    if any(cell.content == ABOVE for line in grid.lines[table[1] : table[1] + 1] for cell in line.cells[1:]):
        return False
    at_edge = column + 1 == grid.width
    return all(
        line.cells[column].content != LEFT and (at_edge or line.cells[column + 1].content != LEFT) for line in lines
    )


def _moved(grid: Grid, field: str, before: str) -> bool:
    """Move the column of a field before that of another; False where either is not there or is merged."""
    table = grid.table()
    source, target = (grid.column_of(table[0], name) if table is not None else None for name in (field, before))
    if source is None or target is None or source == target:
        return False
    if not all(_is_plain(grid, column) for column in range(min(source, target), max(source, target) + 1)):
        return False
    _move(grid, source, target if target < source else target - 1)
    return True


def weight_before_target(grid: Grid) -> bool:
    """分值 before 年度指标值."""
    return _moved(grid, "分值", "年度指标值")


def weight_before_names(grid: Grid) -> bool:
    """分值 before 三级指标, where a level above has its points."""
    return _moved(grid, "分值", "三级指标")


def score_before_weight(grid: Grid) -> bool:
    """得分 before 分值."""
    return _moved(grid, "得分", "分值")


def actual_before_target(grid: Grid) -> bool:
    """实际完成值 before 年度指标值."""
    return _moved(grid, "实际完成值", "年度指标值")


def serial_numbers(grid: Grid) -> bool:
    """A column 序号 before the levels, with the number of each row."""
    table = grid.table()
    if table is None:
        return False
    head, end = table
    levels = [column for name in LEVELS if (column := grid.column_of(head, name)) is not None]
    first = min(levels, default=None)
    if first is None or not all(line.cells[first].content != LEFT for line in grid.lines[head:end]):
        return False
    grid.insert_column(first)
    number = 0
    for at, line in enumerate(grid.lines):
        if at == head:
            line.cells[first] = DrawnCell("序号")
        elif head < at < end and line.kind in "#~":
            number += 1
            line.cells[first] = DrawnCell(number)
        elif first and line.cells[first].content is None:
            line.cells[first] = BELOW if line.cells[first - 1].content == ABOVE else BESIDE
    return True


def extra_column(grid: Grid) -> bool:
    """A column 评分标准 with texts behind 三级指标."""
    table = grid.table()
    column = grid.column_of(table[0], "三级指标") if table is not None else None
    if table is None or column is None or not _is_plain(grid, column):
        return False
    grid.insert_column(column + 1)
    for at, line in enumerate(grid.lines):
        if at == table[0]:
            line.cells[column + 1] = DrawnCell("评分标准")
        elif table[0] < at < table[1] and line.kind == "#":
            line.cells[column + 1] = DrawnCell("达到目标值得满分，否则按比例扣分")
        elif line.kind != "!" and line.cells[column + 1].content is None:
            line.cells[column + 1] = BESIDE
    return True


def heads_in_two_rows(grid: Grid) -> bool:
    """The heads of the indicators over two rows: 绩效指标 over the levels, the others merged downwards."""
    table = grid.table()
    if table is None:
        return False
    head = grid.lines[table[0]]
    columns = [column for name in LEVELS if (column := grid.column_of(table[0], name)) is not None]
    if len(columns) < len(LEVELS) or columns != list(range(columns[0], columns[0] + len(LEVELS))):
        return False
    if any(cell.content == ABOVE for cell in head.cells):
        return False
    upper = [DrawnCell(cell.content) for cell in head.cells]
    upper[columns[0] : columns[-1] + 1] = [DrawnCell("指标"), BESIDE, BESIDE]
    head.cells = [
        cell if column in columns else replace(cell, content=cell.content if cell.content == LEFT else ABOVE)
        for column, cell in enumerate(head.cells)
    ]
    for column, cell in enumerate(head.cells):
        if cell.content == LEFT:
            head.cells[column] = replace(cell, content=ABOVE)
    grid.lines.insert(table[0], Line("-", upper))
    return True


def values_under_common_head(grid: Grid) -> bool:
    """年度指标值 and 实际完成值 under a common head 指标值."""
    table = grid.table()
    if table is None:
        return False
    head = grid.lines[table[0]]
    target, actual = (grid.column_of(table[0], name) for name in ("年度指标值", "实际完成值"))
    if target is None or actual != target + 1 or any(cell.content in {ABOVE, LEFT} for cell in head.cells):
        return False
    upper = [DrawnCell(cell.content) for cell in head.cells]
    upper[target], upper[actual] = DrawnCell("目标完成情况"), BESIDE
    head.cells = [
        cell if column in {target, actual} else replace(cell, content=ABOVE) for column, cell in enumerate(head.cells)
    ]
    grid.lines.insert(table[0], Line("-", upper))
    return True


def level_without_head(grid: Grid) -> bool:
    """No head over 二级指标."""
    table = grid.table()
    column = grid.column_of(table[0], "二级指标") if table is not None else None
    if table is None or column is None:
        return False
    cell = grid.lines[table[0]].cells[column]
    if cell.content in {LEFT, ABOVE}:
        return False
    grid.lines[table[0]].cells[column] = DrawnCell(None, (Mark("二级指标"),))
    return True


def heads_again(grid: Grid) -> bool:
    """The heads of the indicators again before the last indicator, as on a second page."""
    table = grid.table()
    if table is None or table[1] - table[0] < 3:
        return False
    last = table[1] - 1
    if any(cell.content == ABOVE for cell in grid.lines[last].cells):
        return False
    heads = grid.lines[table[0]]
    grid.lines.insert(last, Line("@", list(heads.cells)))
    return True
