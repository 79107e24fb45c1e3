"""Attacks on what is inside: entities, lies about cells, styles, names, merges, and what a form may carry besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks.kit import (
    BOOK,
    MIB,
    SHEET,
    STRINGS,
    STYLES,
    after_sheet,
    in_sheet,
    parts_of,
    replaced,
    with_part,
    without,
)

if TYPE_CHECKING:
    from tests.attacks.collected import Collect

LAUGHS = (
    b"<!DOCTYPE a ["
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
    + b"]>"
)
COMMENT = b"<!--" + b"x y " * (300 * 1024) + b"-->"


def _declared(form: bytes, part: str, declaration: bytes) -> bytes:
    """A declaration before the root element of a part."""
    data = parts_of(form)[part]
    end = data.index(b"?>") + 2
    return with_part(form, part, data[:end] + declaration + data[end:])


def _entities(attack: Collect) -> None:
    for part in (SHEET, STRINGS, STYLES, BOOK, "xl/_rels/workbook.xml.rels", "docProps/core.xml"):
        attack(f"a billion laughs in {part}", lambda form, part=part: _declared(form, part, LAUGHS), "entity")
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    attack("entity of a file", lambda form: _declared(form, SHEET, outside), "entity")
    attack(
        "DTD from the net",
        lambda form: _declared(form, SHEET, b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">'),
        "entity",
    )
    attack("DTD behind a long comment", lambda form: _declared(form, SHEET, COMMENT + LAUGHS), "entity")
    for code in ("utf-16", "utf-16-le", "utf-16-be"):
        attack(
            f"DTD in {code}",
            lambda form, code=code: with_part(
                form,
                SHEET,
                ("\ufeff" if code != "utf-16" else "").encode(code) + (LAUGHS + b"<a/>").decode().encode(code),
            ),
            "entity",
        )
    attack(
        "XInclude",
        lambda form: in_sheet(
            form, b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
        ),
        "read",
    )
    attack(
        "UTF-7", lambda form: with_part(form, SHEET, b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-'), "corrupt"
    )
    attack(
        "no UTF-8",
        lambda form: in_sheet(form, b'<row r="900"><c r="A900" t="str"><v>\xff\xfe</v></c></row>'),
        "corrupt",
    )
    attack("100,000 elements deep", lambda form: in_sheet(form, b"<a>" * 100_000 + b"</a>" * 100_000), "corrupt")
    attack(
        "attribute of 12 MiB",
        lambda form: in_sheet(form, b'<row r="900" x="%s"/>' % (bytes(range(97, 123)) * (12 * MIB // 26))),
        "corrupt",
        "zip_bomb",
    )
    attack("no end tag", lambda form: replaced(form, SHEET, b"</worksheet>", b""), "corrupt")
    attack("not XML", lambda form: with_part(form, SHEET, b"\x00\x01\x02"), "corrupt")
    attack("empty part", lambda form: with_part(form, SHEET, b""), "corrupt")


def _cells(attack: Collect) -> None:
    def cell(reference: str, rest: str = "", row: str = "900") -> bytes:
        return f'<row r="{row}"><c r="{reference}"{rest}</c></row>'.encode()

    number = "><v>1</v>"
    attack("row beyond the last", lambda form: in_sheet(form, cell("A99999999", number, "99999999")), "corrupt")
    attack("row 0", lambda form: in_sheet(form, cell("A0", number, "0")), "corrupt")
    attack("row -5", lambda form: in_sheet(form, cell("A-5", number, "-5")), "corrupt")
    attack("row of words", lambda form: in_sheet(form, cell("A1", number, "one")), "corrupt")
    attack("column beyond the last", lambda form: in_sheet(form, cell("ZZZZ900", number)), "corrupt")
    attack("cell without letters", lambda form: in_sheet(form, cell("900", number)), "corrupt")
    attack("style that is not there", lambda form: in_sheet(form, cell("A900", ' s="99999"' + number)), "corrupt")
    attack(
        "style before the first", lambda form: in_sheet(form, cell("A900", ' s="-99999"' + number)), "corrupt", "read"
    )
    attack(
        "shared string that is not there", lambda form: in_sheet(form, cell("A900", ' t="s"><v>999999</v>')), "corrupt"
    )
    attack("shared string before the first", lambda form: in_sheet(form, cell("A900", ' t="s"><v>-1</v>')), "corrupt")
    attack("shared string of words", lambda form: in_sheet(form, cell("A900", ' t="s"><v>one</v>')), "corrupt")
    attack(
        "date of no calendar", lambda form: in_sheet(form, cell("A900", ' t="d"><v>2023-99-99</v>')), "corrupt", "read"
    )
    for value in ("1e999", "NaN", "-1e-400", "1" * 5_000, "0x10", "∞"):
        attack(
            f"number {value[:8]}", lambda form, value=value: in_sheet(form, cell("A900", f"><v>{value}</v>")), "read"
        )
    attack(
        "control characters",
        lambda form: in_sheet(form, cell("A900", ' t="str"><v>_x0000__x0001__x001F__xD800__xFFFF_</v>')),
        "read",
    )
    attack(
        "text of 5 MiB",
        lambda form: in_sheet(form, cell("A900", f' t="inlineStr"><is><t>{"长文" * (MIB)}</t></is>')),
        "read",
        "zip_bomb",
        "corrupt",
    )
    attack(
        "formula of 1 MiB",
        lambda form: in_sheet(form, cell("A900", f"><f>{'1+' * (MIB // 2)}1</f><v>1</v>")),
        "read",
        "zip_bomb",
    )
    attack(
        "formula without a master",
        lambda form: in_sheet(form, cell("A900", '><f t="shared" si="77"/><v>1</v>')),
        "read",
    )
    expanding = b"".join(b'<row r="%d">%s</row>' % (r, b'<c t="s"><v>0</v></c>' * 1_000) for r in range(900, 1_000))
    long = b"<si><t>%s</t></si><si>" % (b"text " * 2_000)
    attack(
        "one string in 100,000 cells",
        lambda form: replaced(in_sheet(form, expanding), STRINGS, b"<si>", long),
        "too_many",
        words=("536,870,912",),
    )
    attack("dimension of the whole sheet", lambda form: _dimension(form, b"A1:XFD1048576"), "read")
    attack("dimension of one cell", lambda form: _dimension(form, b"A1"), "read")
    attack("dimension of nonsense", lambda form: _dimension(form, b"&lt;&gt;"), "read")
    attack("count of strings", lambda form: replaced(form, STRINGS, b"<sst ", b'<sst x="4294967295" '), "read")
    attack(
        "200,000 empty rows",
        lambda form: in_sheet(form, b"".join(b'<row r="%d" hidden="1"/>' % r for r in range(1_000, 201_000))),
        "read",
        "no_form",
    )


def _dimension(form: bytes, reference: bytes) -> bytes:
    data = parts_of(form)[SHEET]
    start = data.index(b"<dimension ref=") + 16
    return with_part(form, SHEET, data[:start] + reference + data[data.index(b'"', start) :])


def _structure(attack: Collect) -> None:
    attack(
        "10,001 validations",
        lambda form: after_sheet(
            form,
            b"<dataValidations>%s</dataValidations>"
            % b"".join(b'<dataValidation type="list" sqref="A%d"/>' % n for n in range(1, 10_050)),
        ),
        "too_many",
        words=("10,000",),
    )
    attack(
        "10,001 conditional formats",
        lambda form: after_sheet(
            form,
            b"<conditionalFormatting>%s</conditionalFormatting>"
            % b"".join(b'<cfRule type="x" priority="%d"/>' % n for n in range(10_050)),
        ),
        "too_many",
        words=("10,000",),
    )
    attack(
        "100,001 merges",
        lambda form: after_sheet(
            form,
            b"<mergeCells>%s</mergeCells>"
            % b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1_000, 101_050)),
        ),
        "too_many",
        words=("100,000",),
    )
    attack(
        "merge of the whole sheet",
        lambda form: after_sheet(form, b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "too_many",
        words=("20,000,000",),
    )
    attack(
        "merge of nonsense",
        lambda form: after_sheet(form, b'<mergeCells><mergeCell ref="A1:?"/></mergeCells>'),
        "corrupt",
    )
    attack(
        "merge upside down",
        lambda form: after_sheet(form, b'<mergeCells><mergeCell ref="D9:A1"/></mergeCells>'),
        "corrupt",
        "read",
    )
    attack(
        "20,001 names",
        lambda form: replaced(
            form,
            BOOK,
            b"<definedNames>",
            b"<definedNames>" + b"".join(b'<definedName name="n%d">1</definedName>' % n for n in range(20_050)),
        ),
        "too_many",
        words=("20,000",),
    )
    attack(
        "name of a sheet that is not there",
        lambda form: replaced(
            form, BOOK, b"<definedNames>", b'<definedNames><definedName name="n" localSheetId="99">1</definedName>'
        ),
        "corrupt",
    )
    attack(
        "name of 1 MiB",
        lambda form: replaced(
            form, BOOK, b"<definedNames>", b'<definedNames><definedName name="%s">1</definedName>' % (b"n" * MIB)
        ),
        "read",
        "corrupt",
        "zip_bomb",
    )
    attack(
        "501 sheets",
        lambda form: replaced(
            form,
            BOOK,
            b"<sheets>",
            b"<sheets>" + b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 99) for n in range(520)),
        ),
        "too_many",
        words=("500",),
    )
    attack(
        "one part as 400 sheets",
        lambda form: replaced(
            form,
            BOOK,
            b"<sheets>",
            b"<sheets>" + b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 99) for n in range(400)),
        ),
        "read",
        "too_many",
        "timeout",
    )
    attack("sheet without a part", lambda form: without(form, SHEET), "corrupt")
    attack("no workbook", lambda form: without(form, BOOK), "corrupt")
    attack("no relations", lambda form: without(form, "_rels/.rels"), "corrupt")
    attack("no relations of the workbook", lambda form: without(form, "xl/_rels/workbook.xml.rels"), "corrupt")
    attack("no styles", lambda form: without(form, STYLES), "corrupt", "read")
    attack("no strings", lambda form: without(form, STRINGS), "corrupt")
    attack(
        "sheet that is the workbook",
        lambda form: replaced(form, "xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"workbook.xml"),
        "corrupt",
        "no_form",
        "read",
    )
    attack(
        "sheet outside the package",
        lambda form: replaced(form, "xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"../../../../etc/passwd"),
        "corrupt",
    )
    attack(
        "columns without end",
        lambda form: replaced(form, SHEET, b"<cols>", b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * 20_000),
        "corrupt",
        "read",
        "too_many",
    )
    attack(
        "unlocked columns without end",
        lambda form: replaced(form, SHEET, b"<cols>", b"<cols>" + b'<col min="1" max="4294967295" style="1"/>' * 5_000),
        "corrupt",
        "read",
        "too_many",
    )


def _carried(attack: Collect) -> None:
    macro = "xl/vbaProject.bin"
    attack("macro", lambda form: with_part(form, macro, b"\xd0\xcf\x11\xe0"), "read", note="宏")
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    link = b'<externalLink xmlns="%s"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>' % main
    attack("DDE", lambda form: with_part(form, "xl/externalLinks/externalLink1.xml", link), "read", note="DDE 链接")
    attack("OLE object", lambda form: with_part(form, "xl/embeddings/oleObject1.bin", b"x"), "read", note="嵌入对象")
    attack("control", lambda form: with_part(form, "xl/activeX/activeX1.bin", b"x"), "read", note="控件")


def collect(attack: Collect) -> None:
    """All of them."""
    _entities(attack)
    _cells(attack)
    _structure(attack)
    _carried(attack)
