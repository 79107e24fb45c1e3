"""Counts of findings that several sheets show, from one pass through all findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xltool.findings import Severity
    from xltool.outputs.model import Review


@dataclass
class Counts:
    """Counts of findings by severity, and for each filing, by its id, by rule.

    `first` is the number, from 1, of the first finding of a filing. Findings of no filing count by severity only.
    """

    severities: Counter[Severity] = field(default_factory=Counter)
    hits: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    first: dict[str, int] = field(default_factory=dict)
    exempted: bool = False
    """Whether an exemption covers any finding."""


def count_findings(review: Review) -> Counts:
    """Count the findings of a review."""
    counts = Counts()
    for number, finding in enumerate(review.findings, start=1):
        counts.severities[finding.severity] += 1
        counts.exempted = counts.exempted or finding.exemption is not None
        filing = review.filing_of(finding)
        if filing is not None:
            counts.hits[filing][finding.rule] += 1
            counts.first.setdefault(filing, number)
    return counts
