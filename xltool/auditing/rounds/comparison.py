"""The second round: what became of each finding of the last review, and what was changed without being asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from xltool.auditing.keys import FormKey, form_key, slots
from xltool.auditing.rounds.questioned_cells import asked_of, is_rescaled
from xltool.auditing.tables.tidy import as_text
from xltool.auditing.unjudged import UNJUDGED
from xltool.findings import Severity
from xltool.forms import FORMS, foot
from xltool.forms.words import BLANK, shorten, show
from xltool.normalize import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xltool.auditing.keys import Slot
    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.last_review import Earlier, EarlierFinding, EarlierForm
    from xltool.auditing.rounds.questioned_cells import Asked
    from xltool.expr.nodes import Field
    from xltool.findings import Finding
    from xltool.reader.records import FiledCell, Submission

UNASKED_ALLOWED = {foot.filed_on.key}
"""Every new submission bears a new date."""


class Became(StrEnum):
    """What became of a finding or a cell since the last review."""

    MENDED = "已整改"
    STANDING = "未整改"
    NOT_FILED_AGAIN = "未重报"
    NEW = "新增问题"
    UNASKED = "未要求的改动"


@dataclass(frozen=True)
class Step:
    """One line of the second round: what, where (now, else then), and both values."""

    became: Became
    filing: str
    department: str
    form: str
    project: str
    path: str
    sheet: str | None
    cell: str | None
    item: str
    before: str | None
    after: str | None
    rule: str | None
    message: str


def steps(audit: Audit, earlier: Earlier) -> list[Step]:
    """Every finding of last time and of now, and every unasked change, by filing, form and what became of it."""
    now = {
        form_key(submission.filing, submission.form, submission.project): submission for submission in audit.submissions
    }
    standing = dict(zip(audit.keys, audit.findings, strict=True))
    unjudged = _unjudged(audit)
    # What is exempted by now asks for nothing any more; what was exempted then and is not now is news.
    known = {finding.key for finding in earlier.findings if _asks(finding.severity)}
    excused = {key for key, finding in standing.items() if finding.exemption is not None}
    asked = [finding for finding in earlier.findings if _asks(finding.severity) and finding.key not in excused]
    found = [_fate(finding, earlier, now, standing) for finding in asked]
    found = [_unless_unjudged(step, unjudged) for step in found]
    fresh = [finding for key, finding in standing.items() if key not in known and _asks(finding.severity)]
    found += [_new(finding, audit, earlier) for finding in fresh]
    told = {(finding.path, finding.sheet, finding.cell) for finding in fresh}
    wanted = asked_of(earlier)
    again = ((key, one) for key, one in now.items() if key in earlier.forms)
    unasked = (step for key, one in again for step in _unasked(key, one, earlier.forms[key], wanted))
    found += [step for step in unasked if (step.path, step.sheet, step.cell) not in told]
    filings = {fold(submission.filing): submission.filing for submission in audit.submissions}
    files = {submission.path: submission for submission in audit.submissions}
    found = [_owned(step, filings, files) for step in found]
    order = list(Became)
    return sorted(found, key=lambda step: (step.filing, step.form, step.project, order.index(step.became)))


def _unjudged(audit: Audit) -> set[FormKey]:
    """Forms of which this audit cannot say that nothing is the matter with them: all of a file where it names none."""
    named = [finding for finding in audit.findings if finding.rule == UNJUDGED]
    ids = {finding.submission for finding in named}
    paths = {finding.path for finding in named if finding.submission is None}
    filings = {submission.filing for submission in audit.submissions if submission.path in paths}
    forms = (submission for submission in audit.submissions if submission.id in ids or submission.filing in filings)
    return {form_key(form.filing, form.form, form.project) for form in forms}


def _unless_unjudged(step: Step, unjudged: set[FormKey]) -> Step:
    """A step; what nobody has looked at is not mended."""
    is_unknown = step.became is Became.MENDED and form_key(step.filing, step.form, step.project) in unjudged
    return replace(step, became=Became.STANDING, after=None) if is_unknown else step


def _owned(step: Step, filings: Mapping[str, str], files: Mapping[str, Submission]) -> Step:
    """A step under the name its filing bears now; one about a whole file that can be read since, under its form's."""
    one = files.get(step.path)
    if not step.filing and one is not None:
        return replace(step, filing=one.filing, department=one.department, form=one.form, project=one.project)
    return replace(step, filing=filings.get(step.filing, step.filing))


def _asks(severity: Severity) -> bool:
    """An info asks for nothing, so nothing becomes of it."""
    return severity is not Severity.INFO


def _fate(
    finding: EarlierFinding, earlier: Earlier, now: Mapping[FormKey, Submission], standing: Mapping[str, Finding]
) -> Step:
    """What became of a finding of last time."""
    one = now.get(finding.form) if finding.form else None
    filing, form, project = finding.form or ("", "", "")
    then = earlier.forms.get(finding.form) if finding.form else None
    still = standing.get(finding.key)
    # A form that is the same to the byte may still be right now: it was the other one that had to be mended.
    same = one is not None and then is not None and one.sha256 == then.sha256
    if finding.form and (one is None or (same and still is not None)):
        became = Became.NOT_FILED_AGAIN
    else:
        became = Became.STANDING if still else Became.MENDED
    place, after = (finding.path, finding.sheet, finding.cell), None
    if still is not None:
        place, after = (still.path, still.sheet, still.cell), still.actual
    elif one is not None and became is Became.MENDED:
        place, after = _mended(finding, one, then)
    department = one.department if one else then.department if then else ""
    named = one.project if one else project
    item = (finding.field or "").replace("_", "")
    return Step(
        became, filing, department, form, named, *place, item, finding.actual, after, finding.rule, finding.message
    )


def _mended(
    finding: EarlierFinding, submission: Submission, then: EarlierForm | None
) -> tuple[tuple[str, str | None, str | None], str | None]:
    """Where the cell of a mended finding stands now, and what it holds."""
    slot = next((slot for slot, (_, cell) in then.values.items() if cell == finding.cell), None) if then else None
    for now, filed in slots(submission):
        if now == slot:
            return (submission.path, *submission.place(filed.cell)), _shown(now[0], submission, filed)
    return (submission.path, submission.sheet, None), None


def _new(finding: Finding, audit: Audit, earlier: Earlier) -> Step:
    """A finding that was not there last time, with what its cell held then."""
    one = next((submission for submission in audit.submissions if submission.id == finding.submission), None)
    key = form_key(one.filing, one.form, one.project) if one else ("", "", "")
    then = earlier.forms.get(key)
    before = None
    if one is not None and then is not None:
        at = (slot for slot, filed in slots(one) if one.place(filed.cell) == (finding.sheet, finding.cell))
        before = then.values.get(next(at, ("", "")), ("", ""))[0] or None
    return Step(
        Became.NEW,
        key[0],
        one.department if one else "",
        key[1],
        one.project if one else "",
        finding.path,
        finding.sheet,
        finding.cell,
        (finding.field or "").replace("_", ""),
        before,
        finding.actual,
        finding.rule,
        finding.message,
    )


def _unasked(key: FormKey, submission: Submission, then: EarlierForm, asked: Asked) -> Iterator[Step]:
    """Cells nobody asked about which hold something else than last time; calculated ones follow from others."""
    if submission.sha256 == then.sha256 or key in asked.whole:
        return
    wanted = asked.slots(key, then)
    for slot, filed in slots(submission):
        before, _ = then.values.get(slot, ("", ""))
        after = stored(filed.value)
        if before == after or {slot, ("", slot[1]), (slot[0], "")} & wanted or _follows(slot, submission):
            continue
        if is_rescaled(before, filed.value):
            # A few findings on amounts in 元 ask for all of them to be put right.
            continue
        name = f"{slot[1]} {slot[0]}" if slot[1] else slot[0].replace("_", "")
        shown = _shown(slot[0], submission, filed)
        before = _restored(slot[0], submission, before)
        message = f"没有要求修改的单元格由 {before or BLANK} 改为 {shown or BLANK}"
        place = (submission.path, *submission.place(filed.cell))
        yield Step(
            Became.UNASKED,
            key[0],
            submission.department,
            submission.form,
            submission.project,
            *place,
            name,
            before,
            shown,
            None,
            message,
        )


def _follows(slot: Slot, submission: Submission) -> bool:
    """Whether a cell is calculated, or bound to change."""
    item = _field(slot[0], submission)
    return item is None or item.formula is not None or item.key in UNASKED_ALLOWED


def _field(key: str, submission: Submission) -> Field | None:
    form = FORMS[submission.form]
    columns = {column.key: column for table in form.tables for column in table.columns}
    return form.fields.get(key) or columns.get(key)


def _shown(key: str, submission: Submission, filed: FiledCell) -> str | None:
    item = _field(key, submission)
    if filed.value is None or item is None:
        return None if filed.value is None else shorten(str(filed.value), 40)
    return show(filed.value, item.kind) if isinstance(filed.value, float) else shorten(str(filed.value), 40)


def _restored(key: str, submission: Submission, before: str) -> str:
    """A value of the last review as this one shows it."""
    item = _field(key, submission)
    try:
        return show(float(before), item.kind) if item is not None and item.kind.numeric else shorten(before, 40)
    except ValueError:
        return shorten(before, 40)


def stored(value: float | str | None) -> str:
    """A value as the frames of a review store it, "" where blank."""
    return as_text(value) or ""


def counts(found: list[Step]) -> dict[str, dict[Became, int]]:
    """How many of each, by filing."""
    result: dict[str, dict[Became, int]] = defaultdict(lambda: dict.fromkeys(Became, 0))
    for step in found:
        result[step.filing][step.became] += 1
    return dict(result)
