"""Units people type behind a number, and their ratio to the unit that xltool calculates in.

Only units whose ratio is fixed are converted. Counting words (个, 家, 户次 …) are not: a 家 and a 户
may or may not be the same thing.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct


class Unit(Struct, frozen=True):
    """A unit: one of it is `numerator / denominator` of `base`; units of one dimension share the base."""

    base: str
    numerator: int = 1
    denominator: int = 1


_MONEY, _AREA, _LENGTH, _WEIGHT, _VOLUME = "万元", "㎡", "米", "吨", "立方米"

UNITS: dict[str, Unit] = {
    "元": Unit(_MONEY, 1, 10_000),
    "元整": Unit(_MONEY, 1, 10_000),
    "圆": Unit(_MONEY, 1, 10_000),
    "圆整": Unit(_MONEY, 1, 10_000),
    "百元": Unit(_MONEY, 1, 100),
    "千元": Unit(_MONEY, 1, 10),
    "万元": Unit(_MONEY),
    "十万元": Unit(_MONEY, 10),
    "㎡": Unit(_AREA),
    "平方米": Unit(_AREA),
    "平米": Unit(_AREA),
    "m2": Unit(_AREA),
    "m²": Unit(_AREA),
    "亩": Unit(_AREA, 2_000, 3),
    "公顷": Unit(_AREA, 10_000),
    "平方公里": Unit(_AREA, 1_000_000),
    "平方千米": Unit(_AREA, 1_000_000),
    "米": Unit(_LENGTH),
    "m": Unit(_LENGTH),
    "毫米": Unit(_LENGTH, 1, 1_000),
    "mm": Unit(_LENGTH, 1, 1_000),
    "厘米": Unit(_LENGTH, 1, 100),
    "cm": Unit(_LENGTH, 1, 100),
    "千米": Unit(_LENGTH, 1_000),
    "公里": Unit(_LENGTH, 1_000),
    "km": Unit(_LENGTH, 1_000),
    "吨": Unit(_WEIGHT),
    "t": Unit(_WEIGHT),
    "公斤": Unit(_WEIGHT, 1, 1_000),
    "千克": Unit(_WEIGHT, 1, 1_000),
    "kg": Unit(_WEIGHT, 1, 1_000),
    "斤": Unit(_WEIGHT, 1, 2_000),
    "克": Unit(_WEIGHT, 1, 1_000_000),
    "g": Unit(_WEIGHT, 1, 1_000_000),
    "毫克": Unit("毫克"),
    "mg": Unit("毫克"),
    "微克": Unit("微克"),
    "μg": Unit("微克"),
    "ug": Unit("微克"),
    "升": Unit("升"),
    "l": Unit("升"),
    "立方米": Unit(_VOLUME),
    "m3": Unit(_VOLUME),
    "m³": Unit(_VOLUME),
    "㎥": Unit(_VOLUME),
    "人": Unit("人"),
    "名": Unit("人"),
    "天": Unit("天"),
    "日": Unit("天"),
    "月": Unit("个月"),
    "个月": Unit("个月"),
    "工作日": Unit("个工作日"),
    "个工作日": Unit("个工作日"),
    "小时": Unit("小时"),
    "h": Unit("小时"),
    "分钟": Unit("小时", 1, 60),
    "场次": Unit("场"),
    "批次": Unit("批"),
    "百分点": Unit("百分点"),
    "个百分点": Unit("百分点"),
    "分": Unit("分"),
    "%": Unit("%"),
    "百分比": Unit("%"),
    "‰": Unit("‰"),
}
"""Unit as typed (Latin ones in lower case) -> dimension and factor."""

MULTIPLIERS: dict[str, int] = {
    "万亿": 10**12,
    "千万": 10**7,
    "百万": 10**6,
    "万": 10**4,
    "萬": 10**4,
    "亿": 10**8,
    "億": 10**8,
}
"""Large-number words that may precede a unit (万人, 亿元, 百万元); longer words stand first."""

_IN_YEAR = "/年"
"""What a form of a year says of a number without saying more; of an amount it may be a rate."""
_ROOTS = {_MONEY: "元"}
"""The unit of a bare 万 or 亿, in a dimension whose base is itself a multiple."""
_PER = re.compile(r"[/·•・]")
"""What stands before each unit that another is divided by: 元/人·月."""


@lru_cache(maxsize=1024)
def find_unit(name: str) -> Unit:
    """Dimension and factor of a unit; an unknown word is a dimension of its own.

    >>> find_unit("亿元")
    Unit(base='万元', numerator=10000, denominator=1)
    >>> find_unit("万户"), find_unit("户次")
    (Unit(base='户', numerator=10000, denominator=1), Unit(base='户次', numerator=1, denominator=1))
    >>> find_unit("次/年").base, find_unit("万元/年").base
    ('次', '元/年')
    """
    rest = name.removesuffix(_IN_YEAR)
    if rest and rest != name and (of_year := find_unit(rest)).base != _MONEY:
        return of_year
    known = UNITS.get(name) or UNITS.get(name.lower())
    if known is not None:
        return known
    if "/" in name:
        return _ratio(*_PER.split(name))
    for word, times in MULTIPLIERS.items():
        if name.startswith(word):
            rest = name.removeprefix(word)
            inner = UNITS.get(rest, Unit(rest))
            return _reduced(inner.base, inner.numerator * times, inner.denominator)
    return Unit(name)


def _ratio(counted: str, *divisors: str) -> Unit:
    """A unit over others: money in 元, and the others by one of their names.

    >>> find_unit("元/平方米").base, find_unit("元/亩").base, find_unit("万元/人·月")
    ('元/㎡', '元/亩', Unit(base='元/人/个月', numerator=10000, denominator=1))
    """
    own = find_unit(counted)
    root = find_unit(_ROOTS.get(own.base, own.base))
    named = [divisor if (known := find_unit(divisor)) != Unit(known.base) else known.base for divisor in divisors]
    base = "/".join((_ROOTS.get(own.base, own.base), *named))
    return _reduced(base, own.numerator * root.denominator, own.denominator * root.numerator)


def complete(unit: str | None, other: str | None) -> str | None:
    """Fill in a missing unit from the other side: none at all, or a bare 万 / 亿.

    >>> complete(None, "万元"), complete("亿", "万元"), complete("万", "人"), complete("个", "家")
    ('万元', '亿元', '万人', '个')
    """
    if not unit:
        return other
    if unit not in MULTIPLIERS or not other or other in MULTIPLIERS:
        return unit
    base = find_unit(other).base
    return unit + _ROOTS.get(base, base)


def scale(value: float, numerator: int, denominator: int) -> float:
    """Multiply by a ratio in decimal arithmetic, so that 92.4 亿 is 924000 万 and not 924000.0000000001.

    >>> scale(92.4, 10_000, 1), scale(1.1, 1, 100)
    (924000.0, 0.011)
    """
    if numerator == denominator:
        return float(value)
    return float(Decimal(repr(float(value))) * numerator / denominator)


def in_base(value: float, unit: str | None) -> tuple[float, str]:
    """Express a value in the base unit of its dimension; no unit gives the empty string.

    Money comes out in 万元, areas in ㎡, lengths in 米, weights in 吨; percentages are fractions
    already. A bare 万 or 亿 is multiplied out.

    >>> in_base(92.4, "亿元"), in_base(5000, "元"), in_base(120, "平方米"), in_base(3, "亩")
    ((924000.0, '万元'), (0.5, '万元'), (120.0, '㎡'), (2000.0, '㎡'))
    >>> in_base(7, "户次"), in_base(0.95, "%"), in_base(7, None)
    ((7.0, '户次'), (0.95, '%'), (7.0, ''))
    """
    if not unit:
        return float(value), ""
    known = find_unit(unit)
    return scale(value, known.numerator, known.denominator), known.base


def _reduced(base: str, numerator: int, denominator: int) -> Unit:
    """Reduce 10**8 / 10**4 to 10**4 / 1, so that derived units look like those of the table."""
    if numerator % denominator == 0:
        return Unit(base, numerator // denominator)
    return Unit(base, numerator, denominator)
