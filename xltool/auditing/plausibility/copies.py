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

    from xltool.auditing.plausibility.signs import FilingSigns

FEWEST_ROWS = 5
"""Forms with fewer rows are not compared: that a few are equal proves nothing."""
USUAL = 20
"""Departments that may bear a row before it counts as a usual one (群众满意度 ≥90%) that proves nothing by itself."""


def copied_texts(filings: Sequence[FilingSigns], least: float) -> Iterator[tuple[str, str]]:
    """Filings with a goal or achievement of another department, with words for it; `least` characters at least."""
    holders: dict[tuple[str, int, bytes], list[FilingSigns]] = defaultdict(list)
    for signs in filings:
        for text in signs.texts:
            if text[1] >= least:
                holders[text].append(signs)
    departments = _departments(filings)
    reported: set[str] = set()
    for (column, length, _), sharing in holders.items():
        for signs in sharing if len(sharing) > 1 else ():
            other = next((other for other in sharing if departments[signs.filing] != departments[other.filing]), None)
            if other is not None and signs.filing not in reported:
                reported.add(signs.filing)
                yield signs.filing, f"{column}与{other.department}的文字完全相同（{length} 字）"


def copied_indicators(filings: Sequence[FilingSigns], share: float) -> Iterator[tuple[str, str]]:
    """Filings with a form most of whose indicator rows are another department's, with words for it.

    A row is its name, target and actual; `share` of the rows of the form at least, and no fewer than five.
    """
    holders: dict[bytes, list[str]] = defaultdict(list)
    whole: dict[tuple[bytes, ...], list[str]] = defaultdict(list)
    for signs in filings:
        for _, rows in signs.rows:
            _note(whole[rows], signs.filing)
            for row in rows:
                _note(holders[row], signs.filing)
    departments, names = _departments(filings), {signs.filing: signs.department for signs in filings}
    for signs in filings:
        own = departments[signs.filing]
        for form, rows in signs.rows:
            # Usual rows only count for the few first that bear all of them.
            borne = (holders[row] if len(holders[row]) <= USUAL else whole[rows][:USUAL] for row in rows)
            shared = Counter(chain.from_iterable(borne)) if len(rows) >= FEWEST_ROWS else {}
            others = ((-count, other) for other, count in shared.items() if departments[other] != own)
            count, other = min(others, default=(0, ""))
            if count and -count >= share * len(rows):
                shared_rows = f"{form}的 {len(rows)} 项指标中有 {-count} 项"
                yield signs.filing, f"{shared_rows}的名称、指标值、完成值与{names[other]}完全相同"


def _note(filings: list[str], filing: str) -> None:
    """Add a filing once, as long as a few more do not change what is said; those of one filing come together."""
    if len(filings) <= USUAL and filing not in filings[-1:]:
        filings.append(filing)


def _departments(filings: Sequence[FilingSigns]) -> dict[str, str]:
    """The name of the department of each filing, folded for comparing."""
    return {signs.filing: plain(signs.department) for signs in filings}
