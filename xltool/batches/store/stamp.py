"""What results depend on besides the files: this program to the letter, the libraries it reads with, its limits."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.reader.program import soffice

if TYPE_CHECKING:
    from xltool.reader.limits import Limits

PROGRAM: Final = Path(__file__).parents[1]
LIBRARIES: Final = ("lxml", "msgspec", "numpy", "pandas", "pyarrow", "python-calamine", "xlrd", "xlsxwriter")


def stamp(limits: Limits) -> bytes:
    """Other bytes whenever the same files could give other results; some milliseconds, once a run.

    The code and its parameters are hashed, since a version number does not tell of a copy that was changed.
    """
    parts = (program(), sys.version, *(release(name) for name in LIBRARIES), repr(limits), _office())
    return "\n".join(parts).encode()


def release(library: str) -> str:
    """Version of a library that is installed."""
    return version(library)


@cache
def program() -> str:
    """Digest of the code and its parameters."""
    found = hashlib.sha256()
    for path in sorted(PROGRAM.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            found.update(f"{path.relative_to(PROGRAM).as_posix()}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _office() -> str:
    """Which LibreOffice would be used: another one may read a document in another way."""
    program = soffice()
    try:
        about = Path(program).resolve().stat() if program else None
    except OSError:
        about = None
    return f"{program} {about.st_size} {about.st_mtime_ns}" if about else ""
