"""`python -m benchmarks.trust layouts`: whether real filings are read the same in all layouts.

Each drawing of `filings/given` and `filings/seen` is laid out in every way that suits it, read and audited. What was
read right must be read right again, and no rule may report an error that it did not report before.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from benchmarks.corpus.filed import audited
from benchmarks.trust.accuracy import filed_values, is_right
from benchmarks.trust.drawing import drawings, workbook
from benchmarks.trust.layouts.books import ARRANGEMENTS
from benchmarks.trust.layouts.catalogue import LAYOUTS, laid_out
from xltool.findings import Severity
from xltool.reader.model import Book, Cell, Sheet
from xltool.reader.reading import read_book
from xltool.reader.records import FileRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from openpyxl import Workbook

    from benchmarks.trust.drawing import Content, Drawing
    from benchmarks.trust.layouts.books import Arrangement

EVERY: Final = (*LAYOUTS, *ARRANGEMENTS)
"""The layouts of a form, and the arrangements of its workbook."""
FOLDERS: Final = ("given", "seen")
NOISE: Final = 1e-6
Key = tuple[str, str, int | None]


@dataclass
class Reading:
    """What was read of a drawing in a layout: all its values, those that are right, and rules with errors."""

    name: str
    values: Mapping[Key, Content]
    right: frozenset[Key]
    record: FileRecord
    errors: set[str] = field(default_factory=set)
    consequences: set[str] = field(default_factory=set)
    """Rules that errors of other rules name: which of them is the cause may depend on the order of the cells."""
    warnings: set[str] = field(default_factory=set)
    """Rules with warnings: by other words one may be certain, and an error."""

    def lost(self, plain: Reading) -> list[Key]:
        """The values that are right in the plain reading, and understood otherwise here."""
        there = plain.right & self.values.keys()
        return sorted((key for key in there if not _is_same(self.values[key], plain.values[key])), key=str)


@dataclass(frozen=True)
class Difference:
    """What a layout changed: values that are no longer read, and rules with new errors."""

    drawing: str
    layout: str
    lost: tuple[Key, ...]
    errors: tuple[str, ...]

    def __str__(self) -> str:
        """The difference in a line."""
        lost = "、".join(f"{name}" if row is None else f"{row}.{name}" for _, name, row in self.lost[:6])
        return f"{self.drawing} {self.layout}: lost {len(self.lost)} ({lost}), errors {' '.join(self.errors)}"


def book_of(book: Workbook) -> Book:
    """A drawn workbook as reading sees it."""
    return Book([_sheet(book, name) for name in book.sheetnames])


def _sheet(book: Workbook, name: str) -> Sheet:
    drawn, sheet = book[name], Sheet(name)
    for row in drawn.iter_rows():
        for cell in row:
            if cell.value is not None:
                value = cell.value if isinstance(cell.value, str) else float(str(cell.value))
                place = cell.row, cell.column or 0
                sheet.cells[place] = Cell(value)
    sheet.merges = [(area.min_row, area.min_col, area.max_row, area.max_col) for area in drawn.merged_cells.ranges]
    return sheet


def read(drawing: Drawing, label: str, arrangement: Arrangement | None = None) -> Reading | None:
    """Read a drawing; `label` keeps it apart from others that are audited with it.

    None where the `arrangement` of its workbook does not suit it.
    """
    book, values = workbook(drawing)
    sheets = book_of(book)
    if arrangement is not None and not arrangement(sheets):
        return None
    record = read_book(sheets, FileRecord(f"{label}/表.xlsx", "read"))
    del record.submissions[len(drawing.forms) :]
    for submission in record.submissions:
        submission.filing = label
    pairs = [((value.form, value.field, value.row), value, filed) for value, filed in filed_values(values, record)]
    understood = {key: None if filed is None else filed.value for key, _, filed in pairs}
    right = frozenset(key for key, value, filed in pairs if is_right(value, filed, book))
    return Reading(label, understood, right, record)


def _is_same(read: Content, before: Content) -> bool:
    """Whether two values are the same number, or the same text but for its white space."""
    if isinstance(read, float) and isinstance(before, float):
        return abs(read - before) < NOISE
    return "".join(str(read).split()) == "".join(str(before).split())


def readings(drawing: Drawing, layouts: Iterable[str] = EVERY) -> list[Reading]:
    """The drawing as it is, then in each layout that suits it."""
    result = [read(drawing, f"{drawing.name}|")]
    for name in layouts:
        if name in ARRANGEMENTS:
            result.append(read(drawing, f"{drawing.name}|{name}", ARRANGEMENTS[name]))
            continue
        forms = [laid_out(form, name) for form in drawing.forms]
        if all(form is not None for form in forms):
            other = replace(drawing, forms=tuple(form for form in forms if form is not None))
            result.append(read(other, f"{drawing.name}|{name}"))
    return [reading for reading in result if reading is not None]


def differences(filings: Sequence[Drawing], layouts: Iterable[str] = EVERY) -> list[Difference]:
    """What the layouts change in what is read of these drawings and reported on them."""
    layouts = list(layouts)
    by_drawing = {drawing.name: readings(drawing, layouts) for drawing in filings}
    every = [reading for group in by_drawing.values() for reading in group]
    findings = audited([(reading.name, [reading.record]) for reading in every])
    for reading in every:
        grave = [each for each in findings[reading.name] if each.severity is Severity.ERROR]
        reading.errors = {each.rule for each in grave}
        reading.consequences = {each.rule for finding in grave for each in finding.consequences}
        reading.warnings = {each.rule for each in findings[reading.name] if each.severity is Severity.WARNING}
    result = []
    for name, (plain, *others) in by_drawing.items():
        for other in others:
            lost = other.lost(plain)
            errors = sorted(other.errors - plain.errors - plain.warnings - plain.consequences)
            if lost or errors:
                result.append(Difference(name, other.name.rpartition("|")[2], tuple(lost), tuple(errors)))
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Lay all drawings out in all ways, and print what is read otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust layouts", description=__doc__)
    parser.add_argument("folders", nargs="*", help="folders of benchmarks/trust/filings; given and seen by default")
    options = parser.parse_args(arguments)
    filings = [drawing for drawing in drawings(*(options.folders or FOLDERS)) if drawing.kind == "real"]
    result = differences(filings)
    print("\n".join(map(str, result)))
    by_layout = defaultdict[str, list[Difference]](list)
    for difference in result:
        by_layout[difference.layout].append(difference)
    for layout, group in sorted(by_layout.items(), key=lambda pair: -len(pair[1])):
        lost, errors = sum(len(each.lost) for each in group), sum(bool(each.errors) for each in group)
        print(f"{layout}: {len(group)} filings, {lost} values lost, {errors} with errors")
