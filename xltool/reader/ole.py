"""The directory of an OLE container (.xls, .doc, encrypted OOXML): which streams it holds.

Only as much of [MS-CFB] as the guard needs; nothing but the directory and the first sector of the workbook
stream is read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")

_LAST_SECTOR = 0xFFFFFFFA  # numbers above it end a chain or mark free and system sectors
_MOST_SECTORS = 4_096  # of a directory: 16,000 entries, where honest files have some dozens
_SECTOR_SHIFTS = (9, 12)
_MINI_CUTOFF = 4_096  # shorter streams live in the mini stream, which is not followed
_FILEPASS = 0x2F
_BEFORE_FILEPASS = frozenset({0x809, 0x86, 0x2F})  # BOF and WRITEPROT are all that may precede it
_ENTRY = 128
LOOP = "扇区链首尾相接"


@dataclass(frozen=True, slots=True)
class Look:
    """What the directory says: is there an Excel stream, and does the file ask for a password."""

    workbook: bool
    encrypted: bool


def look(path: Path) -> Look:
    """Read the directory of the container at `path`; ValueError or struct.error if it is damaged."""
    with path.open("rb") as stream:
        header = stream.read(512)
        if len(header) < 512 or struct.unpack_from("<H", header, 30)[0] not in _SECTOR_SHIFTS:  # noqa: PLR2004
            msg = "not an OLE header"
            raise ValueError(msg)
        streams = dict(_streams(stream, header))
        workbook = streams.get("workbook") or streams.get("book")
        if workbook and workbook[1] >= _MINI_CUTOFF:
            _follow(stream, header, workbook[0])
        encrypted = "encryptedpackage" in streams or bool(workbook and _asks_password(stream, header, *workbook))
    return Look(workbook is not None, encrypted)


def _sector(stream: BinaryIO, header: bytes, number: int) -> bytes:
    """One sector; ValueError if it lies beyond the end of the file."""
    size: int = 1 << struct.unpack_from("<H", header, 30)[0]
    stream.seek((number + 1) * size)
    data = stream.read(size)
    if not data:
        msg = f"sector {number} is beyond the end of the file"
        raise ValueError(msg)
    return data


def _next(stream: BinaryIO, header: bytes, number: int) -> int:
    """The sector that follows `number` in its chain, found through the allocation table."""
    per_sector = (1 << struct.unpack_from("<H", header, 30)[0]) // 4
    block, index = divmod(number, per_sector)
    if block >= 109:  # noqa: PLR2004 - the header lists the first 109 blocks, enough for 7 MiB at least
        return _LAST_SECTOR + 1
    table = _sector(stream, header, struct.unpack_from("<I", header, 76 + 4 * block)[0])
    following: int = struct.unpack_from("<I", table, 4 * index)[0]
    return following


def _streams(stream: BinaryIO, header: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name in lower case, first sector and size in bytes of each directory entry."""
    number: int = struct.unpack_from("<I", header, 48)[0]
    seen: set[int] = set()
    while number <= _LAST_SECTOR:
        if number in seen or len(seen) > _MOST_SECTORS:
            raise ValueError(LOOP)
        seen.add(number)
        data = _sector(stream, header, number)
        for offset in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", data, offset + 64)[0]
            if 2 < length <= 64:  # noqa: PLR2004 - UTF-16 with a closing NUL; 0 marks an unused entry
                name = data[offset : offset + length - 2].decode("utf-16-le", "replace")
                yield name.lower(), struct.unpack_from("<II", data, offset + 116)
        number = _next(stream, header, number)


def _follow(stream: BinaryIO, header: bytes, number: int) -> None:
    """Walk the sectors of a stream; ValueError if they lead back to one of them."""
    seen: set[int] = set()
    while number <= _LAST_SECTOR:
        if number in seen:
            raise ValueError(LOOP)
        seen.add(number)
        number = _next(stream, header, number)


def _asks_password(stream: BinaryIO, header: bytes, first: int, size: int) -> bool:
    """Whether the BIFF stream opens with a FILEPASS record."""
    if size < _MINI_CUTOFF:
        return False
    data = _sector(stream, header, first)
    offset = 0
    while offset + 4 <= len(data):
        record, length = struct.unpack_from("<HH", data, offset)
        if record not in _BEFORE_FILEPASS:
            return False
        if record == _FILEPASS:
            return True
        offset += 4 + length
    return False
