"""Formulas that find the first place a line of the 审核 panel speaks of: its check, its row, its address.

A line has a cell for each of them, so that the message need not repeat the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.expr import arrays
from xltool.expr.nodes import Sum, walk
from xltool.template.checks.rows import first_of_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.rules.model import Check
    from xltool.template.cells import SheetCells

BELOW_ALL = 99_999
"""More than the last row of any form."""

MOST_CHOICES = 30
"""Choices of a CHOOSE; LibreOffice allows 31."""


@dataclass(frozen=True)
class Pointer:
    """The cells of a line that hold its count, the verdicts of its checks, and the first row."""

    count: str
    verdicts: str
    """A text with 1 for each check that is violated, else 0; only a line of several checks has it."""
    row: str

    @property
    def which(self) -> str:
        """An expression for the number of the first violated check, from 1; an error where none is."""
        return f'FIND("1",{self.verdicts})'


def count_formula(checks: Sequence[Check], counts: Sequence[str], pointer: Pointer) -> str:
    """The number of violations of all checks; those of single cells are counted by their verdicts."""
    at_cells = [number for number, check in enumerate(checks, start=1) if not check.of_rows]
    if len(at_cells) < 2 or at_cells[-1] - at_cells[0] >= len(at_cells):  # noqa: PLR2004 - one verdict is no shorter
        return "=" + "+".join(counts)
    of_cells = f"MID({pointer.verdicts},{at_cells[0]},{len(at_cells)})"
    own = f'LEN(SUBSTITUTE({of_cells if len(at_cells) < len(checks) else pointer.verdicts},"0",""))'
    return "=" + "+".join([*(count for check, count in zip(checks, counts, strict=True) if check.of_rows), own])


def verdicts_formula(checks: Sequence[Check], counts: Sequence[str]) -> str:
    """The verdicts of several checks as a text; "" for a single check, whose count says the same."""
    if len(checks) == 1:
        return ""
    pairs = zip(checks, counts, strict=True)
    return "=" + "&".join(f"N({count}>0)" if check.of_rows else count for check, count in pairs)


def row_formula(checks: Sequence[Check], cells: SheetCells, pointer: Pointer) -> str:
    """The first row in which the check at hand is violated, 0 for a check of the form; "" without checks of rows."""
    if len(checks) == 1:
        return f"=IF({pointer.count}>0,{_first_row(checks[0], cells)},0)" if checks[0].of_rows else ""
    chain = "0"
    for number, check in reversed(list(enumerate(checks, start=1))):
        if check.of_rows:
            first = _first_row(check, cells)
            chain = f"IF({pointer.which}={number},{first},{chain})"
    return "" if chain == "0" else f"=IF({pointer.count}=0,0,{chain})"


def _first_row(check: Check, cells: SheetCells) -> str:
    first = first_of_rows(check, cells)
    if first:
        return first
    column = next(item for item in check.loose if item.table)
    # SUMPRODUCT makes every program calculate the array inside LARGE; Gnumeric does not inside MAX.
    flags = f"{arrays.violation_flags(check.test, cells)}*({BELOW_ALL}-ROW({cells.span(column)}))"
    return f"{BELOW_ALL}-SUMPRODUCT(LARGE({flags},1))"


def place_formula(checks: Sequence[Check], cells: SheetCells, pointer: Pointer) -> str:
    """The address of the first place, "" where there is none; it moves with the cells."""
    places = [_address(check, cells, pointer) for check in checks]
    return f'=IF({pointer.count}=0,"",{choose(places, pointer)})'


def choose(texts: Sequence[str], pointer: Pointer) -> str:
    """The text of the check at hand, as an expression; `texts` has an expression for each check."""
    return texts[0] if len(set(texts)) == 1 else _chosen(texts, pointer.which)


def _chosen(texts: Sequence[str], which: str) -> str:
    """The text whose number, from 1, an expression gives."""
    head, tail = texts[:MOST_CHOICES], texts[MOST_CHOICES:]
    first = f"CHOOSE({which},{','.join(head)})"
    if not tail:
        return first
    rest = tail[0] if len(set(tail)) == 1 else _chosen(tail, f"({which}-{MOST_CHOICES})")
    return f"IF({which}<={MOST_CHOICES},{first},{rest})"


def _address(check: Check, cells: SheetCells, pointer: Pointer) -> str:
    reference = first_cell(check, cells).replace("$", "")
    letters = reference.rstrip("0123456789")
    row = pointer.row if check.of_rows else f"ROW(${letters}${reference[len(letters) :]})"
    return f'"{letters}"&{row}'


def first_cell(check: Check, cells: SheetCells) -> str:
    """The cell a check asks to correct; of a table column the first, or the first of the group that is summed."""
    if check.at.table is None:
        return cells.cell(check.at)
    groups = (node.group for node in walk(check.test) if isinstance(node, Sum) and node.column is check.at)
    return cells.first(check.at, next(groups, None))
