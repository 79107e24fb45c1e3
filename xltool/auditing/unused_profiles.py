"""Findings on templates that carry a scoring profile by which they were not judged (W-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.auditing.tables.issued import carried_by
from xltool.findings import Severity
from xltool.forms.words import shorten
from xltool.params import PARAMETERS
from xltool.reader.records import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xltool.auditing.tables.issued import Carried
    from xltool.params import Profile
    from xltool.reader.records import FileRecord

RULE: Final = "W-26"


def unused_profiles(record: FileRecord, profiles: Mapping[str, Profile]) -> Iterator[Note]:
    """A note for each profile a file carries and was not judged by; `profiles` are those used, by submission id."""
    pairs: dict[tuple[str, str], tuple[Carried, Profile]] = {}
    for submission in record.submissions:
        carried = carried_by(submission)
        if carried is not None and not _is_used(carried, profiles[submission.id]):
            pairs.setdefault((submission.profile, profiles[submission.id].name), (carried, profiles[submission.id]))
    for carried, used in pairs.values():
        yield _note(carried, used)


def _is_used(carried: Carried, used: Profile) -> bool:
    """Whether a file was judged by what it carries, all of it."""
    return carried.profile is not None and not used.open and not carried.profile.changes(used)


def _note(carried: Carried, used: Profile) -> Note:
    if carried.known:
        reason, severity = "与审核时指定的不同", Severity.INFO
    elif carried.mistake:
        reason, severity = f"无法读取（{shorten(carried.mistake, 80)}）", Severity.WARNING
    else:
        # What is left open may have been an error, so that this is one in its place.
        reason = "不是已知的口径，审核时也没有给出它的口径文件"
        severity = Severity.ERROR if used.open else Severity.WARNING
    left_open = "、".join(words for name, words in PARAMETERS.items() if name in used.open)
    words = {
        "表样口径": carried.name,
        "情况": reason,
        "采用口径": used.name,
        "未核对": f"；两者不同的（{shorten(left_open, 120)}）没有核对" if left_open else "",
    }
    return Note(RULE, severity=severity, words=words, actual=carried.name)
