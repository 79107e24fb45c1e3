"""The unit of a form that notes none, told from the other forms of its filing.

The same money stands on several forms: project spending on 附件1 and 附件2, the execution of the
projects on 附件3. Where a form is ten thousand times another, it was filled in in 元.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.findings import Severity
from xltool.forms import FORMS, base_data, project, self_review
from xltool.forms.words import item_of
from xltool.reader.extract import scale_money
from xltool.reader.records import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import Submission

FACTOR = 10_000
NEAR = 0.005
"""How far the factor may be off: amounts in 万元 are rounded to two decimals."""
MESSAGE = "{field}为 {filed}，约为{对照}的一万倍，而本表没有注明金额单位：判断为按“元”填报，已折算为万元，请核对。"
_COMPARED = {
    "附件1": base_data.project_spending.actual,
    "附件2": self_review.project_spending,
    "附件3": project.year.executed,
}


def diagnose_units(submissions: Sequence[Submission]) -> None:
    """Bring forms filled in in 元 to 万元, and say so; forms that note their unit are left as they are."""
    filings: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        filings[submission.filing].append(submission)
    for same in filings.values():
        _within(same)


def _within(same: Sequence[Submission]) -> None:
    if all(map(_is_settled, same)):
        return
    amounts = {key: _amount([one for one in same if one.form == key]) for key in _COMPARED}
    known = {key: amount for key, amount in amounts.items() if amount}
    for one in same:
        mine = known.get(one.form)
        if _is_settled(one) or mine is None:
            continue
        other = next((key for key, amount in known.items() if _is_ten_thousandth(amount, mine)), None)
        if other is not None:
            item = _COMPARED[one.form]
            words = {"field": item_of(item), "对照": other}
            note = Note("W-11", one.cell(item.key), item.key, words, severity=Severity.WARNING, message=MESSAGE)
            one.to_change()
            note.actual = f"{one.value(item.key):g}"
            one.notes.append(note)
            one.unit = "元"
            scale_money(one, FORMS[one.form], 1 / FACTOR)


def _is_settled(submission: Submission) -> bool:
    """Whether the unit of a form needs no telling."""
    return submission.layout != "foreign" or bool(submission.unit)


def _amount(ones: Sequence[Submission]) -> float | None:
    values = [value for one in ones if isinstance(value := one.value(_COMPARED[one.form].key), float)]
    return sum(values) if values else None


def _is_ten_thousandth(amount: float, of: float) -> bool:
    return abs(of / (amount * FACTOR) - 1) <= NEAR
