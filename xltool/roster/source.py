"""A roster file as rows of cells, whatever its format: a workbook, one csv, or a folder of csv files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from xltool.findings import InputError
from xltool.reader import guard
from xltool.reader.formats import open_any
from xltool.reader.formats.csv_text import read_csv
from xltool.reader.guard import FileFormat, Refused
from xltool.reader.limits import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.model import Book, Cell, Sheet, Value

NO_RESULT = "公式没有计算结果，请用 WPS 或 Excel 打开并保存后重新运行"


@dataclass(frozen=True)
class Entry:
    """A cell that holds something: its value and number format, or why it cannot be used."""

    value: Value
    number_format: str = ""
    problem: str = ""


@dataclass
class RosterGrid:
    """A sheet or a csv file: cells by row and column from 1, and the rows that are hidden."""

    name: str
    rows: dict[int, dict[int, Entry]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


def grids(path: Path) -> list[RosterGrid]:
    """Every sheet of a workbook, or every csv file; ValueError (in Chinese) where the file cannot be read.

    A csv file alone is called 单位, whatever its own name.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        msg = f"找不到名册：{path}"
        raise InputError(msg)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return [_csv(path, "单位")]
    return [_sheet(sheet) for sheet in _open(path).sheets]


def _folder(path: Path) -> list[RosterGrid]:
    """The csv files of a folder, which may have as many cells together as a workbook."""
    grids = []
    for file in sorted(path.iterdir()):
        if _is_csv(file):
            grids.append(_csv(file, file.stem))
            if sum(len(row) for grid in grids for row in grid.rows.values()) > LIMITS.roster_cells:
                msg = f"名册无法读取：{path}：各 csv 文件有内容的单元格合计超过上限 {LIMITS.roster_cells:,} 个"
                raise InputError(msg)
    if not grids:
        msg = f"名册文件夹里没有 csv 文件：{path}"
        raise InputError(msg)
    return grids


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and not path.name.startswith((".", "~$")) and path.is_file()


def _open(path: Path) -> Book:
    """The workbook; an .xlsx may have more cells than a filing."""
    try:
        kind = guard.check(path, replace(LIMITS, filled_cells=LIMITS.roster_cells))
        if kind in {FileFormat.XLSX, FileFormat.XLSM}:
            from xltool.reader.ooxml.workbook import open_workbook  # noqa: PLC0415 - lxml, in the worker only

            return open_workbook(path, filled=LIMITS.roster_cells)
        return open_any(path, kind)
    except Refused as refusal:
        msg = f"名册无法读取：{path}：{refusal.reason}"
        raise InputError(msg) from refusal


def _sheet(sheet: Sheet) -> RosterGrid:
    grid = RosterGrid(sheet.name, hidden=set(sheet.hidden_rows))
    for (row, column), cell in sheet.cells.items():
        if cell.value not in (None, "") or cell.formula is not None:
            grid.rows.setdefault(row, {})[column] = _entry(cell)
    last = max(grid.rows, default=0)
    # A value merged over several rows counts in each of them: accountants merge the code over its projects.
    for top, left, bottom, _ in sheet.merges:
        first = grid.rows.get(top, {}).get(left)
        if first is not None:
            for row in range(top + 1, min(bottom, last) + 1):
                grid.rows.setdefault(row, {}).setdefault(left, first)
    grid.rows = dict(sorted(grid.rows.items()))
    return grid


def _entry(cell: Cell) -> Entry:
    if cell.error:
        return Entry(cell.value, problem=f"单元格是错误值 {cell.value}")
    if cell.value is None:
        return Entry(None, problem=NO_RESULT)
    return Entry(cell.value, cell.number_format)


def _csv(path: Path, name: str) -> RosterGrid:
    """A csv file, which may have as many cells as a workbook."""
    try:
        rows = read_csv(path, most=LIMITS.roster_cells)
    except Refused as refusal:
        msg = f"名册无法读取：{path}：{refusal.reason}"
        raise InputError(msg) from refusal
    cells = {row: {column: Entry(text) for column, text in texts.items()} for row, texts in rows.items()}
    return RosterGrid(name.strip(), cells)
