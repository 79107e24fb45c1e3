"""`python -m benchmarks`: what reading and auditing a workbook costs, against one bare openpyxl load.

Both sides take turns on the same files in one process, so that a slow moment hits both; medians
are compared. `--write` puts the table into README.md between its markers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

from tests.filing import order, seed_sheets
from xltool import batches
from xltool.auditing import audit
from xltool.blank import write_workbook
from xltool.reader import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 31
MANY = 300
README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- benchmark:start -->\n", "<!-- benchmark:end -->"


def once(action: Callable[[], object]) -> float:
    """Seconds one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of two actions that take turns."""
    pairs = [(once(first), once(second)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def rows(folder: Path) -> list[tuple[str, float, float]]:
    """What was measured: name, milliseconds a workbook, ratio to one bare openpyxl load of the same files."""
    paths = []
    for form, sheet in seed_sheets().items():
        paths.append(folder / f"{form}.xlsx")
        paths[-1].write_bytes(write_workbook(order(), [sheet]))

    def load() -> None:
        for path in paths:
            openpyxl.load_workbook(path)

    def read() -> None:
        for path in paths:
            read_file(path, path.name)

    def write() -> None:
        for sheet in seed_sheets().values():
            write_workbook(order(), [sheet])

    base, reading = in_turns(load, read)
    other_base, writing = in_turns(load, write)
    auditing = _auditing(paths)
    count = len(paths)
    return [
        ("openpyxl.load_workbook（对照）", base / count * 1000, 1.0),
        ("读取（含安全检查）", reading / count * 1000, reading / base),
        (f"全部规则和问题清单（{MANY} 份一起审核）", auditing * 1000, auditing / (base / count)),
        ("读取 + 审核", (reading / count + auditing) * 1000, (reading / count + auditing) / (base / count)),
        ("生成一份表样", writing / count * 1000, writing / other_base),
    ]


def _auditing(paths: list[Path]) -> float:
    """Seconds a workbook of an audit over many filings."""
    records = [read_file(path, f"{number}/{path.name}") for number in range(MANY // len(paths)) for path in paths]
    batches.as_filings(records)
    for number, record in enumerate(records):
        for one in record.submissions:
            one.filing = str(number // len(paths))
    return statistics.median(once(lambda: audit(records)) for _ in range(3)) / len(records)


def table(measured: list[tuple[str, float, float]]) -> str:
    """The figures as a Markdown table."""
    head = "| 每份工作簿 | 毫秒 | 与一次 openpyxl 加载之比 |\n|---|--:|--:|\n"
    return head + "".join(f"| {name} | {ms:.1f} | {ratio:.2f} |\n" for name, ms, ratio in measured)


def main() -> None:
    """Measure, print, and with --write put the table into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = table(rows(Path(folder)))
    if arguments.write:
        before, _, rest = README.read_text(encoding="utf-8").partition(START)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{START}{text}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
