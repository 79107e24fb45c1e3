"""What the sentences of a report say of the fields of the forms.

A number is a claim only where the words right before it name what it is of, and nothing but them
(本年度基本支出为256.79万元). Everything else (projects, growth, other years, units below the department, lists) claims
nothing, and after a number of something unknown the sentences that follow are not trusted until they speak of the
department again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A number of a report and what it is said to be of.

    `topic` is one of the words above or the key of a line; `side` 收入 or 支出 where the sentence says so, 预算 or 决算
    likewise; `nature` the budget it is of, "" where all; `parent` the total it is said to be part of.
    """

    topic: str
    amount: Amount
    paragraph: Paragraph
    headings: tuple[Heading, ...]
    side: str = ""
    nature: str = ""
    planned: bool = False
    """Said of a budget, not of what was spent."""
    parent: Claim | None = None

    @property
    def shown(self) -> str:
        """The number as printed."""
        return self.paragraph.text[self.amount.start : self.amount.end]

    @property
    def under(self) -> str:
        """The nearest heading."""
        return self.headings[-1].title if self.headings else "正文"

    @property
    def quote(self) -> str:
        """The clause it stands in."""
        text = self.paragraph.text
        before = text[: self.amount.start]
        begin = max((match.end() for match in re.finditer("[。；;]", before)), default=0)
        # A long sentence is quoted from a clause on that is not too far away.
        near = [match.end() for match in re.finditer("[，,：:]", before) if match.end() >= len(before) - QUOTED]
        begin = begin if len(before) - begin <= QUOTED else next(iter(near), begin)
        return text[begin : self.amount.end]


def claims_of(report: ReportView) -> list[Claim]:
    """Every claim of a report on a department, in its order; none of a project's report, whose figures are its own."""
    if is_of_a_project(report.title):
        return []
    return [claim for place in with_headings(report.paragraphs) for claim in _ParagraphReader(report, place).claims()]


def counts_of(report: ReportView, topic: str) -> set[float]:
    """Every number of posts or of people employed that a report gives, of whatever office, but not of kinds of them."""
    found = set()
    for paragraph in report.paragraphs:
        end = 0
        for amount in paragraph.amounts:
            clause = BREAK.split(paragraph.text[end : amount.start])[-1]
            if amount.unit in PEOPLE and COUNTED[topic] in clause and not A_KIND.search(clause):
                found.add(amount.value)
            end = amount.end
    return found


def nature_of(headings: tuple[Heading, ...]) -> str:
    """The budget the nearest heading that names one is about; "" where none does, or several."""
    for heading in reversed(headings):
        named = [nature for nature in NATURES if nature in heading.title]
        if named:
            return named[0] if len(named) == 1 else ""
    return ""


class _ParagraphReader:
    """A paragraph read from left to right, with what was said so far."""

    def __init__(self, report: ReportView, place: PlacedParagraph) -> None:
        self.place, self.paragraph = place, place.paragraph
        self.ownership = Ownership(report, place)
        self.narrow = NARROWER.search(place.under) is not None
        """The heading or a project named before makes what follows less than the department's budget."""
        self.aside = False
        """The sentence speaks of something else, or of a part."""
        self.planned = is_plan(place.under)
        self.nature = ""
        self.line = ""
        """The line of 附件1 this clause may give another side of."""
        self.total: Claim | None = None
        self.whole: Claim | None = None
        """The total whose parts are being told, since 其中."""

    def claims(self) -> Iterator[Claim]:
        """What the paragraph says of fields."""
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
        """What kind of figures come next."""
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
        """A clause without a number is over."""
        self.narrow = self.narrow or PROJECTS.search(piece) is not None
        self.aside = piece not in STOPS and (self.aside or not opens(piece))
        self.line = "" if piece else self.line

    def _claim(self, piece: str, amount: Amount) -> Claim | None:
        found = self._of_the_line(piece, amount) or topic_of(piece, amount)
        self.line = found[0] if found is not None and found[0] in LINES else ""
        if found is None:
            self._feed_unknown(piece, amount)
            return None
        topic, side = found
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
        """A number of nothing that a form asks for."""
        known = NEUTRAL.search(piece) is not None or PART_OF_YEAR.search(piece) is not None
        self.aside = self.aside or not known or NARROWER.search(piece) is not None
        if amount.unit in {MONEY, "%"} and len(piece) > A_WORD and not known:
            self.ownership.feed_unknown(piece)
            self.total = None if self.total is not None and self.total.topic == THREE else self.total

    def _with_total(self, topic: str, side: str, amount: Amount) -> Claim:
        """The claim with the total it is part of, and what follows from that."""
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
            topic,
            amount,
            self.paragraph,
            self.place.headings,
            side,
            nature,
            self._is_planned(topic, side, about),
            parent,
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
