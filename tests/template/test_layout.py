"""The official layout of the forms (seed/forms.md), and the 审核 panel beside it."""

from __future__ import annotations

import re

import pytest

from tests.support.parts import MAIN
from tests.support.template import area
from tests.template import contract
from tests.template.areas import cells_in
from tests.template.issued import FORMS, Variety, opened
from xltool.template import panel

BASE_ROWS = [
    ("附件1",),
    ("2023年度部门整体支出绩效评价基础数据表",),
    ("填报单位：", "单位：万元"),
    ("财政供养人员情况（人）", "编制数", "2023年实际在职人数", "控制率"),
    (),
    ("经费控制情况（万元）", "2022年决算数", "2023年预算数", "2023年决算数"),
    ("三公经费",),
    ("1、公务用车购置和维护经费",),
    ("其中：公车购置",),
    ("公车运行维护",),
    ("2、出国经费",),
    ("3、公务接待",),
    ("项目支出：",),
    *[()] * 6,
    ("公用经费",),
    ("其中：办公经费",),
    ("水费、电费、差旅费",),
    ("会议费、培训费",),
    ("政府采购金额", "——"),
    ("部门基本支出预算调整", "——"),
    (
        "楼堂馆所控制情况\n（2023年完工项目）",
        *("批复规模（㎡）", "实际规模（㎡）", "规模控制率"),
        *("预算投资（万元）", "实际投资（万元）", "投资概算控制率"),
    ),
    (),
    ("厉行节约保障措施",),
    ("说明：“项目支出”需要填报基本支出以外的所有项目支出情况，“公用经费”填报基本支出中的一般商品和服务支出。",),
    ("填表人：", "填报日期：", "联系电话："),
    ("单位负责人签字：",),
]


FUNDS_HEAD = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")


HEADS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")


REVIEW_ROWS = [
    ("年度总体目标", "预期目标", "实际完成情况"),
    *[()] * 3,
    ("绩效指标", *HEADS),
    ("产出指标\n（50分）", "数量指标"),
    ("质量指标",),
    ("时效指标",),
    ("成本指标",),
    (),
    ("效益指标\n（30分）", "经济效益指标"),
    ("社会效益指标",),
    ("生态效益指标",),
    ("可持续影响指标",),
    (),
    ("满意度指标\n（10分）", "服务对象满意度指标"),
    (),
    ("总分",),
    ("填表人：", "填报日期：", "联系电话："),
    ("单位负责人签字：",),
]


SELF_ROWS = [
    ("附件2",),
    ("2023年度部门整体支出绩效自评表",),
    ("市级预算部门名称",),
    ("年度预算申请（万元）", *FUNDS_HEAD),
    ("年度资金总额", "10"),
    ("按收入性质分：", "按支出性质分："),
    ("其中：一般公共预算", "其中：基本支出"),
    ("政府性基金拨款", "项目支出"),
    ("纳入专户管理的非税收入拨款",),
    ("其他资金",),
    *REVIEW_ROWS,
]


PROJECT_ROWS = [
    ("附件3",),
    ("2023年度项目支出绩效自评表",),
    ("项目支出名称",),
    ("主管部门", "实施单位"),
    ("项目资金（万元）", *FUNDS_HEAD),
    ("年度资金总额", "10"),
    ("其中：当年财政拨款",),
    ("上年结转资金",),
    ("其他资金",),
    *REVIEW_ROWS,
]


LAYOUT = {"附件1": BASE_ROWS, "附件2": SELF_ROWS, "附件3": PROJECT_ROWS}


@pytest.mark.parametrize("key", FORMS)
def test_layout(key: str) -> None:
    """Row by row, the template prints the texts of the official form in their order."""
    (form,) = opened(Variety(key, 2023, 1)).forms.values()
    printed = area(form.printing["_xlnm.Print_Area"])
    filled = {form.area(name)[:2] for name in (*contract.inputs(key), *contract.CALCULATED[key])}
    rows = []
    for row in range(printed[0], printed[2] + 1):
        spots = [(row, column) for column in range(printed[1], printed[3] + 1) if (row, column) not in filled]
        texts = [text.strip() if (text := form.text(*spot)) != "10.0" else "10" for spot in spots]
        rows.append(tuple(text for text in texts if text))
    assert rows == LAYOUT[key]


BESIDE = {
    "附件1": {
        "填报单位": "填报单位：",
        "公务接待_上年决算数": "3、公务接待",
        "项目支出_上年决算数": "项目支出：",
        "公用经费_上年决算数": "公用经费",
        "厉行节约保障措施": "厉行节约保障措施",
        "填表人": "填表人：",
    },
    "附件2": {
        "部门名称": "市级预算部门名称",
        "收入_合计": "按收入性质分：",
        "收入_其他资金": "其他资金",
        "支出_合计": "按支出性质分：",
        "支出_项目支出": "项目支出",
        "总分_分值": "总分",
        "联系电话": "联系电话：",
    },
    "附件3": {
        "项目支出名称": "项目支出名称",
        "主管部门": "主管部门",
        "实施单位": "实施单位",
        "上年结转资金_年初预算数": "上年结转资金",
        "单位负责人签字": "单位负责人签字：",
    },
}


ABOVE = {
    "附件1": {
        "编制数": "编制数",
        "实际在职人数": "2026年实际在职人数",
        "控制率": "控制率",
        "三公经费_上年决算数": "2025年决算数",
        "三公经费_本年预算数": "2026年预算数",
        "三公经费_本年决算数": "2026年决算数",
        "投资概算控制率": "投资概算控制率",
    },
    "附件2": {
        "年度资金总额_年初预算数": "年初预算数",
        "年度资金总额_执行率": "执行率",
        "年度资金总额_得分": "得分",
        "预期目标": "预期目标",
        "实际完成情况": "实际完成情况",
        "三级指标": "三级指标",
        "指标_得分": "得分",
    },
    "附件3": {"年度资金总额_全年执行数": "全年执行数", "偏差原因分析及改进措施": "偏差原因分析及改进措施"},
}


@pytest.mark.parametrize("key", FORMS)
def test_names_stand_beside_their_labels(key: str) -> None:
    """The label to the left of a named cell, or above it, is that of its field."""
    (form,) = opened(Variety(key, 2026, 3)).forms.values()
    for name, label in BESIDE[key].items():
        row, column = form.area(name)[:2]
        top, left, _, _ = form.merged(row, column - 1)
        assert (name, form.text(top, left).strip()) == (name, label)
    for name, label in ABOVE[key].items():
        row, column = form.area(name)[:2]
        top, left, _, _ = form.merged(row - 1, column)
        assert (name, form.text(top, left).strip()) == (name, label)


@pytest.mark.parametrize("key", FORMS)
def test_the_panel_stands_beside_the_print_area(key: str) -> None:
    """Right of the print area stand lines with code, title, verdict and count; a blank form has nothing to verify."""
    (form,) = opened(Variety(key, 2026, 3)).forms.values()
    left = area(form.printing["_xlnm.Print_Area"])[3] + 2
    assert form.text(2, left) == "公式自检：正常"
    assert re.fullmatch(r"填写完整：\d+ 处待填", form.text(3, left))
    last = form.sheet.extent[0]
    lines = [row for row in range(1, last + 1) if re.fullmatch(r"[AS]\d?-\d\d", form.text(row, left + panel.LINE))]
    assert len(lines) >= 20
    for row in lines:
        verdict, count = form.sheet.cells[row, left + panel.RESULT], form.sheet.cells[row, left + panel.COUNT]
        assert verdict.formula is not None
        assert count.formula is not None
        assert str(verdict.value).startswith(("正常", "已填") if count.value == 0 else "待填：")
    asked = sum(float(form.text(row, left + panel.COUNT)) for row in lines)
    assert form.text(3, left) == f"填写完整：{asked:.0f} 处待填"


@pytest.mark.parametrize("key", FORMS)
def test_cells_of_rules_have_conditional_formats(key: str) -> None:
    """Inputs and calculated cells have conditional formats, in tables over all rows."""
    (form,) = opened(Variety(key, 2026, 3)).forms.values()
    refs = [ref for block in form.root.iter(MAIN + "conditionalFormatting") for ref in block.get("sqref", "").split()]
    places = {spot for ref in refs for spot in cells_in(area(ref))}
    for name in {
        "附件1": ("控制率", "公务接待_本年决算数"),
        "附件2": ("支出_合计",),
        "附件3": ("当年财政拨款_年初预算数",),
    }[key]:
        assert form.area(name)[:2] in places
    column = "项目_本年决算数" if key == "附件1" else "指标_得分"
    assert set(form.spots(column)) <= places
