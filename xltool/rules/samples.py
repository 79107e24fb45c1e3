"""Builders of views, for the examples of frame rules and for tests."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from xltool.forms import key_of, review
from xltool.forms.model import Role
from xltool.text.paragraphs import Amount, Paragraph
from xltool.text.prose import AMOUNT, MONEY, bound_of
from xltool.text.views import FilingView, FormView, ReportView, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.expr.nodes import Field

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SCALES = {"亿元": 10000.0, "万元": 1.0, "元": 0.0001}
_BASES = {unit: (scale, MONEY) for unit, scale in _SCALES.items()} | {"%": (0.01, "%"), "名": (1.0, "人")}
TITLE = "2023年度某市水利局部门整体支出绩效自评报告"


def form_view(
    role: Role,
    texts: Mapping[str, str] | None = None,
    numbers: Mapping[str, float] | None = None,
    rows: tuple[Row, ...] = (),
    year: int | None = 2023,
) -> FormView:
    """A form; its submission is named after the form and the project."""
    key, texts = key_of(role), texts or {}
    return FormView(key, f"{key}/{texts.get('项目支出名称', '')}", year, texts, numbers or {}, rows)


base_form = partial(form_view, Role.BASE_DATA)
department_form = partial(form_view, Role.DEPARTMENT_REVIEW)
project_form = partial(form_view, Role.PROJECT_REVIEW)


def filing_view(*given: FormView | ReportView) -> FilingView:
    """A filing of these forms and reports."""
    forms = tuple(view for view in given if isinstance(view, FormView))
    return FilingView(forms, tuple(view for view in given if isinstance(view, ReportView)))


def report_view(
    *lines: str, title: str = TITLE, year: int | None = 2023, names: tuple[str, ...] = ("某市水利局",)
) -> ReportView:
    """A narrative report, with the paragraphs and numbers that the reader would find."""
    paragraphs = (Paragraph(number, text, _amounts(text)) for number, text in enumerate(lines, 1))
    return ReportView("自评报告.docx#自评报告", year, title, names, tuple(paragraphs))


def filing_after(last: FilingView, *forms: FormView) -> FilingView:
    """A filing of these forms, with the filing of the same department for the year before."""
    return FilingView(forms, prior=last)


def goals(goal: str, achievement: str, rows: tuple[Row, ...] = ()) -> FilingView:
    """附件2 with its two long texts."""
    return filing_view(department_form({"预期目标": goal, "实际完成情况": achievement}, rows=rows))


def indicator(  # noqa: PLR0913, PLR0917 - the columns of a row, in their order
    name: str, target: str = "100%", actual: str = "100%", weight: float = 5, score: float = 5, part: str = "数量指标"
) -> Row:
    """An indicator row, with the values that the reader derives from its texts."""
    number, unit = _quantity(target)
    reached, reached_unit = _quantity(actual)
    written: Row = {"二级指标": part, "三级指标": name, "年度指标值": target, "实际完成值": actual}
    derived: Row = {"目标数值": number, "目标单位": unit, "完成数值": reached, "完成单位": reached_unit}
    return {**written, **derived, "分值": weight, "得分": score}


def project_row(name: str, budget: float | None, actual: float | None) -> Row:
    """A project row of 附件1."""
    return {"项目名称": name, "上年决算数": None, "本年预算数": budget, "本年决算数": actual}


def funds(initial: float, executed: float) -> dict[str, float]:
    """Amounts of the line 年度资金总额."""
    return {"年度资金总额_年初预算数": initial, "年度资金总额_全年执行数": executed}


def _amounts(text: str) -> tuple[Amount, ...]:
    return tuple(_amount(match) for match in AMOUNT.finditer(text))


def _amount(match: re.Match[str]) -> Amount:
    digits = match["number"].replace(",", "").replace("，", "")
    scale, base = _BASES.get(match["unit"], (1.0, match["unit"]))
    step = 10.0 ** -len(digits.partition(".")[2])
    return Amount(float(digits) * scale, base, step * scale, bound_of(match), *match.span())


def _quantity(text: str) -> tuple[float | None, str | None]:
    match = _NUMBER.search(text := text.replace(",", ""))
    if match is None:
        return None, None
    unit = text[match.end() :].strip() or None
    return float(match[0]) * _SCALES.get(unit or "", 1.0), unit


BARE_ROW: dict[Field, object] = {review.indicator: "培训人次", review.reason: None}
"""An indicator row with a name and no reason, for examples of expressions."""


def scored_row(
    target: float, actual: float, weight: float, score: float, direction: str = "正向"
) -> dict[Field, object]:
    """An indicator row whose target and actual are numbers, for examples of expressions."""
    values: dict[Field, object] = {
        review.target: target,
        review.actual: actual,
        review.weight: weight,
        review.score: score,
        review.direction: direction,
        review.target_kind: "number",
        review.actual_kind: "number",
    }
    return BARE_ROW | values
