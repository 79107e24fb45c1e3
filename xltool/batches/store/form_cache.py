"""The forms of a large run: headers stay in memory, cells are loaded from the record file when they are asked for.

Everybody asks for the header of every form (its department, year and file). Loading the cells of a form takes half a
millisecond; the cache keeps those of the last hundred files, so that code that goes through the files in their order,
or compares a few of them, loads each once.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from xltool.reader.records import Explanation, FileRecord, FormHeader, NarrativeReport, Note, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    LoadRecord = Callable[[bytes], FileRecord]
    """Reads the record with a key from the record file; OSError where the file was changed meanwhile."""

CAPACITY: Final = 100
"""Files whose cells stay in memory, at some hundred kilobytes each."""
HEADER: Final = tuple(member.name for member in fields(FormHeader))
CELLS: Final = tuple(member.name for member in fields(Submission) if member.name not in HEADER)


@dataclass(frozen=True, slots=True)
class RecordStub:
    """A record without the cells of its forms: `key` finds them in the record file.

    Without a key the record is complete, because it is not in the file or one of its forms was changed.
    """

    record: FileRecord
    key: bytes = b""
    positions: tuple[int, ...] = ()
    """Where the forms stand among those of the stored record; some of them may have been set aside."""

    @classmethod
    def of(cls, record: FileRecord, key: bytes) -> Self:
        """The stub of a record that has all of its forms."""
        return cls(record, key, tuple(range(len(record.submissions))))


class FormCache:
    """The cells of the files used last, up to `capacity` of them, with `load_record` behind them."""

    def __init__(self, load_record: LoadRecord) -> None:
        """Start empty."""
        self.capacity = CAPACITY
        self.load_record = load_record
        self._forms: OrderedDict[bytes, list[Submission]] = OrderedDict()

    def add(self, record: FileRecord, key: bytes) -> FileRecord:
        """Cache the forms of a record that was stored under `key`; returns the record with cached forms."""
        self._keep(key, record.submissions)
        return self.resolve(RecordStub.of(record, key))

    def resolve(self, stub: RecordStub) -> FileRecord:
        """The record of a stub, changed in place: its forms load their cells when they are asked for."""
        record = stub.record
        if stub.key:
            forms = zip(stub.positions, record.submissions, strict=True)
            record.submissions = [CachedForm(self, stub.key, position, header=form) for position, form in forms]
        return record

    def form(self, key: bytes, position: int) -> Submission:
        """A form with its cells, from memory or from the record file. OSError where that was changed meanwhile."""
        if key in self._forms:
            self._forms.move_to_end(key)
        else:
            self._keep(key, self.load_record(key).submissions)
        return self._forms[key][position]

    def fit(self, records: Sequence[FileRecord]) -> None:
        """Make the cache large enough for the largest filing and its counterpart of last year.

        They are compared cell by cell.
        """
        files = Counter(
            filing for record in records for filing in {submission.filing for submission in record.submissions}
        )
        self.capacity = max(self.capacity, 2 * max(files.values(), default=0))

    def _keep(self, key: bytes, forms: list[Submission]) -> None:
        self._forms[key] = forms
        while len(self._forms) > self.capacity:
            self._forms.popitem(last=False)


class CachedForm(Submission):
    """A form that holds its header; its cells come from the cache until `pin` stores them in the form itself."""

    __slots__ = ("_cache", "is_pinned", "key", "position")

    def __init__(self, cache: FormCache, key: bytes, position: int, *, header: FormHeader) -> None:
        """Copy the header; the slots of the cells stay empty."""
        self._cache, self.key, self.position = cache, key, position
        self.is_pinned = False
        for name in HEADER:
            setattr(self, name, getattr(header, name))

    def load(self) -> Submission:
        """The form with the cells that are stored of it, which nobody may change."""
        return self._cache.form(self.key, self.position)

    def pin(self) -> None:
        """Load the cells and keep them in this form, because the caller is about to change them."""
        if not self.is_pinned:
            stored = self._cache.load_record(self.key).submissions[self.position]
            for name in CELLS:
                setattr(self, name, getattr(stored, name))
            self.is_pinned = True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the member holds
        """Load a member of the cells; Python asks here only while its slot is empty."""
        if name in CELLS:
            return getattr(self.load(), name)
        raise AttributeError(name)


def pin(form: Submission) -> None:
    """Prepare a form for changes of its cells or notes: one that is loaded on demand is kept in memory from now on."""
    if isinstance(form, CachedForm):
        form.pin()


def stub_of(record: FileRecord) -> RecordStub:
    """The stub of a record, to be sent to another process; complete where a form was changed or is not stored."""
    stored = [form for form in record.submissions if isinstance(form, CachedForm) and not form.is_pinned]
    if stored and len(stored) == len(record.submissions):
        headers = [_without_cells(form) for form in stored]
        return RecordStub(replace(record, submissions=headers), stored[0].key, tuple(form.position for form in stored))
    forms = [_with_cells(form, form) if isinstance(form, CachedForm) else form for form in record.submissions]
    return RecordStub(replace(record, submissions=forms))


def load_stub(stub: RecordStub, load_record: LoadRecord) -> FileRecord:
    """The record of a stub, complete and in memory; OSError where its cells cannot be read any more."""
    if not stub.key:
        return stub.record
    stored = load_record(stub.key).submissions
    forms = zip(stub.record.submissions, stub.positions, strict=True)
    return replace(stub.record, submissions=[_with_cells(form, stored[position]) for form, position in forms])


def _without_cells(form: FormHeader) -> Submission:
    return Submission(**{name: getattr(form, name) for name in HEADER})


def _with_cells(header: FormHeader, cells: Submission) -> Submission:
    """A plain form of a header, which may have been changed since it was stored, and cells."""
    return replace(_without_cells(header), **{name: getattr(cells, name) for name in CELLS})


class _StoredRecord(msgspec.Struct):
    """A `FileRecord` as the record file has it. Decoding passes over the cells: a header has no members for them."""

    path: str
    status: str
    code: str
    reason: str
    sha256: str
    submissions: list[FormHeader]
    narrative_reports: list[NarrativeReport]
    notes: list[Note]
    saved: str
    explanations: list[Explanation]


_DECODER: Final = msgspec.msgpack.Decoder(_StoredRecord)


def decode_headers(data: bytes) -> FileRecord:
    """The record that these bytes hold, its forms without cells; ValueError if they hold none."""
    try:
        stored = _DECODER.decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    headers = [_without_cells(header) for header in stored.submissions]
    return FileRecord(**msgspec.structs.asdict(stored) | {"submissions": headers})
