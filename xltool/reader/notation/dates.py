"""Dates as people write them, in digits or Chinese numerals."""

from __future__ import annotations

import re
from datetime import date

from xltool.reader.notation.tokens import chinese_number
from xltool.text.lazy_pattern import lazy_pattern

_DATE = lazy_pattern(
    lambda: re.compile(
        r"([0-9]{4})(?:年([0-9]{1,2})月(?:([0-9]{1,2})([日号])?)?|([-./])([0-9]{1,2})(?:\5([0-9]{1,2}))?)"
    )
)
_DIGITS_DATE = lazy_pattern(lambda: re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})"))
_TIME = lazy_pattern(lambda: re.compile(r"[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"))
_HAN_DATE = lazy_pattern(
    lambda: re.compile(
        r"([〇零○O0-9一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?"
    )
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099


def find_date(text: str) -> tuple[str | None, bool]:
    """The date that a half-width text is, and whether it is written in one of the two usual ways."""
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


def is_plausible(year: int) -> bool:
    """Whether a form can be dated in a year; 0000 and 9999 are placeholders, and no date."""
    return _FIRST_YEAR <= year <= _LAST_YEAR


def _assembled(year: int, month: int, day: str | None) -> str | None:
    """An ISO date, without its day if none is given; None if the calendar has no such date."""
    if not is_plausible(year):
        return None
    try:
        day_text = date(year, month, int(day or 1)).isoformat()
    except ValueError:
        return None
    return day_text if day else day_text[:7]
