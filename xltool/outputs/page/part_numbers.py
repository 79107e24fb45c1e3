"""How the findings of a page that is too large for one file are divided into parts, which lie beside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final

from xltool.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder

MOST: Final = 500
"""Findings of a part, unless a department has more by itself: some hundred kilobytes."""
NO_PART: Final = -1


def part_numbers(order: FindingOrder, filings: int) -> list[int]:
    """The number of the part with the findings of each filing, last of those of no filing; -1 without findings."""
    numbers: list[int] = []
    part = size = 0
    for filing in range(filings + 1):
        count = order.by_filing[filing].total() if filing in order.by_filing else 0
        if size and size + count > MOST:
            part, size = part + 1, 0
        numbers.append(part if count else NO_PART)
        size += count
    return numbers


def stamp_of(review: Review) -> str:
    """What page and parts of the same run have in common."""
    return hashlib.sha256(f"{review.context.run} {review.made_at.isoformat()}".encode()).hexdigest()[:16]


def parts_json(review: Review, order: FindingOrder) -> Iterator[tuple[str, object]]:
    """The members of a page that has parts."""
    yield "parts", part_numbers(order, len(review.filings))
    yield "stamp", stamp_of(review)
    unowned = order.by_filing.get(len(review.filings), Counter())
    yield "unowned", [unowned[severity] for severity in Severity]
