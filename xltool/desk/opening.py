"""Open a folder or a workbook with the program of this computer, as a double click does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from xltool.findings import InputError

if TYPE_CHECKING:
    from pathlib import Path

OPENED: Final = frozenset({".csv", ".docx", ".html", ".toml", ".xlsx"})
"""Endings of the files that are opened; of others, which came from outside, the folder is."""
NOT_OPENED: Final = "这台电脑没有打开它，请自己打开：{path}"


def open_path(path: Path) -> None:
    """Open a folder or a file; InputError where there is none, or no program for it."""
    if not path.exists():
        msg = f"找不到：{path}；可能已经移走或改名"
        raise InputError(msg)
    target = path if path.is_dir() or path.suffix.lower() in OPENED else path.parent
    if not _start(target):
        raise InputError(NOT_OPENED.format(path=target))


def _start(path: Path) -> bool:
    """Whether the system opened it."""
    if sys.platform == "win32":
        import os  # noqa: PLC0415 - only there has it this function

        try:
            os.startfile(path)  # noqa: S606 - a double click, of a path that was checked
        except OSError:
            return False
        return True
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        return False
    done = subprocess.run([program, str(path)], check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=10)  # noqa: S603 - the system's own opener
    return done.returncode == 0
