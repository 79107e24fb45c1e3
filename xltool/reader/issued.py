"""What a template was issued for, as its manifest says."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltool.params import Profile
    from xltool.reader.records import Submission


def issued_for(one: Submission) -> Profile | None:
    """The profile the template was issued for; None where its manifest says nothing, or nothing usable."""
    return _declared(one.profile, one.year) if one.profile else None


@cache
def _declared(said: str, year: int | None) -> Profile | None:
    from xltool import params  # noqa: PLC0415 - terms name profiles where nothing is judged

    try:
        return params.profile_named(said, year) if said in params.profile_names() else params.profile_of(said, "")
    except ValueError:
        return None
