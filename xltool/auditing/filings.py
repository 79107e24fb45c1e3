"""Submissions put together by their filings, and the department of each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.forms import role_of
from xltool.forms.model import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import Submission


def by_filing(submissions: Sequence[Submission]) -> dict[str, list[Submission]]:
    """Submissions by their filing, in their order."""
    filings: dict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        filings[submission.filing].append(submission)
    return filings


_NAMING_ORDER = (Role.DEPARTMENT_REVIEW, Role.BASE_DATA, Role.PROJECT_REVIEW)


def department_of(same: Sequence[Submission]) -> str:
    """The department of a filing: as 附件2 names it, else 附件1, else any form of it; "" where none names one."""
    by_form = sorted(same, key=lambda submission: _NAMING_ORDER.index(role_of(submission.form)))
    return next((submission.full_department for submission in by_form if submission.department), "")
