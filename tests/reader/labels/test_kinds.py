"""Forms that are no self-evaluation are named as what they are; one is known by its columns, whatever its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reader.labels.relabelled import record_of
from tests.support.documents import Form, as_sheet, project_form
from xltool.auditing.audit import audit
from xltool.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.records import FileRecord

LEVELS = ("一级指标", "二级指标", "三级指标")
ROW = ("产出指标", "数量指标", "新建水库")


def table(
    title: str, *rows: Sequence[str], head: Sequence[str] = ("项目名称", "小型水库", "主管部门", "某县水利局")
) -> Form:
    """A form with a line of names and the rows of its table."""
    form = Form("表", [title] if title else [], 12, foot=[])
    for number, row in enumerate((head, *rows), 1):
        form.add(number, *row)
    return form


def named_kinds(record: FileRecord) -> list[str | None]:
    """What the notes on other kinds of forms say the forms are."""
    return [note.actual for note in record.notes if note.rule == "W-28"]


OTHERS = {
    "绩效目标表": [
        table("绩效目标申报表", (*LEVELS, "指标值"), (*ROW, "≥8座")),
        table("", (*LEVELS, "年度指标值", "备注"), (*ROW, "≥8座", "")),
        table("2023年省级水利资金绩效目标表", (*LEVELS, "指标解释", "甲村", "乙村"), (*ROW, "反映建设情况", "1", "1")),
        table("某资金绩效目标表", (*LEVELS, "指标值", "实际完成值", "未完成原因"), (*ROW, "≥8座", "", "")),
        table(
            "项目支出绩效目标表",
            (*LEVELS, "指标性质", "指标方向", "目标值", "计量单位", "分值"),
            (*ROW, "", "≥", "8", "座", "5"),
        ),
        table("部门整体支出绩效目标批复表", ("任务名称", "主要内容", "金额"), ("场馆维护", "水电", "8")),
        table("绩效项目申报表", ("实施单位", "某县供水站"), ("备注", "无")),
        table("项目申报", ("二级指标", "指标内容", "绩效目标"), ("数量指标", "新建水库", "8座")),
    ],
    "绩效运行监控表": [
        table(
            "项目支出绩效运行监控表",
            (*LEVELS, "年度指标值", "1-7月执行情况", "全年预计完成情况"),
            (*ROW, "8座", "4座", "8座"),
        ),
        table(
            "项目支出绩效监控表",
            (*LEVELS[:1], "指标名称", "指标值", "完成目标可能性"),
            ("产出指标", "水库", "8座", "确定能"),
        ),
        table("", (*LEVELS, "指标值", "上半年完成值", "完成可能性", "备注"), (*ROW, "8座", "4座", "有可能", "")),
        table("2023年绩效目标跟踪监控表", (*LEVELS, "指标值", "实际完成值"), (*ROW, "8座", "4座")),
    ],
    "绩效自评汇总表": [
        table("项目支出绩效自评汇总表", ("1", "水库", "20", "98"), head=("序号", "项目名称", "预算数", "得分")),
        table("2023年绩效自评结果一览表", ("1", "水库", "水利局"), head=("序号", "项目名称", "实施单位")),
    ],
    "绩效评价指标体系": [
        table(
            "部门整体支出绩效评价指标体系", (*LEVELS, "分值", "指标解释", "评分标准"), (*ROW, "5", "……", "达到的得满分")
        ),
        table("", (*LEVELS, "分值", "评价标准", "得分"), (*ROW, "5", "达到的得满分", "4")),
        table("绩效评价评分表", (*LEVELS, "分值", "得分"), (*ROW, "5", "4")),
        table(
            "",
            ("1", "任务分解", "2分", "按时分解的得2分"),
            ("2", "审批", "2分", "得2分"),
            ("3", "储备", "2分", "得2分"),
            head=("序号", "评价指标", "分值", "评价标准"),
        ),
    ],
    "评分表（": [
        table("", (*LEVELS, "分值", "得分"), (*ROW, "5", "")),
        table(
            "2007年度青少年工作自评表",
            ("培训", "4", "", ""),
            ("宣传", "8", "", ""),
            ("机器人竞赛", "4", "", ""),
            head=("评分项目", "分值", "自评分", "具体内容"),
        ),
        table(
            "部门整体支出绩效得分表",
            ("决策", "目标", "相关性（5分）", "5"),
            ("决策", "目标", "明确性", "5"),
            ("决策", "编制", "测算依据", "2"),
            head=(*LEVELS, "得分"),
        ),
        table(
            "实验室专项资金绩效考评",
            ("业务", "40", "建设内容", "20", ""),
            ("业务", "5", "合理性", "5", ""),
            ("业务", "10", "机构", "2", ""),
            head=("一级指标", "分值", "三级指标", "分值", "分数"),
        ),
    ],
    "绩效评价报告": [
        table(
            "某镇2023年村干部报酬项目绩效评价报告",
            ("自评方式", "单位自评", "自评分值", "100"),
            ("资金投入总数", "246.37", "抽查资金总数", "246.37"),
        ),
        table(
            "某省项目支出绩效评价报告（清扫费）",
            ("评价方式:部门(单位)评价□ 财政评价☑",),
            ("计划安排资金（万元）", "20", "实际到位资金（万元）", "20", "实际支出（万元）", "18"),
            ("省财政", "市县财政"),
            ("支出内容", "计划支出数", "实际支出数"),
        ),
    ],
    "部门预算、决算报表": [
        table("收入支出决算总表", ("一、事业收入", "5", "8", ""), head=("项目", "行次", "金额", "备注")),
        table("收支总表", ("一、事业收入", "5", "8", ""), head=("项目", "行次", "金额", "备注")),
        table("部门预算收支总表", ("一、事业收入", "5", "8", ""), head=("项目", "行次", "金额", "备注")),
        table("一般公共预算财政拨款支出预算表", ("2130301", "行政运行", "8"), head=("科目编码", "科目名称", "合计")),
    ],
}


@pytest.mark.parametrize(("kind", "form"), [(kind, form) for kind, forms in OTHERS.items() for form in forms])
def test_what_is_no_self_evaluation_is_named(kind: str, form: Form) -> None:
    """No rule of a self-evaluation is asked of it, nothing is called left over, and it is no all-clear."""
    record = record_of(as_sheet(form))
    assert (record.status, record.submissions) == ("read", [])
    (finding,) = audit([record]).findings
    assert (finding.rule, finding.severity) == ("W-28", Severity.WARNING)
    assert str(finding.actual).startswith(kind)


SPENT = (
    ("资金", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
    ("年度资金总额", "20", "20", "18", "10", "90%", "9"),
)
"""Money of a self-evaluation."""
UNSCORED = ((*LEVELS, "分值", "得分"), (*ROW, "5", ""), (*ROW, "5", ""), (*ROW, "5", ""))
"""Indicators whose points nobody has given yet, in a form without targets."""


@pytest.mark.parametrize(
    "form",
    [
        table("", *SPENT, *UNSCORED),
        table("某局2023年度支出决算表", ("实施单位", "甲站"), *SPENT),
    ],
)
def test_a_self_evaluation_is_not_called_another_form(form: Form) -> None:
    """Money that was spent makes it one, before its points are given and below a title that others have as well."""
    record = record_of(as_sheet(form))
    assert [submission.form for submission in record.submissions] == ["附件3"]
    assert named_kinds(record) == []


@pytest.mark.parametrize(
    "heads",
    [
        ("评价项目", "完成值", "分值", "得分"),
        ("评分项目", "目标", "分值", "得分"),
    ],
)
def test_points_beside_targets_or_results_are_no_table_of_points(heads: Sequence[str]) -> None:
    """A layout that is not known may be a self-evaluation all the same: it stays unread and is not passed."""
    rows = [("培训", "4次", "4", "4"), ("宣传", "8次", "8", "8"), ("竞赛", "4次", "4", "4")]
    (finding,) = audit([record_of(as_sheet(table("青少年工作自评表", *rows, head=heads)))]).findings
    assert (finding.rule, finding.severity) == ("W-19", Severity.ERROR)


def test_the_head_of_a_column_is_no_title() -> None:
    """The form is called by its sheet where only 评分标准 over a column could be taken for a title."""
    rows = [("任务分解", "2分", "按时得2分"), ("审批", "2分", "得2分"), ("储备", "2分", "得2分")]
    (finding,) = audit([record_of(as_sheet(table("", *rows, head=("评价内容", "分值", "评分标准"))))]).findings
    assert (finding.cell, finding.message.partition("，")[0]) == ("A1", "“表”是绩效评价指标体系（评分标准）")


def test_heads_without_rows_below_them_are_no_self_evaluation() -> None:
    """Where nothing stands below the points, money alone is not what was evaluated."""
    (finding,) = audit([record_of(as_sheet(table("", *SPENT, UNSCORED[0], head=("主管部门", "某局"))))]).findings
    assert str(finding.actual).startswith("评分表")


def test_points_below_the_names_of_a_project_are_no_table_of_points() -> None:
    """Names of a project or of its unit show that a department has filed something."""
    rows = [("评分项目", "分值", "得分"), ("培训", "4", "4"), ("宣传", "8", "8"), ("竞赛", "4", "4")]
    (finding,) = audit([record_of(as_sheet(table("某项目评分", *rows)))]).findings
    assert (finding.rule, finding.severity) == ("W-19", Severity.ERROR)


def test_beside_a_self_evaluation_it_is_a_hint() -> None:
    """The goals on another sheet of the workbook are named, and the self-evaluation is audited."""
    goals = as_sheet(OTHERS["绩效目标表"][0], "目标")
    record = record_of(as_sheet(project_form()), goals)
    assert [submission.form for submission in record.submissions] == ["附件3"]
    assert [note.severity for note in record.notes if note.rule == "W-28"] == [Severity.INFO]
    assert not [note for note in record.notes if note.rule == "W-10"]


@pytest.mark.parametrize(
    ("title", "head", "form"),
    [
        ("某资金使用情况", ("转移支付（项目）名称", "小型水库"), "附件3"),
        ("", ("专项名称", "小型水库", "省级主管部门", "水利厅"), "附件3"),
        ("转移支付区域（项目）绩效目标自评表", ("转移支付（项目）名称", "小型水库"), "附件3"),
        ("2023年小型水库自评情况", ("项目名称", "小型水库"), "附件3"),
        ("某县水利局2023年完成情况", ("单位名称", "某县水利局"), "附件2"),
        ("", ("部门（单位）名称", "某县水利局"), "附件2"),
    ],
)
def test_a_self_evaluation_is_known_by_its_columns(title: str, head: Sequence[str], form: str) -> None:
    """With targets, results and scores it is one, whatever it is called, and read as the nearest of our forms."""
    filled = table(title, (*LEVELS, "指标值", "全年实际完成值", "得分"), (*ROW, "8座", "9座", "10"), head=head)
    (submission,) = record_of(as_sheet(filled)).submissions
    assert submission.form == form
    assert [row.value("三级指标") for row in submission.rows] == ["新建水库"]


def test_a_self_evaluation_is_known_by_what_was_spent() -> None:
    """A form of money alone, with a budget and what was spent of it, is read; money without spending is no form."""
    heads = ("资金投入", "行次", "全年预算数（A）", "全年到位资金（B）", "全年执行资金（C）", "预算执行（C/A×100%）")
    lines = [
        ("年度资金总额（万元）", "1", "52.8", "52.8", "30.8", "58.33%"),
        ("中央财政资金", "2", "52.8", "52.8", "30.8", ""),
    ]
    (submission,) = record_of(as_sheet(table("2024年度某资金绩效评价表", *lines, head=heads))).submissions
    assert (submission.form, submission.year) == ("附件3", 2024)
    assert submission.values["年度资金总额_全年执行数"].value == 30.8
    planned = [line[:4] for line in (heads, *lines)]
    assert record_of(as_sheet(table("2024年度某资金分配表", *planned[1:], head=planned[0]))).submissions == []


@pytest.mark.parametrize(
    ("title", "head", "form"),
    [
        ("2020年度部门整体支出绩效自评表", ("部门名称", "某县司法局"), "附件2"),
        ("某县植保项目绩效自评表", ("项目名称", "植保专项"), "附件3"),
        ("项目支出年度绩效目标完成情况对比表", ("项目名称", "植保专项"), "附件3"),
    ],
)
def test_below_a_title_a_name_makes_a_form(title: str, head: Sequence[str], form: str) -> None:
    """What the rest is called, the form is not known; it is read as far as it goes, and what is missing is named."""
    record = record_of(as_sheet(table(title, ("职责", "负责全县的工作。"), head=head)))
    (submission,) = record.submissions
    assert submission.form == form
    (note,) = (note for note in submission.notes if note.rule == "W-20")
    assert note.severity is Severity.WARNING
    assert record_of(as_sheet(table(title, ("职责", ""), head=(head[0], "")))).submissions == []


def department_booklet() -> Form:
    """The tables of a booklet on a whole department, as our province printed them until 2021."""
    form = Form("表", ["某县2018年度部门整体支出绩效评价自评报告"], 7, foot=[])
    form.add(1, "联系人", "某某", "联络电话", "0000000")
    form.add(2, "人员编制", "21", "实有人数", "20")
    form.add(3, "职能职责概述", ("负责全县农业工作。", 6))
    form.add(4, "机构名称", "收入合计", "其中：上年结转", "公共财政拨款", "政府基金拨款", "其他收入")
    form.add(5, "局机关", "233.5", "0", "233.5", "0", "0")
    form.add(6, "机构名称", "支出合计", "基本支出", "项目支出", "当年结余", "累计结余")
    form.add(7, "局机关", "230", "130", "100", "3.5", "3.5")
    form.add(8, "绩效自评综合得分", "95", "评价等次", "优")
    return form


def project_booklet() -> Form:
    """The tables of a booklet on a project, with its money by level of government."""
    form = Form("表", ["某县2018年度专项资金绩效自评报告"], 7, foot=[])
    form.add(1, "项目名称", "小型水库", "项目负责人", "某某")
    form.add(2, "项目起止时间", "2018年1月至12月", "项目地址", "某县")
    form.add(3, "计划安排资金（万元）", "20", "实际到位资金（万元）", "20", "实际支出（万元）", "18")
    form.add(4, "其中：中央财政", "5", "其中：中央财政", "5")
    form.add(5, "省财政", "15", "省财政", "15")
    form.add(6, "支出内容", "计划支出数", "实际支出数")
    form.add(7, "绩效自评综合得分", "95", "评价等次", "优")
    return form


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (department_booklet(), ["人员编制 21", "实有人数 20", "收入合计 233.5", "支出合计 230", "绩效自评综合得分 95"]),
        (project_booklet(), ["项目名称 小型水库", "计划安排资金 20", "实际支出 18", "省财政 15", "评价等次 优"]),
    ],
)
def test_a_booklet_of_earlier_years_is_named_with_what_was_read(form: Form, values: Sequence[str]) -> None:
    """Neither an all-clear nor an accusation: what it is, and the figures in it with their cells."""
    (finding,) = audit([record_of(as_sheet(form))]).findings
    assert (finding.rule, finding.severity, finding.actual) == ("W-28", Severity.WARNING, "早年的绩效自评报告表册")
    assert [value for value in values if value not in finding.message] == []
    assert len(finding.related) >= len(values)


def test_the_report_of_a_departments_own_group_is_its_booklet() -> None:
    """Of the boxes for who has evaluated the unit's own is ticked."""
    form = project_booklet()
    form.head = ["某县2018年度项目支出绩效评价报告", "评价机构：□中介机构　□专家组　☑项目单位评价组"]
    assert named_kinds(record_of(as_sheet(form))) == ["早年的绩效自评报告表册"]
    form.head[1] = "评价机构：☑中介机构　□专家组　□项目单位评价组"
    assert named_kinds(record_of(as_sheet(form))) == ["绩效评价报告（由财政部门或第三方机构评价）"]


def booklet_with_indicators() -> Form:
    """A booklet with a table of indicators at its end, and a heading over nothing."""
    form = project_booklet()
    form.add(8, *NAMED_BY_COLUMNS)
    form.add(9, "产出指标", "数量指标", "培训人次", "100", "100", "50")
    return form


NAMED_BY_COLUMNS = ("一级指标", "二级指标", "三级指标", "目标值", "完成值", "得分")


def test_a_booklet_with_indicators_is_a_booklet() -> None:
    """Its columns are those of a self-evaluation, but its form is not one of ours; its title is that of the report."""
    (finding,) = audit([record_of(as_sheet(booklet_with_indicators()))]).findings
    assert (finding.rule, finding.severity, finding.cell) == ("W-28", Severity.WARNING, "A1")
    assert "“某县2018年度专项资金绩效自评报告”是早年的绩效自评报告表册" in finding.message
    assert "省财政 15" in finding.message
    assert "计划支出数" not in finding.message


def test_every_sheet_of_a_booklet_is_named() -> None:
    """A sheet with few labels of a booklet is a part of the booklet beside it, and none by itself."""
    few = Form("三公", ["三公经费"], 7, foot=[])
    few.add(1, "机构名称", "三公经费合计", "公务接待费")
    few.add(2, "局机关", "10", "5")
    findings = audit([record_of(as_sheet(department_booklet()), as_sheet(few))]).findings
    assert [(finding.rule, finding.sheet) for finding in findings] == [("W-28", "三公"), ("W-28", "表")]
    assert [finding.rule for finding in audit([record_of(as_sheet(few))]).findings] == ["W-19"]


def test_names_and_money_alone_make_no_self_evaluation() -> None:
    """An application to buy something has a project and its unit, too, and nothing of results."""
    application = table("办公设备购置申请表", ("项目单位", "某县水利局", "预算金额（万元）", "20"))
    assert record_of(as_sheet(application)).submissions == []
