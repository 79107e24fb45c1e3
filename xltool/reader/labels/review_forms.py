"""附件2 and 附件3 found by their labels: funds, natures, goals, indicator table, total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import project as p
from xltool.forms import review as r
from xltool.forms import self_review as s
from xltool.reader.labels.area import Area, Labels, Spot, fold_label
from xltool.reader.labels.found import BY_NEIGHBOUR, Found, below_label, beside_label, foot_of, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr import Field
    from xltool.forms.review import Funds, YearFunds

_MEASURES = Labels(
    [
        *(
            (alias, item.key.partition("_")[2])
            for item in s.year.amounts
            for alias in (item.key.partition("_")[2], *item.aliases)
        ),
        *(("分值", "分值"), ("权重", "分值"), ("得分", "得分"), ("执行率", "执行率")),
        *((alias, "执行率") for alias in s.year.rate.aliases),
    ]
)
_COLUMNS = Labels(pair for column in r.indicators.inputs for pair in names_of(column))
_TOTAL = Labels((text, "总分") for text in ("总分", "合计", "总计", "自评总分"))
_SPLIT = Labels([("指标性质", "性质"), ("指标值", "值"), ("度量单位", "单位"), ("计量单位", "单位")])
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


def locate_self_review(area: Area) -> Found:
    """Where the fields of 附件2 stand."""
    found = Found(area)
    beside_label(found, (s.department,))
    head = _funds(found, s.year, ())
    _natures(found, head)
    _rest(found, s.year)
    return found


def locate_project(area: Area) -> Found:
    """Where the fields of 附件3 stand."""
    found = Found(area)
    beside_label(found, (p.name, p.supervisor, p.implementer))
    _funds(found, p.year, p.breakdown)
    _rest(found, p.year)
    return found


def _rest(found: Found, year: YearFunds) -> None:
    below_label(found, (r.goal, r.achievement))
    _indicators(found, year)
    foot_of(found)


def _funds(found: Found, year: YearFunds, lines: Iterable[Funds]) -> int:
    """The funds block: row label × column head; gives the row of the heads (0 if there are none)."""
    area = found.area
    for row in area.rows():
        columns = {key: column for column in area.columns(row) if (key := _MEASURES.find(area.text((row, column))))}
        if {"全年预算数", "全年执行数"} <= columns.keys():
            found.used.update((row, column) for column in area.columns(row))
            fields: dict[str, Field] = {"分值": year.weight, "执行率": year.rate, "得分": year.score}
            fields |= {item.key.partition("_")[2]: item for item in year.amounts}
            _funds_line(found, row, columns, "年度资金总额", fields)
            for line in lines:
                label = line.initial.key.partition("_")[0]
                _funds_line(found, row, columns, label, {i.key.partition("_")[2]: i for i in line.amounts})
            return row
    return 0


_LINES = Labels(
    [
        *((text, "年度资金总额") for text in ("年度资金总额", "资金总额", "合计", "年度预算")),
        *(
            (text, "当年财政拨款")
            for text in ("当年财政拨款", "本年财政拨款", "财政资金", "财政拨款", "中央、省、市补助县级资金")
        ),
        *((text, "上年结转资金") for text in ("上年结转资金", "上年结转")),
        *((text, "其他资金") for text in ("其他资金", "单位资金")),
    ]
)


def _funds_line(found: Found, head: int, columns: dict[str, int], label: str, fields: dict[str, Field]) -> None:
    area, first = found.area, min(columns.values())
    for row in (row for row in area.rows() if head < row <= head + 12):
        spots = [(row, column) for column in area.columns(row) if column < first]
        named = next((spot for spot in spots if _LINES.find(area.text(spot)) == label), None)
        if named is None:
            continue
        found.used.add(named)
        for measure, item in fields.items():
            if measure in columns:
                found.put(item, area.corner((row, columns[measure])))
        return


def _natures(found: Found, head: int) -> None:
    """收入 and 支出 by nature: labels with their amounts, in one cell or side by side."""
    last = next((spot[0] for spot, text in found.area.texts() if fold_label(text) == "预期目标"), head + 12)
    beside_label(found, _NATURES, rows=range(head + 1, last))


def _indicators(found: Found, year: YearFunds) -> None:
    area = found.area
    for row in area.rows():
        columns = {key: column for column in area.columns(row) if (key := _COLUMNS.find(area.text((row, column))))}
        if {"一级指标", "三级指标"} <= columns.keys() or {"二级指标", "三级指标"} <= columns.keys():
            found.used.update((row, column) for column in area.columns(row))
            _split_target(found, row, columns)
            found.columns[r.INDICATORS] = columns
            _indicator_rows(found, area.end((row, columns["三级指标"]))[0], columns, year)
            return


def _split_target(found: Found, row: int, columns: dict[str, int]) -> None:
    parts = {key: column for column in found.area.columns(row) if (key := _SPLIT.find(found.area.text((row, column))))}
    if {"性质", "值"} <= parts.keys():
        order = [parts[key] for key in ("性质", "值", "单位") if key in parts]
        columns[r.target_value.key] = parts["值"]
        found.joined[r.target_value.key] = tuple(order)


def _indicator_rows(found: Found, head: int, columns: dict[str, int], year: YearFunds) -> None:
    area, rows = found.area, []
    for row in (row for row in area.rows() if row > head):
        total = next((column for column in area.columns(row) if _TOTAL.find(area.text((row, column)))), None)
        if total is not None and total < columns.get("年度指标值", 99):
            found.used.add((row, total))
            _total(found, row, columns, year)
            break
        if _is_foot(area, row):
            break
        rows.append(row)
        found.used.update((row, column) for column in area.columns(row) if column in _row_columns(found, columns))
    found.rows[r.INDICATORS] = rows


def _row_columns(found: Found, columns: dict[str, int]) -> set[int]:
    return {*columns.values(), *(column for parts in found.joined.values() for column in parts)}


def _is_foot(area: Area, row: int) -> bool:
    return any(
        "填表人" in area.text((row, column)) or "说明" in area.text((row, column)) for column in area.columns(row)
    )


def _total(found: Found, row: int, columns: dict[str, int], year: YearFunds) -> None:
    for key, item in (("分值", year.total_weight), ("得分", year.total_score)):
        if key in columns and found.area.text((row, columns[key])):
            found.put(item, (row, columns[key]))
    if year.total_score.key not in found.cells:
        numbers: list[Spot] = [(row, c) for c in found.area.columns(row) if found.area.text((row, c))[:1].isdigit()]
        for item, spot in zip((year.total_weight, year.total_score), numbers, strict=False):
            found.put(item, spot, how=BY_NEIGHBOUR)
