"""The guard: every refusal, built here, and the honest files it must let through."""

from __future__ import annotations

import pickle
import struct
import time
import zipfile
import zlib
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.support.programs.office import convert, needs_office
from xltool.reader.guard import FileFormat, Refused, check
from xltool.reader.limits import Limits
from xltool.reader.ole import workbook_stream

if TYPE_CHECKING:
    from pathlib import Path

SHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TYPES = b'<Types><Override PartName="/xl/workbook.xml" ContentType="%s"/></Types>'


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """An honest workbook, under a name that says nothing."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(1, 200):
        sheet.append([row, f"指标{row}", row / 7])
    path = tmp_path / "form.bin"
    book.save(path)
    return path


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    """A deflated archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def refusal(path: Path, limits: Limits | None = None) -> Refused:
    """The refusal of a file, which must come."""
    with pytest.raises(Refused) as caught:
        check(path, limits or Limits())
    return caught.value


def ole(names: list[str], first_sector: bytes = b"") -> bytes:
    """An OLE container: header, allocation table, directory, and one sector (2) that every stream starts in."""
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    table = struct.pack("<III", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE).ljust(512, b"\xff")
    directory = b""
    for name in names:
        text = name.encode("utf-16-le") + b"\0\0"
        entry = text.ljust(64, b"\0") + struct.pack("<H", len(text)) + bytes(50) + struct.pack("<II", 2, 5000)
        directory += entry.ljust(128, b"\0")
    return header + table + directory.ljust(512, b"\0") + first_sector.ljust(512, b"\0")


def test_honest_workbook_passes(workbook: Path) -> None:
    """What openpyxl writes is an xlsx, whatever its file name."""
    assert check(workbook) is FileFormat.XLSX


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        (SHEET, FileFormat.XLSX),
        (b"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", FileFormat.XLSX),
        (b"application/vnd.ms-excel.sheet.macroEnabled.main+xml", FileFormat.XLSM),
        (b"application/vnd.ms-excel.sheet.binary.macroEnabled.main", FileFormat.XLSB),
        (b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", FileFormat.OTHER),
    ],
)
def test_kind_is_told_by_content_type(tmp_path: Path, content_type: bytes, kind: FileFormat) -> None:
    """The main content type decides, not the extension."""
    assert check(zipped(tmp_path / "a.docx", {"[Content_Types].xml": TYPES % content_type})) is kind


def test_word_document_with_embedded_workbook_is_a_docx(tmp_path: Path) -> None:
    """A docx stays one when its content types also name an embedded workbook."""
    embedded = b'<Default Extension="xlsx" ContentType="%s"/></Types>' % SHEET.removesuffix(b".main+xml")
    word = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (TYPES % word).replace(b"</Types>", embedded)
    assert check(zipped(tmp_path / "a.xlsx", {"[Content_Types].xml": types})) is FileFormat.DOCX


def test_ods_is_told_by_mimetype(tmp_path: Path) -> None:
    """An OpenDocument spreadsheet says so in its mimetype entry."""
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    assert check(zipped(tmp_path / "a.xlsx", parts)) is FileFormat.ODS


def test_ods_without_its_mimetype_is_told_by_the_manifest(tmp_path: Path) -> None:
    """A program may leave the first entry out; a spreadsheet within another document does not make it one."""
    entry = b'<m:file-entry m:full-path="%s" m:media-type="application/vnd.oasis.opendocument.%s"/>'
    for inner, outer, kind in ((b"text", b"spreadsheet", FileFormat.ODS), (b"spreadsheet", b"text", FileFormat.OTHER)):
        manifest = b"<m:manifest>" + entry % (b"Object 1/", inner) + entry % (b"/", outer) + b"</m:manifest>"
        path = zipped(tmp_path / "a.ods", {"META-INF/manifest.xml": manifest, "content.xml": b"<a/>"})
        assert check(path) is kind


def test_encrypted_ods_is_refused(tmp_path: Path) -> None:
    """An OpenDocument file with a password keeps its manifest readable, and the manifest says so."""
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": manifest}
    assert refusal(zipped(tmp_path / "a.ods", parts)).code == "encrypted"


@pytest.mark.parametrize(
    ("names", "kind"),
    [(["Root Entry", "Workbook"], FileFormat.XLS), (["Book"], FileFormat.XLS), (["WordDocument"], FileFormat.OTHER)],
)
def test_ole_kind_is_told_by_stream(tmp_path: Path, names: list[str], kind: FileFormat) -> None:
    """The streams of an OLE container tell .xls from .doc."""
    path = tmp_path / "a.xls"
    path.write_bytes(ole(names, struct.pack("<HHHHH", 0x809, 2, 0x600, 0x42, 2)))
    assert check(path) is kind


def test_encrypted_ooxml_is_refused(tmp_path: Path) -> None:
    """A password-protected xlsx is an OLE container with an EncryptedPackage; the reason says what to do."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole(["Root Entry", "EncryptionInfo", "EncryptedPackage"]))
    refused = refusal(path)
    assert (refused.code, refused.reason) == ("encrypted", "文件已加密，请取消打开密码后重新报送")


def test_encrypted_xls_is_refused(tmp_path: Path) -> None:
    """An .xls whose stream opens with a FILEPASS record asks for a password."""
    path = tmp_path / "a.xls"
    path.write_bytes(ole(["Workbook"], struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54)))
    assert refusal(path).code == "encrypted"


def small_ole(content: bytes) -> bytes:
    """An OLE container whose one stream is so short that it lies in the stream of short ones."""
    header = bytearray(ole(["Root Entry"])[:512])
    struct.pack_into("<II", header, 60, 3, 1)
    table = struct.pack("<4I", 0xFFFFFFFD, *[0xFFFFFFFE] * 3).ljust(512, b"\xff")
    directory = b""
    for name, near, first, size in (("Root Entry", (-1, -1, 1), 2, 512), ("Workbook", (-1, -1, -1), 1, len(content))):
        text = name.encode("utf-16-le") + b"\0\0"
        entry = text.ljust(64, b"\0") + struct.pack("<HH3i", len(text), 5, *near)
        directory += entry.ljust(116, b"\0") + struct.pack("<III", first, size, 0)
    numbers = struct.pack("<8i", -1, 2, 3, 4, 5, 6, 7, -2).ljust(512, b"\xff")
    small = (bytes(64) + content).ljust(512, b"\0")
    return bytes(header) + table + directory.ljust(512, b"\0") + small + numbers


def test_short_encrypted_xls_is_refused(tmp_path: Path) -> None:
    """A workbook of less than 4 KiB lies elsewhere in the container, and asks for a password all the same."""
    path = tmp_path / "a.xls"
    path.write_bytes(small_ole(struct.pack("<HHHHH", 0x809, 2, 0x600, 0x2F, 54).ljust(400, b"\xaa")))
    assert refusal(path).code == "encrypted"
    path.write_bytes(small_ole(struct.pack("<HHHHH", 0x809, 2, 0x600, 0x42, 2).ljust(400, b"\xaa")))
    assert check(path) is FileFormat.XLS


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (struct.pack("<4H", 0x09, 4, 2, 0x10), FileFormat.XLS),
        (struct.pack("<5H", 0x209, 6, 0, 0x10, 0), FileFormat.XLS),
        (struct.pack("<6H", 0x809, 8, 0x500, 0x05, 0, 0), FileFormat.XLS),
        (struct.pack("<4H", 0x09, 4, 2, 0x11), None),
        (struct.pack("<4H", 0x09, 2, 2, 0x10), None),
        (b"\x09\x00\x04", None),
    ],
)
def test_xls_without_a_container_is_told_by_its_first_record(
    tmp_path: Path, begin: bytes, kind: FileFormat | None
) -> None:
    """Excel 2 to 4 and some report generators write the records alone; with a password they are refused."""
    path = tmp_path / "a.xls"
    path.write_bytes(begin + struct.pack("<HH", 0x42, 2) + bytes(600))
    assert kind or refusal(path).code == "not_a_workbook"
    if kind:
        assert check(path) is kind
        path.write_bytes(begin + struct.pack("<HH", 0x2F, 4) + bytes(600))
        assert refusal(path).code == "encrypted"


def test_a_loop_in_a_small_container_ends(tmp_path: Path) -> None:
    """A stream of short ones whose sectors lead back to themselves is read as long as it says it is."""
    data = bytearray(small_ole(struct.pack("<HHHHH", 0x809, 2, 0x600, 0x42, 2).ljust(400, b"\xaa")))
    struct.pack_into("<I", data, 512 * 4 + 4, 1)
    path = tmp_path / "a.xls"
    path.write_bytes(bytes(data))
    assert check(path) is FileFormat.XLS
    assert len(workbook_stream(path)) == 400


def test_truncated_ole_is_refused(tmp_path: Path) -> None:
    """A container cut off before its directory is corrupt."""
    path = tmp_path / "a.xls"
    path.write_bytes(ole(["Workbook"])[:600])
    assert refusal(path).code == "corrupt"


@needs_office
def test_xls_and_ods_of_libreoffice_pass(workbook: Path, tmp_path: Path) -> None:
    """Files of another program, in both of its other formats, are recognised."""
    source = workbook.rename(tmp_path / "form.xlsx")
    assert check(convert([source], tmp_path / "xls", "xls")[0]) is FileFormat.XLS
    assert check(convert([source], tmp_path / "ods", "ods")[0]) is FileFormat.ODS


def test_empty_file_is_refused(tmp_path: Path) -> None:
    """No bytes, no workbook."""
    path = tmp_path / "a.xlsx"
    path.touch()
    assert refusal(path).code == "empty"


@pytest.mark.parametrize("name", ["missing.xlsx", "."])
def test_unreadable_file_is_refused(tmp_path: Path, name: str) -> None:
    """A file that is not there and a folder are both unreadable, not a traceback."""
    assert refusal(tmp_path / name).code == "unreadable"


def test_large_file_is_refused(tmp_path: Path) -> None:
    """Beyond 100 MiB nothing is opened; the reason states size and limit."""
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream:
        stream.truncate(101 * 1024 * 1024)
    refused = refusal(path)
    assert refused.code == "too_large"
    assert "101.0 MiB" in refused.reason
    assert "100.0 MiB" in refused.reason


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"%PDF-1.7", "PDF"), (b"<html><table>", "网页"), ("部门,金额".encode(), "文本"), (b"\0\1\2", "未知")],
)
def test_other_content_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    """A file that is no container is named for what it looks like."""
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    refused = refusal(path)
    assert refused.code == "not_a_workbook"
    assert word in refused.reason


@pytest.mark.parametrize("cut", [10, 3_000, 30])
def test_truncated_workbook_is_refused(workbook: Path, cut: int) -> None:
    """A file that lost its end in transfer is corrupt."""
    data = workbook.read_bytes()
    workbook.write_bytes(data[:-cut])
    assert refusal(workbook).code == "corrupt"


def test_damaged_byte_is_refused(workbook: Path) -> None:
    """One flipped byte inside a part is found by its checksum, before a parser meets it."""
    with zipfile.ZipFile(workbook) as archive:
        offset = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    data = bytearray(workbook.read_bytes())
    data[offset + 300] ^= 0xFF
    workbook.write_bytes(data)
    assert refusal(workbook).code == "corrupt"


def test_many_entries_are_refused(tmp_path: Path) -> None:
    """2,000 entries pass, one more does not."""
    parts = {f"{number}.txt": b"" for number in range(2_000)}
    assert check(zipped(tmp_path / "a.zip", parts)) is FileFormat.OTHER
    refused = refusal(zipped(tmp_path / "b.zip", parts | {"more.txt": b""}))
    assert refused.code == "too_many_entries"
    assert "2,000" in refused.reason


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:/a.xml", "xl\\..\\..\\a.xml", "\\a.xml"])
def test_travelling_paths_are_refused(tmp_path: Path, name: str) -> None:
    """Entry names must stay inside the archive."""
    assert refusal(zipped(tmp_path / "a.xlsx", {name: b"<a/>"})).code == "unsafe_path"


def test_dots_in_names_are_no_path(tmp_path: Path) -> None:
    """Two dots within a word lead nowhere."""
    assert check(zipped(tmp_path / "a.zip", {"xl/a..b.xml": b"<a/>"})) is FileFormat.OTHER


def test_duplicated_entries_are_refused(tmp_path: Path) -> None:
    """Two parts of one name, even in other case: programs would disagree which counts."""
    assert refusal(zipped(tmp_path / "a.xlsx", {"xl/a.xml": b"<a/>", "XL/A.xml": b"<a/>"})).code == "duplicate_entry"


def test_entries_that_differ_in_their_slashes_are_one(tmp_path: Path) -> None:
    """What some programs take for the same part is there twice."""
    parts = {"[Content_Types].xml": TYPES % SHEET, "xl/workbook.xml": b"<a/>", "xl\\Workbook.xml": b"<b/>"}
    assert refusal(zipped(tmp_path / "a.xlsx", parts)).code == "duplicate_entry"


MACRO = b'<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">'


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        (MACRO, ""),
        (MACRO.replace(b"script:module", b"library:libraries").replace(b"module.dtd", b"libraries.dtd"), ""),
        (MACRO[:-1] + b'[<!ENTITY a "b">]>', "entity"),
        (MACRO + b'<!DOCTYPE a SYSTEM "file:///etc/hosts">', "entity"),
        (MACRO.replace(b'"module.dtd"', b'"http://example.org/module.dtd"'), "entity"),
    ],
)
def test_macros_of_libreoffice_are_no_declarations(tmp_path: Path, declaration: bytes, code: str) -> None:
    """Each macro of an .ods names the document type of macros, which declares nothing; any other is refused."""
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    parts["Basic/Standard/Module1.xml"] = b'<?xml version="1.0" encoding="UTF-8"?>\n' + declaration + b"<m/>"
    path = zipped(tmp_path / "a.ods", parts)
    if code:
        assert refusal(path).code == code
    else:
        assert check(path) is FileFormat.ODS


def test_zip_password_is_refused(tmp_path: Path) -> None:
    """A zip archive with its own password is encrypted too."""
    path = zipped(tmp_path / "a.zip", {"a.txt": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal(path).code == "encrypted"


def test_ratio_is_refused_beyond_the_first_mebibyte(tmp_path: Path) -> None:
    """A part of blanks deflates 1000:1: small ones are harmless, large ones a bomb."""
    assert check(zipped(tmp_path / "a.zip", {"a.txt": b" " * 1024 * 1024})) is FileFormat.OTHER
    refused = refusal(zipped(tmp_path / "b.zip", {"a.txt": b" " * (1024 * 1024 + 1)}))
    assert refused.code == "zip_bomb"
    assert "300:1" in refused.reason


@pytest.mark.parametrize("limits", [Limits(part_size=99_999), Limits(package_size=199_999)])
def test_inflated_size_is_refused(tmp_path: Path, limits: Limits) -> None:
    """A part and the sum of parts each have a limit (made small here)."""
    path = zipped(tmp_path / "a.zip", {"a.txt": b" " * 100_000, "b.txt": b" " * 100_000})
    assert refusal(path, limits).code == "zip_bomb"
    assert check(path, Limits(part_size=100_000, package_size=200_000)) is FileFormat.OTHER


@pytest.mark.parametrize("declared", [1_000, 50_000_001])
@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_lying_size_is_refused(tmp_path: Path, declared: int, method: int) -> None:
    """A directory that declares another size, its checksum made to fit, does not get a bomb through."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.txt", b" " * 50_000_000)
    data = bytearray(path.read_bytes())
    crc = zlib.crc32(b" " * min(declared, 50_000_000))
    for mark, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        struct.pack_into("<I", data, data.index(mark) + offset, crc)
        struct.pack_into("<I", data, data.index(mark) + offset + 8, declared)
    path.write_bytes(data)
    assert refusal(path, Limits(compression_ratio=10_000)).code == "corrupt"


def test_directory_is_counted_before_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of too many entries is refused before zipfile makes an object of each."""
    path = zipped(tmp_path / "a.zip", {f"{number}.txt": b"" for number in range(2_001)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert refusal(path).code == "too_many_entries"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?xml version="1.0"?><!-- ' + "x" * 10_000 + ' --><!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_declarations_are_refused(tmp_path: Path, text: str, encoding: str) -> None:
    """DTDs and entities are refused in any encoding of Unicode and behind a long comment."""
    assert refusal(zipped(tmp_path / "a.xlsx", {"xl/a.xml": ("\ufeff" + text).encode(encoding)})).code == "entity"


def test_refusal_survives_pickling(tmp_path: Path) -> None:
    """A worker process hands its refusal to the parent whole."""
    refused = refusal(tmp_path / "missing.xlsx")
    copy = pickle.loads(pickle.dumps(refused))  # noqa: S301 - made on this line
    assert (copy.code, copy.reason) == (refused.code, refused.reason)


def test_guard_is_cheap(workbook: Path) -> None:
    """An ordinary workbook costs about a millisecond (best of twenty; the bound leaves room for a busy machine)."""
    best = min(_seconds(workbook) for _ in range(20))
    assert best < 0.005


def _seconds(path: Path) -> float:
    """How long one check takes."""
    start = time.perf_counter()
    check(path)
    return time.perf_counter() - start
