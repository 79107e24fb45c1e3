"""The two self-review forms, located by their labels: names, funds, natures, goals (indicators: `indicator_rows`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import project as p
from xltool.forms import review as r
from xltool.forms import self_review as s
from xltool.reader.labels.area import Area, Labels, fold_label
from xltool.reader.labels.header import Name, locate_names, locate_total
from xltool.reader.labels.header_words import (
    DEPARTMENT,
    IMPLEMENTER,
    PROJECT,
    SUPERVISOR,
    WEAK_DEPARTMENT,
    WEAK_IMPLEMENTER,
)
from xltool.reader.labels.indicator_rows import locate_grade, locate_indicators
from xltool.reader.labels.search import LabelSearch, beside_label, foot_of, heads_near, near_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr.nodes import Field
    from xltool.forms.review import Funds, YearFunds

_MEASURES = Labels(
    [
        *(
            (alias, item.key.partition("_")[2])
            for item in s.year.amounts
            for alias in (item.key.partition("_")[2], *item.aliases)
        ),
        *(("分值", "分值"), ("权重", "分值"), ("执行率权重", "分值"), ("执行率分值", "分值")),
        *(("得分", "得分"), ("执行率得分", "得分"), ("自评得分", "得分"), ("执行率", "执行率")),
        *((alias, "执行率") for alias in s.year.rate.aliases),
    ]
)
_EXECUTION = (
    *((text, "执行率") for text in ("执行率", *s.year.rate.aliases)),
    *((text, "分值") for text in ("执行率权重", "执行率分值")),
    ("执行率得分", "得分"),
)
_NATURES = (
    s.income,
    s.general_budget,
    s.fund_budget,
    s.special_account,
    s.other_income,
    s.spent,
    s.basic_spending,
    s.project_spending,
)
_POINTS = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)\s*分")
_DEEPEST = 12
"""Rows below the heads in which the lines of the funds are searched."""


def locate_self_review(area: Area) -> LabelSearch:
    """Locate the fields of the department review."""
    search = LabelSearch(area, s.FORM)
    locate_names(search, (Name(s.department, DEPARTMENT, WEAK_DEPARTMENT),))
    head = _add_funds(search, s.year, ())
    if head:
        beside_label(search, _NATURES, rows=range(head + 1, _end_of_funds(area, head)))
    _add_common_parts(search, s.year)
    return search


def locate_project(area: Area) -> LabelSearch:
    """Locate the fields of the project review."""
    search = LabelSearch(area, p.FORM)
    names = (
        Name(p.name, PROJECT),
        Name(p.supervisor, SUPERVISOR),
        Name(p.implementer, IMPLEMENTER, WEAK_IMPLEMENTER),
    )
    locate_names(search, names)
    _add_funds(search, p.year, p.breakdown)
    _add_common_parts(search, p.year)
    return search


def _add_common_parts(search: LabelSearch, year: YearFunds) -> None:
    """Locate what both forms have: indicators, total, grade, goals, execution, foot."""
    locate_indicators(search, year)
    locate_grade(search, year)
    rows = search.rows.get(r.INDICATORS, [])
    above = range(search.area.top, rows[0]) if rows else None
    near_label(search, (r.goal, r.achievement), rows=above)
    if rows:
        near_label(search, (r.goal, r.achievement), rows=range(rows[-1] + 1, search.area.bottom + 1))
    if year.rate.key not in search.cells:
        fields = _measured(year)
        labels = Labels((text, fields[measure].key) for text, measure in _EXECUTION)
        heads_near(search, {item.key: item for item in fields.values()}, labels, above)
    foot_of(search)
    locate_total(search, year.total_score)


def _measured(year: YearFunds) -> dict[str, Field]:
    """The fields of the execution rate by their measure."""
    return {"分值": year.weight, "执行率": year.rate, "得分": year.score}


def _add_funds(search: LabelSearch, year: YearFunds, lines: Iterable[Funds]) -> int:
    """Locate the funds by row label × column head; gives the row of the heads, 0 if there are none."""
    area = search.area
    for row in area.rows():
        columns: dict[str, int] = {}
        for column in area.columns(row):
            key = _MEASURES.find(area.text((row, column)))
            if key is not None:
                columns.setdefault(key, column)
        if {"全年预算数", "全年执行数"} <= columns.keys():
            search.used.update((row, column) for column in columns.values())
            fields = _measured(year) | {item.key.partition("_")[2]: item for item in year.amounts}
            _add_funds_line(search, row, columns, label="年度资金总额", fields=fields)
            for line in lines:
                label = line.initial.key.partition("_")[0]
                fields = {item.key.partition("_")[2]: item for item in line.amounts}
                _add_funds_line(search, row, columns, label=label, fields=fields)
            _add_printed_weight(search, row, columns, year=year)
            return row
    return 0


def _add_printed_weight(search: LabelSearch, head: int, columns: dict[str, int], *, year: YearFunds) -> None:
    """Note the weight that a head such as 得分（20分*执行率） prints where it has no column of its own."""
    if "分值" in columns or "得分" not in columns:
        return
    position = (head, columns["得分"])
    points = _POINTS.search(search.area.text(position))
    if points:
        search.put_inline(year.weight, position, points[1])


_LINES = Labels(
    [
        *((text, "年度资金总额") for text in ("年度资金总额", "资金总额", "年度财政资金总额", "合计", "年度预算")),
        *(
            (text, "当年财政拨款")
            for text in (
                "当年财政拨款", "本年财政拨款", "财政资金", "财政拨款", "中央、省、市补助县级资金", "年度财政拨款",
                "当年财政资金",
            )
        ),
        *((text, "上年结转资金") for text in ("上年结转资金", "上年结转", "上年结转结余", "上年结转结余资金")),
        *((text, "其他资金") for text in ("其他资金", "单位资金")),
    ]
)  # fmt: skip


def _add_funds_line(
    search: LabelSearch, head: int, columns: dict[str, int], *, label: str, fields: dict[str, Field]
) -> None:
    """Note where the amounts of one line of the funds stand."""
    area, first = search.area, min(columns.values())
    for row in (row for row in area.rows() if head < row < _end_of_funds(area, head)):
        positions = [(row, column) for column in area.columns(row) if column < first]
        named = next((position for position in positions if _LINES.find(area.text(position)) == label), None)
        if named is None:
            continue
        search.used.add(named)
        for measure, item in fields.items():
            if measure in columns:
                search.put(item, area.corner((row, columns[measure])))
        return


def _end_of_funds(area: Area, head: int) -> int:
    """The row after the block of the funds: that of the goals or the indicators below it."""
    ends = ("预期目标", "年初设定目标", "一级指标", "二级指标", "三级指标", "指标名称")
    below = (position[0] for position, text in area.texts() if position[0] > head and fold_label(text) in ends)
    return next(below, head + _DEEPEST + 1)
