"""The label locator: labels in every spelling, cells in every arrangement; sheets are made in memory."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.reader.test_foreign import compare, seed_rows, seed_values
from tests.support.documents import (
    INDICATOR_HEADS,
    Form,
    as_sheet,
    base_data_form,
    forms,
    project_form,
    self_review_form,
    spread,
)
from xltool.auditing.audit import audit
from xltool.findings import Severity, address
from xltool.reader.model import Book
from xltool.reader.reading import read_book
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xltool.reader.model import Sheet
    from xltool.reader.records import Note, Submission


def record_of(*sheets: Sheet) -> FileRecord:
    """The sheets read as a workbook."""
    return read_book(Book(list(sheets)), FileRecord("表.xlsx", "read"))


def read(*filed: Form) -> list[Submission]:
    """The forms read, a sheet each."""
    return record_of(*(as_sheet(form) for form in filed)).submissions


def only(form: Form) -> Submission:
    """The one form read."""
    (one,) = read(form)
    return one


def unchanged(*filed: Form) -> None:
    """Every value of the seed is read, from the form it belongs to, without a doubt."""
    for one in read(*filed):
        compare(one, seed_values()[one.form], seed_rows(one.form))
        assert one.values.keys() == seed_values()[one.form].keys()
        assert [note.rule for note in one.notes if note.rule in {"W-10", "W-20", "W-22"}] == []


def notes(submission: Submission, rule: str) -> list[Note]:
    """Its notes of a rule."""
    return [note for note in submission.notes if note.rule == rule]


def relabelled(form: Form, change: Callable[[str], str]) -> Form:
    """The form with the text of each box and line changed."""
    form.boxes = [replace(box, text=change(box.text)) for box in form.boxes]
    return form


def put(form: Form, spellings: Mapping[str, str]) -> Form:
    """The form with these labels replaced; each must be there."""
    there = {re.sub(r"\s", "", box.text) for box in form.boxes}
    assert spellings.keys() <= there
    return relabelled(form, lambda text: spellings.get(re.sub(r"\s", "", text), text))


LABELS = {
    *("编制数", "控制率", "三公经费", "项目支出", "公用经费", "政府采购金额", "厉行节约保障措施", "规模控制率"),
    *("市级预算部门名称", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分", "年度资金总额"),
    *("预期目标", "主管部门", "实施单位", "上年结转资金", "其他资金", "总分", *INDICATOR_HEADS),
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "line breaks": lambda text: "\n".join(re.findall("..?", text)),
    "spaces": "　".join,
    "narrow spaces": " ".join,
    "colon": lambda text: f"{text}：",
    "numbered": lambda text: f"（一）{text}",
    "numbered with a point": lambda text: f"3.{text}",
    "numbered in a circle": lambda text: f"②{text}",
    "a note in brackets": lambda text: f"{text}（如有）",
    "padded": lambda text: f"  {text}\t",
    "quoted": lambda text: f"“{text}”",
    "of which": lambda text: f"其中：{text}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_labels_in_every_spelling(spelling: str) -> None:
    """Breaks, spaces, numbering, brackets, colons in a label change nothing."""
    change = SPELLINGS[spelling]
    changed = [
        relabelled(form, lambda text: change(text) if re.sub(r"\s", "", text) in LABELS else text) for form in forms()
    ]
    unchanged(*changed)


ALIASES = [
    ("附件1", {"编制数": "人员编制", "2023年实际在职人数": "实有人数"}),
    ("附件1", {"部门基本支出预算调整": "部门整体支出预算调整"}),
    ("附件1", {"1、公务用车购置和维护经费": "公务用车购置及运行费", "2、出国经费": "因公出国（境）费"}),
    ("附件1", {"3、公务接待": "公务接待费"}),
    ("附件1", {"3、公务接待": "公务招待费", "三公经费": "“三公”经费"}),
    ("附件1", {"2022年决算数": "上年决算数", "2023年预算数": "本年预算数", "2023年决算数": "本年决算数"}),
    ("附件1", {"2022年决算数": "2022年度部门决算", "2023年预算数": "2023年度预算", "2023年决算数": "2023年度部门决算"}),
    ("附件2", {"市级预算部门名称": "县级预算部门名称"}),
    ("附件2", {"市级预算部门名称": "省级预算部门名称"}),
    ("附件2", {"年初预算数": "年初预算", "全年预算数": "调整后预算数", "全年执行数": "预算执行数"}),
    ("附件2", {"全年预算数": "预算数（A）", "全年执行数": "执行数（B）", "执行率": "执行率（B/A）"}),
    ("附件2", {"全年预算数": "全年（调整）预算数", "全年执行数": "全年执行数（B）", "执行率": "预算执行率"}),
    ("附件2", {"年度指标值": "年初目标值(A)", "实际完成值": "全年完成值"}),
    ("附件2", {"年度指标值": "指标值", "实际完成值": "全年实际值"}),
    ("附件2", {"实际完成值": "完成值", "偏差原因分析及改进措施": "未完成原因分析"}),
    ("附件2", {"偏差原因分析及改进措施": "未完成原因和改进措施"}),
    ("附件2", {"偏差原因分析及改进措施": "未完成原因及拟采取的改进措施"}),
    ("附件3", {"其中：当年财政拨款": "其中：本年财政拨款", "上年结转资金": "上年结转 资金"}),
    ("附件3", {"其中：当年财政拨款": "财政资金"}),
    ("附件3", {"其中：当年财政拨款": "中央、省、市补助县级资金"}),
    ("附件3", {"项目支出名称": "项目名称"}),
]


@pytest.mark.parametrize(("form", "spellings"), ALIASES)
def test_labels_of_other_places(form: str, spellings: dict[str, str]) -> None:
    """The names that the domain notes found for each label (E.2)."""
    (made,) = (each for each in forms() if each.name == form)
    unchanged(put(made, spellings))


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("2023年度项目支出绩效自评表", "附件3"),
        ("部门预算项目支出绩效自评表（2023年度）", "附件3"),
        ("2023年度水土保持项目绩效自评表", "附件3"),
        ("2023年专项资金绩效目标自评表", "附件3"),
        ("公开13表：2023年度项目支出绩效自评表", "附件3"),
        ("2023年度绩效目标自评表", "附件3"),
        ("附件1 2023 年度 项目支出绩效自评表", "附件3"),
        ("2023年度部门整体绩效自评表", "附件2"),
        ("2023年部门（单位）整体支出绩效自评表", "附件2"),
        ("《2023年度部门整体支出绩效目标自评表》", "附件2"),
        ("2023年度绩效自评表", "附件2"),
        ("附件3 2023年部门整体支出绩效评价基础数据表", "附件1"),
    ],
)
def test_titles_of_other_places(title: str, form: str) -> None:
    """A form is known by its title, or by its labels where the title leaves it open; never by its number (E.1)."""
    (made,) = (each for each in forms() if each.name == form)
    made.head = ["附件9", title]
    one = only(made)
    assert (one.form, one.year) == (form, 2023)
    compare(one, seed_values()[form], seed_rows(form))


@pytest.mark.parametrize("make", [base_data_form, self_review_form, project_form])
def test_a_form_without_a_title(make: Callable[[], Form]) -> None:
    """Known by its labels alone; of 附件1 the heads still say the year."""
    form = make()
    form.head = []
    one = only(form)
    assert one.form == form.name
    assert one.year == (2023 if form.name == "附件1" else None)
    compare(one, seed_values()[form.name], seed_rows(form.name))


def test_the_year_on_a_line_of_its_own() -> None:
    """（2023年度） below a title without a year."""
    form = self_review_form()
    form.head = ["部门整体支出绩效自评表", "（ 2023 年度）"]
    assert only(form).year == 2023


def test_a_title_and_the_title_again() -> None:
    """附件2 with the name of the form on the line above the title is one form."""
    form = self_review_form()
    form.head = ["附件2：部门整体支出绩效自评表", "2023年度部门整体支出绩效自评表"]
    unchanged(form)
    assert len(read(form)) == 1


def stacked(filed: Sequence[Form], gap: int) -> Sheet:
    """The forms one below the other on one sheet."""
    sheet = as_sheet(filed[0], "全部")
    top = filed[0].length + gap
    for form in filed[1:]:
        under = as_sheet(form)
        sheet.cells |= {(row + top, column): cell for (row, column), cell in under.cells.items()}
        sheet.merges += [(r1 + top, c1, r2 + top, c2) for r1, c1, r2, c2 in under.merges]
        top += form.length + gap
    return sheet


@pytest.mark.parametrize("gap", [0, 1, 5])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_forms_one_below_the_other(order: tuple[int, ...], gap: int) -> None:
    """On one sheet, in any order: each with its own values, and with its mark above the title."""
    filed = [forms()[index] for index in order]
    found = record_of(stacked(filed, gap)).submissions
    assert [one.form for one in found] == [form.name for form in filed]
    for one in found:
        compare(one, seed_values()[one.form], seed_rows(one.form))
        assert notes(one, "W-10") == []


def test_forms_side_by_side() -> None:
    """On one sheet, the second right of the first."""
    left, right = base_data_form(), spread(project_form(), at=(0, 0))
    sheet, other = as_sheet(left, "并排"), as_sheet(right)
    sheet.cells |= {(row, column + 8): cell for (row, column), cell in other.cells.items()}
    sheet.merges += [(r1, c1 + 8, r2, c2 + 8) for r1, c1, r2, c2 in other.merges]
    first, second = record_of(sheet).submissions
    assert (first.form, second.form) == ("附件1", "附件3")
    compare(first, seed_values()["附件1"], seed_rows("附件1"))
    compare(second, seed_values()["附件3"], seed_rows("附件3"))
    assert second.cell("编制数") is None
    assert second.cell("项目支出名称") == "J3"


@pytest.mark.parametrize("make", [base_data_form, self_review_form, project_form])
@pytest.mark.parametrize(
    ("columns", "rows", "at"),
    [
        ((), (), (4, 0)),
        ((), (), (0, 3)),
        ((1, 2, 4), (), (0, 0)),
        ((3,), (2, 3, 5, 9, 12), (2, 1)),
        ((6, 7, 8), (1,), (0, 0)),
    ],
)
def test_empty_rows_and_columns(
    make: Callable[[], Form], columns: tuple[int, ...], rows: tuple[int, ...], at: tuple[int, int]
) -> None:
    """Rows above, columns before, and empty ones anywhere between."""
    unchanged(spread(make(), columns, rows, at))


def test_rows_above_the_title_are_told() -> None:
    """A remark above the form is no part of it, and not dropped."""
    form = base_data_form()
    form.head = ["请于6月30日前报送", *form.head]
    (note,) = notes(only(form), "W-10")
    assert note.cell == "A1"


def test_blocks_in_another_order() -> None:
    """附件2 with the goals above the funds, 附件1 with the staff below the amounts."""
    review, base = self_review_form(), base_data_form()
    review.boxes = [
        replace(box, row={9: 2, 10: 3}.get(box.row, box.row + 2 if 2 <= box.row < 9 else box.row))
        for box in review.boxes
    ]
    last = base.height
    base.boxes = [replace(box, row=last + box.row if box.row < 3 else box.row) for box in base.boxes]
    unchanged(review, base)


def test_no_column_of_the_initial_budget() -> None:
    """What has no column is not on the form: no value, no false one."""
    form = project_form()
    form.boxes = [box for box in form.boxes if not (3 <= box.row <= 7 and box.column == 4)]
    one = only(form)
    assert "年度资金总额_年初预算数" not in one.values
    assert one.value("年度资金总额_全年预算数") == 10459.37
    assert one.value("年度资金总额_得分") == 10


def levels(form: Form, style: str) -> Form:
    """一级 and 二级指标 unmerged: in the first row only, or on every row."""
    head = next(box.row for box in form.boxes if box.text == "一级指标")
    boxes = []
    for box in form.boxes:
        if box.row > head and box.column in {2, 3} and box.rows >= 1 and box.columns == 1:
            times = box.rows if style == "repeated" else 1
            boxes += [replace(box, row=box.row + number, rows=1) for number in range(times)]
        else:
            boxes.append(box)
    form.boxes = boxes
    return form


@pytest.mark.parametrize("style", ["first row only", "repeated"])
def test_levels_without_merges(style: str) -> None:
    """Filled down or repeated, every row has its 一级 and 二级指标, and its printed weight once."""
    one = only(levels(self_review_form(), style))
    compare(one, seed_values()["附件2"], seed_rows("附件2"))
    assert one.derived["产出指标_标注分值"] == 50


def test_repeated_first_level_above_merged_second() -> None:
    """The second level filled down under a first level that is repeated on every row."""
    form = levels(self_review_form(), "first row only")
    rows = [box.row for box in form.boxes if box.column == 4 and box.row > 11]
    names = {box.row: box.text for box in form.boxes if box.column == 2 and box.row > 11}
    current = ""
    for row in rows[:-1]:
        current = names.get(row, current)
        if row not in names:
            form.boxes.append(replace(form.boxes[0], row=row, column=2, text=current, rows=1, columns=1))
    compare(only(form), seed_values()["附件2"], seed_rows("附件2"))


def project_with(
    heads: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[str] = (), below: str = ""
) -> Form:
    """附件3 with a table of its own; `below` stands in a second row of heads under the first cells."""
    form = Form("附件3", ["2023年度项目支出绩效自评表"], len(heads), foot=["填表人：某某"])
    form.add(1, "项目名称", "小型水库", "主管部门", "水利局", "实施单位", "水利局")
    form.add(2, "", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    form.add(3, "年度资金总额", "20", "20", "10", "100%", "10")
    form.add(4, *heads)
    at = 5
    if below:
        form.add(5, *below.split("|"))
        at = 6
    for row in rows:
        form.add(at, *row)
        at += 1
    if total:
        form.add(at, *total)
    return form


def test_a_target_in_three_columns() -> None:
    """指标性质, 指标值 and 度量单位 are joined to one target; the actual value counts in that unit."""
    heads = ("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "全年完成值", "分值", "得分")
    rows = [
        ("产出指标", "数量指标", "新建水库", "≥", "8", "座", "9", "45", "45"),
        ("产出指标", "成本指标", "建设成本", "≤", "202.6", "万元", "132.9", "25", "25"),
        ("效益指标", "社会效益指标", "受益程度", "定性", "明显", "", "明显", "10", "10"),
        ("满意度指标", "服务对象满意度指标", "满意度", "大于等于", "95", "%", "96", "10", "10"),
    ]
    one = only(project_with(heads, rows, ("总分", "", "", "", "", "", "", "100", "100")))
    assert [row.value("年度指标值") for row in one.rows] == ["≥8座", "≤202.6万元", "明显", "大于等于95%"]
    assert [row.value("实际完成值") for row in one.rows] == ["9", "132.9", "明显", "96"]
    assert [(row.target["op"], row.target["value"], row.target["unit"]) for row in one.rows[::3]] == [
        (">=", 8, "座"),
        (">=", 0.95, "%"),
    ]
    assert [(row.actual["value"], row.actual["unit"]) for row in one.rows[:2]] == [(9, "座"), (132.9, "万元")]
    assert [row.value("方向") for row in one.rows] == ["正向", "反向", None, "正向"]
    assert notes(one, "W-10") == []


def test_heads_in_two_rows() -> None:
    """年度指标值 over 指标性质, 指标值, 度量单位."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(
        4,
        ("一级指标", 1, 2),
        ("二级指标", 1, 2),
        ("三级指标", 1, 2),
        ("年度指标值", 3),
        ("实际完成值", 1, 2),
        ("分值", 1, 2),
        ("得分", 1, 2),
    )
    form.add(5, "指标性质", "指标值", "度量单位", start=4)
    form.add(6, "产出指标", "数量指标", "新建水库", "≥", "8", "座", "9座", "90", "90")
    (row,) = only(form).rows
    assert (row.value("年度指标值"), row.value("实际完成值"), row.value("分值")) == ("≥8座", "9座", 90)


def test_an_adjusted_target_replaces_the_first() -> None:
    """调整指标值 counts where it is filled in, at its own cell."""
    heads = ("指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值", "全年完成值", "指标权重", "指标得分")
    rows = [
        ("培训次数", "次", "定量", "6次", "4次", "5次", "50", "50"),
        ("稿件", "篇", "定量", "200", "", "220", "40", "40"),
    ]
    first, second = only(project_with(heads, rows)).rows
    assert (first.value("年度指标值"), first.cells["年度指标值"].cell) == ("4次", "E6")
    assert (second.value("年度指标值"), second.cells["年度指标值"].cell) == ("200篇", "D7")
    assert (second.target["value"], second.target["unit"], second.actual["unit"]) == (200, "篇", "篇")


@pytest.mark.parametrize(
    "total",
    [
        ("总分", "", "", "", "", "100", "95", ""),
        ("合计", "", "", "", "", "100", "95", ""),
        ("总  计：", "", "", "", "", "100", "95", ""),
        ("", "", "自评总分", "", "", "100", "95", ""),
        ("总得分：95", "", "", "", "", "", "", ""),
    ],
)
def test_rows_of_the_total(total: tuple[str, ...]) -> None:
    """Whatever it is called, wherever its label stands, it ends the table."""
    one = only(project_with(INDICATOR_HEADS, [("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")], total))
    assert one.value("总分_得分") == 95
    assert len(one.rows) == 1
    assert one.value("总分_分值") == (100 if "100" in total else None)


def test_a_total_beside_other_columns_is_doubtful() -> None:
    """Numbers of the total that stand under other heads are taken, and asked to be verified."""
    rows = [("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")]
    one = only(project_with(INDICATOR_HEADS, rows, ("总分", "", "", "100", "95", "", "", "")))
    assert (one.value("总分_分值"), one.value("总分_得分")) == (100, 95)
    assert [(note.field, note.cell) for note in notes(one, "W-22")] == [("总分_分值", "D7"), ("总分_得分", "E7")]


def test_what_follows_the_table_is_no_indicator() -> None:
    """等级, conclusions and notes below the table are told, not read as rows."""
    form = project_with(INDICATOR_HEADS, [("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", "")])
    form.add(6, "评价结论", ("完成较好", 7))
    form.add(7, "存在问题", ("进度偏慢", 7))
    one = only(form)
    assert len(one.rows) == 1
    (note,) = notes(one, "W-10")
    assert {note.cell, *note.related} == {"A7", "B7", "A8", "B8"}


def test_a_subtotal_is_no_indicator() -> None:
    """小计 after a category counts nothing twice."""
    rows = [("产出指标", "数量指标", "水库", "8座", "8座", "50", "50", ""), ("", "小计", "", "", "", "50", "50", "")]
    one = only(project_with(INDICATOR_HEADS, rows))
    assert [row.value("三级指标") for row in one.rows] == ["水库"]
    assert len(notes(one, "W-10")) == 1


def test_names_in_one_cell() -> None:
    """项目名称：… 主管部门：… 实施单位：… in one cell, each with its value."""
    form = project_form()
    form.boxes = [box for box in form.boxes if box.row > 2]
    form.add(
        1, ("项目名称：产业开发专项  主管部门：岳阳市君山产业开发区管委会 实施单位：岳阳市君山产业开发区管委会", 9)
    )
    unchanged(form)


def test_label_and_value_in_one_cell() -> None:
    """编制数：12 and 厉行节约保障措施：… beside the usual cells."""
    form = base_data_form()
    form.boxes = [box for box in form.boxes if box.row > 2 and box.text != "厉行节约保障措施"]
    form.add(1, ("编制数：12人", 2), ("2023年实际在职人数：15", 2), ("控制率：125%", 2))
    form.add(form.height + 1, ("厉行节约保障措施：严控接待", 7))
    one = only(form)
    assert [one.value(key) for key in ("编制数", "实际在职人数", "控制率")] == [12, 15, 1.25]
    assert one.value("厉行节约保障措施") == "严控接待"
    assert one.values["编制数"].cell == "A3"


def test_staff_right_of_their_labels() -> None:
    """编制数 | 12 | 实际在职人数 | 15 in one row."""
    form = base_data_form()
    form.boxes = [box for box in form.boxes if box.row > 2]
    form.add(2, "编制数", "12", "实际在职人数", "15", "控制率", "125%")
    one = only(form)
    assert [one.value(key) for key in ("编制数", "实际在职人数", "控制率")] == [12, 15, 1.25]


def test_foot_in_cells_of_its_own() -> None:
    """Label and value in cells side by side, with and without a colon; a blank before the next label stays blank."""
    form = self_review_form()
    form.foot = []
    form.add(form.height + 1, "填表人：", "张三", "填报日期", "2024-06-12", "联系电话", "", "单位负责人签字：", "李四")
    one = only(form)
    found = [one.value(key) for key in ("填表人", "填报日期", "联系电话", "单位负责人签字")]
    assert found == ["张三", "2024-06-12", None, "李四"]


def test_a_blank_is_not_filled_from_the_next_label() -> None:
    """主管部门 left blank before 实施单位: blank, not the label nor the other's value."""
    form = project_form()
    form.boxes = [replace(box, text="") if (box.row, box.column) == (2, 2) else box for box in form.boxes]
    one = only(form)
    assert one.value("主管部门") is None
    assert one.values["主管部门"].cell == "B4"
    assert one.value("实施单位") == seed_values()["附件3"]["实施单位"]


def test_a_value_that_slipped_is_doubtful() -> None:
    """A name typed some cells right of where it belongs is taken, and asked to be verified (W-22)."""
    form = project_form()
    form.boxes = [box for box in form.boxes if box.row > 1]
    form.add(1, "项目支出名称")
    form.add(1, "产业开发专项", start=4)
    one = only(form)
    assert one.project == "产业开发专项"
    (note,) = notes(one, "W-22")
    assert (note.cell, note.field) == ("D3", "项目支出名称")
    found = [finding for finding in audit([record_of(as_sheet(form))]).findings if finding.rule == "W-22"]
    assert [(each.severity, each.cell) for each in found] == [(Severity.WARNING, "D3")]


@pytest.mark.parametrize(
    ("note", "factor"), [("单位：元", 10_000), ("（金额单位：人民币元）", 10_000), ("单位：亿元", 0.0001)]
)
def test_amounts_in_another_unit(note: str, factor: float) -> None:
    """A note 元 or 亿元 above the table: amounts in 万元 all the same, and W-11 says so."""
    form = self_review_form()
    form.head.append(note)
    form.boxes = [replace(box, text=_times(box.text, factor)) if 3 <= box.row <= 8 else box for box in form.boxes]
    form = put(form, {"年度预算申请（万元）": "年度预算申请"})
    one = only(form)
    for key, value in seed_values()["附件2"].items():
        if "资金总额_全年" in key or "年初" in key or key.startswith(("收入", "支出")):
            assert one.value(key) == pytest.approx(value, abs=1e-6)
    (told,) = notes(one, "W-11")
    assert (told.severity, told.cell) == (Severity.INFO, "A3")
    assert one.value("年度资金总额_分值") == 10


def _times(text: str, factor: float) -> str:
    """The amount in a text, if it is one in 万元 with more than two digits or behind a colon, in the other unit."""
    match = re.fullmatch(r"(.*：|)(\d+(?:\.\d+)?)", text, re.DOTALL)
    if match is None or (not match[1] and float(match[2]) <= 10):
        return text
    return f"{match[1]}{float(match[2]) * factor:.8f}".rstrip("0").rstrip(".")


def test_a_unit_of_one_label_alone() -> None:
    """预算投资（元） on a form in 万元 concerns that field only."""
    form = put(base_data_form(), {"预算投资（万元）": "预算投资（元）"})
    row = next(box.row for box in form.boxes if box.text == "预算投资（元）") + 1
    form.boxes = [replace(box, text="728900") if (box.row, box.column) == (row, 5) else box for box in form.boxes]
    one = only(form)
    assert one.value("预算投资") == 72.89
    assert one.value("三公经费_本年决算数") == 27.48
    assert notes(one, "W-11") == []


def test_outturns_in_another_order() -> None:
    """本年决算数 left of 上年决算数: told by the years in the heads."""
    form = base_data_form()
    form.boxes = [
        replace(box, column={2: 6, 6: 2}.get(box.column, box.column)) if 3 <= box.row <= 18 else box
        for box in form.boxes
    ]
    one = only(form)
    compare(one, seed_values()["附件1"], seed_rows("附件1"))
    assert one.values["三公经费_本年决算数"].cell == "B6"


def test_projects_with_numbers_of_their_own() -> None:
    """序号 in a column before the name, a project without a name, names numbered or not."""
    form = Form("附件1", ["2023年度部门整体支出绩效评价基础数据表"], 5, foot=[])
    form.add(1, ("经费控制情况", 2), "2022年决算数", "2023年预算数", "2023年决算数")
    form.add(2, ("项目支出", 2), "30", "30", "33")
    form.add(3, "1", "水库专项", "10", "10", "11")
    form.add(4, "2", "（2）乡村振兴", "10", "10", "11")
    form.add(5, "3", "", "10", "10", "11")
    form.add(6, ("公用经费", 2), "5", "5", "5")
    form.add(7, ("其他支出", 2), "1", "1", "1")
    one = only(form)
    assert [row.value("项目名称") for row in one.rows] == ["水库专项", "乡村振兴", None]
    assert [row.value("本年决算数") for row in one.rows] == [11, 11, 11]
    (note,) = notes(one, "W-10")
    assert {note.cell, *note.related} == {"A8", "C8", "D8", "E8"}


def test_the_only_project_without_a_name() -> None:
    """What is missing is told in the cell below 项目支出, where its name belongs."""
    form = Form("附件1", ["2023年度部门整体支出绩效评价基础数据表"], 4, foot=[])
    form.add(1, "经费控制情况", "2022年决算数", "2023年预算数", "2023年决算数")
    form.add(2, "项目支出", "10", "10", "11")
    form.add(3, "", "10", "10", "11")
    record = record_of(as_sheet(form))
    (finding,) = (finding for finding in audit([record]).findings if finding.rule == "A1-16")
    assert finding.cell == "A4"


def test_a_code_before_a_name_is_no_part_of_it() -> None:
    """219-某局 stays as filed in the field, and belongs to 某局."""
    form = put(project_form(), {})
    form.boxes = [replace(box, text="219001-水利局") if (box.row, box.column) == (2, 8) else box for box in form.boxes]
    one = only(form)
    assert (one.value("实施单位"), one.department) == ("219001-水利局", "水利局")


def test_a_sheet_beside_the_forms() -> None:
    """A sheet with content and no form is told on the file; an empty one is not."""
    other = Form("底稿", ["计算底稿", "差旅 12"], 1, foot=[])
    other.add(1, "合计 12")
    empty = Form("Sheet3", [], 1, foot=[])
    empty.add(1, "　")
    record = record_of(as_sheet(base_data_form()), as_sheet(other), as_sheet(empty))
    (note,) = record.notes
    assert (note.rule, note.sheet, note.cell, note.words["个数"]) == ("W-10", "底稿", "A1", "3")
    (finding,) = (finding for finding in audit([record]).findings if finding.sheet == "底稿")
    assert (finding.rule, finding.severity, finding.cell) == ("W-10", Severity.INFO, "A1")
    assert "A1:A3" in finding.message


def test_addresses_are_those_of_the_sheet() -> None:
    """After moving a form the cells move with it."""
    one = only(spread(self_review_form(), (2,), (), (3, 2)))
    moved = {key: filed.cell for key, filed in one.values.items()}
    still = {key: filed.cell for key, filed in only(self_review_form()).values.items()}
    assert moved["部门名称"] == address(6, 6)
    assert still["部门名称"] == address(3, 3)
