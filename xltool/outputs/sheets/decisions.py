"""The sheet 处理登记: every decision of the officers, who took it, when, and in which review, for the auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.outputs.officer_notes import (
    ABOUT,
    EXPECTED,
    FILED,
    KEY,
    LOG,
    NOTE,
    OFFICER,
    PROBLEM,
    RUN,
    STATUS,
    TAKEN_OFF,
    TIME,
)
from xltool.outputs.sheets.sheet_writer import GREEN, LAST_ROW, ListColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.outputs.officer_notes import Decision
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

_WIDTHS: Final = {"单位": 18, "表": 8, "项目": 16, "规则": 9, "位置": 16, FILED: 13, EXPECTED: 13, PROBLEM: 44}
COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn(TIME, 18),
    ListColumn(OFFICER, 12),
    ListColumn(STATUS, 12),
    ListColumn(NOTE, 26),
    *(ListColumn(head, _WIDTHS[head]) for head in ABOUT),
    ListColumn(RUN, 20),
    ListColumn(KEY, 18),
)
_CENTRED: Final = frozenset({TIME, OFFICER, STATUS, "表", "规则"})


def write(book: WorkbookWriter, decisions: Sequence[Decision]) -> None:
    """Write the sheet, locked against slips of the hand; none where nobody decided anything."""
    if not decisions:
        return
    sheet = book.sheet(LOG, COLUMNS, tab=GREEN[0])
    sheet.set_print_title(LOG)
    shown = decisions[:LAST_ROW]
    sheet.start_list(len(shown), frozen=3)
    for row, decision in enumerate(shown, start=1):
        time, status = decision.time.replace("T", " "), decision.status
        texts = [
            None, time, decision.officer, status or ("" if decision.note else TAKEN_OFF), decision.note,
            *map(dict(zip(ABOUT, decision.about, strict=False)).get, ABOUT), decision.run, decision.key,
        ]  # fmt: skip
        sheet.write_number(row, 0, row, "integer")
        for number, (column, text) in enumerate(zip(COLUMNS[1:], texts[1:], strict=True), start=1):
            sheet.write_text(row, number, text, "centre" if column.head in _CENTRED else "text")
        sheet.fit_height(row, texts)
    last = len(COLUMNS) - 1
    sheet.worksheet.set_column(last, last, COLUMNS[last].width, None, {"hidden": True})
    sheet.worksheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
