"""`python -m benchmarks`: what reading, auditing, writing and starting cost, against what they are measured by.

Both sides of a ratio take turns in one run, in seconds of the processor, and the least of many rounds is compared: what
else the machine does is not counted. `--write` puts the table into README.md, `--long` adds whole runs of 100 to 10,000
files, `--sizes 100,1000` runs of other sizes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

import openpyxl
import xlsxwriter

from benchmarks import long
from tests.filing import order, seed_sheets
from xltool import batches
from xltool.auditing import audit
from xltool.blank import write_workbook
from xltool.forms import review
from xltool.reader import read_file
from xltool.reader.open import open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xltool.reader.model import Book
    from xltool.reader.records import FileRecord

ROUNDS, STARTS, MANY = 21, 7, 300
README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- benchmark:start -->\n", "<!-- benchmark:end -->"
_HELLO = "import typer\napp = typer.Typer()\n@app.command()\ndef hello(): print(1)\napp(['--help'])"
_HELP = "import sys\nsys.argv = ['xltool', '--help']\nfrom xltool.cli import main\nmain()"


def spent(action: Callable[[], object]) -> float:
    """Seconds of the processor one call takes."""
    start = time.process_time()
    action()
    return time.process_time() - start


def in_turns(
    *actions: Callable[[], object], measure: Callable[..., float] = spent, rounds: int = ROUNDS
) -> list[float]:
    """The least seconds of actions that take turns."""
    taken = [[measure(action) for action in actions] for _ in range(rounds)]
    return [min(column) for column in zip(*taken, strict=True)]


def rows(folder: Path) -> list[tuple[str, str, str]]:
    """Name, target and what was measured."""
    paths = []
    for form, sheet in seed_sheets().items():
        paths.append(folder / f"{form}.xlsx")
        paths[-1].write_bytes(write_workbook(order(), [sheet]))
    books = [open_workbook(path) for path in paths]
    loading, flooring, reading, writing, bare = in_turns(
        lambda: [openpyxl.load_workbook(path) for path in paths],
        lambda: [_floor(path) for path in paths],
        lambda: [read_file(path, path.name) for path in paths],
        lambda: [write_workbook(order(), [sheet]) for sheet in seed_sheets().values()],
        lambda: [_bare(book) for book in books],
    )
    filings = _filings(paths)
    judging = min(spent(lambda: audit(filings)) for _ in range(3)) / MANY * len(paths)
    helping, hello = in_turns(lambda: _HELP, lambda: _HELLO, measure=_started, rounds=STARTS)
    both, each = reading + judging, 1000 / len(paths)
    return [
        ("openpyxl.load_workbook（对照）", "", f"{loading * each:.1f} 毫秒"),
        ("读取（含安全检查）÷ openpyxl", "", f"{reading / loading:.2f}"),
        (f"全部规则和问题清单（{MANY} 份一起审核）÷ openpyxl", "", f"{judging / loading:.2f}"),
        ("读取 + 审核 ÷ openpyxl", "≤ 0.20", f"{both / loading:.2f}"),
        ("读取 + 审核 ÷ 解压并解析 XML（expat，不处理）", "≤ 8", f"{both / flooring:.1f}"),
        ("生成一份表样 ÷ 用 xlsxwriter 写同样的单元格", "≤ 1.5", f"{writing / bare:.2f}"),
        ("xltool --help ÷ 最小的 typer 程序", "≤ 1.3", f"{helping / hello:.2f}"),
    ]


def _floor(path: Path) -> None:
    """Every part inflated and parsed, and nothing made of it."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            expat.ParserCreate().Parse(archive.read(name), True)  # noqa: FBT003 - its only signature


def _bare(book: Book) -> None:
    """The cells of a workbook written anew: values and formulas, no styles, names, lists or protection."""
    workbook = xlsxwriter.Workbook(BytesIO(), {"in_memory": True})
    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet.name)
        for (row, column), cell in sheet.cells.items():
            worksheet.write(row - 1, column - 1, f"={cell.formula}" if cell.formula else cell.value)
    workbook.close()


def _filings(paths: Sequence[Path]) -> list[FileRecord]:
    """The records of many filings of departments of their own; no two have a text in common."""
    records = [read_file(path, f"{number}/{path.name}") for number in range(MANY // len(paths)) for path in paths]
    batches.as_filings(records)
    for number, record in enumerate(records):
        mark = f"{number // len(paths)}号"
        for one in record.submissions:
            one.filing = mark
            for key in {review.goal.key, review.achievement.key}.intersection(one.values):
                filed = one.values[key]
                one.values[key] = replace(filed, value=str(filed.value).replace("，", f"{mark}，"))
    return records


def _started(program: Callable[[], str]) -> float:
    """Seconds of the processor a program takes in a process of its own."""
    before = os.times()
    subprocess.run([sys.executable, "-c", program()], check=True, capture_output=True)  # noqa: S603 - our own interpreter
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def table(measured: Sequence[tuple[str, str, str]]) -> str:
    """The figures as a Markdown table."""
    head = "| 每份工作簿 | 目标 | 实测 |\n|---|--:|--:|\n"
    return head + "".join(f"| {name} | {target} | {figure} |\n" for name, target, figure in measured)


def main() -> None:
    """Measure, print, and with --write put the table into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--long", action="store_true", help="add whole runs of 100 to 10,000 files")
    parser.add_argument("--sizes", default="", help="files of the whole runs, as in 100,1000")
    arguments = parser.parse_args()
    sizes = tuple(int(size) for size in arguments.sizes.split(",") if size) or (long.SIZES if arguments.long else ())
    with tempfile.TemporaryDirectory() as folder:
        measured = rows(Path(folder))
        measured += long.rows(Path(folder) / "long", sizes) if sizes else []
    text = table(measured)
    print(text)
    if arguments.write:
        before, _, rest = README.read_text(encoding="utf-8").partition(START)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{START}{text}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
