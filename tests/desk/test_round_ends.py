"""退回, 再审 and 汇总: what departments are sent, the second round, and the year as one workbook."""

from __future__ import annotations

import io
import shutil
import zipfile
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.batches.folders import EPOCH, InlinePool
from tests.desk.conftest import ACCESS, client_of
from tests.desk.county import WATER, filings, roster
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool import api
from xltool.batches import reading, side_inputs
from xltool.batches.progress import Progress, no_bar
from xltool.desk.access import UPLOAD
from xltool.desk.desk import Desk
from xltool.desk.jobs import Control, JobState
from xltool.desk.pages import audit, merging
from xltool.desk.recent import Recent
from xltool.reader import reading as reader
from xltool.workers.pool import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from xltool.reader.records import FileRecord


@pytest.fixture(autouse=True, scope="module")
def inline() -> Iterator[None]:
    """No processes: the work itself is the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "Pool", InlinePool)
        patch.setattr(side_inputs, "Pool", InlinePool)
        yield


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder whose first round was audited: a department has one error; nobody may write into it."""
    place = tmp_path_factory.mktemp("county") / "2023年"
    place.mkdir()
    roster(place)
    first = filings(place / "报送") / "君山管委会" / "附件1.xlsx"
    WorkbookEditor(first).put("附件1", cell_of("附件1", "实际在职人数"), "很多").save(first)
    desk = Desk(ACCESS, Recent(place.parent / "desk.json"))
    desk.open(place)
    audit.run_audit(desk.folder, Control(desk.jobs._bar, desk.jobs._stop))  # noqa: SLF001 - those of a job, outside a job
    desk.close()
    return place


@pytest.fixture
def folder(audited: Path, tmp_path: Path) -> Path:
    """The work folder after its first round."""
    return shutil.copytree(audited, tmp_path / "2023年")


def run(desk: Desk) -> tuple[str, ...]:
    """What the job reports at its end, which has to be a good one."""
    desk.jobs.wait(60)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.DONE, desk.jobs.view.lines
    return desk.jobs.view.lines


def test_departments_are_sent_their_parcels(client: TestClient) -> None:
    """By department, all in one archive, and all letters to print."""
    page = client.get("/退回").text
    assert WATER in page
    assert "全部通知（打印用）" in page
    answer = client.get("/退回/全部")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert f"{WATER}.zip" in archive.namelist()
    inner = zipfile.ZipFile(io.BytesIO(archive.read(f"{WATER}.zip")))
    assert "填报说明.html" in inner.namelist()
    single = client.get(f"/文件/审核结果/parcels/{WATER}.zip")
    assert single.content == archive.read(f"{WATER}.zip")


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    read_file = reader.read_file

    def note(path: Path, name: str) -> FileRecord:
        names.append(name)
        return read_file(path, name)

    monkeypatch.setattr(reader, "read_file", note)
    return names


def test_what_came_back_is_the_next_round(client: TestClient, desk: Desk, folder: Path, read_again: list[str]) -> None:
    """It takes the place of what it replaces, is audited at once, and the page says what became of each finding.

    Nothing else is read: the records of the first round are taken over.
    """
    assert "还没有交回的文件" in client.get("/再审").text
    assert client.post("/再审").status_code == 400
    mended = folder / "报送" / "君山管委会" / "附件1.xlsx"
    content = filled(folder.parent / "back.xlsx", "附件1").read_bytes()
    for _ in range(2):
        client.post(UPLOAD, params={"to": "收回2", "name": "改好的.xlsx"}, content=content)
    assert "收回 1 个文件" in client.get("/再审").text
    assert "下一步：再审" in client.get("/").text
    client.post("/再审")
    lines = run(desk)
    assert "替换 1 个文件" in lines[0]
    assert (folder / "第2轮" / "审核结果" / "review.xlsx").is_file()
    assert (folder / "报送" / "君山管委会" / "附件1.xlsx").read_bytes() == mended.read_bytes()
    page = client.get("/再审").text
    assert "上一轮的问题怎样了" in page
    assert "已整改" in page
    assert "新增问题" not in client.get("/再审?outcome=已整改").text.partition("<tbody>")[2]
    assert "第 2 轮" in client.get("/审核").text
    assert "第 1 轮" in client.get("/审核?round=1").text
    assert "第3轮" not in [path.name for path in folder.iterdir()]
    assert read_again == ["收回/改好的.xlsx"]


def test_a_round_made_too_early_is_made_again(client: TestClient, desk: Desk, folder: Path) -> None:
    """Where it was broken off before its audit; what lay there is kept."""
    (folder / "第2轮" / "收回").mkdir(parents=True)
    (folder / "第2轮" / "报送").mkdir()
    (folder / "第2轮" / "报送" / "后放的.txt").write_bytes(b"x")
    shutil.copy(folder / "报送" / "君山管委会" / "附件2.xlsx", folder / "第2轮" / "收回")
    client.post("/再审")
    run(desk)
    (kept,) = (folder / "第2轮").glob("换下的报送*")
    assert (kept / "后放的.txt").is_file()


def test_the_year_is_merged(client: TestClient, desk: Desk, folder: Path) -> None:
    """Without a department that may be, the page says why; what is left out has its reason."""
    assert client.post("/汇总", data={"year": "去年"}).status_code == 400
    (folder / "名册.xlsx").unlink()
    (folder / "报送" / "林业局" / "附件1.xlsx").unlink()
    client.post("/汇总")
    desk.jobs.wait(60)
    assert desk.jobs.view is not None
    assert desk.jobs.view.state is JobState.FAILED
    mended = folder / "报送" / "君山管委会" / "附件1.xlsx"
    for form in ("附件2", "附件3"):
        (mended.parent / f"{form}.xlsx").unlink()
    filled(mended, "附件1")
    client.post("/汇总", data={"year": "2023"})
    assert run(desk)[0] == "已汇总 1 个单位（2023 年度），未汇总 0 份。"
    assert (folder / "年度汇总.xlsx").is_file()
    assert "年度汇总.xlsx 写于" in client.get("/汇总").text


def test_what_was_audited_is_merged_without_being_read_again(
    client: TestClient, desk: Desk, folder: Path, read_again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what was changed since; the next run reads that no more, either. The bytes are those of reading all."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    (folder / "名册.xlsx").unlink()
    (folder / "报送" / "林业局" / "附件1.xlsx").unlink()
    mended = filled(folder / "报送" / "君山管委会" / "附件1.xlsx", "附件1")
    for form in ("附件2", "附件3"):
        (mended.parent / f"{form}.xlsx").unlink()
    client.post("/汇总")
    run(desk)
    assert read_again == ["君山管委会/附件1.xlsx"]
    merged = (folder / "年度汇总.xlsx").read_bytes()
    api.merge(folder / "报送", folder / "再读.xlsx")
    assert (folder / "再读.xlsx").read_bytes() == merged
    read_again.clear()
    audit.run_audit(desk.folder, Control(no_bar, Event()))
    assert read_again == []


def test_merging_is_seen_and_can_be_stopped(client: TestClient, desk: Desk, folder: Path) -> None:
    """By its steps, as 审核; nothing is written."""
    labels: list[str] = []

    @contextmanager
    def bar(label: str, _: int) -> Iterator[Progress]:
        labels.append(label)

        def advance(*_: object) -> None:
            if label == "核对":
                raise StoppedError

        yield Progress(advance)

    with pytest.raises(StoppedError):
        merging.run_merge(desk.folder, None, Control(bar, Event()))
    assert labels == ["读取", "核对"]
    assert not (folder / "年度汇总.xlsx").exists()
    assert client.get("/汇总").status_code == 200


def test_before_the_audit_there_is_nothing_to_return(bare: Desk, tmp_path: Path) -> None:
    """Each page says what comes first."""
    empty = tmp_path / "空"
    empty.mkdir()
    bare.open(empty)
    client = client_of(bare)
    assert "还没有审核结果" in client.get("/退回").text
    assert "还没有审核结果" in client.get("/再审").text
    assert "还没有可以汇总的报送" in client.get("/汇总").text
    assert client.get("/退回/全部").status_code == 400


def test_links_among_parcels_are_not_sent(client: TestClient, folder: Path, tmp_path: Path) -> None:
    """Neither a link to a file elsewhere, nor a folder that is a link."""
    (tmp_path / "秘密.zip").write_bytes(b"secret")
    (folder / "审核结果" / "parcels" / "链接.zip").symlink_to(tmp_path / "秘密.zip")
    assert "链接" not in client.get("/退回").text
    assert b"secret" not in client.get("/退回/全部").content
    shutil.rmtree(folder / "审核结果" / "parcels")
    (folder / "审核结果" / "parcels").symlink_to(tmp_path)
    assert client.get("/退回/全部").status_code == 400
