"""Findings in the making, and their messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from xltool.rules.words import PLACEHOLDER

if TYPE_CHECKING:
    from xltool.findings import Finding
    from xltool.rules.model import Rule

RELATED_LIMIT = 40
_PLACE = re.compile(rf"“{PLACEHOLDER.pattern}”|{PLACEHOLDER.pattern}")
INNER_QUOTES = str.maketrans("“”", "‘’")


@dataclass(slots=True)
class Draft:
    """A finding in the making."""

    finding: Finding
    rule: Rule
    filing: str
    items: list[str] = field(default_factory=list)


@cache
def asked_for(template: str) -> frozenset[str]:
    """The words a template of a rule has places for."""
    return frozenset(PLACEHOLDER.findall(template))


def fill(template: str, words: dict[str, str]) -> str:
    """Put the words in; what stands between quotation marks has its own turned into inner ones."""

    def put(place: re.Match[str]) -> str:
        quoted, plain = place.groups()
        if quoted in words:
            return f"“{words[quoted].translate(INNER_QUOTES)}”"
        return words.get(plain, place[0])

    return _PLACE.sub(put, template)
