"""问题清单 of one file: what the department works through, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Severity
from xltool.forms.manifest import RETURNED
from xltool.outputs.sheets.book import HeldBook
from xltool.outputs.sheets.sheet_writer import LAST_ROW, MOST_LINKS, RED, Column, SheetWriter
from xltool.outputs.sheets.texts import row_height, visible

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from datetime import datetime

    from xltool.findings import Finding

NAME: Final = "问题清单"
COLUMNS: Final = (
    Column("序号", 6),
    Column("级别", 7),
    Column("表", 12),
    Column("单元格", 9),
    Column("项目/栏目", 17),
    Column("问题", 44),
    Column("填报", 15),
    Column("应为", 15),
    Column("处理意见", 34),
    Column("相关单元格", 20),
    Column("规则", 8),
    Column("整改说明", 26),
)
HIDDEN: Final = len(COLUMNS)
"""Column, from 0, that tells a later run where a mark is; nobody sees it."""
HINT: Final = (
    "请按本清单逐条改正，并在“整改说明”栏写明情况，再把本文件重新报送。单元格的红色表示错误，黄色表示警告，批注中有处理意见；"
    "颜色、批注和本清单不影响填报的数据，重新报送时不必删除。"
)
HINT_ALONE: Final = "请按本清单在原文件中逐条改正，并在“整改说明”栏写明情况，再重新报送。"
TIP: Final = "转到该单元格"
_MOST_RELATED: Final = 12


@dataclass(frozen=True)
class CheckedFile:
    """Whose file was checked, what it is called (in the folder), and when."""

    department: str
    path: str
    made_at: datetime


NumberedFinding = tuple[int, "Finding"]
"""A finding and its number in the list."""
AnswerKey = tuple[str, str, str]
"""Rule, sheet and cell of a finding the department has written something about."""


class ListCell(NamedTuple):
    """A cell of the list: what it says, its style by name, and the cell of the same workbook it leads to, if any."""

    text: str | None
    style: str = "text"
    target: str = ""


@dataclass(frozen=True)
class ProblemList:
    """What goes into a list; `notes` say what a reader must know of the file.

    CellGrid of `sheets` are linked to, `hidden` are addresses of marks by number, `answers` what the department wrote
    about a finding when it sent the file last.
    """

    listed: Sequence[NumberedFinding]
    about: CheckedFile
    notes: Sequence[str]
    sheets: Container[str] = frozenset()
    hidden: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[AnswerKey, str] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """Row, from 1, of the heads."""
        return 3 + len(self.notes)


def number_findings(findings: Iterable[Finding]) -> list[NumberedFinding]:
    """The findings that ask for something to be mended, counted from 1."""
    asking = [finding for finding in findings if finding.severity is not Severity.INFO]
    return list(enumerate(asking[: LAST_ROW // 2], start=1))


def list_bytes(listing: ProblemList) -> bytes:
    """The list as a workbook of its own."""
    book, sheet = begin_list(listing)
    for number, finding in listing.listed:
        row, shown = listing.head - 1 + number, entries(listing, number, finding)
        sheet.write_number(row, 0, number, "integer")
        for column, entry in enumerate(shown, start=1):
            sheet.write_text(row, column, entry.text, entry.style)
        sheet.set_height(row, height_of(shown))
    return book.close()


def begin_list(listing: ProblemList) -> tuple[HeldBook, SheetWriter]:
    """A workbook with a list down to its heads, and the sheet it is on."""
    book = HeldBook(NAME, listing.about.made_at)
    sheet = book.sheet(NAME, COLUMNS, tab=RED[0])
    sheet.worksheet.set_column(HIDDEN, HIDDEN, 9, None, {"hidden": True})
    sheet.set_height(0, 30)
    sheet.write_text(0, 0, "审核问题清单", "title")
    sheet.write_text(0, HIDDEN, RETURNED)
    sheet.write_text(1, 0, caption(listing), "subtitle")
    for row, note in enumerate(listing.notes, start=2):
        sheet.merge_across(row, 0, len(COLUMNS) - 1, "hint")
        sheet.write_text(row, 0, note, "hint")
        sheet.set_height(row, note_height(note))
    sheet.write_heads(listing.head - 1, frozen=0)
    return book, sheet


def note_height(note: str) -> float:
    """Points of the row of a note, which goes across the list."""
    return row_height([(note, sum(column.width for column in COLUMNS))])


def caption(listing: ProblemList) -> str:
    """The line below the title."""
    listed, about = listing.listed, listing.about
    errors = sum(finding.severity is Severity.ERROR for _, finding in listed)
    moment = f"{about.made_at.year}年{about.made_at.month}月{about.made_at.day}日"
    parts = [f"单位：{about.department}"] if about.department else []
    parts += [f"文件：{about.path}", f"审核日期：{moment}", f"错误 {errors} 项，警告 {len(listed) - errors} 项"]
    return "　　".join(parts)


def entries(listing: ProblemList, number: int, finding: Finding) -> list[ListCell]:
    """The row of a finding, its number aside."""
    sheet, place = finding.sheet or "整个文件", finding.cell or ""
    target = _target(sheet, place) if finding.sheet in listing.sheets and place and number <= MOST_LINKS else ""
    return [
        ListCell(finding.severity.label, f"mark_{finding.severity.label}"),
        ListCell(sheet),
        ListCell(place, "link_centre" if target else "centre", target),
        ListCell((finding.field or "").replace("_", " ")),
        ListCell(finding.message),
        ListCell(finding.actual),
        ListCell(finding.expected),
        ListCell(finding.advice),
        ListCell(_related(finding)),
        ListCell(finding.rule, "centre"),
        ListCell(listing.answers.get((finding.rule, sheet, place))),
    ]


def height_of(row: Sequence[ListCell]) -> float:
    """Points of the row of a finding, as tall as its texts ask."""
    widths = (column.width for column in COLUMNS[1:])
    texts = ((entry.text, width) for entry, width in zip(row, widths, strict=True))
    return row_height((text, width) for text, width in texts if text)


def _target(sheet: str, cell: str) -> str:
    """Where a link to a cell of the same workbook leads; nowhere if the sheet's name cannot be written."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}" if visible(sheet) == sheet else ""


def _related(finding: Finding) -> str:
    """The other cells: alone on the same sheet, with the sheet's name on another, with the file's in another file."""
    lines: dict[str, list[str]] = {}
    for place in finding.related[:_MOST_RELATED]:
        file = f"〔{PurePosixPath(place.path).name}〕" if place.path != finding.path else ""
        sheet = place.sheet or ""
        lines.setdefault(f"{file}{sheet}", []).append(place.cell or "")
    own = finding.sheet or ""
    shown = [
        f"{'' if where == own else where + ' '}{'、'.join(dict.fromkeys(filter(None, cells)))}".strip()
        for where, cells in lines.items()
    ]
    more = len(finding.related) - _MOST_RELATED
    return "\n".join(shown + ([f"……另有 {more} 处"] if more > 0 else []))
