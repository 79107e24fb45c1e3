"""Workbooks in other formats than .xlsx, as plain objects: .xls and .et, .xlsb, .ods.

Each is read by what keeps most of the file: xlrd for .xls and .et (formats, errors, merges), our own pass over
content.xml for .ods (merges, percentages) and over the records of an .xlsb (`binary`), calamine for an .xls that xlrd
does not read (values only), LibreOffice for an .xls that neither reads. Formulas are not read, only their stored
results. Call `guard.check` first.
"""

from __future__ import annotations

import datetime as dt
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from xltool.reader.a1 import COLUMNS, ROWS
from xltool.reader.formats.binary import open_xlsb
from xltool.reader.formats.legacy import open_xls, stored_text
from xltool.reader.formats.opendocument import open_ods
from xltool.reader.guard import Code, FileFormat, Refused
from xltool.reader.limits import LIMITS, too_many_cells, too_many_merges
from xltool.reader.model import Book, Cell, Sheet, Value, Visibility
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata


_STATES: Final[dict[str, Visibility]] = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "veryHidden"}
_DAY: Final = 86_400


def open_tables(path: Path, kind: FileFormat) -> Book:
    """Read an .xls, .et, .xlsb or .ods workbook; `Refused` if it cannot be read whole."""
    book = {FileFormat.ODS: open_ods, FileFormat.XLSB: open_xlsb}.get(kind, _open_xls)(path)
    for sheet in book.sheets:
        _normalise(sheet)
        if len(sheet.merges) > LIMITS.merged_ranges:
            raise Refused(Code.TOO_MANY, too_many_merges(sheet.name))
    if sum(len(sheet.cells) for sheet in book.sheets) > LIMITS.filled_cells:
        raise Refused(Code.TOO_MANY, too_many_cells())
    return book


def _normalise(sheet: Sheet) -> None:
    """Correct what libraries let pass: numbers that are not finite become texts, merges end where a sheet ends.

    `Refused` where cells lie beyond the last row or column.
    """
    rows, columns = sheet.extent
    if rows > ROWS or columns > COLUMNS:
        raise Refused(Code.CORRUPT, f"文件已损坏：工作表“{sheet.name}”的单元格超出工作表范围")
    for cell in sheet.cells.values():
        if isinstance(cell.value, float) and not isfinite(cell.value):
            cell.value, cell.raw = str(cell.value), None
    sheet.merges = [
        (top, left, min(bottom, ROWS), min(right, COLUMNS))
        for top, left, bottom, right in sheet.merges
        if 1 <= top <= bottom and 1 <= left <= right and top <= ROWS and left <= COLUMNS
    ]


def _open_xls(path: Path) -> Book:
    """Read an .xls with xlrd, with calamine where xlrd fails, or with LibreOffice where both fail."""
    from xltool.reader.formats.biff import check_size, find_active_content  # noqa: PLC0415 - only who gets an .xls pays for it

    check_size(path)
    try:
        book = open_xls(path)
    except (MemoryError, Refused):
        raise
    except Exception:  # noqa: BLE001 - xlrd lets everything out: AssertionError, struct.error, IndexError, UnicodeError
        book = _open_damaged(path)
    book.active_content = find_active_content(path)
    return book


def _open_damaged(path: Path) -> Book:
    """Read an .xls that xlrd does not read, if none of its sheets spans too large a rectangle.

    LibreOffice mends what is damaged, and does not say what is lost; so it is asked about a whole file only.
    """
    from xltool.reader.formats import office  # noqa: PLC0415 - few files come here
    from xltool.reader.formats.biff import areas, is_whole  # noqa: PLC0415
    from xltool.reader.program import soffice  # noqa: PLC0415

    largest = max(areas(path), default=0)
    if largest > LIMITS.spanned_cells:
        raise Refused(
            Code.TOO_LARGE, f"一个工作表的数据散布在 {largest:,} 个单元格的范围内，超过上限 {LIMITS.spanned_cells:,} 个"
        )
    try:
        return open_calamine(path)
    except Refused as refusal:
        if refusal.code != Code.CORRUPT or soffice() is None or not is_whole(path):
            raise
        try:
            return office.open_converted(path, office.OLD_WORKBOOK)
        except Refused as failure:
            raise refusal from failure


def open_calamine(path: Path) -> Book:
    """Read the values of a workbook with calamine."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only who needs it pays for it

    try:
        with path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as source:
            return Book([_sheet(source, each) for each in source.sheets_metadata if _is_worksheet(each)])
    except (KeyboardInterrupt, SystemExit, MemoryError, Refused):
        raise
    except OSError as error:
        if error.errno is None:  # raised by calamine itself: the content is damaged
            raise _corrupt(error) from error
        raise Refused(Code.UNREADABLE, f"文件无法读取：{words_of(error)}") from error
    except BaseException as error:  # a panic in Rust arrives as a BaseException
        raise _corrupt(error) from error


def _corrupt(error: BaseException) -> Refused:
    """The refusal of a damaged workbook."""
    return Refused(Code.CORRUPT, f"文件已损坏：表格内容无法解析（{str(error)[:200]}）")


def _is_worksheet(listed: SheetMetadata) -> bool:
    """Whether a listed sheet is a worksheet, not a chart, dialog or macro sheet."""
    return str(listed.typ).endswith("WorkSheet")


def _sheet(source: CalamineWorkbook, listed: SheetMetadata) -> Sheet:
    """One worksheet."""
    read: CalamineSheet = source.get_sheet_by_name(listed.name)
    sheet = Sheet(listed.name, _STATES.get(str(listed.visible).rpartition(".")[2], "visible"))
    sheet.merges = [
        (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in read.merged_cell_ranges or ()
    ]
    if read.start is None:
        return sheet
    left = read.start[1]
    for row, values in enumerate(read.to_python(skip_empty_area=True), read.start[0] + 1):
        for column, value in enumerate(values, left + 1):
            if value != "":
                sheet.cells[row, column] = _cell(value)
        if len(sheet.cells) > LIMITS.filled_cells:
            raise Refused(Code.TOO_MANY, too_many_cells())
    return sheet


def _cell(value: Any) -> Cell:  # noqa: ANN401 - as calamine types it
    """One value as the other readers give it: days without a time of day as dates, times and durations in days."""
    raw = None
    read: Value = value
    if isinstance(value, dt.timedelta):
        read = value.total_seconds() / _DAY
    elif isinstance(value, dt.time):
        read = (value.hour * 3600 + value.minute * 60 + value.second) / _DAY
    elif isinstance(value, dt.datetime) and value.time() == dt.time.min:
        read = value.date()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        read, raw = float(value), stored_text(float(value))
    return Cell(read, raw=raw)
