"""The entries of the record file: packed records, one after another, each with its key and the checksum of both.

The file may lie on a share that others write to: an entry that is torn or altered counts as missing.
"""

from __future__ import annotations

import errno
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from xltool.reader import record_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import FileIO
    from pathlib import Path

    from xltool.reader.records import FileRecord

LARGEST: Final = 64 << 20
"""Bytes of a record, packed or not; no real record comes near it."""
CHANGED: Final = "运行期间缓存文件被改动，请重新运行"
_HEAD: Final = struct.Struct(">I32s32s")  # length of the packed record, key, checksum of both
HEAD: Final = _HEAD.size

Place = tuple[int, int]
"""Where an entry begins, and how long the packed record in it is."""


def append(file: FileIO, data: bytes, path: Path) -> None:
    """Write at the end of a file, past every buffer of this process; an OSError names `path`."""
    try:
        while data:
            data = data[file.write(data) :]
    except OSError as error:
        error.filename = str(path)
        raise


def pack_entry(key: bytes, packed: bytes) -> bytes:
    """The entry of a packed record."""
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, which the parent of workers need not

    return _HEAD.pack(len(packed), key, hashlib.sha256(key + packed).digest()) + packed


def list_entries(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Key and packed length of each entry, from the position of the file to the last entry that is complete."""
    position = file.tell()
    while position + HEAD <= size:
        length, key, _ = _HEAD.unpack(file.read(HEAD))
        position += HEAD + length
        if length > LARGEST or position > size:
            return
        yield key, length
        file.seek(position)


def index_entries(file: BinaryIO, head: bytes) -> tuple[dict[bytes, Place], int]:
    """Where the record with each key lies in a file, and where the last complete entry ends; 0 for another head."""
    places: dict[bytes, Place] = {}
    size = file.seek(0, 2)
    file.seek(0)
    if file.read(len(head)) != head:
        return places, 0
    end = file.tell()
    for key, length in list_entries(file, size):
        places[key] = (end, length)
        end += HEAD + length
    return places, end


def read_entry(file: BinaryIO, key: bytes, place: Place) -> bytes:
    """The packed record of an entry; empty where the entry is not what was written."""
    start, length = place
    file.seek(start)
    entry = file.read(HEAD + length)
    packed = entry[HEAD:]
    return packed if entry == pack_entry(key, packed) else b""


def compress(data: bytes) -> bytes:
    """The packed form of a record's bytes."""
    return zlib.compress(data, 1)


def decompress(packed: bytes, limit: int = LARGEST) -> bytes:
    """The bytes that `compress` was given; ValueError for more than `limit` bytes, or for anything else."""
    decompressor = zlib.decompressobj()
    try:
        data = decompressor.decompress(packed, limit)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if decompressor.unconsumed_tail:
        raise ValueError(len(data))
    return data


def unpack_record(packed: bytes) -> FileRecord:
    """The record; ValueError for bytes that are no record, or more than any record has."""
    return record_encoding.decode(decompress(packed))


def load_record(file: BinaryIO, key: bytes, place: Place, path: Path) -> FileRecord:
    """The record of an entry; OSError where the entry was changed since it was found."""
    try:
        return unpack_record(read_entry(file, key, place))
    except ValueError as error:
        raise OSError(errno.EIO, CHANGED, str(path)) from error


class PackedRecords:
    """Packed records in memory, for a machine that does not have the record file."""

    def __init__(self, packed: Mapping[bytes, bytes]) -> None:
        """Keep the packed records, by their keys."""
        self._packed = packed

    def load(self, key: bytes) -> FileRecord:
        """The record with a key; KeyError for an unknown key."""
        return unpack_record(self._packed[key])


class RecordReader:
    """Reads records from the record file by their keys, in a process that does not write it."""

    def __init__(self, path: Path | None, places: Mapping[bytes, Place]) -> None:
        """Open the file, unless there is nothing to read; OSError where that fails."""
        self._path, self._places = path, places
        self._file = path.open("rb", buffering=0) if path and places else None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def load(self, key: bytes) -> FileRecord:
        """The record with a key; OSError where the file was changed meanwhile, KeyError for an unknown key."""
        file, place, path = self._entry(key)
        return load_record(file, key, place, path)

    def load_packed(self, key: bytes) -> bytes:
        """The packed record with a key, to be sent to another machine; raises as `load`."""
        file, place, path = self._entry(key)
        packed = read_entry(file, key, place)
        if not packed:
            raise OSError(errno.EIO, CHANGED, str(path))
        return packed

    def _entry(self, key: bytes) -> tuple[FileIO, Place, Path]:
        place = self._places[key]
        assert self._file is not None and self._path is not None  # noqa: S101, PT018 - it is open where there are places
        return self._file, place, self._path
