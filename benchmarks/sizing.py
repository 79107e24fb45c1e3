"""`python -m benchmarks.sizing`: what a batch costs a workbook, and from it what a county, a province, the nation cost.

`--write` puts the figures into sizing.toml, from which the user guide's table is made (`python -m tests.rebuild`).
Times are of the processor, not of the clock, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.filed import Folder
from benchmarks.honest import Clerk
from benchmarks.timing import compiled
from tests.guide.sizing import FIGURES, Figures, table
from xltool.batches.sources import sources_below
from xltool.reader.reading import read_file

FEW, MANY = 30, 120
"""Departments in the two runs whose difference gives the cost of a workbook; each files four workbooks."""

READER: Final = """
import resource, sys
from pathlib import Path
from xltool.reader.reading import read_file

read_file(Path(sys.argv[1]), "a.xlsx")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(few_made: int = FEW, made: int = MANY) -> Figures:
    """Two runs over made-up departments, and the reading alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _file(folder, few_made, made)
        few = _run(folder / "few", folder / "out1")
        (folder / "few").rename(folder / "more" / "few")
        many = _run(folder / "more", folder / "out2")
        sources = sources_below(folder / "more", folder / "none")
        begun = time.process_time()
        for source in sources[:made]:
            read_file(source.path, source.name)
        reading = (time.process_time() - begun) / made
        count, first = len(sources), len(list((folder / "more" / "few").rglob("*.xlsx")))
        more = count - first
        each = (many[0] - few[0]) / more
        memory, left = (many[1] - few[1]) / more, many[2] / count
        return Figures(
            workbooks=count,
            start_seconds=round(max(few[0] - first * each, 0), 2),
            reading_seconds=round(reading, 4),
            other_seconds=round(each - reading, 4),
            start_mib=round(few[1] - first * memory),
            reader_mib=round(_reader(sources[0].path)),
            workbook_mib=round(memory, 3),
            result_mib=round(left, 4),
        )


def _file(folder: Path, few: int, made: int) -> None:
    """Filings of made-up departments, some of them in a folder of their own."""
    for seed in range(made):
        target = folder / ("few" if seed < few else "more") / f"{seed:03}"
        Folder(Clerk(seed, projects=2).filing(), target).write()


def _reader(path: Path) -> float:
    """MiB of memory a process takes that reads."""
    command = [sys.executable, "-c", READER, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 - the project's own program
    return int(done.stdout) / 1024


def _run(folder: Path, out: Path) -> tuple[float, float, float]:
    """Processor seconds, MiB of memory and MiB of results of one run, in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "xltool", "batch", str(folder), "--out", str(out), "--jobs", "1"]
    subprocess.run(command, check=False, capture_output=True, timeout=1200)  # noqa: S603 - the project's own program
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    left = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return seconds, after.ru_maxrss / 1024, left / 2**20


def main() -> None:
    """Measure, print the table, and with --write keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into sizing.toml")
    arguments = parser.parse_args()
    compiled()
    figures = measure()
    text = "".join(f"{key} = {value}\n" for key, value in asdict(figures).items())
    print(text + "\n" + table(figures))
    if arguments.write:
        FIGURES.write_text(f"# Written by `python -m benchmarks.sizing --write`.\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
