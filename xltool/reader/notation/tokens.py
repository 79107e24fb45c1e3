"""The pieces of a typed cell: half-width characters, marks for an empty cell, numbers in digits or Chinese numerals.

No function here raises, whatever the text, and every expression takes time linear in its length.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

CellValue = str | float | bool | date | None

EMPTY_WORDS = frozenset({"无", "无。", "不适用", "n/a"})
"""Words for "nothing to report", half-width and in lower case; dashes, slashes and dots are in _EMPTY_RUN."""

TRAILING_MARKS = frozenset(".。,，、;；'‘’`·*?？!！~～")
"""Signs that are left behind a number by mistake (T-05). A minus is none: some programs write it behind the number."""

LEADING_MARKS = tuple("'‘’`")

PERCENT = ("%", "百分比")

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
ODD_SPACES = (
    "\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
PADDING = "\t\n\v\f\r\x1c\x1d\x1e\x1f " + ODD_SPACES + INVISIBLE

# T-02, T-08 and T-09 report these wide characters, so they must not be replaced here.
_LEFT_TO_OTHERS = "，＞＜＝﹥﹤﹦～"
# NFKC only over the full-width and small forms: over everything it would make 10² into 102 and ⑴ into (1).
_FOLD: dict[int, str | None] = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFF01, 0xFF5F), *range(0xFE50, 0xFE6C))
    if chr(code) not in _LEFT_TO_OTHERS
}
_FOLD |= {ord("−"): "-"} | {ord(char): " " for char in ODD_SPACES} | dict.fromkeys(map(ord, INVISIBLE))
_TO_FOLD = re.compile(f"[{re.escape(''.join(chr(code) for code, plain in _FOLD.items() if chr(code) != plain))}]")
"""Most texts hold none of these, and a search is far quicker than a translation."""

_EMPTY_RUN = re.compile(r"[-—–―─]+|/+|…+")
_GROUPED = r"[1-9][0-9]{0,2}(?:[,，][0-9]{3})+(?![0-9])"
NUMBER = re.compile(rf"[+-]?(?:(?:{_GROUPED}|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
LONGEST = 64
"""A number with its unit and operator is never longer; a longer text is prose and is not searched."""
LARGEST = 1e15
"""No form counts this far: a spreadsheet keeps 15 digits. Sums and products of smaller numbers never overflow."""
SMALLEST = 1e-30
"""A smaller number counts as 0; the rounding errors of sums (1e-17) are far larger."""

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億〇两兩貳參陸", "一二三四五六七八九十百千万亿零二二二三六")
_HAN_SIZES = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))
_HAN_DIGITS = "零一二三四五六七八九"
HAN_NUMBER = re.compile(r"[零〇一二三四五六七八九两兩十百千万亿壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億]{1,32}")


class State(StrEnum):
    """What a cell turned out to hold; the values are those of the contract's JSON."""

    FILLED = "filled"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    UNPARSED = "unparsed"
    NOT_CALCULATED = "not_calculated"


class Repair(Struct, frozen=True):
    """One correction that was needed before the cell could be read; `rule` is a catalogue code."""

    rule: str
    note: str


class Token(NamedTuple):
    """A number at the head of a text, with the decimals printed and what follows it."""

    value: float
    decimals: int
    rest: str
    repairs: tuple[Repair, ...] = ()


WIDE = Repair("T-01", "含全角字符、全角空格、不间断空格或不可见字符，已按半角读取")


def to_halfwidth(raw: str) -> tuple[str, tuple[Repair, ...]]:
    """Make wide characters and odd spaces plain and strip the ends; T-01 if that changed anything.

    >>> to_halfwidth("　１２ ")
    ('12', (Repair(rule='T-01', note='含全角字符、全角空格、不间断空格或不可见字符，已按半角读取'),))
    >>> to_halfwidth(" 12 ")
    ('12', ())
    """
    if _TO_FOLD.search(raw) is None:
        return raw.strip(), ()
    return raw.translate(_FOLD).strip(), (WIDE,)


def halfwidth(raw: str) -> str:
    """The text of `to_halfwidth` without its repairs; short texts are cached, since all forms print the same labels."""
    return _cached_halfwidth(raw) if len(raw) <= LONGEST else to_halfwidth(raw)[0]


@lru_cache(maxsize=4096)
def _cached_halfwidth(raw: str) -> str:
    return to_halfwidth(raw)[0]


def emptiness(text: str) -> State | None:
    """State of a half-width text that is blank or a mark for "nothing to report"; None if it says something.

    >>> emptiness(""), emptiness("——"), emptiness("0")
    (<State.BLANK: 'blank'>, <State.NOT_APPLICABLE: 'not_applicable'>, None)
    """
    if not text:
        return State.BLANK
    if _EMPTY_RUN.fullmatch(text) or text.lower() in EMPTY_WORDS:
        return State.NOT_APPLICABLE
    return None


def drop_trailing_mark(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Remove one sign from the end (T-05).

    >>> drop_trailing_mark("7.50.")
    ('7.50', (Repair(rule='T-05', note='末尾多余标点“.”已去除'),))
    >>> drop_trailing_mark("7.50*")
    ('7.50', (Repair(rule='T-05', note='末尾多余标点“*”已去除'),))
    """
    if text and text[-1] in TRAILING_MARKS:
        return text[:-1].rstrip(), (Repair("T-05", f"末尾多余标点“{text[-1]}”已去除"),)
    return text, ()


def drop_leading_mark(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Remove a quote before a number, which a program shows where a text was typed with two (T-05).

    >>> drop_leading_mark("‘260.00")
    ('260.00', (Repair(rule='T-05', note='开头多余标点“‘”已去除'),))
    """
    if text[:1] in LEADING_MARKS and text[1:2].isdigit():
        return text[1:], (Repair("T-05", f"开头多余标点“{text[0]}”已去除"),)
    return text, ()


def leading_number(text: str) -> Token | None:
    """Read the number a text begins with, thousands separators in right groups of three (T-02).

    >>> leading_number("1,200.50万元")
    Token(value=1200.5, decimals=2, rest='万元', repairs=(Repair(rule='T-02', note='千位分隔符已去除'),))
    >>> leading_number("1,2000").rest
    ',2000'
    """
    match = NUMBER.match(text)
    if match is None:
        return None
    typed = match.group()
    plain = typed.replace(",", "").replace("，", "")
    value = float(plain)
    if abs(value) >= LARGEST:
        return None
    repairs = () if plain == typed else (Repair("T-02", "千位分隔符已去除"),)
    return Token(value, len(plain.partition(".")[2]), text[match.end() :].lstrip(), repairs)


def chinese_number(text: str) -> int | None:
    """Read a whole number in Chinese numerals, everyday or formal; None if it is not written the regular way.

    >>> [chinese_number(text) for text in ("十二", "三百五十", "两千", "壹万贰仟", "一千零二", "三亿五千万")]
    [12, 350, 2000, 12000, 1002, 350000000]
    >>> [chinese_number(text) for text in ("一千二", "二四", "十十", "万", "三百五十个", "")]
    [None, None, None, None, None, None]
    """
    if not HAN_NUMBER.fullmatch(text):
        return None
    plain = text.translate(_FORMAL)
    value = _numeral_value(plain)
    # Writing the value again and comparing checks order, gaps and repetitions at once.
    regular = _numerals(value) or "零"
    return value if regular.replace("一十", "十") == plain.replace("一十", "十") else None


def display(value: float) -> str:
    """Write a number as a person would: no exponent, no trailing zeros.

    >>> display(5.0), display(0.1), display(7.3e9), display(-0.0)
    ('5', '0.1', '7300000000', '0')
    """
    if value == 0:
        return "0"
    shown = format(Decimal(repr(float(value))), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def bounded(raw: float) -> float | None:
    """A number that a form can hold: finite, below `LARGEST`, and 0 where it is below `SMALLEST`; else None.

    >>> bounded(12.5), bounded(-1e15), bounded(1e-300)
    (12.5, None, 0.0)
    """
    value = finite(raw)
    if value is None or abs(value) >= LARGEST:
        return None
    return 0.0 if abs(value) < SMALLEST else value


def finite(raw: float) -> float | None:
    """The number that Excel holds; None for truth values and for what is not finite.

    >>> finite(5), finite(True), finite(float("nan")), finite(10**400)
    (5.0, None, None, None)
    """
    if isinstance(raw, bool):
        return None
    try:
        value = float(raw)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def shows_percent(number_format: str) -> bool:
    """Whether an Excel number format multiplies by 100; a quoted or escaped % does not.

    >>> shows_percent("0.00%"), shows_percent('0"%"'), shows_percent("General")
    (True, False, False)
    """
    return "%" in re.sub(r'"[^"]*"|\\.', "", number_format)


def _numeral_value(text: str) -> int:
    """The value of numerals, whether or not they are well-formed: `_numerals` must give the same text back."""
    for size, name in _HAN_SIZES:
        if name in text:
            head, _, tail = text.rpartition(name) if size >= _HAN_SIZES[1][0] else text.partition(name)
            return (_numeral_value(head) if head else 1) * size + _numeral_value(tail.removeprefix("零"))
    return _HAN_DIGITS.index(text) if len(text) == 1 else 0


def _numerals(value: int) -> str:
    """A whole number in everyday Chinese numerals; "" for 0."""
    for size, name in _HAN_SIZES:
        if value >= size:
            head, tail = divmod(value, size)
            gap = "零" if 0 < tail < size // 10 else ""
            return _numerals(head) + name + gap + _numerals(tail)
    return _HAN_DIGITS[value] if value else ""
