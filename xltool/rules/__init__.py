"""The catalogue: every rule, registered when this package is imported."""

from __future__ import annotations

from xltool.rules import (
    across,
    base_data,
    categories,
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
    scoring,
    self_review,
    spending,
    targets,
)
from xltool.rules.model import RULES, Check, Rule, Scope

__all__ = [
    "RULES",
    "Check",
    "Rule",
    "Scope",
    "across",
    "base_data",
    "categories",
    "copied",
    "costs",
    "foot",
    "identity",
    "indicators",
    "integrity",
    "matching",
    "narrated",
    "narrated_sums",
    "narrative",
    "progress",
    "project",
    "recomputed",
    "scoring",
    "self_review",
    "spending",
    "targets",
]
