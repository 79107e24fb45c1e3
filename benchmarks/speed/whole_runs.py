"""`python -m benchmarks.speed --long`: whole runs over a folder, at several sizes.

Every run is a process of its own, so that its memory can be measured. The folder holds the three forms of the seed
filing many times, each time with the name of another department and with a mark in its long texts. So no two filings
are of one department, no text is copied, and no file's record can be reused within a run. Filings without a fault are
made of the sample that has none in the same way.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.seed import DEPARTMENT, order, seed_sheets
from tools.samples import clean
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS: Final = 3
CLEAN: Final = Path(__file__).parents[2] / "samples" / "示范县农业农村局_2023_合格"
_LONG: Final = re.compile(r"(?<=>)[^<]{100,}")
"""A text of an XML part that is too long for a label."""
_SENTENCES: Final = re.compile(r"(?<=>)[^<]{40,}")
"""Shorter ones, of the filing without a fault."""
SIZES: Final = (100, 1_000, 10_000)
MANY: Final = 10_000
"""From so many files on a run has the targets of a large one."""
PAIRED: Final = 1_000
"""The most files for which a run on one core is compared with one on two."""
CORES: Final = os.cpu_count() or 1
ROUNDS: Final = 3
"""How often the runs on one core and on two take turns; the least counts."""
WHOLE: Final = "整批"
"""How the lines of whole runs begin."""
_RUN: Final = """
import json, resource, sys
from pathlib import Path
from xltool.batches.options import Options
from xltool.batches.runs import run
from xltool.batches.cluster.engines import LOCAL, engine_of
folder, out, (jobs, roster, scheduler) = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
engine = engine_of("dask", scheduler) if scheduler else LOCAL
run(folder, out, Options(jobs=int(jobs), roster=Path(roster) if roster else None, engine=engine))
own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
spent = [usage.ru_utime + usage.ru_stime for usage in (own, workers)]
print(json.dumps([sum(spent), spent[0], own.ru_maxrss / 1024, workers.ru_maxrss / 1024]))
"""
_JUDGE: Final = """
import json, sys, time
from pathlib import Path
from xltool.auditing.audit import audit
from xltool.workers.relaxed_gc import relaxed_gc
from xltool.batches.grouping import as_filings
from xltool.reader.files.sources import discover
from xltool.batches.reading import read_sources
records = read_sources(discover([Path(sys.argv[1])]))
as_filings(records)
seconds = []
with relaxed_gc():  # as workers do who judge
    for _ in range(int(sys.argv[2])):
        begun = time.process_time()
        audit(records)
        seconds.append(time.process_time() - begun)
print(json.dumps([min(seconds)]))
"""


@dataclass(frozen=True)
class RunCost:
    """Processor seconds of all processes and of the parent; memory in MiB of the parent and of its largest worker."""

    processors: float
    parent: float
    memory: float
    worker: float

    @property
    def workers(self) -> float:
        """Processor seconds of the workers."""
        return self.processors - self.parent

    def each(self, files: int) -> str:
        """Processor time a file, in words."""
        return f"{self.processors / files * 1000:.1f} 毫秒"

    def on(self, cores: int) -> float:
        """Seconds on so many idle cores: the parent's own, and the workers' divided by the number of cores."""
        return self.parent + self.workers / cores


def filled(folder: Path, files: int, *, first: int = 0) -> Path:
    """A folder with so many files, three to a department; `first` is the number of the first department."""
    forms = _seed_forms()
    for number in range(files):
        department = first + number // FORMS
        place = folder / f"{department}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number % FORMS}.xlsx").write_bytes(_another(forms[number % FORMS], department))
    return folder


@cache
def _seed_forms() -> list[dict[str, str]]:
    """The parts of the three forms of the seed filing."""
    return [_parts(write_workbook(order(), [sheet])) for sheet in seed_sheets().values()]


def filled_clean(folder: Path, files: int) -> Path:
    """A folder with so many files without a fault, four to a department."""
    forms = [_parts(path.read_bytes()) for path in sorted(CLEAN.glob("*.xlsx"))]
    for number in range(files):
        department = number // len(forms)
        place = folder / f"{department}"
        place.mkdir(parents=True, exist_ok=True)
        parts = {
            part: text.replace(clean.BUREAU, f"{clean.BUREAU}第{department}分局")
            for part, text in forms[number % len(forms)].items()
        }
        (place / f"{number % len(forms)}.xlsx").write_bytes(_packed(parts, _SENTENCES, f"（{department}号）"))
    return folder


def department_name(number: int) -> str:
    """What a department is called."""
    return f"岳阳市第{number}产业开发区管委会"


def _parts(data: bytes) -> dict[str, str]:
    """The parts of a workbook, all of them XML."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _another(parts: Mapping[str, str], department: int) -> bytes:
    """The same workbook as if another department had filed it."""
    name = department_name(department)
    return _packed({part: text.replace(DEPARTMENT, name) for part, text in parts.items()}, _LONG, f"（{department}号）")


def _packed(parts: Mapping[str, str], marked: re.Pattern[str], mark: str) -> bytes:
    """A workbook of these parts, with a mark in the texts that a pattern matches."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, marked.sub(lambda match: match[0].replace("，", f"{mark}，"), text))
    return buffer.getvalue()


def run(folder: Path, out: Path, jobs: int) -> RunCost:
    """One run of `xltool batch` over a folder."""
    return run_options(folder, out, roster="", scheduler="", jobs=jobs)


def run_options(folder: Path, out: Path, *, roster: str, scheduler: str, jobs: int) -> RunCost:
    """One run with a roster and on a cluster, where these are not empty."""
    return RunCost(*_printed_numbers(_RUN, folder, out, jobs, roster, scheduler))


def judging(folder: Path) -> float:
    """Processor seconds of judging the files of a folder."""
    return _printed_numbers(_JUDGE, folder, ROUNDS)[0]


def _printed_numbers(program: str, *arguments: object) -> list[float]:
    """The numbers a program prints."""
    call = [sys.executable, "-c", program, *map(str, arguments)]
    output = subprocess.run(call, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own interpreter
    numbers: list[float] = json.loads(output)
    return numbers


def rows(folder: Path, sizes: tuple[int, ...] = SIZES) -> list[tuple[str, str, str]]:
    """Name, target and figure for each size, and for one and two cores at the largest size that is compared."""
    lines = []
    for size in sizes:
        inputs, out = filled(folder / f"in{size}", size), folder / f"out{size}"
        first = run(inputs, out, CORES)
        second = run(inputs, out, CORES)
        lines.append((f"{WHOLE} {size} 份，每份处理器时间（含全部产出）", "各规模持平", first.each(size)))
        lines.append((f"{WHOLE} {size} 份，主进程内存", "≤ 300 MiB", f"{first.memory:.0f} MiB"))
        lines.append((f"{WHOLE} {size} 份，最大的工作进程内存", "", f"{first.worker:.0f} MiB"))
        share = second.processors / first.processors
        lines.append((f"{WHOLE} {size} 份未变，再次运行", "≤ 0.03", f"{share:.3f}"))
        if size >= MANY:
            lines += _of_many(folder, size, first, share)
    size = max((size for size in sizes if size <= PAIRED), default=sizes[0])
    inputs = folder / f"in{size}"
    paired_runs = [[run(inputs, folder / f"jobs{jobs}-{turn}", jobs) for jobs in (1, 2)] for turn in range(ROUNDS)]
    single_runs, twos = zip(*paired_runs, strict=True)
    share = judging(inputs) / min(cost.processors for cost in single_runs)
    lines.append((f"{WHOLE} {size} 份：全部规则和问题清单占全部处理器时间", "≤ 0.05", f"{share:.3f}"))
    gain = min(cost.on(1) for cost in single_runs) / min(two.on(2) for two in twos)
    lines.append((f"{WHOLE} {size} 份：一核用时 ÷ 2 核用时", "≥ 1.8", f"{gain:.2f}"))
    parent = max(min(cost.parent for cost in costs) for costs in (single_runs, twos)) / size * 1000
    lines.append((f"{WHOLE} {size} 份：主进程每份处理器时间（1、2 个工作进程）", "≤ 1.5 毫秒", f"{parent:.2f} 毫秒"))
    return lines


def _of_many(folder: Path, size: int, first: RunCost, share: float) -> list[tuple[str, str, str]]:
    """The lines that only a large run has."""
    spotless = run(filled_clean(folder / f"clean{size}", size), folder / f"clean-out{size}", CORES)
    return [
        (f"{WHOLE} {size} 份，每份约 16 处问题，每份处理器时间", "≤ 20 毫秒", first.each(size)),
        (f"{WHOLE} {size} 份，没有问题，每份处理器时间", "≤ 10 毫秒", spotless.each(size)),
        (f"{WHOLE} {size} 份未变，再次运行（大批）", "≤ 0.005", f"{share:.3f}"),
    ]
