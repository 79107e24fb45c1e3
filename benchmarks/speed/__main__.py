"""`python -m benchmarks.speed`: the cost of reading, auditing, writing and starting, as ratios to a reference.

Both sides of a ratio take turns in one run. They are measured in processor seconds, except where the line says 按时钟,
and the least of many rounds is compared, so that other work on the machine does not count. `--write` puts the table
into docs/speed.md, `--long` adds whole runs of 100 to 10,000 files, `--sizes 100,1000` runs of other sizes.
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

import openpyxl
from msgspec import structs

from benchmarks.speed import issued, whole_runs
from benchmarks.speed.timing import compiled, in_turns, spent, started, waited
from tests.support.seed import order, seed_sheets
from xltool.auditing.audit import audit
from xltool.batches.grouping import as_filings
from xltool.forms import review
from xltool.reader.reading import read_file
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord

PAGE = Path(__file__).parents[2] / "docs" / "speed.md"
START, END = "<!-- benchmark:start -->\n", "<!-- benchmark:end -->"
_HELLO: Final = ["-c", "import typer\napp = typer.Typer()\n@app.command()\ndef hello(): print(1)\napp(['--help'])"]
_LOAD: Final = ["-c", "import sys, openpyxl\nopenpyxl.load_workbook(sys.argv[1])"]


@dataclass(frozen=True)
class Effort:
    """How much is done for a figure: rounds of calls, starts of programs, starts by the clock, forms, departments."""

    rounds: int = 21
    starts: int = 7
    waits: int = 21
    forms: int = 300
    departments: int = 80


def rows(folder: Path, effort: Effort) -> list[tuple[str, str, str]]:
    """Name, target and figure of each line."""
    paths = []
    for form, sheet in seed_sheets().items():
        paths.append(folder / f"{form}.xlsx")
        paths[-1].write_bytes(write_workbook(order(), [sheet]))
    return [
        *_reading(paths, effort),
        *issued.rows(folder, rounds=effort.rounds, departments=effort.departments),
        *_starting(paths[0], effort),
    ]


def _reading(paths: Sequence[Path], effort: Effort) -> list[tuple[str, str, str]]:
    """Reading and auditing, per workbook."""
    loading, flooring, reading = in_turns(
        lambda: [openpyxl.load_workbook(path) for path in paths],
        lambda: list(map(_floor, paths)),
        lambda: [read_file(path, path.name) for path in paths],
        rounds=effort.rounds,
    )
    filings = _filings(paths, effort.forms)
    judging = min(spent(lambda: audit(filings)) for _ in range(3)) / len(filings) * len(paths)
    both, each = reading + judging, 1000 / len(paths)
    return [
        ("openpyxl.load_workbook（对照）", "", f"{loading * each:.1f} 毫秒"),
        ("读取（含安全检查）÷ openpyxl", "", f"{reading / loading:.2f}"),
        (f"全部规则和问题清单（{len(filings)} 份一起审核）÷ openpyxl", "", f"{judging / loading:.2f}"),
        ("读取 + 审核 ÷ openpyxl", "≤ 0.20", f"{both / loading:.2f}"),
        ("读取 + 审核 ÷ 解压并解析 XML（expat，不处理）", "≤ 8", f"{both / flooring:.1f}"),
    ]


def _starting(path: Path, effort: Effort) -> list[tuple[str, str, str]]:
    """Whole programs, from their start to their end."""
    audit_one, load_one = ["-m", "xltool", "audit", str(path)], [*_LOAD, str(path)]
    helping, hello, auditing, loading = in_turns(
        lambda: ["-m", "xltool", "--help"],
        lambda: _HELLO,
        lambda: audit_one,
        lambda: load_one,
        rounds=effort.starts,
        measure=started,
    )
    answering, opening = in_turns(lambda: audit_one, lambda: load_one, rounds=effort.waits, measure=waited)
    return [
        ("xltool audit 一份（整个程序）÷ 用 openpyxl 打开它的程序", "", f"{auditing / loading:.2f}"),
        ("xltool audit 一份，按时钟 ÷ 用 openpyxl 打开它的程序", "≤ 1.2", f"{answering / opening:.2f}"),
        ("xltool --help ÷ 最小的 typer 程序", "≤ 1.3", f"{helping / hello:.2f}"),
    ]


def _floor(path: Path) -> int:
    """Inflate and parse every part and use nothing of it: the least any reader has to do. Gives the number of parts."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in names:
            expat.ParserCreate().Parse(archive.read(name), True)  # noqa: FBT003 - its only signature
    return len(names)


def _filings(paths: Sequence[Path], many: int) -> list[FileRecord]:
    """Records of many filings, each of a department of its own; no two have a text in common."""
    records = [read_file(path, f"{number}/{path.name}") for number in range(many // len(paths)) for path in paths]
    as_filings(records)
    for number, record in enumerate(records):
        mark = f"{number // len(paths)}号"
        for submission in record.submissions:
            submission.filing = mark
            for key in {review.goal.key, review.achievement.key}.intersection(submission.values):
                filed = submission.values[key]
                submission.values[key] = structs.replace(filed, value=str(filed.value).replace("，", f"{mark}，"))
    return records


def table(measured: Sequence[tuple[str, str, str]]) -> str:
    """The figures as a Markdown table."""
    head = "| 每份工作簿 | 目标 | 实测 |\n|---|--:|--:|\n"
    return head + "".join(f"| {name} | {target} | {figure} |\n" for name, target, figure in measured)


def put_into(page: str, text: str) -> str:
    """The page with the new table; the old lines of whole runs stay where the new table has none."""
    before, _, rest = page.partition(START)
    old, _, after = rest.partition(END)
    whole = f"| {whole_runs.WHOLE}"
    kept = [line for line in old.splitlines(keepends=True) if line.startswith(whole) and whole not in text]
    return f"{before}{START}{text}{''.join(kept)}{END}{after}"


def main() -> None:
    """Measure, print, and with --write put the table into docs/speed.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    parser.add_argument("--long", action="store_true", help="add whole runs of 100 to 10,000 files")
    parser.add_argument("--sizes", default="", help="files of the whole runs, as in 100,1000")
    arguments = parser.parse_args()
    sizes = tuple(int(size) for size in arguments.sizes.split(",") if size) or (
        whole_runs.SIZES if arguments.long else ()
    )
    compiled()
    with tempfile.TemporaryDirectory() as folder:
        measured = rows(Path(folder), Effort())
        measured += whole_runs.rows(Path(folder) / "long", sizes) if sizes else []
    text = table(measured)
    print(text)
    if arguments.write:
        PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")


if __name__ == "__main__":
    main()
