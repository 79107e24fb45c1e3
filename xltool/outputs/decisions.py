"""The officer's decisions: who decided what, when and in which review, and what of it still holds."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from xltool.outputs.officer_notes import (
    ABOUT,
    EXPECTED,
    FILED,
    OPEN_STATE,
    SETTLED,
    Decision,
    OfficerNote,
    OfficerReview,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from xltool.findings import Finding

PROGRAM: Final = "（程序）"
"""Who reopens a finding that changed after it was settled."""
REOPENED: Final = "原为“{status}”，之后填报有变（当时填报 {filed}，应为 {expected}），请重新确认"


@dataclass(frozen=True)
class OfficerDecisions:
    """The notes by the keys of their findings, as they hold now, and all decisions in the order they were made."""

    notes: Mapping[str, OfficerNote]
    decisions: tuple[Decision, ...]
    settled: frozenset[str] = frozenset()
    """The keys of findings that need no correction any more: they leave letters and returned copies."""


def account_name() -> str:
    """The account of the computer, "" where the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # before Python 3.13 each system had its own
        return ""


def decisions_of(
    reviews: Sequence[OfficerReview], *, officer: Callable[[], str], made_at: datetime
) -> OfficerDecisions:
    """The notes and decisions in the review of the round before and in the review that is written anew, in this order.

    A note that no decision records is a decision of `officer`, made in the review where it stands. The later review
    decides where both speak of a finding.
    """
    notes: dict[str, OfficerNote] = {}
    known = [decision for review in reviews for decision in review.decisions]
    for review in reviews:
        last = {decision.key: decision for decision in review.decisions}
        known += _new_decisions(review, last, officer=officer, made_at=made_at)
        notes = {key: note for key, note in notes.items() if key not in last} | dict(review.notes)
    decisions: dict[tuple[str, str, str, str], Decision] = {}
    for decision in known:
        decisions.setdefault((decision.key, decision.status, decision.note, decision.run), decision)
    ordered = sorted(decisions.values(), key=lambda decision: decision.time)
    return OfficerDecisions(notes, tuple(ordered))


def _new_decisions(
    review: OfficerReview, last: Mapping[str, Decision], *, officer: Callable[[], str], made_at: datetime
) -> list[Decision]:
    """The decisions that a review holds and its list of decisions does not: notes that were written or taken off."""
    taken_off = {key: OfficerNote(about=each.about) for key, each in last.items() if each.status or each.note}
    return [
        Decision(key, note.status, note.note, officer(), made_at.isoformat(), review.run, note.about)
        for key, note in {**taken_off, **review.notes}.items()
        if key not in last or (last[key].status, last[key].note) != (note.status, note.note)
    ]


def apply_decisions(
    decided: OfficerDecisions, pairs: Iterable[tuple[str, Finding]], *, made_at: datetime, run: str
) -> OfficerDecisions:
    """The decisions as they hold for findings, given with their keys.

    A settled finding that says something else by now is open again: nobody has accepted what is filed now.
    """
    if not any(note.status in SETTLED for note in decided.notes.values()):
        return decided
    notes, reopened, settled = dict(decided.notes), [], set()
    for key, finding in pairs:
        note = notes.get(key)
        if note is None or note.status not in SETTLED:
            continue
        if note.holds_for(finding):
            settled.add(key)
            continue
        notes[key] = _reopened(note)
        now = Decision(key, OPEN_STATE, notes[key].note, PROGRAM, made_at.isoformat(), run, note.about)
        reopened.append(now)
    return replace(decided, notes=notes, decisions=(*decided.decisions, *reopened), settled=frozenset(settled))


def _reopened(note: OfficerNote) -> OfficerNote:
    """An open note that says what was settled."""
    then = dict(zip(ABOUT, note.about, strict=False))
    filed, expected = (then.get(head) or "空" for head in (FILED, EXPECTED))
    words = REOPENED.format(status=note.status, filed=filed, expected=expected)
    return replace(note, status=OPEN_STATE, note=f"{note.note}；{words}" if note.note else words)
