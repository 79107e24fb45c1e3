"""A formula that was replaced and gives a wrong result: that result is the finding, and the rest belongs to it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from xltool.auditing.causes.shared import Folding, place_of
from xltool.rules.recomputed import RECOMPUTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.auditing.drafts import DraftFinding

OVERTYPED: Final = frozenset({"W-04", "W-15"})
"""Rules on a formula that was replaced."""
UNPROTECTED: Final = "W-13"
"""Protection has to be lifted before a formula can be replaced."""


def overtyped(drafts: Sequence[DraftFinding]) -> Iterator[Folding]:
    """Fold what is said of a replaced formula into the finding on its wrong result, and the lifted protection as well.

    Where some replaced formula of a sheet gives a right result, the protection keeps its own finding.
    """
    stated = [draft for draft in drafts if draft.finding.exemption is None]
    wrong = {place_of(draft.finding): draft for draft in stated if draft.rule.code in RECOMPUTATIONS}
    replaced: dict[tuple[str, str | None], list[DraftFinding]] = defaultdict(list)
    for draft in stated:
        if draft.rule.code in OVERTYPED:
            replaced[draft.finding.path, draft.finding.sheet].append(draft)
            main = wrong.get(place_of(draft.finding))
            if main is not None:
                yield Folding(main, [draft], f"这一格的公式已被改动（{draft.rule.code}）。")
    for draft in stated:
        if draft.rule.code == UNPROTECTED and draft.finding.cell is None:
            mains = [wrong.get(place_of(other.finding)) for other in replaced[draft.finding.path, draft.finding.sheet]]
            if mains and None not in mains and (main := mains[0]) is not None:
                yield Folding(main, [draft], f"工作表保护已被取消（{UNPROTECTED}）。")
