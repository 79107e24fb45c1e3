"""What a file is called against what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.reader.guard import Kind
from xltool.reader.records import Note

if TYPE_CHECKING:
    from pathlib import Path

_CONTENTS = {
    Kind.XLSX: " .xlsx 工作簿",
    Kind.XLSM: "带宏的 .xlsm 工作簿",
    Kind.XLS: " Excel 97—2003 工作簿（.xls）",
    Kind.XLSB: " .xlsb 工作簿",
    Kind.ODS: " .ods 工作簿",
    Kind.DOCX: " Word 文档（.docx）",
}
_OOXML = frozenset({Kind.XLSX, Kind.XLSM})
_ENDINGS = {
    ".xlsx": _OOXML, ".xlsm": _OOXML, ".xltx": _OOXML, ".xltm": _OOXML, ".xls": {Kind.XLS}, ".xlt": {Kind.XLS},
    ".et": {Kind.XLS, *_OOXML}, ".ett": {Kind.XLS, *_OOXML}, ".xlsb": {Kind.XLSB}, ".ods": {Kind.ODS},
    ".docx": {Kind.DOCX}, ".docm": {Kind.DOCX},
}  # fmt: skip
"""What may stand in a file by the ending of its name; WPS writes both kinds of workbooks into .et."""


def deceiving(path: Path, kind: Kind) -> list[Note]:
    """A note on a file whose name says another format than its content; W-25."""
    ending = path.suffix.lower()
    content = _CONTENTS.get(kind)
    if content is None or ending not in _ENDINGS or kind in _ENDINGS[ending]:
        return []
    words = {"扩展名": ending, "内容": content}
    return [Note("W-25", words=words, actual=ending, expected=f".{kind.value}")]
