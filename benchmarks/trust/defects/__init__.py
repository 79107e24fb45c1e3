"""Defects by the rule that has to find them. Each changes one thing a clerk could have got wrong."""

from __future__ import annotations

from benchmarks.trust.defects import (
    across,
    base_data,
    files,
    indicators,
    limits,
    narrative,
    project,
    rest,
    self_review,
    workbook,
)

__all__ = [
    "across",
    "base_data",
    "files",
    "indicators",
    "limits",
    "narrative",
    "project",
    "rest",
    "self_review",
    "workbook",
]
