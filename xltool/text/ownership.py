"""Ownership figures the clauses of a report give, and of which year: as far as they were read, from left to right.

Nothing is certain of a figure that follows one of something unknown: it may be a part of that. Figures of totals are
mistrusted until the report speaks of the department again; a line of 附件1 that a new sentence names in full, or the
number of posts, is the department's unless a unit below it was named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.text.claim_words import (
    A_BODY,
    COUNTED,
    LINES,
    NOT_OURS,
    OF_A_BODY,
    OTHER_YEAR,
    OURS,
    PART_OF_YEAR,
    PROJECT,
    STOPS,
    THIS_YEAR,
    WHOLE_YEAR,
    YEAR,
)

if TYPE_CHECKING:
    from xltool.text.outline import PlacedParagraph
    from xltool.text.views import ReportView


class Ownership:
    """What is known of the figures to come, at a place of a report."""

    def __init__(self, report: ReportView, place: PlacedParagraph) -> None:
        """Start at the beginning of a paragraph: its headings may say that it is about something else."""
        self.year, self.names = report.year, report.names
        self.elsewhere = any(self._is_elsewhere(heading.title) for heading in place.headings)
        self.theirs = self.unknown = self.elsewhere
        self.theirs_here = self.unknown_here = False
        """The same of this sentence alone."""
        self.other_year = self.part_of_year = False

    def feed(self, piece: str) -> None:
        """Take in a clause, or what ends a sentence."""
        if piece in STOPS:
            self.theirs_here = self.unknown_here = self.part_of_year = False
        if NOT_OURS.search(piece):
            self._lose(theirs=True)
        elif OURS.search(piece):
            self.elsewhere = self.theirs = self.unknown = self.theirs_here = self.unknown_here = False
        self._date(piece)

    def feed_unknown(self, piece: str) -> None:
        """Take in that a clause gave a figure of something unknown."""
        self._lose(theirs=OF_A_BODY.search(piece) is not None)

    def is_ours(self, topic: str) -> bool:
        """Whether a figure of this topic is the department's, of this year."""
        if self.other_year or self.part_of_year:
            return False
        if topic in COUNTED:
            return not (self.elsewhere or self.theirs_here or self.unknown_here)
        return not (self.theirs or self.unknown_here if topic in LINES else self.unknown)

    def _is_elsewhere(self, title: str) -> bool:
        plain = title.replace(PROJECT, "")
        body = A_BODY.fullmatch(plain) is not None and not any(plain in name for name in self.names)
        return body or "项目" in plain or NOT_OURS.search(plain) is not None

    def _lose(self, *, theirs: bool) -> None:
        self.unknown = self.unknown_here = True
        self.theirs, self.theirs_here = self.theirs or theirs, self.theirs_here or theirs

    def _date(self, piece: str) -> None:
        if WHOLE_YEAR.search(piece):
            self.part_of_year = False
        elif PART_OF_YEAR.search(piece):
            self.part_of_year = True
        year = YEAR.search(piece)
        if OTHER_YEAR.search(piece):
            self.other_year = True
        elif year is not None:
            self.other_year = int(year[1]) != self.year
        elif THIS_YEAR.search(piece):
            self.other_year = False
