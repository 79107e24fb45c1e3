"""What people type into a cell, as a value, with the repairs it took.

Nothing is guessed beyond the repairs named here by their catalogue code; what they do not cover
is UNPARSED and stays the accountant's to mend. Every function is total: any string gives a result.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from xltool.reader.units import complete, find_unit, scale

type_of_cell = str | float | bool | date | None

EMPTY = frozenset({"无", "无。", "不适用", "n/a"})
"""Words for "nothing to report", folded and in lower case; dashes, slashes and dots are in _EMPTY_RUN."""

STRAY = frozenset(".。,，、;；")
"""Punctuation that gets left behind a number (T-05)."""

PERCENT = ("%", "百分比")

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
ODD_SPACES = "\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_PADDING = "\t\n\v\f\r\x1c\x1d\x1e\x1f " + ODD_SPACES + INVISIBLE

# These wide forms are told of by T-02, T-08 and T-09, so folding them away here would hide them.
_LEFT_TO_OTHERS = "，﹐＞＜＝﹥﹤﹦～"
# NFKC only over the full-width and small forms: over everything it would make 10² into 102 and ⑴ into (1).
_FOLD: dict[int, str | None] = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFF01, 0xFF5F), *range(0xFE50, 0xFE6C))
    if chr(code) not in _LEFT_TO_OTHERS
}
_FOLD |= {ord("−"): "-"} | {ord(char): " " for char in ODD_SPACES} | dict.fromkeys(map(ord, INVISIBLE))

_EMPTY_RUN = re.compile(r"[-—–―─]+|/+|…+")
_GROUPED = r"[1-9][0-9]{0,2}(?:[,，][0-9]{3})+(?![0-9])"
NUMBER = re.compile(rf"[+-]?(?:(?:{_GROUPED}|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
LONGEST = 64
"""A number with its unit and operator is never longer; what is, is prose and is not searched."""

_DATE = re.compile(r"([0-9]{4})(?:年([0-9]{1,2})月(?:([0-9]{1,2})([日号]))?|([-./])([0-9]{1,2})(?:\5([0-9]{1,2}))?)")
_DIGITS_DATE = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
_HAN_DATE = re.compile(r"([〇零○O0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?")
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31 in Excel's day count
_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億〇两兩貳參陸", "一二三四五六七八九十百千万亿零二二二三六")
_HAN_SIZES = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))
_HAN_DIGITS = "零一二三四五六七八九"
_HAN_NUMBER = re.compile(r"[零〇一二三四五六七八九两兩十百千万亿壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億]{1,32}")
_LARGEST_BARE_RATE = 5.0  # 500 %: a bare rate above it can only mean per cent


class State(StrEnum):
    """What became of a cell; the words of the contract's JSON."""

    FILLED = "filled"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    UNPARSED = "unparsed"
    NOT_CALCULATED = "not_calculated"


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that had to be put right before the cell could be read; `rule` is a catalogue code."""

    rule: str
    note: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A cell as read.

    `value` is in `unit` (rates as fractions); `decimals` are those printed, of a number typed as text
    (of the fraction for a percentage), and None for a number Excel holds as one.
    """

    value: float | str | None
    state: State
    unit: str | None = None
    repairs: tuple[Repair, ...] = ()
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A number at the head of a text, with the decimals printed and what follows it."""

    value: float
    decimals: int
    rest: str
    repairs: tuple[Repair, ...] = ()


WIDE = Repair("T-01", "含全角字符、全角空格、不间断空格或不可见字符，已按半角读取")


def fold(raw: str) -> tuple[str, tuple[Repair, ...]]:
    """Make wide characters and odd spaces plain and strip the ends; T-01 if that changed anything.

    >>> fold("　１２ ")
    ('12', (Repair(rule='T-01', note='含全角字符、全角空格、不间断空格或不可见字符，已按半角读取'),))
    >>> fold(" 12 ")
    ('12', ())
    """
    folded = raw.translate(_FOLD)
    return folded.strip(), () if folded == raw else (WIDE,)


def emptiness(text: str) -> State | None:
    """Tell whether folded text is blank or a mark for "nothing to report"; None if it says something.

    >>> emptiness(""), emptiness("——"), emptiness("0")
    (<State.BLANK: 'blank'>, <State.NOT_APPLICABLE: 'not_applicable'>, None)
    """
    if not text:
        return State.BLANK
    if _EMPTY_RUN.fullmatch(text) or text.lower() in EMPTY:
        return State.NOT_APPLICABLE
    return None


def drop_stray(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Take one punctuation mark off the end (T-05).

    >>> drop_stray("7.50.")
    ('7.50', (Repair(rule='T-05', note='末尾多余标点“.”已去除'),))
    """
    if text and text[-1] in STRAY:
        return text[:-1].rstrip(), (Repair("T-05", f"末尾多余标点“{text[-1]}”已去除"),)
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
    if math.isinf(value):
        return None
    repairs = () if plain == typed else (Repair("T-02", "千位分隔符已去除"),)
    return Token(value, len(plain.partition(".")[2]), text[match.end() :].lstrip(), repairs)


def chinese_number(text: str) -> int | None:
    """Read a whole number in Chinese numerals, everyday or formal; None if it is not spelt the regular way.

    >>> [chinese_number(text) for text in ("十二", "三百五十", "两千", "壹万贰仟", "一千零二", "三亿五千万")]
    [12, 350, 2000, 12000, 1002, 350000000]
    >>> [chinese_number(text) for text in ("一千二", "二四", "十十", "万", "三百五十个", "")]
    [None, None, None, None, None, None]
    """
    if not _HAN_NUMBER.fullmatch(text):
        return None
    plain = text.translate(_FORMAL)
    value = _han_value(plain)
    # Spelling the value again settles at one stroke what order, gaps and repetitions are right.
    spelt = _han_spelling(value) or "零"
    return value if spelt.replace("一十", "十") == plain.replace("一十", "十") else None


def parse_number(raw: type_of_cell, *, unit: str | None) -> Parsed:
    """Read a number in the field's own unit (万元, 人, ㎡, 分); other units of its dimension are converted.

    A unit of another dimension, prose, dates, truth values, NaN and infinity are UNPARSED.

    >>> parse_number("3亿元", unit="万元").value, parse_number("5000元", unit="万元").value
    (30000.0, 0.5)
    >>> parse_number("12个", unit="万元").state
    <State.UNPARSED: 'unparsed'>
    >>> parse_number("10分", unit="分").repairs
    (Repair(rule='A2-14', note='得分单元格写有单位“分”，按数字读取'),)
    """
    if not isinstance(raw, str):
        return _typed(raw, unit)
    text, repairs = fold(raw)
    state = emptiness(text)
    if state is not None:
        return Parsed(None, state, unit)
    token = _number_cell(text)
    placed = token and _in_field(token, unit)
    if token is None or placed is None:
        return Parsed(None, State.UNPARSED, unit)
    return Parsed(placed.value, State.FILLED, placed.unit, repairs + token.repairs + placed.repairs, placed.decimals)


def parse_rate(raw: type_of_cell, expected: float | None, *, number_format: str = "") -> Parsed:
    """Read a rate as a fraction; `expected` (the recomputed rate) settles what a bare 125 means (T-04).

    A number in a cell whose `number_format` shows a percent sign is a fraction without question.

    >>> parse_rate("125%", None).value, parse_rate(125, 1.25).value, parse_rate("1.25%", 1.25).value
    (1.25, 1.25, 0.0125)
    >>> parse_rate("3", 0.03).value, parse_rate("3", None).value, parse_rate("76", None).value
    (0.03, 3.0, 0.76)
    """
    if not isinstance(raw, str):
        typed = _typed(raw, None)
        if typed.value is None or shows_percent(number_format):
            return typed
        value, repairs, _ = _bare_rate(float(typed.value), _decimals_of(float(typed.value)), expected)
        return Parsed(value, State.FILLED, None, repairs if value != typed.value else ())
    text, repairs = fold(raw)
    state = emptiness(text)
    if state is not None:
        return Parsed(None, state)
    token = _number_cell(text)
    if token is None or token.rest not in ("", *PERCENT):
        return Parsed(None, State.UNPARSED)
    repairs += token.repairs
    if token.rest:
        return Parsed(scale(token.value, 1, 100), State.FILLED, None, repairs, token.decimals + 2)
    value, noted, decimals = _bare_rate(token.value, token.decimals, expected)
    return Parsed(value, State.FILLED, None, repairs + noted, decimals)


def shows_percent(number_format: str) -> bool:
    """Tell whether an Excel number format multiplies by 100; a quoted or escaped % does not.

    >>> shows_percent("0.00%"), shows_percent('0"%"'), shows_percent("General")
    (True, False, False)
    """
    return "%" in re.sub(r'"[^"]*"|\\.', "", number_format)


def parse_date(raw: type_of_cell) -> Parsed:
    """Read a date as an ISO string, "2023-12" where no day is given; an impossible one is UNPARSED.

    T-07 is noted for what is neither a real date nor 2024年6月12日 nor 2024-06-12.

    >>> [parse_date(text).value for text in ("2024年6月12日", "2023.12", "20240612", "二〇二四年六月十二日", "2024年2月30日")]
    ['2024-06-12', '2023-12', '2024-06-12', '2024-06-12', None]
    """
    if isinstance(raw, date):
        return Parsed(_day(raw), State.FILLED)
    if raw is None or isinstance(raw, str):
        return _written_date(raw or "")
    typed = _typed(raw, None)
    if typed.value is None:
        return typed
    value = float(typed.value)
    if value.is_integer() and _FIRST_SERIAL <= value <= _LAST_SERIAL:
        found: str | None = (_SERIAL_ZERO + timedelta(days=int(value))).isoformat()
    else:
        # 2023.1 may be January or October once Excel has dropped the zero, so only two decimals are read.
        typed_as = display(value)
        found = _iso(typed_as)[0] if len(typed_as) in (7, 8) else None
    return _dated(found, (Repair("T-07", "日期以数字形式填写，已识别为日期"),))


def parse_text(raw: type_of_cell) -> Parsed:
    r"""Read a text: ends stripped of every kind of space, line breaks inside kept, numbers as they are shown.

    >>> parse_text("　第一行\n第二行 ").value, parse_text(5.0).value, parse_text("——").state
    ('第一行\n第二行', '5', <State.NOT_APPLICABLE: 'not_applicable'>)
    """
    if isinstance(raw, date):
        return Parsed(_day(raw), State.FILLED)
    if not isinstance(raw, str):
        typed = _typed(raw, None)
        return typed if typed.value is None else Parsed(display(float(typed.value)), State.FILLED)
    text = raw.strip(_PADDING)
    state = emptiness(fold(text)[0]) if len(text) <= LONGEST else None
    return Parsed(text, State.FILLED) if state is None else Parsed(None, state)


def display(value: float) -> str:
    """Write a number as a person would: no exponent, no trailing zeros.

    >>> display(5.0), display(0.1), display(7.3e9), display(-0.0)
    ('5', '0.1', '7300000000', '0')
    """
    if value == 0:
        return "0"
    shown = format(Decimal(repr(float(value))), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _typed(raw: float | date | None, unit: str | None) -> Parsed:
    """Take what Excel holds as a number; dates, truth values and what is not finite are UNPARSED."""
    if raw is None:
        return Parsed(None, State.BLANK, unit)
    if isinstance(raw, bool | date):
        return Parsed(None, State.UNPARSED, unit)
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    return Parsed(value, State.FILLED, unit) if math.isfinite(value) else Parsed(None, State.UNPARSED, unit)


def _number_cell(text: str) -> Token | None:
    """Read a folded cell that should hold one number: digits, accounting brackets or Chinese numerals."""
    if len(text) > LONGEST:
        return None
    text, stray = drop_stray(text)
    bracketed = text.startswith("(") and text.endswith(")")
    token = leading_number(text[1:-1].strip() if bracketed else text)
    if token is None:
        return None if bracketed else _numeral_cell(text, stray)
    if not bracketed:
        return Token(token.value, token.decimals, token.rest, token.repairs + stray)
    if text[1:2] in ("+", "-") or token.rest not in ("", *PERCENT):
        return None
    brackets = Repair("T-02", "会计括号表示负数")
    return Token(-token.value, token.decimals, token.rest, (*token.repairs, brackets, *stray))


def _numeral_cell(text: str, stray: tuple[Repair, ...]) -> Token | None:
    """Read a cell that begins with Chinese numerals (T-10)."""
    match = _HAN_NUMBER.match(text)
    value = chinese_number(match.group()) if match else None
    if match is None or value is None:
        return None
    rest = text[match.end() :].lstrip()
    return Token(float(value), 0, rest, (Repair("T-10", f"中文数字“{match.group()}”读作 {value}"), *stray))


def _in_field(token: Token, unit: str | None) -> Parsed | None:
    """Bring a number with the unit glued to it into the field's unit; None if the dimensions differ."""
    if not token.rest:
        return Parsed(token.value, State.FILLED, unit, (), token.decimals)
    typed = complete(token.rest, unit) or token.rest
    own = find_unit(typed if unit is None else unit)
    theirs = find_unit(typed)
    if own.base != theirs.base or (unit is None and not re.fullmatch(r"[一-鿿㎡]{1,4}|[A-Za-z]{1,3}", typed)):
        return None
    numerator = theirs.numerator * own.denominator
    denominator = theirs.denominator * own.numerator
    value = scale(token.value, numerator, denominator)
    if math.isinf(value):
        return None
    note = Repair("T-10", f"数字后写有单位“{token.rest}”，按{typed}读取")
    if unit == "分":
        note = Repair("A2-14", "得分单元格写有单位“分”，按数字读取")
    decimals = _shifted(token.decimals, numerator, denominator)
    return Parsed(value, State.FILLED, typed if unit is None else unit, (note,), decimals)


def _shifted(decimals: int, numerator: int, denominator: int) -> int | None:
    """Decimals after a change of unit: 12元 prints four decimals of a 万元; None for ratios like 亩 to ㎡."""
    ratio = (Decimal(numerator) / denominator).normalize().as_tuple()
    if ratio.digits != (1,) or not isinstance(ratio.exponent, int):
        return None
    return max(0, decimals - ratio.exponent)


def _decimals_of(value: float) -> int:
    """Decimals of a number as Excel would show it in full."""
    return len(display(value).partition(".")[2])


def _bare_rate(value: float, decimals: int, expected: float | None) -> tuple[float, tuple[Repair, ...], int]:
    """Choose between a fraction and a percentage for a rate without its sign (T-04)."""
    if value == 0:
        return 0.0, (), decimals
    readings = [(value, decimals), (scale(value, 1, 100), decimals + 2)]
    # One unit in the last place, for real filings truncate as often as they round.
    fitting = [
        (abs(reading - expected), reading, places)
        for reading, places in readings
        if expected is not None and abs(reading - expected) <= 10.0**-places * (1 + 1e-9)
    ]
    if fitting:
        _, chosen, places = min(fitting)
    else:
        chosen, places = readings[0] if abs(value) <= _LARGEST_BARE_RATE else readings[1]
    percentage = display(scale(chosen, 100, 1))
    return chosen, (Repair("T-04", f"比率未写百分号，读作 {percentage}%"),), places


def _written_date(raw: str) -> Parsed:
    """Read a date typed as text."""
    text, wide = fold(raw)
    state = emptiness(text)
    if state is not None or len(text) > LONGEST:
        return Parsed(None, state or State.UNPARSED)
    text, stray = drop_stray(text)
    found, usual = _iso(text)
    noted = () if usual else (Repair("T-07", f"日期写法“{text}”不是“2024年6月12日”的形式，已识别"),)
    return _dated(found, wide + stray + noted)


def _dated(found: str | None, repairs: tuple[Repair, ...]) -> Parsed:
    """Wrap a date that was found, or none."""
    return Parsed(None, State.UNPARSED) if found is None else Parsed(found, State.FILLED, None, repairs)


def _iso(text: str) -> tuple[str | None, bool]:
    """Find the date a folded text is, and whether it is written in one of the two usual forms."""
    dense = _TIME.sub("", text, count=1) if ":" in text else text
    if "年" in dense:
        dense = "".join(dense.split())
    match = _DATE.fullmatch(dense)
    if match:
        year, month, day, day_word, mark, month_2, day_2 = match.groups()
        usual = day_word == "日" if mark is None else (mark, len(dense)) == ("-", 10)
        return _assembled(int(year), int(month or month_2), day or day_2), usual and dense == text
    match = _DIGITS_DATE.fullmatch(dense)
    if match:
        return _assembled(int(match[1]), int(match[2]), match[3]), False
    match = _HAN_DATE.fullmatch(dense)
    if match is None:
        return None, False
    year_digits = match[1].translate(str.maketrans("〇○O零一二三四五六七八九", "0000123456789"))
    month_number, day_number = chinese_number(match[2]), chinese_number(match[3] or "一")
    if month_number is None or day_number is None:
        return None, False
    return _assembled(int(year_digits), month_number, match[3] and str(day_number)), False


def _assembled(year: int, month: int, day: str | None) -> str | None:
    """Put a date together, without its day if none is given; None if the calendar has no such date."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        found = date(year, month, int(day or 1)).isoformat()
    except ValueError:
        return None
    return found if day else found[:7]


def _day(moment: date) -> str:
    """ISO date of a date or of a moment, whose time of day no form asks for."""
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()


def _han_value(text: str) -> int:
    """Work out numerals, right or wrong: only a text that `_han_spelling` confirms is a number."""
    for size, name in _HAN_SIZES:
        if name in text:
            head, _, tail = text.rpartition(name) if size >= _HAN_SIZES[1][0] else text.partition(name)
            return (_han_value(head) if head else 1) * size + _han_value(tail.removeprefix("零"))
    return _HAN_DIGITS.index(text) if len(text) == 1 else 0


def _han_spelling(value: int) -> str:
    """Spell a whole number in the regular everyday way; nothing for 0."""
    for size, name in _HAN_SIZES:
        if value >= size:
            head, tail = divmod(value, size)
            gap = "零" if 0 < tail < size // 10 else ""
            return _han_spelling(head) + name + gap + _han_spelling(tail)
    return _HAN_DIGITS[value] if value else ""
