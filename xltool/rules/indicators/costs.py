"""Cost indicators that are amounts of money, compared with the funds of their form and of 附件2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from xltool.expr.nodes import Kind, Rounded
from xltool.findings import Severity
from xltool.forms import key_of, project, review, self_review
from xltool.forms.model import REVIEW_ROLES, Role
from xltool.forms.tolerances import CENT, NOISE
from xltool.forms.words import show
from xltool.rules.model import Check, frame_rule
from xltool.rules.needs import AllForms, AnyFilled, Filled, Rows
from xltool.rules.samples import department_form, filing_view, form_view, funds, indicator, project_form
from xltool.text.basis import BETWEEN_FORMS
from xltool.text.lazy_pattern import lazy_pattern
from xltool.text.views import FieldRef, FilingView, FormView, Hit, Row, text_of
from xltool.text.wording import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.expr.nodes import Field

ERROR, WARNING = Severity.ERROR, Severity.WARNING
INITIAL, EXECUTED = project.year.initial.key, project.year.executed.key
_LINES = ("年初预算数为", "全年执行数为")
_WHOLE_ROLE, _PROJECT_ROLE = (Role.DEPARTMENT_REVIEW,), (Role.PROJECT_REVIEW,)

_COST = lazy_pattern(lambda: re.compile("控制数|预算|成本|总支出|支出总额"))
_NOT_AN_AMOUNT = lazy_pattern(lambda: re.compile("率|单位成本|人均|次均|户均|单项|每|节约"))
_WHOLE = lazy_pattern(
    lambda: re.compile(
        r"(?:\d{4}年度?|年度|全年|本年度?|年初|部门|单位|整体|项目|财政|资金|经费|支出)*"
        r"(?:预算控制(?:数|总?额)|预算(?:数|总?额)|成本控制(?:数|总?额)?|控制数|总成本|成本总额|成本|总支出|支出总额)"
    )
)
_PROJECTS = "项目支出"
"""A part of what a department spends."""
_PRINTED = lazy_pattern(lambda: re.compile(r"\d+(?:\.(\d+))?"))


def _printed_as(column: Field, number: Field, amount: Field) -> Check:
    """The cost of everything on a form is an amount of its funds, as far as printed: what the form can see itself."""
    names = "预算控制数|预算控制额|预算控制总额|成本控制数|总成本|成本总额|项目总成本|年度预算控制数|部门预算控制数"
    is_whole = review.indicator.matches(f"^({names})$") & (review.namesakes <= 1)
    in_money = review.part.matches("成本") & review.target_unit.matches("^万元$")
    same = number.equals(amount, CENT) | number.equals(Rounded(amount, 1), 0) | number.equals(Rounded(amount, 0), 0)
    message = f"“{{三级指标}}”的{{item}}填报“{{filed}}”，与年度资金总额的{amount.key.split('_')[1]} {{金额}} 不一致。"
    also = (review.indicator, amount)
    words = {"金额": (amount, Kind.MONEY)}
    return Check(column, ~(is_whole & in_money) | same, also=also, message=message, words=words)


def _borrowed_budget() -> Iterator[Check]:
    """The target of a cost row of 附件3 is the department's initial budget, with its unit or without."""
    name, target = review.indicator, review.target_value.on_form(key_of(Role.PROJECT_REVIEW))
    is_cost = review.part.matches("成本") & name.matches("控制数|预算|成本|总支出|支出总额")
    is_amount = is_cost & ~name.matches("率|单位成本|人均|次均|户均|单项|每|节约")
    theirs, own = self_review.year.initial, project.year.initial
    message = "“{三级指标}”的年度指标值填报“{filed}”，是部门整体的年初预算数，本项目的年初预算数为 {本项目}。"
    for unit in (review.target_unit.matches("^万元$"), review.target_unit.blank):
        is_borrowed = is_amount & unit & review.target.equals(theirs, CENT) & ~review.target.equals(own, CENT)
        yield Check(target, ~is_borrowed, also=(name, theirs), message=message, words={"本项目": (own, Kind.MONEY)})


_TARGETS = (review.target_value, review.target)
_ACTUALS = (review.actual_value, review.actual)


class Cost(NamedTuple):
    """A cost indicator that is an amount of money, in 万元."""

    row: int
    name: str
    target: float | None
    actual: float | None
    target_step: float
    actual_step: float
    """How far the printed number may be off: half a unit of its last decimal, at least a cent (132.9 for 132.912)."""


def _number(row: Row, field: Field) -> float | None:
    value = row.get(field.key)
    return float(value) if isinstance(value, float | int) else None


def _step(text: str, value: float | None) -> float:
    match = _PRINTED.search(text.replace(",", "").replace("，", ""))
    printed = float(match[0]) if match else 0.0
    if match is None or not printed or not value:
        return CENT
    return max(CENT, 0.5 * 10.0 ** -len(match[1] or "") * abs(value) / printed) + NOISE


def _costs(view: FormView) -> Iterator[Cost]:
    """The cost rows that are amounts of money; a blank unit means 万元."""
    for index, row in enumerate(view.rows):
        name, unit = fold_case(text_of(row, review.indicator)), text_of(row, review.target_unit)
        is_cost = "成本" in text_of(row, review.part) and _COST.search(name) and not _NOT_AN_AMOUNT.search(name)
        if is_cost and (not unit or unit.endswith(("元", "万", "亿"))):
            target, actual = _number(row, review.target), _number(row, review.actual)
            steps = (_step(text_of(row, review.target_value), target), _step(text_of(row, review.actual_value), actual))
            yield Cost(index, text_of(row, review.indicator).strip(), target, actual, *steps)


def _whole_cost(view: FormView) -> Cost | None:
    """The cost row for all the money of the form; None if there is none, or several, which are costs of parts."""
    names = {cost: re.sub(r"[(（][^)）]{0,200}[)）]", "", fold_case(cost.name)) for cost in _costs(view)}
    rows = [cost for cost, name in names.items() if _WHOLE.fullmatch(name)]
    is_part = len(rows) == 1 and view.role is Role.DEPARTMENT_REVIEW and _PROJECTS in names[rows[0]]
    return rows[0] if len(rows) == 1 and not is_part else None


def _differs(value: float | None, right: float | None, step: float = CENT) -> bool:
    return value is not None and right is not None and abs(value - right) > step + NOISE


def _same(value: float | None, right: float | None, step: float = CENT) -> bool:
    return value is not None and right is not None and not _differs(value, right, step)


def _money(value: float | None) -> str:
    return "" if value is None else show(value, Kind.MONEY)


def _cost_form(role: Role, cost: tuple[str, str], money: tuple[float, float], name: str = "预算控制数") -> FormView:
    """An example: a form with one cost row (target, actual) and its funds (initial, executed)."""
    return form_view(role, numbers=funds(*money), rows=(indicator(name, *cost, part="成本指标"),))


_WHOLE_FORM = _cost_form(Role.DEPARTMENT_REVIEW, ("1200万元", "10716.16"), (1200, 10716.16))
_ADJUSTED_FORM = department_form(
    numbers=funds(1000, 1100) | {self_review.year.budget.key: 1200},
    rows=(indicator("项目总成本", "≤1200万元", "1100万元", part="成本指标"),),
)
"""A form whose cost is that of the budget as it was adjusted."""


def _borrowed(filing: FilingView) -> Iterator[tuple[FormView, FormView, Cost]]:
    """Each cost row of 附件3 whose target is the department's initial budget, with its 附件2 and 附件3."""
    for whole in filing.forms_of(Role.DEPARTMENT_REVIEW)[:1]:
        theirs = whole.numbers.get(INITIAL)
        for view in filing.forms_of(Role.PROJECT_REVIEW):
            own = view.numbers.get(INITIAL)
            for cost in _costs(view):
                if _same(cost.target, theirs) and _differs(cost.target, own):
                    yield whole, view, cost


@frame_rule(
    "A3-12",
    "项目成本指标用本项目的金额",
    severity=ERROR,
    basis=BETWEEN_FORMS,
    roles=REVIEW_ROLES,
    needs=(AllForms(REVIEW_ROLES), Filled((self_review.year.initial, project.year.initial)), Rows()),
    live=tuple(_borrowed_budget()),
    good=[
        filing_view(_WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("996.72万元", "10459.37"), (996.72, 10459.37))),
        filing_view(_WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("1200万元", "1000万元"), (1200, 1000))),
        filing_view(_WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("1200万元", "1000万元"), (996.72, 1000), "节约成本")),
        filing_view(_WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("1200人", "1000人"), (996.72, 1000))),
        filing_view(_WHOLE_FORM, project_form(rows=(indicator("预算控制数", "1200万元", part="成本指标"),))),
    ],
    bad=[
        filing_view(_WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("1200万元", "10716.16"), (996.72, 10459.37))),
        filing_view(
            _WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("≤1,200万元", "无"), (996.72, 10459.37), "项目总成本")
        ),
    ],
)
def own_amounts(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”的年度指标值 {filed} 是部门整体的年初预算数，本项目的{本项目}。

    年度指标值填本项目的年初预算数，实际完成值填本项目的全年执行数，不要照抄部门整体表。
    """
    for whole, view, cost in _borrowed(filing):
        own = [_money(view.numbers.get(key)) for key in (INITIAL, EXECUTED)]
        yield Hit(
            FieldRef(view, review.target_value, cost.row),
            (
                FieldRef(view, review.actual_value, cost.row),
                FieldRef(whole, self_review.year.initial),
                FieldRef(view, project.year.initial),
            ),
            {
                "指标": cost.name,
                "本项目": "，".join(f"{name} {text}" for name, text in zip(_LINES, own, strict=True) if text),
            },
            expected=" / ".join(filter(None, own)),
        )


@frame_rule(
    "X-12",
    "预算控制数与资金总额一致",
    severity=ERROR,
    basis=BETWEEN_FORMS,
    roles=(Role.DEPARTMENT_REVIEW,),
    needs=(
        AllForms(_WHOLE_ROLE),
        AnyFilled((self_review.year.initial, self_review.year.executed), _WHOLE_ROLE),
        Rows(_WHOLE_ROLE),
    ),
    live=(_printed_as(*_TARGETS, self_review.year.initial), _printed_as(*_ACTUALS, self_review.year.executed)),
    good=[
        filing_view(_WHOLE_FORM),
        filing_view(_cost_form(Role.DEPARTMENT_REVIEW, ("100万元", "90"), (1200, 10716.16), "会议费预算控制数")),
        filing_view(_cost_form(Role.DEPARTMENT_REVIEW, ("厉行节约", ""), (1200, 10716.16))),
        filing_view(_cost_form(Role.DEPARTMENT_REVIEW, ("≤800万元", "790"), (1200, 1190), "年度项目支出控制数")),
        filing_view(department_form(numbers=funds(30, 30), rows=(*_WHOLE_FORM.rows, *_WHOLE_FORM.rows))),
        filing_view(replace(_ADJUSTED_FORM, is_foreign=True)),
    ],
    bad=[
        filing_view(_cost_form(Role.DEPARTMENT_REVIEW, ("1000万元", "10716.16"), (1200, 10716.16))),
        filing_view(_cost_form(Role.DEPARTMENT_REVIEW, ("1200万元", "0"), (1200, 10716.16))),
        filing_view(_ADJUSTED_FORM),
    ],
)
def control_is_the_budget(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”的{栏目}填报 {filed}，与年度资金总额的{科目} {金额} 不一致。

    年度指标值填年初预算数，实际完成值填全年执行数。
    """
    for view in filing.forms_of(Role.DEPARTMENT_REVIEW):
        cost = _whole_cost(view)
        if cost is not None:
            yield from _unlike_funds(view, cost, (review.target_value, review.actual_value))


def _unlike_funds(view: FormView, cost: Cost, columns: tuple[Field, ...]) -> Iterator[Hit]:
    line = project.year if view.role is Role.PROJECT_REVIEW else self_review.year
    sides = {
        review.target_value: (cost.target, cost.target_step, line.initial),
        review.actual_value: (cost.actual, cost.actual_step, line.executed),
    }
    for column in columns:
        value, step, amount = sides[column]
        right = view.numbers.get(amount.key)
        if column is review.target_value and view.is_foreign and _same(value, view.numbers.get(line.budget.key), step):
            continue  # other places set the cost of the whole year's budget
        if _differs(value, right, step):
            words = {"指标": cost.name, "栏目": column.key, "科目": amount.key.split("_")[1], "金额": _money(right)}
            spots = (FieldRef(view, review.indicator, cost.row), FieldRef(view, amount))
            yield Hit(FieldRef(view, column, cost.row), spots, words, expected=_money(right))


@frame_rule(
    "X-13",
    "项目成本完成值与全年执行数一致",
    severity=WARNING,
    basis=f"{BETWEEN_FORMS}；实例：项目总成本与全年执行数",
    roles=REVIEW_ROLES,
    needs=(AllForms(_PROJECT_ROLE), Filled((project.year.executed,), _PROJECT_ROLE), Rows(_PROJECT_ROLE)),
    good=[
        filing_view(_cost_form(Role.PROJECT_REVIEW, ("≤202.6万元", "132.9"), (202.64, 132.912), "项目总成本")),
        filing_view(_cost_form(Role.PROJECT_REVIEW, ("1200万元", "5"), (996.72, 10459.37), "人均成本")),
        filing_view(_WHOLE_FORM, _cost_form(Role.PROJECT_REVIEW, ("1200万元", "10716.16"), (996.72, 10459.37))),
    ],
    bad=[filing_view(_cost_form(Role.PROJECT_REVIEW, ("996.72万元", "10716.16"), (996.72, 10459.37)))],
    silenced_by=("A3-12", "A3-05"),
    live=(_printed_as(*_ACTUALS, project.year.executed),),
)
def cost_is_the_spending(filing: FilingView) -> Iterator[Hit]:
    """“{指标}”的实际完成值 {filed}，与本项目的全年执行数 {金额} 不一致。

    实际完成值填本项目的全年执行数；指标只含部分支出的，在指标名称中写明。
    """
    # A3-12 reports the same mistake for the whole row, at the cell beside this one.
    borrowed = {(id(view), cost.row) for _, view, cost in _borrowed(filing)}
    for view in filing.forms_of(Role.PROJECT_REVIEW):
        cost = _whole_cost(view)
        if cost is not None and (id(view), cost.row) not in borrowed:
            yield from _unlike_funds(view, cost, (review.actual_value,))
