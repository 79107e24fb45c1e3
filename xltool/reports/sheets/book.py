"""The workbook the sheets are in: one look, held in memory or written to a file row by row.

A list of any length is written in the memory of a row: what stands on a sheet is written from top to bottom, and what
was written is gone once the next row begins. Texts stand in their cells then, not in a table of all texts: that would
have to be held until the end.
"""

from __future__ import annotations

import io
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from xltool.files import universal
from xltool.reports.sheets.paper import COLOURS, FONT, NAVY, PALE, RULE_LINE, Paper
from xltool.reports.sheets.texts import cell_text, sheet_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from xltool.reports.sheets.paper import Column

_FONT: Final[dict[str, Any]] = {
    "font_name": FONT,
    "font_size": 10,
    "font_family": 2,
    "font_charset": 134,
    "font_scheme": "none",
}
_CELL: Final[dict[str, Any]] = {"border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
_STYLES: Final[dict[str, dict[str, Any]]] = {
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
_STYLES.update(
    {
        f"total_{name}": _STYLES[name] | {"bold": True, "bg_color": PALE, "font_color": NAVY}
        for name in ("text", "count", "score", "money", "rate")
    }
)
_STYLES.update(
    {
        f"mark_{label}": _CELL | {"bold": True, "align": "center", "font_color": ink, "bg_color": fill}
        for label, (ink, fill) in COLOURS.items()
    }
)
_OPTIONS: Final = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_format_properties": dict(_FONT),
}  # fmt: skip
_SIZES: Final = ("row_info", "set_rows", "row_sizes")
"""What xlsxwriter (before 3.2.6 by the second name) notes of every row that has a height, some 400 bytes each."""
_NEAR: Final = 1_000
"""Rows whose heights are kept: charts and comments, which are placed by them, all stand near the top."""


class _Looks(dict[str, Any]):
    """Cell formats by the names of styles, made when first asked for; styles that look the same are one format."""

    def __init__(self, file: Any, more: dict[str, Any]) -> None:  # noqa: ANN401 - xlsxwriter has no types
        super().__init__()
        self._file, self._more = file, more
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        properties = tuple(sorted((_FONT | _STYLES[name] | self._more).items()))
        if properties not in self._made:
            self._made[properties] = self._file.add_format(dict(properties))
        self[name] = self._made[properties]
        return self[name]


class Book:
    """A workbook; its bytes depend on nothing but what is written and `made_at`."""

    def __init__(self, file: Any, title: str, made_at: datetime) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """A workbook with nothing in it but its document properties."""
        self.file = file
        self.file.set_properties({"title": cell_text(title)[:250], "author": "xltool", "created": universal(made_at)})
        self.file.set_size(24_000, 14_000)
        self.looks = _Looks(file, {})
        """The format of a cell by the name of its style."""
        self.quoted = _Looks(file, {"quote_prefix": True})
        """Likewise, of one whose text stays a text even when the cell is edited."""
        self.names: list[str] = []

    def colour(self, pair: tuple[str, str]) -> Any:  # noqa: ANN401 - xlsxwriter has no types
        """A format for conditional formatting: ink and fill."""
        return self.file.add_format({"font_color": pair[0], "bg_color": pair[1]})

    def sheet(self, name: str, columns: Sequence[Column] = (), *, tab: str = NAVY) -> Paper:
        """A new sheet, under a name Excel takes."""
        self.names.append(sheet_name(name, self.names))
        return Paper(self, self.names[-1], columns, tab)

    def has(self, sheet: Any, row: int) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """Told that all of a row has been given."""


class Held(Book):
    """A workbook in memory."""

    def __init__(self, title: str, made_at: datetime) -> None:
        """An empty one."""
        self._buffer = io.BytesIO()
        super().__init__(xlsxwriter.Workbook(self._buffer, _OPTIONS | {"in_memory": True}), title, made_at)

    def close(self) -> bytes:
        """The finished workbook."""
        self.file.close()
        return self._buffer.getvalue()


class _Streamed(Book):
    """A workbook that is written as it is made."""

    def has(self, sheet: Any, row: int) -> None:  # noqa: ANN401 - xlsxwriter has no types
        """Forget the height of the row before: that one is written."""
        if row > _NEAR:
            for name in _SIZES:
                getattr(sheet, name, {}).pop(row - 1, None)


@contextmanager
def streamed(target: BinaryIO, scratch: Path, title: str, made_at: datetime) -> Iterator[Book]:
    """A workbook that is written to `target`, row by row, and finished where nothing goes wrong.

    Rows given lie in files in the folder `scratch`, of which nothing is left. Raises OSError where something cannot be
    written.
    """
    sink = _Sink(target)
    try:
        with TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as folder:
            file = xlsxwriter.Workbook(sink, _OPTIONS | {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
            try:
                yield _Streamed(file, title, made_at)
                file.close()
            finally:
                _close_rows(file)
    except FileCreateError as error:
        raise error.args[0] from error
    finally:
        sink.shut()


def _close_rows(file: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Close what xlsxwriter leaves open where it is broken off: Windows removes no open file."""
    for sheet in file.worksheets():
        for name in ("row_data_fh", "fh"):
            with suppress(OSError):
                getattr(sheet, name).close()


class _Sink:
    """What a zip is written to. One left half-written writes its end when it is collected: that goes nowhere."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file
        self._at = 0

    def shut(self) -> None:
        """Let everything after this go nowhere."""
        self._file = None

    def write(self, data: bytes) -> int:
        if self._file is not None:
            return self._file.write(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at if self._file is None else self._file.tell()

    def seek(self, offset: int) -> int:
        self._at = offset
        return offset if self._file is None else self._file.seek(offset)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()
