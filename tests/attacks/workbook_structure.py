"""Attacks on what stands around the cells: merges, names, sheets, parts, columns, active content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks.kit import (
    BOOK,
    MIB,
    SHEET,
    STRINGS,
    STYLES,
    after_sheet,
    replaced,
    with_part,
    without,
)

if TYPE_CHECKING:
    from tests.attacks.collected import Collect


def _counts(attack: Collect) -> None:
    """Too many of a kind, and merges of nonsense."""
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
        "50,001 merges",
        lambda form: after_sheet(
            form,
            b"<mergeCells>%s</mergeCells>"
            % b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1_000, 51_050)),
        ),
        "too_many",
        words=("50,000",),
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


def _names(attack: Collect) -> None:
    """Defined names and sheets: too many, too long, of sheets that are not there."""
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


def _missing_parts(attack: Collect) -> None:
    """Parts that are missing, or lead elsewhere."""
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


def _columns(attack: Collect) -> None:
    """Columns that are given again and again."""
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


def _active_content(attack: Collect) -> None:
    """What a form may carry besides its cells is named and never run."""
    macro = "xl/vbaProject.bin"
    attack("macro", lambda form: with_part(form, macro, b"\xd0\xcf\x11\xe0"), "read", note="宏")
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    link = b'<externalLink xmlns="%s"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>' % main
    attack("DDE", lambda form: with_part(form, "xl/externalLinks/externalLink1.xml", link), "read", note="DDE 链接")
    attack("OLE object", lambda form: with_part(form, "xl/embeddings/oleObject1.bin", b"x"), "read", note="嵌入对象")
    attack("control", lambda form: with_part(form, "xl/activeX/activeX1.bin", b"x"), "read", note="控件")


def collect(attack: Collect) -> None:
    """Collect the attacks of this module."""
    _counts(attack)
    _names(attack)
    _missing_parts(attack)
    _columns(attack)
    _active_content(attack)
