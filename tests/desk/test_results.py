"""审核 and its results: the run, the briefing, findings with their surroundings, and what the officer decides."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.batches.folders import InlinePool
from tests.desk.county import WATER, filings, roster
from tests.outputs.reviewed import HOSTILE, hostile_review, samples_review
from tests.outputs.small_review import column_number, open_workbook
from xltool import params
from xltool.batches import reading, side_inputs
from xltool.batches.store import run_state
from xltool.desk.jobs import Control, JobState
from xltool.desk.pages import audit
from xltool.desk.results import NO_FILING, Notes, Results, Wish
from xltool.findings import Severity
from xltool.outputs.officer_notes import load as load_notes
from xltool.outputs.page.page import write_page
from xltool.outputs.page.stored_page import load_page
from xltool.outputs.returned import package
from xltool.outputs.workbook import write_review
from xltool.params import writing
from xltool.workers.pool import StoppedError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from starlette.testclient import TestClient

    from xltool.desk.desk import Desk
    from xltool.outputs.model import Review

ALL = "s=error&s=warning&s=info"


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)


def write(folder: Path, review: Review) -> Path:
    """What a run leaves of a review."""
    folder.mkdir(parents=True, exist_ok=True)
    write_page(folder / "review.html", review)
    write_review(folder / "review.xlsx", review, scratch=folder)
    (folder / ".xltool").mkdir()
    (folder / ".xltool" / run_state.NAME).write_bytes(b"{}")
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the samples; nobody may write into them."""
    return write(tmp_path_factory.mktemp("results") / "审核结果", samples_review())


@pytest.fixture
def results(folder: Path, written: Path) -> Path:
    """The results of the samples in the work folder."""
    return shutil.copytree(written, folder / "审核结果")


# --- the run ----------------------------------------------------------------------------------


def test_a_round_is_audited_on_the_page(desk: Desk, client: TestClient, folder: Path) -> None:
    """With the choices that are kept; the page then has the briefing, and leads to departments and findings."""
    roster(folder)
    filings(folder / "报送")
    assert "开始审核 第 1 轮的 4 个文件" in client.get("/审核").text
    client.post("/审核", data={"due": "2024-04-30", "refile_by": "2124-05-31", "officer": "张三"})
    desk.jobs.wait(60)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.DONE, desk.jobs.view.lines
    assert any("未能审核 1 个文件：林业局/附件1.xlsx" in line for line in desk.jobs.view.lines)
    page = client.get("/审核").text
    assert "简报" in page
    assert 'value="2024-04-30"' in page
    assert WATER in client.get("/单位").text
    assert client.get(f"/单位/{WATER}").status_code == 200
    assert "知道了" in page  # how the run ended stands on the page of the audit, and is in the way of no results
    assert all("知道了" not in client.get(path).text for path in (f"/单位/{WATER}", "/单位", "/问题"))
    assert "下一步：退回" not in client.get("/").text
    (folder / "报送" / "教育局.xlsx").write_bytes(b"x")
    assert "有 1 个文件是审核以后送来或改过的" in client.get("/审核").text


def test_a_run_that_was_stopped_is_taken_up(desk: Desk, folder: Path) -> None:
    """What was read by then is not read again."""
    filings(folder / "报送")
    seen: list[str] = []

    def bar(label: str, total: int) -> AbstractContextManager[object]:
        seen.append(f"{label} {total}")
        return desk.jobs._bar(label, total)  # noqa: SLF001 - the bar of a job, outside a job

    control = Control(bar, desk.jobs._stop)  # type: ignore[arg-type] # noqa: SLF001 - likewise
    desk.jobs.stop()
    with pytest.raises(StoppedError):
        audit.run_audit(desk.folder, control)
    assert seen == ["读取 4"]
    desk.jobs._stop.clear()  # noqa: SLF001 - likewise
    assert audit.run_audit(desk.folder, control)
    assert (folder / "审核结果" / "review.xlsx").is_file()


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"due": "四月底"}, "报送期限应是日期"),
        ({"exemptions": "没有.xlsx"}, "找不到豁免清单"),
        ({"exemptions": "../x.xlsx"}, "不在工作文件夹内"),
        ({"profile": "../x.toml"}, "没有这个评分口径"),
        ({"prior": "/etc"}, "找不到上年报送的文件夹"),
        ({"profile": "/etc/x.toml"}, "没有这个评分口径"),
    ],
)
def test_what_is_not_audited_says_why(client: TestClient, folder: Path, form: dict[str, str], reason: str) -> None:
    """Before anything is read."""
    filings(folder / "报送")
    answer = client.post("/审核", data=form)
    assert answer.status_code == 400
    assert reason in answer.text


def test_without_files_there_is_nothing_to_audit(client: TestClient) -> None:
    """The page leads to where they are received; pages of results lead to the audit."""
    assert "还没有可以审核的文件" in client.get("/审核").text
    for path in ("/单位", "/问题", f"/单位/{WATER}"):
        answer = client.get(path)
        assert answer.status_code == 400
        assert "还没有审核结果" in answer.text


# --- findings ---------------------------------------------------------------------------------


def test_findings_have_addresses(client: TestClient, results: Path) -> None:
    """Departments and rules: what was sent in a message opens what was meant."""
    loaded = Results(load_page(results / "review.html"))
    name = next(name for number, name in enumerate(loaded.names) if loaded.by_filing.get(number))
    page = client.get(f"/单位/{name}?{ALL}").text
    assert f"<h1>{name}" in page
    code = loaded.stored.text(loaded.findings[0].rule)
    page = client.get(f"/规则/{code}").text
    assert "应当成立" in page or "问题：" in page
    assert 'class="finding' in page
    assert client.get("/规则/a1-5").status_code == 200
    for path in ("/单位/没有这个局", "/规则/Z-99"):
        assert client.get(path).status_code == 404


def test_the_cells_around_a_finding_are_shown(written: Path) -> None:
    """Each window is a grid, and the cell to correct stands out in it."""
    loaded = Results(load_page(written / "review.html"))
    shown = [loaded.show(number, Notes(None)) for number in range(len(loaded.findings))]
    windows = [window for finding in shown for window in finding.windows]
    assert len(windows) > 20
    for window in windows:
        widths = [0] * len(window.rows)
        for at, row in enumerate(window.rows):
            for cell in row.cells:
                for down in range(cell.down):
                    widths[at + down] += cell.across
        assert set(widths) == {len(window.letters)}
    marked = [finding for finding in shown if finding.windows and not finding.windows[0].caption]
    assert all(sum(cell.is_marked for row in each.windows[0].rows for cell in row.cells) == 1 for each in marked)


def test_findings_are_searched_and_filtered(written: Path) -> None:
    """By words in any text, by severity, form, rule and state."""
    loaded, notes = Results(load_page(written / "review.html")), Notes(None)
    everything = loaded.select(Wish(), notes)
    errors = loaded.select(Wish(severities=frozenset({"error"})), notes)
    assert 0 < len(errors) < len(everything)
    assert {loaded.show(number, notes).severity for number in errors} == {Severity.ERROR}
    second = loaded.select(Wish(form="附件2"), notes)
    assert {loaded.show(number, notes).form for number in second} == {"附件2"}
    rule = loaded.show(everything[0], notes).rule
    assert {loaded.show(number, notes).rule for number in loaded.select(Wish(rule=rule), notes)} == {rule}
    word = loaded.show(everything[0], notes).message[:4]
    assert everything[0] in loaded.select(Wish(words=f"{word} {rule.lower()}"), notes)
    assert loaded.select(Wish(words="没有这样的字"), notes) == []
    assert loaded.select(Wish(status="已退回"), notes) == []
    assert loaded.select(Wish(status="待处理"), notes) == everything


@pytest.mark.usefixtures("results")
def test_a_list_is_shown_in_pages(client: TestClient) -> None:
    """With the filters kept in the address, so that 后退 and F5 lose nothing."""
    page = client.get(f"/问题?{ALL}&form=附件2").text
    assert "第 1 / " in page
    assert "&amp;page=2" in page
    assert client.get(f"/问题?{ALL}&page=999").status_code == 200
    assert 'value="附件' not in page
    assert "<option selected>附件2</option>" in page


def test_results_of_another_version_ask_for_an_audit(client: TestClient, results: Path) -> None:
    """Or damaged results: nothing is guessed."""
    page = results / "review.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace('"explained","key"', '"explained","other"'), encoding="utf-8"
    )
    assert "请重新审核" in client.get("/审核").text
    page.write_text("<script>", encoding="utf-8")
    assert client.get("/问题").status_code == 400


def test_texts_of_filings_are_texts(client: TestClient, folder: Path) -> None:
    """Whatever a department filed stands in the page as it was written, and does nothing."""
    review = hostile_review()
    write(folder / "审核结果", replace(review, keys=[f"{number:016x}" for number in range(len(HOSTILE))]))
    (folder / "报送").mkdir()
    (folder / "报送" / "x.xlsx").write_bytes(b"")
    departments = [f"/单位/{quote(name)}" for name in (NO_FILING, *HOSTILE[:2])]
    for path in ("/审核", "/单位", f"/问题?{ALL}", *departments):
        answer = client.get(path)
        assert answer.status_code in {200, 404}, path
        for text in ("<script>window", "<img", '" onmouseover', "<!--", "\u202e"):
            assert text not in answer.text, path
    assert "&lt;img src=x" in client.get(f"/问题?{ALL}").text


# --- what the officer decides -----------------------------------------------------------------


def first_key(results: Path, severity: str = "error") -> str:
    """The key of a finding."""
    loaded = Results(load_page(results / "review.html"))
    return loaded.findings[loaded.select(Wish(severities=frozenset({severity})), Notes(None))[0]].key


def decide(client: TestClient, key: str, **more: str) -> tuple[int, str]:
    """Save a decision as the page does."""
    answer = client.post("/问题/处理", data={"key": key, "quiet": "yes", **more})
    return answer.status_code, answer.text


def test_hints_that_are_not_listed_are_counted(client: TestClient, results: Path) -> None:
    """And listed with a click; where they are listed nothing is said."""
    loaded = Results(load_page(results / "review.html"))
    hints = loaded.counts[Severity.INFO]
    page = client.get("/问题").text
    assert f"另有 {hints} 条提示没有列出" in page
    address = re.search('href="([^"]+)">一起看', page)
    assert address is not None
    everything = client.get("/问题" + address[1].replace("&amp;", "&")).text
    assert f"{sum(loaded.counts.values())} 条" in everything
    assert "没有列出" not in everything
    name = next(name for name, number in loaded.by_name.items() if any(
        loaded.findings[each].severity == 2 for each in loaded.by_filing[number]
    ))  # fmt: skip
    assert "条提示没有列出" in client.get(f"/单位/{quote(name)}").text
    assert "没有列出" not in client.get("/问题?q=没有这样的字").text


@pytest.mark.parametrize("severity", ["error", "info"])
def test_a_decision_is_written_into_the_workbook(client: TestClient, results: Path, severity: str) -> None:
    """Where the officer would type it, so that the next run reads it; everything else stays as it is."""
    key = first_key(results, severity)
    before = {entry: (results / entry).read_bytes() for entry in ("review.html",)}
    assert decide(client, key, status="已退回", note="=1+1 <b>") == (200, "已保存")
    noted = load_notes(results / "review.xlsx").notes
    assert (noted[key].status, noted[key].note) == ("已退回", "=1+1 <b>")
    assert len(noted) == 1
    book = open_workbook(results / "review.xlsx")
    assert book.sheetnames[:2] == ["简报", "总览"]
    page = client.get("/问题?status=已退回&" + ALL).text
    assert "=1+1 &lt;b&gt;" in page
    assert page.count('class="finding') == 1
    assert "处理结果有新的登记" in client.get("/审核").text or not (results.parent / "报送").exists()
    assert decide(client, key) == (200, "已保存")
    assert load_notes(results / "review.xlsx").notes == {}
    assert {entry: (results / entry).read_bytes() for entry in before} == before


def test_a_decision_that_was_typed_into_the_workbook_is_shown(client: TestClient, results: Path) -> None:
    """Both ways: what is saved in WPS stands on the page at once."""
    book = open_workbook(results / "review.xlsx")
    sheet = book["问题清单"]
    sheet.cell(2, column_number(sheet, "处理状态"), "已联系单位")
    book.save(results / "review.xlsx")
    assert client.get(f"/问题?status=已联系单位&{ALL}").text.count('class="finding') == 1
    key = str(sheet.cell(2, column_number(sheet, "问题编号")).value)
    assert decide(client, key, status="说明认可", note="附了文件") == (200, "已保存")
    assert load_notes(results / "review.xlsx").notes[key].status == "说明认可"


def test_a_decision_is_written_into_a_list_of_any_size(
    client: TestClient, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its row is parsed: the tree of a list of a hundred thousand findings takes more memory than there is."""
    monkeypatch.setattr(package, "LARGEST", 20_000)
    before = parts_of(results / "review.xlsx")
    key = first_key(results)
    assert decide(client, key, status="已退回", note="<b>&甲") == (200, "已保存")
    noted = load_notes(results / "review.xlsx").notes
    assert {each: (note.status, note.note) for each, note in noted.items()} == {key: ("已退回", "<b>&甲")}
    after = parts_of(results / "review.xlsx")
    (changed,) = (name for name in before if before[name] != after[name])
    assert len(before[changed]) > package.LARGEST
    rows, later = (re.findall(rb"<row .*?</row>", each[changed], re.DOTALL) for each in (before, after))
    assert sum(row != other for row, other in zip(rows, later, strict=True)) == 1
    assert open_workbook(results / "review.xlsx")["问题清单"].max_row == len(rows)


def test_a_list_whose_names_have_a_prefix_is_written_too(client: TestClient, results: Path) -> None:
    """Some programs save so."""
    review = results / "review.xlsx"
    parts = parts_of(review)
    name = f"xl/worksheets/sheet{open_workbook(review).sheetnames.index('问题清单') + 1}.xml"
    parts[name] = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", parts[name]).replace(b"xmlns=", b"xmlns:x=", 1)
    with zipfile.ZipFile(review, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    key = first_key(results)
    assert decide(client, key, status="已退回") == (200, "已保存")
    assert load_notes(review).notes[key].status == "已退回"


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_workbook_that_is_open_elsewhere_is_not_written(
    client: TestClient, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what to do, and the text stays in its field; nothing is lost."""
    before = (results / "review.xlsx").read_bytes()
    (results / "~$review.xlsx").write_bytes(b"")
    status, text = decide(client, first_key(results), status="已退回")
    assert status == 400
    assert "正在 WPS 或 Excel 里打开" in text
    (results / "~$review.xlsx").unlink()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "x", "review.xlsx")

    monkeypatch.setattr("xltool.outputs.note_cells.files.write_whole", refuse)
    status, text = decide(client, first_key(results), status="已退回")
    assert status == 400
    assert "正在 WPS 或 Excel 里打开" in text
    assert (results / "review.xlsx").read_bytes() == before


@pytest.mark.parametrize("key", ["", "没有这条", "单位"])
@pytest.mark.usefixtures("results")
def test_a_finding_that_is_gone_is_said(client: TestClient, key: str) -> None:
    """It may have gone with a run in another tab."""
    status, text = decide(client, key, status="已退回")
    assert status == 400
    assert "没有这条问题" in text


def test_a_decision_without_a_script_goes_back_to_its_place(client: TestClient, results: Path) -> None:
    """And to no other site."""
    form = {"key": first_key(results), "status": "已退回", "back": "/问题?q=x"}
    assert client.post("/问题/处理", data=form, follow_redirects=False).headers["location"] == "/%E9%97%AE%E9%A2%98?q=x"
    form["back"] = "//evil.example"
    assert "evil" not in client.post("/问题/处理", data=form, follow_redirects=False).headers["location"]


@pytest.mark.parametrize("name", ["review.html", "review.xlsx"])
def test_results_that_are_links_are_none(client: TestClient, results: Path, tmp_path: Path, name: str) -> None:
    """Somebody who can write to the share cannot have a file elsewhere shown or written."""
    key = first_key(results)
    (results / name).replace(tmp_path / name)
    (results / name).symlink_to(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    if name == "review.html":
        assert client.get("/问题").status_code == 400
    else:
        assert decide(client, key, status="已退回")[0] == 400
    assert (tmp_path / name).read_bytes() == before


def test_a_profile_of_the_work_folder_is_offered_and_used(client: TestClient, desk: Desk, folder: Path) -> None:
    """A file as `xltool rules --format toml` prints it, beside the roster."""
    text = writing.written(params.profile_named("湖北")).replace("湖北", "本地")
    (folder / "本地口径.toml").write_text(text, encoding="utf-8")
    filings(folder / "报送")
    assert "<option>本地口径.toml</option>" in client.get("/审核").text
    client.post("/审核", data={"profile": "本地口径.toml"})
    desk.jobs.wait(60)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.DONE, desk.jobs.view.lines
