"""名册, 下发 and 收表: made, checked, issued and received on the page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import InlinePool
from tests.desk.county import WATER, filings, roster
from xltool.batches import reading, side_inputs
from xltool.desk import opening
from xltool.desk.access import UPLOAD
from xltool.desk.jobs import JobState
from xltool.desk.pages import inbox
from xltool.reader.limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from xltool.desk.desk import Desk


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: the work itself is the same."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)


def lines_of(desk: Desk) -> tuple[str, ...]:
    """What the job reports at its end, which has to be a good one."""
    desk.jobs.wait(60)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.DONE, desk.jobs.view.lines
    return desk.jobs.view.lines


def send(client: TestClient, name: str, content: bytes, to: str = "报送1") -> str:
    """Drop a file; returns what the page says of it."""
    text: str = client.post(UPLOAD, params={"to": to, "name": name}, content=content).text
    return text


# --- 名册 -------------------------------------------------------------------------------------


def test_a_roster_is_made_on_the_page(client: TestClient, folder: Path) -> None:
    """Empty, with what is missing in it; made again it is not overwritten."""
    assert "还没有名册" in client.get("/名册").text
    page = client.post("/名册/新建").text
    assert (folder / "名册.xlsx").is_file()
    assert "没有单位，请在表头下面每行填写一个单位" in page
    again = client.post("/名册/新建")
    assert again.status_code == 400
    assert "没有覆盖" in again.text


def test_mistakes_of_the_roster_have_their_places(client: TestClient, folder: Path) -> None:
    """Sheet, row and column; mended and saved, the page says that it is right."""
    roster(folder, ["001", WATER, ""], ["001", "", ""])
    page = client.get("/名册").text
    assert "单位表第3行" in page.replace(" ", "")
    assert "用 WPS 打开" in page
    roster(folder)
    page = client.get("/名册").text
    assert "名册没有错：3 个单位" in page
    assert WATER in page


def test_a_roster_is_dropped_in(client: TestClient, folder: Path) -> None:
    """Whatever its name; the one that is there is not replaced."""
    content = roster(folder).read_bytes()
    (folder / "名册.xlsx").unlink()
    assert send(client, "我的单位.xlsx", content, "名册") == "已收下"
    assert (folder / "名册.xlsx").read_bytes() == content
    assert "没有覆盖" in send(client, "我的单位.xlsx", content, "名册")


# --- 下发 -------------------------------------------------------------------------------------


def test_templates_are_issued(desk: Desk, client: TestClient, folder: Path) -> None:
    """A folder a department; the choices are kept."""
    roster(folder)
    answer = client.post("/下发", data={"year": "2023", "profile": "湖北", "combined": "yes", "prior": ""})
    assert answer.url.path == "/下发"
    assert lines_of(desk)[0] == "3 个单位，9 张表，在“下发”文件夹里。"
    assert sorted(place.name for place in (folder / "下发").iterdir()) == [
        f"{code} {name}" for code, name in (("001", WATER), ("002", "某市林业局"), ("003", "某市教育局"))
    ] + ["下发清单.xlsx"]
    page = client.get("/下发").text
    assert "已生成 3 个单位" in page
    assert "<option selected>湖北</option>" in page
    assert 'value="2023"' in page


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"year": "去年"}, "年度应是数字"),
        ({"year": "2023", "prior": "/没有/这里"}, "找不到上年报送的文件夹"),
    ],
)
def test_what_is_not_issued_says_why(client: TestClient, folder: Path, form: dict[str, str], reason: str) -> None:
    """Before anything is written."""
    roster(folder)
    answer = client.post("/下发", data=form)
    assert answer.status_code == 400
    assert reason in answer.text
    assert not (folder / "下发").exists()


def test_a_faulty_roster_issues_nothing(client: TestClient, folder: Path) -> None:
    """The page leads to the roster."""
    roster(folder, ["001", "", ""])
    answer = client.post("/下发", data={"year": "2023"})
    assert answer.status_code == 400
    assert "先改名册" in answer.text


def test_last_year_is_offered_and_chosen(desk: Desk, client: TestClient, folder: Path) -> None:
    """The work folder beside this one, or any other folder."""
    (folder.parent / "2022年绩效自评" / "报送").mkdir(parents=True)
    assert "2022年绩效自评" in client.get("/下发").text
    assert "上年的报送在哪个文件夹" in client.get("/上年").text
    client.post("/上年", data={"folder": str(folder.parent)})
    assert desk.folder.settings.prior == str(folder.parent)


# --- 收表 -------------------------------------------------------------------------------------


def test_files_are_dropped_in(client: TestClient, folder: Path) -> None:
    """With their folders; the same again is said to be there, another of the same name is kept beside it."""
    assert send(client, "水利局/附件1.xlsx", b"one") == "已收下"
    assert send(client, "水利局/附件1.xlsx", b"one") == "已有同样的文件"
    assert send(client, "水利局/附件1.xlsx", b"other") == "已收下"
    assert send(client, "水利局/附件1.xlsx", b"other") == "已有同样的文件"
    names = sorted(path.name for path in (folder / "报送" / "水利局").iterdir())
    assert names == ["附件1(2).xlsx", "附件1.xlsx"]
    assert "2 个文件" in client.get("/收表").text


@pytest.mark.parametrize("name", ["../../../x.xlsx", "/x.xlsx", "..\\..\\x.xlsx", "报送/../../../x.xlsx"])
def test_no_name_of_a_file_leads_out_of_the_folder(client: TestClient, folder: Path, name: str) -> None:
    """Its parts are names, and nothing else."""
    assert send(client, name, b"x") == "已收下"
    inside = set((folder / "报送").rglob("x.xlsx"))
    assert len(inside) == 1
    assert set(folder.parent.rglob("x.xlsx")) == inside


def test_a_link_in_the_folder_is_not_followed(client: TestClient, folder: Path, tmp_path: Path) -> None:
    """Somebody who can write to the share cannot have files saved elsewhere."""
    (folder / "报送").mkdir()
    (folder / "报送" / "水利局").symlink_to(tmp_path)
    assert "不在工作文件夹内" in send(client, "水利局/x.xlsx", b"x")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_file_is_bounded_as_the_guard_bounds_it(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever length it declares; nothing of it stays."""
    most = 1 << 16
    monkeypatch.setattr("xltool.desk.access.LIMITS", type(LIMITS)(file_size=most))

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * (most // 2)

    answer = client.post(UPLOAD, params={"to": "报送1", "name": "大.xlsx"}, content=pieces())
    assert answer.status_code == 413
    assert "超过上限" in answer.text
    assert client.post(UPLOAD, params={"to": "报送1", "name": "大.xlsx"}, content=b"x" * (most + 1)).status_code == 413
    assert list((folder / "报送").rglob("*")) == []


def test_who_owes_is_said(desk: Desk, client: TestClient, folder: Path) -> None:
    """Files are read and matched to the roster; the run that follows reads none again."""
    roster(folder)
    filings(folder / "报送")
    client.post("/收表/核对")
    assert lines_of(desk) == ("应报 3 个单位，2 个还没有报齐。",)
    page = client.get("/收表").text
    assert "某市教育局" in page
    assert "未报" in page
    assert "之后文件有变动" not in page
    send(client, "教育局/附件1.xlsx", b"x")
    assert "之后文件有变动" in client.get("/收表").text


def test_without_a_roster_nobody_owes(client: TestClient) -> None:
    """And the page says what to do."""
    assert "没有名册，不知道谁没报" in client.get("/收表").text
    assert client.post("/收表/核对").status_code == 400


def test_the_page_notices_what_comes(client: TestClient, folder: Path) -> None:
    """What it asks for now and then changes with the folder, and with nothing else."""
    before = client.get("/收表/变动").text
    assert client.get("/收表/变动").text == before
    (folder / "报送").mkdir()
    (folder / "报送" / "附件1.xlsx").write_bytes(b"x")
    assert client.get("/收表/变动").text != before
    assert client.get("/收表/变动").text in client.get("/收表").text


def test_of_many_folders_those_asked_for_are_listed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with thousands of them is slow; how many there are, and how to get to them, is said."""
    monkeypatch.setattr(inbox, "MOST", 2)
    for name in ("财政局", "水利局", "林业局"):
        send(client, f"{name}/附件1.xlsx", b"x")
    page = client.get("/收表").text
    assert "3 个文件夹，列出 2 个" in page
    assert "财政局" not in page
    page = client.get("/收表?q=财政").text
    assert "财政局/附件1.xlsx" in page
    assert "水利局" not in page
    assert "3 个" in page
    assert "没有名称里有“卫生”的文件夹" in client.get("/收表?q=卫生").text


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")
def test_names_of_files_are_texts(client: TestClient, folder: Path) -> None:
    """A name that is markup, or turns the writing, is shown and does nothing."""
    (folder / "报送").mkdir()
    (folder / "报送" / "<img src=x>.xlsx").write_bytes(b"")
    (folder / "报送" / "a\u202excod.exe").write_bytes(b"")
    page = client.get("/收表").text
    assert "&lt;img src=x&gt;" in page
    assert "<img" not in page
    assert "\u202e" not in page


# --- files ------------------------------------------------------------------------------------


def test_files_of_the_folder_are_sent_to_be_saved(client: TestClient, folder: Path) -> None:
    """No file is a page of ours: a script in it would be ours too. Nothing outside is sent."""
    (folder / "坏.html").write_text("<script>alert(1)</script>")
    answer = client.get("/文件/坏.html")
    assert answer.headers["content-disposition"].startswith("attachment")
    for path in ("/文件/../x", "/文件/%2e%2e/%2e%2e/etc/passwd", "/文件//etc/passwd", "/文件/没有"):
        assert client.get(path).status_code in {400, 404}, path


def test_a_folder_is_opened_on_this_computer(client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders and our own files; a program that came in is not started, its folder is shown."""
    opened: list[Path] = []

    def start(path: Path) -> bool:
        opened.append(path)
        return True

    monkeypatch.setattr(opening, "_start", start)
    (folder / "报送").mkdir()
    (folder / "报送" / "x.exe").write_bytes(b"")
    for path in ("报送", "报送/x.exe"):
        assert client.post("/打开", data={"path": path, "page": "/收表"}).url.path == "/收表"
    assert opened == [folder / "报送", folder / "报送"]
    for path in ("../x", "没有"):
        assert client.post("/打开", data={"path": path}).status_code == 400
    assert client.post("/打开", data={"path": "报送", "page": "//evil.example"}).url.path == "/"


def test_a_computer_without_a_program_says_so(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the path, to open it by hand."""
    monkeypatch.setattr(opening, "_start", lambda _: False)
    answer = client.post("/打开", data={"path": ""})
    assert answer.status_code == 400
    assert str(folder) in answer.text


def test_files_of_a_name_that_come_at_once_do_not_meet(desk: Desk, client: TestClient, folder: Path) -> None:
    """A place that is being written to is no free place."""
    desk.receiving.add(folder / "报送" / "附件1.xlsx")
    send(client, "附件1.xlsx", b"one")
    assert [path.name for path in (folder / "报送").iterdir()] == ["附件1(2).xlsx"]
    assert desk.receiving == {folder / "报送" / "附件1.xlsx"}
