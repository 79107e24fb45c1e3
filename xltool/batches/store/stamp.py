"""The stamp of what results depend on besides the files: the program, the libraries it reads with, its limits."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.reader.program import soffice

if TYPE_CHECKING:
    from xltool.reader.limits import Limits

PROGRAM: Final = Path(__file__).parents[2]
"""The package: results depend on all of it."""
LIBRARIES: Final = ("lxml", "msgspec", "numpy", "pyarrow", "python-calamine", "xlrd", "xlsxwriter")


def stamp(limits: Limits) -> bytes:
    """Bytes that differ whenever the same files could give other results; takes some milliseconds, once a run.

    The code and its parameters are hashed, since a version number does not show that a copy was changed.
    """
    parts = (program(), sys.version, *(release(name) for name in LIBRARIES), repr(limits), _office())
    return "\n".join(parts).encode()


def release(library: str) -> str:
    """The version of an installed library."""
    known = _releases().get(library)
    if known is not None:
        return known
    from importlib.metadata import version  # noqa: PLC0415 - a fifth of a run that changes nothing, and seldom needed

    return version(library)


@cache
def _releases() -> dict[str, str]:
    """The versions of installed libraries by name, from the folders that installing them leaves."""
    releases: dict[str, str] = {}
    for place in reversed(sys.path):
        with suppress(OSError):  # an archive, or a folder that is not there
            for entry in os.listdir(place or "."):  # noqa: PTH208 - names, and no paths of them
                name, _, version = entry.removesuffix(".dist-info").rpartition("-")
                if entry.endswith(".dist-info"):
                    releases[name.lower().replace("_", "-")] = version
    return releases


@cache
def program() -> str:
    """Digest of the code and its parameters."""
    hashed = hashlib.sha256()
    for path in sorted(PROGRAM.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            hashed.update(f"{path.relative_to(PROGRAM).as_posix()}\0".encode())
            hashed.update(hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()


def _office() -> str:
    """The LibreOffice that would be used: another one may read a document differently."""
    program = soffice()
    try:
        about = Path(program).resolve().stat() if program else None
    except OSError:
        about = None
    return f"{program} {about.st_size} {about.st_mtime_ns}" if about else ""
