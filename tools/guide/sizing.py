"""The guide's sizing table: time, memory and disk for a county, a city, a province and the nation.

The figures stand in sizing.toml and are written by `python -m benchmarks.speed.sizing --write`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIGURES: Final = Path(__file__).with_name("sizing.toml")
BATCH: Final = 5_000
"""Most workbooks in one run, as many as a city has; a province is split into several runs."""
CORES: Final = (2, 16)
PLACES: Final = (("一个县", 500), ("一个市", 5_000), ("一个省", 150_000), ("全国", 2_400_000))
_MINUTE, _HOUR, _GIB = 60, 3600, 1024


@dataclass(frozen=True)
class Figures:
    """Measured figures, in processor seconds and MiB."""

    workbooks: int
    start_seconds: float
    reading_seconds: float
    """Reading a workbook, by the workers on all cores."""
    review_seconds: float
    """The share of a workbook in writing review.xlsx, which one worker does at the end."""
    worker_seconds: float
    """All that workers do for a workbook, reading and review.xlsx included."""
    own_seconds: float
    """What the main process does for a workbook."""
    start_mib: float
    worker_mib: float
    """Memory of a worker; there are as many workers as cores."""
    workbook_mib: float
    """Memory that a workbook takes in the main process until the run ends."""
    result_mib: float
    """Disk that a workbook takes in the results."""


def measured_figures() -> Figures:
    """The figures last measured."""
    return Figures(**tomllib.loads(FIGURES.read_text(encoding="utf-8")))


def table(figures: Figures) -> str:
    """The sizing table of the guide."""
    heads = ["规模", "文件数", "怎样分批", *(f"{cores} 核电脑用时" for cores in CORES), "内存", "结果占用磁盘"]
    lines = [f"| {' | '.join(heads)} |", f"|---|--:|---|{'--:|' * (len(heads) - 3)}"]
    for place, count in PLACES:
        runs, each = _split(count)
        share = f"{runs} 批，每批 {each:,} 份" if runs > 1 else "一次跑完"
        times = [_duration(runs * _seconds(figures, each, cores)) for cores in CORES]
        memory = _size(figures.start_mib + CORES[0] * figures.worker_mib + each * figures.workbook_mib)
        cells = [place, f"{count:,}", share, *times, memory, _size(count * figures.result_mib)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def basis(figures: Figures) -> str:
    """The sentence below the table that says how it is computed."""
    reading, review, workers, own = (
        seconds * 1000
        for seconds in (figures.reading_seconds, figures.review_seconds, figures.worker_seconds, figures.own_seconds)
    )
    return (
        f"用时 = 批数 ×（启动 {figures.start_seconds:g} 秒 + 文件数 ×（主进程 {own:.1f} 毫秒 + "
        f"工作进程 {workers:.0f} 毫秒 ÷ 核数））；"
        f"核数很多时，工作进程的部分不少于读取 {reading:.0f} 毫秒 ÷ 核数 + 写 review.xlsx {review:.1f} 毫秒，"
        "因为工作簿由一个进程写。"
        f"内存 = {figures.start_mib} MB + 核数 × {figures.worker_mib} MB + "
        f"每批文件数 × {figures.workbook_mib * 1024:.0f} KB，"
        f"表中按 {CORES[0]} 核。"
        f"各数为 {figures.workbooks} 个文件（{figures.workbooks // 4} 个单位、各两个项目）的实测处理器时间，"
        "多数单位没有问题；问题多的，写退回件另要时间。"
    )


def _split(count: int) -> tuple[int, int]:
    runs = -(-count // BATCH)
    return runs, -(-count // runs)


def _seconds(figures: Figures, workbooks: int, cores: int) -> float:
    """Clock time of a run of so many workbooks on an idle machine."""
    shared = figures.worker_seconds / cores
    longest = figures.reading_seconds / cores + figures.review_seconds
    return figures.start_seconds + workbooks * (figures.own_seconds + max(shared, longest))


def _duration(seconds: float) -> str:
    """A time as people say it.

    >>> _duration(42), _duration(600), _duration(5400)
    ('不到 1 分钟', '约 10 分钟', '约 1.5 小时')
    """
    if seconds < _MINUTE:
        return "不到 1 分钟"
    return f"约 {seconds / _MINUTE:.0f} 分钟" if seconds < _HOUR else f"约 {seconds / _HOUR:.1f} 小时"


def _size(mib: float) -> str:
    return f"约 {mib:.0f} MB" if mib < _GIB else f"约 {mib / _GIB:.1f} GB"
