"""What runs keep for those after them: the record of each file's content, in one file below the results.

A record is found by the SHA-256 of the content and the ending of the name, in a file that is stamped with all else it
depends on (program, libraries, limits); a file with another stamp is begun anew. Records are appended as they come,
so that a run that is killed loses only the files it held. The folder may be a share others write to: every entry
carries its own checksum and is checked member by member when it is used; what is torn or altered counts as not there.
"""

from __future__ import annotations

import errno
import hashlib
import struct
import zlib
from typing import TYPE_CHECKING, Final

from xltool.batches.shelf import Shelf
from xltool.files import write_whole
from xltool.reader import plain
from xltool.reader.entries import LOCK_PREFIX, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

    from xltool.archives import Source
    from xltool.reader.records import FileRecord

MAGIC: Final = b"xltool-records-1"
PASSING: Final = frozenset({"changing", "crashed", "failed", "memory", "timeout", "unreadable"})
"""Refusals that another day or another machine may lift."""

_HEAD: Final = struct.Struct(">I32s32s")  # length of the packed record, key, checksum of both
LARGEST: Final = 64 << 20
"""Bytes of a record that is kept."""
CHANGED: Final = "运行期间缓存文件被改动，请重新运行"


class Kept:
    """The kept records; a context manager that drops what was not used, unless something went wrong."""

    def __init__(self, path: Path, stamp: bytes, *, fresh: bool = False) -> None:
        """Open or make the file at `path`; with `fresh` what it holds is dropped. OSError where that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._begin = MAGIC + hashlib.sha256(stamp).digest()
        self._used: set[bytes] = set()
        self._places: dict[bytes, tuple[int, int]] = {}
        self._contents: dict[Path, str] = {}
        self.shelf = Shelf(self._again)
        self.file = path.open("a+b", buffering=0)
        end = 0 if fresh else self._index()
        if end != self.file.seek(0, 2):
            self.file.truncate(end)
        if not end:
            self._append(self._begin)

    def leave(self) -> None:
        """Keep everything that is there, used or not: this run had no need to look."""
        self._used |= self._places.keys()

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Close the file; without an error, leave in it only what this run used."""
        try:
            if kind is None and self._places.keys() - self._used:
                entries = [self._begin, *(self._entry(key) for key in self._places if key in self._used)]
                write_whole(self._path, b"".join(entries))
        finally:
            self.file.close()

    def content(self, source: Source) -> str:
        """What a file holds, as far as anything depends on it; looked at once a run.

        The SHA-256 of the content; of what is not opened, is too large or cannot be read: why, in a word or two.
        """
        if source.path not in self._contents:
            self._contents[source.path] = _content(source)
        return self._contents[source.path]

    def record(self, source: Source) -> FileRecord | None:
        """What was kept of a file with this content, under its name; None where nothing was."""
        if not self._places:
            return None
        key = _key(self.content(source), source)
        entry = self._entry(key)
        if not entry:
            return None
        try:
            record = plain.unpack(inflated(entry[_HEAD.size :], LARGEST))
        except ValueError:
            return None
        self._used.add(key)
        return plain.renamed(record, source.name)

    def put_away(self, source: Source, record: FileRecord) -> FileRecord:
        """The record with its forms on the shelf, if they can be found again."""
        key = _key(record.sha256, source)
        if record.submissions and key in self._places:
            self.shelf.put(record, key)
        return record

    def _again(self, key: bytes) -> FileRecord:
        """A record once more; OSError where it is not there any more."""
        try:
            return plain.unpack(inflated(self._entry(key)[_HEAD.size :], LARGEST))
        except ValueError as error:
            raise OSError(errno.EIO, CHANGED, str(self._path)) from error

    def keep(self, source: Source, record: FileRecord, packed: bytes) -> None:
        """Keep a record, of which `packed` are the bytes, deflated, if it says something that will stay true."""
        if not record.sha256 or record.code in PASSING:
            return
        key = _key(record.sha256, source)
        self._used.add(key)
        if len(packed) <= LARGEST:
            self._places[key] = (self.file.seek(0, 2), len(packed))
            self._append(_HEAD.pack(len(packed), key, hashlib.sha256(key + packed).digest()) + packed)

    def _append(self, data: bytes) -> None:
        """Write at the end, past every buffer of this process: what is written outlives it."""
        try:
            while data:
                data = data[self.file.write(data) :]
        except OSError as error:
            error.filename = str(self._path)
            raise

    def _index(self) -> int:
        """Find the entries; gives where the last whole one ends, 0 if the file is of another stamp."""
        size = self.file.seek(0, 2)
        self.file.seek(0)
        if self.file.read(len(self._begin)) != self._begin:
            return 0
        end = self.file.tell()
        for key, length in self._heads(size):
            self._places[key] = (end, length)
            end += _HEAD.size + length
        return end

    def _heads(self, size: int) -> Iterator[tuple[bytes, int]]:
        at = self.file.tell()
        while at + _HEAD.size <= size:
            length, key, _ = _HEAD.unpack(self.file.read(_HEAD.size))
            at += _HEAD.size + length
            if length > LARGEST or at > size:
                return
            yield key, length
            self.file.seek(at)

    def _entry(self, key: bytes) -> bytes:
        """An entry as it lies there; nothing if there is none, or one that is not what was written."""
        place, length = self._places.get(key, (0, 0))
        if not length:
            return b""
        self.file.seek(place)
        entry = self.file.read(_HEAD.size + length)
        sound = _HEAD.pack(length, key, hashlib.sha256(key + entry[_HEAD.size :]).digest())
        return entry if entry.startswith(sound) else b""


def _content(source: Source) -> str:
    if source.unread is not None:
        return source.unread.code
    if source.path.name.startswith(LOCK_PREFIX):
        return "lock"
    try:
        if source.path.is_symlink():
            return "link"
        return fingerprint(source.path) or f"{source.path.stat().st_size} bytes"
    except OSError as error:
        return f"errno {error.errno}"


def _key(content: str, source: Source) -> bytes:
    """What a record is found by: the ending of a name tells a broken workbook from a picture."""
    return hashlib.sha256(f"{content}{source.path.suffix.lower()}".encode()).digest()


def deflated(data: bytes) -> bytes:
    """The bytes of a record as they are kept."""
    return zlib.compress(data, 1)


def inflated(packed: bytes, most: int) -> bytes:
    """What `deflated` was given; ValueError if that is more than so many bytes, or nothing was."""
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, most)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if inflater.unconsumed_tail:
        raise ValueError(len(data))
    return data
