"""What departments have in common to the letter: texts, and rows of indicators.

Texts and rows are counted by what they say, so the cost grows with the number of filings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from xltool.forms import review
from xltool.rules.naming import plain
from xltool.rules.wording import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.reader.records import Submission

Filings = dict[str, list["Submission"]]

FEWEST_ROWS = 5
USUAL = 20
"""Departments that may bear a row before it counts as a usual one (群众满意度 ≥90%) that proves nothing by itself."""
TEXTS = (review.goal.key, review.achievement.key)


def copied_texts(filings: Filings, names: Mapping[str, str], least: float) -> Iterator[tuple[str, str]]:
    """Filings with a goal or achievement of another department, with words for it; `least` characters at least."""
    holders: dict[str, list[str]] = defaultdict(list)
    for filing, same in filings.items():
        for one in same:
            for key in TEXTS:
                text = fold(str(one.value(key) or ""))
                if len(text) >= least:
                    holders[f"{key}{text}"].append(filing)
    told: set[str] = set()
    for key, found in holders.items():
        for filing in found:
            other = next((other for other in found if _unlike(names[filing], names[other])), None)
            if other is not None and filing not in told:
                told.add(filing)
                column = next(name for name in TEXTS if key.startswith(name))
                yield filing, f"{column}与{names[other]}的文字完全相同（{len(key) - len(column)} 字）"


def copied_indicators(filings: Filings, names: Mapping[str, str], share: float) -> Iterator[tuple[str, str]]:
    """Filings most of whose indicator rows are those of another department, with words for it.

    A row is its name, target and actual; `share` of the rows at least, and no fewer than five.
    """
    rows = {filing: _rows(same) for filing, same in filings.items()}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for filing, signatures in rows.items():
        for signature in signatures:
            holders[signature].append(filing)
    whole: dict[frozenset[tuple[str, ...]], list[str]] = defaultdict(list)
    for filing, signatures in rows.items():
        whole[signatures].append(filing)
    for filing, signatures in rows.items():
        if len(signatures) < FEWEST_ROWS:
            continue
        found = _nearest(filing, signatures, holders, whole, names)
        if found is not None and found[1] >= share * len(signatures):
            yield (
                filing,
                (f"{len(signatures)} 项指标中有 {found[1]} 项的名称、指标值、完成值与{names[found[0]]}完全相同"),
            )


def _nearest(
    filing: str,
    signatures: frozenset[tuple[str, ...]],
    holders: Mapping[tuple[str, ...], Sequence[str]],
    whole: Mapping[frozenset[tuple[str, ...]], Sequence[str]],
    names: Mapping[str, str],
) -> tuple[str, int] | None:
    """The filing of another department with most of these rows, and how many."""
    for other in whole[signatures]:
        if _unlike(names[filing], names[other]):
            return other, len(signatures)
    shared: Counter[str] = Counter()
    for signature in signatures:
        if len(holders[signature]) <= USUAL:
            shared.update(other for other in holders[signature] if _unlike(names[filing], names[other]))
    return min(shared.items(), key=lambda pair: (-pair[1], pair[0]), default=None)


def _rows(same: Sequence[Submission]) -> frozenset[tuple[str, ...]]:
    columns = (review.indicator.key, review.target_value.key, review.actual_value.key)
    made = (
        tuple(fold(str(row.value(key) or "")) for key in columns)
        for one in same
        for row in one.rows
        if row.table == review.INDICATORS
    )
    return frozenset(row for row in made if all(row))


def _unlike(name: str, other: str) -> bool:
    return plain(name) != plain(other)
