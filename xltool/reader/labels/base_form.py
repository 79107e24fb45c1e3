"""The base data form, located by row label × column head; projects stand between 项目支出 and the next item."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from xltool.forms import base_data as b
from xltool.forms.tolerances import CENT
from xltool.reader.labels.area import Area, Labels, fold_label
from xltool.reader.labels.fund_lines import amount_in
from xltool.reader.labels.header import Name, locate_names
from xltool.reader.labels.header_words import DEPARTMENT, WEAK_DEPARTMENT
from xltool.reader.labels.search import LabelSearch, beside_label, foot_of, near_label

if TYPE_CHECKING:
    from xltool.forms.base_data import Spending
    from xltool.reader.a1 import Position

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
_PROMPT = re.compile(
    r"[…·.]{1,12}|[(]?(?:可|请)?(?:自行)?(?:增加|添加|插入)行.{0,12}"
    r"|\d{0,2}(?:专项(?:资金|经费)?)?[(]?(?:注:)?(?:每|一)个?(?:专项|项目|项).{0,12}一行.{0,12}"
    r"|(?:(?:业务工作|运行维护)(?:经费|专项|项目)|其他(?:资金|专项|项目))(?:[(](?:每|一)?个?.{0,4}(?:项目|专项).{0,8}[)])?|(?:[×*xX]{2,4}|某某?)(?:项目|专项)(?:支出|经费)?|(?:项目|专项)(?:名称)?\d{0,2}"
)
"""What the form prints below 项目支出 before a project is filled in."""
_SUM = re.compile(r"(?:项目支出|项目)?(?:小计|合计|总计)")
"""A line that adds up the projects once more."""
HEAD_LENGTH = 20
"""A head is short; a sentence that mentions 决算数 is no head."""
_ESTATE = (
    b.approved_area,
    b.actual_area,
    b.area_control,
    b.planned_investment,
    b.actual_investment,
    b.investment_control,
)


def locate_base_data(area: Area, year: int | None) -> LabelSearch:
    """Locate the fields of the base data form."""
    search = LabelSearch(area, b.FORM)
    locate_names(search, (Name(b.unit, DEPARTMENT, WEAK_DEPARTMENT),))
    beside_label(search, (b.thrift,))
    near_label(search, (b.posts, b.staff, b.control, *_ESTATE))
    heads = _heads(area, year)
    if heads is not None:
        row, columns = heads
        search.used.update((row, column) for column in columns if column is not None)
        _add_years(search, row, columns)
        _add_amounts(search, row, columns)
    foot_of(search)
    return search


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


def _add_years(search: LabelSearch, row: int, columns: list[int | None]) -> None:
    """Note the years that the heads of the amounts print."""
    for item, column in zip((b.last_year, b.budget_year, b.actual_year), columns, strict=True):
        match = _HEAD.match(fold_label(search.area.text((row, column)))) if column is not None else None
        if match and match[1] and column is not None:
            search.years[item.key] = (int(match[1]), (row, column))


def _by_measure(kinds: list[tuple[int, re.Match[str]]], year: int | None) -> list[int | None]:
    """Columns by their heads: of two 决算数 the column of the earlier year, or called 上年, is last year's."""
    budget = next(column for column, match in kinds if match[4] == "预算")
    outturns = [(column, match) for column, match in kinds if match[4] == "决算"]
    if len(outturns) > 1:
        # 上年 first, then by year, 本年 last; from left to right where the heads say neither.
        outturns.sort(key=lambda pair: (not pair[1][2], pair[1][3] is not None, int(pair[1][1] or 0), pair[0]))
        return [outturns[0][0], budget, outturns[-1][0]]
    column, match = outturns[0]
    earlier = match[2] is not None or (match[1] is not None and year is not None and int(match[1]) < year)
    return [column, budget, None] if earlier else [None, budget, column]


def _add_amounts(search: LabelSearch, head: int, columns: list[int | None]) -> None:
    """Note where the amounts stand, and the rows of the projects."""
    area = search.area
    listed = [column for column in columns if column is not None]
    current, projects, above = None, [], 0
    for row in (row for row in area.rows() if row > head):
        label = _label(area, row, listed)
        key = None if label is None else _LABELS.find(area.text(label))
        if key is not None and label is not None:
            current = key
            search.used.add(label)
            above = label[1] if key == _PROJECTS else above
            for item, column in zip(_ITEMS[key], columns, strict=True):
                if column is not None:
                    search.put(item, area.corner((row, column)))
        elif current == _PROJECTS and label is not None and _is_prompt(area, label, listed):
            search.used.add(label)
        elif current == _PROJECTS and _is_project(search, row, label, listed):
            projects.append((row, label))
        else:
            current = None
    projects = _without_subtotals(area, projects, listed)
    if projects:
        _add_projects(search, projects, columns, above=above)


def _is_prompt(area: Area, label: Position, amounts: list[int]) -> bool:
    """Whether a row without amounts holds what the form prints in place of a project, or a row adds up the projects."""
    blank = all(area.is_blank((label[0], column)) for column in amounts)
    name = fold_label(area.text(label))
    return _SUM.fullmatch(name) is not None or (blank and (not name or _PROMPT.fullmatch(name) is not None))


def _without_subtotals(
    area: Area, projects: list[tuple[int, Position | None]], amounts: list[int]
) -> list[tuple[int, Position | None]]:
    """The projects without printed lines (业务工作专项) that add up the projects below them, up to the next one."""
    names = ["" if label is None else fold_label(area.text(label)) for _, label in projects]
    printed = [at for at, name in enumerate(names) if _PROMPT.fullmatch(name)]
    subtotals = set()
    for start, end in pairwise([*printed, len(projects)]):
        rows = [row for row, _ in projects[start + 1 : end]]
        sums = {column: sum(amount_in(area, (row, column)) or 0 for row in rows) for column in amounts}
        own = {column: amount_in(area, (projects[start][0], column)) for column in amounts}
        if rows and any(own.values()) and all(abs((own[column] or 0) - sums[column]) < CENT for column in amounts):
            subtotals.add(start)
    return [project for at, project in enumerate(projects) if at not in subtotals]


def _is_project(search: LabelSearch, row: int, label: Position | None, listed: list[int]) -> bool:
    """Whether a row below 项目支出 is a project: a name that is no label, or amounts without a name."""
    if label is None:
        return any(not search.area.is_blank((row, column)) for column in listed)
    end = search.area.end(label)[1]
    is_wide = label[1] < min(listed) <= end
    return not (search.is_label(label) or is_wide or _NOTE.match(search.area.text(label).strip()))


def _add_projects(
    search: LabelSearch, projects: list[tuple[int, Position | None]], columns: list[int | None], *, above: int
) -> None:
    """Note the rows and columns of the projects.

    Where no project is named, the names belong in the column of 项目支出 `above` them.
    """
    area = search.area
    named = [label[1] for _, label in projects if label is not None]
    members = (b.project_last, b.project_budget, b.project_actual)
    amounts = {item.key: column for item, column in zip(members, columns, strict=True) if column is not None}
    name = {b.project_name.key: max(set(named), key=named.count, default=above)}
    search.rows[b.PROJECTS] = [row for row, _ in projects]
    search.columns[b.PROJECTS] = name | amounts
    for row, _ in projects:
        search.used.update((row, column) for column in {*name.values(), *amounts.values()})
        before = [column for column in area.columns(row) if column < min(amounts.values())]
        search.used.update((row, column) for column in before if area.text((row, column)).strip().isdigit())


def _label(area: Area, row: int, amounts: list[int]) -> Position | None:
    """The last text left of the amounts; a column with numbers (序号) is skipped."""
    positions = [
        (row, column)
        for column in area.columns(row)
        if column < min(amounts) and not area.text((row, column)).strip().isdigit()
    ]
    return positions[-1] if positions else None
