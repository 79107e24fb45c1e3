"""The file of kept records: packed, one after another, each with its key and the checksum of both.

The folder may be a share others write to: what is torn or altered counts as not there.
"""

from __future__ import annotations

import errno
import hashlib
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from xltool.reader import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import FileIO
    from pathlib import Path

    from xltool.reader.records import FileRecord

LARGEST: Final = 64 << 20
"""Bytes of a record, packed or not; none comes near it."""
CHANGED: Final = "运行期间缓存文件被改动，请重新运行"
_HEAD: Final = struct.Struct(">I32s32s")  # length of the packed record, key, checksum of both
HEAD: Final = _HEAD.size

Place = tuple[int, int]
"""Where an entry begins, and how long the packed record in it is."""


def append(file: FileIO, data: bytes, path: Path) -> None:
    """Write at the end of a file, past every buffer of this process; OSError that names it."""
    try:
        while data:
            data = data[file.write(data) :]
    except OSError as error:
        error.filename = str(path)
        raise


def entry_of(key: bytes, packed: bytes) -> bytes:
    """A packed record as an entry."""
    return _HEAD.pack(len(packed), key, hashlib.sha256(key + packed).digest()) + packed


def heads(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Key and packed length of the entries from where the file stands to the last whole one."""
    at = file.tell()
    while at + HEAD <= size:
        length, key, _ = _HEAD.unpack(file.read(HEAD))
        at += HEAD + length
        if length > LARGEST or at > size:
            return
        yield key, length
        file.seek(at)


def packed_at(file: BinaryIO, key: bytes, place: Place) -> bytes:
    """The packed record of an entry; nothing where the entry is not what was written."""
    start, length = place
    file.seek(start)
    entry = file.read(HEAD + length)
    packed = entry[HEAD:]
    return packed if entry == entry_of(key, packed) else b""


def deflated(data: bytes) -> bytes:
    """The bytes of a record as they are kept."""
    return zlib.compress(data, 1)


def inflated(packed: bytes, most: int = LARGEST) -> bytes:
    """What `deflated` was given; ValueError if that is more than so many bytes, or nothing was."""
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, most)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if inflater.unconsumed_tail:
        raise ValueError(len(data))
    return data


def unpacked(packed: bytes) -> FileRecord:
    """The record; ValueError for what is none, or more than any record has."""
    return plain.unpack(inflated(packed))


class Records:
    """Kept records, to be looked up until they are closed."""

    def __init__(self, path: Path, places: Mapping[bytes, Place]) -> None:
        """Open the file, which is not there where nothing is kept; OSError where that fails."""
        self._path, self._places = path, places
        self._file = path.open("rb", buffering=0) if places else None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def load(self, key: bytes) -> FileRecord:
        """The record with a key; OSError where it is not there any more, KeyError for one that is not kept."""
        place = self._places[key]
        assert self._file is not None  # noqa: S101 - it is open where anything is kept
        return loaded(self._file, key, place, self._path)


def loaded(file: BinaryIO, key: bytes, place: Place, path: Path) -> FileRecord:
    """The record of an entry; OSError where it is not there any more."""
    try:
        return unpacked(packed_at(file, key, place))
    except ValueError as error:
        raise OSError(errno.EIO, CHANGED, str(path)) from error
