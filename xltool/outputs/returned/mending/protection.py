"""Protection and validations of an issued form, put back into its sheet."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lxml import etree
from xlsxwriter import Workbook

from xltool import params
from xltool.forms import review
from xltool.forms.manifest import SHEET as MANIFEST
from xltool.outputs.returned.package import EditablePackage
from xltool.outputs.returned.worksheet_order import insert
from xltool.template.styles import APPROVED_FILL, APPROVED_INK, PROTECTION
from xltool.template.validation import validation_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from xltool.expr.nodes import Field
    from xltool.outputs.returned.cells import CellGrid
    from xltool.outputs.returned.mending.issued_forms import IssuedForm
    from xltool.outputs.returned.styles import CellStyles
    from xltool.outputs.returned.workbook_part import WorkbookPart
    from xltool.params import Profile
    from xltool.reader.a1 import Position

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PART: Final = "xl/worksheets/sheet1.xml"
_PASSWORD: Final = ("password", "algorithmName", "hashValue", "saltValue", "spinCount")


class Rows(NamedTuple):
    """Cells of a column below each other."""

    first: int
    last: int
    column: int


class LostValidation(NamedTuple):
    """Cells of a field that have lost their validation; `parts` is the list that a 二级指标 is chosen from."""

    item: Field
    cells: tuple[Rows, ...]
    parts: tuple[str, ...] = ()


def protect(book: WorkbookPart, form: IssuedForm, cells: CellGrid, styles: CellStyles) -> None:
    """Protect the sheet as it was issued, with the password of the workbook's manifest.

    What is to be filled in is unlocked, since rows that were inserted or pasted may be locked. Approved values stay
    locked.
    """
    for name in form.issued.validated:
        for column in _columns_of(form, name):
            for row in range(column.first, column.last + 1):
                _unlock(form, cells, styles, (row, column.column))
    lock_formulas(form, cells, styles)
    for old in cells.root.findall(f"{cells.space}sheetProtection"):
        cells.root.remove(old)
    protection = deepcopy(_protection(cells.space))
    for name, value in _password_of(book).items():
        protection.set(name, value)
    insert(cells.root, protection)


def lock_formulas(form: IssuedForm, cells: CellGrid, styles: CellStyles) -> None:
    """Lock the calculated cells that are not locked."""
    for key in form.issued.formulas:
        position = form.located.cells.get(key)
        if position is not None and not form.located.sheet.is_locked(*position):
            cells.set_style(position, styles.with_lock(cells.style(position), locked=True))


def restore_validations(form: IssuedForm, cells: CellGrid) -> None:
    """Put back the validations that cells of the form have lost."""
    lost = list(_lost(form))
    if not lost:
        return
    profile = _profile(form)
    points = f"{profile['indicator_weight']:g}"
    added = _validations(tuple(lost), points, cells.space)
    present = cells.root.find(f"{cells.space}dataValidations")
    if present is None:
        present = etree.Element(f"{cells.space}dataValidations")
        insert(cells.root, present)
    present.extend(deepcopy(added))
    present.set("count", str(len(present)))


def _unlock(form: IssuedForm, cells: CellGrid, styles: CellStyles, position: Position) -> None:
    if not form.located.sheet.is_locked(*position):
        return
    style = cells.style(position)
    if not styles.has_colour(style, fill=APPROVED_FILL[1:], ink=APPROVED_INK[1:]):
        cells.set_style(position, styles.with_lock(style, locked=False))


def _password_of(book: WorkbookPart) -> dict[str, str]:
    """The password that the manifest's sheet is protected with, as its part has it."""
    sheet = next((sheet for sheet in book.sheets if sheet.name == MANIFEST), None)
    protection = None if sheet is None else book.package.tree(sheet.part).find(f"{book.space}sheetProtection")
    if protection is None:
        return {}
    return {name: str(protection.get(name)) for name in _PASSWORD if protection.get(name)}


def _fields_by_name(form: IssuedForm) -> dict[str, Field]:
    declared = form.located.form
    fields = {item.defined_name: item for item in declared.fields.values()}
    return fields | {column.defined_name: column for table in declared.tables for column in table.inputs}


def _columns_of(form: IssuedForm, name: str) -> list[Rows]:
    """The cells of a field that is filled in, by its defined name; none where the name is gone."""
    item, located = _fields_by_name(form).get(name), form.located
    if item is None:
        return []
    if item.table is None:
        position = located.cells.get(item.key)
        return [] if position is None else [Rows(position[0], position[0], position[1])]
    rows, column = located.rows.get(item.table), located.columns.get(item.table, {}).get(item.key)
    return [Rows(rows[0], rows[-1], column)] if rows and column is not None else []


def _lost(form: IssuedForm) -> Iterator[LostValidation]:
    """The validations that are gone from cells of the form."""
    fields = _fields_by_name(form)
    for name in sorted(form.issued.validated):
        for column in _columns_of(form, name):
            item, bare = fields[name], _uncovered(form, column)
            if item is not review.part:
                yield from [LostValidation(item, _runs(bare, column.column))] if bare else []
                continue
            groups = _groups(form)
            for group in review.GROUPS:
                own = [row for row in bare if groups.get(row) == group.name]
                if own:
                    yield LostValidation(item, _runs(own, column.column), group.parts)


def _uncovered(form: IssuedForm, column: Rows) -> list[int]:
    """The rows of a column without a validation."""
    validated = form.located.sheet.validated
    own = [(top, bottom) for top, left, bottom, right in validated if left <= column.column <= right]
    return [row for row in range(column.first, column.last + 1) if not any(top <= row <= bottom for top, bottom in own)]


def _runs(rows: Sequence[int], column: int) -> tuple[Rows, ...]:
    """Rows that follow each other, together."""
    runs: list[Rows] = []
    for row in rows:
        if runs and runs[-1].last + 1 == row:
            runs[-1] = runs[-1]._replace(last=row)
        else:
            runs.append(Rows(row, row, column))
    return tuple(runs)


def _groups(form: IssuedForm) -> dict[int, str]:
    """The 一级指标 of each row of the indicator table, whose printed name stands beside its first row."""
    located = form.located
    column = located.columns.get(review.INDICATORS, {}).get(review.category.key, 0)
    groups, current = {}, ""
    for row in located.rows.get(review.INDICATORS, ()):
        cell = located.sheet.cells.get((row, column))
        text = "" if cell is None or cell.value is None else str(cell.value).strip()
        current = next((group.name for group in review.GROUPS if text.startswith(group.name)), current)
        groups[row] = current
    return groups


def _profile(form: IssuedForm) -> Profile:
    """The profile that the template was issued for, as far as it is known."""
    text = form.submission.profile
    if text in params.profile_names():
        return params.profile_named(text, form.submission.year)
    try:
        return params.profile_of(text) if text else params.DEFAULT
    except ValueError:
        return params.DEFAULT


def _options(lost: LostValidation, points: str) -> tuple[tuple[int, int, int, int], dict[str, Any]]:
    """The area and the options of a validation, as xlsxwriter takes them."""
    first, *others = ((rows.first - 1, rows.column - 1, rows.last - 1, rows.column - 1) for rows in lost.cells)
    options = validation_options(lost.item, lost.cells[0].first, lost.cells[0].column, lost.parts)
    options["input_message"] = options["input_message"].replace("{indicator_weight}", points)
    return first, options | ({"other_cells": [list(area) for area in others]} if others else {})


@lru_cache(maxsize=8)  # two dialects
def _protection(space: str) -> _Element:
    """The protection of a form in a namespace, to be copied."""
    with Workbook(buffer := BytesIO(), {"in_memory": True}) as workbook:
        workbook.add_worksheet().protect("", PROTECTION)
    (protection,) = _written(buffer, space).findall(f"{space}sheetProtection")
    return protection


@lru_cache(maxsize=64)  # the files of a department, and often of all, have lost the same
def _validations(lost: tuple[LostValidation, ...], points: str, space: str) -> list[_Element]:
    """Validations in a namespace, to be copied; `points` are those that the indicators add up to."""
    with Workbook(buffer := BytesIO(), {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for each in lost:
            area, options = _options(each, points)
            sheet.data_validation(*area, options)
    return _written(buffer, space).findall(f"{space}dataValidations/{space}dataValidation")


def _written(buffer: BytesIO, space: str) -> _Element:
    """The sheet that xlsxwriter has written, in a namespace."""
    data = EditablePackage(buffer.getvalue()).read(_PART)
    root = etree.fromstring(data.replace(_MAIN[1:-1].encode(), space[1:-1].encode()))
    etree.cleanup_namespaces(root)
    return root
