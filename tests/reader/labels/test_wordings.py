"""Words of many places for heads and labels, and what each stands for."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import check, spelled_out
from tests.reader.labels.relabelled import record_of
from tests.support.documents import Form, as_sheet
from xltool.reader.labels.fund_words import measure_of, source_of
from xltool.reader.labels.header_words import is_header_label

HEADS = {
    "年度指标值": (
        *("年初设定值", "预期目标", "批复值", "申报目标值", "全年（程）目标值", "考核指标值", "指标性质及指标值"),
        *("2022年目标值", "2022年度指标值", "年初目标", "预设目标值", "指标值及单位"),
    ),
    "实际完成值": (
        *("完成数量", "2022年完成值", "绩效完成值", "截至12月31日完成值", "全年（程）实际值", "自评值", "实际绩效值"),
        *("绩效指标完成值", "12月末完成值", "实际完成绩效"),
    ),
    "分值": ("权重分", "权重值", "满分值", "应得分", "分值设定", "基准分", "单项分值", "三级指标分值", "标准分数"),
    "得分": ("实得分", "得分值", "评定得分", "考评得分", "单项得分", "自评价得分", "评价分数"),
    "偏差原因分析及改进措施": (
        "情况说明",
        "偏差（100%-完成率）原因分析及改进措施",
        "未全部完成原因",
        "存在的问题及改进措施",
    ),
}
LEVELS = (
    ("一级", "二级", "三级"),
    ("一级指标", "二级指标", "绩效指标"),
    ("一级绩效指标", "二级绩效指标", "三级绩效指标"),
)


def row_of(head: str, key: str) -> dict[str, object]:
    """The row of a table of indicators with this head over one of its columns, by column."""
    values = {"年度指标值": "8座", "实际完成值": "9座", "分值": "40", "得分": "40", "偏差原因分析及改进措施": "无偏差"}
    heads = [head if column == key else column for column in values]
    form = Form("表", ["项目支出绩效自评表"], 8, foot=[])
    form.add(1, "项目名称", "小型水库")
    form.add(2, "一级指标", "二级指标", "三级指标", *heads)
    form.add(3, "产出指标", "数量指标", "新建水库", *values.values())
    (submission,) = record_of(as_sheet(form)).submissions
    (row,) = submission.rows
    return {column: row.cells[column].raw for column in values if column in row.cells}


@pytest.mark.parametrize(("key", "head"), [(key, head) for key, heads in HEADS.items() for head in heads])
def test_heads_of_indicators(key: str, head: str) -> None:
    """What stands under the head is the value of the column."""
    assert row_of(head, key)[key] == row_of(key, key)[key]


@pytest.mark.parametrize("levels", LEVELS)
def test_heads_of_levels(levels: tuple[str, str, str]) -> None:
    """Levels in short or long words, and names that are only called indicators behind two levels."""
    form = Form("表", ["项目支出绩效自评表"], 8, foot=[])
    form.add(1, "项目名称", "小型水库")
    form.add(2, *levels, "目标值", "分值", "得分")
    form.add(3, "产出指标", "数量指标", "新建水库", "8座", "40", "40")
    (submission,) = record_of(as_sheet(form)).submissions
    (row,) = submission.rows
    assert [row.value(column) for column in ("一级指标", "二级指标", "三级指标")] == [
        "产出指标",
        "数量指标",
        "新建水库",
    ]


@pytest.mark.parametrize("head", ["1-9月完成值", "截至9月底完成值", "上半年完成值"])
def test_results_of_a_part_of_the_year_are_no_results(head: str) -> None:
    """They make a form of monitoring."""
    form = Form("表", [], 8, foot=[])
    form.add(1, "项目名称", "小型水库")
    form.add(2, "一级指标", "二级指标", "三级指标", "年度指标值", head, "备注")
    form.add(3, "产出指标", "数量指标", "新建水库", "8座", "4座", "无")
    record = record_of(as_sheet(form))
    assert record.submissions == []
    assert "绩效运行监控表" in str(next(note.actual for note in record.notes if note.rule == "W-28"))


MEASURES = {
    "年初预算数": ("年初批复预算", "年初预算安排", "年初安排资金", "年初部门预算"),
    "全年预算数": (
        "下达预算数",
        "预算下达数",
        "下达资金",
        "全年数",
        "安排资金",
        "预算指标数",
        "最终预算数",
        "预算批复金额",
    ),
    "全年执行数": ("实际使用资金", "执行资金", "已支出金额", "年末执行数", "支出决算数", "年度决算数", "资金支付数"),
    "执行率": ("执行比例", "年度执行率", "财政资金执行率", "支出实现率（%）⑤=④/③"),
}
SOURCES = {
    "TOTAL": ("资金来源合计", "专项资金总额", "资金总量"),
    "FISCAL": ("公共财政拨款", "政府预算资金", "财政投入", "财政安排资金", "预算内资金"),
    "CARRIED": ("年初结转和结余", "上年财政拨款结转", "往年结转", "结余结转资金"),
    "OTHER": ("其他投入", "其他渠道资金"),
    "OWN": ("企业投入", "群众自筹", "社会资本", "村集体自筹"),
    "LEVEL": ("中央预算内投资", "省级以上资金", "配套资金"),
}
LABELS = (
    *("项目编码及名称", "自评项目名称", "三级项目名称", "主管（预算）部门", "归口主管部门", "主管部门编码及名称"),
    *("项目实施主体", "项目用款单位", "牵头单位", "部门名称及代码", "报送单位", "年度履职目标", "目标设定", "工作目标"),
    *("年终完成情况", "实际完成目标", "年度履职目标完成情况"),
)
NO_LABELS = ("某县水利局", "工作目标管理", "新建水库", "实施情况良好", "预算执行情况说明书")


@pytest.mark.parametrize(("measure", "label"), [(key, label) for key, labels in MEASURES.items() for label in labels])
def test_labels_of_measures(measure: str, label: str) -> None:
    """What of the money a label means."""
    assert measure_of(label) == measure


@pytest.mark.parametrize(("source", "label"), [(key, label) for key, labels in SOURCES.items() for label in labels])
def test_labels_of_sources(source: str, label: str) -> None:
    """Whose money a label means."""
    named = source_of(label)
    assert named is not None
    assert named.name == source


def test_labels_above_the_indicators() -> None:
    """Names, goals and what was achieved; what only resembles a label is none."""
    assert [label for label in LABELS if not is_header_label(label.replace("（", "(").replace("）", ")"))] == []
    assert [text for text in NO_LABELS if is_header_label(text)] == []


INDICATORS = """
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出 | 数量 | 人次 | 100 | 100 | 50
"""
FORMS = {
    "a label of the block that reads as a measure": """
== 附件3 Sheet1
!项目绩效自评表
@资金使用情况（万元） | 资金来源 | > | 预算安排数{全年预算数} | 实际支出数{全年执行数} | 支出进度{执行率} | 得分{得分}
$当年财政拨款:^ | 区级财政资金 | > | 160 | 152 |  |
$其他资金:^ | 其他资金 | > | 0 | 0 |  |
$年度资金总额:^ | 合计 | > | 160 | 152 | 95% | 9.5
""",
    "duties in place of goals": """
== 附件2 Sheet1
!部门（单位）整体绩效自评表
-部门（单位）名称 | > | 某县档案馆{部门名称} | > | > | > | >
@执行情况 | > | 年初预算{年初预算数} | 全年预算{全年预算数} | 全年执行{全年执行数} | 执行率{执行率} | 得分{得分}
$年度资金总额:年度资金总额 | > | 200 | 220 | 198 | 90% | 9
-其中：政府预算资金 | > | 200 | 220 | 198 | 90% |
-年度履职目标 | > | 接收档案2000卷。{预期目标} | > | > | > | >
-年度主要任务 | > | 任务名称 | > | 主要内容 | > | 完成情况
-^ | ^ | 档案接收 | > | 接收档案 | > | 已完成
""",
    "a transfer as it was handed down": """
== 附件3 Sheet1
!省级对市县专项转移支付绩效自评表
!主管部门（盖章）：某县残联　　　　填报时间：2023年3月20日{主管部门=某县残联}{填报日期=2023年3月20日}
-转移支付名称 | > | 补助资金{项目支出名称} | > | 资金使用单位 | > | 某县中心{实施单位}
@资金情况 | > | 资金来源 | 下达预算数{全年预算数} | 实际到位数 | 实际支出数{全年执行数} | 预算执行率（%）{执行率}
$年度资金总额:^ | ^ | 合计 | 120 | 120 | 108 | 90
-总体目标 | 目标设定 | > | > | 目标完成情况 | > | >
-^ | 康复服务500人{预期目标} | > | > | 康复服务512人{实际完成情况} | > | >
""",
}


@pytest.mark.parametrize("form", FORMS)
def test_whole_forms_in_such_words(form: str) -> None:
    """Every field is read from its cell, and nothing else is."""
    check(spelled_out(FORMS[form].strip() + INDICATORS))
