"""Narrative reports, read from text files and from documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.reader.guard import Code
from xltool.reader.narrative import report_in
from xltool.reader.narrative.document import paragraphs_of
from xltool.reader.records import FileRecord, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.reader.model import Book
    from xltool.reader.narrative.recognise import Line
    from xltool.reader.records import NarrativeReport

NO_REPORT = "文本文件中没有绩效自评报告；附件1、附件2、附件3请报送 .xlsx 或 .docx 文件"


def read_text_file(record: FileRecord, lines: Sequence[Line]) -> FileRecord:
    """Read the lines of a text file for a narrative report; without one the file is refused."""
    report = report_in(lines, record.path, record.sha256)
    if report is None:
        return refused(record.path, Code.NOT_A_WORKBOOK, NO_REPORT)
    record.narrative_reports.append(report)
    return record


def report_in_book(book: Book, record: FileRecord) -> NarrativeReport | None:
    """The narrative report in a document; None in a workbook, and in a document without one."""
    return report_in(paragraphs_of(book), record.path, record.sha256)
