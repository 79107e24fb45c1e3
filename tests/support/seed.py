"""The seed filing and two made-up ones, as sheet orders: data put into issued templates."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltool.forms import FORMS, base_data, foot, project, review, self_review
from xltool.template.filling import RowValues, indicator_columns, project_columns, rows_needed
from xltool.template.order import Order, SheetOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.expr.nodes import Field

DATA = Path(__file__).parents[1] / "data"
DEPARTMENT = "岳阳市君山产业开发区管委会"
PROJECT = "产业开发专项"
YEAR = 2023
FOOT: dict[Field, Any] = {foot.filler: "某某", foot.filed_on: date(2024, 6, 12), foot.phone: "0000000"}
_LABELS = {
    "1、公务用车购置和维护经费": None,
    "2、出国经费": "出国经费",
    "3、公务接待": "公务接待",
    "其中:办公经费": "办公经费",
    "水费、电费、差旅费": "水费电费差旅费",
    "会议费、培训费": "会议费培训费",
    "三公经费": None,
    "项目支出": None,
    "1、产业开发专项": None,
}


@cache
def seed() -> dict[str, Any]:
    """The transcription of the 2023 filing of 君山产业开发区."""
    data: dict[str, Any] = json.loads((DATA / "junshan_2023.json").read_text(encoding="utf-8"))
    return data["transcription"]  # type: ignore[no-any-return] # JSON


@cache
def goals() -> dict[Field, str]:
    """Its two long texts."""
    texts = json.loads((DATA / "junshan_2023_goals.json").read_text(encoding="utf-8"))
    return {review.goal: texts["预期目标"], review.achievement: texts["实际完成情况"]}


def seed_indicators() -> list[RowValues]:
    """Its 23 indicator rows, the same in 附件2 and 附件3."""
    renamed = {"偏差原因": "偏差原因分析及改进措施"}
    return [
        {
            renamed.get(key, key): (float(value) if isinstance(value, int) else value or None)
            for key, value in row.items()
        }
        for row in seed()["附件2"]["indicators"]
    ]


def order() -> Order:
    """What the seed's forms were issued as."""
    return Order(YEAR, DEPARTMENT, projects=(PROJECT,), indicators=rows_needed(seed_indicators()))


def base_data_values() -> dict[Field, Any]:
    """附件1 as filed; the one amount pasted from Word keeps its full-width space."""
    form, filed = FORMS["附件1"], seed()["附件1"]
    values: dict[Field, Any] = {base_data.posts: filed["编制数"], base_data.staff: filed["实际在职人数"], **FOOT}
    for label, amounts in filed["rows"].items():
        key = _LABELS.get(label, label)
        for measure, amount in zip(base_data.MEASURES, amounts, strict=True):
            field = form.fields.get(f"{key}_{measure}")
            if field is not None and field.is_input and amount is not None:
                values[field] = amount
    values[base_data.meetings.actual] = "0.7\u3000"
    amounts = dict(zip(base_data.MEASURES, filed["rows"]["1、产业开发专项"], strict=True))
    return values | project_columns([{"项目名称": PROJECT, **amounts}])


def self_review_values() -> dict[Field, Any]:
    """附件2 as filed; its score cell reads 10分, which the template's formula would prevent."""
    form, filed = FORMS["附件2"], seed()["附件2"]
    funds = filed["年度资金总额"]
    values: dict[Field, Any] = {
        self_review.department: DEPARTMENT + "\u3000",
        self_review.year.score: funds["得分"],
        self_review.year.total_score: float(filed["总分"]["得分"]),
        **{amount: funds[amount.key.split("_")[1]] for amount in self_review.year.amounts},
        **goals(),
        **FOOT,
    }
    for half in ("收入", "支出"):
        for key, amount in filed[f"{half}性质"].items():
            field = form.fields[f"{half}_{key}"]
            if field.is_input:
                values[field] = amount
    return values | indicator_columns(seed_indicators(), order().indicators)


def project_values() -> dict[Field, Any]:
    """附件3 as filed: totals typed over their formulas, breakdown in the wrong column."""
    funds = seed()["附件3"]["资金"]
    values: dict[Field, Any] = {
        project.name: PROJECT,
        project.supervisor: DEPARTMENT,
        project.implementer: DEPARTMENT,
        **dict(zip(project.year.amounts, funds["年度资金总额"], strict=True)),
        project.appropriation.initial: funds["其中:当年财政拨款"][0],
        project.carried_over.initial: funds["上年结转资金"][0],
        project.other_funds.initial: funds["其他资金"][0],
        **goals(),
        **FOOT,
    }
    return values | indicator_columns(seed_indicators(), order().indicators)


def honest(values: Mapping[Field, Any]) -> dict[Field, Any]:
    """The same, with nothing typed over a formula."""
    return {field: value for field, value in values.items() if field.formula is None}


def seed_sheets() -> dict[str, SheetOrder]:
    """The three forms of the seed as filed, by form."""
    return {
        "附件1": SheetOrder(FORMS["附件1"], prefill=base_data_values()),
        "附件2": SheetOrder(FORMS["附件2"], prefill=self_review_values(), protected=False),
        "附件3": SheetOrder(FORMS["附件3"], PROJECT, prefill=project_values(), protected=False),
    }
