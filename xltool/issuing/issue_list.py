"""下发清单.xlsx: every issued form with its id and its values, and last year's forms that were not used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.links import Linker, linker
from xltool.outputs.sheets.sheet_writer import ListColumn
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.outputs.sheets.workbook_writer import WorkbookWriter


@dataclass(frozen=True, kw_only=True)
class IssuedForm:
    """An issued form: its department, its file (relative to the list), its id (`issue`), and its values in words.

    Values `approved` are locked; values `known` or `carried` over from last year may be changed by the department.
    """

    code: str
    department: str
    form: str
    project: str
    file: str
    issue: str
    approved: str = ""
    known: str = ""
    carried: str = ""
    source: str = ""
    """The file of last year that `carried` comes from."""
    note: str = ""


@dataclass(frozen=True)
class UnusedForm:
    """A form or file of last year that was not used, and the reason."""

    path: str
    form: str = ""
    department: str = ""
    project: str = ""
    reason: str = ""


LINE_COLUMNS: Final = (
    ListColumn("单位编码", 10),
    ListColumn("单位", 22),
    ListColumn("表", 7),
    ListColumn("项目", 22),
    ListColumn("文件", 46),
    ListColumn("下发编号", 15),
    ListColumn("批复内容（已锁定）", 24),
    ListColumn("预填内容（可修改）", 16),
    ListColumn("来自上年（可修改）", 18),
    ListColumn("上年文件", 34),
    ListColumn("说明", 32),
)
UNUSED_COLUMNS: Final = (
    ListColumn("上年文件", 60),
    ListColumn("表", 8),
    ListColumn("单位", 30),
    ListColumn("项目", 30),
    ListColumn("没有采用的原因", 56),
)
NOTICE_COLUMNS: Final = (ListColumn("名册提示", 110),)


def list_bytes(
    year: int, lines: Sequence[IssuedForm], *, unused: Sequence[UnusedForm], notices: Sequence[str], folder: Path
) -> bytes:
    """The bytes of the workbook, with links to the files in `folder`, where it will be saved."""
    book = HeldWorkbook(f"{year}年度绩效自评表下发清单", files.run_time())
    _write_lines(book, year, lines, linker(folder, folder))
    if unused:
        _write_texts(
            book,
            "上年未采用",
            UNUSED_COLUMNS,
            [(form.path, form.form, form.department, form.project, form.reason) for form in unused],
        )
    if notices:
        _write_texts(book, "名册提示", NOTICE_COLUMNS, [(notice,) for notice in notices])
    return book.close()


def _write_lines(book: WorkbookWriter, year: int, lines: Sequence[IssuedForm], links: Linker) -> None:
    """Write 下发清单: a row for each form."""
    sheet = book.sheet("下发清单", LINE_COLUMNS)
    sheet.set_print_title(f"下发清单 · {year}年度绩效自评表")
    sheet.start_list(len(lines), frozen=2)
    for row, line in enumerate(lines, start=1):
        sheet.write_text(row, 0, line.code, "centre")
        sheet.write_text(row, 1, line.department)
        sheet.write_text(row, 2, line.form, "centre")
        sheet.write_text(row, 3, line.project)
        name = line.file.rpartition("/")[2]
        sheet.write_link(row, 4, links(line.file, line.form, None), name, tip=line.file)
        sheet.write_text(row, 5, line.issue, "centre")
        texts = (line.approved, line.known, line.carried, line.source, line.note)
        for column, text in enumerate(texts, start=6):
            sheet.write_text(row, column, text)
        sheet.fit_height(row, [None, line.department, None, line.project, name, None, *texts])


def _write_texts(
    book: WorkbookWriter, name: str, columns: Sequence[ListColumn], rows: Sequence[tuple[str, ...]]
) -> None:
    """Write a list of texts on a sheet of its own."""
    sheet = book.sheet(name, columns)
    sheet.set_print_title(f"下发清单 · {name}")
    sheet.start_list(len(rows), frozen=0)
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts):
            sheet.write_text(row, column, text)
        sheet.fit_height(row, list(texts))
