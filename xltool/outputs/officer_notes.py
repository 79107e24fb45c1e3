"""What the officer noted beside the findings of a review, read for the next review."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a worker that reads a review hands it over as bytes
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from xltool.findings import InputError
from xltool.outputs.sheets.texts import cell_text
from xltool.reader.guard import Refused, check
from xltool.reader.limits import LIMITS
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xltool.findings import Finding
    from xltool.reader.model import Book, Sheet

PROBLEM_SHEET, MINOR_SHEET, GONE_SHEET = "问题清单", "次要事项", "已消失问题的处理记录"
SHEETS: Final = (PROBLEM_SHEET, MINOR_SHEET, GONE_SHEET)
"""The two sheets of findings, and the sheet of notes on findings that are gone."""
LOG: Final = "处理登记"
"""The sheet of decisions, for the auditor: nothing in it is taken off."""
STATUS, NOTE, KEY = "处理状态", "处理备注", "问题编号"
OFFICER, TIME, RUN = "登记人", "登记时间", "审核批次"
FILED, EXPECTED, PROBLEM = "填报", "应为", "问题"
ABOUT: Final = ("单位", "表", "项目", "规则", "位置", FILED, EXPECTED, PROBLEM)
TAKEN_OFF: Final = "（撤销）"
"""The state shown of a decision that was taken off; no officer chooses it."""
OPEN_STATE, ACCEPTED, DISMISSED = "待处理", "说明认可", "不作问题"
STATES: Final = (OPEN_STATE, "已联系单位", "已退回", ACCEPTED, DISMISSED)
SETTLED: Final = frozenset({ACCEPTED, DISMISSED})
"""States with which a finding leaves letters and returned copies."""
RUN_NAME: Final = "xltool_run"
"""The defined name that holds the digest of the record of the run that wrote a review."""


@dataclass(frozen=True)
class OfficerNote:
    """What an officer noted beside a finding; `about` describes the finding as it was then, in the order of `ABOUT`."""

    status: str = ""
    note: str = ""
    about: tuple[str, ...] = ()

    def holds_for(self, finding: Finding) -> bool:
        """Whether the finding still says what it said when this was noted: both values, or the same words."""
        then = dict(zip(ABOUT, self.about, strict=False))
        if (finding.actual or finding.expected) and PROBLEM in then:
            now = (finding.actual, finding.expected)
            return (then.get(FILED, ""), then.get(EXPECTED, "")) == tuple(_shown(text) for text in now)
        return then.get(PROBLEM, "") == _shown(finding.message)


@dataclass(frozen=True)
class Decision:
    """A note as it was decided: who, when (ISO), and the run whose review it was made in, by its digest."""

    key: str
    status: str
    note: str
    officer: str
    time: str
    run: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficerReview:
    """What a review holds of the officer: notes by the keys of their findings, and all decisions so far.

    `run` is the digest of the record of the run that wrote the review.
    """

    notes: Mapping[str, OfficerNote] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    run: str = ""


def load(path: Path) -> OfficerReview:
    """Read what the officer noted in the review at `path`; nothing where there is no review yet.

    Raises ValueError, in Chinese, where the file cannot be read: writing over it would lose the notes.
    """
    if not path.exists():
        return OfficerReview()
    from xltool.reader.ooxml.workbook import open_workbook  # noqa: PLC0415 - lxml, in the worker that reads only

    try:
        check(path, replace(LIMITS, filled_cells=LIMITS.review_cells))
        book = open_workbook(path, sheets=(*SHEETS, LOG), filled=LIMITS.review_cells)
    except (Refused, OSError) as error:
        reason = error.reason if isinstance(error, Refused) else words_of(error)
        msg = f"上次的 {path.name} 无法读取（{reason}），其中填写的处理状态会丢失；请修复或移走后再运行：{path}"
        raise InputError(msg) from error
    notes = {key: noted for sheet in book.sheets if sheet.name in SHEETS for key, noted in _notes(sheet)}
    decisions = tuple(each for sheet in book.sheets if sheet.name == LOG for each in _decisions(sheet))
    return OfficerReview(notes, decisions, _run_of(book))


def _run_of(book: Book) -> str:
    """The digest in a review, "" where it has none."""
    return next((name.ref.strip('="') for name in book.names if name.name == RUN_NAME and name.sheet is None), "")


def _notes(sheet: Sheet) -> Iterator[tuple[str, OfficerNote]]:
    """Rows with a status or a note."""
    for words in _rows(sheet, {STATUS, NOTE, KEY}):
        if words[KEY] and (words[STATUS] or words[NOTE]):
            yield words[KEY], OfficerNote(words[STATUS], words[NOTE], _about(words))


def _decisions(sheet: Sheet) -> Iterator[Decision]:
    """The rows of the sheet of decisions."""
    for words in _rows(sheet, {STATUS, NOTE, KEY, OFFICER, TIME, RUN}):
        if words[KEY]:
            yield Decision(
                key=words[KEY],
                status="" if words[STATUS] == TAKEN_OFF else words[STATUS],
                note=words[NOTE],
                officer=words[OFFICER],
                time=words[TIME].replace(" ", "T"),
                run=words[RUN],
                about=_about(words),
            )


def _about(words: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(words.get(head, "") for head in ABOUT)


def _rows(sheet: Sheet, needed: set[str]) -> Iterator[dict[str, str]]:
    """The texts of each row by head; columns go by their heads, because officers move them."""
    heads = {str(cell.value).strip(): column for (row, column), cell in sheet.cells.items() if row == 1}
    if needed <= set(heads):
        for row in sorted({row for row, _ in sheet.cells if row > 1}):
            yield {head: _text(sheet, row, column) for head, column in heads.items()}


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cells.get((row, column))
    return "" if cell is None or cell.value is None else str(cell.value).strip()


def _shown(text: str | None) -> str:
    """A text as a review shows it, and as it is read again."""
    return cell_text(text).strip() if text else ""
