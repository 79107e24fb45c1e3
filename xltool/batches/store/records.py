"""The record file: the record of each file's content, kept below the results for the runs that follow.

A record is found by the SHA-256 of the content and the ending of the name. The file is stamped with all else that
records depend on (program, libraries, limits); under another stamp it is begun anew.

It is a plain file that is only appended to, and no database: it lies beside the results, perhaps on a network share,
where the locks that SQLite rests on cannot be trusted. A run that is killed loses only the files it was reading. Others
may write to the share: every entry carries its own checksum, a record is checked member by member when it is used, and
what is torn or altered counts as missing.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from xltool.batches.options import HIDDEN, RECORDS
from xltool.batches.store.form_cache import FormCache, RecordStub, decode_headers
from xltool.batches.store.packed import (
    LARGEST,
    append,
    index_entries,
    load_record,
    pack_entry,
    read_entry,
    unpack_record,
)
from xltool.batches.store.stamp import stamp as stamp_of
from xltool.reader import record_encoding
from xltool.reader.files.entries import LOCK_PREFIX, fingerprint
from xltool.reader.limits import given
from xltool.storage.digests import digest_list
from xltool.storage.files import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from io import FileIO
    from pathlib import Path
    from typing import Self

    from xltool.batches.store.packed import Place
    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord

MAGIC: Final = b"xltool-records-1"
DIGEST_LENGTH: Final = 64
"""Characters of a SHA-256, which no word for the reason has."""
PASSING: Final = frozenset({"changing", "crashed", "failed", "memory", "timeout", "unreadable"})
"""Codes of refusals that may not recur on another day or another machine: such a record is not stored."""


class _Earlier:
    """The record file of another run, which is read and not changed; with another stamp, or missing, it has none."""

    def __init__(self, path: Path, head: bytes) -> None:
        self._file: FileIO | None = None
        self._places: dict[bytes, Place] = {}
        with suppress(OSError):
            self._file = path.open("rb", buffering=0)
            self._places, _ = index_entries(self._file, head)

    def read(self, key: bytes) -> bytes:
        """The packed record with a key; empty if there is none."""
        place = self._places.get(key)
        return b"" if place is None or self._file is None else read_entry(self._file, key, place)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class RecordStore:
    """The records of a run and of those before it; a context manager that drops what was not used, unless it fails."""

    def __init__(self, path: Path, stamp: bytes, *, fresh: bool = False, earlier: Path | None = None) -> None:
        """Open or create the file at `path`; `fresh` drops what it holds. OSError where that fails.

        `earlier` is the record file of the round before: its records are taken over where a file is the same.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._head = MAGIC + hashlib.sha256(stamp).digest()
        self._used: set[bytes] = set()
        self._places: dict[bytes, Place] = {}
        self._digests: dict[Path, str] = {}
        self.forms = FormCache(self.load)
        self.file = path.open("a+b", buffering=0)
        self._earlier = None if earlier is None else _Earlier(earlier, self._head)
        end = 0
        if not fresh:
            self._places, end = index_entries(self.file, self._head)
        if end != self.file.seek(0, 2):
            self.file.truncate(end)
        if not end:
            append(self.file, self._head, self.path)

    def keep_all(self) -> None:
        """Keep the records of earlier runs, used or not: this run had no reason to look at them."""
        self._used |= self._places.keys()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Close the file; without an error, leave in it only what this run used."""
        try:
            if kind is None and self._places.keys() - self._used:
                with whole(self.path) as file:
                    file.write(self._head)
                    file.writelines(pack_entry(key, self._read(key)) for key in self._places if key in self._used)
                    self.file.close()  # Windows replaces no file that is open
        finally:
            self.file.close()
            if self._earlier is not None:
                self._earlier.close()

    def digest(self, source: Source) -> str:
        """The SHA-256 of a file's content, computed once a run; of a file that is not read, the reason in a word."""
        if source.path not in self._digests:
            self._digests[source.path] = digest_source(source)
        return self._digests[source.path]

    def find(self, source: Source) -> FileRecord | None:
        """The record that an earlier run stored for a file with this content, under its present name."""
        if not self._places and self._earlier is None:
            return None
        key = _key(self.digest(source), source)
        packed = self._read(key) or self._read_earlier(key)
        try:
            record = unpack_record(packed)
        except ValueError:
            return None
        if key not in self._places:
            self._append(key, packed)
        self._used.add(key)
        return record_encoding.renamed(record, source.name)

    def add_read(self, source: Source, data: bytes, packed: bytes) -> FileRecord:
        """Store a record that was just read, `packed` being `data` compressed; its cells are loaded on demand.

        A record that cannot be stored is given complete. ValueError where the bytes are no record.
        """
        record = decode_headers(data)
        self.add(source, record, packed)
        key = _key(record.sha256, source)
        if not record.submissions:
            return record
        return self.forms.resolve(RecordStub.of(record, key)) if key in self._places else record_encoding.decode(data)

    def cache_forms(self, source: Source, record: FileRecord) -> FileRecord:
        """The record with forms that are loaded on demand, if it is stored."""
        key = _key(record.sha256, source)
        if record.submissions and key in self._places:
            return self.forms.add(record, key)
        return record

    def places(self, keys: Iterable[bytes]) -> dict[bytes, Place]:
        """Where the records with these keys lie in the file, for processes that open it themselves."""
        return {key: self._places[key] for key in keys}

    def load(self, key: bytes) -> FileRecord:
        """The record with a key; OSError where the file was changed meanwhile."""
        return load_record(self.file, key, self._places[key], self.path)

    def add(self, source: Source, record: FileRecord, packed: bytes) -> None:
        """Store a record, of which `packed` are the compressed bytes, unless its refusal may pass."""
        if not record.sha256 or record.code in PASSING:
            return
        key = _key(record.sha256, source)
        self._used.add(key)
        if len(packed) <= LARGEST:
            self._append(key, packed)

    def _append(self, key: bytes, packed: bytes) -> None:
        self._places[key] = (self.file.seek(0, 2), len(packed))
        append(self.file, pack_entry(key, packed), self.path)

    def _read_earlier(self, key: bytes) -> bytes:
        return b"" if self._earlier is None else self._earlier.read(key)

    def _read(self, key: bytes) -> bytes:
        """The packed record with a key; empty if there is none, or if it is not what was written."""
        place = self._places.get(key)
        return read_entry(self.file, key, place) if place else b""


def digest_sources(folder: Path, sources: Iterable[Source], digest: Callable[[Source], str] | None = None) -> str:
    """The SHA-256 of the files that are read of a folder, or of a file; `digest` has those that are known."""
    known = ((source.path, (digest or digest_source)(source)) for source in sources if source.unread is None)
    read = {path: sha256 for path, sha256 in known if len(sha256) == DIGEST_LENGTH}
    if not folder.is_dir():
        return next(iter(read.values()), "")
    return digest_list({path.relative_to(folder).as_posix(): sha256 for path, sha256 in read.items()})


def digest_source(source: Source) -> str:
    """The SHA-256 of a file's content; of a file that is not read, the reason in a word."""
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


def _key(digest: str, source: Source) -> bytes:
    """The key of a record. The ending of the name is part of it: it tells a broken workbook from a picture."""
    return hashlib.sha256(f"{digest}{source.path.suffix.lower()}".encode()).digest()


def open_record_store(out: Path, *, fresh: bool = False, earlier: Path | None = None) -> RecordStore:
    """The record file below the results in `out`; OSError where it cannot be opened.

    Records of the results in `earlier`, those of the round before, are taken over.
    """
    before = None if earlier is None or fresh else earlier / HIDDEN / RECORDS
    return RecordStore(out / HIDDEN / RECORDS, stamp_of(given()), fresh=fresh, earlier=before)
