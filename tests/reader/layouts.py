"""Layouts of forms as regions print them, drawn by hypothesis: heads, columns, order, names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.reader.labels.test_labels import SPELLINGS
from tests.support.documents import Form, spread

vary = partial(settings, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


NAMES: Final = {
    "年初预算数": ("年初预算数", "年初预算"),
    "全年预算数": ("全年预算数", "全年预算数（A）", "调整后预算数", "预算数(A)", "全年（调整）预算数"),
    "全年执行数": ("全年执行数", "全年执行数（B）", "预算执行数", "执行数(B)"),
    "分值": ("分值", "权重"),
    "执行率": ("执行率", "执行率（B/A）", "预算执行率"),
    "得分": ("得分", "自评得分"),
    "一级指标": ("一级指标",),
    "二级指标": ("二级指标",),
    "三级指标": ("三级指标", "指标名称"),
    "年度指标值": ("年度指标值", "年初目标值（A）", "指标值", "目标值"),
    "实际完成值": ("实际完成值", "全年完成值", "全年实际值", "完成值"),
    "偏差原因分析及改进措施": (
        "偏差原因分析及改进措施",
        "未完成原因分析",
        "未完成原因和改进措施",
        "未完成原因及拟采取的改进措施",
    ),
    "年度资金总额": ("年度资金总额",),
    "当年财政拨款": ("当年财政拨款", "其中：本年财政拨款", "财政资金", "中央、省、市补助县级资金"),
    "上年结转资金": ("上年结转资金", "上年结转"),
    "其他资金": ("其他资金",),
    "总分": ("总分", "合计", "总计", "自评总分"),
    "项目支出名称": ("项目支出名称", "项目名称"),
    "主管部门": ("主管部门",),
    "实施单位": ("实施单位",),
    "部门名称": ("市级预算部门名称", "省级预算部门名称", "县级预算部门名称"),
    "预期目标": ("预期目标", "年初设定目标"),
    "实际完成情况": ("实际完成情况", "全年实际完成情况"),
    "编制数": ("编制数", "人员编制"),
    "实际在职人数": ("2023年实际在职人数", "实有人数"),
    "控制率": ("控制率", "在职人员控制率"),
    "三公经费": ("三公经费", "“三公”经费"),
    "公务用车购置和维护经费": ("公务用车购置和维护经费", "公务用车购置及运行费"),
    "公车购置": ("其中：公车购置", "公务用车购置"),
    "公车运行维护": ("公车运行维护", "公务用车运行维护费"),
    "出国经费": ("出国经费", "因公出国（境）费"),
    "公务接待": ("公务接待", "公务接待费", "公务招待费"),
    "项目支出": ("项目支出", "项目支出："),
    "公用经费": ("公用经费",),
    "办公经费": ("其中：办公经费", "办公费"),
    "水费电费差旅费": ("水费、电费、差旅费", "水电差旅费"),
    "会议费培训费": ("会议费、培训费",),
    "政府采购金额": ("政府采购金额", "政府采购"),
    "部门基本支出预算调整": ("部门基本支出预算调整", "部门整体支出预算调整"),
    "上年决算数": ("2022年决算数", "上年决算数", "2022年度决算数"),
    "本年预算数": ("2023年预算数", "本年预算数", "2023年度预算数"),
    "本年决算数": ("2023年决算数", "本年决算数", "2023年度决算数"),
    "厉行节约保障措施": ("厉行节约保障措施",),
    "按收入性质分": ("按收入性质分：",),
    "按支出性质分": ("按支出性质分：",),
    "一般公共预算": ("其中：一般公共预算：",),
    "政府性基金拨款": ("政府性基金拨款：", "政府性基金："),
    "纳入专户管理的非税收入拨款": ("纳入专户管理的非税收入拨款：",),
    "基本支出": ("其中：基本支出：",),
}
"""Labels as the domain notes found them (E.2), by what they stand for."""


FUNDS: Final = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")


COLUMNS: Final = (
    "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施",
)  # fmt: skip


PARTS: Final = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("产出指标", "成本指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "服务对象满意度指标"),
)


OPERATORS: Final = {
    ">=": ("≥{}", "≧{}", ">={}", "＞={}", "不少于{}", "{}以上", "大于等于{}"),
    "<=": ("≤{}", "≦{}", "<={}", "不超过{}", "{}以内"),
    "=": ("={}", "＝{}", "﹦{}", "═{}"),
    None: ("{}", " {}", "　{}　"),
}


UNITS: Final = ("个", "家", "万元", "亿元", "%", "座", "人次")


MONEY: Final = ("年初预算数", "全年预算数", "全年执行数")


AMOUNTS: Final = ("{}", "　{}", "{}　", "{:,}", "{}万元", "{}.", " {} ")


POINTS: Final = ("{}", "{}分", "　{}", "{}．")


NO_SPELLING: Final = ("padded", "line breaks", "spaces", "colon", "numbered", "narrow spaces")


@dataclass
class Indicator:
    """A row as data: what is meant, and how it is written."""

    first: str
    second: str
    name: str
    op: str | None
    target: float
    unit: str
    actual: float
    weight: float
    score: float
    reason: str
    texts: tuple[str, str, str, str] = ("", "", "", "")
    """Target, actual, weight and score as written."""


@dataclass
class Layout:
    """How a form is laid out."""

    names: dict[str, str]
    columns: list[str]
    funds: list[str]
    levels: str
    side: bool
    column_gaps: list[int]
    row_gaps: list[int]
    at: tuple[int, int]
    unit: float = 1.0
    amounts: dict[str, float | None] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """A label as this form prints it."""
        return self.names[key]

    def placed(self, form: Form) -> Form:
        """The form with its gaps and its offset."""
        return spread(form, self.column_gaps, self.row_gaps, self.at)


numbers = st.integers(1, 9_999_999).map(lambda cents: cents / 100)


points = st.integers(1, 40).map(float)


@st.composite
def indicators(draw: st.DrawFn) -> list[Indicator]:
    """One to eight rows, in the order of the levels."""
    chosen = sorted(draw(st.lists(st.sampled_from(range(len(PARTS))), min_size=1, max_size=8)))
    return [draw(_indicator(PARTS[part], number)) for number, part in enumerate(chosen, 1)]


@st.composite
def _indicator(draw: st.DrawFn, levels: tuple[str, str], number: int) -> Indicator:
    op = draw(st.sampled_from(list(OPERATORS)))
    unit = draw(st.sampled_from(UNITS))
    # 298.3% is taken for a misread ≥98.3% (T-06), and not read.
    most = 1_500 if unit == "%" else 5_000
    target, actual = (draw(st.integers(1, most)) / 10 for _ in range(2))
    row = Indicator(
        *levels, f"第{'甲乙丙丁戊己庚辛'[number - 1]}号任务", op, target, unit, actual, draw(points), draw(points), ""
    )
    row.reason = draw(st.sampled_from(["", "受汛期影响", "按上级安排调整；\n已于次年补齐"]))
    written = draw(st.sampled_from(OPERATORS[op])).format(f"{target:g}{unit}")
    score, weight = (draw(st.sampled_from(POINTS)).format(f"{value:g}") for value in (row.score, row.weight))
    return replace(row, texts=(written, f"{actual:g}{unit}", weight, score))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Any arrangement of any of the forms."""
    spellings = st.sampled_from([None, None, *NO_SPELLING])
    names = {}
    for key, known in NAMES.items():
        text, spelling = draw(st.sampled_from(known)), draw(spellings)
        names[key] = (
            text if spelling is None or ":" in text or "：" in text or "、" in text else SPELLINGS[spelling](text)
        )
    funds = draw(st.permutations(FUNDS))
    if draw(st.booleans()):
        funds.remove("年初预算数")
    columns = draw(st.permutations(COLUMNS))
    if draw(st.booleans()):
        columns.remove("偏差原因分析及改进措施")
    return Layout(
        names,
        columns,
        funds,
        draw(st.sampled_from(["merged", "first row", "repeated"])),
        draw(st.booleans()),
        draw(st.lists(st.integers(1, 7), max_size=3)),
        draw(st.lists(st.integers(1, 9), max_size=3)),
        (draw(st.integers(0, 4)), draw(st.integers(0, 3))),
        draw(st.sampled_from([1.0, 1.0, 10_000.0])),
    )


@st.composite
def written(draw: st.DrawFn, value: float | None, unit: float) -> str:
    """An amount as it is typed, in 万元 or, by the note of the form, in 元."""
    if value is None:
        return draw(st.sampled_from(["", "　"]))
    if unit != 1:
        amount = round(value * unit)
        return draw(st.sampled_from(["{}", "{:,}", "　{}", "{}元"])).format(amount)
    text = draw(st.sampled_from(AMOUNTS))
    return text.format(value)


amounts = st.one_of(st.none(), numbers)
