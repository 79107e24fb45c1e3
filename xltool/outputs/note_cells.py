"""Write what an officer decided into review.xlsx, into the cells where the officer would type it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from xltool.findings import InputError
from xltool.outputs.officer_notes import KEY, MINOR_SHEET, NOTE, PROBLEM_SHEET, STATUS
from xltool.outputs.returned.cells import CellGrid
from xltool.outputs.returned.package import EditablePackage, NotEditableError
from xltool.outputs.returned.workbook_part import WorkbookPart
from xltool.outputs.sheets.texts import cell_text
from xltool.reader.guard import Refused, check
from xltool.reader.limits import LIMITS
from xltool.reader.ooxml.workbook import open_workbook
from xltool.storage import files

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.outputs.officer_notes import OfficerNote
    from xltool.reader.model import Sheet

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
        grid = CellGrid(package.edit(part))
    except (Refused, NotEditableError) as error:
        reason = getattr(error, "reason", str(error))
        raise InputError(NOT_EDITABLE.format(name=path.name, reason=reason)) from error
    grid.set_text((row, status), cell_text(note.status))
    grid.set_text((row, text), cell_text(note.note))
    files.write_whole(path, package.save())


def _place(sheet: Sheet, key: str) -> tuple[int, int, int] | None:
    """The row of a finding in a sheet, and the columns of its status and its note; columns go by their heads."""
    heads = {str(cell.value).strip(): column for (row, column), cell in sheet.cells.items() if row == 1}
    if not {STATUS, NOTE, KEY} <= set(heads):
        return None
    keys = heads[KEY]
    rows = (row for (row, column), cell in sheet.cells.items() if column == keys and row > 1 and cell.value == key)
    row = next(rows, None)
    return None if row is None else (row, heads[STATUS], heads[NOTE])
