"""What a department wrote into the list of problems of a returned copy, matched by the ids of its rows.

Programs and people change the list: they rename or move its sheet, insert a row above it, sort or delete rows, merge
cells, and save it in a format that keeps no hidden column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.findings import address
from xltool.forms.problem_list import (
    CELL,
    EXPLANATION,
    NUMBER,
    PROBLEM,
    RETURNED,
    RULE,
    SHEET,
    RowId,
    heads_in,
)
from xltool.reader.records import Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.reader.model import Sheet

_FIRST_ROWS: Final = 20
"""Rows in which the mark of a list is looked for."""
_NOTHING: Final = frozenset("无/-－—–、。.") | {"——", "--", "无。"}
"""What people write where they have nothing to explain."""


def is_list(sheet: Sheet) -> bool:
    """Whether a sheet is a list of problems: it has the mark of a list in its first rows, or the heads of a list."""
    if any(cell.value == RETURNED and row <= _FIRST_ROWS for (row, _), cell in sheet.cells.items()):
        return True
    rows = {row for (row, _), cell in sheet.cells.items() if cell.value == EXPLANATION}
    return bool(rows) and heads_in(_texts(sheet)[row] for row in sorted(rows)) is not None


def explanations_in(sheet: Sheet) -> list[Explanation]:
    """The explanations on a list, in its order; those of rows without a usable id have no key."""
    rows = _texts(sheet)
    numbers = sorted(rows)
    heads = heads_in(rows[number] for number in numbers)
    if heads is None:
        return []
    at, columns = heads
    ids = {row: own for row in numbers for own in map(RowId.parse, rows[row].values()) if own is not None}
    by_number = {own.number: own for own in ids.values()}
    merged = _merged(sheet, columns[EXPLANATION])
    explanations = []
    for row in numbers[at + 1 :]:
        texts = {head: rows[row].get(column, "") for head, column in columns.items()}
        source = merged.get(row, row)
        text = rows.get(source, {}).get(columns[EXPLANATION], "").strip()
        if not text or text in _NOTHING:
            continue
        known = _known(texts, ids.get(row), by_number)
        explanations.append(
            Explanation(
                key=known.key if known else "",
                rule=texts.get(RULE, ""),
                sheet=texts.get(SHEET, ""),
                cell=texts.get(CELL, ""),
                problem=texts.get(PROBLEM, ""),
                text=text,
                list_sheet=sheet.name,
                list_cell=address(source, columns[EXPLANATION]),
            )
        )
    return explanations


def _known(texts: Mapping[str, str], own: RowId | None, by_number: Mapping[str, RowId]) -> RowId | None:
    """The id of a row: by its number, since sorting may leave hidden cells behind, else its own.

    The rule that the row shows has to be that of the id.
    """
    rule = texts.get(RULE, "")
    for candidate in (by_number.get(texts.get(NUMBER, "")), own):
        if candidate is not None and rule in ("", candidate.rule):
            return candidate
    return None


def _merged(sheet: Sheet, column: int) -> dict[int, int]:
    """The first row of the merged cells of a column, by each of their rows: the explanation is that of all of them."""
    return {
        row: top
        for top, left, bottom, right in sheet.merges
        if left <= column <= right and bottom - top < len(sheet.cells)
        for row in range(top, bottom + 1)
    }


def _texts(sheet: Sheet) -> dict[int, dict[int, str]]:
    """The texts of a sheet by row and column; numbers without decimals that are not there."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        value = cell.value
        if value is not None and value != "":
            text = f"{value:g}" if isinstance(value, float) else str(value).strip()
            rows.setdefault(row, {})[column] = text
    return rows
