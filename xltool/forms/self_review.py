"""附件2 部门整体支出绩效自评表: funds by nature, goals, indicators, 100 points.

Layout: the 2023 filing of 岳阳市君山区.
"""

from __future__ import annotations

from xltool.expr.nodes import Field, Kind, total
from xltool.forms import foot
from xltool.forms.model import Block, Form, Label, Role, Row, Slot
from xltool.forms.review import WIDTHS, funds, funds_head, funds_row, goals, indicator_block, total_row, year_funds
from xltool.forms.tolerances import CENT, ROUNDED_SUM


def _amount(key: str, *aliases: str) -> Field:
    return Field(key, Kind.MONEY, aliases=aliases, prompt=f"{key.split('_')[1]}的金额，没有填 0")


department = Field(
    "部门名称",
    Kind.TEXT,
    aliases=(
        "市级预算部门名称",
        "省级预算部门名称",
        "县级预算部门名称",
        "预算部门名称",
        "部门(单位)名称",
        "单位名称",
        "填报单位",
    ),
    prompt="填写部门全称，与公章一致",
)
year = year_funds(funds("年度资金总额"), rate_code="A2-03", score_code="A2-04")

general_budget = _amount("收入_一般公共预算")
fund_budget = _amount("收入_政府性基金拨款", "政府性基金")
special_account = _amount("收入_纳入专户管理的非税收入拨款", "财政专户管理资金")
other_income = _amount("收入_其他资金", "单位资金")
income = Field(
    "收入_合计",
    Kind.MONEY,
    formula=total(general_budget, fund_budget, special_account, other_income),
    code="A2-09",
    tolerance=ROUNDED_SUM,
    aliases=("按收入性质分", "收入总额", "收入合计"),
)
basic_spending = _amount("支出_基本支出")
project_spending = _amount("支出_项目支出")
spent = Field(
    "支出_合计",
    Kind.MONEY,
    formula=total(basic_spending, project_spending),
    code="A2-11",
    tolerance=CENT,
    aliases=("按支出性质分", "支出总额", "支出合计"),
)

spent_in_parts = Field("支出_两项之和", Kind.MONEY, derived=True)
"""基本支出 and 项目支出 added up, of a form of another place that does not state their sum."""


def _nature(left: str, income_field: Field, right: str | None = None, spent_field: Field | None = None) -> Row:
    half = (Label(left, 3, style="row"), Slot(income_field))
    if right is None or spent_field is None:
        return Row((*half, Label("", 3), Label("")), height=24)
    return Row((*half, Label(right, 3, style="row"), Slot(spent_field)), height=24)


FORM = Form(
    key="附件2",
    role=Role.DEPARTMENT_REVIEW,
    slug="部门整体支出绩效自评表",
    title="{year}年度部门整体支出绩效自评表",
    widths=WIDTHS,
    owner=department,
    repeat_rows=("一级指标", "一级指标"),
    bands=(
        Row((Label("附件2", 9, style="mark"),), height=18),
        Row((Label("{year}年度部门整体支出绩效自评表", 9, style="title"),), height=36),
        Row((Label("市级预算部门名称", 2), Slot(department, 7)), height=28),
        Block(
            "年度预算申请（万元）",
            (
                funds_head(),
                funds_row(year),
                _nature("按收入性质分：", income, "按支出性质分：", spent),
                _nature("  其中：一般公共预算", general_budget, "  其中：基本支出", basic_spending),
                _nature("        政府性基金拨款", fund_budget, "        项目支出", project_spending),
                _nature("        纳入专户管理的非税收入拨款", special_account),
                _nature("        其他资金", other_income),
            ),
        ),
        goals(),
        indicator_block(),
        total_row(year),
        *foot.rows((2, 1, 1, 2, 2, 1), (2, 2)),
    ),
)
