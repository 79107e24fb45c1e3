"""附件1 found by its labels: row label × column head, projects between 项目支出 and the next item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.forms import base_data as b
from xltool.reader.labels.area import Area, Labels, Position, fold_label
from xltool.reader.labels.location import LabelSearch, beside_label, foot_of, near_label

if TYPE_CHECKING:
    from xltool.forms.base_data import Spending

_HEAD = re.compile(r"(?:(20\d\d)年?度?)?(?:(上年)度?|(本年|当年)度?)?.{0,2}(决算|预算)")
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
_NOTE = re.compile(r"说明|注[:：]|备注|填表人|填报人|单位负责人")
HEAD_LENGTH = 20
"""A head is short; a sentence that speaks of 决算数 is none."""
_ESTATE = (
    b.approved_area,
    b.actual_area,
    b.area_control,
    b.planned_investment,
    b.actual_investment,
    b.investment_control,
)


def locate_base_data(area: Area, year: int | None) -> LabelSearch:
    """Where the fields of 附件1 stand."""
    found = LabelSearch(area, b.FORM)
    beside_label(found, (b.unit, b.thrift))
    near_label(found, (b.posts, b.staff, b.control, *_ESTATE))
    heads = _heads(area, year)
    if heads is not None:
        row, columns = heads
        found.used.update((row, column) for column in columns if column is not None)
        _years(found, row, columns)
        _amounts(found, row, columns)
    foot_of(found)
    return found


def _heads(area: Area, year: int | None) -> tuple[int, list[int | None]] | None:
    """Row of the heads, and the columns of 上年决算数, 本年预算数, 本年决算数 (None: not on this form)."""
    for row in area.rows():
        kinds = [
            (column, match)
            for column in area.columns(row)
            if (match := _HEAD.match(fold_label(area.text((row, column)))))
            and len(area.text((row, column))) < HEAD_LENGTH
        ]
        if len(kinds) > 1 and {match[4] for _, match in kinds} == {"决算", "预算"}:
            return row, _by_measure(kinds, year)
    return None


def _years(found: LabelSearch, row: int, columns: list[int | None]) -> None:
    for item, column in zip((b.last_year, b.budget_year, b.actual_year), columns, strict=True):
        match = _HEAD.match(fold_label(found.area.text((row, column)))) if column is not None else None
        if match and match[1] and column is not None:
            found.years[item.key] = (int(match[1]), (row, column))


def _by_measure(kinds: list[tuple[int, re.Match[str]]], year: int | None) -> list[int | None]:
    """Columns by what their heads say: of two 决算数 the one of the earlier year, or called 上年, is last year's."""
    budget = next(column for column, match in kinds if match[4] == "预算")
    outturns = [(column, match) for column, match in kinds if match[4] == "决算"]
    if len(outturns) > 1:
        # 上年 first, then by year, 本年 last; by place where the heads say neither.
        outturns.sort(key=lambda pair: (not pair[1][2], pair[1][3] is not None, int(pair[1][1] or 0), pair[0]))
        return [outturns[0][0], budget, outturns[-1][0]]
    column, match = outturns[0]
    earlier = match[2] is not None or (match[1] is not None and year is not None and int(match[1]) < year)
    return [column, budget, None] if earlier else [None, budget, column]


def _amounts(found: LabelSearch, head: int, columns: list[int | None]) -> None:
    area = found.area
    listed = [column for column in columns if column is not None]
    current, projects, above = None, [], 0
    for row in (row for row in area.rows() if row > head):
        label = _label(area, row, listed)
        key = None if label is None else _LABELS.find(area.text(label))
        if key is not None and label is not None:
            current = key
            found.used.add(label)
            above = label[1] if key == _PROJECTS else above
            for item, column in zip(_ITEMS[key], columns, strict=True):
                if column is not None:
                    found.put(item, area.corner((row, column)))
        elif current == _PROJECTS and _is_project(found, row, label, listed):
            projects.append((row, label))
        else:
            current = None
    if projects:
        _projects(found, projects, columns, above)


def _is_project(found: LabelSearch, row: int, label: Position | None, listed: list[int]) -> bool:
    """Whether a row below 项目支出 is a project: a name that is no label, or amounts without a name."""
    if label is None:
        return any(not found.area.is_blank((row, column)) for column in listed)
    end = found.area.end(label)[1]
    is_wide = label[1] < min(listed) <= end
    return not (found.is_label(label) or is_wide or _NOTE.match(found.area.text(label).strip()))


def _projects(
    found: LabelSearch, projects: list[tuple[int, Position | None]], columns: list[int | None], above: int
) -> None:
    """The rows of the projects; the names stand in one column, that of 项目支出 `above` where all are blank."""
    area = found.area
    named = [label[1] for _, label in projects if label is not None]
    members = (b.project_last, b.project_budget, b.project_actual)
    amounts = {item.key: column for item, column in zip(members, columns, strict=True) if column is not None}
    name = {b.project_name.key: max(set(named), key=named.count, default=above)}
    found.rows[b.PROJECTS] = [row for row, _ in projects]
    found.columns[b.PROJECTS] = name | amounts
    for row, _ in projects:
        found.used.update((row, column) for column in {*name.values(), *amounts.values()})
        before = [column for column in area.columns(row) if column < min(amounts.values())]
        found.used.update((row, column) for column in before if area.text((row, column)).strip().isdigit())


def _label(area: Area, row: int, amounts: list[int]) -> Position | None:
    """The last text left of the amounts: a number column before it is passed over."""
    spots = [
        (row, column)
        for column in area.columns(row)
        if column < min(amounts) and not area.text((row, column)).strip().isdigit()
    ]
    return spots[-1] if spots else None
