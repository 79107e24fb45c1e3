"""Write samples/README.md from the data that the tests use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tools.samples.planted import DEFECTS
from tools.samples.sample import CellFinder, Expected, Sample
from xltool.findings import Severity, row_column
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTRODUCTION = """\
# 样例

这里的文件用来试用 xltool，也用来说明它能查出什么。每个文件夹是一个部门一年的报送，
文件名与 `xltool generate` 下发的表样相同。
人名一律写作“某某”，电话一律写作“0000000”。

检查一个文件夹（表间关系要几张表一起给出才能核对）：

    xltool audit samples/文件夹名

检查全部：

    xltool batch samples --out 审核结果

本页和全部文件由 `python -m tools.rebuild` 生成，不要手工修改。“应查出的问题”就是测试核对的清单。
"""


def readme(samples: Sequence[Sample], planted: Sample) -> str:
    """The page: a description of each folder and the findings of an audit."""
    parts = [_INTRODUCTION, *_overview(samples)]
    for sample in samples:
        parts += [f"\n## {sample.folder}\n", sample.about + "\n", "文件：\n", *(f"- `{name}`" for name in sample.files)]
        parts += _planted(sample) if sample is planted else _findings(sample)
    return "\n".join(parts) + "\n"


def _overview(samples: Sequence[Sample]) -> list[str]:
    lines = ["| 文件夹 | 文件 | 错误 | 警告 | 提示 |", "|---|---:|---:|---:|---:|"]
    for sample in samples:
        counts = Counter(expected.severity for expected in sample.expected)
        figures = " | ".join(str(counts[severity]) for severity in Severity)
        lines.append(f"| [{sample.folder}](#{sample.folder}) | {len(sample.files)} | {figures} |")
    return lines


def _findings(sample: Sample) -> list[str]:
    if not sample.expected:
        return ["\n应查出的问题：没有。"]
    cells = CellFinder(sample.files)

    def place(expected: Expected) -> tuple[str, int, int]:
        _, sheet, cell = cells.address(expected.at)
        return (sheet, *(row_column(cell) if cell else (0, 0)))

    lines = [
        f"\n应查出的问题（{len(sample.expected)}条）：\n",
        "| 单元格 | 栏目 | 规则 | 级别 | 规则内容 |",
        "|---|---|---|---|---|",
    ]
    return lines + [_line(cells, expected) for expected in sorted(sample.expected, key=place)]


def _planted(sample: Sample) -> list[str]:
    cells = CellFinder(sample.files)
    lines = [
        f"\n埋设的问题（{len(DEFECTS)}处）和应查出的结果（{len(sample.expected)}条）：\n",
        "| 序号 | 埋设的问题 | 单元格 | 栏目 | 规则 | 级别 | 规则内容 |",
        "|---:|---|---|---|---|---|---|",
    ]
    for number, defect in enumerate(DEFECTS, 1):
        for index, expected in enumerate(defect.expected):
            named = f"{number} | {defect.name}" if index == 0 else " | 　同上"
            lines.append(f"| {named} {_line(cells, expected)}")
    return lines


def _line(cells: CellFinder, expected: Expected) -> str:
    cell = cells.address(expected.at)[2] or "—"
    return f"| {cell} | {expected.at} | {expected.rule} | {expected.severity.label} | {RULES[expected.rule].title} |"
