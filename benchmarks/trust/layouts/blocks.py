"""Other blocks: names in one cell, money in pairs or with units, goals beside their labels, titles, notes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from benchmarks.trust.drawing import ABOVE, LEFT, DrawnCell, Mark
from benchmarks.trust.layouts.grid import BESIDE, BLANK, Line, texts

if TYPE_CHECKING:
    from benchmarks.trust.layouts.grid import Grid

_TOTAL: Final = "年度资金总额"
_MEASURES: Final = ("年初预算数", "全年预算数", "全年执行数")
_NAMES: Final = frozenset({"项目支出名称", "主管部门", "实施单位", "部门名称"})
_TITLE: Final = re.compile(r"自评|自我评价|完成情况.*表$")
_YUAN: Final = re.compile(r"[（(：:]\s*元")
_YEAR: Final = re.compile(r"[（(]?\s*(20\d\d)\s*年度?\s*[)）]?")


def _field(cell: DrawnCell) -> str | None:
    return next((mark.field for mark in cell.marks), None)


def names_with_labels(grid: Grid) -> bool:
    """项目名称：某项目: label and name in one cell."""
    changed = False
    for line in grid.lines:
        for column, cell in enumerate(line.cells):
            field = _field(cell)
            label = next((at for at in range(column - 1, -1, -1) if line.cells[at].content != LEFT), None)
            if line.kind != "-" or field not in _NAMES or label is None or not isinstance(cell.content, str):
                continue
            text = line.cells[label].content
            if cell.marks[0].part is not None or not isinstance(text, str) or text == ABOVE:
                continue
            joined = f"{text.rstrip(':：')}：{cell.content}"
            line.cells[label] = DrawnCell(joined, (Mark(field, cell.content),))
            line.cells[column] = BESIDE
            changed = True
    return changed


def names_below_labels(grid: Grid) -> bool:
    """A row of labels with the names below them."""
    row = next(
        (
            number
            for number, line in enumerate(grid.lines)
            if line.kind == "-" and sum(_field(cell) in _NAMES for cell in line.cells) > 1
        ),
        None,
    )
    if row is None or any(cell.content == ABOVE for cell in grid.lines[row].cells):
        return False
    line = grid.lines[row]
    pairs = []
    for column, cell in enumerate(line.cells):
        if _field(cell) in _NAMES:
            label = next(at for at in range(column - 1, -1, -1) if line.cells[at].content not in {LEFT, None})
            pairs.append((line.cells[label], cell))
    width = grid.width // len(pairs)
    labels, names = [BESIDE] * grid.width, [BESIDE] * grid.width
    for number, (label_cell, name) in enumerate(pairs):
        labels[number * width], names[number * width] = label_cell, name
    grid.lines[row : row + 1] = [Line("-", labels), Line("-", names)]
    return True


def money_with_units(grid: Grid) -> bool:
    """100万元 in the cells of money."""
    if any(_YUAN.search(text) for line in grid.lines for text in texts(line)):
        return False
    return _change_amounts(grid, lambda amount: f"{amount}万元")


def money_in_texts(grid: Grid) -> bool:
    """Amounts as texts with separators of thousands."""
    return _change_amounts(grid, lambda amount: f"{amount:,}")


def _change_amounts(grid: Grid, change) -> bool:  # type: ignore[no-untyped-def] # noqa: ANN001
    money = grid.money()
    changed = False
    if money is None:
        return False
    columns = [column for name in _MEASURES if (column := grid.column_of(money[0], name)) is not None]
    for line in grid.lines[money[0] + 1 : money[1]]:
        for column in columns:
            content = line.cells[column].content
            if line.kind == "$" and isinstance(content, int | float):
                line.cells[column] = replace(line.cells[column], content=change(content))
                changed = True
    return changed


def money_in_pairs(grid: Grid) -> bool:
    """预算数 | 100 | 执行数 | 80: the money of the year in one row of labels and amounts, and nothing else of it."""
    money = grid.money()
    if money is None:
        return False
    head, end = money
    lines = [line for line in grid.lines[head + 1 : end] if line.kind == "$" and line.part == _TOTAL]
    columns = {name: column for name in _MEASURES if (column := grid.column_of(head, name)) is not None}
    if len(lines) != 1 or len(columns) < 2 or 2 * len(columns) + 1 > grid.width:
        return False
    amounts = {name: lines[0].cells[column].content for name, column in columns.items()}
    if not all(isinstance(amount, int | float) for amount in amounts.values()):
        return False
    cells = [DrawnCell("项目资金（万元）")]
    for name, amount in amounts.items():
        cells += [DrawnCell(name), DrawnCell(amount, (Mark(f"{_TOTAL}_{name}"),))]
    cells += [BESIDE if len(cells) == grid.width - 1 else BLANK] * (grid.width - len(cells))
    grid.lines[head:end] = [Line("-", cells[: grid.width])]
    return True


def sources_of_which(grid: Grid) -> bool:
    """其中： before each source below the total."""
    changed = False
    for line, column in list(grid.labels()):
        text = str(line.cells[column].content)
        if line.kind == "$" and line.part != _TOTAL and not text.startswith("其中"):
            changed |= grid.replace(line, column, f"      其中：{text}")
    return changed


def goals_beside_labels(grid: Grid) -> bool:
    """预期目标 | text, and below it 实际完成情况 | text."""
    for number, line in enumerate(grid.lines):
        marks = {_field(cell): cell for cell in line.cells}
        if {"预期目标", "实际完成情况"} <= marks.keys() and number and line.cells[0].content == ABOVE:
            fill = [BESIDE] * (grid.width - 3)
            first, second = marks["预期目标"], marks["实际完成情况"]
            grid.lines[number - 1 : number + 1] = [
                Line("-", [DrawnCell("年度总体目标"), DrawnCell("预期目标"), first, *fill]),
                Line("-", [DrawnCell(ABOVE), DrawnCell("实际完成情况"), second, *fill]),
            ]
            return True
    return False


def year_in_title(grid: Grid) -> bool:
    """2023年度项目支出绩效自评表: the year in the title, and no line for it."""
    title = _title(grid)
    line = next((line for line in grid.lines if line.kind == "!" and _YEAR.fullmatch(str(line.cells[0].content))), None)
    match = _YEAR.fullmatch(str(line.cells[0].content)) if line is not None else None
    if title is None or line is None or match is None or "20" in str(title.cells[0].content):
        return False
    grid.replace(title, 0, f"{match[1]}年度{title.cells[0].content}")
    grid.lines.remove(line)
    return True


def no_title(grid: Grid) -> bool:
    """No line with the name of the form."""
    title = _title(grid)
    if title is None or grid.table() is None:
        return False
    grid.lines.remove(title)
    return True


def title_in_table(grid: Grid) -> bool:
    """The title in the first cell of a row of the table, not merged."""
    title = _title(grid)
    if title is None:
        return False
    title.kind, title.cells = "-", [title.cells[0], *[BLANK] * (grid.width - 1)]
    return True


def attachment_above(grid: Grid) -> bool:
    """附件3-1: a mark above the title."""
    grid.lines.insert(0, Line("!", [DrawnCell("附件3-1"), *[BESIDE] * (grid.width - 1)]))
    return True


def foot_below(grid: Grid) -> bool:
    """A line with who filled the form in, and a note, below the table."""
    for text in (
        "填表人：某某　　联系电话：0000000　　填报日期：2023年3月1日",
        "注：1.其他资金包括与财政资金共同投入到同一项目的自有资金、社会资金等。2.满分100分。",
    ):
        grid.lines.append(Line("!", [DrawnCell(text), *[BESIDE] * (grid.width - 1)]))
    return True


def _title(grid: Grid) -> Line | None:
    return next((line for line in grid.lines if line.kind == "!" and _TITLE.search(str(line.cells[0].content))), None)
