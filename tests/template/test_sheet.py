"""A filled sheet: heights for long texts, validations that accept and refuse, and orders of all kinds."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import ironcalc
import openpyxl
import pytest
from openpyxl.cell.cell import Cell, MergedCell

from tests.support import seed
from tests.support.parts import MAIN
from tests.support.template import Form, area, read_template
from xltool.forms import FORMS, base_data, foot, review, self_review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes
from xltool.template.filling import indicator_columns, project_columns, rows_needed
from xltool.template.order import Order, SheetOrder, combined_name, file_name, safe_name, sheet_orders
from xltool.template.workbook import write_files, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

# --- room for texts ---------------------------------------------------------------------------

LINE = 1.28
"""Height of a line of 宋体 in points for each point of its size."""


def _pixels(sheet: Worksheet, first: int, last: int) -> float:
    """Width of columns as Excel draws them with its usual font: 7 pixels a digit, 5 beside."""
    widths = {
        column: float(dimension.width)
        for dimension in sheet.column_dimensions.values()
        for column in range(int(dimension.min or 0), int(dimension.max or 0) + 1)
    }
    return float(sum(round(widths[column] * 7) for column in range(first, last + 1)))


def _needed(text: str, pixels: float, points: float) -> float:
    """Height in points a wrapped text takes."""
    width = (pixels - 5) / (points * 96 / 72)
    lines = 0
    for paragraph in text.split("\n"):
        letters = sum(1 if ord(letter) > 0x2000 else 0.55 for letter in paragraph)
        lines += max(1, math.ceil(letters / width))
    return lines * points * LINE


def _texts(sheet: Worksheet) -> Iterator[tuple[Cell, str, float, float]]:
    """Cells with a text, it, and the width and the height they have."""
    merges = {(span.min_row, span.min_col): span for span in sheet.merged_cells.ranges}
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell) or not isinstance(cell.value, str) or cell.value.startswith("="):
                continue
            span = merges.get((cell.row, cell.column))
            bottom, right = (cell.row, cell.column) if span is None else (span.max_row, span.max_col)
            heights = [float(sheet.row_dimensions[number].height or 15) for number in range(cell.row, bottom + 1)]
            yield cell, cell.value, _pixels(sheet, cell.column, right), sum(heights)


def _seed_sheet(key: str, folder: Path, *, values: bool) -> Worksheet:
    path = folder / f"{key}.xlsx"
    path.write_bytes(write_workbook(seed.order(), [seed.seed_sheets()[key]]))
    sheet: Worksheet = openpyxl.load_workbook(path, data_only=values)[key]
    return sheet


@pytest.mark.parametrize("key", FORMS)
def test_every_text_of_the_seed_is_seen_whole(key: str, tmp_path: Path) -> None:
    """No row cuts off the text of a label, a goal, an indicator, a reason or a verdict of the panel."""
    seen = 0
    for cell, text, pixels, height in _texts(_seed_sheet(key, tmp_path, values=True)):
        points = float(cell.font.sz or 11)
        if not cell.alignment.wrap_text:
            continue
        seen += 1
        assert _needed(text, pixels, points) <= height + 1, (cell.coordinate, text, height)
    assert seen > 60


def test_goals_have_room_to_spare(tmp_path: Path) -> None:
    """Texts a quarter longer than the seed's still fit; ten times as long they do not, so the estimate can fail."""
    sheet = _seed_sheet("附件2", tmp_path, values=False)
    goals = set(seed.goals().values())
    texts = [case for case in _texts(sheet) if case[1] in goals]
    assert len(texts) == 2
    for cell, text, pixels, height in texts:
        points = float(cell.font.sz or 11)
        assert _needed(text, pixels, points) * 1.25 <= height <= _needed(text * 10, pixels, points)
        assert cell.alignment.vertical == "top"


@pytest.mark.parametrize("key", FORMS)
def test_large_amounts_are_seen_whole(key: str, tmp_path: Path) -> None:
    """Ten billion yuan (1,000,000.00 万元) and its sums fit every cell of money: no ####."""
    path = tmp_path / "blank.xlsx"
    path.write_bytes(write_workbook(Order(2023, forms=(key,)), [SheetOrder(FORMS[key])]))
    sheet: Worksheet = openpyxl.load_workbook(path)[key]
    merges = {(span.min_row, span.min_col): span for span in sheet.merged_cells.ranges}
    money = [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if not isinstance(cell, MergedCell) and cell.number_format == "#,##0.00"
    ]
    assert len(money) > 10
    for cell in money:
        span = merges.get((cell.row, cell.column))
        points = float(cell.font.sz or 11)
        right = cell.column if span is None else span.max_col
        assert len("1,000,000.00") * points * 96 / 72 / 2 + 5 <= _pixels(sheet, cell.column, right), cell.coordinate


def test_pages_in_excel(tmp_path: Path) -> None:
    """By the measures of Excel, 附件1 takes one page of A4 and the other forms two, with the repeated head."""
    for key, most in (("附件1", 1), ("附件2", 2), ("附件3", 2)):
        path = tmp_path / f"{key}.xlsx"
        path.write_bytes(write_workbook(Order(2023, forms=(key,)), [SheetOrder(FORMS[key])]))
        sheet: Worksheet = openpyxl.load_workbook(path)[key]
        grid = lay_out(FORMS[key], Sizes())
        wide = _pixels(sheet, 1, len(FORMS[key].widths)) * 0.75
        scale = min(1.0, (595.3 - 72) / wide)
        printable = (841.9 - 2 * 0.6 * 72) / scale
        height = sum(grid.heights.values())
        assert printable * (most - 1) + 40 < height
        assert height + (most - 1) * (30 + 36) <= printable * most


def test_a_label_of_two_pages_stands_on_the_first(tmp_path: Path) -> None:
    """绩效指标 is at the top where a page ends inside its block, and in the middle where the form has one page."""
    for per_part, at in ((3, "top"), (1, "center")):
        order = Order(2023, forms=("附件2",), indicators=per_part)
        path = tmp_path / f"{per_part}.xlsx"
        path.write_bytes(write_workbook(order, [SheetOrder(FORMS["附件2"])]))
        sheet: Worksheet = openpyxl.load_workbook(path)["附件2"]
        (label,) = (cell for (cell,) in sheet.iter_rows(max_col=1) if cell.value == "绩效指标")
        assert label.alignment.vertical == at
        for page_end in (page_break.id for page_break in sheet.row_breaks.brk):
            last = next(own for own in sheet.merged_cells.ranges if own.min_col == 1 and own.max_row == page_end)
            assert sheet.cell(last.min_row, 1).border.bottom.style
        assert bool(sheet.row_breaks.brk) == (at == "top")


def test_names_of_projects_are_aligned_as_the_labels_around_them(tmp_path: Path) -> None:
    """The official form indents them below 项目支出."""
    path = tmp_path / "附件1.xlsx"
    path.write_bytes(write_workbook(Order(2023, forms=("附件1",)), [SheetOrder(FORMS["附件1"])]))
    sheet: Worksheet = openpyxl.load_workbook(path)["附件1"]
    first = lay_out(FORMS["附件1"], Sizes()).spans[base_data.PROJECTS].first
    name, above = sheet.cell(first, 1).alignment, sheet.cell(first - 1, 1).alignment
    assert (name.horizontal, above.horizontal) == ("left", "left")
    assert name.indent > above.indent


# --- validations ------------------------------------------------------------------------------


def _form(key: str, folder: Path) -> Form:
    path = folder / "form.xlsx"
    path.write_bytes(write_workbook(Order(2023, forms=(key,)), [SheetOrder(FORMS[key])]))
    return read_template(path).forms[key]


def _accepts(form: Form, name: str) -> Callable[[float | str], bool]:
    """Whether the custom validation of a cell lets an entry pass, as a spreadsheet engine calculates it."""
    row, column = form.area(name)[:2]
    rules = [
        rule
        for rule in form.root.iter(MAIN + "dataValidation")
        for ref in rule.get("sqref", "").split()
        if area(ref)[:2] == (row, column)
    ]
    (rule,) = rules
    assert rule.get("type") == "custom"
    formula = rule.findtext(MAIN + "formula1")

    def accepts(entry: float | str) -> bool:
        model = ironcalc.create("validation", "en", "UTC", "en")
        # An apostrophe keeps a text a text, as in a cell formatted as one.
        model.set_user_input(0, row, column, f"'{entry}" if isinstance(entry, str) else repr(entry))
        model.set_user_input(0, row + 1, column + 1, f"={formula}")
        model.evaluate()
        return model.get_cell_value(0, row + 1, column + 1) is True

    return accepts


@pytest.mark.parametrize(
    ("key", "name"),
    [("附件1", "公务接待_本年决算数"), ("附件1", "项目_本年决算数"), ("附件1", "批复规模"), ("附件2", "支出_基本支出")],
)
def test_money(key: str, name: str, tmp_path: Path) -> None:
    """At most two decimals, not negative, or a mark that there is none; no units, no other words."""
    accepts = _accepts(_form(key, tmp_path), name)
    assert [entry for entry in (0, 23.21, 0.1, 10716.16, 1e6, 1234567.89, "无", "——", "/") if not accepts(entry)] == []
    assert [entry for entry in (-1, 23.215, 0.001, "23.21万元", "没有", "12") if accepts(entry)] == []


def test_phone(tmp_path: Path) -> None:
    """Land lines and mobiles with or without dashes; not words, not three digits."""
    accepts = _accepts(_form("附件1", tmp_path), "联系电话")
    assert [entry for entry in ("0000000", "0000-0000000", "00000000000", "0000 0000000") if not accepts(entry)] == []
    assert [entry for entry in ("110", "见单位通讯录", "电话8161234", "1" * 21) if accepts(entry)] == []


# --- orders -----------------------------------------------------------------------------------


def test_names_of_files(tmp_path: Path) -> None:
    """There is a file for each form, of 附件3 one for each project, named validly on Windows; or one file for all."""
    order = Order(2024, "某市水利局", projects=("河道/治理", "水库"))
    paths = write_files(order, tmp_path / "new", combined=False)
    assert [path.name for path in paths] == [
        "附件1_2024年度部门整体支出绩效评价基础数据表_某市水利局.xlsx",
        "附件2_2024年度部门整体支出绩效自评表_某市水利局.xlsx",
        "附件3_2024年度项目支出绩效自评表_某市水利局_河道_治理.xlsx",
        "附件3_2024年度项目支出绩效自评表_某市水利局_水库.xlsx",
    ]
    (whole,) = write_files(order, tmp_path / "new", combined=True)
    assert whole.name == combined_name(order) == "附件1-3_2024年度绩效自评表_某市水利局.xlsx"
    assert list(read_template(whole).forms) == ["附件1", "附件2", "附件3", "附件3-2"]
    assert {path.name for path in (tmp_path / "new").iterdir()} == {path.name for path in (*paths, whole)}
    assert file_name(Order(2024), sheet_orders(Order(2024))[0]) == "附件1_2024年度部门整体支出绩效评价基础数据表.xlsx"


def test_safe_names() -> None:
    """Characters that Windows refuses are replaced, and no name becomes empty."""
    assert safe_name('a\\b/c:d*e?f"g<h>i|j\n') == "a_b_c_d_e_f_g_h_i_j_"
    assert safe_name(" . ") == "_"
    assert len(safe_name("长" * 200)) == 29
    assert safe_name("长" * 200) != safe_name("长" * 201)


def test_password(tmp_path: Path) -> None:
    """A password is on every sheet, the manifest included; an unprotected sheet is not protected."""
    path = tmp_path / "locked.xlsx"
    path.write_bytes(write_workbook(Order(2023, password="2023"), sheet_orders(Order(2023))))  # noqa: S106 - of a test
    template = read_template(path)
    assert all(len(form.attributes_of("sheetProtection")["password"]) == 4 for form in template.forms.values())
    assert template.manifest.protection is not None
    assert "password" in template.manifest.protection
    path.write_bytes(write_workbook(Order(2023), [SheetOrder(FORMS["附件1"], protected=False)]))
    assert read_template(path).forms["附件1"].sheet.protection is None


def test_a_text_that_looks_like_markup_is_a_text(tmp_path: Path) -> None:
    """A text like <r>…</r>, which xlsxwriter would write as markup, is written as a text."""
    odd = "<r>甲&乙</r>"
    path = tmp_path / "a.xlsx"
    sheet = SheetOrder(FORMS["附件1"], prefill={base_data.thrift: odd})
    path.write_bytes(write_workbook(Order(2023, odd), [sheet]))
    values = {str(cell.value).strip() for row in openpyxl.load_workbook(path)["附件1"].iter_rows() for cell in row}
    assert odd in values


def test_prefilled_values_stand_in_their_cells(tmp_path: Path) -> None:
    """Numbers as numbers, dates as dates, texts as texts; a value for a calculated field replaces its formula."""
    values: dict[Any, Any] = {
        base_data.posts: 12,
        base_data.control: 1.5,
        base_data.unit: "=HYPERLINK(1)",
        foot.filed_on: date(2024, 6, 12),
        base_data.thrift: "第一行\n第二行",
        **project_columns([{"项目名称": "甲", "本年决算数": 7.5}, {"项目名称": "乙"}]),
    }
    path = tmp_path / "filled.xlsx"
    path.write_bytes(write_workbook(Order(2023), [SheetOrder(FORMS["附件1"], prefill=values)]))
    form = read_template(path).forms["附件1"]

    def cell(name: str, down: int = 0) -> Any:  # noqa: ANN401 - a cell's value
        row, column = form.area(name)[:2]
        cell_there = form.sheet.cells.get((row + down, column))
        return None if cell_there is None else (cell_there.value, cell_there.formula is not None)

    assert cell("编制数") == (12.0, False)
    assert cell("控制率") == (1.5, False)
    assert cell("填报单位") == ("=HYPERLINK(1)", False)
    assert cell("填报日期") == (date(2024, 6, 12), False)
    assert cell("厉行节约保障措施") == ("第一行\n第二行", False)
    assert [cell("项目名称", down) for down in range(3)] == [("甲", False), ("乙", False), None]
    assert [cell("项目_本年决算数", down) for down in range(2)] == [(7.5, False), None]
    assert cell("项目支出_本年决算数") == (7.5, True)
    assert cell("三公经费_本年决算数")[1]


def test_indicators_find_the_rows_of_their_part(tmp_path: Path) -> None:
    """Entries in any order come to stand under their 二级指标, anchors stay empty, sums are right at once."""
    entries: list[dict[str, str | float | None]] = [
        {"二级指标": "服务对象满意度指标", "三级指标": "满意度", "分值": 10, "得分": 9},
        {"二级指标": "成本指标", "三级指标": "控制数", "分值": 5, "得分": 0},
        {"二级指标": "数量指标", "三级指标": "泵站", "分值": 30, "得分": 30},
        {"二级指标": "数量指标", "三级指标": "河道", "分值": 15, "得分": 15},
    ]
    size = rows_needed(entries)
    assert size == 2
    values: dict[Any, Any] = {
        **indicator_columns(entries, size),
        self_review.year.budget: 4,
        self_review.year.executed: 3,
    }
    path = tmp_path / "indicators.xlsx"
    path.write_bytes(write_workbook(Order(2023, indicators=size), [SheetOrder(FORMS["附件2"], prefill=values)]))
    form = read_template(path).forms["附件2"]
    names = [form.text(*spot) for spot in form.spots("三级指标")]
    assert names == ["泵站", "河道", *[""] * 4, "控制数", "", "", *[""] * 9, "满意度", "", ""]
    values_of = {
        name: form.sheet.cells[form.area(name)[:2]].value for name in ("总分_分值", "总分_得分", "产出指标_分值")
    }
    assert values_of == {"总分_分值": 70.0, "总分_得分": 61.5, "产出指标_分值": 50.0}
    with pytest.raises(KeyError):
        indicator_columns([{review.part.key: "没有的指标"}], 1)
