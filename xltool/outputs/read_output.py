"""The output of `read`: what was read, as csv, Parquet or one workbook."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from xltool.forms.manifest import AUTHOR
from xltool.outputs import frames
from xltool.outputs.sheets.texts import cell_text
from xltool.storage.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from xltool.auditing.tables.tidy import Record
    from xltool.reader.records import FileRecord

_FORMULA_STARTS = (*"=+-@\t\r\n", *"＝＋－＠")
"""First characters that make a cell a formula; Chinese and Japanese spreadsheets accept the wide ones too."""


def write_tables(records: Sequence[FileRecord], kind: str, out: Path) -> list[Path]:
    """Write the four tables: a file for each into the folder `out` (csv, parquet), or one workbook `out` (xlsx).

    Raises OSError.
    """
    if kind == "parquet":
        return frames.write_tables(records, out)
    tables = {name: rows_of(records) for name, rows_of in frames.ROWS.items()}
    if kind == "xlsx":
        write_whole(out, _workbook(tables))
        return [out]
    paths = []
    for name, rows in tables.items():
        path = out / f"{name}.csv"
        write_whole(path, _csv(frames.SCHEMAS[name].names, rows))
        paths.append(path)
    return paths


def _csv(columns: Sequence[str], rows: Iterable[Record]) -> bytes:
    """UTF-8 with a byte order mark, which Excel and WPS need; texts that a spreadsheet would run are defused.

    Rows end with CR and LF (RFC 4180). Python before 3.13 quotes a text with a line break only if rows end with that
    character: otherwise a carriage return within a text would begin a row, and what follows could be a formula.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_defused(row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _workbook(tables: Mapping[str, Sequence[Record]]) -> bytes:
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"author": AUTHOR})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    for name, rows in tables.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(frames.SCHEMAS[name].names):
            sheet.write_string(0, column, title, head)
            for row, values in enumerate(rows, start=1):
                _write(sheet, row, column, values.get(title))
    book.close()
    return buffer.getvalue()


def _write(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, dict):
        value = "，".join(f"{key}={item}" for key, item in value.items() if item is not None)
    if isinstance(value, str):
        sheet.write_string(row, column, cell_text(value))
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
