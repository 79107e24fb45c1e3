"""What a self-evaluation report says: paragraphs, and the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a sentence: `value` in its base unit (万元, %: a fraction, 人, 分, or the counting word).

    `step` is one unit of the last printed decimal, `bound` how it is meant ("" exactly, else 约, 近, 超 or 不足);
    with these words and its unit it stands at `start`:`end` of the text.
    """

    value: float
    unit: str
    step: float
    bound: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a report: its number in the document, its text without blanks, the numbers in it."""

    number: int
    text: str
    amounts: tuple[Amount, ...] = ()
