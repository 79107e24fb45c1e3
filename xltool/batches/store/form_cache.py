"""Forms of a large run: they lie among the kept records until they are looked at; the last hundred stay at hand.

What is asked of every form all the time (whose it is, which year, which file) is always there. Its cells are read again
when somebody asks for them, which takes half a millisecond; who goes through the files in their order, or through a
few at a time, hardly notices.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, fields, make_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self, get_type_hints

import msgspec

from xltool.reader.records import FileRecord, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_HAND: Final = 100
"""Files whose forms stay in memory, at some hundred kilobytes each."""
CELLS: Final = frozenset({"values", "derived", "derived_cells", "rows", "notes", "places", "face"})
"""Members of a form that are not at hand."""
_AT_HAND: Final = tuple(member.name for member in fields(Submission) if member.name not in CELLS)


@dataclass(frozen=True, slots=True)
class RecordStub:
    """What stands for a record where it does not lie itself: its forms are without cells, which `key` finds.

    Without a key the forms are whole.
    """

    record: FileRecord
    key: bytes = b""
    numbers: tuple[int, ...] = ()
    """Which of the forms that the key finds those of the record are: others may have been laid aside."""

    @classmethod
    def of(cls, record: FileRecord, key: bytes) -> Self:
        """What stands for a record that has all of its forms."""
        return cls(record, key, tuple(range(len(record.submissions))))


class FormCache:
    """Where forms lie; `load` gives the record with a key once more."""

    def __init__(self, load: Callable[[bytes], FileRecord]) -> None:
        """Nothing on it yet."""
        self.room = AT_HAND
        self.load = load
        self._keys: list[bytes] = []
        self._open: OrderedDict[int, list[Submission]] = OrderedDict()

    def put(self, record: FileRecord, key: bytes) -> FileRecord:
        """Put the forms of a record away, which `key` finds again; they are at hand for now."""
        self._lay_open(len(self._keys), record.submissions)
        return self.lying(RecordStub.of(record, key))

    def lying(self, slip: RecordStub) -> FileRecord:
        """The record a slip stands for, its forms where they lie."""
        record, number = slip.record, len(self._keys)
        if slip.key:
            self._keys.append(slip.key)
            ones = zip(slip.numbers, record.submissions, strict=True)
            record.submissions = [_Shelved(self, number, at, one) for at, one in ones]
        return record

    def form(self, number: int, at: int) -> Submission:
        """A form with its cells. OSError where the records were changed meanwhile."""
        if number in self._open:
            self._open.move_to_end(number)
        else:
            self._lay_open(number, self.load(self._keys[number]).submissions)
        return self._open[number][at]

    def key(self, number: int) -> bytes:
        """The key of the record with this number."""
        return self._keys[number]

    def make_room(self, records: Sequence[FileRecord]) -> None:
        """Room for all files of the largest filing and of what it is compared with: they are looked at together."""
        files = Counter(
            filing for record in records for filing in {submission.filing for submission in record.submissions}
        )
        self.room = max(self.room, 2 * max(files.values(), default=0))

    def _lay_open(self, number: int, forms: list[Submission]) -> None:
        self._open[number] = forms
        while len(self._open) > self.room:
            self._open.popitem(last=False)


@cache
def _decoder() -> msgspec.msgpack.Decoder[Any]:
    """What decodes records and passes over the cells of their forms."""
    kinds = get_type_hints(Submission)
    form = make_dataclass("Bare", [(name, kinds[name]) for name in _AT_HAND])
    members = get_type_hints(FileRecord) | {"submissions": list[form]}  # type: ignore[valid-type] # made just now
    return msgspec.msgpack.Decoder(make_dataclass("BareRecord", list(members.items())))


def bare(data: bytes) -> FileRecord:
    """The record these bytes hold, its forms without cells; ValueError if they hold none."""
    try:
        found = _decoder().decode(data)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    ones = [Submission(**vars(submission)) for submission in found.submissions]
    return FileRecord(**vars(found) | {"submissions": ones})


def stub_of(record: FileRecord) -> RecordStub:
    """What stands for a record elsewhere; whole where one of its forms was changed or does not lie on a shelf."""
    ones = record.submissions
    lying = [one for one in ones if isinstance(one, _Shelved) and one.is_unchanged]
    if ones and len(lying) == len(ones):
        bare_ones = replace(record, submissions=[one.bare() for one in lying])
        return RecordStub(bare_ones, lying[0].key, tuple(one.at for one in lying))
    return RecordStub(replace(record, submissions=[one.whole() if isinstance(one, _Shelved) else one for one in ones]))


def load_stub(slip: RecordStub, load: Callable[[bytes], FileRecord]) -> FileRecord:
    """The record a slip stands for, in memory; OSError where its cells cannot be read any more."""
    if not slip.key:
        return slip.record
    forms = load(slip.key).submissions
    ones = zip(slip.record.submissions, slip.numbers, strict=True)
    return replace(slip.record, submissions=[_with_cells(one, forms[at]) for one, at in ones])


def _with_cells(at_hand: Submission, form: Submission) -> Submission:
    """A form with what is at hand of another, which may have been changed."""
    return replace(form, **{name: getattr(at_hand, name) for name in _AT_HAND})


class _Shelved(Submission):
    """A form that knows where its cells lie."""

    __slots__ = ("_at", "_number", "_own", "_shelf")

    def __init__(self, shelf: FormCache, number: int, at: int, submission: Submission) -> None:
        self._shelf, self._number, self._at = shelf, number, at
        self._own: Submission | None = None
        for name in _AT_HAND:
            setattr(self, name, getattr(submission, name))

    def to_change(self) -> None:
        """Kept in memory from now on: what is changed does not lie on the shelf."""
        self._own = self.with_cells

    @property
    def is_unchanged(self) -> bool:
        """Whether its cells are still those on the shelf."""
        return self._own is None

    @property
    def key(self) -> bytes:
        """The key of the record it is part of."""
        return self._shelf.key(self._number)

    @property
    def at(self) -> int:
        """Its number among the forms of the record, as that lies there."""
        return self._at

    @property
    def with_cells(self) -> Submission:
        """The form that has its cells."""
        return self._own or self._shelf.form(self._number, self._at)

    def bare(self) -> Submission:
        """What is at hand."""
        return Submission(**{name: getattr(self, name) for name in _AT_HAND})

    def whole(self) -> Submission:
        """The form as one that lies nowhere else."""
        return _with_cells(self, self.with_cells)


def _cells(name: str) -> property:
    """A member that lies on the shelf."""

    def looked_up(shelved: _Shelved) -> Any:  # noqa: ANN401 - whatever the member holds
        return getattr(shelved.with_cells, name)

    return property(looked_up)


for _name in CELLS:
    setattr(_Shelved, _name, _cells(_name))
