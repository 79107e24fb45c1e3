"""What becomes of a mutant: found at the right cell or not, and what else is said that was not said before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.corpus.filed import grave
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xltool.findings import Finding

Place = tuple[str, str | None, str | None]
"""File, sheet and cell; no cell for a whole sheet, no sheet for a whole file."""
Said = tuple[str, str, str | None, str | None]
"""A finding told by rule, file, sheet and cell: what an unchanged filing says already."""


def said(finding: Finding) -> Said:
    """What tells a finding from others, without the folder of its mutant."""
    return finding.rule, finding.path.partition("/")[2], finding.sheet, finding.cell


def known(findings: Sequence[Finding]) -> frozenset[Said]:
    """All that is said of a filing before anything was planted in it."""
    return frozenset(map(said, findings))


@dataclass
class Tally:
    """What became of the mutants of one rule."""

    mutants: int = 0
    found: int = 0
    elsewhere: int = 0
    missed: int = 0
    extra: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in the mutants of another base."""
        self.mutants += other.mutants
        self.found += other.found
        self.elsewhere += other.elsewhere
        self.missed += other.missed
        self.extra += other.extra
        self.notes += other.notes


@dataclass(frozen=True)
class Mutant:
    """A planted defect: the rule that has to find it, where, what else may be said, what was said before."""

    rule: str
    at: Place
    about: str
    allowed: Mapping[str, str]
    before: frozenset[Said] = frozenset()

    def is_told_before(self) -> bool:
        """Whether the unchanged filing has this finding already, so that nothing can be measured."""
        codes = {self.rule, *RULES[self.rule].aliases}
        return any(one[0] in codes and (one[1], one[2], one[3]) == self.at for one in self.before)


def is_at(finding: Finding, at: Place) -> bool:
    """Whether a finding points at a place: by its own cell or, where it stands for several, by one of them."""
    file, sheet, cell = at
    places = [
        (finding.path, finding.sheet, finding.cell),
        *((one.path, one.sheet, one.cell) for one in finding.related),
    ]
    for path, its_sheet, its_cell in places:
        its_file = path.partition("/")[2]
        if sheet is None and (its_file == file or its_file.endswith(file)):
            return True
        if its_file == file and its_sheet == sheet and (cell is None or its_cell == cell):
            return True
    return False


def judge(tally: Tally, mutant: Mutant, findings: Sequence[Finding]) -> None:
    """Count one mutant."""
    codes = {mutant.rule, *RULES[mutant.rule].aliases}
    own = [finding for finding in findings if finding.rule in codes]
    hits = [one for one in own if is_at(one, mutant.at)]
    new = [one for one in grave(findings) if said(one) not in mutant.before]
    tally.mutants += 1
    tally.found += bool(hits)
    tally.elsewhere += not hits and bool(own)
    tally.missed += not own
    if not hits:
        told = "；".join(f"{one.rule}@{one.cell} {one.message[:60]}" for one in new) or "没有新的发现"
        tally.notes.append(f"{'位置不对' if own else '未发现'}｜{mutant.about}｜应在 {mutant.at[2]}｜{told}")
    for one in new:
        if one in hits or (one in own and not hits) or one.rule in mutant.allowed:
            continue
        tally.extra[one.rule] += 1
        tally.notes.append(f"多报 {one.rule}｜{mutant.about}｜{one.cell} {one.message[:90]}")


def count(
    tally: Tally, rule: str, told: Sequence[Finding], at: Callable[[Finding], bool], allowed: frozenset[str], about: str
) -> None:
    """Count a defect by what was said that was not said before, and whether a finding is where it should be."""
    own = [one for one in told if one.rule == rule]
    hit = any(at(one) for one in own)
    tally.mutants += 1
    tally.found += hit
    tally.elsewhere += bool(own) and not hit
    tally.missed += not own
    if not hit:
        tally.notes.append(f"未在原处发现｜{about}｜" + "；".join(f"{one.rule} {one.cell}" for one in told))
    for one in grave(told):
        if one.rule not in {rule, *allowed}:
            tally.extra[one.rule] += 1
            tally.notes.append(f"多报 {one.rule}｜{about}｜{one.cell} {one.message[:90]}")
