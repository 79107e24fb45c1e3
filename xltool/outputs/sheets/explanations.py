"""The sheet 其他单位说明: what departments wrote into their lists that belongs to no finding of this review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.outputs.sheets.sheet_writer import AMBER, ListColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.explanations import OpenExplanation
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "其他单位说明"
COLUMNS: Final = (
    ListColumn("序号", 6),
    ListColumn("单位", 18),
    ListColumn("文件", 26),
    ListColumn("清单中的位置", 16),
    ListColumn("规则", 9),
    ListColumn("表和单元格", 17),
    ListColumn("问题", 46),
    ListColumn("单位说明", 40),
    ListColumn("没有列入问题清单的原因", 26),
)
_PLACE: Final = 3
_CENTRED: Final = 4


def write(book: WorkbookWriter, unmatched: Sequence[OpenExplanation], links: Linker) -> None:
    """Write the sheet; none where every explanation belongs to a finding."""
    if not unmatched:
        return
    sheet = book.sheet(NAME, COLUMNS, tab=AMBER[0])
    sheet.set_print_title(NAME)
    sheet.start_list(len(unmatched), frozen=2)
    for row, each in enumerate(unmatched, start=1):
        explanation = each.explanation
        place = f"{explanation.list_sheet}!{explanation.list_cell}"
        about = "!".join(filter(None, (explanation.sheet, explanation.cell)))
        texts = [
            None, each.department, each.path, place, explanation.rule, about, explanation.problem, explanation.text,
            each.reason,
        ]  # fmt: skip
        sheet.write_number(row, 0, row, "integer")
        for column, text in enumerate(texts[1:], start=1):
            if column == _PLACE:
                target = links(each.path, explanation.list_sheet, explanation.list_cell)
                sheet.write_link(row, column, target, place, tip=f"打开 {each.path}")
            else:
                sheet.write_text(row, column, text, "centre" if column == _CENTRED else "text")
        sheet.fit_height(row, texts)
