"""The annotated copy of a filing: cells to mend are marked and commented, a list comes first, all else is as it was.

The file is edited part by part: nothing is read into a model and written anew, for no library keeps all that
departments' files carry. A copy that comes back is read as the filing it is, and its marks are replaced by new ones.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from xltool.findings import Severity, address
from xltool.reports.returned.book import Workbook
from xltool.reports.returned.cells import Cells
from xltool.reports.returned.comments import Comments
from xltool.reports.returned.listing import HIDDEN, NAME, About, list_bytes, list_to_plant, numbered
from xltool.reports.returned.package import NotEditableError, Package
from xltool.reports.returned.planting import planted
from xltool.reports.returned.stripping import strip
from xltool.reports.returned.styles import Styles
from xltool.reports.returned.wording import comment_text
from xltool.reports.sheets.texts import sheet_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.findings import Finding
    from xltool.reports.returned.book import SheetPart
    from xltool.reports.returned.cells import Spot
    from xltool.reports.returned.listing import Numbered

__all__ = ["About", "NotEditableError", "list_alone", "returned_copy"]

SIGNED = "原文件带有数字签名；文件一经标注，签名即失效，重新报送前请再次签名。"
THREAD = "以下单元格上已有对话式批注，为保持原样没有加写审核意见，意见见本清单：{}。"


def returned_copy(data: bytes, findings: Sequence[Finding], about: About) -> bytes:
    """The annotated copy of an .xlsx or .xlsm the reader has accepted.

    Findings of severity info are left out. Marks of an earlier copy are replaced. The same input gives the same bytes.
    Raises NotEditableError, with the reason in Chinese, where the file is built so that it cannot be kept.
    """
    package = Package(data)
    book = Workbook(package)
    styles = Styles(package.edit(book.styles))
    strip(book, styles)
    listed = numbered(findings)
    old: dict[int, tuple[str, int]] = {}
    threads: list[str] = []
    for sheet in book.sheets:
        _mark(book, sheet, styles, [one for one in listed if one[1].sheet == sheet.name], old, threads)
    notes = [SIGNED] if book.signed else []
    notes += [THREAD.format("、".join(threads))] if threads else []
    _put_list(book, styles, listed, about, notes, old)
    return package.save()


def list_alone(findings: Sequence[Finding], about: About, reason: str) -> bytes:
    """The list as a workbook of its own, and why there is no annotated copy."""
    return list_bytes(numbered(findings), about, [reason])


def _mark(
    book: Workbook,
    sheet: SheetPart,
    styles: Styles,
    listed: Sequence[Numbered],
    old: dict[int, tuple[str, int]],
    threads: list[str],
) -> None:
    """Mark and comment the cells of one sheet; `old` and `threads` are added to."""
    found: dict[Spot, list[Numbered]] = defaultdict(list)
    asked = [one for one in listed if one[1].cell]
    if not asked:
        return
    cells = Cells(book.package.edit(sheet.part))
    comments = Comments(book.package, sheet.part, cells, strict=book.strict)
    for number, finding in asked:
        found[cells.home(str(finding.cell))].append((number, finding))
    for spot, here in sorted(found.items()):
        grave = any(finding.severity is Severity.ERROR for _, finding in here)
        style = cells.style(spot)
        cells.set_style(spot, styles.marked(style, Severity.ERROR if grave else Severity.WARNING))
        place = f"{sheet.name}!{address(*spot)}"
        old[here[0][0]] = place, style
        if not comments.add(spot, comment_text(here)):
            threads.append(place)


def _put_list(
    book: Workbook,
    styles: Styles,
    listed: Sequence[Numbered],
    about: About,
    notes: Sequence[str],
    old: dict[int, tuple[str, int]],
) -> None:
    """The list as the first sheet."""
    hidden = {number: place for number, (place, _) in old.items()}
    made, head = list_to_plant(listed, about, notes, {sheet.name for sheet in book.sheets}, hidden)
    kept = {address(head + number, HIDDEN + 1): style for number, (_, style) in old.items()}
    part = planted(made, styles, kept, views=book.views, space=book.space.strip("{}"))
    book.put_first(sheet_name(NAME, book.titles), part, f"${head}:${head}")
