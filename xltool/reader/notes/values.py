"""Notes that a form of any layout can have: how values are written, error values, hidden cells."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.findings import Severity, address, column_letters, row_column
from xltool.forms import base_data
from xltool.forms.words import UNPARSED, item_of, kind_name, listing, shorten
from xltool.reader.labels.placeholders import is_instruction
from xltool.reader.notation.cells import parse_number
from xltool.reader.notation.tokens import State, display
from xltool.reader.notes.registry import noted
from xltool.reader.records import FiledCell, Note, Submission

if TYPE_CHECKING:
    from xltool.expr.nodes import Field
    from xltool.reader.a1 import Position
    from xltool.reader.locate import LocatedForm

PROMPT_LEFT = "{field}填的是表样的提示文字“{内容}”，没有填写实际内容。"
LISTED = 8
"""Cells, names or rows that a message lists; of more it says 等."""


class FormReading(Struct, frozen=True):
    """A form that was read: the submission, where it stands on its sheet, and each filed cell with its field."""

    submission: Submission
    located: LocatedForm
    cells: list[tuple[Field, FiledCell]]

    @classmethod
    def of(cls, submission: Submission, located: LocatedForm) -> FormReading:
        """The reading of a form whose values have been extracted."""
        return cls(submission, located, submission.with_fields(located.form))


def notes_on_values(reading: FormReading) -> list[Note]:
    """Notes that any layout can have."""
    return [
        *prompts_left(reading),
        *unreadable_values(reading),
        *repaired_values(reading),
        *error_values(reading),
        *hidden_cells(reading.located),
        *filled_dash_cells(reading.located),
    ]


@noted("W-02")
def prompts_left(reading: FormReading) -> list[Note]:
    """A note for each cell in which the printed instruction still stands: 简要说明……（100字以内）."""
    return [
        Note(
            "W-02",
            filed.cell,
            item.key,
            {"field": item_of(item), "内容": shorten(str(filed.value), 40)},
            actual=str(filed.value),
            message=PROMPT_LEFT,
        )
        for item, filed in reading.cells
        if isinstance(filed.value, str) and not item.kind.numeric and is_instruction(filed.value)
    ]


@noted("W-05")
def unreadable_values(reading: FormReading) -> list[Note]:
    """A note for each cell that holds something its field cannot be read from."""
    notes = []
    for item, filed in reading.cells:
        if _is_unreadable(filed) and not _is_error(filed, reading.located):
            words = {"field": item_of(item), "类型": kind_name(item.kind)}
            note = Note("W-05", filed.cell, item.key, words, actual=str(filed.typed), severity=Severity.WARNING)
            note.message = UNPARSED
            notes.append(note)
    return notes


@noted("T-01", "T-02", "T-03", "T-04", "T-05", "T-06", "T-07", "T-08", "T-09", "T-10", "A2-14", "W-05")
def repaired_values(reading: FormReading) -> list[Note]:
    """A note for each kind of repair that values needed before they could be read, and for numbers kept as text."""
    repaired: dict[str, list[FiledCell]] = defaultdict(list)
    for item, filed in reading.cells:
        if _is_unreadable(filed) and not _is_error(filed, reading.located):
            continue
        codes = {repair.rule for repair in filed.repairs}
        if filed.state is State.NOT_APPLICABLE and item.kind.numeric and item.is_input:
            codes = {"T-03"}
        if filed.as_text and not codes:
            codes = {"W-05"}
        for code in codes:
            repaired[code].append(filed)
    return [_repair_note(code, cells, reading.located) for code, cells in sorted(repaired.items())]


def _repair_note(code: str, cells: list[FiledCell], located: LocatedForm) -> Note:
    """One note on all cells that needed the same repair."""
    listed = "，".join(
        f"{located.sheet.place(*row_column(filed.cell))[1]} “{_as_typed(filed)}”读作 {_as_read(filed)}"
        for filed in cells[:LISTED]
    )
    words = {"个数": str(len(cells)), "清单": listed + ("等" if len(cells) > LISTED else "")}
    first, *rest = cells
    related = tuple(filed.cell for filed in rest)
    return Note(code, first.cell, first.field, words, related, str(first.typed), _as_read(first))


def _as_typed(filed: FiledCell) -> str:
    """What the cell holds, with the spaces that would not be seen shown as □."""
    return re.sub(r"\s", "□", str(filed.typed))[:24]


def _as_read(filed: FiledCell) -> str:
    """What the cell was read as."""
    if filed.reading is not None:
        return filed.reading
    if filed.state is State.NOT_APPLICABLE:
        return "没有该项内容"
    return display(filed.value) if isinstance(filed.value, float) else str(filed.value)


def _is_unreadable(filed: FiledCell) -> bool:
    """Whether what was typed into a cell could not be read."""
    return filed.state is State.UNPARSED and filed.formula is None


@noted("W-08")
def error_values(reading: FormReading) -> list[Note]:
    """A note for each cell that shows an error value such as #DIV/0!, and for the first of those that are no fields."""
    notes = [
        Note("W-08", filed.cell, item.key, {"field": item_of(item)}, actual=str(filed.typed))
        for item, filed in reading.cells
        if filed.state is State.UNPARSED and _is_error(filed, reading.located)
    ]
    located, known = reading.located, {filed.cell for _, filed in reading.cells}
    errors = [position for position, cell in located.sheet.cells.items() if cell.error]
    others = [
        position
        for position in errors
        if located.search is not None and located.search.area.holds(position) and address(*position) not in known
    ]
    if others:
        first, *rest = sorted(others)
        words = {"field": f"单元格 {address(*first)}" + (f" 等 {len(others)} 格" if rest else "")}
        related = tuple(address(*position) for position in rest[:LISTED])
        notes.append(Note("W-08", address(*first), None, words, related, str(located.sheet.cells[first].value)))
    return notes


def _is_error(filed: FiledCell, located: LocatedForm) -> bool:
    """Whether the cell holds an error value."""
    cell = located.sheet.cells.get(row_column(filed.cell))
    return cell is not None and cell.error


@noted("W-06")
def hidden_cells(located: LocatedForm) -> list[Note]:
    """Hidden rows and columns of the form that hold something, and a hidden sheet."""
    sheet = located.sheet
    last_row = max((row for row, _ in located.cells.values()), default=0)
    last_column = len(located.form.widths)
    cells = sheet.cells.items() if sheet.hidden_rows or sheet.hidden_columns else ()
    filled = [position for position, cell in cells if position[1] <= last_column and cell.value not in (None, "")]
    notes = []
    rows = sorted({row for row, _ in filled if row in sheet.hidden_rows and row <= last_row})
    columns = sorted({column for _, column in filled if column in sheet.hidden_columns})
    if rows:
        notes.append(Note("W-06", address(rows[0], 1), words={"范围": f"第 {listing(rows, LISTED)} 行"}))
    if columns:
        letters = listing([column_letters(column) for column in columns], LISTED)
        notes.append(Note("W-06", address(1, columns[0]), words={"范围": f"{letters} 列"}))
    if sheet.state != "visible":
        notes.append(Note("W-06", words={"范围": f"工作表“{sheet.name}”"}))
    return notes


@noted("A1-25")
def filled_dash_cells(located: LocatedForm) -> list[Note]:
    """Cells of the base data form that print —— because nothing belongs there, and hold a number."""
    if located.form is not base_data.FORM:
        return []
    return [
        Note(
            "A1-25", address(*position), words={"field": item}, actual=str(located.sheet.cells[position].value).strip()
        )
        for item, position in dash_cells_with_numbers(located).items()
    ]


def dash_cells_with_numbers(located: LocatedForm) -> dict[str, Position]:
    """The cells that print —— and hold a number, by the name of the item whose 上年决算数 they would be."""
    filled = {}
    heads = {located.cells.get(item.key, (0, 0))[1]: item for item in base_data.three_public}
    columns = {item.key: column for column, item in heads.items()}
    for line in (base_data.procurement, base_data.adjustment):
        row, column = located.cells.get(line.budget.key, (0, 0))
        if not row or heads.get(column) is not base_data.three_public.budget:
            continue
        position = (row, columns.get(base_data.three_public.last.key, 0))
        cell = located.sheet.cells.get(position)
        if cell is not None and parse_number(cell.value, unit="万元").state is State.FILLED:
            filled[item_of(line.last)] = position
    return filled
