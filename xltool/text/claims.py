"""Claims: numbers in a narrative report that it states of a field of the forms.

A number is a claim only if the words right before it name a field and say nothing else (本年度基本支出为256.79万元).
Numbers of projects, growth, other years, units below the department and lists are no claims. After a number of
something unknown, the next sentences are not trusted until they speak of the department again (`ownership`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from xltool.text.claim_words import (
    A_KIND,
    A_WORD,
    BREAK,
    BUDGET,
    COUNTED,
    ENDS,
    FUND,
    GENERAL,
    INITIAL,
    LINES,
    NARROWER,
    NATURES,
    NEUTRAL,
    OF_THREE,
    PART_OF_YEAR,
    PARTS,
    PEOPLE,
    PROJECTS,
    QUOTED,
    RATE,
    STOPS,
    THREE,
    TOTALS,
    WIDER,
    is_part,
    is_plan,
    opens,
    side_of_a_line,
    topic_of,
)
from xltool.text.outline import Heading, PlacedParagraph, is_of_a_project, with_headings
from xltool.text.ownership import Ownership
from xltool.text.prose import MONEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.text.paragraphs import Amount, Paragraph
    from xltool.text.views import ReportView

_CLAUSE_END: Final = re.compile("[，,：:]")


class Claim(Struct, frozen=True, kw_only=True):
    """A number of a report and what the report states it to be.

    `topic` is a topic of `claim_words` or the key of a line of 附件1; `side` is 收入, 支出, 预算 or 决算 where the
    sentence says so; `nature` is the budget the number belongs to, "" for all budgets; `parent` is the total that it is
    part of.
    """

    topic: str
    amount: Amount
    paragraph: Paragraph
    headings: tuple[Heading, ...]
    side: str = ""
    nature: str = ""
    planned: bool = False
    """Whether it is an amount of a budget, not of what was spent."""
    parent: Claim | None = None

    @property
    def shown(self) -> str:
        """The number as printed."""
        return self.paragraph.text[self.amount.start : self.amount.end]

    @property
    def under(self) -> str:
        """The title of the nearest heading, 正文 before the first."""
        return self.headings[-1].title if self.headings else "正文"

    @property
    def quote(self) -> str:
        """The clause up to the number, for a message."""
        text, end = self.paragraph.text, self.amount.start
        begin = 1 + max(text.rfind(mark, 0, end) for mark in "。；;")
        if end - begin > QUOTED:  # of a long sentence only the last clauses are quoted
            clause = _CLAUSE_END.search(text, end - QUOTED - 1, end)
            begin = clause.end() if clause else begin
        return text[begin : self.amount.end]


def claims_of(report: ReportView) -> list[Claim]:
    """The claims of a department's report in their order; a project's report makes none of the department."""
    if is_of_a_project(report.title):
        return []
    return [claim for place in with_headings(report.paragraphs) for claim in _ParagraphReader(report, place).claims()]


def counts_of(report: ReportView, topic: str) -> set[float]:
    """Every number of posts or of employees in a report, of whatever office, but not of one kind of post."""
    counts = set()
    for paragraph in report.paragraphs:
        end = 0
        for amount in paragraph.amounts:
            clause = BREAK.split(paragraph.text[end : amount.start])[-1]
            if amount.unit in PEOPLE and COUNTED[topic] in clause and not A_KIND.search(clause):
                counts.add(amount.value)
            end = amount.end
    return counts


def nature_of(headings: tuple[Heading, ...]) -> str:
    """The budget named by the nearest heading that names one; "" if no heading does, or it names several."""
    for heading in reversed(headings):
        named = [nature for nature in NATURES if nature in heading.title]
        if named:
            return named[0] if len(named) == 1 else ""
    return ""


class _ParagraphReader:
    """Reads a paragraph from left to right and remembers what was said so far."""

    def __init__(self, report: ReportView, place: PlacedParagraph) -> None:
        self.place, self.paragraph = place, place.paragraph
        self.ownership = Ownership(report, place)
        self.narrow = NARROWER.search(place.under) is not None
        """Whether a heading or a project named before restricts what follows to a part of the budget."""
        self.aside = False
        """Whether the sentence speaks of something else, or of a part."""
        self.planned = is_plan(place.under)
        self.nature = ""
        self.line = ""
        """The line of 附件1 that was named last: this clause may give its other side, 预算 or 支出."""
        self.total: Claim | None = None
        self.whole: Claim | None = None
        """The total whose parts are listed since 其中."""

    def claims(self) -> Iterator[Claim]:
        """The claims of the paragraph."""
        end, text = 0, self.paragraph.text
        for amount in self.paragraph.amounts:
            pieces = [piece for piece in BREAK.split(text[end : amount.start]) if piece is not None]
            for piece in pieces[:-1]:
                self._feed(piece)
                self._end_clause(piece)
            self._feed(pieces[-1])
            claim = self._claim(pieces[-1], amount)
            if claim is not None:
                yield claim
            end = amount.end

    def _feed(self, piece: str) -> None:
        """Read a piece of text: it may change what the next figures belong to."""
        if piece in STOPS:
            self.whole, self.nature, self.planned = None, "", is_plan(self.place.under)
        self.planned = self.planned or (is_plan(piece) and piece.endswith("情况"))
        if piece.startswith("其中"):
            of_lines = self.total is not None and self.total.topic == THREE
            self.whole = None if self.aside and not of_lines else self.total
        if self.whole is None or self.whole.topic not in TOTALS:
            self.nature = next((nature for nature in NATURES if nature in piece), self.nature)
        self.ownership.feed(piece)

    def _end_clause(self, piece: str) -> None:
        """End a clause that has no number."""
        self.narrow = self.narrow or PROJECTS.search(piece) is not None
        self.aside = piece not in STOPS and (self.aside or not opens(piece))
        self.line = "" if piece else self.line

    def _claim(self, piece: str, amount: Amount) -> Claim | None:
        named = self._of_the_line(piece, amount) or topic_of(piece, amount)
        self.line = named[0] if named is not None and named[0] in LINES else ""
        if named is None:
            self._feed_unknown(piece, amount)
            return None
        topic, side = named
        if self.total is not None and self.total.topic == THREE and topic not in OF_THREE:
            self.total = None
        after = self.paragraph.text[amount.end : amount.end + 1]
        whole = topic in {*TOTALS, RATE}
        if whole and (self.whole is not None or ((self.aside or self.narrow) and not WIDER.search(piece))):
            return None
        if self.aside and topic in {GENERAL, FUND}:
            return None
        self.aside = self.aside or topic not in {*TOTALS, RATE, GENERAL, FUND}
        if not self.ownership.is_ours(topic) or (after and not ENDS.match(after)):
            return None
        return self._with_total(topic, side, amount)

    def _of_the_line(self, piece: str, amount: Amount) -> tuple[str, str] | None:
        side = side_of_a_line(piece) if self.line and amount.unit == MONEY else ""
        return (self.line, side) if side else None

    def _feed_unknown(self, piece: str, amount: Amount) -> None:
        """Note a number of something that no form asks for."""
        known = NEUTRAL.search(piece) is not None or PART_OF_YEAR.search(piece) is not None
        self.aside = self.aside or not known or NARROWER.search(piece) is not None
        if amount.unit in {MONEY, "%"} and len(piece) > A_WORD and not known:
            self.ownership.feed_unknown(piece)
            self.total = None if self.total is not None and self.total.topic == THREE else self.total

    def _with_total(self, topic: str, side: str, amount: Amount) -> Claim:
        """The claim, with the total it is part of; remember it if it is a total itself."""
        parent = self.whole if self.whole is not None and is_part(topic, self.whole.topic) else None
        about = parent or (self.total if topic in PARTS else None)
        nature = (
            topic
            if topic in {GENERAL, FUND}
            else about.nature
            if about
            else (self.nature or nature_of(self.place.headings))
        )
        claim = Claim(
            topic=topic,
            amount=amount,
            paragraph=self.paragraph,
            headings=self.place.headings,
            side=side,
            nature=nature,
            planned=self._is_planned(topic, side, about),
            parent=parent,
        )
        if topic in {*TOTALS, GENERAL, FUND, THREE} and parent is None:
            self.total, self.whole = claim, None
        return claim

    def _is_planned(self, topic: str, side: str, about: Claim | None) -> bool:
        if topic in {INITIAL, BUDGET} or side in {"预算", INITIAL}:
            return True
        if side and topic in LINES:
            return False
        return about.planned if about else self.planned and not side
