"""Kinds of indicator that a form has none of (S-32), and the grade printed beside its total (S-35)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from xltool.expr.nodes import Const, Expr, Kind, Param
from xltool.findings import Severity
from xltool.forms import project, review, self_review
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.forms.tolerances import SAME_SCORE
from xltool.rules.model import Check, frame_rule, rule
from xltool.rules.needs import AnyForm, Rows
from xltool.rules.samples import base_form, filing_view, form_view, indicator, project_form
from xltool.text.views import FieldRef, FilingView, FormView, Hit, text_of
from xltool.text.wording import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Predicate

ERROR, INFO = Severity.ERROR, Severity.INFO
_WORDS = {
    "数量指标": "数量",
    "质量指标": "质量",
    "时效指标": "时效|进度",
    "成本指标": "成本",
    "经济效益指标": "经济(?!成本)",
    "社会效益指标": "社会(?!成本)",
    "生态效益指标": "生态(?!环境成本|成本)",
    "可持续影响指标": "可持续",
    "服务对象满意度指标": "满意",
}
_GENERAL = {"产出指标": "^产出", "效益指标": "^效益", "满意度指标": "(?!)"}
"""A 二级指标 with the name of its 一级指标 may be of any kind below that."""


def _parts(view: FormView) -> list[str]:
    """The 二级指标 of all rows that name an indicator."""
    return [
        part
        for row in view.rows
        if fold_case(text_of(row, review.indicator)) and (part := fold_case(text_of(row, review.part)))
    ]


@lru_cache(1024)
def _kinds(part: str) -> frozenset[str]:
    """The kinds of 二级指标 that a text may mean; all kinds of a 一级指标 if it has the name of that."""
    meant = {name for name, words in _WORDS.items() if re.search(words, part)}
    general = (group.parts for group in review.GROUPS if re.search(_GENERAL[group.name], part))
    return frozenset(meant.union(*general))


def _absent(parts: list[str]) -> list[str]:
    """The kinds that no 二级指标 means; none where most are of other kinds (预算管理, 履职效能), which the form has."""
    kinds = [_kinds(part) for part in set(parts)]
    there = set[str]().union(*kinds)
    is_ours = sum(map(bool, kinds)) * 2 >= len(kinds)
    return [name for group in review.GROUPS for name in group.parts if is_ours and name not in there]


def _form(*parts: str, role: Role = Role.DEPARTMENT_REVIEW) -> FilingView:
    return filing_view(
        form_view(role, rows=tuple(indicator(f"指标{number}", part=part) for number, part in enumerate(parts)))
    )


_ALL = tuple(part for group in review.GROUPS for part in group.parts)


@frame_rule(
    "S-32",
    "各类二级指标都有内容",
    severity=INFO,
    basis="附件2、附件3表样列有这些类别；没有相应内容的可以不填",
    roles=REVIEW_ROLES,
    needs=(AnyForm(REVIEW_ROLES), Rows()),
    good=[
        _form(*_ALL),
        _form("数量", "质量", "进度指标", "经济成本指标", "社会成本", "经济", "社会", "生态", "可持续影响", "满意度"),
        _form("数量指标", "质量指标", "时效指标", "成本指标", "效益指标", "满意度指标"),
        _form("产出", "效益", "满意度"),
        _form("预算和财务管理", "绩效管理", "履职效益", "重点工作任务完成", "满意度"),
        _form("", ""),
        filing_view(base_form()),
        filing_view(project_form()),
    ],
    bad=[
        _form(*_ALL[:-2], _ALL[-1]),
        _form("质量", "进度", "满意度", "质量", "进度"),
        _form("数量指标", "质量指标", "其他指标", "资金管理"),
        _form(*(part for part in _ALL if part != "经济效益指标"), "经济成本指标"),
        filing_view(project_form(rows=(*_form(*_ALL[1:]).forms[0].rows, {**indicator("", part="数量指标")}))),
    ],
)
def every_kind_is_there(filing: FilingView) -> Iterator[Hit]:
    """没有填报{类别}的三级指标。

    对照批复的绩效目标表，漏填的补上；确实没有这类产出或效益的，不必硬凑，空行删除即可。
    """
    for view in filing.forms:
        parts = _parts(view) if view.role in REVIEW_ROLES else []
        absent = _absent(parts) if parts else []
        if absent:
            yield Hit(FieldRef(view, review.part, 0), (), {"类别": "、".join(absent)})


GRADES: tuple[tuple[str, Expr], ...] = (
    ("优", Param("grade_excellent")),
    ("良", Param("grade_good")),
    ("中", Param("grade_fair")),
    ("差", Const(0)),
)
"""Grades from the best down, each with its lowest score."""
BOUNDS = {name: (bound, Kind.SCORE) for name, bound in GRADES[:-1]}


def _deserved(index: int, line: review.YearFunds) -> Predicate:
    """If this grade is printed, the total lies in its band."""
    name, bound = GRADES[index]
    enough = line.total_score >= bound - SAME_SCORE
    within = enough & (line.total_score < GRADES[index - 1][1]) if index else enough
    return ~review.grade.matches(name) | within


@rule(
    "S-35",
    "等级与总分相符",
    severity=ERROR,
    roles=REVIEW_ROLES,
    basis="绩效自评结果等级：优90—100分，良80—89分，中60—79分，差60分以下",
    good=[
        {review.grade: "优", self_review.year.total_score: 90},
        {review.grade: "良好", self_review.year.total_score: 89.5},
        {review.grade: "中", project.year.total_score: 60},
        {review.grade: "差", project.year.total_score: 0},
        {review.grade: "合格", project.year.total_score: 75},
        {review.grade: "优", project.year.total_score: None},
        {review.grade: None, project.year.total_score: 95},
    ],
    bad=[
        {review.grade: "优秀", self_review.year.total_score: 89.5},
        {review.grade: "良", self_review.year.total_score: 95},
        {review.grade: "中", project.year.total_score: 59},
        {review.grade: "差", project.year.total_score: 96},
    ],
)
def grade_follows_score() -> Iterator[Check]:
    """等级写“{自评等级}”，总分 {总分_得分}，两者不相符（{优}以上为优，{良}以上为良，{中}以上为中，其余为差）。

    按总分改正等级；总分算错的，先改总分。本地等级划分不同的，请财政部门选用相应口径。
    """
    for line in (self_review.year, project.year):
        for index in range(len(GRADES)):
            yield Check(review.grade, _deserved(index, line), also=(line.total_score,), words=BOUNDS)
