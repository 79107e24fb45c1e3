"""The printed booklets of earlier years (自评报告 2016–2021): known by their labels, with what can be read of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.reader.labels.area import fold_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.reader.a1 import Position
    from xltool.reader.labels.area import Area

_DEPARTMENT = (
    "部门(单位)名称", "预算编码", "评价机构", "报告日期", "人员编制", "实有人数", "职能职责概述", "年度主要工作内容",
    "机构名称", "收入合计", "公共财政拨款", "政府基金拨款", "纳入专户管理的非税收入拨款", "支出合计", "基本支出",
    "项目支出", "当年结余", "累计结余", "三公经费合计", "公务接待费", "固定资产合计", "绩效自评综合得分", "评价等次",
)  # fmt: skip
_PROJECT = (
    "项目名称", "项目负责人", "项目地址", "项目单位", "主管部门", "项目起止时间", "计划安排资金", "计划投资额",
    "实际到位资金", "实际到位", "实际支出", "实际使用", "结余", "中央财政", "省财政", "市财政", "区财政", "县财政",
    "县市区财政", "其他", "支出内容", "计划支出数", "实际支出数", "绩效自评综合得分", "评价等次",
)  # fmt: skip
_LABELS = frozenset({*_DEPARTMENT, *_PROJECT})
_OWN = frozenset(
    {
        "职能职责概述", "年度主要工作内容", "机构名称", "收入合计", "支出合计", "当年结余", "累计结余", "三公经费合计",
        "实有人数", "预算编码", "项目起止时间", "计划安排资金", "计划投资额", "实际到位资金", "支出内容", "计划支出数",
        "实际支出数", "绩效自评综合得分", "评价等次",
    }
)  # fmt: skip
"""Labels that no form of today prints."""
_SOURCES = frozenset({"中央财政", "省财政", "市财政", "区财政", "县财政", "县市区财政"})
"""Sources of money, which count as one label."""
_NOTE = re.compile(r"[(（](?:万元|人|盖章|公章)[)）]")
_FEWEST, _FEWEST_BESIDE = 4, 2
"""Labels that make a booklet, and those that make a further sheet of it."""
_MOST_READ = 16
_LONGEST = 30


def is_booklet(area: Area) -> bool:
    """Whether enough labels of a booklet stand in an area."""
    return _count_own(area) >= _FEWEST


def is_part_of_booklet(area: Area) -> bool:
    """Whether labels of a booklet stand in an area, which is on another sheet than the rest of it."""
    return _count_own(area) >= _FEWEST_BESIDE


def _count_own(area: Area) -> int:
    """The labels in an area that only a booklet has; sources of money count as one."""
    labels = {label for _, label in _labels(area)}
    return len(labels & _OWN) + bool(labels & _SOURCES)


def read_booklet(area: Area) -> list[tuple[str, str, Position]]:
    """Labels with the short values beside or below them, and the cells of these; the first of each label."""
    entries: dict[str, tuple[str, str, Position]] = {}
    for position, label in _labels(area):
        beside = [area.right_of(position), *_below(area, position)]
        texts = {place: area.text(place).strip() for place in beside}
        values = [place for place, text in texts.items() if text and len(text) <= _LONGEST and not _is_label(text)]
        # Of a label over a column of figures, the next label stands at its right.
        value = next((place for place in values if texts[place][0].isdigit()), values[0] if values else None)
        if value is not None:
            entries.setdefault(label, (label, texts[value], value))
    return list(entries.values())[:_MOST_READ]


def _below(area: Area, label: Position) -> Iterator[Position]:
    """The cell below a label, if it is not the value of a label at its left."""
    below = area.below(label)
    left = area.corner((below[0], below[1] - 1))
    if below != label and not (below[1] > area.left and _is_label(area.text(left))):
        yield below


def _is_label(text: str) -> bool:
    """Whether a text is a label of a booklet."""
    return _folded(text) in _LABELS


def _labels(area: Area) -> Iterator[tuple[Position, str]]:
    """The cells that hold a label of a booklet."""
    for position, text in area.texts():
        if len(text) <= _LONGEST and _is_label(text):
            yield position, _folded(text)


def _folded(text: str) -> str:
    """A label as they are compared here."""
    return _NOTE.sub("", fold_label(text)).removesuffix("(单位)")
