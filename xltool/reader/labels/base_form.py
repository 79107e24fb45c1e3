"""附件1 found by its labels: row label × column head, projects between 项目支出 and 公用经费."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import base_data as b
from xltool.reader.labels.area import Area, Labels, Spot, fold_label
from xltool.reader.labels.found import Found, below_label, beside_label, foot_of

if TYPE_CHECKING:
    from xltool.forms.base_data import Spending

_HEAD = re.compile(r"(?:(20\d\d)年度?)?(?:上年|本年|当年)?(决算|预算)")
_ITEMS: dict[str, Spending] = {
    item.actual.key.partition("_")[0]: item
    for item in (
        b.three_public,
        b.vehicles,
        b.vehicle_purchase,
        b.vehicle_running,
        b.abroad,
        b.reception,
        b.project_spending,
        b.running,
        b.office,
        b.utilities,
        b.meetings,
        b.procurement,
        b.adjustment,
    )
}
_LABELS = Labels((label, key) for key, item in _ITEMS.items() for label in (key, *item.actual.aliases))
_PROJECTS = "项目支出"
HEAD_LENGTH = 20
"""A head is short; a sentence that speaks of 决算数 is none."""


def locate_base_data(area: Area, year: int | None) -> Found:
    """Where the fields of 附件1 stand."""
    found = Found(area)
    beside_label(found, (b.unit, b.thrift))
    below_label(found, (b.posts, b.staff, b.control, *_ESTATE))
    heads = _heads(area, year)
    if heads is not None:
        row, columns = heads
        found.used.update((row, column) for column in area.columns(row))
        _years(found, row, columns)
        _amounts(found, row, columns)
    foot_of(found)
    return found


_ESTATE = (
    b.approved_area,
    b.actual_area,
    b.area_control,
    b.planned_investment,
    b.actual_investment,
    b.investment_control,
)


def _heads(area: Area, year: int | None) -> tuple[int, list[int | None]] | None:
    """Row of the heads, and the columns of 上年决算数, 本年预算数, 本年决算数 (None: not on this form)."""
    for row in area.rows():
        kinds = [
            (column, match)
            for column in area.columns(row)
            if (match := _HEAD.search(fold_label(area.text((row, column)))))
            and len(area.text((row, column))) < HEAD_LENGTH
        ]
        if len(kinds) > 1 and {match[2] for _, match in kinds} == {"决算", "预算"}:
            return row, _by_measure(kinds, year)
    return None


def _years(found: Found, row: int, columns: list[int | None]) -> None:
    for item, column in zip((b.last_year, b.budget_year, b.actual_year), columns, strict=True):
        match = _HEAD.search(fold_label(found.area.text((row, column)))) if column is not None else None
        if match and match[1] and column is not None:
            found.years[item.key] = (int(match[1]), (row, column))


def _by_measure(kinds: list[tuple[int, re.Match[str]]], year: int | None) -> list[int | None]:
    budget = next(column for column, match in kinds if match[2] == "预算")
    outturns = [(column, match) for column, match in kinds if match[2] == "决算"]
    if len(outturns) > 1:
        return [outturns[0][0], budget, outturns[-1][0]]
    column, match = outturns[0]
    earlier = match[1] is not None and year is not None and int(match[1]) < year
    return [column, budget, None] if earlier else [None, budget, column]


def _amounts(found: Found, head: int, columns: list[int | None]) -> None:
    area = found.area
    first = min(column for column in columns if column is not None)
    current, projects = None, []
    for row in (row for row in area.rows() if row > head):
        label = _label(area, row, first)
        if label is None:
            continue
        spot, text = label
        key = _LABELS.find(text)
        if key is not None and key not in _seen(found):
            current = key
            found.used.add(spot)
            for item, column in zip(_ITEMS[key], columns, strict=True):
                if column is not None:
                    found.put(item, area.corner((row, column)))
        elif current == _PROJECTS and key is None:
            projects.append(row)
            found.columns.setdefault(b.PROJECTS, {b.project_name.key: spot[1]})
            found.used.add(spot)
    if projects:
        members = (b.project_last, b.project_budget, b.project_actual)
        found.rows[b.PROJECTS] = projects
        amounts = {item.key: column for item, column in zip(members, columns, strict=True) if column is not None}
        found.columns[b.PROJECTS] |= amounts
        found.used.update((row, column) for row in projects for column in amounts.values())


def _seen(found: Found) -> set[str]:
    return {key.partition("_")[0] for key in found.cells}


def _label(area: Area, row: int, before: int) -> tuple[Spot, str] | None:
    """The last text left of the amounts: a number column before it is passed over."""
    texts = [
        (row, column) for column in area.columns(row) if column < before and not area.text((row, column)).isdigit()
    ]
    texts = [spot for spot in texts if area.text(spot).strip()]
    return (texts[-1], area.text(texts[-1])) if texts else None
