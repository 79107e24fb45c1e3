"""Forms of other places that print points of their own: those of the scoring profile are not asked of them.

A department does not choose what its form prints. Where all points make 100, and those of a 一级指标 are printed at its
head or execution has other points than the profile gives it, the form follows another rule than the profile.
"""

from __future__ import annotations

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
_ALL_POINTS: Final = 100
_EXECUTION: Final = self_review.year.weight
"""The points of execution; those of a project have the same key."""
_EXECUTION_POINTS: Final = "execution_weight"


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
    own &= foreign & (np.abs(whole - _ALL_POINTS) < CENT)
    return own
