"""What rules that are functions need of a filing: whether they are asked, and what is named where they are not."""

from __future__ import annotations

import pytest

from xltool.forms import project, review, self_review
from xltool.forms.model import Role
from xltool.rules import needs
from xltool.rules.catalogue import RULES
from xltool.rules.samples import (
    base_form,
    department_form,
    filing_after,
    filing_view,
    form_view,
    indicator,
    project_form,
    report_view,
)
from xltool.text.views import FilingView, FormView

GOALS = needs.Filled((review.goal, review.achievement))
EITHER = needs.AnyFilled((review.goal, review.achievement))
_AFTER = filing_after(filing_view(department_form()), base_form())
TEXTS = {"预期目标": "建水库", "实际完成情况": "已建成"}


def blank_form(role: Role, texts: dict[str, str] | None = None, **blanks: str) -> FormView:
    """A form with cells that have no value, each with its state."""
    view = form_view(role, texts or {})
    return FormView(view.form, view.submission, view.year, view.texts, view.numbers, (), blanks)


def test_every_function_says_what_it_needs() -> None:
    """Without needs a rule would be asked of filings that it can say nothing of; expressions know by their fields."""
    functions = {rule.code for rule in RULES.values() if rule.judge or rule.batch_judge}
    assert {rule.code for rule in RULES.values() if rule.needs} == functions


@pytest.mark.parametrize(
    ("need", "filing", "reason"),
    [
        (needs.AllForms((Role.BASE_DATA, Role.PROJECT_REVIEW)), filing_view(base_form()), "未报附件3"),
        (needs.AllForms((Role.BASE_DATA, Role.PROJECT_REVIEW)), filing_view(department_form()), "未报附件1、附件3"),
        (needs.AllForms((Role.BASE_DATA,)), filing_view(base_form()), None),
        (needs.AnyForm((Role.BASE_DATA, Role.PROJECT_REVIEW)), filing_view(base_form()), None),
        (needs.AnyForm((Role.BASE_DATA, Role.PROJECT_REVIEW)), filing_view(department_form()), "未报附件1、附件3"),
        (needs.OF_REPORT[0], filing_view(department_form()), "未报自评报告"),
        (needs.OF_REPORT[0], filing_view(report_view("正文")), None),
        (needs.SeveralForms(), filing_view(base_form(), report_view("正文")), needs.NOTHING_BESIDE),
        (needs.SeveralForms(), filing_view(base_form(), department_form()), None),
        (needs.SeveralDocuments(), filing_view(base_form(), report_view("正文")), None),
        (needs.SeveralDocuments(), filing_view(base_form()), needs.NOTHING_BESIDE),
        (needs.Rows(), filing_view(department_form()), "附件2没有明细行"),
        (needs.Rows(), filing_view(department_form(rows=(indicator("培训"),))), None),
        (needs.LastYear((Role.BASE_DATA,)), filing_view(base_form()), "未给上年数据"),
        (needs.LastYear((Role.BASE_DATA,)), _AFTER, "上年没有报送附件1"),
        (needs.LastYear((Role.BASE_DATA,)), filing_after(filing_view(base_form()), base_form()), None),
        (GOALS, filing_view(department_form(TEXTS)), None),
        (GOALS, filing_view(department_form(TEXTS | {"预期目标": ""})), "附件2预期目标未填"),
        (GOALS, filing_view(blank_form(Role.DEPARTMENT_REVIEW, 预期目标="blank")), "附件2预期目标未填"),
        (EITHER, filing_view(department_form({"预期目标": "建水库"})), None),
        (EITHER, filing_view(blank_form(Role.DEPARTMENT_REVIEW, 实际完成情况="blank")), "附件2实际完成情况未填"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(need: needs.Need, filing: FilingView, reason: str | None) -> None:
    """The forms that were not filed, last year's data, the first blank cell; nothing where all is there."""
    gap = need.gap(filing)
    assert (gap and gap.reason) == reason
    assert needs.can_ask(needs.gaps_of((need,), filing)) is (reason is None)


def test_some_forms_are_enough_to_ask() -> None:
    """A rule is asked where one form has what it needs; what another lacks is named all the same."""
    filing = filing_view(
        department_form(TEXTS), blank_form(Role.PROJECT_REVIEW, 预期目标="blank", 实际完成情况="blank")
    )
    assert GOALS.gap(filing) == needs.Gap("附件3预期目标未填", partial=True)
    assert needs.can_ask(needs.gaps_of((GOALS,), filing))


def test_a_cell_that_cannot_be_read_is_not_called_blank() -> None:
    """A number that could not be read is named as such."""
    need = needs.Filled((self_review.year.initial, project.year.initial))
    gap = need.gap(filing_view(blank_form(Role.PROJECT_REVIEW, 年度资金总额_年初预算数="unparsed")))
    assert gap == needs.Gap("附件3年度资金总额年初预算数读不出数")


@pytest.mark.parametrize("blanks", [{}, {"预期目标": "not_applicable", "实际完成情况": "not_applicable"}])
def test_a_field_that_a_form_does_not_have_asks_nothing(blanks: dict[str, str]) -> None:
    """A form without the cell, or one that says 无 in it, is not called incomplete."""
    gap = GOALS.gap(filing_view(blank_form(Role.DEPARTMENT_REVIEW, {}, **blanks)))
    assert gap is not None
    assert not gap.applies


def test_a_function_is_not_called_without_its_needs() -> None:
    """The same declaration gates the call: a filing without a report gives no finding on one."""
    rule = RULES["R-09"]
    assert list(rule.judge_filing(filing_view(report_view("一、基本情况"))))
    assert list(rule.judge_filing(filing_view(project_form()))) == []
