"""The catalogue: every rule there is, in the order of the codes."""

from __future__ import annotations

from typing import Final

from xltool.findings import Severity
from xltool.rules import (  # noqa: F401 - each puts its rules into the register
    across,
    base_data,
    categories,
    continuity,
    copied,
    costs,
    foot,
    identity,
    indicators,
    integrity,
    matching,
    narrated,
    narrated_sums,
    narrative,
    progress,
    project,
    recomputed,
    report,
    report_parts,
    report_sums,
    report_text,
    scoring,
    self_review,
    spending,
    targets,
    years,
)
from xltool.rules.model import Rule, registered

RULES: Final[dict[str, Rule]] = dict(sorted(registered.items()))


def by_gravity() -> list[Rule]:
    """All rules, errors first, then by code: the order in which a template shows them."""
    order = list(Severity)
    return sorted(RULES.values(), key=lambda rule: (order.index(rule.severity), rule.code))


def rule_named(code: str) -> Rule:
    """The rule of a code, which may be a retired one; KeyError if there is none."""
    wanted = code.strip().upper()
    for rule in RULES.values():
        if wanted == rule.code or wanted in rule.aliases:
            return rule
    raise KeyError(wanted)
