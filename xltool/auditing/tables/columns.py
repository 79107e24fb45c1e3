"""Columns of frames: what stands in the cells of many forms, as arrays of numbers, texts and marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from xltool.expr.dates import serial
from xltool.expr.nodes import Kind
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.expr.frame import Numbers
    from xltool.expr.nodes import Field
    from xltool.reader.records import TableRow

Texts = npt.NDArray[np.object_]
Value: TypeAlias = float | str | None
_ISO = re.compile(r"\d{4}-\d{2}(-\d{2})?")
# Tuples: the identity of a member is compared faster than the hash of its name is computed.
MARKED = (State.NOT_APPLICABLE, State.UNPARSED)
STANDS = (State.FILLED, *MARKED)


@dataclass
class Shared:
    """Which submissions of a frame share cells: each has a number of a submission whose cells are its own.

    Each number is that of a submission with the same number, so that cells are looked at once.
    """

    values: list[int] = field(default_factory=list)
    """By submission, whose fields it has."""
    rows: list[int] = field(default_factory=list)
    """By submission, whose table rows it has."""


def positions(own: Mapping[int, Sequence[TableRow]], whose: Iterable[int]) -> npt.NDArray[np.int_]:
    """Where the rows of each form stand among those that are looked at; `own` has these in their order."""
    first, end = dict[int, int](), 0
    for number, rows in own.items():
        first[number], end = end, end + len(rows)
    return np.array([first[number] + at for number in whose for at in range(len(own[number]))], dtype=np.int_)


def day(value: Value) -> float:
    """A date as Excel counts days (a month as its first day), a number as it is; NaN for all else."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        return serial(date.fromisoformat(f"{value}-01"[:10]))
    return value if isinstance(value, float) else np.nan


def stands(rows: Sequence[TableRow], item: Field) -> list[bool]:
    """Whether the cell of each row holds anything."""
    key = item.key
    if item.derived:
        return [row.derived.get(key) is not None for row in rows]
    return [(cell := row.cells.get(key)) is not None and cell.state in STANDS for row in rows]


def numbers(values: Sequence[Value], kind: Kind | None = None) -> Numbers:
    """The numbers among values, dates as Excel counts days; NaN for all else."""
    if kind is Kind.DATE:
        return np.array([day(value) for value in values], dtype=np.float64)
    return np.array([value if isinstance(value, float) else np.nan for value in values], dtype=np.float64)


def texts(values: Sequence[Value]) -> Texts:
    """Values as texts, "" where blank."""
    shown = ["" if value is None else value if isinstance(value, str) else f"{value:g}" for value in values]
    return np.array(shown, dtype=object)
