"""Where the cells of a sheet go: to xlsxwriter, which holds them, or as XML to a file, row by row.

xlsxwriter takes six microseconds a cell and holds each; a desk's workbook of 10,000 files has five million.
"""

from __future__ import annotations

import re
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final, Protocol
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from xltool.outputs.sheets.texts import SHORT

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path
    from typing import IO

_LATE: Final = "a cell was given after a row below it was begun"
_AT_HAND: Final = 1 << 18
"""Bytes of a file that stay in memory."""
_NEAR: Final = 1_000
"""Rows whose heights xlsxwriter is told: it places charts and comments by them, which all stand near the top."""
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What would be read as the escape of a character."""
_IN_QUOTES: Final = {'"': "&quot;", "\n": "&#xA;", "\t": "&#9;"}
_HYPERLINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_INTERNAL, _EXTERNAL = "internal:", "external:"
"""How targets of links begin."""


class Cells(Protocol):
    """Takes the cells of a sheet, whose rows and columns are counted from 0; `look` is what a book has for a style.

    Texts are not empty, are visible and fit into a cell; numbers are finite.
    """

    def blank(self, row: int, column: int, look: Any) -> None:  # noqa: ANN401 - that of its book
        """A cell with nothing in it but its look."""
        ...

    def text(self, row: int, column: int, text: str, look: Any) -> None:  # noqa: ANN401 - likewise
        """A text."""
        ...

    def number(self, row: int, column: int, number: float, look: Any) -> None:  # noqa: ANN401 - likewise
        """A number."""
        ...

    def formula(self, row: int, column: int, formula: str, value: float | str, look: Any) -> None:  # noqa: ANN401
        """A formula, and what it gives."""
        ...

    def link(self, row: int, column: int, target: str, text: str, tip: str, look: Any) -> None:  # noqa: ANN401, PLR0913, PLR0917
        """A text that leads to a target, which is `external:` and a path or `internal:` and a cell."""
        ...

    def height(self, row: int, points: float) -> None:
        """The height of a row."""
        ...


class Given:
    """Cells that xlsxwriter holds."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """Those of a worksheet."""
        self._sheet = sheet

    def blank(self, row: int, column: int, look: Any) -> None:  # noqa: ANN401
        """See Cells."""
        self._sheet.write_blank(row, column, None, look)

    def text(self, row: int, column: int, text: str, look: Any) -> None:  # noqa: ANN401
        """See Cells."""
        self._sheet.write_string(row, column, text, look)

    def number(self, row: int, column: int, number: float, look: Any) -> None:  # noqa: ANN401
        """See Cells."""
        self._sheet.write_number(row, column, number, look)

    def formula(self, row: int, column: int, formula: str, value: float | str, look: Any) -> None:  # noqa: ANN401
        """See Cells."""
        self._sheet.write_formula(row, column, formula, look, value)

    def link(self, row: int, column: int, target: str, text: str, tip: str, look: Any) -> None:  # noqa: ANN401, PLR0913, PLR0917
        """See Cells."""
        self._sheet.write_url(row, column, target, look, text, tip or None)

    def height(self, row: int, points: float) -> None:
        """See Cells."""
        self._sheet.set_row(row, points)


class _Letters(dict[int, str]):
    """The beginning of a cell by its column, up to the number of its row."""

    def __missing__(self, column: int) -> str:
        self[column] = f'<c r="{xl_col_to_name(column)}'
        return self[column]


_BEGIN: Final = _Letters()


class Written:
    """Cells that are written as XML, each row once the next is begun; looks are the numbers of styles.

    What is long lies in nameless files in a folder. A cell in a row that is written already is a ValueError.
    """

    def __init__(self, sheet: Any, folder: Path, files: ExitStack) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """Those of a worksheet; `files` closes the files."""
        self._sheet = sheet

        def file() -> IO[bytes]:
            return files.enter_context(SpooledTemporaryFile(_AT_HAND, dir=str(folder)))

        self._rows, self._links, self._targets = file(), file(), file()
        self._row, self._number, self._points = -1, "", 0.0
        self._cells: dict[int, str] = {}
        self._last = (0, 0)
        self._linked = 0

    @property
    def reaches(self) -> str:
        """The range of all cells."""
        last = xl_rowcol_to_cell(*self._last)
        return last if last == "A1" else f"A1:{last}"

    def blank(self, row: int, column: int, look: int) -> None:
        """See Cells."""
        if row != self._row:
            self._begin(row)
        self._cells[column] = f'{_BEGIN[column]}{self._number}" s="{look}"/>'

    def text(self, row: int, column: int, text: str, look: int) -> None:
        """See Cells."""
        if row != self._row:
            self._begin(row)
        held = _short_held(text) if len(text) <= SHORT else _held(text)
        self._cells[column] = f'{_BEGIN[column]}{self._number}" s="{look}" t="inlineStr"><is>{held}</is></c>'

    def number(self, row: int, column: int, number: float, look: int) -> None:
        """See Cells."""
        if row != self._row:
            self._begin(row)
        self._cells[column] = f'{_BEGIN[column]}{self._number}" s="{look}"><v>{number:.16G}</v></c>'

    def formula(self, row: int, column: int, formula: str, value: float | str, look: int) -> None:
        """See Cells."""
        if row != self._row:
            self._begin(row)
        kind = ' t="str"' if isinstance(value, str) else ""
        inside = f"<f>{_escaped(formula.removeprefix('='))}</f><v>{_escaped(str(value))}</v>"
        self._cells[column] = f'{_BEGIN[column]}{self._number}" s="{look}"{kind}>{inside}</c>'

    def link(self, row: int, column: int, target: str, text: str, tip: str, look: int) -> None:  # noqa: PLR0913, PLR0917
        """See Cells."""
        self.text(row, column, text, look)
        told = f' tooltip="{_quoted(tip)}"' if tip else ""
        if target.startswith(_INTERNAL):
            place = _quoted(target.removeprefix(_INTERNAL))
            leads = f'location="{place}"{told} display="{_quoted(text)}"'
        else:
            path, _, place = target.removeprefix(_EXTERNAL).partition("#")
            self._linked += 1
            told = f' location="{_quoted(place)}"{told}' if place else told
            leads = f'r:id="link{self._linked}"{told}'
            path = f'Id="link{self._linked}" Type="{_HYPERLINK}" Target="{_quoted(_on_windows(path))}"'
            self._targets.write(f'<Relationship {path} TargetMode="External"/>'.encode())
        self._links.write(f'<hyperlink ref="{xl_rowcol_to_cell(row, column)}" {leads}/>'.encode())

    def height(self, row: int, points: float) -> None:
        """See Cells."""
        if row != self._row:
            self._begin(row)
        self._points = points
        if row < _NEAR:
            self._sheet.set_row(row, points)

    def finished(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        """The rows, the links and where they lead, each to be read from its beginning."""
        self._end()
        for file in (self._rows, self._links, self._targets):
            file.seek(0)
        return self._rows, self._links, self._targets

    def _begin(self, row: int) -> None:
        if row < self._row:
            raise ValueError(_LATE)
        self._end()
        self._row, self._number = row, str(row + 1)

    def _end(self) -> None:
        """Write the row, its cells in their order."""
        if not self._cells and not self._points:
            return
        height = f' ht="{_pixels(self._points):.16G}" customHeight="1"' if self._points else ""
        columns = sorted(self._cells)
        cells = "".join([self._cells[column] for column in columns])
        self._rows.write(f'<row r="{self._number}"{height}>{cells}</row>'.encode())
        self._last = (self._row, max(self._last[1], columns[-1] if columns else 0))
        self._cells, self._points = {}, 0.0


def _pixels(points: float) -> float:
    """A height in points, in whole pixels, which rows have."""
    return int(points * 4 / 3 + 0.5) * 0.75


def _held(text: str) -> str:
    """A text as a cell holds it."""
    kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f"<t{kept}>{_escaped(text)}</t>"


_short_held: Final = lru_cache(maxsize=4_096)(_held)


def _escaped(text: str) -> str:
    """A text as XML holds it."""
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    return escape(text)


def _quoted(text: str) -> str:
    """A text as an attribute holds it."""
    return escape(text, _IN_QUOTES)


def _on_windows(path: str) -> str:
    """A path, as links have it: written as Windows does, and a URI where it is absolute."""
    path = path.replace("/", "\\")
    return f"file:///{path}" if path[1:2] == ":" or path.startswith("\\\\") else path.removeprefix(".\\")
