"""单张核对: a file dropped, its result at once, and nothing kept; rules, profiles and exemptions to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.batches.folders import InlinePool
from tests.desk.conftest import client_of
from tests.reader.files.test_archives import packed
from tests.support.filled import filled
from tests.support.sheets import book
from xltool.batches import reading, side_inputs
from xltool.desk.access import SINGLE
from xltool.workers import scratch

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from xltool.desk.desk import Desk


GRANTED: Final = {
    "单位": "某市水利局", "年度": "2023", "表": "附件1", "项目": "", "规则": "A1-05", "栏目或单元格": "",
    "理由": "<b>借调", "批准人": "张三", "有效期至": "2099-12-31",
}  # fmt: skip
"""A line of the list of exemptions."""


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No processes, and temporary files where the test can see them."""
    monkeypatch.setattr(reading, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(scratch, "mkdtemp", lambda **_: _own_folder(tmp_path / "temporary"))


def _own_folder(place: Path) -> str:
    number = sum(1 for _ in place.iterdir())
    (place / f"{number}").mkdir()
    return str(place / f"{number}")


def drop(client: TestClient, name: str, content: bytes) -> tuple[int, str]:
    """Drop a file on the page."""
    answer = client.post(SINGLE, params={"name": name}, content=content)
    return answer.status_code, answer.text


def test_a_file_is_checked_and_not_kept(client: TestClient, desk: Desk, folder: Path, tmp_path: Path) -> None:
    """Its findings with their surroundings; neither in the work folder nor among temporary files."""
    before = sorted(folder.rglob("*"))
    content = filled(tmp_path / "表.xlsx", "附件2").read_bytes()
    status, page = drop(client, "../../附件2.xlsx", content)
    assert status == 200
    assert "<h2>附件2.xlsx</h2>" in page
    assert 'class="finding' in page
    assert 'class="window"' in page
    assert "处理 <select" not in page
    assert str(tmp_path) not in page.partition("<main")[2]
    assert sorted(folder.rglob("*")) == before
    desk.readers.close()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_forms_are_compared_in_an_archive(client: TestClient, tmp_path: Path) -> None:
    """As a folder of them would be."""
    forms = {f"{form}.xlsx": filled(tmp_path / "表.xlsx", form).read_bytes() for form in ("附件1", "附件2", "附件3")}
    status, page = drop(client, "报送.zip", packed(tmp_path / "报送.zip", forms).read_bytes())
    assert status == 200
    assert "X-06" in page


@pytest.mark.parametrize(("name", "content"), [("扫描.pdf", b"%PDF-1.7\n"), ("<b>.xlsx", b"PK\x03\x04"), ("", b"")])
def test_a_file_that_is_not_read_is_no_pass(client: TestClient, name: str, content: bytes) -> None:
    """It is an error with its reason, and never an all-clear."""
    status, page = drop(client, name, content)
    assert status == 200
    assert "未能审核 1 个文件" in page
    assert "<b>.xlsx" not in page


def test_departments_can_use_it_without_a_work_folder(bare: Desk, tmp_path: Path) -> None:
    """The page needs no roster and no folder."""
    client = client_of(bare)
    assert "拖一个文件到这里" in client.get(SINGLE).text
    assert drop(client, "附件1.xlsx", filled(tmp_path / "表.xlsx", "附件1").read_bytes())[0] == 200


def test_profiles_are_read(client: TestClient) -> None:
    """By name; what differs from the usual one."""
    assert "湖北" in client.get("/口径").text
    assert "湖北省2020年表注" in client.get("/口径?name=湖北").text
    assert client.get("/口径?name=没有").status_code == 400


def test_exemptions_are_read(client: TestClient, desk: Desk, folder: Path) -> None:
    """With the mistakes of their list, line by line; the officer's own list is not written."""
    assert "还没有豁免" in client.get("/豁免").text
    row = [GRANTED[head] for head in GRANTED]
    book(folder / "豁免.xlsx", 豁免=[list(GRANTED), row])
    desk.folder.choose(exemptions="豁免.xlsx")
    assert "&lt;b&gt;借调" in client.get("/豁免").text
    assert "请在 WPS 里加" in client.post("/豁免", data=GRANTED).text
    book(folder / "豁免.xlsx", 豁免=[list(GRANTED), [*row[:4], "Z-99", *row[5:]]])
    page = client.get("/豁免").text
    assert "要改的" in page
    assert "Z-99" in page
    (folder / "豁免.xlsx").unlink()
    assert "找不到 豁免.xlsx" in client.get("/豁免").text


def test_an_exemption_is_granted_by_a_form(client: TestClient, desk: Desk, folder: Path) -> None:
    """Line by line, each checked before it is kept; the next run uses the list."""
    assert 'value="A1-05"' in client.get("/豁免?规则=A1-05").text
    for head, text, reason in (
        ("规则", "Z-99", "Z-99"),
        ("有效期至", "明年", "有效期至"),
        ("理由", "=1+1", "不能以 ="),
    ):
        answer = client.post("/豁免", data=GRANTED | {head: text})
        assert answer.status_code == 400
        assert reason in answer.text
        assert 'value="某市水利局"' in answer.text
        assert not (folder / "豁免清单.csv").exists()
    for reason in ("<b>借调", '逗号,和"引号'):
        assert client.post("/豁免", data=GRANTED | {"理由": reason}).url.path == "/豁免"
    assert desk.folder.settings.exemptions == "豁免清单.csv"
    granted = desk.readers.exemptions(folder / "豁免清单.csv").granted
    assert [each.reason for each in granted] == ["<b>借调", '逗号,和"引号']
    assert list((folder / ".xltool-desk").glob("豁免*")) == []
