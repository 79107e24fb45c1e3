"""What the officer filled in beside the findings of a review, kept for the next one."""

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

SHEETS: Final = ("问题清单", "已消失问题的处理记录")
"""Where findings stand, and what was noted on findings that are gone since."""
STATUS, NOTE, KEY = "处理状态", "处理备注", "问题编号"
ABOUT: Final = ("单位", "表", "项目", "规则", "位置", "问题")
STATES: Final = ("待处理", "已联系单位", "已退回", "说明认可", "不作问题")


@dataclass(frozen=True)
class Handling:
    """What an officer filled in beside a finding; `about` says of which, for when it is gone."""

    status: str = ""
    note: str = ""
    about: tuple[str, ...] = ()


def load(path: Path) -> dict[str, Handling]:
    """Status and note by the finding's key, of the review at `path`; nothing where there is none yet.

    Raises ValueError, in Chinese, where the file is there but cannot be read: writing over it would lose the notes.
    """
    if not path.exists():
        return {}
    try:
        check(path, replace(LIMITS, filled_cells=LIMITS.review_cells))
        book = open_workbook(path, sheets=SHEETS, filled=LIMITS.review_cells)
    except (Refused, OSError) as error:
        said = error.reason if isinstance(error, Refused) else words_of(error)
        msg = f"上次的 {path.name} 无法读取（{said}），其中填写的处理状态会丢失；请修复或移走后再运行：{path}"
        raise InputError(msg) from error
    return {key: one for sheet in book.sheets if sheet.name in SHEETS for key, one in _rows(sheet)}


def _rows(sheet: Sheet) -> Iterator[tuple[str, Handling]]:
    """Rows with something filled in; columns are found by their heads, wherever the officer moved them."""
    heads = {str(cell.value).strip(): column for (row, column), cell in sheet.cells.items() if row == 1}
    if not {STATUS, NOTE, KEY} <= set(heads):
        return
    for row in sorted({row for row, _ in sheet.cells if row > 1}):
        words = {head: _text(sheet, row, column) for head, column in heads.items()}
        if words[KEY] and (words[STATUS] or words[NOTE]):
            yield words[KEY], Handling(words[STATUS], words[NOTE], tuple(words.get(head, "") for head in ABOUT))


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    return "" if cell is None or cell.value is None else str(cell.value).strip()
