"""What people type into a cell, read as a value, with the repairs that were needed.

Nothing is guessed beyond the repairs named here by their catalogue code; what they do not cover
is UNPARSED, and the accountant has to correct it. No function raises: any string gives a result.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from xltool.expr.dates import SERIAL_ZERO
from xltool.reader.notation.dates import find_date, is_plausible
from xltool.reader.notation.tokens import (
    HAN_NUMBER,
    LONGEST,
    PADDING,
    PERCENT,
    CellValue,
    Repair,
    State,
    Token,
    bounded,
    chinese_number,
    display,
    drop_leading_mark,
    drop_trailing_mark,
    emptiness,
    finite,
    halfwidth,
    leading_number,
    shows_percent,
    to_halfwidth,
)
from xltool.reader.notation.units import complete, find_unit, scale

_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31 in Excel's day count
_LARGEST_BARE_RATE = 5.0  # 500 %: a bare rate above it can only mean per cent


class Parsed(NamedTuple):
    """A cell as read.

    `value` is in `unit` (rates as fractions); `decimals` are those printed, of a number typed as text
    (of the fraction for a percentage), and None for a number Excel holds as one.
    """

    value: float | str | None
    state: State
    unit: str | None = None
    repairs: tuple[Repair, ...] = ()
    decimals: int | None = None


def parse_number(raw: CellValue, *, unit: str | None) -> Parsed:
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
        return _stored_amount(raw, unit)
    text, repairs = to_halfwidth(raw)
    state = emptiness(text)
    if state is not None:
        return Parsed(None, state, unit)
    token = _number_cell(text)
    placed = None if token is None else _in_field(token, unit)
    if token is None or placed is None:
        return Parsed(None, State.UNPARSED, unit)
    return Parsed(placed.value, State.FILLED, placed.unit, repairs + token.repairs + placed.repairs, placed.decimals)


def parse_rate(raw: CellValue, expected: float | None, *, number_format: str = "") -> Parsed:
    """Read a rate as a fraction; `expected` (the recomputed rate) decides what a bare 125 means (T-04).

    A number in a cell whose `number_format` shows a percent sign is a fraction without question.

    >>> parse_rate("125%", None).value, parse_rate(125, 1.25).value, parse_rate("1.25%", 1.25).value
    (1.25, 1.25, 0.0125)
    >>> parse_rate("3", 0.03).value, parse_rate("3", None).value, parse_rate("76", None).value
    (0.03, 3.0, 0.76)
    """
    if not isinstance(raw, str):
        typed = _stored_amount(raw, None)
        if typed.value is None or shows_percent(number_format):
            return typed
        value, repairs, _ = _bare_rate(float(typed.value), _decimals_of(float(typed.value)), expected)
        return Parsed(value, State.FILLED, None, repairs if value != typed.value else ())
    text, repairs = to_halfwidth(raw)
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


def parse_date(raw: CellValue) -> Parsed:
    """Read a date as an ISO string, "2023-12" where no day is given; an impossible one is UNPARSED.

    T-07 is noted for what is neither a real date nor 2024年6月12日 nor 2024-06-12.

    >>> [parse_date(text).value for text in ("2024年6月12日", "2023.12", "20240612", "二〇二四年六月十二日")]
    ['2024-06-12', '2023-12', '2024-06-12', '2024-06-12']
    >>> parse_date("2024年2月30日").state
    <State.UNPARSED: 'unparsed'>
    """
    if isinstance(raw, date):
        return Parsed(_day(raw), State.FILLED) if is_plausible(raw.year) else Parsed(None, State.UNPARSED)
    if raw is None or isinstance(raw, str):
        return _written_date(raw or "")
    typed = _stored_number(raw)
    if typed.value is None:
        return typed
    value = float(typed.value)
    if value.is_integer() and _FIRST_SERIAL <= value <= _LAST_SERIAL:
        day: str | None = (SERIAL_ZERO + timedelta(days=int(value))).isoformat()
    else:
        # 2023.1 may be January or October once Excel has dropped the zero, so only two decimals are read.
        typed_as = display(value)
        day = find_date(typed_as)[0] if len(typed_as) in (7, 8) else None
    return _dated(day, (Repair("T-07", "日期以数字形式填写，已识别为日期"),))


def parse_text(raw: CellValue) -> Parsed:
    r"""Read a text: ends stripped of every kind of space, line breaks inside kept, numbers as they are shown.

    >>> parse_text("　第一行\n第二行 ").value, parse_text(5.0).value, parse_text("——").state
    ('第一行\n第二行', '5', <State.NOT_APPLICABLE: 'not_applicable'>)
    """
    if isinstance(raw, date):
        return Parsed(_day(raw), State.FILLED)
    if not isinstance(raw, str):
        typed = _stored_number(raw)
        return typed if typed.value is None else Parsed(display(float(typed.value)), State.FILLED)
    text = raw.strip(PADDING)
    state = emptiness(halfwidth(text)) if len(text) <= LONGEST else None
    return Parsed(text, State.FILLED) if state is None else Parsed(None, state)


def _stored_number(raw: float | date | None) -> Parsed:
    """Read a number that Excel holds; dates, truth values and what is not finite are UNPARSED."""
    if raw is None:
        return Parsed(None, State.BLANK)
    value = None if isinstance(raw, date) else finite(raw)
    return Parsed(value, State.UNPARSED if value is None else State.FILLED)


def _stored_amount(raw: float | date | None, unit: str | None) -> Parsed:
    """As `_stored_number`, for amounts and counts in a unit: a number that no form can hold is UNPARSED."""
    if raw is None:
        return Parsed(None, State.BLANK, unit)
    value = None if isinstance(raw, date) else bounded(raw)
    return Parsed(value, State.UNPARSED if value is None else State.FILLED, unit)


def _number_cell(text: str) -> Token | None:
    """Read a half-width cell that should hold one number: digits, accounting brackets or Chinese numerals."""
    if len(text) > LONGEST:
        return None
    text, leading = drop_leading_mark(text)
    text, trailing = drop_trailing_mark(text)
    marks = leading + trailing
    bracketed = text.startswith("(") and text.endswith(")")
    token = leading_number(text[1:-1].strip() if bracketed else text)
    if token is None:
        return None if bracketed else _numeral_cell(text, marks)
    if not bracketed:
        return Token(token.value, token.decimals, token.rest, token.repairs + marks)
    if text[1:2] in ("+", "-") or token.rest not in ("", *PERCENT):
        return None
    brackets = Repair("T-02", "会计括号表示负数")
    return Token(-token.value, token.decimals, token.rest, (*token.repairs, brackets, *marks))


def _numeral_cell(text: str, trailing: tuple[Repair, ...]) -> Token | None:
    """Read a cell that begins with Chinese numerals (T-10)."""
    match = HAN_NUMBER.match(text)
    value = chinese_number(match.group()) if match else None
    if match is None or value is None:
        return None
    rest = text[match.end() :].lstrip()
    return Token(float(value), 0, rest, (Repair("T-10", f"中文数字“{match.group()}”读作 {value}"), *trailing))


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
    if bounded(value) is None:
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
    # One unit in the last place is allowed, since real filings truncate as often as they round.
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
    text, wide = to_halfwidth(raw)
    state = emptiness(text)
    if state is not None or len(text) > LONGEST:
        return Parsed(None, state or State.UNPARSED)
    text, trailing = drop_trailing_mark(text)
    day, usual = find_date(text)
    noted = () if usual else (Repair("T-07", f"日期写法“{text}”不是“2024年6月12日”的形式，已识别"),)
    return _dated(day, wide + trailing + noted)


def _dated(day: str | None, repairs: tuple[Repair, ...]) -> Parsed:
    """The result for a date, or for none."""
    return Parsed(None, State.UNPARSED) if day is None else Parsed(day, State.FILLED, None, repairs)


def _day(moment: date) -> str:
    """ISO date of a date or of a moment, whose time of day no form asks for."""
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()
