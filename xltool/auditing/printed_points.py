"""Forms of other places with rules of their own: points that they print, a budget that they do not adjust.

A department does not choose what its form prints. Where all points make 100, and those of a 一级指标 are printed at its
head or execution has other points than the profile gives it, the form follows another rule than the profile. So does a
form with a further 一级指标, which takes points from 产出指标 and 效益指标: 成本指标 (财预〔2021〕101号), 投入管理指标.
Where the budget of the year is that of its beginning, it cannot be seen whether the form asks for later additions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from xltool.expr.nodes import Param
from xltool.forms import review, self_review
from xltool.forms.tolerances import CENT
from xltool.reader.records import FOREIGN

if TYPE_CHECKING:
    from xltool.auditing.tables.scopes import FormScope
    from xltool.expr.frame import Booleans
    from xltool.rules.model import Check

_GROUPS: Final = {group.weight.name: group.name for group in review.GROUPS}
_LESS_BESIDE_OTHERS: Final = frozenset(group.weight.name for group in review.GROUPS[:2])
_OWN_LEVEL: Final = re.compile("产出|效益|满意|执行")
"""Part of the names of the 一级指标 that the profile gives points to."""
_ALL_POINTS: Final = 100
_EXECUTION: Final = self_review.year.weight
"""The points of execution; those of a project have the same key."""
_TOTAL: Final = self_review.year.total_weight
_EXECUTION_POINTS: Final = "execution_weight"
_SPENDING: Final = (self_review.year.executed, self_review.year.budget)


def has_own_points(scope: FormScope, check: Check) -> Booleans:
    """On which forms a check asks for points of the profile although the form has its own."""
    name = check.expected.name if isinstance(check.expected, Param) else ""
    foreign = np.array([submission.layout == FOREIGN for submission in scope.submissions], dtype=np.bool_)
    if name not in {*_GROUPS, _EXECUTION_POINTS} or not foreign.any():
        return np.zeros(len(scope), dtype=np.bool_)
    execution = scope.number(_EXECUTION)
    own: Booleans = ~(np.abs(execution - scope.param(_EXECUTION_POINTS)) < CENT)
    if name in _GROUPS:
        printed = scope.number(review.printed_weight[_GROUPS[name]])
        own |= np.abs(printed - scope.summed(review.weight, _GROUPS[name])) < CENT
    whole = np.nan_to_num(execution) + scope.summed(review.weight, None)
    # Where the points of execution were not understood, the total that the form prints says that nothing is missing.
    printed_whole = np.where(np.isnan(execution), scope.number(_TOTAL), np.nan)
    own &= foreign & ((np.abs(whole - _ALL_POINTS) < CENT) | (np.abs(printed_whole - _ALL_POINTS) < CENT))
    return own | (foreign & _has_further_level(scope, name))


def _has_further_level(scope: FormScope, name: str) -> Booleans:
    """On which forms a further 一级指标 has points, and these points of the profile are not printed either."""
    if name not in _LESS_BESIDE_OTHERS:
        return np.zeros(len(scope), dtype=np.bool_)
    rows = scope.rows(review.INDICATORS)
    is_further = np.array([bool(group) and not _OWN_LEVEL.search(group) for group in rows.groups], dtype=np.bool_)
    further = np.bincount(rows.owners[is_further & (rows.number(review.weight) > 0)], minlength=len(scope)) > 0
    printed = scope.number(review.printed_weight[_GROUPS[name]])
    return np.asarray(further & ~(np.abs(printed - scope.param(name)) < CENT), dtype=np.bool_)


def has_unadjusted_budget(scope: FormScope, check: Check) -> Booleans:
    """On which forms a check holds spending against a budget that is only that of the beginning of the year."""
    keys = tuple(item.key for item in check.fields)
    if keys != tuple(item.key for item in _SPENDING) or check.severity is not None:
        return np.zeros(len(scope), dtype=np.bool_)
    return np.asarray(~np.isnan(scope.number(review.budget_stand_in)), dtype=np.bool_)
