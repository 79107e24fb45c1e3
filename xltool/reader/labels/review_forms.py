"""The two self-review forms, located by their labels; names, funds, goals and indicators have modules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import project as p
from xltool.forms import review as r
from xltool.forms import self_review as s
from xltool.reader.labels.area import Area, Labels
from xltool.reader.labels.fund_lines import amount_in, is_over_tasks
from xltool.reader.labels.funds import first_row_of_indicators, locate_funds
from xltool.reader.labels.goals import locate_goals
from xltool.reader.labels.header import Name, locate_names, locate_total
from xltool.reader.labels.header_words import (
    DEPARTMENT,
    IMPLEMENTER,
    PROJECT,
    SUPERVISOR,
    WEAK_DEPARTMENT,
    WEAK_IMPLEMENTER,
    WEAK_SUPERVISOR,
)
from xltool.reader.labels.indicator_rows import locate_grade, locate_indicators
from xltool.reader.labels.search import LabelSearch, beside_label, foot_of, heads_near

if TYPE_CHECKING:
    from xltool.forms.review import YearFunds
    from xltool.reader.labels.fund_lines import FundBlock

_EXECUTION = (
    *((text, "执行率") for text in ("执行率", "预算执行进度", "执行进度", *s.year.rate.aliases)),
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


def locate_self_review(area: Area, reported: int | None) -> LabelSearch:
    """Locate the fields of the department review; `reported` is the year it is about."""
    search = LabelSearch(area, s.FORM)
    locate_names(search, (Name(s.department, DEPARTMENT, WEAK_DEPARTMENT),))
    funds = locate_funds(search, s.year)
    if funds is not None:
        for rows in (range(area.top, funds.head), range(funds.end, first_row_of_indicators(area))):
            beside_label(search, _NATURES, rows=rows)
    _add_common_parts(search, s.year, funds=funds, reported=reported)
    return search


def locate_project(area: Area, reported: int | None) -> LabelSearch:
    """Locate the fields of the project review; `reported` is the year it is about."""
    search = LabelSearch(area, p.FORM)
    names = (
        Name(p.name, PROJECT),
        Name(p.supervisor, SUPERVISOR, WEAK_SUPERVISOR),
        Name(p.implementer, IMPLEMENTER, WEAK_IMPLEMENTER),
    )
    locate_names(search, names)
    funds = locate_funds(search, p.year, p.breakdown)
    _add_common_parts(search, p.year, funds=funds, reported=reported)
    return search


def _add_common_parts(search: LabelSearch, year: YearFunds, *, funds: FundBlock | None, reported: int | None) -> None:
    """Locate what both forms have: indicators, total, grade, goals, execution, foot."""
    locate_indicators(search, year)
    locate_grade(search, year)
    locate_goals(search, reported)
    _locate_execution(search, year)
    foot_of(search)
    locate_total(search, year.total_score)
    _add_points_at_head(search, year, funds)


def _locate_execution(search: LabelSearch, year: YearFunds) -> None:
    """Locate rate and points of execution beside or below their labels above the indicators, where the funds have none.

    A rate that is stated there counts before that in a row 预算执行率 of the indicators.
    """
    area, rows = search.area, search.rows.get(r.INDICATORS, [])
    rate = search.cells.get(year.rate.key)
    if rate is not None and rate[0] < search.tops.get(r.INDICATORS, 0):
        return
    search.cells.pop(year.rate.key, None)
    fields = {"分值": year.weight, "执行率": year.rate, "得分": year.score}
    labels = Labels((text, fields[measure].key) for text, measure in _EXECUTION)
    above = range(area.top, rows[0]) if rows else None
    by_key = {item.key: item for item in fields.values()}
    heads_near(search, by_key, labels, above, lambda head: is_over_tasks(area, head))
    stated = search.cells.get(year.rate.key)
    if rate is not None and (stated is None or amount_in(area, stated) is None):
        search.cells.pop(year.rate.key, None)
        search.put(year.rate, rate)


def _add_points_at_head(search: LabelSearch, year: YearFunds, funds: FundBlock | None) -> None:
    """Locate the points of execution where each block has its points in its first row, below those of the total."""
    total, label = (places.get(year.total_score.key) for places in (search.cells, search.labels))
    if funds is None or total is None or label is None or label[0] >= total[0]:
        return
    points = search.area.corner((funds.head, total[1]))
    if points[0] > total[0] and amount_in(search.area, points) is not None:
        search.put(year.score, points)
