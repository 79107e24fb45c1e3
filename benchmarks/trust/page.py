"""Write what was measured as the Markdown page MUTATIONS.md, which lies beside this module."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.trust.planting import ALLOWED
from benchmarks.trust.tally import Tally
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xltool.findings import Finding

FRONT: Final = """# 变异测试

由 `python -m benchmarks.trust.mutations --write` 生成，随时可以重算。

- **埋设问题**：在没有问题的填报里一次只改坏一处（一个数、一句话、一个文件），看对应的规则是否在那一格报出来；
  “位置正确”以外都是缺陷，“多报”是除这处问题和下文列出的连带发现以外、多出的错误或警告。
- **表样**为下发表样填报的工作簿，**外来**为同样的内容按别处的样子重做
  （自制工作簿、移位、换栏目名称、合在一个文件、Word 文档），
  **实例**为2023年的真实填报（表样和 Word 文档），**外地**为池州、中江、湖南三地真实填报的单张表（表样和自制工作簿）；
  真实填报本来就有问题，只看改动以后多了什么。
  **上限**为按设了总分上限和超额扣分的评分口径下发的表样（S-36、S-37 只在这样的口径里核对）；
  **报告**为自评报告里改一句话，**跨年**为上年报送里改一个数，**豁免**为过期或对应不到问题的豁免。
- **无害的改动**（写法、顺序、空白、四舍五入、另存）和**如实填报**（由种子生成，各评分口径都有）
  都不应当有任何错误或警告。
- 目标是每处问题都在原格报出、没有一条多报；做不到的规则降为提示，原因写在规则的依据里。

## 说明

- 完全重叠的规则合并：A2-12 并入 A2-08（五个数的全部组合中，A2-12 成立而 A2-08、A2-10、A2-05 都不成立的一个也没有）。
- A1-09 只在明细中有负数时单独出现，其余由 A1-07、A1-08、A1-15、A1-18 报出，因此按负数埋设，A1-31 为连带。
- X-04、X-05：只改一个项目的金额时由 X-06、X-03 等报出，埋设改为改合计。
- S-35、W-22 只出现在外来表里：表样没有填等级的地方，栏目位置不会错。
- A2-17 埋设一项或三项没有回应的目标；只有一项、或完成情况里有同样多的话对不上任何目标时只提示，
  因为换一种说法回应是如实填报中最常见的误报来源。
- 实例：A3-05、A3-14、X-04、X-05、X-07、X-13 的前提在这份填报里不成立；
  S-32、W-01、W-12、W-21、W-25 移动行或改文件名以后，原有问题在新的位置再报一遍；都没有埋设。
  S-03、X-11、X-13、X-03、X-06 随改动出现的，按连带处理（总分是固定数值，附件3照抄附件2的指标）。
  外来：S-03、X-03、X-06 同此。
- 外地：只有一张表，表间规则和需要合计、长文字的规则没有埋设（名单见 `benchmarks/trust/real.py`）。
"""


@dataclass
class VariationResult:
    """Harmless variations: how many of each kind there are and how many raise an alarm, and the alarms as lines."""

    counts: dict[str, list[int]]
    notes: list[str]


@dataclass
class HonestResult:
    """Honest filings of one profile: departments, forms, and each error or warning with the seed of its filing."""

    kind: str
    filings: int
    forms: int
    alarms: list[tuple[int, Finding]]


def page(
    tallies: Mapping[str, Mapping[str, Tally]], varied: Mapping[str, VariationResult], filed: Sequence[HonestResult]
) -> str:
    """The page. The keys of `tallies` and `varied` say what the defects and variations were planted in."""
    lines = [FRONT, *_rules(tallies), *_series(tallies), *_notes(tallies)]
    for base, result in varied.items():
        lines += _variations(base, result)
    lines += ["", "## 如实填报", "", "| 填报 | 部门 | 表 | 错误和警告 |", "|---|--:|--:|--:|"]
    lines += [f"| {result.kind} | {result.filings} | {result.forms} | {len(result.alarms)} |" for result in filed]
    lines.append("")
    lines += [
        f"- {result.kind} 种子 {seed}：{finding.rule} {finding.severity.value} {finding.cell} {finding.message[:120]}"
        for result in filed
        for seed, finding in result.alarms
    ]
    return "\n".join([*lines, *_follows()]) + "\n"


def _rules(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    """A line for each rule: mutants and hits by base, then what went wrong in all bases."""
    yield "\n## 逐条规则埋设问题\n"
    yield f"| 规则 | 级别 |{'|'.join(f' {base}：变异 | 正确 ' for base in tallies)}| 位置不对 | 未发现 | 多报 |"
    yield f"|---|---|{'--:|--:|' * len(tallies)}--:|--:|---|"
    codes = sorted({code for by_rule in tallies.values() for code in by_rule})
    for code in codes:
        each = [by_rule.get(code, Tally()) for by_rule in tallies.values()]
        yield f"| {code} | {RULES[code].severity.label} |{_figures(each)}"
    sums = [_sum(by_rule.values()) for by_rule in tallies.values()]
    yield f"| 合计（{len(codes)} 条规则） | |{_figures(sums)}"
    bare = [code for code in sorted(RULES) if code not in codes]
    yield f"\n没有埋设的规则：{'、'.join(bare) or '无'}。\n"


def _figures(each: Sequence[Tally]) -> str:
    whole = _sum(each)
    extra = "、".join(f"{code}×{count}" for code, count in whole.extra.most_common()) or "0"
    counts = "|".join(f" {tally.mutants or ''} | {tally.hits if tally.mutants else ''} " for tally in each)
    return f"{counts}| {whole.elsewhere} | {whole.missed} | {extra} |"


def _sum(each: object) -> Tally:
    whole = Tally()
    for tally in each:  # type: ignore[attr-defined] # any iterable of tallies
        whole.add(tally)
    return whole


def _series(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    """A line for each series of codes."""
    by_series: dict[str, list[tuple[str, Tally]]] = defaultdict(list)
    for base in tallies.values():
        for code, tally in base.items():
            by_series[code.partition("-")[0]].append((code, tally))
    yield "| 系列 | 规则 | 变异 | 位置正确 | 多报 |\n|---|--:|--:|--:|--:|"
    for series, rules in sorted(by_series.items()):
        whole = _sum(tally for _, tally in rules)
        codes = {code for code, _ in rules}
        yield f"| {series} | {len(codes)} | {whole.mutants} | {whole.hits} | {whole.extra.total()} |"
    yield ""


def _notes(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterator[str]:
    for base, by_rule in tallies.items():
        for code, tally in sorted(by_rule.items()):
            yield from (f"- {base} {code}：{note}" for note in tally.notes)


def _variations(base: str, varied: VariationResult) -> Iterator[str]:
    yield f"\n## 无害的改动（{base}）\n\n| 改动 | 份数 | 有错误或警告 |\n|---|--:|--:|"
    yield from (f"| {kind} | {count} | {alarms} |" for kind, (count, alarms) in varied.counts.items())
    sums = [sum(pair[at] for pair in varied.counts.values()) for at in (0, 1)]
    yield f"| 合计 | {sums[0]} | {sums[1]} |\n"
    yield from (f"- {note}" for note in varied.notes)


def _follows() -> Iterator[str]:
    yield "\n## 允许的连带发现\n\n| 埋设 | 连带 | 原因 |\n|---|---|---|"
    for rule, allowed in sorted(ALLOWED.items()):
        yield from (f"| {rule} | {code} | {why} |" for code, why in sorted(allowed.items()))
