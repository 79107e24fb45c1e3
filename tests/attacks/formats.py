"""Attacks under another flag: files renamed, encrypted, damaged, in every format that is read."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.attacks.kit import MIB, patched, zipped
from tests.reader.test_guard import ole

if TYPE_CHECKING:
    from tests.attacks.collected import Collect

ODS = b"application/vnd.oasis.opendocument.spreadsheet"
CONTENT = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:'
    b'names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table table:name="a">%s'
    b"</table:table></office:spreadsheet></office:body></office:document-content>"
)
TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/%s" ContentType="application/vnd.%s"/></Types>'
)
RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="%s"/>'
    b"</Relationships>"
)
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'


def ods(rows: bytes, manifest: bytes = b"<m/>") -> bytes:
    """An .ods of one sheet."""
    return zipped({"mimetype": ODS, "content.xml": CONTENT % rows, "META-INF/manifest.xml": manifest})


def docx(body: bytes) -> bytes:
    """A .docx."""
    main = b"openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": TYPES % (b"word/document.xml", main),
            "_rels/.rels": RELS % b"word/document.xml",
            "word/document.xml": WORD % body,
        }
    )


def xlsb(sheet: bytes) -> bytes:
    """An .xlsb with a sheet of these records."""
    main = b"ms-excel.sheet.binary.macroEnabled.main"
    rels = RELS.replace(b'/officeDocument"', b'/worksheet"') % b"worksheets/sheet1.bin"
    text = "rId1".encode("utf-16-le")
    bundle = struct.pack("<II", 0, 1) + struct.pack("<I", 4) + text + struct.pack("<I", 1) + "a".encode("utf-16-le")
    book = b"\x83\x01\0" + b"\x8f\x01\0" + b"\x9c\x01" + bytes([len(bundle)]) + bundle + b"\x90\x01\0" + b"\x84\x01\0"
    return zipped(
        {
            "[Content_Types].xml": TYPES % (b"xl/workbook.bin", main),
            "_rels/.rels": RELS % b"xl/workbook.bin",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": rels,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _renamed(attack: Collect) -> None:
    contents = {
        "PDF": b"%PDF-1.7\n", "PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff\xe0", "RAR": b"Rar!\x1a\x07\x01\0",
        "7z": b"7z\xbc\xaf\x27\x1c", "program": b"MZ\x90\0", "gzip": b"\x1f\x8b\x08\0", "text": "部门,金额\n".encode(),
        "ELF": b"\x7fELF", "shortcut": b"L\0\0\0\x01\x14\x02\0",
    }  # fmt: skip
    for name, content in contents.items():
        attack(
            f"{name} called .xlsx",
            lambda _, content=content: content + bytes(500),
            "foreign_archive" if name in {"RAR", "7z", "gzip"} else "not_a_workbook",
        )
    attack("workbook called .doc", lambda form: form, "read", suffix=".doc")
    attack("workbook called .pdf", lambda form: form, "read", suffix=".pdf")
    attack(
        "presentation called .xlsx",
        lambda _: zipped({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
        "not_a_workbook",
        "corrupt",
        "format",
    )
    attack("archive called .xlsx", lambda form: zipped({"附件1.xlsx": form}), "not_a_workbook", "corrupt", "format")


def _containers(attack: Collect) -> None:
    book = struct.pack("<HHHHH", 0x809, 2, 0x600, 5, 2)
    honest = ole(["Root Entry", "Workbook"], book)
    attack("encrypted .xlsx", lambda _: ole(["Root Entry", "EncryptionInfo", "EncryptedPackage"]), "encrypted")
    attack(
        "encrypted .xls",
        lambda _: ole(["Workbook"], struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54)),
        "encrypted",
        suffix=".xls",
    )
    attack(
        "encrypted .ods",
        lambda _: ods(b"", b"<manifest><file-entry><encryption-data/></file-entry></manifest>"),
        "encrypted",
        suffix=".ods",
    )
    attack(".xls of nothing", lambda _: honest, "corrupt", "no_form", suffix=".xls")
    attack(
        "directory that leads to itself",
        lambda _: patched(honest, 512 + 4, "<I", 1),
        "corrupt",
        suffix=".xls",
        words=("首尾相接",),
    )
    attack(
        "stream that leads to itself",
        lambda _: patched(honest, 512 + 8, "<I", 2),
        "corrupt",
        suffix=".xls",
        words=("首尾相接",),
    )
    attack("directory beyond the end", lambda _: patched(honest, 48, "<I", 99_999), "corrupt", suffix=".xls")
    attack("sector of 2 GiB", lambda _: patched(honest, 30, "<H", 31), "corrupt", suffix=".xls")
    attack("header alone", lambda _: honest[:512], "corrupt", suffix=".xls")
    attack("magic alone", lambda _: honest[:8], "corrupt", suffix=".xls")
    attack(
        "noise in a container", lambda _: honest[:2_048] + bytes(range(256)) * 400, "corrupt", "no_form", suffix=".xls"
    )


def _others(attack: Collect) -> None:
    cell = b'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    attack(
        "repeated cells",
        lambda _: ods(b'<table:table-row table:number-rows-repeated="1048576">%s</table:table-row>' % cell),
        "too_large",
        suffix=".ods",
    )
    attack(
        "repeated emptiness",
        lambda _: ods(
            b'<table:table-row table:number-rows-repeated="99999999999"><table:table-cell/></table:table-row>' * 100
        ),
        "no_form",
        suffix=".ods",
    )
    attack(
        "repeats of words",
        lambda _: ods(b'<table:table-row table:number-rows-repeated="many"><table:table-cell/></table:table-row>'),
        "corrupt",
        suffix=".ods",
    )
    attack("no content", lambda _: zipped({"mimetype": ODS}), "corrupt", suffix=".ods")
    attack(
        "laughs in an .ods",
        lambda _: zipped({"mimetype": ODS, "content.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "entity",
        suffix=".ods",
    )
    table = b"<w:tbl><w:tr><w:tc>%s</w:tc></w:tr></w:tbl>"
    deep = b"<w:p/>"
    for _ in range(80):
        deep = table % deep
    attack("tables in tables", lambda _: docx(deep), "corrupt", "no_form", suffix=".docx")
    attack(
        "cell a billion wide",
        lambda _: docx(
            b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
        ),
        "corrupt",
        "no_form",
        "too_large",
        suffix=".docx",
    )
    attack(
        "laughs in a .docx",
        lambda _: zipped({"[Content_Types].xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><Types/>"}),
        "entity",
        suffix=".docx",
    )
    attack(
        "no document",
        lambda _: zipped(
            {
                "[Content_Types].xml": TYPES
                % (b"word/document.xml", b"openxmlformats-officedocument.wordprocessingml.document.main+xml")
            }
        ),
        "corrupt",
        suffix=".docx",
    )

    def number(row: int, column: int) -> bytes:
        return b"\0\x04" + struct.pack("<I", row) + b"\x05\x10" + struct.pack("<IId", column, 0, 1.0)

    attack(
        "cells in far corners",
        lambda _: xlsb(b"\x91\x01\0" + number(0, 0) + number(1_048_575, 16_383) + b"\x92\x01\0"),
        "no_form",
        suffix=".xlsb",
    )
    attack("record without end", lambda _: xlsb(b"\x91\x01\xff\xff\xff\xff"), "corrupt", suffix=".xlsb")
    attack("noise in an .xlsb", lambda _: xlsb(bytes(range(256)) * 200), "corrupt", "no_form", suffix=".xlsb")
    attack(
        "web page without end",
        lambda _: b"<html><table>" + b"<tr><td>" * (MIB // 8),
        "corrupt",
        "no_form",
        "format",
        "timeout",
        "not_a_workbook",
        suffix=".xls",
    )
    attack("RTF of braces", lambda _: b"{\\rtf1" + b"{" * MIB, "corrupt", "no_form", "format", "timeout", suffix=".doc")


def collect(attack: Collect) -> None:
    """All of them."""
    _renamed(attack)
    _containers(attack)
    _others(attack)
