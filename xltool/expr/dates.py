"""Days as spreadsheets count them."""

from __future__ import annotations

from datetime import date

SERIAL_ZERO = date(1899, 12, 30)
"""The day that counts as 0, so that days from 1 March 1900 on count as Excel counts them."""


def serial(day: date) -> float:
    """A date, or the date of a time, as spreadsheets count days: 2023-12-31 is 45291."""
    return float((date(day.year, day.month, day.day) - SERIAL_ZERO).days)
