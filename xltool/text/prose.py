"""Numbers in sentences: how they are written, and whether one can mean a given figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from xltool.text.basis import CENT

if TYPE_CHECKING:
    from xltool.text.paragraphs import Amount

MONEY: Final = "万元"
NOISE: Final = 1e-6
_EXACT: Final = 0.005
"""People and points are counted, not rounded."""
_ABOUT, _NEAR, _ABOVE = 0.05, 0.1, 0.2
"""How far a figure may lie from the number, as a share of it, that 约, 近 (below it) and 超 (above it) are said of."""

AMOUNT: Final = re.compile(
    r"(?P<before>大?约为?|接?近|突破|超过?|逾|不足|不低于|不少于|不超过)?"
    r"(?P<number>(?<![\d.A-Za-z])(?:\d{1,3}(?:[,，]\d{3}){1,8}(?![0-9])|\d+)(?:\.\d+)?)(?P<inner>[余多])?"
    r"(?P<unit>(?:[百千]?万|[百十千]|亿)?元整?|[万亿](?![一-鿿])|%|‰|个?百分点|分(?![之别类管工])|[人名](?!次)|个(?!月|百分))"
    r"(?P<after>左右|以[上下内]|[余多])?"
)
_BOUNDS: Final = (("约左", "约"), ("近", "近"), ("突超逾低少余多上", "超"), ("足不下内", "不足"))


def bound_of(match: re.Match[str]) -> str:
    """How a number matched by AMOUNT is meant: "" exactly, else 约, 近, 超 or 不足."""
    words = "".join(match[group] or "" for group in ("before", "inner", "after"))
    if "不超" in words:
        return "不足"
    return next((bound for signs, bound in _BOUNDS if any(sign in words for sign in signs)), "")


def can_mean(amount: Amount, value: float) -> bool:
    """Whether the number is a fair way to write this figure: rounded or cut to its decimals, or as its 约 or 近 allows.

    One unit of the last decimal is allowed, since real texts cut instead of rounding.
    """
    slack = CENT if amount.bound in {"近", "不足", "超"} else slack_of(amount)
    gap, size = value - amount.value, abs(amount.value)
    low, high = {
        "": (0.0, 0.0),
        "约": (_ABOUT, _ABOUT),
        "近": (_NEAR, 0.0),
        "不足": (_NEAR, 0.0),
        "超": (0.0, _ABOVE),
    }[amount.bound]
    return -slack - low * size <= gap <= slack + high * size


def slack_of(amount: Amount) -> float:
    """How far off a number may be by its last decimal alone."""
    if amount.unit == MONEY:
        return max(CENT + NOISE, amount.step - NOISE)
    return amount.step if amount.unit == "%" else _EXACT
