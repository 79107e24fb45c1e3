"""Write JSON piece by piece, so that a list that is made item by item is never held as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BLOCK: Final = 500
"""Items of a list that are made into text at once."""


def of_object(
    members: Iterable[tuple[str, object]], encode: Callable[[object], bytes], gap: bytes = b""
) -> Iterator[bytes]:
    """The JSON of an object whose members may be iterators, which become lists.

    `encode` gives that of a member as it stands in the object; `gap` is the line break and the indent before each.
    """
    begin = b"{"
    for key, member in members:
        yield begin + gap + encode(key) + (b": " if gap else b":")
        yield from _of_list(member, encode, gap) if isinstance(member, Iterator) else (encode(member),)
        begin = b","
    yield gap.rstrip(b" ") + b"}"


def _of_list(items: Iterator[object], encode: Callable[[object], bytes], gap: bytes) -> Iterator[bytes]:
    """Lists of some items without their brackets, within one pair."""
    begin, end = b"[", b"[]"
    while block := list(islice(items, BLOCK)):
        yield begin + encode(block)[1 : -len(gap) - 1]
        begin, end = b",", gap + b"]"
    yield end
