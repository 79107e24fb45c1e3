"""Content that belongs to no form: every cell that holds something is read, printed by the form, or noted here."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.findings import address, row_column
from xltool.forms.manifest import SHEET as MANIFEST
from xltool.forms.words import shorten
from xltool.reader.a1 import ROWS
from xltool.reader.labels.splits import shown
from xltool.reader.labels.words import is_printed
from xltool.reader.notes.registry import noted
from xltool.reader.notes.values import LISTED, dash_cells_with_numbers
from xltool.reader.records import Note, Submission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from xltool.reader.a1 import Position
    from xltool.reader.labels.regions import Region
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Book, Sheet

NOT_OURS = "有 {个数} 个单元格的内容不属于本表的栏目，没有读取：{清单}。"
NO_FORM = "“{表}”中有 {个数} 个单元格的内容不在附件1、附件2、附件3之内，没有读取：{清单}。"


class CellAccount(Struct, frozen=True):
    """The cells of a form that hold anything: values that were read, printed texts, and what is left over."""

    values: frozenset[Position]
    printed: frozenset[Position]
    left: tuple[Position, ...]


def account_for_cells(submission: Submission, located: LocatedForm) -> CellAccount:
    """Every cell of the form's region that holds anything, as value, printed text or left over."""
    region, search = located.region, located.search
    if region is None or search is None:
        return CellAccount(frozenset(), frozenset(), ())
    area = region.area
    filled = area.filled()
    filed = [*submission.values.values(), *(cell for row in submission.rows for cell in row.cells.values())]
    read = {row_column(cell.cell) for cell in filed} | {position for _, position in search.years.values()}
    read |= {
        (row.row, column) for row in submission.rows for parts in search.split.values() for column in parts.columns
    }
    values = frozenset(read) & frozenset(filled)
    printed = frozenset(
        position
        for position in filled
        if position not in values and (position in search.used or is_printed(area.text(position), region.form))
    )
    left = tuple(position for position in filled if position not in values and position not in printed)
    return CellAccount(values, printed, left)


@noted("W-10")
def unread_on_form(located: LocatedForm, left: Iterable[Position]) -> list[Note]:
    """The cells `left` of a form, which are neither a field, nor a label, nor a text the form prints."""
    noted_elsewhere = set(dash_cells_with_numbers(located).values())
    unread = [cell for cell in left if cell not in noted_elsewhere]
    if not unread:
        return []
    sheet = located.sheet
    first, *rest = (address(*position) for position in unread)
    text = shorten(shown(sheet.cells[unread[0]]), 40)
    words = {"内容": text, "个数": str(len(unread)), "清单": _listed(sheet, unread)}
    return [Note("W-10", first, words=words, related=tuple(rest), actual=text, message=NOT_OURS)]


@noted("W-10")
def unread_in_workbook(
    book: Book, forms: Iterable[LocatedForm], *, report_row: int | None, named: Collection[str]
) -> list[Note]:
    """Content outside all forms of a workbook: sheets without a form, remarks below the forms.

    `report_row` is the row of a document where a narrative report begins: with its cover and its own tables the
    report takes up everything after the last form above it. `named` are sheets that W-28 names as what they are.
    """
    regions: dict[str, list[Region]] = {}
    templates = set()
    for form in forms:
        if form.region is not None:
            regions.setdefault(form.sheet.name, []).append(form.region)
        else:
            templates.add(form.sheet.name)
    notes = []
    for sheet in book.sheets:
        if sheet.name in {MANIFEST, *templates, *named}:
            continue
        areas = [region.area for region in regions.get(sheet.name, ())]
        last = ROWS
        if report_row is not None:
            last = max((area.bottom for area in areas if area.bottom < report_row), default=0)
        unread = [
            position
            for position in sorted(sheet.cells)
            if position[0] <= last
            and shown(sheet.cells[position]).strip()
            and not any(area.holds(position) for area in areas)
        ]
        if unread:
            shown_sheet, cell = sheet.place(*unread[0])
            text = shorten(shown(sheet.cells[unread[0]]), 40)
            words = {"表": sheet.name, "内容": text, "个数": str(len(unread)), "清单": _listed(sheet, unread)}
            notes.append(Note("W-10", cell, words=words, actual=text, sheet=shown_sheet, message=NO_FORM))
    return notes


def _listed(sheet: Sheet, positions: Iterable[Position]) -> str:
    """Cells with what stands in the first of each column's run: G8:G20 “得分系数”."""
    runs: list[list[Position]] = []
    ordered = sorted(positions, key=lambda position: (position[1], position[0]))
    for _, run in groupby(enumerate(ordered), key=lambda pair: (pair[1][1], pair[1][0] - pair[0])):
        runs.append([position for _, position in run])
    runs.sort()
    texts = [f"{_range(sheet, run[0], run[-1])} “{shorten(shown(sheet.cells[run[0]]), 20)}”" for run in runs[:LISTED]]
    return "，".join(texts) + ("等" if len(runs) > LISTED else "")


def _range(sheet: Sheet, first: Position, last: Position) -> str:
    """A run of cells as a user finds it, with the table of a document before it."""
    name, cell = sheet.place(*first)
    cells = cell if first == last else f"{cell}:{sheet.place(*last)[1]}"
    return cells if name == sheet.name else f"{name} {cells}"
