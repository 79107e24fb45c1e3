"""Paragraphs of a narrative report, and the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a sentence: `value` in its base unit (万元, %: a fraction, 人, 分, or the counting word).

    `step` is one unit of the last printed decimal; `bound` is how the number is meant ("" exactly, else 约, 近, 超 or
    不足). `start` and `end` are the place in the text of the number with these words and its unit.
    """

    value: float
    unit: str
    step: float
    bound: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a report: its number in the document, its text without white space, and the numbers in it."""

    number: int
    text: str
    amounts: tuple[Amount, ...] = ()
