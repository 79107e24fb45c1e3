"""Build, read, judge and measure one input, in a worker process as in a batch."""

from __future__ import annotations

import os
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.fuzz import binary, zips
from benchmarks.fuzz.chance import Dice, picked_bytes
from benchmarks.fuzz.stock import stock
from benchmarks.speed.memory import forget_peak, peak
from xltool.reader.ole import MAGIC

_MOST_STEPS: Final = 4
_FIGURES: Final = re.compile(r"[0-9A-Za-z_.,:/]+|“[^”]*”|（[^（）]*）")


@dataclass(frozen=True)
class FuzzInput:
    """An input. Its honest file and the changes to it follow from the seed and the number."""

    folder: Path
    seed: int
    number: int

    def build(self, left_out: frozenset[int] = frozenset()) -> tuple[str, bytes]:
        """Build the file without some of its changes; gives its ending and content."""
        dice = Dice(f"{self.seed}/{self.number}")
        suffix, data = dice.choice(stock(self.folder))
        for step in range(self.steps):
            own = Dice(f"{self.seed}/{self.number}/{step}")
            data = data if step in left_out else changed(own, data)
        return suffix, data

    @property
    def steps(self) -> int:
        """How many changes are made."""
        return min(1 + int(Dice(f"{self.seed}/{self.number}/steps").expovariate(1)), _MOST_STEPS)


@dataclass
class Judged:
    """The result of an input; inputs with the same `sign` ended in the same way."""

    format: str
    outcome: str
    sign: str
    seconds: float
    peak: int
    """Peak memory of the worker while it read the input, in KiB; 0 on systems other than Linux."""
    faults: list[str] = field(default_factory=list)


def changed(dice: Dice, data: bytes) -> bytes:
    """The file after one change, chosen by its format."""
    if data.startswith(b"PK"):
        return zips.changed(dice, data)
    return binary.changed_ole(dice, data) if data.startswith(MAGIC) else picked_bytes(dice, data)


def work(case: FuzzInput) -> bytes:
    """Make, read and judge an input."""
    suffix, data = case.build()
    return msgspec.msgpack.encode(judge(suffix, data, f"输入{case.number}"))


def work_alone(case: FuzzInput) -> bytes:
    """Make, read and judge an input, audit included."""
    suffix, data = case.build()
    return msgspec.msgpack.encode(judge(suffix, data, f"输入{case.number}", together=1))


def work_kept(path: Path) -> bytes:
    """Read and judge an input that was kept, audit included."""
    return msgspec.msgpack.encode(judge(path.suffix, path.read_bytes(), path.name, together=1))


def judge(suffix: str, data: bytes, name: str = "输入", **together: int) -> Judged:
    """Read and judge a file of this ending and content."""
    from benchmarks.fuzz.checks import examine  # noqa: PLC0415 - the parent needs none of it

    os.environ["XLTOOL_SOFFICE"] = "/nonexistent"  # LibreOffice is not tested here, and takes seconds for each file
    path = Path(tempfile.gettempdir()) / f"input{os.getpid()}{suffix}"  # two workers share the folder
    path.write_bytes(data)
    forget_peak()
    begun = time.perf_counter()
    record, faults = examine(path, name, **together)
    seconds = time.perf_counter() - begun
    outcome = "raised" if record is None else record.code or record.status
    sign = f"{suffix} {outcome}"
    if record is not None:
        noted = (record.notes, *(submission.notes for submission in record.submissions))
        rules = sorted({note.rule for notes in noted for note in notes})
        sign += " " + " ".join(rules) if record.status == "read" else _FIGURES.sub("", record.reason)
    return Judged(suffix, outcome, sign, seconds, peak(), faults)
