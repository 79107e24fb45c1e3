"""Drawings of real filings: the notation, the workbook and the values that are read off it."""

from __future__ import annotations

import pytest

from benchmarks.trust.drawing import FILINGS, Defect, Value, drawings, parse_drawing, workbook

DRAWN = """\
place: 某县某局
year: 2022
kind: real
allow: S-01 W-20
ok: B3
must: A3-05/A3-02 error 年度资金总额_全年预算数 年度资金总额_全年执行数

== 附件3 表
!项目支出绩效自评表
!填报日期：2023年3月1日　总分：95{填报日期=2023年3月1日}{总分_得分=95}
-项目名称 | 某项目{项目支出名称} | > | >
@资金\\n（万元） | 来源 | 预算数{全年预算数} | 执行数（10分）{全年执行数}{年度资金总额_分值=10}
$年度资金总额:^ | 合计 | 10 | "9.5"
$-:^ | 地方资金 | 10 | 9.5
@一级{一级指标} | 名称{三级指标} | 分值{分值} | 得分{得分}
#产出 | 甲 | 10 | 9
#^ | 乙 | 10 | ^{得分=}
~^ | …… | |
"""


def test_a_drawing_is_read() -> None:
    """The head, the defects and the rows of a drawing."""
    drawing = parse_drawing("某县", DRAWN)
    assert drawing.kind == "real"
    assert drawing.allowed == {"S-01", "W-20"}
    assert drawing.right_cells == {"B3"}
    assert drawing.defects == (
        Defect(("A3-05", "A3-02"), "error", ("年度资金总额_全年预算数", "年度资金总额_全年执行数")),
    )
    assert [row.kind for row in drawing.forms[0].rows] == ["!", "!", "-", "@", "$", "$", "@", "#", "#", "~"]


def test_a_drawing_becomes_a_workbook() -> None:
    """Cells hold what the drawing says, and are merged as it says."""
    book, _ = workbook(parse_drawing("某县", DRAWN))
    sheet = book["表"]
    assert sheet["A1"].value == "项目支出绩效自评表"
    assert sheet["A4"].value == "资金\n（万元）"
    assert (sheet["C5"].value, sheet["D5"].value) == (10, "9.5")
    assert {str(area) for area in sheet.merged_cells.ranges} == {
        *("A1:D1", "A2:D2"),
        *("B3:D3", "A4:A6"),
        *("A8:A10", "D8:D9"),
    }


def test_values_are_marked_by_cells_and_by_headings() -> None:
    """A mark gives the field of its cell or the part of its text; a heading that of the cells below it."""
    _, values = workbook(parse_drawing("某县", DRAWN))
    texts = {(value.field, value.row): (value.cell, value.holds, value.part) for value in values}
    date = "填报日期：2023年3月1日　总分：95"
    assert texts == {
        ("填报日期", None): ("A2", date, "2023年3月1日"),
        ("总分_得分", None): ("A2", date, "95"),
        ("项目支出名称", None): ("B3", "某项目", None),
        ("年度资金总额_分值", None): ("D4", "执行数（10分）", "10"),
        ("年度资金总额_全年预算数", None): ("C5", 10, None),
        ("年度资金总额_全年执行数", None): ("D5", "9.5", None),
        ("一级指标", 1): ("A8", "产出", None),
        ("三级指标", 1): ("B8", "甲", None),
        ("分值", 1): ("C8", 10, None),
        ("得分", 1): ("D8", 9, None),
        ("一级指标", 2): ("A8", "产出", None),
        ("三级指标", 2): ("B9", "乙", None),
        ("分值", 2): ("C9", 10, None),
        ("得分", 2): ("D8", 9, ""),
    }


def test_forms_of_a_sheet_stand_below_each_other() -> None:
    """The second form of a sheet begins two rows below the first, and its rows are counted anew."""
    form = "== 附件3 表\n@名称{三级指标}\n#甲\n"
    _, values = workbook(parse_drawing("某县", f"kind: real\n\n{form}{form}"))
    assert values == [
        Value("附件3", "三级指标", 1, "表", "A2", "甲"),
        Value("附件3", "三级指标", 1, "表", "A5", "甲"),
    ]


@pytest.mark.parametrize(
    "text", ["nothing\n\n== 附件3 表\n-a\n", "kind: real\n\n-a\n", "kind: real\n\n== 附件3 表\n?a\n"]
)
def test_what_is_no_drawing_is_refused(text: str) -> None:
    """A line that is not of the notation is not passed over."""
    with pytest.raises(ValueError, match="某县"):
        parse_drawing("某县", text)


@pytest.mark.parametrize("folder", ["given", "seen"])
def test_every_drawing_is_whole(folder: str) -> None:
    """Every drawing says where it is from, holds values unless it is negative, and has the fields of its defects."""
    assert (FILINGS / folder).is_dir()
    for drawing in drawings(folder):
        _, values = workbook(drawing)
        assert {"place", "year", "kind", "note"} <= drawing.head.keys(), drawing.name
        assert bool(values) == (drawing.kind == "real"), drawing.name
        fields = {value.field for value in values}
        for defect in drawing.defects:
            assert fields & {place.rpartition(".")[2].rpartition(":")[2] for place in defect.fields}, drawing.name
