"""What letters are planned on: a review without what only workbook and page show. Light to import."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xltool.outputs.model import Review, SubmissionOrigin
from xltool.outputs.reviewing.filing_rows import filing_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from xltool.auditing.result import Audit
    from xltool.outputs.model import ReviewContext
    from xltool.reader.records import Submission


def plain_review(audit: Audit, *, made_at: datetime, context: ReviewContext) -> Review:
    """The filings, forms and findings of an audit; the filings are without counts of findings."""
    submissions = audit.submissions
    years = Counter(submission.year for submission in submissions if submission.year is not None)
    year = years.most_common(1)[0][0] if years else None
    filings = filing_rows(audit, context.inbox)
    # A project may be carried out by a unit of a department: its findings belong to the department.
    names = {filing.id: filing.department for filing in filings}
    return Review(
        f"{year}年度绩效自评审核" if year else "绩效自评审核",
        made_at,
        year,
        filings=filings,
        findings=audit.findings,
        submissions={submission.id: _origin(submission, names) for submission in submissions},
        keys=audit.keys,
        context=context,
    )


def _origin(submission: Submission, names: Mapping[str, str]) -> SubmissionOrigin:
    """Where a submission comes from; `names` are the departments by the id of their filing."""
    return SubmissionOrigin(
        names.get(submission.filing, submission.full_department),
        submission.form,
        submission.project or None,
        submission.filing,
    )
