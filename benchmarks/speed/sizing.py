"""`python -m benchmarks.speed.sizing`: what a batch costs to start and for each workbook.

`--write` puts the figures into tools/guide/sizing.toml; `python -m tools.rebuild` makes the sizing table of the guide
from it. Times are processor seconds, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.corpus.filed import FilingFolder
from benchmarks.corpus.honest import Clerk
from benchmarks.speed import whole_runs
from benchmarks.speed.timing import compiled
from tools.guide.sizing import FIGURES, Figures, table
from xltool.auditing.audit import audit
from xltool.batches.grouping import as_filings
from xltool.batches.reading import read_sources
from xltool.outputs.review import review_of
from xltool.outputs.workbook import write_review
from xltool.reader.files.sources import discover, sources_below
from xltool.reader.reading import read_file
from xltool.storage.files import run_time

FEW, MANY = 30, 120
"""Departments in the two runs whose difference gives the cost of a workbook; each files four workbooks."""


def measure(few_made: int = FEW, departments: int = MANY) -> Figures:
    """Run two batches of different sizes and read some of the files; gives the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _file(folder, few_made, departments)
        few = whole_runs.run(folder / "few", folder / "out1", 1)
        (folder / "few").rename(folder / "more" / "few")
        many = whole_runs.run(folder / "more", folder / "out2", 1)
        sources = sources_below(folder / "more", folder / "none")
        begun = time.process_time()
        for source in sources[:departments]:
            read_file(source.path, source.name)
        reading = (time.process_time() - begun) / departments
        count, first = len(sources), len(list((folder / "more" / "few").rglob("*.xlsx")))
        more = count - first
        workers, own = ((many.workers - few.workers) / more, (many.parent - few.parent) / more)
        memory = (many.memory + many.worker - few.memory - few.worker) / more
        left = sum(path.stat().st_size for path in (folder / "out2").rglob("*") if path.is_file()) / 2**20
        return Figures(
            workbooks=count,
            start_seconds=round(max(few.processors - first * (workers + own), 0), 2),
            reading_seconds=round(reading, 4),
            review_seconds=round(_review(folder / "more", folder / "review.xlsx") / count, 4),
            worker_seconds=round(workers, 4),
            own_seconds=round(own, 4),
            start_mib=round(few.memory),
            worker_mib=round(few.worker),
            workbook_mib=round(max(memory, 0), 4),
            result_mib=round(left / count, 4),
        )


def _review(folder: Path, path: Path) -> float:
    """Processor seconds for review.xlsx, the output that takes longest."""
    records = read_sources(discover([folder]))
    as_filings(records)
    result = audit(records)
    begun = time.process_time()
    write_review(path, review_of(result, root=folder, made_at=run_time()), scratch=path.parent)
    return time.process_time() - begun


def _file(folder: Path, few: int, departments: int) -> None:
    """Write filings of made-up departments, the first of them into a folder of their own."""
    for seed in range(departments):
        target = folder / ("few" if seed < few else "more") / f"{seed:03}"
        FilingFolder(Clerk(seed, projects=2).filing(), target).write()


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
        FIGURES.write_text(f"# Written by `python -m benchmarks.speed.sizing --write`.\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
