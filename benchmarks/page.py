"""What was measured, as the Markdown page MUTATIONS.md."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.planting import ALLOWED
from benchmarks.tally import Tally
from xltool.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.findings import Finding

FRONT: Final = """# 变异测试

由 `python -m benchmarks.mutations --write` 生成，随时可以重算。

- **埋设问题**：在没有问题的填报里一次只改坏一处（一个数、一句话、一个文件），看对应的规则是否在那一格报出来；
  “位置正确”以外都是缺陷，“多报”是除这处问题和下文列出的连带发现以外、多出的错误或警告。
- **表样**为下发表样填报的工作簿，**外来**为同样的内容按别处的样子重做
  （自制工作簿、移位、换栏目名称、合在一个文件、Word 文档），
  **实例**为2023年的真实填报（表样和 Word 文档），它本来就有问题，只看改动以后多了什么；
  **报告**为自评报告里改一句话，**跨年**为上年报送里改一个数。
- **无害的改动**（写法、顺序、空白、四舍五入、另存）和**如实填报**（由种子生成）都不应当有任何错误或警告。
- 目标是每处问题都在原格报出、没有一条多报；做不到的规则降为提示，原因写在规则的依据里。

## 试埋后没有计入的

下列埋设在试算中没有被原规则报出、或前提不成立，已从名单中去掉，不在下表的“未发现”里：

- R-02：一句话里有几个人数时不取（“核定编制44名，其中行政编制12名……”“在职人员36人，退休人员25人”，
  只留一个数时也没有报出）；
  “公用经费支出75万元”和“‘三公’经费预算12万元，支出12.1万元”没有报出。这是已知的漏报，尚未修改。
- R-09：只把“绩效目标完成情况”的标题改掉，没有报出；R-10：“公务用车运行维护费”与“公务接待费”
  相加不等于三公经费，没有报出。
- R-10：支出按性质分的基本支出多写20万元，由 R-02 报出，改列在 R-02 下。
- A1-09、A2-12：同一处问题总是先由 A1-18、A2-10 报出。X-04、X-05：只改一个项目的金额时
  由 X-06、X-03 等报出，埋设改为改合计。
- X-16：外来表十组中有两次没有报出（连同更多部门一起审核时）；本表只取四组，没有遇到。原因未查明。
- 实例：A3-05、A3-14、X-04、X-05、X-07、X-13、S-32、W-21 的前提在这份填报里不成立或会把原有问题再报一遍，没有埋设；
  S-03、X-11、X-13、X-03、X-06 随改动出现的，按连带处理（总分是固定数值，附件3照抄附件2的指标）。
  外来：S-03、X-03、X-06 同此。
"""


@dataclass
class Varied:
    """Harmless variations: kind to how many and how many told of; and what was said."""

    counts: dict[str, list[int]]
    notes: list[str]


@dataclass
class Honest:
    """Honest filings of one kind: departments, forms, and every finding of severity error or warning by seed."""

    kind: str
    filings: int
    forms: int
    told: list[tuple[int, Finding]]


def page(tallies: Mapping[str, Mapping[str, Tally]], varied: Mapping[str, Varied], filed: Sequence[Honest]) -> str:
    """Everything measured; `tallies` and `varied` by what they were measured on."""
    lines = [FRONT, *_rules(tallies), *_series(tallies), *_notes(tallies)]
    for base, one in varied.items():
        lines += _variations(base, one)
    lines += ["", "## 如实填报", "", "| 填报 | 部门 | 表 | 错误和警告 |", "|---|--:|--:|--:|"]
    lines += [f"| {one.kind} | {one.filings} | {one.forms} | {len(one.told)} |" for one in filed]
    lines.append("")
    lines += [
        f"- {one.kind} 种子 {seed}：{said.rule} {said.severity.value} {said.cell} {said.message[:120]}"
        for one in filed
        for seed, said in one.told
    ]
    return "\n".join([*lines, *_follows()]) + "\n"


def _rules(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    """A line a rule: mutants and found by base, what is wrong in all."""
    yield "\n## 逐条规则埋设问题\n"
    yield f"| 规则 | 级别 |{'|'.join(f' {base}：变异 | 正确 ' for base in tallies)}| 位置不对 | 未发现 | 多报 |"
    yield f"|---|---|{'--:|--:|' * len(tallies)}--:|--:|---|"
    codes = sorted({code for one in tallies.values() for code in one})
    for code in codes:
        each = [one.get(code, Tally()) for one in tallies.values()]
        yield f"| {code} | {RULES[code].severity.label} |{_figures(each)}"
    sums = [_sum(one.values()) for one in tallies.values()]
    yield f"| 合计（{len(codes)} 条规则） | |{_figures(sums)}"
    bare = [code for code in sorted(RULES) if code not in codes]
    yield f"\n没有埋设的规则：{'、'.join(bare) or '无'}。\n"


def _figures(each: Sequence[Tally]) -> str:
    whole = _sum(each)
    extra = "、".join(f"{code}×{count}" for code, count in whole.extra.most_common()) or "0"
    counts = "|".join(f" {one.mutants or ''} | {one.found if one.mutants else ''} " for one in each)
    return f"{counts}| {whole.elsewhere} | {whole.missed} | {extra} |"


def _sum(each: object) -> Tally:
    whole = Tally()
    for one in each:  # type: ignore[attr-defined] # any iterable of tallies
        whole.add(one)
    return whole


def _series(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    """A line a series of codes."""
    by_series: dict[str, list[tuple[str, Tally]]] = defaultdict(list)
    for base in tallies.values():
        for code, one in base.items():
            by_series[code.partition("-")[0]].append((code, one))
    yield "| 系列 | 规则 | 变异 | 位置正确 | 多报 |\n|---|--:|--:|--:|--:|"
    for series, found in sorted(by_series.items()):
        whole = _sum(one for _, one in found)
        codes = {code for code, _ in found}
        yield f"| {series} | {len(codes)} | {whole.mutants} | {whole.found} | {whole.extra.total()} |"
    yield ""


def _notes(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    for base, found in tallies.items():
        for code, one in sorted(found.items()):
            yield from (f"- {base} {code}：{note}" for note in one.notes)


def _variations(base: str, varied: Varied) -> Iterator[str]:
    yield f"\n## 无害的改动（{base}）\n\n| 改动 | 份数 | 有错误或警告 |\n|---|--:|--:|"
    yield from (f"| {kind} | {count} | {told} |" for kind, (count, told) in varied.counts.items())
    sums = [sum(one[at] for one in varied.counts.values()) for at in (0, 1)]
    yield f"| 合计 | {sums[0]} | {sums[1]} |\n"
    yield from (f"- {note}" for note in varied.notes)


def _follows() -> Iterator[str]:
    yield "\n## 允许的连带发现\n\n| 埋设 | 连带 | 原因 |\n|---|---|---|"
    for rule, allowed in sorted(ALLOWED.items()):
        yield from (f"| {rule} | {code} | {why} |" for code, why in sorted(allowed.items()))
