"""What is drawn of each filing: its funds on their way, and its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import FORMS
from xltool.outputs.model import Picture, ScoreBar
from xltool.reader.notation.cells import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.result import Audit
    from xltool.reader.records import Submission

EXECUTED = "年度资金总额_全年执行数"
_FUNDS = ("年度资金总额_年初预算数", "年度资金总额_全年预算数", EXECUTED, "支出_基本支出", "支出_项目支出")
_DRAWN = ("附件2", "附件3")


def drawn_submission(same: Sequence[Submission]) -> Submission | None:
    """The form a picture of a filing is drawn by: its 附件2, else its first 附件3; None without either."""
    return next((one for form in _DRAWN for one in same if one.form == form), None)


def draw_picture(same: Sequence[Submission], drawn: Submission, audit: Audit) -> Picture:
    """The picture of a filing, by one of its forms."""
    score = audit.scores.get(drawn.id)
    parts = () if score is None else score.parts
    initial, budget, executed, basic, project = (_amount(drawn, key, audit) for key in _FUNDS)
    projects = tuple((one.project, _amount(one, EXECUTED, audit)) for one in same if one.form == "附件3")
    bars = tuple(ScoreBar(part.name, part.weight, part.filed, part.recomputed) for part in parts)
    return Picture(drawn.form, initial, budget, executed, basic, project, projects, bars)


def _amount(submission: Submission, key: str, audit: Audit) -> float | None:
    """An amount as filed; where its formula was never calculated, what the formula gives."""
    filed = submission.values.get(key)
    if filed is None:
        return None
    if filed.state is State.NOT_CALCULATED:
        return audit.recomputed(submission, FORMS[submission.form].fields[key])
    return filed.value if isinstance(filed.value, float) else None
