"""A workbook written row by row, in the memory of one row however long its lists are.

xlsxwriter writes everything but cells and links. Rows and links are written here as XML and put into the worksheet
parts that xlsxwriter made; texts stand in their cells, because a table of all texts would be held until the end.

Why not xlsxwriter's own constant_memory (measured with 3.3.1 on a run of 1,000 files, 16,664 findings): review.xlsx
took 4.2 s of CPU instead of 1.5 s, and the whole run 31.3 s instead of 26.4 s, more than the tenth that plain code may
cost. Memory grew as well, by 220 MiB for 200,000 rows with links against 6 MiB here, since xlsxwriter holds the height
of each row and each link until the end. `test_both_kinds_of_books_have_the_same_content` in
tests/outputs/test_streaming.py compares what is written here with what xlsxwriter writes, cell by cell.
"""

from __future__ import annotations

import io
import re
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from xltool.outputs.sheets.cells import Fold
from xltool.outputs.sheets.texts import SHORT
from xltool.outputs.sheets.workbook_writer import WorkbookWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import IO, BinaryIO

    from xltool.outputs.sheets.cells import CellWriter

_ROW_IS_WRITTEN: Final = "a cell was given after a row below it was begun"
_IN_MEMORY: Final = 1 << 18
"""Bytes of each temporary file that stay in memory."""
_ROWS_OF_CHARTS: Final = 1_000
"""Rows whose heights xlsxwriter needs: it places charts and comments by them, and all of these stand near the top."""
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel would read as the escape of a character."""
_IN_QUOTES: Final = {'"': "&quot;", "\n": "&#xA;", "\t": "&#9;"}
_HYPERLINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_OUTLINE: Final = {Fold.NONE: "", Fold.HEAD: ' collapsed="1"', Fold.MEMBER: ' hidden="1" outlineLevel="1"'}
_INTERNAL, _EXTERNAL = "internal:", "external:"
"""How targets of links begin."""
_SHEET, _TARGETS = "xl/worksheets/sheet{}.xml", "xl/worksheets/_rels/sheet{}.xml.rels"
_DIMENSION: Final = re.compile(rb'(?<=<dimension ref=")[^"]*')
_SHEET_DATA: Final = re.compile(rb"<sheetData(?:/>|>.*</sheetData>)", re.DOTALL)
_FORMAT_SAMPLE: Final = re.compile(rb'<c r="[A-Z]+1" s="([0-9]+)"/>')
_AFTER_LINKS: Final = b"<pageMargins"
_NO_TARGETS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_END_OF_TARGETS: Final = b"</Relationships>"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@contextmanager
def streamed_workbook(target: BinaryIO, scratch: Path, title: str, made_at: datetime) -> Iterator[WorkbookWriter]:
    """A workbook that is written to `target` when the block ends without an error.

    Rows are kept in nameless files in the folder `scratch` until then. Raises OSError where something cannot be
    written.
    """
    with ExitStack() as files:
        book = _StreamedWorkbook(title, made_at, scratch, files)
        yield book
        book.write_to(target)


class _StreamedWorkbook(WorkbookWriter):
    """A workbook whose cells are written as they are given."""

    def __init__(self, title: str, made_at: datetime, scratch: Path, files: ExitStack) -> None:
        super().__init__(title, made_at)
        self._scratch, self._files = scratch, files
        self._added: list[Any] = []
        self._sheets: list[_StreamedCells] = []

    def add_format(self, properties: dict[str, Any]) -> int:
        """Add a format and return the number that xlsxwriter will give it.

        xlsxwriter numbers formats in the order in which it meets them in cells. `write_to` gives it all of them in
        one row, in the order of `_added`, and checks the numbers.
        """
        self._added.append(super().add_format(properties))
        return len(self._added)

    def cells(self, worksheet: Any) -> CellWriter:  # noqa: ANN401 - xlsxwriter has no types
        """What writes the cells of a worksheet."""
        self._sheets.append(_StreamedCells(worksheet, self._scratch, self._files))
        return self._sheets[-1]

    def write_to(self, target: BinaryIO) -> None:
        """Put the workbook together: the parts that xlsxwriter wrote, with the cells and links in them."""
        for column, cell_format in enumerate(self._added):
            self.file.worksheets()[0].write_blank(0, column, None, cell_format)
        self.file.close()
        with ZipFile(self.buffer) as frame, ZipFile(target, "w", ZIP_DEFLATED) as archive:
            self._check_format_numbers(frame)
            own = {name.format(at) for at in range(1, len(self._sheets) + 1) for name in (_SHEET, _TARGETS)}
            for name in frame.namelist():
                if name not in own:
                    _write_part(archive, name, frame.read(name))
            for at, sheet in enumerate(self._sheets, start=1):
                _write_sheet(archive, frame, at, sheet)

    def _check_format_numbers(self, frame: ZipFile) -> None:
        """Raise ValueError unless formats are numbered as `add_format` said."""
        numbers = [int(number) for number in _FORMAT_SAMPLE.findall(frame.read(_SHEET.format(1)))]
        if numbers != list(range(1, len(self._added) + 1)):
            raise ValueError(numbers)


class _CellStarts(dict[int, str]):
    """The XML of a cell up to its row number, by its column."""

    def __missing__(self, column: int) -> str:
        self[column] = f'<c r="{xl_col_to_name(column)}'
        return self[column]


_CELL_STARTS: Final = _CellStarts()


class _StreamedCells:
    """Writes the cells of a worksheet as XML, each row once the next one is begun; formats are their numbers.

    Raises ValueError for a cell in a row that is written already.
    """

    def __init__(self, worksheet: Any, scratch: Path, files: ExitStack) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """Write the cells of a worksheet to temporary files in `scratch`, which `files` closes."""
        self._worksheet = worksheet

        def temporary() -> IO[bytes]:
            return files.enter_context(SpooledTemporaryFile(_IN_MEMORY, dir=str(scratch)))

        self._rows, self._links, self._targets = temporary(), temporary(), temporary()
        self._row, self._number, self._points, self._fold = -1, "", 0.0, Fold.NONE
        self._cells: dict[int, str] = {}
        self._last = (0, 0)
        self._linked = 0

    @property
    def dimension(self) -> str:
        """The range of all cells."""
        last = xl_rowcol_to_cell(*self._last)
        return last if last == "A1" else f"A1:{last}"

    def blank(self, row: int, column: int, cell_format: int) -> None:
        """See CellWriter."""
        if row != self._row:
            self._begin(row)
        self._cells[column] = f'{_CELL_STARTS[column]}{self._number}" s="{cell_format}"/>'

    def text(self, row: int, column: int, text: str, cell_format: int) -> None:
        """See CellWriter."""
        if row != self._row:
            self._begin(row)
        held = _short_text_xml(text) if len(text) <= SHORT else _text_xml(text)
        self._cells[column] = (
            f'{_CELL_STARTS[column]}{self._number}" s="{cell_format}" t="inlineStr"><is>{held}</is></c>'
        )

    def number(self, row: int, column: int, number: float, cell_format: int) -> None:
        """See CellWriter."""
        if row != self._row:
            self._begin(row)
        self._cells[column] = f'{_CELL_STARTS[column]}{self._number}" s="{cell_format}"><v>{number:.16G}</v></c>'

    def formula(self, row: int, column: int, formula: str, *, value: float | str, cell_format: int) -> None:
        """See CellWriter."""
        if row != self._row:
            self._begin(row)
        kind = ' t="str"' if isinstance(value, str) else ""
        inside = f"<f>{_escape_text(formula.removeprefix('='))}</f><v>{_escape_text(str(value))}</v>"
        self._cells[column] = f'{_CELL_STARTS[column]}{self._number}" s="{cell_format}"{kind}>{inside}</c>'

    def link(self, row: int, column: int, *, target: str, text: str, tip: str, cell_format: int) -> None:  # noqa: PLR0913 - a cell and a link
        """See CellWriter."""
        self.text(row, column, text, cell_format)
        tooltip = f' tooltip="{_escape_attribute(tip)}"' if tip else ""
        if target.startswith(_INTERNAL):
            place = _escape_attribute(target.removeprefix(_INTERNAL))
            attributes = f'location="{place}"{tooltip} display="{_escape_attribute(text)}"'
        else:
            path, _, place = target.removeprefix(_EXTERNAL).partition("#")
            self._linked += 1
            location = f' location="{_escape_attribute(place)}"' if place else ""
            attributes = f'r:id="link{self._linked}"{location}{tooltip}'
            address = _escape_attribute(_windows_path(path))
            relationship = f'Id="link{self._linked}" Type="{_HYPERLINK}" Target="{address}"'
            self._targets.write(f'<Relationship {relationship} TargetMode="External"/>'.encode())
        self._links.write(f'<hyperlink ref="{xl_rowcol_to_cell(row, column)}" {attributes}/>'.encode())

    def height(self, row: int, points: float, fold: Fold = Fold.NONE) -> None:
        """See CellWriter."""
        if row != self._row:
            self._begin(row)
        self._points, self._fold = points, fold
        if row < _ROWS_OF_CHARTS:
            self._worksheet.set_row(row, points)
        if fold is not Fold.NONE:
            self._worksheet.outline_row_level = 1  # what xlsxwriter notes when it sets a folded row

    def finish(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        """Finish the last row; return the rows, the links and their targets, each to be read from its beginning."""
        self._end()
        for file in (self._rows, self._links, self._targets):
            file.seek(0)
        return self._rows, self._links, self._targets

    def _begin(self, row: int) -> None:
        """Finish the row before and begin this one."""
        if row < self._row:
            raise ValueError(_ROW_IS_WRITTEN)
        self._end()
        self._row, self._number = row, str(row + 1)

    def _end(self) -> None:
        """Write the row with its cells in the order of their columns."""
        if not self._cells and not self._points:
            return
        height = f' ht="{_whole_pixels(self._points):.16G}" customHeight="1"' if self._points else ""
        columns = sorted(self._cells)
        cells = "".join([self._cells[column] for column in columns])
        self._rows.write(f'<row r="{self._number}"{height}{_OUTLINE[self._fold]}>{cells}</row>'.encode())
        self._last = (self._row, max(self._last[1], columns[-1] if columns else 0))
        self._cells, self._points, self._fold = {}, 0.0, Fold.NONE


def _whole_pixels(points: float) -> float:
    """Round a height in points to whole pixels, as Excel does."""
    return int(points * 4 / 3 + 0.5) * 0.75


def _text_xml(text: str) -> str:
    """The XML of a text in its cell."""
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f"<t{space}>{_escape_text(text)}</t>"


_short_text_xml: Final = lru_cache(maxsize=4_096)(_text_xml)


def _escape_text(text: str) -> str:
    """Escape a text between tags."""
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    return escape(text)


def _escape_attribute(text: str) -> str:
    """Escape the value of an attribute."""
    return escape(text, _IN_QUOTES)


def _windows_path(path: str) -> str:
    r"""Write a path as links have it: with \, and as a URI where it is absolute."""
    path = path.replace("/", "\\")
    return f"file:///{path}" if path[1:2] == ":" or path.startswith("\\\\") else path.removeprefix(".\\")


def _write_sheet(archive: ZipFile, frame: ZipFile, at: int, sheet: _StreamedCells) -> None:
    """Write a worksheet with its cells and links, and the targets of its links."""
    rows, links, targets = sheet.finish()
    part = _DIMENSION.sub(sheet.dimension.encode(), frame.read(_SHEET.format(at)), count=1)
    above, below = _SHEET_DATA.split(part, maxsplit=1)
    between, end, rest = below.partition(_AFTER_LINKS)
    pieces: list[IO[bytes] | bytes] = [above, b"<sheetData>", rows, b"</sheetData>", between]
    pieces += [b"<hyperlinks>", links, b"</hyperlinks>"] if _size(links) else []
    _write_part(archive, _SHEET.format(at), *pieces, end + rest)
    name = _TARGETS.format(at)
    known = frame.read(name) if name in frame.NameToInfo else _NO_TARGETS
    if known is not _NO_TARGETS or _size(targets):
        above, end, rest = known.partition(_END_OF_TARGETS)
        _write_part(archive, name, above, targets, end + rest)


def _write_part(archive: ZipFile, name: str, *pieces: IO[bytes] | bytes) -> None:
    """Write a part from its pieces."""
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
    entry.file_size = sum(len(piece) if isinstance(piece, bytes) else _size(piece) for piece in pieces)
    with archive.open(entry, "w") as part:
        for piece in pieces:
            if isinstance(piece, bytes):
                part.write(piece)
            else:
                copyfileobj(piece, part, 1 << 16)


def _size(file: IO[bytes]) -> int:
    """Bytes of a file that is at its beginning, and is left there."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size
