"""Archives among the filings: opened, bounded, their files called by their place in them, nothing left behind."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
import zipfile
from typing import IO, TYPE_CHECKING

import pytest

from tests.batches.folders import InlinePool
from tests.reader.files.test_archive_members import OldName
from tests.support.bars import bar_of
from tests.support.filled import cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing import audit
from xltool.batches import reading as workers
from xltool.batches import runs
from xltool.batches.grouping import as_filings
from xltool.batches.options import HIDDEN, SCRATCH, Options
from xltool.outputs import json_output
from xltool.outputs.sheets.links import linker
from xltool.reader import reading
from xltool.reader.files.archives import Source
from xltool.reader.files.sources import discover
from xltool.reader.files.unpacking import unpack
from xltool.reader.formats import archive
from xltool.reader.limits import LIMITS
from xltool.reader.reading import read_file
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from xltool.reader.records import FileRecord

NAME = "水利局.zip"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, so that what is left there can be seen; no processes."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(workers, "Pool", InlinePool)
    return folder


@pytest.fixture
def form(tmp_path: Path) -> bytes:
    """A filled 附件1."""
    return filled(tmp_path / "form.xlsx", "附件1").read_bytes()


def gbk(name: str) -> zipfile.ZipInfo:
    """An entry whose name is stored in GBK without the flag for UTF-8, as a Chinese Windows does."""
    return OldName(name.encode("gbk").decode("cp437"))


def packed(path: Path, content: Mapping[str, bytes], *, old: bool = False) -> Path:
    """An archive with these files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            file.writestr(gbk(name) if old else name, data)
    return path


def read(folder: Path) -> list[FileRecord]:
    """The folder's files read."""
    return workers.read_sources(discover([folder]))


def statuses_of(records: list[FileRecord]) -> list[tuple[str, str, str]]:
    """Path, status and code of every record."""
    return [(record.path, record.status, record.code) for record in records]


@pytest.mark.parametrize("old", [False, True])
def test_files_in_an_archive_are_read_under_its_name(
    tmp_path: Path, form: bytes, temporary: Path, *, old: bool
) -> None:
    """Each member has its line and its form, in UTF-8 or GBK; the archive has a line of its own with their number."""
    content = {
        "报送/附件1.xlsx": form,
        "说明.txt": "文字".encode(),
        "报送/~$附件1.xlsx": b"lock",
        "报送/.隐藏.xlsx": b"x",
    }
    packed(tmp_path / "报送" / NAME, content, old=old)
    (tmp_path / "报送" / "附件1.xlsx").write_bytes(form)
    records = read(tmp_path / "报送")
    assert statuses_of(records) == [
        (NAME, "read", "archive"),
        (f"{NAME}/报送/.隐藏.xlsx", "skipped", "hidden"),
        (f"{NAME}/报送/~$附件1.xlsx", "skipped", "lock_file"),
        (f"{NAME}/报送/附件1.xlsx", "read", ""),
        (f"{NAME}/说明.txt", "refused", "not_a_workbook"),
        ("附件1.xlsx", "read", ""),
    ]
    assert records[0].reason == "压缩包，内有 4 个文件"
    assert [submission.id for submission in records[3].submissions] == [f"{NAME}/报送/附件1.xlsx#附件1"]
    assert list(temporary.iterdir()) == []


def test_an_archive_says_what_its_files_say(tmp_path: Path, form: bytes) -> None:
    """The same findings at the same cells, whether the files lie in a folder or in an archive."""
    (tmp_path / "form.xlsx").write_bytes(form)
    wrong = (
        WorkbookEditor(tmp_path / "form.xlsx")
        .put("附件1", cell_of("附件1", "三公经费_本年决算数"), 30)
        .save(tmp_path / "w.xlsx")
    )
    packed(tmp_path / "zip" / NAME, {"附件1.xlsx": wrong.read_bytes()})
    (tmp_path / "plain" / NAME).mkdir(parents=True)
    (tmp_path / "plain" / NAME / "附件1.xlsx").write_bytes(wrong.read_bytes())
    result = []
    for folder in ("zip", "plain"):
        records = read(tmp_path / folder)
        as_filings(records)
        result.append(json_output.audit_json(audit.audit(records)))
    assert result[0]["findings"] == result[1]["findings"]
    assert result[0]["submissions"] == result[1]["submissions"]
    assert result[0]["summary"]["error"] > 0


def test_batch_keeps_what_it_unpacks_in_its_results_and_removes_it(
    tmp_path: Path, form: bytes, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it reads, members lie below the results; afterwards nowhere, nor what a killed run left there."""
    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    stale = tmp_path / "结果" / HIDDEN / SCRATCH / "old" / "001.xlsx"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"x")
    seen: list[Path] = []

    def look(path: Path, name: str) -> FileRecord:
        seen.append(path)
        assert not stale.exists()
        return read_file(path, name)

    monkeypatch.setattr(reading, "read_file", look)
    counts: list[int] = []
    outcome = runs.run(tmp_path / "报送", tmp_path / "结果", Options(jobs=1), bar=bar_of(counts.append))
    assert [record.path for record in outcome.audit.records] == [NAME, f"{NAME}/附件1.xlsx"]
    assert seen[0].is_relative_to(tmp_path / "结果" / HIDDEN / SCRATCH)
    assert sum(counts) == 1
    assert not (tmp_path / "结果" / HIDDEN / SCRATCH).exists()
    assert list(temporary.iterdir()) == []
    written = json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))
    assert [file["path"] for file in written["files"]] == [NAME, f"{NAME}/附件1.xlsx"]


def test_what_else_lies_in_the_results_stays(tmp_path: Path, form: bytes) -> None:
    """The cache beside the unpacked files is not touched."""
    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    cache = tmp_path / "结果" / ".xltool" / "cache"
    cache.mkdir(parents=True)
    runs.run(tmp_path / "报送", tmp_path / "结果", Options(jobs=1))
    left = {path.name for path in cache.parent.iterdir()}
    assert left == {"cache", "format.json", "lock", "records.bin", "returned.txt", "run.json", "times.json"}


def test_nothing_is_left_when_reading_is_broken_off(
    tmp_path: Path, form: bytes, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while members are read leaves neither the temporary folder nor that of the results."""

    def stop(path: Path, name: str) -> FileRecord:
        assert path.is_file()
        raise KeyboardInterrupt(name)

    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    monkeypatch.setattr(reading, "read_file", stop)
    with pytest.raises(KeyboardInterrupt):
        read(tmp_path / "报送")
    with pytest.raises(KeyboardInterrupt):
        runs.run(tmp_path / "报送", tmp_path / "结果", Options(jobs=1))
    assert list(temporary.iterdir()) == []
    assert [path.name for path in sorted((tmp_path / "结果").rglob("*"))] == [
        HIDDEN,
        "format.json",
        "lock",
        "records.bin",
    ]


# --- what is not opened -----------------------------------------------------------------------


def test_an_archive_in_an_archive_is_an_error_of_its_own(tmp_path: Path, form: bytes) -> None:
    """The rest is read; the inner archive has a line and W-19 with what to do."""
    inner = packed(tmp_path / "inner.zip", {"附件1.xlsx": form}).read_bytes()
    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form, "更多.zip": inner})
    records = read(tmp_path / "报送")
    assert statuses_of(records) == [
        (NAME, "read", "archive"),
        (f"{NAME}/更多.zip", "refused", "nested_archive"),
        (f"{NAME}/附件1.xlsx", "read", ""),
    ]
    assert [(note.rule, note.actual) for note in records[1].notes] == [("W-19", archive.NESTED)]


def _encrypted(path: Path, form: bytes) -> None:
    packed(path, {"附件1.xlsx": form})
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    path.write_bytes(bytes(data))


def _damaged(path: Path, form: bytes) -> None:
    packed(path, {"附件1.xlsx": form})
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(bytes(data))


WHOLE: dict[str, Callable[[Path, bytes], object]] = {
    "zip_bomb": lambda path, _: packed(path, {"附件1.xlsx": bytes(64 << 20)}),
    "unsafe_path": lambda path, form: packed(path, {"../附件1.xlsx": form}),
    "too_many_entries": lambda path, _: packed(
        path, {f"{number}.txt": b"x" for number in range(LIMITS.archive_files + 1)}
    ),
    "encrypted": _encrypted,
    "corrupt": _damaged,
}


@pytest.mark.parametrize("code", sorted(WHOLE))
def test_an_archive_that_may_not_be_opened_is_refused_whole(
    tmp_path: Path, form: bytes, temporary: Path, code: str
) -> None:
    """One line, one W-19, no file of it anywhere; what lies beside it is read."""
    WHOLE[code](_archive(tmp_path / "报送" / NAME), form)
    (tmp_path / "报送" / "附件1.xlsx").write_bytes(form)
    before = sorted(path.name for path in tmp_path.iterdir())
    records = read(tmp_path / "报送")
    assert statuses_of(records) == [(NAME, "refused", code), ("附件1.xlsx", "read", "")]
    assert [note.rule for note in records[0].notes] == ["W-19"]
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert list(temporary.iterdir()) == []


def _archive(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_two_files_of_one_name_are_not_mixed_up(tmp_path: Path, form: bytes) -> None:
    """One name in UTF-8 and in GBK: the second is refused, since nothing could tell them apart."""
    path = packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(gbk("附件1.xlsx"), form)
    records = read(tmp_path / "报送")
    assert sorted(statuses_of(records)[1:]) == [
        (f"{NAME}/附件1.xlsx", "read", ""),
        (f"{NAME}/附件1.xlsx", "refused", "duplicate_entry"),
    ]


def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    """It was filed, and nothing of it could be audited: an error."""
    packed(tmp_path / "报送" / NAME, {})
    (record,) = read(tmp_path / "报送")
    assert (record.status, record.code, record.reason) == ("refused", "empty_archive", "压缩包内没有可以审核的文件")
    assert [note.rule for note in record.notes] == ["W-19"]


def test_a_zip_that_is_something_else_is_read_as_any_file(tmp_path: Path, form: bytes) -> None:
    """A presentation is refused, a workbook called .zip is read, an archive called .xlsx is no workbook."""
    packed(tmp_path / "报送" / "汇报.pptx", {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"})
    (tmp_path / "报送" / "附件1.zip").write_bytes(form)
    packed(tmp_path / "报送" / "附件2.xlsx", {"附件1.xlsx": form})
    states = {record.path: record.status for record in read(tmp_path / "报送")}
    assert states == {"汇报.pptx": "refused", "附件1.zip": "read", "附件2.xlsx": "refused"}


# --- workers ----------------------------------------------------------------------------------


def test_a_member_that_kills_its_worker_costs_itself_only(
    tmp_path: Path, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other members are read; the archive's own line stays."""
    pool = type("Pool", (InlinePool,), {"deadly": {f"{NAME}/2.xlsx": Lost.CRASHED}})
    monkeypatch.setattr(workers, "Pool", pool)
    packed(tmp_path / "报送" / NAME, {f"{number}.xlsx": form for number in range(1, 4)})
    assert statuses_of(read(tmp_path / "报送")) == [
        (NAME, "read", "archive"),
        (f"{NAME}/1.xlsx", "read", ""),
        (f"{NAME}/2.xlsx", "refused", "crashed"),
        (f"{NAME}/3.xlsx", "read", ""),
    ]


def test_an_archive_that_kills_its_worker_is_refused(
    tmp_path: Path, form: bytes, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a line of its own; the archive beside it is read."""
    pool = type("Pool", (InlinePool,), {"deadly": {NAME: Lost.CRASHED}})
    monkeypatch.setattr(workers, "Pool", pool)
    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    packed(tmp_path / "报送" / "林业局.zip", {"附件1.xlsx": form})
    states = statuses_of(read(tmp_path / "报送"))
    assert (NAME, "refused", "crashed") in states
    assert ("林业局.zip/附件1.xlsx", "read", "") in states
    assert len(states) == 3
    assert list(temporary.iterdir()) == []


def test_a_full_disk_costs_the_archive_only(tmp_path: Path, form: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacking did not foresee is a refusal of the archive, with what went wrong."""

    def full(path: Path, into: Path) -> list[archive.Member]:
        raise OSError(28, "No space left on device", str(into / path.name))

    monkeypatch.setattr(archive, "members", full)
    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    (record,) = read(tmp_path / "报送")
    assert (record.status, record.code) == ("refused", "failed")
    assert record.reason == "读取这个文件时磁盘空间不足，已跳过；请处理后重新运行"


def test_real_workers_unpack_and_read(tmp_path: Path, form: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker unpacks another one reads: paths and refusals come through."""
    monkeypatch.undo()
    packed(tmp_path / "报送" / NAME, {"附件1.xlsx": form})
    _encrypted(tmp_path / "报送" / "加密.zip", form)
    assert statuses_of(read(tmp_path / "报送")) == [
        ("加密.zip", "refused", "encrypted"),
        (NAME, "read", "archive"),
        (f"{NAME}/附件1.xlsx", "read", ""),
    ]


def test_the_review_links_to_the_archive(tmp_path: Path) -> None:
    """No program opens a file inside a zip by a link: the link of a member leads to the archive."""
    link = linker(tmp_path / "报送", tmp_path)
    assert link(f"{NAME}/报送/附件1.xlsx", "附件1", "B3") == f"external:./报送/{NAME}"
    assert link("附件1.xlsx", "附件1", "B3") == "external:./报送/附件1.xlsx#'附件1'!B3"


def test_archives_leave_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that would take more than a quarter of what is left is told with both figures, and costs no other file."""
    folder = tmp_path / "报送"
    folder.mkdir()
    filled(folder / "附件1.xlsx", "附件1")
    for name, much in (("大.zip", 3 << 20), ("小.zip", 1 << 10)):
        with zipfile.ZipFile(folder / name, "w") as packed:
            packed.writestr("a.bin", bytes(much))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=8 << 20))
    records = {record.path: record for record in workers.read_sources(discover([folder]))}
    assert (records["大.zip"].status, records["大.zip"].code) == ("refused", "unreadable")
    assert "解开后 3.0 MiB，磁盘只剩 8.0 MiB" in records["大.zip"].reason
    assert records["小.zip"].code == "archive"
    assert records["附件1.xlsx"].submissions


def test_what_a_broken_archive_gave_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while it is taken apart is freed again."""
    path, scratch = tmp_path / "a.zip", tmp_path / "room"
    scratch.mkdir()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.bin", b"1")

    def full(_: object, target: IO[bytes], __: int) -> None:
        target.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    unpacked = unpack(scratch, Source(path, "a.zip"))
    assert unpacked is not None
    assert (unpacked.record.status, unpacked.record.code) == ("refused", "failed")
    assert "磁盘空间不足" in unpacked.record.reason
    assert list(scratch.iterdir()) == []
