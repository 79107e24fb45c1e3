"""Formulas that were replaced: a wrong result is the finding that the rest belongs to; right ones are one a form."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from xltool.auditing.causes.shared import Folding, place_of
from xltool.forms.words import listing
from xltool.rules.recomputed import RECOMPUTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.auditing.drafts import DraftFinding

OVERTYPED: Final = frozenset({"W-04", "W-15"})
"""Rules on a formula that was replaced."""
TYPED_OVER: Final = "W-04"
"""Rule on a value in place of a formula."""
FEWEST: Final = 3
"""Right values over the formulas of a form that are one act: the form was saved as values."""
LISTED: Final = 6
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


def saved_as_values(drafts: Sequence[DraftFinding]) -> Iterator[Folding]:
    """Fold the right values over the formulas of a form into the first of them."""
    forms: dict[tuple[str, str | None], list[DraftFinding]] = defaultdict(list)
    for draft in drafts:
        finding = draft.finding
        if draft.rule.code == TYPED_OVER and finding.exemption is None and finding.actual == finding.expected:
            forms[finding.path, finding.sheet].append(draft)
    for same in forms.values():
        main, *others = sorted(same, key=lambda draft: draft.finding.order)
        if len(same) >= FEWEST:
            listed = listing([draft.finding.cell for draft in others], LISTED)
            yield Folding(main, others, f"本表另有 {len(others)} 个公式单元格也改成了与重算一致的固定数值：{listed}。")
