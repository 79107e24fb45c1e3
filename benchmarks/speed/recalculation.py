"""`python -m benchmarks.speed.recalculation`: size of combined workbooks, and how long LibreOffice calculates them.

An honest department with 3 projects and one with 10 have filled them in. Everything is calculated anew, then what
depends on one entry, and the workbook is opened once more: each several times in one process, and the least counts.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.corpus.honest import Clerk
from benchmarks.desk.county import YEAR
from tests.support.programs.session import Session
from tools.samples.sample import papers_as_sheets
from xltool.template.workbook import write_combined

PROJECTS: Final = (3, 10)
ROUNDS: Final = 5
SEED: Final = 17


class Figures(NamedTuple):
    """Size in KiB, and milliseconds of a whole calculation, of an entry and of opening."""

    size: float
    everything: int
    entry: int
    opening: int


def measure(projects: int, folder: Path) -> Figures:
    """Measure the workbook of a department with so many projects."""
    filing = Clerk(SEED, year=YEAR, projects=projects).filing()
    sheets = papers_as_sheets(filing.papers, filing.department, YEAR)
    path = folder / f"{projects}.xlsx"
    path.write_bytes(write_combined(sheets[0][0], [sheet for _, sheet in sheets]))
    session = Session()
    for number in range(ROUNDS):
        session.calculate(everything=True)
        session.enter("附件1", "F21", 1.5 + number)
        session.calculate(everything=False)
        session.open_another(path)
    ticks = [int(line) for line in session.run(path, folder / f"{projects} saved.xlsx")]
    return Figures(path.stat().st_size / 1024, *(min(ticks[start::3]) for start in range(3)))


def main() -> None:
    """Print a line for each workbook."""
    sys.stdout.write("| 项目 | KiB | 全部重算 毫秒 | 填一格 毫秒 | 打开 毫秒 |\n|--:|--:|--:|--:|--:|\n")
    with tempfile.TemporaryDirectory() as folder:
        for projects in PROJECTS:
            size, everything, entry, opening = measure(projects, Path(folder))
            sys.stdout.write(f"| {projects} | {size:.0f} | {everything} | {entry} | {opening} |\n")


if __name__ == "__main__":
    main()
