"""The part of a form to show around a cell: which rows and columns, and which cells to mark."""

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
"""Rows of a merged cell that are shown at most."""
MOST_ROWS = 12
KEPT = 100
"""Sheets kept unpacked; findings come in the order of their files."""
_TITLE = 0.7
"""A printed cell over more than this share of the columns heads the form, not a column."""


class Window(NamedTuple):
    """Rows and columns of a sheet to show; `spot` is the cell to mend, `also` the cells it rests on."""

    submission: str
    rows: tuple[int, ...]
    left: int
    right: int
    spot: CellRef | None
    also: tuple[CellRef, ...]


class SheetView:
    """A sheet as people see it, cells found by the place a finding names."""

    def __init__(self, sheet: FormSheet) -> None:
        """Unpack what the sheet shows."""
        self.cells = unpack(sheet.surroundings)
        self.path, self.name = sheet.path, sheet.name
        self._places = {place: row_column(cell) for cell, place in sheet.places.items()}
        self._parts = {spot[0]: part for (part, _), spot in self._places.items()}
        self.row_names = {spot[0]: row_column(cell)[0] for (_, cell), spot in self._places.items()}
        """Of a document, the row of its table by the row of the sheet it was laid out on."""

    def spot(self, sheet: str | None, cell: str | None) -> CellRef | None:
        """Row and column of a place; None where it is not on this form."""
        if sheet is None or cell is None or not self.cells:
            return None
        if self._places:
            return self._places.get((sheet, cell))
        spot = _spot(cell) if sheet == self.name else None
        return spot if spot is not None and self._holds(spot) else None

    def at(self, spot: CellRef) -> SurroundingCell:
        """The cell that covers a spot; an empty one where nothing stands."""
        return self._covering(spot) or SurroundingCell(*spot, *spot, "", is_field=False)

    def rows(self, spots: Sequence[CellRef]) -> tuple[int, ...]:
        """Rows to show for these cells: those around the first, its head, and those of the others.

        Of a document, only rows of the first one's table.
        """
        top, left, bottom, right = self._bounds
        first = self.at(spots[0])
        last = min(first.bottom, first.top + TALLEST - 1)
        near = range(max(top, first.top - ABOVE), min(bottom, last + BELOW) + 1)
        head = self._head(first, near.start, right - left + 1)
        chosen = dict.fromkeys([*near, *([] if head is None else [head]), *(row for row, _ in spots[1:])])
        part = self._parts.get(spots[0][0])
        same = [row for row in chosen if self._parts.get(row) == part] if self._parts else list(chosen)
        return tuple(sorted(same[:MOST_ROWS]))

    def columns(self, rows: Iterable[int]) -> tuple[int, int]:
        """First and last column in which anything stands in these rows."""
        spans = [self._spans[row] for row in rows if row in self._spans]
        if not spans:
            return self._bounds[1], self._bounds[3]
        return min(left for left, _ in spans), max(right for _, right in spans)

    def cells_of(self, rows: Iterable[int]) -> list[SurroundingCell]:
        """The cells that reach into these rows, each once, by the first of them it reaches into."""
        wanted = sorted(rows)
        firsts = ((bisect_left(wanted, cell.top), cell) for cell in self.cells)
        reaching = ((at, cell) for at, cell in firsts if at < len(wanted) and wanted[at] <= cell.bottom)
        return [cell for _, cell in sorted(reaching, key=itemgetter(0))]

    def _head(self, cell: SurroundingCell, first: int, width: int) -> int | None:
        """The row of the printed cell nearest above a cell that heads its column, if it is not in sight anyway."""
        for row in range(cell.top - 1, self._bounds[0] - 1, -1):
            head = self._covering((row, cell.left))
            if head is None or head.is_field or not head.text:
                continue
            if head.right - head.left + 1 < _TITLE * width:
                return head.top if head.bottom < first else None
        return None

    def _covering(self, spot: CellRef) -> SurroundingCell | None:
        """The cell that covers a spot; of several, which no sheet has, the last."""
        row, column = spot
        for cell in reversed(self._by_row.get(row, ())):
            if cell.left <= column <= cell.right:
                return cell
        return None

    def _holds(self, spot: CellRef) -> bool:
        top, left, bottom, right = self._bounds
        return top <= spot[0] <= bottom and left <= spot[1] <= right

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
        """First and last column in which anything stands, by the rows where anything does."""
        spans = {}
        for row, cells in self._by_row.items():
            seen = [cell for cell in cells if cell.is_field or cell.text]
            if seen:
                spans[row] = min(cell.left for cell in seen), max(cell.right for cell in seen)
        return spans


class Surroundings:
    """The windows of findings; a sheet is unpacked when the first of them lies on it."""

    def __init__(self, sheets: Mapping[str, model.SheetFace]) -> None:
        """Know the sheets by the ids of their submissions."""
        self._sheets = sheets
        self._shown: dict[str, SheetView] = {}
        self._read: dict[str, FormSheet] = {}
        self._on: dict[str, list[str]] = defaultdict(list)
        for key, sheet in sheets.items():
            self._on[sheet.path].append(key)

    def windows(self, finding: Finding) -> list[Window]:
        """What to show of a finding: around its own cell, and around the first one it rests on in another form."""
        home = self._find(finding.path, finding.sheet, finding.cell, finding.submission)
        others: dict[str, list[CellRef]] = defaultdict(list)
        for place in finding.related:
            found = self._find(place.path, place.sheet, place.cell)
            if found is not None:
                others[found[0]].append(found[1])
        windows = []
        if home is not None:
            windows.append(self._window(home[0], home[1], others.pop(home[0], [])))
        windows += [self._window(key, None, spots) for key, spots in list(others.items())[:1]]
        return windows

    def shown(self, key: str) -> SheetView:
        """The sheet of a submission."""
        if key not in self._shown:
            while len(self._shown) >= KEPT:
                del self._shown[next(iter(self._shown))]
            self._shown[key] = SheetView(self._sheet(key))
        return self._shown[key]

    def _sheet(self, key: str) -> FormSheet:
        """A sheet, packed, which is read once: it is shown when the findings on it are told, and when all are.

        Only the places of documents take too much room to be kept.
        """
        sheet = self._read.get(key)
        if sheet is None:
            lying = self._sheets[key]
            sheet = FormSheet(lying.path, lying.name, lying.surroundings, lying.places)
            if not sheet.places:
                self._read[key] = sheet
        return sheet

    def _find(
        self, path: str, sheet: str | None, cell: str | None, own: str | None = None
    ) -> tuple[str, CellRef] | None:
        keys = self._on.get(path, ())
        for key in sorted(keys, key=lambda key: key != own) if len(keys) > 1 else keys:
            spot = self.shown(key).spot(sheet, cell)
            if spot is not None:
                return key, spot
        return None

    def _window(self, key: str, spot: CellRef | None, also: Sequence[CellRef]) -> Window:
        shown = self.shown(key)
        rows = shown.rows([spot, *also] if spot is not None else also)
        marked = tuple(dict.fromkeys(other for other in also if other != spot and other[0] in rows))
        return Window(key, rows, *shown.columns(rows), spot, marked)


def _spot(cell: str) -> CellRef | None:
    """Row and column of an address; None for what is none."""
    try:
        return row_column(cell)
    except ValueError:
        return None
