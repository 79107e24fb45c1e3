"""A workbook with everything that annotated copies must keep, above all parts of Excel that libraries drop.

Written by xlsxwriter where it can, the rest put into the parts by hand as Excel 365 writes it.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

if TYPE_CHECKING:
    from pathlib import Path

SHEET: Final = "甲's 表"
PARAMETERS: Final = "参数"
"""A hidden sheet without comments, with what must stand behind them."""
MINE: Final = "会计自己的批注：此数见凭证"
THREADED: Final = "B9"
COMMENTED: Final = "B8"
SHARED: Final = ("C12", "C13", "C14")
ABSENT: Final = "K40"
MERGED: Final = "E6:G7"
_X14: Final = (
    '<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list" '
    'allowBlank="1"><x14:formula1><xm:f>参数!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>D3:D9</xm:sqref>'
    "</x14:dataValidation></x14:dataValidations></ext>"
)
_VIEW: Final = "{8E1F0C52-8C3B-4E5A-9C93-0B6C6A1B2C3D}"
_PERSON: Final = "{5B0A7E1C-3F44-4F0E-9E2B-1A2B3C4D5E6F}"
_THREAD: Final = "{11111111-2222-4333-8444-555555555555}"
_THREADS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    f'<threadedComment ref="{THREADED}" dT="2024-05-20T08:00:00.00" personId="{_PERSON}" id="{_THREAD}">'
    "<text>这个数对吗</text></threadedComment></ThreadedComments>"
)
_PERSONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    f'<person displayName="某某" id="{_PERSON}" userId="某某" providerId="None"/></personList>'
)


def write_laden(path: Path) -> Path:
    """Write the workbook."""
    path.write_bytes(_by_hand(_by_program()))
    return path


def _by_program() -> bytes:
    """Write everything that xlsxwriter can write."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, hidden = book.add_worksheet(SHEET), book.add_worksheet(PARAMETERS)
    hidden.hide()
    hidden.set_header("&L&G", {"image_left": "头.png", "image_data_left": io.BytesIO(_png())})
    hidden.add_table("C1:D3", {"columns": [{"header": "代码"}, {"header": "名称"}]})
    for row, word in enumerate(("是", "否", "不适用")):
        hidden.write(row, 0, word)
    money = book.add_format({"num_format": "#,##0.00", "border": 1, "locked": False, "bg_color": "#E2EFDA"})
    _cells(sheet, book, money)
    _drawn(sheet, book)
    _page(sheet)
    book.add_worksheet("没有问题的表").write("A1", "不动")
    book.define_name("参数!本表名称", "=参数!$A$1")
    book.close()
    return buffer.getvalue()


def _cells(sheet: Any, book: Any, money: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    locked = book.add_format({"num_format": "0.00%", "bg_color": "#F2F2F2", "pattern": 1, "bold": True})
    sheet.write("A1", "标题", book.add_format({"bold": True, "font_size": 16}))
    sheet.set_column("B:B", 17.25, money)
    sheet.set_column("J:J", None, None, {"hidden": True})
    sheet.set_row(3, 33)
    for row in range(3, 11):
        sheet.write_number(f"B{row}", row * 1.5, money)
    sheet.write_formula("B11", "=SUM(B3:B10)", locked, 78)
    for row in range(12, 15):
        sheet.write_formula(f"C{row}", f"=B{row}*2", locked, 0)
    sheet.merge_range(MERGED, "合并", money)
    sheet.write_rich_string("A4", "富", book.add_format({"bold": True}), "文本", "_x000D_")
    sheet.data_validation("B3:B10", {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.conditional_format("B3:B10", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B3:B10", {"type": "cell", "criteria": ">", "value": 10, "format": locked})
    sheet.protect("密码", {"format_cells": True, "objects": True})
    sheet.write_comment(COMMENTED, MINE, {"author": "某某", "x_scale": 1.1})
    sheet.write_comment(THREADED, "[Threaded comment]", {"author": f"tc={_THREAD}"})


def _drawn(sheet: Any, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    name = SHEET.replace("'", "''")
    sheet.add_sparkline("I3", {"range": f"'{name}'!B3:B10"})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": f"='{name}'!$B$3:$B$10"})
    sheet.insert_chart("A20", chart)
    sheet.insert_image("H20", "图.png", {"image_data": io.BytesIO(_png())})
    sheet.insert_button("H2", {"caption": "汇总", "macro": "汇总"})
    sheet.insert_textbox("D20", "文本框")
    sheet.add_table("M2:N4", {"columns": [{"header": "项目"}, {"header": "金额"}]})


def _page(sheet: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    sheet.repeat_rows(0, 1)
    sheet.print_area("A1:G40")
    sheet.set_landscape()
    sheet.set_header("&L&G&C表头", {"image_left": "头.png", "image_data_left": io.BytesIO(_png())})
    sheet.set_h_pagebreaks([30])
    sheet.freeze_panes(2, 1)
    sheet.set_selection("B5")
    sheet.activate()


def _by_hand(data: bytes) -> bytes:
    """Add the rest: x14 validations, a shared formula, a custom view, a comment thread with its person."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    _edit(parts, "xl/worksheets/sheet1.xml", "</extLst></worksheet>", f"{_X14}</extLst></worksheet>")
    for cell, formula in zip(
        SHARED, ('<f t="shared" ref="C12:C14" si="0">B12*2</f>', *['<f t="shared" si="0"/>'] * 2), strict=True
    ):
        _edit(parts, "xl/worksheets/sheet1.xml", f"<f>B{cell[1:]}*2</f>", formula)
    _edit(
        parts, "xl/worksheets/sheet1.xml", "<mergeCells",
        f'<customSheetViews><customSheetView guid="{_VIEW}"><selection activeCell="B5" sqref="B5"/></customSheetView>'
        "</customSheetViews><mergeCells",
    )  # fmt: skip
    quoted = SHEET.replace("'", "''")
    _edit(
        parts, "xl/workbook.xml", "</definedNames>",
        f'<definedName name="本表名称" localSheetId="0">\'{quoted}\'!$B$3</definedName></definedNames>',
    )  # fmt: skip
    _edit(
        parts, "xl/workbook.xml", "</workbook>",
        f'<customWorkbookViews><customWorkbookView name="我的视图" guid="{_VIEW}" includeHiddenRowCol="0" '
        'windowWidth="900" windowHeight="600" activeSheetId="1"/></customWorkbookViews></workbook>',
    )  # fmt: skip
    _thread(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2024, 5, 20, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _thread(parts: dict[str, bytes]) -> None:
    parts["xl/threadedComments/threadedComment1.xml"] = _THREADS.encode()
    parts["xl/persons/person.xml"] = _PERSONS.encode()
    kind = "http://schemas.microsoft.com/office/2017/10/relationships"
    for rels, name, target in (
        ("xl/worksheets/_rels/sheet1.xml.rels", "threadedComment", "../threadedComments/threadedComment1.xml"),
        ("xl/_rels/workbook.xml.rels", "person", "persons/person.xml"),
    ):
        relation = f'<Relationship Id="rId90" Type="{kind}/{name}" Target="{target}"/></Relationships>'
        _edit(parts, rels, "</Relationships>", relation)
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="application/vnd.ms-excel.{kind}+xml"/>'
        for part, kind in (
            ("threadedComments/threadedComment1.xml", "threadedcomments"), ("persons/person.xml", "person"),
        )
    )  # fmt: skip
    _edit(parts, "[Content_Types].xml", "</Types>", f"{types}</Types>")


def _edit(parts: dict[str, bytes], name: str, old: str, new: str) -> None:
    """Replace a text that occurs once in a part."""
    text = parts[name].decode()
    if text.count(old) != 1:
        raise AssertionError((name, old, text.count(old)))
    parts[name] = text.replace(old, new).encode()


def _png() -> bytes:
    """A picture of one red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
