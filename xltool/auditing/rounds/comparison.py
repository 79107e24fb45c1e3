"""Compare an audit with the last review: the outcome of each of its findings, and changes that nobody requested.

`OUTCOMES` decides: what the last review said and what is there now give the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from xltool.auditing.keys import FormKey, form_key, slots
from xltool.auditing.rounds.outcomes import Outcome, Step
from xltool.auditing.rounds.questioned_cells import asked_of, is_rescaled
from xltool.auditing.tables.tidy import as_text
from xltool.auditing.unjudged import UNJUDGED
from xltool.findings import Severity
from xltool.forms import FORMS, foot
from xltool.forms.words import BLANK, shorten, show
from xltool.normalize import fold

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from xltool.auditing.keys import Slot
    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.last_review import LastFinding, LastForm, LastReview
    from xltool.auditing.rounds.questioned_cells import QuestionedCells
    from xltool.expr.nodes import Field
    from xltool.findings import Finding
    from xltool.reader.records import FiledCell, Submission

CHANGES_EVERY_TIME: Final = frozenset({foot.filed_on.key})
"""Every new submission bears a new date."""


class Then(Enum):
    """What the last review said of a finding or a cell."""

    PROBLEM = auto()
    """It asked for a correction."""
    NOTHING = auto()


class Now(Enum):
    """What there is now of a finding or a cell."""

    NO_FORM = auto()
    """The form was not filed again."""
    SAME_FORM = auto()
    """The form is the same to the byte, and so is the problem."""
    PROBLEM = auto()
    ACCEPTED_PROBLEM = auto()
    """The problem is still there, and the officer asks for no correction any more."""
    EXPLANATION = auto()
    """The problem is still there, and the department has explained it."""
    NO_PROBLEM = auto()
    UNJUDGED = auto()
    """The problem was not found, but nobody could look for it."""
    OTHER_VALUE = auto()
    """There is no problem, and the cell holds another value."""


OUTCOMES: Final = {
    (Then.PROBLEM, Now.NO_FORM): Outcome.NOT_RESUBMITTED,
    (Then.PROBLEM, Now.SAME_FORM): Outcome.NOT_RESUBMITTED,
    (Then.PROBLEM, Now.PROBLEM): Outcome.UNRESOLVED,
    (Then.PROBLEM, Now.ACCEPTED_PROBLEM): Outcome.ACCEPTED,
    (Then.PROBLEM, Now.EXPLANATION): Outcome.EXPLAINED,
    (Then.PROBLEM, Now.UNJUDGED): Outcome.UNRESOLVED,
    (Then.PROBLEM, Now.NO_PROBLEM): Outcome.RESOLVED,
    (Then.NOTHING, Now.PROBLEM): Outcome.NEW,
    (Then.NOTHING, Now.OTHER_VALUE): Outcome.UNREQUESTED,
}
"""The outcome of what was said then and what there is now; pairs that are not here are not worth a line."""


@dataclass(frozen=True)
class Answers:
    """What was said on findings since the last review, by their keys: explanations, and what the officer settled."""

    explained: Mapping[str, str] = field(default_factory=dict)
    settled: Container[str] = frozenset()


def compare_reviews(audit: Audit, last: LastReview, answers: Answers) -> list[Step]:
    """Every finding of last time and of now, and every unrequested change, by filing, form and outcome."""
    comparison = _Comparison(audit, last, answers)
    steps = [*comparison.last_findings(), *comparison.new_findings(), *comparison.changes()]
    order = list(Outcome)
    return sorted(
        map(comparison.under_current_name, steps),
        key=lambda step: (step.filing, step.form, step.project, order.index(step.became)),
    )


class _Comparison:
    """An audit beside the last review: the forms and findings of both, by their keys."""

    def __init__(self, audit: Audit, last: LastReview, answers: Answers) -> None:
        self._last, self._answers = last, answers
        self._submissions = {submission.id: submission for submission in audit.submissions}
        self._forms = {_key(submission): submission for submission in audit.submissions}
        self._findings = _by_key(audit)
        self._unjudged = _unjudged(audit)
        # A finding that is exempted now asks for nothing any more; one that was exempted and is not now is new.
        requested = {key for finding in last.findings if _asks(finding.severity) for key in finding.keys}
        self._new = [
            finding
            for key, finding in zip(audit.keys, audit.findings, strict=True)
            if key not in requested and _asks(finding.severity)
        ]
        self._filings = {fold(submission.filing): submission.filing for submission in audit.submissions}
        self._files = {submission.path: submission for submission in audit.submissions}

    def last_findings(self) -> Iterator[Step]:
        """What became of the findings of last time."""
        for finding in self._last.findings:
            current = next((self._findings[key] for key in finding.keys if key in self._findings), None)
            is_exempted = current is not None and current.exemption is not None
            if _asks(finding.severity) and not is_exempted:
                yield self._step_of(finding, current)

    def _step_of(self, finding: LastFinding, current: Finding | None) -> Step:
        now = self._now(finding, current)
        outcome = OUTCOMES[Then.PROBLEM, now]
        submission = self._forms.get(finding.form) if finding.form else None
        then = self._last.forms.get(finding.form) if finding.form else None
        filing, form, project = finding.form or ("", "", "")
        path, sheet, cell, after = finding.path, finding.sheet, finding.cell, None
        if current is not None:
            path, sheet, cell, after = current.path, current.sheet, current.cell, current.actual
        elif submission is not None:
            (path, sheet, cell), value = _current_cell(finding, submission, then)
            after = value if outcome is Outcome.RESOLVED else None
        return Step(
            became=outcome,
            filing=filing,
            department=submission.full_department if submission else then.department if then else "",
            form=form,
            project=submission.project if submission else project,
            path=path,
            sheet=sheet,
            cell=cell,
            item=(finding.field or "").replace("_", ""),
            before=finding.actual,
            after=after,
            rule=finding.rule,
            message=finding.message,
            explanation=self._answers.explained.get(finding.key),
        )

    def _now(self, finding: LastFinding, current: Finding | None) -> Now:
        """What there is now of a finding of last time; `current` is the same finding in this audit."""
        submission = self._forms.get(finding.form) if finding.form else None
        if finding.form and submission is None:
            return Now.NO_FORM
        if current is not None and finding.key in self._answers.settled:
            return Now.ACCEPTED_PROBLEM
        if current is not None and finding.key in self._answers.explained:
            return Now.EXPLANATION
        if current is not None:
            then = self._last.forms.get(finding.form) if finding.form else None
            is_same = submission is not None and then is not None and submission.sha256 == then.sha256
            return Now.SAME_FORM if is_same else Now.PROBLEM
        # A form that is the same to the byte may be right now: another form had to be corrected.
        return Now.UNJUDGED if submission is not None and _key(submission) in self._unjudged else Now.NO_PROBLEM

    def new_findings(self) -> Iterator[Step]:
        """Findings that were not there last time, with what their cells held then."""
        for finding in self._new:
            submission = self._submissions.get(finding.submission or "")
            key = _key(submission) if submission else ("", "", "")
            yield Step(
                became=OUTCOMES[Then.NOTHING, Now.PROBLEM],
                filing=key[0],
                department=submission.full_department if submission else "",
                form=key[1],
                project=submission.project if submission else "",
                path=finding.path,
                sheet=finding.sheet,
                cell=finding.cell,
                item=(finding.field or "").replace("_", ""),
                before=_last_value(finding, submission, self._last.forms.get(key)) if submission else None,
                after=finding.actual,
                rule=finding.rule,
                message=finding.message,
            )

    def changes(self) -> Iterator[Step]:
        """Cells that nobody asked about and that hold another value, but for those with a new finding."""
        questioned = asked_of(self._last)
        with_finding = {(finding.path, finding.sheet, finding.cell) for finding in self._new}
        for key, submission in self._forms.items():
            then = self._last.forms.get(key)
            if then is not None:
                steps = _unrequested(key, submission, then, questioned)
                yield from (step for step in steps if (step.path, step.sheet, step.cell) not in with_finding)

    def under_current_name(self, step: Step) -> Step:
        """The step under the name that its filing bears now; one on a whole file that is read by now, with its form."""
        submission = self._files.get(step.path)
        if not step.filing and submission is not None:
            return replace(
                step,
                filing=submission.filing,
                department=submission.full_department,
                form=submission.form,
                project=submission.project,
            )
        return replace(step, filing=self._filings.get(step.filing, step.filing))


def _by_key(audit: Audit) -> dict[str, Finding]:
    """Findings by their keys and by those of their consequences."""
    pairs = list(zip(audit.keys, audit.findings, strict=True))
    return {folded.key: finding for _, finding in pairs for folded in finding.consequences} | dict(pairs)


def _key(submission: Submission) -> FormKey:
    return form_key(submission.filing, submission.form, submission.project)


def _unjudged(audit: Audit) -> set[FormKey]:
    """Forms that this audit could not look at: where a finding names only a file, all forms of its filings."""
    unjudged = [finding for finding in audit.findings if finding.rule == UNJUDGED]
    ids = {finding.submission for finding in unjudged}
    paths = {finding.path for finding in unjudged if finding.submission is None}
    filings = {submission.filing for submission in audit.submissions if submission.path in paths}
    return {
        _key(submission) for submission in audit.submissions if submission.id in ids or submission.filing in filings
    }


def _asks(severity: Severity) -> bool:
    """Whether a finding asks for a correction: an info does not, so it has no outcome."""
    return severity is not Severity.INFO


def _current_cell(
    finding: LastFinding, submission: Submission, then: LastForm | None
) -> tuple[tuple[str, str | None, str | None], str | None]:
    """Where the cell of a finding of last time stands now, and what it holds."""
    slot = next((slot for slot, (_, cell) in then.values.items() if cell == finding.cell), None) if then else None
    for current, filed in slots(submission):
        if current == slot:
            return (submission.path, *submission.place(filed.cell)), _shown(current[0], submission, filed)
    return (submission.path, submission.sheet, None), None


def _last_value(finding: Finding, submission: Submission, then: LastForm | None) -> str | None:
    """What the cell of a finding held last time."""
    if then is None:
        return None
    at = (slot for slot, filed in slots(submission) if submission.place(filed.cell) == (finding.sheet, finding.cell))
    slot = next(at, ("", ""))
    before, _ = then.values.get(slot, ("", ""))
    return _restored(slot[0], submission, before) if before else None


def _unrequested(key: FormKey, submission: Submission, then: LastForm, questioned: QuestionedCells) -> Iterator[Step]:
    """Cells that nobody asked about and that hold another value than last time."""
    if submission.sha256 == then.sha256 or key in questioned.whole:
        return
    requested = questioned.slots(key, then)
    for slot, filed in slots(submission):
        column, row = slot
        before, _ = then.values.get(slot, ("", ""))
        if before == stored(filed.value) or {slot, ("", row), (column, "")} & requested:
            continue
        # A few findings on amounts in 元 ask for all of them to be put into 万元.
        if _may_change(slot, submission) or is_rescaled(before, filed.value):
            continue
        shown = _shown(column, submission, filed)
        before = _restored(column, submission, before)
        sheet, address = submission.place(filed.cell)
        yield Step(
            became=OUTCOMES[Then.NOTHING, Now.OTHER_VALUE],
            filing=key[0],
            department=submission.full_department,
            form=submission.form,
            project=submission.project,
            path=submission.path,
            sheet=sheet,
            cell=address,
            item=f"{row} {column}" if row else column.replace("_", ""),
            before=before,
            after=shown,
            rule=None,
            message=f"没有要求修改的单元格由 {before or BLANK} 改为 {shown or BLANK}",
        )


def _may_change(slot: Slot, submission: Submission) -> bool:
    """Whether a cell changes without a request: a calculated one follows from others, and some change every time."""
    item = _field(slot[0], submission)
    return item is None or item.formula is not None or item.key in CHANGES_EVERY_TIME


def _field(key: str, submission: Submission) -> Field | None:
    form = FORMS[submission.form]
    return form.fields.get(key) or form.columns.get(key)


def _shown(key: str, submission: Submission, filed: FiledCell) -> str | None:
    item = _field(key, submission)
    if filed.value is None or item is None:
        return None if filed.value is None else shorten(str(filed.value), 40)
    return show(filed.value, item.kind) if isinstance(filed.value, float) else shorten(str(filed.value), 40)


def _restored(key: str, submission: Submission, before: str) -> str:
    """A stored value of the last review, shown like a value of this one."""
    item = _field(key, submission)
    try:
        return show(float(before), item.kind) if item is not None and item.kind.numeric else shorten(before, 40)
    except ValueError:
        return shorten(before, 40)


def stored(value: float | str | None) -> str:
    """A value as the frames of a review store it, "" where blank."""
    return as_text(value) or ""
