"""Texts for cells: visible, within Excel's limits, measured for wrapping."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.storage.literal import literal
from xltool.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_TEXT: Final = 32_767
LONGEST_NAME: Final = 31
CUT_MARK: Final = "……（内容过长，后面已省略）"
LINE_HEIGHT: Final = 16.0
TALLEST_ROW: Final = 409.0
MEASURED: Final = 4_000
"""Characters of a text that are measured: more than the tallest row can show."""
_WORD: Final = lazy_pattern(lambda: re.compile(r"[^\s\x80-\U0010ffff]+"))
"""A word of Latin letters, which is not broken at the end of a line."""
SHORT: Final = 200
"""The longest text whose result is cached: short texts stand in many cells."""
_PADDING: Final = 2.6  # the cell's indent and margins
_NOT_IN_NAMES: Final = lazy_pattern(
    lambda: re.compile(r"[\[\]:*?/\\]|_(?=x[0-9A-Fa-f]{4}_)")
)  # the last would read as an escape


def utf16_len(text: str) -> int:
    """The length of a text as Excel counts it.

    >>> utf16_len("𠮷a")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, most: int) -> bool:
    """Whether a text has at most so many characters, as Excel counts them."""
    return 2 * len(text) <= most or utf16_len(text) <= most


def _mark(char: str) -> str:
    """What a character is shown as; one that XML forbids or the eye cannot see becomes a visible mark."""
    code = ord(char)
    if char in "\t\n" or (char.isprintable() and code not in {0xFFFE, 0xFFFF}):
        return char
    if code < 0x20:  # noqa: PLR2004 - the control characters, which have pictures of their own
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004 - delete, likewise
        return "\u2421"
    # Spaces and joiners that are no ASCII are harmless; the rest is illegal in XML or reorders the text around it.
    return char if unicodedata.category(char) in {"Zs", "Zl", "Zp"} or char in "\u200b\u200c\u200d\ufeff" else "\ufffd"


class _VisibleCharacters(dict[int, str]):
    """What each character is shown as, by its code; computed once."""

    def __missing__(self, code: int) -> str:
        self[code] = _mark(chr(code))
        return self[code]


_VISIBLE: Final = _VisibleCharacters()


def visible(text: str) -> str:
    r"""Replace control characters by visible marks, and line ends by \n.

    >>> visible("a\x00b\r\nc")
    'a␀b\nc'
    """
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_VISIBLE)


def cell_text(text: str) -> str:
    """The text of a cell: visible, and cut with a mark if it is too long for Excel."""
    return _short_cell_text(text) if len(text) <= SHORT else _cell_text(text)


def _cell_text(text: str) -> str:
    text = literal(visible(text))
    if fits(text, LONGEST_TEXT):
        return text
    capacity = LONGEST_TEXT - utf16_len(CUT_MARK)
    start = text.encode("utf-16-le")[: 2 * capacity].decode("utf-16-le", errors="ignore")
    return start + CUT_MARK


_short_cell_text: Final = lru_cache(maxsize=4_096)(_cell_text)


def display_width(text: str) -> int:
    """The width of a line in digits of the sheet's font; Chinese characters count two.

    >>> display_width("附件1")
    5
    """
    return sum(map(_WIDTHS.__getitem__, text))


class _CharacterWidths(dict[str, int]):
    """The width of each character; computed once."""

    def __missing__(self, char: str) -> int:
        self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return self[char]


_WIDTHS: Final = _CharacterWidths()


@lru_cache(maxsize=4_096)  # advice and basis of a rule stand in every row of its findings
def line_count(text: str, width: float) -> int:
    """The lines that a wrapped text needs in a column of this width.

    >>> line_count("本单位在职人员超过编制", 12)
    3
    """
    space = max(width - _PADDING, 2)
    lines = text[:MEASURED].split("\n")
    return sum(max(1, math.ceil(_wrapped_width(line, space) / space)) for line in lines)


def _wrapped_width(line: str, space: float) -> float:
    """The width of a line with the gaps that word wrap leaves before words of Latin letters."""
    full = display_width(line)
    if full <= space:
        return full
    longest = max(map(len, _WORD.findall(line)), default=0)
    return full * 1.04 + min(longest, space) / 2


def row_height(cells: Iterable[tuple[str | None, float]], least: float = 20.0) -> float:
    """The height in points of a row with these texts in columns of these widths (None: nothing wraps there)."""
    lines = 1
    for text, width in cells:
        if text and (2 * len(text) > width - _PADDING or not text.isprintable()):
            lines = max(lines, line_count(visible(text[:MEASURED]), width))
    return min(max(least, lines * LINE_HEIGHT + 4), TALLEST_ROW)


def sheet_name(wanted: str, names: Iterable[str]) -> str:
    """A name that Excel accepts for a sheet, as close to the wanted one as possible and not among `names`.

    >>> sheet_name("附件1/附件2", {"附件1-附件2"})
    '附件1-附件2(2)'
    """
    used = {name.casefold() for name in names} | {"history"}
    base = _NOT_IN_NAMES.sub("-", visible(wanted)).replace("\n", " ").replace("\t", " ").strip("' ") or "表"
    name, number = _cut(base, LONGEST_NAME), 1
    while name.casefold() in used:
        number += 1
        suffix = f"({number})"
        name = _cut(base, LONGEST_NAME - len(suffix)) + suffix
    return name


def elide(text: str, width: float) -> str:
    """Shorten a name to one line by leaving out its middle.

    >>> elide("2023年度项目支出绩效自评表.xlsx", 20)
    '2023年…….xlsx'
    """
    space = width - _PADDING
    if display_width(text) <= space:
        return text
    half = int(space - 4) // 2
    head, tail = text[:half], text[-half:]
    while display_width(head) > half:
        head = head[:-1]
    while display_width(tail) > half:
        tail = tail[1:]
    return f"{head}……{tail}"


def file_names(files: Sequence[str], width: float) -> str:
    """The name of the first file, on one line, and the number of files.

    >>> file_names(["水利局/附件1.xlsx", "水利局/附件2.xlsx"], 40)
    '附件1.xlsx 等 2 个'
    """
    if not files:
        return ""
    name = visible(PurePosixPath(files[0]).name).replace("\n", " ")
    more = "" if len(files) == 1 else f" 等 {len(files)} 个"
    return elide(name, width - display_width(more)) + more


def _cut(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", errors="ignore").rstrip("'")
