"""Submissions as the plain views that frame rules are judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.params import DEFAULT
from xltool.text.views import FilingView, FormView, ReportView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.params import Profile
    from xltool.reader.records import Report, Submission


def filing_view(
    submissions: Sequence[Submission],
    reports: Sequence[Report] = (),
    prior: Sequence[Submission] = (),
    profile: Profile = DEFAULT,
) -> FilingView:
    """The forms and reports of one filing, and the forms of last year's of the same department if there is one.

    `profile` is the one the filing is scored by.
    """
    forms, told = (tuple(form_view(one) for one in submissions), tuple(report_view(one) for one in reports))
    return FilingView(forms, told, filing_view(prior) if prior else None, profile)


def report_view(one: Report) -> ReportView:
    """A report: its paragraphs with the numbers in them."""
    return ReportView(one.id, one.year, one.title, one.names, one.paragraphs)


def form_view(one: Submission) -> FormView:
    """One form: texts and numbers by key, its table rows with derived columns."""
    texts = {key: filed.value for key, filed in one.values.items() if isinstance(filed.value, str)}
    numbers = {key: filed.value for key, filed in one.values.items() if isinstance(filed.value, float)}
    rows = tuple({key: filed.value for key, filed in row.cells.items()} | row.derived for row in one.rows)
    return FormView(one.form, one.id, one.year, texts, numbers, rows)
