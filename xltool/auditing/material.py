"""What rules are asked of: all submissions of a run as frames and as views, and one rule's findings on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xltool.auditing.cases import evaluated
from xltool.auditing.hits import filed_in, judged, judged_together
from xltool.auditing.merging import merged
from xltool.forms import FORMS
from xltool.reader.scopes import FormScope, prior_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.drafts import Draft
    from xltool.auditing.hits import Filed
    from xltool.auditing.terms import Terms
    from xltool.reader.records import FileRecord, Submission
    from xltool.rules import Rule


@dataclass(frozen=True, slots=True)
class Material:
    """Forms as frames by form, with last year's beside them by `prior_key`; and what was filed as views and by id."""

    scopes: dict[str, FormScope]
    """Frames of this year's forms."""
    frames: dict[str, FormScope]
    """Those, and the frames of last year's."""
    filed: Filed
    has_prior: bool


def gathered(records: Sequence[FileRecord], terms: Terms) -> Material:
    """The submissions of these records, made ready for rules."""
    ones = [one for record in records for one in record.submissions]
    scopes = scopes_of(ones)
    last = {prior_key(key): scope for key, scope in scopes_of(terms.prior).items()}
    return Material(scopes, scopes | last, filed_in(records, terms.prior), bool(terms.prior))


def scopes_of(submissions: Sequence[Submission]) -> dict[str, FormScope]:
    """A frame for each form."""
    return {key: FormScope(form, [one for one in submissions if one.form == key]) for key, form in FORMS.items()}


def drafts_of(rule: Rule, material: Material) -> list[Draft]:
    """What one rule finds; nothing where it compares with last year and there is nothing of last year."""
    if rule.needs_prior and not material.has_prior:
        return []
    if rule.judge:
        found = judged(rule, material.filed)
    elif rule.batch_judge:
        found = judged_together(rule, material.filed)
    else:
        found = evaluated(rule, material.frames)
    return merged(rule, found)
