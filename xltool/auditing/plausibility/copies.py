"""What departments have in common to the letter: texts, and rows of indicators.

Texts and rows are counted by what they say, so the cost grows with the number of filings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from xltool.text.naming import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.auditing.plausibility.signs import Glance

FEWEST_ROWS = 5
USUAL = 20
"""Departments that may bear a row before it counts as a usual one (群众满意度 ≥90%) that proves nothing by itself."""


def copied_texts(glances: Sequence[Glance], least: float) -> Iterator[tuple[str, str]]:
    """Filings with a goal or achievement of another department, with words for it; `least` characters at least."""
    holders: dict[tuple[str, int, bytes], list[Glance]] = defaultdict(list)
    for one in glances:
        for text in one.texts:
            if text[1] >= least:
                holders[text].append(one)
    whose = _whose(glances)
    told: set[str] = set()
    for (column, length, _), found in holders.items():
        for one in found if len(found) > 1 else ():
            other = next((other for other in found if whose[one.filing] != whose[other.filing]), None)
            if other is not None and one.filing not in told:
                told.add(one.filing)
                yield one.filing, f"{column}与{other.department}的文字完全相同（{length} 字）"


def copied_indicators(glances: Sequence[Glance], share: float) -> Iterator[tuple[str, str]]:
    """Filings with a form most of whose indicator rows are another department's, with words for it.

    A row is its name, target and actual; `share` of the rows of the form at least, and no fewer than five.
    """
    holders: dict[bytes, list[str]] = defaultdict(list)
    whole: dict[tuple[bytes, ...], list[str]] = defaultdict(list)
    for glance in glances:
        for _, rows in glance.rows:
            _note(whole[rows], glance.filing)
            for row in rows:
                _note(holders[row], glance.filing)
    whose, names = _whose(glances), {glance.filing: glance.department for glance in glances}
    for glance in glances:
        own = whose[glance.filing]
        for form, rows in glance.rows:
            # Usual rows only count for the few first that bear all of them.
            borne = (holders[row] if len(holders[row]) <= USUAL else whole[rows][:USUAL] for row in rows)
            shared = Counter(chain.from_iterable(borne)) if len(rows) >= FEWEST_ROWS else {}
            others = ((-count, other) for other, count in shared.items() if whose[other] != own)
            count, other = min(others, default=(0, ""))
            if count and -count >= share * len(rows):
                told = f"{form}的 {len(rows)} 项指标中有 {-count} 项"
                yield glance.filing, f"{told}的名称、指标值、完成值与{names[other]}完全相同"


def _note(filings: list[str], filing: str) -> None:
    """Add a filing once, as long as a few more do not change what is said; those of one filing come together."""
    if len(filings) <= USUAL and filing not in filings[-1:]:
        filings.append(filing)


def _whose(glances: Sequence[Glance]) -> dict[str, str]:
    """Departments by filing, as their names are compared."""
    return {glance.filing: plain(glance.department) for glance in glances}
