"""Notes on a form of another layout: parts that are missing, values in doubtful places, its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.findings import Severity
from xltool.forms import foot, review, self_review
from xltool.forms.model import Role
from xltool.forms.words import item_of, listing
from xltool.reader.labels.search import BY_LABEL
from xltool.reader.notes.leftovers import unread_on_form
from xltool.reader.notes.registry import noted
from xltool.reader.notes.values import LISTED, FormReading, notes_on_values
from xltool.reader.records import Note, Submission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.forms.model import Form
    from xltool.reader.a1 import Position
    from xltool.reader.labels.search import LabelSearch
    from xltool.reader.locate import LocatedForm
    from xltool.reader.money_units import MoneyUnits

MISSING_SHARE = 0.5
"""A form that lacks more than this share of its columns and lines is not that form filled in."""
NOT_PRINTED = "不是下发的表样，没有{表}的这些栏目，或没有认出：{清单}。与它们有关的规则没有核对。"
_ESSENTIAL = ("年度资金总额_全年预算数", "年度资金总额_全年执行数", "年度资金总额_执行率", "总分_得分")
_COLUMNS = tuple(
    column.key for column in (review.indicator, review.target_value, review.actual_value, review.weight, review.score)
)
_FOOT = frozenset(item.key for item in (foot.filler, foot.filed_on, foot.phone, foot.signature))


def notes_on_foreign(
    reading: FormReading, units: MoneyUnits, *, left: Sequence[Position], is_issued: bool
) -> list[Note]:
    """What a reader of the result must know: missing parts, doubtful places, cells not understood, the unit.

    `left` are the cells that were not understood. `is_issued` says that the form is a template of ours whose names are
    gone.
    """
    submission, located = reading.submission, reading.located
    notes = notes_on_values(reading)
    if located.search is None or located.region is None:
        return notes
    return [
        *notes,
        *missing_parts(located.form, located.search, is_issued=is_issued),
        *doubtful_places(submission, located, located.search),
        *unread_on_form(located, left),
        *converted_unit(units),
    ]


@noted("W-20")
def missing_parts(form: Form, search: LabelSearch, *, is_issued: bool) -> list[Note]:
    """More than half of what makes up the form is missing.

    A print of another place may never have had it: that is no fault of the department, but must be looked at.
    """
    needed = _needed(form)
    present = {*search.cells, *search.columns.get(review.INDICATORS, ())}
    missing = [name for key, name in needed.items() if key not in present]
    if len(missing) <= MISSING_SHARE * len(needed):
        return []
    words = {"表": form.key, "清单": listing(missing, LISTED)}
    if is_issued:
        return [Note("W-20", words=words, actual=f"缺 {len(missing)} 项")]
    message = NOT_PRINTED.format(**words)
    return [Note("W-20", words=words, actual=f"缺 {len(missing)} 项", severity=Severity.WARNING, message=message)]


def _needed(form: Form) -> dict[str, str]:
    """What makes up a form, by key with its name: of 附件1 every field, of the others what all regions print."""
    fields = form.fields
    if form.role is Role.BASE_DATA:
        return {key: item_of(item) for key, item in fields.items() if key not in _FOOT}
    names = [self_review.department.key]
    if form.role is Role.PROJECT_REVIEW:
        names = [key for key in fields if "_" not in key][:3]
    keys = (*names, *_ESSENTIAL, review.goal.key, review.achievement.key)
    return {key: item_of(fields[key]) for key in keys} | {key: key for key in _COLUMNS}


@noted("W-22")
def doubtful_places(submission: Submission, located: LocatedForm, search: LabelSearch) -> list[Note]:
    """Values that do not stand beside their label, but further on in its row."""
    notes = []
    for key, how in search.how.items():
        filed = submission.values.get(key)
        if how != BY_LABEL and filed is not None and filed.typed is not None:
            item = located.form.fields[key]
            notes.append(Note("W-22", filed.cell, key, {"field": item_of(item)}, actual=str(filed.typed)))
    return notes


@noted("W-11")
def converted_unit(units: MoneyUnits) -> list[Note]:
    """The form notes another unit than 万元, and its amounts were converted."""
    unit = units.form
    if unit is None or unit.factor == 1:
        return []
    message = f"本表注明的金额单位为{unit.name}，已折算为万元。"
    words = {"原文": "万元", "现文": unit.name}
    return [Note("W-11", unit.cell, words=words, actual=unit.name, severity=Severity.INFO, message=message)]
