"""What was changed on a returned template, and how values were written: notes with their cells."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

from xltool.findings import Severity, address, row_column
from xltool.forms import base_data
from xltool.forms.model import NOT_APPLICABLE
from xltool.forms.words import UNPARSED, item_of, kind_name, shorten
from xltool.reader.locate import area_of, shift
from xltool.reader.model import ActiveContent
from xltool.reader.notation.cells import State, display, parse_number
from xltool.reader.notation.tokens import folded
from xltool.reader.records import FiledCell, Note, Submission
from xltool.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.expr.nodes import Field
    from xltool.forms.manifest import IssuedSheet, Manifest
    from xltool.reader.a1 import Span
    from xltool.reader.locate import LocatedForm
    from xltool.reader.ooxml.workbook import Book

LISTED = 8
PANEL_WIDTH = 5
"""Columns right of the form up to the end of the 审核 panel, the narrow one between them included."""


def of_book(book: Book, manifest: Manifest | None, found: Iterable[str]) -> list[Note]:
    """Notes on the workbook as a whole; `found` are the issued sheets that are there, renamed or not."""
    notes = []
    contents = [what.value for what in ActiveContent if what in book.active_content]
    if contents:
        notes.append(Note("W-07", words={"内容": "、".join(contents)}))
    if manifest is None:
        return notes
    there = set(found)
    gone = [name for name in manifest.sheets if name not in there]
    if gone:
        notes.append(Note("W-01", words={"缺少": "、".join(gone)}, actual="缺少", expected="、".join(gone)))
    if manifest.version and manifest.version.split(".")[0] != VERSION.split(".")[0]:
        notes.append(Note("W-02", words={"版本": manifest.version, "当前": VERSION}))
    return notes


def of_sheet(submission: Submission, located: LocatedForm, issued: IssuedSheet | None) -> list[Note]:
    """Notes on one form."""
    notes = of_reading(submission, located)
    if located.missing:
        words = {"表": located.form.key, "清单": "、".join(located.missing[:LISTED])}
        notes.append(Note("W-20", words=words, actual=f"缺 {len(located.missing)} 项"))
    if issued is None:
        notes.append(Note("W-18"))
        return notes
    labels = _labels(located, issued)
    notes += labels
    notes += _protection(submission, located)
    notes += _validations(located, issued)
    notes += _inserted(located, issued)
    told = {str(note.cell) for note in labels} | {address(*spot) for spot in dashed(located).values()}
    notes += _outside(located, issued, told)
    return notes


def of_reading(submission: Submission, located: LocatedForm) -> list[Note]:
    """Notes that any layout can give: how values are written, error values, hidden data."""
    pairs = all_filed(submission, located)
    return [
        *_written(pairs, located),
        *_errors(pairs, located),
        *_hidden(located),
        *_dashed_filled(located),
    ]


def dashed(located: LocatedForm) -> dict[str, tuple[int, int]]:
    """The cells of 附件1 that print —— and hold a number all the same, by the item they would be."""
    found = {}
    heads = {located.cells.get(item.key, (0, 0))[1]: item for item in base_data.three_public}
    columns = {item.key: column for column, item in heads.items()}
    for line in (base_data.procurement, base_data.adjustment):
        row, column = located.cells.get(line.budget.key, (0, 0))
        if not row or heads.get(column) is not base_data.three_public.budget:
            continue
        spot = (row, columns.get(base_data.three_public.last.key, 0))
        cell = located.sheet.cells.get(spot)
        if cell is not None and parse_number(cell.value, unit="万元").state is State.FILLED:
            found[item_of(line.last)] = spot
    return found


def _dashed_filled(located: LocatedForm) -> list[Note]:
    if located.form is not base_data.FORM:
        return []
    notes = []
    for item, spot in dashed(located).items():
        filed = str(located.sheet.cells[spot].value).strip()
        notes.append(Note("A1-25", address(*spot), words={"field": item}, actual=filed))
    return notes


def all_filed(submission: Submission, located: LocatedForm) -> list[tuple[Field, FiledCell]]:
    """Every cell of the form with its field, table rows included."""
    form = located.form
    pairs = [(form.fields[key], filed) for key, filed in submission.values.items()]
    for table in form.tables:
        columns = {column.key: column for column in table.inputs}
        pairs += [
            (columns[key], filed)
            for row in submission.rows
            if row.table == table.key
            for key, filed in row.cells.items()
        ]
    return pairs


def _written(pairs: list[tuple[Field, FiledCell]], located: LocatedForm) -> list[Note]:
    """Repairs of notation, a note a kind and form; unreadable cells, a note each."""
    repaired: dict[str, list[FiledCell]] = defaultdict(list)
    notes = []
    for item, filed in pairs:
        if filed.state is State.UNPARSED and filed.formula is None and not _is_error(filed, located):
            words = {"field": item_of(item), "类型": kind_name(item.kind)}
            note = Note("W-05", filed.cell, item.key, words, actual=str(filed.raw), severity=Severity.WARNING)
            note.message = UNPARSED
            notes.append(note)
            continue
        codes = {repair.rule for repair in filed.repairs}
        if filed.state is State.NOT_APPLICABLE and item.kind.numeric and item.is_input:
            codes = {"T-03"}
        if filed.as_text and not codes:
            codes = {"W-05"}
        for code in codes:
            repaired[code].append(filed)
    for code, cells in sorted(repaired.items()):
        listed = "，".join(
            f"{located.sheet.place(*row_column(filed.cell))[1]} “{_as_typed(filed)}”读作 {_read(filed)}"
            for filed in cells[:LISTED]
        )
        words = {"个数": str(len(cells)), "清单": listed + ("等" if len(cells) > LISTED else "")}
        first, *rest = cells
        notes.append(
            Note(
                code, first.cell, first.field, words, tuple(filed.cell for filed in rest), str(first.raw), _read(first)
            )
        )
    return notes


def _as_typed(filed: FiledCell) -> str:
    """What the cell holds, with the spaces that would not be seen shown as □."""
    return re.sub(r"\s", "□", str(filed.raw))[:24]


def _read(filed: FiledCell) -> str:
    if filed.reading is not None:
        return filed.reading
    if filed.state is State.NOT_APPLICABLE:
        return "没有该项内容"
    return display(filed.value) if isinstance(filed.value, float) else str(filed.value)


def _is_error(filed: FiledCell, located: LocatedForm) -> bool:
    row, column = row_column(filed.cell)
    cell = located.sheet.cells.get((row, column))
    return cell is not None and cell.error


def _errors(pairs: list[tuple[Field, FiledCell]], located: LocatedForm) -> list[Note]:
    return [
        Note("W-08", filed.cell, item.key, {"field": item_of(item)}, actual=str(filed.raw))
        for item, filed in pairs
        if filed.state is State.UNPARSED and _is_error(filed, located)
    ]


def _hidden(located: LocatedForm) -> list[Note]:
    sheet = located.sheet
    last_row = max((row for row, _ in located.cells.values()), default=0)
    last_column = len(located.form.widths)
    hidden = sheet.cells.items() if sheet.hidden_rows or sheet.hidden_columns else ()
    inside = [spot for spot, cell in hidden if spot[1] <= last_column and cell.value not in (None, "")]
    notes = []
    rows = sorted({row for row, _ in inside if row in sheet.hidden_rows and row <= last_row})
    columns = sorted({column for _, column in inside if column in sheet.hidden_columns})
    if rows:
        notes.append(Note("W-06", address(rows[0], 1), words={"范围": f"第 {'、'.join(map(str, rows[:LISTED]))} 行"}))
    if columns:
        letters = "、".join(address(1, column)[:-1] for column in columns[:LISTED])
        notes.append(Note("W-06", address(1, columns[0]), words={"范围": f"{letters} 列"}))
    if sheet.state != "visible":
        notes.append(Note("W-06", words={"范围": f"工作表“{sheet.name}”"}))
    return notes


def _labels(located: LocatedForm, issued: IssuedSheet) -> list[Note]:
    """Printed texts, column by column: an inserted row moves a label, it does not change it."""
    if all(_prints(located, row_column(at), text) for at, text in issued.labels.items()):
        return []
    actual: dict[int, Counter[str]] = defaultdict(Counter)
    for (_, column), cell in located.sheet.cells.items():
        if isinstance(cell.value, str):
            actual[column][folded(cell.value)] += 1
    for _, column in dashed(located).values():
        actual[column][folded(NOT_APPLICABLE)] += 1
    notes = []
    for at, text in issued.labels.items():
        row, column = row_column(at)
        printed = folded(text)
        if actual[column][printed] > 0:
            actual[column][printed] -= 1
            continue
        now_row = row + shift(located, issued, row)
        found = located.sheet.cells.get((now_row, column))
        now = "" if found is None or found.value is None else str(found.value)
        code = "W-11" if _is_unit_note(text, now) else "W-03"
        shown = shorten(now, 40)
        words = {"原文": shorten(text, 40), "现文": shown or "空", "改动": f"改为“{shown}”" if shown else "删除"}
        notes.append(Note(code, address(now_row, column), words=words, actual=now or None, expected=text))
    return notes


def _prints(located: LocatedForm, spot: tuple[int, int], text: str) -> bool:
    """Whether a printed text stands where it was issued."""
    cell = located.sheet.cells.get(spot)
    return cell is not None and isinstance(cell.value, str) and folded(cell.value) == folded(text)


def _is_unit_note(text: str, now: str) -> bool:
    """Whether a changed label is, or held, the unit of the amounts, and no longer says so."""
    return "万元" in text and "万元" not in now and ("单位：" in text or "元" in now)


def _protection(submission: Submission, located: LocatedForm) -> list[Note]:
    calculated = [filed for filed in submission.values.values() if _is_calculated(located, filed)]
    sheet = located.sheet
    if sheet.protection is None:
        intact = all(filed.intact for filed in calculated)
        told = "，但公式完好" if intact else "，且有公式被改动"
        return [Note("W-13", words={"公式情况": told}, actual="未保护", expected="保护")]
    loose = [filed for filed in calculated if not sheet.is_locked(*row_column(filed.cell))]
    if loose:
        first, *rest = loose
        words = {"公式情况": f"：{len(loose)} 个公式单元格未锁定"}
        return [Note("W-13", first.cell, first.field, words, tuple(filed.cell for filed in rest), "未锁定", "锁定")]
    return []


def _is_calculated(located: LocatedForm, filed: FiledCell) -> bool:
    return located.form.fields[filed.field].formula is not None


def _validations(located: LocatedForm, issued: IssuedSheet) -> list[Note]:
    areas = [area for rule in located.sheet.validations for area in rule.ranges]
    spots = {located.form.fields[key].defined_name: spot for key, spot in located.cells.items()}
    for table in located.form.tables:
        first = next(iter(located.rows.get(table.key, ())), 0)
        columns = located.columns.get(table.key, {})
        spots |= {c.defined_name: (first, columns[c.key]) for c in table.inputs if c.key in columns}
    starts = {area[:2] for area in areas}  # most validations cover one field
    named = [name for name in sorted(issued.validated) if name in spots and spots[name] not in starts]
    bare = [name for name in named if not _covered(spots[name], areas)]
    if not bare:
        return []
    words = {"个数": str(len(bare)), "清单": "、".join(bare[:LISTED]) + ("等" if len(bare) > LISTED else "")}
    cells = [address(*spots[name]) for name in bare]
    return [Note("W-14", cells[0], words=words, related=tuple(cells[1:]), actual="无校验", expected="有校验")]


def _covered(spot: tuple[int, int], areas: list[tuple[int, int, int, int]]) -> bool:
    row, column = spot
    return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in areas)


def _inserted(located: LocatedForm, issued: IssuedSheet) -> list[Note]:
    notes = []
    for table in located.form.tables:
        place = issued.places.get(table.inputs[-1].defined_name, "")
        if ":" not in place or table.key not in located.rows:
            continue
        top, bottom = (row_column(part)[0] for part in place.split(":"))
        first = located.rows[table.key][0]
        more = len(located.rows[table.key]) - (bottom - top + 1)
        if more > 0:
            name = "项目支出" if table.key == "projects" else "绩效指标"
            notes.append(Note("W-12", address(first, 1), words={"表": name, "行数": str(more)}))
    return notes


def _rows_by_column(areas: Iterable[Span]) -> dict[int, list[range]]:
    """The rows that some areas take up of each column."""
    rows: dict[int, list[range]] = defaultdict(list)
    for top, left, bottom, right in areas:
        for column in range(left, right + 1):
            rows[column].append(range(top, bottom + 1))
    return rows


def _outside(located: LocatedForm, issued: IssuedSheet, told: set[str]) -> list[Note]:
    """Content where the form has neither a field nor a label: below it, beside it, or in a row added outside tables.

    The 审核 panel is ours; `told` are cells that another note already names.
    """
    width = len(located.form.widths)
    labels = {(row_column(at)[1], folded(text)) for at, text in issued.labels.items()}
    named = {item.defined_name for item in located.form.fields.values()}
    named |= {column.defined_name for table in located.form.tables for column in table.inputs}
    references = (area_of(reference) for reference, name in located.by_reference.items() if name in named)
    areas = [area for area in references if area is not None]
    fields = {(top, left) for top, left, bottom, right in areas if (top, left) == (bottom, right)}
    tables = _rows_by_column(area for area in areas if area[:2] != area[2:])
    found = []
    for spot, cell in located.sheet.cells.items():
        is_panel = width + 1 < spot[1] <= width + PANEL_WIDTH
        if is_panel or spot in fields or cell.value is None or cell.value == "":
            continue
        is_label = isinstance(cell.value, str) and (spot[1], folded(cell.value)) in labels
        if not is_label and not any(spot[0] in rows for rows in tables[spot[1]]) and address(*spot) not in told:
            found.append((spot, cell))
    if not found:
        return []
    (first, cell), *rest = ((address(*spot), cell) for spot, cell in sorted(found, key=itemgetter(0)))
    words = {"内容": shorten(str(cell.value), 40)}
    return [Note("W-10", first, words=words, related=tuple(other for other, _ in rest))]
