"""The unit of money a form of another layout notes, for all of its amounts or for a single field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind
from xltool.findings import address
from xltool.reader.labels.area import fold_label

if TYPE_CHECKING:
    from xltool.reader.locate import LocatedForm

LONGEST_NOTE = 40
"""Characters of a text in which a unit is looked for."""
_UNIT = re.compile(r"(?:单位|金额)[:：]?(?:人民币)?(亿元|万元|元)|\((?:人民币)?(亿元|万元|元)\)")
_FACTORS = {"元": 0.0001, "万元": 1.0, "亿元": 10000.0}


@dataclass(frozen=True)
class MoneyUnit:
    """The unit a form says its amounts are in, and where it says so."""

    name: str
    factor: float
    cell: str


@dataclass(frozen=True)
class MoneyUnits:
    """The unit of the form, if it notes one, and factors of fields whose own label names one: 预算投资（元）."""

    form: MoneyUnit | None = None
    own: dict[str, float] = field(default_factory=dict)

    @property
    def factor(self) -> float:
        """What brings the amounts of the form to 万元."""
        return 1.0 if self.form is None else self.form.factor


def find_money_units(located: LocatedForm) -> MoneyUnits:
    """The units noted on a form that was located by its labels; none for a template."""
    region, search = located.region, located.search
    if region is None or search is None:
        return MoneyUnits()
    own_labels = {
        position: key
        for key, position in search.labels.items()
        if key in located.form.fields and located.form.fields[key].kind is Kind.MONEY
    }
    table_rows = {row for rows in search.rows.values() for row in rows}
    general, own = None, {}
    for position, text in region.area.texts():
        if len(text) > LONGEST_NOTE or position[0] in table_rows:
            continue
        match = _UNIT.search(fold_label(text))
        if match is None:
            continue
        name = match[1] or match[2]
        if position in own_labels:
            own[own_labels[position]] = _FACTORS[name]
        elif general is None:
            general = MoneyUnit(name, _FACTORS[name], address(*position))
    return MoneyUnits(general, own)
