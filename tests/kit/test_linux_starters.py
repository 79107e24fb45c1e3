"""What starts and installs a kit on Linux, run for real from a folder with Chinese and spaces in its path."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from shutil import which
from typing import TYPE_CHECKING, Final

import pytest

from tests.kit.wheelhouse import HELPER, PROGRAM, lock_of, write_wheel
from tools.kit.build import build
from tools.kit.resolution import PYTHON
from tools.kit.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shell scripts for Linux")
MACHINE: Final = os.uname().machine if sys.platform == "linux" else ""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked kit on a stick that cannot be written to."""
    folder = tmp_path_factory.mktemp("wheels")
    wheels = [write_wheel(folder, "xltool", PROGRAM), write_wheel(folder, "helper", HELPER)]
    stick = tmp_path_factory.mktemp("U 盘")
    target = TARGETS.get(f"linux-{MACHINE}")
    if target is None:
        pytest.skip("no kit for this machine")
    with tarfile.open(fileobj=io.BytesIO(build(target, wheels, lock_of(*wheels)).content)) as packed:
        packed.extractall(stick, filter="data")
    for path in stick.rglob("*"):
        path.chmod(path.stat().st_mode & ~0o222)
    return stick / "绩效自评"


def run(script: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the kit with nothing in the environment but a path and what is given."""
    given = {"PATH": "/usr/bin:/bin", "XLTOOL_PYTHON": sys.executable, **environment}
    return subprocess.run(["/bin/sh", script, *words], env=given, capture_output=True, text=True, check=False)  # noqa: S603 - the kit's own


def commands(folder: Path, answers: Mapping[str, str]) -> str:
    """A path with what the scripts call and no Python; each of these commands prints its answer instead."""
    for name in ("cut", "dirname", "getconf", "readlink", "sh", "uname"):
        tool = which(name)
        if tool is not None and name not in answers:
            (folder / name).symlink_to(tool)
    for name, answer in answers.items():
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def test_the_command_runs_with_the_libraries_of_the_kit(place: Path) -> None:
    """With its words as they are, and nothing that the user's own Python has set."""
    done = run(place / "xltool.sh", "audit", "报送 一", PYTHONPATH="/nowhere", PYTHONSTARTUP="/nowhere")
    assert (done.stdout, done.stderr) == ("42 ['xltool', 'audit', '报送 一'] True\n", "")
    done = run(place / "绩效自评.sh", "报送 一")
    assert done.stdout == "42 ['xltool', 'desk', '报送 一'] True\n"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"uname": "mips64"}, f"这个安装包是给 {MACHINE} 处理器的，本机是 mips64"),
        ({"getconf": "glibc 2.17"}, "需要 glibc 2.28 以上，本机是 2.17"),
        ({"getconf": "musl"}, "需要 glibc 2.28 以上，本机是"),
        ({}, f"需要 Python {PYTHON}，本机没有 Python"),
        ({f"python{PYTHON}": "3.8", "python3": "3.7"}, f"需要 Python {PYTHON}，本机只有 Python 3.8 Python 3.7"),
    ],
)
def test_a_machine_that_lacks_something_is_told_what(
    place: Path, tmp_path: Path, answers: dict[str, str], sentence: str
) -> None:
    """One line, and the exit code of a call that was wrong; nothing is started."""
    done = run(place / "xltool.sh", PATH=commands(tmp_path, answers), XLTOOL_PYTHON="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"不能运行：{sentence}")
    assert len(done.stderr.splitlines()) == 1


def test_it_is_installed_for_one_user_and_removed_without_a_trace(place: Path, tmp_path: Path) -> None:
    """Into an empty home, over an earlier one, and out again; what the user made stays."""
    home = tmp_path / "家 目录"
    (home / "桌面").mkdir(parents=True)
    (home / "桌面" / "报送").touch()
    for _ in range(2):
        done = run(place / "安装.sh", HOME=str(home))
        assert (done.returncode, done.stderr) == (0, "")
        installed = home / ".local/share/xltool"
        entry = (home / ".local/share/applications/xltool.desktop").read_text(encoding="utf-8")
        assert f'Exec=sh "{installed}/绩效自评.sh" %f\n' in entry
        assert (home / "桌面/xltool.desktop").read_text(encoding="utf-8") == entry
        assert run(home / ".local/bin/xltool", "rules").stdout == "42 ['xltool', 'rules'] True\n"
    done = run(installed / "安装.sh", "--remove", HOME=str(home))
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in home.rglob("*") if path.is_file()] == ["报送"]


def test_nothing_is_installed_where_it_cannot_run(place: Path, tmp_path: Path) -> None:
    """The reason is that of the command."""
    path = commands(tmp_path, {"uname": "mips64"})
    done = run(place / "安装.sh", HOME=str(tmp_path / "家"), PATH=path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "本机是 mips64" in done.stderr
    assert not (tmp_path / "家").exists()
