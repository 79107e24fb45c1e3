"""The stored audit of a run: an SQLite file in its scratch folder, which workers read when they write the results.

A county's audit has tens of thousands of findings, and no process holds them all: they are stored by file, and those of
a file are read when they are asked for. SQLite (in the standard library) keeps the tables; `msgspec` packs the rows.

One process writes (`AuditWriter`) and commits before others read (`AuditStore`). Nobody needs locks for that, and the
scratch folder may lie on a network share where locks cannot be trusted: the writer takes none (`nolock`), and readers
open the file as one that nobody changes (`immutable`).
"""

from __future__ import annotations

import errno
import os
import sqlite3
from array import array
from bisect import bisect_right
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from pathlib import Path  # noqa: TC003 - workers look it up
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, overload
from urllib.parse import quote

import msgspec

from xltool.auditing.coverage.model import CoverageChange, merged
from xltool.auditing.exemptions.model import Exemption  # noqa: TC001 - msgspec looks it up
from xltool.auditing.portions import filings_of
from xltool.auditing.result import KEY_LENGTH, Audit, KeyedFinding, Score
from xltool.batches.store.coverage import PackedCoverage, pack
from xltool.batches.store.form_cache import FormCache, RecordStub, load_stub
from xltool.batches.store.packed import CHANGED, Place, RecordReader
from xltool.batches.store.packed_findings import (
    FindingRow,
    PackedFindings,
    decode_row,
    decode_rows,
    in_order,
    rows_by_file,
    split_keys,
)
from xltool.findings import ItemsByFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xltool.auditing.audit import Verdicts
    from xltool.auditing.coverage.model import FilingCoverage
    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.auditing.terms import Terms
    from xltool.findings import Finding
    from xltool.reader.records import FileRecord
    from xltool.text.views import Excerpt

NAME: Final = "audit.sqlite"
SCHEMA: Final = """
    CREATE TABLE stubs (data BLOB);                                            -- the records, in their order
    CREATE TABLE findings (path TEXT PRIMARY KEY, keys TEXT, data BLOB);       -- those of each file
    CREATE TABLE late_findings (path TEXT, keys TEXT, data BLOB);              -- those from comparing all filings
    CREATE INDEX late_paths ON late_findings (path);
    CREATE TABLE numbers (data BLOB);                                          -- scores and recomputed values
    CREATE TABLE texts (data BLOB);                                            -- texts to compare between filings
    CREATE TABLE signs (data BLOB);                                            -- signs on each filing
    CREATE TABLE spot_checks (data BLOB);                                      -- the filings to read first
    CREATE TABLE coverage (data BLOB);                                         -- the state of every rule by filing
    CREATE TABLE coverage_changes (data BLOB);                                 -- states that showed later
"""
RECENT: Final = 64
"""Files whose packed findings stay in memory, at some ten kilobytes each."""
_Item = TypeVar("_Item")
_ENCODER: Final = msgspec.msgpack.Encoder()


class PackedVerdicts(msgspec.Struct):
    """The verdicts on some files as bytes: whoever stores them need not unpack the findings."""

    findings: dict[str, FindingRow]
    """The findings by file."""
    numbers: bytes
    """Scores and recomputed values, by submission."""
    texts: bytes
    signs: bytes
    coverage: bytes
    met: list[Exemption]

    @classmethod
    def of(cls, verdicts: Verdicts) -> Self:
        """Pack verdicts, in the worker that has judged."""
        from xltool.rules.catalogue import RULES  # noqa: PLC0415 - whoever reads what is packed does without rules

        computed = {key: numbers.tobytes() for key, numbers in verdicts.computed.items()}
        return cls(
            rows_by_file(zip(verdicts.findings, verdicts.keys, strict=True)),
            _ENCODER.encode((verdicts.scores, computed)),
            _ENCODER.encode(verdicts.texts),
            _ENCODER.encode(verdicts.signs),
            pack(verdicts.coverage, RULES),
            list(verdicts.met),
        )

    def pairs(self) -> Iterator[KeyedFinding]:
        """The findings with their keys."""
        for row in self.findings.values():
            yield from decode_row(row)


@dataclass(frozen=True, slots=True)
class StoredAudit:
    """A finished audit: its file, the record file with the cells of the forms, and the terms it was made on."""

    path: Path
    record_file: Path | None
    """None where the records are stored complete."""
    terms: Terms
    messages: tuple[str, ...] = ()
    """Lines for the user on what could not be judged at all."""
    is_complete: bool = True
    """Whether everything was judged; another run, or one with more time, may judge the rest."""


class AuditWriter:
    """Writes the stored audit; a context manager that closes the file. Raises OSError where the disk refuses."""

    def __init__(self, path: Path, record_file: Path | None, terms: Terms) -> None:
        """Create the file."""
        self._stored = StoredAudit(path, record_file, terms)
        self._database = _connect(path, "nolock=1")
        # A run that is killed begins anew: nothing has to survive.
        self._run(lambda: self._database.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {SCHEMA}"))
        self.met: set[Exemption] = set()
        """Exemptions that met a finding."""
        self.unjudged: set[str] = set()
        """Filings of which something could not be judged."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._database.close()

    def add_stubs(self, stubs: Sequence[RecordStub], places: Mapping[bytes, Place]) -> None:
        """Store the stubs of the records, and where their cells lie in the record file."""
        self._insert("stubs", _ENCODER.encode((stubs, places)))

    def add_verdicts(self, answer: bytes) -> None:
        """Store what judging some files gave, encoded `PackedVerdicts`; msgspec.MsgspecError for anything else."""
        verdicts = msgspec.msgpack.decode(answer, type=PackedVerdicts)
        self._add_findings(verdicts.findings)
        self._add_others(verdicts)

    def add_parts(self, answers: Iterable[bytes], more: Iterable[KeyedFinding]) -> None:
        """Store what judging parts of the same files gave, with findings on what could not be judged."""
        parts = [msgspec.msgpack.decode(answer, type=PackedVerdicts) for answer in answers]
        pairs = sorted([*(pair for part in parts for pair in part.pairs()), *more], key=in_order)
        for part in parts:
            self._add_others(part)
        self._add_findings(rows_by_file(pairs))

    def add_changes(self, changes: Iterable[CoverageChange]) -> None:
        """Store states of rules that showed after their filings were judged."""
        self._insert("coverage_changes", _ENCODER.encode(list(changes)))

    def add_late(self, findings: Sequence[KeyedFinding], spot_checks: bytes | None = None) -> None:
        """Store what comparing all filings gave: findings, and the spot checks as encoded `Ranked`."""
        rows = [(path, *row) for path, row in rows_by_file(sorted(findings, key=in_order)).items()]
        self._run(lambda: self._database.executemany("INSERT INTO late_findings VALUES (?, ?, ?)", rows))
        if spot_checks is not None:
            self._insert("spot_checks", spot_checks)

    def commit(self) -> StoredAudit:
        """Make what was stored readable by others, until more is added."""
        self._run(self._database.commit)
        return self._stored

    def _add_findings(self, findings: Mapping[str, FindingRow]) -> None:
        rows = [(path, *row) for path, row in findings.items()]
        self._run(lambda: self._database.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?, ?)", rows))

    def _add_others(self, verdicts: PackedVerdicts) -> None:
        self._insert("numbers", verdicts.numbers)
        self._insert("texts", verdicts.texts)
        self._insert("signs", verdicts.signs)
        self._insert("coverage", verdicts.coverage)
        self.met.update(verdicts.met)

    def _insert(self, table: str, data: bytes) -> None:
        self._run(lambda: self._database.execute(f"INSERT INTO {table} VALUES (?)", (data,)))  # noqa: S608 - our table

    def _run(self, statement: Callable[[], object]) -> None:
        with _os_errors(self._stored.path):
            statement()


class AuditStore:
    """Reads the stored audit; a context manager that closes its files. Raises OSError where they cannot be read."""

    def __init__(self, stored: StoredAudit) -> None:
        """Open the file."""
        self.stored = stored
        self._database = _connect(stored.path, "mode=ro&immutable=1")
        self._lock = Lock()  # two threads may read: one for letters, one for returned copies
        self._records: RecordReader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self._database.close()
        if self._records is not None:
            self._records.close()

    def records(self) -> list[FileRecord]:
        """The records, whose cells are loaded when they are asked for."""
        stubs, self._records = self._stubs()
        cache = FormCache(self._records.load)
        records = [cache.resolve(stub) for stub in stubs]
        cache.fit(records)
        return records

    def complete_records(self) -> Iterator[FileRecord]:
        """The records with their cells, one after another, for code that needs each once and in their order."""
        stubs, reader = self._stubs()
        with closing(reader):
            yield from (load_stub(stub, reader.load) for stub in stubs)

    def audit(self, records: Sequence[FileRecord], late: Sequence[KeyedFinding] = ()) -> Audit:
        """The audit of these records; findings are read as they are asked for. `late` are some not stored yet."""
        scores: dict[str, Score] = {}
        computed: dict[str, array[float]] = {}
        for some, numbers in self._decoded("numbers", tuple[dict[str, Score], dict[str, bytes]]):
            scores |= some
            computed |= {key: array("d", data) for key, data in numbers.items()}
        profiles = {
            submission.id: self.stored.terms.profile_of(submission)
            for record in records
            for submission in record.submissions
        }
        findings, keys = self._findings(late)
        return Audit(records, findings, keys, scores, profiles, computed, (), self._coverage(records))

    def judged_audit(self, records: Sequence[FileRecord], late: Sequence[KeyedFinding] = ()) -> Audit:
        """The same with the signs that spot checks are ranked by."""
        from xltool.auditing.plausibility.signs import FilingSigns  # noqa: PLC0415 - what ranks needs it, and it needs rules

        signs = [sign for some in self._decoded("signs", list[FilingSigns]) for sign in some]
        return replace(self.audit(records, late), signs=signs)

    def texts(self) -> list[Excerpt]:
        """The texts of filings that are compared with those of others."""
        from xltool.text.views import Excerpt  # noqa: PLC0415 - likewise

        return [text for texts in self._decoded("texts", list[Excerpt]) for text in texts]

    def spot_checks(self) -> tuple[Ranked, ...]:
        """The filings to read first."""
        from xltool.auditing.plausibility.ranking import Ranked  # noqa: PLC0415 - likewise

        return tuple(check for checks in self._decoded("spot_checks", list[Ranked]) for check in checks)

    def _coverage(self, records: Sequence[FileRecord]) -> tuple[FilingCoverage, ...]:
        """The coverage of filings, in the order of their first file."""
        packed = self._decoded("coverage", PackedCoverage)
        changes = (change for some in self._decoded("coverage_changes", list[CoverageChange]) for change in some)
        parts = (part for some in packed for part in some.coverages())
        by_filing = merged(parts, changes, packed[0].codes if packed else ())
        filings = dict.fromkeys(filing for record in records for filing in sorted(filings_of(record)))
        return tuple(by_filing[filing] for filing in filings if filing in by_filing)

    def _stubs(self) -> tuple[list[RecordStub], RecordReader]:
        ((stubs, places),) = self._decoded("stubs", tuple[list[RecordStub], dict[bytes, Place]])
        return stubs, RecordReader(self.stored.record_file, places)

    def rows_on(self, path: str) -> tuple[FindingRow, ...]:
        """The findings on a file as they are stored."""
        own = self._rows("SELECT keys, data FROM findings WHERE path = ?", path)
        if path in self._late_paths:
            own += self._rows("SELECT keys, data FROM late_findings WHERE path = ? ORDER BY rowid", path)
        return tuple(own)

    def packed_findings(self, paths: Iterable[str]) -> PackedFindings:
        """The findings on some files, to be sent to another process; the same bytes for the same file."""
        return PackedFindings({path: self._recent_rows(path) for path in paths})

    @cached_property
    def _recent_rows(self) -> Callable[[str], tuple[FindingRow, ...]]:
        """`rows_on`, with the files asked for last in memory: those of a filing are sent together, and once."""
        return lru_cache(RECENT)(self.rows_on)

    @cached_property
    def _late_paths(self) -> frozenset[str]:
        return frozenset(path for (path,) in self._rows("SELECT path FROM late_findings"))

    def _findings(self, late: Sequence[KeyedFinding]) -> tuple[_StoredItems[Finding], _StoredItems[str]]:
        more = rows_by_file(sorted(late, key=in_order))
        sizes: dict[str, int] = defaultdict(int)
        for table in ("findings", "late_findings"):
            for path, length in self._rows(f"SELECT path, length(keys) FROM {table}"):  # noqa: S608 - our table
                sizes[path] += length // KEY_LENGTH
        for path, (keys, _) in more.items():
            sizes[path] += len(keys) // KEY_LENGTH

        def rows(path: str) -> list[FindingRow]:
            return [*self.rows_on(path), *([more[path]] if path in more else [])]

        def findings_of(path: str) -> list[Finding]:
            return [finding for finding, _ in decode_rows(rows(path))]

        def keys_of(path: str) -> list[str]:
            own = rows(path)
            return split_keys(own[0][0]) if len(own) == 1 else [key for _, key in decode_rows(own)]

        ordered = dict(sorted(sizes.items()))
        return _StoredItems(ordered, findings_of), _StoredItems(ordered, keys_of)

    def _decoded(self, table: str, kind: type[_Item]) -> list[_Item]:
        """The rows of a table of packed values."""
        rows = self._rows(f"SELECT data FROM {table} ORDER BY rowid")  # noqa: S608 - our table
        return [msgspec.msgpack.decode(data, type=kind) for (data,) in rows]

    def _rows(self, statement: str, *values: str) -> list[Any]:
        with _os_errors(self.stored.path), self._lock:
            return self._database.execute(statement, values).fetchall()


class _StoredItems(ItemsByFile[_Item]):
    """Items that are stored by file, in the order of the files; those of the file asked for last are in memory."""

    def __init__(self, sizes: Mapping[str, int], load: Callable[[str], list[_Item]]) -> None:
        """`sizes` are the numbers of items by file, in their order; `load` gives the items of a file."""
        self._paths, self._load = list(sizes), load
        self._ends = list(accumulate(sizes.values()))
        self._last: tuple[str, list[_Item]] = "", []

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[_Item]:
        return chain.from_iterable(map(self._load, self._paths))

    @overload
    def __getitem__(self, index: int) -> _Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[_Item]: ...
    def __getitem__(self, index: int | slice) -> _Item | list[_Item]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        file = bisect_right(self._ends, index)
        return self._items(self._paths[file])[index - self._ends[file]]

    def on(self, path: str) -> list[_Item]:
        """The items on a file, in their order."""
        return self._load(path)

    def _items(self, path: str) -> list[_Item]:
        last = self._last
        if last[0] != path:
            self._last = last = path, self._load(path)
        return last[1]


def _connect(path: Path, options: str) -> sqlite3.Connection:
    name = quote(os.fsencode(path.absolute().as_posix()))
    uri = f"file://{name if name.startswith('/') else '/' + name}?{options}"  # a share of Windows begins with //
    with _os_errors(path):
        return sqlite3.connect(uri, uri=True, check_same_thread=False)


@contextmanager
def _os_errors(path: Path) -> Iterator[None]:
    """Errors of SQLite are those of the disk: raise OSError that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        if isinstance(error, sqlite3.OperationalError):
            is_full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
            raise OSError(errno.ENOSPC if is_full else errno.EIO, str(error), str(path)) from error
        raise OSError(errno.EIO, CHANGED, str(path)) from error
