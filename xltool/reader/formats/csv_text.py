"""A csv file as cells, for rosters and exemptions: filings are never read from csv."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, Final

from xltool.reader.guard import Code, Refused
from xltool.reader.limits import LIMITS, size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LONGEST_FIELD: Final = 1_000_000
_LONGEST_HEAD: Final = 10_000
"""Characters in which the headings are looked for."""
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS: Final = ",\t;，"


def read_csv(path: Path, *, most: int) -> dict[int, dict[int, str]]:
    """Texts of the cells that hold something, by row and column from 1; rows without any are left out.

    `most` is how many such cells there may be. `Refused` beyond the limits of a workbook, where the encoding is not
    known or the quotes are not in order; OSError where the file cannot be read.
    """
    length = path.stat().st_size
    if length > LIMITS.file_size:
        raise Refused(Code.TOO_LARGE, f"文件大小 {size(length)}，超过上限 {size(LIMITS.file_size)}")
    data = path.read_bytes()
    encoding, delimiter = _notation(data)
    rows: dict[int, dict[int, str]] = {}
    filled = 0
    csv.field_size_limit(_LONGEST_FIELD)
    # Decoded piece by piece: as one text it would take four bytes a character.
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding, newline=""), delimiter=delimiter)
    try:
        for number, record in enumerate(reader, start=1):
            cells = {at: value for at, value in enumerate(record, start=1) if value.strip()}
            filled += len(cells)
            if filled > most:
                raise Refused(Code.TOO_MANY, f"有内容的单元格超过上限 {most:,} 个，请只保留需要的行")
            if cells:
                rows[number] = cells
    except csv.Error as error:
        raise Refused(Code.CORRUPT, f"第{reader.line_num}行不是正确的 csv") from error
    return rows


def _notation(data: bytes) -> tuple[str, str]:
    """Encoding (UTF-8, or as Excel and WPS save in China) and delimiter; `Refused` where there are too many fields."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = _delimiter(text[:_LONGEST_HEAD])
        if text.count(delimiter) + text.count("\n") + text.count("\r") > LIMITS.cells:
            raise Refused(Code.TOO_MANY, f"行和单元格（含空白的）超过上限 {LIMITS.cells:,} 个，请删去空白行列")
        return encoding, delimiter
    raise Refused(Code.CORRUPT, "文字编码无法识别，请另存为“CSV UTF-8（逗号分隔）”")


def _encodings(data: bytes) -> Iterable[str]:
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    return marked or ("utf-8", "gb18030")


def _delimiter(text: str) -> str:
    """The sign between the fields of the heads: the one there is most of."""
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(_DELIMITERS, key=head.count)
