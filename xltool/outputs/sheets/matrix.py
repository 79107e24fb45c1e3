"""The sheet 问题分布: how often each rule hit in each filing."""

from __future__ import annotations

from collections import Counter
from operator import add
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range

from xltool.findings import Severity
from xltool.outputs.sheets.problems import NO_FILING
from xltool.outputs.sheets.sheet_writer import RED, ListColumn
from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder
    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "问题分布"
MOST_RULES: Final = 120
TITLE: Final = 60
LEADING: Final = (
    ListColumn("单位", 30),
    *(ListColumn(severity.label, 8) for severity in Severity),
    ListColumn("合计", 8),
)
RULE_WIDTH: Final = 13
HEAD_ROW: Final = 1
"""Totals stand above the heads, where sorting and filtering do not move them."""
_FIRST_RULE: Final = len(LEADING)
_SCALE: Final = {
    "type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": "#FFFFFF", "max_color": "#F4A582",
}  # fmt: skip


def write(book: WorkbookWriter, review: Review, order: FindingOrder) -> None:
    """Write a row for each filing and a column for each rule: errors first, then the most frequent; totals above."""
    rules = _shown_rules(review, order)
    heads = (ListColumn(f"{visible(title)[:TITLE]}\n{code}", RULE_WIDTH) for code, title in rules.items())
    sheet = book.sheet(NAME, (*LEADING, *heads), tab=RED[0])
    sheet.set_print_title(NAME)
    rows = list(_rows(review, order, tuple(rules)))
    _write_totals(sheet, [figures for _, figures in rows])
    sheet.start_list(len(rows), frozen=1, head=HEAD_ROW, empty="没有读到任何单位的报送材料。")
    for row, (name, figures) in enumerate(rows, start=HEAD_ROW + 1):
        sheet.write_text(row, 0, name)
        for at, figure in enumerate(figures, start=1):
            sheet.write_number(row, at, figure if figure or at < _FIRST_RULE else None, "integer")
    if rows and rules:
        last = HEAD_ROW + len(rows)
        sheet.worksheet.conditional_format(HEAD_ROW + 1, _FIRST_RULE, last, _FIRST_RULE + len(rules) - 1, _SCALE)


def _shown_rules(review: Review, order: FindingOrder) -> dict[str, str]:
    """The rules that hit, with their titles: by severity, the most frequent first."""
    whole: Counter[str] = Counter()
    for hits in order.hits.values():
        whole.update(hits)
    rules = {rule.code: rule for rule in review.rules}
    severities = [severity.label for severity in Severity]

    def place(code: str) -> tuple[int, int, str]:
        severity = rules[code].severity if code in rules else ""
        return severities.index(severity) if severity in severities else len(severities), -whole[code], code

    return {code: rules[code].title if code in rules else "" for code in sorted(whole, key=place)[:MOST_RULES]}


def _rows(review: Review, order: FindingOrder, codes: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """The name and the figures of each filing, and of the files without a filing where they have findings."""
    names = [filing.department for filing in review.filings]
    if len(names) in order.by_filing:
        names.append(NO_FILING)
    for number, name in enumerate(names):
        by_severity = order.by_filing.get(number, Counter())
        severities = [by_severity[severity] for severity in Severity]
        hits = order.hits.get(number, Counter())
        yield name, [*severities, sum(severities), *(hits[code] for code in codes)]


def _write_totals(sheet: SheetWriter, rows: Sequence[Sequence[int]]) -> None:
    """Write the first row: sums of the columns, as formulas with their values."""
    sheet.write_text(0, 0, "合计", "total_text")
    sums = [0] * (len(sheet.columns) - 1)
    for figures in rows:
        sums = list(map(add, sums, figures))
    last = HEAD_ROW + max(len(rows), 1)
    for at, figure in enumerate(sums, start=1):
        cells = xl_range(HEAD_ROW + 1, at, last, at)
        sheet.write_formula(0, at, f"=SUBTOTAL(109,{cells})", value=figure, style="total_count")
