"""附件3 项目支出绩效自评表, one a project: funds, goals, indicators, 100 points.

Layout: the 2023 filing of 岳阳市君山区.
"""

from __future__ import annotations

from xltool.expr.nodes import Field, Kind, total
from xltool.forms import foot
from xltool.forms.model import Block, Form, Label, Role, Row, Slot
from xltool.forms.review import (
    WIDTHS,
    Funds,
    funds,
    funds_head,
    funds_row,
    goals,
    indicator_block,
    total_row,
    year_funds,
)

name = Field(
    "项目支出名称",
    Kind.TEXT,
    aliases=("项目名称", "专项名称", "专项资金名称"),
    prompt="填写项目全称，与附件1的项目名称一致",
)
supervisor = Field(
    "主管部门", Kind.TEXT, aliases=("主管部门及代码", "项目主管部门", "市级主管部门"), prompt="填写主管部门全称"
)
implementer = Field(
    "实施单位", Kind.TEXT, aliases=("项目单位", "项目实施单位", "实施部门"), prompt="填写实际实施本项目的单位全称"
)

appropriation = funds("当年财政拨款")
carried_over = funds("上年结转资金")
other_funds = funds("其他资金")
breakdown = (appropriation, carried_over, other_funds)
breakdown_rates = {
    label: Field(f"{label}_执行率", Kind.RATE, derived=True) for label in ("当年财政拨款", "上年结转资金", "其他资金")
}
"""Rates of execution that forms of other places have beside the parts of the money."""
year = year_funds(
    funds(
        "年度资金总额",
        (
            total(*(line.initial for line in breakdown)),
            total(*(line.budget for line in breakdown)),
            total(*(line.executed for line in breakdown)),
        ),
        code="A3-02",
    ),
    rate_code="A3-06",
    score_code="A3-07",
)


def _source(label: str, line: Funds) -> Row:
    closed = tuple(Label("") for _ in range(3))
    return Row((Label(label, 2, style="row"), *line.slots, *closed), height=24)


FORM = Form(
    key="附件3",
    role=Role.PROJECT_REVIEW,
    slug="项目支出绩效自评表",
    title="{year}年度项目支出绩效自评表",
    widths=WIDTHS,
    owner=name,
    repeat_rows=("一级指标", "一级指标"),
    bands=(
        Row((Label("附件3", 9, style="mark"),), height=18),
        Row((Label("{year}年度项目支出绩效自评表", 9, style="title"),), height=36),
        Row((Label("项目支出名称", 2), Slot(name, 7)), height=28),
        Row((Label("主管部门", 2), Slot(supervisor, 2), Label("实施单位", 2), Slot(implementer, 3)), height=28),
        Block(
            "项目资金（万元）",
            (
                funds_head(),
                funds_row(year),
                _source("其中：当年财政拨款", appropriation),
                _source("      上年结转资金", carried_over),
                _source("      其他资金", other_funds),
            ),
        ),
        goals(),
        indicator_block(),
        total_row(year),
        *foot.rows((2, 1, 1, 2, 2, 1), (2, 2)),
    ),
)
