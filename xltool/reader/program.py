"""Where LibreOffice is, and what a process is called that ends it."""

from __future__ import annotations

import os
import shutil
from typing import Final

SUPERVISED: Final = "xltool-worker"
"""The name of a process whose programs are ended with it by another."""


def soffice() -> str | None:
    """The LibreOffice program: XLTOOL_SOFFICE where set, else the one on the path, else None."""
    return os.environ.get("XLTOOL_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
