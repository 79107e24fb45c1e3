"""Drawings of real filings: text files that give the grid of a form, its contents and what a reader sees in it.

`filings/README.md` describes the notation. A drawing becomes a workbook as the office filed it, and the list of values
that a person reads in it, each with its cell: what reading is measured by.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

FILINGS: Final = Path(__file__).with_name("filings")
MARK: Final = re.compile(r"\{([^{}=]+)(?:=([^{}]*))?\}")
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
LEFT: Final = ">"
ABOVE: Final = "^"
"""Signs of a cell that belongs to the cell at its left, or to the cell above it."""
NO_FIELD: Final = "-"
"""Part of a row of money that is no field of ours, as 地方财政资金."""
EDGE: Final = Side(style="thin")
THIN: Final = Border(left=EDGE, right=EDGE, top=EDGE, bottom=EDGE)
MIDDLE: Final = Alignment(wrap_text=True, vertical="center", horizontal="center")

Content = str | float | None
Place = tuple[int, int]


@dataclass(frozen=True)
class Mark:
    """Says that a cell holds a field; `part` is the part of its text that is the value, None for the whole cell."""

    field: str
    part: str | None = None


@dataclass(frozen=True)
class DrawnCell:
    """What is written in a cell, with its marks."""

    content: Content = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class DrawnRow:
    """A row. `kind` is the sign its line begins with, `part` the part of the money that a `$` row is about."""

    kind: str
    cells: tuple[DrawnCell, ...]
    part: str = ""


@dataclass(frozen=True)
class DrawnForm:
    """A form on a sheet. `form` is 附件1–3, or `none` for what is no self-evaluation."""

    form: str
    sheet: str
    rows: tuple[DrawnRow, ...]


@dataclass(frozen=True)
class Value:
    """A value of a drawing: the field it is, its row in the table from 1, and the cell that holds it."""

    form: str
    field: str
    row: int | None
    sheet: str
    cell: str
    holds: Content
    part: str | None = None


@dataclass(frozen=True)
class Defect:
    """A defect that a person sees: rules of which any may report it, its severity, fields it may stand at."""

    rules: tuple[str, ...]
    severity: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """A real filing: the lines of its head and its forms."""

    name: str
    head: Mapping[str, str]
    defects: tuple[Defect, ...] = ()
    forms: tuple[DrawnForm, ...] = field(default=(), repr=False)

    @property
    def kind(self) -> Literal["real", "negative"]:
        """`negative`: no self-evaluation, to be named as what it is."""
        return "negative" if self.head.get("kind") == "negative" else "real"

    @property
    def allowed(self) -> frozenset[str]:
        """Rules whose errors are right here, or follow from where the source stops."""
        return frozenset(self.head.get("allow", "").replace(",", " ").split())

    @property
    def right_cells(self) -> frozenset[str]:
        """Cells at which any error is right."""
        return frozenset(self.head.get("ok", "").replace(",", " ").split())


def drawings(*folders: str) -> list[Drawing]:
    """The drawings in these folders of `benchmarks/trust/filings`, in order."""
    return [load_drawing(path) for folder in folders for path in sorted((FILINGS / folder).glob("*.txt"))]


def load_drawing(path: Path) -> Drawing:
    """Read a drawing from a file."""
    return parse_drawing(path.stem, path.read_text(encoding="utf-8"))


def parse_drawing(name: str, text: str) -> Drawing:
    """Read a drawing from its text. Raises ValueError where a line is not of the notation."""
    top, _, body = text.partition("\n\n")
    head: dict[str, str] = {}
    defects = []
    for line in top.splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            raise _refused(name, line)
        if key == "must":
            rules, severity, *fields = value.split()
            defects.append(Defect(tuple(rules.split("/")), severity, tuple(fields)))
        else:
            head[key] = value.strip()
    return Drawing(name, head, tuple(defects), tuple(_forms(name, body)))


def _forms(name: str, body: str) -> Iterator[DrawnForm]:
    form, sheet, rows = "", "", list[DrawnRow]()
    for line in filter(str.strip, body.splitlines()):
        if line.startswith("== "):
            if form:
                yield DrawnForm(form, sheet, tuple(rows))
            (form, sheet), rows = line[3:].split(), []
        elif line[0] in "!-@$#~" and form:
            rows.append(_row(line))
        else:
            raise _refused(name, line)
    if form:
        yield DrawnForm(form, sheet, tuple(rows))


def _refused(name: str, line: str) -> ValueError:
    return ValueError(f"{name}: not of the notation: {line!r}")


def _row(line: str) -> DrawnRow:
    kind, part, rest = line[0], "", line[1:]
    if kind == "$":
        part, _, rest = rest.partition(":")
    return DrawnRow(kind, tuple(_cell(text.strip()) for text in rest.split("|")), part)


def _cell(text: str) -> DrawnCell:
    marks = tuple(Mark(mark[1], mark[2]) for mark in MARK.finditer(text))
    written = MARK.sub("", text).strip().replace("\\n", "\n")
    if len(written) > 1 and written[0] == written[-1] == '"':
        return DrawnCell(written[1:-1], marks)
    if NUMBER.fullmatch(written):
        return DrawnCell(float(written) if "." in written else int(written), marks)
    return DrawnCell(written or None, marks)


def workbook(drawing: Drawing) -> tuple[Workbook, list[Value]]:
    """The drawing as a workbook, and the values in it. Forms of the same sheet stand below each other."""
    book, values = Workbook(), list[Value]()
    book.remove(book.worksheets[0])
    for form in drawing.forms:
        sheet = book[form.sheet] if form.sheet in book.sheetnames else book.create_sheet(form.sheet)
        values += _draw(sheet, form, sheet.max_row + 2 if sheet.max_row > 1 else 1)
    return book, values


def _draw(sheet: Worksheet, form: DrawnForm, top: int) -> list[Value]:
    """Write a form from row `top` down; gives the values in it."""
    width = max(len(row.cells) for row in form.rows)
    rows = [_widened(row, width) for row in form.rows]
    owners = _owners(rows, top)
    areas = defaultdict[Place, list[Place]](list)
    for place, owner in owners.items():
        areas[owner].append(place)
    for (at, column), area in areas.items():
        row = rows[at - top]
        _write(cast("Cell", sheet.cell(at, column)), row.cells[column - 1].content)
        last_row, last_column = max(at for at, _ in area), max(column for _, column in area)
        if len(area) > 1:
            sheet.merge_cells(start_row=at, start_column=column, end_row=last_row, end_column=last_column)
        if row.kind != "!":
            for place in area:
                sheet.cell(*place).border = THIN
    for column in range(1, width + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 14
    values = []
    for (at, column), mark, number in _marks(rows, owners, top):
        holds = rows[at - top].cells[column - 1].content
        cell = f"{get_column_letter(column)}{at}"
        values.append(Value(form.form, mark.field, number, sheet.title, cell, holds, mark.part))
    return values


def _widened(row: DrawnRow, width: int) -> DrawnRow:
    """The row with as many cells as the form is wide; a line across the sheet is one merged cell."""
    filler = DrawnCell(LEFT if row.kind == "!" else None)
    return DrawnRow(row.kind, (*row.cells, *[filler] * (width - len(row.cells))), row.part)


def _owners(rows: Sequence[DrawnRow], top: int) -> dict[Place, Place]:
    """For each place the place of the cell it is merged into, which is itself where nothing is merged."""
    owners: dict[Place, Place] = {}
    for at, row in enumerate(rows, top):
        for column, cell in enumerate(row.cells, 1):
            if cell.content == LEFT:
                owners[at, column] = owners[at, column - 1]
            elif cell.content == ABOVE:
                owners[at, column] = owners[at - 1, column]
            else:
                owners[at, column] = at, column
    return owners


def _marks(
    rows: Iterable[DrawnRow], owners: Mapping[Place, Place], top: int
) -> Iterator[tuple[Place, Mark, int | None]]:
    """Every marked cell with its mark and its row in the table: by its own marks, else by the heading above it."""
    headings: dict[int, str] = {}
    number = 0
    for at, row in enumerate(rows, top):
        number += row.kind == "#"
        if row.kind == "@":
            headings = {column + 1: field for column, field in headings_of(row.cells).items()}
        for column, cell in enumerate(row.cells, 1):
            if row.kind == "@":
                for mark in cell.marks[1:]:
                    yield owners[at, column], mark, None
                continue
            for mark in cell.marks:
                yield owners[at, column], mark, number if row.kind == "#" else None
            if cell.marks or cell.content == LEFT or column not in headings:
                continue
            if row.kind == "#":
                yield owners[at, column], Mark(headings[column]), number
            elif row.kind == "$" and row.part != NO_FIELD:
                yield owners[at, column], Mark(f"{row.part}_{headings[column]}"), None


def headings_of(cells: Sequence[DrawnCell]) -> dict[int, str]:
    """The fields that a row of headings gives to the rows below it, by column from 0."""
    return {column: cell.marks[0].field for column, cell in enumerate(cells) if cell.marks}


def _write(cell: Cell, content: Content) -> None:
    cell.value = content
    if isinstance(content, str):
        cell.data_type = "s"
    cell.alignment = MIDDLE
