"""Workbooks that other programs write, or that few people make: marked like any other."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from lxml import etree
from openpyxl.comments import Comment

from tests.outputs.returned.test_again import looks, stripped
from tests.outputs.returned.test_copy import ABOUT, FINDINGS, FIRST, finding, small
from tests.support.opened import canonical, changed, packed, parts_of, without
from tests.support.parts import MAIN
from tests.support.programs.ooxml import needs_validator, validate
from xltool.outputs.returned.copy import NotEditableError, returned_copy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK = "FFFFC9C4"
HERE = [finding("B2", sheet="表"), finding("H9", sheet="表")]


def edited(name: str, old: str, new: str, data: bytes | None = None) -> bytes:
    """The small workbook with a replaced text in one of its parts."""
    parts = parts_of(data or small())
    text = parts[name].decode()
    assert old in text
    return packed({**parts, name: text.replace(old, new, 1).encode()})


def root_of(data: bytes, name: str = FIRST) -> etree._Element:
    """Root of a part."""
    return etree.fromstring(parts_of(data)[name])


def test_a_plain_comment_is_kept_word_for_word() -> None:
    """In a comment without runs our text follows the existing text, which stays when ours is removed."""
    book = openpyxl.load_workbook(BytesIO(small()))
    book["表"]["B2"].comment = Comment("会计批注", "某某")
    buffer = BytesIO()
    book.save(buffer)
    copy = returned_copy(buffer.getvalue(), HERE, ABOUT)
    comment = looks(copy)["表"]["B2"][-1]
    assert str(comment).startswith("会计批注\n【审核意见】\n错误：")
    assert looks(stripped(copy))["表"]["B2"][-1] == "会计批注"
    assert returned_copy(copy, HERE, ABOUT) == copy


def test_macros_stay_as_they_are() -> None:
    """Of an .xlsm every byte of the project, and its content type."""
    parts = parts_of(small())
    types = parts["[Content_Types].xml"].decode()
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    parts["[Content_Types].xml"] = types.replace(main, macro).encode()
    parts["xl/vbaProject.bin"] = bytes(range(256)) * 9
    copy = parts_of(returned_copy(packed(parts), HERE, ABOUT))
    assert copy["xl/vbaProject.bin"] == parts["xl/vbaProject.bin"]
    assert macro.encode() in copy["[Content_Types].xml"]


def test_a_drawing_of_comments_stands_before_controls_in_either_dialect() -> None:
    """Excel wraps its form controls into a choice; the schema wants the drawing before them."""
    choice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" Requires="x14"><controls/>'
        "</mc:Choice></mc:AlternateContent></worksheet>"
    )
    copy = root_of(returned_copy(edited(FIRST, "</worksheet>", choice), HERE, ABOUT))
    assert [etree.QName(element).localname for element in copy][-2:] == ["legacyDrawing", "AlternateContent"]


def test_an_empty_alternate_content_stays_before_the_drawing() -> None:
    """An AlternateContent without an element that must follow the drawing stays before it."""
    choice = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/></worksheet>'
    copy = root_of(returned_copy(edited(FIRST, "</worksheet>", choice), HERE, ABOUT))
    assert [etree.QName(element).localname for element in copy][-1] == "legacyDrawing"


@pytest.mark.parametrize("windows", [0, 1, 2])
def test_each_window_shows_the_list(windows: int) -> None:
    """The list is shown in each window, also where the workbook declares none."""
    parts = parts_of(small())
    book = parts["xl/workbook.xml"].decode()
    window = '<workbookView activeTab="0" firstSheet="0"/>'
    views = f"<bookViews>{window * windows}</bookViews>" if windows else ""
    parts["xl/workbook.xml"] = re.sub("<bookViews>.*</bookViews>", views, book).encode()
    copy = returned_copy(packed(parts), HERE, ABOUT)
    listed = parts_of(copy)["xl/worksheets/sheet2.xml"]
    assert [element.get("workbookViewId") for element in etree.fromstring(listed).iter(f"{MAIN}sheetView")] == [
        str(number) for number in range(max(windows, 1))
    ]
    assert openpyxl.load_workbook(BytesIO(copy)).sheetnames == ["问题清单", "表"]


@needs_validator
def test_styles_that_say_next_to_nothing_are_completed(tmp_path: Path) -> None:
    """Missing collections of styles are added in the order of the schema, with the entries that programs expect."""
    plain = f'<styleSheet xmlns="{MAIN.strip("{}")}"><cellXfs count="1"><xf/></cellXfs><dxfs count="0"/></styleSheet>'
    copy = returned_copy(packed({**parts_of(small()), "xl/styles.xml": plain.encode()}), HERE, ABOUT)
    names = [etree.QName(element).localname for element in root_of(copy, "xl/styles.xml")]
    assert names == ["numFmts", "fonts", "fills", "borders", "cellXfs", "dxfs"]
    assert looks(copy)["表"]["B2"][2] == MARK
    assert looks(copy)["问题清单"]["A5"][3] == "#,##0"
    path = tmp_path / "附件1.xlsx"
    path.write_bytes(copy)
    assert validate(path) == []


def test_a_new_cell_looks_like_its_row() -> None:
    """A cell the file does not have shows its row's style, else its column's; the mark keeps that."""
    book = openpyxl.load_workbook(BytesIO(small()))
    book["表"].row_dimensions[9].number_format = "0.00%"
    book["表"].row_dimensions[9].height = 30
    buffer = BytesIO()
    book.save(buffer)
    copy = returned_copy(buffer.getvalue(), HERE, ABOUT)
    assert looks(copy)["表"]["H9"][2:4] == (MARK, "0.00%")
    assert stripped(copy) != copy
    assert b'r="H9"' not in parts_of(stripped(copy))[FIRST]


def test_a_sheet_of_the_same_name_stays() -> None:
    """Where the department has a sheet named 问题清单, ours gets another name, and theirs is not removed later."""
    book = openpyxl.load_workbook(BytesIO(small()))
    book.create_sheet("问题清单")["A1"] = "本单位的清单"
    buffer = BytesIO()
    book.save(buffer)
    copy = returned_copy(buffer.getvalue(), HERE, ABOUT)
    assert openpyxl.load_workbook(BytesIO(copy)).sheetnames == ["问题清单(2)", "表", "问题清单"]
    assert returned_copy(copy, HERE, ABOUT) == copy
    assert openpyxl.load_workbook(BytesIO(stripped(copy))).sheetnames == ["表", "问题清单"]


def test_formulas_on_the_list_take_the_order_of_calculation_with_them() -> None:
    """It would name cells of a sheet that is gone, and Excel would call the file damaged."""
    copy = returned_copy(small(), HERE, ABOUT)
    parts = parts_of(
        edited(
            "xl/worksheets/sheet2.xml", "</sheetData>", '<row r="90"><c r="A90"><f>1+1</f></c></row></sheetData>', copy
        )
    )
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN.strip("{}")}"><c r="A90" i="2"/></calcChain>'.encode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
    data = edited("xl/_rels/workbook.xml.rels", "</Relationships>", relation, packed(parts))
    again = returned_copy(data, HERE, ABOUT)
    assert "xl/calcChain.xml" not in parts_of(again)
    assert parts_of(again) == parts_of(copy)


def test_the_sheet_in_sight_keeps_its_place_when_the_list_goes() -> None:
    """The number of the active sheet follows the sheets."""
    copy = returned_copy(small(), HERE, ABOUT)
    seen = changed(
        copy, lambda name, part: part.replace(b'activeTab="0"', b'activeTab="1"') if name == "xl/workbook.xml" else part
    )
    (view,) = root_of(stripped(seen), "xl/workbook.xml").iter(f"{MAIN}workbookView")
    assert view.get("activeTab") == "0"


def _faults(filed: bytes) -> Iterator[tuple[str, bytes, str]]:
    """Files that cannot be marked, with the reason given."""
    parts = parts_of(filed)
    rels = parts["xl/_rels/workbook.xml.rels"]
    yield "no zip", b"PK", "不是完整的压缩包"
    yield "no main part", without(filed, "_rels/.rels"), "缺少工作簿主部件"
    yield "part missing", without(filed, FIRST), f"缺少部件 {FIRST}"
    yield "no styles", packed({**parts, "xl/_rels/workbook.xml.rels": rels.replace(b"/styles", b"/x")}), "没有样式部件"
    shared = rels.replace(b'/theme"', b'/revisionHeaders"')
    yield "shared", packed({**parts, "xl/_rels/workbook.xml.rels": shared}), "修订记录"
    yield "no end", packed({**parts, "xl/drawings/vmlDrawing1.vml": b"<xml>"}), "图形部件结构不认识"
    yield "no XML", packed({**parts, FIRST: b"<worksheet"}), f"部件 {FIRST} 无法解析"
    yield "no cells", packed({**parts, FIRST: canonical(etree.Element(f"{MAIN}worksheet"))}), "缺少数据部分"
    yield "no drawing", without(filed, "xl/worksheets/_rels/sheet1.xml.rels"), "缺少批注的图形部件"
    yield (
        "no style",
        changed(filed, lambda name, part: part.replace(b' s="1"', b' s="999"') if name == FIRST else part),
        "样式 999",
    )


def test_a_workbook_that_cannot_be_kept_is_not_touched(filed: bytes) -> None:
    """The error gives the reason in Chinese."""
    said = {}
    for name, data, _ in _faults(filed):
        with pytest.raises(NotEditableError) as caught:
            returned_copy(data, FINDINGS, ABOUT)
        said[name] = str(caught.value)
    assert [name for name, _, reason in _faults(filed) if reason not in said[name]] == []
