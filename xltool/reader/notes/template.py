"""Notes on a returned template: what was changed on it, and whether it was meant for who filled it in."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING

from xltool.findings import address, row_column
from xltool.forms import base_data, project
from xltool.forms.fingerprint import WITH_TOTAL
from xltool.forms.model import NOT_APPLICABLE, REVIEW_ROLES, Role
from xltool.forms.words import listing, shorten
from xltool.normalize import fold
from xltool.reader.a1 import is_within
from xltool.reader.locate import area_of, row_shift
from xltool.reader.notation.tokens import halfwidth
from xltool.reader.notes.registry import noted
from xltool.reader.notes.values import LISTED, FormReading, dash_cells_with_numbers, notes_on_values
from xltool.reader.records import FiledCell, Note, Submission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from xltool.forms.manifest import IssuedSheet, Manifest
    from xltool.forms.model import Table
    from xltool.reader.a1 import Position, Span
    from xltool.reader.locate import LocatedForm

PANEL_WIDTH = 12
"""Columns right of the form up to the end of the 审核 panel, the narrow one between them included."""
ROWS_WIDTH = 32
"""Further columns of a form with indicators, in which its rows are read."""
SHORTEST_NAME = 3
"""Characters of the shortest name of a department: 教育局."""


def notes_on_template(reading: FormReading, issued: IssuedSheet | None) -> list[Note]:
    """Notes on one form of a template; `issued` is what the manifest says of its sheet, None where it says nothing."""
    located = reading.located
    notes = [*notes_on_values(reading), *missing_names(located)]
    if issued is None:
        return [*notes, *unknown_sheet()]
    labels = changed_labels(located, issued)
    named = {str(note.cell) for note in labels}
    named.update(address(*position) for position in dash_cells_with_numbers(located).values())
    return [
        *notes,
        *labels,
        *missing_protection(reading.submission, located),
        *missing_validations(located, issued),
        *inserted_rows(located, issued),
        *content_outside(located, issued, named=named),
    ]


@noted("W-20")
def missing_names(located: LocatedForm) -> list[Note]:
    """Fields of a template whose defined names are gone."""
    if not located.missing:
        return []
    words = {"表": located.form.key, "清单": listing(located.missing, LISTED)}
    return [Note("W-20", words=words, actual=f"缺 {len(located.missing)} 项")]


@noted("W-18")
def unknown_sheet() -> list[Note]:
    """A template without a manifest, or a sheet that the manifest does not know."""
    return [Note("W-18")]


@noted("W-03", "W-11")
def changed_labels(located: LocatedForm, issued: IssuedSheet) -> list[Note]:
    """Printed texts that were changed or deleted; W-11 where the text names the unit of money.

    Texts are compared column by column: an inserted row moves a label and does not change it.
    """
    if all(_is_printed_at(located, row_column(cell), text) for cell, text in issued.labels.items()):
        return []
    texts: dict[int, Counter[str]] = defaultdict(Counter)
    for (_, column), cell in located.sheet.cells.items():
        if isinstance(cell.value, str):
            texts[column][halfwidth(cell.value)] += 1
    for _, column in dash_cells_with_numbers(located).values():
        texts[column][halfwidth(NOT_APPLICABLE)] += 1
    notes = []
    for at, text in issued.labels.items():
        row, column = row_column(at)
        printed = halfwidth(text)
        if texts[column][printed] > 0:
            texts[column][printed] -= 1
            continue
        notes.append(_label_note(located, (row + row_shift(located, issued, row), column), text))
    return notes


def _label_note(located: LocatedForm, position: Position, issued_text: str) -> Note:
    """The note on a label that reads otherwise than it was issued."""
    cell = located.sheet.cells.get(position)
    text = "" if cell is None or cell.value is None else str(cell.value)
    code = "W-11" if _is_unit_note(issued_text, text) else "W-03"
    short = shorten(text, 40)
    words = {"原文": shorten(issued_text, 40), "现文": short or "空", "改动": f"改为“{short}”" if short else "删除"}
    return Note(code, address(*position), words=words, actual=text or None, expected=issued_text)


def _is_printed_at(located: LocatedForm, position: Position, text: str) -> bool:
    """Whether a printed text stands where it was issued."""
    cell = located.sheet.cells.get(position)
    return cell is not None and isinstance(cell.value, str) and halfwidth(cell.value) == halfwidth(text)


def _is_unit_note(issued_text: str, text: str) -> bool:
    """Whether a changed label is, or held, the unit of the amounts, and no longer says so."""
    return "万元" in issued_text and "万元" not in text and ("单位：" in issued_text or "元" in text)


@noted("W-13")
def missing_protection(submission: Submission, located: LocatedForm) -> list[Note]:
    """A sheet without its protection, or calculated cells that were unlocked."""
    calculated = [filed for filed in submission.values.values() if _is_calculated(located, filed)]
    sheet = located.sheet
    if sheet.protection is None:
        intact = all(filed.intact for filed in calculated)
        formulas = "，但公式完好" if intact else "，且有公式被改动"
        return [Note("W-13", words={"公式情况": formulas}, actual="未保护", expected="保护")]
    unlocked = [filed for filed in calculated if not sheet.is_locked(*row_column(filed.cell))]
    if unlocked:
        first, *rest = unlocked
        words = {"公式情况": f"：{len(unlocked)} 个公式单元格未锁定"}
        return [Note("W-13", first.cell, first.field, words, tuple(filed.cell for filed in rest), "未锁定", "锁定")]
    return []


def _is_calculated(located: LocatedForm, filed: FiledCell) -> bool:
    return located.form.fields[filed.field].formula is not None


@noted("W-14")
def missing_validations(located: LocatedForm, issued: IssuedSheet) -> list[Note]:
    """Fields that were issued with a data validation and have none any more."""
    positions = {located.form.fields[key].defined_name: position for key, position in located.cells.items()}
    for table in located.form.tables:
        first = next(iter(located.rows.get(table.key, ())), 0)
        columns = located.columns.get(table.key, {})
        positions |= {c.defined_name: (first, columns[c.key]) for c in table.inputs if c.key in columns}
    starts = {area[:2] for area in located.sheet.validated}  # most validations cover one field
    named = [name for name in sorted(issued.validated) if name in positions and positions[name] not in starts]
    bare = [name for name in named if not is_within(positions[name], located.sheet.validated)]
    if not bare:
        return []
    words = {"个数": str(len(bare)), "清单": listing(bare, LISTED)}
    cells = [address(*positions[name]) for name in bare]
    return [Note("W-14", cells[0], words=words, related=tuple(cells[1:]), actual="无校验", expected="有校验")]


@noted("W-12")
def inserted_rows(located: LocatedForm, issued: IssuedSheet) -> list[Note]:
    """Rows that were inserted into a table and are counted."""
    notes = []
    for table in located.form.tables:
        place = issued.places.get(table.inputs[-1].defined_name, "")
        if ":" not in place or table.key not in located.rows:
            continue
        top, bottom = (row_column(part)[0] for part in place.split(":"))
        more = len(located.rows[table.key]) - (bottom - top + 1) - _above_its_total(located, table)
        if more > 0:
            name = "项目支出" if table.key == base_data.PROJECTS else "绩效指标"
            words = {"表": name, "行数": str(more)}
            notes.append(Note("W-12", address(located.rows[table.key][0], 1), words=words))
    return notes


def _above_its_total(located: LocatedForm, table: Table) -> int:
    """Rows above the first that was issued, where the total stands in the row above and does not add them up.

    In templates of earlier versions it added up only what is below.
    """
    totals = (located.cells.get(item.key) for item in base_data.project_spending)
    cells = [located.sheet.cells.get(position) for position in totals if position is not None]
    if table.key != base_data.PROJECTS or any(cell is not None and "INDEX" in (cell.formula or "") for cell in cells):
        return 0
    rows, names = located.rows[table.key], {column.defined_name for column in table.inputs}
    areas = (area_of(reference) for reference, name in located.by_reference.items() if name in names)
    first = min((area[0] for area in areas if area is not None and area[0] in rows), default=0)
    return sum(row < first for row in rows)


@noted("W-10")
def content_outside(located: LocatedForm, issued: IssuedSheet, *, named: Collection[str]) -> list[Note]:
    """Content where the form has neither a field nor a label: below it, beside it, or in a row added outside tables.

    The 审核 panel is part of the template; `named` are cells that another note names.
    """
    width = len(located.form.widths)
    panel = PANEL_WIDTH + (ROWS_WIDTH if located.form.role in REVIEW_ROLES else 0)
    labels = {(row_column(at)[1], halfwidth(text)) for at, text in issued.labels.items()}
    names = {item.defined_name for item in located.form.fields.values()}
    columns = [column.defined_name for table in located.form.tables for column in table.inputs]
    names |= {*columns, *(f"{column}{WITH_TOTAL}" for column in columns)}
    references = (area_of(reference) for reference, name in located.by_reference.items() if name in names)
    areas = [area for area in references if area is not None]
    fields = {(top, left) for top, left, bottom, right in areas if (top, left) == (bottom, right)}
    tables = _rows_by_column(area for area in areas if area[:2] != area[2:])
    outside = []
    for position, cell in located.sheet.cells.items():
        is_panel = width + 1 < position[1] <= width + panel
        if is_panel or position in fields or cell.value is None or cell.value == "":
            continue
        if isinstance(cell.value, str) and (position[1], halfwidth(cell.value)) in labels:
            continue
        if not any(position[0] in rows for rows in tables[position[1]]) and address(*position) not in named:
            outside.append((position, cell))
    if not outside:
        return []
    (first, cell), *rest = ((address(*position), cell) for position, cell in sorted(outside, key=itemgetter(0)))
    words = {"内容": shorten(str(cell.value), 40)}
    return [Note("W-10", first, words=words, related=tuple(other for other, _ in rest))]


def _rows_by_column(areas: Iterable[Span]) -> dict[int, list[range]]:
    """The rows that some areas take up of each column."""
    rows: dict[int, list[range]] = defaultdict(list)
    for top, left, bottom, right in areas:
        for column in range(left, right + 1):
            rows[column].append(range(top, bottom + 1))
    return rows


@noted("W-17")
def issued_to_another(submission: Submission, located: LocatedForm, manifest: Manifest) -> list[Note]:
    """The template was issued to another department, or its title was changed to another year."""
    notes = []
    is_project = located.form.role is Role.PROJECT_REVIEW
    owner = project.implementer.key if is_project else located.form.owner.key
    cell = address(*located.cells[owner]) if owner in located.cells else None
    filed = submission.department
    # A project may be carried out by a unit below the department: then the department stands as 主管部门.
    units = [filed, str(submission.value(project.supervisor.key) or "") if is_project else ""]
    if manifest.department and filed and not any(_is_called(manifest.department, unit) for unit in units if unit):
        words = {"下发": manifest.department, "填报": shorten(filed, 40)}
        notes.append(Note("W-17", cell, owner, words, actual=filed))
    title = submission.derived.get(base_data.title_year.key)
    if title is not None and int(title) != manifest.year:
        words = {"下发": f"{manifest.year}年度", "填报": f"{int(title)}年度"}
        notes.append(Note("W-17", words=words, actual=words["填报"]))
    return notes


def _without_ending(name: str) -> str:
    """A folded name without what may be left out behind it."""
    for ending in ("(本级)", "(机关)", "(机关本级)", "人民政府"):
        name = name.removesuffix(ending)
    return name


def _is_called(department: str, name: str) -> bool:
    """Whether a name is a department's, in full or without the place before it and 人民政府 or （本级） behind it."""
    full, short = (_without_ending(fold(text)) for text in (department, name))
    return short == full or (len(short) >= SHORTEST_NAME and full.endswith(short))
