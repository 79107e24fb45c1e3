"""What contract §2 says of fields, written out by hand: the oracle of the template tests."""

from __future__ import annotations

from typing import Final

SPENDING: Final = (
    *("三公经费", "公务用车购置和维护经费", "公车购置", "公车运行维护", "出国经费", "公务接待"),
    *("项目支出", "公用经费", "办公经费", "水费电费差旅费", "会议费培训费"),
)
YEARS: Final = ("上年决算数", "本年预算数", "本年决算数")
FUNDS: Final = ("年初预算数", "全年预算数", "全年执行数")
FOOT: Final = ("填表人", "填报日期", "联系电话", "单位负责人签字")
GOALS: Final = ("预期目标", "实际完成情况")
TOTALS: Final = ("总分_分值", "总分_得分")
YEAR_FUNDS: Final = tuple(f"年度资金总额_{measure}" for measure in (*FUNDS, "分值", "执行率", "得分"))

INDICATOR_COLUMNS: Final = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "指标_分值",
    "指标_得分",
    "偏差原因分析及改进措施",
)
PROJECT_COLUMNS: Final = ("项目名称", "项目_上年决算数", "项目_本年预算数", "项目_本年决算数")
COLUMNS: Final = {"附件1": PROJECT_COLUMNS, "附件2": INDICATOR_COLUMNS, "附件3": INDICATOR_COLUMNS}

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "附件1": (
        "填报单位",
        *("编制数", "实际在职人数", "控制率"),
        *(f"{item}_{measure}" for item in SPENDING for measure in YEARS),
        *(f"{item}_{measure}" for item in ("政府采购金额", "部门基本支出预算调整") for measure in YEARS[1:]),
        *("批复规模", "实际规模", "规模控制率", "预算投资", "实际投资", "投资概算控制率"),
        "厉行节约保障措施",
        *FOOT,
    ),
    "附件2": (
        "部门名称",
        *YEAR_FUNDS,
        *("收入_合计", "收入_一般公共预算", "收入_政府性基金拨款", "收入_纳入专户管理的非税收入拨款", "收入_其他资金"),
        *("支出_合计", "支出_基本支出", "支出_项目支出"),
        *GOALS,
        *TOTALS,
        *FOOT,
    ),
    "附件3": (
        *("项目支出名称", "主管部门", "实施单位"),
        *YEAR_FUNDS,
        *(f"{line}_{measure}" for line in ("当年财政拨款", "上年结转资金", "其他资金") for measure in FUNDS),
        *GOALS,
        *TOTALS,
        *FOOT,
    ),
}

_SCORED: Final = ("年度资金总额_执行率", "年度资金总额_得分", *TOTALS)
CALCULATED: Final[dict[str, frozenset[str]]] = {
    "附件1": frozenset(
        {
            *("控制率", "规模控制率", "投资概算控制率"),
            *(f"{item}_{measure}" for item in ("三公经费", "公务用车购置和维护经费", "项目支出") for measure in YEARS),
        }
    ),
    "附件2": frozenset({*_SCORED, "收入_合计", "支出_合计"}),
    "附件3": frozenset({*_SCORED, *(f"年度资金总额_{measure}" for measure in FUNDS)}),
}
PRINTED: Final = frozenset({"年度资金总额_分值"})
"""The form itself prints this: 10."""

PARTS: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "产出指标": (50, ("数量指标", "质量指标", "时效指标", "成本指标")),
    "效益指标": (30, ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标")),
    "满意度指标": (10, ("服务对象满意度指标",)),
}


def inputs(form: str) -> frozenset[str]:
    """Fields outside tables that a department fills in."""
    return frozenset(FIELDS[form]) - CALCULATED[form] - PRINTED
