"""The annotated copy of a filing: cells to mend are marked and commented, a list comes first, all else is as it was.

The file is edited part by part: nothing is read into a model and written anew, for no library keeps all that
departments' files carry. A copy that comes back is read as the filing it is, and its marks are replaced by new ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xltool.findings import Severity, address
from xltool.outputs.returned.cells import CellGrid
from xltool.outputs.returned.comments import Comments
from xltool.outputs.returned.earlier_marks import strip
from xltool.outputs.returned.list_part import list_part
from xltool.outputs.returned.package import EditablePackage, NotEditableError
from xltool.outputs.returned.problem_list import (
    HINT,
    HINT_ALONE,
    NAME,
    CheckedFile,
    ProblemList,
    list_bytes,
    number_findings,
)
from xltool.outputs.returned.styles import CellStyles
from xltool.outputs.returned.wording import comment_text
from xltool.outputs.returned.workbook_part import WorkbookPart
from xltool.outputs.sheets.texts import sheet_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.findings import Finding
    from xltool.outputs.returned.cells import CellRef
    from xltool.outputs.returned.problem_list import AnswerKey, NumberedFinding
    from xltool.outputs.returned.workbook_part import SheetPart
    from xltool.reader.guard import InflatedParts

__all__ = ["CheckedFile", "NotEditableError", "list_workbook", "returned_copy"]

SIGNED = "原文件带有数字签名；文件一经标注，签名即失效，重新报送前请再次签名。"
THREAD = "以下单元格上已有对话式批注，为保持原样没有加写审核意见，意见见本清单：{}。"


def returned_copy(
    data: bytes, findings: Sequence[Finding], about: CheckedFile, inflated: InflatedParts | None = None
) -> bytes:
    """The annotated copy of an .xlsx or .xlsm the reader has accepted, which may have `inflated` its parts.

    Findings of severity info are left out. Marks of an earlier copy are replaced. The same input gives the same bytes.
    Raises NotEditableError, with the reason in Chinese, where the file is built so that it cannot be kept.
    """
    package = EditablePackage(data, inflated)
    book = WorkbookPart(package)
    styles = CellStyles(package.edit(book.styles))
    answers = strip(book, styles)
    marker = _Marker(book, styles, number_findings(findings))
    for sheet in book.sheets:
        marker.mark(sheet)
    marker.put_list(about, answers)
    return package.save()


def list_workbook(findings: Sequence[Finding], about: CheckedFile, reason: str) -> bytes:
    """The list as a workbook of its own, and why there is no annotated copy."""
    return list_bytes(ProblemList(number_findings(findings), about, [reason, HINT_ALONE]))


@dataclass
class _Marker:
    """Puts findings into a workbook, and keeps what the list has to say of it."""

    book: WorkbookPart
    styles: CellStyles
    listed: Sequence[NumberedFinding]
    old: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Place and former style of each marked cell, by the number of its first finding."""
    threads: list[str] = field(default_factory=list)
    """Places that could not be commented."""

    def mark(self, sheet: SheetPart) -> None:
        """Mark and comment the cells of one sheet; a sheet without findings is not touched."""
        asked = [one for one in self.listed if one[1].sheet == sheet.name and one[1].cell]
        if not asked:
            return
        package = self.book.package
        cells = CellGrid(package.edit(sheet.part))
        comments = Comments(package, sheet.part, cells, strict=self.book.strict)
        found: dict[CellRef, list[NumberedFinding]] = defaultdict(list)
        for number, finding in asked:
            found[cells.home(str(finding.cell))].append((number, finding))
        for spot, here in sorted(found.items()):
            grave = any(finding.severity is Severity.ERROR for _, finding in here)
            place, style = f"{sheet.name}!{address(*spot)}", cells.style(spot)
            cells.set_style(spot, self.styles.marked(style, Severity.ERROR if grave else Severity.WARNING))
            self.old[here[0][0]] = place, style
            if not comments.add(spot, comment_text(here)):
                self.threads.append(place)
        comments.close()

    def put_list(self, about: CheckedFile, answers: Mapping[AnswerKey, str]) -> None:
        """The list as the first sheet."""
        notes = [HINT, SIGNED] if self.book.signed else [HINT]
        notes += [THREAD.format("、".join(self.threads))] if self.threads else []
        hidden = {number: place for number, (place, _) in self.old.items()}
        sheets = {sheet.name for sheet in self.book.sheets}
        listing = ProblemList(self.listed, about, notes, sheets, hidden, answers)
        kept = {number: style for number, (_, style) in self.old.items()}
        part = list_part(listing, self.styles, kept, views=self.book.views, space=self.book.space.strip("{}"))
        self.book.put_first(sheet_name(NAME, self.book.titles), part, f"${listing.head}:${listing.head}")
