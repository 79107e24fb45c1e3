"""Forms in any arrangement that a region may print, with any values, are read to the last value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from tests.reader.labels.relabelled import notes, only
from tests.reader.layouts import MONEY, POINTS, Indicator, Layout, amounts, indicators, layouts, vary, written
from tests.support.documents import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import Submission


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
    indicators = [row for row in submission.rows if row.table == "indicators"]
    assert [(row.value("一级指标"), row.value("二级指标"), row.value("三级指标")) for row in indicators] == [
        (row.first, row.second, row.name) for row in rows
    ]
    for row, wanted in zip(indicators, rows, strict=True):
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
    submission = only(layout.placed(form))
    assert (submission.form, submission.department) == ("附件3", "某镇水利站")
    expect(submission, wanted | totals(rows))
    expect_rows(submission, layout, rows)
    assert len(notes(submission, "W-11")) == (layout.unit != 1)


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
    submission = only(layout.placed(form))
    assert submission.form == "附件2"
    expect(submission, wanted | totals(rows))
    expect_rows(submission, layout, rows)


ITEMS: Final = (
    "三公经费", "公务用车购置和维护经费", "公车购置", "公车运行维护", "出国经费", "公务接待", "项目支出", "公用经费",
    "办公经费", "水费电费差旅费", "会议费培训费",
)  # fmt: skip


PROJECTS: Final = {
    "产业开发专项": "产业开发专项",
    "1、水库专项": "水库专项",
    "（2）河道管护": "河道管护",
    "其中：公路养护": "公路养护",
    "其中: 1.村级运转": "村级运转",
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
    submission = only(layout.placed(form))
    assert submission.form == "附件1"
    expect(submission, wanted)
    result = [
        {key: row.value(key) for key in ("项目名称", "上年决算数", "本年预算数", "本年决算数")}
        for row in submission.rows
    ]
    assert result == projects
