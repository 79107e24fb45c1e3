"""A small county: its roster, the filings of last year, and readers of what was issued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import openpyxl

import xltool
from tests.support.sheets import records_of
from tests.support.template import Form, read_template
from xltool.forms import FORMS, base_data
from xltool.issuing.issue import LIST
from xltool.reader.reading import read_file
from xltool.template.filling import indicator_columns, project_columns
from xltool.template.order import Order, SheetOrder
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.expr.nodes import Field
    from xltool.reader.records import Submission


WATER, SCHOOLS, FARMS, WOODS = "某某县水利局", "某某县教育局", "某某县农业农村局", "某某县林业局"


RIVER, DAM, OLD = "河道治理", "水库除险加固（一期）", "机井改造"


LONG: Final = "完成主要河道清淤疏浚、岸坡整治和生态护岸建设的总长度（含支流）"


Command = Callable[..., tuple[int, str, str]]


UNITS: Final[list[list[Any]]] = [
    ["单位编码", "单位名称", "编制数", "联系人", "联系电话", "年初预算数", "简称"],
    ["012", WATER, 12, "某某", "0000-0000000", 1300],
    ["013", SCHOOLS],
    ["014", FARMS, 40, None, None, None, "农业局"],
    ["015", WOODS],
]


PROJECTS: Final[list[list[Any]]] = [
    ["单位编码", "项目名称", "主管部门", "实施单位", "年初预算数", "当年财政拨款", "其他资金"],
    ["012", RIVER, WATER, "某某县河道所", 996.72],
    ["012", DAM, None, None, 200, 150, 50],
    ["014", "农业/补贴", None, None, None],
    ["014", "农业:补贴", None, None, 5],
]


INDICATORS: Final[list[list[Any]]] = [
    ["单位编码", "项目名称", "二级指标", "三级指标", "年度指标值", "分值"],
    *(["012", RIVER, "数量指标", name, "≥15公里", 10] for name in (LONG, "二", "三", "四", "五")),
    ["012", RIVER, "经济效益指标", "增产", "≥3%", 30],
    ["012", RIVER, "满意度指标", "群众满意度", "≥90%", 10],
]  # fmt: skip


ALL: Final[dict[str, list[list[Any]]]] = {"单位": UNITS, "项目": PROJECTS, "指标": INDICATORS}


def last_year(folder: Path, department: str = WATER, **more: Any) -> Path:  # noqa: ANN401 - parts of a filing
    """Write a filing of a department for 2023: 附件1, 附件2, and 附件3 of two projects, one of which has ended."""
    names = more.pop("projects", (RIVER, OLD))
    order = Order(more.pop("year", 2023), department, projects=names)
    rows: list[dict[str, str | float | None]] = [
        {"二级指标": "数量指标", "三级指标": "上年数量", "年度指标值": "≥10公里", "分值": 60.0, "得分": 60.0},
        {"二级指标": "服务对象满意度指标", "三级指标": "上年满意度", "年度指标值": "≥85%", "分值": 30.0},
    ]
    values: dict[str, dict[Field, Any]] = {
        "附件1": {
            base_data.posts: 11,
            base_data.reception.actual: 4.5,
            base_data.vehicle_running.actual: 7.1,
            base_data.abroad.actual: "——",
            base_data.running.actual: 39.19,
            **project_columns([{"项目名称": name, "本年决算数": 100.0 + at} for at, name in enumerate(names)]),
        },
        "附件2": dict(indicator_columns(rows, 3)),
        "附件3": dict(indicator_columns(rows[:1], 3)),
    }
    values["附件1"] |= more.pop("extra", {})
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in (
        SheetOrder(FORMS["附件1"]),
        SheetOrder(FORMS["附件2"]),
        *(SheetOrder(FORMS["附件3"], n) for n in names),
    ):
        path = folder / f"{sheet.form.key}{sheet.project}.xlsx"
        path.write_bytes(write_workbook(order, [replace(sheet, prefill=values[sheet.form.key])]))
    return folder


def issue(out: Path, **wishes: Any) -> list[Path]:  # noqa: ANN401 - the parameters of generate
    """Issue the forms of 2024."""
    return xltool.generate(year=2024, out=out, **wishes)


def form_of(path: Path) -> tuple[Form, Submission]:
    """The only form of a file, as a template and as the reader's submission."""
    (form,) = read_template(path).forms.values()
    (submission,) = read_file(path, path.name).submissions
    return form, submission


def file_of(paths: list[Path], *words: str) -> Path:
    """The only file that has all these words in its name or in that of its folder."""
    (path,) = (path for path in paths if all(word in "/".join(path.parts[-2:]) for word in words))
    return path


def lines(out: Path, sheet: str = "下发清单") -> list[dict[str, Any]]:
    """The rows of a sheet of the list, by head."""
    return records_of(out / LIST, sheet)


def fills(path: Path) -> dict[str, str]:
    """The fill of every cell of the first sheet."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {cell.coordinate: "#" + str(cell.fill.fgColor.rgb)[2:] for row in sheet.iter_rows() for cell in row}
