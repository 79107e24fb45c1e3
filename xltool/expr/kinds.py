"""What cells hold: kinds of values with their units, and the marks for nothing to report."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Final

NONE_MARKS: Final = ("无", "——", "/")
"""What may stand in a cell of numbers where there is nothing to report."""


class Kind(StrEnum):
    """What a field holds; decides validation, number format, unit and how a cell is read."""

    COUNT = "count"
    MONEY = "money"
    AREA = "area"
    RATE = "rate"
    SCORE = "score"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    PHONE = "phone"

    @cached_property
    def numeric(self) -> bool:
        """Whether values of this kind are numbers."""
        return self in _NUMERIC

    @cached_property
    def unit(self) -> str | None:
        """The unit a value of this kind is kept in; None for rates (fractions) and texts."""
        return _UNITS.get(self)


_NUMERIC: Final = frozenset({Kind.COUNT, Kind.MONEY, Kind.AREA, Kind.RATE, Kind.SCORE})
_UNITS: Final = {Kind.COUNT: "人", Kind.MONEY: "万元", Kind.AREA: "㎡", Kind.SCORE: "分"}
