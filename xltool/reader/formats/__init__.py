"""Every format departments send, as the same `Book`.

`guard.check` says what a file is; `open_any` reads it. What the guard refuses as no workbook may still be a file that
LibreOffice reads (`office.recognise`), and what it calls OTHER may be an archive (`archive.is_archive`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xltool.reader.guard import Code, FileFormat, Refused

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.reader.guard import InflatedParts
    from xltool.reader.model import Book


def open_any(path: Path, kind: FileFormat, kept: InflatedParts | None = None) -> Book:
    """The file at `path`, which the guard found to be of this kind, as plain objects; raises `Refused` only.

    `kept` are the parts of it that the guard has inflated.
    """
    book = _opened(path, kind, kept)
    names = Counter(sheet.name for sheet in book.sheets)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice is not None:  # a finding on one would be shown on the other
        raise Refused(Code.CORRUPT, f"文件已损坏：有两个工作表都叫“{twice[:31]}”")
    return book


def _opened(path: Path, kind: FileFormat, kept: InflatedParts | None) -> Book:
    # Each reader is imported with its first file: most folders hold .xlsx only.
    if kind in {FileFormat.XLSX, FileFormat.XLSM}:
        from xltool.reader.ooxml.workbook import open_workbook  # noqa: PLC0415

        return open_workbook(path, kept)
    if kind is FileFormat.DOCX:
        from xltool.reader.formats.word import open_document  # noqa: PLC0415

        return open_document(path)
    if kind is FileFormat.OTHER:
        from xltool.reader.formats.office import open_converted  # noqa: PLC0415

        return open_converted(path)
    from xltool.reader.formats.tables import open_tables  # noqa: PLC0415

    return open_tables(path, kind)
