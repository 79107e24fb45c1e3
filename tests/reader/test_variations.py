"""Forms generated in any arrangement: whatever the layout, what is read is what was put in.

The data of a form is drawn first, then a layout that is not ours: columns permuted or missing, labels under other
names and in other spellings, merges or none, empty rows and columns, an offset, numbers in the notations the domain
notes list (E.4, E.5), another unit of money.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reader.test_labels import SPELLINGS, notes, only
from tests.support.documents import Form, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import Submission

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


def head_of(layout: Layout, title: str) -> list[str]:
    """Title and unit note."""
    return [title, *(["单位：元"] if layout.unit != 1 else [])]


def table(form: Form, layout: Layout, rows: Sequence[Indicator]) -> None:
    """The indicator table with its total."""
    start = 1 + layout.side
    at = form.height + 1
    column = {key: start + number for number, key in enumerate(layout.columns)}
    if layout.side:
        form.add(at, ("绩效指标", 1, len(rows) + 1))
    form.add(at, *(layout.name(key) for key in layout.columns), start=start)
    for number, row in enumerate(rows, at + 1):
        target, actual, weight, score = row.texts
        cells = {"三级指标": row.name, "年度指标值": target, "实际完成值": actual, "分值": weight, "得分": score}
        cells["偏差原因分析及改进措施"] = row.reason
        for key, text in cells.items():
            if key in column:
                form.add(number, text, start=column[key])
    for key in ("一级指标", "二级指标"):
        _level(form, layout, rows, (at + 1, column[key]), key)
    below = at + 1 + len(rows)
    form.add(below, layout.name("总分"), start=column["一级指标"])
    form.add(below, f"{sum(row.weight for row in rows):g}", start=column["分值"])
    form.add(below, f"{sum(row.score for row in rows):g}", start=column["得分"])


def _level(form: Form, layout: Layout, rows: Sequence[Indicator], at: tuple[int, int], key: str) -> None:
    """一级 or 二级指标 in its column: merged, in the first row, or on every row."""
    names = [(row.first,) if key == "一级指标" else (row.first, row.second) for row in rows]
    row = at[0]
    for name, same in groupby(names):
        count = len(list(same))
        if layout.levels == "merged":
            form.add(row, (name[-1], 1, count), start=at[1])
        else:
            for number in range(count if layout.levels == "repeated" else 1):
                form.add(row + number, name[-1], start=at[1])
        row += count


def expect_rows(submission: Submission, layout: Layout, rows: Sequence[Indicator]) -> None:
    """Every row as data: levels, texts as filed, numbers as meant."""
    found = [row for row in submission.rows if row.table == "indicators"]
    assert [(row.value("一级指标"), row.value("二级指标"), row.value("三级指标")) for row in found] == [
        (row.first, row.second, row.name) for row in rows
    ]
    for row, wanted in zip(found, rows, strict=True):
        assert (row.value("年度指标值"), row.value("实际完成值")) == (wanted.texts[0].strip(), wanted.texts[1])
        assert (row.value("分值"), row.value("得分")) == (wanted.weight, wanted.score)
        scale = 100 if wanted.unit == "%" else 1
        assert row.target == {
            "op": wanted.op,
            "value": round(wanted.target / scale, 9),
            "unit": wanted.unit,
            "kind": row.target["kind"],
        }
        assert (row.actual["value"], row.actual["unit"]) == (round(wanted.actual / scale, 9), wanted.unit)
        if "偏差原因分析及改进措施" in layout.columns:
            assert row.value("偏差原因分析及改进措施") == (wanted.reason or None)


def nothing_doubtful(submission: Submission) -> None:
    """No cell left over, no column missing, no place guessed, nothing unread."""
    assert [
        (note.rule, note.cell, note.actual) for note in submission.notes if note.rule in {"W-10", "W-20", "W-22"}
    ] == []
    assert [filed for filed in submission.values.values() if filed.state.value == "unparsed"] == []


amounts = st.one_of(st.none(), numbers)
GOAL: Final = "（1）完成加固2座。\n（2）验收。"
DONE: Final = "（1）完成加固2座，已验收。"
Wanted = dict[str, object]


def put_amount(data: st.DataObject, form: Form, layout: Layout, at: tuple[int, int], wide: int = 1) -> float | None:
    """An amount drawn and typed into a cell."""
    value = data.draw(amounts)
    form.add(at[0], (data.draw(written(value, layout.unit)), wide), start=at[1])
    return value


def put_goals(form: Form, layout: Layout, row: int) -> Wanted:
    """The two long texts side by side under their heads."""
    form.add(row, (layout.name("预期目标"), 4), (layout.name("实际完成情况"), 4))
    form.add(row + 1, (GOAL, 4), (DONE, 4))
    return {"预期目标": GOAL, "实际完成情况": DONE}


def put_funds(data: st.DataObject, form: Form, layout: Layout, row: int, lines: Sequence[str]) -> Wanted:
    """Heads of the funds in the order of the layout, the amounts of each line, and the execution score."""
    form.add(row, "项目资金", *(layout.name(key) for key in layout.funds))
    column = {key: number for number, key in enumerate(layout.funds, 2)}
    wanted: Wanted = {}
    for at, line in enumerate(lines, row + 1):
        form.add(at, layout.name(line))
        for key in MONEY:
            if key in column:
                wanted[f"{line}_{key}"] = put_amount(data, form, layout, (at, column[key]))
    form.add(row + 1, data.draw(st.sampled_from(POINTS)).format("10"), start=column["分值"])
    form.add(row + 1, data.draw(st.sampled_from(["95%", "95.00%", "　95%", "95 %"])), start=column["执行率"])
    form.add(row + 1, data.draw(st.sampled_from(POINTS)).format("9.5"), start=column["得分"])
    return wanted | {"年度资金总额_分值": 10, "年度资金总额_执行率": 0.95, "年度资金总额_得分": 9.5}


def expect(submission: Submission, wanted: Wanted) -> None:
    """Every value as it was drawn, none missing."""
    assert {key: submission.value(key) for key in wanted if key in submission.values} == wanted
    assert submission.year == 2023
    nothing_doubtful(submission)


def totals(rows: Sequence[Indicator]) -> Wanted:
    """The total below the rows."""
    return {"总分_分值": sum(row.weight for row in rows), "总分_得分": sum(row.score for row in rows)}


@vary(max_examples=160)
@given(st.data())
def test_project_forms_in_any_arrangement(data: st.DataObject) -> None:
    """附件3: names, funds, goals, indicators, total."""
    layout, rows = data.draw(layouts()), data.draw(indicators())
    names = {"项目支出名称": "小型水库除险加固", "主管部门": "某县水利局", "实施单位": "219001-某镇水利站"}
    form = Form("附件3", head_of(layout, "2023年度项目支出绩效自评表"), 10, foot=["填表人：张三 联系电话：0730-1"])
    form.add(1, layout.name("项目支出名称"), (names["项目支出名称"], 8))
    form.add(2, layout.name("主管部门"), (names["主管部门"], 3), layout.name("实施单位"), (names["实施单位"], 3))
    wanted: Wanted = {**names, "填表人": "张三", "联系电话": "0730-1"}
    wanted |= put_funds(data, form, layout, 3, ("年度资金总额", "当年财政拨款", "上年结转资金", "其他资金"))
    wanted |= put_goals(form, layout, 8)
    table(form, layout, rows)
    one = only(layout.placed(form))
    assert (one.form, one.department) == ("附件3", "某镇水利站")
    expect(one, wanted | totals(rows))
    expect_rows(one, layout, rows)
    assert len(notes(one, "W-11")) == (layout.unit != 1)


NATURES: Final = (
    (("按收入性质分", "收入_合计"), ("按支出性质分", "支出_合计")),
    (("一般公共预算", "收入_一般公共预算"), ("基本支出", "支出_基本支出")),
    (("政府性基金拨款", "收入_政府性基金拨款"), ("项目支出", "支出_项目支出")),
    (("纳入专户管理的非税收入拨款", "收入_纳入专户管理的非税收入拨款"),),
    (("其他资金", "收入_其他资金"),),
)


def put_natures(data: st.DataObject, form: Form, layout: Layout, row: int) -> Wanted:
    """Income on the left, expenditure on the right; label and amount in one cell or side by side."""
    inline, wanted = data.draw(st.booleans()), {}
    for at, halves in enumerate(NATURES, row):
        for (label, key), start in zip(halves, (1, 5), strict=False):
            text = layout.name(label).rstrip("：") + "："
            if inline:
                wanted[key] = data.draw(amounts)
                form.add(at, (text + data.draw(written(wanted[key], layout.unit)), 4), start=start)
            else:
                form.add(at, (text, 3), start=start)
                wanted[key] = put_amount(data, form, layout, (at, start + 3))
    return {**wanted}


@vary(max_examples=100)
@given(st.data())
def test_department_forms_in_any_arrangement(data: st.DataObject) -> None:
    """附件2: funds by nature below the line of totals."""
    layout, rows = data.draw(layouts()), data.draw(indicators())
    form = Form("附件2", head_of(layout, "2023年度部门整体支出绩效自评表"), 10, foot=["填表人：张三"])
    form.add(1, layout.name("部门名称"), ("某县水利局", 8))
    wanted: Wanted = {"部门名称": "某县水利局", "填表人": "张三"}
    wanted |= put_funds(data, form, layout, 2, ("年度资金总额",))
    wanted |= put_natures(data, form, layout, 4)
    wanted |= put_goals(form, layout, 9)
    table(form, layout, rows)
    one = only(layout.placed(form))
    assert one.form == "附件2"
    expect(one, wanted | totals(rows))
    expect_rows(one, layout, rows)


ITEMS: Final = (
    "三公经费", "公务用车购置和维护经费", "公车购置", "公车运行维护", "出国经费", "公务接待", "项目支出", "公用经费",
    "办公经费", "水费电费差旅费", "会议费培训费",
)  # fmt: skip
PROJECTS: Final = {
    "产业开发专项": "产业开发专项",
    "1、水库专项": "水库专项",
    "（2）河道管护": "河道管护",
    "环境整治": "环境整治",
}
"""Names of projects as typed, and without their numbering."""


def put_items(data: st.DataObject, form: Form, layout: Layout, row: int) -> tuple[Wanted, list[Wanted]]:
    """Heads, items in any order with their amounts, and the projects below 项目支出."""
    measures = data.draw(st.permutations(("上年决算数", "本年预算数", "本年决算数")))
    named = data.draw(st.lists(st.sampled_from(sorted(PROJECTS)), unique=True, max_size=4))
    form.add(row, "经费控制情况", *((layout.name(key), 2) for key in measures))
    wanted: Wanted = {}
    projects: list[Wanted] = []
    for item in data.draw(st.permutations(ITEMS)):
        for label in (layout.name(item), *(named if item == "项目支出" else ())):
            row += 1
            form.add(row, label)
            drawn = {
                key: put_amount(data, form, layout, (row, 2 + 2 * number), 2) for number, key in enumerate(measures)
            }
            if label in named:
                projects.append({"项目名称": PROJECTS[label], **drawn})
            else:
                wanted |= {f"{item}_{key}": value for key, value in drawn.items()}
    return wanted, projects


@vary(max_examples=120)
@given(st.data())
def test_base_data_in_any_arrangement(data: st.DataObject) -> None:
    """附件1: items in any order, measures in any order, projects below 项目支出, staff above or below."""
    layout, staff_below = data.draw(layouts()), data.draw(st.booleans())
    form = Form("附件1", head_of(layout, "2023年度部门整体支出绩效评价基础数据表"), 7, foot=["填表人：张三"])
    wanted, projects = put_items(data, form, layout, 1 if staff_below else 3)
    top = form.height + 1 if staff_below else 1
    people = ("编制数", "实际在职人数", "控制率")
    form.add(top, ("财政供养人员情况（人）", 1, 2), *((layout.name(key), 2) for key in people))
    rate = data.draw(st.sampled_from(["125%", "　125%", "1.25", "125"]))
    form.add(top + 1, ("12", 2), ("　15", 2), (rate, 2), start=2)
    form.add(form.height + 1, layout.name("厉行节约保障措施"), ("严格执行公务接待标准", 6))
    wanted |= {
        "编制数": 12,
        "实际在职人数": 15,
        "控制率": 1.25,
        "厉行节约保障措施": "严格执行公务接待标准",
        "填表人": "张三",
    }
    one = only(layout.placed(form))
    assert one.form == "附件1"
    expect(one, wanted)
    found = [
        {key: row.value(key) for key in ("项目名称", "上年决算数", "本年预算数", "本年决算数")} for row in one.rows
    ]
    assert found == projects
