"""The sheet 问题清单: a row for each finding, with the officer's status and note."""

from __future__ import annotations

from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.outputs.model import Review, SubmissionOrigin
from xltool.outputs.officer_notes import KEY, NOTE, SHEETS, STATES, STATUS, OfficerNote
from xltool.outputs.sheets.sheet_writer import AMBER, BLUE, GREEN, LAST_ROW, RED, ListColumn, SheetWriter

if TYPE_CHECKING:
    from xltool.findings import Exempted, Finding
    from xltool.outputs.sheets.counts import Counts
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = SHEETS[0]
COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn("单位", 16),
    ListColumn("表", 8),
    ListColumn("项目", 16),
    ListColumn("严重程度", 8),
    ListColumn(STATUS, 11),
    ListColumn(NOTE, 16),
    ListColumn("规则", 9),
    ListColumn("位置", 17),
    ListColumn("字段", 16),
    ListColumn("填报", 13),
    ListColumn("应为", 13),
    ListColumn("问题", 38),
    ListColumn("处理建议", 32),
    ListColumn("依据", 22),
    ListColumn("相关单元格", 22),
    ListColumn(KEY, 18),
)
EXEMPTION: Final = ListColumn("豁免", 26)
"""The last column; only there if any finding is exempted."""
MOST_RELATED: Final = 12
_AT: Final = {column.head: number for number, column in enumerate(COLUMNS)}
_CENTRED: Final = frozenset(_AT[head] for head in ("表", "严重程度", STATUS, "规则"))
_UNTOUCHED: Final = OfficerNote()
_MARK, _PLACE = _AT["严重程度"], _AT["位置"]


def place_of_first(filing: str, counts: Counts) -> str | None:
    """The link to the first finding of a filing; None if the list does not have it."""
    number = counts.first.get(filing)
    return None if number is None or number > LAST_ROW else f"internal:'{NAME}'!A{number + 1}"


def write(book: WorkbookWriter, review: Review, links: Linker, counts: Counts) -> None:
    """Write the sheet; findings keep their order."""
    sheet = book.sheet(NAME, (*COLUMNS, EXEMPTION) if counts.exempted else COLUMNS, tab=RED[0])
    sheet.set_print_title(NAME)
    sheet.start_list(len(review.findings), frozen=2, empty="没有发现问题。")
    owners = {path: filing.department for filing in review.filings for path in filing.files}
    keys = iter(review.keys)
    for row, finding in enumerate(islice(review.findings, LAST_ROW), start=1):
        key = next(keys, "")
        origin = review.submissions.get(finding.submission or "") or SubmissionOrigin(owners.get(finding.path, ""), "")
        texts = _texts(finding, origin, key, review.context.handled.get(key) or _UNTOUCHED)[: len(sheet.columns)]
        _row(sheet, row, finding, texts, _no_link if finding.path in review.outside else links)
    _add_status_list(sheet, min(len(review.findings), LAST_ROW))
    sheet.worksheet.set_column(_AT[KEY], _AT[KEY], COLUMNS[_AT[KEY]].width, None, {"hidden": True})


def _add_status_list(sheet: SheetWriter, last: int) -> None:
    """Offer a list of states in the status column, and colour settled findings."""
    if not last:
        return
    rows = (1, _AT[STATUS], last, _AT[STATUS])
    sheet.worksheet.data_validation(
        *rows,
        {
            "validate": "list", "source": list(STATES), "error_type": "warning", "input_title": STATUS,
            "input_message": "选择或填写；下次运行 xltool batch 时保留",
            "error_title": STATUS, "error_message": "不在列表中，仍要填写吗？",
        },
    )  # fmt: skip
    for state, pair in ((STATES[2], AMBER), (STATES[3], GREEN), (STATES[4], GREEN), (STATES[1], BLUE)):
        rule = {"type": "cell", "criteria": "==", "value": f'"{state}"', "format": sheet.book.colour(pair)}
        sheet.worksheet.conditional_format(*rows, rule)


def _row(sheet: SheetWriter, row: int, finding: Finding, texts: list[str | None], links: Linker) -> None:
    """Write the row of a finding."""
    sheet.write_number(row, 0, row, "integer")
    for column, text in enumerate(texts):
        if column == _PLACE:
            target = links(finding.path, finding.sheet, finding.cell)
            sheet.write_link(row, column, target, text or "", tip=f"打开 {finding.path}")
        elif column:
            style = f"mark_{text}" if column == _MARK else "centre" if column in _CENTRED else "text"
            sheet.write_text(row, column, text, style)
    sheet.fit_height(row, texts)


def _texts(finding: Finding, origin: SubmissionOrigin, key: str, handling: OfficerNote) -> list[str | None]:
    """The texts of a row; None for the number."""
    return [
        None, origin.department, origin.form, origin.project, finding.severity.label, handling.status, handling.note,
        finding.rule, _address(finding.path, finding.sheet, finding.cell), finding.field, finding.actual,
        finding.expected, finding.message, finding.advice, finding.basis, _related(finding), key,
        _exemption(finding.exemption),
    ]  # fmt: skip


def _no_link(path: str, sheet: str | None, cell: str | None) -> str | None:  # noqa: ARG001 - the signature of all linkers
    """The linker of files that are not among the filings, such as the list of exemptions."""
    return None


def _exemption(exemption: Exempted | None) -> str | None:
    if exemption is None:
        return None
    return f"理由：{exemption.reason}\n批准人：{exemption.approver}\n有效期至：{exemption.until}"


def _address(path: str, sheet: str | None, cell: str | None) -> str:
    """Sheet and cell, or the name of the file if the finding is about the whole file."""
    if not sheet:
        return PurePosixPath(path).name
    return f"{sheet}!{cell}" if cell else sheet


def _related(finding: Finding) -> str:
    """The related cells, a line for each sheet; cells of another file stand below its name."""
    if not finding.related:
        return ""
    sheets: dict[tuple[str, str | None], list[str]] = {}
    for place in finding.related[:MOST_RELATED]:
        sheets.setdefault((place.path, place.sheet), []).append(place.cell or "")
    lines: list[str] = []
    named = finding.path
    for (path, sheet), cells in sorted(sheets.items(), key=lambda item: item[0][0] != finding.path):
        if path != named and sheet:
            lines.append(f"〔{PurePosixPath(path).name}〕")
        named = path
        lines.append(_address(path, sheet, "、".join(dict.fromkeys(filter(None, cells)))))
    more = len(finding.related) - MOST_RELATED
    return "\n".join(lines + ([f"……另有 {more} 处"] if more > 0 else []))
