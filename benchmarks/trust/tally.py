"""Count what became of the mutants: found at the right cell or not, and which findings came in addition."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.corpus.filed import grave
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from xltool.findings import Finding

Place = tuple[str, str | None, str | None]
"""File, sheet and cell; no cell for a whole sheet, no sheet for a whole file."""
FindingKey = tuple[str, str, str | None, str | None]
"""Rule, file, sheet and cell: tells the findings of an unchanged filing from new ones."""


def finding_keys(finding: Finding) -> list[FindingKey]:
    """The keys of a finding and of those that were folded into it, without the folder of their mutant."""
    own = (finding.rule, finding.path, finding.sheet, finding.cell)
    folded = [(named.rule, named.path, named.sheet, named.cell) for named in finding.consequences]
    return [(rule, path.partition("/")[2], sheet, cell) for rule, path, sheet, cell in (own, *folded)]


def known(findings: Sequence[Finding]) -> frozenset[FindingKey]:
    """The keys of the findings of a filing before anything was planted in it."""
    return frozenset(key for finding in findings for key in finding_keys(finding))


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


def is_at(finding: Finding, at: Place, codes: Collection[str]) -> bool:
    """Whether a finding of these rules, or one with them folded into it, names a place: its cell or a related one."""
    file, sheet, cell = at
    if all(key[0] not in codes for key in finding_keys(finding)):
        return False
    places = [(finding.path, finding.sheet, finding.cell)]
    places += [(place.path, place.sheet, place.cell) for place in finding.related]
    places += [(folded.path, folded.sheet, folded.cell) for folded in finding.consequences]
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
    own = [finding for finding in findings if any(key[0] in codes for key in finding_keys(finding))]
    hits = [finding for finding in own if is_at(finding, mutant.at, codes)]
    new = [finding for finding in grave(findings) if not mutant.before.issuperset(finding_keys(finding))]
    tally.mutants += 1
    tally.hits += bool(hits)
    tally.elsewhere += not hits and bool(own)
    tally.missed += not own
    if not hits:
        listed = "；".join(f"{finding.rule}@{finding.cell} {finding.message[:60]}" for finding in new) or "没有新的发现"
        tally.notes.append(f"{'位置不对' if own else '未发现'}｜{mutant.about}｜应在 {mutant.at[2]}｜{listed}")
    for finding in new:
        for key in finding_keys(finding):
            if key in mutant.before or key[0] in mutant.allowed or (key[0] in codes and (finding in hits or not hits)):
                continue
            tally.extra[key[0]] += 1
            tally.notes.append(f"多报 {key[0]}｜{mutant.about}｜{key[3]} {finding.message[:90]}")


def count(
    tally: Tally, rule: str, new: Sequence[Finding], at: Callable[[Finding], bool], allowed: frozenset[str], about: str
) -> None:
    """Count a defect by its new findings; `at` says whether a finding is where it should be."""
    own = [finding for finding in new if any(key[0] == rule for key in finding_keys(finding))]
    hit = any(at(finding) for finding in own)
    tally.mutants += 1
    tally.hits += hit
    tally.elsewhere += bool(own) and not hit
    tally.missed += not own
    if not hit:
        tally.notes.append(f"未在原处发现｜{about}｜" + "；".join(f"{finding.rule} {finding.cell}" for finding in new))
    for finding in grave(new):
        for code, *_ in finding_keys(finding):
            if code not in {rule, *allowed}:
                tally.extra[code] += 1
                tally.notes.append(f"多报 {code}｜{about}｜{finding.cell} {finding.message[:90]}")
