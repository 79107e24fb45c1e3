"""The sheets of a roster found, with their heads: which column is which, in whatever order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.findings import column_letters
from xltool.forms.roster import DEPARTMENTS, SHEETS, Column, RosterSheet
from xltool.forms.words import listing
from xltool.normalize import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.roster.source import Entry, RosterGrid

LISTED = 8
"""Hidden rows that a notice names."""
HEAD_ROWS = 10
"""Rows looked at for the heads: a title and notes may stand above them."""
_ASIDE = re.compile(r"[(（\[【][^)）\]】]{0,200}[)）\]】]|[*＊:：]")
_FACTORS = {"万元": 1.0, "元": 0.0001, "千元": 0.1, "百元": 0.01, "亿元": 10000.0}
_TOTALS = frozenset({"合计", "总计", "小计", "共计"})


@dataclass
class Problems:
    """Errors of a roster, in the order of sheet, row and column; and notices."""

    entries: list[tuple[int, int, int, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def add(self, table: RosterTable, row: int, key: str, text: str) -> None:
        """An error at a cell, or at the place where a column or a row is missing."""
        column = table.columns.get(key, 0)
        sheet = next((at for at, sheet in enumerate(SHEETS) if sheet is table.sheet), len(SHEETS))
        where = f"{table.sheet.key}表 第{row}行 {key}列" if row else f"{table.sheet.key}表"
        self.entries.append((sheet, row, column, f"{where}：{text}"))

    @property
    def lines(self) -> list[str]:
        """The errors as lines, in their order, each once."""
        return list(dict.fromkeys(text for *_, text in sorted(self.entries)))


@dataclass(frozen=True)
class RosterRow:
    """A row of a sheet that holds something: its number and its cells by head."""

    number: int
    cells: dict[str, Entry]


@dataclass
class RosterTable:
    """A sheet of the roster with its heads: sheet columns and money factors by key, and the rows below."""

    sheet: RosterSheet
    name: str
    columns: dict[str, int] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    rows: list[RosterRow] = field(default_factory=list)


def tables(grids: Sequence[RosterGrid], problems: Problems) -> dict[str, RosterTable]:
    """The sheets of the roster by key; what is missing of them is noted among the problems."""
    tables_by_name: dict[str, RosterTable] = {}
    for sheet in SHEETS:
        grid = _grid_of(sheet, grids)
        if grid is not None and (grid.rows or sheet is DEPARTMENTS):
            tables_by_name[sheet.key] = _table(sheet, grid, problems)
        elif sheet is DEPARTMENTS:
            names = "、".join(grid.name for grid in grids)
            problems.add(RosterTable(sheet, sheet.key), 0, "", f"名册里没有“单位”工作表（只有 {names}）")
    others = [
        grid.name for grid in grids if grid.rows and grid.name not in {table.name for table in tables_by_name.values()}
    ]
    unused = [name for name in others if name not in {"填写说明", "说明"}]
    if unused:
        problems.notices.append(f"没有用到的工作表或文件：{'、'.join(unused)}")
    return tables_by_name


def _grid_of(sheet: RosterSheet, grids: Sequence[RosterGrid]) -> RosterGrid | None:
    """The grid called like the sheet; else the only one that has its heads and, but for 单位, its word in the name."""
    for names in ((sheet.key,), sheet.aliases):
        for grid in grids:
            if fold(grid.name) in names:
                return grid
    required = {column.key for column in sheet.columns if column.required}
    word = "" if sheet is DEPARTMENTS else sheet.key
    fitting = [grid for grid in grids if word in grid.name and required <= set(_head(sheet, grid)[1])]
    return fitting[0] if len(fitting) == 1 else None


def _head(sheet: RosterSheet, grid: RosterGrid) -> tuple[int, dict[str, list[int]]]:
    """The row of the heads and the columns by key: the row among the first that has most of them."""
    best: tuple[int, dict[str, list[int]]] = (0, {})
    for number in list(grid.rows)[:HEAD_ROWS]:
        columns: dict[str, list[int]] = {}
        for at, entry in grid.rows[number].items():
            column = _named(sheet, str(entry.value))
            if column is not None:
                columns.setdefault(column.key, []).append(at)
        if len(columns) > len(best[1]):
            best = number, columns
    return best


def _named(sheet: RosterSheet, head: str) -> Column | None:
    text = _ASIDE.sub("", fold(head))
    for names in (
        lambda column: (column.key,),
        lambda column: [_ASIDE.sub("", fold(aliase)) for aliase in column.aliases],
    ):
        column = next((column for column in sheet.columns if text in names(column)), None)
        if column is not None:
            return column
    return None


def _table(sheet: RosterSheet, grid: RosterGrid, problems: Problems) -> RosterTable:
    table = RosterTable(sheet, grid.name)
    number, columns = _head(sheet, grid)
    for key, places in columns.items():
        table.columns[key] = places[0]
        if len(places) > 1:
            letters = "、".join(map(column_letters, places))
            problems.add(table, number, key, f"表头重复（{letters} 列），请只保留一列")
    missing = [column.key for column in sheet.columns if column.required and column.key not in columns]
    if missing:
        problems.add(table, 0, "", f"缺少列：{'、'.join(missing)}")
        return table
    heads = grid.rows[number]
    table.factors = {key: _factor(str(heads[at].value)) for key, at in table.columns.items()}
    unused = [str(entry.value).strip() for at, entry in heads.items() if at not in table.columns.values()]
    if unused:
        problems.notices.append(f"{sheet.key}表没有用到的列：{'、'.join(unused)}")
    _read_rows(table, grid, number, problems)
    return table


def _factor(head: str) -> float:
    """What an amount below this head is multiplied by to be in 万元."""
    match = re.search(r"(亿元|万元|千元|百元|元)", fold(head))
    return _FACTORS[match[1]] if match else 1.0


def _read_rows(table: RosterTable, grid: RosterGrid, head: int, problems: Problems) -> None:
    hidden, totals = [], []
    for number, entries in grid.rows.items():
        if number <= head:
            continue
        cells = {key: entries[at] for key, at in table.columns.items() if at in entries and _holds(entries[at])}
        if not cells:
            continue
        if any(fold(str(cells[key].value)) in _TOTALS for key in list(table.columns)[:2] if key in cells):
            totals.append(number)
            continue
        table.rows.append(RosterRow(number, cells))
        hidden += [number] if number in grid.hidden else []
    if hidden:
        rows = listing(hidden, LISTED)
        problems.notices.append(f"{table.sheet.key}表有 {len(hidden)} 行被隐藏（第{rows}行），已照常读取")
    if totals:
        problems.notices.append(f"{table.sheet.key}表第{'、'.join(map(str, totals))}行是合计行，没有当作数据")


def _holds(entry: Entry) -> bool:
    return bool(entry.problem) or not isinstance(entry.value, str) or bool(fold(entry.value))
