"""Read one returned file into a record.

The file is opened, whatever its format; each of its forms is read as an issued template (`issued`) or as a form of
another layout (`foreign`), and a document is searched for a narrative report (`narrative`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.forms.manifest import OVERVIEW_TITLE
from xltool.reader import guard
from xltool.reader.files.entries import LINK, LOCK_FILE, LOCK_PREFIX, TEXT, fingerprint
from xltool.reader.files.extensions import wrong_extension
from xltool.reader.formats import open_any
from xltool.reader.guard import Code, Refused
from xltool.reader.issued import IssuedWorkbook, add_issue, issued_names, read_manifest, read_template
from xltool.reader.locate import has_form_names, locate_forms, locate_other_forms
from xltool.reader.notes.leftovers import unread_in_workbook
from xltool.reader.notes.workbook import notes_on_workbook
from xltool.reader.records import FileRecord, refused
from xltool.reader.returned_list import explanations_in, is_list
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.reader.labels.kinds import OtherForm
    from xltool.reader.locate import LocatedForm
    from xltool.reader.model import Book, Sheet
    from xltool.reader.records import NarrativeReport

NO_FORM = "没有认出附件1、附件2、附件3，也不是绩效自评报告"
RESULT = "xltool 写出的文件（名册、清单、审核结果等），不是填报的表"
LIST = "审核问题清单，不是填报的表"
CHANGING = "读取过程中文件被改动（可能还在复制或保存），请等文件存好后重新检查"


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
    """Read a file by its content; raises OSError."""
    try:
        if path.suffix.lower() == TEXT:
            text = _read_text_file(path, record)
            if text is not None:
                return text
        book = _open(path, record)
        record.saved = book.saved
        return read_book(book, record)
    except Refused as refusal:
        return refused(record.path, refusal.code, refusal.reason)


def _read_text_file(path: Path, record: FileRecord) -> FileRecord | None:
    """The narrative report of a text file; None where it is none but for its name. Raises OSError."""
    from xltool.reader.formats import office  # noqa: PLC0415 - only where a file needs it, as below
    from xltool.reader.narrative import reading, textfile  # noqa: PLC0415 - likewise

    lines = textfile.lines_of(path)
    return reading.read_text_file(record, lines) if lines and office.recognise(path) is None else None


def _open(path: Path, record: FileRecord) -> Book:
    """The file as a workbook, whatever its format and its name; `Refused` where it cannot be read as one."""
    inflated: guard.InflatedParts = {}
    try:
        file_format = guard.check(path, inflated=inflated)
    except Refused as refusal:
        from xltool.reader.formats import office  # noqa: PLC0415 - likewise

        if refusal.code == Code.ENCRYPTED:
            return office.open_without_password(path, refusal)
        conversion = office.recognise(path) if refusal.code == Code.NOT_A_WORKBOOK else None
        if conversion is None:
            raise
        return office.open_converted(path, conversion)
    record.notes += wrong_extension(path, file_format)
    return open_any(path, file_format, inflated)


def read_book(book: Book, record: FileRecord) -> FileRecord:
    """Read the forms and the narrative report of an opened file into its record."""
    book.sheets = [sheet for sheet in book.sheets if not _is_overview(sheet)]
    lists = [sheet for sheet in book.sheets if is_list(sheet) and not has_form_names(book, sheet)]
    book.sheets = [sheet for sheet in book.sheets if not any(sheet is other for other in lists)]
    record.explanations += [each for sheet in lists for each in explanations_in(sheet)]
    manifest = read_manifest(book)
    forms = locate_forms(book, manifest)
    others = locate_other_forms(book, forms)
    templates = [form for form in forms if form.is_template]
    if book.is_result and manifest is None and not templates:
        return _skipped(record, "result", RESULT)
    is_booklet = any(other.is_booklet for _, other in others)
    report = None if is_booklet else _report_in(book, record)
    if report is not None:
        record.narrative_reports.append(report)
        others = []
    elif not forms and not others:
        if lists:
            return _skipped(record, "list", LIST)
        return refused(record.path, "no_form", NO_FORM)
    foreign = [form for form in forms if not form.is_template]
    workbook = unnamed = None
    if manifest is not None:
        workbook = IssuedWorkbook(manifest, issued_names(templates, manifest))
        unnamed = IssuedWorkbook(manifest, issued_names(foreign, manifest))
    present = [name for issued in (workbook, unnamed) if issued is not None for name in issued.names.values()]
    record.notes += notes_on_workbook(book, manifest, present)
    record.submissions += [read_template(form, record, workbook) for form in templates]
    for form in foreign:
        _add_foreign(form, record, unnamed)
    _note_other_content(book, record, forms=forms, others=others, report=report)
    return record


def _report_in(book: Book, record: FileRecord) -> NarrativeReport | None:
    """The narrative report in a document; None in a workbook, and in a document without one."""
    if not any(sheet.places for sheet in book.sheets):
        return None
    from xltool.reader.narrative.reading import report_in_book  # noqa: PLC0415 - likewise

    return report_in_book(book, record)


def _note_other_content(
    book: Book,
    record: FileRecord,
    *,
    forms: Sequence[LocatedForm],
    others: Sequence[tuple[Sheet, OtherForm]],
    report: NarrativeReport | None,
) -> None:
    """Note what stands beside the forms and the report: forms of another kind, and what nobody reads."""
    report_row = None
    if report is not None:
        from xltool.reader.narrative.document import row_of  # noqa: PLC0415 - likewise

        report_row = row_of(book, report.paragraphs[0].number)
    if others:
        from xltool.reader.notes.other_forms import other_forms  # noqa: PLC0415 - likewise

        record.notes += other_forms(others, is_all=not forms)
    named = {sheet.name for sheet, _ in others}
    record.notes += unread_in_workbook(book, forms, report_row=report_row, named=named)


def _is_overview(sheet: Sheet) -> bool:
    """Whether a sheet is the one before the forms of a combined workbook, which only repeats what they hold."""
    first = sheet.cells.get((1, 1))
    return first is not None and first.value == OVERVIEW_TITLE


def _skipped(record: FileRecord, code: str, reason: str) -> FileRecord:
    """The record of a file without forms; what a department wrote into a list of problems is kept."""
    return replace(record, status="skipped", code=code, reason=reason, notes=[], saved="")


def _add_foreign(form: LocatedForm, record: FileRecord, issued: IssuedWorkbook | None) -> None:
    """Read a form by its labels; `issued` is the manifest of a template that lost the names of its fields."""
    from xltool.reader.foreign import read_foreign  # noqa: PLC0415 - likewise

    is_issued = issued is not None and form.sheet.name in issued.names
    submission = read_foreign(form, record, is_issued=is_issued)
    if issued is not None and is_issued:
        add_issue(submission, issued.manifest)
    record.submissions.append(submission)
