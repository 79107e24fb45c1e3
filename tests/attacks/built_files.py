"""Small files of other formats, as attacks need them."""

from __future__ import annotations

import struct

from tests.attacks.kit import zipped

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
