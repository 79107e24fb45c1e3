"""The sheet 整改情况, the outcomes of an earlier review's findings, and the notes on findings that are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.auditing.rounds.outcomes import Outcome
from xltool.outputs.officer_notes import ABOUT, GONE_SHEET, KEY, NOTE, STATUS
from xltool.outputs.sheets.problems import EXPLAINED, LONGEST_PLACE
from xltool.outputs.sheets.sheet_writer import AMBER, BLUE, GREEN, LAST_ROW, RED, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import elide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xltool.auditing.rounds.outcomes import Step
    from xltool.outputs.model import Review
    from xltool.outputs.officer_notes import OfficerNote
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "整改情况"
COLUMNS: Final = (
    ListColumn("序号", 5),
    ListColumn("单位", 16),
    ListColumn("表", 7),
    ListColumn("项目", 14),
    ListColumn("整改结果", 12),
    ListColumn("问题", 54),
    ListColumn("上次填报", 15),
    ListColumn("本次填报", 15),
    ListColumn("位置", 14),
    ListColumn("规则", 8),
    ListColumn("栏目", 20),
)
"""Those up to the rule are in sight on a screen of 1366 pixels."""
NOTE_COLUMNS: Final = (
    *(ListColumn(head, width) for head, width in zip(ABOUT, (18, 8, 18, 9, 17, 13, 13, 60), strict=True)),
    ListColumn(STATUS, 12),
    ListColumn(NOTE, 24),
    ListColumn(KEY, 18),
)
INK: Final = {
    Outcome.RESOLVED: GREEN,
    Outcome.ACCEPTED: GREEN,
    Outcome.EXPLAINED: BLUE,
    Outcome.UNRESOLVED: RED,
    Outcome.NOT_RESUBMITTED: RED,
    Outcome.NEW: AMBER,
    Outcome.UNREQUESTED: BLUE,
}
_RESULT, _PLACE, _RULE = 4, 8, 9


def write(book: WorkbookWriter, review: Review, links: Linker) -> None:
    """Write the sheet of outcomes if there was an earlier review."""
    if review.context.steps is None:
        return
    has_explanations = any(step.explanation for step in review.context.steps)
    sheet = book.sheet(NAME, (*COLUMNS, EXPLAINED) if has_explanations else COLUMNS, tab=GREEN[0])
    sheet.set_print_title(NAME)
    sheet.start_list(len(review.context.steps), frozen=2, empty="上次没有要求整改的问题，本次也没有新增。")
    names = {filing.id: filing.department for filing in review.filings}
    sheet.omit_rows(len(review.context.steps) - LAST_ROW)
    for row, step in enumerate(review.context.steps[:LAST_ROW], start=1):
        department = names.get(review.filing_of_step(step), step.department)
        _row(sheet, row, replace(step, department=department), links)
    last = min(len(review.context.steps), LAST_ROW)
    for became, pair in INK.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{became.value}"', "format": book.colour(pair)}
        sheet.worksheet.conditional_format(1, _RESULT, max(1, last), _RESULT, rule)


def _row(sheet: SheetWriter, row: int, step: Step, links: Linker) -> None:
    place = f"{step.sheet}!{step.cell}" if step.sheet and step.cell else step.sheet
    place = place or elide(PurePosixPath(step.path).name, LONGEST_PLACE)
    values = (step.before, step.after) if step.sheet else (None, None)  # of a whole file, the message says why
    texts = [
        None, step.department, step.form, step.project, step.became.value, step.message,
        *values, place, step.rule, step.item, step.explanation,
    ][: len(sheet.columns)]  # fmt: skip
    sheet.write_number(row, 0, row, "integer")
    gone = step.became is Outcome.NOT_RESUBMITTED
    for column, text in enumerate(texts[1:], start=1):
        if column == _PLACE and not gone:
            sheet.write_link(row, column, links(step.path, step.sheet, step.cell), text or "", tip=f"打开 {step.path}")
        else:
            sheet.write_text(row, column, text, "centre" if column in {2, _RESULT, _RULE} else "text")
    sheet.fit_height(row, texts)


def write_notes(book: WorkbookWriter, handled: Mapping[str, OfficerNote], keys: Sequence[str]) -> None:
    """Write the notes on findings that are gone, so that no note is lost; no sheet if there is none."""
    gone = dict(handled)
    for key in keys if gone else ():
        gone.pop(key, None)
    if not gone:
        return
    sheet = book.sheet(GONE_SHEET, NOTE_COLUMNS)
    sheet.set_print_title(sheet.name)
    sheet.start_list(len(gone), frozen=1)
    for row, (key, handling) in enumerate(sorted(gone.items(), key=lambda item: (item[1].about, item[0])), start=1):
        about = dict(zip(ABOUT, handling.about, strict=False))
        texts = [*map(about.get, ABOUT), handling.status, handling.note, key]
        for column, text in enumerate(texts):
            sheet.write_text(row, column, text)
        sheet.fit_height(row, texts)
    sheet.worksheet.set_column(
        len(NOTE_COLUMNS) - 1, len(NOTE_COLUMNS) - 1, NOTE_COLUMNS[-1].width, None, {"hidden": True}
    )
