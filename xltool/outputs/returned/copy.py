"""The returned copy of a file: cells to correct are marked and commented, a list of problems is its first sheet.

The file is edited part by part and everything else in it stays the same bytes: no library that reads a workbook into a
model and writes it again keeps everything that the files of departments hold. A copy that comes back is read as a
filing, and its marks are replaced by new ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.findings import Severity, address
from xltool.outputs.returned import conditional_marks
from xltool.outputs.returned.cells import CellGrid
from xltool.outputs.returned.comments import Comments
from xltool.outputs.returned.earlier_marks import remove_marks
from xltool.outputs.returned.list_part import list_part
from xltool.outputs.returned.mending.lost import Mended
from xltool.outputs.returned.package import EditablePackage, NotEditableError
from xltool.outputs.returned.problem_list import (
    HINT,
    HINT_ALONE,
    NAME,
    ProblemList,
    list_bytes,
    number_findings,
)
from xltool.outputs.returned.styles import CellStyles
from xltool.outputs.returned.wording import RESTORED, comment_text
from xltool.outputs.returned.workbook_part import WorkbookPart
from xltool.outputs.sheets.texts import sheet_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.findings import Finding
    from xltool.outputs.returned.cells import CellRef
    from xltool.outputs.returned.checked_file import CheckedFile
    from xltool.outputs.returned.problem_list import AnswerKey, ListedFinding
    from xltool.outputs.returned.workbook_part import SheetPart
    from xltool.reader.guard import InflatedParts
    from xltool.reader.model import Book

__all__ = ["NotEditableError", "list_workbook", "returned_copy"]

SIGNED = "原文件带有数字签名；文件一经标注，签名即失效，重新报送前请再次签名。"
THREAD = "以下单元格上已有对话式批注，为保持原样没有加写审核意见，意见见本清单：{}。"


def returned_copy(  # noqa: PLR0913 - the file, how it was read, and what is said of it
    data: bytes,
    findings: Sequence[Finding],
    about: CheckedFile,
    inflated: InflatedParts | None = None,
    *,
    keys: Sequence[str] = (),
    source: Book | None = None,
) -> bytes:
    """The returned copy of an .xlsx or .xlsm file that the reader has accepted; `inflated` are parts it has unpacked.

    `keys` are those of the findings, by which explanations in the list are matched when the copy comes back.
    `source` is the workbook as it was read, where something of the template that was lost is to be put back.
    Findings of severity info are left out. Marks of an earlier copy are replaced. The same input gives the same bytes.
    Raises NotEditableError, with the reason in Chinese, where the file cannot be edited without harm.
    """
    package = EditablePackage(data, inflated)
    book = WorkbookPart(package)
    styles = CellStyles(package.edit(book.styles))
    answers = remove_marks(book, styles)
    mended = Mended(findings)
    if source is not None:
        from xltool.outputs.returned.mending.forms import mend  # noqa: PLC0415 - all rules, where something is lost

        mended = mend(book, styles, source, findings)
    marker = _Marker(book, styles, number_findings(mended.findings, keys), mended.restored)
    for sheet in book.sheets:
        marker.mark(sheet)
    marker.add_list(about, answers)
    return package.save()


def list_workbook(findings: Sequence[Finding], about: CheckedFile, reason: str, *, keys: Sequence[str] = ()) -> bytes:
    """The list as a workbook of its own, with the reason why there is no returned copy."""
    return list_bytes(ProblemList(number_findings(findings, keys), about, [reason, HINT_ALONE]))


@dataclass
class _Marker:
    """Marks the findings in a workbook, and keeps what the list needs to know of the marks."""

    book: WorkbookPart
    styles: CellStyles
    listed: Sequence[ListedFinding]
    restored: frozenset[tuple[str, str]]
    """Sheets and cells whose formula was restored."""
    old_styles: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Address and earlier style of each marked cell, by the number of its first finding."""
    threads: list[str] = field(default_factory=list)
    """Addresses of cells whose thread of Excel 365 left no place for a comment."""

    def mark(self, sheet: SheetPart) -> None:
        """Mark and comment the cells of one sheet; a sheet without findings is not changed."""
        on_sheet = [each for each in self.listed if each.finding.sheet == sheet.name and each.finding.cell]
        if not on_sheet:
            return
        package = self.book.package
        cells = CellGrid(package.edit(sheet.part))
        comments = Comments(package, sheet.part, cells, strict=self.book.strict)
        by_cell: dict[CellRef, list[ListedFinding]] = defaultdict(list)
        for each in on_sheet:
            by_cell[cells.top_left(str(each.finding.cell))].append(each)
        marks: dict[CellRef, Severity] = {}
        for cell, here in sorted(by_cell.items()):
            has_error = any(each.finding.severity is Severity.ERROR for each in here)
            marks[cell] = Severity.ERROR if has_error else Severity.WARNING
            place, style = f"{sheet.name}!{address(*cell)}", cells.style(cell)
            cells.set_style(cell, self.styles.marked(style, marks[cell]))
            self.old_styles[here[0].number] = place, style
            is_restored = (sheet.name, address(*cell)) in self.restored
            if not comments.add(cell, comment_text(here, RESTORED if is_restored else "")):
                self.threads.append(place)
        conditional_marks.add_marks(cells.root, marks, self.styles)
        comments.close()

    def add_list(self, about: CheckedFile, answers: Mapping[AnswerKey, str]) -> None:
        """Add the list as the first sheet."""
        notes = [HINT, SIGNED] if self.book.signed else [HINT]
        notes += [THREAD.format("、".join(self.threads))] if self.threads else []
        hidden = {number: place for number, (place, _) in self.old_styles.items()}
        sheets = {sheet.name for sheet in self.book.sheets}
        listing = ProblemList(self.listed, about, notes, sheets, hidden, answers)
        old_styles = {number: style for number, (_, style) in self.old_styles.items()}
        part = list_part(listing, self.styles, old_styles, views=self.book.views, space=self.book.space.strip("{}"))
        self.book.put_first(sheet_name(NAME, self.book.titles), part, f"${listing.head}:${listing.head}")
