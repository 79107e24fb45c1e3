"""Read a located form into a submission: values, calculated cells, table rows."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from xltool.expr.dates import serial
from xltool.expr.nodes import Expr, Kind, fields_of
from xltool.forms import foot, project
from xltool.forms.model import Role
from xltool.reader.filed_cells import UNIT_WRITTEN, filed_cell, parse, set_parsed, set_step
from xltool.reader.rows.table_rows import table_rows
from xltool.reader.rows.totals import mark_open_total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xltool.forms.manifest import IssuedSheet
    from xltool.forms.model import Form
    from xltool.reader.locate import LocatedForm
    from xltool.reader.records import Submission

_CODE = re.compile(r"^\d{3,21}\s*[-—–_]\s*")
"""A code before the name of a department: 219-某镇人民政府."""
_NOBODY = re.compile(
    r"(?:各|相关|有关|涉及|项目|建设|实施|承建|施工|使用|责任|具体|[及和、]){1,6}(?:单位|部门|乡镇|镇街|街道)等?"
)
"""Words in place of a name: 相关项目建设单位, 各乡镇."""


def extract(submission: Submission, located: LocatedForm, issued: IssuedSheet | None) -> None:
    """Fill the submission with the values of the located form; `issued` is what the manifest says of its sheet."""
    form = located.form
    for key, position in located.cells.items():
        submission.values[key] = filed_cell(form.fields[key], located, position, issued)
    _bare_rates(submission, located)
    for table in form.tables:
        if table.key in located.rows:
            submission.rows += table_rows(table, located, submission)
    mark_open_total(submission, located)
    _add_year_end(submission)


def scale_money(submission: Submission, form: Form, factor: float, own: Mapping[str, float] | None = None) -> None:
    """Convert the amounts of a form kept in 元 or 亿元 to 万元; amounts with a unit of their own are converted already.

    `own` are factors of fields whose label names another unit than the form.
    """
    factors = own or {}
    for item, filed in submission.with_fields(form):
        own_unit = any(repair.rule == UNIT_WRITTEN for repair in filed.repairs)
        if item.kind is Kind.MONEY and isinstance(filed.value, float) and not own_unit:
            filed.value = round(filed.value * factors.get(item.key, factor), 10)


def _bare_rates(submission: Submission, located: LocatedForm) -> None:
    """Read rates typed over their formula again, now that the rate they should be is known (125 for 125%)."""
    for key, filed in submission.values.items():
        item = located.form.fields[key]
        if item.kind is not Kind.RATE or item.formula is None or filed.formula is not None or filed.typed is None:
            continue
        cell = located.content(item, located.cells[key])
        if cell is None:
            continue
        set_parsed(filed, parse(item, cell, _value_of(item.formula, submission)))
        set_step(filed, item, cell)


def _value_of(formula: Expr, submission: Submission) -> float | None:
    """The result of a formula with the values of a form; None where a value is missing."""
    from xltool.expr import frame  # noqa: PLC0415 - numpy is imported only where a formula was typed over

    filed = submission.values
    known = {part: filed[part.key].value for part in fields_of(formula) if part.key in filed}
    value = float(frame.evaluate(formula, frame.Values(known))[0])
    return None if math.isnan(value) else value


def _add_year_end(submission: Submission) -> None:
    """Keep the last day of the year reported, which dates are compared with."""
    if submission.year:  # a manifest that was tampered with may say 0000, which no calendar has
        submission.derived[foot.year_end.key] = serial(dt.date(submission.year, 12, 31))


def owner_of(submission: Submission, located: LocatedForm) -> tuple[str, str]:
    """The department and the project that a form names; "" for what it does not name."""

    def text(key: str) -> str:
        filed = submission.values.get(key)
        name = "" if filed is None or filed.value is None else _CODE.sub("", str(filed.value))
        return "" if _NOBODY.fullmatch(name) else name

    if located.form.role is Role.PROJECT_REVIEW:
        return text(project.implementer.key) or text(project.supervisor.key), text(project.name.key)
    return text(located.form.owner.key), ""
