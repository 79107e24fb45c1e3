"""What runs keep for those after them: the record of each file's content, in one file below the results.

A record is found by the SHA-256 of the content and the ending of the name, in a file that is stamped with all else it
depends on (program, libraries, limits); a file with another stamp is begun anew. Records are appended as they come,
so that a run that is killed loses only the files it held. The folder may be a share others write to: every entry
carries its own checksum and is checked member by member when it is used; what is torn or altered counts as not there.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from xltool.batches.options import HIDDEN, RECORDS
from xltool.batches.store.form_cache import FormCache, RecordStub, bare
from xltool.batches.store.packed import HEAD, LARGEST, append, entry_of, heads, loaded, packed_at, unpacked
from xltool.batches.store.stamp import stamp as stamp_of
from xltool.reader import plain
from xltool.reader.files.entries import LOCK_PREFIX, fingerprint
from xltool.reader.limits import given
from xltool.storage.files import whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Self

    from xltool.batches.store.packed import Place
    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord

MAGIC: Final = b"xltool-records-1"
PASSING: Final = frozenset({"changing", "crashed", "failed", "memory", "timeout", "unreadable"})
"""Refusals that another day or another machine may lift."""


class RecordStore:
    """The kept records; a context manager that drops what was not used, unless something went wrong."""

    def __init__(self, path: Path, stamp: bytes, *, fresh: bool = False) -> None:
        """Open or make the file at `path`; with `fresh` what it holds is dropped. OSError where that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._begin = MAGIC + hashlib.sha256(stamp).digest()
        self._used: set[bytes] = set()
        self._places: dict[bytes, Place] = {}
        self._contents: dict[Path, str] = {}
        self.shelf = FormCache(self._again)
        self.file = path.open("a+b", buffering=0)
        end = 0 if fresh else self._index()
        if end != self.file.seek(0, 2):
            self.file.truncate(end)
        if not end:
            append(self.file, self._begin, self.path)

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
                with whole(self.path) as file:
                    file.write(self._begin)
                    file.writelines(entry_of(key, self._packed(key)) for key in self._places if key in self._used)
                    self.file.close()  # Windows replaces no file that is open
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
        try:
            record = unpacked(self._packed(key))
        except ValueError:
            return None
        self._used.add(key)
        return plain.renamed(record, source.name)

    def take_in(self, source: Source, data: bytes, packed: bytes) -> FileRecord:
        """Keep a record that was just read, `packed` being `data` deflated; its forms stay where they lie if they can.

        ValueError where the bytes are none.
        """
        record = bare(data)
        self.keep(source, record, packed)
        key = _key(record.sha256, source)
        if not record.submissions:
            return record
        return self.shelf.lying(RecordStub.of(record, key)) if key in self._places else plain.unpack(data)

    def put_away(self, source: Source, record: FileRecord) -> FileRecord:
        """The record with its forms on the shelf, if they can be found again."""
        key = _key(record.sha256, source)
        if record.submissions and key in self._places:
            return self.shelf.put(record, key)
        return record

    def places(self, keys: Iterable[bytes]) -> dict[bytes, Place]:
        """Where the records with these keys lie, for those who open the file themselves."""
        return {key: self._places[key] for key in keys}

    def _again(self, key: bytes) -> FileRecord:
        """A record once more; OSError where it is not there any more."""
        return loaded(self.file, key, self._places[key], self.path)

    def keep(self, source: Source, record: FileRecord, packed: bytes) -> None:
        """Keep a record, of which `packed` are the bytes, deflated, if it says something that will stay true."""
        if not record.sha256 or record.code in PASSING:
            return
        key = _key(record.sha256, source)
        self._used.add(key)
        if len(packed) <= LARGEST:
            self._places[key] = (self.file.seek(0, 2), len(packed))
            append(self.file, entry_of(key, packed), self.path)

    def _index(self) -> int:
        """Find the entries; gives where the last whole one ends, 0 if the file is of another stamp."""
        size = self.file.seek(0, 2)
        self.file.seek(0)
        if self.file.read(len(self._begin)) != self._begin:
            return 0
        end = self.file.tell()
        for key, length in heads(self.file, size):
            self._places[key] = (end, length)
            end += HEAD + length
        return end

    def _packed(self, key: bytes) -> bytes:
        """A packed record as it lies there; nothing if there is none, or one that is not what was written."""
        place = self._places.get(key)
        return packed_at(self.file, key, place) if place else b""


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


def open_record_store(out: Path, *, fresh: bool = False) -> RecordStore:
    """What runs keep in the folder of their results; OSError where it cannot be opened."""
    return RecordStore(out / HIDDEN / RECORDS, stamp_of(given()), fresh=fresh)
