"""Total scores as recomputed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xltool import frame, params
from xltool.auditing.cases import rows_of
from xltool.forms import review
from xltool.rules.scoring import EARNED

if TYPE_CHECKING:
    from xltool.reader.scopes import FormScope, RowScope


@dataclass(slots=True)
class Score:
    """Total score of a form as filed and as recomputed, and the grade of the latter."""

    filed: float | None
    recomputed: float | None
    grade: str | None


def scores_of(scopes: dict[str, FormScope]) -> dict[str, Score]:
    """Total scores: execution as recomputed, indicators by the scoring rules where they can be compared."""
    scores = {}
    for key in ("附件2", "附件3"):
        scope = scopes[key]
        if not len(scope):
            continue
        execution = scope.recomputed(scope.form.fields["年度资金总额_得分"])
        filed = scope.number(scope.form.fields["总分_得分"])
        rows = rows_of(scope, review.INDICATORS)
        points = _points(rows)
        sums = np.zeros(len(scope))
        np.add.at(sums, rows.owners, np.nan_to_num(points))
        counted = np.bincount(rows.owners, weights=~np.isnan(points), minlength=len(scope)) > 0
        totals = frame.round_half_away(np.nan_to_num(execution) + sums, 2)
        for index, one in enumerate(scope.submissions):
            total = float(totals[index]) if counted[index] else None
            policy = params.load(one.year or params.BASE_YEAR)
            claim = None if np.isnan(filed[index]) else float(filed[index])
            scores[one.id] = Score(claim, total, None if total is None else policy.grade(total))
    return scores


def _points(rows: RowScope) -> frame.Numbers:
    """Points of each indicator: by the scoring rules, as filed where its target and actual cannot be compared."""
    earned = frame.evaluate(EARNED, rows)
    return np.where(np.isnan(earned), rows.number(review.score), earned)
