"""Copy filings of any layout into issued templates: the inputs alone, each to its cell, with a list of all cells.

A filled template is copied into a new one in the same way. Nothing is parsed here: the workers that read the files give
the records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xltool.converting.conversion_list import CellOutcome, ConvertedCell, ConvertedForm, list_bytes
from xltool.converting.placement import (
    NO_YEAR,
    FilledTemplate,
    fill_template,
    lines_outside_fields,
    lines_without_template,
    part_of,
)
from xltool.findings import InputError
from xltool.forms import base_data, project, review
from xltool.reader.records import unread_of
from xltool.storage import files
from xltool.template.filling import rows_needed
from xltool.template.order import Order, file_name, safe_name
from xltool.template.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord, Submission

LIST = "转换清单.xlsx"
REPORT_ONLY = "自评报告，不用转换"


@dataclass(frozen=True)
class Converted:
    """The files that a conversion wrote, its list last, and the lines of the list."""

    written: tuple[Path, ...]
    lines: tuple[ConvertedCell, ...]
    complete: bool
    """Whether a template was written, every file could be read and every input was copied."""
    unread: tuple[str, ...] = ()
    """The files that could not be read."""

    def count(self, outcome: CellOutcome) -> int:
        """The number of cells with this outcome."""
        return sum(line.outcome is outcome for line in self.lines)


def without_outputs(sources: Sequence[Source], given: Sequence[Path], out: Path) -> list[Source]:
    """The files except those that earlier runs wrote into `out`; InputError if none is left."""
    inside = out.resolve()
    asked = {path.resolve() for path in given if path.is_file()}
    kept = [
        source for source in sources if source.path.resolve() in asked or inside not in source.path.resolve().parents
    ]
    if not kept:
        msg = f"没有可以转换的文件：{'、'.join(str(path) for path in given)}"
        raise InputError(msg)
    return kept


def convert(records: Sequence[FileRecord], out: Path, *, inputs: Iterable[Path], year: int | None = None) -> Converted:
    """Write a template for every form that was read, and the list; `year` is for forms that name no year.

    Raises InputError, before anything is written, where a folder of the inputs would be written to; OSError where
    `out` cannot be written to.
    """
    submissions = [submission for record in records for submission in record.submissions]
    orders = [(submission, _order(submission, submissions, year)) for submission in submissions]
    templates = [(submission, fill_template(submission, order)) for submission, order in orders if order is not None]
    places = _places(templates)
    _refuse_input_folders([out / place for place in (*places.values(), LIST)], inputs)
    for submission, template in templates:
        files.write_whole(out / places[submission.id], write_workbook(template.order, [template.sheet]))
    lines: list[ConvertedCell] = []
    for submission, template in templates:
        lines += _with_target(template.lines, submission, places[submission.id])
    for submission, order in orders:
        if order is None:
            lines += _with_target(lines_without_template(submission, NO_YEAR), submission, "")
    for submission in submissions:
        lines += _with_target(lines_outside_fields(submission), submission, "")
    forms = [form for record in records for form in _forms(record, places)]
    order_of = {form.submission: number for number, form in enumerate(forms)}
    lines.sort(key=lambda line: order_of[line.submission])
    files.write_whole(out / LIST, list_bytes(lines, forms, out))
    unread = tuple(unread_of(records))
    complete = bool(templates) and not unread and not any(line.lost for line in lines)
    return Converted((*(out / place for place in places.values()), out / LIST), tuple(lines), complete, unread)


def _with_target(lines: Iterable[ConvertedCell], submission: Submission, place: str) -> list[ConvertedCell]:
    """The lines with the id of their form and the file of their template."""
    return [replace(line, submission=submission.id, target=place if line.target_cell else "") for line in lines]


def _forms(record: FileRecord, places: dict[str, str]) -> list[ConvertedForm]:
    """A row of the summary for each form of a file; for a file without forms one row with the reason."""
    if not record.submissions:
        return [ConvertedForm(record.path, note=record.reason or REPORT_ONLY)]
    return [
        ConvertedForm(
            record.path,
            submission.id,
            submission.place(next((filed.cell for filed in submission.values.values()), None))[0],
            submission.form,
            places.get(submission.id, ""),
            "" if submission.id in places else NO_YEAR,
        )
        for submission in record.submissions
    ]


def _refuse_input_folders(targets: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise InputError where a target lies in the folder of an input, whether or not links are followed."""
    input_folders = {folder for path in inputs for folder in (path.resolve().parent, path.parent.resolve())}
    for target in targets:
        if target.parent.resolve() in input_folders:
            msg = f"转换结果不能写入放有原文件的文件夹，请用 --out 另选一个文件夹：{target.parent}"
            raise InputError(msg)


def _order(submission: Submission, submissions: Sequence[Submission], year: int | None) -> Order | None:
    """The order of a template for this form; None where its year is not known."""
    same_filing = [other for other in submissions if other.filing == submission.filing]
    known_year = submission.year or year or next((other.year for other in same_filing if other.year), None)
    if known_year is None:
        return None
    parts = [part_of(row) for row in submission.rows if row.table == review.INDICATORS]
    entries = [{review.part.key: part} for part in parts if part is not None]
    names = [
        str(row.value(base_data.project_name.key) or "") for row in submission.rows if row.table == base_data.PROJECTS
    ]
    rows = rows_needed(entries, Order(known_year).indicators)
    return Order(known_year, _department(submission, same_filing), (submission.form,), tuple(names), rows)


def _department(submission: Submission, same_filing: Sequence[Submission]) -> str:
    """The department of a filing: the department its template was issued to, else the one that its forms name."""
    whole = [other.department for other in same_filing if other.form != project.FORM.key]
    own = submission.department if submission.form != project.FORM.key else ""
    named = (submission.issued_to, own, *whole, *(other.department for other in same_filing))
    return next((name for name in named if name), "")


def _places(templates: Sequence[tuple[Submission, FilledTemplate]]) -> dict[str, str]:
    """The path of each template by the id of its form: a folder for each of several filings, no name twice."""
    several = len({submission.filing for submission, _ in templates}) > 1
    places: dict[str, str] = {}
    used: set[str] = set()
    for submission, template in templates:
        folder = f"{safe_name(submission.filing)}/" if several else ""
        place = f"{folder}{file_name(template.order, template.sheet)}"
        places[submission.id] = files.free_place(place, used, "（{}）")
    return places
