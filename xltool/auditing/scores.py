"""Total scores as recomputed."""

from __future__ import annotations

from itertools import groupby
from math import isnan
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from xltool.auditing.result import Part, Score
from xltool.expr import frame
from xltool.forms import key_of, project, review, self_review
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.rules.indicators.caps import CAPPED_BELOW, highest_total
from xltool.rules.indicators.scoring import EARNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xltool.auditing.tables.scopes import FormScope, RowScope
    from xltool.params import Profile


EXECUTION = "预算执行"
FUNDS = ("年度资金总额_全年预算数", "年度资金总额_全年执行数")


def scores_of(scopes: dict[str, FormScope], profiles: Mapping[str, Profile]) -> dict[str, Score]:
    """Total scores: execution as recomputed, indicators by the scoring rules where they can be compared.

    `profiles` by submission id say how.
    """
    scores = {}
    for key in map(key_of, REVIEW_ROLES):
        scope = scopes[key]
        if not len(scope):
            continue
        rates, execution = (scope.recomputed(scope.form.fields[f"年度资金总额_{name}"]) for name in ("执行率", "得分"))
        filed, *funds = (scope.number(scope.form.fields[key]) for key in ("总分_得分", *FUNDS))
        rows = scope.rows(review.INDICATORS)
        points = _points(rows)
        sums = np.zeros(len(scope))
        np.add.at(sums, rows.owners, np.nan_to_num(points))
        counted = np.bincount(rows.owners, weights=~np.isnan(points), minlength=len(scope)) > 0
        line = project.year if scope.form.role is Role.PROJECT_REVIEW else self_review.year
        # A profile without a limit leaves it blank, and fmin passes over blanks: the scores of a faulty form may add to
        # more than 100.
        highest = np.where(rates < CAPPED_BELOW, frame.evaluate(highest_total(line), scope), np.nan)
        totals = np.fmin(frame.round_half_away(np.nan_to_num(execution) + sums, 2), highest)
        parts = _parts(scope, rows, points)
        columns = (column.tolist() for column in (filed, totals, counted, rates, *funds))
        each = zip(scope.submissions, *columns, parts, strict=True)
        for submission, own, summed, is_counted, *amounts, own_parts in each:
            total = summed if is_counted and not profiles[submission.id].open else None
            grade = None if total is None else profiles[submission.id].grade(total)
            scores[submission.id] = Score(_known(own), total, grade, own_parts, *map(_known, amounts))
    return scores


def _parts(scope: FormScope, rows: RowScope, points: frame.Numbers) -> list[tuple[Part, ...]]:
    """Budget execution and each 一级指标 of every form, in the order they stand in."""
    line = [scope.form.fields[f"年度资金总额_{measure}"] for measure in ("分值", "得分")]
    weights, filed = (scope.number(item) for item in line)
    recomputed = scope.recomputed(line[1])
    execution = zip(weights.tolist(), filed.tolist(), recomputed.tolist(), strict=True)
    parts = [[Part(EXECUTION, *map(_known, own))] for own in execution]
    measures = (rows.number(review.weight), rows.number(review.score), points)
    columns = zip(*(column.tolist() for column in (rows.owners, rows.groups, *measures)), strict=True)
    for (owner, name), group in groupby(columns, key=itemgetter(0, 1)):
        sums = [_sum(column) for column in list(zip(*group, strict=True))[2:]]
        parts[owner].append(Part(str(name or ""), *sums))
    return [tuple(own) for own in parts]


def _sum(values: Iterable[float]) -> float | None:
    """The sum of what is there; None where nothing is."""
    there = [value for value in values if not isnan(value)]
    return round(sum(there), 6) if there else None


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _points(rows: RowScope) -> frame.Numbers:
    """Points of each indicator: by the scoring rules, as filed where its target and actual cannot be compared."""
    earned = frame.evaluate(EARNED, rows)
    return np.where(np.isnan(earned), rows.number(review.score), earned)
