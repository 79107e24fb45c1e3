"""The user guide: complete, true to the program, self-contained, printed on the pages it promises."""

from __future__ import annotations

import re
import sys
import webbrowser
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import openpyxl
import pytest
from typer.main import get_command

import xltool
from tests.batches.folders import InlinePool
from tests.support.filled import filled
from tests.support.programs.browser import Visit, browser, needs_chromium
from tests.support.sheets import book
from tools.guide import limits, sizing
from tools.guide.page import PICTURES
from tools.samples.folders import ROOT
from xltool import cli
from xltool.auditing.rounds.outcomes import Outcome
from xltool.batches import reading
from xltool.catalogue import guide
from xltool.cli.commands import app
from xltool.outputs.officer_notes import SHEETS, STATES
from xltool.reader import guard
from xltool.reader.limits import LIMITS
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

LARGEST: Final = 3 * 2**20
PAGES: Final = {"departments": range(2, 3), "desk": range(8, 14)}
TEXT: Final = guide.text()
HTML: Final = guide.PAGE.read_text(encoding="utf-8")


def source(part: str) -> str:
    """A part of the text as it is written."""
    return guide.PAGE.with_name(part).read_text(encoding="utf-8")


# --- complete and true ------------------------------------------------------------------------


def options() -> dict[str, set[str]]:
    """Options of the program by command."""
    program = get_command(app)
    commands = program.commands  # type: ignore[attr-defined] # a group has them
    options_by_command = {
        name: {word for param in command.params for word in param.opts if word.startswith("--")}
        for name, command in commands.items()
    }
    return options_by_command | {"": {"--help", "--debug"}}


def test_every_command_and_every_option_is_in_the_guide() -> None:
    """Whoever adds one has to write what it is for."""
    known = options()
    assert {name for name in known if f"xltool {name}" not in TEXT} == set()
    assert {word for words in known.values() for word in words if word not in TEXT} == set()


def test_no_option_is_promised_that_does_not_exist() -> None:
    """What was renamed or dropped must go from the guide too."""
    promised = set(re.findall(r"--[a-z][a-z-]+", TEXT))
    assert promised - {word for words in options().values() for word in words} == set()


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl's, of data bars
def test_every_sheet_of_the_review_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a review with all there can be: roster, an earlier review, notes on findings gone."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    (tmp_path / "报送").mkdir()
    filled(tmp_path / "报送" / "附件1.xlsx", "附件1", "附件2", "附件3")
    roster = book(tmp_path / "名册.xlsx", 单位=[("单位编码", "单位名称"), ("001", "某某局")])
    xltool.batch(tmp_path / "报送", out=tmp_path / "一", roster=roster)
    xltool.batch(tmp_path / "报送", out=tmp_path / "二", roster=roster, prior_review=tmp_path / "一")
    names = openpyxl.load_workbook(tmp_path / "二" / "review.xlsx").sheetnames
    desk = source("desk.md")
    assert "整改情况" in names
    assert [name for name in (*names, *SHEETS) if name not in desk] == []


def test_the_words_of_the_desk_are_those_of_the_program() -> None:
    """States of a finding, what becomes of one, and what a refused file is told."""
    words = [*STATES, *(became.value for became in Outcome), guard.ENCRYPTED]
    assert [word for word in words if word not in TEXT] == []


def test_every_rule_that_is_named_exists() -> None:
    """Codes in the guide can be explained."""
    named = set(re.findall(r"(?<![A-Za-z])(?:A[123]|[RSTWXY])-\d\d", TEXT))
    assert len(named) > 15
    assert named - set(RULES) == set()


def test_the_commonest_mistakes_are_quoted_from_the_audit_of_a_sample() -> None:
    """Departments read in the guide what they will read in their list."""
    messages = set(xltool.audit(*ROOT.glob("samples/示范县水利局_2023_问题示例/*.xlsx")).findings["message"])
    rows = source("departments.md").partition("| 错在哪里 |")[2].strip().splitlines()[2:]
    quoted = [row.split(" | ")[1] for row in rows]
    assert len(quoted) == 5
    # What follows from the same mistake stands behind it in the list.
    assert [text for text in quoted if not any(message.startswith(text) for message in messages)] == []


def test_the_text_stands_on_the_page() -> None:
    """Every heading of the text is one of the page, and a part's title comes first."""
    heads = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    assert heads[0].startswith("填报单位")
    assert [head for head in heads if f">{head}</h" not in HTML] == []


# --- figures ----------------------------------------------------------------------------------


def test_limits_come_from_the_code() -> None:
    """The largest file that is read is told as the guard has it."""
    assert f"| 一个文件的大小 | {LIMITS.file_size // 2**20} MB |" in limits.table()
    assert limits.table() in source("desk.md")


def test_sizing_follows_from_what_was_measured() -> None:
    """A county runs in one go, the nation in parts; what takes ten times as long is told so."""
    figures = sizing.measured_figures()
    rows = sizing.table(figures).splitlines()
    assert [row.split(" | ")[0].strip("| ") for row in rows[2:]] == ["一个县", "一个市", "一个省", "全国"]
    assert "一次跑完" in rows[2]
    assert "480 批，每批 5,000 份" in rows[5]
    slower = replace(figures, worker_seconds=figures.worker_seconds * 10)
    assert sizing.table(slower) != sizing.table(figures)
    assert sizing.table(figures) in source("desk.md")
    assert sizing.basis(figures) in source("desk.md")


# --- the page ---------------------------------------------------------------------------------


def test_the_page_needs_nothing_else() -> None:
    """No address outside the page, no path of a machine, every link leads somewhere, and it can be mailed."""
    targets = re.findall(r'(?:src|href|action)="([^"]*)"', HTML)
    anchors = set(re.findall(r' id="([^"]*)"', HTML))
    assert [target for target in targets if not target.startswith(("#", "data:image/png;base64,"))] == []
    assert [target for target in targets if target.startswith("#") and target[1:] not in anchors] == []
    without_pictures = re.sub(r'"data:[^"]*"', "", HTML)
    assert (
        re.findall(r"https?://(?!www\.w3\.org/)|url\((?!#)|@import|file:|/home/|/tmp/|C:\\Users", without_pictures)
        == []
    )
    assert guide.PAGE.stat().st_size < LARGEST


def test_every_picture_is_shown_once() -> None:
    """None is missing, none lies about, each has a caption."""
    shown = re.findall(r"^!\[(.+)\]\((\S+?)(?: \"\w+\")?\)$", "\n".join(map(source, guide.PARTS)), re.MULTILINE)
    assert Counter(name for _, name in shown) == Counter(path.name for path in PICTURES.iterdir())
    assert HTML.count("<figcaption>") == len(shown)


def test_headings_are_all_different() -> None:
    """A link of the contents leads to one place."""
    anchors = re.findall(r'<h\d id="([^"]*)"', HTML)
    assert max(Counter(anchors).values()) == 1


@pytest.fixture(scope="module")
def shown() -> Iterator[Visit]:
    """The page in a browser."""
    with browser() as opened:
        visit = Visit(opened.new_page(viewport={"width": 1366, "height": 768}))
        visit.page.goto(guide.PAGE.as_uri())
        yield visit


@needs_chromium
def test_the_browser_has_nothing_to_complain_of_or_to_fetch(shown: Visit) -> None:
    """The page asks for itself and for what it carries."""
    assert shown.complaints == []
    assert [url for url in shown.requests if not url.startswith("data:")] == [guide.PAGE.as_uri()]


@needs_chromium
@pytest.mark.parametrize("part", PAGES)
def test_pages_on_paper(part: str, shown: Visit) -> None:
    """For departments exactly two pages of A4, for the desk about thirteen."""
    assert printed(shown.page, part) in PAGES[part]


@needs_chromium
def test_nothing_is_wider_than_a_narrow_screen(shown: Visit) -> None:
    """A telephone shows the page without moving it sideways."""
    shown.page.set_viewport_size({"width": 390, "height": 800})
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 390
    shown.page.set_viewport_size({"width": 1366, "height": 768})


def printed(page: Page, part: str) -> int:
    """Pages of a part when its button is pressed."""
    page.evaluate("window.print = () => {}")
    page.click(f'button[data-part="{part}"]')
    content = page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", content))


# --- the command ------------------------------------------------------------------------------


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    """Run `xltool guide` on a terminal with a screen; gives stdout and stderr."""
    monkeypatch.setenv("DISPLAY", ":0")

    def run(*arguments: object, terminal: bool = True) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["xltool", "guide", *map(str, arguments)])
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
        with pytest.raises(SystemExit) as done:
            cli.main()
        assert done.value.code == 0
        out, err = capsys.readouterr()
        return out, err

    return run


def test_it_opens_in_a_browser(monkeypatch: pytest.MonkeyPatch, command: Callable[..., tuple[str, str]]) -> None:
    """On a terminal the browser is told where the page lies, and the user that it was."""
    complaints: list[str] = []

    def show(url: str) -> bool:
        complaints.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", show)
    assert command() == ("", f"已在浏览器中打开：{guide.PAGE}\n")
    assert complaints == [guide.PAGE.as_uri()]


def test_without_a_browser_it_is_printed(
    monkeypatch: pytest.MonkeyPatch, command: Callable[..., tuple[str, str]]
) -> None:
    """No browser, a browser that fails, no screen, no terminal, or as asked: the text, and no word of a failure."""

    def fail(url: str) -> bool:
        raise webbrowser.Error(url)

    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert command() == (TEXT, "")
    monkeypatch.setattr(webbrowser, "open", fail)
    assert command() == (TEXT, "")
    monkeypatch.setattr(webbrowser, "open", lambda _: pytest.fail("a browser was opened"))
    assert command("--print") == (TEXT, "")
    assert command(terminal=False) == (TEXT, "")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("os.name", "posix")
    assert command() == (TEXT, "")


def test_a_copy_is_the_page(tmp_path: Path, command: Callable[..., tuple[str, str]]) -> None:
    """--out writes the page to be mailed or printed, and opens nothing."""
    copy = tmp_path / "使用手册.html"
    assert command("--out", copy) == (f"{copy}\n", "")
    assert copy.read_bytes() == guide.PAGE.read_bytes()
