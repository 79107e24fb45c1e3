"""Formulas that find the first place a line of the 审核 panel speaks of: its check, its row, its address.

A line has a cell for each of them, so that the message need not repeat the search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """The cells of a line that hold its count, the number of its first violated check, and the first row.

    A line of several checks of single cells has no row; there stand the verdicts of its checks, a text of 0 and 1.
    """

    count: str
    which: str
    row: str

    @property
    def verdicts(self) -> str:
        """The cell of the verdicts of a line that has them."""
        return self.row


def count_of_verdicts(pointer: Pointer) -> str:
    """The formula that counts the checks that the verdicts of a line call violated."""
    return f'=LEN(SUBSTITUTE({pointer.verdicts},"0",""))'


def first_of_verdicts(pointer: Pointer) -> str:
    """The formula of the number of the first check that the verdicts of a line call violated, 0 where none is."""
    return f'=IFERROR(FIND("1",{pointer.verdicts}),0)'


def which_formula(counts: Sequence[str], pointer: Pointer) -> str:
    """The number of the first check that counts violations, from 1; 0 where none does.

    The last check is not counted again: where there are violations and no other check has them, they are its own.
    """
    chain = str(len(counts))
    for number in range(len(counts) - 1, 0, -1):
        chain = f"IF({counts[number - 1]}>0,{number},{chain})"
    return f"=IF({pointer.count}=0,0,{chain})"


def row_formula(checks: Sequence[Check], cells: SheetCells, pointer: Pointer) -> str:
    """The first row in which the check at hand is violated, 0 for a check of the form; "" without checks of rows."""
    if len(checks) == 1:
        return f"=IF({pointer.count}>0,{_first_row(checks[0], cells)},0)" if checks[0].of_rows else ""
    chain = "0"
    for number, check in reversed(list(enumerate(checks, start=1))):
        if check.of_rows:
            first = _first_row(check, cells)
            chain = f"IF({pointer.which}={number},{first},{chain})"
    return "" if chain == "0" else f"={chain}"


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
    if len(set(texts)) == 1:
        return texts[0]
    head, tail = texts[:MOST_CHOICES], texts[MOST_CHOICES:]
    first = f"CHOOSE({pointer.which},{','.join(head)})"
    if not tail:
        return first
    rest = choose(tail, replace(pointer, which=f"({pointer.which}-{MOST_CHOICES})"))
    return f"IF({pointer.which}<={MOST_CHOICES},{first},{rest})"


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
