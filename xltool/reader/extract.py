"""Read a located form into a submission: values, calculated cells, table rows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from xltool.expr.dates import serial
from xltool.expr.nodes import Expr, Field, Kind, fields_of
from xltool.findings import address
from xltool.forms import base_data, foot, project, review
from xltool.forms.fingerprint import canonical
from xltool.forms.model import Role
from xltool.normalize import fold
from xltool.reader.notation.cells import Parsed, State, display, parse_date, parse_number, parse_rate, parse_text
from xltool.reader.notation.quantity import Quantity, comparable, parse_quantity
from xltool.reader.notation.units import find_unit, in_base
from xltool.reader.records import FiledCell, Submission, TableRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.forms.manifest import IssuedSheet
    from xltool.forms.model import Form, Table
    from xltool.reader.a1 import Position
    from xltool.reader.locate import LocatedForm
    from xltool.reader.ooxml.workbook import Cell

_CODE = re.compile(r"^\d{3,21}\s*[-—–_]\s*")
"""A code before the name of a department: 219-某镇人民政府."""
_NUMBERING = re.compile(
    r"^\s*(?:\d{1,3}\s*(?:[、．]|\.(?!\d))|[（(]\s*\d{1,3}\s*[）)]|[一二三四五六七八九十]{1,3}\s*、)\s*"
)
"""1、 2. （3） 四、 before the name of a project; the point of 3.5公里 is no numbering."""
_HEADING = re.compile(r"^(?P<name>[^（(]*)[（(]\s*(?P<points>\d+(?:\.\d+)?)\s*分\s*[）)]$")
_IN_NAME = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)\s*([^\d\s，。、]{1,4})$")
_OF_SEVERAL_YEARS = re.compile(r"累计|总计|规划期|十[三四五六]五|[三五]年内")
_REVERSE_NAME = re.compile(
    r"控制数|控制率|控制额|控制在|调整率|结转结余|结余率|变动率|投诉率|差错率|偏差率|事故(?:起?数|次数|率|发生|$)"
)
_SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝"}
_BROKEN = re.compile(r"(?<=[\d.,])[ \t]*[\r\n]+\s*(?=[\d.%])")
"""Where a narrow cell broke a number over two lines: 95. and 10%."""
UNIT_WRITTEN = "T-10"
LONGEST_NAME = 60
"""Characters at the end of a name in which a number is looked for."""
LONGEST_NUMBER = 15
"""Digits of a number within a text; a longer run of digits is a code."""
_COST_NAME = re.compile(r"成本|费用|经费|预算|支出")


def extract(submission: Submission, located: LocatedForm, issued: IssuedSheet | None) -> None:
    """Fill the submission with the values of the located form; `issued` is what the manifest says of its sheet."""
    form = located.form
    for key, position in located.cells.items():
        submission.values[key] = _filed_cell(form.fields[key], located, position, issued)
    _bare_rates(submission, located)
    for table in form.tables:
        if table.key in located.rows:
            submission.rows += _table_rows(table, located, submission)
    _add_year_end(submission)


def scale_money(submission: Submission, form: Form, factor: float, own: Mapping[str, float] | None = None) -> None:
    """Convert the amounts of a form kept in 元 or 亿元 to 万元; amounts with a unit of their own are converted already.

    `own` are factors of fields whose label names another unit than the form.
    """
    pairs = [(form.fields[key], filed) for key, filed in submission.values.items()]
    columns = {column.key: column for table in form.tables for column in table.inputs}
    pairs += [(columns[key], filed) for row in submission.rows for key, filed in row.cells.items()]
    factors = own or {}
    for item, filed in pairs:
        own_unit = any(repair.rule == UNIT_WRITTEN for repair in filed.repairs)
        if item.kind is Kind.MONEY and isinstance(filed.value, float) and not own_unit:
            filed.value = round(filed.value * factors.get(item.key, factor), 10)


def _filed_cell(item: Field, located: LocatedForm, position: Position, issued: IssuedSheet | None) -> FiledCell:
    """One cell of the form, read as its field asks."""
    cell = located.content(item, position)
    if cell is None:
        return FiledCell(item.key, address(*position), None, None, State.BLANK)
    filed = FiledCell(item.key, address(*position), _raw(cell), None, State.BLANK)
    filed.formula = None if cell.formula is None else f"={cell.formula}"
    if item.formula is not None and filed.formula is not None and issued is not None:
        actual = canonical(filed.formula, located.by_reference)
        filed.intact = actual == issued.formulas.get(item.key)
    if cell.error:
        filed.state = State.UNPARSED
        return filed
    if filed.formula is not None and cell.value is None:
        filed.state = State.NOT_CALCULATED
        return filed
    _apply(filed, _parse(item, cell, None))
    filed.as_text = item.kind.numeric and isinstance(cell.value, str) and filed.state is State.FILLED
    if filed.as_text and located.search is not None:
        # In one cell with its label, or in a document, a number is always text.
        filed.as_text = item.key not in located.search.inline and not located.sheet.places
    _set_step(filed, item, cell)
    return filed


def _set_step(filed: FiledCell, item: Field, cell: Cell) -> None:
    """Keep the last decimal of a number that Excel holds; of rates whole percents at least: 120% is stored as 1.2."""
    if filed.formula is None and isinstance(cell.value, float) and item.kind.numeric:
        least = 2 if item.kind is Kind.RATE else 0
        filed.step = 10.0 ** -max(_decimals(float(filed.value or 0)), least)


def _apply(filed: FiledCell, parsed: Parsed) -> None:
    """Keep what a cell was read as."""
    filed.value, filed.state, filed.repairs = parsed.value, parsed.state, parsed.repairs
    filed.step = None if parsed.decimals is None else 10.0**-parsed.decimals


def _parse(item: Field, cell: Cell, expected: float | None) -> Parsed:
    """Read a cell as its field asks; `expected` is the recomputed rate, where it is known."""
    value = cell.value
    if item.kind.numeric and isinstance(value, str):
        value = _BROKEN.sub("", value)
    if item.kind is Kind.RATE:
        return parse_rate(value, expected, number_format=cell.number_format)
    if item.kind.numeric:
        return parse_number(value, unit=item.kind.unit)
    if item.kind is Kind.DATE:
        return parse_date(value)
    if isinstance(value, float) and "%" in cell.number_format:
        return parse_text(f"{display(round(value * 100, 9))}%")
    return parse_text(value)


def _raw(cell: Cell) -> str | float | None:
    """What the cell holds, as records keep it."""
    if isinstance(cell.value, dt.date):
        return cell.value.isoformat()
    if isinstance(cell.value, bool):
        return "TRUE" if cell.value else "FALSE"
    return cell.value


def _decimals(value: float) -> int:
    """Decimals of a number, ten at most."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])


def _bare_rates(submission: Submission, located: LocatedForm) -> None:
    """Read rates typed over their formula again, now that the rate they should be is known (125 for 125%)."""
    for key, filed in submission.values.items():
        item = located.form.fields[key]
        if item.kind is not Kind.RATE or item.formula is None or filed.formula is not None or filed.raw is None:
            continue
        cell = located.content(item, located.cells[key])
        if cell is None:
            continue
        _apply(filed, _parse(item, cell, _value_of(item.formula, submission)))
        _set_step(filed, item, cell)


def _value_of(formula: Expr, submission: Submission) -> float | None:
    """The result of a formula with the values of a form; None where a value is missing."""
    from xltool.expr import frame  # noqa: PLC0415 - numpy is imported only where a formula was typed over

    filed = submission.values
    known = {part: filed[part.key].value for part in fields_of(formula) if part.key in filed}
    value = float(frame.evaluate(formula, frame.Values(known))[0])
    return None if math.isnan(value) else value


def _table_rows(table: Table, located: LocatedForm, submission: Submission) -> list[TableRow]:
    """The rows of a table in which something was filed."""
    groups: dict[str, str] = {}
    rows = []
    for number in located.rows[table.key]:
        row = _row(table, located, number)
        if table is review.indicators:
            _fill_groups(row, groups, submission)
            entries = [filed for key, filed in row.cells.items() if key not in groups]
        else:
            entries = list(row.cells.values())
        if any(filed.state is not State.BLANK for filed in entries):
            rows.append(row)
    if table is review.indicators:
        _derive(rows, located)
    return rows


def _row(table: Table, located: LocatedForm, number: int) -> TableRow:
    """One row of a table; `number` is its row on the sheet."""
    row = TableRow(table.key, number)
    for column in table.inputs:
        at = located.column_of(table, column.key, number)
        if at is not None:
            row.cells[column.key] = _filed_cell(column, located, (number, at), None)
    prompt = row.cells.get(review.indicator.key)
    if prompt is not None and prompt.state is State.NOT_APPLICABLE and set(str(prompt.raw).strip()) == {"…"}:
        # …… is what the template prints for the name of an indicator, not an answer (S-29).
        prompt.value, prompt.state = str(prompt.raw).strip(), State.FILLED
    name = row.cells.get(base_data.project_name.key)
    if name is not None and isinstance(name.value, str):
        name.value = _NUMBERING.sub("", name.value)
    return row


def _fill_groups(row: TableRow, groups: dict[str, str], submission: Submission) -> None:
    """Give a row its 一级 and 二级指标, which stand only in the first row of their merged cells.

    `groups` are those of the row above, and are updated.
    """
    for key in (review.category.key, review.part.key):
        filed = row.cells.get(key)
        if filed is None:
            continue
        if isinstance(filed.value, str) and filed.value:
            name, points = split_heading(filed.value)
            if key == review.category.key:
                if name != groups.get(key):  # a name that is repeated on every row begins no new group
                    groups[review.part.key] = ""
                if points is not None:
                    submission.derived[f"{name}_标注分值"] = points
            groups[key] = name
        else:
            groups.setdefault(key, "")
        filed.value = groups[key] or None
        filed.state = State.FILLED if groups[key] else State.BLANK


def split_heading(text: str) -> tuple[str, float | None]:
    """Name and printed points of a 一级指标.

    >>> split_heading("产出指标（50分）")
    ('产出指标', 50.0)
    """
    folded = re.sub(r"\s+", "", text)
    match = _HEADING.match(folded)
    if match is None or len(match["points"]) > LONGEST_NUMBER:
        return folded, None
    return match["name"], float(match["points"])


def _derive(rows: list[TableRow], located: LocatedForm) -> None:
    """Give indicator rows their targets and actual values as quantities, and what follows from them."""
    folded = [fold(str(row.value("三级指标") or "")) for row in rows]
    names = Counter(folded)
    for row, name in zip(rows, folded, strict=True):
        target, actual = (_quantity(row, located, column.key) for column in (review.target_value, review.actual_value))
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
        }


def _quantity(row: TableRow, located: LocatedForm, key: str) -> Quantity:
    """The target or the actual value of an indicator row."""
    at = located.columns[review.INDICATORS].get(key)
    cell = None if at is None else located.measured(review.indicators.column(key), (row.row, at))
    return parse_quantity(None) if cell is None else parse_quantity(cell.value, number_format=cell.number_format)


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

    A cost or a 控制数 is better the lower it is; a count filed under 成本指标 (固定资产投资总量) is not.
    """
    name, part = str(row.value("三级指标") or ""), str(row.value("二级指标") or "")
    if target.op == "range":
        return None
    if target.value == 0:
        return "等于"
    cost = "成本" in part and _COST_NAME.search(name) is not None
    if target.op in {"<=", "<"} or (target.op in {None, "="} and (cost or _REVERSE_NAME.search(name))):
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


def _add_year_end(submission: Submission) -> None:
    """Keep the last day of the year reported, which dates are compared with."""
    if submission.year:  # a manifest that was tampered with may say 0000, which no calendar has
        submission.derived[foot.year_end.key] = serial(dt.date(submission.year, 12, 31))


def owner_of(submission: Submission, located: LocatedForm) -> tuple[str, str]:
    """The department and the project that a form names; "" for what it does not name."""

    def text(key: str) -> str:
        filed = submission.values.get(key)
        return "" if filed is None or filed.value is None else _CODE.sub("", str(filed.value))

    if located.form.role is Role.PROJECT_REVIEW:
        return text(project.implementer.key) or text(project.supervisor.key), text(project.name.key)
    return text(located.form.owner.key), ""
