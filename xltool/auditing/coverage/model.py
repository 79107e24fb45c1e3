"""The coverage of a filing: the state of every rule of the catalogue, and why a rule could not be decided.

Light to import: outputs need it, and not the rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping  # noqa: TC003 - msgspec looks it up
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import compress
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class RuleState(StrEnum):
    """What became of a rule in a filing, in the words of the contract."""

    KEPT = "符合"
    VIOLATED = "不符"
    NOT_APPLICABLE = "不适用"
    UNDECIDED = "无法判断"

    @property
    def letter(self) -> str:
        """The letter it is stored as."""
        return _LETTERS[self]


_LETTERS: Final = {
    RuleState.KEPT: "k",
    RuleState.VIOLATED: "v",
    RuleState.NOT_APPLICABLE: "n",
    RuleState.UNDECIDED: "u",
}
_RANKS: Final = "nkuv"
"""The letters of states, of which the last counts where parts of a filing have several."""
ASKED: Final = (RuleState.KEPT, RuleState.VIOLATED, RuleState.UNDECIDED)
"""The states of rules that a filing could break: those that do not apply to it are not counted."""


@dataclass(frozen=True, slots=True)
class FilingCoverage:
    """The state of every rule in a filing, a letter each in the order of the catalogue.

    `reasons` says for each undecided rule what was missing.
    """

    filing: str
    states: str
    reasons: Mapping[str, str] = field(default_factory=dict)

    def codes(self, state: RuleState, catalogue: Iterable[str]) -> list[str]:
        """The rules in a state; `catalogue` has all codes in their order."""
        return list(compress(catalogue, (letter == state.letter for letter in self.states)))

    def count(self, state: RuleState) -> int:
        """The number of rules in a state."""
        return self.states.count(state.letter)


class CoverageChange(NamedTuple):
    """The state of a rule that shows only after its filing was judged.

    `reason` says why it is undecided; "" stands for a violation. With `only_kept` it changes a rule that was kept and
    no other, else any but one that was violated.
    """

    filing: str
    code: str
    reason: str = ""
    only_kept: bool = False


def merged(
    coverages: Iterable[FilingCoverage], changes: Iterable[CoverageChange], catalogue: Sequence[str]
) -> dict[str, FilingCoverage]:
    """The coverage of each filing, of which there may be several for parts of it, with later changes.

    Of several states a violation counts first, then an undecided rule, then one that was kept.
    """
    result: dict[str, FilingCoverage] = {}
    for coverage in coverages:
        known = result.get(coverage.filing)
        result[coverage.filing] = coverage if known is None else _joined(known, coverage, catalogue)
    by_filing: dict[str, list[CoverageChange]] = defaultdict(list)
    for change in changes:
        by_filing[change.filing].append(change)
    rows = {code: row for row, code in enumerate(catalogue)}
    for filing, own in by_filing.items():
        if filing in result:
            result[filing] = _changed(result[filing], own, rows)
    return result


def _joined(first: FilingCoverage, second: FilingCoverage, catalogue: Sequence[str]) -> FilingCoverage:
    """The coverage of two parts of a filing."""
    pairs = zip(first.states, second.states, strict=True)
    states = "".join(max(pair, key=_RANKS.index) for pair in pairs)
    reasons = {**second.reasons, **first.reasons}
    undecided = FilingCoverage(first.filing, states).codes(RuleState.UNDECIDED, catalogue)
    return FilingCoverage(first.filing, states, {code: reasons[code] for code in undecided})


def _changed(coverage: FilingCoverage, changes: Iterable[CoverageChange], rows: Mapping[str, int]) -> FilingCoverage:
    """A coverage with changes; violations go last, so that nothing else takes their place."""
    letters, reasons = list(coverage.states), dict(coverage.reasons)
    for change in sorted(changes, key=lambda change: not change.reason):
        letter = letters[rows[change.code]]
        if not change.reason:
            letters[rows[change.code]] = RuleState.VIOLATED.letter
            reasons.pop(change.code, None)
        elif letter == RuleState.KEPT.letter or (letter != RuleState.VIOLATED.letter and not change.only_kept):
            letters[rows[change.code]] = RuleState.UNDECIDED.letter
            reasons[change.code] = change.reason
    return FilingCoverage(coverage.filing, "".join(letters), reasons)


@dataclass(frozen=True, slots=True)
class CoverageCounts:
    """How many rules are in each state, over one or several filings, and how many are undecided for which reason."""

    states: Mapping[RuleState, int]
    reasons: Mapping[str, int]

    @classmethod
    def of(cls, coverages: Iterable[FilingCoverage]) -> CoverageCounts:
        """Count some coverages; the reason of most rules comes first."""
        states: Counter[RuleState] = Counter(dict.fromkeys(RuleState, 0))
        reasons: Counter[str] = Counter()
        for coverage in coverages:
            for state in RuleState:
                states[state] += coverage.count(state)
            reasons.update(coverage.reasons.values())
        return cls(states, dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))))

    @property
    def asked(self) -> int:
        """How many rules apply."""
        return sum(self.states[state] for state in ASKED)
