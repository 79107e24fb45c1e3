"""The short table of speed in README.md: the figures of docs/speed.md that have a target, and whether they meet it."""

from __future__ import annotations

import re
from typing import Final

START, END = "<!-- benchmark:start -->\n", "<!-- benchmark:end -->"
MET, MISSED = "达到", "**未达到**"
LEVEL: Final = "各规模持平"
"""Target of figures that stand once for each size of run: none is dearer than that of the smallest size."""
_SLACK: Final = 1.1
_LINE: Final = re.compile(
    r"^\| (?P<name>[^|]+?) \| (?P<target>[^|]+?) \| (?P<figure>[\d.]+)(?P<unit>[^|]*?) \|$", re.MULTILINE
)


def short_table(page: str) -> str:
    """The lines of a page's table that have a target, each with its verdict."""
    lines = list(_LINE.finditer(page.partition(START)[2].partition(END)[0]))
    smallest = next((float(line["figure"]) for line in lines if line["target"] == LEVEL), 0.0)
    rows = "".join(
        f"| {line['name']} | {line['target']} | {line['figure']}{line['unit']} "
        f"| {verdict(line['target'], float(line['figure']), smallest)} |\n"
        for line in lines
    )
    return f"| 项目 | 目标 | 实测 | 结果 |\n|---|--:|--:|---|\n{rows}"


def verdict(target: str, figure: float, smallest: float) -> str:
    """Whether a figure meets its target; `smallest` is the figure of the smallest size of run."""
    if target == LEVEL:
        met = figure <= smallest * _SLACK
    else:
        sign, number, *_ = target.split()
        met = figure <= float(number) if sign == "≤" else figure >= float(number)
    return MET if met else MISSED


def put_into(readme: str, page: str) -> str:
    """The README with the short table of the page of docs/ between its marks."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{short_table(page)}{END}{after}"
