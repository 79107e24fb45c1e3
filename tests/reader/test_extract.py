"""Values as people type them into an issued template, read as the contract says, with nothing dropped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import seed
from tests.support.filled import cell_in_row, cell_of, filled
from tests.support.workbook_editor import WorkbookEditor
from xltool.auditing.tables import tidy
from xltool.forms import FORMS, review
from xltool.forms.base_data import project_actual, project_name
from xltool.reader.reading import read_file
from xltool.template.order import Order, sheet_orders
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xltool.reader.records import FileRecord, Submission

ALL = ("附件1", "附件2", "附件3")
SERIAL = 45455
"""12 June 2024 as a spreadsheet counts days."""


def read(path: Path) -> FileRecord:
    """The file read in this process."""
    return read_file(path, path.name)


def after(folder: Path, form: str, change: Callable[[WorkbookEditor], object]) -> FileRecord:
    """An issued and filled form after something was typed into it."""
    clerk = WorkbookEditor(filled(folder / "filled.xlsx", form))
    change(clerk)
    return read(clerk.save(folder / "typed.xlsx"))


def value_of(record: FileRecord, key: str) -> dict[str, Any]:
    """The row of a field in the values of the contract."""
    (row,) = [row for row in tidy.values([record]) if row["field"] == key]
    return row


def typed(folder: Path, form: str, key: str, content: str | float, number_format: str = "") -> dict[str, Any]:
    """The row of a field after something was typed into its cell."""

    def change(clerk: WorkbookEditor) -> None:
        clerk.put(form, cell_of(form, key), content)
        if number_format:
            clerk.reformat(form, cell_of(form, key), number_format)

    row = value_of(after(folder, form, change), key)
    assert row["cell"] == cell_of(form, key)
    assert row["sheet"] == form
    return row


MONEY = "公用经费_本年决算数"


@pytest.mark.parametrize(
    ("key", "content", "value", "state"),
    [
        ("编制数", 12, 12.0, "filled"),
        ("编制数", "１２", 12.0, "filled"),
        ("编制数", "12人", 12.0, "filled"),
        ("编制数", "十二", 12.0, "filled"),
        ("编制数", "12名", 12.0, "filled"),
        ("编制数", "12个", None, "unparsed"),
        ("编制数", "10余", None, "unparsed"),
        (MONEY, 0, 0.0, "filled"),
        (MONEY, "92.4亿元", 924000.0, "filled"),
        (MONEY, "1200万元", 1200.0, "filled"),
        (MONEY, "1200万", 1200.0, "filled"),
        (MONEY, "5000元", 0.5, "filled"),
        (MONEY, "１，２００．５０", 1200.5, "filled"),
        (MONEY, "(3.5)", -3.5, "filled"),
        (MONEY, "——", None, "not_applicable"),
        (MONEY, "/", None, "not_applicable"),
        (MONEY, "无", None, "not_applicable"),
        (MONEY, "无。", None, "not_applicable"),
        (MONEY, "\u3000", None, "blank"),
        (MONEY, "详见附表", None, "unparsed"),
        ("批复规模", "1200平方米", 1200.0, "filled"),
        ("批复规模", "3亩", 2000.0, "filled"),
    ],
)
def test_number_as_typed(tmp_path: Path, key: str, content: str | float, value: float | None, state: str) -> None:
    """The value is a number in the field's unit, the raw is what was typed, the state says what became of it."""
    row = typed(tmp_path, "附件1", key, content)
    assert (row["value"], row["state"], row["raw"]) == (value, state, content)
    assert row["unit"] == {"编制数": "人", "批复规模": "㎡"}.get(key, "万元")
    assert row["recomputed"] is None
    assert row["formula"] is None


@pytest.mark.parametrize(
    ("content", "number_format", "value"),
    [
        (1.25, "0.00%", 1.25),
        (1.25, "General", 1.25),
        (125, "General", 1.25),
        ("125%", "", 1.25),
        ("１２５％", "", 1.25),
        ("125", "", 1.25),
        ("1.25%", "", 0.0125),
    ],
)
def test_rate_over_its_formula(tmp_path: Path, content: str | float, number_format: str, value: float) -> None:
    """A rate is a fraction however it was typed, beside the one xltool computes."""
    row = typed(tmp_path, "附件1", "控制率", content, number_format)
    assert (row["value"], row["recomputed"], row["formula"], row["unit"]) == (value, 1.25, None, None)


@pytest.mark.parametrize(
    ("content", "number_format", "value", "raw"),
    [
        (SERIAL, 'yyyy"年"m"月"d"日"', "2024-06-12", "2024-06-12"),
        (SERIAL, "m/d/yyyy", "2024-06-12", "2024-06-12"),
        (SERIAL, "General", "2024-06-12", SERIAL),
        ("2024年6月12日", "", "2024-06-12", "2024年6月12日"),
        ("2024年06月12号", "", "2024-06-12", "2024年06月12号"),
        ("２０２４年６月１２日", "", "2024-06-12", "２０２４年６月１２日"),
        ("二〇二四年六月十二日", "", "2024-06-12", "二〇二四年六月十二日"),
        ("二○二四年六月", "", "2024-06", "二○二四年六月"),
        ("2024.6.12", "", "2024-06-12", "2024.6.12"),
        ("2024/6/12", "", "2024-06-12", "2024/6/12"),
        ("2024-06-12", "", "2024-06-12", "2024-06-12"),
        ("20240612", "", "2024-06-12", "20240612"),
        ("2024年6月", "", "2024-06", "2024年6月"),
        ("2024年2月30日", "", None, "2024年2月30日"),
        ("六月中旬", "", None, "六月中旬"),
    ],
)
def test_date_as_typed(
    tmp_path: Path, content: str | float, number_format: str, value: str | None, raw: object
) -> None:
    """A date is an ISO date in every form it is written in; an impossible one is not read."""
    row = typed(tmp_path, "附件1", "填报日期", content, number_format)
    assert (row["value"], row["state"], row["raw"]) == (value, "filled" if value else "unparsed", raw)


TARGETS = (
    ("15个", "", {"op": None, "value": 15.0, "unit": "个", "kind": "number"}),
    ("１５个", "", {"op": None, "value": 15.0, "unit": "个", "kind": "number"}),
    ("92.4亿元", "", {"op": None, "value": 92.4, "unit": "亿元", "kind": "number"}),
    ("1200万元", "", {"op": None, "value": 1200.0, "unit": "万元", "kind": "number"}),
    ("100%", "", {"op": None, "value": 1.0, "unit": "%", "kind": "percent"}),
    (0.95, "0%", {"op": None, "value": 0.95, "unit": "%", "kind": "percent"}),
    ("≥95%", "", {"op": ">=", "value": 0.95, "unit": "%", "kind": "percent"}),
    ("≤1200万元", "", {"op": "<=", "value": 1200.0, "unit": "万元", "kind": "number"}),
    ("不低于95%", "", {"op": ">=", "value": 0.95, "unit": "%", "kind": "percent"}),
    ("10分", "", {"op": None, "value": 10.0, "unit": "分", "kind": "number"}),
    (7, "", {"op": None, "value": 7.0, "unit": None, "kind": "number"}),
    ("效果明显", "", {"op": None, "value": None, "unit": None, "kind": "text"}),
    ("12月底前完成", "", {"op": None, "value": None, "unit": None, "kind": "date"}),
    ("——", "", {"op": None, "value": None, "unit": None, "kind": "blank"}),
)


@pytest.mark.parametrize(("content", "number_format", "parsed"), TARGETS)
def test_target_and_actual_are_parsed(
    tmp_path: Path, content: str | float, number_format: str, parsed: dict[str, Any]
) -> None:
    """Target and actual keep the filed scale in their parts, and their text as it was shown, also —— for nothing."""
    cells = [cell_in_row("附件2", column, 0) for column in (review.target_value, review.actual_value)]

    def change(clerk: WorkbookEditor) -> None:
        for cell in cells:
            clerk.put("附件2", cell, content)
            if number_format:
                clerk.reformat("附件2", cell, number_format)

    row = tidy.indicators([after(tmp_path, "附件2", change)])[0]
    assert row["target"] == row["actual"] == parsed
    shown = {"0.95": "95%"}.get(str(content), str(content))
    assert row["年度指标值"] == row["实际完成值"] == shown
    assert [row["cells"]["年度指标值"], row["cells"]["实际完成值"]] == cells


@pytest.mark.parametrize(("content", "value"), [("6分", 6.0), ("６", 6.0), (6, 6.0), ("满分", None), ("——", None)])
def test_points_in_rows_are_numbers(tmp_path: Path, content: str | float, value: float | None) -> None:
    """分值 and 得分 are numbers or nothing."""

    def change(clerk: WorkbookEditor) -> None:
        clerk.put("附件2", cell_in_row("附件2", review.weight, 0), content).put(
            "附件2", cell_in_row("附件2", review.score, 0), content
        )

    row = tidy.indicators([after(tmp_path, "附件2", change)])[0]
    assert (row["分值"], row["得分"]) == (value, value)


def test_texts_are_trimmed_and_marks_are_nothing(tmp_path: Path) -> None:
    """Texts lose the spaces around them and keep their line breaks; a mark for nothing is no text."""

    def change(clerk: WorkbookEditor) -> None:
        clerk.put("附件1", cell_of("附件1", "厉行节约保障措施"), "\u3000一是压减\n二是公开 ")
        clerk.put("附件1", cell_of("附件1", "填表人"), "无")
        clerk.put("附件1", cell_of("附件1", "联系电话"), 7300000)

    record = after(tmp_path, "附件1", change)
    thrift, filler, phone = (value_of(record, key) for key in ("厉行节约保障措施", "填表人", "联系电话"))
    assert (thrift["value"], thrift["raw"]) == ("一是压减\n二是公开", "\u3000一是压减\n二是公开 ")
    assert (filler["value"], filler["state"], filler["raw"]) == (None, "not_applicable", "无")
    assert (phone["value"], phone["raw"]) == ("7300000", 7300000)


def test_indicator_rows_are_those_of_the_filing(tmp_path: Path) -> None:
    """23 rows as filed: groups filled down without their printed points, blank rows dropped, rows counted from 1."""
    rows = tidy.indicators([read(filled(tmp_path / "filled.xlsx", "附件2"))])
    expected = seed.seed_indicators()
    columns = [column.key for column in review.indicators.inputs]
    assert [[row[key] for key in columns] for row in rows] == [
        [entry.get(key) for key in columns] for entry in expected
    ]
    assert [row["row"] for row in rows] == list(range(1, 24))
    assert {row["一级指标"] for row in rows} == {group.name for group in review.GROUPS}


def test_cells_of_rows_are_where_the_values_stand(tmp_path: Path) -> None:
    """The address of each column of each row leads to the cell that holds it."""
    path = filled(tmp_path / "filled.xlsx", "附件2")
    for number, row in enumerate(tidy.indicators([read(path)])[:3]):
        assert set(row["cells"]) == {column.key for column in review.indicators.inputs}
        clerk = WorkbookEditor(path).put("附件2", row["cells"]["三级指标"], f"改名{number}")
        again = tidy.indicators([read(clerk.save(tmp_path / "changed.xlsx"))])
        assert [row["三级指标"] for row in again].index(f"改名{number}") == number


def test_heading_without_points(tmp_path: Path) -> None:
    """The points printed beside a 一级指标 are no part of its name, however the heading is written."""
    heading = cell_in_row("附件2", review.category, 0)
    for text in ("产出指标 (50分)", "产出指标（50 分）", "产出指标", " 产 出\n指标 "):
        record = after(tmp_path, "附件2", lambda clerk, text=text: clerk.put("附件2", heading, text))  # type: ignore[misc] # mypy and defaults of lambdas
        assert tidy.indicators([record])[0]["一级指标"] == "产出指标"


def test_project_names_lose_their_number(tmp_path: Path) -> None:
    """1、 before a project is the row's number; a year or a figure of the name stays."""
    names = {
        "1、产业开发专项": "产业开发专项",
        "（2）园区绿化": "园区绿化",
        "三、 河道清淤": "河道清淤",
        "2023年春耕项目": "2023年春耕项目",
        "3.5公里道路": "3.5公里道路",
    }

    def change(clerk: WorkbookEditor) -> None:
        for number, name in enumerate(names):
            clerk.put("附件1", cell_in_row("附件1", project_name, number), name)

    rows = tidy.projects([after(tmp_path, "附件1", change)])
    assert [row["项目名称"] for row in rows] == list(names.values())


def test_blank_rows_between_projects_are_dropped(tmp_path: Path) -> None:
    """A row with only an amount is kept, one with nothing is not; the row keeps its own address."""
    cell = cell_in_row("附件1", project_actual, 3)
    rows = tidy.projects([after(tmp_path, "附件1", lambda clerk: clerk.put("附件1", cell, 5))])
    assert [(row["row"], row["项目名称"], row["本年决算数"]) for row in rows] == [
        (1, seed.PROJECT, 10459.37),
        (2, None, 5.0),
    ]
    assert rows[1]["cells"]["本年决算数"] == cell


@pytest.mark.parametrize("form", ALL)
def test_nothing_that_was_filled_in_is_dropped(tmp_path: Path, form: str) -> None:
    """Every unlocked cell of the form is read: whatever is typed anywhere shows up under its address."""
    path = tmp_path / "blank.xlsx"
    order = Order(seed.YEAR, forms=(form,))
    path.write_bytes(write_workbook(order, sheet_orders(order)))
    clerk = WorkbookEditor(path)
    inputs = list(clerk.unlocked_cells(form, held=False))
    assert len(inputs) > 35
    for number, cell in enumerate(inputs):
        clerk.put(form, cell, f"第{number}格")
    (submission,) = read(clerk.save(tmp_path / "full.xlsx")).submissions
    raw = {filed.cell: filed.raw for filed in submission.values.values()}
    raw |= {filed.cell: filed.raw for row in submission.rows for filed in row.cells.values()}
    assert {cell: raw.get(cell) for cell in inputs} == {cell: f"第{number}格" for number, cell in enumerate(inputs)}


@pytest.mark.parametrize("form", ALL)
def test_blank_template_is_blank(tmp_path: Path, form: str) -> None:
    """An untouched template has no rows, and its cells are blank or wait for a calculation that gives nothing."""
    order = Order(seed.YEAR, forms=(form,))
    path = tmp_path / "blank.xlsx"
    path.write_bytes(write_workbook(order, sheet_orders(order)))
    record = read(path)
    (submission,) = record.submissions
    assert submission.rows == []
    states = {row["field"]: row["state"] for row in tidy.values([record]) if row["value"] is None}
    assert set(states.values()) <= {"blank", "not_calculated"}
    preset = {key for key, item in FORMS[form].fields.items() if item.preset is not None}
    assert set(FORMS[form].fields) - set(states) == preset


def test_records_are_strict_json(tmp_path: Path) -> None:
    """Every table can be written as JSON without NaN, and knows its submission."""
    record = read(filled(tmp_path / "filled.xlsx", *ALL))
    ids = {submission["id"] for submission in tidy.submissions([record])}
    for table in (tidy.values, tidy.projects, tidy.indicators):
        rows = table([record])
        json.dumps(rows, allow_nan=False)
        assert {row["submission"] for row in rows} <= ids
    assert _keys(record.submissions) == {form: set(FORMS[form].fields) for form in ALL}


def _keys(submissions: list[Submission]) -> dict[str, set[str]]:
    return {submission.form: set(submission.values) for submission in submissions}


def test_column_that_is_gone_keeps_its_key(tmp_path: Path) -> None:
    """A row has every column of the contract, also where the template lost one."""
    record = after(tmp_path, "附件2", lambda clerk: clerk.drop_name("附件2", "偏差原因分析及改进措施"))
    rows = tidy.indicators([record])
    assert all(set(tidy.INDICATOR_COLUMNS) == set(row) for row in rows)
    assert {row["偏差原因分析及改进措施"] for row in rows} == {None}


def test_owner_year_and_project_come_with_the_form(tmp_path: Path) -> None:
    """A submission knows whose it is, of which year and, for 附件3, of which project."""
    rows = tidy.submissions([read(filled(tmp_path / "filled.xlsx", *ALL))])
    assert [(row["form"], row["department"], row["project"], row["year"], row["layout"]) for row in rows] == [
        ("附件1", seed.DEPARTMENT, None, 2023, "template"),
        ("附件2", seed.DEPARTMENT, None, 2023, "template"),
        ("附件3", seed.DEPARTMENT, seed.PROJECT, 2023, "template"),
    ]
    assert [row["id"] for row in rows] == [f"filled.xlsx#{form}" for form in ALL]
