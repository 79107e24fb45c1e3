"""Whether 附件3 has indicators of its own project: its rows compared with those of 附件2 (A3-11, X-11)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from xltool import params
from xltool.findings import Severity
from xltool.forms import key_of, review
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.forms.tolerances import NOISE
from xltool.rules.model import Check, frame_rule
from xltool.rules.needs import AllForms, Rows
from xltool.rules.samples import department_form, filing_view, indicator, project_form
from xltool.text.basis import BETWEEN_FORMS
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Row, text_of
from xltool.text.wording import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field, Predicate

ERROR, WARNING = Severity.ERROR, Severity.WARNING
LIMITS = params.load()
_GENERIC = re.compile("^(?:受益|服务)(?:群众|对象|人口|户|人)?(?:人?数|户数|人次)?$|满意")


def _filled(view: FormView) -> list[tuple[int, Row]]:
    return [(index, row) for index, row in enumerate(view.rows) if fold_case(text_of(row, review.indicator))]


def _signature(row: Row) -> tuple[str, ...]:
    return tuple(
        fold_case(text_of(row, field)) for field in (review.indicator, review.target_value, review.actual_value)
    )


_ROWS = (
    indicator("培训人次", "200人次", "210人次"),
    indicator("合格率", "95%", "96%"),
    indicator("满意度", "90%", "92%"),
)
_OWN_ROWS = (indicator("新建校舍", "2栋", "2栋"), indicator("合格率", "95%", "98%"), indicator("满意度", "90%", "91%"))


@frame_rule(
    "A3-11",
    "项目指标不照搬部门指标",
    severity=WARNING,
    basis=LIMITS.limits["copied_rows"].basis,
    roles=REVIEW_ROLES,
    needs=(AllForms(REVIEW_ROLES), Rows()),
    good=[
        filing_view(department_form(rows=_ROWS), project_form(rows=_OWN_ROWS)),
        filing_view(department_form(rows=_ROWS[:2]), project_form(rows=_ROWS[:2])),
        filing_view(project_form(rows=_ROWS)),
    ],
    bad=[filing_view(department_form(rows=_ROWS), project_form(rows=_ROWS))],
)
def indicators_not_copied(filing: FilingView) -> Iterator[Hit]:
    """项目表填报的 {全部} 行绩效指标中，有 {相同} 行的名称、指标值、完成值与部门整体表完全相同。

    按本项目的立项内容编制指标，填写项目自身的目标值和完成值。
    """
    projects = filing.forms_of(Role.PROJECT_REVIEW)
    for whole in filing.forms_of(Role.DEPARTMENT_REVIEW)[:1] if projects else ():
        known = {_signature(row): index for index, row in reversed(_filled(whole))}
        for view in projects:
            rows = _filled(view)
            signed = ((index, _signature(row)) for index, row in rows)
            copied = [(index, known[signature]) for index, signature in signed if signature in known]
            if len(rows) >= LIMITS["copied_rows_least"] and len(copied) >= LIMITS["copied_rows"] * len(rows):
                yield Hit(
                    FieldRef(view, review.indicator, rows[0][0]),
                    (FieldRef(whole, review.indicator, copied[0][1]),),
                    {"全部": str(len(rows)), "相同": str(len(copied))},
                )


def _x11(target: str = "100人", actual: str = "110人", weight: float = 5, score: float = 5) -> FormView:
    return project_form(rows=(indicator("培训人次", target, actual, weight, score), indicator("其他")))


_DEPARTMENT = department_form(rows=(indicator("培训人次", "100人", "110人"),))


def _alike() -> Iterator[Check]:
    """The numbers of a row of 附件3 are those of the row of its name on 附件2: what the forms can see themselves."""
    here, there = (key_of(role) for role in (Role.PROJECT_REVIEW, Role.DEPARTMENT_REVIEW))
    own, theirs = ({item: item.on_form(form) for item in review.indicators.columns} for form in (here, there))
    name = review.indicator
    is_compared = review.target_unit.same_text(theirs[review.target_unit]) & ~review.target_unit.matches("^%$")
    is_compared &= ~name.matches("^(受益|服务)") & ~name.matches("满意") & ~review.part.matches("成本|满意")
    is_compared &= ~theirs[review.part].matches("成本|满意")
    pairs = [(item, theirs[item]) for item in (review.target, review.actual)]
    differ = [~left.equals(right, NOISE) for left, right in pairs]
    # A row whose other number is still blank on one form is left to the audit.
    agree = [left.or_zero.equals(right.or_zero, NOISE) for left, right in pairs]
    columns = (review.target_value, review.actual_value)
    words = {column: {"部门": (theirs[column], column.kind)} for column in (*columns, review.score)}
    message = "“{三级指标}”的{item}填报“{filed}”，而部门整体表的同名指标为“{部门}”。"

    def conflict(column: Field, test: Predicate, severity: Severity | None = None) -> Check:
        also = (name, theirs[column])
        return Check(own[column], test, also=also, message=message, words=words[column], severity=severity)

    for at, column in enumerate(columns):
        yield conflict(column, ~(is_compared & differ[at] & agree[1 - at]))
    same_weight = review.weight.equals(theirs[review.weight], 0)
    same_score = review.score.equals(theirs[review.score], 0)
    yield conflict(review.score, ~(is_compared & ~differ[0] & ~differ[1] & same_weight) | same_score)
    for column in columns:
        yield conflict(column, ~(is_compared & differ[0] & differ[1]), WARNING)


@frame_rule(
    "X-11",
    "同名指标在部门表和项目表一致",
    severity=ERROR,
    basis=BETWEEN_FORMS,
    roles=REVIEW_ROLES,
    needs=(AllForms(REVIEW_ROLES), Rows()),
    live=tuple(_alike()),
    good=[
        filing_view(_DEPARTMENT, _x11("100 人", "110.0人")),
        filing_view(_DEPARTMENT, _x11(weight=10, score=10)),
        filing_view(_DEPARTMENT, _x11("40人", "50人"), _x11("60人", "60人")),
        filing_view(_x11()),
        filing_view(
            department_form(rows=(indicator("预算控制数", "9万元", part="成本指标"),)),
            project_form(rows=(indicator("预算控制数", "8万元", part="成本指标"),)),
        ),
        filing_view(
            department_form(rows=(indicator("质量", "好", ""),)), project_form(rows=(indicator("质量", "好", "好"),))
        ),
        filing_view(department_form(rows=({**indicator("培训人次", "100人", "90人"), "实际完成值": None},)), _x11()),
    ],
    bad=[
        filing_view(_DEPARTMENT, _x11("90人")),
        filing_view(_DEPARTMENT, _x11(actual="111人")),
        filing_view(_DEPARTMENT, _x11(score=4)),
        filing_view(_DEPARTMENT, _x11("90人", "90人")),
        filing_view(
            department_form(rows=(indicator("质量", "好", "好"),)), project_form(rows=(indicator("质量", "好", "差"),))
        ),
    ],
)
def same_indicator_same_values(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”的{栏目}填报 {filed}，而部门整体表的同名指标为 {部门}。

    同一指标两表应填同一数值；项目只承担其中一部分的，在指标名称中写明。
    """
    for whole in filing.forms_of(Role.DEPARTMENT_REVIEW)[:1]:
        projects = [(view, _compared(view)) for view in filing.forms_of(Role.PROJECT_REVIEW)]
        known = {name: index for index, name in reversed(_compared(whole))} if projects else {}
        seen = Counter(name for _, rows in projects for _, name in rows)
        for view, rows in projects:
            for index, name in rows:
                # An indicator that several projects have is divided among them, so it is not compared.
                if name in known and seen[name] == 1:
                    yield from _conflicts(
                        FieldRef(whole, review.indicator, known[name]), FieldRef(view, review.indicator, index)
                    )


def _compared(view: FormView) -> list[tuple[int, str]]:
    """Index and name of the rows that can be compared between forms: rates and 满意度 concern each form's own work."""
    named = ((index, row, fold_case(text_of(row, review.indicator))) for index, row in enumerate(view.rows))
    return [(index, name) for index, row, name in named if name and not _is_own(row, name)]


def _is_own(row: Row, name: str) -> bool:
    if row.get(review.target_unit.key) == "%" or row.get(review.actual_unit.key) == "%":
        return True
    part = text_of(row, review.part)
    return "成本" in part or "满意" in part or _GENERIC.search(name) is not None


def _conflicts(department: FieldRef, own: FieldRef) -> Iterator[Hit]:
    theirs, ours = department.view.rows[department.row or 0], own.view.rows[own.row or 0]
    differing = [column for column in (review.target_value, review.actual_value) if _conflict(theirs, ours, column)]
    scores = (theirs.get(review.score.key), ours.get(review.score.key))
    if not differing and theirs.get(review.weight.key) == ours.get(review.weight.key) and None not in scores:
        differing = [review.score] if scores[0] != scores[1] else []
    # If both target and actual differ, the row may be the project's part of the department's task.
    severity = WARNING if len(differing) > 1 else None
    for column in differing:
        value = theirs.get(column.key)
        shown = f"{value:g}" if isinstance(value, float) else str(value).strip()
        words = {"指标": text_of(ours, review.indicator).strip(), "栏目": column.key, "部门": shown}
        yield Hit(
            FieldRef(own.view, column, own.row),
            (FieldRef(department.view, column, department.row),),
            words,
            shown,
            severity,
        )


def _conflict(theirs: Row, ours: Row, column: Field) -> bool:
    """Whether two cells differ; a blank cell never differs, even if a number was derived for it."""
    if None in {theirs.get(column.key), ours.get(column.key)}:
        return False
    derived = review.target if column is review.target_value else review.actual
    numbers = (theirs.get(derived.key), ours.get(derived.key))
    if isinstance(numbers[0], float | int) and isinstance(numbers[1], float | int):
        return abs(numbers[0] - numbers[1]) > NOISE * max(1.0, abs(numbers[0]))
    left, right = fold_case(text_of(theirs, column)), fold_case(text_of(ours, column))
    return bool(left) and bool(right) and left != right
