"""Whole forms in layouts of other places, drawn with made-up content: what is read, and that nobody is accused."""

from __future__ import annotations

import pytest

from tests.reader.labels.drawn import check, filled, read_drawn
from xltool.auditing.audit import audit
from xltool.reader.records import FileRecord, Submission

COLUMNS = ("三级指标", "年度指标值", "实际完成值", "分值", "得分")


def rows_of(submission: Submission) -> list[tuple[object, ...]]:
    """The indicators, without their levels."""
    return [tuple(row.value(key) for key in COLUMNS) for row in submission.rows]


def accusations(submission: Submission) -> set[str]:
    """The rules with an error or a warning."""
    findings = audit([FileRecord("表.xlsx", "read", submissions=[submission])]).findings
    return {finding.rule for finding in findings if finding.severity != "info"}


EXECUTION_IN_THE_TABLE = """\
== 附件2 表
!部门（单位）整体支出绩效自评表
!（2022年度）
-部门（单位）名称 | > | 某县林业局 | > | > | > | >
-预算执行 | 年初预算数 | 300 | 调整后预算数 | 350 | 执行数 | 330
-年度总体目标 | 目标内容 | > | > | 完成情况 | > | >
-^ | 造林2万亩。 | > | > | 造林2.1万亩，比上年多。 | > | >
-一级指标 | 二级指标 | 三级指标 | 年度指标值 | 全年完成值 | 分值 | 得分
-产出指标 | 数量指标 | 造林面积 | 2万亩 | 2.1万亩 | 50 | 50
-效益指标 | 生态效益指标 | 森林覆盖率 | ≥50% | 51% | 30 | 30
-满意度指标 | 服务对象满意度 | 群众满意度 | ≥90% | 95% | 10 | 10
{execution}
-总分 | > | > | > | > | 100 | 99.43
"""


@pytest.mark.parametrize(
    "execution",
    [
        "-预算执行率 | > | > | 100% | 94.29% | 10 | 9.43",
        "-执行率 | 预算执行率 | > | 100% | 94.29% | 10 | 9.43",
        "-预算执行率（10分） |  |  | 100% | 94.29% | 10 | 9.43",
        "-预算执行（10分） | > | > | 100% | 94.29% | 10 | 9.43",
        "-部门预算执行情况 |  |  | 100% | 94.29% | 10 | 9.43",
        "-预算执行（10分） | 预算执行（10分） | 预算执行（10分） | 100% | 94.29% | 10 | 9.43",
    ],
)
def test_a_row_of_the_execution_is_no_indicator(execution: str) -> None:
    """Without a name among the indicators, the execution of the budget has its points in a row of their table."""
    submission, _ = read_drawn(EXECUTION_IN_THE_TABLE.format(execution=execution))
    values = {key: value for key, (_, value) in filled(submission).items()}
    assert (values["年度资金总额_分值"], values["年度资金总额_得分"]) == (10, 9.43)
    assert (values["预期目标"], values["实际完成情况"]) == ("造林2万亩。", "造林2.1万亩，比上年多。")
    assert len(submission.rows) == 3
    assert not accusations(submission)


def test_an_indicator_that_is_called_after_the_execution_is_one() -> None:
    """预算执行率 in the column of the indicators is an indicator as any other, also of a group called 预算执行."""
    for levels in ("产出指标 | 时效指标", "预算执行 | 预算执行", "过程 | 预算执行"):
        row = f"-{levels} | 预算执行率 | 100% | 94.29% | 10 | 9.43"
        submission, _ = read_drawn(EXECUTION_IN_THE_TABLE.format(execution=row))
        assert submission.rows[-1].value("三级指标") == "预算执行率"


def test_a_group_called_after_the_execution_keeps_its_heading() -> None:
    """A heading with points and no result is none of the execution: its indicators stand below it."""
    rows = "-预算执行 |  |  |  |  | 10 | 9.43\n- | 预算管理 | 预算执行率 | 100% | 94.29% | 10 | 9.43"
    submission, _ = read_drawn(EXECUTION_IN_THE_TABLE.format(execution=rows))
    assert "年度资金总额_得分" not in filled(submission)


BEHIND = """\
== 附件3 表
!项目支出绩效自评表
!（2022年度）
-项目名称 | > | 某专项 | > | > | 预算部门 | 某县交通局 | >
-项目资金（万元） | > |  | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
-^ | ^ | 年度资金总额 | 50 | 45 | 10 | 90% | 9
-绩效指标 | > | > | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因
-一级指标 | 二级指标 | 三级指标 | ^ | ^ | ^ | ^ | ^
-产出指标 | 数量指标 | 养护里程 | 100公里 | 100公里 | 50 | 50 |
-效益指标 | 社会效益指标 | 通行保障率 | 95% | 98% | 30 | 30 |
-满意度指标 | 服务对象满意度指标 | 群众满意度 | 90% | 92% | 10 | 10 |
-其他需要说明的事项 | > | > | 无 | > | > | > | >
-{total} | > | > | > | > | 100 | 99 |
"""


@pytest.mark.parametrize("total", ["总分", "自评得分合计", "项目自评总分：", "指标合计"])
def test_the_total_may_stand_behind_a_remark(total: str) -> None:
    """Its weight is not taken for its score; 预算部门 is the department above where the form names no other."""
    submission, _ = read_drawn(BEHIND.format(total=total))
    values = {key: value for key, (_, value) in filled(submission).items()}
    assert (values["总分_分值"], values["总分_得分"]) == (100, 99)
    assert values["主管部门"] == "某县交通局"
    assert "S-03" not in accusations(submission)


@pytest.mark.parametrize("remark", ["其他需说明事项", "其它需要说明的事项"])
@pytest.mark.parametrize(
    "total",
    [
        "-总分 | > | > | 总分值 | 100 | 总得分 | 99 | 优",
        "-合计 | > | 满分 | 100 | 自评得分 | 99",
        "-总得分 | 总得分： | 总得分 | 总得分 | 自评得分 | 100 | 99",
    ],
)
def test_the_total_may_have_labels_of_its_own(total: str, remark: str) -> None:
    """Weight and score stand right of their labels, wherever the columns of the table are; a remark is no indicator."""
    form = BEHIND.replace("-{total} | > | > | > | > | 100 | 99 |", total).replace("其他需要说明的事项", remark)
    submission, _ = read_drawn(form)
    values = {key: value for key, (_, value) in filled(submission).items()}
    assert (values["总分_分值"], values["总分_得分"]) == (100, 99)
    assert len(submission.rows) == 3


BESIDE = """\
== 附件3 表
!某县2022年度财政支出项目绩效自评表
-项目名称 | 某县文化礼堂 | 项目主管部门 | 某县文旅局
-预算金额（元） | 1200000 | 支出资金（元） | 1180000
-结余资金 | 20000 | 支付率 | 98.33%
-预期绩效目标 | 建成文化礼堂20家 | 实际绩效 | 建成文化礼堂21家
-自评得分 | {score} | 自评等级 | 优
-指标 | 目标值 | 完成值 | 得分
-建成数量 | 20家 | 21家 | 50
-群众满意度 | 90% | 95% | 38
"""


@pytest.mark.parametrize(("score", "accused"), [(98, set()), (88, set()), (80, {"S-03"}), (120, {"S-03"})])
def test_a_form_of_pairs_and_a_plain_table(score: int, accused: set[str]) -> None:
    """指标 heads the indicators; money left is none of last year; the total may count execution that has no cell."""
    submission, _ = read_drawn(BESIDE.format(score=score))
    values = {key: value for key, (_, value) in filled(submission).items()}
    assert (values["预期目标"], values["实际完成情况"]) == ("建成文化礼堂20家", "建成文化礼堂21家")
    assert [submission.values[f"年度资金总额_{key}"].value for key in ("全年预算数", "全年执行数")] == [120, 118]
    assert "上年结转资金_全年预算数" not in values
    assert rows_of(submission)[0] == ("建成数量", "20家", "21家", None, 50)
    assert accusations(submission) & {"S-03", "A3-02"} == accused


WEIGHED = """\
== 附件2 表
!某县2022年度部门整体支出绩效自评表
-部门名称 | 某县文旅局 | > | > | >
-二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
-数量指标 | 建成数量 | 20家 | 21家 | 60 | 60
-满意度指标 | 群众满意度 | 90% | 95% | {weight} | 38
-总分 | > | > | > | 100 | {score}
"""


@pytest.mark.parametrize(
    ("weight", "score", "accused"), [(40, 98, set()), (40, 99, {"S-03"}), (30, 98, set()), (30, 99, set())]
)
def test_rows_with_all_points_leave_none_to_execution(weight: int, score: int, accused: set[str]) -> None:
    """Without a cell for its points, execution may be what the total has more than the rows, if they leave it any."""
    submission, _ = read_drawn(WEIGHED.format(weight=weight, score=score))
    assert accusations(submission) & {"S-03"} == accused


FOUR_LEVELS = """\
== 附件3 表
!项目支出绩效自评表
!（2022年度）
-项目名称 | > | 某项目 | 主管部门 | > | 某局 | >
-一级指标 | 二级指标 | 三级指标 | 四级指标 | 年初目标值 | 年末实际值 | 指标满分 | 自评得分
-产出指标 | 数量指标 | 道路工程 | {first} | 20公里 | 21公里 | 30 | 30
-^ | ^ | {third} | {second} | 3座 | 3座 | 20 | 20
"""


def test_of_four_levels_the_last_names_the_indicator() -> None:
    """Where it was filled in; else the third does."""
    four, _ = read_drawn(FOUR_LEVELS.format(first="新建公路", second="加固危桥", third="^"))
    three, _ = read_drawn(FOUR_LEVELS.format(first="", second="", third="桥梁工程"))
    assert rows_of(four) == [("新建公路", "20公里", "21公里", 30, 30), ("加固危桥", "3座", "3座", 20, 20)]
    assert [row[0] for row in rows_of(three)] == ["道路工程", "桥梁工程"]
    assert "S-27" not in accusations(four)
    assert "预期目标" not in filled(four)


def test_income_and_spending_above_the_funds() -> None:
    """支出总额 is the sum of 基本支出 and 项目支出, and not what was spent of the budget."""
    row = "-收支 | 收入总额 | 350 | > | > | > | >\n-^ | 支出总额 | 330 | 其中：基本支出 | 120 | 项目支出 | 210\n"
    form = EXECUTION_IN_THE_TABLE.format(execution="-预算执行率 | > | > | 100% | 94.29% | 10 | 9.43")
    submission, _ = read_drawn(form.replace("-预算执行 |", f"{row}-预算执行 |"))
    cells = {key: cell for key, (cell, _) in filled(submission).items()}
    natures = ("收入_合计", "支出_合计", "支出_基本支出", "支出_项目支出", "年度资金总额_全年执行数")
    assert [cells[key] for key in natures] == ["C4", "C5", "E5", "G5", "G6"]
    assert not accusations(submission)


SOURCES_ACROSS = """\
== 附件3 表
!2020年度专项资金绩效自评表
-专项资金名称 | > | 农村改厕 | > | > | >
-资金安排（万元） |  | 中央 | 省 | 县 | 合计
-^ | 预算 | 300 | 100 | 50 | 450
-^ | 实际到位 | 300 | 100 | 45 | 445
-^ | 实际支出 | 290 | 100 | 40 | 430
-绩效目标 | 一级指标 | 二级指标 | 目标内容 | 目标值 | 实际完成
-^ | 产出指标 | 数量指标 | 改厕户数 | 2000户 | 2050户
"""


def test_sources_across_with_what_came_in_between() -> None:
    """The total is that of all sources; 目标内容 names the indicators beside the heads of levels."""
    submission, _ = read_drawn(SOURCES_ACROSS)
    cells = {key: cell for key, (cell, _) in filled(submission).items()}
    assert (cells["年度资金总额_全年预算数"], cells["年度资金总额_全年执行数"]) == ("F4", "F6")
    assert rows_of(submission) == [("改厕户数", "2000户", "2050户", None, None)]


WHOLE_DEPARTMENT = """\
== 附件2 表
!2023年度某县财政局部门整体绩效自评表
-单位名称 | > | 某县财政局 | > | > | > | >
-整体资金情况（万元） |  |  | 年初预算数 | 全年预算数 | 实际支出数 | 预算执行率
- |  | 年度部门整体支出 | 2300 | 2550 | 2500 | 98.04%
- |  | 其中：基本支出 | 1300 | 1350 | 1340 | 99.3%
- |  | 项目支出 | 1000 | 1200 | 1160 | 96.7%
-序号 | 指标 | 权重 | 目标值 | 完成值 | 得分 | 扣分说明
-1 | 一般公共预算收入 | 50 | 10亿元 | 10.2亿元 | 50 |
-2 | 单位满意度 | 50 | 95% | 94% | 49 | 略低于目标
"""


def test_the_spending_of_a_whole_department() -> None:
    """整体支出 is the total of the parts below it; 扣分说明 is the reason of what was not reached."""
    submission, _ = read_drawn(WHOLE_DEPARTMENT)
    cells = {key: cell for key, (cell, _) in filled(submission).items()}
    total = [cells[f"年度资金总额_{measure}"] for measure in ("年初预算数", "全年预算数", "全年执行数", "执行率")]
    assert total == ["D4", "E4", "F4", "G4"]
    assert (cells["支出_基本支出"], cells["支出_项目支出"]) == ("F5", "F6")
    assert submission.rows[1].value("偏差原因分析及改进措施") == "略低于目标"
    assert "B7" not in {note.cell for note in submission.notes if note.rule == "W-10"}


TRANSFER = """\
== 附件3 表
!某县教育补助资金转移支付整体绩效目标自评表
!（2022年度）
-转移支付（项目）名称 | > | 教育补助资金 | > | > | > | >
-市级主管部门 | > | 某市教育局 | > | > | > | >
-类别 | 指标名称 | 目标值 | 权重 | 实际完成值 | 自评分 | 备注
-投入目标（28分） | 资金使用合规性 | 合规 | 28 | 合规 | 28 |
-产出目标（72分） | 建成教室 | 20间 | 72 | 21间 | 72 |
-^ | - | | | | |
"""


def test_the_whole_of_a_transfer_is_a_project() -> None:
    """整体 in its title is that of the transfer; a dash in place of a name is no indicator."""
    submission, _ = read_drawn(TRANSFER)
    assert (submission.form, submission.value("项目支出名称")) == ("附件3", "教育补助资金")
    assert [(row.value("一级指标"), row.value("三级指标")) for row in submission.rows] == [
        ("投入目标", "资金使用合规性"),
        ("产出目标", "建成教室"),
    ]


RESULTS_ALONE = """\
== 附件3 表
!关于某校2022年实验室建设项目预算绩效评价结果的公示
-一级指标 | 二级指标 | 三级指标 | 预算设定指标值 | 项目完成指标值
-产出指标 | 数量指标 | 改造实验室 | 2间 | 2间
-满意度指标 | 服务对象满意度指标 | 师生满意度 | 95% | 97%
-预算绩效评价结果 | 考核节点进度完成率 | 10分 | 项目采购节约率 | 10分
"""


def test_indicators_alone_are_a_form() -> None:
    """Targets and results with names of their own; what stands below is the result of the whole."""
    submission, _ = read_drawn(RESULTS_ALONE)
    assert rows_of(submission) == [("改造实验室", "2间", "2间", None, None), ("师生满意度", "95%", "97%", None, None)]


GOALS_IN_PLACE_OF_INDICATORS = """\
== 附件3 表
!2023年度项目绩效自评表
-项目名称： | 教师培训{项目支出名称} | > | > | > | > | > | >
-主管部门： | 某区教育局{主管部门} | > | > | 预算单位： | 某区教育学院{实施单位} | > | >
-当年预算数（元）： | 1,280,000.00{年度资金总额_全年预算数} | > | > | 上年预算额（元）： | 1,150,000.00 | > | >
-执行数（元）： | 1,240,064.00{年度资金总额_全年执行数} | > | > | 执行率（%）： | 96.88%{年度资金总额_执行率} | > | >
-项目年度总目标： | 完成分层分类培训，新教师培训全覆盖。{预期目标} | > | > | > | > | > | >
-主要绩效： | 全年组织培训86场，新教师培训覆盖率100%。{实际完成情况} | > | > | > | > | > | >
-主要问题： | 个别班次结算延后。 | > | > | > | > | > | >
-改进措施： | 加强统筹安排。 | > | > | > | > | > | >
-项目绩效自评得分（分）： | 99.8{总分_得分} | > | > | > | > | > | >
-一级目标 | 二级目标 | 三级目标 | 权重 | 年度目标值 | 实际完成值 | 得分 | 自评说明
-产出目标 | 数量目标 | 培训场次 | 40 | ≥80场 | 86场 | 40 | 无
-^ | 质量目标 | 考核合格率 | 30 | ≥98% | 99.2% | 30 |
-效果目标 | 社会效益 | 新教师覆盖率 | 30 | =100% | 99.2% | 29.8 | 一人休假
"""


def test_goals_of_three_levels_are_the_indicators() -> None:
    """Levels called 目标 are those of the indicators, and the total stands above them."""
    submission = check(GOALS_IN_PLACE_OF_INDICATORS)
    assert rows_of(submission)[0] == ("培训场次", "≥80场", "86场", 40, 40)
    assert [row.value("二级指标") for row in submission.rows] == ["数量目标", "质量目标", "社会效益"]
    assert submission.rows[-1].value("偏差原因分析及改进措施") == "一人休假"
    assert not accusations(submission)
