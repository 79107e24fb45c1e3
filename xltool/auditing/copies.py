"""What departments have in common to the letter: texts, and rows of indicators.

Texts and rows are counted by what they say, so the cost grows with the number of filings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from xltool.forms import review
from xltool.rules.naming import plain
from xltool.rules.wording import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from xltool.reader.records import Submission

Filings = dict[str, list["Submission"]]
Row = tuple[str, ...]
"""An indicator as compared: name, target, actual, folded."""

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
    whose = {filing: plain(name) for filing, name in names.items()}
    told: set[str] = set()
    for key, found in holders.items():
        for filing in found:
            other = next((other for other in found if whose[filing] != whose[other]), None)
            if other is not None and filing not in told:
                told.add(filing)
                column = next(name for name in TEXTS if key.startswith(name))
                yield filing, f"{column}与{names[other]}的文字完全相同（{len(key) - len(column)} 字）"


def copied_indicators(filings: Filings, names: Mapping[str, str], share: float) -> Iterator[tuple[str, str]]:
    """Filings with a form most of whose indicator rows are another department's, with words for it.

    A row is its name, target and actual; `share` of the rows of the form at least, and no fewer than five.
    """
    forms = [(filing, one, rows) for filing, same in filings.items() for one in same if (rows := _rows(one))]
    holders: dict[Row, dict[str, None]] = defaultdict(dict)
    whole: dict[frozenset[Row], dict[str, None]] = defaultdict(dict)
    for filing, _, rows in forms:
        whole[rows][filing] = None
        for row in rows:
            holders[row][filing] = None
    whose = {filing: plain(name) for filing, name in names.items()}
    for filing, one, rows in forms:
        if len(rows) < FEWEST_ROWS:
            continue
        others = _holders(rows, holders, whole)
        shared = Counter(other for other in others if whose[filing] != whose[other])
        found = min(shared.items(), key=lambda pair: (-pair[1], pair[0]), default=None)
        if found is not None and found[1] >= share * len(rows):
            told = f"{one.form}的 {len(rows)} 项指标中有 {found[1]} 项"
            yield filing, f"{told}的名称、指标值、完成值与{names[found[0]]}完全相同"


def _holders(
    rows: frozenset[Row], holders: Mapping[Row, Iterable[str]], whole: Mapping[frozenset[Row], Iterable[str]]
) -> Iterator[str]:
    """Who bears these rows, once a row; usual rows only count for the few first that bear all of them."""
    alike = list(islice(whole[rows], USUAL))
    for row in rows:
        found = list(islice(holders[row], USUAL + 1))
        yield from found if len(found) <= USUAL else alike


def _rows(one: Submission) -> frozenset[Row]:
    columns = (review.indicator.key, review.target_value.key, review.actual_value.key)
    rows = (row for row in one.rows if row.table == review.INDICATORS)
    made = (tuple(fold(str(row.value(key) or "")) for key in columns) for row in rows)
    return frozenset(row for row in made if all(row))
