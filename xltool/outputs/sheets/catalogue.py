"""The sheet 规则目录: every rule with its basis and its advice, for questions to an officer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.sheet_writer import COLOURS, ListColumn
from xltool.rules.catalogue import RULES
from xltool.template.live import live_codes

if TYPE_CHECKING:
    from xltool.outputs.model import Review
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "规则目录"
COLUMNS: Final = (
    ListColumn("规则", 9),
    ListColumn("名称", 30),
    ListColumn("严重程度", 10),
    ListColumn("适用表", 14),
    ListColumn("核对时机", 14),
    ListColumn("本次命中", 10),
    ListColumn("问题怎样说", 56),
    ListColumn("处理办法", 50),
    ListColumn("依据", 46),
)
WHILE_FILLING: Final = "填报时和审核时"
ON_REVIEW: Final = "审核时"


def write(book: WorkbookWriter, review: Review) -> None:
    """Write every rule by its code, with its hits in this review."""
    hits = {rule.code: rule.hits for rule in review.rules}
    live = live_codes()
    sheet = book.sheet(NAME, COLUMNS)
    sheet.set_print_title(NAME)
    sheet.start_list(len(RULES), frozen=2)
    for row, (code, rule) in enumerate(sorted(RULES.items()), start=1):
        forms = "、".join(rule.form_keys) or "工作簿"
        when = WHILE_FILLING if code in live else ON_REVIEW
        texts = [code, rule.title, rule.severity.label, forms, when, None, rule.message, rule.advice, rule.basis]
        for column, text in enumerate(texts):
            mark = column == 2 and text in COLOURS  # noqa: PLR2004 - the severity's column
            sheet.write_text(row, column, text, f"mark_{text}" if mark else "centre" if column in {0, 3, 4} else "text")
        sheet.write_number(row, 5, hits.get(code, 0), "integer")
        sheet.fit_height(row, texts)
