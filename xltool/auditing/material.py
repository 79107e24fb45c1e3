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
    from collections.abc import Mapping, Sequence

    from xltool.auditing.drafts import Draft
    from xltool.auditing.hits import Filed
    from xltool.auditing.terms import Terms
    from xltool.params import Profile
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
    profiles: Mapping[str, Profile]
    """The scoring profile each submission is judged by, by its id."""


def gathered(records: Sequence[FileRecord], terms: Terms) -> Material:
    """The submissions of these records, made ready for rules; ValueError for a profile that nobody knows."""
    ones = [one for record in records for one in record.submissions]
    profiles = {one.id: terms.profile_of(one) for one in ones}
    scopes = scopes_of(ones, profiles)
    earlier = {one.id: terms.profile_of(one) for one in terms.prior}
    last = {prior_key(key): scope for key, scope in scopes_of(terms.prior, earlier).items()}
    return Material(scopes, scopes | last, filed_in(records, terms.prior), bool(terms.prior), profiles)


def scopes_of(submissions: Sequence[Submission], profiles: Mapping[str, Profile]) -> dict[str, FormScope]:
    """A frame for each form, with the profile of each submission by its id."""
    scopes = {}
    for key, form in FORMS.items():
        own = [one for one in submissions if one.form == key]
        scopes[key] = FormScope(form, own, [profiles[one.id] for one in own])
    return scopes


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
