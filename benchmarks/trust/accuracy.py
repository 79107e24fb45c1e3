"""Whether what was read of a real filing is what a person reads in it, cell by cell.

Only fields that our forms have are compared. A value is right where it was read from the same cell (or another cell of
the same merged area), `raw` is what the cell holds, and a number was understood as that number, in whatever unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from openpyxl.utils import coordinate_to_tuple

from xltool.forms import FORMS
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from openpyxl import Workbook

    from benchmarks.trust.drawing import Content, Value
    from xltool.reader.records import FiledCell, FileRecord, Submission

AMOUNT: Final = re.compile(r"\s*-?[\d,，]+(?:\.\d+)?")
NUMERIC: Final = (
    *("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
    *("上年决算数", "本年预算数", "本年决算数", "编制数", "实际在职人数", "控制率"),
)
"""Last parts of the names of fields that hold numbers."""
SCALES: Final = (1.0, 100.0, 10_000.0, 0.0001)
"""Percent, 元 among 万元 and 亿元 among them: what a number may be divided by on its way from the cell."""
Key = tuple[str, str, int | None]
"""Form, field and number of the row, where the field is the column of a table."""
JOINED: Final = "年度指标值"
"""Field that joins several cells where a form has nature, target and unit in columns of their own."""


@dataclass
class Accuracy:
    """What was read of a filing: cells that hold a value and how many are right, and each that is not, in words."""

    cells: int = 0
    right: int = 0
    extra: int = 0
    """Values read where the filing has none."""
    notes: list[str] = field(default_factory=list)

    def add(self, other: Accuracy) -> None:
        """Add the figures of another filing."""
        self.cells += other.cells
        self.right += other.right
        self.extra += other.extra


def compare(values: Sequence[Value], book: Workbook, record: FileRecord) -> Accuracy:
    """Compare what was read of a workbook with the values of its drawing."""
    result = Accuracy()
    expected = set[tuple[int, Key]]()
    for value in values:
        if not _is_ours(value):
            continue
        key = value.form, value.field, value.row
        submission = _submission_of(value, record)
        expected.add((id(submission), key))
        filed = _filed(submission, value.field, value.row)
        if value.holds is None or value.part == "":
            _count_extra(result, value.holds, key, filed)
            continue
        result.cells += 1
        if filed is not None and _is_right(value, filed, book):
            result.right += 1
        else:
            shown = "没有读到" if filed is None else f"读作 {filed.cell} {filed.raw!r}（{filed.value!r}）"
            result.notes.append(f"{_name(key)} {value.cell} {value.holds!r}：{shown}")
    for submission in record.submissions:
        for key, filed in _everything(submission):
            if (id(submission), key) not in expected:
                _count_extra(result, None, key, filed)
    return result


def _submission_of(value: Value, record: FileRecord) -> Submission | None:
    """The submission that a value belongs to: of several of its form the last one that begins above it on its sheet."""
    submissions = [submission for submission in record.submissions if submission.form == value.form]
    row, _ = coordinate_to_tuple(value.cell)
    above = [each for each in submissions if each.sheet == value.sheet and _first_row(each) <= row]
    return max(above, key=_first_row) if above else next(iter(submissions), None)


def _first_row(submission: Submission) -> int:
    """The row in which the first cell of a submission stands."""
    return min((coordinate_to_tuple(filed.cell)[0] for _, filed in _everything(submission)), default=0)


def filed_values(values: Sequence[Value], record: FileRecord) -> Iterator[tuple[Value, FiledCell | None]]:
    """Each value of a drawing with what was read as it."""
    for value in values:
        if _is_ours(value):
            yield value, _filed(_submission_of(value, record), value.field, value.row)


def is_right(value: Value, filed: FiledCell | None, book: Workbook) -> bool:
    """Whether a value of a drawing was read from its cell and understood."""
    return filed is not None and value.holds is not None and value.part != "" and _is_right(value, filed, book)


def _is_ours(value: Value) -> bool:
    form = FORMS.get(value.form)
    if form is None:
        return False
    if value.row is None:
        return value.field in form.fields
    return any(value.field == column.key for table in form.tables for column in table.inputs)


def _filed(submission: Submission | None, key: str, number: int | None) -> FiledCell | None:
    if submission is None:
        return None
    if number is None:
        return submission.values.get(key)
    return submission.rows[number - 1].cells.get(key) if number <= len(submission.rows) else None


def _everything(submission: Submission) -> Iterator[tuple[Key, FiledCell]]:
    """Every cell that was read, by form, field and number of its row."""
    for key, filed in submission.values.items():
        yield (submission.form, key, None), filed
    for number, row in enumerate(submission.rows, 1):
        for key, filed in row.cells.items():
            yield (submission.form, key, number), filed


def _count_extra(result: Accuracy, holds: Content, key: Key, filed: FiledCell | None) -> None:
    """Count a value that was read where a person reads none; a merged score may be read for all of its rows."""
    if filed is None or filed.value is None or filed.state is State.BLANK:
        return
    if holds is not None and _is_same(filed.value, holds):
        return
    result.extra += 1
    result.notes.append(f"{_name(key)} 多读 {filed.cell} {filed.raw!r}")


def _is_right(value: Value, filed: FiledCell, book: Workbook) -> bool:
    if not _is_same_cell(book, value, filed.cell):
        return False
    if value.row is not None and filed.raw is None:
        # A merged cell is read for each of its rows; only the first holds the text.
        return filed.value is not None and _unspaced(value.holds).startswith(_unspaced(filed.value))
    if not _is_same(filed.raw, value.holds) and not (value.field == JOINED and filed.part is not None):
        return False
    sought = value.holds if value.part is None else value.part
    if value.field.rpartition("_")[2] in NUMERIC and AMOUNT.match(_text(sought)):
        return isinstance(filed.value, float) and _is_number(filed.value, _text(sought))
    return value.part is None or value.part in _text(filed.typed) or _text(filed.value) == value.part


def _is_same_cell(book: Workbook, value: Value, cell: str) -> bool:
    if cell == value.cell:
        return True
    row, column = coordinate_to_tuple(cell)
    return any(
        value.cell in area and area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col
        for area in book[value.sheet].merged_cells.ranges
    )


def _is_same(read: Content, holds: Content) -> bool:
    if isinstance(read, float | int) and isinstance(holds, float | int):
        return abs(read - holds) < 1e-9
    return _text(read) == _text(holds)


def _is_number(read: float, text: str) -> bool:
    match = AMOUNT.match(text)
    number = float(re.sub("[,，]", "", match[0])) if match else 0.0
    return any(abs(read - number / scale) < 1e-9 for scale in SCALES)


def _text(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str(content).strip()


def _unspaced(content: Content) -> str:
    return "".join(_text(content).split())


def _name(key: Key) -> str:
    form, name, row = key
    return f"{form} {name}" if row is None else f"{form} 第{row}行{name}"


def total(parts: Iterable[Accuracy]) -> Accuracy:
    """The figures of several filings together."""
    result = Accuracy()
    for part in parts:
        result.add(part)
    return result
