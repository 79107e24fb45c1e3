"""Cell styles of a workbook: lock and number format of each style, and serial numbers as dates."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.reader.ooxml.parts import choose_fallbacks, tree

if TYPE_CHECKING:
    from lxml.etree import _Element

# Formats that files refer to by number alone; 27-36 and 50-58 are those of a Chinese Excel.
BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip

_SMALL = 1 << 16
"""Bytes of styles that are cached; those of honest forms have a tenth of it."""
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\[[^\[\]]*\]|[\\_*].')
_DATE_LETTER = re.compile(r"[ymdhs]", re.IGNORECASE)

_EPOCH_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - workbooks know no time zones
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_LEAP_BUG = 60  # Excel counts a 29 February 1900; serials before it stand a day lower
_MS_A_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Style:
    """What the reader needs of one cell style; `dated` says that its numbers are dates."""

    locked: bool = True
    number_format: str = "General"
    dated: bool = False


DEFAULT = Style()


def is_date_format(number_format: str) -> bool:
    """Whether a number in this format is shown as a date or a time of day (a duration such as [h]:mm is neither).

    >>> is_date_format('yyyy"年"m"月"'), is_date_format('0.00"day"'), is_date_format("[h]:mm")
    (True, False, False)
    """
    first = number_format.split(";", 1)[0]
    return not _DURATION.search(first) and bool(_DATE_LETTER.search(_LITERAL.sub("", first)))


def styles_in(content: bytes) -> list[Style]:
    """The styles cells refer to by index, from the bytes of styles.xml; never none.

    ValueError or XMLSyntaxError if it is damaged. Files from one template have the same styles: those of
    the last files are cached.
    """
    return _known(content) if len(content) <= _SMALL else _read(content)


@lru_cache(maxsize=32)
def _known(content: bytes) -> list[Style]:
    return _read(content)


def _read(content: bytes) -> list[Style]:
    root = tree(content)
    choose_fallbacks(root)
    space = root.tag.removesuffix("styleSheet")
    formats = dict(BUILTIN)
    for element in root.iterfind(f"{space}numFmts/{space}numFmt"):
        formats[int(element.get("numFmtId", "0"))] = element.get("formatCode", "General")
    return [_style(xf, space, formats) for xf in root.iterfind(f"{space}cellXfs/{space}xf")] or [DEFAULT]


def _style(xf: _Element, space: str, formats: dict[int, str]) -> Style:
    """One style. Excel goes by the attributes present, whatever applyProtection says."""
    protection = xf.find(f"{space}protection")
    locked = protection is None or protection.get("locked", "1") in {"1", "true"}
    number_format = formats.get(int(xf.get("numFmtId", "0")), "General")
    return Style(locked, number_format, is_date_format(number_format))


def as_date(serial: float, *, date1904: bool) -> dt.date | float:
    """The date of a serial number of days, a datetime if it has a fraction (to the millisecond).

    Times of day (below 1), negative numbers and numbers beyond the year 9999 remain numbers.
    """
    if serial < 1:
        return serial
    milliseconds = round(serial * _MS_A_DAY)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900 + dt.timedelta(days=serial < _LEAP_BUG)
    try:
        moment = epoch + dt.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return serial
    return moment if milliseconds % _MS_A_DAY else moment.date()


def from_iso(text: str) -> dt.date | float | str:
    """A date, a datetime (zone dropped) or a time as part of a day, from an ISO 8601 text; the text if it is none."""
    try:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return _part_of_a_day(text)
    return moment if "T" in text and moment.time() != dt.time.min else moment.date()


def _part_of_a_day(text: str) -> float | str:
    """As a workbook counts a time of day, which one that keeps to the strict standard spells out."""
    if ":" not in text:
        return text
    try:
        time = dt.time.fromisoformat(text)
    except ValueError:
        return text
    seconds = (time.hour * 60 + time.minute) * 60 + time.second + time.microsecond / 1_000_000
    return round(seconds, 3) / 86_400
