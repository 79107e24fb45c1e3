"""The label locator on grids nobody drew: labels in any order, noise between them, merges across everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xltool.auditing.audit import audit
from xltool.batches.grouping import as_filings
from xltool.findings import row_column
from xltool.forms import FORMS
from xltool.outputs import json_output
from xltool.reader.model import Book, Cell, Sheet
from xltool.reader.notation.tokens import emptiness, to_halfwidth
from xltool.reader.reading import read_book
from xltool.reader.records import FiledCell, FileRecord, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLES = ("2023年度部门整体支出绩效评价基础数据表", "部门整体支出绩效自评表", "项目支出绩效自评表（2023年度）", "附件2")
LABELS = sorted(
    {
        label
        for form in FORMS.values()
        for item in form.fields.values()
        for label in (item.key.rpartition("_")[2], item.key.partition("_")[0], *item.aliases)
    }
    | {column.key for form in FORMS.values() for table in form.tables for column in table.inputs}
    | {"上年决算数", "本年预算数", "2023年决算数", "单位：元", "填表人：某某 填报日期： 联系电话：0000000"}
)
VALUES = (
    "3",
    "12.5",
    "125%",
    "——",
    "无",
    "≥95%",
    "3亿元",
    "2024年6月12日",
    "　",
    "=1+1",
    "\u202e",
    "\ud800",
    "1e999",
    "长" * 500,
)
texts = (
    st.sampled_from(LABELS)
    | st.sampled_from(VALUES)
    | st.builds(
        "{}{}{}".format,
        st.sampled_from(("", "1、", "其中：", "　")),
        st.sampled_from(LABELS),
        st.sampled_from(("：", "（万元）", "\n")),
    )
    | st.text(max_size=12)
)
contents = (
    texts | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6).map(float) | st.booleans()
)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """A sheet of up to 14 rows and 8 columns, most of it filled, under a title or none."""
    height, width = draw(st.integers(4, 14)), draw(st.integers(2, 8))
    sheet = Sheet("表")
    filled = draw(
        st.lists(st.none() | st.sampled_from(LABELS) | contents, min_size=height * width, max_size=height * width)
    )
    for at, value in enumerate(filled):
        if value is not None:
            spot = (at // width + 2, at % width + 1)
            sheet.cells[spot] = Cell(value, number_format=draw(st.sampled_from(("General", "0%"))))
    title = draw(st.sampled_from((*TITLES[:3], *TITLES)))
    if title is not None:
        sheet.cells[1, 1] = Cell(title)
    corner = st.tuples(st.integers(1, 15), st.integers(1, 8), st.integers(0, 4), st.integers(0, 8))
    sheet.merges = [
        (top, left, top + high, left + wide) for top, left, high, wide in draw(st.lists(corner, max_size=5))
    ]
    return sheet


def read(sheet: Sheet) -> FileRecord:
    """The sheet read as the only one of a workbook."""
    return read_book(Book([sheet]), FileRecord("表.xlsx", "read"))


def filed(submission: Submission) -> Iterator[FiledCell]:
    """Every cell that was read."""
    yield from submission.values.values()
    for row in submission.rows:
        yield from row.cells.values()


many = settings(
    derandomize=True,
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@many
@given(sheets())
def test_what_is_read_stands_in_its_cell(sheet: Sheet) -> None:
    """Any grid is read without an error; a value is what its cell holds, or the part behind a label in it."""
    for submission in read(sheet).submissions:
        for each in filed(submission):
            assert re.fullmatch("[A-Z]{1,3}[1-9][0-9]*", each.cell)
            if each.raw is None:
                continue
            cell = sheet.cells.get(row_column(each.cell))
            held = "" if cell is None else cell.value
            assert each.raw == held or isinstance(held, bool), each
            assert each.part is None or each.part.strip() in str(held) or each.reading, each


@many
@given(sheets())
def test_no_two_fields_share_a_value(sheet: Sheet) -> None:
    """A cell that says something is the value of one field, unless it spells out several with their labels."""
    for submission in read(sheet).submissions:
        used: dict[tuple[str, str | float], str] = {}
        for each in submission.values.values():
            says = isinstance(each.typed, float) or emptiness(to_halfwidth(each.typed or "")[0]) is None
            if says and each.typed is not None:
                assert used.setdefault((each.cell, each.typed), each.field) == each.field


def test_merges_that_overlap_give_no_cell_to_two_fields() -> None:
    """A label of one field and the row of another lead to the same cell, which belongs to two merges."""
    sheet = Sheet("表")
    cells = {(1, 1): TITLES[0], (8, 2): "2023年决算数", (10, 1): "上报日期", (10, 2): "厉行节约保障措施"}
    heads = {(row, column): "2023年决算数" for row in (8, 9) for column in range(3, 6)}
    sheet.cells = {position: Cell(text) for position, text in (cells | heads).items()}
    sheet.merges = [(8, 2, 10, 3), (4, 1, 8, 2)]
    submissions = read(sheet).submissions
    places = [each.cell for submission in submissions for each in submission.values.values() if each.raw is not None]
    assert len(places) == len(set(places))


@many
@given(st.lists(sheets(), min_size=1, max_size=3))
def test_any_grid_can_be_audited_and_told(grids: list[Sheet]) -> None:
    """The audit of whatever was read gives findings at cells that can be, and strict JSON."""
    records = []
    for number, sheet in enumerate(grids):
        record = read_book(Book([sheet]), FileRecord(f"{number}.xlsx", "read"))
        records.append(record)
    as_filings(records)
    result = audit(records)
    for finding in result.findings:
        for cell in (finding.cell, *(place.cell for place in finding.related)):
            assert cell is None or row_column(cell) >= (1, 1)
    assert json_output.dumps(json_output.audit_json(result))
    assert json_output.dumps(json_output.read_json(records))


def test_grids_hold_forms() -> None:
    """The grids above are not noise alone: a label and its neighbour are found in them."""
    sheet = Sheet("表")
    for row, text in enumerate((TITLES[0], "编制数", "三公经费", "厉行节约保障措施", "填报单位"), 1):
        sheet.cells[row, 1] = Cell(text)
        sheet.cells[row, 2] = Cell(float(row))
    (submission,) = read(sheet).submissions
    assert {each.raw for each in filed(submission)} >= {2.0, 4.0}
