"""`python -m benchmarks.desk.screens FOLDER`: the milliseconds of each screen of the desk over a work folder.

FOLDER is a work folder that was audited. Screens take turns, so
that other work on the machine falls on all of them; printed are the first visit, and least, median and 95th percentile
of the others: until the server has answered, and until Chromium has shown the page. `--most` is the goal for the median
of a page that is shown: a screen above it makes the exit code 1.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tests.support.programs.browser import OFFICE, browser
from tests.support.programs.desk_server import desk_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCREENS: Final = (
    "/", "/名册", "/下发", "/收表", "/审核", "/单位", "/问题", "/问题?s=error&s=warning&s=info", "/问题?q=执行",
    "/规则", "/规则/A1-05", "/口径", "/豁免", "/退回", "/再审", "/汇总", "/单张",
)  # fmt: skip


def main() -> int:
    """Measure and print; 1 where a screen is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a work folder that was audited")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--most", type=float, default=200.0, help="milliseconds; 500 for 5,000 files")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as state,
        browser() as program,
        desk_server(Path(state), str(arguments.folder)) as (address, _),
    ):
        page = program.new_page(viewport={"width": OFFICE["width"], "height": OFFICE["height"]})
        page.goto(address)
        origin = re.sub(r"/\?.*", "", address)
        page.goto(f"{origin}/单位")
        department = page.locator("tbody a").first.get_attribute("href") or "/单位"
        figures = measure(page, origin, (*SCREENS, department), arguments.rounds)
    print("| 页面 | 第一次 | 应答：最短 中位 95% | 显示：最短 中位 95% |\n|---|--:|--:|--:|")
    for path, (first, answers, shown) in figures.items():
        print(f"| {path} | {first:.0f} | {_summary(answers)} | {_summary(shown)} |")
    return int(any(median(shown) > arguments.most for _, _, shown in figures.values()))


def measure(
    page: Page, origin: str, paths: tuple[str, ...], rounds: int
) -> dict[str, tuple[float, list[float], list[float]]]:
    """Of each screen the first visit, and of the others when the server had answered and when the page was shown."""
    figures: dict[str, tuple[float, list[float], list[float]]] = {}
    for number in range(rounds + 1):
        for path in paths:
            start = time.perf_counter()
            page.goto(origin + quote(path, safe="/?&=%"), wait_until="load")
            whole = (time.perf_counter() - start) * 1000
            answer, load = page.evaluate(
                "() => { const t = performance.getEntriesByType('navigation')[0];"
                " return [t.responseEnd - t.requestStart, t.domComplete - t.startTime]; }"
            )
            if number == 0:
                figures[path] = (whole, [], [])
            else:
                figures[path][1].append(answer)
                figures[path][2].append(load)
    return figures


def _summary(values: list[float]) -> str:
    return f"{min(values):.0f} {median(values):.0f} {quantiles(values, n=20)[-1]:.0f}"


if __name__ == "__main__":
    sys.exit(main())
