"""The sheet 简报: the round on one page, for whoever decides."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from xltool.findings import Severity
from xltool.outputs.reviewing.wording import COMMONEST, doubtful_text, example_text, owing_text, rounds_text, title_of
from xltool.outputs.sheets import overview
from xltool.outputs.sheets.sheet_writer import GREEN, ListColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.briefing import Briefing
    from xltool.outputs.reviewing.finding_order import FindingOrder
    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "简报"
COLUMNS: Final = tuple(ListColumn("", width) for width in (6, 28, 11, 11, 14, 2, 6, 28, 32, 11, 11, 11))
"""A block on the left, a gap, and a block on the right; together they fill a screen of 1366 pixels, and a page."""
MOST_DIFFERENCES, MOST_RATES, MOST_PROBLEMS = 10, 5, 5
EXAMPLE: Final = 44
"""Characters of an example that fit into the block on the right."""
_LAST: Final = len(COLUMNS) - 1
_CARDS: Final = ((0, 1), (2, 2), (3, 3), (4, 4), (6, 7), (8, 8), (9, 9), (10, 10), (11, 11))
_FIRST_ROW: Final = 5
_ROW: Final = 19.0


class _Cell(NamedTuple):
    """A value over some columns of a row, from the first to the last."""

    first: int
    last: int
    value: str | float | None
    style: str


def write(book: WorkbookWriter, review: Review, briefing: Briefing, order: FindingOrder) -> tuple[SheetWriter, int]:
    """Write the sheet: figures on top, two blocks side by side, then problems and what became of the last round.

    Returns the sheet and its first free row.
    """
    sheet = book.sheet(NAME, COLUMNS, tab=GREEN[0])
    sheet.worksheet.fit_to_pages(1, 1)
    sheet.write_text(0, 0, f"{review.title}简报", "title")
    sheet.set_height(0, 30)
    sheet.write_text(1, 0, overview.subtitle(review), "subtitle")
    cards = list(zip(_CARDS, _cards(review, briefing, order), strict=True))
    _write_row(sheet, 2, [_Cell(first, last, label, "card_label") for (first, last), (label, _, _) in cards])
    _write_row(sheet, 3, [_Cell(first, last, figure, style) for (first, last), (_, figure, style) in cards])
    sheet.set_height(3, 30)
    _write_row(sheet, 4, [_Cell(0, _LAST, owing_text(review, briefing), "hint")])
    doubtful = doubtful_text(briefing)
    rows: list[list[_Cell]] = [[_Cell(0, _LAST, doubtful, "hint")]] if doubtful else []
    rows += [[*left, *right] for left, right in zip_longest(_left(briefing), _differences(briefing), fillvalue=())]
    rows += [
        *_problems(briefing),
        [_Cell(0, _LAST, "与上一轮相比", "section")],
        [_Cell(0, _LAST, rounds_text(briefing), "hint")],
    ]
    for row, cells in enumerate(rows, start=_FIRST_ROW):
        _write_row(sheet, row, cells)
    _add_bars(sheet, briefing, _FIRST_ROW + 2 + bool(doubtful))
    return sheet, _FIRST_ROW + len(rows)


def _cards(review: Review, briefing: Briefing, order: FindingOrder) -> list[tuple[str, float | None, str]]:
    """The cards: label, figure and style. Four on what came in, three on money, two on findings."""
    funds = briefing.funds
    return [
        *((label, count, "card") for label, count in overview.returns_of(review)),
        (f"全年预算数（{funds.departments} 个单位）", funds.budget, "card_money"),
        (f"全年执行数（{funds.departments} 个单位）", funds.executed, "card_money"),
        ("预算执行率", funds.rate, "card_rate"),
        *((severity.label, order.severities[severity], "card") for severity in (Severity.ERROR, Severity.WARNING)),
    ]


def _section(title: str, first: int) -> _Cell:
    return _Cell(first, 4 if first == 0 else _LAST, title, "section")


def _left(briefing: Briefing) -> Iterator[list[_Cell]]:
    """The grades, and the lowest rates of execution."""
    yield [_section("各等级的单位数", 0)]
    yield [_Cell(0, 1, "等级", "head"), _Cell(2, 2, "按自评", "head"), _Cell(3, 3, "按重算", "head")]
    for grade, own, recomputed in briefing.grades:
        yield [_Cell(0, 1, grade, "centre"), _Cell(2, 2, own, "integer"), _Cell(3, 3, recomputed, "integer")]
    yield [_section("预算执行率最低的单位", 0)]
    for number, (name, rate) in enumerate(briefing.rates[:MOST_RATES], start=1):
        yield [_Cell(0, 0, number, "integer"), _Cell(1, 3, name, "line"), _Cell(4, 4, rate, "rate")]


def _differences(briefing: Briefing) -> Iterator[list[_Cell]]:
    """The scores that differ most from the recomputed ones, of departments and of projects."""
    count = len(briefing.differences)
    yield [_section(f"自评得分与重算得分相差最大的（共 {count} 项不一致）" if count else "自评得分与重算得分", 6)]
    if not count:
        yield [_Cell(6, _LAST, "各单位、各项目的自评得分与重算得分一致。", "subtitle")]
        return
    heads = ("序号", "单位", "表或项目", "自评得分", "重算得分", "差异")
    yield [_Cell(column, column, head, "head") for column, head in enumerate(heads, start=6)]
    for number, each in enumerate(briefing.differences[:MOST_DIFFERENCES], start=1):
        yield [
            _Cell(6, 6, number, "integer"),
            _Cell(7, 7, each.department, "line"),
            _Cell(8, 8, each.project or overview.DEPARTMENT_REVIEW, "line"),
            _Cell(9, 9, each.filed, "score"),
            _Cell(10, 10, each.recomputed, "score"),
            _Cell(11, 11, each.difference, "difference"),
        ]


def _problems(briefing: Briefing) -> Iterator[list[_Cell]]:
    """The commonest problems in words."""
    yield [_Cell(0, _LAST, COMMONEST, "section")]
    if not briefing.problems:
        yield [_Cell(0, _LAST, "没有需要处理的问题。", "subtitle")]
        return
    for number, problem in enumerate(briefing.problems[:MOST_PROBLEMS], start=1):
        yield [
            _Cell(0, 0, number, "integer"),
            _Cell(1, 3, title_of(problem), "line"),
            _Cell(4, 5, f"{problem.filings} 个单位，{problem.hits} 处", "centre"),
            _Cell(6, _LAST, example_text(problem, EXAMPLE), "line"),
        ]


def _write_row(sheet: SheetWriter, row: int, cells: list[_Cell]) -> None:
    """Write the cells of a row."""
    for cell in cells:
        sheet.merge_across(row, cell.first, cell.last, cell.style)
        if isinstance(cell.value, str):
            sheet.write_text(row, cell.first, cell.value, cell.style)
        else:
            sheet.write_number(row, cell.first, cell.value, cell.style)
    sheet.set_height(row, _ROW)


def _add_bars(sheet: SheetWriter, briefing: Briefing, first: int) -> None:
    """Draw bars in the cells of the grades, from a row on, as long as the numbers of departments."""
    bar = {"type": "data_bar", "bar_color": "#9CC3E6", "bar_solid": True, "min_type": "num", "min_value": 0}
    most = max((count for _, *counts in briefing.grades for count in counts), default=0)
    sheet.worksheet.conditional_format(
        first, 2, first + len(briefing.grades) - 1, 3, bar | {"max_type": "num", "max_value": max(most, 1)}
    )
