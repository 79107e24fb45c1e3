"""How many elements of a kind a file holds, counted in the bytes of its parts before anything is built from them.

A part that is too short to hold more than its limit is not counted, so that counting costs honest forms nothing.
Elements in an unusual notation are not counted; there the limits of time and memory of the reading process hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from xltool.reader.limits import Limits

SHEETS: Final = "xl/worksheets/"
BOOK: Final = "xl/workbook.xml"
STRINGS: Final = "xl/sharedstrings.xml"
DOCUMENT: Final = "word/document.xml"


class CountedElements(Struct, frozen=True):
    """Elements of one kind: how they begin in the parts of a folder, with any prefix of their namespace."""

    limit: str
    word: str
    folder: str
    starts: tuple[bytes, ...]

    def most(self, limits: Limits) -> int:
        """How many elements there may be."""
        return int(getattr(limits, self.limit))


COUNTED: Final = (
    CountedElements(
        "cells", "行和单元格", SHEETS, (b"<c ", b":c ", b"<c>", b"<c/", b"<row ", b":row ", b"<row>", b"<row/")
    ),
    CountedElements("filled_cells", "有内容的单元格", SHEETS, (b"<v>", b":v>", b"<is>")),
    CountedElements("filled_cells", "共享字符串", STRINGS, (b"<si>", b":si>")),
    CountedElements("document_blocks", "段落", DOCUMENT, (b"<w:p ", b"<w:p>", b"<w:p/")),
    CountedElements("validations", "数据校验和条件格式", SHEETS, (b"dataValidation ", b"cfRule ")),
    CountedElements("merged_ranges", "合并单元格", SHEETS, (b"mergeCell ",)),
    CountedElements("defined_names", "定义名称", BOOK, (b"definedName ",)),
    CountedElements("sheets", "工作表", BOOK, (b"<sheet ", b":sheet ")),
)


def counted_in(name: str, size: int, limits: Limits) -> tuple[CountedElements, ...]:
    """What has to be counted in a part of this name (in lower case) and inflated size."""
    return tuple(
        each
        for each in COUNTED
        if name.startswith(each.folder) and size > each.most(limits) * min(map(len, each.starts))
    )
