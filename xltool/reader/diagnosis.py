"""The unit of a form that notes none, inferred from the other forms of its filing.

The same money stands on several forms: project spending on 附件1 and 附件2, the execution of the
projects on 附件3. Where a form is ten thousand times another, it was filled in in 元.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.findings import Severity
from xltool.forms import FORMS, base_data, project, self_review
from xltool.forms.words import item_of
from xltool.reader.notes.registry import noted
from xltool.reader.records import FOREIGN, Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.reader.records import Submission

FACTOR = 10_000
NEAR = 0.005
"""How far the factor may be off: amounts in 万元 are rounded to two decimals."""
MESSAGE = "{field}为 {filed}，约为{对照}的一万倍，而本表没有注明金额单位：判断为按“元”填报，已折算为万元，请核对。"
_COMPARED = {
    base_data.FORM.key: base_data.project_spending.actual,
    self_review.FORM.key: self_review.project_spending,
    project.FORM.key: project.year.executed,
}


class UnitDiagnosis(Struct, frozen=True):
    """A form that was filled in in 元, as another form of its filing shows."""

    submission: Submission
    compared_with: str
    """The other form."""


def diagnose_units(submissions: Sequence[Submission]) -> list[UnitDiagnosis]:
    """Find the forms that were filled in in 元 and note no unit; `correct_unit` brings them to 万元."""
    filings: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        filings[submission.filing].append(submission)
    return [diagnosis for filing in filings.values() for diagnosis in _diagnose_filing(filing)]


def _diagnose_filing(filing: Sequence[Submission]) -> Iterator[UnitDiagnosis]:
    if all(map(_is_settled, filing)):
        return
    amounts = {key: _amount([form for form in filing if form.form == key]) for key in _COMPARED}
    known = {key: amount for key, amount in amounts.items() if amount}
    for submission in filing:
        own = known.get(submission.form)
        if _is_settled(submission) or own is None:
            continue
        other = next((key for key, amount in known.items() if _is_ten_thousandth(amount, own)), None)
        if other is not None:
            yield UnitDiagnosis(submission, other)


@noted("W-11")
def correct_unit(diagnosis: UnitDiagnosis) -> None:
    """Bring a form that was filled in in 元 to 万元, in place, and add a note that says so."""
    from xltool.reader.extract import scale_money  # noqa: PLC0415 - few forms are in another unit, and it imports much

    submission = diagnosis.submission
    item = _COMPARED[submission.form]
    words = {"field": item_of(item), "对照": diagnosis.compared_with}
    note = Note("W-11", submission.cell(item.key), item.key, words, severity=Severity.WARNING, message=MESSAGE)
    note.actual = f"{submission.value(item.key):g}"
    submission.notes.append(note)
    submission.unit = "元"
    scale_money(submission, FORMS[submission.form], 1 / FACTOR)


def _is_settled(submission: Submission) -> bool:
    """Whether the unit of a form is known: templates fix it, and some forms note it."""
    return submission.layout != FOREIGN or bool(submission.unit)


def _amount(forms: Sequence[Submission]) -> float | None:
    values = [value for form in forms if isinstance(value := form.value(_COMPARED[form.form].key), float)]
    return sum(values) if values else None


def _is_ten_thousandth(amount: float, of: float) -> bool:
    return abs(of / (amount * FACTOR) - 1) <= NEAR
