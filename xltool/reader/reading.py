"""One file that came back, read into records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xltool.findings import address
from xltool.forms import base_data, review
from xltool.forms.manifest import HEAD, RETURNED, SHEET, Manifest, from_rows
from xltool.forms.words import shorten
from xltool.normalize import fold
from xltool.reader import foreign, guard, integrity, surroundings
from xltool.reader.extract import extract, scale_money
from xltool.reader.files.entries import LINK, LOCK_FILE, LOCK_PREFIX, TEXT, fingerprint
from xltool.reader.files.extensions import wrong_extension
from xltool.reader.formats import office, open_any
from xltool.reader.guard import Code, Refused
from xltool.reader.locate import LocatedForm, locate, remember
from xltool.reader.narrative import report_in, textfile
from xltool.reader.narrative.document import paragraphs_of, row_of
from xltool.reader.records import FileRecord, Note, Submission, refused
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.reader.labels import LabelSearch
    from xltool.reader.model import Book, Sheet
    from xltool.reader.narrative.recognise import Line

NO_REPORT = "文本文件中没有绩效自评报告；附件1、附件2、附件3请报送 .xlsx 或 .docx 文件"
NO_FORM = "没有认出附件1、附件2、附件3，也不是绩效自评报告"
RESULT = "xltool 写出的文件（名册、清单、审核结果等），不是填报的表"
CHANGING = "读取过程中文件被改动（可能还在复制或保存），请等文件存好后重新检查"
_YEAR = re.compile(r"(20\d\d)\s*年")
_TITLES = ("部门整体支出绩效评价基础数据表", "部门整体支出绩效自评表", "项目支出绩效自评表")
_CODE = re.compile(r"^\d{3,21}\s*[-—–_]\s*")
"""A code before a name: 219-某镇人民政府."""
SHORTEST_NAME = 3
"""Characters of a short name: 教育局."""
_HEADS = {"决算数": ("表头上年年度", "表头决算年度"), "预算数": ("表头预算年度",)}


def read_file(path: Path, name: str) -> FileRecord:
    """Read one file; never raises for what is in it. `name` is the path shown in records."""
    if path.name.startswith(LOCK_PREFIX):
        return FileRecord(name, "skipped", "lock_file", LOCK_FILE)
    if path.is_symlink():
        return FileRecord(name, "skipped", "link", LINK)
    try:
        before = fingerprint(path)
        record = _read(path, FileRecord(name, "read", sha256=before))
        if fingerprint(path) != before:
            return refused(name, "changing", CHANGING)
    except OSError as error:
        return refused(name, "unreadable", f"文件打不开（{words_of(error)}）")
    record.sha256 = before
    return record


def _read(path: Path, record: FileRecord) -> FileRecord:
    try:
        if path.suffix.lower() == TEXT and (lines := textfile.lines_of(path)) and office.recognise(path) is None:
            return _read_text(record, lines)
        book = _open(path, record)
        record.saved = book.saved
        return _read_book(book, record)
    except Refused as refusal:
        return refused(record.path, refusal.code, refusal.reason)


def _read_text(record: FileRecord, lines: Sequence[Line]) -> FileRecord:
    """A text file is read for a report only."""
    report = report_in(lines, record.path, record.sha256)
    if report is None:
        return refused(record.path, Code.NOT_A_WORKBOOK, NO_REPORT)
    record.narrative_reports.append(report)
    return record


def _open(path: Path, record: FileRecord) -> Book:
    """The file as a workbook, whatever its format and its name; Refused where it cannot be."""
    kept: guard.InflatedParts = {}
    try:
        kind = guard.check(path, kept=kept)
    except Refused as refusal:
        if refusal.code == Code.ENCRYPTED:
            return office.open_without_password(path, refusal)
        converted = office.recognise(path) if refusal.code == "not_a_workbook" else None
        if converted is None:
            raise
        return office.open_converted(path, converted)
    record.notes += wrong_extension(path, kind)
    return open_any(path, kind, kept)


def _read_book(book: Book, record: FileRecord) -> FileRecord:
    sheets = len(book.sheets)
    book.sheets = [sheet for sheet in book.sheets if not _is_list(sheet)]
    manifest = _manifest(book)
    found = locate(book)
    if book.is_result and manifest is None and not any(one.is_template for one in found):
        return FileRecord(record.path, "skipped", "result", RESULT, record.sha256)
    report = report_in(paragraphs_of(book), record.path, record.sha256)
    if report is not None:
        record.narrative_reports.append(report)
    elif not found and len(book.sheets) < sheets:
        return FileRecord(record.path, "skipped", "list", "审核问题清单，不是填报的表", record.sha256)
    elif not found:
        return refused(record.path, "no_form", NO_FORM)
    templates = [one for one in found if one.is_template]
    issued = _issued(templates, manifest)
    unnamed = _issued([one for one in found if not one.is_template], manifest)
    record.notes += integrity.of_book(book, manifest, [*issued.values(), *unnamed.values()])
    for located in templates:
        record.submissions.append(_submission(located, manifest, issued.get(located.sheet.name), record))
    for located in found:
        if not located.is_template:
            one = _foreign(located, record)
            if manifest is not None and located.sheet.name in unnamed:
                one.issue, one.issued_to, one.issued_code = manifest.issue, manifest.department, manifest.code
            record.submissions.append(one)
    record.notes += foreign.outside(book, found, None if report is None else row_of(book, report.paragraphs[0].number))
    return record


def _is_list(sheet: Sheet) -> bool:
    """Whether a sheet is the list of problems we put into a returned copy, and nothing that was filed."""
    return any(cell.value == RETURNED for (row, _), cell in sheet.cells.items() if row == 1)


def _foreign(located: LocatedForm, record: FileRecord) -> Submission:
    region, found = located.region, located.found
    if region is None or found is None:
        raise TypeError(located.form.key)
    name, taken = located.sheet.name, {submission.id for submission in record.submissions}
    identity = f"{record.path}#{name}"
    if identity in taken:
        identity = f"{identity}!{region.top}"
    if identity in taken:
        identity = f"{record.path}#{name}!{address(region.top, region.left)}"
    year = region.year or _year_of(found)
    one = Submission(identity, record.path, name, located.form.key, "foreign", year, "", "", record.sha256)
    one.places = {address(*spot): place for spot, place in located.sheet.places.items()}
    one.surroundings = surroundings.pack(located)
    if region.year is not None:
        one.derived[base_data.title_year.key] = float(region.year)
    for key, (printed, spot) in found.years.items():
        one.derived[key], one.derived_cells[key] = float(printed), address(*spot)
    if found.grade is not None:
        printed_grade, spot = found.grade
        one.derived[review.grade.key], one.derived_cells[review.grade.key] = printed_grade, address(*spot)
    units = foreign.money_units(located)
    extract(one, located, None)
    one.unit = units.form.name if units.form is not None else ""
    scale_money(one, located.form, units.factor, units.own)
    one.department, one.project = _whose(one, located)
    one.notes = [*integrity.of_reading(one, located), *foreign.notes_on(one, located, units)]
    return one


def _year_of(found: LabelSearch) -> int | None:
    """The year reported, from the heads of the amounts where the title has none."""
    printed = found.years.get(base_data.actual_year.key) or found.years.get(base_data.budget_year.key)
    return None if printed is None else printed[0]


def _issued(found: list[LocatedForm], manifest: Manifest | None) -> dict[str, str]:
    """The name under which each sheet was issued, by the name it has now: by that name, else in order of the form."""
    if manifest is None:
        return {}
    names = {one.sheet.name: one.sheet.name for one in found if _is_issued(one, one.sheet.name, manifest)}
    for one in found:
        left = [name for name in manifest.sheets if name not in names.values() and _is_issued(one, name, manifest)]
        if one.sheet.name not in names and left:
            names[one.sheet.name] = left[0]
    return names


def _is_issued(located: LocatedForm, name: str, manifest: Manifest) -> bool:
    return name in manifest.sheets and manifest.sheets[name].form == located.form.key


def _manifest(book: Book) -> Manifest | None:
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


def _submission(
    located: LocatedForm, manifest: Manifest | None, issued_as: str | None, record: FileRecord
) -> Submission:
    name = located.sheet.name
    issued = None if manifest is None or issued_as is None else manifest.sheets[issued_as]
    title = _title_year(located.sheet)
    year = manifest.year if manifest is not None else title
    submission = Submission(
        f"{record.path}#{name}", record.path, name, located.form.key, "template", year, "", "", record.sha256
    )
    submission.surroundings = surroundings.pack(located)
    if manifest is not None:
        submission.issue, submission.issued_to = manifest.issue, manifest.department
        submission.issued_code = manifest.code
        submission.profile = manifest.profile
    if title is not None:
        submission.derived[base_data.title_year.key] = float(title)
    _head_years(submission, located)
    if issued is not None:
        remember(located, issued)
    extract(submission, located, issued)
    submission.department, submission.project = _whose(submission, located)
    submission.notes = integrity.of_sheet(submission, located, issued)
    if manifest is not None:
        submission.notes += _misplaced(submission, located, manifest)
        submission.department = submission.department or manifest.department
    return submission


def _title_year(sheet: Sheet) -> int | None:
    for row in range(1, 6):
        for column in range(1, 10):
            cell = sheet.cells.get((row, column))
            if cell is not None and isinstance(cell.value, str) and any(title in cell.value for title in _TITLES):
                match = _YEAR.search(cell.value)
                return int(match[1]) if match else None
    return None


def _head_years(submission: Submission, located: LocatedForm) -> None:
    """Years printed over the three amounts of 附件1, with their cells."""
    spot = located.cells.get("三公经费_上年决算数")
    if located.form is not base_data.FORM or spot is None:
        return
    keys = (base_data.last_year.key, base_data.budget_year.key, base_data.actual_year.key)
    for key, item in zip(keys, base_data.three_public, strict=True):
        row, column = located.cells.get(item.key, (0, 0))
        cell = located.sheet.cells.get((row - 1, column))
        match = _YEAR.search(str(cell.value)) if cell is not None else None
        if match:
            submission.derived[key] = float(match[1])
            submission.derived_cells[key] = address(row - 1, column)


def _whose(submission: Submission, located: LocatedForm) -> tuple[str, str]:
    def text(key: str) -> str:
        filed = submission.values.get(key)
        return "" if filed is None or filed.value is None else _CODE.sub("", str(filed.value))

    if located.form.key == "附件3":
        return text("实施单位") or text("主管部门"), text("项目支出名称")
    return text(located.form.owner.key), ""


def _misplaced(submission: Submission, located: LocatedForm, manifest: Manifest) -> list[Note]:
    """The template was issued to another department, or its title was turned to another year."""
    notes = []
    owner = located.form.owner.key if located.form.key != "附件3" else "实施单位"
    cell = address(*located.cells[owner]) if owner in located.cells else None
    filed = submission.department
    # A project may be carried out by a unit below the department: then the department stands as 主管部门.
    units = [filed, str(submission.value("主管部门") or "") if located.form.key == "附件3" else ""]
    if manifest.department and filed and not any(_is_called(manifest.department, unit) for unit in units if unit):
        words = {"下发": manifest.department, "填报": shorten(filed, 40)}
        notes.append(Note("W-17", cell, owner, words, actual=filed))
    title = submission.derived.get(base_data.title_year.key)
    if title is not None and int(title) != manifest.year:
        words = {"下发": f"{manifest.year}年度", "填报": f"{int(title)}年度"}
        notes.append(Note("W-17", words=words, actual=words["填报"]))
    return notes


def _is_called(department: str, name: str) -> bool:
    """Whether a name is a department's, in full or without the place before it and 人民政府 behind it."""
    full, short = (fold(text).removesuffix("人民政府") for text in (department, name))
    return short == full or (len(short) >= SHORTEST_NAME and full.endswith(short))
