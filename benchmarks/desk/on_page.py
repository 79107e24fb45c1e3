"""`python -m benchmarks.desk.on_page COUNTY`: play a round on the pages of the desk, with what `benchmarks.desk` left.

COUNTY is the folder that `python -m benchmarks.desk` made. Everything is done by clicks and chosen files. It prints the
seconds of each step and of each screen, and the clicks.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.programs.browser import OFFICE, browser
from tests.support.programs.desk_server import desk_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

LONG: Final = 600_000
"""Milliseconds that a job may take."""
SCREENS: Final = (
    "/",
    "/名册",
    "/下发",
    "/收表",
    "/审核",
    "/单位",
    "/问题",
    "/规则",
    "/退回",
    "/再审",
    "/汇总",
    "/单张",
)


class Player:
    """Clicks through a round and keeps the time."""

    def __init__(self, page: Page, origin: str) -> None:
        """Sit down at a page."""
        self.page, self.origin, self.clicks = page, origin, 0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Keep the time of a step."""
        start = time.perf_counter()
        yield
        self.seconds[step] = time.perf_counter() - start

    def click(self, words: str) -> None:
        """Click a button or a link by its words."""
        self.clicks += 1
        self.page.locator("main, nav.steps").locator(f"button:has-text('{words}'), a:has-text('{words}')").first.click()

    def job(self, step: str, words: str) -> str:
        """Start a job and wait for its end; returns what it reports."""
        with self.timed(step):
            self.click(words)
            self.page.wait_for_selector("#job.done, #job.failed", timeout=LONG)
        return self.page.inner_text("#job")

    def choose(self, step: str, path: Path) -> None:
        """Choose a file or a folder, and wait until everything in it is received."""
        kind = "[webkitdirectory]" if path.is_dir() else ":not([webkitdirectory])"
        with self.timed(step), self.page.expect_navigation(timeout=LONG):
            self.page.locator(f".drop input[type=file]{kind}").first.set_input_files(str(path))

    def play(self, county: Path) -> Iterator[str]:
        """The round, from the roster to the merged year; yields what the jobs report."""
        self.page.goto(f"{self.origin}/名册")
        self.choose("收名册", county / "名册.xlsx")
        self.click("下一步：下发")
        self.page.fill("#year", "2023")
        yield self.job("下发", "生成表样")
        self.click("收表")
        self.choose("收报送文件", county / "报送")
        yield self.job("核对谁没报", "核对谁没报")
        yield self.job("审核第 1 轮", "下一步：审核")
        yield from self._screens()
        self.click("退回")
        with self.timed("全部下载"), self.page.expect_download(timeout=LONG):
            self.click("全部下载")
        self.click("再审")
        self.choose("收修改件", county / "报送（第二次）")
        yield self.job("第 2 轮并审核", "做第 2 轮并审核")
        yield self.job("汇总", "全部合格了，汇总")

    def _screens(self) -> Iterator[str]:
        lines = []
        for path in SCREENS:
            start = time.perf_counter()
            self.page.goto(f"{self.origin}{path}")
            lines.append(f"{path} {(time.perf_counter() - start) * 1000:.0f} 毫秒")
        yield "页面：" + "，".join(lines)
        self.page.goto(f"{self.origin}/审核")


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("county", type=Path, help="the folder that `python -m benchmarks.desk` made")
    county: Path = parser.parse_args().county
    with tempfile.TemporaryDirectory() as folder, browser() as program:
        work = Path(folder, "2023年绩效自评")
        work.mkdir()
        start = time.perf_counter()
        with desk_server(Path(folder, "state"), str(work)) as (address, _):
            page = program.new_page(viewport={"width": OFFICE["width"], "height": OFFICE["height"]})
            page.goto(address)
            player = Player(page, re.sub(r"/\?.*", "", address))
            player.seconds["打开第一页"] = time.perf_counter() - start
            for report in player.play(county):
                print(report.strip(), "\n")
        print("\n".join(f"{step} {seconds:.1f} 秒" for step, seconds in player.seconds.items()))
        print(f"{player.clicks} 次点击；汇总 {(work / '年度汇总.xlsx').is_file()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
