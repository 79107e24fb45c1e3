"""Honest filings from seeds: every number follows from the others, every text could be a careful clerk's.

What varies is what varies in real offices: how many projects, what is blank, how a value is written, what kind of
target an indicator has. None of it is a mistake, so an audit must find nothing of severity error or warning.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from benchmarks.corpus.filing import Filing, Row, rounded, shown
from benchmarks.corpus.indicators import IndicatorClerk
from benchmarks.corpus.themes import IN_OTHER_WORDS, NOT_OF_AN_INDICATOR, THEMES, Count, Theme, Work
from tools.samples.sample import Paper
from xltool.forms import base_data as b
from xltool.forms import foot, review, self_review
from xltool.forms import project as p
from xltool.params import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.expr.nodes import Field
    from xltool.params import Profile

PLACES = ("示范县", "青山区", "临江市", "示范市白沙区", "河口县")


class Clerk(IndicatorClerk):
    """Fills in the forms of one department honestly, from a seed."""

    def __init__(self, seed: int, *, year: int = 2023, projects: int | None = None, profile: Profile = DEFAULT) -> None:
        """Choose the kind of department and its projects."""
        super().__init__(seed, year, profile)
        self.theme: Theme = THEMES[seed % len(THEMES)]
        self.department = self._named(self.rng.choice(PLACES) + self.theme.department)
        wanted = self.rng.choice((0, 1, 1, 2, 2, 2, 3, 4, 6)) if projects is None else projects
        self.works = self._works(wanted)

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
        """A cost indicator: its target is the project's budget, or the spending where the budget rose."""
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
        # The department's counts need names of their own: one name on two forms would have to have one value.
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
