"""What the officer noted beside the findings of a review, read for the next review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from xltool.findings import InputError
from xltool.reader.guard import Refused, check
from xltool.reader.limits import LIMITS
from xltool.reader.ooxml.workbook import open_workbook
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.reader.model import Sheet

PROBLEM_SHEET, MINOR_SHEET, GONE_SHEET = "问题清单", "次要事项", "已消失问题的处理记录"
SHEETS: Final = (PROBLEM_SHEET, MINOR_SHEET, GONE_SHEET)
"""The two sheets of findings, and the sheet of notes on findings that are gone."""
STATUS, NOTE, KEY = "处理状态", "处理备注", "问题编号"
ABOUT: Final = ("单位", "表", "项目", "规则", "位置", "问题")
STATES: Final = ("待处理", "已联系单位", "已退回", "说明认可", "不作问题")


@dataclass(frozen=True)
class OfficerNote:
    """What an officer noted beside a finding; `about` describes the finding for the time when it is gone."""

    status: str = ""
    note: str = ""
    about: tuple[str, ...] = ()


def load(path: Path) -> dict[str, OfficerNote]:
    """Read the notes in the review at `path`, by the keys of their findings; none where there is no review yet.

    Raises ValueError, in Chinese, where the file cannot be read: writing over it would lose the notes.
    """
    if not path.exists():
        return {}
    try:
        check(path, replace(LIMITS, filled_cells=LIMITS.review_cells))
        book = open_workbook(path, sheets=SHEETS, filled=LIMITS.review_cells)
    except (Refused, OSError) as error:
        reason = error.reason if isinstance(error, Refused) else words_of(error)
        msg = f"上次的 {path.name} 无法读取（{reason}），其中填写的处理状态会丢失；请修复或移走后再运行：{path}"
        raise InputError(msg) from error
    return {key: handling for sheet in book.sheets if sheet.name in SHEETS for key, handling in _rows(sheet)}


def _rows(sheet: Sheet) -> Iterator[tuple[str, OfficerNote]]:
    """Rows with a status or a note; columns go by their heads, because officers move them."""
    heads = {str(cell.value).strip(): column for (row, column), cell in sheet.cells.items() if row == 1}
    if not {STATUS, NOTE, KEY} <= set(heads):
        return
    for row in sorted({row for row, _ in sheet.cells if row > 1}):
        words = {head: _text(sheet, row, column) for head, column in heads.items()}
        if words[KEY] and (words[STATUS] or words[NOTE]):
            yield words[KEY], OfficerNote(words[STATUS], words[NOTE], tuple(words.get(head, "") for head in ABOUT))


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    return "" if cell is None or cell.value is None else str(cell.value).strip()
