"""`python -m benchmarks.mutations`: defects planted one at a time, harmless variations, honest filings.

Measured: whether the rule finds its defect at the cell it was planted in, what else of severity error or warning is
said, and what is said of filings without a fault. `--write` puts the tables into benchmarks/MUTATIONS.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import defects  # noqa: F401 - registers its planters
from benchmarks.filed import Folder, audited, grave, read
from benchmarks.harmless import KINDS, Variation, peculiarities, vary
from benchmarks.honest import Clerk, Filing
from benchmarks.planting import ALLOWED, PLANTERS, Case, Plan
from tests.samples import clean, planted
from tests.support import office
from xltool.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.findings import Finding

SEEDS = (1, 3, 5, 16)
A_CASE = 1
"""How many mutants a planter makes in each clean filing, another choice in each."""
HONEST = range(1000, 1200)
PAGE = Path(__file__).with_name("MUTATIONS.md")


@dataclass
class Tally:
    """What became of the mutants of one rule."""

    mutants: int = 0
    found: int = 0
    elsewhere: int = 0
    missed: int = 0
    extra: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def cases(root: Path) -> list[Case]:
    """The clean filings that defects are planted in: the two of the samples and some from seeds."""
    filings = [
        Filing(clean.BUREAU, clean.YEAR, clean.BUREAU, clean.papers()),
        Filing(planted.BUREAU, planted.YEAR, planted.BUREAU, planted.papers()),
        *(Clerk(seed).filing() for seed in SEEDS),
    ]
    made = [Case(Folder(filing, root / f"base{number}").write()) for number, filing in enumerate(filings)]
    quiet = audited([(f"base{number}", read(case.folder.path, f"base{number}")) for number, case in enumerate(made)])
    for label, findings in quiet.items():
        for one in grave(findings):
            print(f"！{label} 不干净：{one.rule} {one.message}")
    return made


def wanted(case: Case, plan: Plan) -> tuple[str, str | None, str | None]:
    """File, sheet and cell where a finding has to be; no cell for a whole sheet, no sheet for a whole file."""
    spot = plan.at
    if spot.field is not None:
        return case.folder.address(spot)
    file, sheet, _ = case.folder.address(replace(spot, row=""))
    return (file, None, None) if plan.whole_file else (file, sheet, spot.row or None)


def is_at(finding: Finding, at: tuple[str, str | None, str | None]) -> bool:
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


def mutants(made: Sequence[Case], root: Path) -> dict[str, Tally]:
    """Every planter in every clean filing."""
    plans: list[tuple[str, str, Case, Plan]] = []
    sets = []
    for number, case in enumerate(made):
        for rule, planters in PLANTERS.items():
            for planter in planters:
                made_here = list(planter(case))
                chosen = {(A_CASE * number + step) % len(made_here): None for step in range(A_CASE) if made_here}
                for plan in (made_here[at] for at in chosen):
                    label = f"m{len(plans)}"
                    plans.append((label, rule, case, plan))
                    sets.append((label, read(case.plant(plan, root / label), label)))
    found = audited(sets)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for label, rule, case, plan in plans:
        judge(tallies[rule], rule, case, plan, found[label])
    return dict(tallies)


def judge(tally: Tally, rule: str, case: Case, plan: Plan, findings: Sequence[Finding]) -> None:
    """Count one mutant."""
    at = wanted(case, plan)
    codes = {rule, *RULES[rule].aliases}
    own = [one for one in findings if one.rule in codes]
    hits = [one for one in own if is_at(one, at)]
    tally.mutants += 1
    tally.found += bool(hits)
    tally.elsewhere += not hits and bool(own)
    tally.missed += not own
    allowed = ALLOWED[rule]
    about = f"{case.filing.department}：{plan.at}" + (
        f" ← {plan.changes[0][1]!r}" if plan.changes else f" {plan.about}"
    )
    if not hits:
        told = "；".join(f"{one.rule}@{one.cell} {one.message[:60]}" for one in grave(findings)) or "没有任何发现"
        tally.notes.append(f"{'位置不对' if own else '未发现'}｜{about}｜应在 {at[2]}｜{told}")
    for one in grave(findings):
        if one in hits[:1] or (one in own and not hits) or one.rule in allowed:
            continue
        tally.extra[one.rule] += 1
        tally.notes.append(f"多报 {one.rule}｜{about}｜{one.cell} {one.message[:90]}")


def variations(made: Sequence[Case], root: Path) -> tuple[dict[str, list[int]], list[str]]:
    """Every harmless variation of every clean filing: kind -> how many, how many told of; and what was said."""
    chosen: list[tuple[str, Case, Variation]] = []
    sets = []
    for place, case in enumerate(made):
        harmless = [one for kind in KINDS for one in kind(case)][place :: len(made)]
        for variation in (*harmless, *(() if place else peculiarities(case))):
            label = f"v{len(chosen)}"
            chosen.append((label, case, variation))
            sets.append((label, read(vary(case, variation, root / label), label)))
    for number, (case, folder) in enumerate(resaved(made, root)):
        label = f"o{number}"
        chosen.append((label, case, Variation("LibreOffice另存", "")))
        sets.append((label, read(folder, label)))
    found = audited(sets)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    notes = []
    for label, case, variation in chosen:
        said = [one for one in grave(found[label]) if one.rule not in variation.allowed]
        counts[variation.kind][0] += 1
        counts[variation.kind][1] += bool(said)
        notes += [
            f"{variation.kind}｜{case.filing.department}｜{variation.about}｜"
            f"{one.rule} {one.severity.value} {one.cell} {one.message[:110]}"
            for one in said
        ]
    return dict(counts), notes


def resaved(made: Sequence[Case], root: Path) -> Iterator[tuple[Case, Path]]:
    """The clean filings as LibreOffice saves them."""
    if office.soffice() is None:
        return
    for number, case in enumerate(made):
        folder = root / f"office{number}"
        office.recalculate(sorted(case.folder.path.iterdir()), folder)
        yield case, folder


def honest(root: Path) -> tuple[int, int, list[tuple[int, Finding]]]:
    """Honest filings: how many filings and forms, and every finding of severity error or warning."""
    sets, forms = [], 0
    for seed in HONEST:
        filing = Clerk(seed).filing()
        label = f"h{seed}"
        folder = Folder(filing, root / label).write()
        forms += len(folder.names)
        sets.append((label, read(folder.path, label)))
    told = [(int(label[1:]), one) for label, findings in audited(sets).items() for one in grave(findings)]
    return len(sets), forms, told


def measure(name: str) -> Any:
    """One of the three measures, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if name == "honest":
            return honest(root)
        made = cases(root / "bases")
        return mutants(made, root) if name == "mutants" else variations(made, root)


def main() -> None:
    """Measure and print; with --write into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/MUTATIONS.md")
    arguments = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        parts = [pool.submit(measure, name) for name in ("mutants", "variations", "honest")]
        text = page(*(part.result() for part in parts))
    if arguments.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)


def page(
    tallies: dict[str, Tally],
    varied: tuple[dict[str, list[int]], list[str]],
    filed: tuple[int, int, list[tuple[int, Finding]]],
) -> str:
    """Everything measured, as Markdown."""
    lines = [
        "# 变异测试",
        "",
        "## 逐条规则埋设问题",
        "",
        "| 规则 | 级别 | 变异 | 位置正确 | 位置不对 | 未发现 | 多报 |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for rule, one in sorted(tallies.items()):
        extra = "、".join(f"{code}×{count}" for code, count in one.extra.most_common()) or "0"
        lines.append(
            f"| {rule} | {RULES[rule].severity.label} | {one.mutants} | {one.found} "
            f"| {one.elsewhere} | {one.missed} | {extra} |"
        )
    sums = [sum(getattr(one, key) for one in tallies.values()) for key in ("mutants", "found", "elsewhere", "missed")]
    extra_sum = sum(sum(one.extra.values()) for one in tallies.values())
    lines.append(f"| 合计（{len(tallies)} 条规则） | | {sums[0]} | {sums[1]} | {sums[2]} | {sums[3]} | {extra_sum} |")
    bare = sorted(set(RULES) - set(tallies))
    lines += ["", f"没有埋设的规则：{'、'.join(bare)}", ""]
    lines += [f"- {rule}：{note}" for rule, one in sorted(tallies.items()) for note in one.notes]
    counts, notes = varied
    lines += ["", "## 无害的改动", "", "| 改动 | 份数 | 有错误或警告 |", "|---|--:|--:|"]
    lines += [f"| {kind} | {count} | {told} |" for kind, (count, told) in counts.items()]
    lines.append(f"| 合计 | {sum(one[0] for one in counts.values())} | {sum(one[1] for one in counts.values())} |")
    lines += ["", *(f"- {note}" for note in notes)]
    filings, forms, told = filed
    lines += ["", "## 如实填报", "", f"{filings} 个部门、{forms} 张表，错误和警告共 {len(told)} 条。", ""]
    lines += [f"- 种子 {seed}：{one.rule} {one.severity.value} {one.cell} {one.message[:120]}" for seed, one in told]
    lines += ["", "## 允许的连带发现", "", "| 埋设 | 连带 | 原因 |", "|---|---|---|"]
    lines += [
        f"| {rule} | {code} | {why} |"
        for rule, allowed in sorted(ALLOWED.items())
        for code, why in sorted(allowed.items())
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
