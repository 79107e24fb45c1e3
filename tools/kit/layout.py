"""Where everything lies in a kit."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tools.kit.errors import KitError
from tools.kit.resolution import PYTHON
from tools.kit.targets import GLIBC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tools.kit.targets import Target
    from tools.kit.wheels import Package

STARTERS: Final = Path(__file__).with_name("starters")
TOP: Final = "绩效自评"
"""The folder that a kit unpacks to."""
LIBRARIES, INTERPRETER, LICENCES = "lib", "python", "licences"
_BATCH_FILES: Final = ("绩效自评.bat", "命令行.bat", "xltool.cmd")
_SHELL_FILES: Final = ("xltool.sh", "绩效自评.sh", "安装.sh")
_PTH: Final = re.compile(r"python(?P<major>\d)(?P<minor>\d+)\._pth")
MOST_PATH: Final = 140
"""Characters of a path within the kit: Windows takes 260, and the kit is unpacked somewhere."""


@dataclass(frozen=True, slots=True)
class Embeddable:
    """Python's embeddable zip for Windows, unpacked."""

    version: str
    sha256: str
    files: Mapping[str, bytes]

    @property
    def library(self) -> set[str]:
        """Modules of its standard library, without those that the interpreter holds itself."""
        packed = next(content for path, content in self.files.items() if re.fullmatch(r"python\d+\.zip", path))
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            names = [re.sub(r"(/__init__)?\.pyc?$", "", name) for name in archive.namelist()]
        extensions = [path.removesuffix(".pyd") for path in self.files if path.endswith(".pyd")]
        return {name.partition("/")[0] for name in (*names, *extensions)}


def read_embeddable(path: Path, sha256: str) -> Embeddable:
    """Read python.org's zip; KitError where it is another file or for another Python than the one that runs."""
    from hashlib import sha256 as digest  # noqa: PLC0415 - the parameter has its name

    content = path.read_bytes()
    if digest(content).hexdigest() != sha256.lower():
        msg = f"{path.name} has not the hash that was given: {digest(content).hexdigest()}"
        raise KitError(msg)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    match = next(filter(None, map(_PTH.fullmatch, files)), None)
    if match is None or "python.exe" not in files:
        msg = f"{path.name} is no embeddable Python: it lacks python.exe or its ._pth file"
        raise KitError(msg)
    version = f"{match['major']}.{match['minor']}"
    if version != PYTHON:
        msg = f"{path.name} is Python {version}: make its kit with that version, this is {PYTHON}"
        raise KitError(msg)
    full = re.search(rf"{re.escape(version)}\.\d+", path.name)
    return Embeddable(full[0] if full else version, sha256.lower(), files)


def libraries(packages: Iterable[Package]) -> dict[str, bytes]:
    """The files of all packages in one folder. KitError where two have the same one."""
    files: dict[str, bytes] = {}
    for package in packages:
        twice = [path for path in package.files if files.get(path, package.files[path]) != package.files[path]]
        if twice:
            msg = f"{package.pin.name} overwrites {twice[0]}"
            raise KitError(msg)
        files.update(package.files)
    return files


def compiled(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Compiled modules, which are taken as they are: a kit on a read-only stick could not keep its own.

    They do not depend on where or when they are made: no time stands in them, paths are those within the kit, and
    hashes of texts are the same in each run.
    """
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        for path in sorted(path for path in files if path.endswith(".py")):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(files[path])
        options = ("-q", "-s", scratch, "-p", LIBRARIES, "--invalidation-mode", "unchecked-hash")
        command = [sys.executable, "-I", "-m", "compileall", *options, scratch]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
        if done.returncode:
            msg = f"a module cannot be compiled: {done.stdout.strip()}"
            raise KitError(msg)
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.pyc"))}


def common_files(packages: Iterable[Package], modules: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Libraries and licences, as every kit has them."""
    for path, content in modules.items():
        yield f"{LIBRARIES}/{path}", content
    for package in packages:
        for path, content in package.licences.items():
            yield f"{LICENCES}/{package.pin.name}-{package.pin.version}/{path.removeprefix('licenses/')}", content


def windows_files(python: Embeddable, version: str) -> Iterator[tuple[str, bytes]]:
    """The interpreter, told where the libraries lie, and what is double-clicked: lines end with CR and LF."""
    for path, content in python.files.items():
        yield f"{INTERPRETER}/{path}", _searching_libraries(content) if _PTH.fullmatch(path) else content
    for name in _BATCH_FILES:
        yield name, _starter(name, {}).replace("\n", "\r\n").encode("cp936")
    words = {"version": version, "python": python.version}
    yield "说明.txt", _starter("windows.txt", words).replace("\n", "\r\n").encode("utf-8-sig")


def _searching_libraries(content: bytes) -> bytes:
    """The ._pth file with the folder of libraries; nothing else on the computer is searched, whatever is set there."""
    lines = content.decode("ascii").splitlines()
    lines.insert(lines.index(".") + 1, f"..\\{LIBRARIES}")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def linux_files(target: Target, version: str) -> Iterator[tuple[str, bytes]]:
    """What starts and installs on the machine's own Python."""
    machine = target.name.removeprefix("linux-")
    words = {"version": version, "python": PYTHON, "machine": machine, "glibc": str(GLIBC)}
    for name in (*_SHELL_FILES, "start.py"):
        yield name, _starter(name, words).encode()
    yield "说明.txt", _starter("linux.txt", words).encode()


def _starter(name: str, words: Mapping[str, str]) -> str:
    """A file of starters/ with its words in braces replaced."""
    text = (STARTERS / name).read_text(encoding="utf-8")
    for word, meaning in words.items():
        text = text.replace(f"{{{word}}}", meaning)
    return text


def check_paths(paths: Iterable[str]) -> None:
    """Refuse paths that Windows cannot unpack: too long, or two that it takes for one."""
    known: dict[str, str] = {}
    for path in paths:
        if len(path) > MOST_PATH:
            msg = f"a path is too long to be unpacked on Windows: {path}"
            raise KitError(msg)
        if known.setdefault(path.casefold(), path) != path:
            msg = f"two paths are one on Windows: {path}, {known[path.casefold()]}"
            raise KitError(msg)
