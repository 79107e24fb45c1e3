"""Words that can be read in several ways, repeated: each repetition must not double the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xltool.text import claim_words, figures

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATED = 26
"""Repetitions that take a minute where each doubles the time, so that the test fails and does not hang."""


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("read", "words"),
    [
        (figures.core_phrase, "数量"),
        (claim_words.side_of_a_line, "部门整体"),
        (claim_words.side_of_a_line, "2023年全年"),
    ],
)
def test_repeated_words_are_read_at_once(read: Callable[[str], object], words: str) -> None:
    """A few hundred characters, and then as many as a cell holds; ended by what belongs to no word."""
    for text in (words * REPEATED + "×", words * (32_767 // len(words))):
        read(text)


def test_the_longest_end_of_known_words_is_taken_off() -> None:
    """人次数 is 人次 and 数, not 人 and 次数; 数量 alone says nothing."""
    assert figures.core_phrase("培训人次数") == "培训"
    assert figures.core_phrase("税收个数量") == "税收"
    assert figures.core_phrase("数量" * 40) == ""
