"""Projects and indicators from one year to the next, row by row.

What is compared is matched by name, folded and without numbers; silent without last year's filing.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from xltool import params
from xltool.expr.nodes import Kind
from xltool.findings import Severity
from xltool.forms import base_data, project, review
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.forms.tolerances import CENT, NOISE
from xltool.forms.words import show
from xltool.rules.model import frame_rule
from xltool.rules.needs import AllForms, AnyForm, LastYear, Rows
from xltool.rules.samples import (
    base_form,
    department_form,
    filing_after,
    filing_view,
    form_view,
    indicator,
    project_form,
    project_row,
)
from xltool.rules.years.last_year import LAST_AS_FILED
from xltool.text.basis import PRACTICE
from xltool.text.naming import title
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Row, text_of
from xltool.text.wording import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
LIMITS = params.load()
MOST_COMPARED = 200
"""Names without a counterpart that are compared letter by letter: more than any department has projects."""
_LISTING = (Role.BASE_DATA, Role.PROJECT_REVIEW)
"""The roles of forms that list projects."""
_YEAR = re.compile(r"20\d\d年?度?")
_NUMBER = re.compile(r"20\d\d年?度?|\d+(?:\.\d+)?")


def _of_last_year(filing: FilingView) -> FilingView:
    """Last year's filing; one without forms where there is none."""
    return filing.prior or FilingView(())


def _up(name: str, target: str, actual: str) -> Row:
    """Example: an indicator of which more is better."""
    return {**indicator(name, target, actual), "方向": "正向"}


def _down(name: str, target: str, actual: str) -> Row:
    """Example: an indicator of which less is better."""
    return {**indicator(name, target, actual), "方向": "反向"}


def _year(*rows: Row, role: Role = Role.DEPARTMENT_REVIEW, name: str = "") -> FormView:
    return form_view(role, {"项目支出名称": name}, rows=rows)


_LAST = filing_view(_year(_up("培训人次", "200人次", "260人次"), _up("群众满意度", "90%", "96%")))


@frame_rule(
    "Y-04",
    "指标值不低于上年实际完成值",
    severity=WARNING,
    basis=LIMITS.limits["target_below_last"].basis,
    roles=REVIEW_ROLES,
    needs=(AnyForm(REVIEW_ROLES), LastYear(REVIEW_ROLES), Rows()),
    grouped=True,
    good=[
        filing_view(_year(_up("培训人次", "100人次", "100人次"))),
        filing_after(_LAST, _year(_up("培训人次", "260人次", "270人次"), _up("群众满意度", "90%", "95%"))),
        filing_after(_LAST, _year(_up("培训人次", "0.02万元", "1万元"), _down("培训人次", "1人次", "1人次"))),
        filing_after(_LAST, _year(_up("培训人次", "很多", "很多"), _up("组织活动", "1次", "1次"))),
        filing_after(filing_view(_year(_up("检查次数", "9次", "多"))), _year(_up("检查次数", "1次", "1次"))),
        filing_after(filing_view(_year(_down("投诉件数", "9件", "5件"))), _year(_down("投诉件数", "3件", "1件"))),
        filing_after(
            filing_view(_year(_up("亩数", "9亩", "9亩"), role=Role.PROJECT_REVIEW, name="绿化")),
            _year(_up("亩数", "5亩", "5亩"), role=Role.PROJECT_REVIEW, name="补贴"),
        ),
        filing_after(filing_view(base_form()), _year(_up("培训人次", "1人次", "1人次"))),
    ],
    bad=[
        filing_after(_LAST, _year(_up("培训人次", "200人次", "210人次"))),
        filing_after(_LAST, _year(_up("培训人次", "250人次", "270人次"))),
        filing_after(
            filing_view(_year(_up("引进企业15家", "15家", "17家"))), _year(_up("引进企业12家", "12家", "13家"))
        ),
        filing_after(
            filing_view(_year(_up("亩数", "9亩", "9亩"), role=Role.PROJECT_REVIEW, name="1、绿化")),
            _year(_up("亩数", "5亩", "5亩"), role=Role.PROJECT_REVIEW, name="绿化"),
        ),
    ],
)
def targets_not_below_last_year(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”的年度指标值 {filed}，低于上年报送的实际完成值 {上年}。

    按上年完成情况和本年任务核定指标值；任务确有减少的，在偏差原因栏说明。
    """
    last = {_counterpart_key(view): view for view in reversed(_of_last_year(filing).forms)}
    for view in filing.forms:
        before = last.get(_counterpart_key(view))
        if before is not None and view.role is not Role.BASE_DATA:
            yield from _lower(view, before)


def _counterpart_key(view: FormView) -> tuple[str, str]:
    """The key by which a form of this year and one of last year are counterparts: form and project."""
    return view.form, title(view.text(project.name.key)) if view.role is Role.PROJECT_REVIEW else ""


def _measured(view: FormView) -> dict[str, int]:
    """Index of the rows in which more is better, by name; names of several rows are left out."""
    names = [_NUMBER.sub("", fold_case(text_of(row, review.indicator))) for row in view.rows]
    seen = Counter(names)
    rising = {name: index for index, name in enumerate(names) if name and seen[name] == 1}
    return {name: index for name, index in rising.items() if view.rows[index].get(review.direction.key) == "正向"}


def _lower(view: FormView, before: FormView) -> Iterator[Hit]:
    theirs = _measured(before)
    for name, index in _measured(view).items():
        if name not in theirs:
            continue
        row, last = view.rows[index], before.rows[theirs[name]]
        severity = _short_of(row, last)
        if severity is not None:
            words = {"指标": text_of(row, review.indicator).strip(), "上年": text_of(last, review.actual_value).strip()}
            at, also = FieldRef(view, review.target_value, index), FieldRef(before, review.actual_value, theirs[name])
            yield Hit(at, (also,), words, severity=severity)


def _short_of(row: Row, last: Row) -> Severity | None:
    """The severity of a target below what was reached last year; None if it is not below.

    A target that is a little lower gives a hint, but not for rates, where it is usual: 90% as target, 96% reached.
    """
    target, done, unit = row.get(review.target.key), last.get(review.actual.key), row.get(review.target_unit.key)
    if not isinstance(target, float | int) or not isinstance(done, float | int):
        return None
    if not target < done - NOISE or (unit or "") != (last.get(review.actual_unit.key) or ""):
        return None
    if target <= done * (1 - LIMITS["target_below_last"]):
        return WARNING
    return None if unit == "%" else INFO


def _base(*names: str) -> FormView:
    return base_form(rows=tuple(project_row(name, 50, 60) for name in names))


_PROJECTS = filing_view(_base("1、河道治理", "2、水库除险"))


@frame_rule(
    "Y-05",
    "项目与上年报送相同",
    severity=INFO,
    basis=f"{PRACTICE}：项目的增减应与预算安排一致",
    roles=_LISTING,
    needs=(AnyForm(_LISTING), LastYear(_LISTING)),
    good=[
        filing_view(_base("河道治理")),
        filing_after(_PROJECTS, _base("河道治理", "水库除险")),
        filing_after(_PROJECTS, department_form()),
        filing_after(filing_view(department_form()), _base("河道治理")),
        filing_after(filing_view(base_form(rows=(project_row("老项目", None, 0),))), base_form()),
        filing_after(filing_view(_base("2022年农路养护")), _base("2023年农路养护")),
    ],
    bad=[
        filing_after(_PROJECTS, _base("河道治理")),
        filing_after(_PROJECTS, _base("河道治理", "水库除险", "堤防加固")),
        filing_after(_PROJECTS, _base("河道治理", "水库除险加固")),
        filing_after(_PROJECTS, _base("河道治理", "水库除险加固", "水库除险工程")),
        filing_after(_PROJECTS, project_form({"项目支出名称": "河道治理"})),
    ],
)
def projects_continue(filing: FilingView) -> Iterator[Hit]:
    """项目“{项目}”{情况}。

    核对是否漏报，或项目名称与批复不一致；按预算安排增减项目的不用修改。
    """
    now, before = _projects(filing), _projects(_of_last_year(filing))
    new = [key for key in now if key not in before]
    gone = [key for key in before if key not in now]
    for old, key in _renamed(gone, new).items():
        words = {"项目": now[key][1], "情况": f"与上年报送的“{before[old][1]}”名称相近，疑为同一项目改了名称"}
        yield Hit(now[key][0], (before[old][0],), words)
        gone.remove(old)
        new.remove(key)
    for key in new:
        yield Hit(now[key][0], words={"项目": now[key][1], "情况": "在上年报送中没有，为本年新出现"})
    place = _place_of_projects(filing)
    for key in gone:
        words = {"项目": before[key][1], "情况": "上年报送中有，本年没有填报"}
        yield Hit(place, (before[key][0],), words)


def _place_of_projects(filing: FilingView) -> FieldRef:
    """The place at which a missing project would have to be entered."""
    for view in filing.forms_of(Role.BASE_DATA):
        return FieldRef(view, base_data.project_spending.actual)
    return FieldRef(filing.forms_of(Role.PROJECT_REVIEW)[0], project.name)


def _projects(filing: FilingView) -> dict[str, tuple[FieldRef, str]]:
    """The projects with money or with a form of their own: by name for comparison, the place and the name as filed."""
    projects: dict[str, tuple[FieldRef, str]] = {}
    for view in filing.forms_of(Role.BASE_DATA):
        for index, row in enumerate(view.rows):
            name = text_of(row, base_data.project_name).strip()
            if row.get(base_data.project_budget.key) or row.get(base_data.project_actual.key):
                projects.setdefault(_lasting(name), (FieldRef(view, base_data.project_name, index), name))
    for view in filing.forms_of(Role.PROJECT_REVIEW):
        name = view.text(project.name.key).strip()
        projects.setdefault(_lasting(name), (FieldRef(view, project.name), name))
    return {key: project for key, project in projects.items() if key}


def _lasting(name: str) -> str:
    """A project's name for comparison, without a year in it."""
    return _YEAR.sub("", title(name))


def _renamed(gone: list[str], new: list[str]) -> dict[str, str]:
    """New names by old ones, so similar that they may be one project, the most similar first, each name once."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where years are compared

    least = 100 * LIMITS["renamed_project"]
    pairs = [(-fuzz.ratio(old, key), old, key) for old in gone[:MOST_COMPARED] for key in new[:MOST_COMPARED]]
    renamed: dict[str, str] = {}
    for unlike, old, key in sorted(pairs):
        if -unlike >= least and old not in renamed and key not in renamed.values():
            renamed[old] = key
    return renamed


def _rows(**last: float | None) -> tuple[Row, ...]:
    return tuple({"项目名称": name, "上年决算数": amount, "本年决算数": 1.0} for name, amount in last.items())


@frame_rule(
    "Y-08",
    "项目上年决算数与上年报送一致",
    severity=ERROR,
    basis=LAST_AS_FILED,
    roles=(Role.BASE_DATA,),
    needs=(AllForms((Role.BASE_DATA,)), LastYear((Role.BASE_DATA,)), Rows((Role.BASE_DATA,))),
    good=[
        filing_view(base_form(rows=_rows(河道治理=50))),
        filing_after(_PROJECTS, base_form(rows=_rows(河道治理=60, 水库除险=None, 堤防加固=8))),
        filing_after(filing_view(base_form(rows=_rows(河道治理=5))), base_form(rows=_rows(河道治理=1))),
        filing_after(_PROJECTS, department_form()),
        filing_after(filing_view(department_form()), base_form(rows=_rows(河道治理=60))),
    ],
    bad=[filing_after(_PROJECTS, base_form(rows=_rows(河道治理=50)))],
)
def project_as_filed_last_year(filing: FilingView) -> Iterator[Hit]:
    """项目“{项目}”的上年决算数填报 {filed}，而上年报送的本年决算数为 {上年}，两年对不上。

    以上年部门决算为准核对：本年填错的改正本表；上年报送有误的，附说明一并报送。
    """
    for before in _of_last_year(filing).forms_of(Role.BASE_DATA)[:1]:
        theirs = {title(text_of(row, base_data.project_name)): at for at, row in reversed(list(enumerate(before.rows)))}
        for view in filing.forms_of(Role.BASE_DATA)[:1]:
            for index, row in enumerate(view.rows):
                at = theirs.get(title(text_of(row, base_data.project_name)))
                if at is not None:
                    yield from _apart(
                        FieldRef(view, base_data.project_last, index), FieldRef(before, base_data.project_actual, at)
                    )


def _apart(now: FieldRef, before: FieldRef) -> Iterator[Hit]:
    filed, right = _amount(now), _amount(before)
    if filed is not None and right is not None and abs(filed - right) > CENT + NOISE:
        last = show(right, Kind.MONEY)
        words = {"项目": text_of(now.view.rows[now.row or 0], base_data.project_name).strip(), "上年": last}
        yield Hit(now, (before,), words, last)


def _amount(spot: FieldRef) -> float | None:
    value = spot.view.rows[spot.row or 0].get(spot.field.key)
    return float(value) if isinstance(value, float | int) else None
