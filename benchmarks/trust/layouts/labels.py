"""Other spellings of what a form prints: white space, line breaks, colons, numbers, brackets, full-width letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from benchmarks.trust.layouts.grid import Grid

_WORDS: Final = re.compile(r"[\u4e00-\u9fff]{2,6}")
_LONG_WORDS: Final = re.compile(r"[\u4e00-\u9fff]{4,12}")
_BLOCK: Final = re.compile(r"[\u4e00-\u9fff]{2,8}")
_AMOUNT: Final = re.compile(r"(?:年初|全年|调整后)?(?:预算|执行|支出)数")
_NUMERALS: Final = "一二三四五六七八九十"
_WIDE: Final = {code: code + 0xFEE0 for code in map(ord, "()/%×ABC0123456789:") if code < 0x7F}
_NARROW: Final = str.maketrans("（）：", "():")


def spaced(grid: Grid) -> bool:
    """项 目 名 称: short labels with spaces between their characters."""
    return grid.relabel(lambda text: " ".join(text) if _WORDS.fullmatch(text) else text)


def spread(grid: Grid) -> bool:
    """项　目: labels of two or three characters with wide spaces."""
    return grid.relabel(lambda text: "　".join(text) if re.fullmatch(r"[\u4e00-\u9fff]{2,3}", text) else text)


def broken(grid: Grid) -> bool:
    """Labels with a line break in the middle, as narrow columns have them."""
    return grid.relabel(
        lambda text: f"{text[: len(text) // 2]}\n{text[len(text) // 2 :]}" if _LONG_WORDS.fullmatch(text) else text
    )


def padded(grid: Grid) -> bool:
    """Labels with white space before and behind them."""
    return grid.relabel(lambda text: f"  {text}\n")


def closed_by_colon(grid: Grid) -> bool:
    """Labels with a colon behind them."""
    return grid.relabel(lambda text: f"{text}：" if _BLOCK.fullmatch(text) else text)


def upright(grid: Grid) -> bool:
    """Labels of blocks in one narrow column, a character a line."""
    changed = False
    for line, column in list(grid.labels()):
        text = str(line.cells[column].content)
        if column == 0 and _BLOCK.fullmatch("".join(text.split())):
            changed |= grid.replace(line, column, "\n".join("".join(text.split())))
    return changed


def numbered(grid: Grid) -> bool:
    """一、项目名称: labels in the first column with Chinese numbers, those behind them with figures in brackets."""
    number = 0
    for line, column in list(grid.labels()):
        text = str(line.cells[column].content)
        if column == 0 and number < len(_NUMERALS) and _BLOCK.fullmatch("".join(text.split())):
            grid.replace(line, column, f"{_NUMERALS[number]}、{text}")
            number += 1
    return number > 0


def in_figures(grid: Grid) -> bool:
    """1.主管部门: labels outside heads with figures."""
    number = 0
    for line, column in list(grid.labels()):
        text = str(line.cells[column].content)
        if line.kind == "-" and _BLOCK.fullmatch(text):
            number += 1
            grid.replace(line, column, f"{number}.{text}")
    return number > 0


def full_width(grid: Grid) -> bool:
    """（Ａ／Ｂ）: letters, figures and brackets of labels full-width."""
    return grid.relabel(lambda text: text.translate(_WIDE))


def half_width(grid: Grid) -> bool:
    """(A/B): brackets and colons of labels half-width."""
    return grid.relabel(lambda text: text.translate(_NARROW))


def with_unit(grid: Grid) -> bool:
    """年初预算数（万元）: heads of amounts with their unit."""
    return grid.relabel(lambda text: f"{text}（万元）" if _AMOUNT.fullmatch(text) else text, kinds="@")


def with_formula(grid: Grid) -> bool:
    """执行率（B/A×100%）: heads with letters and the formula of the rate."""
    words = {"全年预算数": "全年预算数（A）", "全年执行数": "全年执行数（B）", "执行率": "执行率（B/A×100%）"}
    return grid.relabel(lambda text: words.get(text, text), kinds="@")


def with_hints(grid: Grid) -> bool:
    """实施单位（盖章）: labels of names with what to do there."""
    words = {"主管部门": "主管部门（公章）", "实施单位": "实施单位（盖章）", "项目名称": "项目名称（全称）"}
    return grid.relabel(lambda text: words.get(text, text), kinds="-")


def with_points(grid: Grid) -> bool:
    """分值（100分）, 得分（100分）: heads of points with all points behind them."""
    words = {"分值": "分值（100分）", "得分": "得分（100分）"}
    table = grid.table()
    if table is None:
        return False
    line = grid.lines[table[0]]
    changed = False
    for other, column in list(grid.labels()):
        text = str(other.cells[column].content)
        if other is line and text in words:
            changed |= grid.replace(line, column, words[text])
    return changed


def reworded(grid: Grid) -> bool:
    """The words of other provinces for the same things."""
    words = {
        "年初预算数": "年初批复预算数",
        "全年预算数": "调整后预算数",
        "全年执行数": "实际支出数",
        "执行率": "预算执行率",
        "年度指标值": "年初设定目标值",
        "实际完成值": "全年实际完成情况",
        "偏差原因分析及改进措施": "未完成原因及拟改进措施",
        "主管部门": "项目主管部门",
        "实施单位": "项目承担单位",
        "预期目标": "年初设定绩效目标",
        "年度总体目标": "总体目标",
        "其他资金": "其它资金",
        "上年结转资金": "上年结转结余资金",
    }
    return grid.relabel(lambda text: words.get("".join(text.split()), text))
