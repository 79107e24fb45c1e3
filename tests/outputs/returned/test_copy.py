"""The returned copy part by part: findings are marked, and nothing else is changed."""

from __future__ import annotations

import warnings
import zipfile
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from lxml import etree

from tests.support import laden
from tests.support.laden import COMMENTED, PARAMETERS, SHEET, THREADED
from tests.support.lint import lint
from tests.support.opened import canonical, cell, packed, parts_of, strict, without_addresses
from tests.support.parts import MAIN
from tests.support.programs.office import needs_office, recalculate
from tests.support.programs.ooxml import needs_validator, validate
from xltool.findings import Finding, Place, Severity
from xltool.forms.problem_list import RETURNED
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.copy import returned_copy
from xltool.outputs.returned.wording import LONGEST

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

ABOUT = CheckedFile("某市水利局", "水利局/附件1.xlsx", datetime(2024, 6, 12, 9, 30))  # noqa: DTZ001 - of the run, no zone
FIRST, SECOND, THIRD = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))
EDITED = {
    "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", FIRST, SECOND,
    "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/worksheets/_rels/sheet2.xml.rels",
}  # fmt: skip
ADDED = ["xl/comments2.xml", "xl/drawings/vmlDrawing4.vml", "xl/worksheets/sheet4.xml"]
MARKED = ("B3", "B8", "B9", "C13", "E6", laden.ABSENT, "B50")
NEW = {laden.ABSENT, "B50"}
"""Cells the file did not have."""


def finding(
    cell: str | None, severity: Severity = Severity.ERROR, sheet: str | None = SHEET, message: str = "填错了。"
) -> Finding:
    """A finding on the workbook."""
    return Finding(
        "A1-07", severity, ABOUT.path, message, "核对后改正。", "依据", sheet=sheet, cell=cell,
        field="三公经费_本年决算数", actual="11.30万元", expected="12.30万元",
        related=(Place(ABOUT.path, sheet, "B4"), Place("水利局/附件2.xlsx", "附件2", "I8")),
    )  # fmt: skip


FINDINGS = [
    finding(None, sheet=None), finding("B3"), finding("B3", Severity.WARNING), finding("F7"),
    finding(COMMENTED, Severity.WARNING), finding(THREADED), finding("C13"), finding(laden.ABSENT), finding("B50"),
    finding("B5", Severity.INFO), finding("A2", sheet=PARAMETERS), finding("Z9", sheet="没有这张表"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sheets(copy: bytes) -> dict[str, Worksheet]:
    """The copy as openpyxl sees it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says what it does not know
        return {sheet.title: sheet for sheet in openpyxl.load_workbook(BytesIO(copy)).worksheets}


def test_all_other_parts_are_the_same_to_the_byte(filed: bytes, copy: bytes) -> None:
    """Parts keep their order and times; new parts follow them."""
    old, new = parts_of(filed), parts_of(copy)
    assert [*new] == [*old, *ADDED]
    assert {name for name in old if old[name] != new[name]} == EDITED
    with zipfile.ZipFile(BytesIO(copy)) as package:
        assert {entry.date_time for entry in package.infolist() if entry.filename in old} == {(2024, 5, 20, 8, 0, 0)}
        assert {entry.date_time for entry in package.infolist() if entry.filename in ADDED} == {(1980, 1, 1, 0, 0, 0)}


def _undone(name: str, old: bytes, new: bytes) -> etree._Element:
    """A worksheet of the copy without its marks and additions."""
    before, after = etree.fromstring(old), etree.fromstring(new)
    for reference in MARKED if name == FIRST else ("A2",):
        marked, was = cell(after, reference), cell(before, reference)
        assert marked is not None
        if was is None:
            row = marked.getparent()
            assert row is not None
            row.remove(marked)
            if row.find(f"{MAIN}c") is None:
                row.getparent().remove(row)  # type: ignore[union-attr] # a row stands in a sheet
        elif was.get("s") is None:
            del marked.attrib["s"]
        else:
            marked.set("s", str(was.get("s")))
    _remove_conditional_marks(after)
    return after


def _remove_conditional_marks(root: etree._Element) -> None:
    """Remove the conditional formats of the marks, which come first of all, and give the others their old places."""
    ours = [rule for rule in root.iter(f"{MAIN}cfRule") if rule.get("stopIfTrue")]
    assert sorted(str(rule.get("priority")) for rule in ours) == [str(at) for at in range(1, len(ours) + 1)]
    for rule in ours:
        root.remove(rule.getparent())  # type: ignore[arg-type] # a format of the sheet
    for rule in root.iter("{*}cfRule"):
        if rule.get("priority"):
            rule.set("priority", str(int(str(rule.get("priority"))) - len(ours)))


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_marked_sheet_differs_in_styles_and_the_name_of_its_drawing_alone(
    name: str, filed: bytes, copy: bytes
) -> None:
    """Sheets differ only in the selection, since the list is active, and in the reference to a new drawing."""
    old, new = parts_of(filed)[name], parts_of(copy)[name]
    after, before = _undone(name, old, new), etree.fromstring(old)
    if name == SECOND:
        (drawing,) = after.iter(f"{MAIN}legacyDrawing")
        assert [etree.QName(itersibling).localname for itersibling in drawing.itersiblings()] == [
            "legacyDrawingHF",
            "tableParts",
        ]
        after.remove(drawing)
    else:
        (view,) = before.iter(f"{MAIN}sheetView")
        assert view.attrib.pop("tabSelected", "") == "1"
    assert canonical(after) == canonical(before)


def _styles(data: bytes) -> tuple[list[etree._Element], list[etree._Element]]:
    root = etree.fromstring(parts_of(data)["xl/styles.xml"])
    return root.findall(f"{MAIN}cellXfs/{MAIN}xf"), root.findall(f"{MAIN}fills/{MAIN}fill")


def test_a_mark_changes_the_fill_and_nothing_else_of_a_style(filed: bytes, copy: bytes) -> None:
    """Number format, font, borders, alignment and lock are those of the cell, or of its column where it is new."""
    formats, fills = _styles(copy)
    assert [canonical(element) for element in formats[: len(_styles(filed)[0])]] == [
        canonical(element) for element in _styles(filed)[0]
    ]
    old, new = (etree.fromstring(parts_of(data)[FIRST]) for data in (filed, copy))
    column = next(element for element in old.iter(f"{MAIN}col") if element.get("min") == "2")
    for reference in MARKED:
        marked, was = cell(new, reference), cell(old, reference)
        assert marked is not None
        inherited = column.get("style") if reference.startswith("B") else "0"
        before = formats[int((inherited if was is None else was.get("s")) or 0)]
        after = formats[int(marked.get("s", "0"))]
        colour = fills[int(after.get("fillId", "0"))][0][0].get("rgb")
        assert colour == ("FFFFE48C" if reference == COMMENTED else "FFFFC9C4")
        assert _but_for_fill(after) == _but_for_fill(before)


def _but_for_fill(style: etree._Element) -> bytes:
    plain = deepcopy(style)
    for key in ("fillId", "applyFill"):
        plain.attrib.pop(key, "")
    return canonical(plain)


def test_the_workbook_keeps_its_names_with_their_sheets(filed: bytes, copy: bytes) -> None:
    """The list is the first and the active sheet; scopes move by one; the rest of the workbook part stays the same."""
    before, after = (etree.fromstring(parts_of(data)["xl/workbook.xml"]) for data in (filed, copy))
    listed = after.find(f"{MAIN}sheets")
    assert listed is not None
    assert [element.get("name") for element in listed] == ["问题清单", SHEET, PARAMETERS, "没有问题的表"]
    assert after.find(f"{MAIN}bookViews")[0].get("activeTab") == "0"  # type: ignore[index] # it is there
    listed.remove(listed[0])
    names = after.find(f"{MAIN}definedNames")
    assert names is not None
    own = [name for name in names if name.get("localSheetId") == "0"]
    assert [element.get("name") for element in own] == ["_xlnm.Print_Titles"]
    for element in own:
        names.remove(element)
    for element in names:
        scope = element.get("localSheetId")
        if scope is not None:
            element.set("localSheetId", str(int(scope) - 1))
    for root in (before, after):
        for view in root.iter(f"{MAIN}workbookView"):
            view.attrib.pop("activeTab", "")
    assert canonical(after) == canonical(before)


def test_no_two_sheets_are_selected(copy: bytes) -> None:
    """Only the list is selected, because Excel types into all selected sheets at once."""
    selected = [name for name, part in parts_of(copy).items() if b'tabSelected="1"' in part]
    assert selected == ["xl/worksheets/sheet4.xml"]


def test_comments_say_what_is_wrong_and_what_to_do(sheets: dict[str, Worksheet]) -> None:
    """Several findings of a cell share a comment, at the first cell of a merged area; related cells have no comment."""
    comments = {
        sheet_cell.coordinate: sheet_cell.comment
        for row in sheets[SHEET].iter_rows()
        for sheet_cell in row
        if sheet_cell.comment
    }
    assert set(comments) == set(MARKED)
    assert comments["B3"].author == "xltool 审核"
    assert comments["B3"].text == (
        "【审核意见】\n错误：填错了。\n填报：11.30万元\n应为：12.30万元\n处理：核对后改正。\n"
        "警告：填错了。\n填报：11.30万元\n应为：12.30万元\n处理：核对后改正。\n〔详见问题清单第 2、3 项〕"
    )
    assert [
        sheet_cell.comment.author for row in sheets[PARAMETERS].iter_rows() for sheet_cell in row if sheet_cell.comment
    ] == ["xltool 审核"]


def test_the_comments_of_others_stay(filed: bytes, copy: bytes, sheets: dict[str, Worksheet]) -> None:
    """Our text follows that of the accountant in a comment; a thread of Excel 365 stays, as the list notes."""
    mine = sheets[SHEET][COMMENTED].comment
    assert mine is not None
    assert mine.author == "某某"
    assert mine.text.startswith(f"{laden.MINE}\n【审核意见】\n警告：填错了。")
    thread = sheets[SHEET][THREADED].comment
    assert thread is not None
    assert thread.text == "[Threaded comment]"
    notes = [str(row[0].value) for row in sheets["问题清单"].iter_rows(max_row=5)]
    assert any(f"{SHEET}!{THREADED}" in note and "对话式批注" in note for note in notes)
    before, after = (parts_of(data)["xl/drawings/vmlDrawing1.vml"] for data in (filed, copy))
    start = before.index(b"<v:shape ")
    assert after.startswith(before[:start])
    assert after.count(b"<v:shape ") == before.count(b"<v:shape ") + 5
    assert b'ObjectType="Button"' in after


def test_the_list_names_every_finding_and_links_to_its_cell(sheets: dict[str, Worksheet]) -> None:
    """Infos left out; both texts of a comparison, the other cells, an empty column for the department."""
    listed = sheets["问题清单"]
    rows = [[sheet_cell.value for sheet_cell in row] for row in listed.iter_rows(min_row=1, max_col=12)]
    assert rows[0][0] == "审核问题清单"
    assert (
        rows[1][0] == "单位：某市水利局　　文件：水利局/附件1.xlsx　　审核日期：2024年6月12日　　错误 9 项，警告 2 项"
    )
    head = next(at for at, row in enumerate(rows) if row[0] == "序号")
    assert rows[head][1:] == [
        "级别", "表", "单元格", "项目/栏目", "问题", "填报", "应为", "处理意见", "相关单元格", "规则", "整改说明",
    ]  # fmt: skip
    assert rows[head + 2] == [
        2, "错误", SHEET, "B3", "三公经费 本年决算数", "填错了。", "11.30万元", "12.30万元", "核对后改正。",
        "B4\n〔附件2.xlsx〕附件2 I8", "A1-07", None,
    ]  # fmt: skip
    assert len(rows) == head + 12
    links = {
        sheet_cell.coordinate: sheet_cell.hyperlink.location
        for row in listed.iter_rows()
        for sheet_cell in row
        if sheet_cell.hyperlink
    }
    assert links[f"D{head + 3}"] == "'甲''s 表'!B3"
    assert len(links) == 9
    assert listed.freeze_panes == f"A{head + 2}"
    assert (listed.page_setup.paperSize, listed.page_setup.orientation) == (9, "landscape")
    assert listed.print_title_rows == f"${head + 1}:${head + 1}"
    assert listed.cell(1, 13).value == RETURNED
    assert listed.column_dimensions["M"].hidden


@needs_validator
@pytest.mark.parametrize("version", ["Office2010", "Microsoft365"])
def test_excels_schema_is_kept(version: str, filed: bytes, copy: bytes, tmp_path: Path) -> None:
    """Neither the Open XML SDK nor our own checks report an error."""
    before, after = tmp_path / "前.xlsx", tmp_path / "后.xlsx"
    before.write_bytes(filed)
    after.write_bytes(copy)
    assert validate(after, version) == []
    assert lint(after) == lint(before)


@needs_office
def test_another_program_finds_marks_and_comments(copy: bytes, tmp_path: Path) -> None:
    """LibreOffice opens the copy and saves its comments, locks, validations and values."""
    path = tmp_path / "附件1.xlsx"
    path.write_bytes(copy)
    (saved,) = recalculate([path], tmp_path / "out")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says what it does not know
        book = openpyxl.load_workbook(saved, data_only=True)
    sheet = book[SHEET]
    assert {sheet_cell.coordinate for row in sheet.iter_rows() for sheet_cell in row if sheet_cell.comment} == set(
        MARKED
    )
    assert sheet["B3"].fill.fgColor.rgb == "FFFFC9C4"
    assert sheet["B11"].value == sum(row * 1.5 for row in range(3, 11))
    assert sheet.protection.sheet
    assert book.sheetnames[0] == "问题清单"
    assert str(book["问题清单"]["D7"].hyperlink.location).endswith("B3")


def test_the_same_input_gives_the_same_bytes(filed: bytes, copy: bytes) -> None:
    """The bytes of a copy depend neither on the time nor on the place."""
    assert returned_copy(filed, FINDINGS, ABOUT) == copy


def test_a_workbook_in_the_strict_dialect_is_marked_in_its_own_words(filed: bytes) -> None:
    """Parts and relations that are added speak it too."""
    parts = parts_of(returned_copy(strict(filed), FINDINGS, ABOUT))
    assert not [
        name
        for name, part in parts.items()
        if b"schemas.openxmlformats.org/spreadsheetml" in part or b"openxmlformats.org/officeDocument/2006/rel" in part
        if name.endswith((".xml", ".rels"))
    ]
    assert b"FFFFC9C4" in parts["xl/styles.xml"]
    assert parts["xl/comments2.xml"].startswith(b"<?xml")


def test_cells_without_addresses_are_counted() -> None:
    """In files whose rows and cells have no address, the same cells get the same marks."""
    plain = without_addresses(small(), FIRST)
    marked = etree.fromstring(
        parts_of(returned_copy(plain, [finding("B2", sheet="表"), finding("D2", sheet="表")], ABOUT))[FIRST]
    )
    (_, row) = marked.iter(f"{MAIN}row")
    assert [element.get("r") for element in row] == [None, None, None, "D2"]
    first, second, _, fourth = (element.get("s") for element in row)
    assert second == fourth != first


def small() -> bytes:
    """Two full rows of three cells."""
    book, buffer = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    for row in ((1, 2, 3), (4, 5, 6)):
        sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()


def test_text_of_findings_is_text() -> None:
    """No formula, no illegal character, no escape that another program would undo."""
    hostile = '=HYPERLINK("http://x")\x00\x1b_x0041_<b>&amp;\ud800'
    copy = returned_copy(small(), [finding("B2", sheet="表", message=hostile)], ABOUT)
    book = openpyxl.load_workbook(BytesIO(copy))
    row = [sheet_cell.value for sheet_cell in book["问题清单"][5]]
    assert row[5] == '=HYPERLINK("http://x")␀␛_x005F_x0041_<b>&amp;�'  # openpyxl does not undo escapes
    assert book["问题清单"]["F5"].data_type == "s"
    comment = book["表"]["B2"].comment
    assert comment is not None
    assert '=HYPERLINK("http://x")␀␛_x005F_x0041_<b>&amp;�' in comment.text


@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_a_comment_stays_short(number: int) -> None:
    """Long messages are cut in comments, and stand in full in the list."""
    long = [finding("B2", sheet="表", message=f"{at}" + "很长的说明" * 80) for at in range(number)]
    book = openpyxl.load_workbook(BytesIO(returned_copy(small(), long, ABOUT)))
    comment = book["表"]["B2"].comment
    assert comment is not None
    assert len(comment.text) <= LONGEST + 60
    assert comment.text.count("……") >= number
    assert all(f"错误：{at}很长" in comment.text for at in range(number))


def test_a_lost_signature_is_noted(filed: bytes, sheets: dict[str, Worksheet]) -> None:
    """The list notes that the digital signature of the file becomes invalid."""
    rels = parts_of(filed)["_rels/.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature'
        b'/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>',
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(
            BytesIO(returned_copy(packed({**parts_of(filed), "_rels/.rels": rels}), FINDINGS, ABOUT))
        )
    said = "原文件带有数字签名；文件一经标注，签名即失效，重新报送前请再次签名。"
    assert [row[0].value for row in book["问题清单"].iter_rows(min_row=4, max_row=4)] == [said]
    assert said not in [row[0].value for row in sheets["问题清单"].iter_rows()]
