"""What is known of a file without parsing it: kinds of names, and the hash of its content."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xltool.reader.limits import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".xltx", ".xltm"})
TEXT = ".txt"
DOCUMENTS = frozenset({".doc", ".docx", ".wps", ".rtf", ".odt"})
LOCK_PREFIX = "~$"
LOCK_FILE = "WPS/Excel 打开文件时的临时文件"
SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""What macOS and Windows leave in folders."""
SYSTEM_FILE = "系统自动生成的文件"
README_FILES = frozenset({"readme.md", "readme.txt"})
"""What a folder says of itself, as the samples do."""
README_FILE = "文件夹的说明，不是报送的表"
LINK = "是指向别处的链接，不予读取"


def fingerprint(path: Path) -> str:
    """The content of a file as the 64 digits of its SHA-256, "" if it is larger than any that is read.

    Raises OSError.
    """
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, which the parent of workers need not

    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > LIMITS.file_size:
            return ""
        return hashlib.file_digest(file, "sha256").hexdigest()
