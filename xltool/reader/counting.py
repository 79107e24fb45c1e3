"""How much of a kind a workbook may hold, told from the bytes of its parts before anything is built from them.

A part that is too short to hold more than its limit is not looked into, which all honest forms are: the count costs
them nothing. What hides behind odd spelling is left to the limits of time and memory of the process that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xltool.reader.limits import Limits

SHEETS: Final = "xl/worksheets/"
BOOK: Final = "xl/workbook.xml"
STRINGS: Final = "xl/sharedstrings.xml"
DOCUMENT: Final = "word/document.xml"


@dataclass(frozen=True, slots=True)
class Countable:
    """Elements of one kind: how they begin in the parts of a folder, with any prefix of their namespace."""

    limit: str
    word: str
    folder: str
    starts: tuple[bytes, ...]

    def most(self, limits: Limits) -> int:
        """How many there may be."""
        return int(getattr(limits, self.limit))


COUNTABLE: Final = (
    Countable("cells", "单元格", SHEETS, (b"<c ", b":c ", b"<c>", b"<c/")),
    Countable("filled_cells", "有内容的单元格", SHEETS, (b"<v>", b":v>", b"<is>")),
    Countable("filled_cells", "共享字符串", STRINGS, (b"<si>", b":si>")),
    Countable("document_blocks", "段落", DOCUMENT, (b"<w:p ", b"<w:p>", b"<w:p/")),
    Countable("validations", "数据校验和条件格式", SHEETS, (b"dataValidation ", b"cfRule ")),
    Countable("merged_ranges", "合并单元格", SHEETS, (b"mergeCell ",)),
    Countable("defined_names", "定义名称", BOOK, (b"definedName ",)),
    Countable("sheets", "工作表", BOOK, (b"<sheet ", b":sheet ")),
)


def countable(name: str, size: int, limits: Limits) -> tuple[Countable, ...]:
    """What has to be counted in a part of this name (in lower case) and inflated size."""
    return tuple(
        each
        for each in COUNTABLE
        if name.startswith(each.folder) and size > each.most(limits) * min(map(len, each.starts))
    )
