"""The format of what xltool keeps in a folder, so that an older program leaves alone what it does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from xltool.findings import InputError
from xltool.storage import files
from xltool.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
"""Grows when older programs would misread or lose what this one keeps. What they kept is read, or replaced."""
NAME: Final = "format.json"
NEWER: Final = (
    "更新版本的 xltool（{newer}）用过这个文件夹，这一份是 {VERSION}，没有改动任何文件：{place}；"
    "请用新版本打开，或换一个文件夹"
)


class _Mark(msgspec.Struct, frozen=True):
    format: int
    program: str


def claim(hidden: Path, place: Path) -> None:
    """Mark the hidden folder of `place` with this format. InputError where a newer program keeps another one in it.

    Raises OSError where the mark cannot be written.
    """
    try:
        mark = msgspec.json.decode((hidden / NAME).read_bytes(), type=_Mark)
    except (OSError, msgspec.MsgspecError):
        mark = _Mark(0, "")
    if mark.format > FORMAT:
        raise InputError(NEWER.format(newer=mark.program, VERSION=VERSION, place=place))
    if mark.format < FORMAT:
        files.write_whole(hidden / NAME, msgspec.json.encode(_Mark(FORMAT, VERSION)))
