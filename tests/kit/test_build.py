"""A kit of made-up wheels: what is in it, and what it is refused for."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from tests.kit.wheelhouse import HELPER, PROGRAM, VERSION, embeddable, lock_of, write_wheel
from tools.kit.build import Kit, build
from tools.kit.errors import KitError
from tools.kit.layout import check_paths, read_embeddable
from tools.kit.targets import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

UNREACHABLE: Final = {"helper/tests/test_helper.py": "import pytest", "helper/_core.h": "", "helper/_core.pyi": ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of the program and of its one library."""
    folder = tmp_path_factory.mktemp("wheels")
    write_wheel(folder, "xltool", PROGRAM)
    write_wheel(folder, "helper", HELPER | UNREACHABLE)
    return folder


def kit_of(folder: Path, target: str) -> Kit:
    """The kit of the wheels in a folder."""
    wheels = sorted(folder.glob("*.whl"))
    python = embeddable(folder) if target == "windows" else None
    return build(TARGETS[target], wheels, lock_of(*wheels), python=python)


@pytest.fixture(scope="module")
def windows(folder: Path) -> Kit:
    """The kit for Windows."""
    return kit_of(folder, "windows")


@pytest.fixture(scope="module")
def linux(folder: Path) -> Kit:
    """The kit for Linux."""
    return kit_of(folder, "linux-x86_64")


def test_a_kit_has_the_program_its_libraries_and_nothing_that_is_out_of_reach(windows: Kit) -> None:
    """Modules, compiled modules and metadata are there; tests, headers and stubs are not."""
    in_library = {path for path in windows.files if path.startswith("lib/helper")}
    cached = f"lib/helper/__pycache__/__init__.cpython-{VERSION}.pyc"
    info = "lib/helper-1.0.dist-info"
    assert in_library == {"lib/helper/__init__.py", cached, f"{info}/METADATA", f"{info}/WHEEL"}
    assert windows.files["licences/helper-1.0/LICENSE"] == b"MIT"
    assert windows.unpacked > 0


def test_the_interpreter_of_windows_searches_the_libraries_and_no_other_folder(windows: Kit) -> None:
    """The ._pth file has the folder behind its own; site stays off."""
    path_file = windows.files[f"python/python{VERSION}._pth"].decode()
    assert path_file == f"python{VERSION}.zip\r\n.\r\n..\\lib\r\n\r\n#import site\r\n"


def test_batch_files_are_read_the_same_by_every_console_of_windows(windows: Kit) -> None:
    """Lines end with CR and LF, and no byte of a Chinese character is a sign that cmd acts upon."""
    batches = {path: content for path, content in windows.files.items() if path.endswith((".bat", ".cmd"))}
    assert batches.keys() == {"绩效自评.bat", "命令行.bat", "xltool.cmd"}
    for content in batches.values():
        assert content.count(b"\n") == content.count(b"\r\n") > 0
        chinese = b"".join(char.encode("cp936") for char in content.decode("cp936") if not char.isascii())
        assert not set(chinese) & set(b'|^&<>%"!\\')
    assert b"-m xltool desk %*\r\n" in batches["绩效自评.bat"]
    assert b"-m xltool %*\r\n" in batches["xltool.cmd"]
    assert "还没有在真的 Windows 上运行过" in windows.files["说明.txt"].decode("utf-8-sig")


def test_a_kit_lists_what_is_in_it(windows: Kit, folder: Path) -> None:
    """Hashes of all files, and a bill with version, hash and licence of each part."""
    sums = dict(line.split("  ")[::-1] for line in windows.files["SHA256SUMS"].decode().splitlines())
    assert sums.keys() == windows.files.keys() - {"SHA256SUMS"}
    assert all(hashlib.sha256(windows.files[path]).hexdigest() == known for path, known in sums.items())
    bill = json.loads(windows.files["bom.cdx.json"])
    parts = {part["name"]: part for part in bill["components"]}
    assert parts.keys() == {"xltool", "helper", "python"}
    assert parts["helper"]["version"] == "1.0"
    assert parts["helper"]["licenses"] == [{"license": {"id": "MIT"}}]
    content = (folder / "helper-1.0-py3-none-any.whl").read_bytes()
    assert parts["helper"]["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]


def test_the_same_wheels_give_the_same_bytes(windows: Kit, linux: Kit, folder: Path) -> None:
    """Neither the time nor the order of the files shows in a kit."""
    assert kit_of(folder, "windows").content == windows.content
    assert kit_of(folder, "linux-x86_64").content == linux.content


def test_a_kit_unpacks_to_one_folder(windows: Kit, linux: Kit) -> None:
    """The zip says that its names are UTF-8; the tar keeps which files can be run."""
    with zipfile.ZipFile(io.BytesIO(windows.content)) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"绩效自评"}
        assert archive.getinfo("绩效自评/绩效自评.bat").flag_bits & 0x800
    with tarfile.open(fileobj=io.BytesIO(linux.content)) as packed:
        modes = {member.name: member.mode for member in packed}
    assert modes["绩效自评/安装.sh"] == 0o755
    assert modes["绩效自评/lib/helper/__init__.py"] == 0o644
    assert (windows.name, linux.name) == (
        f"xltool-1.0-windows-python{VERSION[0]}.{VERSION[1:]}.zip",
        f"xltool-1.0-linux-x86_64-python{VERSION[0]}.{VERSION[1:]}.tar.xz",
    )


@pytest.mark.parametrize(
    ("files", "licence", "reason"),
    [
        ({"other.py": "import helper\nimport absent"}, "License: MIT", "other.py:2 imports absent"),
        ({"other.py": "import readline_of_nobody"}, "License: MIT", "imports readline_of_nobody"),
        ({"other.py": ""}, "License-Expression: GPL-3.0-only", "other: GPL-3.0-only"),
        ({"other.py": ""}, "License: as you like", "no licence that is known: as you like"),
        ({"other-1.0.data/data/share/x": ""}, "License: MIT", "outside of the folder of libraries"),
        ({"helper/__init__.py": "ANSWER = 1"}, "License: MIT", "overwrites helper/__init__.py"),
    ],
)
def test_a_kit_that_is_not_closed_is_not_made(
    folder: Path, tmp_path: Path, *, files: dict[str, str], licence: str, reason: str
) -> None:
    """The message names what is missing and where it is asked for."""
    wheels = [*folder.glob("*.whl"), write_wheel(tmp_path, "other", files, licence=licence)]
    with pytest.raises(KitError, match=reason):
        build(TARGETS["linux-x86_64"], wheels, lock_of(*wheels))


def test_a_wheel_whose_hash_is_not_listed_is_refused(folder: Path) -> None:
    """The wheel of the program itself was just built, and is in no list."""
    wheels = sorted(folder.glob("*.whl"))
    with pytest.raises(KitError, match=r"not in lock\.txt: helper"):
        build(TARGETS["linux-x86_64"], wheels, {})
    with pytest.raises(KitError, match="the wheel of xltool is missing"):
        build(TARGETS["linux-x86_64"], wheels[:1], lock_of(*wheels))


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    """By its name, by its bytes, by what it lacks."""
    (tmp_path / "x.whl").write_bytes(b"")
    (tmp_path / "x-1-py3-none-any.whl").write_bytes(b"no zip")
    for path in tmp_path.iterdir():
        with pytest.raises(KitError, match="is no wheel"):
            build(TARGETS["linux-x86_64"], [path], {})


def test_another_python_than_the_published_one_is_refused(tmp_path: Path) -> None:
    """Its hash was given by whoever downloaded it."""
    path = tmp_path / "python.zip"
    path.write_bytes(b"something else")
    with pytest.raises(KitError, match="has not the hash that was given"):
        read_embeddable(path, "0" * 64)


@pytest.mark.parametrize(("paths", "reason"), [(["a/" + "x" * 140], "too long"), (["A/b", "a/B"], "are one")])
def test_paths_that_windows_cannot_unpack_are_refused(paths: list[str], reason: str) -> None:
    """A path that is too long, or two that it takes for one."""
    with pytest.raises(KitError, match=reason):
        check_paths(paths)
