"""Texts from files as a cell can show them: visible, within Excel's limits, measured for wrapping."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.storage.literal import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_TEXT: Final = 32_767
LONGEST_NAME: Final = 31
CUT_MARK: Final = "……（内容过长，后面已省略）"
LINE_HEIGHT: Final = 16.0
TALLEST_ROW: Final = 409.0
MEASURED: Final = 4_000
"""Characters of a text that are looked at for its size: more than the tallest row can show."""
_WORD: Final = re.compile(r"[^\s\x80-\U0010ffff]+")
"""Letters that are not broken at the end of a line."""
SHORT: Final = 200
"""Characters of a text that may be kept at hand: most texts stand in many cells."""
_PADDING: Final = 2.6  # the cell's indent and margins
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\]|_(?=x[0-9A-Fa-f]{4}_)")  # the last would read as an escape


def utf16_len(text: str) -> int:
    """Length as Excel counts it.

    >>> utf16_len("𠮷a")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, most: int) -> bool:
    """Whether a text is no longer than that, as Excel counts."""
    return 2 * len(text) <= most or utf16_len(text) <= most


def _mark(char: str) -> str:
    """What a character is shown as; what XML or the eye cannot take gets a visible sign."""
    code = ord(char)
    if char in "\t\n" or (char.isprintable() and code not in {0xFFFE, 0xFFFF}):
        return char
    if code < 0x20:  # noqa: PLR2004 - the control characters, which have pictures of their own
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004 - delete, likewise
        return "\u2421"
    # Spaces and joiners that are no ASCII are harmless; the rest is illegal in XML or reorders the text around it.
    return char if unicodedata.category(char) in {"Zs", "Zl", "Zp"} or char in "\u200b\u200c\u200d\ufeff" else "\ufffd"


class _Marks(dict[int, str]):
    """What each character is shown as, found out once."""

    def __missing__(self, code: int) -> str:
        self[code] = _mark(chr(code))
        return self[code]


_MARKS: Final = _Marks()


def visible(text: str) -> str:
    r"""A text with every control character replaced by a visible mark and line ends made \n.

    >>> visible("a\x00b\r\nc")
    'a␀b\nc'
    """
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_MARKS)


def cell_text(text: str) -> str:
    """A text as it goes into a cell: visible, and cut with a mark where Excel's limit is passed."""
    return _short_cell_text(text) if len(text) <= SHORT else _cell_text(text)


def _cell_text(text: str) -> str:
    text = literal(visible(text))
    if fits(text, LONGEST_TEXT):
        return text
    room = LONGEST_TEXT - utf16_len(CUT_MARK)
    kept = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore")
    return kept + CUT_MARK


_short_cell_text: Final = lru_cache(maxsize=4_096)(_cell_text)


def display_width(text: str) -> int:
    """Width of one line in digits of the sheet's font: Chinese characters count two.

    >>> display_width("附件1")
    5
    """
    return sum(map(_WIDTHS.__getitem__, text))


class _Widths(dict[str, int]):
    """Width of each character, found out once."""

    def __missing__(self, char: str) -> int:
        self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return self[char]


_WIDTHS: Final = _Widths()


@lru_cache(maxsize=4_096)  # advice and basis of a rule stand in every row of its findings
def line_count(text: str, width: float) -> int:
    """Lines a wrapped text needs in a column of this width.

    >>> line_count("本单位在职人员超过编制", 12)
    3
    """
    room = max(width - _PADDING, 2)
    lines = text[:MEASURED].split("\n")
    return sum(max(1, math.ceil(_laid_out(line, room) / room)) for line in lines)


def _laid_out(line: str, room: float) -> float:
    """Width of a line with what word wrap wastes: a word of letters that breaks leaves a gap before it."""
    full = display_width(line)
    if full <= room:
        return full
    longest = max(map(len, _WORD.findall(line)), default=0)
    return full * 1.04 + min(longest, room) / 2


def row_height(cells: Iterable[tuple[str | None, float]], least: float = 20.0) -> float:
    """Height in points of a row that shows these texts in columns of these widths (None: nothing wraps there)."""
    lines = 1
    for text, width in cells:
        if text and (2 * len(text) > width - _PADDING or not text.isprintable()):
            lines = max(lines, line_count(visible(text[:MEASURED]), width))
    return min(max(least, lines * LINE_HEIGHT + 4), TALLEST_ROW)


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name Excel takes for a sheet, as near to the wanted one as possible and not taken.

    >>> sheet_name("附件1/附件2", {"附件1-附件2"})
    '附件1-附件2(2)'
    """
    used = {name.casefold() for name in taken} | {"history"}
    base = _NO_NAME.sub("-", visible(wanted)).replace("\n", " ").replace("\t", " ").strip("' ") or "表"
    name, number = _cut(base, LONGEST_NAME), 1
    while name.casefold() in used:
        number += 1
        suffix = f"({number})"
        name = _cut(base, LONGEST_NAME - len(suffix)) + suffix
    return name


def elide(text: str, width: float) -> str:
    """A name on one line, its middle left out where it would not fit.

    >>> elide("2023年度项目支出绩效自评表.xlsx", 20)
    '2023年…….xlsx'
    """
    room = width - _PADDING
    if display_width(text) <= room:
        return text
    half = int(room - 4) // 2
    head, tail = text[:half], text[-half:]
    while display_width(head) > half:
        head = head[:-1]
    while display_width(tail) > half:
        tail = tail[1:]
    return f"{head}……{tail}"


def file_names(files: Sequence[str], width: float) -> str:
    """The first file by name, on one line, and how many there are.

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
