"""Members of a zip taken over as they lie packed: to inflate and pack them anew takes longer than what is changed."""

from __future__ import annotations

import struct
from copy import copy
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_HEAD: Final = struct.Struct("<26xHH")
"""Of a member's own header, the lengths of its name and of what else stands before its bytes."""


def packed(data: bytes, entry: ZipInfo) -> bytes:
    """The bytes of a member as they lie in an archive; `entry` is what zipfile has read of it in the directory."""
    name, more = _HEAD.unpack_from(data, entry.header_offset)
    start = entry.header_offset + _HEAD.size + int(name) + int(more)
    return data[start : start + entry.compress_size]


def put(target: ZipFile, entry: ZipInfo, data: bytes) -> None:
    """Add a member that is packed as `entry` says, behind all others; zipfile has no door for it.

    ValueError where the archive is closed.
    """
    if target.fp is None:
        raise ValueError(entry.filename)
    made = copy(entry)
    made.flag_bits, made.header_offset = 0, target.start_dir
    target.fp.seek(target.start_dir)
    target.fp.write(made.FileHeader())
    target.fp.write(data)
    target.start_dir = target.fp.tell()
    target.filelist.append(made)
    target.NameToInfo[made.filename] = made
