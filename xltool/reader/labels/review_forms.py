"""附件2 and 附件3 found by their labels: names, funds, natures, goals, total (indicators: `indicator_rows`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import project as p
from xltool.forms import review as r
from xltool.forms import self_review as s
from xltool.reader.labels.area import Area, Labels, fold_label
from xltool.reader.labels.indicator_rows import locate_grade, locate_indicators
from xltool.reader.labels.location import LabelSearch, beside_label, foot_of, heads_near, near_label

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
"""Rows below the heads in which the lines of the funds are looked for."""


def locate_self_review(area: Area) -> LabelSearch:
    """Where the fields of 附件2 stand."""
    found = LabelSearch(area, s.FORM)
    beside_label(found, (s.department,))
    head = _funds(found, s.year, ())
    if head:
        beside_label(found, _NATURES, rows=range(head + 1, _end_of_funds(area, head)))
    _rest(found, s.year)
    return found


def locate_project(area: Area) -> LabelSearch:
    """Where the fields of 附件3 stand."""
    found = LabelSearch(area, p.FORM)
    beside_label(found, (p.name, p.supervisor, p.implementer))
    _funds(found, p.year, p.breakdown)
    _rest(found, p.year)
    return found


def _rest(found: LabelSearch, year: YearFunds) -> None:
    locate_indicators(found, year)
    locate_grade(found, year)
    rows = found.rows.get(r.INDICATORS, [])
    above = range(found.area.top, rows[0]) if rows else None
    near_label(found, (r.goal, r.achievement), rows=above)
    if rows:
        near_label(found, (r.goal, r.achievement), rows=range(rows[-1] + 1, found.area.bottom + 1))
    if year.rate.key not in found.cells:
        fields = _measured(year)
        labels = Labels((text, fields[measure].key) for text, measure in _EXECUTION)
        heads_near(found, {item.key: item for item in fields.values()}, labels, above)
    foot_of(found)


def _measured(year: YearFunds) -> dict[str, Field]:
    return {"分值": year.weight, "执行率": year.rate, "得分": year.score}


def _funds(found: LabelSearch, year: YearFunds, lines: Iterable[Funds]) -> int:
    """The funds block: row label × column head; gives the row of the heads (0 if there are none)."""
    area = found.area
    for row in area.rows():
        columns: dict[str, int] = {}
        for column in area.columns(row):
            key = _MEASURES.find(area.text((row, column)))
            if key is not None:
                columns.setdefault(key, column)
        if {"全年预算数", "全年执行数"} <= columns.keys():
            found.used.update((row, column) for column in columns.values())
            fields = _measured(year) | {item.key.partition("_")[2]: item for item in year.amounts}
            _funds_line(found, row, columns, "年度资金总额", fields)
            for line in lines:
                label = line.initial.key.partition("_")[0]
                _funds_line(found, row, columns, label, {i.key.partition("_")[2]: i for i in line.amounts})
            _printed_weight(found, row, columns, year)
            return row
    return 0


def _printed_weight(found: LabelSearch, head: int, columns: dict[str, int], year: YearFunds) -> None:
    """A head such as 得分（20分*执行率） says the weight that has no column of its own."""
    if "分值" in columns or "得分" not in columns:
        return
    spot = (head, columns["得分"])
    points = _POINTS.search(found.area.text(spot))
    if points:
        found.put_inline(year.weight, spot, points[1])


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


def _funds_line(found: LabelSearch, head: int, columns: dict[str, int], label: str, fields: dict[str, Field]) -> None:
    area, first = found.area, min(columns.values())
    for row in (row for row in area.rows() if head < row < _end_of_funds(area, head)):
        spots = [(row, column) for column in area.columns(row) if column < first]
        named = next((spot for spot in spots if _LINES.find(area.text(spot)) == label), None)
        if named is None:
            continue
        found.used.add(named)
        for measure, item in fields.items():
            if measure in columns:
                found.put(item, area.corner((row, columns[measure])))
        return


def _end_of_funds(area: Area, head: int) -> int:
    """The row after the block of the funds: that of the goals or the indicators below it."""
    ends = ("预期目标", "年初设定目标", "一级指标", "二级指标", "三级指标", "指标名称")
    below = (spot[0] for spot, text in area.texts() if spot[0] > head and fold_label(text) in ends)
    return next(below, head + _DEEPEST + 1)
