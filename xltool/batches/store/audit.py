"""The audit of a run on disk: written down as workers judge, read by whoever makes something of it.

A county's audit has tens of thousands of findings, and no process holds them all: findings are found by their file,
forms by where they were kept. What every report asks all the time (whose a form is, its score) is in memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, chain
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar, overload

import msgspec

from xltool.auditing.exemptions.model import Exemption  # noqa: TC001 - msgspec looks it up
from xltool.auditing.plausibility.signs import Glance
from xltool.auditing.result import KEY_LENGTH, Audit, Score
from xltool.batches.store.form_cache import FormCache, RecordStub, load_stub
from xltool.batches.store.packed import Place, RecordReader, append
from xltool.findings import Finding, FindingsByFile
from xltool.text.views import Excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from xltool.auditing.audit import Verdicts
    from xltool.auditing.terms import Terms
    from xltool.reader.records import FileRecord

NAME: Final = "audit.bin"
Late = tuple[Finding, str]
"""What only shows across all files, with its key."""
_Item = TypeVar("_Item")
_Kind = TypeVar("_Kind")
_ENCODER: Final = msgspec.msgpack.Encoder()


class Judged(msgspec.Struct):
    """What judging some files gave, packed: only who asks for a part unpacks it."""

    found: dict[str, tuple[str, bytes]]
    """By file: the keys of its findings one after another, and the findings."""
    numbers: bytes
    """Scores, and what calculated fields come to, by submission."""
    texts: bytes
    glances: bytes
    met: list[Exemption]

    @classmethod
    def of(cls, verdicts: Verdicts) -> Self:
        """The same, packed."""
        computed = {key: numbers.tobytes() for key, numbers in verdicts.computed.items()}
        return cls(
            _by_file(zip(verdicts.findings, verdicts.keys, strict=True)),
            _ENCODER.encode((verdicts.scores, computed)),
            _ENCODER.encode(verdicts.texts),
            _ENCODER.encode(verdicts.glances),
            list(verdicts.met),
        )

    def pairs(self) -> Iterator[Late]:
        """The findings with their keys."""
        for keys, data in self.found.values():
            yield from zip(msgspec.msgpack.decode(data, type=list[Finding]), _split(keys), strict=True)


def _by_file(pairs: Iterable[Late]) -> dict[str, tuple[str, bytes]]:
    """Findings and their keys by file, packed, in their order."""
    by_file: dict[str, tuple[list[str], list[Finding]]] = {}
    for finding, key in pairs:
        keys, found = by_file.setdefault(finding.path, ([], []))
        keys.append(key)
        found.append(finding)
    return {path: ("".join(keys), _ENCODER.encode(found)) for path, (keys, found) in by_file.items()}


def _split(keys: str) -> list[str]:
    return [keys[at : at + KEY_LENGTH] for at in range(0, len(keys), KEY_LENGTH)]


class Contents(msgspec.Struct):
    """What there is, and where in the file."""

    found: dict[str, tuple[str, Place]] = {}
    """By file: the keys of its findings, and where these lie."""
    numbers: list[Place] = []
    texts: list[Place] = []
    glances: list[Place] = []
    slips: Place = (0, 0)
    late: list[Late] = []


@dataclass(frozen=True, slots=True)
class Where:
    """Where an audit lies: its file, the contents in it, the kept records; and the terms it was made on."""

    path: Path
    contents: Place
    records: Path
    terms: Terms


class AuditWriter:
    """A ledger being written; a context manager that closes the file."""

    def __init__(self, path: Path, records: Path, terms: Terms) -> None:
        """Begin the file; OSError where that fails. `records` are the kept ones."""
        self._where = Where(path, (0, 0), records, terms)
        self._file, self._end = path.open("wb", buffering=0), 0
        self._contents = Contents()
        self.met: set[Exemption] = set()
        """Exemptions that met a finding."""

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def slips(self, slips: Sequence[RecordStub], places: Mapping[bytes, Place]) -> None:
        """Note what stands for the records, and where these lie."""
        self._contents.slips = self._put(_ENCODER.encode((slips, places)))

    def judged(self, answer: bytes) -> None:
        """Note what judging some files gave, a packed `Judged`; msgspec.MsgspecError for what is none."""
        self._add(msgspec.msgpack.decode(answer, type=Judged))

    def judged_in_parts(self, answers: Iterable[bytes], more: Iterable[Late]) -> None:
        """Note what judging forms of the same files one at a time gave, and findings on what could not be judged."""
        parts = [msgspec.msgpack.decode(answer, type=Judged) for answer in answers]
        pairs = sorted([*(pair for part in parts for pair in part.pairs()), *more], key=lambda pair: pair[0].order)
        for part in parts:
            self._add(msgspec.structs.replace(part, found={}))
        self._contents.found.update((path, (keys, self._put(data))) for path, (keys, data) in _by_file(pairs).items())

    def _add(self, some: Judged) -> None:
        self._contents.found.update((path, (keys, self._put(data))) for path, (keys, data) in some.found.items())
        self._contents.numbers.append(self._put(some.numbers))
        self._contents.texts.append(self._put(some.texts))
        self._contents.glances.append(self._put(some.glances))
        self.met.update(some.met)

    def late(self, found: Sequence[Late]) -> None:
        """Note what only shows across all files, with its keys."""
        self._contents.late = list(found)

    def written(self) -> Where:
        """Write the contents down: whoever is told where can read from now on."""
        place = self._put(_ENCODER.encode(self._contents))
        return Where(self._where.path, place, self._where.records, self._where.terms)

    def _put(self, data: bytes) -> Place:
        append(self._file, data, self._where.path)
        place = self._end, len(data)
        self._end += len(data)
        return place


class AuditStore:
    """A ledger to read in; a context manager that closes its files."""

    def __init__(self, where: Where) -> None:
        """Open it; OSError where it is not there any more."""
        self._where, self._file = where, where.path.open("rb")
        self._reading = Lock()
        self._contents = self._read(where.contents, Contents)
        self._kept: RecordReader | None = None

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self._file.close()
        if self._kept is not None:
            self._kept.close()

    def records(self) -> list[FileRecord]:
        """The records, whose cells are read as they are asked for."""
        slips, places = self._read(self._contents.slips, tuple[list[RecordStub], dict[bytes, Place]])
        self._kept = RecordReader(self._where.records, places)
        shelf = FormCache(self._kept.load)
        records = [shelf.resolve(slip) for slip in slips]
        shelf.fit(records)
        return records

    def in_memory(self) -> Iterator[FileRecord]:
        """The records with their cells, one after the other, for who needs each but once and in their order."""
        slips, places = self._read(self._contents.slips, tuple[list[RecordStub], dict[bytes, Place]])
        with closing(RecordReader(self._where.records, places)) as kept:
            yield from (load_stub(slip, kept.load) for slip in slips)

    def audit(self, records: Sequence[FileRecord], late: Sequence[Late] = ()) -> Audit:
        """The audit of these records, findings read as they are asked for; `late` are some not written down yet."""
        scores: dict[str, Score] = {}
        computed: dict[str, bytes] = {}
        for place in self._contents.numbers:
            some, arrays = self._read(place, tuple[dict[str, Score], dict[str, bytes]])
            scores |= some
            computed |= arrays
        profiles = {
            submission.id: self._where.terms.profile_of(submission)
            for record in records
            for submission in record.submissions
        }
        found, keys = self._found([*self._contents.late, *late])
        numbers = {key: array("d", data) for key, data in computed.items()}
        glances = [glance for place in self._contents.glances for glance in self._read(place, list[Glance])]
        return Audit(records, found, keys, scores, profiles, numbers, glances)

    def texts(self) -> list[Excerpt]:
        """What of the texts of filings is held against those of others."""
        return [text for place in self._contents.texts for text in self._read(place, list[Excerpt])]

    def _found(self, across: Sequence[Late]) -> tuple[_Found, _ByFile[str]]:
        late: dict[str, list[Late]] = defaultdict(list)
        for pair in across:
            late[pair[0].path].append(pair)
        found = self._contents.found
        sizes = {path: len(found[path][0]) // KEY_LENGTH if path in found else 0 for path in {*found, *late}}
        sizes = {path: sizes[path] + len(late.get(path, ())) for path in sorted(sizes)}

        def pairs(path: str) -> list[Late]:
            keys, place = found.get(path, ("", (0, 0)))
            ones = self._read(place, list[Finding]) if keys else []
            own = list(zip(ones, _split(keys), strict=True))
            return sorted([*own, *late[path]], key=lambda pair: pair[0].order) if path in late else own

        def keys_on(path: str) -> list[str]:
            return [key for _, key in pairs(path)]

        return _Found(sizes, lambda path: [one for one, _ in pairs(path)]), _ByFile(sizes, keys_on)

    def _read(self, place: Place, kind: type[_Kind]) -> _Kind:
        with self._reading:  # letters and copies may be asked for by two threads
            self._file.seek(place[0])
            data = self._file.read(place[1])
        return msgspec.msgpack.decode(data, type=kind)


class _ByFile(Sequence[_Item], Generic[_Item]):
    """Items that lie by file, in the order of the files; those of the last file asked for are in memory."""

    def __init__(self, sizes: Mapping[str, int], load: Callable[[str], list[_Item]]) -> None:
        """`sizes` are numbers of items by file, in their order; `load` gives those of one."""
        self._paths, self._load = list(sizes), load
        self._ends = list(accumulate(sizes.values()))
        self._last: tuple[str, list[_Item]] = "", []

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[_Item]:
        return chain.from_iterable(map(self._load, self._paths))

    @overload
    def __getitem__(self, at: int) -> _Item: ...
    @overload
    def __getitem__(self, at: slice) -> list[_Item]: ...
    def __getitem__(self, at: int | slice) -> _Item | list[_Item]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        number = bisect_right(self._ends, at)
        return self._of(self._paths[number])[at - self._ends[number]]

    def _of(self, path: str) -> list[_Item]:
        last = self._last
        if last[0] != path:
            self._last = last = path, self._load(path)
        return last[1]


class _Found(_ByFile[Finding], FindingsByFile):
    """Findings."""

    def on(self, path: str) -> list[Finding]:
        """Those on one file, in their order."""
        return self._load(path)
