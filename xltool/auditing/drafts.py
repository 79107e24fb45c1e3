"""Findings in the making, and their messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.rules.words import PLACEHOLDER

if TYPE_CHECKING:
    from xltool.findings import Finding
    from xltool.rules import Rule

RELATED_LIMIT = 40
QUOTED = re.compile(r"“\{([^{}]+)\}”")
INNER_QUOTES = str.maketrans("“”", "‘’")


@dataclass(slots=True)
class Draft:
    """A finding in the making."""

    finding: Finding
    rule: Rule
    filing: str
    items: list[str] = field(default_factory=list)


def fill(template: str, words: dict[str, str]) -> str:
    """Put the words in; what stands between quotation marks has its own turned into inner ones."""
    template = QUOTED.sub(
        lambda match: f"“{words.get(match[1], match[1].join('{}')).translate(INNER_QUOTES)}”", template
    )
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), template)
