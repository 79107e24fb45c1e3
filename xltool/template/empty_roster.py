"""An empty roster workbook: three sheets with heads, validations and an example row, and a sheet of instructions."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from xltool.expr.nodes import Kind
from xltool.forms import review
from xltool.forms.manifest import AUTHOR
from xltool.forms.roster import DEPARTMENTS, EXAMPLE, INDICATORS, SHEETS, Column, RosterSheet
from xltool.params import DEFAULT, profile_names
from xltool.template.styles import FONT, INPUT_FILL

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LAST_ROW: Final = 2000
"""Rows with validations; a roster may have more rows."""
GUIDE: Final = "填写说明"
_NAVY, _GREY = "#1F4E79", "#808080"
_FORMATS: Final = {Kind.MONEY: "#,##0.00", Kind.COUNT: "0", Kind.SCORE: "General"}
_CELL: Final = {"valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
_POINTS: Final = DEFAULT["indicator_weight"]
_NOTES: Final = (
    "1. 黄色表头的列必填，白色表头的列选填；列的先后可以调整，可以另加列（如备注），另加的列不使用。",
    f"2. 编码以“{EXAMPLE}”开头的行是示例，不会当作数据，可以删除，也可以保留。",
    "3. 单位编码按文本填写，开头的 0 会保留；“项目”“指标”两张表里的编码必须与“单位”表一致。",
    "4. 金额单位是万元，保留两位小数；不能为负数。表头写明“（元）”的，自动折算为万元。",
    f"5. 指标表中，同一单位同一张表的分值合计应为 {_POINTS:g} 分（100 分减去执行率的分值）；没有批复指标的不填。",
    "6. 填写完成后运行：xltool generate --year 年度 --out 文件夹 --roster 本文件。有错误时列出行和列，不生成任何文件。",
    "7. 生成的表样中，编制数、项目名称、年初预算数、批复的指标会填好并锁定；联系人、电话和上年数会填好，单位可以修改。",
)


def empty_roster() -> bytes:
    """The bytes of the workbook, which are always the same."""
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for sheet in SHEETS:
        _write_sheet(workbook, sheet)
    _write_guide(workbook)
    workbook.set_properties(
        {
            "title": "单位名册",
            "author": AUTHOR,
            # A fixed time, so that the bytes are always the same.
            "created": datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        }
    )
    workbook.close()
    return buffer.getvalue()


def _write_sheet(workbook: Workbook, sheet: RosterSheet) -> None:
    page = workbook.add_worksheet(sheet.key)
    example = _style(workbook, {"font_color": _GREY, "italic": True, "text_wrap": True})
    for at, column in enumerate(sheet.columns):
        number_format = {"num_format": _FORMATS.get(column.kind, "@")}
        page.set_column(at, at, column.width, _style(workbook, number_format, border=False))
        page.write_string(0, at, column.key, _head(workbook, required=column.required))
        _write_example(page, at, column, _style(workbook, {**number_format, "font_color": _GREY, "italic": True}))
        page.data_validation(1, at, LAST_ROW, at, _validation_options(sheet, column, xl_col_to_name(at)))
    page.set_row(0, 26)
    page.set_row(1, 22, example)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, LAST_ROW, len(sheet.columns) - 1)
    _set_up_printing(page)


def _set_up_printing(page: Worksheet) -> None:
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&C第 &P 页，共 &N 页")


def _style(workbook: Workbook, properties: dict[str, Any], *, border: bool = True) -> Format:
    return workbook.add_format(FONT | (_CELL if border else {"valign": "vcenter"}) | properties)


def _head(workbook: Workbook, *, required: bool) -> Format:
    fill = "#FFE699" if required else "#FFFFFF"
    return _style(workbook, {"bold": True, "align": "center", "bg_color": fill, "font_color": _NAVY, "text_wrap": True})


def _write_example(page: Worksheet, at: int, column: Column, look: Format) -> None:
    if isinstance(column.example, str):
        page.write_string(1, at, column.example, look)
    elif column.example is not None:
        page.write_number(1, at, column.example, look)
    else:
        page.write_blank(1, at, None, look)


def _validation_options(sheet: RosterSheet, column: Column, letter: str) -> dict[str, Any]:
    """The allowed values of a column, with its prompt and its error message."""
    options = _rule(sheet, column, f"{letter}2")
    options |= {"input_title": column.key, "input_message": column.prompt[:255]}
    if options["validate"] != "any":
        options |= {"error_title": "填写有误", "error_message": f"{column.key}：{_ERRORS[column.key]}"}
    return options


_ERRORS: Final = {
    "单位编码": "“单位”表中每个编码只能出现一次；其他表的编码必须是“单位”表中已有的。",
    "编制数": "请填不小于 0 的整数。",
    **dict.fromkeys(
        ("年初预算数", "当年财政拨款", "上年结转资金", "其他资金"), "请填不小于 0 的数字（万元），不要带“万元”等文字。"
    ),
    "一级指标": "请从下拉列表中选择。",
    "二级指标": "请从下拉列表中选择。",
    "分值": "请填大于 0、不超过 100 的数字，不要带“分”字。",
    "评分口径": "请从下拉列表中选择，或不填。",
}


def _rule(sheet: RosterSheet, column: Column, cell: str) -> dict[str, Any]:
    """The allowed values of a column; `cell` is its first cell below the head."""
    codes = f"'{DEPARTMENTS.key}'!$A$2:$A${LAST_ROW + 1}"
    if column.key == "单位编码":
        own = f"=COUNTIF($A$2:$A${LAST_ROW + 1},{cell})=1"
        return {"validate": "custom", "value": own if sheet is DEPARTMENTS else f"=COUNTIF({codes},{cell})>0"}
    if column.kind is Kind.COUNT:
        return {"validate": "integer", "criteria": ">=", "value": 0}
    if column.kind is Kind.MONEY:
        return {"validate": "decimal", "criteria": ">=", "value": 0}
    if column.kind is Kind.SCORE:
        return {"validate": "custom", "value": f"=AND(ISNUMBER({cell}),{cell}>0,{cell}<=100)"}
    lists = {
        review.category.key: [group.name for group in review.GROUPS],
        review.part.key: [part for group in review.GROUPS for part in group.parts],
        "评分口径": list(profile_names()),
    }
    if column.key in lists and (sheet is INDICATORS or column.key == "评分口径"):
        return {"validate": "list", "source": lists[column.key]}
    return {"validate": "any"}


def _write_guide(workbook: Workbook) -> None:
    """Write 填写说明, which explains each sheet and column."""
    page = workbook.add_worksheet(GUIDE)
    for at, width in enumerate((10, 16, 8, 64, 34)):
        page.set_column(at, at, width)
    title = workbook.add_format(FONT | {"bold": True, "font_size": 14, "valign": "vcenter"})
    note = workbook.add_format(FONT | {"text_wrap": True, "valign": "vcenter"})
    head, body = _head(workbook, required=False), _style(workbook, {"text_wrap": True, "bg_color": INPUT_FILL})
    page.write_string(0, 0, "单位名册填写说明", title)
    for row, text in enumerate(_NOTES, start=1):
        page.merge_range(row, 0, row, 4, text, note)
        page.set_row(row, 32)
    row = len(_NOTES) + 2
    for at, text in enumerate(("工作表", "列", "必填", "说明", "示例")):
        page.write_string(row, at, text, head)
    for sheet in SHEETS:
        for column in sheet.columns:
            row += 1
            texts = (sheet.key, column.key, "必填" if column.required else "", column.prompt, _shown(column.example))
            for at, text in enumerate(texts):
                page.write_string(row, at, text, body)
    page.hide_gridlines(2)
    page.set_paper(9)
    page.fit_to_pages(1, 1)


def _shown(example: str | float | None) -> str:
    return "" if example is None else example if isinstance(example, str) else f"{example:g}"
