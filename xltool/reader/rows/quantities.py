"""Targets and actual values of indicator rows as quantities, and what follows from them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from xltool.findings import row_column
from xltool.forms import review
from xltool.normalize import fold
from xltool.reader.filed_cells import UNIT_WRITTEN
from xltool.reader.notation.quantity import Quantity, comparable, parse_quantity
from xltool.reader.notation.tokens import Repair, display
from xltool.reader.notation.units import UNITS, find_unit, in_base

if TYPE_CHECKING:
    from xltool.reader.locate import LocatedForm
    from xltool.reader.records import FiledCell, TableRow

_IN_NAME = re.compile(r"(?<![\d.,，])(\d+(?:\.\d+)?)\s*([^\d\s，。、]{1,4})$")
_OF_SEVERAL_YEARS = re.compile(r"累计|总计|规划期|十[三四五六]五|[三五]年内")
_REVERSE_NAME = re.compile(
    r"(?:预算|经费|成本|费用?|资金|支出|投资|概算|造价|编制|在职|人员|三公|公用|规模|面积|能耗|水耗|排放|债务?).{0,8}控制(?:数|率|额)"
    r"|控制在|调整率|结转结余|结余率|变动率|投诉率|差错率|偏差率|事故(?:起?数|次数|率|发生|$)"
)
_DURATION_NAME = re.compile(
    r"工期|(?<!使用)(?<!服务)时限|(?:建设|施工|实施|办理|审批|维修)周?期(?!限|间)|(?<![使利作])用时(?![间限])|耗时"
    r"|(?:响应|办理|办结|处理|处置|审核|审批|等候|等待|到达|修复|反应)时间"
)
"""Names of durations, which are better the shorter they are."""
_OF_TIME = frozenset({"天", "个月", "个工作日", "小时", "年", "周"})
_DATE_NAME = re.compile(r"时间|日期|时限|期限|[开竣完]工|进度")
_NOTHING_HAPPENED = re.compile(r"(?:[未没无]|没有)(?:发生|出现|发现|产生|接到|收到)\S{0,8}|没有|零\S{0,3}")
"""Words for 0 beside a target that is a limit; a longer text is not searched."""
_THINGS = "个"
_PER_NAME = re.compile(r"[人户亩日天月件次村班生]均|每|单价|单位成本")
_FIRST_YEAR, _LAST_YEAR, _LAST_MONTH = 1990, 2100, 12
_COST_NAME = re.compile(r"成本|费用|经费|预算|支出|投入(?!使用|运)|造价|单价")
_SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝"}
LONGEST_NAME = 60
"""Characters at the end of a name in which a number is looked for."""
LONGEST_NUMBER = 15
"""Digits of a number within a text; a longer run of digits is a code."""


def add_quantities(rows: list[TableRow], located: LocatedForm) -> None:
    """Give indicator rows their targets and actual values as quantities, and what follows from them."""
    folded = [fold(str(row.value("三级指标") or "")) for row in rows]
    names = Counter(folded)
    for row, name in zip(rows, folded, strict=True):
        target, actual = (_quantity(row, located, column.key) for column in (review.target_value, review.actual_value))
        if _DATE_NAME.search(name) and _is_month(target) and _is_month(actual):
            target, actual = (quantity._replace(value=None, kind="date") for quantity in (target, actual))
        actual = _counted_as_none(row, target, actual)
        if _THINGS in {target.unit, actual.unit}:
            target, actual = _without_noun(target), _without_noun(actual)
        if _PER_NAME.search(name):
            target, actual = _with_divisor(target, actual), _with_divisor(actual, target)
        row.target, row.actual = _quantity_parts(target), _quantity_parts(actual)
        _keep_repairs(row.cells.get(review.target_value.key), target)
        _keep_repairs(row.cells.get(review.actual_value.key), actual)
        both = comparable(target, actual)
        row.derived = {
            review.target.key: None if both is None else both[0],
            review.actual.key: None if both is None else both[1],
            review.target_unit.key: _base_unit(target),
            review.actual_unit.key: _base_unit(actual),
            review.target_kind.key: target.kind,
            review.actual_kind.key: actual.kind,
            review.actual_operator.key: actual.op if actual.op in {">=", "<=", ">", "<"} else None,
            review.direction.key: None if both is None else _direction(row, target),
            review.name_number.key: _number_in_name(row, target),
            review.namesakes.key: float(names[name]) if name else None,
            review.without_reasons.key: None if review.reason.key in row.cells else 1.0,
        }


def _quantity(row: TableRow, located: LocatedForm, key: str) -> Quantity:
    """The target or the actual value of an indicator row."""
    filed, column = row.cells.get(key), located.columns[review.INDICATORS].get(key)
    cell = None
    if filed is not None and column is not None:
        cell = located.measured(review.indicators.column(key), (row_column(filed.cell)[0], column))
    return parse_quantity(None) if cell is None else parse_quantity(cell.value, number_format=cell.number_format)


def _counted_as_none(row: TableRow, target: Quantity, actual: Quantity) -> Quantity:
    """The actual value, 0 where nothing may happen, or as little as possible, and 未发生 is filed (T-10)."""
    text = str(row.value(review.actual_value.key) or "")
    is_limit = target.value == 0 or (target.value is not None and target.op in {"<=", "<"})
    if actual.kind != "text" or not is_limit or not _NOTHING_HAPPENED.fullmatch(text[:LONGEST_NUMBER]):
        return actual
    return target._replace(op=None, value=0.0, high=None, repairs=(Repair("T-10", f"“{text}”读作 0"),))


def _without_noun(quantity: Quantity) -> Quantity:
    """A number of things of which the other side does not say again what they are: 10个乡镇 beside 10个."""
    is_named = quantity.unit is not None and quantity.unit.startswith(_THINGS) and "/" not in quantity.unit
    return quantity._replace(unit=_THINGS) if is_named and quantity.unit not in UNITS else quantity


def _with_divisor(quantity: Quantity, other: Quantity) -> Quantity:
    """Money per person, of which the other side says so, and the name as well: 人均成本 280元 beside 300元/人."""
    own, divisor = find_unit(quantity.unit or "").base, (other.unit or "").partition("/")[2]
    is_bare = own == find_unit("元").base and divisor and quantity.kind == "number"
    return quantity._replace(unit=f"{quantity.unit}/{divisor}") if is_bare else quantity


def _is_month(quantity: Quantity) -> bool:
    """Whether a number may be a year, or a year with its month (2023.11)."""
    if quantity.kind != "number" or quantity.value is None or quantity.op is not None or quantity.unit is not None:
        return False
    year, month = divmod(round(quantity.value * 100), 100)
    return _FIRST_YEAR <= year < _LAST_YEAR and month <= _LAST_MONTH


def _keep_repairs(filed: FiledCell | None, quantity: Quantity) -> None:
    """Keep the repairs of a target or an actual value; a unit belongs there and is no repair."""
    if filed is None:
        return
    filed.repairs = tuple(repair for repair in quantity.repairs if repair.rule != UNIT_WRITTEN)
    filed.reading = _quantity_text(quantity) if filed.repairs else None


def _quantity_text(quantity: Quantity) -> str:
    """A quantity in usual signs, 文字 where it cannot be read."""
    if quantity.value is None:
        return "文字"
    scale = 100 if quantity.kind == "percent" else 1
    low, high = (
        None if value is None else display(round(value * scale, 9)) for value in (quantity.value, quantity.high)
    )
    numbers = low if high is None else f"{low}～{high}"
    sign = _SIGNS.get(quantity.op or "", "")
    return f"{sign}{numbers}{quantity.unit or ''}"


def _quantity_parts(quantity: Quantity) -> dict[str, float | str | None]:
    return {"op": quantity.op, "value": quantity.value, "unit": quantity.unit, "kind": quantity.kind}


def _base_unit(quantity: Quantity) -> str | None:
    """The unit that a quantity is converted to for comparison."""
    if quantity.value is None or quantity.unit is None:
        return None
    return find_unit(quantity.unit).base


def _direction(row: TableRow, target: Quantity) -> str | None:
    """正向, 反向 or 等于; a range has none.

    A cost, a duration or a 控制数 is better the lower it is; a count filed under 成本指标 (固定资产投资总量) is not.
    """
    name, part = str(row.value("三级指标") or ""), str(row.value("二级指标") or "")
    if target.op == "range":
        return None
    if target.value == 0:
        return "等于"
    cost = "成本" in part and _COST_NAME.search(name) is not None
    duration = _base_unit(target) in _OF_TIME and _DURATION_NAME.search(name) is not None
    is_reverse = cost or duration or _REVERSE_NAME.search(name) is not None
    if target.op in {"<=", "<"} or (target.op in {None, "="} and is_reverse):
        return "反向"
    return "正向"


def _number_in_name(row: TableRow, target: Quantity) -> float | None:
    """The number at the end of an indicator's name (培育高新技术企业5家), if in the unit of the target."""
    # Only the end of the name is searched, since a cell may hold any number of digits.
    match = target.unit and _IN_NAME.search(str(row.value("三级指标") or "")[-LONGEST_NAME:])
    if not match or match[2] != target.unit or len(match[1]) > LONGEST_NUMBER:
        return None
    if _OF_SEVERAL_YEARS.search(str(row.value("三级指标"))):
        return None
    number = float(match[1]) / 100 if target.kind == "percent" else float(match[1])
    return in_base(number, match[2])[0]
