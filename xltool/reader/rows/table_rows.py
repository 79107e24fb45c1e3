"""The rows of a table in which something was filed, with the headings that they stand below."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.forms import base_data, review
from xltool.forms.tolerances import CENT
from xltool.reader.filed_cells import filed_cell, text_cell
from xltool.reader.notation.cells import parse_number
from xltool.reader.notation.tokens import State
from xltool.reader.records import FiledCell, Submission, TableRow
from xltool.reader.rows.excuses import add_shared_points, drop_points_of_parts, excuse_rows
from xltool.reader.rows.quantities import LONGEST_NUMBER, add_quantities

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.expr.nodes import Field
    from xltool.forms.model import Table
    from xltool.reader.a1 import Position
    from xltool.reader.locate import LocatedForm

_NUMBERING = re.compile(
    r"^\s*(?:其中\s*[:：]\s*)?(?:(?:\d{1,3}\s*(?:[、．]|\.(?!\d))|[（(]\s*\d{1,3}\s*[）)]|[一二三四五六七八九十]{1,3}\s*、)\s*)?"
)
"""其中： 1、 2. （3） 四、 before the name of a project; the point of 3.5公里 is no numbering."""
_SPACE = re.compile(r"\s+")
_HEADING = re.compile(
    r"(?P<name>[^（(]*)[（(](?:权重|分值|满分|共|合计)?[:：]?(?P<points>\d+(?:\.\d+)?)[分%]?[）)]"
    r"|(?P<bare>[^（(\d]+)(?P<behind>\d+(?:\.\d+)?)[分%]"
)


def table_rows(table: Table, located: LocatedForm, submission: Submission) -> list[TableRow]:
    """The rows of a table in which something was filed."""
    groups: dict[str, str] = {}
    printed: dict[str, list[float]] = {}
    cells, columns = _TableCells(table, located), located.columns[table.key]
    rows = []
    numbers = located.rows[table.key]
    for number in numbers:
        row = cells.row(number)
        if table is review.indicators:
            if located.is_template and cells.is_between_groups(number):
                groups = _next_group(cells, range(number, numbers[-1] + 1)) or groups
            _fill_groups(row, groups, printed, located)
        own = (key for key in row.cells if key not in groups and (number, columns[key]) not in cells.merged)
        filled = [key for key in own if row.cells[key].state is not State.BLANK]
        if filled and (located.is_template or not _has_only_no_points(row, filled)):
            rows.append(row)
    cells.share_merged(rows)
    if table is review.indicators:
        if not located.is_template:
            excuse_rows(rows)
        add_quantities(rows, located)
        add_shared_points(rows)
        if not located.is_template:
            drop_points_of_parts(rows)
    for name, points in printed.items():
        weights = (row.value(review.weight.key) for row in rows if row.value(review.category.key) == name)
        submission.derived[f"{name}_标注分值"] = _points_of_heading(points, weights)
    return rows


def _has_only_no_points(row: TableRow, filled: Sequence[str]) -> bool:
    """Whether a row holds nothing but points of 0, as a formula leaves them in a row that nobody filled in."""
    return {review.weight.key, review.score.key}.issuperset(filled) and not any(map(row.value, filled))


class _TableCells:
    """The cells of a table; it keeps those that are merged over several rows, so that each is read once."""

    def __init__(self, table: Table, located: LocatedForm) -> None:
        self.table, self.located = table, located
        self.merged = located.merged_cells(table)
        self._uppers = frozenset(self.merged.values())
        self._read: dict[tuple[str, Position], FiledCell] = {}

    def row(self, number: int) -> TableRow:
        """One row; `number` is its row on the sheet. A merged cell belongs to every row it covers."""
        row = TableRow(self.table.key, number)
        for column in self.table.inputs:
            at = self.located.column_of(self.table, column.key, number)
            if at is not None:
                upper = self.merged.get((number, at), (number, at))
                is_merged = upper in self._uppers
                row.cells[column.key] = (
                    self._merged_cell(column, upper) if is_merged else filed_cell(column, self.located, upper, None)
                )
        if self.table is review.indicators:
            self._add_parts(row)
        prompt = row.cells.get(review.indicator.key)
        if prompt is not None and prompt.state is State.NOT_APPLICABLE and set(str(prompt.raw).strip()) == {"…"}:
            # …… is what the template prints for the name of an indicator, not an answer (S-29).
            prompt.value, prompt.state = str(prompt.raw).strip(), State.FILLED
        name = row.cells.get(base_data.project_name.key)
        if name is not None and isinstance(name.value, str):
            name.value = _NUMBERING.sub("", name.value)
        return row

    def text_of(self, column: Field, number: int) -> str:
        """What a column prints in a row."""
        at = self.located.columns[self.table.key].get(column.key, 0)
        cell = self.located.sheet.cells.get((number, at))
        return "" if cell is None or cell.value is None else str(cell.value).strip()

    def is_between_groups(self, number: int) -> bool:
        """Whether a row of the indicators lies in no 一级指标: it was inserted above the first row of one."""
        at = self.located.columns[self.table.key].get(review.category.key, 0)
        if (number, at) in self.merged or self.text_of(review.category, number):
            return False
        above = range(number - 1, self.located.rows[self.table.key][0] - 1, -1)
        printed = next((row for row in above if self.text_of(review.category, row)), None)
        # A program that has dissolved the merged cells of a group leaves its rows blank in this column.
        return printed is None or (printed, at) in self._uppers

    def share_merged(self, rows: list[TableRow]) -> None:
        """Leave the number of a merged cell to the first of its rows: it is filed once, and the others need none."""
        numeric = {column.key for column in self.table.inputs if column.kind.numeric}
        shared = {at for _, at in self.merged}
        keys = [key for key, at in self.located.columns[self.table.key].items() if at in shared]
        seen: set[str] = set()
        for row in rows:
            for key in keys:
                filed = row.cells[key]
                filed.repeated = filed.cell in seen
                seen.add(filed.cell)
                if filed.repeated and key in numeric:
                    row.cells[key] = FiledCell(key, filed.cell, None, None, State.BLANK, unasked=True, repeated=True)

    def _merged_cell(self, column: Field, upper: Position) -> FiledCell:
        """The merged cell that begins here; for every row but the first a copy of what was read."""
        known = self._read.get((column.key, upper))
        if known is not None:
            return known.copy()
        self._read[column.key, upper] = filed = filed_cell(column, self.located, upper, None)
        return filed

    def _add_parts(self, row: TableRow) -> None:
        """Keep the cells of the sign and of the unit of a target that stand in columns of their own."""
        search = self.located.search
        split = None if search is None else search.split.get(review.target_value.key)
        columns = () if split is None else (split.sign, split.unit)
        for name, column in zip(review.TARGET_PARTS, columns, strict=False):
            if column is not None:
                position = self.merged.get((row.row, column), (row.row, column))
                row.parts[name] = text_cell(name, self.located, position)


def _next_group(cells: _TableCells, numbers: Iterable[int]) -> dict[str, str]:
    """The 一级指标 that is printed next on a template, with no 二级指标; {} where none is."""
    texts = (cells.text_of(review.category, number) for number in numbers)
    text = next(filter(None, texts), "")
    return {review.category.key: split_heading(text)[0], review.part.key: ""} if text else {}


def _fill_groups(row: TableRow, groups: dict[str, str], printed: dict[str, list[float]], located: LocatedForm) -> None:
    """Give a row its 一级 and 二级指标, which stand only in the first row of their merged cells.

    `groups` are those of the row above, and `printed` the points that headings print; both are updated.
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
                points = _points_beside(row, located) if points is None else points
                if points is not None:
                    printed.setdefault(name, []).append(points)
            groups[key] = name if key == review.category.key else _SPACE.sub("", filed.value)
        else:
            groups.setdefault(key, "")
        filed.value = groups[key] or None
        filed.state = State.FILLED if groups[key] else State.BLANK


def _points_of_heading(printed: Sequence[float], weights: Iterable[object]) -> float:
    """The points of a 一级指标 that is printed again on the next page: those that its rows contradict, if any.

    Where several parts of it print points of their own, these add up to those of the rows.
    """
    filed = sum(weight for weight in weights if isinstance(weight, float))
    if abs(sum(printed) - filed) < CENT:
        return sum(printed)
    return next((points for points in printed if abs(points - filed) >= CENT), printed[0])


def _points_beside(row: TableRow, located: LocatedForm) -> float | None:
    """The points of a 一级指标 that has a column of its own for them."""
    column = None if located.search is None else located.search.level_weights.get(review.category.key)
    cell = None if column is None else located.sheet.cells.get((row.row, column))
    points = None if cell is None else parse_number(cell.value, unit="分").value
    return points if isinstance(points, float) else None


@lru_cache(1024)
def split_heading(text: str) -> tuple[str, float | None]:
    """Name and printed points of a 一级指标.

    >>> split_heading("产出指标（50分）"), split_heading("效益指标30分")
    (('产出指标', 50.0), ('效益指标', 30.0))
    """
    folded = _SPACE.sub("", text)
    match = _HEADING.fullmatch(folded)
    points = match and (match["points"] or match["behind"])
    if match is None or not points or len(points) > LONGEST_NUMBER:
        return folded, None
    return match["name"] or match["bare"], float(points)
