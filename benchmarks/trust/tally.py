"""Count what became of the mutants: found at the right cell or not, and which findings came in addition."""

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
FindingKey = tuple[str, str, str | None, str | None]
"""Rule, file, sheet and cell: tells the findings of an unchanged filing from new ones."""


def finding_key(finding: Finding) -> FindingKey:
    """The key of a finding, without the folder of its mutant."""
    return finding.rule, finding.path.partition("/")[2], finding.sheet, finding.cell


def known(findings: Sequence[Finding]) -> frozenset[FindingKey]:
    """The keys of the findings of a filing before anything was planted in it."""
    return frozenset(map(finding_key, findings))


@dataclass
class Tally:
    """The results of the mutants of one rule."""

    mutants: int = 0
    hits: int = 0
    elsewhere: int = 0
    missed: int = 0
    extra: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the results of another base."""
        self.mutants += other.mutants
        self.hits += other.hits
        self.elsewhere += other.elsewhere
        self.missed += other.missed
        self.extra += other.extra
        self.notes += other.notes


@dataclass(frozen=True)
class Mutant:
    """A planted defect: the rule that has to report it, its place, rules that may report it too, earlier findings."""

    rule: str
    at: Place
    about: str
    allowed: Mapping[str, str]
    before: frozenset[FindingKey] = frozenset()

    def is_known_before(self) -> bool:
        """Whether the unchanged filing has this finding already, so that planting it proves nothing."""
        codes = {self.rule, *RULES[self.rule].aliases}
        return any(key[0] in codes and (key[1], key[2], key[3]) == self.at for key in self.before)


def is_at(finding: Finding, at: Place) -> bool:
    """Whether a finding names a place, by its own cell or by a related one."""
    file, sheet, cell = at
    places = [
        (finding.path, finding.sheet, finding.cell),
        *((place.path, place.sheet, place.cell) for place in finding.related),
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
    hits = [finding for finding in own if is_at(finding, mutant.at)]
    new = [finding for finding in grave(findings) if finding_key(finding) not in mutant.before]
    tally.mutants += 1
    tally.hits += bool(hits)
    tally.elsewhere += not hits and bool(own)
    tally.missed += not own
    if not hits:
        listed = "；".join(f"{finding.rule}@{finding.cell} {finding.message[:60]}" for finding in new) or "没有新的发现"
        tally.notes.append(f"{'位置不对' if own else '未发现'}｜{mutant.about}｜应在 {mutant.at[2]}｜{listed}")
    for finding in new:
        if finding in hits or (finding in own and not hits) or finding.rule in mutant.allowed:
            continue
        tally.extra[finding.rule] += 1
        tally.notes.append(f"多报 {finding.rule}｜{mutant.about}｜{finding.cell} {finding.message[:90]}")


def count(
    tally: Tally, rule: str, new: Sequence[Finding], at: Callable[[Finding], bool], allowed: frozenset[str], about: str
) -> None:
    """Count a defect by its new findings; `at` says whether a finding is where it should be."""
    own = [finding for finding in new if finding.rule == rule]
    hit = any(at(finding) for finding in own)
    tally.mutants += 1
    tally.hits += hit
    tally.elsewhere += bool(own) and not hit
    tally.missed += not own
    if not hit:
        tally.notes.append(f"未在原处发现｜{about}｜" + "；".join(f"{finding.rule} {finding.cell}" for finding in new))
    for finding in grave(new):
        if finding.rule not in {rule, *allowed}:
            tally.extra[finding.rule] += 1
            tally.notes.append(f"多报 {finding.rule}｜{about}｜{finding.cell} {finding.message[:90]}")
