"""Where LibreOffice is."""

from __future__ import annotations

import os
import shutil


def soffice() -> str | None:
    """The LibreOffice program: XLTOOL_SOFFICE where set, else the one on the path, else None."""
    return os.environ.get("XLTOOL_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
