"""The catalogue: every rule, in the order of the codes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from xltool.findings import Severity
from xltool.rules import base_data, foot, integrity, project, recomputed, self_review, spending  # noqa: F401 - imported to register its rules
from xltool.rules.filing import agreement, copied, identity  # noqa: F401 - imported to register its rules
from xltool.rules.goals import answers, growth_base, numbers_in_rows, sums, unfinished  # noqa: F401 - imported to register its rules
from xltool.rules.indicators import caps, categories, costs, entries, matching, scoring, targets  # noqa: F401 - imported to register its rules
from xltool.rules.model import Rule, registered
from xltool.rules.report import figures, sentences, structure, totals  # noqa: F401 - imported to register its rules
from xltool.rules.years import continuity, last_year  # noqa: F401 - imported to register its rules

_CODE: Final = re.compile(r"(A[123]|[A-Z])[-—–_ ]?([0-9]{1,2})")
RULES: Final[dict[str, Rule]] = dict(sorted(registered.items()))


def by_severity() -> list[Rule]:
    """All rules, errors first, then by code: the order in which a template shows them."""
    order = list(Severity)
    return sorted(RULES.values(), key=lambda rule: (order.index(rule.severity), rule.code))


def _normalize(code: str) -> str:
    """A code as the catalogue spells it: a1-5, A105 and Ａ１－０５ are A1-05; any other text unchanged.

    >>> _normalize("a1-5"), _normalize("A105"), _normalize("Ａ１－０５"), _normalize("w19")
    ('A1-05', 'A1-05', 'A1-05', 'W-19')
    """
    text = unicodedata.normalize("NFKC", code).strip().upper()
    match = _CODE.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02}" if match else text


def rule_named(code: str) -> Rule:
    """The rule with this code, which may be a retired code of it; KeyError if there is none."""
    wanted = _normalize(code)
    for rule in RULES.values():
        if wanted == rule.code or wanted in rule.aliases:
            return rule
    raise KeyError(wanted)
