"""Words of other places for heads and labels, by the field that they stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from benchmarks.trust.drawing import ABOVE, LEFT

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.trust.layouts.grid import Grid

HEADS: Final = {
    "三级指标": (
        *("绩效指标名称", "指标内容", "具体指标", "三级指标（指标名称）", "指标名称", "三级指标名称"),
        *("三级指标内容", "绩效指标", "考核指标名称", "指标"),
        *("三级绩效指标", "细化指标", "指标项", "三级", "具体指标名称"),
    ),
    "年度指标值": (
        *("绩效目标值", "年度绩效指标值", "计划完成值", "年度目标值", "预期指标值", "指标目标值"),
        *("全年目标值", "年初设定指标值", "目标值（A）", "年度计划值"),
        *("年初设定值", "调整后目标值", "考核指标值", "2022年目标值", "指标值及单位"),
    ),
    "实际完成值": (
        *("全年完成情况", "实际完成指标值", "年度完成值", "实际完成数", "自评完成值", "指标完成情况"),
        *("年末实际完成值", "全年实际值（B）", "年度实际完成情况", "实际达到值"),
        *("绩效完成值", "实际完成数量", "12月末完成值", "自评值", "年度实际值"),
    ),
    "分值": (
        *("标准分", "分值（权重）", "指标权重（%）", "赋分", "分值权重", "满分"),
        *("权重（分）", "指标分值", "设定分值", "标准分值"),
        *("权重分", "应得分", "基准分", "满分值", "标准分数"),
    ),
    "得分": (
        *("自评得分（分）", "评分", "得分情况", "自评分", "实际得分", "自评得分"),
        *("单位自评得分", "部门自评分", "自评分值", "评价得分"),
        *("实得分", "评定得分", "得分值", "单项得分", "自评价得分"),
    ),
    "偏差原因分析及改进措施": (
        *("偏差原因及整改措施", "未完成原因", "备注", "偏差分析及改进措施", "原因分析"),
        *("未完成原因及下一步改进措施", "扣分原因", "偏差原因分析", "未达标原因及改进措施", "差异原因说明"),
        *("情况说明", "未全部完成原因", "存在的问题及改进措施", "扣分说明", "偏差度原因分析"),
    ),
    "年初预算数": (
        *("年初预算", "年初批复数", "年初预算金额", "期初预算数", "年初安排预算数", "年初预算批复数"),
        *("年初预算数（A）", "年初预算资金", "年初部门预算数", "预算批复数"),
        *("年初批复预算", "年初安排资金", "年初数", "年初预算安排", "年初下达预算数"),
    ),
    "全年预算数": (
        *("调整后预算", "全年预算金额", "预算安排数", "调整预算数", "年度预算数", "预算数（调整后）"),
        *("调整后预算金额", "调整后全年预算数", "全年预算数（调整后）", "预算金额"),
        *("下达预算数", "全年数", "安排数", "预算指标数", "最终预算数"),
    ),
    "全年执行数": (
        *("全年支出数", "实际支出", "预算执行数", "资金支出数", "实际使用金额", "年度执行数"),
        *("决算数", "全年实际支出数", "实际执行金额", "累计支出数"),
        *("已支出金额", "支出决算数", "执行资金", "年末执行数", "实际拨付数"),
    ),
    "执行率": (
        *("预算执行率", "资金执行率（%）", "支出进度", "预算完成率", "资金使用率", "执行率（%）"),
        *("预算执行率（B/A）", "全年执行率", "执行进度（%）", "资金支付率"),
        *("执行比例", "支出实现率", "年度执行率", "资金支付进度", "财政资金执行率"),
    ),
}
LABELS: Final = {
    "项目支出名称": (
        *("项目（政策）名称", "项目名称：", "专项资金名称", "预算项目名称", "项 目 名 称", "项目名称（代码）"),
        *("项目全称", "一级项目名称", "项目名称及编码", "财政支出项目名称"),
        *("项目编码及名称", "自评项目名称", "三级项目名称", "课题名称", "具体项目名称"),
    ),
    "主管部门": (
        *("预算主管部门", "业务主管部门", "主管单位", "项目主管单位", "主管部门名称", "主管部门（盖章）"),
        *("主管部门（单位）", "一级主管部门", "行业主管部门", "区级主管部门"),
        *("主管（预算）部门", "归口主管部门", "主管部门编码及名称", "责任主管部门", "项目（主管）部门"),
    ),
    "实施单位": (
        *("项目实施单位", "具体实施单位", "承担单位", "资金使用单位", "项目承办单位", "实施部门"),
        *("实施（使用）单位", "项目建设单位", "项目执行单位", "用款单位"),
        *("项目实施主体", "项目用款单位", "实施机构", "项目法人单位", "实施单位及代码"),
    ),
    "部门名称": (
        *("部门（单位）名称", "预算部门名称", "单位名称", "填报单位", "部门单位名称", "预算单位名称"),
        *("单位（部门）名称", "部门（单位）", "预算单位", "部门全称"),
        *("部门名称及代码", "整体支出单位名称", "单位名称及编码", "预算部门（单位）名称", "单位全称"),
    ),
}
SOURCES: Final = {
    "年度资金总额": (
        *("资金总额", "合计", "总计", "项目总金额", "年度资金合计", "总额"),
        *("项目资金总额", "年度预算资金总额", "资金合计", "全年资金总额"),
        *("资金总量", "专项资金总额", "资金来源合计", "年度总金额", "总资金"),
    ),
    "当年财政拨款": (
        *("财政拨款", "本年财政资金", "其中：财政资金", "年度财政拨款", "财政性资金", "当年财政资金"),
        *("财政拨款资金", "本级财政拨款", "其中：本年财政拨款资金", "财政预算拨款"),
        *("公共财政拨款", "政府预算资金", "财政投入", "财政安排资金", "预算内资金"),
    ),
    "上年结转资金": (
        *("上年结转", "结转结余资金", "上年结转结余", "结转资金", "以前年度结转", "上年结余资金"),
        *("上年结转和结余", "上年财政结转", "历年结转结余资金", "上年度结转资金"),
        *("年初结转和结余", "上年财政拨款结转", "往年结转", "结余结转资金", "使用结转资金"),
    ),
    "其他资金": (
        *("其他", "其它资金", "其他来源资金", "其他收入", "其他经费", "其他来源"),
        *("其他资金收入", "其他资金来源", "其它", "其他资金（自筹）"),
        *("其他投入", "其他渠道资金", "其他资金投入", "其它收入", "其他资金来源"),
    ),
}
GOALS: Final = {
    "预期目标": (
        *("年初绩效目标", "年度绩效目标", "项目绩效目标", "年初设定目标", "绩效目标", "预期绩效目标"),
        *("年度目标", "预期总目标", "年初设定绩效目标", "批复绩效目标"),
        *("年度履职目标", "目标设定", "年度工作目标", "项目总体绩效目标", "申报目标"),
    ),
    "实际完成情况": (
        *("年末完成情况", "绩效目标完成情况", "目标完成情况", "全年完成情况", "实际完成绩效", "完成情况"),
        *("年度目标完成情况", "总目标完成情况", "实际完成目标情况", "绩效目标实现情况"),
        *("年终完成情况", "实际完成目标", "自评完成情况", "任务完成情况", "绩效目标实际完成情况"),
    ),
}
PLACES: Final = 15
"""So many places have words of their own."""


def worded(number: int) -> Callable[[Grid], bool]:
    """The layout in which every head and label has the words of one place."""

    def layout(grid: Grid) -> bool:
        _reword(grid, number)
        return True

    layout.__name__ = f"worded_{number + 1}"
    return layout


def _reword(grid: Grid, number: int) -> None:
    for row, line in enumerate(grid.lines):
        for column, cell in enumerate(line.cells):
            field = cell.marks[0].field if cell.marks else ""
            if (
                line.kind == "@"
                and field in HEADS
                and isinstance(cell.content, str)
                and cell.content not in {LEFT, ABOVE}
            ):
                line.cells[column] = replace(cell, content=HEADS[field][number])
            elif line.kind == "-" and field in LABELS:
                _label_left(grid, row, column, LABELS[field][number])
            elif line.kind == "-" and field in GOALS:
                _label_above(grid, row, column, GOALS[field][number])
        if line.kind == "$" and line.part in SOURCES:
            _label_of_source(grid, row, SOURCES[line.part][number])


def _label_left(grid: Grid, row: int, column: int, words: str) -> None:
    """Reword the label left of a value, if there is one."""
    cells = grid.lines[row].cells
    left = next((at for at in range(column - 1, -1, -1) if cells[at].content != LEFT), None)
    label = cells[left] if left is not None else None
    is_label = label is not None and isinstance(label.content, str) and label.content != ABOVE and not label.marks
    if left is not None and label is not None and is_label and "/" not in str(label.content):
        cells[left] = replace(label, content=words)


def _label_above(grid: Grid, row: int, column: int, words: str) -> None:
    """Reword the heading right above a text, if it heads nothing else."""
    above = grid.lines[row - 1].cells[column] if row else None
    if above is not None and isinstance(above.content, str) and above.content not in {LEFT, ABOVE} and not above.marks:
        grid.lines[row - 1].cells[column] = replace(above, content=words)


def _label_of_source(grid: Grid, row: int, words: str) -> None:
    """Reword the label of a line of money: the last text before its amounts."""
    line = grid.lines[row]
    texts = [
        column
        for column, cell in enumerate(line.cells)
        if isinstance(cell.content, str) and cell.content not in {LEFT, ABOVE} and not cell.marks
    ]
    if texts:
        line.cells[texts[0]] = replace(line.cells[texts[0]], content=words)
