"""The output of `read`: what was read, as csv, Parquet or one workbook."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from xltool.auditing.tables.frames import frames, storable
from xltool.forms.manifest import AUTHOR
from xltool.outputs import frames as stored
from xltool.outputs.sheets.texts import cell_text
from xltool.storage.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from xltool.reader.records import FileRecord

_FORMULA_STARTS = (*"=+-@\t\r\n", *"＝＋－＠")
"""First characters that make a cell a formula; Chinese and Japanese spreadsheets accept the wide ones too."""


def write_tables(records: Sequence[FileRecord], kind: str, out: Path) -> list[Path]:
    """Write the four tables: a file for each into the folder `out` (csv, parquet), or one workbook `out` (xlsx).

    Raises OSError.
    """
    if kind == "parquet":
        return stored.write_tables(records, out)
    tables = {name: storable(frame) for name, frame in vars(frames(records)).items()}
    if kind == "xlsx":
        write_whole(out, _workbook(tables))
        return [out]
    paths = []
    for name, frame in tables.items():
        path = out / f"{name}.csv"
        write_whole(path, _csv(frame))
        paths.append(path)
    return paths


def _csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which Excel and WPS need; texts that a spreadsheet would run are defused.

    Rows end with CR and LF (RFC 4180). Python before 3.13 quotes a text with a line break only if rows end with that
    character: otherwise a carriage return within a text would begin a row, and what follows could be a formula.
    """
    return frame.map(_defused).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _workbook(tables: dict[str, pd.DataFrame]) -> bytes:
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"author": AUTHOR})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    for name, frame in tables.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(frame.columns):
            sheet.write_string(0, column, str(title), head)
            for row, value in enumerate(frame[title], start=1):
                _write(sheet, row, column, value)
    book.close()
    return buffer.getvalue()


def _write(sheet: object, row: int, column: int, value: object) -> None:
    if isinstance(value, dict):
        value = "，".join(f"{key}={item}" for key, item in value.items() if item is not None)
    if isinstance(value, str):
        sheet.write_string(row, column, cell_text(value))  # type: ignore[attr-defined] # a worksheet
    elif isinstance(value, int | float) and value == value:  # noqa: PLR0124 - NaN
        sheet.write_number(row, column, value)  # type: ignore[attr-defined]
