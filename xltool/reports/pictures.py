"""What is drawn of each filing: its funds on their way, and its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import FORMS
from xltool.reader.notation import State
from xltool.reports.model import Picture, ScoreBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing import Audit
    from xltool.reader.records import Submission

_DRAWN = ("附件2", "附件3")


def picture_of(same: Sequence[Submission], audit: Audit) -> Picture | None:
    """The picture of one filing, by its 附件2, else by its first 附件3; None without either."""
    drawn = next((one for form in _DRAWN for one in same if one.form == form), None)
    if drawn is None:
        return None
    score = audit.scores.get(drawn.id)
    parts = () if score is None else score.parts
    return Picture(
        drawn.form,
        *(_amount(drawn, f"年度资金总额_{measure}", audit) for measure in ("年初预算数", "全年预算数", "全年执行数")),
        _amount(drawn, "支出_基本支出", audit),
        _amount(drawn, "支出_项目支出", audit),
        tuple((one.project, _amount(one, "年度资金总额_全年执行数", audit)) for one in same if one.form == "附件3"),
        tuple(ScoreBar(part.name, part.weight, part.filed, part.recomputed) for part in parts),
    )


def _amount(one: Submission, key: str, audit: Audit) -> float | None:
    """An amount as filed; where its formula was never calculated, what the formula gives."""
    filed = one.values.get(key)
    if filed is None:
        return None
    if filed.state is State.NOT_CALCULATED:
        return audit.recomputed(one, FORMS[one.form].fields[key])
    return filed.value if isinstance(filed.value, float) else None
