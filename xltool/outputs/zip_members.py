"""Copies members of a zip as packed bytes: unpacking and packing again takes longer than the change itself."""

from __future__ import annotations

import struct
from copy import copy
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_HEAD: Final = struct.Struct("<26xHH")
"""The two lengths at the end of a member's local header: of its name and of its extra field."""


def packed(data: bytes, entry: ZipInfo) -> bytes:
    """The packed bytes of a member in the archive `data`; `entry` comes from the directory that zipfile read."""
    name, more = _HEAD.unpack_from(data, entry.header_offset)
    start = entry.header_offset + _HEAD.size + int(name) + int(more)
    return data[start : start + entry.compress_size]


def put(target: ZipFile, entry: ZipInfo, data: bytes) -> None:
    """Append a member whose bytes are packed as `entry` says; zipfile has no method for that.

    Raises ValueError where the archive is closed.
    """
    if target.fp is None:
        raise ValueError(entry.filename)
    member = copy(entry)
    member.flag_bits, member.header_offset = 0, target.start_dir
    target.fp.seek(target.start_dir)
    target.fp.write(member.FileHeader())
    target.fp.write(data)
    target.start_dir = target.fp.tell()
    target.filelist.append(member)
    target.NameToInfo[member.filename] = member
