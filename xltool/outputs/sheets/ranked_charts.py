"""The sheet 图表: ranked lists with a chart beside each: outliers are named however many departments there are."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any, Final

from xltool.outputs.sheets.sheet_writer import FONT, NAVY, ListColumn
from xltool.outputs.sheets.texts import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.outputs.reviewing.briefing import Briefing
    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "图表"
MOST_RANKED: Final = 20
COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn("单位", 40),
    ListColumn("", 11),
    ListColumn("", 11),
    ListColumn("", 11),
    ListColumn("", 3),
)
_CHART_COLUMN: Final = len(COLUMNS)
_LEAST_ROWS: Final = 8
"""The rows that a section takes at least, so that charts do not overlap."""
_ROW: Final = 20.0
_PIXELS: Final = 4 / 3
_WIDTH: Final = 700
_ALIKE: Final = 0.7
"""The least rate of a list whose bars do not begin at 0."""
_MARGIN: Final = 0.02
"""The least length of such a bar."""


@dataclass(frozen=True)
class _Section:
    """A ranked list: its title, what its rows are, the heads and styles of its figures, and its rows."""

    title: str
    named: str
    heads: tuple[tuple[str, str], ...]
    rows: Sequence[tuple[str, tuple[float | None, ...]]]
    drawn: int
    """The number of the figure that the chart shows."""
    colour: str
    nothing: str
    """What is said where there are no rows."""


def write(book: WorkbookWriter, briefing: Briefing) -> None:
    """Write the sheet."""
    sheet = book.sheet(NAME, COLUMNS)
    sheet.set_print_title(NAME)
    row = 0
    for section in _sections(briefing):
        row = _write_section(sheet, row, section)


def _sections(briefing: Briefing) -> Iterator[_Section]:
    differences = [
        (f"{each.department}　{each.project}".strip(), (each.filed, each.recomputed, each.difference))
        for each in briefing.differences
    ]
    scores = (("自评得分", "score"), ("重算得分", "score"), ("差异", "difference"))
    yield _Section(
        "得分相差最大的单位和项目", "单位和项目", scores, differences, 2, "#C0504D", "自评得分与重算得分都一致。"
    )
    rates = [(name, (rate,)) for name, rate in briefing.rates]
    heads = (("预算执行率", "rate"),)
    yield _Section("预算执行率最低的单位", "单位", heads, rates, 0, "#5B9A68", "没有附件2的执行率。")
    staffing = [(name, (rate,)) for name, rate in briefing.staffing]
    heads = (("控制率", "rate"),)
    yield _Section("在职人员控制率最高的单位", "单位", heads, staffing, 0, "#C9A23F", "没有附件1的控制率。")
    graded = any(own or recomputed for _, own, recomputed in briefing.grades)
    grades = [(grade, (float(own), float(recomputed))) for grade, own, recomputed in briefing.grades if graded]
    counts = (("按自评得分", "integer"), ("按重算得分", "integer"))
    yield _Section("各等级的单位数", "等级", counts, grades, 1, NAVY, "没有评出等级。")


def _write_section(sheet: SheetWriter, row: int, section: _Section) -> int:
    """Write a section from a row on; return the row of the next."""
    shown = section.rows[:MOST_RANKED]
    count = f"（前 {len(shown)} 项，共 {len(section.rows)} 项）" if len(section.rows) > len(shown) else ""
    sheet.merge_across(row, 0, _CHART_COLUMN - 2, "section")
    sheet.write_text(row, 0, section.title + count, "section")
    sheet.set_height(row, 26)
    if not shown:
        sheet.write_text(row + 1, 0, section.nothing, "subtitle")
        return row + 3
    for column, head in enumerate(("序号", section.named, *(head for head, _ in section.heads))):
        sheet.write_text(row + 1, column, head, "head")
    first = row + 2
    for at, (name, figures) in enumerate(shown):
        sheet.write_number(first + at, 0, at + 1, "integer")
        sheet.write_text(first + at, 1, name, "line")
        for column, ((_, style), figure) in enumerate(zip(section.heads, figures, strict=True), start=2):
            sheet.write_number(first + at, column, figure, style)
        sheet.set_height(first + at, _ROW)
    rows = max(len(shown), _LEAST_ROWS)
    chart = _chart(sheet, section, shown, first=first)
    chart.set_size({"width": _WIDTH, "height": int((rows + 1) * _ROW * _PIXELS)})
    sheet.worksheet.insert_chart(row + 1, _CHART_COLUMN, chart, {"object_position": 3})
    return first + rows + 1


def axis_start(rates: Sequence[float | None]) -> float:
    """Where the bars of some rates begin: at 0, or closer to rates so much alike that all bars would look the same.

    >>> axis_start([0.942, 0.971]), axis_start([1.3, 0.97]), axis_start([0.5, 0.97]), axis_start([None])
    (0.9, 0.95, 0.0, 0.0)
    """
    lowest = min((rate for rate in rates if rate is not None), default=0.0)
    return floor(round((lowest - _MARGIN) * 20, 6)) / 20 if lowest > _ALIKE else 0.0


def _chart(
    sheet: SheetWriter, section: _Section, shown: Sequence[tuple[str, tuple[float | None, ...]]], *, first: int
) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    """Bars of a ranked list, the first at the top."""
    last, column = first + len(shown) - 1, 2 + section.drawn
    head, style = section.heads[section.drawn]
    number_format = {"rate": "0.0%", "difference": "+0.00;-0.00", "integer": "0"}[style]
    chart = sheet.book.chart("bar")
    chart.add_series(
        {
            "name": head,
            "categories": [sheet.name, first, 1, last, 1],
            "categories_data": [cell_text(name) for name, _ in shown],
            "values": [sheet.name, first, column, last, column],
            "values_data": [figures[section.drawn] for _, figures in shown],  # for programs that do not read the cells
            "fill": {"color": section.colour},
            "border": {"none": True},
            "gap": 40,
            "data_labels": {"value": True, "num_format": number_format, "font": {"name": FONT, "size": 9}},
        }
    )
    start = axis_start([figures[section.drawn] for _, figures in shown]) if style == "rate" else 0.0
    title = f"{section.title}（横轴从 {start:.0%} 起）" if start else section.title
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12, "color": "#404040"}})
    labels = {"name": FONT, "size": 9}
    chart.set_y_axis({"reverse": True, "num_font": labels, "line": {"color": "#A6A6A6"}, "label_position": "low"})
    chart.set_x_axis(
        {"visible": False, "major_gridlines": {"visible": False}, **({} if style == "difference" else {"min": start})}
    )
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": "#D0D7DF"}})
    return chart
