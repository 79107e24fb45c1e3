"""The sheet 总览: the figures of the review, a row for each filing, charts of scores and execution rates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from xltool.findings import Severity
from xltool.forms import base_data, key_of
from xltool.forms.model import FORM_ROLES, Role
from xltool.outputs.model import FileStatus, FilingRow, Review
from xltool.outputs.sheets import problems
from xltool.outputs.sheets.sheet_writer import AMBER, BLUE, FONT, GREEN, NAVY, RED, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import MEASURED, cell_text, display_width, file_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.outputs.reviewing.finding_order import FindingOrder
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "总览"
CHARTS: Final = "图表"
HEAD_ROW: Final = 4
MOST_IN_CHART: Final = 80
SIDE_BY_SIDE: Final = 14
FORMS: Final = tuple(map(key_of, FORM_ROLES))

COLUMNS: Final = (
    ListColumn("序号", 6, "integer"),
    ListColumn("单位", 36),
    *(ListColumn(form, 8, "integer") for form in FORMS),
    ListColumn("自评得分", 10, "score"),
    ListColumn("重算得分", 10, "score"),
    ListColumn("差异", 9, "difference"),
    ListColumn("等级", 8, "centre"),
    ListColumn("预算执行率", 12, "rate"),
    ListColumn("在职人员控制率", 12, "rate"),
    ListColumn("三公经费走势", 12, "centre"),
    ListColumn("错误", 8, "integer"),
    ListColumn("警告", 8, "integer"),
    ListColumn("提示", 8, "integer"),
    ListColumn("问题清单", 12, "link_centre"),
    ListColumn("报送文件", 40, "link"),
    *(ListColumn(f"三公经费\n{measure}", 12, "money") for measure in base_data.MEASURES),
)
_AT: Final = {column.head: number for number, column in enumerate(COLUMNS)}
_TREND: Final = len(COLUMNS) - len(base_data.MEASURES)
"""The first of the hidden columns that hold the data of the sparklines."""
_CARDS: Final = ((0, 1), (2, 4), (5, 6), (7, 8), (9, 11), (12, 14), (15, 15), (16, 16))
OVER: Final = ("#7F5200", "#FFE3A0")
"""Not AMBER: LibreOffice confuses conditional formats with the same colours on different columns."""
_TINY: Final = 0.005


def write(book: WorkbookWriter, review: Review, links: Linker, order: FindingOrder) -> None:
    """Write the sheet, and a second sheet for its charts where the list is long."""
    sheet = book.sheet(NAME, COLUMNS)
    page = book.sheet(CHARTS) if len(review.filings) > SIDE_BY_SIDE else None
    _heading(sheet, review, order, page)
    sheet.start_list(len(review.filings), frozen=2, head=HEAD_ROW, empty="没有读到任何单位的报送材料。")
    for number, filing in enumerate(review.filings):
        _row(sheet, HEAD_ROW + 1 + number, filing, links, problems.place_of_first(number, order))
    last = HEAD_ROW + len(review.filings)
    if review.filings:
        _colours(sheet, last)
        _trends(sheet, last)
        _charts(sheet, review.filings, page)


def _heading(sheet: SheetWriter, review: Review, order: FindingOrder, page: SheetWriter | None) -> None:
    """Write title, time, the link to the sheet of charts if there is one, and the cards with the figures."""
    sheet.write_text(0, 0, review.title, "title")
    sheet.set_height(0, 34)
    year = f"评价年度：{review.year} 年    " if review.year else ""
    sheet.write_text(
        1, 0, f"{year}生成时间：{review.made_at:%Y-%m-%d %H:%M}    金额单位：万元{_profiles(review)}", "subtitle"
    )
    if page is not None:
        sheet.write_link(1, _AT["报送文件"], f"internal:'{page.name}'!A1", "得分与执行率图表", style="link_plain")
    sheet.set_height(1, 20)
    cards = list(zip(_CARDS, _figures(review, order), strict=True))
    for (first, last), (label, _) in cards:
        sheet.merge_across(2, first, last, "card_label")
        sheet.write_text(2, first, label, "card_label")
    sheet.set_height(2, 22)
    for (first, last), (_, figure) in cards:
        sheet.merge_across(3, first, last, "card")
        sheet.write_number(3, first, figure, "card")
    sheet.set_height(3, 34)


def _profiles(review: Review) -> str:
    """The scoring profiles other than the default, with the number of filings that each one scored."""
    names = "、".join(f"{name}（{count} 个单位）" for name, count in review.profiles.items())
    return f"    评分口径：{names}" if names else ""


def _figures(review: Review, order: FindingOrder) -> list[tuple[str, int]]:
    """The cards: their labels and numbers."""
    filings = review.filings
    read = sum(file.status is FileStatus.READ for file in review.files)
    clean = sum(not filing.errors and not filing.warnings for filing in filings)
    return [
        ("报送单位", len(filings)),
        ("报送表数", sum(sum(filing.forms.values()) for filing in filings)),
        ("已读取文件", read),
        ("跳过或拒绝", len(review.files) - read),
        *((severity.label, order.severities[severity]) for severity in Severity),
        ("无错误、无警告的单位", clean),
    ]


def _row(sheet: SheetWriter, row: int, filing: FilingRow, links: Linker, finding: str | None) -> None:
    """Write the row of a filing; `finding` is the link to its first finding."""
    sheet.write_number(row, 0, row - HEAD_ROW, "integer")
    sheet.write_text(row, _AT["单位"], _department_text(filing))
    for form in FORMS:
        sheet.write_number(row, _AT[form], filing.forms.get(form, 0), "integer")
    for head, value in _numbers(filing):
        sheet.write_number(row, _AT[head], value, COLUMNS[_AT[head]].style)
    sheet.write_text(row, _AT["等级"], filing.grade, "centre")
    sheet.write_text(row, _AT["三公经费走势"], None, "centre")
    count = filing.errors + filing.warnings + filing.infos
    sheet.write_link(
        row, _AT["问题清单"], finding if count else None, f"查看 {count} 条" if count else "无", style="link_centre"
    )
    files = file_names(filing.files, COLUMNS[_AT["报送文件"]].width)
    target = links(filing.files[0], None, None) if filing.files else None
    sheet.write_link(row, _AT["报送文件"], target, files, tip="\n".join(filing.files))
    for at, amount in enumerate(filing.three_public, start=_TREND):
        sheet.write_number(row, at, amount, "money")
    sheet.fit_height(row, [None, _department_text(filing), *[None] * (len(COLUMNS) - 2)], least=24)


def _department_text(filing: FilingRow) -> str:
    """The department, and the owner of the templates if that is another department."""
    return f"{filing.department}\n（表样下发给：{filing.issued_to}）" if filing.issued_to else filing.department


def _numbers(filing: FilingRow) -> Iterable[tuple[str, float | None]]:
    """The figures of a filing by head; the difference is recomputed minus filed."""
    filed, recomputed = filing.score_filed, filing.score_recomputed
    yield "自评得分", filed
    yield "重算得分", recomputed
    yield "差异", None if filed is None or recomputed is None else round(recomputed - filed, 6)
    yield "预算执行率", filing.execution_rate
    yield "在职人员控制率", filing.control_rate
    yield "错误", filing.errors
    yield "警告", filing.warnings
    yield "提示", filing.infos


def _colours(sheet: SheetWriter, last: int) -> None:
    """Colour counts red, amber and green, differing scores red; draw bars for the execution rate."""
    first = HEAD_ROW + 1

    def when(head: str, criteria: str, value: float, pair: tuple[str, str]) -> None:
        rule = {"type": "cell", "criteria": criteria, "value": value, "format": sheet.book.colour(pair)}
        sheet.worksheet.conditional_format(first, _AT[head], last, _AT[head], rule)

    for head, pair in (("错误", RED), ("警告", AMBER), ("提示", BLUE)):
        when(head, ">", 0, pair)
        when(head, "=", 0, GREEN)
    when(key_of(Role.BASE_DATA), "=", 0, AMBER)
    when(key_of(Role.DEPARTMENT_REVIEW), "=", 0, AMBER)
    when("在职人员控制率", ">", 1, OVER)
    beyond = {"type": "cell", "criteria": "not between", "minimum": -_TINY, "maximum": _TINY}
    blank = {"type": "blanks", "stop_if_true": True}
    place = (first, _AT["差异"], last, _AT["差异"])
    sheet.worksheet.conditional_format(*place, blank)
    sheet.worksheet.conditional_format(*place, beyond | {"format": sheet.book.colour(RED)})
    bar = {
        "type": "data_bar", "bar_color": "#9CC3E6", "bar_solid": True,
        "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
    }  # fmt: skip
    sheet.worksheet.conditional_format(first, _AT["预算执行率"], last, _AT["预算执行率"], bar)


def _trends(sheet: SheetWriter, last: int) -> None:
    """Add a sparkline to each row: 三公经费 of last year's acorder, the budget and this year's acorder."""
    hidden = {"hidden": True}
    sheet.worksheet.set_column(_TREND, len(COLUMNS) - 1, COLUMNS[_TREND].width, None, hidden)
    rows = range(HEAD_ROW + 1, last + 1)
    spark = {
        "location": [xl_rowcol_to_cell(row, _AT["三公经费走势"]) for row in rows],
        "range": [f"'{sheet.name}'!{xl_range(row, _TREND, row, len(COLUMNS) - 1)}" for row in rows],
        "type": "column", "series_color": "#9CC3E6", "last_point": True, "last_color": NAVY, "min": 0,
        "show_hidden": True,
    }  # fmt: skip
    sheet.worksheet.add_sparkline(HEAD_ROW + 1, _AT["三公经费走势"], spark)


def _charts(sheet: SheetWriter, filings: tuple[FilingRow, ...], page: SheetWriter | None) -> None:
    """Put the charts below a short list; those of a long list on a sheet of their own."""
    shown = min(len(filings), MOST_IN_CHART)
    score, rate = _score_chart(sheet, filings, shown), _rate_chart(sheet, filings[:shown])
    height = 300 + 5 * min(40, max(display_width(filing.department[:MEASURED]) for filing in filings[:shown]))
    total = sum(int(column.width * 7 + 5) for column in COLUMNS[:_TREND])
    if page is not None:
        _fill(page, (score, rate), (total, height))
        return
    row = HEAD_ROW + len(filings) + 2
    for number, chart in enumerate((score, rate)):
        chart.set_size({"width": total // 2 - 6, "height": height})
        sheet.worksheet.insert_chart(row, 0, chart, {"object_position": 2, "x_offset": 2 + number * (total // 2 + 2)})
    sheet.worksheet.fit_to_pages(1, 1)


def _fill(page: SheetWriter, charts: tuple[Any, ...], size: tuple[int, int]) -> None:
    """Put the charts of a long list one below the other on their sheet."""
    for number, chart in enumerate(charts):
        chart.set_size({"width": size[0], "height": size[1]})
        page.worksheet.insert_chart(0, 0, chart, {"x_offset": 8, "y_offset": 8 + number * (size[1] + 12)})
    page.worksheet.fit_to_pages(1, 1)


def _score_chart(sheet: SheetWriter, filings: tuple[FilingRow, ...], shown: int) -> Any:  # noqa: ANN401 - xlsxwriter
    """Filed and recomputed scores; the axis starts below the lowest score, and the title says where."""
    scores = [score for filing in filings for score in (filing.score_filed, filing.score_recomputed) if score]
    least = max(0, math.floor((min(scores, default=0) - 5) / 10) * 10)
    most = max(100, math.ceil(max(scores, default=100)))
    chart = sheet.book.chart("column")
    gap = 60 if shown > 1 else 250
    for head, colour in (("自评得分", "#9CC3E6"), ("重算得分", NAVY)):
        chart.add_series(_series(sheet, head, filings[:shown], colour) | {"gap": gap, "overlap": 0})
    note = f"（纵轴自 {least} 分起）" if least else ""
    _set_layout(chart, f"各单位自评得分与重算得分{note}{_limit(filings)}", shown)
    chart.set_y_axis(_axis("0") | {"min": least, "max": most})
    chart.set_legend({"position": "top", "font": _font(9)})
    return chart


def _rate_chart(sheet: SheetWriter, filings: tuple[FilingRow, ...]) -> Any:  # noqa: ANN401 - xlsxwriter
    """Execution rates and staffing rates."""
    shown = len(filings)
    chart = sheet.book.chart("column")
    labels = {"value": True, "num_format": "0%", "font": _font(8)} if shown <= SIDE_BY_SIDE else None
    for head, colour in (("预算执行率", "#5B9A68"), ("在职人员控制率", "#C9A23F")):
        layout = {"gap": 60 if shown > 1 else 250, "overlap": 0, "data_labels": labels}
        chart.add_series(_series(sheet, head, filings, colour) | layout)
    _set_layout(chart, "各单位预算执行率和在职人员控制率", shown)
    chart.set_y_axis(_axis("0%") | {"min": 0})
    chart.set_legend({"position": "top", "font": _font(9)})
    return chart


def _series(sheet: SheetWriter, head: str, filings: tuple[FilingRow, ...], colour: str) -> dict[str, Any]:
    """A column of the list as a series, with its figures for programs that do not read the cells."""
    first, last = HEAD_ROW + 1, HEAD_ROW + len(filings)
    figures = (dict(_numbers(filing))[head] for filing in filings)
    return {
        "name": head,
        "categories": [sheet.name, first, _AT["单位"], last, _AT["单位"]],
        "categories_data": [cell_text(_department_text(filing)) for filing in filings],
        "values": [sheet.name, first, _AT[head], last, _AT[head]],
        "values_data": ["" if figure is None else f"{figure:.16g}" for figure in figures],
        "fill": {"color": colour},
        "border": {"none": True},
    }


def _set_layout(chart: Any, title: str, shown: int) -> None:  # noqa: ANN401 - xlsxwriter
    """Set title and category axis; names are slanted where they do not fit side by side."""
    chart.set_title({"name": title, "name_font": _font(12, bold=True), "overlay": False})
    font = _font(9 if shown <= SIDE_BY_SIDE else 8)
    slant = {"rotation": -45 if shown <= SIDE_BY_SIDE else -90} if shown > 4 else {}  # noqa: PLR2004 - four fit
    chart.set_x_axis({"num_font": font | slant, "line": {"color": "#A6A6A6"}, "interval_unit": 1})
    chart.set_chartarea({"border": {"color": "#D0D7DF"}})


def _axis(number_format: str) -> dict[str, Any]:
    return {
        "num_format": number_format,
        "num_font": _font(9),
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": "#E3E7EB"}},
    }


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold, "color": "#404040"}


def _limit(filings: tuple[FilingRow, ...]) -> str:
    return f"（前 {MOST_IN_CHART} 个单位）" if len(filings) > MOST_IN_CHART else ""
