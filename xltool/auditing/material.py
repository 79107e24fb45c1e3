"""What rules are asked of: the submissions of a run as frames and as views, and what they find."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from xltool.auditing.causes import merged
from xltool.auditing.expression_rules import evaluated
from xltool.auditing.portions import filings_of
from xltool.auditing.tables.scopes import FilingScope, FormScope, prior_key
from xltool.auditing.text_rules import Filed, filed_in, judged, judged_together
from xltool.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.auditing.drafts import Draft
    from xltool.auditing.terms import Terms
    from xltool.params import Profile
    from xltool.reader.records import FileRecord, Submission
    from xltool.rules.model import Rule
    from xltool.text.views import Excerpt


@dataclass(frozen=True, slots=True)
class Material:
    """Forms as frames by form, and what was filed as views and by id."""

    scopes: dict[str, FormScope]
    """Frames of this year's forms."""
    filings: dict[str, FilingScope]
    """Those, with the other forms of the filing and last year's beside them."""
    filed: Filed
    has_prior: bool
    profiles: Mapping[str, Profile]
    """The scoring profile each submission is judged by, by its id."""


def gathered(records: Sequence[FileRecord], terms: Terms) -> Material:
    """The submissions of these records, made ready for rules; ValueError for a profile that nobody knows."""
    ones = [submission for record in records for submission in record.submissions]
    profiles = {one.id: terms.profile_of(one) for one in ones}
    scopes = scopes_of(ones, profiles)
    filings = {filing for record in records for filing in filings_of(record)}
    prior = [one for one in terms.prior if one.filing in filings]
    earlier = {one.id: terms.profile_of(one) for one in prior}
    last = {prior_key(key): scope for key, scope in scopes_of(prior, earlier).items()}
    scored_by = {
        report.filing: terms.profile_in(report.filing, report.year)
        for record in records
        for report in record.narrative_reports
    }
    scored_by |= {one.filing: profiles[one.id] for one in ones if one.form == "附件2"}
    filed = filed_in(records, prior, scored_by)
    beside = {key: FilingScope(scope, scopes | last) for key, scope in scopes.items()}
    return Material(scopes, beside, filed, bool(terms.prior), profiles)


def scopes_of(submissions: Sequence[Submission], profiles: Mapping[str, Profile]) -> dict[str, FormScope]:
    """A frame for each form, with the profile of each submission by its id."""
    scopes = {}
    for key, form in FORMS.items():
        own = [submission for submission in submissions if submission.form == key]
        scopes[key] = FormScope(form, own, [profiles[one.id] for one in own])
    return scopes


def drafts_of(rules: Iterable[Rule], material: Material) -> list[Draft]:
    """What rules find that are about one filing.

    Nothing where one compares with last year and there is nothing of last year.
    """
    asked = [rule for rule in rules if material.has_prior or not rule.needs_prior]
    by_value = (draft for rule in asked for draft in evaluated(rule, material.filings))
    return merged(chain(by_value, judged(asked, material.filed)))


def drafts_on_all(rules: Iterable[Rule], records: Sequence[FileRecord], texts: Sequence[Excerpt]) -> list[Draft]:
    """What rules find that compare filings, of which `texts` are the texts."""
    ones = {submission.id: submission for record in records for submission in record.submissions}
    return merged(judged_together(rules, texts, ones))
