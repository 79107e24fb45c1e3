"""What stands around a form in its workbook: a cover, another form below or beside it, goals, a hidden column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from xltool.reader.model import Cell, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xltool.reader.a1 import Position
    from xltool.reader.model import Book

    Arrangement = Callable[[Book], bool]

_COVER: Final = {
    (3, 2): "附件",
    (6, 2): "某县2022年度财政支出",
    (8, 2): "绩效自评材料",
    (14, 2): "填报单位（盖章）：某县某局",
    (16, 2): "2023年3月",
}
_NOTES: Final = {
    (1, 1): "填报说明",
    (2, 1): "1.定量指标，完成值达到指标值的记满分；未达到的，按完成值与指标值的比例记分。",
    (3, 1): "2.一级指标分值统一设置为：产出指标50分、效益指标30分、满意度指标10分、预算执行率10分。",
}
_OTHER_FORM: Final = (
    ("项目支出绩效自评表",),
    ("（2022年度）",),
    ("项目名称", "另一项目"),
    ("主管部门", "某县另一局", "实施单位", "某县另一中心"),
    ("项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
    ("", "年度资金总额", "7", "7", "7", "10", "100%", "10"),
    ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"),
    ("产出指标", "数量指标", "另一指标", "7个", "7个", "90", "90", ""),
    ("总分", "", "", "", "", "100", "100", ""),
)
_GOALS: Final = (
    ("项目支出绩效目标申报表",),
    ("（2023年度）",),
    ("项目名称", "另一项目"),
    ("主管部门", "某县另一局", "实施单位", "某县另一中心"),
    ("年度资金总额", "7"),
    ("一级指标", "二级指标", "三级指标", "指标值"),
    ("产出指标", "数量指标", "另一指标", "7个"),
)
_TITLE: Final = ("自评", "基础数据表", "完成情况")


def cover_before(book: Book) -> bool:
    """A sheet 封面 before the form, and 填报说明 behind it."""
    book.sheets.insert(0, _sheet("封面", _COVER))
    book.sheets.append(_sheet("填报说明", _NOTES))
    return True


def form_below(book: Book) -> bool:
    """The form of another project below it on the same sheet."""
    (sheet, *_) = book.sheets
    _write(sheet, _OTHER_FORM, top=sheet.extent[0] + 3, left=1)
    return True


def goals_below(book: Book) -> bool:
    """The goals of the next year below it on the same sheet."""
    (sheet, *_) = book.sheets
    _write(sheet, _GOALS, top=sheet.extent[0] + 3, left=1)
    return True


def form_beside(book: Book) -> bool:
    """The form of another project at its right, with its title in the same row."""
    (sheet, *_) = book.sheets
    row = next((row for (row, _), cell in sorted(sheet.cells.items()) if _is_title(cell)), None)
    if row is None:
        return False
    _write(sheet, _OTHER_FORM, top=row, left=sheet.extent[1] + 3)
    return True


def hidden_codes(book: Book) -> bool:
    """A hidden column at the left edge with a code in each row of the table."""
    (sheet, *_) = book.sheets
    rows = {row for row, _ in sheet.cells}
    sheet.cells = {(row, column + 1): cell for (row, column), cell in sheet.cells.items()}
    sheet.merges = [(top, left + 1, bottom, right + 1) for top, left, bottom, right in sheet.merges]
    sheet.cells |= {(row, 1): _cell(f"ZB{row:04}") for row in rows if row > min(rows)}
    sheet.hidden_columns = {1}
    return True


def _is_title(cell: Cell) -> bool:
    return any(word in str(cell.value) for word in _TITLE) and str(cell.value).strip().endswith("表")


def _cell(text: str) -> Cell:
    return Cell(float(text) if text.isdigit() else text)


def _sheet(name: str, texts: Mapping[Position, str]) -> Sheet:
    return replace(Sheet(name), cells={position: _cell(text) for position, text in texts.items()})


def _write(sheet: Sheet, rows: tuple[tuple[str, ...], ...], *, top: int, left: int) -> None:
    for row, texts in enumerate(rows, top):
        sheet.cells |= {(row, column): _cell(text) for column, text in enumerate(texts, left) if text}


ARRANGEMENTS: Final[dict[str, Arrangement]] = {
    arrangement.__name__: arrangement
    for arrangement in (cover_before, form_below, goals_below, form_beside, hidden_codes)
}
