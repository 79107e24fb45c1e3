"""Forms on templates that xltool issued, read into submissions; what the manifest says of a workbook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from xltool.findings import address
from xltool.forms import base_data
from xltool.forms.manifest import HEAD, SHEET, Manifest, from_rows
from xltool.reader import surroundings
from xltool.reader.extract import extract, owner_of
from xltool.reader.locate import restore_names
from xltool.reader.notes.template import issued_to_another, notes_on_template
from xltool.reader.notes.values import FormReading
from xltool.reader.records import FileRecord, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xltool.forms.manifest import IssuedSheet
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Book, Sheet

_YEAR = re.compile(r"(20\d\d)\s*年")
_TITLES = ("部门整体支出绩效评价基础数据表", "部门整体支出绩效自评表", "项目支出绩效自评表")
_TITLE_ROWS, _TITLE_COLUMNS = 5, 9
"""Rows and columns in which the title of a template is looked for."""


class IssuedWorkbook(Struct, frozen=True):
    """The manifest of a workbook, and the name each of its sheets was issued under, by the name it has now."""

    manifest: Manifest
    names: dict[str, str]


def read_manifest(book: Book) -> Manifest | None:
    """The manifest of a workbook; None where there is none, or none that can be understood."""
    sheet = next((sheet for sheet in book.sheets if sheet.name == SHEET), None)
    if sheet is None:
        return None
    rows: dict[int, list[str]] = {row: [""] * len(HEAD) for row in sorted({row for row, _ in sheet.cells if row > 1})}
    for (row, column), cell in sheet.cells.items():
        if row in rows and column <= len(HEAD) and cell.value is not None:
            rows[row][column - 1] = str(cell.value)
    try:
        return from_rows(rows.values())
    except ValueError:
        return None


def issued_names(forms: Iterable[LocatedForm], manifest: Manifest) -> dict[str, str]:
    """The name under which each sheet was issued, by the name it has now.

    A sheet that was renamed gets the name of the first issued sheet of its form that no other sheet has.
    """
    forms = list(forms)
    names = {form.sheet.name: form.sheet.name for form in forms if _is_issued(form, form.sheet.name, manifest)}
    for form in forms:
        left = [name for name in manifest.sheets if name not in names.values() and _is_issued(form, name, manifest)]
        if form.sheet.name not in names and left:
            names[form.sheet.name] = left[0]
    return names


def _is_issued(located: LocatedForm, name: str, manifest: Manifest) -> bool:
    """Whether a form was issued on the sheet with this name."""
    return name in manifest.sheets and manifest.sheets[name].form == located.form.key


def read_template(located: LocatedForm, record: FileRecord, workbook: IssuedWorkbook | None) -> Submission:
    """Read one form of a template; `workbook` is None where it has no manifest."""
    packed = surroundings.pack(located)
    submission = read_values(located, record, workbook)
    submission.surroundings = packed
    submission.department, submission.project = owner_of(submission, located)
    submission.notes = notes_on_template(FormReading.of(submission, located), _issued_sheet(located, workbook))
    if workbook is not None:
        submission.notes += issued_to_another(submission, located, workbook.manifest)
        submission.department = submission.department or workbook.manifest.department
    return submission


def read_values(located: LocatedForm, record: FileRecord, workbook: IssuedWorkbook | None) -> Submission:
    """Read the values of one form of a template, and no more: without its owner, notes and surroundings."""
    name, issued = located.sheet.name, _issued_sheet(located, workbook)
    title_year = _title_year(located.sheet)
    submission = Submission(
        id=f"{record.path}#{name}",
        path=record.path,
        sheet=name,
        form=located.form.key,
        layout="template",
        year=title_year if workbook is None else workbook.manifest.year,
        department="",
        project="",
        sha256=record.sha256,
    )
    if workbook is not None:
        add_issue(submission, workbook.manifest)
        submission.profile = workbook.manifest.profile
    if title_year is not None:
        submission.derived[base_data.title_year.key] = float(title_year)
    _add_head_years(submission, located)
    if issued is not None:
        restore_names(located, issued)
    extract(submission, located, issued)
    return submission


def _issued_sheet(located: LocatedForm, workbook: IssuedWorkbook | None) -> IssuedSheet | None:
    """What the manifest says of the sheet of a form; None where it does not know the sheet."""
    issued_as = None if workbook is None else workbook.names.get(located.sheet.name)
    return None if workbook is None or issued_as is None else workbook.manifest.sheets[issued_as]


def add_issue(submission: Submission, manifest: Manifest) -> None:
    """Note on a submission by which issue, and to whom, its form was issued."""
    submission.issue, submission.issued_to = manifest.issue, manifest.department
    submission.issued_code = manifest.code


def _title_year(sheet: Sheet) -> int | None:
    """The year in the title of a template; None without a title, or without a year in it."""
    for row in range(1, _TITLE_ROWS + 1):
        for column in range(1, _TITLE_COLUMNS + 1):
            cell = sheet.cells.get((row, column))
            if cell is not None and isinstance(cell.value, str) and any(title in cell.value for title in _TITLES):
                match = _YEAR.search(cell.value)
                return int(match[1]) if match else None
    return None


def _add_head_years(submission: Submission, located: LocatedForm) -> None:
    """Keep the years printed over the three amounts of the base data form, with their cells."""
    if located.form is not base_data.FORM or base_data.three_public.last.key not in located.cells:
        return
    keys = (base_data.last_year.key, base_data.budget_year.key, base_data.actual_year.key)
    for key, item in zip(keys, base_data.three_public, strict=True):
        row, column = located.cells.get(item.key, (0, 0))
        cell = located.sheet.cells.get((row - 1, column))
        match = _YEAR.search(str(cell.value)) if cell is not None else None
        if match:
            submission.derived[key] = float(match[1])
            submission.derived_cells[key] = address(row - 1, column)
