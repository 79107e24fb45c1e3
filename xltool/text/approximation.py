"""Whether a number in a sentence can mean a given figure: rounded, cut off, or with 约, 近, 超 before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool import params
from xltool.forms.tolerances import CENT, NOISE
from xltool.text.prose import MONEY

if TYPE_CHECKING:
    from xltool.text.paragraphs import Amount

_COUNT: Final = 0.005
"""People and points are counted, so a number of them may only be off by what floats are."""
_LIMITS: Final = params.load()
_ABOUT, _NEAR, _ABOVE = _LIMITS["about"], _LIMITS["near"], _LIMITS["above"]
"""How far a figure may lie from a number in words, as a share of the number: 约 either way, 近 below, 超 above."""


def can_mean(amount: Amount, value: float) -> bool:
    """Whether the number is a fair way to write this figure: rounded or cut to its decimals, or as its 约 or 近 allows.

    It may be off by one unit of the last decimal, because real texts cut decimals off instead of rounding.
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
    """How far a number may be off because of its last decimal."""
    if amount.unit == MONEY:
        return max(CENT + NOISE, amount.step - NOISE)
    return amount.step if amount.unit == "%" else _COUNT
