"""What findings say that a template has lost, and what was put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from xltool.findings import Finding

REPLACED: Final = frozenset({"W-04", "W-15"})
PROTECTION, VALIDATION = "W-13", "W-14"
MENDABLE: Final = REPLACED | {PROTECTION, VALIDATION}
"""Rules on what a template has lost."""


def is_mendable(findings: Sequence[Finding]) -> bool:
    """Whether any finding is about something that a template has lost."""
    return any(code in MENDABLE for finding in findings for code, *_ in codes_of(finding))


def sheets_with(codes: Container[str], findings: Iterable[Finding]) -> set[str]:
    """The sheets that findings of these rules are about."""
    named = (place for finding in findings for place in codes_of(finding))
    return {sheet for code, sheet, _ in named if sheet is not None and code in codes}


class Mended(NamedTuple):
    """Findings with advice that says what was put back, and the cells whose formula was restored, with their sheets."""

    findings: Sequence[Finding]
    restored: frozenset[tuple[str, str]] = frozenset()


def codes_of(finding: Finding) -> Iterator[tuple[str, str | None, str | None]]:
    """Rule, sheet and cell of a finding, of the other cells it names, and of those folded into it."""
    yield finding.rule, finding.sheet, finding.cell
    if finding.rule in REPLACED:
        yield from ((finding.rule, place.sheet, place.cell) for place in finding.related if place.path == finding.path)
    yield from ((each.rule, each.sheet, each.cell) for each in finding.consequences if each.path == finding.path)
