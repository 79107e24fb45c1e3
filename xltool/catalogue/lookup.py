"""Rules looked up by a word: those about it, or what is near where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.expr.words import describe
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.rules.model import Rule

NEAR: Final = 3
"""How many are named where nothing fits."""
LEAST: Final = 40.0
"""How alike a word and what is near have to be, of 100."""


def rules_about(word: str) -> list[Rule]:
    """The rules that speak of a word in title, message or the labels of their fields, by code."""
    wanted = word.strip()
    return [rule for rule in RULES.values() if wanted and any(wanted in text for text in _texts(rule))]


def listed(rules: Sequence[Rule]) -> str:
    """Code, severity and title of rules, a line each."""
    return "".join(f"{rule.code:<6}{rule.severity.label}  {rule.title}\n" for rule in rules)


def near(word: str) -> list[str]:
    """Rules whose code, title or fields are nearest to a word, as code and title."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where a word fits nothing

    texts = {code: f"{code} {rule.title} {' '.join(_labels(rule))}" for code, rule in RULES.items()}
    best = process.extract(word.strip().upper(), texts, scorer=fuzz.partial_ratio, limit=NEAR, score_cutoff=LEAST)
    return [f"{code} {RULES[code].title}" for _, _, code in best]


def _texts(rule: Rule) -> tuple[str, ...]:
    return (rule.title, rule.message, *_labels(rule))


def _labels(rule: Rule) -> tuple[str, ...]:
    """The fields of a rule, as their labels name them."""
    return tuple(dict.fromkeys(describe(item) for check in rule.checks for item in check.fields))
