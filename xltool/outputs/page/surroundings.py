"""Surroundings: the part of a form that is shown around the cell of a finding, and the cells marked in it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from xltool.findings import row_column
from xltool.outputs.model import FormSheet
from xltool.reader.surroundings import SurroundingCell, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xltool.findings import Finding
    from xltool.outputs import model

CellRef = tuple[int, int]
ABOVE = BELOW = 2
"""Rows shown above and below the cell."""
TALLEST = 4
"""Most rows of a merged cell that are shown."""
MOST_ROWS = 12
CACHE_SIZE = 100
"""Unpacked sheets in the cache; findings come in the order of their files."""
_TITLE = 0.7
"""A printed cell that spans more than this share of the columns is a title of the form, not the head of a column."""


class Window(NamedTuple):
    """Rows and columns of a sheet to show; `marked` is the cell to correct, `related` are the cells it depends on."""

    submission: str
    rows: tuple[int, ...]
    left: int
    right: int
    marked: CellRef | None
    related: tuple[CellRef, ...]


class SheetView:
    """A sheet as its readers see it, with the cell of each place that a finding names."""

    def __init__(self, sheet: FormSheet) -> None:
        """Unpack the cells of the sheet."""
        self.cells = unpack(sheet.surroundings)
        self.path, self.name = sheet.path, sheet.name
        self._places = {place: row_column(cell) for cell, place in sheet.places.items()}
        self._parts = {ref[0]: part for (part, _), ref in self._places.items()}
        self.row_names = {ref[0]: row_column(cell)[0] for (_, cell), ref in self._places.items()}
        """For a document, the rows of its tables by the rows of the sheet that they were laid out on."""

    def locate(self, sheet: str | None, cell: str | None) -> CellRef | None:
        """Row and column of a place; None where it is not on this form."""
        if sheet is None or cell is None or not self.cells:
            return None
        if self._places:
            return self._places.get((sheet, cell))
        ref = _parse(cell) if sheet == self.name else None
        return ref if ref is not None and self._holds(ref) else None

    def at(self, ref: CellRef) -> SurroundingCell:
        """The cell that covers a place; an empty cell where there is none."""
        return self._covering(ref) or SurroundingCell(*ref, *ref, "", is_field=False)

    def rows(self, refs: Sequence[CellRef]) -> tuple[int, ...]:
        """Rows to show for these cells: the rows around the first, the row of its head, and the rows of the others.

        Of a document, only rows of the table of the first cell are shown.
        """
        top, left, bottom, right = self._bounds
        first = self.at(refs[0])
        last = min(first.bottom, first.top + TALLEST - 1)
        near = range(max(top, first.top - ABOVE), min(bottom, last + BELOW) + 1)
        head = self._head(first, near.start, right - left + 1)
        chosen = dict.fromkeys([*near, *([] if head is None else [head]), *(row for row, _ in refs[1:])])
        part = self._parts.get(refs[0][0])
        same = [row for row in chosen if self._parts.get(row) == part] if self._parts else list(chosen)
        return tuple(sorted(same[:MOST_ROWS]))

    def columns(self, rows: Iterable[int]) -> tuple[int, int]:
        """First and last column with any content in these rows."""
        spans = [self._spans[row] for row in rows if row in self._spans]
        if not spans:
            return self._bounds[1], self._bounds[3]
        return min(left for left, _ in spans), max(right for _, right in spans)

    def cells_of(self, rows: Iterable[int]) -> list[SurroundingCell]:
        """The cells that reach into these rows, each once, in the order of the first row that they reach into."""
        wanted = sorted(rows)
        firsts = ((bisect_left(wanted, cell.top), cell) for cell in self.cells)
        reaching = ((at, cell) for at, cell in firsts if at < len(wanted) and wanted[at] <= cell.bottom)
        return [cell for _, cell in sorted(reaching, key=itemgetter(0))]

    def _head(self, cell: SurroundingCell, first: int, width: int) -> int | None:
        """The row of the nearest head of a cell's column, unless that row is among those shown from `first` on."""
        for row in range(cell.top - 1, self._bounds[0] - 1, -1):
            head = self._covering((row, cell.left))
            if head is None or head.is_field or not head.text:
                continue
            if head.right - head.left + 1 < _TITLE * width:
                return head.top if head.bottom < first else None
        return None

    def _covering(self, ref: CellRef) -> SurroundingCell | None:
        """The cell that covers a place; the last, should a damaged sheet have several."""
        row, column = ref
        for cell in reversed(self._by_row.get(row, ())):
            if cell.left <= column <= cell.right:
                return cell
        return None

    def _holds(self, ref: CellRef) -> bool:
        top, left, bottom, right = self._bounds
        return top <= ref[0] <= bottom and left <= ref[1] <= right

    @cached_property
    def _bounds(self) -> tuple[int, int, int, int]:
        if not self.cells:
            return 1, 1, 0, 0
        lefts, rights = min(cell.left for cell in self.cells), max(cell.right for cell in self.cells)
        return min(self._by_row), lefts, max(self._by_row), rights

    @cached_property
    def _by_row(self) -> dict[int, list[SurroundingCell]]:
        rows: defaultdict[int, list[SurroundingCell]] = defaultdict(list)
        for cell in self.cells:
            for row in range(cell.top, cell.bottom + 1):
                rows[row].append(cell)
        return dict(rows)

    @cached_property
    def _spans(self) -> dict[int, CellRef]:
        """First and last column with any content, by row."""
        spans = {}
        for row, cells in self._by_row.items():
            filled = [cell for cell in cells if cell.is_field or cell.text]
            if filled:
                spans[row] = min(cell.left for cell in filled), max(cell.right for cell in filled)
        return spans


class Surroundings:
    """The windows of findings; a sheet is unpacked for the first finding on it."""

    def __init__(self, sheets: Mapping[str, model.SheetFace]) -> None:
        """Index the sheets, given by the ids of their submissions, by their paths."""
        self._sheets = sheets
        self._shown: dict[str, SheetView] = {}
        self._read: dict[str, FormSheet] = {}
        self._by_path: dict[str, list[str]] = defaultdict(list)
        for key, sheet in sheets.items():
            self._by_path[sheet.path].append(key)

    def windows(self, finding: Finding) -> list[Window]:
        """The windows of a finding: around its own cell, and around the first related cell of another form."""
        home = self._find(finding.path, finding.sheet, finding.cell, finding.submission)
        others: dict[str, list[CellRef]] = defaultdict(list)
        for place in finding.related:
            located = self._find(place.path, place.sheet, place.cell)
            if located is not None:
                others[located[0]].append(located[1])
        windows = []
        if home is not None:
            windows.append(self._window(home[0], home[1], others.pop(home[0], [])))
        windows += [self._window(key, None, refs) for key, refs in list(others.items())[:1]]
        return windows

    def shown(self, key: str) -> SheetView:
        """The sheet of a submission."""
        if key not in self._shown:
            while len(self._shown) >= CACHE_SIZE:
                del self._shown[next(iter(self._shown))]
            self._shown[key] = SheetView(self._sheet(key))
        return self._shown[key]

    def _sheet(self, key: str) -> FormSheet:
        """A packed sheet, read once: it is needed for its findings, and again for the sheets at the end of the data.

        The sheets of documents are read again, because their places need too much memory.
        """
        sheet = self._read.get(key)
        if sheet is None:
            stored = self._sheets[key]
            sheet = FormSheet(stored.path, stored.name, stored.surroundings, stored.places)
            if not sheet.places:
                self._read[key] = sheet
        return sheet

    def _find(
        self, path: str, sheet: str | None, cell: str | None, own: str | None = None
    ) -> tuple[str, CellRef] | None:
        """The submission and the cell of a place; of several forms on a sheet, the submission `own` is tried first."""
        keys = self._by_path.get(path, ())
        for key in sorted(keys, key=lambda key: key != own) if len(keys) > 1 else keys:
            ref = self.shown(key).locate(sheet, cell)
            if ref is not None:
                return key, ref
        return None

    def _window(self, key: str, marked: CellRef | None, related: Sequence[CellRef]) -> Window:
        shown = self.shown(key)
        rows = shown.rows([marked, *related] if marked is not None else related)
        others = tuple(dict.fromkeys(ref for ref in related if ref != marked and ref[0] in rows))
        return Window(key, rows, *shown.columns(rows), marked, others)


def _parse(cell: str) -> CellRef | None:
    """Row and column of an address; None for a text that is no address."""
    try:
        return row_column(cell)
    except ValueError:
        return None
