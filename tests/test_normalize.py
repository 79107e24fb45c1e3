"""`fold` gives what NFKC normalisation without white space gives."""

from __future__ import annotations

import random
import re
from unicodedata import normalize

from xltool.normalize import fold

_TYPED = "，（）：；！？％　。、“”…·①㎡²％ＡＢ１２ab 12\n\u0301\u3099\u0323カか가가国ﬁ豈"
"""Marks of Chinese texts, full-width and small forms, and what is composed with its neighbour."""


def _normalised(text: str) -> str:
    return re.sub(r"\s+", "", normalize("NFKC", text))


def test_every_character_folds_as_it_is_normalised() -> None:
    """Any character of three planes, alone or between others, becomes what NFKC makes of it, without white space."""
    texts = (text for code in range(3 << 16) for text in (chr(code), f"e{chr(code)}\u0301", f"，国{chr(code)}国"))
    assert [text for text in texts if fold(text) != _normalised(text)] == []


def test_texts_fold_as_they_are_normalised() -> None:
    """Texts mixed of all kinds of characters become what NFKC makes of them, without white space."""
    chance = random.Random(5)  # noqa: S311 - seeded chance, nothing secret
    texts = ["".join(chance.choices(_TYPED, k=chance.randrange(12))) for _ in range(20_000)]
    assert [text for text in texts if fold(text) != _normalised(text)] == []
