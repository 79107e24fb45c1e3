"""A form of another layout as a submission: its year, its unit, and what is said of the reading itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from xltool.findings import Severity, address
from xltool.forms import FORMS
from xltool.forms.model import NOT_APPLICABLE, Block, Label, Row
from xltool.reader.labels.area import fold_label, without_note
from xltool.reader.labels.found import BY_LABEL
from xltool.reader.records import Note, Submission
from xltool.rules.words import item_of, short

if TYPE_CHECKING:
    from xltool.expr import Field
    from xltool.forms.model import Form
    from xltool.reader.labels import Found, Region
    from xltool.reader.locate import Located

LISTED = 8
MOST_MISSING = 0.5
"""A form that lacks more than this share of its fields is not that form filled in."""
_UNIT = re.compile(r"(?:单位|金额单位)[:：]\s*(亿元|万元|元)|[(（](亿元|万元|元)[)）]")
_FACTORS = {"元": 0.0001, "万元": 1.0, "亿元": 10000.0}
_NOTES = re.compile(r"^(说明|注|备注|填报说明|附件|附表)[:：\d一二三]?")


@dataclass(frozen=True)
class MoneyUnit:
    """The unit a form says its amounts are in, and where it says so."""

    name: str
    factor: float
    cell: str


def money_unit(region: Region) -> MoneyUnit | None:
    """The unit noted on a form; None where it notes none."""
    for (row, column), cell in sorted(region.sheet.cells.items()):
        if region.top <= row <= region.bottom and isinstance(cell.value, str):
            match = _UNIT.search(cell.value)
            if match:
                name = match[1] or match[2]
                return MoneyUnit(name, _FACTORS[name], address(row, column))
    return None


def notes_on(submission: Submission, located: Located, unit: MoneyUnit | None) -> list[Note]:
    """What a reader of the result must know: missing parts, doubtful places, cells not understood, unit."""
    if located.found is None or located.region is None:
        return []
    notes = _missing(located)
    notes += _doubtful(submission, located, located.found)
    notes += _left_over(located.region, located.found)
    if unit is not None and unit.factor != 1:
        told = f"本表注明的金额单位为{unit.name}，已折算为万元。"
        words = {"原文": "万元", "现文": unit.name}
        notes.append(Note("W-11", unit.cell, words=words, actual=unit.name, severity=Severity.INFO, message=told))
    return notes


def _missing(located: Located) -> list[Note]:
    fields = located.form.fields
    gone = [item_of(fields[key]) for key in located.missing]
    if len(gone) <= MOST_MISSING * len(fields):
        return []
    words = {"表": located.form.key, "清单": "、".join(gone[:LISTED]) + ("等" if len(gone) > LISTED else "")}
    return [Note("W-20", words=words, actual=f"缺 {len(gone)} 项")]


def _doubtful(submission: Submission, located: Located, found: Found) -> list[Note]:
    notes = []
    for key, how in found.how.items():
        filed = submission.values.get(key)
        if how != BY_LABEL and filed is not None and filed.raw is not None:
            item: Field = located.form.fields[key]
            notes.append(Note("W-22", filed.cell, key, {"field": item_of(item)}, actual=str(filed.raw)))
    return notes


def _left_over(region: Region, found: Found) -> list[Note]:
    """Cells that hold something and are neither a field, nor a label, nor a printed text of the form."""
    strays = [
        (spot, str(cell.value))
        for spot, cell in sorted(region.sheet.cells.items())
        if region.top <= spot[0] <= region.bottom
        and spot not in found.used
        and cell.value not in (None, "")
        and not is_printed(str(cell.value), region.form)
    ]
    if not strays:
        return []
    (first, text), *rest = strays
    related = tuple(address(*spot) for spot, _ in rest)
    return [Note("W-10", address(*first), words={"内容": short(text, 40)}, related=related, actual=short(text, 40))]


def is_printed(text: str, form: Form) -> bool:
    """Whether a text is one the official form prints: a label, a heading, a mark, a note below the table."""
    folded = fold_label(re.sub(r"20\d\d\s*年度?", "", text))
    if not folded or _NOTES.match(folded) or text.strip() == NOT_APPLICABLE:
        return True
    return folded in _printed(form.key) or without_note(folded) in _printed(form.key)


@cache
def _printed(key: str) -> frozenset[str]:
    form = FORMS[key]
    texts = [item.text for row in form.flat if isinstance(row, Row) for item in row.items if isinstance(item, Label)]
    texts += [band.label for band in form.bands if isinstance(band, Block)]
    plain = {fold_label(re.sub(r"\{(year|prior)\}年度?", "", text)) for text in texts}
    plain |= {"年度预算申请", "项目资金", "绩效指标", "年度总体目标", "单位", "金额单位"}
    plain |= {"部门整体支出绩效自评表", "项目支出绩效自评表", "部门整体支出绩效评价基础数据表"}
    return frozenset(plain | {without_note(text) for text in plain})
