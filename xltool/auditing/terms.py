"""The terms of an audit: what it takes into account besides the files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.auditing.tables.issued import issued_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.auditing.exemptions.model import Exemptions
    from xltool.params import Profile
    from xltool.reader.records import Submission


@dataclass(frozen=True)
class Terms:
    """The terms of an audit.

    `profile` is the scoring profile for all submissions, whatever else is said; without it a submission
    is judged by the one `rostered` names for its filing (filing to profile name), else by the profile its
    template was issued for if the program knows it, else by the default, with what the template's own says
    otherwise left open. `exemptions` are those granted. `prior` are the forms of
    last year, each with the `filing` of this year that it precedes: this year's forms are compared with them, and
    they get no findings of their own. `has_prior` says whether last year's files were given at all. `unread` are the
    filings of which a file came in that could not be read: a form that seems missing may be in it. `profile_sha256`
    and `exemptions_sha256` are those of the texts they were read from, for the record of the run.
    """

    profile: Profile | None = None
    rostered: Mapping[str, str] = field(default_factory=dict)
    exemptions: Exemptions | None = None
    prior: tuple[Submission, ...] = ()
    has_prior: bool = False
    unread: frozenset[str] = frozenset()
    profile_sha256: str | None = None
    exemptions_sha256: str | None = None

    def profile_of(self, submission: Submission) -> Profile:
        """The profile a submission is judged by; ValueError for a name of the roster that nobody knows."""
        asked = self.profile or self.rostered.get(submission.filing)
        return (None if asked else issued_for(submission)) or self.profile_in(submission.filing, submission.year)

    def profile_in(self, filing: str, year: int | None) -> Profile:
        """The profile of a filing where no template names one; ValueError for a name that nobody knows."""
        from xltool import params  # noqa: PLC0415 - a run that finds nothing changed does without

        if self.profile is not None:
            return self.profile if self.profile.source else params.profile_named(self.profile.name, year)
        return params.profile_named(self.rostered.get(filing) or params.DEFAULT.name, year)


NO_TERMS = Terms()
"""Nothing but the files."""
