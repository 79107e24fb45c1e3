"""Draft findings, and the messages of findings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from xltool.forms.words import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.findings import Finding
    from xltool.rules.model import Check, Rule

RELATED_LIMIT = 40
"""The most other places that a finding names."""
_PLACE = re.compile(rf"“{PLACEHOLDER.pattern}”|{PLACEHOLDER.pattern}")


@dataclass(slots=True)
class DraftFinding:
    """A finding with its rule and filing, before findings are merged, silenced and exempted."""

    finding: Finding
    rule: Rule
    filing: str
    items: list[str] = field(default_factory=list)
    key: str = ""
    """What names it in the next round."""
    check: Check | None = None
    """The check that is violated, of a rule that expressions state."""


@cache
def placeholders_of(template: str) -> frozenset[str]:
    """The words that a message template has placeholders for."""
    return frozenset(PLACEHOLDER.findall(template))


def fill_message(template: str, words: Mapping[str, str]) -> str:
    """Put words into the placeholders of a template; quotation marks inside quoted words become inner ones."""
    parts: list[str] = []
    for before, place, word, is_quoted in _places(template):
        put = words.get(word, place)
        parts += before, f"“{put.replace('“', '‘').replace('”', '’')}”" if is_quoted and put is not place else put
    return "".join(parts)


@lru_cache(1024)
def _places(template: str) -> tuple[tuple[str, str, str, bool], ...]:
    """The places of a template: what stands before each, the place itself, its word, and whether it is quoted.

    The last has no word: it is what stands behind all of them.
    """
    places, end = [], 0
    for match in _PLACE.finditer(template):
        quoted, plain = match.groups()
        places.append((template[end : match.start()], match[0], quoted or plain, quoted is not None))
        end = match.end()
    return (*places, (template[end:], "", "", False))
