"""`python -m benchmarks.fuzz.campaign --out DIR`: many inputs over reading and judging, in blocks that can be resumed.

    nice -n 10 python -m benchmarks.fuzz.campaign --out /tmp/campaign --count 50000 --seed 1

Four of five inputs are filings with hostile values, audited without a file (`judging`). The fifth is a damaged file; it
is read, and audited if it can be read. The result of a block is a line of `progress.jsonl`; the same command continues
after the last line. `summary.txt` is written again after each block, and `faults` holds the damaged files that show a
fault. A hostile filing is built again from its seed and number (`--again NUMBER`).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from benchmarks.fuzz import judging
from benchmarks.fuzz.__main__ import HANGING, MEMORY, _judged
from benchmarks.fuzz.filings import write_filings
from benchmarks.fuzz.judging import TOGETHER, Answer, Group
from benchmarks.fuzz.stock import write_stock
from benchmarks.fuzz.worker import FuzzInput, work_alone
from xltool.reader.limits import LIMITS
from xltool.workers.pool import Lost, Pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK: Final = 400
DAMAGED: Final = 5
"""Every fifth input is a damaged file."""
PROGRESS, SUMMARY, FAULTS = "progress.jsonl", "summary.txt", "faults"


@dataclass
class Block:
    """The results of a block of inputs."""

    inputs: int = 0
    judged: int = 0
    """Files audited."""
    findings: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    """Damaged files by result: read, or the code of the refusal."""
    rules: set[str] = field(default_factory=set)
    slowest: float = 0.0
    peak: int = 0
    """KiB."""
    faults: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Block) -> None:
        """Add the results of another block."""
        self.inputs += other.inputs
        self.judged += other.judged
        self.findings += other.findings
        self.outcomes = dict(Counter(self.outcomes) + Counter(other.outcomes))
        self.rules |= other.rules
        self.slowest, self.peak = max(self.slowest, other.slowest), max(self.peak, other.peak)
        self.faults += other.faults

    def lines(self) -> Iterator[str]:
        """The figures as lines of text."""
        outcomes = Counter(self.outcomes)
        read = outcomes.pop("read", 0)
        yield f"inputs {self.inputs:,}, of them damaged files {outcomes.total() + read:,}, of which read {read:,}"
        yield "refused: " + ", ".join(f"{code} {count:,}" for code, count in outcomes.most_common())
        yield f"audited files {self.judged:,}, findings {self.findings:,} of {len(self.rules)} rules"
        yield f"slowest {self.slowest:.1f} s ({TOGETHER} inputs at once, twice), peak {self.peak / 1024:.0f} MiB"
        yield f"faults {len(self.faults):,}"
        yield from (f"  input {number}: {fault}" for number, fault in self.faults[:50])


@dataclass(frozen=True)
class Campaign:
    """What inputs are built from, and the workers that judge them."""

    pool: Pool
    damaged: Path
    """The folder of honest files."""
    filings: Path
    seed: int
    out: Path

    def block(self, numbers: Sequence[int]) -> Block:
        """Judge these inputs; gives their results."""
        block = Block(len(numbers))
        self._judge([number for number in numbers if number % DAMAGED], block)
        self._read([number for number in numbers if number % DAMAGED == 0], block)
        return block

    def _judge(self, numbers: Sequence[int], block: Block) -> None:
        starts = range(0, len(numbers), TOGETHER)
        groups = [Group(self.filings, self.seed, tuple(numbers[at : at + TOGETHER])) for at in starts]
        again: list[Group] = []
        for at, answer in self.pool.run(judging.work, groups):
            if isinstance(answer, Lost):
                again += [replace(groups[at], numbers=(number,)) for number in groups[at].numbers]
            else:
                _count(block, msgspec.msgpack.decode(answer, type=Answer))
        for at, answer in self.pool.run(judging.work, again):
            if isinstance(answer, Lost):
                block.faults.append((again[at].numbers[0], f"worker: {answer.value}"))
            else:
                _count(block, msgspec.msgpack.decode(answer, type=Answer))

    def _read(self, numbers: Sequence[int], block: Block) -> None:
        cases = [FuzzInput(self.damaged, self.seed, number) for number in numbers]
        for at, answer in self.pool.run(work_alone, cases):
            judged = _judged(cases[at], answer)
            block.outcomes[judged.outcome] = block.outcomes.get(judged.outcome, 0) + 1
            block.judged += judged.outcome == "read"
            block.slowest, block.peak = max(block.slowest, judged.seconds), max(block.peak, judged.peak)
            block.faults += [(numbers[at], fault) for fault in judged.faults]
            if judged.faults:
                suffix, data = cases[at].build()
                (self.out / FAULTS).mkdir(exist_ok=True)
                (self.out / FAULTS / f"{self.seed}-{numbers[at]}{suffix}").write_bytes(data)


def _count(block: Block, answer: Answer) -> None:
    block.judged += answer.files
    block.findings += answer.findings
    block.rules.update(answer.rules)
    block.slowest, block.peak = max(block.slowest, answer.seconds), max(block.peak, answer.peak)
    block.faults += answer.faults


def run(out: Path, count: int, seed: int) -> Block:
    """Continue after the last block until there are `count` inputs; gives the results of all."""
    out.mkdir(parents=True, exist_ok=True)
    progress = out / PROGRESS
    lines = progress.read_bytes().splitlines() if progress.exists() else []
    total = Block()
    for line in lines:
        total.add(msgspec.json.decode(line, type=Block))
    limits = replace(LIMITS, seconds=HANGING, memory=MEMORY)
    with tempfile.TemporaryDirectory(prefix="xltool-campaign-") as name:
        folder = Path(name)
        for part in ("stock", "scratch"):
            (folder / part).mkdir()
        write_stock(folder / "stock")
        filings = write_filings(folder)
        with Pool(1, limits, folder / "scratch") as pool:
            campaign = Campaign(pool, folder / "stock", filings, seed, out)
            while total.inputs < count:
                block = campaign.block(range(total.inputs, min(total.inputs + BLOCK, count)))
                with progress.open("ab") as file:
                    file.write(msgspec.json.encode(block) + b"\n")
                total.add(block)
                _write_summary(out, total)
    return total


def _write_summary(out: Path, total: Block) -> None:
    whole = out / f"{SUMMARY}.new"
    whole.write_text("\n".join(total.lines()) + "\n", encoding="utf-8")
    whole.replace(out / SUMMARY)


def main() -> int:
    """Run or continue, and print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz.campaign", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of progress and summary")
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--again", type=int, nargs="*", default=[], help="judge these inputs alone, and say what came of them"
    )
    options = parser.parse_args()
    os.environ["XLTOOL_SOFFICE"] = "/nonexistent"  # no converter takes part
    if options.again:
        with tempfile.TemporaryDirectory() as name:
            filings = write_filings(Path(name))
            for number in options.again:
                print(number, judging.answer(Group(filings, options.seed, (number,))))
        return 0
    total = run(options.out, options.count, options.seed)
    print("\n".join(total.lines()))
    return int(bool(total.faults))


if __name__ == "__main__":
    sys.exit(main())
