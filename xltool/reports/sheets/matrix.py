"""问题分布: departments down, rules across, how often each was hit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range

from xltool.findings import Severity
from xltool.reports.sheets.paper import RED, Book, Column
from xltool.reports.sheets.texts import visible

if TYPE_CHECKING:
    from xltool.reports.model import Review

NAME: Final = "问题分布"
MOST_RULES: Final = 120
TITLE: Final = 200
LEADING: Final = (Column("单位", 30), *(Column(severity.label, 8) for severity in Severity), Column("合计", 8))
HEAD_ROW: Final = 1
"""Totals stand above the heads, out of the way of sorting and filtering."""
_FIRST_RULE: Final = len(LEADING)
_SCALE: Final = {
    "type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": "#FFFFFF", "max_color": "#F4A582",
}  # fmt: skip


def write(book: Book, review: Review) -> None:
    """A row a filing, a column a rule, the most hit first; totals that follow the filter."""
    hits: Counter[tuple[str, str]] = Counter((review.filing_of(one) or "", one.rule) for one in review.findings)
    codes = _codes(review)
    paper = book.sheet(NAME, (*LEADING, *(Column(code, 7.5) for code in codes)), tab=RED[0])
    paper.caption(NAME)
    paper.listing(len(review.filings), frozen=1, head=HEAD_ROW, empty="没有读到任何单位的报送材料。")
    titles = {rule.code: rule.title for rule in review.rules}
    for at, code in enumerate(codes, start=_FIRST_RULE):
        title = visible(titles.get(code, code))[:TITLE]
        paper.sheet.write_comment(HEAD_ROW, at, title, {"x_scale": 1.6, "y_scale": 0.4})
    last = HEAD_ROW + len(review.filings)
    figures = []
    for row, filing in enumerate(review.filings, start=HEAD_ROW + 1):
        counts = [filing.errors, filing.warnings, filing.infos]
        figures.append([*counts, sum(counts), *(hits[filing.id, code] for code in codes)])
        paper.text(row, 0, filing.department)
        for at, figure in enumerate(figures[-1], start=1):
            paper.number(row, at, figure if figure or at < _FIRST_RULE else None, "integer")
    paper.text(0, 0, "合计", "total_text")
    for at in range(1, _FIRST_RULE + len(codes)):
        cells = xl_range(HEAD_ROW + 1, at, max(last, HEAD_ROW + 1), at)
        total = sum(line[at - 1] for line in figures)
        paper.sheet.write_formula(0, at, f"=SUBTOTAL(109,{cells})", book.style("total_count"), total)
    if figures and codes:
        paper.sheet.conditional_format(HEAD_ROW + 1, _FIRST_RULE, last, _FIRST_RULE + len(codes) - 1, _SCALE)


def _codes(review: Review) -> list[str]:
    """Rules hit in some filing, the most hit first."""
    counts = Counter(one.rule for one in review.findings if review.filing_of(one) is not None)
    return [code for code, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][:MOST_RULES]
