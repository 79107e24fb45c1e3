"""Labels in every notation, forms in every arrangement on a sheet; sheets are made in memory."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.reader.files.sent_files import compare, seed_rows, seed_values
from tests.reader.labels.relabelled import notes, only, put, read, record_of, relabelled, unchanged
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
from xltool.reader.labels.area import Area
from xltool.reader.model import Cell, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    (filed,) = (each for each in forms() if each.name == form)
    unchanged(put(filed, spellings))


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
    (filed,) = (each for each in forms() if each.name == form)
    filed.head = ["附件9", title]
    submission = only(filed)
    assert (submission.form, submission.year) == (form, 2023)
    compare(submission, seed_values()[form], seed_rows(form))


@pytest.mark.parametrize("make", [base_data_form, self_review_form, project_form])
def test_a_form_without_a_title(make: Callable[[], Form]) -> None:
    """Known by its labels alone; of 附件1 the heads still say the year."""
    form = make()
    form.head = []
    submission = only(form)
    assert submission.form == form.name
    assert submission.year == (2023 if form.name == "附件1" else None)
    compare(submission, seed_values()[form.name], seed_rows(form.name))


def test_names_alone_are_no_form() -> None:
    """The sheet 立项依据 of a project has its names and no title of ours: beside a self-evaluation it is no second."""
    grounds = Form("依据", ["项目支出立项依据", "（2024年度）"], 6, foot=[])
    grounds.add(1, "项目名称", "小型水库", "项目单位", "某县水库管理所")
    grounds.add(2, "主管部门", "某县水利局", "项目周期", "1年")
    grounds.add(3, "项目支出立项依据", "水库年久失修")
    record = record_of(as_sheet(project_form()), as_sheet(grounds))
    assert [(submission.form, submission.sheet) for submission in record.submissions] == [("附件3", "附件3")]
    assert [note.rule for note in record.notes if note.sheet == "依据"] == ["W-10"]


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
    submissions = record_of(stacked(filed, gap)).submissions
    assert [submission.form for submission in submissions] == [form.name for form in filed]
    for submission in submissions:
        compare(submission, seed_values()[submission.form], seed_rows(submission.form))
        assert notes(submission, "W-10") == []


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


def area_of(*rows: str) -> Area:
    """An area with these rows, cells parted by bars."""
    texts = {(row, column): text for row, line in enumerate(rows, 1) for column, text in enumerate(line.split("|"), 1)}
    cells = {at: Cell(text) for at, text in texts.items() if text}
    return Area(Sheet("表", cells=cells), 1, len(rows))


def test_repeated_words_are_a_dissolved_merged_cell() -> None:
    """Words side by side are joined; amounts, marks, targets with results, and texts below two labels are not."""
    area = area_of(
        "主管部门|主管部门|某局|某局",
        "年度资金总额|年度资金总额|90万元|90万元",
        "上年结转资金|上年结转资金|不适用|不适用",
        "预期目标|预期目标|实际完成情况|实际完成情况",
        "建成一座|建成一座|建成一座|建成一座",
        "一级指标|三级指标|目标值|完成值",
        "产出指标|验收|已经达标|已经达标",
    )
    assert [area.columns(row) for row in area.rows()] == [
        [1, 3],
        [1, 3, 4],
        [1, 3, 4],
        [1, 3],
        [1, 3],
        *[[1, 2, 3, 4]] * 2,
    ]
    assert area.right_of((1, 1)) == (1, 3)
