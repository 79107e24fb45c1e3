"""What the ways of finding a cause share: where findings are, the numbers that they name, and what is folded."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.auditing.drafts import DraftFinding
    from xltool.findings import Finding

_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Folding(NamedTuple):
    """A finding that stays, those that are folded into it, and the sentence that names them."""

    main: DraftFinding
    others: list[DraftFinding]
    sentence: str


def place_of(finding: Finding) -> Place:
    """Where a finding is."""
    return Place(finding.path, finding.sheet, finding.cell)


def places_of(finding: Finding) -> set[Place]:
    """Where a finding is, and what it rests on."""
    return {place_of(finding), *finding.related}


def numbers_in(text: str | None) -> list[float]:
    """The numbers that a finding shows as filed or expected."""
    return [float(number.replace(",", "")) for number in _NUMBER.findall(text or "")]


def open_by_filing(drafts: Iterable[DraftFinding]) -> dict[str, list[DraftFinding]]:
    """The findings of each filing that ask for something: no infos, and none that is exempted."""
    filings: dict[str, list[DraftFinding]] = defaultdict(list)
    for draft in drafts:
        if draft.finding.exemption is None and draft.finding.severity is not Severity.INFO:
            filings[draft.filing].append(draft)
    return filings
