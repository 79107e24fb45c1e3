"""The bureau's roster, declared: its sheets, their columns and what may stand in them (contract §7).

The empty roster workbook (`xltool.template.empty_roster`) and the reading of a filled one (`xltool.roster`) both
follow from this declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind
from xltool.forms import review

if TYPE_CHECKING:
    from xltool.expr.nodes import Field

COUNTY_HEADS = ("县区", "县市区", "区县", "所属县")
CITY_HEADS = ("市州", "地市", "设区市", "所属市")
"""Other heads of the columns 县 and 市."""
EXAMPLE = "示例"
"""The code of an example row begins with this; such rows are skipped."""
EXAMPLE_NAME = "（示例，填写前请删除本行）"
"""Ends the name in the example row; whoever gives the row another code still has the example."""


@dataclass(frozen=True)
class Column:
    """A column of the roster: its head, its kind, other heads that are recognised, and an example."""

    key: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    width: float = 14
    prompt: str = ""
    example: str | float | None = None


@dataclass(frozen=True)
class RosterSheet:
    """A sheet of the roster; only the first is required."""

    key: str
    aliases: tuple[str, ...]
    columns: tuple[Column, ...]


def _code(*, prompt: str) -> Column:
    aliases = ("单位代码", "预算单位编码", "预算单位代码", "部门编码", "部门代码", "编码", "代码")
    return Column("单位编码", Kind.TEXT, aliases, required=True, width=14, prompt=prompt, example=f"{EXAMPLE}001")


def _budget(key: str, prompt: str, *aliases: str, example: float | None = None) -> Column:
    return Column(key, Kind.MONEY, aliases, width=15, prompt=prompt, example=example)


def _of_form(item: Field, width: float, prompt: str, example: str | float, *, required: bool = True) -> Column:
    """A column of the indicator table of 附件2 and 附件3, with the same heads as there."""
    return Column(item.key, item.kind, item.aliases, required, width, prompt, example)


DEPARTMENTS = RosterSheet(
    "单位",
    ("单位表", "单位名单", "单位名册", "预算单位", "部门"),
    (
        _code(prompt="按文本填写，开头的 0 保留；每个单位一个编码，不能重复"),
        Column("单位名称", Kind.TEXT, ("单位全称", "部门名称", "预算单位", "预算单位名称", "单位"), required=True,
               width=34, prompt="单位全称，与公章一致", example=f"某某县某某局{EXAMPLE_NAME}"),
        Column("简称", Kind.TEXT, ("单位简称", "部门简称"), width=14, prompt="报送时常用的简称；多个用顿号隔开",
               example="某某局"),
        Column("编制数", Kind.COUNT, ("人员编制", "编制人数"), width=10, prompt="机构编制部门核定的编制数，单位：人",
               example=12),
        Column("联系人", Kind.TEXT, ("填表人", "经办人"), width=12, prompt="填表人姓名，会填入表尾，单位可改",
               example="某某"),
        Column("联系电话", Kind.PHONE, ("电话", "联系方式", "手机", "手机号码"), width=16,
               prompt="会填入表尾，单位可改", example="0000-0000000"),
        Column("评分口径", Kind.TEXT, ("口径",), width=12, prompt="不填按默认口径", example="默认"),
        _budget("年初预算数", "选填。本单位年初预算总额（万元），填了就锁定在附件2", "年初预算", example=1200.0),
        Column("县", Kind.TEXT, COUNTY_HEADS, width=16,
               prompt="选填。几个县一起审核时填：代码和名称，如 430621岳阳县，代码可不填；市本级不填"),
        Column("市", Kind.TEXT, CITY_HEADS, width=16,
               prompt="选填。几个市一起审核时填：代码和名称，如 430600岳阳市，代码可不填"),
    ),
)  # fmt: skip
PROJECTS = RosterSheet(
    "项目",
    ("项目表", "项目名单", "项目名册"),
    (
        _code(prompt="与“单位”表的单位编码一致"),
        Column("项目名称", Kind.TEXT, ("项目", "项目支出名称"), required=True, width=34,
               prompt="批复的项目全称，会锁定在附件1和附件3", example="某某专项"),
        Column("主管部门", Kind.TEXT, ("项目主管部门",), width=26, prompt="不填时由单位自己填写",
               example="某某县某某局"),
        Column("实施单位", Kind.TEXT, ("项目实施单位", "项目单位"), width=26, prompt="不填时填入本单位名称",
               example="某某县某某局"),
        _budget("年初预算数", "批复的年初预算数，单位：万元；会锁定在附件1、附件3", "年初预算", "预算数",
                example=996.72),
        _budget("当年财政拨款", "选填。年初预算数不全是财政拨款的，在这三栏分开填", "本年财政拨款", "财政拨款"),
        _budget("上年结转资金", "选填。年初预算数中的上年结转资金", "上年结转"),
        _budget("其他资金", "选填。年初预算数中的其他资金"),
    ),
)  # fmt: skip
INDICATORS = RosterSheet(
    "指标",
    ("指标表", "绩效指标", "绩效目标", "批复指标"),
    (
        _code(prompt="与“单位”表的单位编码一致"),
        Column("项目名称", Kind.TEXT, ("项目", "项目支出名称"), width=26,
               prompt="与“项目”表一致；不填表示本单位整体支出（附件2）的指标", example="某某专项"),
        _of_form(review.category, 14, "从下拉列表中选择", "产出指标", required=False),
        _of_form(review.part, 20, "从下拉列表中选择", "数量指标"),
        _of_form(review.indicator, 30, "批复的具体指标名称", "培训人次"),
        _of_form(review.target_value, 16, "批复的目标值，带单位或符号，如：≥95%", "≥200人次"),
        _of_form(review.weight, 10, "批复的分值；同一张表各指标的分值合计见填写说明", 90),
    ),
)  # fmt: skip
SIGNATURE = RosterSheet(
    "落款",
    ("落款表", "财政部门"),
    (
        Column("财政部门", Kind.TEXT, ("财政局", "单位名称", "名称"), required=True, width=34,
               prompt="通知落款的单位全称，与公章一致", example=f"{EXAMPLE}：某某县财政局"),
        Column("联系人", Kind.TEXT, ("经办人",), width=12, prompt="单位有疑问时找谁", example="某某"),
        Column("联系电话", Kind.PHONE, ("电话", "联系方式"), width=16, prompt="联系人的电话", example="0000-0000000"),
        Column("县", Kind.TEXT, COUNTY_HEADS, width=16, prompt="选填。只是这个县的落款，写法与“单位”表相同"),
        Column("市", Kind.TEXT, CITY_HEADS, width=16, prompt="选填。只是这个市的落款（市本级，以及没有自己落款的县）"),
    ),
)  # fmt: skip
SHEETS = (DEPARTMENTS, PROJECTS, INDICATORS, SIGNATURE)
