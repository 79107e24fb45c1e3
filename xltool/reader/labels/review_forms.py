"""The two self-review forms, located by their labels; names, funds, goals and indicators have modules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.forms import project as p
from xltool.forms import review as r
from xltool.forms import self_review as s
from xltool.reader.labels.area import Area, Labels
from xltool.reader.labels.funds import locate_funds
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
    from xltool.forms.review import YearFunds

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


def locate_self_review(area: Area) -> LabelSearch:
    """Locate the fields of the department review."""
    search = LabelSearch(area, s.FORM)
    locate_names(search, (Name(s.department, DEPARTMENT, WEAK_DEPARTMENT),))
    below_funds = locate_funds(search, s.year, ())
    beside_label(search, _NATURES, rows=below_funds)
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
    locate_funds(search, p.year, p.breakdown)
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
        fields = {"分值": year.weight, "执行率": year.rate, "得分": year.score}
        labels = Labels((text, fields[measure].key) for text, measure in _EXECUTION)
        heads_near(search, {item.key: item for item in fields.values()}, labels, above)
    foot_of(search)
    locate_total(search, year.total_score)
