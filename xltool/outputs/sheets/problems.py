"""The sheets 问题清单 and 次要事项: a row for each finding, with the officer's status and note.

问题清单 has what a desk acts on, the most urgent first; 次要事项 has the rest, folded below a line for each filing.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.outputs.model import SubmissionOrigin
from xltool.outputs.officer_notes import (
    EXPECTED,
    FILED,
    KEY,
    MINOR_SHEET,
    NOTE,
    PROBLEM,
    PROBLEM_SHEET,
    STATES,
    STATUS,
    OfficerNote,
)
from xltool.outputs.reviewing.finding_order import acted_on, findings_in
from xltool.outputs.reviewing.priorities import ACTED_ON, Priority, priority_of
from xltool.outputs.sheets.cells import Fold
from xltool.outputs.sheets.sheet_writer import AMBER, BLUE, GREEN, LAST_ROW, RED, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import elide

if TYPE_CHECKING:
    from xltool.findings import Exempted, Finding
    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

SEVERITY, PLACE, ADVICE = "严重程度", "位置", "处理建议"
COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn("单位", 15),
    ListColumn("表", 7),
    ListColumn("项目", 13),
    ListColumn(SEVERITY, 8),
    ListColumn("类别", 9),
    ListColumn(PROBLEM, 44),
    ListColumn(FILED, 12),
    ListColumn(EXPECTED, 12),
    ListColumn(STATUS, 11),
    ListColumn(NOTE, 15),
    ListColumn(PLACE, 14),
    ListColumn("规则", 8),
    ListColumn(ADVICE, 44),
    ListColumn("字段", 20),
    ListColumn("依据", 60),
    ListColumn("相关单元格", 60),
    ListColumn(KEY, 18),
)
"""Those up to the rule are in sight on a screen of 1366 pixels, those up to the advice on paper."""
EXPLAINED: Final = ListColumn("单位说明", 21)
"""What the department wrote on the finding; before the officer's columns, and only there if any finding has one."""
_NARROW: Final = {
    "序号": 5, "单位": 12, "项目": 10, SEVERITY: 7, "类别": 8, PROBLEM: 38, FILED: 10, EXPECTED: 10, STATUS: 10,
    NOTE: 12, PLACE: 11, "规则": 7,
}  # fmt: skip
"""The widths of columns that make room for it on the screen."""
EXEMPTION: Final = ListColumn("豁免", 26)
"""The last column; only there if any finding is exempted."""
NO_FILING: Final = "不能归到单位的文件"
MOST_RELATED: Final = 12
LONGEST_PLACE: Final = 20
"""The width of a file's name in the column of places, on two lines."""
_CENTRED: Final = frozenset({"表", SEVERITY, "类别", STATUS, "规则"})
_UNTOUCHED: Final = OfficerNote()


def place_of_first(filing: int, order: FindingOrder) -> str | None:
    """The link to the first finding of a filing, by its number: in 问题清单, else to its line in 次要事项."""
    for name, rows in ((PROBLEM_SHEET, order.first_acted_on), (MINOR_SHEET, order.first_minor)):
        if filing in rows and rows[filing] <= LAST_ROW:
            return f"internal:'{name}'!A{rows[filing] + 1}"
    return None


def write(book: WorkbookWriter, review: Review, links: Linker, order: FindingOrder) -> None:
    """Write both sheets; findings of a priority and a filing keep their order."""
    columns = _columns(explained=review.context.explained.has_current, exempted=order.has_exempted)
    sheets = [book.sheet(name, columns, tab=tab[0]) for name, tab in ((PROBLEM_SHEET, RED), (MINOR_SHEET, BLUE))]
    for sheet in sheets:
        sheet.set_print_title(sheet.name)
        hidden = _at(sheet, KEY)
        sheet.worksheet.set_column(hidden, hidden, sheet.columns[hidden].width, None, {"hidden": True})
    rows = _FindingRows(review, links)
    _write_problems(sheets[0], rows, order)
    _write_minor(sheets[1], rows, order)


def _columns(*, explained: bool, exempted: bool) -> list[ListColumn]:
    """The columns of a review with explanations of departments, or with exempted findings, or without."""
    columns = list(COLUMNS)
    if explained:
        columns = [replace(column, width=_NARROW.get(column.head, column.width)) for column in columns]
        columns.insert(next(at for at, column in enumerate(columns) if column.head == STATUS), EXPLAINED)
    return [*columns, EXEMPTION] if exempted else columns


def _at(sheet: SheetWriter, head: str) -> int:
    """The number of a column."""
    return next(at for at, column in enumerate(sheet.columns) if column.head == head)


def _write_problems(sheet: SheetWriter, rows: _FindingRows, order: FindingOrder) -> None:
    """Write what a desk acts on."""
    count = order.count(*ACTED_ON)
    minor = order.count(Priority.MINOR)
    nothing = f"没有需要处理的问题；另有 {minor} 条次要事项，见“{MINOR_SHEET}”。" if minor else "没有发现问题。"
    sheet.start_list(count, frozen=2, empty=nothing)
    for row, (number, finding) in enumerate(islice(acted_on(rows.review, order), LAST_ROW), start=1):
        rows.write(sheet, row, number, finding)
    sheet.omit_rows(count - LAST_ROW)
    _finish(sheet, min(count, LAST_ROW))


def _write_minor(sheet: SheetWriter, rows: _FindingRows, order: FindingOrder) -> None:
    """Write the rest, folded below a line for each filing."""
    last = order.count(Priority.MINOR) + len(order.first_minor)
    sheet.start_list(last, frozen=2, empty="没有次要事项。")
    sheet.fold_below()
    row = 1
    by_filing = groupby((run for _, run in order.places(Priority.MINOR)), key=lambda run: run.filing)
    for filing, runs in by_filing:
        if row >= LAST_ROW:
            break
        own = list(runs)
        rows.write_line(sheet, row, filing, sum(run.priorities[Priority.MINOR] for run in own))
        for run in own:
            for number, finding in islice(findings_in(rows.review, run, Priority.MINOR), LAST_ROW - row):
                row += 1
                rows.write(sheet, row, number, finding, Fold.MEMBER)
        row += 1
    sheet.omit_rows(last - LAST_ROW)
    _finish(sheet, min(last, LAST_ROW))


class _FindingRows:
    """Writes rows of findings."""

    def __init__(self, review: Review, links: Linker) -> None:
        self.review, self._links = review, links
        self._owners = {path: filing.department for filing in review.filings for path in filing.files}
        self._keys = review.keys or [""] * len(review.findings)

    def write(self, sheet: SheetWriter, row: int, number: int, finding: Finding, fold: Fold = Fold.NONE) -> None:
        """Write the finding with this number in the review."""
        links = _no_link if finding.path in self.review.outside else self._links
        texts = self._texts(finding, self._keys[number])
        sheet.write_number(row, 0, row, "integer")
        for column, head in enumerate(each.head for each in sheet.columns):
            text = texts.get(head)
            if head == PLACE:
                target = links(finding.path, finding.sheet, finding.cell)
                sheet.write_link(row, column, target, text or "", tip=f"打开 {finding.path}")
            elif column:
                style = f"mark_{text}" if head == SEVERITY else "centre" if head in _CENTRED else "text"
                sheet.write_text(row, column, text, style)
        sheet.fit_height(row, [texts.get(each.head) for each in sheet.columns], fold=fold)

    def write_line(self, sheet: SheetWriter, row: int, filing: int, count: int) -> None:
        """Write the line above the folded findings of a filing, by its number."""
        filings = self.review.filings
        name = filings[filing].department if filing < len(filings) else NO_FILING
        for column in range(len(sheet.columns)):
            sheet.write_text(row, column, None, "total_line")
        sheet.write_text(row, _at(sheet, "单位"), name, "total_line")
        sheet.write_text(row, _at(sheet, PROBLEM), f"{count} 条，点左侧的 + 展开", "total_line")
        sheet.fit_height(row, [None] * len(sheet.columns), fold=Fold.HEAD)

    def _texts(self, finding: Finding, key: str) -> dict[str, str | None]:
        """The texts of a row by the heads of their columns; the number has none."""
        review = self.review
        origin = review.submissions.get(finding.submission or "")
        origin = origin or SubmissionOrigin(self._owners.get(finding.path, ""), "")
        handling = review.context.handled.get(key) or _UNTOUCHED
        return {
            "单位": origin.department,
            "表": origin.form,
            "项目": origin.project,
            SEVERITY: finding.severity.label,
            "类别": priority_of(finding).label,
            PROBLEM: finding.message,
            FILED: _filed(finding),
            EXPECTED: finding.expected,
            EXPLAINED.head: review.context.explained.by_key.get(key),
            STATUS: handling.status,
            NOTE: handling.note,
            PLACE: _place(finding),
            "规则": finding.rule,
            ADVICE: finding.advice,
            "字段": finding.field,
            "依据": finding.basis,
            "相关单元格": _related(finding),
            KEY: key,
            EXEMPTION.head: _exemption(finding.exemption),
        }


def _finish(sheet: SheetWriter, last: int) -> None:
    """Print no more columns than can be read on paper, and offer states."""
    sheet.worksheet.print_area(0, 0, max(last, 1), _at(sheet, ADVICE))
    _add_status_list(sheet, last)


def _add_status_list(sheet: SheetWriter, last: int) -> None:
    """Offer a list of states in the status column, and colour settled findings."""
    if not last:
        return
    rows = (1, _at(sheet, STATUS), last, _at(sheet, STATUS))
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


def _filed(finding: Finding) -> str | None:
    """The filed value; None where it is why a file cannot be read, which the message says already."""
    is_said = finding.cell is None and finding.actual and finding.actual in finding.message
    return None if is_said else finding.actual


def _no_link(path: str, sheet: str | None, cell: str | None) -> str | None:  # noqa: ARG001 - the signature of all linkers
    """The linker of files that are not among the filings, such as the list of exemptions."""
    return None


def _exemption(exemption: Exempted | None) -> str | None:
    if exemption is None:
        return None
    return f"理由：{exemption.reason}\n批准人：{exemption.approver}\n有效期至：{exemption.until}"


def _place(finding: Finding) -> str:
    """The place of a finding; the name of a whole file on two lines at most, as its link names it in full."""
    address = _address(finding.path, finding.sheet, finding.cell)
    return address if finding.sheet else elide(address, LONGEST_PLACE)


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
