"""The numbers of a sentence, in the units the forms have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.reader.notation.tokens import INVISIBLE, ODD_SPACES, leading_number
from xltool.reader.notation.units import complete, in_base, scale
from xltool.text.paragraphs import Amount
from xltool.text.prose import AMOUNT, MONEY, bound_of

if TYPE_CHECKING:
    import re

_WIDE: Final = {
    code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_SIGNS: Final = {ord("％"): "%", ord("﹪"): "%", ord("．"): "."}
_PLAIN: Final = str.maketrans({**_WIDE, **_SIGNS, **dict.fromkeys(map(ord, INVISIBLE + ODD_SPACES))})


def compact_text(text: str) -> str:
    """The text with half-width digits and letters and without blanks; Chinese punctuation stays.

    >>> compact_text("　本年度基本支出为 ２５６．７９ 万元。")
    '本年度基本支出为256.79万元。'
    """
    return "".join(text.translate(_PLAIN).split())


def amounts_in(text: str) -> tuple[Amount, ...]:
    """The numbers with a unit that a sentence holds; money in 万元, percentages as fractions.

    >>> [(amount.value, amount.unit, amount.bound) for amount in amounts_in("税收约3.5亿元，增62.33%，共2567900元。")]
    [(35000.0, '万元', '约'), (0.6233, '%', ''), (256.79, '万元', '')]
    """
    return tuple(amount for match in AMOUNT.finditer(text) if (amount := _amount(match)) is not None)


def _amount(match: re.Match[str]) -> Amount | None:
    """The number and unit of a match; None for a number that cannot be read."""
    token = leading_number(match["number"])
    if token is None:
        return None
    unit = match["unit"]
    if unit == "%":
        value, base, ratio = scale(token.value, 1, 100), "%", 0.01
    else:
        full = complete(unit, MONEY)
        value, base = in_base(token.value, full)
        ratio = in_base(1.0, full)[0]
    return Amount(value, base, 10.0**-token.decimals * ratio, bound_of(match), *match.span())
