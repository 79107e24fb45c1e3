"""Rows of the tables of a form: indicators and projects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import base_data, review
from xltool.reader.filed_cells import filed_cell
from xltool.reader.notation.cells import State
from xltool.reader.records import Submission, TableRow
from xltool.reader.rows.quantities import LONGEST_NUMBER, add_quantities

if TYPE_CHECKING:
    from xltool.forms.model import Table
    from xltool.reader.locate import LocatedForm

_NUMBERING = re.compile(
    r"^\s*(?:\d{1,3}\s*(?:[、．]|\.(?!\d))|[（(]\s*\d{1,3}\s*[）)]|[一二三四五六七八九十]{1,3}\s*、)\s*"
)
"""1、 2. （3） 四、 before the name of a project; the point of 3.5公里 is no numbering."""
_HEADING = re.compile(r"^(?P<name>[^（(]*)[（(]\s*(?P<points>\d+(?:\.\d+)?)\s*分\s*[）)]$")


def table_rows(table: Table, located: LocatedForm, submission: Submission) -> list[TableRow]:
    """The rows of a table in which something was filed."""
    groups: dict[str, str] = {}
    rows = []
    for number in located.rows[table.key]:
        row = _row(table, located, number)
        if table is review.indicators:
            _fill_groups(row, groups, submission)
            entries = [filed for key, filed in row.cells.items() if key not in groups]
        else:
            entries = list(row.cells.values())
        if any(filed.state is not State.BLANK for filed in entries):
            rows.append(row)
    if table is review.indicators:
        add_quantities(rows, located)
    return rows


def _row(table: Table, located: LocatedForm, number: int) -> TableRow:
    """One row of a table; `number` is its row on the sheet."""
    row = TableRow(table.key, number)
    for column in table.inputs:
        at = located.column_of(table, column.key, number)
        if at is not None:
            row.cells[column.key] = filed_cell(column, located, (number, at), None)
    prompt = row.cells.get(review.indicator.key)
    if prompt is not None and prompt.state is State.NOT_APPLICABLE and set(str(prompt.raw).strip()) == {"…"}:
        # …… is what the template prints for the name of an indicator, not an answer (S-29).
        prompt.value, prompt.state = str(prompt.raw).strip(), State.FILLED
    name = row.cells.get(base_data.project_name.key)
    if name is not None and isinstance(name.value, str):
        name.value = _NUMBERING.sub("", name.value)
    return row


def _fill_groups(row: TableRow, groups: dict[str, str], submission: Submission) -> None:
    """Give a row its 一级 and 二级指标, which stand only in the first row of their merged cells.

    `groups` are those of the row above, and are updated.
    """
    for key in (review.category.key, review.part.key):
        filed = row.cells.get(key)
        if filed is None:
            continue
        if isinstance(filed.value, str) and filed.value:
            name, points = split_heading(filed.value)
            if key == review.category.key:
                if name != groups.get(key):  # a name that is repeated on every row begins no new group
                    groups[review.part.key] = ""
                if points is not None:
                    submission.derived[f"{name}_标注分值"] = points
            groups[key] = name
        else:
            groups.setdefault(key, "")
        filed.value = groups[key] or None
        filed.state = State.FILLED if groups[key] else State.BLANK


def split_heading(text: str) -> tuple[str, float | None]:
    """Name and printed points of a 一级指标.

    >>> split_heading("产出指标（50分）")
    ('产出指标', 50.0)
    """
    folded = re.sub(r"\s+", "", text)
    match = _HEADING.match(folded)
    if match is None or len(match["points"]) > LONGEST_NUMBER:
        return folded, None
    return match["name"], float(match["points"])
