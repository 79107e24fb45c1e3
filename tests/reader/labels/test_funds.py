"""The funds in the layouts of many regions: heads of measures, heads of sources, pairs; which parts are which."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.labels.drawn import check, filled, read_drawn, spelled_out
from tests.reader.layouts import vary
from xltool.auditing.audit import audit
from xltool.batches.grouping import as_filings
from xltool.reader.notation.tokens import State
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from xltool.reader.records import Submission

INDICATORS = """
-绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
-^ | 产出指标 | 数量指标 | 培训人次 | 100人次 | 100人次 | 50
"""
HEADS = "| 年初预算数{年初预算数} | 全年预算数{全年预算数} | 全年执行数{全年执行数} |"
TOTAL = "$年度资金总额:^ | ^ | 年度资金总额 "


def project(*lines: str) -> str:
    """A project's form with these lines as its funds."""
    return spelled_out("\n".join(("== 附件3 Sheet1", "!项目支出绩效自评表", *lines)) + INDICATORS)


def department(*lines: str) -> str:
    """A department's form with these lines as its funds."""
    return spelled_out("\n".join(("== 附件2 Sheet1", "!部门整体支出绩效自评表", *lines)) + INDICATORS)


LAYOUTS = {
    "amounts below their heads, in blocks without lines": project(
        "-项目名称 | 小型水库{项目支出名称} | > | 项目年份 | 2021 | >",
        "-预算执行情况（万元） | 年初预算数 | > | 当年追加调整数 | > | 财政拨款数",
        "-^ | 210{年度资金总额_年初预算数} | > | 0 | > | 210",
        "-资金使用情况（万元） | 财政拨款数 | 实际支付数 | 资金结余 | 其中： | >",
        "-^ | ^ | ^ | ^ | 结转数 | 收回数",
        '-^ | 210 | "197.33"{年度资金总额_全年执行数} | 12.67 |  | 12.67',
    ),
    "levels of government, the money of one": project(
        "@资金投入 | > |  | 全年预算数（A）{全年预算数} | 全年执行数（B）{全年执行数} | 执行率（B/A×100%）{执行率} |",
        "$年度资金总额:^ | ^ | 年度资金总额： | 200 | 150 | 75% |",
        "$当年财政拨款:^ | ^ | 其中：中央财政资金 | 200 | 150 | ",
        "-^ | ^ | 地方财政资金 |  |  |  |",
        "$其他资金:^ | ^ | 其他资金 |  |  |  |",
    ),
    "heads over the labels of the lines and their amounts": project(
        "-资金（万元） | 预算数 | > | 执行数 | > | 执行率 | 得分（10分）",
        "-^ | 资金总额： | 96.4{总额.全年} | 资金总额： | 93.51{总额.执行} | 97%{总额.率} | 9.7{总额.得}",
        "-^ | 其中：财政资金 | 96.4{财政.全年} | 其中：财政资金 | 93.51{财政.执行} | ^ | ^",
        "-^ | 其他资金 |  | 其他资金 |  | ^ | ^",
    ),
    "two blocks of amounts below their heads, with points": project(
        "-预算情况（万元） | 年初预算数 | 增减数 | 全年预算数 | 财政拨款 | 其他资金",
        "-^ | 90{总额.年初} | 10 | 100{总额.全年} | 100 | 0",
        "-执行情况（万元） | 全年执行数 | 结转结余 | 执行率 | 分值 | 得分",
        "-^ | 95{总额.执行} | 5 | 95%{总额.率} | 10{总额.分} | 9.5{总额.得}",
    ),
    "two blocks of amounts, all of them texts": project(
        "-预算 | 年初预算数 | 全年预算数\n-^ | '90.00{总额.年初} | ’100。{总额.全年}",
        "-执行（万元） | 全年执行数 | 结转结余 | 执行率 | 分值 | 得分",
        "-^ | 95{总额.执行} | 5 | 95%{总额.率} | １０分{总额.分} | 9.5分{总额.得}",
    ),
    "budgets, the money of one": project(
        f"@项目资金\\n（万元） | > |  {HEADS}",
        f"{TOTAL}| 90 | 90 | 80 |",
        "$当年财政拨款:^ | ^ | 其中：本年一般公共预算拨款 | 90 | 90 | 80 |",
        "-^ | ^ | 政府性基金拨款 |  |  |  |",
        "$其他资金:^ | ^ | 单位自筹资金 |  |  |  |",
    ),
    "no budget of the whole year": project(
        "@资金 | > |  | 年初预算数（A）{年初预算数} | 全年执行数（B）{全年执行数} | 分值（10分）{分值} | 得分{得分}",
        "$年度资金总额:^ | ^ | 年度资金总额： | 310.2 | 154.74 | 10 | 5",
        "$当年财政拨款:^ | ^ | 其中：财政拨款 | 310.2 | 154.74 |  | ",
        "$其他资金:^ | ^ | 其他资金 |  |  |  | ",
    ),
    "money put in": project(
        "@资金情况 | > |  | 年初预算资金总额：{年初预算数} | 实际投入资金额{全年执行数} | 产生差异的原因 |",
        "$年度资金总额:^ | ^ | 合计 | 236 | 236 |  |",
        "$当年财政拨款:^ | ^ | 其中：财政性资金 | 236 | 236 |  |",
    ),
    "sources across": project(
        "-项目资金来源 | 财政拨款 | 其他 | 合计 | 执行数 | 执行率 | ",
        "-^ | 300{财政.全年} | 9{其他.全年} | 309{总额.全年} | 300{总额.执行} | 97%{总额.率} | ",
    ),
    "sources across, measures below": project(
        "-资金情况（万元） | 资金来源 | 资金总额 | 其中：财政拨款 | 上年结转 | 自筹资金 | ",
        "-^ | 全年预算数 | 309{总额.全年} | 300{财政.全年} | 9{结转.全年} | 0{其他.全年} | ",
        "-^ | 全年执行数 | 209{总额.执行} | 200{财政.执行} | 9{结转.执行} | 0{其他.执行} | ",
    ),
    "pairs": project(
        "-预算执行情况 | 预算数： | 2.38{总额.全年} | 执行数： | 2.38{总额.执行} |  | ",
        "-^ | 其中：中央补助 | 2.38 万元{财政.全年} | 其中：中央补助 | 2.38万元{财政.执行} |  | ",
        "-^ | 地方资金/其他 | 万元 | 地方资金/其他 | 万元 |  | ",
    ),
    "pairs in the row of a measure": project(
        "-资金 | 全年预算数 | 年度资金总额 | 120{总额.全年} | 其中：财政拨款 | 120{财政.全年} | ",
        "-^ | 全年执行数 | 年度资金总额 | 100{总额.执行} | 其中：财政拨款 | 100{财政.执行} | ",
    ),
    "pairs of amounts, and the rate in per cent": project(
        "-当年预算数（元） | > | 250000{总额.全年} | 上年预算数（元） | > | 200000 | ",
        "-预算执行数（元） | > | 215457.6{总额.执行} | 预算执行率（%） | > | 86.18{总额.率} | ",
    ),
    "heads over heads": project(
        "-资金 | > | > | 全年预算数（万元） | > | 全年执行数（万元） | > | 执行率",
        "-^ | > | > | 总额 | 财政拨款 | 总额 | 财政拨款 | ",
        "-金额合计 | > | > | 100{总额.全年} | 90 | 80{总额.执行} | 70 | 80%{总额.率}",
    ),
    "no label for the total": project(
        f"@预算执行情况\\n（万元） | >  | {HEADS}",
        "$年度资金总额:^ | > | | 90 | 90 | 80 |",
    ),
    "weights and points of execution in words of their own": department(
        "- |  | > | 年初预算数 | 全年（调整）预算数 | 全年执行数 | 执行率 | 执行率权重 | 执行率得分",
        "-年度总金额 | > | > | 10{总额.年初} | 10{总额.全年} | 8{总额.执行}"
        " | 80.00{总额.率} | 10{总额.分} | 8{总额.得}",
        "-其中：财政拨款 | > | > | 10 | 10 | 8 | 80.00 | | ",
    ),
    "a head over the labels of the lines": project(
        "@预算执行情况 | 年度预算数（万元） | 年初预算{年初预算数} | 调整后预算数{全年预算数}"
        " | 预算执行数{全年执行数} |",
        "$年度资金总额:^ | 总额 | 5 | 6 | 4 |",
        "$当年财政拨款:^ | 其中：财政资金 | 5 | 6 | 4 |",
    ),
    "the first budget and the adjusted one, each a sum of the year": project(
        "@项目资金（万元） | > | 资金来源 | 全年预算数 A{年初预算数} | 调整预算数{全年预算数}"
        " | 全年执行数 B{全年执行数} | 执行率（%）=B/A{执行率}",
        "$年度资金总额:^ | > | 合计 | 460 | 450 | 441 | 98",
        "$当年财政拨款:^ | > | 财政拨款 | 460 | 450 | 441 |",
    ),
    "adjusted, in one word": project(
        "@预算执行情况（10分） | > | 年度预算数（万元） | 年初预算{年初预算数} | 调整后{全年预算数}"
        " | 年度执行数{全年执行数} |",
        "$年度资金总额:^ | > | 年度资金总额 | 96 | 90 | 80 |",
        "$当年财政拨款:^ | > | 其中：财政拨款 | 96 | 90 | 80 |",
    ),
    "pairs, and the rate below its head over merged cells": project(
        "-二、预算执行情况 | 预算安排情况（调整后） | > | 资金到位情况 | > | 资金执行情况 | > | 预算执行进度",
        "-^ | 预算数： | 120{总额.全年} | 到位数： | 120 | 执行数： | 118.8{总额.执行} | 99.00%{总额.率}",
        "-^ | 其中：财政资金 | 120{财政.全年} | 其中：财政资金 | 120 | 其中：财政资金 | 118.8{财政.执行} | ^",
    ),
    "planned and used, as pairs": project(
        "-计划投资额\\n（万元） | 57{总额.全年} | 实际到位资金 | 39 | 实际使用情况 | 38{总额.执行} |",
        "-其中：省财政 | 50{财政.全年} | 其中：省财政 | 30 |  |  |",
    ),
    "label and amount in one cell": project(
        "-资金情况（万元） | > | 年度金额（提前下达）：208万元{年度资金总额_全年预算数=208万元} | >"
        " | 资金使用情况（万元） | 合计：109.8万元{年度资金总额_全年执行数=109.8万元} |",
        "-^ | > | 中央财政165万元 | > | ^ | 中央财政84.5万元 |",
    ),
    "a rate that its formula names": project(
        "@资金 | > |  | 全年预算数（A）{全年预算数} | 到位资金（B） | 全年执行资金（C）{全年执行数}"
        " | 预算执行\\n（C/A×100%）{执行率} |",
        "$年度资金总额:^ | ^ | 年度资金总额： | 52 | 52 | 30 | 57.7% |",
    ),
    "budget, change and sum, with numbers of the columns": department(
        "-资金 | 资金结构 | 预算安排 | > | > | 拨付情况 | > | 结余情况",
        "@^ | ^ | 年初部门预算安排金额（含结余）①{年初预算数} | 年中调整金额② | 小计③=①+②{全年预算数}"
        " | 年度拨付金额④{全年执行数} | 支出实现率（%）⑤=④/③{执行率} | 本年度结余金额⑥=③-④",
        "-^ | 财政资金小计 | 130 | 58 | 188 | 180 | 95.74 | 8",
        "-^ | ① 项目支出 | 30 | 0 | 30 | 30{支出_项目支出} | 100 | 0",
        "-^ | ② 基本支出 | 100 | 58 | 158 | 150{支出_基本支出} | 94.94 | 8",
        "$年度资金总额:^ | 合 计 | 130 | 58 | 188 | 180 | 95.74 | 8",
    ),
    "basic and project spending as lines": department(
        "@资金 | > | 资 金 来 源 | 年初预算数（A）{年初预算数} | 全年执行数（B）{全年执行数} | 得分{得分} | 计算方法",
        "$年度资金总额:^ | ^ | 年度资金总额： | 1172.55 | 1268.72 | 10 | 执行率*分值",
        "-^ | ^ | 基本支出 | 985.19 | 914.97{支出_基本支出} | 10 | ^",
        "-^ | ^ | 项目支出 | 187.36 | 353.75{支出_项目支出} | 10 | ^",
        "-^ | ^ | 其他 |  |  |  | ^",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_the_funds(layout: str) -> None:
    """Every amount is read from its cell, and nothing else is."""
    check(LAYOUTS[layout])


def values(submission: Submission) -> dict[str, float]:
    """The numbers outside tables."""
    return {key: filed.value for key, filed in submission.values.items() if isinstance(filed.value, float)}


def test_amounts_below_their_heads_need_both_budget_and_spending() -> None:
    """One head with a number below it is no block of funds, nor are heads over a line that has a label."""
    heads = ("-资金（万元） | 年初预算数 | 财政拨款数", "-^ | 210 | 210")
    labelled = ("-资金（万元） | 年初预算数 | 实际支付数", "-甲项目 | 210 | 210")
    for lines in (heads, labelled):
        submission = read_drawn(project("-项目名称 | 小型水库 | >", *lines))[0]
        assert not [key for key in submission.values if key.startswith("年度资金总额")]


def test_amounts_in_other_units() -> None:
    """元 in the label of the block, 万元 in a cell, thousands parted by commas, per cent without its sign."""
    in_yuan = project(
        f"@项目资金\\n（元） | > |  {HEADS}",
        f"{TOTAL}| 250000.00 | 250000 | 215,457.6 |",
        "$当年财政拨款:^ | ^ | 其中：当年财政拨款 | 250000 | 25万元 | 215457.6 |",
    )
    amounts = values(check(in_yuan))
    assert amounts["年度资金总额_全年执行数"] == pytest.approx(21.54576)
    assert amounts["当年财政拨款_全年预算数"] == 25
    pairs = values(check(LAYOUTS["pairs of amounts, and the rate in per cent"]))
    assert pairs["年度资金总额_全年预算数"] == 25
    assert pairs["年度资金总额_执行率"] == 0.8618


@pytest.mark.parametrize("mark", ["无", "/", "—", "——", "-"])
def test_marks_of_nothing_in_the_funds(mark: str) -> None:
    """无, / and — are kept as filed, and no number."""
    text = project(
        f"@项目资金（万元） | > |  {HEADS}",
        f"{TOTAL}| 90 | 90 | 80 |",
        "$当年财政拨款:^ | ^ | 其中：当年财政拨款 | 90 | 90 | 80 |",
        f"$其他资金:^ | ^ | 其他资金 | {mark} | {mark} | {mark} |",
    )
    submission = check(text)
    other = submission.values["其他资金_全年预算数"]
    assert (other.raw, other.value, other.state) == (mark, None, State.NOT_APPLICABLE)
    assert submission.incomplete == {}


LEVELS = """
@项目资金（万元） | > |  | 全年预算数（A）{全年预算数} | 全年执行数（B）{全年执行数} | 执行率（B/A）{执行率} |
$年度资金总额:^ | ^ | 年度资金总额： | 2380 | 700 | 29.41% |
-^ | ^ | 其中：中央资金 | 871 | 500 |  |
-^ | ^ | 省级资金 | 9 | 0 |  |
-^ | ^ | 地方资金 | 1500 | 200 |  |
$其他资金:^ | ^ | 其他资金 | 0 | 0 |  |
"""


def rules(submission: Submission) -> set[tuple[str, str]]:
    """Rule and severity of every finding on the form."""
    record = FileRecord("表.xlsx", "read", submissions=[submission])
    as_filings([record])
    return {(finding.rule, finding.severity.value) for finding in audit([record]).findings}


def test_money_of_several_levels_has_no_field() -> None:
    """Three governments gave money: no cell is the 财政拨款, and no rule adds up what is only a part."""
    submission = check(project(*LEVELS.strip().splitlines()))
    assert submission.incomplete.keys() == {"当年财政拨款_全年预算数", "当年财政拨款_全年执行数"}
    assert {"A3-02", "A3-04", "A3-05"}.isdisjoint(rule for rule, _ in rules(submission))


def test_money_of_several_levels_under_their_sum() -> None:
    """财政拨款 has a line of its own, and the levels only say of what it is made up."""
    lines = LEVELS.strip().replace("2380 | 700", "2380 | 900").splitlines()
    lines.insert(2, "$当年财政拨款:^ | ^ | 财政拨款小计 | 2380 | 700 |  |")
    submission = check(project(*lines))
    assert submission.incomplete == {}
    assert ("A3-02", "error") in rules(submission)


def test_a_part_read_by_a_near_label_raises_no_error() -> None:
    """中央财政资金 as the only money is 财政拨款 by inference: what does not add up is to be looked at."""
    text = LAYOUTS["levels of government, the money of one"].replace(
        "中央财政资金 | 200 | 150", "中央财政资金 | 200 | 140"
    )
    submission = check(text)
    assert {severity for rule, severity in rules(submission) if rule == "A3-02"} == {"warning"}


def test_points_of_execution_in_a_row_of_the_indicators() -> None:
    """Dashes stand for them among the funds; the total of the form is theirs and those of the indicators."""
    text = spelled_out(
        """
        == 附件3 Sheet1
        !项目支出绩效自评表
        -资金（万元） |  | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
        -^ | 年度资金总额 | 100{总额.全年} | 95{总额.执行} | — | 95%{总额.率} | —
        -一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
        -产出指标 | 数量指标 | 培训人次 | 100人次 | 100人次 | 90 | 90
        -预算执行率 | > | > | 100% | 95% | 10{总额.分} | 9.5{总额.得}
        -总分 | > | > | > | > | 100{总分_分值} | 99.5{总分_得分}
        """
    ).replace("\n        ", "\n")
    submission, marked = read_drawn(text.strip())
    assert {field: submission.values[field].cell for field in marked} == {
        field: cell for field, (cell, _) in marked.items()
    }
    record = FileRecord("表.xlsx", "read", submissions=[submission])
    as_filings([record])
    assert not [finding for finding in audit([record]).findings if finding.rule in {"S-01", "S-03", "A3-07"}]


def test_execution_in_the_line_below_amounts_without_it() -> None:
    """The line of the total holds the amounts, that of 财政拨款 their rate and its points."""
    check(
        department(
            "- |  | > | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 执行率权重 | 执行率得分",
            "-年度总金额 | > | > | 372{总额.年初} | 476{总额.全年} | 461{总额.执行} |  |  | ",
            "-其中：财政拨款 | > | > | 372 | 476 | 461 | 96.85{总额.率} | 10{总额.分} | 9.68{总额.得}",
        )
    )


def test_execution_in_the_line_below_a_blank_total() -> None:
    """The line of the total holds nothing, and 执行率 stands on that of 财政拨款: the amounts were not stated."""
    submission = check(
        department(
            "- |  | > | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 执行率权重 | 执行率得分",
            "-年度总金额 | > | > |  |  |  |  |  | ",
            "-其中：财政拨款 | > | > |  |  |  | 79.27{总额.率} | 10{总额.分} | 7.93{总额.得}",
        )
    )
    assert submission.value("年度资金总额_执行率") == 0.7927


@pytest.mark.parametrize("where", ["the head of the points", "the label of the block"])
def test_a_printed_weight_is_no_cell(where: str) -> None:
    """20 points are the form's: rules know them, and the values have no cell that a department filled in."""
    block, score = ("（20分）", "得分") if where == "the label of the block" else ("", "得分（20分*执行率）")
    submission = check(
        project(
            f"@执行{block} | > |  | 预算数{{全年预算数}} | 执行数{{全年执行数}} | 执行率{{执行率}} | {score}{{得分}}",
            "$年度资金总额:^ | ^ | 年度财政资金总额 | 5 | 5 | 100% | 20",
        )
    )
    assert submission.value("年度资金总额_分值") == 20


def test_a_scoring_list_below_the_funds_is_none_of_them() -> None:
    """Points of management stand under the heads of the amounts."""
    submission = check(
        project(
            f"@项目资金 | > |  {HEADS}",
            f"{TOTAL}| 90 | 90 | 80 |",
            "$当年财政拨款:^ | ^ | 其中：当年财政拨款 | 90 | 90 | 80 |",
            "-项目权重 | 评价内容 | > | 分值 | 自评分 | 复核分 | 依据",
            "-项目决策 | 决策依据 | > | 2 | 2 | 2 | 有计划",
        )
    )
    assert submission.incomplete == {}


MEASURES = ("年初预算数", "全年预算数", "全年执行数")
PARTS = {
    "年度资金总额": ("年度资金总额", "资金总额：", "合计", "年度总金额"),
    "当年财政拨款": ("其中：当年财政拨款", "财政拨款", "本年财政拨款", "财政性资金"),
    "上年结转资金": ("上年结转资金", "上年结转", "结转结余资金"),
    "其他资金": ("其他资金", "其他", "单位资金"),
}
WORDS = {
    "年初预算数": ("年初预算数", "年初预算", "年初预算数（万元）"),
    "全年预算数": ("全年预算数（A）", "调整后预算数", "全年（调整）预算数"),
    "全年执行数": ("全年执行数（B）", "预算执行数", "实际支出数"),
}
amounts = st.integers(1, 10**6).map(lambda cents: cents / 100)


@st.composite
def drawn_funds(draw: st.DrawFn) -> tuple[str, dict[str, float]]:
    """A form whose funds are laid out one way or the other, and its amounts."""
    parts = ["年度资金总额", *draw(st.permutations(list(PARTS)[1:]))[: draw(st.integers(1, 3))]]
    measures = [measure for measure in MEASURES if measure != "年初预算数" or draw(st.booleans())]
    table = {f"{part}_{measure}": draw(amounts) for part, measure in product(parts, measures)}
    part_words = {part: draw(st.sampled_from(PARTS[part])) for part in parts}
    words = {measure: draw(st.sampled_from(WORDS[measure])) for measure in measures}
    across = draw(st.booleans())
    rows, columns = (measures, parts) if across else (parts, measures)
    row_words, column_words = (words, part_words) if across else (part_words, words)
    side = draw(st.sampled_from(("项目资金（万元）", "预算执行情况", "")))
    lines = [f"-{side} |  | {' | '.join(column_words[column] for column in columns)}"]
    for row in rows:
        keys = (f"{column}_{row}" if across else f"{row}_{column}" for column in columns)
        lines.append(f"-^ | {row_words[row]} | {' | '.join(str(table[key]) for key in keys)}")
    return project(*lines), table


@vary(max_examples=60)
@given(drawn_funds())
def test_any_arrangement_reads_the_same(drawn: tuple[str, dict[str, float]]) -> None:
    """Sources down and measures across or the other way round, in any words and order."""
    text, table = drawn
    submission, _ = read_drawn(text)
    assert {key: shown for key, (_, shown) in filled(submission).items()} == table
