"""Days as spreadsheets count them."""

from __future__ import annotations

from datetime import date

_SERIAL_ZERO = date(1899, 12, 30)


def serial(day: date) -> float:
    """A date as spreadsheets count days: 2023-12-31 is 45291."""
    return float((date(day.year, day.month, day.day) - _SERIAL_ZERO).days)
