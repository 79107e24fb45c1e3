"""Verdicts of the frames on the submissions of filled workbooks, to be compared with those of an engine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from tests.conformance.probes import counted_checks
from xltool.auditing.tables.issued import carried_by
from xltool.auditing.tables.scopes import FormScope, RowScope
from xltool.expr import frame
from xltool.expr.nodes import Sum
from xltool.forms import FORMS, review
from xltool.forms.grid import lay_out
from xltool.forms.model import Sizes
from xltool.params import DEFAULT, Profile
from xltool.reader.notation.tokens import State
from xltool.reader.reading import read_file
from xltool.rules import typed_texts
from xltool.rules.catalogue import RULES
from xltool.rules.model import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.expr.frame import Booleans, Truth
    from xltool.forms.model import Form
    from xltool.reader.records import Submission
    from xltool.rules.model import Check


@dataclass
class Frames:
    """Verdicts of the frames on every submission of some files."""

    submissions: dict[tuple[str, str], Submission]
    truths: dict[tuple[str, str, str, int], dict[int | None, str]] = field(default_factory=lambda: defaultdict(dict))
    """By file, sheet, rule and check: violated, satisfied or unknown, by table row (None: the form)."""
    calculated: dict[tuple[str, str, str], float] = field(default_factory=dict)
    """By file, sheet and cell: the result that a formula should show, NaN for a blank."""
    sums: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)
    """By file, sheet and 一级指标: the sums of weights and scores, NaN for a blank."""


def frames_of(files: Sequence[Path]) -> Frames:
    """Read the files and compute with the frames all verdicts that the workbooks compute themselves."""
    read = [submission for path in files for submission in read_file(path, path.name).submissions]
    frames = Frames({(submission.path, submission.sheet): submission for submission in read})
    for form in FORMS.values():
        own = [submission for submission in read if submission.form == form.key]
        if own:
            _judge(form, FormScope(form, own, [issued_profile(submission) for submission in own]), frames)
    return frames


def issued_profile(submission: Submission) -> Profile:
    """The profile whose numbers the formulas of a template contain, whether or not it is still known."""
    carried = carried_by(submission)
    return (carried and carried.profile) or DEFAULT


def _judge(form: Form, base: FormScope, frames: Frames) -> None:
    rows = {table.key: RowScope(base, table.key) for table in form.tables}
    with_lines = (checks_with_lines(form, profile) for profile in {DEFAULT, *(base.profiles or ())})
    for code, number in sorted(_alerted(form).union(*with_lines)):
        check = RULES[code].on_form[number]
        if code == typed_texts.CODE:
            _judge_texts(check, base.submissions, frames, key=(code, number))
        elif check.scope is Scope.ROW:
            scope = rows[next(item.table for item in check.loose if item.table)]
            verdicts = _verdicts(frame.truth(check.test, scope))
            for owner, row, verdict in zip(scope.owners, scope.rows, verdicts, strict=True):
                submission = base.submissions[owner]
                frames.truths[submission.path, submission.sheet, code, number][row.row] = verdict
        else:
            for submission, verdict in zip(base.submissions, _verdicts(frame.truth(check.test, base)), strict=True):
                frames.truths[submission.path, submission.sheet, code, number][None] = verdict
    _calculate(form, base, frames)


def _judge_texts(check: Check, submissions: Sequence[Submission], frames: Frames, *, key: tuple[str, int]) -> None:
    """What the reader could not read as a number is what the form calls a text."""
    for submission in submissions:
        cells = {row.row: row.cells.get(check.at.key) for row in submission.rows if row.table == check.table}
        for row, cell in cells.items() if check.table else ((None, submission.values.get(check.at.key)),):
            is_text = cell is not None and cell.state is State.UNPARSED
            frames.truths[submission.path, submission.sheet, *key][row] = "violated" if is_text else "satisfied"


def _calculate(form: Form, base: FormScope, frames: Frames) -> None:
    for group in review.GROUPS if review.indicators in form.tables else ():
        totals = [frame.evaluate(Sum(column, group.name), base) for column in (review.weight, review.score)]
        for submission, weight, score in zip(base.submissions, *totals, strict=True):
            frames.sums[submission.path, submission.sheet, group.name] = [float(weight), float(score)]
    for item in form.fields.values():
        if item.formula is None:
            continue
        for submission, value in zip(base.submissions, base.recomputed(item), strict=True):
            if submission.values[item.key].formula is not None:
                frames.calculated[submission.path, submission.sheet, submission.values[item.key].cell] = float(value)


def _alerted(form: Form) -> set[tuple[str, int]]:
    return {
        (rule.code, number)
        for rule in RULES.values()
        for number, check in enumerate(rule.on_form)
        if not check.asks_for_entry
        and check.scope is not Scope.FILING
        and form in check.forms()
        and not any(item.derived and item.key != "年末" for item in check.fields)
    }


def _verdicts(truth: Truth) -> list[str]:
    known: Booleans = truth.known
    return list(np.where(~known, "unknown", np.where(truth.holds, "satisfied", "violated")))


@cache
def checks_with_lines(form: Form, profile: Profile) -> frozenset[tuple[str, int]]:
    """Checks with a panel line on the form, by rule and number."""
    return frozenset(
        (rule.code, rule.on_form.index(check)) for rule, check, _ in counted_checks(lay_out(form, Sizes()), profile)
    )
