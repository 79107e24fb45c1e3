"""The sheet 抽查建议: the filings to read first, with reasons and links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets import problems
from xltool.outputs.sheets.sheet_writer import AMBER, LAST_ROW, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import file_names

if TYPE_CHECKING:
    from xltool.auditing.plausibility.ranking import Ranked
    from xltool.outputs.model import FilingRow, Review
    from xltool.outputs.reviewing.finding_order import FindingOrder
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "抽查建议"
NOTE: Final = (
    "按各单位报送中值得核对的迹象排出的阅读顺序，不是问题，也不是结论；有迹象的报送可能完全属实。分值和界限见参数文件。"
)
COLUMNS: Final = (
    ListColumn("顺序", 6, "integer"),
    ListColumn("单位", 36),
    ListColumn("参考分", 8, "integer"),
    ListColumn("理由", 72),
    ListColumn("自评得分", 10, "score"),
    ListColumn("预算执行率", 12, "rate"),
    ListColumn("问题清单", 12, "link_centre"),
    ListColumn("报送文件", 40, "link"),
)
_HEADS: Final = 1


def write(book: WorkbookWriter, review: Review, links: Linker, order: FindingOrder) -> None:
    """Write the sheet in the order of reading."""
    sheet = book.sheet(NAME, COLUMNS, tab=AMBER[0])
    sheet.set_print_title(NAME)
    sheet.write_text(0, 0, NOTE, "note")
    sheet.start_list(len(review.spot_checks), frozen=2, head=_HEADS, empty="没有需要优先抽查的单位。")
    numbers = {filing.id: number for number, filing in enumerate(review.filings)}
    listed = review.spot_checks[: LAST_ROW - _HEADS]
    for row, ranked in enumerate(listed, start=_HEADS + 1):
        number = numbers[ranked.filing]
        finding = problems.place_of_first(number, order)
        _write_row(sheet, row, ranked=ranked, filing=review.filings[number], links=links, finding=finding)


def _write_row(  # noqa: PLR0913 - a row, its filing and its links
    sheet: SheetWriter, row: int, *, ranked: Ranked, filing: FilingRow, links: Linker, finding: str | None
) -> None:
    """Write the row of a filing; `finding` is the link to its first finding."""
    reasons = "\n".join(f"{reason.text}（{reason.points}分）" for reason in ranked.reasons)
    sheet.write_number(row, 0, row - _HEADS, "integer")
    sheet.write_text(row, 1, ranked.department)
    sheet.write_number(row, 2, ranked.points, "integer")
    sheet.write_text(row, 3, reasons)
    sheet.write_number(row, 4, filing.score_filed, "score")
    sheet.write_number(row, 5, filing.execution_rate, "rate")
    sheet.write_link(row, 6, finding, "查看" if finding else "无", style="link_centre")
    target = links(filing.files[0], None, None) if filing.files else None
    sheet.write_link(row, 7, target, file_names(filing.files, COLUMNS[7].width), tip="\n".join(filing.files))
    sheet.fit_height(row, [None, ranked.department, None, reasons, None, None, None, None])
