"""Exemptions, as a bureau grants them in a file; `file` reads them, `application` applies them."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec looks it up at run time: a worker passes exemptions as bytes
from datetime import date  # noqa: TC003 - likewise

from msgspec import Struct

DEPARTMENT, YEAR, FORM, PROJECT, RULE = "单位", "年度", "表", "项目", "规则"
PLACE, REASON, APPROVER, UNTIL = "栏目或单元格", "理由", "批准人", "有效期至"
COLUMNS = (DEPARTMENT, YEAR, FORM, PROJECT, RULE, PLACE, REASON, APPROVER, UNTIL)
REQUIRED = (DEPARTMENT, RULE, REASON, APPROVER, UNTIL)


class Exemption(Struct, frozen=True):
    """One exemption as granted; a blank `form`, `project` or `place` and no `year` mean all of them.

    `row` is its row in the file; `place` a cell (A1) or a field key.
    """

    row: int
    department: str
    year: int | None
    form: str
    project: str
    rule: str
    place: str
    reason: str
    approver: str
    until: date


class Exemptions(Struct, frozen=True):
    """The exemptions of a file and the day of the run; `columns` gives the letter of each heading."""

    name: str
    sheet: str | None
    granted: tuple[Exemption, ...]
    today: date
    columns: Mapping[str, str]
