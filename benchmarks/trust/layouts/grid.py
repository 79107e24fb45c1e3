"""The grid of a drawn form, to be changed cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from benchmarks.trust.drawing import ABOVE, LEFT, DrawnCell, DrawnForm, DrawnRow, headings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

BLANK: Final = DrawnCell()
BESIDE: Final = DrawnCell(LEFT)
BELOW: Final = DrawnCell(ABOVE)


@dataclass
class Line:
    """A row of the grid: its sign, its cells, and the part of the money it is about."""

    kind: str
    cells: list[DrawnCell]
    part: str = ""


class Grid:
    """The rows of a form, all of one width; `form` gives them back as a drawing."""

    def __init__(self, form: DrawnForm) -> None:
        """Copy the rows of a form."""
        self._form = form
        self.width = max(len(row.cells) for row in form.rows)
        self.lines = [self._line(row) for row in form.rows]

    def _line(self, row: DrawnRow) -> Line:
        missing = self.width - len(row.cells)
        filler = BESIDE if row.kind == "!" else BLANK
        return Line(row.kind, [*row.cells, *[filler] * missing], row.part)

    def form(self) -> DrawnForm:
        """The form with the rows as they are now."""
        rows = (DrawnRow(line.kind, tuple(line.cells), line.part) for line in self.lines)
        return replace(self._form, rows=tuple(rows))

    def is_whole(self) -> bool:
        """Whether every merged area is a rectangle, as a sheet needs it."""
        owners: dict[tuple[int, int], tuple[int, int]] = {}
        areas: dict[tuple[int, int], set[tuple[int, int]]] = {}
        for number, line in enumerate(self.lines):
            for column, cell in enumerate(line.cells):
                before = {LEFT: (number, column - 1), ABOVE: (number - 1, column)}.get(str(cell.content))
                owner = owners.get(before, (number, column)) if before is not None else (number, column)
                owners[number, column] = owner
                areas.setdefault(owner, set()).add((number, column))
        return all(
            len(area) == (max(row for row, _ in area) - top + 1) * (max(column for _, column in area) - left + 1)
            for (top, left), area in areas.items()
        )

    def labels(self) -> Iterator[tuple[Line, int]]:
        """Each cell of the table that holds a printed text, and no value."""
        values = set(self._values())
        for number, line in enumerate(self.lines):
            for column, cell in enumerate(line.cells):
                is_text = isinstance(cell.content, str) and cell.content not in {LEFT, ABOVE}
                if is_text and line.kind in "-@$" and (number, column) not in values:
                    yield line, column

    def relabel(self, change: Callable[[str], str], *, kinds: str = "-@$") -> bool:
        """Change every printed text of rows of these kinds; says whether any was changed."""
        changed = False
        for line, column in list(self.labels()):
            cell = line.cells[column]
            text = change(str(cell.content)) if line.kind in kinds else cell.content
            changed |= text != cell.content
            line.cells[column] = replace(cell, content=text)
        return changed

    def replace(self, line: Line, column: int, text: str) -> bool:
        """Write another text into a cell of a row; says whether it is another."""
        before = line.cells[column]
        line.cells[column] = replace(before, content=text)
        return text != before.content

    def _values(self) -> Iterator[tuple[int, int]]:
        """Places of values, in rows from 0."""
        headings: dict[int, str] = {}
        for number, line in enumerate(self.lines):
            if line.kind == "@":
                headings = headings_of(line.cells)
                continue
            for column, cell in enumerate(line.cells):
                if cell.marks or (line.kind in "#$~" and column in headings):
                    yield number, column

    def insert_column(self, at: int) -> None:
        """Insert a column without content before column `at`; what is merged over the place stays merged."""
        for line in self.lines:
            inside = at < len(line.cells) and line.cells[at].content == LEFT
            line.cells.insert(at, BESIDE if inside or line.kind == "!" else BLANK)
        self._mend_left_edge()
        self.width += 1

    def _mend_left_edge(self) -> None:
        for line in self.lines:
            if line.cells[0].content == LEFT:
                line.cells[0] = BLANK

    def table(self) -> tuple[int, int] | None:
        """The row of the heads of the indicators and the row behind the last indicator, from 0."""
        head = next(
            (number for number, line in enumerate(self.lines) if line.kind == "@" and _heads(line, "三级指标")), None
        )
        if head is None:
            return None
        end = max((number for number, line in enumerate(self.lines) if line.kind == "#"), default=head) + 1
        while end < len(self.lines) and self.lines[end].kind == "~":
            end += 1
        return head, end

    def money(self) -> tuple[int, int] | None:
        """The row of the heads of the money and the row behind its last line, from 0."""
        lines = [number for number, line in enumerate(self.lines) if line.kind == "$"]
        heads = [number for number, line in enumerate(self.lines) if line.kind == "@" and lines and number < lines[0]]
        return (heads[-1], lines[-1] + 1) if heads else None

    def column_of(self, row: int, field: str) -> int | None:
        """The column that a row of heads gives to a field."""
        cells = enumerate(self.lines[row].cells)
        return next((column for column, cell in cells if any(mark.field == field for mark in cell.marks[:1])), None)


def _heads(line: Line, field: str) -> bool:
    return any(mark.field == field for cell in line.cells for mark in cell.marks[:1])


def texts(line: Line) -> Iterable[str]:
    """The printed texts of a row."""
    return (cell.content for cell in line.cells if isinstance(cell.content, str) and cell.content not in {LEFT, ABOVE})
