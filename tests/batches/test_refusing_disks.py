"""Disks that refuse, and folders that two runs share: errors name the place, and nothing is left half-written."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

from tests.batches.folders import call, copied
from xltool.batches import reading as workers
from xltool.batches import runs
from xltool.batches.options import HIDDEN, RECORDS, Options
from xltool.batches.run_lock import run_lock
from xltool.batches.store import records
from xltool.batches.store.audit import NAME
from xltool.reader.files.sources import discover
from xltool.storage import files

pytestmark = pytest.mark.usefixtures("epoch")


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
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.json", b"old")]


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
