"""The audit: records × rules → findings.

Rules run over all submissions at once; only where one is violated are cells looked up and words
put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xltool.auditing.cases import evaluated
from xltool.auditing.hits import judged, judged_together, views_of
from xltool.auditing.merging import merged, without_silenced
from xltool.auditing.noticed import noted
from xltool.auditing.scores import Score, scores_of
from xltool.forms import FORMS
from xltool.reader.scopes import FormScope
from xltool.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.auditing.drafts import Draft
    from xltool.expr import Field
    from xltool.findings import Finding
    from xltool.reader.records import FileRecord, Submission


@dataclass(slots=True)
class Audit:
    """What an audit gives: findings in the order of the contract, and scores by submission id."""

    records: Sequence[FileRecord]
    findings: list[Finding]
    scores: dict[str, Score]
    scopes: dict[str, FormScope]

    def recomputed(self, one: Submission, item: Field) -> float | None:
        """What the formula of a calculated field gives for a submission; None where blank."""
        scope = self.scopes[one.form]
        index = next(index for index, other in enumerate(scope.submissions) if other is one)
        value = float(scope.recomputed(item)[index])
        return None if np.isnan(value) else value

    @property
    def submissions(self) -> list[Submission]:
        """All submissions in the order of their files."""
        return [one for record in self.records for one in record.submissions]


def audit(records: Sequence[FileRecord]) -> Audit:
    """Check everything that was read; forms with one `filing` are one set."""
    submissions = [one for record in records for one in record.submissions]
    scopes = {key: FormScope(form, [one for one in submissions if one.form == key]) for key, form in FORMS.items()}
    views = views_of(submissions)
    by_id = {one.id: one for one in submissions}
    drafts = [*noted(records, scopes)]
    for rule in RULES.values():
        if rule.judge:
            found = judged(rule, views, by_id)
        elif rule.batch_judge:
            found = judged_together(rule, views, by_id)
        else:
            found = evaluated(rule, scopes)
        drafts += merged(rule, found)
    kept = without_silenced(drafts)
    return Audit(records, _in_order(kept), scores_of(scopes), scopes)


def noticed(records: Sequence[FileRecord]) -> list[Finding]:
    """What reading alone noticed (integrity of the workbook, notation), in the order of the contract."""
    submissions = [one for record in records for one in record.submissions]
    scopes = {key: FormScope(form, [one for one in submissions if one.form == key]) for key, form in FORMS.items()}
    return _in_order(noted(records, scopes))


def _in_order(drafts: Iterable[Draft]) -> list[Finding]:
    return sorted((draft.finding for draft in drafts), key=lambda finding: finding.order)


__all__ = ["Audit", "Score", "audit", "noticed"]
