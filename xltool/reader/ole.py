"""OLE containers (.xls, .doc, encrypted OOXML): the streams that a container holds, and the content of a stream.

This is as much of [MS-CFB] as the guard and the .xls reader need. The allocation table is followed in the file
itself, which is mapped into memory and not copied.
"""

from __future__ import annotations

import mmap
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from xltool.reader.limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
LOOP = "扇区链首尾相接"

_HEADER: Final = 512
_LAST_SECTOR: Final = 0xFFFFFFFA  # numbers above it end a chain or mark free and system sectors
_SECTOR_SHIFTS: Final = (9, 12)
_MINI_CUTOFF: Final = 4_096  # shorter streams live in the mini stream
_MINI_SECTOR: Final = 64
_IN_HEADER: Final = 109  # sectors of the allocation table that the header lists
_ENTRY: Final = 128
_BOF_AND_FILEPASS: Final = 512  # bytes of the workbook stream in which a FILEPASS record stands, if there is one
_FILEPASS: Final = 0x2F
_BOF: Final = {0x09: 4, 0x209: 6, 0x409: 6, 0x809: 6}  # of Excel 2, 3, 4 and later, with the least that each holds
_BEFORE_FILEPASS: Final = frozenset({*_BOF, 0x86, 0x2F})  # BOF and WRITEPROT are all that may precede it
_KINDS: Final = frozenset({0x05, 0x10, 0x20, 0x40, 0x100})  # of what a BOF record begins: a workbook, a sheet …
_WORD_MARKS: Final = frozenset({0xA5EC, 0xA5DC})  # of Word 97 and later and of Word 6, before which there is no flag
_WORD_FLAGS, _WORD_ENCRYPTED = 10, 0x100  # [MS-DOC] 2.5.2: place of the flags, and the one that asks for a password


class ContainerSummary(Struct, frozen=True):
    """What the directory says: whether there is an Excel or a Word stream, and whether the file asks for a password."""

    workbook: bool
    document: bool
    encrypted: bool


class DirectoryEntry(Struct, frozen=True):
    """A stream or storage: first sector, size in bytes, numbers of entries beside it and of the first inside."""

    name: str
    first: int
    size: int
    near: tuple[int, int]
    inside: int


def summarize(path: Path) -> ContainerSummary:
    """Read the directory of the container at `path`; ValueError or struct.error if it is damaged."""
    with _opened(path) as container:
        workbook, document = container.workbook, container.document
        if workbook and workbook.size >= _MINI_CUTOFF:
            for _ in container.chain(workbook.first):  # ValueError where the sectors lead back to one of them
                pass
        encrypted = (
            any(entry.name == "encryptedpackage" for entry in container.entries)
            or asks_password(container.content(workbook, _BOF_AND_FILEPASS))
            or (workbook is None and _is_encrypted_document(container.content(document, _WORD_FLAGS + 2)))
        )
        return ContainerSummary(workbook is not None, document is not None, encrypted)


def is_bare(start: bytes) -> bool:
    """Whether a file with this beginning is an .xls without a container, as Excel 4 and some programs write it."""
    if len(start) < 8:  # noqa: PLR2004 - of the first record
        return False
    record, length, _, kind = struct.unpack_from("<4H", start)
    return record in _BOF and _BOF[record] <= length <= 16 and kind in _KINDS  # noqa: PLR2004 - that of Excel 97


def names(path: Path) -> list[str]:
    """Names of all streams and storages in lower case, none for a bare .xls; raises what `summarize` raises."""
    with path.open("rb") as stream:
        if is_bare(stream.read(8)):
            return []
    with _opened(path) as container:
        return [entry.name for entry in container.entries]


def workbook_stream(path: Path) -> bytes:
    """The records of an .xls, cut off where the file is; ValueError or struct.error if they cannot be found."""
    with path.open("rb") as stream:
        if is_bare(stream.read(8)):
            stream.seek(0)
            return stream.read()
    with _opened(path) as container:
        if container.workbook is None:
            msg = "no workbook stream"
            raise ValueError(msg)
        return container.content(container.workbook, container.workbook.size)


@contextmanager
def _opened(path: Path) -> Iterator[_Container]:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield _Container(data)


class _Container:
    """An open container: its directory is read at once, its streams when they are asked for."""

    def __init__(self, data: mmap.mmap) -> None:
        if len(data) < _HEADER or struct.unpack_from("<H", data, 30)[0] not in _SECTOR_SHIFTS:
            msg = "not an OLE header"
            raise ValueError(msg)
        self._data = data
        self._sector_size: int = 1 << struct.unpack_from("<H", data, 30)[0]
        self._blocks = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 76))
        self._add_blocks()
        self.entries = list(self._directory())

    @property
    def workbook(self) -> DirectoryEntry | None:
        """The workbook stream, of Excel 97 or of Excel 5: that of the file itself, not of an embedded workbook."""
        return self._first("workbook", "book")

    @property
    def document(self) -> DirectoryEntry | None:
        """The stream of a Word or WPS document."""
        return self._first("worddocument")

    def _first(self, *names: str) -> DirectoryEntry | None:
        """The entry with the first of the names, in the root storage or, where it has none, anywhere."""
        entries = [*self._top(), *self.entries]
        return next((entry for name in names for entry in entries if entry.name == name), None)

    def _top(self) -> list[DirectoryEntry]:
        """The entries of the root storage, as far as its tree can be followed."""
        top: dict[int, DirectoryEntry] = {}
        waiting = [entry.inside for entry in self.entries[:1]]
        while waiting:
            number = waiting.pop()
            if 0 < number < len(self.entries) and number not in top:
                top[number] = self.entries[number]
                waiting += top[number].near
        return list(top.values())

    def chain(self, number: int) -> Iterator[int]:
        """The sectors of a stream, from its first; ValueError if they lead back to a sector before."""
        seen: set[int] = set()
        while number <= _LAST_SECTOR:
            if number in seen:
                raise ValueError(LOOP)
            seen.add(number)
            yield number
            number = self._next(number)

    def content(self, entry: DirectoryEntry | None, size: int) -> bytes:
        """The first bytes of a stream, fewer where it or the file ends before."""
        if entry is None:
            return b""
        size = min(size, entry.size)
        if entry.size >= _MINI_CUTOFF:
            return self._bytes(entry.first, size)
        root = self.entries[0]
        small = self._bytes(root.first, root.size)
        table = self._bytes(struct.unpack_from("<I", self._data, 60)[0], len(small) // _MINI_SECTOR * 4)
        pieces: list[bytes] = []
        number = entry.first
        while len(pieces) * _MINI_SECTOR < size and 4 * number + 4 <= len(table):
            pieces.append(small[number * _MINI_SECTOR : (number + 1) * _MINI_SECTOR])
            number = struct.unpack_from("<I", table, 4 * number)[0]
        return b"".join(pieces)[:size]

    def _bytes(self, first: int, size: int) -> bytes:
        """The first bytes of a stream that lies in whole sectors."""
        pieces, missing = [], size
        for number in self.chain(first):
            start = (number + 1) * self._sector_size
            piece = self._data[start : start + self._sector_size]
            if missing <= 0 or not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)[:size]

    def _sector(self, number: int) -> bytes:
        """One sector; ValueError if it lies beyond the end of the file."""
        start = (number + 1) * self._sector_size
        data = self._data[start : start + self._sector_size]
        if not data:
            msg = f"sector {number} is beyond the end of the file"
            raise ValueError(msg)
        return data

    def _next(self, number: int) -> int:
        """The sector that follows `number` in its chain, by the allocation table."""
        block, index = divmod(number, self._sector_size // 4)
        if block >= len(self._blocks):
            return _LAST_SECTOR + 1
        following: int = struct.unpack_from("<I", self._sector(self._blocks[block]), 4 * index)[0]
        return following

    def _add_blocks(self) -> None:
        """Add the sectors of the allocation table that the header does not list, of files above 7 MiB."""
        number: int = struct.unpack_from("<I", self._data, 68)[0]
        most = len(self._data) // self._sector_size
        while number <= _LAST_SECTOR and number < most and len(self._blocks) < most + _IN_HEADER:
            *blocks, number = struct.unpack(f"<{self._sector_size // 4}I", self._sector(number))
            self._blocks += blocks

    def _directory(self) -> Iterator[DirectoryEntry]:
        """All entries, the root first; unused entries have no name."""
        for at, number in enumerate(self.chain(struct.unpack_from("<I", self._data, 48)[0])):
            if at > LIMITS.directory_sectors:
                raise ValueError(LOOP)
            data = self._sector(number)
            for offset in range(0, len(data) - _ENTRY + 1, _ENTRY):
                length = min(max(struct.unpack_from("<H", data, offset + 64)[0] - 2, 0), 64)
                name = data[offset : offset + length].decode("utf-16-le", "replace").lower()
                left, right, inside = struct.unpack_from("<3I", data, offset + 68)
                first, size = struct.unpack_from("<II", data, offset + 116)
                yield DirectoryEntry(name, first, size, (left, right), inside)


def _is_encrypted_document(start: bytes) -> bool:
    """Whether the beginning of a Word stream says that the document asks for a password."""
    if len(start) < _WORD_FLAGS + 2:
        return False
    mark, flags = struct.unpack_from("<H", start)[0], struct.unpack_from("<H", start, _WORD_FLAGS)[0]
    return mark in _WORD_MARKS and bool(flags & _WORD_ENCRYPTED)


def asks_password(data: bytes) -> bool:
    """Whether the records of an .xls begin with a FILEPASS record."""
    offset = 0
    while offset + 4 <= len(data):
        record, length = struct.unpack_from("<HH", data, offset)
        if record not in _BEFORE_FILEPASS:
            return False
        if record == _FILEPASS:
            return True
        offset += 4 + length
    return False
