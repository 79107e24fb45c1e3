"""Whose figures a narrative report gives: the department's of this year, or those of a unit, a project, another year.

A report is read from left to right, clause by clause; `Ownership` remembers what the clauses so far have said. A
figure after one of something unknown may be a part of it. So totals are not trusted until the report speaks of the
department again; a line of 附件1 that a new sentence names in full, and the number of posts, belong to the department
unless a unit below it was named.
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
    """What is known, at a place of a report, of the figures that follow."""

    def __init__(self, report: ReportView, place: PlacedParagraph) -> None:
        """Start a paragraph; its headings may say that it is about a unit or a project."""
        self.year, self.names = report.year, report.names
        self.elsewhere = any(self._is_elsewhere(heading.title) for heading in place.headings)
        self.theirs = self.unknown = self.elsewhere
        self.theirs_here = self.unknown_here = False
        """As `theirs` and `unknown`, for the current sentence only."""
        self.other_year = self.part_of_year = False

    def feed(self, piece: str) -> None:
        """Read the next clause, or the mark that ends a sentence."""
        if piece in STOPS:
            self.theirs_here = self.unknown_here = self.part_of_year = False
        if NOT_OURS.search(piece):
            self._lose(theirs=True)
        elif OURS.search(piece):
            self.elsewhere = self.theirs = self.unknown = self.theirs_here = self.unknown_here = False
        self._date(piece)

    def feed_unknown(self, piece: str) -> None:
        """Note that a clause gave a figure of something no form asks for."""
        self._lose(theirs=OF_A_BODY.search(piece) is not None)

    def is_ours(self, topic: str) -> bool:
        """Whether a figure of this topic, stated here, is the department's own of this year."""
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
