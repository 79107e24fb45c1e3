"""Write summary.xlsx: regions, commonest problems, departments that stand out, those that owe, files of no county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xltool.findings import Severity
from xltool.outputs.levels.facts import NOT_LISTED
from xltool.outputs.levels.outliers import outliers_of
from xltool.outputs.levels.totals import GRADES, lines_of, problems_of, remark_of
from xltool.outputs.sheets.sheet_writer import GREEN, RED, ListColumn
from xltool.outputs.sheets.workbook_writer import HeldWorkbook
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from xltool.outputs.levels.totals import Line, Problem, Summary
    from xltool.outputs.sheets.sheet_writer import SheetWriter
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

REVIEW: Final = "review.xlsx"
HEAD_ROW: Final = 2
REGIONS: Final = (
    ListColumn("市", 18), ListColumn("县", 20), ListColumn("应报\n单位", 8, "count"), ListColumn("已报齐", 8, "count"),
    ListColumn("部分\n报送", 8, "count"), ListColumn("收到\n未能审核", 9, "count"), ListColumn("未报", 8, "count"),
    ListColumn("迟报", 8, "count"), ListColumn("报齐率", 9, "rate"), ListColumn("文件", 8, "count"),
    ListColumn("未能\n读取", 8, "count"), ListColumn("年初预算数\n（万元）", 15, "money"),
    ListColumn("全年预算数\n（万元）", 15, "money"), ListColumn("全年执行数\n（万元）", 15, "money"),
    ListColumn("执行率", 9, "rate"), ListColumn("三公经费\n预算（万元）", 13, "money"),
    ListColumn("三公经费\n决算（万元）", 13, "money"), *(ListColumn(grade, 6, "count") for grade in GRADES),
    ListColumn("错误", 8, "count"), ListColumn("警告", 8, "count"), ListColumn("提示", 8, "count"),
    ListColumn("审核结果", 22), ListColumn("说明", 40),
)  # fmt: skip
PROBLEMS: Final = (
    ListColumn("序号", 6), ListColumn("编号", 9), ListColumn("严重程度", 9), ListColumn("问题", 36),
    ListColumn("涉及报送", 9), ListColumn("问题条数", 9), ListColumn("涉及的县", 9), ListColumn("最多的县", 60),
)  # fmt: skip
OUTLIERS: Final = (
    ListColumn("序号", 6), ListColumn("市", 16), ListColumn("县", 18), ListColumn("单位", 30), ListColumn("同类", 18),
    ListColumn("指标", 20), ListColumn("数值", 12), ListColumn("同类中位数", 12), ListColumn("同类单位", 9),
    ListColumn("偏离倍数", 9), ListColumn("说明", 70),
)  # fmt: skip
OWING: Final = (
    ListColumn("序号", 6), ListColumn("市", 16), ListColumn("县", 18), ListColumn("单位", 34), ListColumn("状态", 14),
    ListColumn("未报的表", 50),
)  # fmt: skip
UNPLACED: Final = (ListColumn("序号", 6), ListColumn("文件", 60), ListColumn("原因", 60))
HINT: Final = (
    "每个县的审核结果在它自己的文件夹里，与单独审核相同。金额按附件1、附件2填报数合计（万元）；问题不含已豁免的。"
    "执行率＝全年执行数÷全年预算数。离群：与同类单位的中位数相差很大，只说明值得先看，不等于有错。"
)


def summary_workbook(summary: Summary, made_at: datetime) -> bytes:
    """The workbook; the same summary gives the same bytes."""
    book = HeldWorkbook(summary.title, made_at)
    _write_regions(book, summary, made_at)
    _write_problems(book, problems_of(summary.results))
    _write_outliers(book, summary)
    _write_owing(book, summary)
    _write_unplaced(book, summary)
    return book.close()


def _write_regions(book: WorkbookWriter, summary: Summary, made_at: datetime) -> None:
    sheet = book.sheet("分县汇总", REGIONS, tab=GREEN[0])
    sheet.set_print_title(summary.title)
    sheet.write_text(0, 0, summary.title, "title")
    sheet.set_height(0, 30)
    counts = f"{len(summary.results)} 个县（含市、省本级）；{len(summary.unplaced)} 个文件没有归到县"
    sheet.write_text(1, 0, f"{made_at:%Y-%m-%d %H:%M}　{counts}。{HINT}", "subtitle")
    lines = lines_of(summary)
    sheet.start_list(len(lines), frozen=2, head=HEAD_ROW)
    for row, line in enumerate(lines, start=HEAD_ROW + 1):
        _write_line(sheet, row, line)


def _write_line(sheet: SheetWriter, row: int, line: Line) -> None:
    total = "" if line.level == 2 else "total_"  # noqa: PLR2004 - a county
    sheet.write_text(row, 0, line.city, f"{total}text")
    sheet.write_text(row, 1, line.county, f"{total}text")
    for column, (value, head) in enumerate(zip(_figures(line), REGIONS[2:-2], strict=True), start=2):
        sheet.write_number(row, column, value, f"{total}{head.style}")
    last = len(REGIONS) - 1
    target = f"external:{line.place}/{REVIEW}" if line.place else None
    sheet.write_link(row, last - 1, target, "打开审核结果" if line.place else "")
    sheet.write_text(row, last, remark_of(line))


def _figures(line: Line) -> list[float | None]:
    totals = line.totals
    return [
        totals.owing, totals.complete, totals.partial, totals.unaudited, totals.absent, totals.late,
        totals.return_rate, totals.files, totals.unread, totals.first_budget, totals.budget, totals.executed,
        totals.rate, totals.hospitality_budget, totals.hospitality, *(totals.grades[grade] for grade in GRADES),
        totals.errors, totals.warnings, totals.infos,
    ]  # fmt: skip


def most_named(problem: Problem) -> str:
    """The counties with the most filings concerned, in words."""
    return "、".join(f"{county} {count}" for county, count in problem.most)


def _write_problems(book: WorkbookWriter, problems: Sequence[Problem]) -> None:
    rows = (
        (
            problem.code, Severity(problem.severity).label, RULES[problem.code].title, problem.filings,
            problem.findings, problem.counties, most_named(problem),
        )
        for problem in problems
    )  # fmt: skip
    _write_list(book, "常见问题", PROBLEMS, list(rows), empty="没有问题。")


def _write_outliers(book: WorkbookWriter, summary: Summary) -> None:
    columns, outliers = OUTLIERS, outliers_of(summary.results)
    sheet = book.sheet("同类单位离群", columns, tab=RED[0])
    sheet.set_print_title("同类单位离群")
    sheet.start_list(len(outliers), frozen=4, empty="没有明显偏离同类的单位。")
    for row, each in enumerate(outliers, start=1):
        sheet.write_number(row, 0, row, "integer")
        place = (each.county.city.name, each.county.folders[-1], each.department, each.kind, each.measure.name)
        for column, text in enumerate(place, start=1):
            sheet.write_text(row, column, text)
        sheet.write_number(row, 6, each.value, each.measure.style)
        sheet.write_number(row, 7, each.middle, each.measure.style)
        sheet.write_number(row, 8, each.like, "count")
        sheet.write_number(row, 9, each.distance, "score")
        sheet.write_text(row, 10, each.reason)
        sheet.fit_height(row, [None] * 10 + [each.reason])


def _write_owing(book: WorkbookWriter, summary: Summary) -> None:
    rows = [
        (result.county.city.name, result.county.folders[-1], each.name, each.status, "、".join(each.missing))
        for result in summary.results
        for each in result.facts.departments
        if each.status not in {"已报齐", NOT_LISTED}
    ]
    _write_list(book, "未报齐单位", OWING, rows, empty="各单位都已报齐。")


def _write_unplaced(book: WorkbookWriter, summary: Summary) -> None:
    rows = [(each.path, each.reason) for each in summary.unplaced]
    _write_list(book, "未归到县的文件", UNPLACED, rows, empty="每个文件都归到了县。")


def _write_list(
    book: WorkbookWriter,
    name: str,
    columns: Sequence[ListColumn],
    rows: Sequence[Sequence[str | int]],
    *,
    empty: str,
) -> None:
    """Write a numbered list of texts and counts."""
    sheet = book.sheet(name, columns)
    sheet.set_print_title(name)
    sheet.start_list(len(rows), frozen=2, empty=empty)
    for row, cells in enumerate(rows, start=1):
        sheet.write_number(row, 0, row, "integer")
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, "count")
            else:
                sheet.write_text(row, column, cell)
        sheet.fit_height(row, list(_texts(cells)))


def _texts(cells: Sequence[str | int]) -> Iterator[str | None]:
    yield None
    yield from (cell if isinstance(cell, str) else None for cell in cells)
