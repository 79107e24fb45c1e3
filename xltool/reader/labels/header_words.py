"""Labels of names and headings above the indicators, as regions print them, as patterns of folded labels."""

from __future__ import annotations

import re
from typing import Final

from xltool.text.lazy_pattern import lazy_pattern

_PLACE: Final = (
    r"(?:地方|本级|市本级|[市县区州旗]级?|[市县区州]\([市县区、]{1,5}\)级?"
    r"|(?:县区|区县|市县|旗县|州市|乡镇)级?)"
)
_DEPARTMENT: Final = r"(?:部门|单位)(?:\((?:单位|部门)\)|[、/]?(?:或|和)?单位)?"
_SEAL: Final = r"(?:\((?:盖章|公章|签章)\))?"

PROJECT: Final = lazy_pattern(
    lambda: re.compile(
        r"(?:[一二三]级|具体|评价|自评|绩效|部门)?"
        r"(?:转移(?:支付)?|专项|政策|项目|资金|预算|财政|支出|补助|课题|[、/和及或]|\((?:项目|政策|专项|资金|课题)\)){1,6}"
        r"(?:(?:代码|编码)及)?(?:名称|全称)(?:及(?:代码|编码))?|工程名称"
    )
)
"""名称 of a project, a policy or a transfer; what is only 名称 names anything."""
SUPERVISOR: Final = lazy_pattern(
    lambda: re.compile(
        rf"(?:项目|资金)?(?:{_PLACE}|一级|行业|归口|责任)?(?:行政|业务|预算)?主管(?:预算|\(预算\))?(?:部门|单位)"
        rf"(?:\((?:单位|科室|部门)\))?(?:(?:代码|编码)及)?(?:名称)?(?:及(?:代码|编码))?{_SEAL}|项目\(主管\)部门"
    )
)
"""The department above; that of the ministry or the province (中央主管部门) is another one, in a form of a county."""
OF_CITY: Final = lazy_pattern(lambda: re.compile(r"[市州]级?(?:行政|业务|预算)?主管"))
"""A city's department (市级主管部门), which a county's form may name above its own."""
IMPLEMENTER: Final = lazy_pattern(
    lambda: re.compile(
        r"(?:项目|资金|具体|专项|政策){0,2}(?:组织)?(?:实施|使用|承担|执行|承办|建设)(?:\(.{1,4}\))?(?:单位|部门)(?:\((?:单位|部门|科室|处室)\))?"
        rf"(?:名称)?(?:及(?:代码|编码))?{_SEAL}|(?:项目|用款|项目用款|项目法人)单位(?:名称)?|(?:项目)?实施(?:主体|机构|科室)"
    )
)
WEAK_SUPERVISOR: Final = lazy_pattern(lambda: re.compile(rf"(?:一级)?预算部门(?:名称)?{_SEAL}|部门名称{_SEAL}"))
"""The department whose budget the project is in, on a form without 主管部门."""
WEAK_IMPLEMENTER: Final = lazy_pattern(
    lambda: re.compile(
        rf"(?:填报|预算|申报|项目申报|基层预算|基层|项目负责|项目责任|责任|牵头)单位(?:名称)?{_SEAL}|单位名称{_SEAL}|(?:项目)?单位\((?:盖章|公章)\)"
    )
)
"""The unit that files a project's form; a form that has 实施单位 as well means that."""
DEPARTMENT: Final = lazy_pattern(
    lambda: re.compile(
        rf"(?:一级|省级|市本级|本级|级|{_PLACE})?(?:主管|预算|整体支出)?{_DEPARTMENT}(?:名称|全称)(?:及(?:代码|编码))?{_SEAL}|填报(?:单位|部门)(?:名称)?{_SEAL}"
        rf"|(?:一级|省级|市本级|本级|{_PLACE})?预算{_DEPARTMENT}{_SEAL}"
    )
)
WEAK_DEPARTMENT: Final = lazy_pattern(
    lambda: re.compile(
        rf"部门|部门\(单位\)|(?:项目|业务)主管部门|(?:部门|单位)\((?:盖章|公章)\)|{_PLACE}?主管(?:部门|单位)(?:\(单位\))?|(?:被?评价|自评)(?:部门|单位)(?:名称)?|(?:报送|填表|申报)单位"
    )
)

_GOAL_WORDS: Final = (
    r"(?:年初|年度|全年|当年|本年度?|项目|部门|整体|总体|总|预期|设定|申报|批复|绩效|计划|财政"
    r"|履职|工作|主要|职责|实施){1,5}"
)
GOAL: Final = lazy_pattern(
    lambda: re.compile(
        rf"{_GOAL_WORDS}目标(?:值|设定(?:情况)?)?(?:\(年初(?:设[定置]|申报|批复)\))?|(?:年初|年度|预期)设定|目标(?:内容|设定(?:情况)?)"
    )
)
ADJUSTED_GOAL: Final = lazy_pattern(lambda: re.compile(r".{0,4}调整.{0,3}(?:绩效)?目标"))
ACHIEVEMENT: Final = lazy_pattern(
    lambda: re.compile(
        r"(?:年度|全年|年末|年终|当年|本年度?|目标|总体?|绩效|实际|项目|整体|部门|工作|任务|预期|具体|自评|履职|的){0,5}"
        r"(?:完成|实现|达成)(?:绩效目标|目标)?(?:情况|结果)(?:综述|概述|说明|描述)?"
        r"|(?:全年|年度)?实际(?:完成|绩效|达成)(?:情况|绩效|目标|内容)?"
    )
)

_PRINTED: Final = (PROJECT, SUPERVISOR, IMPLEMENTER, WEAK_IMPLEMENTER, DEPARTMENT, WEAK_DEPARTMENT)
_HEADINGS: Final = (GOAL, ADJUSTED_GOAL, ACHIEVEMENT)
LONGEST: Final = 24
"""Characters of a text that can be such a label."""


def is_header_label(label: str) -> bool:
    """Whether a folded text is a label above the indicators.

    >>> is_header_label("转移支付(项目)名称"), is_header_label("年度总体目标完成情况综述"), is_header_label("某某局")
    (True, True, False)
    """
    words = label.partition("/")[0]  # 项目实施单位/项目负责人
    return len(label) <= LONGEST and any(pattern.fullmatch(words) for pattern in (*_PRINTED, *_HEADINGS))
