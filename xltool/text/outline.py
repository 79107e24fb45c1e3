"""The outline of a narrative report: its headings (一、 （一） 1. （1）), and the headings above each paragraph.

Rules need them because a number means something else under 一般公共预算支出情况 than under 项目支出情况.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from xltool.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.text.paragraphs import Paragraph

_DIGITS: Final = "一二三四五六七八九"
_NUMBERED: Final = lazy_pattern(
    lambda: re.compile(
        r"(?:[(（]?(?P<han>[一二三四五六七八九十]{1,3})|[(（]?(?P<digits>\d{1,2}))"
        r"(?P<close>[)）]|[、.．](?!\d))(?P<title>[^。：:；;]*)(?P<rest>.*)"
    )
)
LONGEST: Final = 40
"""Characters of a title. A longer line is a sentence, whatever number it begins with."""


class Heading(Struct, frozen=True):
    """A numbered heading: `level` by its style (1 一、 2 （一） 3 1. 4 （1）), `title` is what follows."""

    level: int
    number: int
    title: str
    own_line: bool
    """Whether it has its line to itself; otherwise a sentence follows it."""


class PlacedParagraph(Struct, frozen=True):
    """A paragraph with the headings above it, the outermost first; a heading is the last of its own headings."""

    headings: tuple[Heading, ...]
    paragraph: Paragraph

    @property
    def under(self) -> str:
        """The title of the nearest heading, "" before the first."""
        return self.headings[-1].title if self.headings else ""


def heading_of(text: str) -> Heading | None:
    """The heading that a line is or begins with; None for a line without one.

    >>> heading_of("二、一般公共预算支出情况")
    Heading(level=1, number=2, title='一般公共预算支出情况', own_line=True)
    >>> heading_of("（一）基本支出情况。本年度基本支出为256.79万元。").title
    '基本支出情况'
    >>> heading_of("2023年，我单位全年预算收入10716.16万元")
    """
    match = _NUMBERED.match(text)
    if match is None or not match["title"] or len(match["title"]) > LONGEST:
        return None
    bracket = match["close"] in ")）"
    level = (2 if bracket else 1) if match["han"] else (4 if bracket else 3)
    return Heading(level, number_in(match["han"] or match["digits"]), match["title"], not match["rest"])


def number_in(text: str) -> int:
    """The value of a number up to 99, written in digits or in Chinese.

    >>> [number_in(text) for text in ("12", "六", "两", "十", "十二", "二十")]
    [12, 6, 2, 10, 12, 20]
    """
    if text.isdecimal():
        return int(text)
    tens, ten, units = text.replace("两", "二").rpartition("十")
    value = _DIGITS.find(units[:1]) + 1 if units else 0
    return value + (10 * (_DIGITS.find(tens[:1]) + 1 if tens else 1) if ten else 0)


def with_headings(paragraphs: Sequence[Paragraph]) -> Iterator[PlacedParagraph]:
    """The paragraphs in their order, each with the headings above it."""
    path: tuple[Heading, ...] = ()
    for paragraph in paragraphs:
        heading = heading_of(paragraph.text)
        if heading is not None:
            path = (*(outer for outer in path if outer.level < heading.level), heading)
        yield PlacedParagraph(path, paragraph)


def is_of_a_project(title: str) -> bool:
    """Whether the title is that of a project's report, not of a department's."""
    return "项目" in title and "整体" not in title
