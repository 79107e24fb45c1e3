"""Normalize texts for comparing: half-width forms, no white space."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import is_normalized, normalize

_USUAL: Final = tuple(zip("，（）：；！？％\u3000", ",():;!?% ", strict=True))
_NOT_HAN: Final = re.compile("[^\u3400-\u9fff]+")
"""What width and composition can change; normalising a whole text takes three times as long."""


def with_narrow_marks(text: str) -> str:
    """The text with the punctuation that all Chinese texts have in its half-width form."""
    for wide, narrow in _USUAL:
        text = text.replace(wide, narrow)
    return text


def fold(text: str) -> str:
    """Text without white space and with full-width forms folded (NFKC), for comparing what was typed."""
    if not is_normalized("NFKC", text):
        text = with_narrow_marks(text)
        # Most texts have no other full-width forms, and to see that takes a hundredth of the time of normalising.
        if not is_normalized("NFKC", text):
            text = _NOT_HAN.sub(lambda run: normalize("NFKC", run[0]), text)
    return "".join(text.split())
