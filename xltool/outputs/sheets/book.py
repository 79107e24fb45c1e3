"""The workbook the sheets are in: one look, held in memory or written to a file row by row.

What is written row by row takes the memory of a row, however long its lists are. xlsxwriter makes all of it but cells
and links, which are put into its parts as they come from `cells`. Texts stand in their cells then: a table of all texts
would have to be held until the end.
"""

from __future__ import annotations

import io
import re
from contextlib import ExitStack, contextmanager
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter

from xltool.forms.manifest import AUTHOR
from xltool.outputs.sheets.cells import Given, Written
from xltool.outputs.sheets.paper import COLOURS, FONT, NAVY, PALE, RULE_LINE, Paper
from xltool.outputs.sheets.texts import cell_text, sheet_name
from xltool.storage.files import universal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import IO, BinaryIO

    from xltool.outputs.sheets.cells import Cells
    from xltool.outputs.sheets.paper import Column

_FONT: Final[dict[str, Any]] = {
    "font_name": FONT,
    "font_size": 10,
    "font_family": 2,
    "font_charset": 134,
    "font_scheme": "none",
}
_CELL: Final[dict[str, Any]] = {"border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 18, "font_color": NAVY, "valign": "vcenter"},
    "subtitle": {"font_color": "#595959", "valign": "vcenter"},
    "head": _CELL | {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "align": "center", "text_wrap": True},
    "card_label": {"font_color": "#595959", "bg_color": PALE, "align": "center", "valign": "bottom"},
    "card": {"bold": True, "font_size": 18, "font_color": NAVY, "bg_color": PALE, "align": "center", "valign": "top"},
    "text": _CELL | {"text_wrap": True, "indent": 1},
    "line": _CELL | {"indent": 1},
    "centre": _CELL | {"align": "center", "text_wrap": True},
    "hint": {"font_color": "#595959", "valign": "vcenter", "text_wrap": True},
    "note": {"font_color": "#595959", "italic": True},
    "link": _CELL | {"font_color": "#0B5CAD", "underline": 1, "text_wrap": True, "indent": 1},
    "link_plain": {"font_color": "#0B5CAD", "underline": 1, "valign": "vcenter"},
    "link_centre": _CELL | {"font_color": "#0B5CAD", "underline": 1, "align": "center", "text_wrap": True},
    "integer": _CELL | {"num_format": "#,##0", "align": "center"},
    "count": _CELL | {"num_format": "#,##0"},
    "plain": _CELL | {"num_format": "0", "align": "center"},
    "score": _CELL | {"num_format": "0.00"},
    "difference": _CELL | {"num_format": "+0.00;-0.00;0.00"},
    "money": _CELL | {"num_format": "#,##0.00"},
    "rate": _CELL | {"num_format": "0.00%"},
    "date": _CELL | {"num_format": "yyyy-mm-dd", "align": "center"},
}
STYLES.update(
    {
        f"total_{name}": STYLES[name] | {"bold": True, "bg_color": PALE, "font_color": NAVY}
        for name in ("text", "count", "score", "money", "rate")
    }
)
STYLES.update(
    {
        f"mark_{label}": _CELL | {"bold": True, "align": "center", "font_color": ink, "bg_color": fill}
        for label, (ink, fill) in COLOURS.items()
    }
)
_OPTIONS: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_format_properties": dict(_FONT),
}  # fmt: skip
_SHEET, _TARGETS = "xl/worksheets/sheet{}.xml", "xl/worksheets/_rels/sheet{}.xml.rels"
_RANGE: Final = re.compile(rb'(?<=<dimension ref=")[^"]*')
_ROWS: Final = re.compile(rb"<sheetData(?:/>|>.*</sheetData>)", re.DOTALL)
_SAMPLE: Final = re.compile(rb'<c r="[A-Z]+1" s="([0-9]+)"/>')
_AFTER_LINKS: Final = b"<pageMargins"
_NO_TARGETS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_END_OF_TARGETS: Final = b"</Relationships>"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


class _Looks(dict[str, Any]):
    """What a book has for the names of styles, made when first asked for; styles that look the same are one."""

    def __init__(self, make: Callable[[dict[str, Any]], Any], more: dict[str, Any]) -> None:
        super().__init__()
        self._make, self._more = make, more
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - that of its book
        properties = tuple(sorted((_FONT | STYLES[name] | self._more).items()))
        if properties not in self._made:
            self._made[properties] = self._make(dict(properties))
        self[name] = self._made[properties]
        return self[name]


class Book:
    """A workbook; its bytes depend on nothing but what is written and `made_at`."""

    def __init__(self, title: str, made_at: datetime) -> None:
        """A workbook with nothing in it but its document properties."""
        self._buffer = io.BytesIO()
        self.file = xlsxwriter.Workbook(self._buffer, _OPTIONS)
        self.file.set_properties({"title": cell_text(title)[:250], "author": AUTHOR, "created": universal(made_at)})
        self.file.set_size(24_000, 14_000)
        self.looks = _Looks(self._look, {})
        """What a cell is given for the name of its style."""
        self.quoted = _Looks(self._look, {"quote_prefix": True})
        """Likewise, where a text has to stay a text even when the cell is edited."""
        self.names: list[str] = []

    def _look(self, properties: dict[str, Any]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        return self.file.add_format(properties)

    def colour(self, pair: tuple[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A format for conditional formatting: ink and fill."""
        return self.file.add_format({"font_color": pair[0], "bg_color": pair[1]})

    def chart(self, kind: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A chart with nothing in it."""
        return self.file.add_chart({"type": kind})

    def sheet(self, name: str, columns: Sequence[Column] = (), *, tab: str = NAVY) -> Paper:
        """A new sheet, under a name Excel takes."""
        self.names.append(sheet_name(name, self.names))
        sheet = self.file.add_worksheet(self.names[-1])
        return Paper(self, sheet, self._cells(sheet), columns, tab)

    def _cells(self, sheet: Any) -> Cells:  # noqa: ANN401 - xlsxwriter has no types
        return Given(sheet)


class Held(Book):
    """A workbook in memory."""

    def close(self) -> bytes:
        """The finished workbook."""
        self.file.close()
        return self._buffer.getvalue()


class _Streamed(Book):
    """A workbook whose cells are written as they are given."""

    def __init__(self, title: str, made_at: datetime, scratch: Path, files: ExitStack) -> None:
        super().__init__(title, made_at)
        self._scratch, self._files = scratch, files
        self._formats: list[Any] = []
        self._sheets: list[Written] = []

    def _look(self, properties: dict[str, Any]) -> int:
        """The number xlsxwriter gives a format: it counts those it finds in cells, and finds them all in a row."""
        self._formats.append(super()._look(properties))
        return len(self._formats)

    def _cells(self, sheet: Any) -> Cells:  # noqa: ANN401 - xlsxwriter has no types
        self._sheets.append(Written(sheet, self._scratch, self._files))
        return self._sheets[-1]

    def finish(self, target: BinaryIO) -> None:
        """Put it together: xlsxwriter's parts, cells and links among them."""
        for column, look in enumerate(self._formats):
            self.file.worksheets()[0].write_blank(0, column, None, look)
        self.file.close()
        with ZipFile(self._buffer) as frame, ZipFile(target, "w", ZIP_DEFLATED) as made:
            self._check_looks(frame)
            own = {name.format(at) for at in range(1, len(self._sheets) + 1) for name in (_SHEET, _TARGETS)}
            for name in frame.namelist():
                if name not in own:
                    _put(made, name, frame.read(name))
            for at, sheet in enumerate(self._sheets, start=1):
                _put_sheet(made, frame, at, sheet)

    def _check_looks(self, frame: ZipFile) -> None:
        """Make sure that formats are counted as they were thought to be."""
        found = [int(one) for one in _SAMPLE.findall(frame.read(_SHEET.format(1)))]
        if found != list(range(1, len(self._formats) + 1)):
            raise ValueError(found)


@contextmanager
def streamed(target: BinaryIO, scratch: Path, title: str, made_at: datetime) -> Iterator[Book]:
    """A workbook that is written to `target`, and finished where nothing goes wrong.

    Rows lie in files in the folder `scratch` until then; of these nothing is left. Raises OSError where something
    cannot be written.
    """
    with ExitStack() as files:
        book = _Streamed(title, made_at, scratch, files)
        yield book
        book.finish(target)


def _put_sheet(file: ZipFile, frame: ZipFile, at: int, sheet: Written) -> None:
    """A worksheet with its cells, and where its links lead."""
    rows, links, targets = sheet.finished()
    part = _RANGE.sub(sheet.reaches.encode(), frame.read(_SHEET.format(at)), count=1)
    above, below = _ROWS.split(part, maxsplit=1)
    between, end, rest = below.partition(_AFTER_LINKS)
    pieces: list[IO[bytes] | bytes] = [above, b"<sheetData>", rows, b"</sheetData>", between]
    pieces += [b"<hyperlinks>", links, b"</hyperlinks>"] if _size(links) else []
    _put(file, _SHEET.format(at), *pieces, end + rest)
    name = _TARGETS.format(at)
    known = frame.read(name) if name in frame.NameToInfo else _NO_TARGETS
    if known is not _NO_TARGETS or _size(targets):
        above, end, rest = known.partition(_END_OF_TARGETS)
        _put(file, name, above, targets, end + rest)


def _put(file: ZipFile, name: str, *pieces: IO[bytes] | bytes) -> None:
    """A part from pieces."""
    entry = ZipInfo(name, _LONG_AGO)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
    entry.file_size = sum(len(piece) if isinstance(piece, bytes) else _size(piece) for piece in pieces)
    with file.open(entry, "w") as part:
        for piece in pieces:
            if isinstance(piece, bytes):
                part.write(piece)
            else:
                copyfileobj(piece, part, 1 << 16)


def _size(file: IO[bytes]) -> int:
    """Bytes of a file that stands at its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size
