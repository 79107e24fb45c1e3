"""`python -m benchmarks.speed.province`: a made province, checked by this machine and by a cluster that loses a worker.

Three cities with four counties each file the seed filing, each department under its own name. The province is checked
with two processes, then by a real Dask scheduler with two workers, of which one is killed in the middle. The results
have to be the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.speed.whole_runs import FORMS, RunCost, department_name, filled, run_options

if TYPE_CHECKING:
    from collections.abc import Mapping

CITIES: Final = ("甲市", "乙市", "丙市")
COUNTIES: Final = 4
"""Counties of each city."""
LOST_AFTER: Final = 0.25
"""When the worker is killed, as a share of the time of the run on this machine."""
EPOCH: Final = "1718150400"


def write_province(folder: Path, files: int) -> tuple[Path, Path]:
    """The filings of a province, about so many files in all, and its roster."""
    filings, roster = folder / "报送", folder / "名册"
    each = max(1, files // (len(CITIES) * COUNTIES * FORMS))
    rows, first = [], 0
    for city in CITIES:
        for county in range(1, COUNTIES + 1):
            name = f"{city[0]}{county}县"
            filled(filings / city / name, each * FORMS, first=first)
            rows += [[f"{number:05d}", department_name(number), name, city] for number in range(first, first + each)]
            first += each
    roster.mkdir()
    with (roster / "单位.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["单位编码", "单位名称", "县", "市"], *rows])
    return filings, roster


def results(out: Path) -> dict[str, str]:
    """The SHA-256 of every file of results; what runs keep for themselves is not among them."""
    places = (path.relative_to(out) for path in sorted(out.rglob("*")) if path.is_file())
    return {
        str(place): hashlib.sha256((out / place).read_bytes()).hexdigest()
        for place in places
        if not any(part.startswith(".") for part in place.parts)
    }


def run_on_cluster(filings: Path, out: Path, roster: Path, *, scratch: Path, lost_after: float) -> RunCost:
    """Check the province on a scheduler with two workers, of which one is killed after so many seconds."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    host, _, port = address.removeprefix("tcp://").partition(":")
    with ExitStack() as stack:
        dask = [["scheduler", "--host", host, "--port", port, "--no-dashboard"]]
        dask += [
            ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(place)]
            for place in (scratch / "1", scratch / "2")
        ]
        processes = [_started(words, stack) for words in dask]
        time.sleep(10)  # until both workers are there
        killing = threading.Timer(lost_after, processes[-1].kill)
        killing.start()
        try:
            return run_options(filings, out, roster=str(roster), scheduler=address, jobs=1)
        finally:
            killing.cancel()


def _started(words: list[str], stack: ExitStack) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - the installed dask
        [sys.executable, "-m", "dask", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(process.wait, 60)
    stack.callback(process.terminate)
    return process


def report(local: RunCost, cluster: RunCost, files: int, same: Mapping[str, bool]) -> str:
    """What was measured, in lines."""
    lines = [f"{files} 个文件，{len(same)} 个结果文件，其中 {sum(same.values())} 个逐字节相同"]
    for name, cost in (("本机", local), ("集群（失去一个计算节点）", cluster)):
        lines.append(f"{name}：主进程每份 {cost.parent / files * 1000:.2f} 毫秒，内存 {cost.memory:.0f} MiB")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    asked = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filings, roster = write_province(folder, asked.files)
        begun = time.monotonic()
        local = run_options(filings, folder / "本机", roster=str(roster), scheduler="", jobs=2)
        lost_after = LOST_AFTER * (time.monotonic() - begun)
        cluster = run_on_cluster(filings, folder / "集群", roster, scratch=folder, lost_after=lost_after)
        ours, theirs = results(folder / "本机"), results(folder / "集群")
        same = {place: ours.get(place) == theirs.get(place) for place in sorted({*ours, *theirs})}
        print("\n".join(f"不同：{place}" for place, equal in same.items() if not equal))
        print(report(local, cluster, sum(path.is_file() for path in filings.rglob("*")), same))


if __name__ == "__main__":
    main()
