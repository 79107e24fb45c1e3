"""Prepare submissions for rules, as frames and as views, and run the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from xltool.auditing.coverage.asked import Asked
from xltool.auditing.deduplication import merge_grouped
from xltool.auditing.expression_rules import judge_expressions
from xltool.auditing.portions import filings_of
from xltool.auditing.tables.scopes import FilingScope, FormScope, prior_key
from xltool.auditing.text_rules import FiledForms, filed_in, judge_all_texts, judge_texts
from xltool.forms import FORMS, role_of
from xltool.forms.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.auditing.drafts import DraftFinding
    from xltool.auditing.terms import Terms
    from xltool.params import Profile
    from xltool.reader.records import FileRecord, Submission
    from xltool.rules.model import Rule
    from xltool.text.views import Excerpt


@dataclass(frozen=True, slots=True)
class RuleInputs:
    """What rules are judged on: forms as frames by form, and filings as views and by id."""

    scopes: dict[str, FormScope]
    """Frames of this year's forms."""
    filings: dict[str, FilingScope]
    """Those, with the other forms of the filing and last year's beside them."""
    filed: FiledForms
    has_prior: bool
    profiles: Mapping[str, Profile]
    """The scoring profile each submission is judged by, by its id."""
    asked: Asked = field(default_factory=Asked)
    """What the rules were asked while they ran."""


def prepare_inputs(records: Sequence[FileRecord], terms: Terms) -> RuleInputs:
    """Prepare the submissions of these records for rules; InputError for a profile that nobody knows."""
    submissions = [submission for record in records for submission in record.submissions]
    profiles = {submission.id: terms.profile_of(submission) for submission in submissions}
    scopes = scopes_of(submissions, profiles)
    filings = {filing for record in records for filing in filings_of(record)}
    prior = [form for form in terms.prior if form.filing in filings]
    earlier = {form.id: terms.profile_of(form) for form in prior}
    last = {prior_key(key): scope for key, scope in scopes_of(prior, earlier).items()}
    scored_by = {
        report.filing: terms.profile_in(report.filing, report.year)
        for record in records
        for report in record.narrative_reports
    }
    scored_by |= {
        form.filing: profiles[form.id] for form in submissions if role_of(form.form) is Role.DEPARTMENT_REVIEW
    }
    filed = filed_in(records, prior, scored_by)
    beside = {key: FilingScope(scope, scopes | last) for key, scope in scopes.items()}
    return RuleInputs(scopes, beside, filed, bool(terms.prior), profiles)


def scopes_of(submissions: Sequence[Submission], profiles: Mapping[str, Profile]) -> dict[str, FormScope]:
    """A frame for each form, with the profile of each submission by its id."""
    scopes = {}
    for key, form in FORMS.items():
        own = [submission for submission in submissions if submission.form == key]
        scopes[key] = FormScope(form, own, [profiles[submission.id] for submission in own])
    return scopes


def run_rules(rules: Iterable[Rule], inputs: RuleInputs) -> list[DraftFinding]:
    """Run the rules that are about one filing; those that compare with last year only where there is a last year."""
    asked = [rule for rule in rules if inputs.has_prior or not rule.needs_prior]
    by_value = (draft for rule in asked for draft in judge_expressions(rule, inputs.filings, inputs.asked))
    return merge_grouped(chain(by_value, judge_texts(asked, inputs.filed, inputs.asked)))


def run_comparing_rules(
    rules: Iterable[Rule], records: Sequence[FileRecord], texts: Sequence[Excerpt]
) -> list[DraftFinding]:
    """Run the rules that compare filings, on their `texts`."""
    submissions = {submission.id: submission for record in records for submission in record.submissions}
    return merge_grouped(judge_all_texts(rules, texts, submissions))
