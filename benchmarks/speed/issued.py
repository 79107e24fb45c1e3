"""The cost of generating: a form compared with its bare cells, and a county's forms on one core and on all cores."""

from __future__ import annotations

import os
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Final

import xlsxwriter

from benchmarks.speed.timing import in_turns, spread
from tests.support.seed import order, seed_sheets
from xltool.issuing.issue import issue_plan
from xltool.issuing.plan import plan_roster
from xltool.reader.model import FormulaCopy
from xltool.reader.ooxml.workbook import open_workbook
from xltool.roster import Department, Indicator, Project, Roster
from xltool.template.order import Order, sheet_orders
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.reader.model import Book
    from xltool.template.order import SheetOrder

PROJECTS: Final = 4
"""Projects of each department: six files with 附件1 and 附件2."""
TURNS: Final = 2
"""Rounds of whole issues; they take seconds each."""


def rows(folder: Path, *, rounds: int, departments: int) -> list[tuple[str, str, str]]:
    """Name, target and figure of each line."""
    blank = Order(2026, "某某局", projects=("某某专项",))
    filled = ratio(folder, order(), list(seed_sheets().values()), rounds)
    empty = ratio(folder, blank, sheet_orders(blank), rounds)
    cores = os.cpu_count() or 1
    gain = on_all_cores(folder, departments, cores)
    files = departments * (PROJECTS + 2)
    return [
        ("生成一份填好的表样 ÷ 用 xlsxwriter 写同样的单元格", "≤ 1.5", f"{filled:.2f}"),
        ("生成一份空白表样 ÷ 用 xlsxwriter 写同样的单元格", "≤ 1.5", f"{empty:.2f}"),
        (f"按名册下发 {departments} 个单位 {files} 份：一核用时 ÷ {cores} 核用时", "", f"{gain:.2f}"),
    ]


def ratio(folder: Path, asked: Order, sheets: Sequence[SheetOrder], rounds: int) -> float:
    """Processor time of writing these forms, one workbook each, divided by that of writing their bare cells."""
    books = []
    for number, sheet in enumerate(sheets):
        path = folder / f"{number}.xlsx"
        path.write_bytes(write_workbook(asked, [sheet]))
        books.append(open_workbook(path))
    whole, bare = in_turns(
        lambda: [write_workbook(asked, [sheet]) for sheet in sheets],
        lambda: [_bare(book) for book in books],
        rounds=rounds,
    )
    return whole / bare


def _bare(book: Book) -> bytes:
    """Write the cells of a workbook again: values and formulas, no styles, names, lists or protection.

    Of formulas that cells share, the first is written, the others as their values: xlsxwriter cannot share them, and
    written out they would take longer than all the rest.
    """
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet.name)
        for (row, column), cell in sheet.cells.items():
            is_written = not isinstance(cell.stored_formula, FormulaCopy) and cell.formula
            worksheet.write(row - 1, column - 1, f"={cell.formula}" if is_written else cell.value)
    workbook.close()
    return buffer.getvalue()


def on_all_cores(folder: Path, departments: int, cores: int) -> float:
    """How many times faster a county's forms are issued on so many cores than on one.

    Measured in processor seconds: this process's own, and the workers' divided by the number of cores. Other work on
    the machine does not count; starting the workers does.
    """
    plan = plan_roster(Order(2026), county(departments), None)
    single, every = in_turns(
        partial(issue_plan, plan, folder / "one", jobs=1),
        partial(issue_plan, plan, folder / "every", jobs=cores),
        rounds=TURNS,
        measure=partial(spread, cores=cores),
    )
    return single / every


def county(departments: int) -> Roster:
    """A roster of departments with projects and approved indicators of their own."""
    return Roster(tuple(map(_department, range(departments))))


def _department(number: int) -> Department:
    projects = tuple(
        Project(f"{number}号专项{at}", budget=10.5 + at, indicators=_indicators(f"{number}之{at}"))
        for at in range(PROJECTS)
    )
    return Department(f"{number:03}", f"某某县第{number}局", posts=20 + number, projects=projects)


def _indicators(mark: str) -> tuple[Indicator, ...]:
    parts = {"数量指标": 20, "质量指标": 30, "经济效益指标": 30, "服务对象满意度指标": 10}
    return tuple(Indicator(part, f"{mark}{part}", "≥90%", weight) for part, weight in parts.items())
