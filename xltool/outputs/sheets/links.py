"""Links from a workbook to the files that it is about."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from xltool.outputs.sheets.texts import fits, visible

Linker = Callable[[str, str | None, str | None], str | None]
"""Returns the link to a file, or to a sheet and a cell in it; None where there can be no link."""

LONGEST_LINK: Final = 2_000  # Excel takes 2,079
_CACHED: Final = 64
"""Files whose links are cached: findings of a file follow each other."""
_ESCAPED: Final = frozenset("\"%#<>[]^`{}|\\?*:;'")
_WITH_CELLS: Final = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".et", ".ett", ".ods"})


def linker(root: Path | None, folder: Path) -> Linker:
    """Make links from a workbook in `folder` to files below `root`."""
    base = None if root is None else relative_path(root, folder)

    def link(path: str, sheet: str | None = None, cell: str | None = None) -> str | None:
        path = path_on_disk(path)
        target, anchor = to_file(path), _anchor(path, sheet, cell)
        return target + anchor if target and fits(anchor, LONGEST_LINK) else None

    @lru_cache(maxsize=_CACHED)
    def to_file(path: str) -> str | None:
        if base is None:
            return None
        try:
            target = f"external:{_escape(f'{base.as_posix()}/{path}', relative=not base.is_absolute())}"
        except UnicodeEncodeError:  # half a character, which no file's name can hold
            return None
        return target if fits(target, LONGEST_LINK) else None

    return link


@lru_cache(maxsize=_CACHED)
def path_on_disk(path: str) -> str:
    """The path of a file on the disk: that of the archive that holds it, or its own.

    >>> path_on_disk("水利局/报送.zip/附件1.xlsx"), path_on_disk("报送.zip")
    ('水利局/报送.zip', '报送.zip')
    """
    parts = path.split("/")
    ends = [at for at, part in enumerate(parts, start=1) if part.lower().endswith(".zip")]
    return "/".join(parts[: ends[0]]) if ends else path


def relative_path(root: Path, folder: Path) -> Path:
    """The path of `root` relative to `folder`; absolute on another drive, where there is no relative path."""
    try:
        return Path(os.path.relpath(root, folder))
    except ValueError:
        return root.absolute()


def _escape(path: str, *, relative: bool) -> str:
    """Percent-encode what a URI, XML or xlsxwriter would misread in a path; Chinese stays as it is."""
    drive, rest = ("", path) if relative or path[1:2] != ":" else (path[:2], path[2:])
    escaped = "".join(
        quote(char, safe="", errors="surrogateescape")
        if char in _ESCAPED or char == " " or not char.isprintable()
        else char
        for char in rest
    )
    return f"./{escaped}" if relative and not escaped.startswith(("../", "./")) else drive + escaped


def _anchor(path: str, sheet: str | None, cell: str | None) -> str:
    """The part of a link that names sheet and cell; empty for a sheet name with control characters."""
    if not sheet or PurePosixPath(path).suffix.lower() not in _WITH_CELLS or visible(sheet) != sheet:
        return ""
    quoted = sheet.replace("'", "''")
    return f"#'{quoted}'!{cell or 'A1'}"
