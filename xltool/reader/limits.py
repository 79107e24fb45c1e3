"""What a file may cost at most. All limits on files stand here.

The largest honest files seen have 340 parts, a ratio of 212:1 and some hundred thousand cells; an office program
on a county's machine gives up far below these limits.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Final

from xltool.findings import InputError

_KIB: Final = 1024
_MIB: Final = 1024 * _KIB

SECONDS: Final = "XLTOOL_SECONDS"
MEMORY: Final = "XLTOOL_MEMORY_MIB"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are in bytes, everything else are counts unless stated otherwise."""

    file_size: int = 100 * _MIB
    """One file, as it is sent."""
    package_parts: int = 2_000
    """Parts of a package."""
    archive_files: int = 500
    """Files in an archive of filings."""
    disk_share: int = 4
    """An archive may take one part in so many of the free disk space, since the results need space too."""
    part_size: int = 512 * _MIB
    """One part of a package, inflated."""
    package_size: int = 1024 * _MIB
    """All parts of a package, inflated."""
    compression_ratio: int = 300
    """Inflated bytes for each packed byte of a part."""
    ratio_exempt_size: int = _MIB
    """Parts up to this size may have any ratio: repeated rows compress well."""
    cells: int = 5_000_000
    """Rows and cells of a workbook, empty ones included: a form with coloured columns has up to 4 million."""
    filled_cells: int = 500_000
    """Cells with a value or a formula of a workbook, and its shared strings: a form has 500, a long ledger 100,000."""
    formatted_cells: int = 5_000_000
    """Cells of an .xls that are only formatted: a form whose columns were coloured has some hundred thousand."""
    roster_cells: int = 1_000_000
    """As `filled_cells`, of a roster: a province of 10,000 departments with projects and indicators has 730,000."""
    review_cells: int = 2_000_000
    """As `filled_cells`, of the lists in review.xlsx: a line has 16 cells, the review of a province 20,000 lines."""
    stored_review_size: int = 512 * _MIB
    """findings.json of an earlier review: 200,000 findings take 150 to 250 MiB."""
    stored_rows: int = 5_000_000
    """Rows of a table of an earlier review: 10,000 files have 1.5 million values."""
    text_characters: int = 512 * _MIB
    """Characters of all cells of a workbook; a shared string counts wherever it is used."""
    parsed_marks: int = 1_500_000
    """Tags and attributes of a piece that is parsed as a whole: a row, a table, a string, a part such as the styles.

    A form in Word has 20,000, a table of 50 pages 900,000, a workbook that collected 60,000 cell styles 900,000.
    """
    paragraphs: int = 50_000
    """Paragraphs of a document outside its tables: a report of 500 pages has 15,000."""
    table_cells: int = 200_000
    """Cells of all tables of a document: the longest list of projects seen has 30,000."""
    document_blocks: int = 500_000
    """Paragraphs, tables and the elements around them in a document, empty ones included."""
    validations: int = 10_000
    """Data validations and conditional formats of a sheet together."""
    defined_names: int = 20_000
    """Defined names of a workbook."""
    sheets: int = 500
    """Sheets of a workbook."""
    merged_ranges: int = 50_000
    """Merged ranges of a sheet."""
    xlsb_records: int = 3_000_000
    """Records of a part of an .xlsb: each cell is a record, an empty cell too."""
    whole_part_size: int = 128 * _MIB
    """A part that is read as a whole; sheets, texts and documents are read in pieces."""
    merged_cells: int = 20_000_000
    """Cells in the merged ranges of a sheet."""
    table_columns: int = 1_000
    """Grid columns of a table in a document; Word itself stops at 63."""
    spanned_cells: int = 4_000_000
    """Cells in the rectangle that a sheet of a damaged .xls spans: calamine keeps each of them, empty or not."""
    directory_sectors: int = 4_096
    """Sectors of the directory of an OLE container: 16,000 entries, where honest files have some dozens."""
    text_file_size: int = 4 * _MIB
    """A text file that is read for a narrative report."""
    seconds: float = 60.0
    """Seconds that reading a file may take."""
    memory: int = 2048 * _MIB
    """Memory that the process that reads a file may take, beyond what it takes at its start."""

    def in_words(self, text: str) -> str:
        """A text with the bounds of time (`seconds`) and of memory (`memory`, in MiB) put into their places."""
        return text.format(seconds=self.seconds, memory=self.memory / _MIB)


LIMITS: Final = Limits()


def given() -> Limits:
    """The limits with time and memory from the environment; ValueError for a setting that is no number above 0.

    A desk with a slow network drive or a small machine sets XLTOOL_SECONDS and XLTOOL_MEMORY_MIB for all commands.
    """
    return replace(
        LIMITS, seconds=_number(SECONDS, LIMITS.seconds), memory=int(_number(MEMORY, LIMITS.memory / _MIB) * _MIB)
    )


def too_many_cells() -> str:
    """Why a workbook with more cells than any form needs is refused, and what to do."""
    advice = "请删去与填报无关的工作表（如明细账），只保留附件后重新报送"
    return f"工作簿中有内容的单元格超过上限 {LIMITS.filled_cells:,} 个，{advice}"


def too_many_merges(sheet: str) -> str:
    """Why a sheet with more merged ranges than any form needs is refused, and what to do."""
    return f"工作表“{sheet[:31]}”的合并单元格超过上限 {LIMITS.merged_ranges:,} 个，请取消合并后重新报送"


def _number(name: str, usual: float) -> float:
    """The number in an environment variable, the usual one where it is not set."""
    text = os.environ.get(name, "").strip()
    try:
        number = float(text) if text else usual
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        msg = f"环境变量 {name} 应为大于 0 的数字，现为“{text}”"
        raise InputError(msg)
    return number


def size(count: float) -> str:
    """A number of bytes in KiB or MiB.

    >>> size(2048), size(3 * 1024 * 1024)
    ('2.0 KiB', '3.0 MiB')
    """
    return f"{count / _MIB:,.1f} MiB" if count >= _MIB else f"{count / _KIB:,.1f} KiB"
