"""Fields of a form of another layout that no error can rest on, because something near them was not understood.

A number beside the amounts may be a part of their total, a number in the table of indicators may be points, and a text
beside an empty cell may be what was filed in it. Where a form breaks off in a row, the page it was copied from may go
on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind
from xltool.forms import project, review
from xltool.forms.model import REVIEW_ROLES
from xltool.reader.labels.fund_lines import amount_in
from xltool.reader.labels.search import BY_LABEL
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area
    from xltool.reader.labels.search import LabelSearch
    from xltool.reader.locate import LocatedForm
    from xltool.reader.records import Submission

_WHOLE = project.year.total_weight.key
_POINTS = (_WHOLE, project.year.total_score.key, *(field.key for field in review.printed_weight.values()))
"""Totals of points; those of a department have the same keys."""
_ALL_POINTS = 100.0


def doubtful_fields(submission: Submission, located: LocatedForm, left: Collection[Position]) -> set[str]:
    """The keys of these fields, and the addresses of such cells of rows.

    `left` are the cells of the form that were not understood.
    """
    search = located.search
    if search is None:
        return set()
    result = {*search.doubtful, *(key for key, how in search.how.items() if how != BY_LABEL)}
    result.update(_beside_unread_texts(submission, located, search, left=left))
    result.update(_at_the_end(submission, search))
    if located.form.role in REVIEW_ROLES:
        result.update(_beside_unread_numbers(located, search, left))
        if submission.value(_WHOLE) != _ALL_POINTS:
            # What a form prints is its own rule: only where it says 100 itself it contradicts itself.
            result.add(_WHOLE)
    return result


def _beside_unread_numbers(located: LocatedForm, search: LabelSearch, left: Collection[Position]) -> Iterator[str]:
    """Amounts and what follows from them, where a number among them was not understood; likewise the points."""
    unknown = (position for position in left if position not in search.amounts)
    numbers = [position for position in unknown if amount_in(search.area, position) is not None]
    top = search.tops.get(review.INDICATORS, search.area.bottom + 1)
    fields = located.form.fields
    of_funds = [key for key in located.cells if fields[key].kind in {Kind.MONEY, Kind.RATE} or "资金总额_" in key]
    rows = [located.cells[key][0] for key in of_funds]
    if rows and any(min(rows) - 1 <= row < top for row, _ in numbers):
        yield from of_funds
    if any(row >= top for row, _ in numbers):
        yield from _POINTS


def _at_the_end(submission: Submission, search: LabelSearch) -> Iterator[str]:
    """Blank cells of the last row of the indicators, by address, where the form breaks off in it, without a total."""
    if not submission.rows or project.year.total_score.key in search.cells:
        return
    last = submission.rows[-1]
    if last.table == review.INDICATORS and last.row == max(search.area.rows()):
        yield from (filed.cell for filed in last.cells.values() if filed.state is State.BLANK)


def _beside_unread_texts(
    submission: Submission, located: LocatedForm, search: LabelSearch, *, left: Collection[Position]
) -> Iterator[str]:
    """Blank names and texts in whose row, or below whose label, a text was not understood."""
    texts = {position for position in left if amount_in(search.area, position) is None}
    for key, filed in submission.values.items():
        field = located.form.fields[key]
        if filed.state is not State.BLANK or field.kind.numeric:
            continue
        at = located.cells[key]
        if any(_may_be_value(search.area, at, texts=texts, place=place) for place in (at, search.labels.get(key, at))):
            yield key


def _may_be_value(area: Area, at: Position, *, texts: Collection[Position], place: Position) -> bool:
    """Whether a text that was not understood stands further on in the row of a blank cell, or alone below a place.

    A text with another one behind it is a label with its value.
    """
    later, below = area.later(at), area.below(place)
    if later is not None and later in texts and area.right_of(later) not in texts:
        return True
    return below in texts and area.columns(below[0]) == [below[1]]
