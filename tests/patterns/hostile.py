"""Texts that a pattern is slow on, made of the pattern itself, and how its time grows with their length."""

from __future__ import annotations

import random
import re
import time
from functools import cache
from itertools import pairwise
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

Parts: TypeAlias = tuple[str, str, str]
_T = TypeVar("_T")
SHORTER, LONGER = 4_000, 16_000
"""Characters, enough to tell four times the time from sixteen times; a cell holds 32,767."""
GLANCE: Final = SHORTER
GLANCES: Final = (1_000, GLANCE)
"""Characters of a first look; a pattern that is quick there is not looked at further."""
QUICK: Final = 0.0003
FLOOR: Final = 0.002
"""Seconds at the greatest length that say nothing of growth yet."""
SLOW: Final = 0.05
"""Seconds for the few thousand characters of a first look, for which a linear pattern takes one or two thousandths."""
HANGS: Final = 0.5
GROWTH: Final = 8.0
"""Four times the text takes four times the time; sixteen times where the pattern is quadratic."""
SURE: Final = 5.0
"""Growth that needs no second look: the shorter text would have to be disturbed for three times as long as it takes."""
ROUNDS: Final = 3
REPEATED: Final = (8, 12, 16, 20, 24, 28, 32)
"""Repetitions, few at first: each more doubles the time of a pattern that takes for ever."""
MOST_UNITS, MOST_LED = 100, 50
"""Texts of a pattern, picked evenly where it is made of more words."""
USUAL: Final = (
    *"1 的aA\n\t()（）“\"',，、。：:.-—/=+[]{}<>\\_|第年元%?*#&;x",
    "1,",
    "1.",
    "2023年",
    "一、",
    "(1)",
    "12万元",
    "https://",
)
ENDS: Final = ("\x00", "")
"""What no pattern takes, and nothing."""
_CANDIDATES: Final = "的a1 \n,(“~Ω"


def texts(pattern: str, flags: int) -> Iterator[Parts]:
    """What stands before, what is repeated, what stands behind; the first of those that are alike to the pattern."""
    tree = parser.parse(pattern, flags)
    kind_of = _kinds(tree, flags)
    kinds: dict[tuple[tuple[Hashable, ...], ...], Parts] = {}
    for parts in _texts(tree):
        kinds.setdefault(tuple(tuple(map(kind_of, part)) for part in parts), parts)
    yield from kinds.values()


def _texts(tree: Any) -> Iterator[Parts]:  # noqa: ANN401 - of the parser
    for unit in dict.fromkeys((*_picked(_units(list(tree)), MOST_UNITS), *USUAL)):
        for end in ENDS:
            yield "", unit, end
    for lead, unit in _picked(_led(list(tree)), MOST_LED):
        yield lead, unit, ENDS[0]


def _picked(given: Iterable[_T], most: int) -> list[_T]:
    """Different items, no more than `most`, from all parts."""
    items = list(dict.fromkeys(given))
    return items[:: -(-len(items) // most) or 1]


def _kinds(tree: Any, flags: int) -> Callable[[str], Hashable]:  # noqa: ANN401 - of the parser
    """What a pattern can tell of a character: by which of its literals and classes it is taken.

    A pattern takes the same steps through two texts whose characters are of the same kinds, one by one. A reference to
    a group compares characters with each other, and flags of a group or for bytes change what a class takes; there each
    character is a kind of its own.
    """
    items = list(_items(list(tree)))
    if not flags & re.UNICODE or any(_changes_classes(code, argument) for code, argument in items):
        return str
    tests = [re.compile(word).match for word in _BOUNDARIES]
    taking = {repr(item): item for item in items if item[0] in _TAKING}
    tests += [compiler.compile(parser.SubPattern(tree.state, [item]), flags).match for item in taking.values()]
    return cache(lambda character: tuple(test(character) is not None for test in tests))


_TAKING: Final = frozenset({codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN})
_BOUNDARIES: Final = (r"\w", r"\n")
"""What ^, $ and a word boundary look at, which are no items that take a character."""


def _items(items: list[Any]) -> Iterator[tuple[Any, Any]]:
    """All items of a pattern, also those within others."""
    for code, argument in items:
        yield code, argument
        for within in _inside(code, argument):
            yield from _items(within)


def _changes_classes(code: Any, argument: Any) -> bool:  # noqa: ANN401 - of the parser
    return code in {codes.GROUPREF, codes.GROUPREF_EXISTS} or (code is codes.SUBPATTERN and any(argument[1:3]))


def _sample(items: list[Any], chooser: random.Random) -> str:
    """A text that a part of a pattern takes, assertions disregarded."""
    return "".join(_sample_item(code, argument, chooser) for code, argument in items)


def _sample_item(code: Any, argument: Any, chooser: random.Random) -> str:  # noqa: ANN401, PLR0911 - of the parser
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return next(character for character in _CANDIDATES if ord(character) != argument)
    if code is codes.ANY:
        return "的"
    if code is codes.IN:
        return chooser.choice(_members(argument))
    if code in _REPEATS:
        least, most, body = argument
        count = max(least, min(most, chooser.choice((1, 1, 2))))
        return "".join(_sample(list(body), chooser) for _ in range(min(count, 40)))
    if code is codes.BRANCH:
        return _sample(list(chooser.choice(argument[1])), chooser)
    if code in {codes.SUBPATTERN, codes.ATOMIC_GROUP}:
        return _sample(_body(code, argument), chooser)
    return ""


_REPEATS: Final = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT})
_CATEGORIES: Final = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " \n",
    codes.CATEGORY_WORD: "的a1",
    codes.CATEGORY_NOT_DIGIT: "的",
    codes.CATEGORY_NOT_SPACE: "的1",
    codes.CATEGORY_NOT_WORD: ",(",
}


def _members(members: list[Any]) -> str:
    """A few characters of a class."""
    allowed, refused, is_negated = "", set(), members[0][0] is codes.NEGATE
    for code, argument in members:
        if code is codes.LITERAL:
            allowed += chr(argument)
            refused.add(chr(argument))
        elif code is codes.RANGE:
            allowed += chr(argument[0]) + chr(argument[1])
            refused.update(character for character in _CANDIDATES if argument[0] <= ord(character) <= argument[1])
        elif code is codes.CATEGORY:
            allowed += _CATEGORIES[argument]
            refused.update(_CATEGORIES[argument])
    return "".join(character for character in _CANDIDATES if character not in refused) if is_negated else allowed


def _body(code: Any, argument: Any) -> list[Any]:  # noqa: ANN401 - of the parser
    return list(argument if code is codes.ATOMIC_GROUP else argument[-1])


def _inside(code: Any, argument: Any) -> list[list[Any]]:  # noqa: ANN401 - of the parser
    """The sequences within an item."""
    if code in _REPEATS:
        return [list(argument[2])]
    if code is codes.BRANCH:
        return [list(branch) for branch in argument[1]]
    if code in {codes.SUBPATTERN, codes.ATOMIC_GROUP}:
        return [_body(code, argument)]
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [list(argument[1])]
    return []


def _units(items: list[Any]) -> Iterator[str]:
    """What a part of a pattern takes: items, beginnings, characters of its classes, alternatives that overlap."""
    chooser = random.Random(len(items))  # noqa: S311 - the same texts each time
    for at, (code, argument) in enumerate(items):
        for _ in range(3):
            yield from filter(None, (_sample([(code, argument)], chooser), _sample(items[: at + 1], chooser)))
        if code is codes.IN:
            yield from _members(argument)[:12]
        for within in _inside(code, argument):
            yield from _units(within)
        if code is codes.BRANCH:
            yield from _read_twice([_sample(list(branch), chooser) for branch in argument[1]])


def _read_twice(words: list[str]) -> Iterator[str]:
    """Two words after each other that begin like a third: 个 and 数量 like 个数."""
    for left in words:
        rests = tuple(word.removeprefix(left) for word in words if word.startswith(left) and word != left)
        yield from (left + right for right in words if right.startswith(rests))


def _led(items: list[Any], lead: str = "") -> Iterator[tuple[str, str]]:
    """What a pattern repeats, behind what has to stand before; also behind a long run of what is repeated before it."""
    chooser = random.Random(len(items))  # noqa: S311 - the same texts each time
    for at, (code, argument) in enumerate(items):
        before = lead + _sample(items[:at], chooser)
        for within in _inside(code, argument):
            if code in _REPEATS:
                yield before, _sample(within, chooser)
            yield from _led(within, before)
    runs = [_sample(list(argument[2]), chooser) for code, argument in items if code in _REPEATS]
    yield from ((left * (GLANCE // 2), right) for left, right in pairwise(runs) if left and right)


def slowness(pattern: re.Pattern[Any], *, anchored: bool, longest: int = 0) -> str:
    """The text on which the time of a pattern grows faster than the text, and how; "" where there is none.

    `longest` is for patterns that meet no longer texts; those have to be quick.
    """
    source = pattern.pattern
    is_bytes = isinstance(source, bytes)
    for before, unit, after in texts(source.decode("latin-1") if is_bytes else source, pattern.flags):
        if not unit:
            continue

        def text(repeated: int, parts: tuple[str, str, str] = (before, unit, after)) -> Any:  # noqa: ANN401
            text = (parts[0] + parts[1] * repeated)[: longest or None] + parts[2]
            return text.encode("latin-1", "replace") if is_bytes else text

        use = _match if anchored else _search

        def seconds(repeated: int, use: Callable[..., None] = use, text: Callable[[int], Any] = text) -> float:
            return _seconds(use, pattern, text(repeated))

        if longest:
            took = min(seconds(longest // len(unit)) for _ in range(ROUNDS))
            grown = f"{1e3 * took:.1f} ms with {longest} characters" if took > FLOOR else ""
        else:
            grown = _grown(seconds, len(unit))
        if grown:
            return f"{before[:20]!r} + {unit!r} * n + {after!r}: {grown}"
    return ""


def _match(pattern: re.Pattern[Any], text: Any) -> None:  # noqa: ANN401 - text or bytes
    pattern.match(text)
    pattern.fullmatch(text)


def _search(pattern: re.Pattern[Any], text: Any) -> None:  # noqa: ANN401 - text or bytes
    for _ in pattern.finditer(text):
        pass


def _seconds(use: Callable[..., None], pattern: re.Pattern[Any], text: Any) -> float:  # noqa: ANN401 - text or bytes
    started = time.process_time()
    use(pattern, text)
    return time.process_time() - started


def _grown(seconds: Callable[[int], float], width: int) -> str:
    for repeated in (*REPEATED, *(length // width for length in GLANCES)):
        if (took := seconds(repeated)) > HANGS or (took > SLOW and min(took, seconds(repeated)) > SLOW):
            return f"{1e3 * took:.0f} ms with {repeated} repetitions"
    if took < QUICK:
        return ""
    longer = seconds(LONGER // width)
    if longer < max(FLOOR, SURE * took):
        return ""
    shorter = min(took, *(seconds(SHORTER // width) for _ in range(ROUNDS - 1)))
    for _ in range(ROUNDS):  # what another process disturbed is measured anew
        if longer < max(FLOOR, GROWTH * shorter):
            return ""
        longer = min(longer, seconds(LONGER // width))
    return f"{1e3 * shorter:.1f} ms with {SHORTER:,} characters, {1e3 * longer:.1f} ms with {LONGER:,}"
