"""Write what an officer decided into review.xlsx, into the cells where the officer would type it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lxml import etree

from xltool.findings import InputError
from xltool.outputs.officer_notes import KEY, MINOR_SHEET, NOTE, PROBLEM_SHEET, STATUS
from xltool.outputs.returned.cells import CellGrid
from xltool.outputs.returned.package import PARSER, EditablePackage, NotEditableError
from xltool.outputs.returned.workbook_part import WorkbookPart
from xltool.outputs.sheets.texts import cell_text
from xltool.reader.guard import Refused, check
from xltool.reader.limits import LIMITS
from xltool.reader.ooxml.workbook import open_workbook
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xltool.outputs.officer_notes import OfficerNote
    from xltool.outputs.returned.cells import CellRef
    from xltool.reader.model import Sheet

_START, _END = b"<sheetData>", b"</sheetData>"
_ROOT: Final = b"<worksheet"
_ROW_END: Final = b"</row>"
_ROW: Final = re.compile(rb"<row [^<>]*>")
_NUMBER: Final = re.compile(rb'\sr="(\d{1,7})"')
NOT_LISTED: Final = "{name} 里没有这条问题（可能已经重新审核过），没有写入；请刷新页面"
NOT_EDITABLE: Final = "{name} 不能写入（{reason}），请在 WPS 里填写处理状态"


def write_note(path: Path, key: str, note: OfficerNote) -> None:
    """Write status and note of the finding with this key; everything else in the workbook stays as it is.

    Raises InputError where the review has no such finding or cannot be edited, OSError where it cannot be written.
    """
    try:
        check(path, replace(LIMITS, filled_cells=LIMITS.review_cells))
        book = open_workbook(path, sheets=(PROBLEM_SHEET, MINOR_SHEET), filled=LIMITS.review_cells)
        places = ((sheet, place) for sheet in book.sheets if (place := _place(sheet, key)) is not None)
        sheet, (row, status, text) = next(places, (None, (0, 0, 0)))
        if sheet is None:
            raise InputError(NOT_LISTED.format(name=path.name))
        package = EditablePackage(path.read_bytes())
        part = next(each.part for each in WorkbookPart(package).sheets if each.name == sheet.name)
        texts = {(row, status): cell_text(note.status), (row, text): cell_text(note.note)}
        _set_texts(package, part, row, texts)
    except (Refused, NotEditableError) as error:
        reason = getattr(error, "reason", str(error))
        raise InputError(NOT_EDITABLE.format(name=path.name, reason=reason)) from error
    files.write_whole(path, package.save())


def _set_texts(package: EditablePackage, part: str, row: int, texts: Mapping[CellRef, str]) -> None:
    """Set texts in a row of a sheet; only this row is parsed, for the list of a province has a gigabyte as a tree."""
    data = package.read(part, LIMITS.part_size)
    head, place = _head(data), _row(data, row)
    if head is None or place is None:  # with a prefix before each name, or in another encoding
        grid = CellGrid(package.edit(part))
        for ref, text in texts.items():
            grid.set_text(ref, text)
        return
    root = etree.fromstring(b"".join((head, _START, data[place], _END, b"</worksheet>")), PARSER)
    grid = CellGrid(root)
    for ref, text in texts.items():
        grid.set_text(ref, text)
    changed = etree.tostring(root, encoding="utf-8")
    own = changed[changed.index(_START) + len(_START) : changed.rindex(_END)]
    package.write(part, b"".join((data[: place.start], own, data[place.stop :])))


def _head(data: bytes) -> bytes | None:
    """The first tag of a sheet in UTF-8, with the namespaces that its rows use; None for any other part."""
    start = data.find(_ROOT)
    declared = data[: max(start, 0)].strip().lower()
    is_utf8 = b"encoding" not in declared or b"utf-8" in declared
    return data[start : data.find(b">", start) + 1] if start >= 0 and is_utf8 else None


def _row(data: bytes, row: int) -> slice | None:
    """Where the row with this number stands in a sheet."""
    for tag in _ROW.finditer(data):
        number = _NUMBER.search(tag[0])
        if number is not None and int(number[1]) == row:
            end = tag.end() if tag[0].endswith(b"/>") else data.find(_ROW_END, tag.end()) + len(_ROW_END)
            return slice(tag.start(), end) if end > tag.start() else None
    return None


def _place(sheet: Sheet, key: str) -> tuple[int, int, int] | None:
    """The row of a finding in a sheet, and the columns of its status and its note; columns go by their heads."""
    heads = {str(cell.value).strip(): column for (row, column), cell in sheet.cells.items() if row == 1}
    if not {STATUS, NOTE, KEY} <= set(heads):
        return None
    keys = heads[KEY]
    rows = (row for (row, column), cell in sheet.cells.items() if column == keys and row > 1 and cell.value == key)
    row = next(rows, None)
    return None if row is None else (row, heads[STATUS], heads[NOTE])
