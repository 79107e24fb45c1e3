"""The unit of a form that notes none, told from its sisters."""

from __future__ import annotations

import pytest

from xltool.findings import Severity
from xltool.reader.diagnosis import correct_unit, diagnose_units
from xltool.reader.notation.tokens import State
from xltool.reader.records import FiledCell, Submission


def correct_units(*forms: Submission) -> None:
    """Find the forms in 元 and correct them, as grouping does."""
    for diagnosis in diagnose_units(forms):
        correct_unit(diagnosis)


def form(key: str, field: str, amount: float, *, layout: str = "foreign", unit: str = "") -> Submission:
    """A form with one amount."""
    submission = Submission(key, f"{key}.xlsx", key, key, layout, 2023, "某局", "", "", filing="某局（2023）")
    submission.values[field] = FiledCell(field, "F12", amount, amount, State.FILLED)
    submission.unit = unit
    return submission


def base(amount: float, *, layout: str = "foreign", unit: str = "") -> Submission:
    """附件1 with its project spending."""
    return form("附件1", "项目支出_本年决算数", amount, layout=layout, unit=unit)


def self_review(amount: float) -> Submission:
    """附件2 with its project spending."""
    return form("附件2", "支出_项目支出", amount)


def test_a_form_in_yuan_is_brought_to_ten_thousands_and_says_so() -> None:
    """附件1 in 元 beside 附件2 in 万元: the amount is converted, a warning names cell, amount and sister form."""
    yuan, other = base(104593712.0), self_review(10459.37)
    correct_units(yuan, other)
    assert yuan.value("项目支出_本年决算数") == pytest.approx(10459.3712)
    assert yuan.values["项目支出_本年决算数"].raw == 104593712.0
    (note,) = yuan.notes
    assert (note.rule, note.cell, note.severity) == ("W-11", "F12", Severity.WARNING)
    assert note.words["对照"] == "附件2"
    assert other.value("支出_项目支出") == 10459.37
    assert other.notes == []


@pytest.mark.parametrize(
    "given",
    [
        base(10459.37),
        base(99000000.0),
        base(104593712.0, unit="元"),
        base(104593712.0, layout="template"),
    ],
    ids=["same unit", "factor is off", "unit is noted", "template"],
)
def test_nothing_is_guessed_without_the_factor(given: Submission) -> None:
    """Amounts that agree, that differ by anything but the factor, or whose unit is known, stay as filed."""
    amount = given.value("项目支出_本年决算数")
    correct_units(given, self_review(10459.37))
    assert given.value("项目支出_本年决算数") == amount
    assert given.notes == []


def test_forms_of_other_filings_say_nothing() -> None:
    """Only forms of one filing are compared."""
    yuan, other = base(104593712.0), self_review(10459.37)
    other.filing = "另一局（2023）"
    correct_units(yuan, other)
    assert yuan.value("项目支出_本年决算数") == 104593712.0
