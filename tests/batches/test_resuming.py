"""Runs that are killed, repeated or robbed of their disk: nothing is lost, nothing stale, nothing left lying about."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.batches.test_batches import EPOCH, InlinePool
from tests.reader.test_archives import packed
from tests.support.filled import filled
from xltool.batches import reading as workers
from xltool.batches import runs, side_inputs
from xltool.batches.options import HIDDEN, RECORDS, Options
from xltool.batches.run_lock import run_lock
from xltool.batches.store import records, stamp
from xltool.batches.store.audit import NAME
from xltool.batches.store.packed import LARGEST, compress
from xltool.reader import reading
from xltool.reader.files.sources import discover
from xltool.reader.reading import read_file
from xltool.storage import files
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from xltool.reader.records import FileRecord

LONG = bool(os.environ.get("XLTOOL_LONG"))
KILLS = 100 if LONG else 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dozen filings, one of them in an archive, and a broken one; nobody may write into it."""
    place = tmp_path_factory.mktemp("报送")
    form = filled(place / "附件1.xlsx", "附件1").read_bytes()
    for number in range(20):
        unit = place / f"单位{number:02d}" / "附件1.xlsx"
        unit.parent.mkdir()
        unit.write_bytes(other(form, number))
    (place / "坏.xlsx").write_bytes(form[:3000])
    packed(place / "打包.zip", {"附件1.xlsx": other(form, 99), "说明.txt": b"text"})
    return place


def other(data: bytes, number: int) -> bytes:
    """The same workbook with other bytes: a comment behind the zip directory."""
    note = f"{number:04d}".encode()
    return data[:-2] + len(note).to_bytes(2, "little") + note


def prints(place: Path) -> dict[str, str]:
    """Hash of every file below a folder, hidden ones too; what is kept of records may be in any order."""
    return {
        path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != RECORDS
    }


@pytest.fixture(autouse=True)
def epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of every run."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read; no processes."""
    read: list[str] = []

    def count(path: Path, name: str) -> FileRecord:
        read.append(name)
        return read_file(path, name)

    monkeypatch.setattr(workers, "Pool", InlinePool)
    monkeypatch.setattr(side_inputs, "Pool", InlinePool)
    monkeypatch.setattr(reading, "read_file", count)
    return read


# --- kill -9 ----------------------------------------------------------------------------------


def call(folder: Path, out: Path, temporary: Path) -> subprocess.Popen[bytes]:
    """The command, as a user runs it."""
    command = [sys.executable, "-m", "xltool", "batch", str(folder), "--out", str(out), "--jobs", "2"]
    return subprocess.Popen(  # noqa: S603 - this project
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"TMPDIR": str(temporary)}
    )


def test_a_run_killed_at_any_moment_is_resumed(folder: Path, tmp_path: Path) -> None:
    """After any number of kills the same command gives the same bytes as a run nobody disturbed, and no litter."""
    temporary = tmp_path / "temp"
    temporary.mkdir()
    whole, out = tmp_path / "完整", tmp_path / "中断"
    started = time.monotonic()
    call(folder, whole, temporary).communicate()
    lasted = time.monotonic() - started
    chance = random.Random(9)  # noqa: S311 - moments of a kill
    for number in range(KILLS):
        if number % 10 == 9:
            (out / HIDDEN / "run.json").unlink(missing_ok=True)
        run = call(folder, out, temporary)
        time.sleep(lasted * chance.random())
        run.kill()
        run.communicate()
    _, said = call(folder, out, temporary).communicate()
    assert said == b""
    expected = prints(whole)
    found = prints(out)
    assert found.pop(".xltool/run.json") != expected.pop(".xltool/run.json")  # they tell of their own folder
    assert found == expected
    assert list(temporary.iterdir()) == []


def test_only_unfinished_files_are_read_again(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the end of a broken-off run is not read again, in the archive neither."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    class Killed(InlinePool):
        def run(self, work, tasks, **_):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN003, ANN202 - as the one it replaces
            for done, answer in enumerate(super().run(work, tasks)):
                if done == 15:
                    stop()
                yield answer

    with monkeypatch.context() as patch:
        patch.setattr(workers, "Pool", Killed)
        with pytest.raises(KeyboardInterrupt):
            runs.run(folder, tmp_path / "结果")
    assert len(counted) == 15 or len(counted) == 16
    first = set(counted[:15])
    counted.clear()
    outcome = runs.run(folder, tmp_path / "结果")
    assert not first & set(counted)
    assert first | set(counted) | {"打包.zip"} == {record.path for record in outcome.audit.records}


# --- nothing stale ----------------------------------------------------------------------------


def test_an_unchanged_folder_is_not_read_again(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """The results are left as they lie, the outcome says the same, and --fresh does all again."""
    out = tmp_path / "结果"
    first = runs.run(folder, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    counted.clear()
    second = runs.run(folder, out)
    assert counted == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (second.written, second.tally, second.errors) == (first.written, first.tally, first.errors)
    assert second.audit.findings == first.audit.findings
    assert [name for name in counted if ".zip" not in name] == []
    marks = prints(out)
    runs.run(folder, out, Options(fresh=True))
    assert len(counted) == 24
    assert prints(out) == marks


def edited(path: Path) -> None:
    """Other content of the same length, with the same times: what no look at size and time tells."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 16
    path.write_bytes(bytes(data))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def copied(folder: Path, place: Path) -> Path:
    """A small folder of one's own."""
    for name in ("单位00", "单位01"):
        (place / name).mkdir(parents=True)
        (place / name / "附件1.xlsx").write_bytes((folder / name / "附件1.xlsx").read_bytes())
    return place


def test_a_change_of_content_is_noticed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Same size, same time, other bytes: that file is read again, the other is not."""
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果")
    counted.clear()
    edited(place / "单位00" / "附件1.xlsx")
    runs.run(place, tmp_path / "结果")
    assert counted == ["单位00/附件1.xlsx"]


def test_a_file_that_moves_or_goes_is_noticed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Known content under another name is told under that name without being read; what is gone is gone."""
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果")
    counted.clear()
    (place / "单位00").rename(place / "单位02")
    moved = runs.run(place, tmp_path / "结果")
    assert counted == []
    assert [submission.path for submission in moved.audit.submissions] == ["单位01/附件1.xlsx", "单位02/附件1.xlsx"]
    assert [submission.id for submission in moved.audit.submissions] == [
        "单位01/附件1.xlsx#附件1",
        "单位02/附件1.xlsx#附件1",
    ]
    (place / "单位02" / "附件1.xlsx").unlink()
    assert [submission.path for submission in runs.run(place, tmp_path / "结果").audit.submissions] == [
        "单位01/附件1.xlsx"
    ]
    counted.clear()
    copied(folder, tmp_path / "又")
    (tmp_path / "又" / "单位00" / "附件1.xlsx").rename(place / "单位02" / "附件1.xlsx")
    runs.run(place, tmp_path / "结果")
    assert counted == ["单位02/附件1.xlsx"]  # what a run did not use is not kept


@pytest.mark.parametrize("what", ["program", "python", "library", "limits", "office"])
def test_whatever_results_depend_on_is_in_the_stamp(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Another program, Python, library, limit or LibreOffice: everything is read again."""
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果")
    counted.clear()
    if what == "program":
        monkeypatch.setattr(stamp, "program", lambda: "another")
    elif what == "python":
        monkeypatch.setattr(sys, "version", "4.0")
    elif what == "library":
        monkeypatch.setattr(stamp, "version", lambda name: f"{name} 99")
    elif what == "limits":
        monkeypatch.setenv("XLTOOL_SECONDS", "61")
    else:
        monkeypatch.setenv("XLTOOL_SOFFICE", sys.executable)
    runs.run(place, tmp_path / "结果")
    assert len(counted) == 2
    counted.clear()
    runs.run(place, tmp_path / "结果")
    assert counted == []


def test_the_program_is_known_to_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed line of code or parameter gives another stamp; a note beside the code does not."""
    (tmp_path / "params").mkdir()
    code, limits = tmp_path / "__init__.py", tmp_path / "params" / "2023.toml"
    code.write_text("a = 1", encoding="utf-8")
    limits.write_text("a = 1", encoding="utf-8")
    monkeypatch.setattr(stamp, "PROGRAM", tmp_path)
    found = []
    for path in (code, limits, tmp_path / "notes.txt"):
        path.write_text("a = 2", encoding="utf-8")
        stamp.program.cache_clear()
        found.append(stamp.program())
    stamp.program.cache_clear()
    assert found[0] != found[1] == found[2]


@pytest.mark.parametrize("change", ["edited", "deleted", "epoch", "torn state", "false state"])
def test_results_that_are_not_as_they_were_left_are_made_again(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """An output somebody changed or removed, another time of the run, a note of the run that cannot be right."""
    place, out = copied(folder, tmp_path / "报送"), tmp_path / "结果"
    runs.run(place, out)
    marks, before = prints(out), (out / "review.xlsx").stat().st_mtime_ns
    counted.clear()
    note = out / ".xltool" / "run.json"
    if change == "edited":
        (out / "findings.json").write_text("{}", encoding="utf-8")
    elif change == "deleted":
        (out / "frames" / "values.parquet").unlink()
    elif change == "epoch":
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718150401")
    elif change == "torn state":
        note.write_bytes(note.read_bytes()[:40])
    else:
        note.write_text(json.dumps({"made_from": "0", "outputs": {"../../x": "1"}}), encoding="utf-8")
    runs.run(place, out)
    assert (out / "review.xlsx").stat().st_mtime_ns > before
    assert counted == []
    assert (prints(out) == marks) is (change != "epoch")


def test_a_refusal_that_may_pass_is_tried_again(
    folder: Path, tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that could not be read for reasons of the moment is read by the next run, and the results follow."""
    place = copied(folder, tmp_path / "报送")
    with monkeypatch.context() as patch:
        patch.setattr(workers, "Pool", type("Pool", (InlinePool,), {"deadly": {"单位00/附件1.xlsx": Lost.MEMORY}}))
        assert runs.run(place, tmp_path / "结果").tally.refused == 1
    counted.clear()
    assert runs.run(place, tmp_path / "结果").tally.refused == 0
    assert counted == ["单位00/附件1.xlsx"]


def test_kept_records_are_not_believed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Whatever befell the file of kept records, at any byte: the results are those of a first run."""
    place, out = copied(folder, tmp_path / "报送"), tmp_path / "结果"
    runs.run(place, out)
    marks = prints(out)
    records = out / ".xltool" / RECORDS
    whole = records.read_bytes()
    chance = random.Random(7)  # noqa: S311 - places of damage
    for _ in range(200 if LONG else 12):
        data = bytearray(whole)
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        records.write_bytes(data[: chance.choice([len(data), at])])
        (out / "findings.json").unlink()
        runs.run(place, out)
        assert prints(out) == marks
    assert counted


def test_an_entry_with_a_fitting_checksum_is_still_checked(folder: Path, tmp_path: Path) -> None:
    """Bytes that are no record, or inflate without end, count as not there though their checksum is right."""
    place = copied(folder, tmp_path / "报送")
    source, _ = discover([place])
    path = tmp_path / "records.bin"
    record = read_file(source.path, source.name)
    for content in (b"\x80", b"\xc1", bytes(LARGEST + 1)):
        with records.RecordStore(path, b"stamp") as store:
            store.add(source, record, compress(content))
            assert store.find(source) is None


def test_a_record_too_large_to_be_taken_up_again_is_not_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its forms stay in memory and are read anew by the next run."""
    monkeypatch.setattr(workers, "LARGEST", 100)
    source, _ = discover([copied(folder, tmp_path / "报送")])
    with records.RecordStore(tmp_path / "records.bin", b"stamp") as store:
        (record,) = workers.read_sources([source], store=store)
        assert store.find(source) is None
        store.file.truncate(0)
        assert record == read_file(source.path, source.name)


# --- disks that refuse ------------------------------------------------------------------------


def full(*_: object) -> NoReturn:
    """What a full disk says, which never says where."""
    raise OSError(errno.ENOSPC, "No space left on device")


class FullFile(io.FileIO):
    """A file on a full disk."""

    def write(self, _: object) -> NoReturn:
        """Refuse."""
        full()


def test_a_pipe_in_the_place_of_what_a_run_kept_is_not_waited_for(folder: Path, tmp_path: Path) -> None:
    """It counts as not there."""
    place, out = copied(folder, tmp_path / "报送"), tmp_path / "结果"
    runs.run(place, out)
    for path in (out / "findings.json", out / ".xltool" / "run.json"):
        path.unlink()
        os.mkfifo(path)
        runs.run(place, out)
        assert path.is_file()


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_a_full_disk_leaves_the_old_file_and_names_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever step fails, the file is as it was, nothing lies beside it, and the error names it."""
    path = tmp_path / "a.json"
    files.write_whole(path, b"old")
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, step, full)
    with pytest.raises(OSError, match="No space") as caught:
        files.write_whole(path, b"new")
    monkeypatch.undo()
    assert str(caught.value.filename) == str(path)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.json", b"old")]


def test_records_that_cannot_be_kept_name_the_place(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """A disk that fills up while files are read ends the run with the place that is full."""
    place = copied(folder, tmp_path / "报送")
    store = records.RecordStore(tmp_path / "records.bin", b"")
    store.file.close()
    store.file = FullFile(tmp_path / "records.bin", "a+")
    with pytest.raises(OSError, match="No space") as caught, store:
        workers.read_sources(discover([place]), store=store)
    assert caught.value.filename == str(tmp_path / "records.bin")
    assert counted


def test_half_written_files_of_a_killed_run_are_removed(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """Ours, in the folders of results; not those of others, and nothing among the inputs."""
    place, out = copied(folder, tmp_path / "结果" / "报送"), tmp_path / "结果"
    mine = [out / ".review.xlsx.part", out / "returned" / "a" / ".b.xlsx.part", out / ".xltool" / ".run.json.part"]
    others = [place / ".c.xlsx.part", out / "d.part", out / "notes" / ".e.part"]
    for path in mine + others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    runs.run(place, out)
    assert [path for path in mine if path.exists()] == []
    assert [path for path in others if not path.exists()] == []
    assert counted


def test_a_full_disk_is_one_line_and_exit_code_2(folder: Path, tmp_path: Path) -> None:
    """A small real disk: the last line says what is wrong and where; no half-written file is left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, check=False)  # noqa: S603 - a disk that fills up
    if mounted.returncode:
        pytest.skip("may not mount")
    try:
        run = call(folder, disk / "结果", tmp_path)
        _, said = run.communicate()
        left = [path.name for path in disk.rglob("*.part")]
    finally:
        subprocess.run(["umount", disk], check=True)  # noqa: S603, S607 - mounted above
    assert run.returncode == 2
    lines = said.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"读写失败：磁盘空间不足：{disk}")
    assert left == []


def test_nothing_is_left_in_the_temporary_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and auditing leave it as they found it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    workers.read_sources(discover([folder]), jobs=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks what is open")
def test_nothing_that_is_replaced_or_removed_is_open(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    """Windows would refuse: neither what is kept, when some of it is dropped, nor the run's temporary files."""
    met: list[str] = []

    def check(place: Path, dir_fd: int | None = None) -> Path:
        fds = Path("/proc/self/fd")
        path = place if dir_fd is None else (fds / str(dir_fd)).readlink() / place
        assert path.absolute() not in [fd.readlink() for fd in fds.iterdir() if fd.is_symlink()]
        met.append(path.name)
        return place

    replace, unlink = os.replace, os.unlink
    monkeypatch.setattr(os, "replace", lambda old, new: replace(check(old), check(new)))
    monkeypatch.setattr(os, "unlink", lambda place, dir_fd=None: unlink(check(place, dir_fd), dir_fd=dir_fd))
    place = copied(folder, tmp_path / "报送")
    runs.run(place, tmp_path / "结果", Options(jobs=1))
    (place / "单位01" / "附件1.xlsx").unlink()
    runs.run(place, tmp_path / "结果", Options(jobs=1))
    assert {RECORDS, NAME, "review.xlsx"} <= set(met)
    assert counted


def test_the_audit_is_not_made_again_while_another_run_writes(folder: Path, tmp_path: Path, counted: list[str]) -> None:
    """It looks at what runs keep, and would take away from under the other what that unpacks."""
    outcome = runs.run(folder, tmp_path / "结果", Options(jobs=1))
    with (
        run_lock(tmp_path / "结果" / HIDDEN, tmp_path / "结果"),
        pytest.raises(ValueError, match="另一个 xltool 正在向这个文件夹写审核结果"),
    ):
        _ = outcome.audit
    assert outcome.audit.findings
    assert counted


def test_two_runs_do_not_write_into_one_folder(folder: Path, tmp_path: Path) -> None:
    """The second is told so and touches nothing; when the first is gone, it may."""
    with run_lock(tmp_path / "结果" / ".xltool", tmp_path / "结果"):
        before = sorted((tmp_path / "结果").rglob("*"))
        with pytest.raises(ValueError, match="另一个 xltool 正在向这个文件夹写审核结果"):
            runs.run(folder, tmp_path / "结果", Options(jobs=1))
        assert sorted((tmp_path / "结果").rglob("*")) == before
    assert runs.run(folder, tmp_path / "结果", Options(jobs=1)).written
