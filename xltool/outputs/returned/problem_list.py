"""问题清单 of one file: the findings that its department has to work through, a row for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Severity
from xltool.forms.problem_list import (
    ADVICE,
    CELL,
    EXPLANATION,
    NUMBER,
    PROBLEM,
    RETURNED,
    RULE,
    SHEET,
    RowId,
)
from xltool.outputs.sheets.sheet_writer import LAST_ROW, MOST_LINKS, RED, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import row_height, visible
from xltool.outputs.sheets.workbook_writer import HeldWorkbook

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from xltool.findings import Finding
    from xltool.outputs.returned.checked_file import CheckedFile

NAME: Final = "问题清单"
COLUMNS: Final = (
    ListColumn(NUMBER, 6),
    ListColumn("级别", 7),
    ListColumn(SHEET, 12),
    ListColumn(CELL, 9),
    ListColumn("项目/栏目", 17),
    ListColumn(PROBLEM, 44),
    ListColumn("填报", 15),
    ListColumn("应为", 15),
    ListColumn(ADVICE, 34),
    ListColumn("相关单元格", 20),
    ListColumn(RULE, 8),
    ListColumn(EXPLANATION, 26),
)
HIDDEN: Final = len(COLUMNS)
"""Column, from 0, that tells a later run where the marks are; it is hidden."""
IDS: Final = HIDDEN + 1
"""Column, from 0, of the ids by which explanations are matched with their findings; it is hidden, too."""
HINT: Final = (
    "请按本清单逐条改正，并在“整改说明”栏写明情况，再把本文件重新报送。单元格的红色表示错误，黄色表示警告，批注中有处理意见；"
    "颜色、批注和本清单不影响填报的数据，重新报送时不必删除。"
)
HINT_ALONE: Final = "请按本清单在原文件中逐条改正，并在“整改说明”栏写明情况，再重新报送。"
TIP: Final = "转到该单元格"
_MOST_RELATED: Final = 12


class ListedFinding(NamedTuple):
    """A finding with its number in the list, and its key, "" where it has none."""

    number: int
    finding: Finding
    key: str = ""

    @property
    def id(self) -> str:
        """The text of the hidden cell by which the row is known again; "" without a key."""
        return str(RowId(str(self.number), self.key, self.finding.rule)) if self.key else ""


AnswerKey = tuple[str, str, str]
"""Rule, sheet and cell of a finding that the department has answered in the list."""


class ListCell(NamedTuple):
    """A cell of the list: its text, the name of its style, and the cell of the same workbook that it links to."""

    text: str | None
    style: str = "text"
    target: str = ""


@dataclass(frozen=True)
class ProblemList:
    """The content of a list; `notes` tell the department what it must know of the file.

    Cells of `sheets` get links, `hidden` holds the addresses of marks by number, `answers` holds what the department
    wrote into an earlier list of the file.
    """

    listed: Sequence[ListedFinding]
    about: CheckedFile
    notes: Sequence[str]
    sheets: Container[str] = frozenset()
    hidden: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[AnswerKey, str] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """Row of the heads, from 1."""
        return 3 + len(self.notes)


def number_findings(findings: Sequence[Finding], keys: Sequence[str] = ()) -> list[ListedFinding]:
    """The findings that ask for a correction, numbered from 1; `keys` are those of the findings, if they have keys."""
    pairs = zip(findings, keys or [""] * len(findings), strict=True)
    to_correct = [pair for pair in pairs if pair[0].severity is not Severity.INFO][: LAST_ROW // 2]
    return [ListedFinding(number, finding, key) for number, (finding, key) in enumerate(to_correct, start=1)]


def list_bytes(listing: ProblemList) -> bytes:
    """The bytes of the list as a workbook of its own."""
    book, sheet = begin_list(listing)
    for listed in listing.listed:
        row, cells = listing.head - 1 + listed.number, list_row(listing, listed)
        sheet.write_number(row, 0, listed.number, "integer")
        for column, cell in enumerate(cells, start=1):
            sheet.write_text(row, column, cell.text, cell.style)
        if listed.id:
            sheet.write_text(row, IDS, listed.id, "line")
        sheet.set_height(row, height_of(cells))
    return book.close()


def begin_list(listing: ProblemList) -> tuple[HeldWorkbook, SheetWriter]:
    """A new workbook with the list as far as its heads, and the sheet of the list."""
    book = HeldWorkbook(NAME, listing.about.made_at)
    sheet = book.sheet(NAME, COLUMNS, tab=RED[0])
    sheet.worksheet.set_column(HIDDEN, IDS, 9, None, {"hidden": True})
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
    """Points of the row of a note, which goes across all columns."""
    return row_height([(note, sum(column.width for column in COLUMNS))])


def caption(listing: ProblemList) -> str:
    """The line below the title."""
    listed, about = listing.listed, listing.about
    errors = sum(each.finding.severity is Severity.ERROR for each in listed)
    moment = f"{about.made_at.year}年{about.made_at.month}月{about.made_at.day}日"
    parts = [f"单位：{about.department}"] if about.department else []
    parts += [f"文件：{about.path}", f"审核日期：{moment}", f"错误 {errors} 项，警告 {len(listed) - errors} 项"]
    return "　　".join(parts)


def list_row(listing: ProblemList, listed: ListedFinding) -> list[ListCell]:
    """The cells of the row of a finding, without its number."""
    number, finding, key = listed
    explanation = listing.about.explanations.get(key)
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
        ListCell(explanation or listing.answers.get((finding.rule, sheet, place))),
    ]


def height_of(row: Sequence[ListCell]) -> float:
    """Points of the row of a finding, high enough for its texts."""
    widths = (column.width for column in COLUMNS[1:])
    texts = ((cell.text, width) for cell, width in zip(row, widths, strict=True))
    return row_height((text, width) for text, width in texts if text)


def _target(sheet: str, cell: str) -> str:
    """The target of a link to a cell of the same workbook; "" if XML cannot hold the name of the sheet."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}" if visible(sheet) == sheet else ""


def _related(finding: Finding) -> str:
    """The related cells, with the name of their sheet and file where that is another."""
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
