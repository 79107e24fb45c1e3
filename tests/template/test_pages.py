"""Pages of a printed form: where they end, what they repeat, and rows as high as their texts."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.template.issued import DEPARTMENT
from xltool.forms import FORMS as FORM_OF
from xltool.forms import base_data, foot, review
from xltool.forms.grid import lay_out
from xltool.forms.model import Label, Sizes
from xltool.params import DEFAULT
from xltool.template.blueprint import blueprint_of
from xltool.template.order import Order, SheetOrder
from xltool.template.pages import heights_for, page_breaks
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from xltool.template.filling import Prefill


def _sheet(key: str, filled: Prefill) -> Worksheet:
    data = write_workbook(Order(2023, DEPARTMENT, (key,)), [SheetOrder(FORM_OF[key], prefill=filled)])
    sheet: Worksheet = openpyxl.load_workbook(BytesIO(data), data_only=True)[key]
    return sheet


@pytest.mark.parametrize("key", ["附件2", "附件3"])
def test_a_page_ends_between_two_groups(key: str) -> None:
    """The first page of a blank form ends with 产出指标; with many long rows it ends between two 二级指标."""
    grid = lay_out(FORM_OF[key], Sizes())
    groups = grid.spans[review.INDICATORS].groups
    assert page_breaks(grid, grid.heights) == [groups["产出指标"][1]]
    long = lay_out(FORM_OF[key], Sizes(indicators=6))
    parts = {placed.top - 1 for placed in long.cells if placed.part}
    breaks = page_breaks(long, long.heights)
    assert breaks
    assert set(breaks) <= parts


@pytest.mark.parametrize("key", ["附件2", "附件3"])
def test_a_category_that_no_page_holds_is_divided_between_its_parts(key: str) -> None:
    """With eight rows for each 二级指标, 产出指标 alone is higher than a page."""
    long = lay_out(FORM_OF[key], Sizes(indicators=8))
    parts = {placed.top - 1 for placed in long.cells if placed.part and placed.left > 1}
    first, anchor = long.spans[review.INDICATORS].groups["产出指标"]
    breaks = page_breaks(long, long.heights)
    assert set(breaks) <= parts
    assert any(first <= row < anchor for row in breaks)


@pytest.mark.parametrize("projects", [8, 20, 40])
def test_a_page_of_base_data_ends_between_two_projects(projects: int) -> None:
    """The first page begins with the table and its first projects; what stands below the projects stays together."""
    grid = lay_out(FORM_OF["附件1"], Sizes(projects=projects))
    span = grid.spans[base_data.PROJECTS]
    names = dict.fromkeys(range(span.first, span.anchor), 78.0)
    for heights in (grid.heights, grid.heights | names):
        breaks = page_breaks(grid, heights)
        assert breaks
        assert {row for row in breaks if span.first <= row < span.anchor - 1 or row == span.anchor} == set(breaks)


def test_a_small_text_makes_its_row_no_higher_than_it_needs() -> None:
    """The reason of a deviation is printed smaller: its row is less than half as high again as its lines."""
    grid = lay_out(FORM_OF["附件2"], Sizes())
    reason, row = "因汛情取消两期班次，部分工程推迟到下年一季度；" * 4, grid.spans[review.INDICATORS].first
    heights = heights_for(grid, lambda placed: reason if (row, 9) == (placed.top, placed.left) else None)
    points = len(reason) * 9 / ((22 * 7 + 5) * 0.75) * 9 * 1.3
    assert points <= heights[row] <= points * 1.5


@pytest.mark.parametrize("key", ["附件2", "附件3"])
def test_a_category_of_two_pages_stands_on_both(key: str) -> None:
    """A 一级指标 that takes two pages has its text in the middle of each part; no merged cell is on two pages."""
    data = write_workbook(Order(2023, DEPARTMENT, (key,), indicators=5), [SheetOrder(FORM_OF[key])])
    sheet = openpyxl.load_workbook(BytesIO(data))[key]
    ends = [mark.id for mark in sheet.row_breaks.brk]
    assert ends
    assert not [area for area in sheet.merged_cells.ranges for end in ends if area.min_row <= end < area.max_row]
    column = lay_out(FORM_OF[key], Sizes()).columns[review.category.defined_name]
    assert [sheet.cell(end + 1, column).value for end in ends] == ["产出指标\n（50分）", "效益指标\n（30分）"]


@pytest.mark.parametrize("key", ["附件2", "附件3"])
def test_heads_of_the_indicators_take_one_line(key: str) -> None:
    """宋体 of 10.5 points is 14 pixels wide: heads, and the names of the parts but the longest, fit their columns."""
    form = FORM_OF[key]
    grid = lay_out(form, Sizes())
    head = grid.spans[review.INDICATORS].head
    texts = [(placed.item.text, placed) for placed in grid.cells if isinstance(placed.item, Label)]
    shown = [(text, placed) for text, placed in texts if placed.top == head]
    shown += [(placed.part, placed) for placed in grid.cells if placed.part and placed.part != "服务对象满意度指标"]
    assert len(shown) > 8
    assert not [text for text, placed in shown if len(text) * 14 + 5 > form.widths[placed.left - 1] * 7 + 5]


def test_goals_grow_with_their_text() -> None:
    """A short goal leaves the rows as they are, a long one makes them taller."""
    grid = lay_out(FORM_OF["附件2"], Sizes())
    row, _ = grid.position_of(review.goal)

    def height(text: str) -> float:
        own = heights_for(grid, lambda placed: text if getattr(placed.item, "field", None) is review.goal else None)
        return own[row] + own[row + 1] + own[row + 2]

    assert height("一行") == 3 * grid.heights[row]
    assert height("很长的目标" * 150) > 2 * height("一行")


def test_a_second_line_leaves_the_base_data_on_one_page() -> None:
    """A name and a contact that take two lines make rows taller; 附件1 is still printed on one page."""
    names: list[str | float | None] = ["全域旅游宣传推广和文化遗产保护利用专项经费"]
    sheet = _sheet("附件1", {base_data.project_name: names, foot.filler: "李某（办公室）"})
    grid = lay_out(FORM_OF["附件1"], Sizes())
    for row in (grid.spans[base_data.PROJECTS].first, grid.position_of(foot.filler)[0]):
        assert (sheet.row_dimensions[row].height or 0) > grid.heights[row]
    assert not sheet.row_breaks.brk


def test_the_thin_row_adds_no_line() -> None:
    """Between the last row of a table and the next line of the form there is one line, and no fill is printed."""
    sheet = _sheet("附件1", {})
    anchor = blueprint_of(FORM_OF["附件1"], Sizes(), 2023, DEFAULT).grid.spans[base_data.PROJECTS].anchor
    assert sheet.cell(anchor - 1, 2).border.bottom.style is None
    assert sheet.cell(anchor, 2).border.top.style is None
    assert sheet.cell(anchor, 2).border.bottom.style == "thin"
    assert sheet.page_setup.blackAndWhite
