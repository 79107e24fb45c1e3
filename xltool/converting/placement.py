"""Copy the inputs of one form to their cells in a template, with a line of the list for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from xltool.converting.conversion_list import CellOutcome, Content, ConvertedCell
from xltool.expr import frame
from xltool.expr.dates import serial
from xltool.expr.nodes import Field, Kind
from xltool.findings import address
from xltool.forms import FORMS, base_data, foot, project, review, self_review
from xltool.forms.grid import Grid, lay_out
from xltool.forms.tolerances import equal_as_written
from xltool.forms.words import item_of, kind_name, show
from xltool.normalize import fold
from xltool.reader.filed_cells import UNIT_WRITTEN
from xltool.reader.notation.tokens import State
from xltool.template.filling import indicator_columns, project_columns
from xltool.template.order import Order, SheetOrder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.reader.records import FiledCell, Submission, TableRow

LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""
CELL_OUTSIDE_FIELDS = "W-10"
NO_YEAR = "表上没有年度，请用 --year 指明后重新转换"
_FIRST_YEAR = 1900
_TARGETS = (review.target_value, review.actual_value)


@dataclass(frozen=True)
class FilledTemplate:
    """A template to write: its order, its sheet with all values, and the lines of the list."""

    order: Order
    sheet: SheetOrder
    lines: tuple[ConvertedCell, ...]


def fill_template(submission: Submission, order: Order) -> FilledTemplate:
    """The template of a form, filled with the inputs of the submission."""
    return _Conversion(submission, order).fill_template()


def part_of(row: TableRow) -> str | None:
    """The 二级指标 of the template that an indicator row belongs to; None where it is not certain."""
    filed = str(row.value(review.part.key) or "")
    if not filed:
        own = [group.parts for group in review.GROUPS if group.name == row.value(review.category.key)]
        return own[0][0] if own and len(own[0]) == 1 else None
    return review.part_named(fold(filed))


def lines_without_template(submission: Submission, reason: str) -> list[ConvertedCell]:
    """The lines of a form that cannot get a template."""
    return _lost_lines(submission, submission.with_fields(FORMS[submission.form]), reason)


def _lost_lines(submission: Submission, pairs: Iterable[tuple[Field, FiledCell]], reason: str) -> list[ConvertedCell]:
    return [
        _line(submission, item, filed, reason=reason, lost=True)
        for item, filed in pairs
        if filed.typed is not None and not filed.repeated
    ]


def lines_outside_fields(submission: Submission) -> list[ConvertedCell]:
    """Lines for the filled cells that belong to no field."""
    lines = []
    reason = "不属于表内栏目（W-10）"
    for note in submission.notes:
        if note.rule == CELL_OUTSIDE_FIELDS:
            for cell in (note.cell, *note.related):
                sheet, shown = submission.place(cell)
                text = note.words.get("内容", "") if cell == note.cell else ""
                place = (submission.path, sheet, shown)
                lines.append(ConvertedCell(*place, text, field="表外内容", outcome=CellOutcome.LEFT, reason=reason))
    return lines


class _Conversion:
    """The conversion of one submission: it collects the lines of the list while values are copied."""

    def __init__(self, submission: Submission, order: Order) -> None:
        self.submission, self.order = submission, order
        self.form = FORMS[submission.form]
        self.grid: Grid = lay_out(self.form, order.sizes)
        self.lines: list[ConvertedCell] = []

    def fill_template(self) -> FilledTemplate:
        """The template and its lines."""
        blank = (self_review.department, project.name, project.implementer, project.supervisor)
        # An order fills these fields in by itself; None keeps those blank that the submission leaves blank.
        prefill: dict[Field, object] = {item: None for item in blank if self.form.has(item)}
        inputs = [item for key, item in self.form.fields.items() if item.is_input and key in self.submission.values]
        for item in inputs:
            prefill[item] = self.place(item, self.submission.values[item.key], self.grid.position_of(item))
        prefill |= self.projects() if self.submission.form == base_data.FORM.key else self.indicators()
        values = frame.Values({**prefill, foot.year_end: serial(date(self.order.year, 12, 31))})
        for key, item in self.form.fields.items():
            if not item.is_input and key in self.submission.values:
                self.compare(item, self.submission.values[key], values)
        sheet = SheetOrder(self.form, self.submission.project, prefill=prefill)  # type: ignore[arg-type] # typed as read
        return FilledTemplate(self.order, sheet, tuple(self.lines))

    def place(self, item: Field, filed: FiledCell, target: tuple[int, int]) -> Content:
        """The content of an input's cell in the template; adds its line."""
        value, problem = _typed(item, filed)
        if filed.typed is None:
            return None
        if value is None:
            if problem:
                self.lines.append(_line(self.submission, item, filed, reason=problem, lost=True))
            return None
        repairs = _repairs(self.submission, item, filed, value)
        outcome = CellOutcome.REPAIRED if repairs else CellOutcome.PLACED
        line = _line(self.submission, item, filed, repairs=repairs)
        self.lines.append(
            replace(line, outcome=outcome, value=value, target_sheet=self.form.key, target_cell=address(*target))
        )
        return value

    def compare(self, item: Field, filed: FiledCell, values: frame.Values) -> None:
        """Add the line of a cell that the template computes, which says whether the result equals the filed value."""
        if filed.typed is None or filed.state in {State.BLANK, State.NOT_APPLICABLE}:
            return
        result = float(values.number(item)[0])
        given = None if result != result else result  # noqa: PLR0124 - NaN
        agrees = isinstance(filed.value, float) and given is not None and _agrees(item, filed, given)
        reason = "与原填一致" if agrees else f"由表样给出 {show(given, item.kind)}，与原填不一致"
        reason = reason if given is not None else "由表样计算，参与计算的项没有填，表样为空"
        line = _line(self.submission, item, filed, reason=reason)
        self.lines.append(
            replace(
                line,
                outcome=CellOutcome.GIVEN if agrees else CellOutcome.LEFT,
                value=given,
                target_sheet=self.form.key,
                target_cell=address(*self.grid.position_of(item)),
            )
        )

    def projects(self) -> dict[Field, list[str | float | None]]:
        """The columns of the project table."""
        rows = [row for row in self.submission.rows if row.table == base_data.PROJECTS]
        first = self.grid.spans[base_data.PROJECTS].first if rows else 0
        entries = [self.entry(row, base_data.projects.inputs, first + at) for at, row in enumerate(rows)]
        return project_columns(entries)

    def indicators(self) -> dict[Field, list[str | float | None]]:
        """The columns of the indicator table, each row among the rows of its 二级指标."""
        by_part: dict[str, list[TableRow]] = {part: [] for group in review.GROUPS for part in group.parts}
        for row in self.submission.rows:
            part = part_of(row)
            if part is None:
                self.lines += self.lines_of_lost_row(row)
            else:
                by_part[part].append(row)
        entries = []
        for group in review.GROUPS:
            first, _ = self.grid.spans[review.INDICATORS].groups[group.name]
            for number, part in enumerate(group.parts):
                top = first + number * self.order.indicators
                for at, row in enumerate(by_part[part]):
                    heads = self.headings(row, group.name, part, top + at)
                    entries.append({**self.entry(row, review.indicators.inputs[2:], top + at), **heads})
        return indicator_columns(entries, self.order.indicators)

    def entry(self, row: TableRow, columns: tuple[Field, ...], at: int) -> dict[str, str | float | None]:
        """The values of one table row by column key."""
        values: dict[str, str | float | None] = {}
        for column in columns:
            if column.key in row.cells:
                target = (at, self.grid.columns[column.defined_name])
                value = self.place(column, row.cells[column.key], target)
                values[column.key] = value if isinstance(value, str | float) else None
        return values

    def headings(self, row: TableRow, group: str, part: str, at: int) -> dict[str, str | float | None]:
        """一级指标 and 二级指标 of a row in the template; adds a line for each of the two."""
        for column, name in ((review.category, group), (review.part, part)):
            filed = row.cells.get(column.key)
            if filed is None or filed.typed is None or filed.repeated or not filed.value:
                continue
            repair = f"按表样归入“{name}”" if filed.value != name else ""
            line = _line(self.submission, column, filed, repairs=repair)
            target = address(at, self.grid.columns[column.defined_name])
            outcome = CellOutcome.REPAIRED if repair else CellOutcome.PLACED
            self.lines.append(
                replace(line, outcome=outcome, value=name, target_sheet=self.form.key, target_cell=target)
            )
        return {review.category.key: group, review.part.key: part}

    def lines_of_lost_row(self, row: TableRow) -> list[ConvertedCell]:
        """Lines of an indicator row that belongs to no 二级指标 of the template."""
        filed = row.value(review.part.key)
        reason = f"表样没有二级指标“{filed}”" if filed else "没有填二级指标，不知归入哪一类"
        pairs = [(self.form.columns[key], cell) for key, cell in row.cells.items()]
        return _lost_lines(self.submission, pairs, reason)


def _line(  # noqa: PLR0913 - a line of the list
    submission: Submission, item: Field, filed: FiledCell, *, reason: str = "", repairs: str = "", lost: bool = False
) -> ConvertedCell:
    """The line of a cell that has not been copied yet."""
    sheet, cell = submission.place(filed.cell)
    return ConvertedCell(
        submission.path,
        sheet,
        cell,
        filed.typed,
        field=item_of(item),
        outcome=CellOutcome.LEFT,
        reason=reason,
        repairs=repairs,
        lost=lost,
    )


def _typed(item: Field, filed: FiledCell) -> tuple[Content, str]:
    """The content of a cell as a number, a date or a text; or None and the reason why it cannot be copied."""
    problem = _problem(item, filed)
    if problem:
        return None, problem
    if filed.state is State.NOT_APPLICABLE:
        return str(filed.typed).strip(), ""
    if item.kind is Kind.DATE and isinstance(filed.value, str):
        return _day(filed.value), ""
    if item in _TARGETS and isinstance(filed.typed, float) and "%" not in str(filed.value):
        return filed.typed, ""
    return filed.value, ""


def _problem(item: Field, filed: FiledCell) -> str:
    """The reason why a filed value cannot be copied; "" where it can, or where nothing was filed."""
    if filed.state is State.NOT_CALCULATED:
        return "单元格是公式，文件里没有保存它的结果"
    if filed.state is State.UNPARSED:
        return f"不能读作{kind_name(item.kind)}"
    if isinstance(filed.value, str) and len(filed.value) > LONGEST_TEXT:
        return f"文字有 {len(filed.value)} 个字，超过一个单元格能放的 {LONGEST_TEXT} 个字"
    return ""


def _day(iso: str) -> date | str:
    """A date; the text itself where it names no day, or a day before the calendar of spreadsheets begins."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return day if day.year >= _FIRST_YEAR else iso


def _repairs(submission: Submission, item: Field, filed: FiledCell, value: Content) -> str:
    """The repairs that were made to a value on its way into the template; "" for none."""
    repairs = []
    if item not in _TARGETS:
        repairs += [f"{repair.rule} {repair.note}" for repair in filed.repairs]
    own_unit = any(repair.rule == UNIT_WRITTEN for repair in filed.repairs)
    if filed.as_text and not repairs:
        repairs.append("W-05 数字以文本存放，已改为数字")
    if item.kind is Kind.MONEY and submission.unit not in {"", "万元"} and not own_unit:
        repairs.append(f"W-11 金额单位由{submission.unit}折算为万元")
    if filed.formula is not None:
        repairs.append("公式改为它的结果")
    texts = isinstance(filed.typed, str) and isinstance(value, str) and filed.state is State.FILLED
    if texts and fold(str(filed.typed)) != fold(str(value)) and item.kind is not Kind.DATE:
        repairs.append("去掉名称前的序号")
    return "；".join(repairs)


def _agrees(item: Field, filed: FiledCell, given: float) -> bool:
    """Whether a filed result equals the computed one to the precision in which it was written."""
    step = (filed.step or 0) if item.kind is Kind.RATE else 0
    return isinstance(filed.value, float) and equal_as_written(filed.value, given, item.kind, step)
