"""A form of another layout as a submission: its unit, and what is said of the reading itself.

Every cell that holds something is accounted for: a value that was read, a text the form prints, or
content that is not ours and is told with its address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from xltool.expr.nodes import Kind
from xltool.findings import Severity, address, row_column
from xltool.forms import foot, review
from xltool.forms.manifest import SHEET as MANIFEST
from xltool.forms.words import item_of, shorten
from xltool.reader.a1 import ROWS
from xltool.reader.integrity import dashed
from xltool.reader.labels.area import fold_label
from xltool.reader.labels.location import BY_LABEL
from xltool.reader.labels.splits import shown
from xltool.reader.labels.words import is_printed
from xltool.reader.records import Note, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr.nodes import Field
    from xltool.reader.labels import LabelSearch, Region
    from xltool.reader.labels.area import Position
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Book, Sheet

LISTED = 8
MOST_MISSING = 0.5
"""A form that lacks more than this share of its columns and lines is not that form filled in."""
LONGEST_NOTE = 40
_UNIT = re.compile(r"(?:单位|金额)[:：]?(?:人民币)?(亿元|万元|元)|\((?:人民币)?(亿元|万元|元)\)")
_FACTORS = {"元": 0.0001, "万元": 1.0, "亿元": 10000.0}
_ESSENTIAL = ("年度资金总额_全年预算数", "年度资金总额_全年执行数", "年度资金总额_执行率", "总分_得分")
_TABLE = tuple(
    column.key for column in (review.indicator, review.target_value, review.actual_value, review.weight, review.score)
)
NOT_OURS = "有 {个数} 个单元格的内容不属于本表的栏目，没有读取：{清单}。"
NO_FORM = "“{表}”中有 {个数} 个单元格的内容不在附件1、附件2、附件3之内，没有读取：{清单}。"


@dataclass(frozen=True)
class MoneyUnit:
    """The unit a form says its amounts are in, and where it says so."""

    name: str
    factor: float
    cell: str


@dataclass(frozen=True)
class Units:
    """The unit of the form, if it notes one, and of fields whose own label names one: 预算投资（元）."""

    form: MoneyUnit | None = None
    own: dict[str, float] = field(default_factory=dict)

    @property
    def factor(self) -> float:
        """What brings the amounts of the form to 万元."""
        return 1.0 if self.form is None else self.form.factor


@dataclass(frozen=True)
class Account:
    """The cells of a form that hold anything: values that were read, printed texts, and what is left over."""

    values: frozenset[Position]
    printed: frozenset[Position]
    left: tuple[Position, ...]


def money_units(located: LocatedForm) -> Units:
    """The units noted on a form."""
    region, found = located.region, located.found
    if region is None or found is None:
        return Units()
    own_labels = {
        spot: key
        for key, spot in found.labels.items()
        if key in located.form.fields and located.form.fields[key].kind is Kind.MONEY
    }
    rows = {row for listed in found.rows.values() for row in listed}
    general, own = None, {}
    for spot, text in region.area.texts():
        match = _UNIT.search(fold_label(text)) if len(text) <= LONGEST_NOTE and spot[0] not in rows else None
        if match is None:
            continue
        name = match[1] or match[2]
        if spot in own_labels:
            own[own_labels[spot]] = _FACTORS[name]
        elif general is None:
            general = MoneyUnit(name, _FACTORS[name], address(*spot))
    return Units(general, own)


def notes_on(submission: Submission, located: LocatedForm, units: Units) -> list[Note]:
    """What a reader of the result must know: missing parts, doubtful places, cells not understood, unit."""
    if located.found is None or located.region is None:
        return []
    notes = _missing(located, located.found)
    notes += _doubtful(submission, located, located.found)
    notes += _left_over(submission, located)
    unit = units.form
    if unit is not None and unit.factor != 1:
        told = f"本表注明的金额单位为{unit.name}，已折算为万元。"
        words = {"原文": "万元", "现文": unit.name}
        notes.append(Note("W-11", unit.cell, words=words, actual=unit.name, severity=Severity.INFO, message=told))
    return notes


def _missing(located: LocatedForm, found: LabelSearch) -> list[Note]:
    """Half of what makes up the form is not there: of 附件1 every field, of the others what all regions print."""
    fields = located.form.fields
    if located.form.key == "附件1":
        below = {foot.filler.key, foot.filed_on.key, foot.phone.key, foot.signature.key}
        needed = {key: item_of(item) for key, item in fields.items() if key not in below}
    else:
        names = [key for key in fields if "_" not in key][:3] if located.form.key == "附件3" else ["部门名称"]
        needed = {key: item_of(fields[key]) for key in (*names, *_ESSENTIAL, review.goal.key, review.achievement.key)}
        needed |= {key: key for key in _TABLE}
    there = {*found.cells, *found.columns.get(review.INDICATORS, ())}
    gone = [name for key, name in needed.items() if key not in there]
    if len(gone) <= MOST_MISSING * len(needed):
        return []
    words = {"表": located.form.key, "清单": "、".join(gone[:LISTED]) + ("等" if len(gone) > LISTED else "")}
    return [Note("W-20", words=words, actual=f"缺 {len(gone)} 项")]


def _doubtful(submission: Submission, located: LocatedForm, found: LabelSearch) -> list[Note]:
    notes = []
    for key, how in found.how.items():
        filed = submission.values.get(key)
        if how != BY_LABEL and filed is not None and filed.raw is not None:
            item: Field = located.form.fields[key]
            notes.append(Note("W-22", filed.cell, key, {"field": item_of(item)}, actual=str(filed.raw)))
    return notes


def account(submission: Submission, located: LocatedForm) -> Account:
    """Every cell of the form's region that holds anything, as value, printed text or left over."""
    region, found = located.region, located.found
    if region is None or found is None:
        return Account(frozenset(), frozenset(), ())
    area = region.area
    filled = area.filled()
    filed = [*submission.values.values(), *(cell for row in submission.rows for cell in row.cells.values())]
    read = {row_column(one.cell) for one in filed} | {spot for _, spot in found.years.values()}
    read |= {
        (row.row, column) for row in submission.rows for parts in found.joined.values() for column in parts.columns
    }
    values = frozenset(read) & frozenset(filled)
    printed = frozenset(
        spot
        for spot in filled
        if spot not in values and (spot in found.used or is_printed(area.text(spot), region.form))
    )
    return Account(values, printed, tuple(spot for spot in filled if spot not in values and spot not in printed))


def _left_over(submission: Submission, located: LocatedForm) -> list[Note]:
    """Cells that hold something and are neither a field, nor a label, nor a printed text of the form."""
    told = set(dashed(located).values())
    strays = [spot for spot in account(submission, located).left if spot not in told]
    if not strays:
        return []
    sheet = located.sheet
    first, *rest = (address(*spot) for spot in strays)
    text = shorten(_text(sheet, strays[0]), 40)
    words = {"内容": text, "个数": str(len(strays)), "清单": _listed(sheet, strays)}
    return [Note("W-10", first, words=words, related=tuple(rest), actual=text, message=NOT_OURS)]


def outside(book: Book, found: Iterable[LocatedForm], report: int | None = None) -> list[Note]:
    """Content outside all forms of a workbook: sheets without a form, remarks below the forms.

    `report` is the row of a document where a report begins: with its cover and its own tables it takes up everything
    after the last form above it.
    """
    regions: dict[str, list[Region]] = {}
    templates = {one.sheet.name for one in found if one.is_template}
    for one in found:
        if one.region is not None:
            regions.setdefault(one.sheet.name, []).append(one.region)
    notes = []
    for sheet in book.sheets:
        if sheet.name in {MANIFEST, *templates}:
            continue
        areas = [region.area for region in regions.get(sheet.name, ())]
        last = ROWS if report is None else max((area.bottom for area in areas if area.bottom < report), default=0)
        strays = [
            spot
            for spot in sorted(sheet.cells)
            if spot[0] <= last and _text(sheet, spot).strip() and not any(area.holds(spot) for area in areas)
        ]
        if strays:
            place = sheet.place(*strays[0])
            text = shorten(_text(sheet, strays[0]), 40)
            words = {"表": sheet.name, "内容": text, "个数": str(len(strays)), "清单": _listed(sheet, strays)}
            notes.append(Note("W-10", place[1], words=words, actual=text, sheet=place[0], message=NO_FORM))
    return notes


def _text(sheet: Sheet, spot: Position) -> str:
    return shown(sheet.cells[spot])


def _listed(sheet: Sheet, spots: Iterable[Position]) -> str:
    """Cells with what stands in the first of each column's run: G8:G20 “得分系数”."""
    runs: list[list[Position]] = []
    ordered = sorted(spots, key=lambda spot: (spot[1], spot[0]))
    for _, run in groupby(enumerate(ordered), key=lambda pair: (pair[1][1], pair[1][0] - pair[0])):
        runs.append([spot for _, spot in run])
    runs.sort()
    told = [f"{_range(sheet, run[0], run[-1])} “{shorten(_text(sheet, run[0]), 20)}”" for run in runs[:LISTED]]
    return "，".join(told) + ("等" if len(runs) > LISTED else "")


def _range(sheet: Sheet, first: Position, last: Position) -> str:
    name, cell = sheet.place(*first)
    told = cell if first == last else f"{cell}:{sheet.place(*last)[1]}"
    return told if name == sheet.name else f"{name} {told}"
