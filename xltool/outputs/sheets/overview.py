"""The sheet 总览: the figures of the review, and a row for each filing and each department that filed nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from xltool.findings import Severity
from xltool.forms import base_data, key_of
from xltool.forms.model import Role
from xltool.forms.tolerances import HALF_CENT
from xltool.outputs.model import OUTSIDE, FileStatus, FilingRow
from xltool.outputs.reviewing.finding_order import FORMS
from xltool.outputs.sheets import problems
from xltool.outputs.sheets.inbox import STATUS_INK
from xltool.outputs.sheets.sheet_writer import AMBER, BLUE, GREEN, NAVY, RED, ListColumn, SheetWriter
from xltool.outputs.sheets.texts import file_names
from xltool.roster.inbox import ReceiptState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xltool.outputs.model import Review
    from xltool.outputs.reviewing.finding_order import FindingOrder
    from xltool.outputs.sheets.links import Linker
    from xltool.outputs.sheets.workbook_writer import WorkbookWriter

NAME: Final = "总览"
HEAD_ROW: Final = 4
DEPARTMENT_REVIEW: Final = key_of(Role.DEPARTMENT_REVIEW)
COLUMNS: Final = (
    ListColumn("序号", 5, "integer"),
    ListColumn("单位", 22),
    ListColumn("情况", 15, "centre"),
    *(ListColumn(form, 6.5, "integer") for form in FORMS),
    ListColumn("自评得分", 9, "score"),
    ListColumn("重算得分", 9, "score"),
    ListColumn("差异", 8, "difference"),
    ListColumn("项目最大差异", 8, "difference"),
    ListColumn("等级", 6, "centre"),
    ListColumn("预算执行率", 11, "rate"),
    ListColumn("在职人员控制率", 11, "rate"),
    *(ListColumn(severity.label, 6.5, "integer") for severity in Severity),
    ListColumn("问题清单", 12, "link_centre"),
    ListColumn("无法判断", 8, "integer"),
    ListColumn("三公经费走势", 11, "centre"),
    ListColumn("报送文件", 36, "link"),
    *(ListColumn(f"三公经费\n{measure}", 12, "money") for measure in base_data.MEASURES),
)
"""Those up to the trend are in sight on a screen of 1366 pixels."""
NONE: Final = "—"
MOST_NAMED: Final = 2
"""The most missing forms that a row names."""
_AT: Final = {column.head: number for number, column in enumerate(COLUMNS)}
_TREND: Final = len(COLUMNS) - len(base_data.MEASURES)
"""The first of the hidden columns that hold the data of the sparklines."""
_CARDS: Final = ((0, 1), (2, 2), (3, 5), (6, 7), (8, 9), (10, 11), (12, 12), (13, 14), (15, 16), (17, 18))
"""The columns of each card, of which the first are taken."""
OVER: Final = ("#7F5200", "#FFE3A0")
"""Not AMBER: LibreOffice confuses conditional formats with the same colours on different columns."""
_DIFFERENCES: Final = ("差异", "项目最大差异")


def write(book: WorkbookWriter, review: Review, links: Linker, order: FindingOrder) -> None:
    """Write the sheet; the last row counts the findings on files that belong to no filing, if there are any."""
    sheet = book.sheet(NAME, COLUMNS)
    sheet.set_print_title(NAME)
    rows = list(review.filings)
    if len(rows) in order.by_filing:
        rows.append(_without_filing(order.by_filing[len(rows)]))
    _heading(sheet, review, order)
    sheet.start_list(len(rows), frozen=2, head=HEAD_ROW, empty="没有读到任何单位的报送材料。")
    for number, filing in enumerate(rows):
        _row(sheet, HEAD_ROW + 1 + number, filing, links, problems.place_of_first(number, order))
    last = HEAD_ROW + len(rows)
    if rows:
        _colours(sheet, last)
        _trends(sheet, last)


def _without_filing(counts: Counter[Severity]) -> FilingRow:
    """A row for the files that belong to no filing."""
    errors, warnings, infos = (counts[severity] for severity in Severity)
    return FilingRow("", problems.NO_FILING, errors=errors, warnings=warnings, infos=infos, filed=False)


def _heading(sheet: SheetWriter, review: Review, order: FindingOrder) -> None:
    """Write title, time and the cards with the figures."""
    sheet.write_text(0, 0, review.title, "title")
    sheet.set_height(0, 34)
    sheet.write_text(1, 0, subtitle(review), "subtitle")
    sheet.set_height(1, 20)
    cards = list(zip(_CARDS, cards_of(review, order), strict=False))
    for (first, last), (label, _) in cards:
        sheet.merge_across(2, first, last, "card_label")
        sheet.write_text(2, first, label, "card_label")
    sheet.set_height(2, 22)
    for (first, last), (_, figure) in cards:
        sheet.merge_across(3, first, last, "card")
        sheet.write_number(3, first, figure, "card")
    sheet.set_height(3, 34)


def subtitle(review: Review) -> str:
    """The year, the time, the unit, and the scoring profiles other than the default."""
    year = f"评价年度：{review.year} 年    " if review.year else ""
    names = "、".join(f"{name}（{count} 个单位）" for name, count in review.profiles.items())
    profiles = f"    评分口径：{names}" if names else ""
    return f"{year}生成时间：{review.made_at:%Y-%m-%d %H:%M}    金额单位：万元{profiles}"


def cards_of(review: Review, order: FindingOrder) -> list[tuple[str, int]]:
    """The cards: their labels and numbers; with a roster, what came in of its departments."""
    filings = [filing for filing in review.filings if filing.filed]
    figures = returns_of(review)
    if review.context.inbox is not None:
        figures += [("报送表数", _forms(review)), ("未读取的文件", _unread(review))]
    figures += [(severity.label, order.severities[severity]) for severity in Severity]
    return [*figures, ("无错误、无警告", sum(not filing.errors and not filing.warnings for filing in filings))]


def returns_of(review: Review) -> list[tuple[str, int]]:
    """Four figures on what came in: with a roster its departments by status, else filings, forms and files."""
    if review.context.inbox is None:
        filings = sum(filing.filed for filing in review.filings)
        read = sum(file.status is FileStatus.READ for file in review.files)
        return [
            ("报送单位", filings),
            ("报送表数", _forms(review)),
            ("已读取的文件", read),
            ("未读取的文件", _unread(review)),
        ]
    counts = Counter(account.status for account in review.context.inbox.accounts)
    unreadable = counts[ReceiptState.UNREADABLE.value]
    return [
        ("应报单位", counts.total()),
        ("已报齐", counts["已报齐"]),
        ("部分报送", counts["部分报送"]),
        ("未报、未能审核" if unreadable else "未报", counts["未报"] + unreadable),
    ]


def _forms(review: Review) -> int:
    return sum(sum(filing.forms.values()) for filing in review.filings)


def _unread(review: Review) -> int:
    return sum(file.status is not FileStatus.READ for file in review.files)


def _row(sheet: SheetWriter, row: int, filing: FilingRow, links: Linker, finding: str | None) -> None:
    """Write the row of a filing; `finding` is the link to its first finding."""
    sheet.write_number(row, 0, row - HEAD_ROW, "integer")
    sheet.write_text(row, _AT["单位"], _department_text(filing))
    sheet.write_text(row, _AT["情况"], _status_text(filing), "centre")
    for form in FORMS:
        sheet.write_number(row, _AT[form], filing.forms.get(form, 0), "integer")
    for head, value in _numbers(filing):
        if value is None:
            sheet.write_text(row, _AT[head], NONE, "centre")
        else:
            sheet.write_number(row, _AT[head], value, COLUMNS[_AT[head]].style)
    sheet.write_text(row, _AT["等级"], filing.grade or NONE, "centre")
    sheet.write_text(row, _AT["三公经费走势"], None, "centre")
    count = filing.errors + filing.warnings + filing.infos
    sheet.write_link(
        row, _AT["问题清单"], finding if count else None, f"查看 {count} 条" if count else "无", style="link_centre"
    )
    files = file_names(filing.files, COLUMNS[_AT["报送文件"]].width)
    target = links(filing.files[0], None, None) if filing.files else None
    sheet.write_link(row, _AT["报送文件"], target, files, tip="\n".join(filing.files))
    for at, amount in enumerate(filing.three_public, start=_TREND):
        sheet.write_number(row, at, amount, "money")
    texts = [None, _department_text(filing), _status_text(filing)]
    sheet.fit_height(row, texts + [None] * (len(COLUMNS) - len(texts)), least=24)


def _department_text(filing: FilingRow) -> str:
    """The department, and the owner of the templates if that is another department."""
    return f"{filing.department}\n（表样下发给：{filing.issued_to}）" if filing.issued_to else filing.department


def _status_text(filing: FilingRow) -> str:
    """What came in of a department of the roster, and the forms that are not there."""
    if not filing.filed or not filing.missing or filing.status == OUTSIDE:
        return filing.status
    named = "、".join(filing.missing[:MOST_NAMED])
    more = f"等 {len(filing.missing)} 张" if len(filing.missing) > MOST_NAMED else ""
    return f"{filing.status}\n缺{named}{more}".strip()


def _numbers(filing: FilingRow) -> Iterable[tuple[str, float | None]]:
    """The figures of a filing by head; differences are recomputed minus filed."""
    project = filing.largest_of_projects
    yield "自评得分", filing.score_filed
    yield "重算得分", filing.score_recomputed
    yield "差异", filing.difference
    yield "项目最大差异", None if project is None else project.difference
    yield "预算执行率", filing.execution_rate
    yield "在职人员控制率", filing.control_rate
    yield "错误", filing.errors
    yield "警告", filing.warnings
    yield "提示", filing.infos
    yield "无法判断", filing.undecided


def _colours(sheet: SheetWriter, last: int) -> None:
    """Colour counts red, amber and green, differing scores red; draw bars for the execution rate."""
    first = HEAD_ROW + 1

    def when(head: str, rules: Sequence[dict[str, object]]) -> None:
        for rule in rules:
            sheet.worksheet.conditional_format(first, _AT[head], last, _AT[head], rule)

    def cell(criteria: str, value: float, pair: tuple[str, str]) -> dict[str, object]:
        return {"type": "cell", "criteria": criteria, "value": value, "format": sheet.book.colour(pair)}

    for severity, pair in zip(Severity, (RED, AMBER, BLUE), strict=True):
        when(severity.label, [cell(">", 0, pair), cell("=", 0, GREEN)])
    for status, pair in STATUS_INK.items():
        starts = {"type": "text", "criteria": "begins with", "value": status, "format": sheet.book.colour(pair)}
        when("情况", [starts])
    for role in (Role.BASE_DATA, Role.DEPARTMENT_REVIEW):
        when(key_of(role), [cell("=", 0, AMBER)])
    for head, test, pair in (
        ("在职人员控制率", "{0}>1", OVER),
        *((head, f"ABS({{0}})>{HALF_CENT}", RED) for head in _DIFFERENCES),
    ):
        own = xl_rowcol_to_cell(first, _AT[head])
        formula = f"=AND(ISNUMBER({own}),{test.format(own)})"  # a dash is greater than any number
        when(head, [{"type": "formula", "criteria": formula, "format": sheet.book.colour(pair)}])
    bar = {
        "type": "data_bar", "bar_color": "#9CC3E6", "bar_solid": True,
        "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1,
    }  # fmt: skip
    when("预算执行率", [bar])


def _trends(sheet: SheetWriter, last: int) -> None:
    """Add a sparkline to each row: 三公经费 of last year's accounts, the budget and this year's accounts."""
    hidden = {"hidden": True}
    sheet.worksheet.set_column(_TREND, len(COLUMNS) - 1, COLUMNS[_TREND].width, None, hidden)
    rows = range(HEAD_ROW + 1, last + 1)
    spark = {
        "location": [xl_rowcol_to_cell(row, _AT["三公经费走势"]) for row in rows],
        "range": [f"'{sheet.name}'!{xl_range(row, _TREND, row, len(COLUMNS) - 1)}" for row in rows],
        "type": "column", "series_color": "#9CC3E6", "last_point": True, "last_color": NAVY, "min": 0,
        "show_hidden": True,
    }  # fmt: skip
    sheet.worksheet.add_sparkline(HEAD_ROW + 1, _AT["三公经费走势"], spark)
