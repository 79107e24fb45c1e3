"""The scoring profile a template was issued for, as its manifest says, and what of it holds.

The manifest lies in the file, and whoever fills in the file can write into it. A profile that the program does not
know is therefore not judged by: where it says otherwise than the default, the matter is left open.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from xltool.params import Profile
    from xltool.reader.records import Submission

_LONGEST_NAME = 30
_KEPT = 256
"""Texts whose profile is remembered: a bureau issues its templates for a few."""


class Carried(Struct, frozen=True):
    """A profile as a manifest says it.

    `profile` is what it says, None where it cannot be read, which `mistake` explains. `known` is the profile of the
    program that says the same, None where there is none.
    """

    name: str
    profile: Profile | None = None
    known: Profile | None = None
    mistake: str = ""

    @property
    def holding(self) -> Profile | None:
        """The profile to judge by where nothing else is asked for; None where nothing can be read."""
        from xltool import params  # noqa: PLC0415 - terms name profiles where nothing is judged

        if self.known or self.profile is None:
            return self.known
        return params.DEFAULT.open_against(self.profile)


def carried_by(submission: Submission) -> Carried | None:
    """The profile in the manifest of the template; None where it says nothing of any."""
    return _carried(submission.profile, submission.year) if submission.profile else None


def issued_for(submission: Submission) -> Profile | None:
    """The profile that holds for a form of which only its template says anything; None where that says nothing."""
    carried = carried_by(submission)
    return None if carried is None else carried.holding


@lru_cache(_KEPT)
def _carried(text: str, year: int | None) -> Carried:
    from xltool import params  # noqa: PLC0415 - as above

    if text in params.profile_names():
        known = params.profile_named(text, year)
        return Carried(known.name, known, known)
    try:
        profile = params.profile_of(text)
    except ValueError as error:
        return Carried(_printable(text), mistake=str(error))
    return Carried(profile.name, profile, params.same_as(profile, year))


def _printable(text: str) -> str:
    """The beginning of a text that is no profile, as a message shows it."""
    line = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * _LONGEST_NAME])
    folded = " ".join(line.split())
    return folded if len(folded) <= _LONGEST_NAME else f"{folded[:_LONGEST_NAME]}…"
