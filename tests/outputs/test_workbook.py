"""The desk's workbook: what stands in it, where its links lead, and that no text of a filing can do anything."""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import openpyxl
import pytest
from lxml import etree

from tests.outputs.reviewed import workbook_bytes
from tests.support.lint import lint
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from xltool.findings import Finding, Place, Severity
from xltool.forms.base_data import MEASURES
from xltool.outputs.model import FileRow, FileStatus, FilingRow, Review, RuleRow, SubmissionOrigin, Tables
from xltool.outputs.sheets import sheet_writer
from xltool.outputs.sheets.links import linker
from xltool.outputs.sheets.texts import CUT_MARK, LONGEST_TEXT, cell_text, row_height, sheet_name, utf16_len
from xltool.outputs.workbook import write_review
from xltool.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HOSTILE: Final = (
    '=HYPERLINK("http://evil.example/","点我")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "'引号",
    "http://evil.example/",
    "mailto:a@evil.example",
    "internal:'总览'!A1",
    "external:c:\\evil.xlsx",
    "{=SUM(A1)}",
    "00012",
    "1e5",
    "<b>&amp;</b>",
    "_x0041_",
    "a\x00b\x07c\x1bd\x7fe",
    "右\u202e左",
    "\ud800半个\uffff",
    "a\r\nb\rc",
    "长" * 40_000,
    "𠮷" * 20_000,
    "<r><t>a&b</t></r>",
)
HEAD: Final = 5  # the row of the overview's heads
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MADE_AT: Final = datetime(2024, 4, 2, 9, 30, tzinfo=UTC)


def finding(number: int, path: str, **more: str | None) -> Finding:
    """A finding like many."""
    severity = (Severity.ERROR, Severity.WARNING, Severity.INFO)[number % 3]
    words = {"message": f"控制率{number}不对", "advice": "请核对", "basis": "湖南省指标"}
    place = {
        "submission": "s1",
        "sheet": "附件1",
        "cell": "D4",
        "field": "控制率",
        "actual": "125%",
        "expected": "100%",
    }
    return Finding("A1-04", severity, path, **(words | place | more))  # type: ignore[arg-type] # texts, all of them


def filing(number: int = 1) -> FilingRow:
    """A filing of two files."""
    files = (f"单位{number}/附件1.xlsx", f"单位{number}/附件3.xlsx")
    return FilingRow(
        f"f{number}",
        f"单位{number}",
        2023,
        {"附件1": 1, "附件3": 2},
        files,
        score_filed=96.5,
        score_recomputed=90.25,
        grade="优",
        execution_rate=0.875,
        control_rate=1.2,
        errors=1,
        warnings=1,
        infos=0,
    )


def review(filings: int = 2) -> Review:
    """A small review with everything in it."""
    related = (Place("单位2/附件1.xlsx", "附件1", "B4"), Place("单位2/附件1.xlsx", "附件1", "C4"))
    findings = (
        finding(0, "单位2/附件1.xlsx", submission="s2"),
        replace(finding(1, "单位1/附件1.xlsx"), related=(*related, Place("单位1/附件1.xlsx", "附件1", "B4"))),
        finding(2, "单位1/附件3.xlsx", submission=None, sheet=None, cell=None, field=None),
    )
    keys = ("submission", "三公经费_本年决算数", "控制率", "编制数", "填报日期", "说明")
    rows = (
        ("附件1", ("s1", 1234.5, 1.25, 12, datetime(2024, 3, 1), "=1+1")),  # noqa: DTZ001 - a form's date has no zone
        ("附件1", ("s2", None, float("nan"), None, None, None)),
    )
    return Review(
        title="君山区2023年度审核",
        made_at=MADE_AT,
        year=2023,
        filings=tuple(filing(number) for number in range(1, filings + 1)),
        files=(FileRow("单位1/附件1.xlsx", FileStatus.READ), FileRow("扫描件.pdf", FileStatus.REFUSED, "是图片")),
        findings=findings,
        submissions={
            "s1": SubmissionOrigin("单位1", "附件1", None, "f1"),
            "s2": SubmissionOrigin("单位2", "附件1", "道路", "f2"),
        },
        tables=Tables({"附件1": keys, "指标明细": keys}, rows),
        rules=(RuleRow("A1-05", "超编", "警告", "湖南"), RuleRow("A1-04", "控制率", "错误", "湖南", 3, 2)),
        root=Path("/data/报送"),
    )


def hostile() -> Review:
    """A review whose every text, name and path comes from someone who means harm."""
    findings = tuple(
        Finding(
            text, Severity.ERROR, text, text, text, text, text, text, text, text, text, text, (Place(text, text, text),)
        )
        for text in HOSTILE
    )
    rows = tuple(FilingRow(text, text, 2023, {"附件1": 1}, (text,), grade=text) for text in HOSTILE)
    files = tuple(FileRow(text, FileStatus.REFUSED, text) for text in HOSTILE)
    rules = tuple(RuleRow(text, text, text, text, 1, 1) for text in HOSTILE)
    submissions = {text: SubmissionOrigin(text, text, text, text) for text in HOSTILE}
    tables = Tables(dict.fromkeys(HOSTILE, HOSTILE), [(text, [text] * len(HOSTILE)) for text in HOSTILE])
    return replace(review(), title=HOSTILE[0], filings=rows, files=files, findings=findings, submissions=submissions,
                   tables=tables, rules=rules)  # fmt: skip


def written(path: Path, what: Review) -> Workbook:
    """The workbook of a review, read again."""
    write_review(path, what, scratch=path.parent)
    return opened(path)


def opened(path: Path) -> Workbook:
    """A workbook, read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of the data bar's extension
        return openpyxl.load_workbook(path)


def rows(sheet: Worksheet) -> list[list[object]]:
    """A sheet's values."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def column(sheet: Worksheet, head: str, row: int = 1) -> int:
    """The number of the column with this head."""
    return next(cell.column for cell in sheet[row] if cell.value == head)


def target(sheet: Worksheet, row: int, number: int) -> tuple[str | None, str | None]:
    """Where the link of a cell leads: file and place."""
    link = sheet.cell(row, number).hyperlink
    return (link.target, link.location) if link else (None, None)


def charts(path: Path) -> int:
    """How many charts a file has."""
    with zipfile.ZipFile(path) as archive:
        return sum(name.startswith("xl/charts/chart") for name in archive.namelist())


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """The small review, written and read."""
    (tmp_path / "审核").mkdir()
    return written(tmp_path / "审核" / "review.xlsx", replace(review(), root=tmp_path / "报送"))


def test_the_review_says_in_utc_when_it_was_made(tmp_path: Path) -> None:
    """Document properties are universal time; the run is told in Beijing time."""
    content = workbook_bytes(replace(review(), made_at=datetime(2024, 7, 1, 6, 30)), tmp_path)  # noqa: DTZ001 - Beijing
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b">2024-06-30T22:30:00Z</dcterms:created>" in package.read("docProps/core.xml")


def test_the_sheets_stand_in_their_order(book: Workbook) -> None:
    """Overview first, then the findings, the data, the statistics."""
    named = ["总览", "问题清单", "问题分布", "抽查建议", "附件1", "指标明细", "规则统计", "文件清单", "规则目录"]
    assert book.sheetnames == named


def test_the_overview_has_the_figures_of_each_filing(book: Workbook) -> None:
    """Numbers are numbers, and the difference is recomputed less filed."""
    sheet = book["总览"]
    shown = dict(zip(rows(sheet)[HEAD - 1], rows(sheet)[HEAD], strict=True))
    wanted = {
        "单位": "单位1", "附件1": 1, "附件2": 0, "附件3": 2, "自评得分": 96.5, "重算得分": 90.25,
        "差异": -6.25, "等级": "优", "预算执行率": 0.875, "在职人员控制率": 1.2, "错误": 1, "警告": 1, "提示": 0,
        "报送文件": "附件1.xlsx 等 2 个",
    }  # fmt: skip
    assert {head: shown[head] for head in wanted} == wanted
    assert sheet.cell(HEAD + 1, column(sheet, "预算执行率", HEAD)).number_format == "0.00%"


def test_the_cards_count(book: Workbook) -> None:
    """Filings, submissions, files and findings by severity."""
    sheet = book["总览"]
    cards = {sheet.cell(3, number).value: sheet.cell(4, number).value for number in range(1, 18)}
    assert cards.items() >= {
        "报送单位": 2, "报送表数": 6, "已读取文件": 1, "跳过或拒绝": 1,
        "错误": 1, "警告": 1, "提示": 1, "无错误、无警告的单位": 0,
    }.items()  # fmt: skip


def test_a_filing_leads_to_its_first_finding_and_its_first_file(book: Workbook) -> None:
    """The link into the list skips the findings of others."""
    sheet = book["总览"]
    finds, files = column(sheet, "问题清单", HEAD), column(sheet, "报送文件", HEAD)
    assert target(sheet, HEAD + 1, finds) == (None, "'问题清单'!A3")
    assert target(sheet, HEAD + 2, finds) == (None, "'问题清单'!A2")
    assert target(sheet, HEAD + 1, files) == ("..\\报送\\单位1\\附件1.xlsx", None)


def test_a_finding_has_its_row_and_leads_to_its_cell(book: Workbook) -> None:
    """Every word of a finding, in the order given, with a link to file and cell."""
    sheet = book["问题清单"]
    assert rows(sheet)[1] == [
        1, "单位2", "附件1", "道路", "错误", None, None, "A1-04", "附件1!D4", "控制率", "125%", "100%",
        "控制率0不对", "请核对", "湖南省指标", None, None,
    ]  # fmt: skip
    assert target(sheet, 2, column(sheet, "位置")) == ("..\\报送\\单位2\\附件1.xlsx", "'附件1'!D4")
    assert sheet.cell(3, column(sheet, "相关单元格")).value == "附件1!B4\n〔附件1.xlsx〕\n附件1!B4、C4"


def test_a_finding_of_a_whole_file_names_the_file(book: Workbook) -> None:
    """Without a submission the department is that of the filing the file belongs to."""
    sheet = book["问题清单"]
    assert (sheet["B4"].value, sheet.cell(4, column(sheet, "位置")).value) == ("单位1", "附件3.xlsx")
    assert target(sheet, 4, column(sheet, "位置")) == ("..\\报送\\单位1\\附件3.xlsx", None)


def test_findings_are_counted_by_department_and_rule(book: Workbook) -> None:
    """A row a filing, a column a rule, totals above the heads; whole-file findings count for their filing."""
    total, heads, *lines = rows(book["问题分布"])
    assert heads == ["单位", "错误", "警告", "提示", "合计", "A1-04"]
    assert lines == [["单位1", 1, 1, 0, 2, 2], ["单位2", 1, 1, 0, 2, 1]]
    assert total[0] == "合计"
    assert total[5] == "=SUBTOTAL(109,F3:F4)"
    assert book["问题分布"]["F2"].comment is not None


def test_the_catalogue_is_whole_and_knows_the_hits(book: Workbook) -> None:
    """Every rule with its words, and how often it was hit here."""
    listed = {row[0]: row for row in rows(book["规则目录"])[1:]}
    assert set(listed) == set(RULES)
    assert listed["A1-04"][5] == 3
    assert listed["A1-05"][4:6] == ["填报时和审核时", 0]
    assert all(row[6] and row[7] and row[8] for row in listed.values())


def test_three_public_has_a_sparkline_a_row(tmp_path: Path) -> None:
    """The three amounts stand in hidden columns, and a small chart shows them."""
    row = replace(filing(), three_public=(23.21, 27.48, None), issued_to="别的局")
    path = tmp_path / "r.xlsx"
    sheet = written(path, replace(review(), filings=(row,)))["总览"]
    assert [sheet.cell(HEAD + 1, column(sheet, f"三公经费\n{name}", HEAD)).value for name in MEASURES] == [
        23.21,
        27.48,
        None,
    ]
    assert sheet.cell(HEAD + 1, 2).value == "单位1\n（表样下发给：别的局）"
    with zipfile.ZipFile(path) as archive:
        assert b"sparklineGroup" in archive.read("xl/worksheets/sheet1.xml")


def test_the_data_are_typed_and_formatted(book: Workbook) -> None:
    """Money, rates, counts and dates by their field; what is missing is blank."""
    sheet = book["附件1"]
    assert rows(sheet)[0] == ["表编号", "三公经费_本年决算数", "控制率", "编制数", "填报日期", "说明"]
    assert rows(sheet)[1] == ["s1", 1234.5, 1.25, 12, datetime(2024, 3, 1), "=1+1"]  # noqa: DTZ001 - no zone in a cell
    assert rows(sheet)[2] == ["s2", None, None, None, None, None]
    formats = [cell.number_format for cell in sheet[2]]
    assert formats == ["General", "#,##0.00", "0.00%", "#,##0", "yyyy-mm-dd", "General"]


def test_the_rules_hit_most_come_first(book: Workbook) -> None:
    """Statistics sorted by hits."""
    assert rows(book["规则统计"])[1:3] == [
        ["A1-04", "控制率", "错误", 3, 2, "湖南"],
        ["A1-05", "超编", "警告", 0, 0, "湖南"],
    ]


def test_every_file_is_listed(book: Workbook) -> None:
    """Each file has its status in words and its reason."""
    assert rows(book["文件清单"])[2] == [2, "扫描件.pdf", "已拒绝", "是图片"]


def test_lists_can_be_filtered_and_keep_their_heads_in_sight(book: Workbook) -> None:
    """Autofilter, frozen heads, A4 landscape on every sheet."""
    for sheet in book.worksheets:
        assert sheet.auto_filter.ref, sheet.title
        assert sheet.freeze_panes, sheet.title
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")


def test_rows_show_their_text() -> None:
    """A row is taller the longer its text, and never taller than Excel allows."""
    heights = [row_height([("控制率" * count, 30.0)]) for count in (1, 20, 2_000)]
    assert heights[0] < heights[1] < heights[2] == 409


def test_the_same_review_gives_the_same_bytes(tmp_path: Path) -> None:
    """No clock, no order of a hash, no folder name in the file."""
    first = workbook_bytes(replace(review(), root=tmp_path / "a/in"), tmp_path / "a/out")
    assert first == workbook_bytes(replace(review(), root=tmp_path / "b/in"), tmp_path / "b/out")


def test_the_only_time_is_that_of_the_review(tmp_path: Path, book: Workbook) -> None:
    """Created when the review was made, in UTC."""
    assert book.properties.created == MADE_AT.replace(tzinfo=None)
    assert "2024-04-02 09:30" in str(book["总览"]["A2"].value)
    assert sorted(path.name for path in (tmp_path / "审核").iterdir()) == ["review.xlsx"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Whole or not at all: no half file beside what could not be replaced."""
    (tmp_path / "review.xlsx").mkdir()
    with pytest.raises(OSError, match=r"review\.xlsx"):
        write_review(tmp_path / "review.xlsx", review(), scratch=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["review.xlsx"]


def test_text_is_only_ever_text(tmp_path: Path) -> None:
    """Whatever a filing says becomes a string: no formula, and no link but those to files and into the list."""
    path = tmp_path / "review.xlsx"
    sheets = written(path, hostile()).worksheets
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, data in parts.items():
        root = etree.fromstring(data)
        assert all(str(item.text).startswith("SUBTOTAL(109,") for item in root.iter(f"{{{MAIN}}}f")), name
        outside = [str(item.get("Target")) for item in root.iter("{*}Relationship") if item.get("TargetMode")]
        assert all(item.startswith("..\\") for item in outside), name
    formulas = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(str(cell.value).startswith("=SUBTOTAL(109,") for cell in formulas)
    assert lint(path) == []


def test_hostile_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    """They read as filed, but for characters XML or the eye cannot take, and start with a quote where they must."""
    sheet = written(tmp_path / "review.xlsx", hostile())["问题清单"]
    messages = [sheet.cell(number, 11) for number in range(2, 2 + len(HOSTILE))]
    assert [cell.value for cell in messages[:14]] == list(HOSTILE[:14])
    assert [bool(cell.quotePrefix) for cell in messages[:7]] == [True] * 6 + [False]
    assert messages[15].value == "a␀b␇c␛d␡e"
    assert [cell.value for cell in messages[16:19]] == ["右\ufffd左", "\ufffd半个\ufffd", "a\nb\nc"]
    assert str(messages[19].value).endswith(CUT_MARK)
    assert str(messages[21].value).rstrip() == HOSTILE[21]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_never_holds_more_than_excel_takes(text: str) -> None:
    """Length counts as Excel does, and no character is cut in two."""
    shown = cell_text(text)
    assert utf16_len(shown) <= LONGEST_TEXT
    assert shown.encode("utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "单位 1/附件#1 100%.xlsx",
        "a'b&c<d>[1]{2}.xlsx",
        "%23/%41.xlsx",
        "问?号:星*.xlsx",
        "back\\slash.xlsx",
        "x",
        "../y.xls",
    ],
)
def test_a_link_leads_to_the_file_whatever_its_name(tmp_path: Path, path: str) -> None:
    """What is written decodes to the path, and only the anchor follows a bare #."""
    what = replace(review(), findings=(finding(0, path, sheet="附件'1 #"),), root=tmp_path)
    sheet = written(tmp_path / "r.xlsx", what)["问题清单"]
    link, place = target(sheet, 2, column(sheet, "位置"))
    assert link is not None
    assert "#" not in link
    assert unquote(link.replace("\\", "/")).removeprefix("./") == path
    assert place == (None if path == "x" else "'附件''1 #'!D4")


def test_a_path_too_long_for_a_link_is_text() -> None:
    """Nothing is linked without a root, or beyond Excel's limit."""
    assert linker(None, Path("/a"))("x.xlsx", None, None) is None
    assert linker(Path("/a"), Path("/a"))("长" * 3_000, None, None) is None


def test_links_beyond_excels_limit_become_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text stays, the file opens."""
    monkeypatch.setattr(sheet_writer, "MOST_LINKS", 1)
    sheet = written(tmp_path / "r.xlsx", review())["问题清单"]
    places = [sheet.cell(row, column(sheet, "位置")) for row in (2, 3, 4)]
    assert [bool(cell.hyperlink) for cell in places] == [True, False, False]
    assert places[1].value == "附件1!D4"


def test_sheet_names_are_ones_excel_takes() -> None:
    """Cut, cleaned, and never twice."""
    names: list[str] = []
    for wanted in ("总览", "总览", "a/b:c", "History", "'x'", "", "长" * 40, "长" * 40, "𠮷" * 20):
        names.append(sheet_name(wanted, names))
    assert names[:6] == ["总览", "总览(2)", "a-b-c", "History(2)", "x", "表"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(utf16_len(name) <= 31 for name in names)


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
    """Nothing in it Excel would repair."""
    write_review(tmp_path / "r.xlsx", make(), scratch=tmp_path)
    assert lint(tmp_path / "r.xlsx") == []


@needs_validator
@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS.keys())
def test_every_workbook_is_valid(tmp_path: Path, make: Callable[[], Review]) -> None:
    """The Open XML SDK agrees."""
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
    assert [charts(path) for path in saved] == [charts(path) for path in files] == [0, 3, 3, 3, 3]
