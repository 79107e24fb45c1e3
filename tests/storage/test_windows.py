"""What differs on Windows, as far as another system can show it: its errors, its locks, its names."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from xltool.storage import files
from xltool.storage.files import beyond, sentence_of, writable, write_whole


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this were Windows, without its pauses."""
    monkeypatch.setattr(files, "WINDOWS", True)
    monkeypatch.setattr(files, "_PAUSES", (0, 0, 0, 0))


def refused(number: int, code: int, text: str) -> PermissionError:
    """An error as Windows raises it."""
    error = PermissionError(code, text, "审核结果\\review.xlsx")
    error.winerror = number  # type: ignore[attr-defined,unused-ignore] # only there
    return error


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (5, errno.EACCES, "没有权限"),
        (32, errno.EACCES, "文件正被其他程序占用"),
        (33, errno.EACCES, "文件正被其他程序占用"),
        (53, errno.ENOENT, "找不到共享文件夹"),
        (64, errno.EINVAL, "共享文件夹的连接已断开"),
        (112, errno.ENOSPC, "磁盘空间不足"),
        (123, errno.EINVAL, "文件名里有系统不能用的字符"),
        (206, errno.ENOENT, "文件名太长"),
        (225, errno.EINVAL, "安全软件认为文件有病毒，拦住了"),
        (1326, errno.EINVAL, "没有权限"),
        (3, errno.ENOENT, "找不到文件或文件夹"),
    ],
)
def test_errors_of_windows_are_said_in_chinese(number: int, code: int, words: str) -> None:
    """By its own number, where the number that C has for it says another thing."""
    error = refused(number, code, "The process cannot access the file …")
    assert sentence_of(error) == f"读写失败：{words}：审核结果\\review.xlsx"


def replacing(monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """Have `replace` fail as often as said, as where another program has the file open; returns its calls."""
    calls: list[str] = []
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        calls.append(self.name)
        if len(calls) <= times:
            raise refused(5, errno.EACCES, "Access is denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    return calls


def test_a_file_that_a_scanner_holds_for_a_moment_is_put_into_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Virus scanners open what was just written."""
    calls = replacing(monkeypatch, 3)
    write_whole(tmp_path / "a.json", b"{}")
    assert len(calls) == 4
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.json", b"{}")]


def test_a_workbook_that_is_open_in_wps_is_called_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Windows says that a right is missing; that is said only where the file is marked read-only, or is new."""
    path = tmp_path / "review.xlsx"
    replacing(monkeypatch, 99)
    with pytest.raises(OSError, match="Access") as new:
        write_whole(path, b"new")
    assert sentence_of(new.value).startswith("读写失败：没有权限")
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="Access") as held:
        write_whole(path, b"new")
    assert sentence_of(held.value).startswith("读写失败：文件正被其他程序占用")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("review.xlsx", b"old")]


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("D:\\绩效\\2024年\\附件1.xlsx", "D:\\绩效"),
        ("\\\\财政局\\共享\\附件1.xlsx", "\\\\财政局"),
        ("D:\\" + "长" * 250, "\\\\?\\D:\\长"),
        ("\\\\财政局\\共享\\" + "长" * 250, "\\\\?\\UNC\\财政局\\共享"),
        ("\\\\?\\D:\\" + "长" * 250, "\\\\?\\D:\\长"),
    ],
)
def test_paths_of_drives_and_shares_have_no_length(path: str, start: str) -> None:
    """Beyond the 260 characters that the usual functions take."""
    assert beyond(path).startswith(start)


@pytest.mark.parametrize(
    "name", ["CON", "nul.xlsx", "Com1.txt", "LPT9", "a|b", "a<b>", 'a"b', "尾. ", "a\tb", "CON .xlsx"]
)
def test_names_that_windows_keeps_or_cannot_write_are_changed(name: str) -> None:
    """Once is enough."""
    assert writable(name) != name
    assert writable(writable(name)) == writable(name)
