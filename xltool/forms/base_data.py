"""附件1 部门整体支出绩效评价基础数据表: staffing, 三公经费, 项目支出, 公用经费, 楼堂馆所.

Layout: the 2023 filing of 岳阳市君山区; the line 填报单位 / 单位：万元 is that of the 2018 edition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.expr.nodes import Expr, Field, Kind, Sum, Total, total
from xltool.forms import foot
from xltool.forms.model import NOT_APPLICABLE, Block, Form, Item, Label, ProjectRows, Role, Row, Slot, Table
from xltool.forms.tolerances import CENT, ROUNDED_SUM

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECTS = "projects"
MEASURES = ("上年决算数", "本年预算数", "本年决算数")
_PROMPTS = {"上年决算数": "上年度部门决算数", "本年预算数": "本年年初预算数", "本年决算数": "本年度部门决算数"}


class Spending(Struct, frozen=True):
    """One line of 经费控制情况: the three amounts of an item."""

    last: Field
    budget: Field
    actual: Field

    def __iter__(self) -> Iterator[Field]:
        return iter((self.last, self.budget, self.actual))


def spending(key: str, *aliases: str) -> Spending:
    """An item a department fills in."""
    return Spending(
        *(
            Field(f"{key}_{measure}", Kind.MONEY, aliases=aliases, prompt=f"{key}的{_PROMPTS[measure]}")
            for measure in MEASURES
        )
    )


def calculated(key: str, formulas: tuple[Expr, Expr, Expr], code: str, *aliases: str) -> Spending:
    """An item that follows from its parts."""
    return Spending(
        *(
            Field(
                f"{key}_{measure}",
                Kind.MONEY,
                formula=formula,
                code=code,
                tolerance=CENT if isinstance(formula, Total) and len(formula.parts) == 2 else ROUNDED_SUM,  # noqa: PLR2004 - two parts
                aliases=aliases,
            )
            for measure, formula in zip(MEASURES, formulas, strict=True)
        )
    )


def _sum_of(*items: Spending) -> tuple[Expr, Expr, Expr]:
    return (
        total(*(item.last for item in items)),
        total(*(item.budget for item in items)),
        total(*(item.actual for item in items)),
    )


unit = Field("填报单位", Kind.TEXT, aliases=("单位名称", "部门名称", "编制单位"), prompt="填写单位全称，与公章一致")

posts = Field(
    "编制数",
    Kind.COUNT,
    aliases=("人员编制", "人员编制数", "核定编制数", "编制人数"),
    prompt="机构编制部门核定的年末编制数",
)
staff = Field(
    "实际在职人数",
    Kind.COUNT,
    aliases=(
        "实有人数",
        "在职人数",
        "{year}年实际在职人数",
        "年末实有在职人数",
        "实有在职人数",
        "年末在职人数",
        "年末实有人数",
    ),
    prompt="年末实际在职人数，以部门决算口径为准",
)
control = Field("控制率", Kind.RATE, formula=staff / posts, code="A1-04", aliases=("在职人员控制率",))

vehicle_purchase = spending("公车购置", "公务用车购置", "公务用车购置费", "公车购置费")
vehicle_running = spending("公车运行维护", "公务用车运行维护", "公务用车运行维护费", "公车运行维护费")
vehicles = calculated(
    "公务用车购置和维护经费",
    _sum_of(vehicle_purchase, vehicle_running),
    "A1-08",
    "公务用车购置及运行费",
    "公务用车购置及运行维护费",
    "公务用车购置和运行维护费",
)
abroad = spending(
    "出国经费", "出国(境)经费", "因公出国(境)经费", "因公出国(境)费", "因公出国（境）费用", "因公出国(境)", "因公出国"
)
reception = spending("公务接待", "公务接待费", "公务招待费", "公务接待经费")
three_public = calculated("三公经费", _sum_of(vehicles, abroad, reception), "A1-07", "“三公”经费", "三公经费合计")

project_name = Field(
    "项目名称", Kind.TEXT, table=PROJECTS, prompt="每行一个项目，填项目全称，与附件3的项目支出名称一致，不用写序号"
)
project_last, project_budget, project_actual = (
    Field(measure, Kind.MONEY, table=PROJECTS, name=f"项目_{measure}", prompt=f"本项目的{_PROMPTS[measure]}")
    for measure in MEASURES
)
projects = Table(PROJECTS, (project_name, project_last, project_budget, project_actual))
project_spending = calculated(
    "项目支出", (Sum(project_last), Sum(project_budget), Sum(project_actual)), "A1-15", "项目支出合计"
)

running = spending("公用经费", "公用经费合计", "日常公用经费", "日常公用支出")
office = spending("办公经费", "办公费")
utilities = spending("水费电费差旅费", "水费、电费、差旅费", "水电差旅费")
meetings = spending("会议费培训费", "会议费、培训费")
running_lines = (office, utilities, meetings)

# The first amount of these two is a —— cell in the form at hand; the 2018 edition did fill it.
procurement = spending("政府采购金额", "政府采购")
procurement_budget, procurement_actual = procurement.budget, procurement.actual
adjustment = spending("部门基本支出预算调整", "部门整体支出预算调整")
adjustment_before, adjustment_after = adjustment.budget, adjustment.actual

approved_area = Field("批复规模", Kind.AREA, prompt="批准的建设面积，没有完工的楼堂馆所项目不填")
actual_area = Field("实际规模", Kind.AREA, prompt="实际建设面积，没有完工的楼堂馆所项目不填")
area_control = Field("规模控制率", Kind.RATE, formula=actual_area / approved_area, code="A1-26")
planned_investment = Field("预算投资", Kind.MONEY, prompt="批准的概算投资，没有完工的楼堂馆所项目不填")
actual_investment = Field("实际投资", Kind.MONEY, prompt="实际完成投资，没有完工的楼堂馆所项目不填")
investment_control = Field("投资概算控制率", Kind.RATE, formula=actual_investment / planned_investment, code="A1-27")

thrift = Field("厉行节约保障措施", Kind.LONG_TEXT, prompt="填写本年度厉行节约、控制一般性支出的制度和措施")

# The years printed in title and heads, read from the labels.
title_year = Field("标题年度", Kind.COUNT, derived=True)
last_year = Field("表头上年年度", Kind.COUNT, derived=True)
budget_year = Field("表头预算年度", Kind.COUNT, derived=True)
actual_year = Field("表头决算年度", Kind.COUNT, derived=True)

NOTE = "说明：“项目支出”需要填报基本支出以外的所有项目支出情况，“公用经费”填报基本支出中的一般商品和服务支出。"


def _line(label: str, item: Spending, style: str = "row") -> Row:
    return Row((Label(label, style=style), *(Slot(field, 2) for field in item)), height=23)


def _open_line(label: str, budget: Field, actual: Field) -> Row:
    blank = Label(NOT_APPLICABLE, 2)
    return Row((Label(label, style="row"), blank, Slot(budget, 2), Slot(actual, 2)), height=23)


def _estate() -> tuple[Row, Row]:
    fields = (approved_area, actual_area, area_control, planned_investment, actual_investment, investment_control)
    labels = (
        "批复规模（㎡）",
        "实际规模（㎡）",
        "规模控制率",
        "预算投资（万元）",
        "实际投资（万元）",
        "投资概算控制率",
    )
    slots: tuple[Item, ...] = tuple(Slot(field) for field in fields)
    return Row(tuple(Label(label) for label in labels), height=32), Row(slots, height=23)


FORM = Form(
    key="附件1",
    role=Role.BASE_DATA,
    slug="部门整体支出绩效评价基础数据表",
    title="{year}年度部门整体支出绩效评价基础数据表",
    widths=(30, 13, 13, 13, 13, 13, 13),
    owner=unit,
    repeat_rows=("经费控制情况（万元）", "经费控制情况（万元）"),
    bands=(
        Row((Label("附件1", 7, style="mark"),), height=18),
        Row((Label("{year}年度部门整体支出绩效评价基础数据表", 7, style="title"),), height=36),
        Row((Label("填报单位：", style="foot"), Slot(unit, 4), Label("单位：万元", 2, style="unit")), height=22),
        Row(
            (
                Label("财政供养人员情况（人）", rows=2),
                Label("编制数", 2),
                Label("{year}年实际在职人数", 2),
                Label("控制率", 2),
            ),
            height=24,
        ),
        Row((Slot(posts, 2), Slot(staff, 2), Slot(control, 2))),
        Row(
            (
                Label("经费控制情况（万元）"),
                Label("{prior}年决算数", 2),
                Label("{year}年预算数", 2),
                Label("{year}年决算数", 2),
            )
        ),
        _line("三公经费", three_public),
        _line("   1、公务用车购置和维护经费", vehicles),
        _line("       其中：公车购置", vehicle_purchase),
        _line("             公车运行维护", vehicle_running),
        _line("   2、出国经费", abroad),
        _line("   3、公务接待", reception),
        _line("项目支出：", project_spending),
        ProjectRows(projects, (1, 2, 2, 2), height=28),
        _line("公用经费", running),
        _line("    其中：办公经费", office),
        _line("          水费、电费、差旅费", utilities),
        _line("          会议费、培训费", meetings),
        _open_line("政府采购金额", procurement_budget, procurement_actual),
        _open_line("部门基本支出预算调整", adjustment_before, adjustment_after),
        Block("楼堂馆所控制情况\n（{year}年完工项目）", _estate()),
        Row((Label("厉行节约保障措施"), Slot(thrift, 6)), height=100),
        Row((Label(NOTE, 7, style="note"),), height=32),
        *foot.rows((1, 1, 1, 2, 1, 1), (1, 2)),
    ),
)
