"""`python -m benchmarks.fuzz`: read damaged files for so many seconds, and print what became of them."""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from benchmarks.fuzz.stock import HONEST, write_converted, write_stock
from benchmarks.fuzz.worker import FuzzInput, Judged, judge, work
from benchmarks.fuzz.zips import packed, parts_of
from xltool.reader.limits import LIMITS
from xltool.workers.pool import Lost, Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

HANGING: Final = 10.0
MEMORY: Final = 1 << 30
AT_ONCE: Final = 400
"""Inputs handed to the workers between two looks at the clock."""
LARGEST, MOST_KEPT = 20 * 1024, 80
LOST: Final = frozenset(lost.value for lost in Lost)
EXAMPLES: Final = 3


@dataclass
class FuzzTally:
    """The results of a run."""

    judged: list[Judged] = field(default_factory=list)
    faults: dict[str, list[FuzzInput]] = field(default_factory=lambda: defaultdict(list))
    first: dict[str, FuzzInput] = field(default_factory=dict)
    """The first input with each sign."""

    def add(self, case: FuzzInput, judged: Judged) -> None:
        """Add the result of an input."""
        self.judged.append(judged)
        if judged.outcome not in LOST:
            self.first.setdefault(judged.sign, case)
        for fault in set(judged.faults):
            self.faults[fault].append(case)

    def lines(self) -> Iterator[str]:
        """The figures, a line for each format, then the faults with the numbers of inputs that show them."""
        yield "format  inputs    read  no form  refused  faulty  median ms  slowest s  peak MiB"
        for name in (*sorted({judged.format for judged in self.judged}), ""):
            group = [judged for judged in self.judged if name in {"", judged.format}]
            read, none = (sum(judged.outcome == word for judged in group) for word in ("read", "no_form"))
            median, slowest = (
                statistics.median(judged.seconds for judged in group),
                max(judged.seconds for judged in group),
            )
            faulty, peak = sum(bool(judged.faults) for judged in group), max(judged.peak for judged in group) / 1024
            refused = len(group) - read - none
            yield (
                f"{name or 'all':7}{len(group):7,}{read:8,}{none:9,}{refused:9,}{faulty:8,}"
                f"{median * 1000:11.1f}{slowest:11.2f}{peak:10.0f}"
            )
        yield "outcomes: " + ", ".join(f"{word} {count:,}" for word, count in self.outcomes().most_common())
        for fault, cases in sorted(self.faults.items(), key=lambda pair: -len(pair[1])):
            yield f"FAULT {len(cases):5} × {fault}   inputs {[case.number for case in cases[:EXAMPLES]]}"

    def outcomes(self) -> Counter[str]:
        """How many inputs ended with each code or status."""
        return Counter(judged.outcome for judged in self.judged)


def fuzz(folder: Path, seconds: float, seed: int, *, jobs: int = 1, count: int = sys.maxsize) -> FuzzTally:
    """Read damaged copies of the files in `folder` until the time or `count` is over."""
    tally = FuzzTally()
    deadline = time.monotonic() + seconds
    limits = replace(LIMITS, seconds=HANGING, memory=MEMORY)
    with tempfile.TemporaryDirectory(prefix="xltool-fuzz-") as scratch, Pool(jobs, limits, Path(scratch)) as pool:
        number = 0
        while time.monotonic() < deadline and number < count:
            cases = [FuzzInput(folder, seed, at) for at in range(number, min(number + AT_ONCE, count))]
            for at, answer in pool.run(work, cases):
                tally.add(cases[at], _judged(cases[at], answer))
            number += len(cases)
    return tally


def _judged(case: FuzzInput, answer: bytes | Lost) -> Judged:
    if not isinstance(answer, Lost):
        return msgspec.msgpack.decode(answer, type=Judged)
    suffix, _ = case.build()
    seconds = HANGING if answer is Lost.TIMEOUT else 0.0
    return Judged(suffix, answer.value, answer.value, seconds, 0, [f"worker: {answer.value}"])


def keep(corpus: Path, tally: FuzzTally) -> int:
    """Keep an input, reduced, for each outcome that the corpus does not have; gives how many were kept."""
    kept = 0
    for sign, case in sorted(tally.first.items()):
        suffix, data = _smallest(case, sign)
        digest = hashlib.sha256(sign.encode()).hexdigest()[:8]
        path = corpus / f"{sign.split()[1]}-{digest}{suffix}"
        there = sum(not other.name.startswith(HONEST) for other in corpus.iterdir())
        if len(data) <= LARGEST and there < MOST_KEPT and not path.exists():
            path.write_bytes(data)
            kept += 1
    return kept


def write_faults(folder: Path, tally: FuzzTally) -> None:
    """Write the first input of each fault, since inputs that start from LibreOffice's files cannot be built again."""
    folder.mkdir(parents=True, exist_ok=True)
    for case, *_ in tally.faults.values():
        suffix, data = case.build()
        (folder / f"fault-{case.seed}-{case.number}{suffix}").write_bytes(data)


def _smallest(case: FuzzInput, sign: str) -> tuple[str, bytes]:
    """The input without the changes that its outcome does not need, compressed as far as possible."""
    left_out: frozenset[int] = frozenset()
    for step in range(case.steps):
        if judge(*case.build(left_out | {step})).sign == sign:
            left_out |= {step}
    suffix, data = case.build(left_out)
    parts = list(parts_of(data))
    tight = packed(parts, 9) if parts else data
    return suffix, tight if len(tight) < len(data) and judge(suffix, tight).sign == sign else data


def main() -> int:
    """Run, print the results, keep new inputs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=sys.maxsize, help="inputs at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="folder in which inputs with a new outcome are kept")
    parser.add_argument("--office", action="store_true", help="start from files LibreOffice wrote, too")
    parser.add_argument("--faults", type=Path, help="folder in which inputs that show a fault are written")
    parser.add_argument("--write", type=int, nargs="*", default=[], help="write inputs of these numbers here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xltool-stock-") as name:
        folder = Path(name)
        write_stock(folder)
        if options.office:
            write_converted(folder)
        for number in options.write:
            suffix, data = FuzzInput(folder, options.seed, number).build()
            Path(f"fuzz-{options.seed}-{number}{suffix}").write_bytes(data)
        if options.write:
            return 0
        tally = fuzz(folder, options.seconds, options.seed, jobs=options.jobs, count=options.count)
        for line in tally.lines():
            print(line)
        if options.faults is not None:
            write_faults(options.faults, tally)
        if options.corpus is not None:
            print(f"kept: {keep(options.corpus, tally)}")
    return int(bool(tally.faults))


if __name__ == "__main__":
    sys.exit(main())
