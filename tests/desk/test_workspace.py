"""The work folder: chosen or made on the page, used by one server, and never left."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.desk.conftest import client_of
from tests.support.programs.desk_server import NotStartedError, desk_server
from xltool.desk.recent import MOST, Recent
from xltool.desk.workspace import OutsideError, Workspace, safe_parts
from xltool.findings import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from xltool.desk.desk import Desk


@pytest.mark.parametrize("path", ["..", "../x", "报送/../../x", "/etc/passwd", "报送/链接/x", "链接文件", "a\0b"])
def test_no_path_leads_out_of_the_folder(desk: Desk, folder: Path, tmp_path: Path, path: str) -> None:
    """Neither `..`, nor an absolute path, nor a link of somebody who can write to the share."""
    (folder / "报送").mkdir()
    (folder / "报送" / "链接").symlink_to(tmp_path)
    (folder / "链接文件").symlink_to("/etc/passwd")
    with pytest.raises(OutsideError):
        desk.folder.inside(path)


def test_results_that_are_a_link_to_elsewhere_are_refused(client: TestClient, folder: Path, tmp_path: Path) -> None:
    """What a run writes stays below the folder."""
    (folder / "审核结果").symlink_to(tmp_path)
    answer = client.get("/")
    assert answer.status_code == 400
    assert "不在工作文件夹内" in answer.text


def test_the_folder_of_the_desk_cannot_be_a_link(folder: Path, tmp_path: Path) -> None:
    """Its settings would be written elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (folder / ".xltool-desk").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutsideError):
        Workspace(folder)


def test_names_of_uploads_become_names_below_the_folder() -> None:
    """Whatever a browser, or somebody who plays one, sends."""
    assert safe_parts("../../a/..\\b.xlsx") == ["a", "b.xlsx"]
    assert safe_parts("/C:/x:y.xlsx") == ["C_", "x_y.xlsx"]
    assert safe_parts("con.xlsx") == ["_con.xlsx"]


def test_a_folder_has_one_server(desk: Desk, folder: Path) -> None:
    """The second is told so in Chinese; once the first has closed it, it may."""
    with pytest.raises(InputError, match="正在使用这个文件夹"):
        Workspace(folder)
    desk.close()
    Workspace(folder).close()


def test_a_folder_is_made_on_the_page(bare: Desk, tmp_path: Path) -> None:
    """With the folder that files are put into; nothing that exists is taken."""
    client = client_of(bare)
    assert client.get("/").url.path == "/文件夹"
    answer = client.post("/文件夹/新建", data={"at": str(tmp_path), "name": "2024年:绩效"})
    assert answer.url.path == "/名册"
    assert (tmp_path / "2024年_绩效" / "报送").is_dir()
    again = client.post("/文件夹/新建", data={"at": str(tmp_path), "name": "2024年:绩效"})
    assert again.status_code == 400
    assert "已有这个文件夹" in again.text


@pytest.mark.parametrize(("place", "reason"), [("相对", "找不到"), ("/没有/这里", "找不到"), ("", "找不到")])
def test_a_folder_that_is_not_there_is_said(bare: Desk, place: str, reason: str) -> None:
    """With what to do about it."""
    answer = client_of(bare).post("/文件夹", data={"folder": place})
    assert answer.status_code == 400
    assert reason in answer.text


@pytest.mark.skipif(os.name == "nt", reason="Windows takes no such names")
def test_folders_are_browsed_by_name(bare: Desk, tmp_path: Path) -> None:
    """Without hidden ones; names of folders are texts."""
    for name in ("<b>粗", "局&所", ".hidden"):
        (tmp_path / name).mkdir()
    answer = client_of(bare).get("/文件夹", params={"at": str(tmp_path)})
    assert "&lt;b&gt;粗" in answer.text
    assert "局&amp;所" in answer.text
    assert ".hidden" not in answer.text


def test_the_folders_used_last_are_offered(bare: Desk, folder: Path, tmp_path: Path) -> None:
    """The newest first, and none that is gone."""
    recent = Recent(tmp_path / "state" / "desk.json")
    for number in range(MOST + 2):
        recent.opened(tmp_path / f"没有{number}", "http://127.0.0.1:1/")
    recent.opened(folder, "http://127.0.0.1:1/")
    assert recent.folders() == [folder]
    assert str(folder) in client_of(bare).get("/文件夹").text
    assert recent.server_of(folder) == "http://127.0.0.1:1/"
    recent.closed(folder)
    assert recent.server_of(folder) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the folder of an account to itself")
def test_what_is_remembered_is_readable_by_the_user_only(desk: Desk, tmp_path: Path) -> None:
    """It holds the token of the server."""
    assert desk.access.token in (tmp_path / "state" / "desk.json").read_text()
    assert (tmp_path / "state" / "desk.json").stat().st_mode & 0o077 == 0


def test_an_empty_folder_says_what_to_do_next(client: TestClient) -> None:
    """Each step has its state, and the first that can be done is the next."""
    page = client.get("/").text
    assert "下一步：名册" in page
    assert page.count("还不到") >= 4
    assert page.count("先做：") == page.count(">还不到<")


@pytest.mark.parametrize("address", ["/下发", "/审核", "/退回", "/再审", "/汇总", "/问题", "/单位", "/单位/水利局"])
def test_what_cannot_be_done_yet_says_what_comes_first(client: TestClient, address: str) -> None:
    """Every step can be clicked; where something is missing its page says what, and leads there."""
    main = client.get(address).text.partition("<main")[2]
    assert "还没有" in main
    assert re.search('<a (?:class="button main" )?href="/(?:名册|收表|审核)"', main)


def test_what_is_there_is_shown(client: TestClient, folder: Path) -> None:
    """A folder that was worked in by commands is understood as it is."""
    (folder / "名册.xlsx").write_bytes(b"")
    for number in range(3):
        place = folder / "报送" / f"局{number}"
        place.mkdir(parents=True)
        (place / "附件1.xlsx").write_bytes(b"")
    (folder / "报送" / "~$附件1.xlsx").write_bytes(b"")
    page = client.get("/").text
    assert "“报送”里有 3 个文件" in page
    assert "下一步：审核" in page


def test_settings_are_kept(desk: Desk, folder: Path) -> None:
    """So that F5, a killed server and another day find them; a damaged file is none."""
    desk.folder.choose(year=2024, officer="张三")
    desk.close()
    workspace = Workspace(folder)
    assert (workspace.settings.year, workspace.settings.officer) == (2024, "张三")
    workspace.close()
    (folder / ".xltool-desk" / "settings.json").write_text("{")
    workspace = Workspace(folder)
    assert workspace.settings.year is None
    workspace.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows shows no account how another starts its programs")
def test_the_token_is_not_among_the_words_a_browser_is_started_with(tmp_path: Path) -> None:
    """They are seen by all accounts; the browser gets a page that its user alone can read, and that leads on."""
    recent = Recent(tmp_path / "state" / "desk.json")
    door = recent.leave_door(8000, "http://127.0.0.1:8000/?token=secret")
    assert door is not None
    assert "secret" not in door.as_uri()
    assert "url=http://127.0.0.1:8000/?token=secret" in door.read_text()
    assert door.stat().st_mode & 0o077 == 0
    recent.close_door(8000)
    assert not door.exists()


def test_the_first_folder_is_made_with_a_click(bare: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the user's documents, which are called as users call them."""
    (tmp_path / "Documents").mkdir()
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    page = client_of(bare).get("/文件夹").text
    assert f'name="at" value="{tmp_path / "Documents"}"' in page
    assert "在“文档”里新建" in page


def test_a_desk_that_does_not_start_says_why(tmp_path: Path) -> None:
    """In a test or a picture of the guide, too: an address that is empty says nothing."""
    with pytest.raises(NotStartedError, match="找不到这个文件夹"), desk_server(tmp_path, str(tmp_path / "没有")):
        pass
