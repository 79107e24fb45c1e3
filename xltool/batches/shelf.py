"""Forms of a large run: they lie among the kept records until they are looked at; the last few hundred stay at hand.

What is asked of every form all the time (whose it is, which year, which file) is always there. Its cells are read again
when somebody asks for them, which takes half a millisecond; who goes through the files in their order, or through a
few hundred at a time, hardly notices.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from xltool.reader.records import Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xltool.reader.records import FileRecord

AT_HAND: Final = 400
"""Files whose forms stay in memory, at some hundred kilobytes each."""
CELLS: Final = frozenset({"values", "derived", "derived_cells", "rows", "notes", "places", "face"})
"""Members of a form that are not at hand."""
_AT_HAND: Final = tuple(member.name for member in fields(Submission) if member.name not in CELLS)


class Shelf:
    """Where forms lie; `load` gives the record with a key once more."""

    def __init__(self, load: Callable[[bytes], FileRecord]) -> None:
        """Nothing on it yet."""
        self.room = AT_HAND
        self.is_full = False
        """Whether anything had to go to make room: those forms cannot be looked at once the records are closed."""
        self._load = load
        self._keys: list[bytes] = []
        self._open: OrderedDict[int, list[Submission]] = OrderedDict()

    def put(self, record: FileRecord, key: bytes) -> None:
        """Put the forms of a record away, which `key` finds again."""
        number = len(self._keys)
        self._keys.append(key)
        self._lay_open(number, record.submissions)
        record.submissions = [_Shelved(self, number, at, one) for at, one in enumerate(record.submissions)]

    def form(self, number: int, at: int) -> Submission:
        """A form with its cells. OSError where the records were changed meanwhile."""
        if number in self._open:
            self._open.move_to_end(number)
        else:
            self._lay_open(number, self._load(self._keys[number]).submissions)
        return self._open[number][at]

    def make_room(self, records: Sequence[FileRecord]) -> None:
        """Room for all files of the largest filing and of what it is compared with: they are looked at together."""
        files = Counter(filing for record in records for filing in {one.filing for one in record.submissions})
        self.room = max(self.room, 2 * max(files.values(), default=0))

    def _lay_open(self, number: int, forms: list[Submission]) -> None:
        self._open[number] = forms
        while len(self._open) > self.room:
            self._open.popitem(last=False)
            self.is_full = True


class _Shelved(Submission):
    """A form that knows where its cells lie."""

    __slots__ = ("_at", "_number", "_own", "_shelf")

    def __init__(self, shelf: Shelf, number: int, at: int, one: Submission) -> None:
        self._shelf, self._number, self._at = shelf, number, at
        self._own: Submission | None = None
        for name in _AT_HAND:
            setattr(self, name, getattr(one, name))

    def to_change(self) -> None:
        """Kept in memory from now on: what is changed does not lie on the shelf."""
        self._own = self._whole

    @property
    def _whole(self) -> Submission:
        return self._own or self._shelf.form(self._number, self._at)


def _cells(name: str) -> property:
    """A member that lies on the shelf."""

    def looked_up(one: _Shelved) -> Any:  # noqa: ANN401 - whatever the member holds
        return getattr(one._whole, name)  # noqa: SLF001 - this is its property

    return property(looked_up)


for _name in CELLS:
    setattr(_Shelved, _name, _cells(_name))
