"""Filings whose amounts may be in 元 instead of 万元: one of them would outweigh all others in every total."""

from __future__ import annotations

from typing import Final

from xltool import params

RULES_ON_YUAN: Final = frozenset({"A1-32", "W-11"})
"""Rules that say that a form may have its amounts in 元."""
LARGEST: Final = params.load()["largest_amount"]


def is_incredible(*amounts: float | None) -> bool:
    """Whether an amount in 万元 is larger than any department's."""
    return any(amount is not None and amount > LARGEST for amount in amounts)
