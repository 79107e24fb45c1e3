"""The picture of a filing on the page: its funds from budget to spending, and its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import FORMS, key_of, role_of
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.outputs.model import Picture, ScoreBar
from xltool.reader.notation.tokens import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.result import Audit
    from xltool.reader.records import Submission

EXECUTED = "年度资金总额_全年执行数"
_FUNDS = {
    "initial": "年度资金总额_年初预算数",
    "budget": "年度资金总额_全年预算数",
    "executed": EXECUTED,
    "basic": "支出_基本支出",
    "project": "支出_项目支出",
}
"""The funds of a picture, and their fields."""
_FORMS = tuple(map(key_of, REVIEW_ROLES))


def drawn_submission(same: Sequence[Submission]) -> Submission | None:
    """The form that a filing's picture shows: its 附件2, else its first 附件3; None without either."""
    return next((submission for form in _FORMS for submission in same if submission.form == form), None)


def draw_picture(same: Sequence[Submission], drawn: Submission, audit: Audit) -> Picture:
    """Draw the picture of a filing from one of its forms, and from its 附件3 by project."""
    score = audit.scores.get(drawn.id)
    parts = () if score is None else score.parts
    amounts = {name: _amount(drawn, key, audit) for name, key in _FUNDS.items()}
    of_projects = [submission for submission in same if role_of(submission.form) is Role.PROJECT_REVIEW]
    projects = tuple((submission.project, _amount(submission, EXECUTED, audit)) for submission in of_projects)
    bars = tuple(ScoreBar(part.name, part.weight, part.filed, part.recomputed) for part in parts)
    return Picture(drawn.form, **amounts, projects=projects, bars=bars)


def _amount(submission: Submission, key: str, audit: Audit) -> float | None:
    """An amount as filed; the value of its formula where that was never calculated."""
    filed = submission.values.get(key)
    if filed is None:
        return None
    if filed.state is State.NOT_CALCULATED:
        return audit.recomputed(submission, FORMS[submission.form].fields[key])
    return filed.value if isinstance(filed.value, float) else None
