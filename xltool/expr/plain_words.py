"""Patterns that are plain words, which a formula can look for."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PLAIN: Final = re.compile(r"(\^?)(\(?)([\w≥%]+(?:\|[\w≥%]+)*)(\)?)(\$?)")


class PlainWords(NamedTuple):
    """The words of a pattern, with ^ and $ where it has them."""

    begins: str
    words: list[str]
    ends: str


def plain_words(pattern: str) -> PlainWords | None:
    """The words of a pattern; None for any other pattern.

    >>> plain_words("^(合计|总计)$").words
    ['合计', '总计']
    """
    plain = _PLAIN.fullmatch(pattern)
    if plain is None or ("|" in plain[3] and plain[1] + plain[5] and not plain[2]):
        return None
    return PlainWords(plain[1], plain[3].split("|"), plain[5])
