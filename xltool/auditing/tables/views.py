"""Submissions as the plain views that frame rules are judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.params import DEFAULT
from xltool.reader.records import FOREIGN
from xltool.text.views import FilingView, FormView, ReportView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.params import Profile
    from xltool.reader.records import NarrativeReport, Submission


def filing_view(
    submissions: Sequence[Submission],
    reports: Sequence[NarrativeReport] = (),
    prior: Sequence[Submission] = (),
    profile: Profile = DEFAULT,
) -> FilingView:
    """The forms and reports of one filing, and the forms of last year's of the same department if there is one.

    `profile` is the one the filing is scored by.
    """
    forms, report_views = (
        tuple(form_view(submission) for submission in submissions),
        tuple(report_view(report) for report in reports),
    )
    return FilingView(forms, report_views, filing_view(prior) if prior else None, profile)


def report_view(report: NarrativeReport) -> ReportView:
    """A report: its paragraphs with the numbers in them."""
    return ReportView(report.id, report.year, report.title, report.names, report.paragraphs)


def form_view(submission: Submission) -> FormView:
    """One form: texts and numbers by key, its table rows with derived columns, and its cells without a value."""
    texts = {key: filed.value for key, filed in submission.values.items() if isinstance(filed.value, str)}
    numbers = {key: filed.value for key, filed in submission.values.items() if isinstance(filed.value, float)}
    rows = tuple({key: filed.value for key, filed in row.cells.items()} | row.derived for row in submission.rows)
    blanks = {key: filed.state for key, filed in submission.values.items() if filed.value is None}
    is_foreign = submission.layout == FOREIGN
    return FormView(submission.form, submission.id, submission.year, texts, numbers, rows, blanks, is_foreign)
