"""Honest filings from seeds: every number follows from the others, every text could be a careful clerk's.

What varies is what varies in real offices: how many projects, what is blank, how a value is written, what kind of
target an indicator has. None of it is a mistake, so an audit must find nothing of severity error or warning.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import isnan
from typing import TYPE_CHECKING, Any

from benchmarks.corpus.themes import IN_OTHER_WORDS, NOT_OF_AN_INDICATOR, THEMES, Count, Theme, Work
from tools.samples import clean
from tools.samples.sample import Paper
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.expr.nodes import Field
    from xltool.params import Profile

Row = dict[str, Any]

PLACES = ("示范县", "青山区", "临江市", "示范市白沙区", "河口县")
REASONS = (
    "受汛期影响，部分任务推迟；下年提早安排",
    "年中政策调整减少任务量，下年据实核定目标",
    "招标流标一次，已补招，差额部分顺延实施",
)
EXPLAINED = "年中上级追加任务，超出年初目标；下年按实际能力核定"
ODD_INDICATORS: tuple[tuple[str, str, str | float, str | float], ...] = (
    ("数量指标", "创建5A级景区", "1个", "1个"),
    ("数量指标", "一级响应处置次数", "0次", "0次"),
    ("数量指标", "2023年度新增绿化面积", "≥50亩", "56亩"),
    ("数量指标", "培训班期数", "10-15期", "12期"),
    ("数量指标", "志愿服务时长", "＞2000小时", "2150小时"),
    ("数量指标", "编印简报期数", 12.0, 12.0),
    ("质量指标", "成果质量", "达标", "达标"),
    ("质量指标", "资料归档情况", "完整规范", "完整规范"),
    ("质量指标", "误差率", "±5%以内", "3%"),
    ("质量指标", "差错率", "≤2‰", "1‰"),
    ("质量指标", "返工率", "0", "0"),
    ("质量指标", "培训考核通过率", "不低于90%", "95.5%"),
    ("时效指标", "任务完成时间", "12月底前", "11月30日"),
    ("时效指标", "主体完工时间", "2023年12月31日前", "2023年11月20日"),
    ("时效指标", "资金拨付", "及时", "及时"),
    ("时效指标", "平均办结时限", "≤15个工作日", "11个工作日"),
    ("时效指标", "年度任务完成时间", "年底前完成", "按期完成"),
    ("成本指标", "人均培训成本", "≤400元", "385.5元"),
    ("成本指标", "会议费控制数", "≤2万元", "16500元"),
    ("成本指标", "三公经费控制率", "≤100%", "93.4%"),
    ("成本指标", "单位造价", "≤1500元/亩", "1480元/亩"),
    ("成本指标", "成本控制情况", "不超预算", "未超预算"),
    ("经济效益指标", "线上销售额增长率", "≥100%", "135%"),
    ("经济效益指标", "一般性支出增长率", "≤-3%", "-5.2%"),
    ("经济效益指标", "地方税收增速", "≥-2%", "-1.5%"),
    ("经济效益指标", "撬动社会投资", "1.2亿元", "12500万元"),
    ("经济效益指标", "拉动消费", "明显", "明显"),
    ("经济效益指标", "节约财政资金", "≥50万元", "63.27万元"),
    ("社会效益指标", "重大安全事故数", "0起", "0起"),
    ("社会效益指标", "有责投诉件数", "≤3件", "1件"),
    ("社会效益指标", "政策知晓率", "85%以上", "91%"),
    ("社会效益指标", "公共服务水平", "有效提升", "有效提升"),
    ("社会效益指标", "群众获得感", "显著增强", "达成预期指标"),
    ("社会效益指标", "每万人拥有座位数", "≥35座", "36座"),
    ("生态效益指标", "PM2.5年均浓度", "≤35微克/立方米", "31微克/立方米"),
    ("生态效益指标", "环境影响", "无不良影响", "无不良影响"),
    ("生态效益指标", "垃圾无害化处理率", "100%", "100.00%"),
    ("生态效益指标", "单位产值能耗下降率", "≥3%", "3.6%"),
    ("可持续影响指标", "长效管护机制", "健全", "健全"),
    ("可持续影响指标", "服务持续年限", "长期", "长期"),
    ("可持续影响指标", "设备使用年限", "≥5年", "8年"),
    ("可持续影响指标", "管理制度数", "3项", "3项"),
)
"""Targets of kinds that need care: 二级指标, name, target, actual; each is met."""


@dataclass
class Filing:
    """Forms of one department as data, and what they are about."""

    name: str
    year: int
    department: str
    papers: list[Paper]
    seed: int = 0
    traits: list[str] = field(default_factory=list)
    profile: Profile = DEFAULT

    def copy(self) -> Filing:
        """Another to change: fields are told by identity, so only what holds values is copied."""
        papers = [
            replace(paper, values=dict(paper.values), rows=[dict(row) for row in paper.rows]) for paper in self.papers
        ]
        return replace(self, papers=papers)

    def papers_of(self, form: str) -> list[Paper]:
        """Its forms of one kind."""
        return [paper for paper in self.papers if paper.form == form]


def clean_filing() -> Filing:
    """That of the sample without a fault."""
    return Filing(clean.BUREAU, clean.YEAR, clean.BUREAU, clean.papers())


def rounded(value: float, digits: int = 2) -> float:
    """Rounded half up, as a clerk does."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def shown(value: float, decimals: int = 2) -> str:
    """A number as typed: no trailing zeros."""
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Clerk:
    """Fills in forms honestly, from a seed."""

    def __init__(self, seed: int, *, year: int = 2023, projects: int | None = None, profile: Profile = DEFAULT) -> None:
        """Settle what kind of department it is."""
        self.rng = random.Random(seed)
        self.seed, self.year, self.profile = seed, year, profile
        self.theme: Theme = THEMES[seed % len(THEMES)]
        self.department = self._named(self.rng.choice(PLACES) + self.theme.department)
        wanted = self.rng.choice((0, 1, 1, 2, 2, 2, 3, 4, 6)) if projects is None else projects
        self.works = self._works(wanted)
        self.traits: list[str] = []

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def money(self, low: float, high: float) -> float:
        """An amount in 万元, of two decimals, often a round one."""
        value = self.rng.uniform(low, high)
        return rounded(value, self.rng.choice((0, 0, 1, 2, 2)))

    def _named(self, name: str) -> str:
        if self.chance(0.1):
            return f"{name}（本级）"
        return name

    def _works(self, wanted: int) -> list[Work]:
        works = list(self.theme.works)
        self.rng.shuffle(works)
        other = [work for theme in THEMES if theme is not self.theme for work in theme.works]
        self.rng.shuffle(other)
        return (works + other)[:wanted]

    # --- indicators ---------------------------------------------------------------------------

    def counted(self, part: str, count: Count, kind: str | None = None) -> tuple[Row, str, str]:
        """A counted indicator, and its target and actual as a narrative says them."""
        kind = kind or self.rng.choices(("met", "exact", "over", "short"), (6, 2, 1, 1))[0]
        target = self._round_target(count)
        share = {"met": self.rng.uniform(1.005, 1.2), "exact": 1.0, "over": self.rng.uniform(1.4, 2.0)}
        actual = rounded(target * share.get(kind, self.rng.uniform(0.7, 0.98)), count.decimals)
        if kind == "short" and not 0 < actual < target:
            actual, kind = target, "exact"
        amounts = shown(target, count.decimals) + count.unit, shown(actual, count.decimals) + count.unit
        row: Row = {"二级指标": part, "三级指标": count.name}
        row["年度指标值"] = self._target(amounts[0])
        row["实际完成值"] = self._converted(actual, count) if self.chance(0.12) else amounts[1]
        row["share"] = actual / target if kind == "short" else 1.0
        if kind == "short":
            row["偏差原因分析及改进措施"] = self.rng.choice(REASONS)
        elif kind == "over" and self.chance(0.7):
            row["偏差原因分析及改进措施"] = EXPLAINED
        return row, *amounts

    def _round_target(self, count: Count) -> float:
        value = self.rng.uniform(count.low, count.high)
        if count.decimals == 0 and value > 500:
            value = round(value, -2)
        return max(rounded(value, count.decimals), 10.0**-count.decimals)

    def _target(self, amount: str) -> str:
        form = self.rng.choices(("≥{}", "{}", "不少于{}", "{}以上", "＞={}", "≧{}"), (8, 5, 1, 1, 0, 0))[0]
        return form.format(amount)

    def _converted(self, actual: float, count: Count) -> str:
        other = {
            "万元": ("元", 10_000.0, 0),
            "亿元": ("万元", 10_000.0, 2),
            "公里": ("米", 1000.0, 0),
            "吨": ("公斤", 1000.0, 0),
            "万人": ("人", 10_000.0, 0),
        }.get(count.unit)
        if other is None:
            return shown(actual, count.decimals) + count.unit
        self.traits.append("单位换算")
        return shown(actual * other[1], other[2]) + other[0]

    def percent(self, part: str, name: str, *, low: int = 85) -> Row:
        """A rate that was met."""
        target = self.rng.choice((100, 95, 98, 90, low))
        actual = 100.0 if target == 100 else rounded(self.rng.uniform(target, 100), self.rng.choice((0, 1, 2)))
        form = "{}%" if target == 100 else self.rng.choice(("≥{}%", "≥{}%", "{}%", "{}%以上", "≥{}%以上"))
        return {
            "二级指标": part,
            "三级指标": name,
            "年度指标值": form.format(target),
            "实际完成值": f"{shown(max(actual, float(target)))}%",
        }

    def odd(self, part: str, used: set[str]) -> Row | None:
        """An indicator of a kind that needs care, not used before."""
        choice = [line for line in ODD_INDICATORS if line[0] == part and line[1] not in used]
        if not choice:
            return None
        _, name, target, actual = self.rng.choice(choice)
        used.add(name)
        return {"二级指标": part, "三级指标": name, "年度指标值": target, "实际完成值": actual}

    def points(self) -> list[float]:
        """What each 一级指标 weighs; where the profile leaves that to the department, what it made of it."""
        each = [self.profile[group.weight.name] for group in review.GROUPS]
        if not any(map(isnan, each)):
            return each
        pleased, benefit = self.rng.choice((5, 10)), self.rng.choice((20, 30, 35))
        return [self.profile["indicator_weight"] - benefit - pleased, benefit, pleased]

    def weighed(self, *groups: list[Row]) -> list[Row]:
        """Weights that add up to what each 一级指标 has, and the scores they earn."""
        rows = []
        for members, points in zip(groups, self.points(), strict=True):
            for row, weight in zip(members, self._split(points, len(members)), strict=True):
                share = row.pop("share", 1.0)
                row["分值"] = weight
                row["得分"] = weight if share >= 1 else rounded(weight * share)
                rows.append(row)
        return rows

    def _split(self, points: float, count: int) -> list[float]:
        half = 2 if count > points / 2 or self.chance(0.1) else 1
        units = int(points * half)
        cuts = sorted(self.rng.sample(range(1, units), count - 1)) if count > 1 else []
        sizes = [stop - start for start, stop in zip([0, *cuts], [*cuts, units], strict=True)]
        if max(sizes) > units * 0.7 and count > 2:
            sizes = [units // count] * count
            sizes[0] += units - sum(sizes)
        return [size / half for size in sizes]

    # --- forms --------------------------------------------------------------------------------

    def filing(self) -> Filing:
        """All forms of the department."""
        self.foot = self._foot()
        funds = [self._project_funds(index) for index in range(len(self.works))]
        names = self._project_names()
        forms = [
            self._project(name, work, fund, index)
            for index, (name, work, fund) in enumerate(zip(names, self.works, funds, strict=True))
        ]
        base, whole = self._department(names, funds)
        papers = [base, whole, *forms]
        name, traits = f"{self.department}_{self.seed}", sorted(set(self.traits))
        return Filing(name, self.year, self.department, papers, self.seed, traits, self.profile)

    def _foot(self) -> dict[Field, Any]:
        day = date(self.year + 1, self.rng.randint(1, 6), self.rng.randint(1, 28))
        filed: Any = day
        if self.chance(0.3):
            filed = self.rng.choice(
                (f"{day:%Y}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{day:%Y.%m.%d}", f"{day:%Y/%m/%d}")
            )
        name = self.rng.choice(("某某", "张三", "欧阳某某", "李某（办公室）"))
        phone = self.rng.choice(("0000000", "0730-0000000", "13800000000", "0000000转801"))
        return {foot.filler: name, foot.filed_on: filed, foot.phone: phone, foot.signature: "某某某"}

    def _project_names(self) -> list[str]:
        names = []
        for work in self.works:
            name = work.name
            if self.chance(0.15):
                name = self.rng.choice(("{}（第二批）", "2023年{}项目", "{}专项经费", "中央财政{}补助资金")).format(
                    name
                )
            names.append(name)
        return names

    def _project_funds(self, index: int) -> dict[str, tuple[float, float, float]]:
        """Amounts of 当年财政拨款, 上年结转资金, 其他资金: 年初, 全年, 执行."""
        if index and self.chance(0.05):
            self.traits.append("无资金的项目")
            return dict.fromkeys(("appropriation", "carried_over", "other_funds"), (0.0, 0.0, 0.0))
        initial = self.money(30, 2500)
        change = self.rng.choice((1.0, 1.0, 1.0, self.rng.uniform(1.02, 1.15), self.rng.uniform(0.8, 0.98)))
        budget = rounded(initial * change)
        carried, other = 0.0, 0.0
        if self.chance(0.2):
            self.traits.append("上年结转")
            carried = rounded(initial * self.rng.uniform(0.02, 0.08))
        if self.chance(0.15):
            other = rounded(initial * self.rng.uniform(0.02, 0.05))
        done = self.rng.choice((1.0, 1.0, self.rng.uniform(0.9, 0.999), self.rng.uniform(0.9, 0.999)))
        return {
            "appropriation": (initial, budget, rounded(budget * done)),
            "carried_over": (0.0, carried, carried),
            "other_funds": (other, other, rounded(other * done)),
        }

    def _project(self, name: str, work: Work, funds: dict[str, tuple[float, float, float]], index: int) -> Paper:
        initial, _budget, executed = (rounded(sum(line[at] for line in funds.values())) for at in range(3))
        unit = self.department
        if self.chance(0.2):
            self.traits.append("下属单位实施")
            unit = self.department.partition("（")[0].removesuffix("局") + self.rng.choice(
                ("服务中心", "事务所", "执法大队")
            )
        values: dict[Field, Any] = {
            p.name: name,
            p.supervisor: self.department,
            p.implementer: unit,
            **self.foot,
        }
        for line, key in zip(p.breakdown, funds, strict=True):
            amounts = funds[key]
            blank = not any(amounts) and self.chance(0.4) and key != "appropriation"
            values |= dict.fromkeys(line.amounts) if blank else dict(zip(line.amounts, amounts, strict=True))
        rows, counted = self._project_rows(work, initial, executed, index)
        values[review.goal], values[review.achievement] = self._goals(work, counted)
        return Paper("附件3", values, rows, project=name)

    def _project_rows(
        self, work: Work, initial: float, executed: float, index: int
    ) -> tuple[list[Row], list[tuple[Count, str, str]]]:
        used: set[str] = set()
        counted: list[tuple[Count, str, str]] = []
        output: list[Row] = []
        for count in work.outputs:
            row, target, actual = self.counted("数量指标", count)
            counted.append((count, target, actual))
            output.append(row)
        output.append(self.percent("质量指标", work.quality))
        self._add(output, "数量指标", used, 0.3)
        self._add(output, "质量指标", used, 0.4)
        if not self._add(output, "时效指标", used, 0.6):
            output.append(self.percent("时效指标", self.rng.choice(("任务按期完成率", "完工及时率", "资金拨付及时率"))))
        if initial and self.chance(0.7):
            output.append(self._total_cost(initial, executed))
        else:
            self._add(output, "成本指标", used, 1.0)
        benefit = [self.counted("经济效益指标", work.benefit)[0], self.counted("社会效益指标", work.people)[0]]
        for part in ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"):
            self._add(benefit, part, used, 0.45)
        pleased = [self.percent("服务对象满意度指标", f"{work.whose}满意度" + ("" if not index else f"（{index}）"))]
        if self.chance(0.2):
            pleased.append(self.percent("服务对象满意度指标", "主管部门满意度"))
        return self.weighed(output, benefit, pleased), counted

    def _add(self, rows: list[Row], part: str, used: set[str], share: float) -> bool:
        row = self.odd(part, used) if self.chance(share) else None
        if row is not None:
            rows.append(row)
        return row is not None

    def _total_cost(self, initial: float, executed: float) -> Row:
        """The cost of a project is its budget, which a rise in the year may leave behind."""
        limit = max(initial, executed)
        form = self.rng.choice(("≤{}万元", "{}万元", "不超过{}万元", "{}万元以内"))
        actual = f"{shown(executed)}万元"
        if self.chance(0.15):
            actual = f"{shown(executed * 10_000, 0)}元"
        return {
            "二级指标": "成本指标",
            "三级指标": self.rng.choice(("项目总成本", "项目预算控制数", "成本控制数")),
            "年度指标值": form.format(shown(limit)),
            "实际完成值": actual,
        }

    def _goals(self, work: Work, counted: Sequence[tuple[Count, str, str]]) -> tuple[str, str]:
        goals, answers = [work.goal.format(n=counted[0][1])], [work.answer.format(m=counted[0][2])]
        for count, target, actual in counted[1:]:
            goals.append(f"{count.name}{target}")
            answers.append(f"{count.name}{actual}")
        goals.append(work.named[0])
        answers.append(work.named[1])
        return self._text(goals), self._text(answers)

    def _text(self, points: Sequence[str]) -> str:
        style = self.rng.choice(("（{}）{}。\n", "{}.{}。\n", "{}、{}。\n", "{}. {}；", "{1}。"))
        text = "".join(style.format(number, point) for number, point in enumerate(points, 1))
        return text.strip().removesuffix("；") + ("。" if style.endswith("；") else "")

    def _department(
        self, names: Sequence[str], funds: Sequence[dict[str, tuple[float, float, float]]]
    ) -> tuple[Paper, Paper]:
        sums = [[rounded(sum(line[at] for line in fund.values())) for at in range(3)] for fund in funds]
        before = self.money(150, 3000)
        basic_budget = rounded(
            before * self.rng.choice((1.0, self.rng.uniform(1.0, 1.09), self.rng.uniform(0.93, 1.0)))
        )
        basic = rounded(basic_budget * self.rng.choice((1.0, self.rng.uniform(0.97, 1.0))))
        initial = rounded(before + sum(amounts[0] for amounts in sums))
        budget = rounded(basic_budget + sum(amounts[1] for amounts in sums))
        executed = rounded(basic + sum(amounts[2] for amounts in sums))
        projects = rounded(sum(amounts[2] for amounts in sums))
        base = self._base_data(names, sums, before, basic, executed)
        fund = rounded(budget * 0.1) if self.chance(0.3) else 0.0
        other = rounded(budget * 0.03) if self.chance(0.3) else 0.0
        values: dict[Field, Any] = {
            self_review.department: self.department,
            **dict(zip(self_review.year.amounts, (initial, budget, executed), strict=True)),
            self_review.general_budget: rounded(budget - fund - other),
            self_review.fund_budget: fund or self._nothing(),
            self_review.special_account: self._nothing(),
            self_review.other_income: other or self._nothing(),
            self_review.basic_spending: basic,
            self_review.project_spending: projects if sums else self._nothing(),
            **self.foot,
        }
        rows, goal, answer = self._whole_rows(initial, executed)
        values[review.goal], values[review.achievement] = goal, answer
        return base, Paper("附件2", values, rows)

    def _nothing(self) -> float | str | None:
        """Nothing to report, as offices write it."""
        return self.rng.choice((0.0, 0.0, 0.0, None, "无", "——", "/"))

    def _base_data(
        self, names: Sequence[str], sums: Sequence[Sequence[float]], before: float, basic: float, executed: float
    ) -> Paper:
        posts = self.rng.randint(6, 300)
        values: dict[Field, Any] = {
            b.unit: self.department,
            b.posts: posts,
            b.staff: posts - self.rng.randint(0, posts // 8),
            **self._three_public(),
            **self._running(basic),
            **self._procurement(executed),
            b.adjustment_before: before,
            b.adjustment_after: basic,
            b.thrift: "严格执行公务接待和公务用车管理办法，会议培训从严控制，办公用品集中采购，压减一般性支出。"
            * self.rng.choice((1, 1, 3)),
            **self.foot,
        }
        if self.chance(0.2):
            self.traits.append("楼堂馆所")
            area, cost = self.money(500, 5000), self.money(100, 900)
            values |= {b.approved_area: area, b.actual_area: area, b.planned_investment: cost}
            values[b.actual_investment] = rounded(cost * self.rng.choice((1.0, 0.97)))
        rows: list[Row] = []
        for name, amounts in zip(names, sums, strict=True):
            last = self.rng.choice((None, 0.0, rounded(amounts[2] * self.rng.uniform(0.6, 1.4))))
            rows.append({"项目名称": name, "上年决算数": last, "本年预算数": amounts[0], "本年决算数": amounts[2]})
        return Paper("附件1", values, rows)

    def _three_public(self) -> dict[Field, Any]:
        values: dict[Field, Any] = {}
        if self.chance(0.1):
            self.traits.append("无三公经费")
            for line in (b.vehicle_purchase, b.vehicle_running, b.abroad, b.reception):
                values |= {amount: self._nothing() for amount in line}
            return values
        for line, most in ((b.vehicle_running, 20), (b.reception, 15)):
            last = self.money(0.5, most)
            budget = rounded(last * self.rng.uniform(0.9, 1.0))
            values |= dict(zip(line, (last, budget, rounded(budget * self.rng.uniform(0.8, 0.99))), strict=True))
        for line in (b.vehicle_purchase, b.abroad):
            values |= {amount: self._nothing() for amount in line}
        return values

    def _running(self, basic: float) -> dict[Field, Any]:
        budget = rounded(basic * self.rng.uniform(0.08, 0.25))
        whole = (rounded(budget * self.rng.uniform(0.9, 1.2)), budget, rounded(budget * self.rng.uniform(0.9, 1.0)))
        values: dict[Field, Any] = dict(zip(b.running, whole, strict=True))
        for line, share in ((b.office, 0.3), (b.utilities, 0.2), (b.meetings, 0.08)):
            values |= {amount: rounded(of * share) for amount, of in zip(line, whole, strict=True)}
        return values

    def _procurement(self, executed: float) -> dict[Field, Any]:
        if self.chance(0.2):
            return {
                b.procurement_budget: self.rng.choice((0.0, "无")),
                b.procurement_actual: self.rng.choice((0.0, "无")),
            }
        budget = rounded(executed * self.rng.uniform(0.02, 0.1))
        return {b.procurement_budget: budget, b.procurement_actual: rounded(budget * self.rng.uniform(0.97, 1.0))}

    def _whole_rows(self, initial: float, executed: float) -> tuple[list[Row], str, str]:
        used: set[str] = set()
        goals, answers, output, benefit = [], [], [], []
        # Counts of the department are told from those of its projects by their names.
        works = self.works or list(self.theme.works)
        for number, work in enumerate(works[:3]):
            count = work.outputs[0]
            row, target, actual = self.counted("数量指标", Count(f"全年{count.name}", *_rest(count)))
            output.append(row)
            goals.append(work.goal.format(n=target))
            answers.append(work.answer.format(m=actual))
            if not number:
                benefit.append(self.counted("经济效益指标", Count(f"全县{work.benefit.name}", *_rest(work.benefit)))[0])
                benefit.append(self.counted("社会效益指标", Count(f"全县{work.people.name}", *_rest(work.people)))[0])
        goals.append(self.theme.policy[0])
        answers.append(self.theme.policy[1])
        if self.chance(0.25):
            self.traits.append("换言之")
            goal, answer = self.rng.choice(IN_OTHER_WORDS)
            goals.append(goal.removesuffix("。"))
            answers.append(answer.removesuffix("。"))
        output.append(self.percent("质量指标", "重点工作完成率"))
        self._add(output, "质量指标", used, 0.3)
        if not self._add(output, "时效指标", used, 0.5):
            output.append(self.percent("时效指标", "重点任务按期完成率"))
        if initial >= executed and self.chance(0.5):
            row = {"二级指标": "成本指标", "三级指标": self.rng.choice(("预算控制数", "部门预算控制数", "总成本"))}
            output.append(row | {"年度指标值": f"{shown(initial)}万元", "实际完成值": f"{shown(executed)}万元"})
        else:
            self._add(output, "成本指标", used, 1.0)
        for part in ("社会效益指标", "生态效益指标", "可持续影响指标"):
            self._add(benefit, part, used, 0.6)
        pleased = [
            self.percent("服务对象满意度指标", self.rng.choice(("群众满意度", "服务对象满意度", "社会公众满意度")))
        ]
        rows = self.weighed(output, benefit, pleased)
        answer = self._text(answers)
        if self.chance(0.25):
            self.traits.append("另有说明")
            answer += "\n" + self.rng.choice(NOT_OF_AN_INDICATOR)
        return rows, self._text(goals), answer


def _rest(count: Count) -> tuple[str, float, float, int]:
    return count.unit, count.low, count.high, count.decimals
