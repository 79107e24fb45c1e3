"""Starting workers and programs on Windows: what is asked of the system, recorded by a stand-in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from xltool.cli.terminal import use_utf8
from xltool.desk import opening
from xltool.workers import launch, windows

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

KIT = r"U:\绩效 自评\python\python.exe"


class _Pipe:
    """The end of a pipe, as far as its handle is asked for."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    def fileno(self) -> int:
        """The handle."""
        return self.handle


def pipe(handle: int) -> Connection:
    """The end of a pipe with this handle."""
    return _Pipe(handle)  # type: ignore[return-value] # a stand-in


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Processes that were to be started, and what was done for them."""
    calls: list[dict[str, Any]] = []

    def popen(command: list[str], **options: object) -> SimpleNamespace:
        calls.append({"command": command, **options})
        return SimpleNamespace(pid=7)

    flags = SimpleNamespace(ignore_environment=1, no_user_site=1)
    system = SimpleNamespace(platform="win32", executable=KIT, path=[launch.HOME], flags=flags)
    monkeypatch.setattr(launch, "sys", system)
    monkeypatch.setattr(os, "set_handle_inheritable", lambda *pair: calls.append({"passed": pair}), raising=False)
    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(subprocess, "STARTUPINFO", SimpleNamespace, raising=False)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    monkeypatch.setattr(windows, "kernel", "kernel32", raising=False)
    monkeypatch.setattr(windows, "tether", lambda *words: calls.append({"tethered": words}))
    return calls


def test_a_worker_is_started_by_the_python_of_the_kit(started: list[dict[str, Any]]) -> None:
    """With the two handles it needs and no others, in a group of its own, out of reach of Ctrl-C, and tethered."""
    launch.start_worker(pipe(11), pipe(12), 1 << 30, Path("暂存 区"))
    *handles, process, tethered = started
    assert handles == [{"passed": (11, True)}, {"passed": (12, True)}]
    assert process["command"][:5] == [KIT, "-P", "-E", "-s", "-c"]
    assert process["startupinfo"].lpAttributeList == {"handle_list": [11, 12]}
    assert process["creationflags"] == 0x200
    assert tethered == {"tethered": ("kernel32", 7)}


def test_the_program_of_a_worker_survives_every_code_page(started: list[dict[str, Any]]) -> None:
    """It is ASCII, whatever the folders are called, and it is Python."""
    launch.start_worker(pipe(11), pipe(12), 1 << 30, Path("暂存 区"))
    program = started[2]["command"][5]
    assert program.isascii()
    assert ascii(launch.HOME) in program
    compile(program, "worker", "exec")


def test_a_console_of_china_gets_every_sign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Streams of code page 936 could not print what it lacks; a name that is no text comes out as its bytes."""
    path = tmp_path / "输出"
    with path.open("w", encoding="cp936", newline="") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        monkeypatch.setattr("sys.stderr", stream)
        use_utf8()
        stream.write("㎡ ☑ 𠮷 \udcff\n")
    assert path.read_bytes() == "㎡ ☑ 𠮷 ".encode() + b"\xff\n"


@pytest.mark.parametrize("opens", [True, False])
def test_a_folder_is_opened_as_by_a_double_click(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, opens: bool
) -> None:
    """Where no program is known for it, the caller is told."""
    clicked: list[Path] = []

    def startfile(path: Path) -> None:
        clicked.append(path)
        if not opens:
            raise OSError

    monkeypatch.setattr(opening, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(os, "startfile", startfile, raising=False)
    assert opening._start(tmp_path) is opens  # noqa: SLF001 - what `open_path` asks of the system
    assert clicked == [tmp_path]
