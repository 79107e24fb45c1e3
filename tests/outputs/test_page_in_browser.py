"""review.html in a real browser: its content, its controls, and that texts of a filing cannot run."""

from __future__ import annotations

import statistics
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs.reviewed import HOSTILE, hostile_review, large_review, samples_review, step
from tests.outputs.small_review import county
from tests.support.programs.browser import OFFICE, Visit, browser, needs_chromium
from xltool.auditing.rounds.outcomes import Outcome
from xltool.findings import Severity
from xltool.outputs.model import ReviewContext
from xltool.outputs.page.page import write_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from xltool.outputs.model import Review

pytestmark = needs_chromium

EVERYTHING = "#s=error,warning,info"
"""Shows hints, too."""
WINDOWS_ARE_GRIDS = """() => [...document.querySelectorAll("table.window")].filter((table) => {
  const rows = [...table.rows].filter((row) => row.className !== "gap");
  const widths = rows.map(() => 0);
  [...rows].forEach((row, at) => [...row.cells].forEach((cell) => {
    for (let down = 0; down < cell.rowSpan; down += 1) widths[at + down] += cell.colSpan;
  }));
  return new Set(widths).size !== 1;
}).length"""
PALE = """() => {
  const channel = (value) => (value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((node) => (
    !node.closest("svg, script, noscript, :disabled") && node.offsetParent
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
  ));
  return [...new Set(texts.filter((node) => {
    const pair = [light(getComputedStyle(node).color), light(behind(node))].sort();
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05) < 4.5;
  }).map((node) => `${node.tagName}.${node.className} ${node.textContent.slice(0, 20)}`))];
}"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One browser for all tests of this module."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def samples_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the samples."""
    return written(tmp_path_factory.mktemp("审核结果"), samples_review())


def written(folder: Path, review: Review) -> Path:
    """The page of a review."""
    write_page(folder / "review.html", review)
    return folder / "review.html"


def visit(chrome: Browser, path: Path, hash_: str = "", **options: Any) -> Visit:  # noqa: ANN401 - as playwright takes them
    """The page opened as from a file share."""
    opened = Visit(chrome.new_page(viewport=OFFICE, **options))  # type: ignore[arg-type] # a screen
    opened.page.goto(path.as_uri() + hash_)
    return opened


def count(page: Page) -> int:
    """The number of findings that the page shows."""
    return int("".join(filter(str.isdigit, page.inner_text("#findings-title .n"))))


def all_drawn(page: Page) -> int:
    """Draws every finding there is, and counts them."""
    while page.locator("#more").is_visible():
        page.evaluate("document.getElementById('more').click()")
    return page.locator("article").count()


def test_nothing_is_fetched_and_nothing_is_complained_of(chrome: Browser, samples_page: Path) -> None:
    """The page requests nothing but itself, and the console stays empty while everything is drawn."""
    visited = visit(chrome, samples_page, EVERYTHING)
    assert all_drawn(visited.page) == len(samples_review().findings)
    assert visited.requests == [samples_page.as_uri()]
    assert visited.complaints == []
    assert visited.page.title() == samples_review().title


def test_no_other_script_runs(chrome: Browser, samples_page: Path) -> None:
    """The content policy stops a script that is put into the page later on."""
    page = visit(chrome, samples_page).page
    add = "() => { const s = document.createElement('script'); s.textContent = 'hacked = 1'; document.body.append(s) }"
    page.evaluate(add)
    assert page.evaluate("typeof hacked") == "undefined"


def test_the_page_opens_with_what_must_be_acted_on(chrome: Browser, samples_page: Path, tmp_path: Path) -> None:
    """Hints are folded below each department, and all shown on request; only hints are shown at once."""
    page, review = visit(chrome, samples_page).page, samples_review()
    hints = sum(finding.severity is Severity.INFO for finding in review.findings)
    assert hints
    assert all_drawn(page) == len(review.findings) - hints
    assert page.locator("article.info").count() == 0
    folded = page.locator(".department .folded")
    counts = [int(text.split()[1]) for text in folded.locator("summary").all_inner_texts()]
    folded.first.locator("summary").click()
    page.wait_for_selector("article.info")
    assert page.locator(".department >> nth=0").locator("article.info").count() == counts[0]
    assert page.inner_text("#findings .hints").startswith(f"共 {hints} 条提示没有展开")
    page.click("#hints")
    assert all_drawn(page) == len(review.findings)
    assert page.locator("#findings .hints").count() == 0
    left = tuple(finding for finding in review.findings if finding.severity is Severity.INFO)
    page = visit(chrome, written(tmp_path, replace(review, findings=left, keys=()))).page
    assert all_drawn(page) == hints
    assert page.inner_text("#count") == f"共 {hints} 条问题"


def test_the_first_screen_is_the_briefing(chrome: Browser, samples_page: Path, tmp_path: Path) -> None:
    """It is whole on an office screen, also with long lists, and fills the first page on paper."""
    for path in (samples_page, written(tmp_path, county(800))):
        page = visit(chrome, path).page
        box = page.locator("#brief").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= OFFICE["height"]
    assert "单位19" in page.inner_text("#brief")
    assert page.locator("#brief .plain >> nth=2").locator("tbody tr").count() == 10
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.getElementById('brief')).breakAfter") == "page"


def test_a_chosen_department_shows_its_problems_at_once(chrome: Browser, samples_page: Path) -> None:
    """Its first error is in sight without scrolling; what is about all departments is out of the way."""
    page = visit(chrome, samples_page).page
    page.click("#brief .blocks button.name")
    assert page.input_value("#filing")
    page.wait_for_timeout(500)
    box = page.locator("article").first.bounding_box()
    assert box is not None
    assert 0 < box["y"] < box["y"] + box["height"] <= OFFICE["height"]
    assert page.locator("article").first.get_attribute("class") == "error"
    assert not page.is_visible("#brief")
    page.click("#clear")
    assert page.is_visible("#brief")


def test_every_error_is_counted_in_a_row(chrome: Browser, tmp_path: Path) -> None:
    """The rows of departments and of files of nobody add up to the figure in the head."""
    lost = replace(samples_review().findings[0], path="散件.pdf", submission=None, severity=Severity.ERROR)
    what = replace(samples_review(), findings=(*samples_review().findings, lost), keys=())
    page = visit(chrome, written(tmp_path, what)).page
    column = page.locator(".departments thead th").all_inner_texts().index("错误") + 1
    cells = page.locator(f".departments tbody tr:not(.picture) > :nth-child({column})").all_inner_texts()
    assert sum(map(int, cells)) == int(page.inner_text(".figure.error dd"))
    page.click("text=不能归到单位的文件 >> nth=-1")
    assert count(page) == 1


def test_filters_leave_what_the_audit_counts(chrome: Browser, samples_page: Path) -> None:
    """Each department, rule, severity and form leaves as many findings as the audit has of it."""
    review, page = samples_review(), visit(chrome, samples_page).page
    for rule in review.rules:
        page.select_option("#rule", rule.code)
        assert count(page) == rule.hits == all_drawn(page), rule.code
    page.click("#clear")
    for at, filing in enumerate(review.filings):
        page.select_option("#filing", index=at + 1)
        assert count(page) == filing.errors + filing.warnings, filing.id
    page.click("#clear")
    page.click(".toggle.info")
    for severity in Severity:
        page.click(f".toggle.{severity.value}")
        left = sum(finding.severity is not severity for finding in review.findings)
        assert count(page) == left
        assert page.inner_text("#count") == f"显示 {left} 条，共 {len(review.findings)} 条"
        page.click(f".toggle.{severity.value}")
    page.click(".toggle.附件1")
    assert count(page) == sum(
        review.submissions[finding.submission or ""].form != "附件1" for finding in review.findings
    )
    page.click("#clear")
    assert count(page) == len(review.findings) - sum(finding.severity is Severity.INFO for finding in review.findings)


def test_search_folds_width_and_case_and_wants_every_word(chrome: Browser, samples_page: Path) -> None:
    """Full-width text matches half-width text; of two words both must match; an unknown word matches nothing."""
    page = visit(chrome, samples_page).page
    page.fill("#search", "三公经费_本年决算数")
    both = count(page)
    assert 0 < both < len(samples_review().findings)
    page.fill("#search", "三公经费＿本年决算数")
    assert count(page) == both
    page.fill("#search", "ｓ－２８ 附件2")
    assert {text[:4] for text in page.locator("article .code").all_inner_texts()} == {"S-28"}
    assert count(page) == sum(
        finding.rule == "S-28" and samples_review().submissions[finding.submission or ""].form == "附件2"
        for finding in samples_review().findings
    )
    page.fill("#search", "没有这样的词")
    assert page.inner_text("#findings .none") == "没有符合条件的问题。"


def test_a_link_brings_back_the_view(chrome: Browser, samples_page: Path) -> None:
    """The address holds every filter; opened again it gives the same view; unknown values in it are ignored."""
    page = visit(chrome, samples_page).page
    page.fill("#search", "经费 & 100%")
    page.fill("#search", "经费")
    page.select_option("#filing", index=2)
    page.click(".toggle.error")
    page.click(".toggle.info")
    page.click(".toggle.附件3")
    again = visit(chrome, samples_page, page.evaluate("location.hash")).page
    assert count(again) == count(page) > 0
    assert again.input_value("#search") == "经费"
    assert again.input_value("#filing") == page.input_value("#filing")
    pressed = {each: again.get_attribute(f".toggle.{each}", "aria-pressed") for each in ("error", "warning", "info")}
    assert pressed == {"error": "false", "warning": "true", "info": "true"}
    strange = visit(chrome, samples_page, "#s=fatal&d=没有的单位&x=1%zz")
    assert count(strange.page) == 0
    assert strange.complaints == []
    strange.page.evaluate("location.hash = ''")
    strange.page.wait_for_function("document.querySelectorAll('article').length > 0")
    assert count(strange.page) == count(visit(chrome, samples_page).page) > 0


def test_the_keyboard_is_enough(chrome: Browser, samples_page: Path) -> None:
    """Slash searches, Esc clears, j, k and arrows walk through findings, Tab reaches each control, Enter chooses."""
    page = visit(chrome, samples_page).page
    opening = count(page)
    page.keyboard.press("/")
    page.keyboard.type("控制率")
    assert 0 < count(page) < opening
    page.keyboard.press("Escape")
    assert count(page) == opening
    here = "[...document.querySelectorAll('article')].indexOf(document.activeElement)"
    walked = []
    for key in ("j", "j", "ArrowDown", "k", "ArrowUp"):
        page.keyboard.press(key)
        walked.append(int(page.evaluate(here)))
    assert [later - first for first, later in pairwise(walked)] == [1, 1, -1, -1]
    page = visit(chrome, samples_page).page
    reached = []
    for _ in range(45):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    wanted = {"search", "filing", "rule", "print", "pages", "sort-0", "name", "look", "toggle error", "toggle 附件3"}
    assert wanted <= set(reached)
    page.focus(".departments button.name")
    page.keyboard.press("Enter")
    first = samples_review().filings[0]
    assert count(page) == first.errors + first.warnings


def test_walking_on_draws_on(chrome: Browser, samples_page: Path) -> None:
    """The key j goes past the findings drawn so far, to the very last."""
    page = visit(chrome, samples_page, EVERYTHING).page
    for _ in range(len(samples_review().findings) + 3):
        page.keyboard.press("j")
    last = page.evaluate("document.activeElement === [...document.querySelectorAll('article')].pop()")
    assert last
    assert page.locator("article").count() == len(samples_review().findings)


def test_every_window_is_a_grid_with_its_cell_marked(chrome: Browser, samples_page: Path) -> None:
    """In each window all rows have the same width, and exactly one cell is marked as the cell to correct."""
    page = visit(chrome, samples_page).page
    all_drawn(page)
    assert page.evaluate(WINDOWS_ARE_GRIDS) == 0
    first = "(all) => all.map((one) => one.querySelectorAll('.window:first-child .marked').length)"
    assert set(page.locator("article:has(.window)").evaluate_all(first)) == {1}


def test_pictures_say_in_words_what_they_show(chrome: Browser, samples_page: Path) -> None:
    """A filing's row opens into two drawings with a title and a description of the figures."""
    page = visit(chrome, samples_page).page
    page.click(".departments tr:nth-child(3) .look")
    descriptions = page.locator(".pictures svg desc").all_inner_texts()
    assert descriptions == [] or len(descriptions) == 2
    words = page.locator(".pictures svg > desc").evaluate_all("(all) => all.map((one) => one.textContent)")
    assert words[0].startswith("年初预算1,200；全年预算10,716.16，比年初 +793.0%；全年执行10,716.16，执行率 100.0%")
    assert words[1] == "预算执行 自评 10 / 10；产出指标 自评 45 / 50；效益指标 自评 30 / 30；满意度指标 自评 10 / 10"


def test_a_second_round_is_listed_by_result_and_department(chrome: Browser, tmp_path: Path) -> None:
    """A chosen outcome or department leaves only its own lines; without a round there is no list."""
    first, second = samples_review().filings[:2]
    steps = [step(became, filing.id, filing.department) for became in Outcome for filing in (first, first, second)]
    page = visit(chrome, written(tmp_path, replace(samples_review(), context=ReviewContext(steps=tuple(steps))))).page
    assert page.locator("#rounds tbody tr").count() == 15
    page.click("[data-became=已整改]")
    assert page.locator("#rounds tbody .chip").all_inner_texts() == ["已整改"] * 3
    assert page.inner_text("[data-became=未整改]") == "未整改 3"
    page.select_option("#filing", index=2)
    assert page.locator("#rounds tbody th").all_inner_texts() == [second.department]
    assert not visit(chrome, written(tmp_path, samples_review())).page.is_visible("#rounds")


def test_texts_are_dark_enough(chrome: Browser, samples_page: Path) -> None:
    """Every text has the contrast of WCAG AA."""
    page = visit(chrome, samples_page, "#s=error,info").page
    page.click(".look >> nth=1")
    assert page.evaluate(PALE) == []


def test_nothing_runs_over_the_office_screen(chrome: Browser, samples_page: Path) -> None:
    """At 1366 × 768 no content needs horizontal scrolling."""
    page = visit(chrome, samples_page).page
    all_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= OFFICE["width"]


def test_paper_gets_everything_that_is_shown(chrome: Browser, samples_page: Path) -> None:
    """Printing draws and unfolds every finding that is filtered for and leaves the controls out."""
    page = visit(chrome, samples_page, "#s=error").page
    page.check("#pages")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    errors = sum(finding.severity is Severity.ERROR for finding in samples_review().findings)
    assert page.locator("article").count() == page.locator("article details[open]").count() == errors
    page.emulate_media(media="print")
    assert not page.is_visible("#filters")
    breaks = "(all) => all.map((one) => getComputedStyle(one).breakBefore)"
    assert set(page.locator(".department").evaluate_all(breaks)) == {"page"}


def test_without_script_the_workbook_is_named(chrome: Browser, samples_page: Path) -> None:
    """The figures stand there all the same, and a line leads to review.xlsx."""
    page = visit(chrome, samples_page, java_script_enabled=False).page
    assert page.get_attribute("noscript a", "href") == "./review.xlsx"
    assert page.is_visible("noscript p")
    assert str(len(samples_review().filings)) in page.inner_text(".figures")


def test_hostile_texts_stay_texts(chrome: Browser, tmp_path: Path) -> None:
    """No tag, handler or address in a name, message or cell becomes part of the page."""
    visited = visit(chrome, written(tmp_path, hostile_review()))
    page = visited.page
    all_drawn(page)
    for look in page.locator(".look").all():
        look.click()
    page.locator("article .code").first.click()
    page.locator("#rules button.name").first.click()
    assert visited.complaints == []
    assert visited.requests == [(tmp_path / "review.html").as_uri()]
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("img, iframe, object, [onmouseover]").count() == 0
    assert page.title() == HOSTILE[0]
    links = page.locator("a[href]").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    assert {link[:1] for link in links} <= {".", "#"}


def test_twenty_thousand_findings_are_searched_at_once(chrome: Browser, tmp_path: Path) -> None:
    """A county's review opens within seconds, and a search in it takes a tenth of a second at most."""
    visited = visit(chrome, written(tmp_path, large_review()), EVERYTHING)
    search = """(text) => {
      const field = document.getElementById("search");
      field.value = text;
      const start = performance.now();
      field.dispatchEvent(new Event("input"));
      document.body.getBoundingClientRect();
      return performance.now() - start;
    }"""
    words = ("预算", "单位499", "第7项", "A1-05", "没有", "决算 单位3", "F12", "超过", "")
    visited.page.evaluate(search, "第一次")
    assert statistics.median(visited.page.evaluate(search, word) for word in words) < 100
    assert count(visited.page) == 20_000
    assert visited.page.locator("article").count() < 200
    assert visited.complaints == []
