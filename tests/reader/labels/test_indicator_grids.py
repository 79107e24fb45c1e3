"""Levels, heads and rows of the indicator table that only their places or contents tell."""

from __future__ import annotations

import pytest

from tests.reader.labels.relabelled import only
from tests.reader.labels.test_indicator_layouts import NAMES, rows_of
from tests.reader.labels.test_label_tables import project_with
from tests.support.documents import INDICATOR_HEADS


def test_points_of_0_alone_make_no_row() -> None:
    """A formula leaves 0 as the score of a row that nobody filled in."""
    rows = [
        ("产出指标", "数量指标", "水库", "8座", "8座", "90", "85", ""),
        ("效益指标", "生态效益指标", "", "", "", "", "0", ""),
        ("满意度指标", "服务对象满意度指标", "村民满意度", "90%", "95%", "10", "10", ""),
    ]
    assert rows_of(only(project_with(INDICATOR_HEADS, rows)), "一级指标", "三级指标") == [
        ("产出指标", "水库"),
        ("满意度指标", "村民满意度"),
    ]


@pytest.mark.parametrize("blank", [1, 0])
def test_a_level_without_a_head_is_known_by_its_contents(blank: int) -> None:
    """数量指标 and 质量指标, or 产出指标, stand below a blank head."""
    heads = [name if column != blank else "" for column, name in enumerate(INDICATOR_HEADS)]
    rows = [
        ("产出指标（50分）", "数量指标", "水库", "8座", "8座", "40", "40", ""),
        ("", "质量指标", "合格率", "100%", "100%", "10", "10", ""),
    ]
    expected = [("产出指标", "数量指标", "水库"), ("产出指标", "质量指标", "合格率")]
    assert rows_of(only(project_with(heads, rows)), *NAMES) == expected


def test_a_head_over_other_heads_is_no_column() -> None:
    """完成情况 stands over target and actual value: each has the column of its own head."""
    form = project_with((), [])
    form.boxes = [box for box in form.boxes if box.row < 4]
    form.add(4, *((name, 1, 2) for name in NAMES), ("目标完成情况", 2), ("分值", 1, 2), ("得分", 1, 2))
    form.add(5, "年度指标值", "实际完成值", start=4)
    form.add(6, "产出指标", "数量指标", "水库", "8座", "9座", "90", "85")
    assert rows_of(only(form), "年度指标值", "实际完成值", "分值") == [("8座", "9座", 90)]


def test_a_printed_name_beside_nothing_but_marks_is_no_row() -> None:
    """指标1： | 无 was never filled in; a row named 无, and a name with a result, were."""
    rows = [
        ("产出指标", "数量指标", "指标1：水库", "8座", "8座", "50", "50", ""),
        ("", "质量指标", "指标1：", "无", "", "", "/", ""),
        ("", "时效指标", "指标1：", "无", "完成", "", "", ""),
        ("", "成本指标", "无", "无", "无", "", "", ""),
    ]
    expected = [("指标1：水库", "8座"), ("指标1：", "完成"), (None, None)]
    assert rows_of(only(project_with(INDICATOR_HEADS, rows)), "三级指标", "实际完成值") == expected
