"""Build the records of filings with hostile values, mostly without writing a file."""

from __future__ import annotations

import pickle
import re
import tempfile
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import structs

from benchmarks.corpus.filed import FilingFolder
from benchmarks.corpus.honest import Clerk
from benchmarks.fuzz.chance import Dice
from benchmarks.fuzz.values import mutated, mutated_cell, mutated_lines, mutated_text
from tests.attacks.profiles import FORGED, HOSTILE
from tests.support.documents import as_sheet, forms
from tests.support.reports import BUREAU_REPORT, lines_of, seed_report
from xltool.batches.grouping import as_filings, as_one_set
from xltool.params import profile_named as named
from xltool.params import profile_names
from xltool.params.writing import written
from xltool.reader import reading, record_encoding
from xltool.reader.model import Book, Cell
from xltool.reader.narrative.reading import report_in
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.model import Sheet
    from xltool.reader.records import NarrativeReport, Submission

FILINGS: Final = 12
SEED: Final = 2_000
_MANIFEST: Final = 0.03
"""Share of inputs in which cells of the manifest are changed."""
_DATE: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
"""A date as the reader stores it."""
_PROFILES: Final = (*HOSTILE.values(), *FORGED.values(), *profile_names(), written(named("湖北")))


@dataclass(frozen=True)
class HonestFiling:
    """An honest filing: its workbooks as opened, their packed records by the same names, the lines of its report."""

    department: str
    books: dict[str, Book]
    packed: dict[str, bytes]
    lines: tuple[tuple[int, str], ...]


@dataclass
class AuditInput:
    """The records of an input, last year's forms, and the profile that the roster names."""

    label: str
    records: list[FileRecord]
    prior: list[Submission] = field(default_factory=list)
    rostered: str = ""


def write_filings(folder: Path) -> Path:
    """Write honest filings, opened and read, into one file that workers load; gives its path."""
    path = folder / "filings.pickle"
    path.write_bytes(pickle.dumps(_stock()))
    return path


@cache
def filings_in(path: Path) -> tuple[HonestFiling, ...]:
    """The honest filings of a file."""
    filings: tuple[HonestFiling, ...] = pickle.loads(path.read_bytes())  # noqa: S301 - written by this program just before
    return filings


def _stock() -> tuple[HonestFiling, ...]:
    """Issued templates as departments fill them in, and forms of another layout."""
    with tempfile.TemporaryDirectory() as name:
        filings = [Clerk(SEED + number).filing() for number in range(FILINGS - 1)]
        folders = [FilingFolder(filing, Path(name) / str(number)).write().path for number, filing in enumerate(filings)]
        opened = [_opened(folder) for folder in folders]
    departments = [*(filing.department for filing in filings), "君山产业开发区管委会"]
    opened.append({f"{form.name}.xlsx": Book([as_sheet(form)]) for form in forms()})
    reports = [lines_of(BUREAU_REPORT), list(enumerate(seed_report(), start=1))]
    return tuple(
        HonestFiling(
            department, books, {name: _packed(name, book) for name, book in books.items()}, _about(department, report)
        )
        for department, books, report in zip(departments, opened, reports * FILINGS, strict=False)
    )


def _opened(folder: Path) -> dict[str, Book]:
    return {path.name: reading._open(path, FileRecord(path.name, "read")) for path in sorted(folder.iterdir())}  # noqa: SLF001 - a book, which no other function gives


def _packed(name: str, book: Book) -> bytes:
    return record_encoding.encode(_read(name, book))


def _about(department: str, lines: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    return tuple((number, text.replace("某某县农业农村局", department)) for number, text in lines)


def _read(name: str, book: Book) -> FileRecord:
    copy = replace(book, sheets=list(book.sheets))
    return reading.read_book(copy, FileRecord(name, "read", sha256=name))


def make(filings: Path, seed: int, number: int) -> AuditInput:
    """Build the input of this number; it is the same in every process."""
    dice = Dice(f"judging/{seed}/{number}")
    honest = dice.choice(filings_in(filings))
    label = f"输入{number}"
    names = dice.sample(sorted(honest.books), dice.randint(1, min(4, len(honest.books))))
    changed = {name for name in names if dice.random() < 0.6} or {names[0]}
    through_cells = dice.random() < 0.6
    audit_input = AuditInput(
        label, [_file(dice, honest, name, label, name in changed, through_cells) for name in sorted(names)]
    )
    if dice.random() < 0.05:
        audit_input.records.append(
            record_encoding.renamed(
                record_encoding.decode(record_encoding.encode(audit_input.records[0])), f"{label}/副本.xlsx"
            )
        )
    if dice.random() < 0.4:
        audit_input.records.append(_report(dice, honest, f"{label}/自评报告.docx"))
    _declare(dice, audit_input)
    (as_one_set if dice.random() < 0.5 else as_filings)(audit_input.records)
    for filed_part in filed(audit_input.records):
        filed_part.filing = f"{label} {filed_part.filing}"
    if dice.random() < 0.3:
        audit_input.prior = list(_last_year(dice, honest, audit_input))
    if dice.random() < 0.2:
        audit_input.rostered = dice.choice(profile_names())
    return audit_input


def filed(records: Sequence[FileRecord]) -> list[Submission | NarrativeReport]:
    """The forms and narrative reports of some files."""
    both: list[Submission | NarrativeReport] = [submission for record in records for submission in record.submissions]
    return both + [report for record in records for report in record.narrative_reports]


def _file(
    dice: Dice, honest: HonestFiling, name: str, label: str, changed: bool, through_cells: bool  # noqa: FBT001 - what dice said
) -> FileRecord:  # fmt: skip
    if changed and through_cells:
        book = honest.books[name]
        return _read(f"{label}/{name}", replace(book, sheets=[_changed_sheet(dice, sheet) for sheet in book.sheets]))
    record = record_encoding.renamed(record_encoding.decode(honest.packed[name]), f"{label}/{name}")
    if changed:
        for submission in record.submissions:
            _change_values(dice, submission)
    return record


def _changed_sheet(dice: Dice, sheet: Sheet) -> Sheet:
    hidden = sheet.state != "visible"
    if hidden and dice.random() > _MANIFEST:
        return sheet
    cells = dict(sheet.cells)
    positions = [position for position in cells if hidden or not sheet.is_locked(*position) or dice.random() < 0.05]
    for position in dice.sample(positions, min(len(positions), 1 + int(dice.expovariate(0.3)))):
        cells[position] = mutated_cell(dice, cells[position])
        if cells[position].value is None and cells[position].formula is None:
            del cells[position]
    if positions and dice.random() < 0.5:
        _fill_and_copy(dice, sheet, cells)
    changed = replace(sheet, cells=cells)
    if dice.random() < 0.1:
        changed.hidden_rows = set(dice.sample(range(1, 60), 5))
    if dice.random() < 0.1:
        changed.protection, changed.validated = None, []
    return changed


def _fill_and_copy(dice: Dice, sheet: Sheet, cells: dict[tuple[int, int], Cell]) -> None:
    """Put values into empty cells of a sheet, and copy the value of an unlocked cell into another."""
    lowest, rightmost = max(row for row, _ in cells), max(column for _, column in cells)
    for _ in range(dice.randint(1, 8)):
        position = dice.randint(1, lowest + 2), dice.randint(1, rightmost + 1)
        if position not in cells:
            cells[position] = Cell(mutated(dice, 12.5))
    unlocked = (place for place in cells if place not in sheet.cells or not sheet.is_locked(*place))
    texts = [place for place in unlocked if isinstance(cells[place].value, str)]
    if len(texts) > 1:
        first, other = dice.sample(texts, 2)
        cells[other] = structs.replace(cells[other], value=cells[first].value)


def _change_values(dice: Dice, submission: Submission) -> None:
    """Change values in the record itself, as if the reader had returned them."""
    cells = [*submission.values.values(), *(each for row in submission.rows for each in row.cells.values())]
    for each in dice.sample(cells, min(len(cells), 1 + int(dice.expovariate(0.3)))):
        if isinstance(each.value, str) and _DATE.fullmatch(each.value):
            each.value = dice.choice(("0001-01-01", "1900-02-28", "2022-06-01", "2024-02-29", "9999-12-31"))
        elif isinstance(each.value, str):
            each.value = each.raw = mutated_text(dice, each.value)
        elif each.value is not None:
            value = mutated(dice, each.value)
            # Reading gives no number beyond these: what is smaller is read as nothing, what is larger as text.
            usable = isinstance(value, float) and (value == 0 or 1e-16 < abs(value) < 1e15)
            each.value = each.raw = value if usable and isinstance(value, float) else -each.value


def _report(dice: Dice, honest: HonestFiling, name: str) -> FileRecord:
    lines = mutated_lines(dice, honest.lines) if dice.random() < 0.8 else list(honest.lines)
    report = report_in(lines, name, name)
    record = FileRecord(name, "read" if report else "skipped", "" if report else "no_form", sha256=name)
    record.narrative_reports = [report] if report else []
    return record


def _declare(dice: Dice, audit_input: AuditInput) -> None:
    """Change the profile, department or year of some submissions, as a forged manifest would."""
    for record in audit_input.records:
        for submission in record.submissions:
            if dice.random() < 0.1:
                submission.profile = dice.choice(_PROFILES)
            if dice.random() < 0.03:
                submission.year = dice.choice((None, 1, 1999, 2022, 2024, 9999))
            if dice.random() < 0.03:
                submission.department = mutated_text(dice, submission.department)[:200]


def _last_year(dice: Dice, honest: HonestFiling, audit_input: AuditInput) -> list[Submission]:
    """The same forms as submissions of the year before, some with changed values."""
    filings = sorted({filed_part.filing for filed_part in filed(audit_input.records)})
    prior = []
    for name, data in honest.packed.items():
        for submission in record_encoding.renamed(
            record_encoding.decode(data), f"上年/{audit_input.label}/{name}"
        ).submissions:
            submission.year = None if submission.year is None else submission.year - 1
            submission.filing = dice.choice(filings)
            if dice.random() < 0.5:
                _change_values(dice, submission)
            prior.append(submission)
    return prior
