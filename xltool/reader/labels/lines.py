"""Lines of labels with their values: 填报单位：某局　　填报日期：2024年6月12日　　自评总分：95."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_LINE = 240
"""Of a longer text only the first colon parts label and value."""
_COLON = re.compile("[:：]")
_LABEL = re.compile(r"[\u4e00-\u9fff（）()、/]{2,16}")
_WORDS = re.compile(r"\S+")


def parts_of_line(text: str, is_known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Labels with their values, in order.

    The value of a label ends where the next label begins: the longest known label before the next colon, else the word
    before it. A colon with no label before it (9:00) belongs to the value. Empty where the text has no colon.

    >>> parts_of_line("单位（盖章）：某局　　填报日期：2024年6月12日", {"填报日期"}.__contains__)
    [('单位（盖章）', '某局'), ('填报日期', '2024年6月12日')]
    """
    first = _COLON.search(text)
    if first is None:
        return []
    parts, label, begin = [], text[: first.start()].strip(), first.end()
    for colon in _COLON.finditer(text, first.end()) if len(text) <= LONGEST_LINE else ():
        at = _label_start(text[begin : colon.start()], is_known)
        if at is not None:
            parts.append((label, text[begin : begin + at].strip()))
            label, begin = text[begin + at : colon.start()].strip(), colon.end()
    return [*parts, (label, text[begin:].strip())]


def value_before_next_label(text: str) -> str:
    """The text up to the next label with its colon: 某局　　主要领导签字： gives 某局."""
    match = _COLON.search(text) if len(text) <= LONGEST_LINE else None
    if match is None:
        return text
    at = _label_start(text[: match.start()], lambda _: False)
    return text if at is None else text[:at].rstrip()


def _label_start(chunk: str, is_known: Callable[[str], bool]) -> int | None:
    """Where the label begins that the text before a colon ends with; None where it ends with none."""
    starts = list(_starts_of_words(chunk))
    for start in starts:
        if is_known(chunk[start:]):
            return start
    last = starts[-1] if starts else 0
    return last if last and _LABEL.fullmatch(chunk[last:].rstrip()) else None


def _starts_of_words(chunk: str) -> Iterator[int]:
    """Where a label can begin: after white space, or at the head of the text."""
    return (word.start() for word in _WORDS.finditer(chunk))
