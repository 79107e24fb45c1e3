"""Random forms as departments fill them in: blanks, edges of rounding and tolerance, texts, overtyped formulas."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from xltool.expr.nodes import Field, Kind
from xltool.forms import FORMS, base_data, foot, project, review, self_review
from xltool.params import DEFAULT
from xltool.template.filling import RowValues, indicator_columns, project_columns

if TYPE_CHECKING:
    from xltool.forms.model import Form

Content = float | str | date | None

UNREADABLE = ("待定", "见附表", "未发生", "无", "/", "——")
"""Texts in number cells that neither a spreadsheet nor the reader takes for a number."""
SPACES = (" ", "\u3000", "  \u3000")
OFFSETS = (0.01, 0.02, 0.03, -0.01, -0.02, -0.03, 0.005, 0.05, 0.000001)
RATIOS = (1.3, 1.31, 0.7, 0.69, 1.05, 1.06, 0.95, 0.94, 1.1, 1.11, 1.2, 1.00005, 1.0001, 10000, 5000, 20000)
RATES: tuple[Content, ...] = (None, 0.0, 0.5, 1.0, 1.25, 0.862, "待定", "无")
NAMES = ("培训人次", "培训人次", "培训人次", "运行成本控制率", "群众满意度", "税收收入")
TARGETS = (
    "≥15人次",
    ">=15人次",
    "15人次",
    *["≤15 人次"] * 4,
    "0人次",
    "15人次左右",
    *["12.5%"] * 2,
    "达成",
    "10—15人次",
)
ACTUALS = (
    "17人次",
    "15人次",
    "10人次",
    "9.5人次",
    "0人次",
    "25人次",
    "≥17人次",
    "12%",
    *["105%"] * 3,
    "部分达成",
    "未达成",
    "达成指标",
)
HALVES = (172.5, 20.1, 53.5, 100.1, 53.7, 7.3)
"""Of 200, what earns a score of 10 points that ends in a half cent: 8.625, 1.005, 2.675 …"""
YEAR = 2023
DATES: tuple[Content, ...] = (date(2024, 6, 12), date(2023, 12, 31), date(2024, 1, 1), date(2023, 6, 12))


_LINES = (base_data.abroad, base_data.reception, base_data.running, *base_data.running_lines)


@dataclass
class Pen:
    """One department's hand: a source of chance, a few amounts it likes, how careless it is."""

    chance: random.Random
    careless: float
    amounts: list[float] = field(init=False)
    wording: random.Random = field(init=False)
    """Chance for targets and actual values, which leaves the amounts as they are."""

    def __post_init__(self) -> None:
        self.amounts = [100.0, *(round(self.chance.uniform(0.5, 600), self.chance.choice((1, 2))) for _ in range(3))]
        self.wording = random.Random(int(100 * self.amounts[1]))  # noqa: S311 - chance, not a secret

    def flips(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.chance.random() < share

    def amount(self) -> Content:
        """Money or area: equal pairs, pairs at the edge of a tolerance, zeros, blanks, and what else is typed."""
        if self.flips(self.careless):
            return self.chance.choice(
                (None, None, 0.0, self.negative(), self.negative(), self.huge(), *UNREADABLE[:4], *SPACES[:2])
            )
        known = self.chance.choice(self.amounts)
        return self.chance.choice(
            (known, known, known, self.beside(known), round(known * self.chance.choice(RATIOS), 6))
        )

    def beside(self, known: float) -> float:
        """Another amount a tolerance away."""
        return round(known + self.chance.choice(OFFSETS), 6)

    def huge(self) -> float:
        """An amount up to a thousand million 万元, with its cents."""
        return round(self.chance.uniform(1e6, 1e9), 2)

    def negative(self) -> float:
        """A negative amount."""
        return -round(self.chance.uniform(0.01, 300), 2)

    def count(self) -> Content:
        """Number of people."""
        if self.flips(self.careless):
            return self.chance.choice((None, 0.0, 12.5, -1.0, *UNREADABLE))
        return float(self.chance.choice((12, 12, 15, 3, 7)))

    def text(self, *, spaces: bool = True) -> Content:
        """A text, a mark, spaces or nothing."""
        if self.flips(self.careless):
            typed: tuple[Content, ...] = (None, None, "无", *(SPACES if spaces else ()))
            return self.chance.choice(typed)
        return self.chance.choice(("某某", "某局", "按计划完成"))

    def value(self, kind: Kind) -> Content:
        """What is typed into a cell outside tables."""
        if kind in {Kind.MONEY, Kind.AREA}:
            return self.amount()
        if kind is Kind.COUNT:
            return self.count()
        if kind is Kind.DATE:
            return None if self.flips(self.careless) else self.chance.choice(DATES)
        return self.text()

    def overtyped(self, kind: Kind) -> Content:
        """What is typed over a formula, or nothing where it is cleared."""
        if kind is Kind.RATE:
            return self.chance.choice(RATES)
        return self.chance.choice((None, 0.0, *self.amounts, self.beside(self.amounts[0]), "待定", "/"))

    def points(self) -> Content:
        """Weight of an indicator."""
        if self.flips(self.careless):
            return self.chance.choice((None, 0.0, -1.0, "待定", "无", 3.335))
        return self.chance.choice((2.0, 3.0, 5.0, 10.0, 2.5, 4.335))

    def earned(self, weight: Content) -> Content:
        """Score of an indicator: at the weight, a little beside it, or anything."""
        if self.flips(self.careless) or not isinstance(weight, float):
            return self.chance.choice((None, 0.0, -0.5, 5.0, "待定", "无"))
        return self.chance.choice((weight, weight, weight, round(weight * 0.863, 3), weight + 0.01, weight - 0.01, 0.0))


@dataclass(frozen=True)
class FilledForm:
    """A form and what stands in it."""

    form: Form
    prefill: dict[Field, Any]
    retyped: dict[Field, float] = field(default_factory=dict)
    """Numbers the form prints, changed in spite of the lock."""


def fillings(seed: int, count: int, per_part: int) -> list[FilledForm]:
    """That many fillings of each form, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    filled = []
    for turn in range(seed * count, (seed + 1) * count):
        for form in FORMS.values():
            pen = Pen(chance, chance.choice((0.0, 0.05, 0.2, 0.5, 0.95)))
            presets = [item for item in form.fields.values() if item.preset is not None]
            retyped = dict.fromkeys(presets, 20.0) if pen.flips(0.15) else {}
            filled.append(FilledForm(form, _filled(form, pen, turn, per_part), retyped))
    return filled


def _filled(form: Form, pen: Pen, turn: int, per_part: int) -> dict[Field, Any]:
    values: dict[Field, Any] = {item: pen.value(item.kind) for item in form.fields.values() if item.is_input}
    share = (0.0, 0.1, 0.5)[turn % 3]
    values |= {
        item: pen.overtyped(item.kind) for item in form.fields.values() if item.formula is not None and pen.flips(share)
    }
    for item in pen.chance.sample([item for item in values if item.kind is Kind.MONEY and item.table is None], 4):
        values[item] = pen.chance.choice((values[item], values[item], None, pen.negative(), pen.huge()))
    _sweep(form, pen, turn, values)
    if form is base_data.FORM:
        negative = {base_data.projects.inputs[1 + turn % 3].key: pen.negative()}
        rows = [*(_project(pen) for _ in range(pen.chance.randint(0, 4))), negative][: turn % 7]
        values |= project_columns([*rows[:-1], *_projects_in_yuan(turn)] if len(rows) > 1 else rows)
        cases = _cases_of_base_data(pen)
    else:
        values |= indicator_columns(_with_seldom(_indicators(pen, per_part), turn), per_part)
        cases = _cases_of_project(pen, turn) if form is project.FORM else _cases_of_review(pen)
    values |= cases[turn % len(cases)]
    inputs = [item for item in form.fields.values() if item.is_input and item.kind is Kind.MONEY]
    values |= {inputs[turn % len(inputs)]: "见附表"} if turn % 4 == 3 else {}
    if form is not base_data.FORM:
        values |= _seldom_in_reviews(form, turn)
    if pen.flips(0.2):
        values |= {item: pen.text() for item in (foot.filler, foot.phone, foot.signature)}
    return values


def _sweep(form: Form, pen: Pen, turn: int, values: dict[Field, Any]) -> None:
    """Set a few cells on purpose, others on each turn, so that no cell is left out in thirty turns."""
    cells = [item for item in form.fields.values() if item.kind in {Kind.MONEY, Kind.AREA}]
    inputs = [item for item in cells if item.is_input]
    values |= dict.fromkeys(inputs[(turn + 3) % 10 :: 10], "见附表")
    values |= {item: pen.negative() for item in inputs[turn % 10 :: 10]}
    values |= dict.fromkeys(cells[(turn + 5) % 10 :: 10])
    if form is base_data.FORM:
        item = _LINES[turn % len(_LINES)]
        values |= {item.last: pen.amounts[0], item.actual: (None, pen.huge(), 1e6)[turn // len(_LINES) % 3]}
        whole = (*base_data.three_public, *base_data.vehicles, *base_data.project_spending)[turn % 9]
        values[whole] = None


def _seldom_in_reviews(form: Form, turn: int) -> dict[Field, Any]:
    """On some turns an amount of each line of money in 元, or a negative amount."""
    lines = project.breakdown if form is project.FORM else (self_review.year,)
    if turn % 10 == 0:
        chosen = [line.amounts[(turn // 10 + at) % 3] for at, line in enumerate(lines)]
        large = round(26.5 * (10000, 5001, 19999)[turn // 10 % 3], 2)
        return {amount: 26.5 for line in lines for amount in line.amounts} | dict.fromkeys(chosen, large)
    return {lines[0].amounts[turn // 10 % 3]: -26.5} if turn % 10 == 8 else {}


def _project(pen: Pen) -> RowValues:
    if pen.flips(0.15):
        return {}
    name = None if pen.flips(0.2) else pen.chance.choice(("产业开发专项", "河道治理"))
    if pen.flips(0.15):
        return {base_data.project_name.key: name}
    amounts = {item.key: _flat(pen.amount()) for item in base_data.projects.inputs[1:]}
    return {base_data.project_name.key: name, **amounts}


def _projects_in_yuan(turn: int) -> list[RowValues]:
    """A project whose amount of one or two years is in 元, or larger than is credible; none on some turns."""
    columns = [item.key for item in base_data.projects.inputs[1:]]
    large = round(26.5 * (10000, 5001, 19999, 4999)[turn // 4 % 4], 2)
    row: dict[str, float | str | None] = dict.fromkeys(columns, 26.5)
    at = columns[turn // 4 % 3]
    if turn % 4 == 0:
        row |= dict.fromkeys(columns[1:], large)
    else:
        row[at] = large if turn % 4 == 1 else 1e6 + (0.01, 0)[turn // 12 % 2]
    return [] if turn % 4 == 3 else [row]


def _flat(value: Content) -> float | str | None:
    """Table cells hold no dates; cells of spaces only stay blank, for arrays cannot trim."""
    return None if isinstance(value, date) or (isinstance(value, str) and not value.strip()) else value


def _indicators(pen: Pen, per_part: int) -> list[RowValues]:
    """Rows of the indicator table; now and then the weights of each group are as the form wants them."""
    exact, gap = pen.flips(0.3), pen.chance.choice((0.0, 0.0, 0.01, 0.02, -0.01))
    rows: list[RowValues] = []
    for group in review.GROUPS:
        names = [part for part in group.parts for _ in range(pen.chance.randint(1 if exact else 0, per_part))]
        points = DEFAULT[group.weight.name]
        share = points // len(names) if exact else 0
        for number, part in enumerate(names):
            last = exact and number == len(names) - 1
            rest = points - share * (len(names) - 1) + gap
            weight = (rest if last else float(share)) if exact else _flat(pen.points())
            rows.append({review.part.key: part} if not exact and pen.flips(0.1) else _indicator(pen, part, weight))
    return rows


SELDOM = (
    ("数量指标", "设备完好率", "≥100%", "100%"),
    ("数量指标", "群众评分", "100分", "100分"),
    ("成本指标", "预算控制数", "≤100万元", "100万元"),
    ("成本指标", "总成本", "99.5万元", "99万元"),
    ("数量指标", "产值增长率", "≥105%", "106%"),
    ("数量指标", "培育企业6家", "≥5家", "7家"),
    ("数量指标", "培育企业 5家", "5家", "5家"),
)
"""Rows of the indicator table that chance alone seldom makes: 二级指标, name, target and actual value."""


def _with_seldom(rows: list[RowValues], turn: int) -> list[RowValues]:
    """The rows, with the first of a 二级指标 as one of `SELDOM` has it, another on each turn."""
    part, *texts = SELDOM[turn % len(SELDOM)]
    at = next((at for at, row in enumerate(rows) if row[review.part.key] == part), None)
    if at is not None:
        columns = (review.indicator.key, review.target_value.key, review.actual_value.key)
        rows[at] = {**rows[at], **dict(zip(columns, texts, strict=True))}
    return rows


def _indicator(pen: Pen, part: str, weight: float | str | None) -> RowValues:
    return {
        review.part.key: part,
        review.indicator.key: None if pen.flips(0.1) else pen.wording.choice(NAMES),
        review.target_value.key: None if pen.flips(pen.careless) else pen.wording.choice(TARGETS),
        review.actual_value.key: None if pen.flips(pen.careless) else pen.wording.choice(ACTUALS),
        review.weight.key: weight,
        review.score.key: _flat(pen.earned(weight)),
        review.reason.key: _flat(pen.text(spaces=False)) if pen.flips(0.4) else None,
    }


def _cases_of_base_data(pen: Pen) -> tuple[dict[Field, Any], ...]:
    """Cases of 附件1 that chance alone seldom makes."""
    a, b = pen.amounts[:2]
    return (
        {},
        {base_data.posts: 0.0, base_data.control: 1.25},
        {base_data.posts: None, base_data.staff: None, base_data.control: 1.25},
        dict.fromkeys(base_data.three_public, a) | {base_data.vehicles.actual: None},
        {base_data.running.actual: round(a + b, 2), base_data.office.actual: a, base_data.utilities.actual: b},
        {base_data.running.actual: None, base_data.office.actual: b, base_data.running.last: None},
        {base_data.reception.last: a, base_data.reception.actual: round(a * pen.chance.choice((1.3, 1.3001)), 6)},
        {base_data.procurement_budget: a, base_data.procurement_actual: round(a * pen.chance.choice(RATIOS), 6)},
        {base_data.procurement_budget: 100.0, base_data.procurement_actual: 105.0},
        {base_data.approved_area: a, base_data.actual_area: None, base_data.actual_investment: b},
        dict.fromkeys((*base_data.three_public, *base_data.vehicles, *base_data.project_spending)),
        {item.actual: -1.0 for item in (base_data.three_public, base_data.running)},
        dict.fromkeys(base_data.vehicles, 1.0)
        | dict.fromkeys((*base_data.vehicle_purchase, *base_data.vehicle_running), b),
        dict(zip(base_data.project_spending, (1.0, 10000.0, 10000.0), strict=True)),
        dict(zip(base_data.three_public, (1.0, 100.0, 10000.0), strict=True)),
        dict(zip(base_data.project_spending, (a, 100.0, 130.0), strict=True)),
        {item.last: a for item in _LINES}
        | {item.actual: round(a * pen.chance.choice((10000, 5001, 19999)), 2) for item in _LINES},
        {item.actual: pen.huge() for item in (*_LINES, base_data.project_spending)},
    )


def _cases_of_review(pen: Pen) -> tuple[dict[Field, Any], ...]:
    """Cases of 附件2: income and spending that agree with the funds, exactly or at the tolerance."""
    year, amount = self_review.year, pen.chance.choice(pen.amounts)
    budget, executed = round(amount + pen.chance.choice((0, 0, *OFFSETS)), 6), amount
    return (
        {},
        {year.budget: budget, year.executed: executed, self_review.income: pen.beside(amount)},
        {year.budget: budget, year.executed: executed, self_review.income: amount, self_review.spent: budget},
        {year.initial: amount, year.budget: round(amount * pen.chance.choice(RATIOS), 6)},
        {year.budget: pen.chance.choice((0.0, None)), year.executed: executed},
        {year.budget: 0.0, year.executed: executed, year.initial: 0.0},
        {year.budget: 200.0, year.executed: pen.chance.choice(HALVES)},
        {year.initial: 100.0, year.budget: pen.chance.choice((110.0, 110.01, 130.0, 130.01))},
        {year.initial: 100.0, year.budget: 120.0},
    )


def _cases_of_project(pen: Pen, turn: int) -> tuple[dict[Field, Any], ...]:
    """Cases of 附件3: a breakdown in the wrong column, totals typed over or cleared."""
    mine, other = turn // 9 % 3, (turn // 9 + 1) % 3
    amount = pen.chance.choice(pen.amounts)
    parts: dict[Field, Any] = {line.amounts[mine]: None for line in project.breakdown}
    parts[project.breakdown[0].amounts[mine]] = amount
    totals = project.year.amounts
    blank: dict[Field, Any] = {field: None for line in project.breakdown for field in line.amounts}
    return (
        {},
        blank,
        blank | {project.appropriation.initial: amount},
        parts | {totals[mine]: 0.0, totals[other]: round(amount + pen.chance.choice((0, 0.02)), 6)},
        parts | {totals[mine]: round(amount + pen.chance.choice((0.02, 0.03)), 6), totals[other]: amount},
        dict.fromkeys(totals, amount) | {line.amounts[mine]: None for line in project.breakdown},
        {project.year.initial: 0.0, project.year.budget: amount, project.carried_over.budget: "见附表"},
        {project.year.budget: 0.0, project.year.executed: amount},
        {project.year.budget: 200.0, project.year.executed: pen.chance.choice(HALVES)},
        {project.year.budget: pen.chance.choice((0.0, None)), project.year.executed: amount},
    )
