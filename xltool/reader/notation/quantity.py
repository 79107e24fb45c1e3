"""年度指标值 and 实际完成值: an operator, a number or two, a unit, or plain words.

What is not understood to its last character stays text; no number is picked out of a sentence.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Literal, NamedTuple

from xltool.reader.notation.dates import find_date
from xltool.reader.notation.tokens import (
    LONGEST,
    NUMBER,
    PERCENT,
    CellValue,
    Repair,
    Token,
    bounded,
    chinese_number,
    drop_trailing_mark,
    emptiness,
    leading_number,
    shows_percent,
    to_halfwidth,
)
from xltool.reader.notation.units import MULTIPLIERS, UNITS, complete, in_base, scale
from xltool.text.lazy_pattern import lazy_pattern

QuantityKind = Literal["number", "percent", "text", "date", "blank"]

OPERATORS: dict[str, str] = {
    "》=": ">=",
    "《=": "<=",
    "》＝": ">=",
    "《＝": "<=",
    ">=": ">=",
    "<=": "<=",
    ">＝": ">=",
    "<＝": "<=",
    "＞=": ">=",
    "＜=": "<=",
    "＞＝": ">=",
    "＜＝": "<=",
    "≥": ">=",
    "≧": ">=",
    "⩾": ">=",
    "≤": "<=",
    "≦": "<=",
    "⩽": "<=",
    ">": ">",
    "＞": ">",
    "﹥": ">",
    "<": "<",
    "＜": "<",
    "﹤": "<",
    "=": "=",
    "＝": "=",
    "﹦": "=",
    "═": "=",
}
"""Operator signs as typed; a longer sign stands before a shorter one that it begins with."""

USUAL = frozenset("≥≤><=")
"""Signs that need no note; all others in OPERATORS are look-alikes (T-09)."""

PREFIXES: dict[str, str | None] = {
    "大于或等于": ">=",
    "小于或等于": "<=",
    "大于等于": ">=",
    "小于等于": "<=",
    "不低于": ">=",
    "不少于": ">=",
    "不小于": ">=",
    "不超过": "<=",
    "不高于": "<=",
    "不大于": "<=",
    "不多于": "<=",
    "至少": ">=",
    "大于": ">",
    "超过": ">",
    "突破": ">",
    "高于": ">",
    "小于": "<",
    "低于": "<",
    "少于": "<",
    "等于": "=",
    "约为": None,
    "约": None,
    "近": None,
}
"""Words before the number; None: approximate, no operator."""

SUFFIXES: dict[str, str] = {"及以上": ">=", "及以下": "<=", "以上": ">=", "以下": "<=", "以内": "<="}
"""Words after the unit."""

_LEADING = lazy_pattern(lambda: re.compile("|".join(map(re.escape, (*OPERATORS, *PREFIXES)))))
_ENDINGS = tuple(SUFFIXES)
_KEPT_WITHIN = "控制在"
# A word behind a number that holds one of these is a clause, not a unit: 50个左右, 10余家, 3月底前完成.
_NOT_IN_UNIT = lazy_pattern(
    lambda: re.compile(r"左右|上下|以[上下内外前后]|之[前后间]|[前后底末多余至到和及与或]|完成|不|达")
)
_LATIN = r"(?i:[kmgt]?b(?:ps)?|[km]?wh?|kva|[mμuk]?g|m?l|[ckm]?m[23²³]?|h|db|hz|mpa|ha|t)"
_UNIT = lazy_pattern(
    lambda: re.compile(rf"(?:[一-鿿㎡㎥℃]{{1,4}}|{_LATIN})(?:[/·•・](?:[一-鿿㎡㎥]{{1,4}}|{_LATIN})){{0,2}}")
)
"""A unit, or one over one or two others: 元/人·月, mg/m³."""
# White space is matched from its beginning only: tried from every place, a long run would take quadratic time.
_BETWEEN = lazy_pattern(lambda: re.compile(r"(?:(?<!\s)\s+)?(?:[-~～—–―至到]|--|——)\s*"))
_PLUS_MINUS = "±"

_DAMAGED = lazy_pattern(
    lambda: re.compile(
        r"2(?:[89][0-9](?:\.[0-9]+)?|100)%|[A-Za-z][0-9]{1,4}(?:\.[0-9]+)?%|([一-鿿])[0-9]+(?:\.[0-9]+)?\1"
    )
)
_WHEN = lazy_pattern(
    lambda: re.compile(
        r"[在于]?(?:(?:19|20)[0-9]{2}年(?:度?[底末初内前中]|度?$|[上下]半年|第?[一二三四1-4]季度|[0-9]{1,2}月|全年)"
        r"|(?:1[0-2]|0?[1-9])月(?:$|[底末初中份前内]|[上中下]旬|[0-9]{1,2}[日号]|之前|以前|完成)|[本当]?年[底末内]|[本当]年)"
    )
)
_BEFORE = lazy_pattern(lambda: re.compile(r"[之以]?前(?:完成)?\Z"))
_DATED = lazy_pattern(lambda: re.compile(r"[年\-/.]"))
_YEAR = lazy_pattern(lambda: re.compile(r"(?:19|20)[0-9]{2}"))


class Quantity(NamedTuple):
    """A target or an actual value as filed.

    `value` keeps the filed scale (92.4 for 92.4亿元) except that percentages are fractions with unit
    "%"; a range runs from `value` to `high`. Only numbers and percentages have a value.
    """

    op: str | None
    value: float | None
    high: float | None
    unit: str | None
    kind: QuantityKind
    repairs: tuple[Repair, ...] = ()


_TEXT = Quantity(None, None, None, None, "text")
_BLANK = Quantity(None, None, None, None, "blank")


def parse_quantity(raw: CellValue, *, number_format: str = "") -> Quantity:
    """Read a target or an actual value; `number_format` tells a percentage that Excel holds as 0.95.

    >>> quantity = parse_quantity("≥95%以上")
    >>> quantity.op, quantity.value, quantity.unit, quantity.kind
    ('>=', 0.95, '%', 'percent')
    >>> quantity = parse_quantity("92.4亿元")
    >>> quantity.op, quantity.value, quantity.unit, quantity.kind
    (None, 92.4, '亿元', 'number')
    >>> [parse_quantity(text).kind for text in ("效果明显", "12月底之前完成", "W100%", "——", "3次以上会议")]
    ['text', 'date', 'text', 'blank', 'text']
    """
    if isinstance(raw, str):
        return _written(raw)
    if raw is None:
        return _BLANK
    if isinstance(raw, date):
        return _TEXT._replace(kind="date")
    value = bounded(raw)
    if value is None:
        return _TEXT
    percent = shows_percent(number_format)
    return Quantity(None, value, None, "%" if percent else None, "percent" if percent else "number")


def comparable(a: Quantity, b: Quantity) -> tuple[float, float] | None:
    """Both values in one unit (of a range, the lower bound); None if they cannot be compared.

    A missing unit is taken from the other side. Different dimensions, and two counting words that
    are not the same, are not compared.

    >>> comparable(parse_quantity("1200万元"), parse_quantity("10716.16"))
    (1200.0, 10716.16)
    >>> comparable(parse_quantity("92.4亿元"), parse_quantity("989600万元"))
    (924000.0, 989600.0)
    >>> comparable(parse_quantity("≥95%"), parse_quantity("96"))
    (0.95, 0.96)
    >>> comparable(parse_quantity("15个"), parse_quantity("17家")) is None
    True
    """
    if a.value is None or b.value is None:
        return None
    if a.unit == "%" and b.unit is None:
        return a.value, _as_fraction(b.value, a.value)
    if b.unit == "%" and a.unit is None:
        return _as_fraction(a.value, b.value), b.value
    first, first_base = in_base(a.value, complete(a.unit, b.unit))
    second, second_base = in_base(b.value, complete(b.unit, a.unit))
    return (first, second) if first_base == second_base else None


def _as_fraction(value: float, other: float) -> float:
    """Read a bare number beside a percentage: 96 is 96 %, and 0.96 or 1 is the fraction it looks like.

    Up to 1 both readings occur (1 for 100 %, 0.5 for 0.5 %): the one nearer in ratio to the other side.
    """
    percentage = scale(value, 1, 100)
    if not 0 < abs(value) <= 1 or other == 0:
        return percentage
    gaps = [abs(math.log10(abs(reading)) - math.log10(abs(other))) for reading in (value, percentage) if reading]
    return percentage if len(gaps) > 1 and gaps[1] < gaps[0] else value


def _written(raw: str) -> Quantity:
    """Read what was typed as text."""
    if len(raw) > 4 * LONGEST:
        # Prose; but blanks may be padded to any length.
        return _TEXT if raw.strip() else _BLANK
    text, wide = to_halfwidth(raw)
    if emptiness(text) is not None:
        return _BLANK
    # Whoever types a question mark behind a figure doubts it: nothing is concluded from it.
    if len(text) > LONGEST or text.endswith("?"):
        return _TEXT
    if _DAMAGED.fullmatch(text):
        return _TEXT._replace(repairs=(Repair("T-06", f"“{text}”疑为识别错误（如“≥”误作“2”“W”“Q”），未作更正"),))
    if _is_when(text):
        return _TEXT._replace(kind="date", repairs=wide)
    text, trailing = drop_trailing_mark(text)
    quantity = _measured(text)
    return _TEXT if quantity is None else quantity._replace(repairs=wide + trailing + quantity.repairs)


def _is_when(text: str) -> bool:
    """Whether a text is a point in time (12月底之前完成, 2024年6月, 2023.12.31, 2021—2023), not a number of months."""
    if _WHEN.match(text):
        return True
    exact = _BEFORE.sub("", text) if "前" in text else text
    if _DATED.search(exact) and not NUMBER.fullmatch(exact) and find_date(exact)[0] is not None:
        return True
    if not _YEAR.match(text):
        return False
    parts = _BETWEEN.split(text.removesuffix("年"))
    return len(parts) > 1 and all(map(_YEAR.fullmatch, parts))


def _measured(text: str) -> Quantity | None:
    """Read operator, number or range, and unit; None for words."""
    op, rest, repairs = _operator(text)
    if rest is None:
        return None
    plus_minus = rest.startswith(_PLUS_MINUS)
    token = leading_number(rest.removeprefix(_PLUS_MINUS).lstrip())
    if token is None:
        value = chinese_number(rest)
        if value is None:
            return None
        return Quantity(
            op, float(value), None, None, "number", (*repairs, Repair("T-10", f"中文数字“{rest}”读作 {value}"))
        )
    repairs += token.repairs
    if plus_minus:
        return _around(op, token, repairs)
    match = _range_mark(token.rest)
    if match is not None:
        return _range(op, token, *match, repairs)
    unit = _unit(token.rest)
    return None if unit is None else _quantity(op, token.value, None, unit, repairs)


def _operator(text: str) -> tuple[str | None, str | None, tuple[Repair, ...]]:
    """Operator, text without it, and repairs; the text is None where signs and words contradict each other."""
    op, rest, repairs = _sign(text)
    suffix = next((word for word in SUFFIXES if rest.endswith(word)), None) if rest.endswith(_ENDINGS) else None
    if suffix is None:
        return op, None if rest.startswith(_KEPT_WITHIN) else rest, repairs
    after = SUFFIXES[suffix]
    rest = rest.removesuffix(suffix).rstrip()
    if after == "<=" and op is None:
        rest = rest.removeprefix(_KEPT_WITHIN).lstrip()
    if op is not None and op[0] != after[0]:
        return None, None, ()
    return op or after, rest, repairs


def _sign(text: str) -> tuple[str | None, str, tuple[Repair, ...]]:
    """Operator at the front, text behind it, and T-09 for a look-alike."""
    match = _LEADING.match(text)
    if match is None:
        return None, text, ()
    typed, rest = match[0], text[match.end() :].lstrip()
    if typed in PREFIXES:
        return PREFIXES[typed], rest, ()
    op = OPERATORS[typed]
    return op, rest, () if typed in USUAL else (Repair("T-09", f"运算符“{typed}”按“{op}”读取"),)


def _range_mark(rest: str) -> tuple[str, Token] | None:
    """Find the upper bound behind a lower one: the lower bound's unit, and the number with what follows."""
    match = _BETWEEN.search(rest)
    if match is None:
        return None
    high = leading_number(rest[match.end() :])
    return None if high is None else (rest[: match.start()], high)


def _range(op: str | None, low: Token, low_unit: str, high: Token, repairs: tuple[Repair, ...]) -> Quantity | None:
    """Read 90%~95%: one unit for both bounds, which may be printed once (T-08)."""
    unit, last = _unit(low_unit), _unit(high.rest)
    if op is not None or unit is None or last is None or low.value > high.value:
        return None
    if unit and last and unit != last:
        return None
    noted = (*repairs, *high.repairs, Repair("T-08", "区间目标，取上下两个界限"))
    return _quantity("range", low.value, high.value, unit or last, noted)


def _around(op: str | None, token: Token, repairs: tuple[Repair, ...]) -> Quantity | None:
    """Read ±10%, with or without 以内 (T-08)."""
    unit = _unit(token.rest)
    if op not in (None, "<=") or unit is None or token.value < 0:
        return None
    noted = (*repairs, Repair("T-08", "区间目标，取上下两个界限"))
    return _quantity("range", -token.value, token.value, unit, noted)


def _quantity(op: str | None, value: float, high: float | None, unit: str, repairs: tuple[Repair, ...]) -> Quantity:
    """Make percentages fractions and the empty unit None."""
    if unit in PERCENT:
        upper = None if high is None else scale(high, 1, 100)
        return Quantity(op, scale(value, 1, 100), upper, "%", "percent", repairs)
    return Quantity(op, value, high, unit or None, "number", repairs)


def _unit(rest: str) -> str | None:
    """What follows a number, if it is nothing or a unit; None for anything else."""
    known = rest in UNITS or rest.lower() in UNITS or rest in MULTIPLIERS
    if not rest or known or (_UNIT.fullmatch(rest) and not _NOT_IN_UNIT.search(rest)):
        return rest
    return None
