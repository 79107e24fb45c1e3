"""The sheet 问题分布: how often each rule hit in each filing."""

from __future__ import annotations

from collections import Counter
from operator import add
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range

from xltool.findings import Severity
from xltool.outputs.sheets.sheet_writer import RED, ListColumn
from xltool.outputs.sheets.texts import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.outputs.model import FilingRow, Review
    from xltool.outputs.sheets.counts import Counts
    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "问题分布"
MOST_RULES: Final = 120
TITLE: Final = 200
LEADING: Final = (
    ListColumn("单位", 30),
    *(ListColumn(severity.label, 8) for severity in Severity),
    ListColumn("合计", 8),
)
HEAD_ROW: Final = 1
"""Totals stand above the heads, where sorting and filtering do not move them."""
_FIRST_RULE: Final = len(LEADING)
_SCALE: Final = {
    "type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": "#FFFFFF", "max_color": "#F4A582",
}  # fmt: skip


def write(book: WorkbookWriter, review: Review, counts: Counts) -> None:
    """Write a row for each filing and a column for each rule, the most frequent first; totals follow the filter."""
    codes = _frequent_rules(counts)
    sheet = book.sheet(NAME, (*LEADING, *(ListColumn(code, 7.5) for code in codes)), tab=RED[0])
    sheet.set_print_title(NAME)
    _write_totals(sheet, review, counts, codes)
    sheet.start_list(len(review.filings), frozen=1, head=HEAD_ROW, empty="没有读到任何单位的报送材料。")
    titles = {rule.code: rule.title for rule in review.rules}
    for at, code in enumerate(codes, start=_FIRST_RULE):
        title = visible(titles.get(code, code))[:TITLE]
        sheet.worksheet.write_comment(HEAD_ROW, at, title, {"x_scale": 1.6, "y_scale": 0.4})
    for row, filing in enumerate(review.filings, start=HEAD_ROW + 1):
        sheet.write_text(row, 0, filing.department)
        for at, figure in enumerate(_figures(filing, counts, codes), start=1):
            sheet.write_number(row, at, figure if figure or at < _FIRST_RULE else None, "integer")
    if review.filings and codes:
        last = HEAD_ROW + len(review.filings)
        sheet.worksheet.conditional_format(HEAD_ROW + 1, _FIRST_RULE, last, _FIRST_RULE + len(codes) - 1, _SCALE)


def _frequent_rules(counts: Counts) -> list[str]:
    """Rules that hit in any filing, the most frequent first."""
    whole: Counter[str] = Counter()
    for hits in counts.hits.values():
        whole.update(hits)
    return [code for code, _ in sorted(whole.items(), key=lambda item: (-item[1], item[0]))][:MOST_RULES]


def _figures(filing: FilingRow, counts: Counts, codes: Sequence[str]) -> list[int]:
    """The figures of a filing: findings by severity, in all, and by rule."""
    severities = [filing.errors, filing.warnings, filing.infos]
    hits = counts.hits.get(filing.id, Counter())
    return [*severities, sum(severities), *(hits[code] for code in codes)]


def _write_totals(sheet: SheetWriter, review: Review, counts: Counts, codes: Sequence[str]) -> None:
    """Write the first row: sums of the columns, as formulas with their values."""
    sheet.write_text(0, 0, "合计", "total_text")
    sums = [0] * (_FIRST_RULE - 1 + len(codes))
    for filing in review.filings:
        sums = list(map(add, sums, _figures(filing, counts, codes)))
    last = HEAD_ROW + max(len(review.filings), 1)
    for at, figure in enumerate(sums, start=1):
        cells = xl_range(HEAD_ROW + 1, at, last, at)
        sheet.write_formula(0, at, f"=SUBTOTAL(109,{cells})", value=figure, style="total_count")
