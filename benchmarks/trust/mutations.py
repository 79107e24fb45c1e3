"""`python -m benchmarks.trust.mutations`: defects planted one at a time, harmless variations, honest filings.

Measured: whether the rule reports its defect at the cell it was planted in, which other errors and warnings are
reported, and which are reported for filings without a fault. `--write` puts the tables into
benchmarks/trust/MUTATIONS.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus.filed import FilingFolder, audited, grave, read
from benchmarks.corpus.filing import Filing, clean_filing
from benchmarks.corpus.foreign import LAYOUTS, rewritten
from benchmarks.corpus.honest import Clerk
from benchmarks.trust.defects import limits  # registers the planters of all modules beside it
from benchmarks.trust.harmless import KINDS, Variation, peculiarities, vary
from benchmarks.trust.honesty import honest
from benchmarks.trust.page import VariationResult, page
from benchmarks.trust.planting import ALLOWED, PLANTERS, Case, Plan
from benchmarks.trust.real import FOLLOWS, ONLY_OF_WHOLE_FILINGS, UNSUITABLE, other_filings, seed_filing
from benchmarks.trust.reports import report_mutants
from benchmarks.trust.tally import Mutant, Tally, finding_keys, judge, known
from benchmarks.trust.years import exemption_mutants, year_mutants
from tests.support.programs import office
from tools.samples import planted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.corpus.foreign import Layout
    from benchmarks.trust.tally import FindingKey, Place
    from xltool.params import Profile
    from xltool.reader.records import FileRecord

SEEDS = (1, 3, 5, 16)
FOREIGN = 4
"""How many of the filings are handed in as foreign files too, each in another layout."""
PAGE = Path(__file__).with_name("MUTATIONS.md")
OF_TEMPLATES = ("W-01", "W-02", "W-03", "W-04", "W-09", "W-12", "W-13", "W-14", "W-15", "W-16", "W-17", "W-18", "W-20")
"""Rules on the issued workbook itself, its formulas and its protection: foreign files have none of these."""
NOT_REWRITTEN = ("W-06", "W-07", "W-08", "W-10", "W-19", "W-21", "W-25", "A1-01")
"""Defects of the file, not of its contents: the foreign copy is a new file and does not have them."""
OF_FOREIGN_FILES = frozenset({"S-35", "W-22"})
"""What a template has no place for, or cannot get wrong."""

WITHOUT_FORMULAS = {
    "S-03": "外来表的总分是固定数值，写成文本的得分没有计入",
    "X-03": "本表改为元以后，与其他表对不上",
    "X-06": "本表改为元以后，与其他表对不上",
}
"""Rules that may report a foreign copy too: its totals are fixed numbers, and the unit printed on it is believed."""


@dataclass
class Base:
    """A filing that defects are planted in, the layout it is handed in, and its findings before anything is planted."""

    case: Case
    layout: Layout | None = None
    before: frozenset[FindingKey] = frozenset()
    follows: Mapping[str, str] = field(default_factory=dict)
    """Findings that follow from any defect in it, and why."""
    without: tuple[str, ...] = ()
    """Rules whose planters assume what does not hold in this filing."""
    limited: bool = False
    """Whether it is scored by a profile with limits, and only defects against these are planted."""
    partial: bool = False
    """Whether forms are missing from the filing: defects that need them are left out."""

    def hand_in(self, folder: Path, target: Path) -> Path:
        """Write the files of a folder in the layout of this base; gives the folder."""
        return folder if self.layout is None else rewritten(folder, target, self.layout)

    def place(self, at: Place) -> Place:
        """The place in the files handed in of a place in the template."""
        return at if self.layout is None else self.layout.place(at)


def filings() -> list[Filing]:
    """The clean filings that defects are planted in: two of the samples and some from seeds."""
    return [
        clean_filing(),
        Filing(planted.BUREAU, planted.YEAR, planted.BUREAU, planted.papers()),
        *(Clerk(seed).filing() for seed in SEEDS),
    ]


def bases(
    root: Path, clean: Sequence[Filing], layouts: Sequence[Layout | None], *, profile: Profile | None = None
) -> list[Base]:
    """Write each filing, the layouts taking turns, and audit it, by a profile if one is given; gives the bases."""
    written = [
        Base(Case(FilingFolder(filing, root / f"base{number}").write()), layouts[number % len(layouts)])
        for number, filing in enumerate(clean)
    ]
    sets = []
    for number, base in enumerate(written):
        folder = base.hand_in(base.case.folder.path, root / f"handed{number}")
        sets.append((f"base{number}", read(folder, f"base{number}")))
    quiet = audited(sets, profile)
    return [replace(base, before=known(quiet[f"base{number}"])) for number, base in enumerate(written)]


def wanted(case: Case, plan: Plan) -> Place:
    """The place where the finding has to be; no cell for a whole sheet, no sheet for a whole file."""
    ref = plan.at
    if ref.field is not None:
        return case.folder.address(ref)
    file, sheet, _ = case.folder.address(replace(ref, row=""))
    return (plan.file or file, None, None) if plan.whole_file else (file, sheet, ref.row or None)


def chosen(base: Base, turn: int) -> Iterator[tuple[str, Plan]]:
    """A plan of each planter, a different one in each base."""
    for rule, planters in PLANTERS.items():
        unsuitable = OF_FOREIGN_FILES if base.layout is None else {*OF_TEMPLATES, *NOT_REWRITTEN}
        if rule in base.without or rule in unsuitable or (rule in limits.RULES) is not base.limited:
            continue
        for planter in planters:
            try:
                plans = [plan for plan in planter(base.case) if base.case.bears(plan)]
            except LookupError:
                if not base.partial:
                    raise
                continue
            if plans:
                yield rule, plans[turn % len(plans)]


def mutants(written: Sequence[Base], root: Path, *, profile: Profile | None = None) -> dict[str, Tally]:
    """Plant a defect of every planter in every base and audit all of them at once; gives the tally of each rule."""
    planted_in: list[tuple[str, Mutant]] = []
    sets: list[tuple[str, list[FileRecord]]] = []
    for turn, base in enumerate(written):
        for rule, plan in chosen(base, turn):
            label = f"m{len(planted_in)}"
            about = f"{base.case.filing.department}：{plan.at}" + (
                f" ← {plan.changes[0][1]!r}" if plan.changes else f" {plan.about}"
            )
            follows = {**ALLOWED[rule], **base.follows}
            mutant = Mutant(rule, base.place(wanted(base.case, plan)), about, follows, base.before)
            if mutant.is_known_before():
                continue
            try:
                folder = base.case.plant(plan, root / label)
            except ValueError:
                # In a real filing, the formula that the planter changes may be typed over already.
                continue
            sets.append((label, read(base.hand_in(folder, root / f"{label}-"), label)))
            planted_in.append((label, mutant))
    by_label = audited(sets, profile)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for label, mutant in planted_in:
        judge(tallies[mutant.rule], mutant, by_label[label])
    return dict(tallies)


def variations(written: Sequence[Base], root: Path) -> VariationResult:
    """Apply each harmless variation to one of the bases, in turn, and audit all of them at once."""
    numbers = count()
    asked: list[tuple[str, Base, Variation]] = []
    sets = []
    for turn, base in enumerate(written):
        case = base.case
        harmless = [variation for kind in KINDS for variation in kind(case)][turn :: len(written)]
        for variation in (*harmless, *(() if turn else peculiarities(case))):
            if base.layout is not None and variation.kind in OF_FILES:
                continue
            label = f"v{next(numbers)}"
            asked.append((label, base, variation))
            folder = vary(case, variation, root / label)
            sets.append((label, read(base.hand_in(folder, root / f"{label}-"), label)))
    for base, folder in resaved([base for base in written if base.layout is None], root):
        label = f"v{next(numbers)}"
        asked.append((label, base, Variation("LibreOffice另存", "")))
        sets.append((label, read(folder, label)))
    by_label = audited(sets)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    notes = []
    for label, base, variation in asked:
        new = [
            finding
            for finding in grave(by_label[label])
            if any(key[0] not in variation.allowed and key not in base.before for key in finding_keys(finding))
        ]
        counts[variation.kind][0] += 1
        counts[variation.kind][1] += bool(new)
        notes += [
            f"{variation.kind}｜{base.case.filing.department}｜{variation.about}｜"
            f"{finding.rule} {finding.severity.value} {finding.cell} {finding.message[:110]}"
            for finding in new
        ]
    return VariationResult(dict(counts), notes)


OF_FILES = ("openpyxl另存", "改文件名", "改工作表名", "名称中的空格", "项目名称前的序号", "空白金额")
"""Variations of the file itself, and some that make a difference only in the cells of a template."""


def resaved(written: Sequence[Base], root: Path) -> Iterator[tuple[Base, Path]]:
    """Save the clean filings with LibreOffice; gives nothing where it is not installed."""
    if office.soffice() is None:
        return
    for number, base in enumerate(written):
        folder = root / f"office{number}"
        office.recalculate(sorted(base.case.folder.path.iterdir()), folder)
        yield base, folder


def template_mutants(root: Path) -> dict[str, Tally]:
    """Defects in filled templates."""
    return mutants(bases(root / "bases", filings(), [None]), root)


def limited_mutants(root: Path) -> dict[str, Tally]:
    """Defects against what only some profiles limit, in filings scored by such a profile."""
    profile = limits.LIMITED
    filed = [replace(filing, profile=profile) for filing in filings()]
    written = bases(root / "bases", filed, [None], profile=profile)
    return mutants([replace(base, limited=True) for base in written], root, profile=profile)


def foreign_mutants(root: Path) -> dict[str, Tally]:
    """The same defects in foreign files."""
    written = bases(root / "bases", filings()[:FOREIGN], LAYOUTS[::-1])
    return mutants([replace(base, follows=WITHOUT_FORMULAS) for base in written], root)


def real_mutants(root: Path) -> dict[str, Tally]:
    """The same defects in the real filing of 2023, as a template and as a Word document."""
    written = bases(root / "bases", [seed_filing()] * 2, [None, LAYOUTS[-1]])
    return mutants([replace(base, follows=FOLLOWS, without=UNSUITABLE) for base in written], root)


def elsewhere_mutants(root: Path) -> dict[str, Tally]:
    """The same defects in single forms of other places."""
    real = other_filings()
    written = bases(root / "bases", real * 2, [*[None] * len(real), *LAYOUTS[: len(real)]])
    without = ONLY_OF_WHOLE_FILINGS
    return mutants([replace(base, partial=True, follows=WITHOUT_FORMULAS, without=without) for base in written], root)


def template_variations(root: Path) -> VariationResult:
    """Harmless variations of filled templates."""
    return variations(bases(root / "bases", filings(), [None]), root)


def foreign_variations(root: Path) -> VariationResult:
    """Harmless variations of foreign files."""
    return variations(bases(root / "bases", filings()[:FOREIGN], LAYOUTS[::-1]), root)


MEASURED = (
    ("表样", template_mutants),
    ("外来", foreign_mutants),
    ("实例", real_mutants),
    ("外地", elsewhere_mutants),
    ("上限", limited_mutants),
    ("报告", report_mutants),
    ("跨年", year_mutants),
    ("豁免", exemption_mutants),
)


def measure(work: Callable[[Path], object]) -> object:
    """Run one of the measures in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        return work(Path(folder))


def main() -> None:
    """Measure, and print the page or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/trust/MUTATIONS.md")
    parser.add_argument("--only", help="part of the measures by a piece of their names", default="")
    arguments = parser.parse_args()
    works = (
        *(foreign_mutants, template_mutants, template_variations, foreign_variations),
        *(honest, real_mutants, elsewhere_mutants, limited_mutants, report_mutants, year_mutants, exemption_mutants),
    )
    with ProcessPoolExecutor(2) as pool:
        parts = {work: pool.submit(measure, work) for work in works if arguments.only in work.__name__}
        done = {work: part.result() for work, part in parts.items()}
    tallies = {name: done[work] for name, work in MEASURED if work in done}
    varied = {
        name: done[work] for name, work in (("表样", template_variations), ("外来", foreign_variations)) if work in done
    }
    text = page(tallies, varied, done.get(honest, []))  # type: ignore[arg-type] # each measure gives its own type
    if arguments.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
