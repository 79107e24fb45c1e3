"""Changes of coverage that show only after filings were judged: what comparing them gave, and what broke off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.auditing.coverage.model import CoverageChange
from xltool.auditing.unjudged import UNJUDGED
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNFINISHED: Final = "核对没有完成（W-27）"
NO_OTHERS: Final = "没有其他单位可以比对"
_COMPARING: Final = tuple(rule.code for rule in RULES.values() if rule.batch_judge is not None)
_YEARLY: Final = tuple(rule.code for rule in RULES.values() if rule.needs_prior)
_JUDGED: Final = tuple(rule.code for rule in RULES.values() if rule.checks or rule.needs)


def without_others(filings: Iterable[str]) -> Iterator[CoverageChange]:
    """There are no other departments whose texts these filings could be compared with."""
    for filing in filings:
        yield from (CoverageChange(filing, code, NO_OTHERS, only_kept=True) for code in _COMPARING)


def broke_off_comparing(filings: Iterable[str]) -> Iterator[CoverageChange]:
    """Comparing these filings with others broke off, each by itself."""
    for filing in filings:
        yield CoverageChange(filing, UNJUDGED)
        yield from not_compared((filing,))


def not_compared(filings: Iterable[str]) -> Iterator[CoverageChange]:
    """These filings were not compared with others, because comparing broke off."""
    for filing in filings:
        yield from (CoverageChange(filing, code, UNFINISHED, only_kept=True) for code in _COMPARING)


def not_compared_with_last_year(filings: Iterable[str]) -> Iterator[CoverageChange]:
    """Comparing these filings with last year's broke off."""
    for filing in filings:
        yield CoverageChange(filing, UNJUDGED)
        yield from (CoverageChange(filing, code, UNFINISHED) for code in _YEARLY)


def not_judged(filings: Iterable[str]) -> Iterator[CoverageChange]:
    """Judging a part of these filings broke off: what their other parts gave is not the whole."""
    for filing in filings:
        yield CoverageChange(filing, UNJUDGED)
        yield from (CoverageChange(filing, code, UNFINISHED) for code in _JUDGED)
