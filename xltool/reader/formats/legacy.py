"""An .xls or .et workbook as plain objects, through xlrd.

xlrd is used and not calamine because the meaning of a number depends on its format (a 1 shown as 100%), and calamine
gives neither formats nor error cells. Where xlrd fails, `tables` reads the values with calamine. Of formulas the
stored results are read.
"""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from xltool.reader.guard import ENCRYPTED, Code, Refused
from xltool.reader.model import Book, Cell, Sheet, Visibility
from xltool.reader.ole import workbook_stream
from xltool.reader.ooxml.styles import as_date, is_date_format

if TYPE_CHECKING:
    from pathlib import Path

    from xlrd.book import Book as Workbook
    from xlrd.sheet import Sheet as Worksheet

    from xltool.reader.model import Value

_STATES: Final[dict[int, Visibility]] = {0: "visible", 1: "hidden", 2: "veryHidden"}
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = range(1, 6)
_UNNAMED: Final = {"", "General"}


def open_xls(path: Path) -> Book:
    """The workbook; raises whatever xlrd raises on a file it cannot read, which is many things.

    xlrd checks more of the container than it needs, and fails where other programs read on: then it is given only
    the workbook stream.
    """
    import xlrd  # noqa: PLC0415 - only who gets an .xls pays for it
    from xlrd.biffh import XLRDError  # noqa: PLC0415
    from xlrd.compdoc import CompDocError  # noqa: PLC0415

    open_workbook = partial(xlrd.open_workbook, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    try:
        source = open_workbook(str(path))
    except (CompDocError, AssertionError, IndexError):
        source = open_workbook(file_contents=workbook_stream(path))
    except XLRDError as error:
        if "encrypted" in str(error):
            raise Refused(Code.ENCRYPTED, ENCRYPTED) from error
        raise
    with source:
        formats = _formats(source)
        sheets = [_sheet(sheet, formats, date1904=bool(source.datemode)) for sheet in source.sheets()]
        return Book(sheets, date1904=bool(source.datemode))


def stored_text(number: float) -> str:
    """A number as a file would store it as text.

    >>> stored_text(12.0), stored_text(0.1)
    ('12', '0.1')
    """
    return repr(number).removesuffix(".0")


def _formats(source: Workbook) -> list[str]:
    """Number format of each cell style."""
    known = {key: str(each.format_str) for key, each in source.format_map.items()}
    return [known.get(style.format_key, "") or "General" for style in source.xf_list]


def _sheet(source: Worksheet, formats: list[str], *, date1904: bool) -> Sheet:
    """One worksheet."""
    sheet = Sheet(source.name, _STATES.get(source.visibility, "visible"))
    for row in range(source.nrows):
        kinds, values = source.row_types(row), source.row_values(row)
        for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if _TEXT <= kind <= _ERROR and value != "":
                number_format = formats[source.cell_xf_index(row, column)]
                sheet.cells[row + 1, column + 1] = _cell(kind, value, number_format, date1904=date1904)
    sheet.merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in source.merged_cells]
    sheet.hidden_rows = {row + 1 for row, info in source.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = {column + 1 for column, info in source.colinfo_map.items() if info.hidden}
    return sheet


def _cell(kind: int, value: Any, number_format: str, *, date1904: bool) -> Cell:  # noqa: ANN401 - as xlrd types it
    """One cell that holds something."""
    read: Value = str(value)
    raw = None
    if kind in {_NUMBER, _DATE}:
        number, raw = float(value), stored_text(float(value))
        dated = is_date_format(number_format) or (kind == _DATE and number_format in _UNNAMED)
        read = as_date(number, date1904=date1904) if dated else number
    elif kind == _BOOLEAN:
        read = bool(value)
    elif kind == _ERROR:
        from xlrd import error_text_from_code  # noqa: PLC0415 - only where there is an error

        read = error_text_from_code.get(value, "#N/A")
    return Cell(read, number_format, error=kind == _ERROR, raw=raw)
