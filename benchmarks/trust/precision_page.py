"""Write what was measured on real filings: the page PRECISION.md, and the evidence that the rules carry."""

from __future__ import annotations

from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.trust.accuracy import total
from xltool.rules import evidence as carried
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.trust.precision import RealFiling, RuleTally

PAGE: Final = Path(__file__).with_name("PRECISION.md")
EVIDENCE: Final = Path(carried.__file__).with_name(carried.FILE)
LEVEL: Final = 0.95

FRONT: Final = """# 真实填报

由 `python -m benchmarks.trust precision --write` 生成，随时可以重算。

- 填报抄自公开网页，人名和电话已隐去，写法见 [filings/README.md](filings/README.md)；另有2023年君山的三张表。
- **栏目**：有内容、本软件的表也有的单元格；“读对”是地址、原文和数值都对，“多读”是读出了表上没有的值。
- **误报**：既不是填报里的问题，也不因公开的页面没有登全而起的错误；**应报**：细读的人看出的问题，规则写在抄件的开头。
  “不是自评表”的（目标申报表、运行监控表、空白表）不应当按自评表审核。
- **规则**：每条错误和警告由细读的人判定属实与否，理由在 [filings/labels.toml](filings/labels.toml)。
  一份填报里同一条规则的各条发现多半出于同一个原因，因此按份计：全部属实才算属实；
  因页面没有登全或字迹损坏而起的不计。区间是 95% 的精确（Clopper–Pearson）区间。
- 这些填报都是改进时看过的，规则错了就改：下面的数是改好以后的，不代表没有见过的填报。没有见过的另放一处，
  `python -m benchmarks.trust precision aside` 只报数。
- 属实不足八成的规则，在改好以前至多为“提示”（`xltool/rules/evidence.toml`）。
"""


def page(filings: Sequence[RealFiling], tallies: Mapping[str, RuleTally]) -> str:
    """The page."""
    return "\n".join([FRONT, *_filings(filings), "", *_rules(tallies)]) + "\n"


def _filings(filings: Sequence[RealFiling]) -> Iterator[str]:
    yield "## 逐份填报\n"
    yield "| 填报 | 地方 | 年度 | 栏目 | 读对 | 多读 | 误报 | 应报 | 报出 |"
    yield "|---|---|---|--:|--:|--:|--:|--:|--:|"
    real = [filing for filing in filings if not filing.is_negative]
    for filing in real:
        head = filing.drawing.head if filing.drawing else {"place": "湖南省岳阳市君山区", "year": "2023"}
        yield f"| {filing.name} | {head['place']} | {head['year']} | {_figures([filing])} |"
    yield f"| 合计（{len(real)} 份） | | | {_figures(real)} |"
    yield "\n| 不是自评表 | 地方 | 年度 | 说明是什么表 | 当作自评表 | 误报 |\n|---|---|---|---|---|--:|"
    for filing in filings:
        if filing.is_negative and filing.drawing:
            head, false = filing.drawing.head, len(filing.false_errors())
            named, audited = ("是" if each else "否" for each in (filing.is_named, filing.read))
            yield f"| {filing.name} | {head['place']} | {head['year']} | {named} | {audited} | {false} |"


def _figures(filings: Sequence[RealFiling]) -> str:
    cells = total(filing.accuracy for filing in filings)
    false = sum(len(filing.false_errors()) for filing in filings)
    defects = [(filing, defect) for filing in filings if filing.drawing for defect in filing.drawing.defects]
    reported = sum(filing.reported(defect) for filing, defect in defects)
    return f"{cells.cells} | {cells.right} | {cells.extra} | {false} | {len(defects)} | {reported}"


def _rules(tallies: Mapping[str, RuleTally]) -> Iterator[str]:
    yield "## 逐条规则\n"
    yield "| 规则 | 标题 | 级别 | 提出（份） | 属实（份） | 比例 | 95% 区间 | 发现（条） | 不属实（条） |"
    yield "|---|---|---|--:|--:|--:|---|--:|--:|"
    for code, tally in tallies.items():
        if tally.filings:
            share = _share(tally.right, tally.filings)
            named = f"{code} | {RULES[code].title} | {RULES[code].severity.label}"
            yield f"| {named} | {share} | {tally.findings} | {tally.wrong.total()} |"
    spoke, right = (sum(getattr(tally, name) for tally in tallies.values()) for name in ("filings", "right"))
    if spoke:
        yield f"| 合计 | | | {_share(right, spoke)} | | |"
    yield "\n## 不属实的\n"
    wrong = [f"- {code} {why}（{count} 条）" for code, tally in tallies.items() for why, count in tally.wrong.items()]
    yield from wrong or ["无。"]
    unjudged = {code: tally.unjudged for code, tally in tallies.items() if tally.unjudged}
    if unjudged:
        yield "\n没有判定的：" + "、".join(f"{code}×{count}" for code, count in unjudged.items())


def _share(right: int, spoke: int) -> str:
    low, high = interval(right, spoke)
    return f"{spoke} | {right} | {right / spoke:.2f} | {low:.2f}–{high:.2f}"


def interval(right: int, spoke: int) -> tuple[float, float]:
    """The exact (Clopper–Pearson) interval of a proportion at the level of 95 %.

    Its ends are where one tail of the binomial distribution holds half of the other 5 %. Only large libraries
    have them, and bisection of the tail takes a few lines.
    """

    def at_least(share: float, number: int) -> float:
        return sum(comb(spoke, hits) * share**hits * (1 - share) ** (spoke - hits) for hits in range(number, spoke + 1))

    def solve(number: int, wanted: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_least(middle, number) < wanted else (low, middle)
        return low

    tail = (1 - LEVEL) / 2
    return (solve(right, tail) if right else 0.0, solve(right + 1, 1 - tail) if right < spoke else 1.0)


def evidence(filings: Sequence[RealFiling], tallies: Mapping[str, RuleTally]) -> str:
    """The file that the rules carry: of each rule that spoke, in how many filings, and in how many rightly."""
    real = [filing for filing in filings if not filing.is_negative]
    basis = f"{len(real)} 份真实填报和 {len(filings) - len(real)} 份不是自评表的表，逐条由细读的人判定"
    rules = (
        f"{code} = {{ spoke = {tally.filings}, right = {tally.right} }}"
        for code, tally in tallies.items()
        if tally.filings
    )
    return "\n".join(
        [
            "# Written by `python -m benchmarks.trust precision --write`, whose page PRECISION.md has the reasons.",
            f'basis = "{basis}"',
            "",
            "[rules]",
            *rules,
            "",
        ]
    )
