"""Indicators of honest filings from a seed: targets, actual values, weights and the scores they earn."""

from __future__ import annotations

import random
from math import isnan
from typing import TYPE_CHECKING

from benchmarks.corpus.filing import Row, rounded, shown
from xltool.forms import review

if TYPE_CHECKING:
    from benchmarks.corpus.themes import Count
    from xltool.params import Profile

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


class IndicatorClerk:
    """The indicator rows of a clerk. Holds the seeded chance that every later choice depends on."""

    def __init__(self, seed: int, year: int, profile: Profile) -> None:
        """Start the chance of this seed."""
        self.rng = random.Random(seed)
        self.seed, self.year, self.profile = seed, year, profile
        self.traits: list[str] = []

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def money(self, low: float, high: float) -> float:
        """An amount in 万元, of two decimals, often a round one."""
        value = self.rng.uniform(low, high)
        return rounded(value, self.rng.choice((0, 0, 1, 2, 2)))

    def counted(self, part: str, count: Count, kind: str | None = None) -> tuple[Row, str, str]:
        """A counted indicator, with its target and actual value as the long texts quote them."""
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
        """The points of each 一级指标; chosen here where the profile leaves them to the department."""
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
