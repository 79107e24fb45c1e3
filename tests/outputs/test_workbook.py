"""The sheets of the desk's workbook: their content and format, and that the file is valid."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pytest

from tests.outputs.reviewed import workbook_bytes
from tests.outputs.small_review import (
    MADE_AT,
    column_number,
    filing,
    finding,
    hostile,
    link_target,
    review,
    sheet_values,
    write_and_open,
)
from tests.support.lint import lint
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from xltool.auditing.explanations import Explanations
from xltool.forms.base_data import MEASURES
from xltool.outputs.model import FilingRow, ProjectScore, Review, ReviewContext
from xltool.outputs.sheets.texts import row_height
from xltool.outputs.workbook import write_review
from xltool.roster.inbox import Account, Inbox, Receipt, ReceiptState
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEAD: Final = 5  # the row of the overview's heads


def charts(path: Path) -> int:
    """The number of charts in a file."""
    with zipfile.ZipFile(path) as archive:
        return sum(name.startswith("xl/charts/chart") for name in archive.namelist())


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """The small review, written and read."""
    (tmp_path / "审核").mkdir()
    return write_and_open(tmp_path / "审核" / "review.xlsx", replace(review(), root=tmp_path / "报送"))


def test_the_review_says_in_utc_when_it_was_made(tmp_path: Path) -> None:
    """Document properties are in UTC; the time of a run is in Beijing time."""
    content = workbook_bytes(replace(review(), made_at=datetime(2024, 7, 1, 6, 30)), tmp_path)  # noqa: DTZ001 - Beijing
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b">2024-06-30T22:30:00Z</dcterms:created>" in package.read("docProps/core.xml")


def test_the_sheets_stand_in_their_order(book: Workbook) -> None:
    """The briefing first, then the overview, the findings, the data, the statistics."""
    named = [
        "简报", "总览", "问题清单", "次要事项", "问题分布", "图表", "核对范围", "抽查建议", "附件1", "指标明细",
        "规则统计", "文件清单", "规则目录",
    ]  # fmt: skip
    assert book.sheetnames == named


def test_the_overview_has_the_figures_of_each_filing(book: Workbook) -> None:
    """Numbers are numbers, and the difference is recomputed minus filed."""
    sheet = book["总览"]
    shown = dict(zip(sheet_values(sheet)[HEAD - 1], sheet_values(sheet)[HEAD], strict=True))
    wanted = {
        "单位": "单位1", "附件1": 1, "附件2": 0, "附件3": 2, "自评得分": 96.5, "重算得分": 90.25,
        "差异": -6.25, "等级": "优", "预算执行率": 0.875, "在职人员控制率": 1.2, "错误": 1, "警告": 1, "提示": 0,
        "报送文件": "附件1.xlsx 等 2 个",
    }  # fmt: skip
    assert {head: shown[head] for head in wanted} == wanted
    assert sheet.cell(HEAD + 1, column_number(sheet, "预算执行率", HEAD)).number_format == "0.00%"


def test_the_cards_count(book: Workbook) -> None:
    """The cards count filings, submissions, files and findings by severity."""
    sheet = book["总览"]
    cards = {sheet.cell(3, number).value: sheet.cell(4, number).value for number in range(1, 19)}
    assert cards.items() >= {
        "报送单位": 2, "报送表数": 6, "已读取的文件": 1, "未读取的文件": 1,
        "错误": 1, "警告": 1, "提示": 1, "无错误、无警告": 0,
    }.items()  # fmt: skip


def test_the_overview_says_what_is_not_there(tmp_path: Path) -> None:
    """Without 附件2 there is no score; departments that filed nothing and files of nobody have their rows."""
    account = Account("001", "单位9", "", "", ("附件1",), (), ("附件1",), (), filing="f9")
    rows = (
        replace(filing(1), score_filed=None, score_recomputed=None, grade=None, status="部分报送", missing=("附件2",)),
        FilingRow("f9", "单位9", status="未报", missing=("附件1",), filed=False),
        replace(filing(2), projects=(ProjectScore("道路", 97.7, 95),)),
    )
    findings = (*review().findings, finding(0, "散件.pdf", submission=None))
    what = replace(review(), filings=rows, findings=findings, context=ReviewContext(inbox=Inbox(2023, (account,), ())))
    sheet = write_and_open(tmp_path / "r.xlsx", what)["总览"]
    heads, *lines = sheet_values(sheet)[HEAD - 1 :]
    shown = [dict(zip(heads, line, strict=True)) for line in lines]
    assert [row["情况"] for row in shown] == ["部分报送\n缺附件2", "未报", None, None]
    assert [row["自评得分"] for row in shown] == ["—", "—", 96.5, "—"]
    assert [row["项目最大差异"] for row in shown] == ["—", "—", -2.7, "—"]
    assert (shown[3]["单位"], shown[3]["错误"]) == ("不能归到单位的文件", 1)
    cards = {sheet.cell(3, number).value: sheet.cell(4, number).value for number in range(1, 19)}
    assert cards.items() >= {"应报单位": 1, "已报齐": 0, "部分报送": 0, "未报": 1, "错误": 2}.items()


def test_a_scan_beside_forms_that_are_all_there_is_listed_and_not_asked_for(tmp_path: Path) -> None:
    """收件清单 has why it could not be read, and that no letter asks for it; its long name takes two lines."""
    scan = "附件2_2023年度部门整体支出绩效自评表_示范县退役军人事务局.pdf"
    account = Account("001", "单位1", "", "", ("附件2",), ("附件2",), (), (), unread=(scan,), filing="f1")
    receipt = Receipt(scan, "", "", "", "", "001", "单位1", "文件夹", ReceiptState.UNREADABLE, "是扫描件")
    context = ReviewContext(inbox=Inbox(2023, (account,), (receipt,)))
    findings = (finding(0, scan, submission=None, sheet=None, cell=None),)
    book = write_and_open(tmp_path / "r.xlsx", replace(review(), context=context, findings=findings))
    assert sheet_values(book["收件清单"])[1][-1] == "是扫描件；应报的表已经报齐，通知里不再要求重报"
    place = book["问题清单"].cell(2, column_number(book["问题清单"], "位置"))
    assert place.value == "附件2_……局.pdf"
    assert place.hyperlink is not None
    assert scan in str(place.hyperlink.tooltip)


def test_a_filing_leads_to_its_first_finding_and_its_first_file(book: Workbook) -> None:
    """The link into the list skips the findings of others."""
    sheet = book["总览"]
    finds, files = column_number(sheet, "问题清单", HEAD), column_number(sheet, "报送文件", HEAD)
    assert link_target(sheet, HEAD + 1, finds) == (None, "'问题清单'!A3")
    assert link_target(sheet, HEAD + 2, finds) == (None, "'问题清单'!A2")
    assert link_target(sheet, HEAD + 1, files) == ("..\\报送\\单位1\\附件1.xlsx", None)


def test_a_finding_has_its_row_and_leads_to_its_cell(book: Workbook) -> None:
    """The row has every text of the finding, with a link to file and cell."""
    sheet = book["问题清单"]
    assert sheet_values(sheet)[1] == [
        1, "单位2", "附件1", "道路", "错误", "填报有误", "控制率0不对", "125%", "100%", None, None, "附件1!D4", "A1-04",
        "请核对", "控制率", "湖南省指标", None, None,
    ]  # fmt: skip
    assert link_target(sheet, 2, column_number(sheet, "位置")) == ("..\\报送\\单位2\\附件1.xlsx", "'附件1'!D4")
    assert sheet.cell(3, column_number(sheet, "相关单元格")).value == "附件1!B4\n〔附件1.xlsx〕\n附件1!B4、C4"


def test_a_finding_of_a_whole_file_names_the_file(book: Workbook) -> None:
    """Without a submission, the department is that of the file's filing."""
    sheet = book["次要事项"]
    assert (sheet["B3"].value, sheet.cell(3, column_number(sheet, "位置")).value) == ("单位1", "附件3.xlsx")
    assert link_target(sheet, 3, column_number(sheet, "位置")) == ("..\\报送\\单位1\\附件3.xlsx", None)


def test_minor_findings_are_folded_below_a_line_for_each_filing(book: Workbook) -> None:
    """The line names the filing and the count; below it the rows are hidden until they are unfolded."""
    sheet = book["次要事项"]
    assert [sheet.cell(2, number).value for number in (2, 7)] == ["单位1", "1 条，点左侧的 + 展开"]
    assert (sheet.row_dimensions[3].hidden, sheet.row_dimensions[3].outlineLevel) == (True, 1)
    assert sheet.row_dimensions[2].collapsed
    outline = sheet.sheet_properties.outlinePr
    assert outline is not None
    assert outline.summaryBelow is False
    assert not any(sheet.row_dimensions[row].hidden for row in (1, 2))
    assert {row[4] for row in sheet_values(book["问题清单"])[1:]} == {"错误", "警告"}


def pixels_to(sheet: Worksheet, last: str, row: int = 1) -> int:
    """How wide the columns down to a head are on the screen, with the numbers of the rows."""
    spans = ((each.min or 1, each.max or 1, each.width) for each in sheet.column_dimensions.values())
    widths = {at: width for first, end, width in spans for at in range(first, end + 1)}
    return sum(round(widths[at] * 7) for at in range(1, column_number(sheet, last, row) + 1)) + 35


def test_what_is_wrong_is_in_sight_on_an_office_screen(book: Workbook, tmp_path: Path) -> None:
    """Columns fill at most 1366 pixels: to the rule, with explanations too; in 总览 beyond the link."""
    sheet = book["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    context = ReviewContext(explained=Explanations({"k1": "属实，已附批文"}))
    explained = write_and_open(tmp_path / "r.xlsx", replace(review(), keys=("k1", "k2", "k3"), context=context))
    assert column_number(explained["问题清单"], "单位说明") < column_number(explained["问题清单"], "处理状态")
    assert pixels_to(sheet, "规则") <= 1366
    assert pixels_to(explained["问题清单"], "规则") <= 1366
    assert pixels_to(book["总览"], "三公经费走势", HEAD) <= 1366
    assert heads.index("问题") < heads.index("填报") < heads.index("处理状态") < heads.index("规则")
    assert sheet.print_area == "'问题清单'!$A$1:$N$3"


def test_findings_are_counted_by_department_and_rule(book: Workbook) -> None:
    """A row for each filing, a column for each rule, totals above; findings of a whole file count for their filing."""
    total, heads, *lines = sheet_values(book["问题分布"])
    assert heads == ["单位", "错误", "警告", "提示", "合计", "控制率\nA1-04"]
    assert lines == [["单位1", 0, 1, 1, 2, 2], ["单位2", 1, 0, 0, 1, 1]]
    assert total[0] == "合计"
    assert total[5] == "=SUBTOTAL(109,F3:F4)"


def test_the_catalogue_is_whole_and_knows_the_hits(book: Workbook) -> None:
    """Every rule with its texts and its hits in this review."""
    listed = {row[0]: row for row in sheet_values(book["规则目录"])[1:]}
    assert set(listed) == set(RULES)
    assert listed["A1-04"][5] == 3
    assert listed["A1-05"][4:6] == ["填报时和审核时", 0]
    assert all(row[6] and row[7] and row[8] for row in listed.values())


def test_three_public_has_a_sparkline_a_row(tmp_path: Path) -> None:
    """The three amounts stand in hidden columns, and a small chart shows them."""
    row = replace(filing(), three_public=(23.21, 27.48, None), issued_to="别的局")
    path = tmp_path / "r.xlsx"
    sheet = write_and_open(path, replace(review(), filings=(row,)))["总览"]
    assert [sheet.cell(HEAD + 1, column_number(sheet, f"三公经费\n{name}", HEAD)).value for name in MEASURES] == [
        23.21,
        27.48,
        None,
    ]
    assert sheet.cell(HEAD + 1, 2).value == "单位1\n（表样下发给：别的局）"
    with zipfile.ZipFile(path) as archive:
        assert b"sparklineGroup" in archive.read("xl/worksheets/sheet2.xml")


def test_the_data_are_typed_and_formatted(book: Workbook) -> None:
    """Money, rates, counts and dates have the format of their field; missing values are blank."""
    sheet = book["附件1"]
    assert sheet_values(sheet)[0] == ["表编号", "三公经费_本年决算数", "控制率", "编制数", "填报日期", "说明"]
    assert sheet_values(sheet)[1] == ["s1", 1234.5, 1.25, 12, datetime(2024, 3, 1), "=1+1"]  # noqa: DTZ001 - no zone in a cell
    assert sheet_values(sheet)[2] == ["s2", None, None, None, None, None]
    formats = [cell.number_format for cell in sheet[2]]
    assert formats == ["General", "#,##0.00", "0.00%", "#,##0", "yyyy-mm-dd", "General"]


def test_the_rules_hit_most_come_first(book: Workbook) -> None:
    """Rules are sorted by hits."""
    assert sheet_values(book["规则统计"])[1:3] == [
        ["A1-04", "控制率", "错误", 3, 2, "湖南"],
        ["A1-05", "超编", "警告", 0, 0, "湖南"],
    ]


def test_every_file_is_listed(book: Workbook) -> None:
    """Each file has its status in words and its reason."""
    assert sheet_values(book["文件清单"])[2] == [2, "扫描件.pdf", "已拒绝", "是图片"]


def test_lists_can_be_filtered_and_keep_their_heads_in_sight(book: Workbook) -> None:
    """Autofilter and frozen heads on every list, A4 landscape on every sheet."""
    for sheet in book.worksheets:
        if sheet.title not in {"简报", "图表"}:
            assert sheet.auto_filter.ref, sheet.title
            assert sheet.freeze_panes, sheet.title
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")


def test_rows_show_their_text() -> None:
    """Longer texts make taller rows, up to the limit of Excel."""
    heights = [row_height([("控制率" * count, 30.0)]) for count in (1, 20, 2_000)]
    assert heights[0] < heights[1] < heights[2] == 409


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    """No clock, no hash order and no folder name gets into the file."""
    first = workbook_bytes(replace(review(), root=tmp_path / "a/in"), tmp_path / "a/out")
    assert first == workbook_bytes(replace(review(), root=tmp_path / "b/in"), tmp_path / "b/out")


def test_the_only_time_is_that_of_the_review(tmp_path: Path, book: Workbook) -> None:
    """Created when the review was made, in UTC."""
    assert book.properties.created == MADE_AT.replace(tzinfo=None)
    assert "2024-04-02 09:30" in str(book["总览"]["A2"].value)
    assert sorted(path.name for path in (tmp_path / "审核").iterdir()) == ["review.xlsx"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """No part of a file is left beside the one that could not be replaced."""
    (tmp_path / "review.xlsx").mkdir()
    with pytest.raises(OSError, match=r"review\.xlsx"):
        write_review(tmp_path / "review.xlsx", review(), scratch=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["review.xlsx"]


BOOKS: Final[dict[str, Callable[[], Review]]] = {
    "empty": lambda: Review("空", MADE_AT),
    "one": lambda: review(1),
    "two": review,
    "eighty": lambda: review(80),
    "many": lambda: review(200),
    "hostile": hostile,
}


@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS.keys())
def test_every_workbook_is_clean(tmp_path: Path, make: Callable[[], Review]) -> None:
    """Excel would find nothing to repair."""
    write_review(tmp_path / "r.xlsx", make(), scratch=tmp_path)
    assert lint(tmp_path / "r.xlsx") == []


@needs_validator
@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS.keys())
def test_every_workbook_is_valid(tmp_path: Path, make: Callable[[], Review]) -> None:
    """The Open XML SDK finds no error."""
    write_review(tmp_path / "r.xlsx", make(), scratch=tmp_path)
    assert validate(tmp_path / "r.xlsx") == []


@needs_office
def test_libreoffice_opens_them_and_keeps_the_charts(tmp_path: Path) -> None:
    """Charts and text survive a save by another program."""
    names = [name for name in BOOKS if name != "hostile"]  # whose texts LibreOffice lays out for minutes
    files = [tmp_path / f"{name}.xlsx" for name in names]
    for path, name in zip(files, names, strict=True):
        write_review(path, BOOKS[name](), scratch=tmp_path)
    saved = recalculate(files, tmp_path / "out")
    assert [charts(path) for path in saved] == [charts(path) for path in files] == [0, 5, 5, 5, 5]
