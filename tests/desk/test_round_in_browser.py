"""A whole round in a real browser, with a real server: from nothing to the merged year, by clicks and chosen files."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk.county import FOREST, HEADS, UNITS, WATER, filings
from tests.desk.test_results import write
from tests.outputs.reviewed import samples_review
from tests.support.filled import cell_of, filled
from tests.support.programs.browser import OFFICE, Visit, axe, browser, needs_axe, needs_chromium
from tests.support.programs.desk_server import desk_server
from tests.support.sheets import book
from tests.support.workbook_editor import WorkbookEditor
from xltool.outputs.officer_notes import load as load_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, ViewportSize

pytestmark = needs_chromium

LONG = 120_000
"""Milliseconds that a job may take on a busy machine."""
MOST_CLICKS = 12
SCREEN: ViewportSize = {"width": OFFICE["width"], "height": OFFICE["height"]}
NARROW: ViewportSize = {"width": 1024, "height": 768}
VIOLATIONS = "async () => (await axe.run()).violations.map((each) => [each.id, each.nodes[0].html])"
SCREENS = (
    "/名册", "/下发", "/收表", "/审核", "/问题?s=error&s=info", "/单位", "/退回", "/再审", "/汇总", "/单张",
    "/规则/A1-05", "/口径?name=湖北", "/口径/填写", "/豁免", "/文件夹", "/没有",
)  # fmt: skip
HOSTILE = "&lt;img&gt;.xlsx" if os.name == "nt" else '<img src=x onerror="window.hacked=1">.xlsx'


class Officer:
    """A user who clicks; every page is checked for complaints of the browser."""

    def __init__(self, page: Page) -> None:
        """Sit down at a page."""
        self.page, self.visit, self.clicks = page, Visit(page), 0

    def click(self, text: str) -> None:
        """Click a button or a link by its words."""
        self.clicks += 1
        self.page.locator("main, nav.steps").locator(f"button:has-text('{text}'), a:has-text('{text}')").first.click()
        self.page.wait_for_load_state()

    def choose(self, *paths: Path) -> None:
        """Choose files in the drop zone, and wait until they are received."""
        before = self.page.url
        with self.page.expect_navigation():
            self.page.locator(".drop input[type=file]").first.set_input_files([str(path) for path in paths])
        assert self.page.url == before

    def wait_for_job(self) -> str:
        """Wait for the end of the job; returns what it reports."""
        self.page.wait_for_selector("#job.done, #job.failed, #job.stopped", timeout=LONG)
        assert self.page.locator("#job.done").count() == 1, self.page.inner_text("#job")
        return self.page.inner_text("#job")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page on the screen of most offices."""
    with browser() as program:
        yield program.new_context(viewport=SCREEN).new_page()


def test_a_round_is_played_from_nothing_to_the_merged_year(tmp_path: Path, page: Page) -> None:
    """Two rounds, a decision, a killed server, a workbook that is open elsewhere, a second tab: nothing is lost."""
    desk, officer = tmp_path / "2023年绩效自评", Officer(page)
    with desk_server(tmp_path / "state") as (address, process):
        page.goto(address)
        page.wait_for_selector("input[name=at]:not([type=hidden])")
        assert "token" not in page.url
        begin(officer, desk)
        officer.click("审核")
        process.kill()
    with desk_server(tmp_path / "state", str(desk)) as (address, _):
        page.goto(address)
        page.goto(re.sub(r"/\?.*", "/收表", address))
        officer.clicks -= 1  # again what the killed server was asked for
        audit(officer)
        decide(officer, desk / "审核结果")
        return_and_repeat(officer, desk)
    # What the killed server did not answer, and the decision that was refused, are no surprise; nothing else is told.
    assert [text for text in officer.visit.complaints if "ERR_" not in text and "400" not in text] == []
    assert page.evaluate("window.hacked") is None
    assert {re.sub(r"(http://127\.0\.0\.1):\d+/.*", r"\1", url) for url in officer.visit.requests} == {
        "http://127.0.0.1"
    }
    assert officer.clicks <= MOST_CLICKS


def begin(officer: Officer, desk: Path) -> None:
    """The folder, the roster, the templates, and what came in: also a file whose name is markup."""
    page, place = officer.page, desk.parent
    came = filings(place / "收到的")
    filled(came / "林业局" / "附件1.xlsx", "附件1")
    wrong = WorkbookEditor(came / "君山管委会" / "附件1.xlsx")
    wrong.put("附件1", cell_of("附件1", "实际在职人数"), "很多").save(came / HOSTILE)
    page.fill("input[name=at]:not([type=hidden])", str(place))
    officer.click("打开")
    page.fill("input[name=name]", desk.name)
    officer.click("新建并使用")
    officer.choose(book(place / "单位.xlsx", 单位=[HEADS, *UNITS], 项目=[["单位编码", "项目名称"], ["002", "造林"]]))
    assert "3 个单位" in page.inner_text("main")
    officer.click("下一步：下发")
    page.fill("#year", "2023")
    officer.click("生成表样")
    assert "3 个单位" in officer.wait_for_job()
    assert (desk / "下发" / "下发清单.xlsx").is_file()
    officer.click("收表")
    officer.choose(came / HOSTILE, came / "林业局" / "附件1.xlsx")
    officer.choose(came / "君山管委会" / "附件2.xlsx")
    assert "3 个" in page.inner_text("main")


def audit(officer: Officer) -> None:
    """The first round; a second tab sees how it goes on, and keeps what is typed there."""
    officer.click("下一步：审核")
    other = officer.page.context.new_page()
    other.goto(re.sub("/[^/]*$", "/规则", officer.page.url))
    other.fill("input[name=q]", "编制")
    assert "错误" in officer.wait_for_job()
    other.wait_for_selector("#job a:has-text('去看')", timeout=LONG)
    assert other.input_value("input[name=q]") == "编制"
    other.close()


def decide(officer: Officer, results: Path) -> None:
    """A decision, which the open workbook refuses at first; it survives F5."""
    page = officer.page
    officer.click("看问题")
    (results / "~$review.xlsx").write_bytes(b"")
    first = page.locator("form.note").first
    first.locator("input[name=note]").fill("周五前改好")
    first.locator("select").select_option("已退回")
    first.locator(".saved.failed").wait_for()
    (results / "~$review.xlsx").unlink()
    first.locator("button").click()
    first.locator(".saved:has-text('已保存')").wait_for()
    (note,) = load_notes(results / "review.xlsx").notes.values()
    assert (note.status, note.note) == ("已退回", "周五前改好")
    page.reload()
    assert page.locator("form.note").first.locator("input[name=note]").input_value() == "周五前改好"


def return_and_repeat(officer: Officer, desk: Path) -> None:
    """All parcels, the second round of what came back, and the year."""
    page = officer.page
    officer.click("退回")
    assert {WATER, FOREST} & set(page.locator("tbody th").all_inner_texts())
    with page.expect_download() as download:
        officer.click("全部下载")
    assert download.value.suggested_filename == "parcels-1.zip"
    officer.click("再审")
    officer.choose(filled(desk.parent / "改好的.xlsx", "附件1"))
    officer.click("做第 2 轮并审核")
    assert "替换 1 个文件" in officer.wait_for_job()
    assert "已整改" in page.inner_text("main")
    officer.click("全部合格了，汇总")
    assert "已汇总 1 个单位" in officer.wait_for_job()
    assert (desk / "年度汇总.xlsx").is_file()


@needs_axe
def test_nobody_is_kept_out(tmp_path: Path, page: Page) -> None:
    """No rule of axe-core is broken on any screen: contrast, labels, headings, what a screen reader is told.

    On a narrow screen no page has to be moved sideways.
    """
    desk = tmp_path / "2023年"
    desk.mkdir()
    book(desk / "名册.xlsx", 单位=[HEADS, *UNITS])
    filings(desk / "报送")
    write(desk / "审核结果", samples_review())
    script = Path(axe() or "").read_text(encoding="utf-8")
    broken: dict[str, object] = {}
    with desk_server(tmp_path / "state", str(desk)) as (address, _):
        page.goto(address)
        for path in ("/", *SCREENS):
            page.goto(re.sub(r"/\?.*", path, address))
            page.evaluate(script)
            violations = page.evaluate(
                "async () => (await axe.run()).violations.map((each) => [each.id, each.nodes[0].html])"
            )
            broken |= {path: violations} if violations else {}
            page.set_viewport_size(NARROW)
            too_wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
            broken |= {f"{path} at {NARROW['width']}": too_wide} if too_wide > 0 else {}
            page.set_viewport_size(SCREEN)
    assert broken == {}
