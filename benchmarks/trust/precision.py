"""`python -m benchmarks.trust precision`: what is read right of real filings, and how often rules are right on them.

Every filing of `filings/given` and `filings/seen`, and the seed, is read and audited. The drawings say which cells are
read right, which errors are false and which defects are there; `filings/labels.toml` says of each error and warning
whether it is right, as a careful reader has judged it. `--write` puts the tables into benchmarks/trust/PRECISION.md and
the figures of the rules into xltool/rules/evidence.toml. Other folders may be named: they are measured, not written.
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.corpus.filed import GRAVE, FilingFolder, audited, read
from benchmarks.trust.accuracy import Accuracy, compare
from benchmarks.trust.drawing import FILINGS, drawings, workbook
from benchmarks.trust.precision_page import EVIDENCE, PAGE, evidence, page
from benchmarks.trust.real import seed_filing
from xltool.findings import Finding, Severity
from xltool.reader.records import as_named
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.trust.drawing import Defect, Drawing, Value
    from xltool.findings import Consequence
    from xltool.reader.records import FileRecord

FOLDERS: Final = ("given", "seen")
SEED: Final = "junshan_2023"
LABELS: Final = FILINGS / "labels.toml"
NAMED: Final = "W-28"
"""Rule that names a form which is no self-evaluation as what it is."""
UNREAD: Final = frozenset({"W-19", NAMED})
"""What may be said of a form that is no self-evaluation: what it is, and that it was not audited."""


class Verdict(StrEnum):
    """What a careful reader says of a finding."""

    RIGHT = "right"
    WRONG = "wrong"
    CUT = "cut"
    """It follows from where the source stops, or from cells that are damaged in it: it says nothing about the rule."""
    UNJUDGED = "unjudged"


@dataclass
class RealFiling:
    """A real filing as it was read and audited; `drawing` is None for the seed, whose cells other tests compare."""

    name: str
    findings: list[Finding]
    drawing: Drawing | None = None
    accuracy: Accuracy = field(default_factory=Accuracy)
    read: bool = False
    """Whether a form was read from it."""
    values: Sequence[Value] = ()

    @property
    def is_negative(self) -> bool:
        """Whether it is no self-evaluation."""
        return self.drawing is not None and self.drawing.kind == "negative"

    @property
    def is_named(self) -> bool:
        """Whether a finding names it as no self-evaluation."""
        return any(finding.rule == NAMED for finding in self.findings)

    def judged(self) -> list[tuple[Finding, Verdict, str]]:
        """Its errors and warnings, with the verdict on each and the reason.

        A rule that is an info only because it was wrong too often is judged on, or it would never be more again.
        """
        spoken = [each for each in self.findings if each.severity in GRAVE or RULES[each.rule].is_doubtful]
        return [(finding, *self._verdict(finding)) for finding in spoken]

    def _verdict(self, finding: Finding) -> tuple[Verdict, str]:
        label = labels().get(self.name, {}).get(f"{finding.rule} {finding.cell or '-'}")
        if label is None:
            return Verdict.UNJUDGED, ""
        verdict, _, reason = label.partition("：")
        return Verdict(verdict), reason

    def false_errors(self) -> list[Finding]:
        """Errors that the drawing neither allows nor asks for, and those that a reader has judged to be wrong."""
        return [
            finding
            for finding, verdict, _ in self.judged()
            if is_error(finding) and (verdict is Verdict.WRONG or not self._may_be_right(finding))
        ]

    def _may_be_right(self, finding: Finding) -> bool:
        if self.drawing is None:
            return True
        if self.is_negative:
            return finding.rule in UNREAD
        asked = {rule for defect in self.drawing.defects for rule in defect.rules}
        return finding.rule in self.drawing.allowed | asked or self._is_at(finding, self.drawing.right_cells)

    def reported(self, defect: Defect) -> bool:
        """Whether a rule reports the defect at a field where it may be reported, by itself or folded into its cause."""
        spoken: list[Finding | Consequence] = [*self.findings]
        spoken += [each for finding in self.findings for each in finding.consequences]
        return any(each.rule in defect.rules and self._is_at(each, defect.fields) for each in spoken)

    def _is_at(self, finding: Finding | Consequence, places: Iterable[str]) -> bool:
        """Whether a finding stands at one of these cells, fields or fields of rows."""
        related = finding.related if isinstance(finding, Finding) else ()
        cells = {finding.cell, *(place.cell for place in related)}
        for place in places:
            row, dot, name = place.rpartition(":")[2].rpartition(".")
            if place in cells or (not dot and finding.field == place):
                return True
            number = int(row) if row else None
            if any(value.field == name and value.row == number and value.cell in cells for value in self.values):
                return True
        return False


@dataclass
class RuleTally:
    """How often a rule spoke on real filings. An occasion is a filing: its findings there mostly share a cause."""

    filings: int = 0
    right: int = 0
    findings: int = 0
    unjudged: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    """Filing and reason of the findings that are wrong."""


def is_error(finding: Finding) -> bool:
    """Whether a finding is an error."""
    return finding.severity is Severity.ERROR


@cache
def labels() -> dict[str, dict[str, str]]:
    """The verdicts by filing and by rule and cell, as `verdict：reason`."""
    return tomllib.loads(LABELS.read_text(encoding="utf-8"))


def measure(folders: Sequence[str], *, seed: bool) -> list[RealFiling]:
    """Read and audit every filing of the folders, and the seed where it is asked for."""
    with tempfile.TemporaryDirectory() as scratch:
        return [*_drawn(folders, Path(scratch)), *(_seed(Path(scratch)) if seed else ())]


def _drawn(folders: Sequence[str], root: Path) -> Iterable[RealFiling]:
    sets: list[tuple[str, list[FileRecord]]] = []
    filings = []
    for drawing in drawings(*folders):
        book, values = workbook(drawing)
        folder = root / drawing.name
        folder.mkdir()
        book.save(folder / f"{drawing.name}.xlsx")
        records = [as_named(record) for record in read(folder, drawing.name)]
        sets.append((drawing.name, records))
        accuracy = compare(values, book, records[0])
        was_read = bool(records[0].submissions)
        filings.append(RealFiling(drawing.name, [], drawing, accuracy, was_read, values))
    by_label = audited(sets)
    for filing in filings:
        filing.findings = by_label[filing.name]
    return filings


def _seed(root: Path) -> Iterable[RealFiling]:
    folder = FilingFolder(seed_filing(), root / SEED).write()
    yield RealFiling(SEED, audited([(SEED, read(folder.path, SEED))])[SEED], read=True)


def tallies(filings: Iterable[RealFiling]) -> dict[str, RuleTally]:
    """How often each rule spoke with an error or a warning, and how often rightly; by code."""
    result: dict[str, RuleTally] = defaultdict(RuleTally)
    for filing in filings:
        occasions: dict[str, list[Verdict]] = defaultdict(list)
        for finding, verdict, reason in filing.judged():
            tally = result[finding.rule]
            if verdict is Verdict.UNJUDGED:
                tally.unjudged += 1
            elif verdict is not Verdict.CUT:
                occasions[finding.rule].append(verdict)
                tally.findings += 1
                if verdict is Verdict.WRONG:
                    tally.wrong[f"{filing.name}：{reason}"] += 1
        for code, verdicts in occasions.items():
            result[code].filings += 1
            result[code].right += Verdict.WRONG not in verdicts
    return dict(sorted(result.items()))


def lines(filings: Sequence[RealFiling]) -> Iterable[str]:
    """What went wrong, for the terminal: cells, false errors, defects that nobody reports, findings without verdict."""
    for filing in filings:
        yield from (f"{filing.name} 读错：{note}" for note in filing.accuracy.notes)
        yield from (f"{filing.name} 误报：{_shown(finding)}" for finding in filing.false_errors())
        defects = filing.drawing.defects if filing.drawing else ()
        yield from (f"{filing.name} 漏报：{defect}" for defect in defects if not filing.reported(defect))
        for finding, verdict, _ in filing.judged():
            if verdict is Verdict.UNJUDGED:
                yield f"{filing.name} 待判：{_shown(finding)}"


def _shown(finding: Finding) -> str:
    return f"{finding.severity.value} {finding.rule} {finding.cell or '-'} {finding.message[:120]}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print or write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust precision", description=__doc__)
    parser.add_argument("folders", nargs="*", help="folders of benchmarks/trust/filings; given and seen by default")
    parser.add_argument("--write", action="store_true", help="write PRECISION.md and xltool/rules/evidence.toml")
    options = parser.parse_args(arguments)
    filings = measure(options.folders or FOLDERS, seed=not options.folders)
    print("\n".join(lines(filings)))
    by_rule = tallies(filings)
    text = page(filings, by_rule)
    if options.write and not options.folders:
        PAGE.write_text(text, encoding="utf-8")
        EVIDENCE.write_text(evidence(filings, by_rule), encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
