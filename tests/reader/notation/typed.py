"""What several tests of typed cells need."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltool.reader.notation.tokens import Repair


def codes(repairs: tuple[Repair, ...]) -> list[str]:
    """The catalogue codes alone."""
    return [repair.rule for repair in repairs]


def number(op: str | None, value: float, unit: str | None = None, *rules: str) -> tuple[object, ...]:
    """The expected reading of a plain quantity."""
    return (op, value, None, unit, "percent" if unit == "%" else "number", [*rules])
