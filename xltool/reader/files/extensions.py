"""File extensions and the formats that may stand behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.reader.guard import FileFormat
from xltool.reader.notes.registry import noted
from xltool.reader.records import Note

if TYPE_CHECKING:
    from pathlib import Path

_CONTENTS = {
    FileFormat.XLSX: " .xlsx 工作簿",
    FileFormat.XLSM: "带宏的 .xlsm 工作簿",
    FileFormat.XLS: " Excel 97—2003 工作簿（.xls）",
    FileFormat.XLSB: " .xlsb 工作簿",
    FileFormat.ODS: " .ods 工作簿",
    FileFormat.DOCX: " Word 文档（.docx）",
}
_OOXML = frozenset({FileFormat.XLSX, FileFormat.XLSM})
_XLS = frozenset({FileFormat.XLS})
_FORMATS = {
    ".xlsx": _OOXML, ".xlsm": _OOXML, ".xltx": _OOXML, ".xltm": _OOXML, ".xls": _XLS, ".xlt": _XLS,
    ".et": _XLS | _OOXML, ".ett": _XLS | _OOXML, ".xlsb": {FileFormat.XLSB}, ".ods": {FileFormat.ODS},
    ".docx": {FileFormat.DOCX}, ".docm": {FileFormat.DOCX},
}  # fmt: skip
"""Formats that a file may have by its extension; WPS writes both formats of workbooks as .et."""


@noted("W-25")
def wrong_extension(path: Path, kind: FileFormat) -> list[Note]:
    """A note on a file whose name says another format than its content; W-25."""
    extension = path.suffix.lower()
    content = _CONTENTS.get(kind)
    if content is None or extension not in _FORMATS or kind in _FORMATS[extension]:
        return []
    words = {"扩展名": extension, "内容": content}
    return [Note("W-25", words=words, actual=extension, expected=f".{kind.value}")]
