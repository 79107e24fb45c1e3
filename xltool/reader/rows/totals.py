"""Whether the total score of a form can be recomputed from what was read of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import FORMS, review
from xltool.forms.model import REVIEW_ROLES
from xltool.forms.tolerances import HALF_CENT
from xltool.reader.labels.area import fold_label, without_note
from xltool.reader.labels.fund_words import measure_of
from xltool.reader.notation.cells import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field
    from xltool.reader.labels.search import LabelSearch
    from xltool.reader.locate import LocatedForm
    from xltool.reader.records import Submission

_SCORES = re.compile(r"(?:自评|单位自评|指标)?(?:得分|评分|自评分)")
_ALL_POINTS = 100.0
_MOST_OF_EXECUTION = 20.0
"""The most points that a region gives the execution of the budget."""


def mark_open_total(submission: Submission, located: LocatedForm) -> None:
    """Mark the total score where points count in it that are none of our fields, or rows of the table are not there.

    Forms of other places score the goals, or how the project was managed, in blocks of their own.
    """
    search, total = located.search, submission.values.get("总分_得分")
    if search is None or total is None or FORMS[submission.form].role not in REVIEW_ROLES:
        return
    rows = search.rows.get(review.INDICATORS, [])
    stands_above = bool(rows) and located.cells["总分_得分"][0] < rows[0]
    total.is_open = (
        _has_other_points(submission, located, search)
        or (stands_above and _lacks_weights(submission))
        or _may_count_execution(submission)
    )


def _may_count_execution(submission: Submission) -> bool:
    """Whether the total is more than its rows by what execution may have, which the form does not state.

    Rows with all points leave none to execution.
    """
    total, weights = submission.value("总分_得分"), _numbers(submission, review.weight)
    has_all_points = abs(sum(weights) - _ALL_POINTS) <= HALF_CENT
    if "年度资金总额_得分" in submission.values or not isinstance(total, float) or has_all_points:
        return False
    more = total - sum(_numbers(submission, review.score))
    return HALF_CENT < more <= _MOST_OF_EXECUTION + HALF_CENT


def _lacks_weights(submission: Submission) -> bool:
    """Whether the weights that were read do not add up to all points."""
    weights, execution = _numbers(submission, review.weight), submission.value("年度资金总额_分值")
    whole = sum(weights) + (execution if isinstance(execution, float) else 0)
    return bool(weights) and abs(whole - _ALL_POINTS) > HALF_CENT


def _numbers(submission: Submission, column: Field) -> list[float]:
    """The numbers in a column of the indicators."""
    values = (row.value(column.key) for row in submission.rows)
    return [value for value in values if isinstance(value, float)]


def _has_other_points(submission: Submission, located: LocatedForm, search: LabelSearch) -> bool:
    """Whether points stand below a head of scores above the table that belong to no field."""
    own = submission.value("年度资金总额_得分")
    known = {*located.cells.values(), *search.used}
    for position in _below_scores(search):
        score = parse_number(search.area.text(position), unit="分").value
        if isinstance(score, float) and score and score != own and search.area.corner(position) not in known:
            return True
    return False


def _below_scores(search: LabelSearch) -> Iterator[tuple[int, int]]:
    """The cells below each head of scores, down to the heads of the indicators or to the next head."""
    area, bottom = search.area, search.tops.get(review.INDICATORS, 0)
    columns: set[int] = set()
    for row in area.rows():
        if row >= bottom:
            return
        for column in area.columns(row):
            folded = fold_label(area.text((row, column)))
            if _SCORES.fullmatch(folded) or _SCORES.fullmatch(without_note(folded)):
                columns.add(column)
            elif measure_of(area.text((row, column))) is not None:
                columns.discard(column)
            elif column in columns:
                yield row, column
