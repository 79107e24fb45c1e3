"""What the guard lets through and what it refuses, by content alone."""

from __future__ import annotations

import pickle
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.reader.guarded import refusal
from tests.support.programs.office import convert, needs_office
from xltool.reader.guard import FileFormat, check
from xltool.reader.limits import Limits

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
    ("content", "word", "wanted"),
    [
        (b"%PDF-1.7", "PDF", "改报填好的电子表格"),
        (b"\xff\xd8\xff", "图片", "改报填好的电子表格"),
        (b"\0\1\2", "未知", "改报填好的电子表格"),
        (b"<html><table>", "网页", "另存为 .xlsx"),
        ("部门,金额".encode(), "文本", "另存为 .xlsx"),
    ],
)
def test_other_content_is_refused(tmp_path: Path, content: bytes, word: str, wanted: str) -> None:
    """A file that is no container is named for what it looks like, and asked for as what it can become."""
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    refused = refusal(path)
    assert refused.code == "not_a_workbook"
    assert word in refused.reason
    assert wanted in refused.reason


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
        (b'<!DOCTYPE math:math PUBLIC "-//OpenOffice.org//DTD Modified W3C MathML 1.01//EN" "math.dtd">', ""),
        (b'<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">', ""),
        (MACRO[:-1] + b'[<!ENTITY a "b">]>', "entity"),
        (MACRO + b'<!DOCTYPE a SYSTEM "file:///etc/hosts">', "entity"),
        (MACRO.replace(b'"module.dtd"', b'"http://example.org/module.dtd"'), "entity"),
    ],
)
def test_document_types_of_openoffice_are_no_declarations(tmp_path: Path, declaration: bytes, code: str) -> None:
    """Macros, formulas and manifests name their document type, which declares nothing; any other is refused."""
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    parts["Basic/Standard/Module1.xml"] = b'<?xml version="1.0" encoding="UTF-8"?>\n' + declaration + b"<m/>"
    path = zipped(tmp_path / "a.ods", parts)
    if code:
        assert refusal(path).code == code
    else:
        assert check(path) is FileFormat.ODS


ENCRYPTED = b"<m:manifest><m:file-entry m:full-path='content.xml'><m:encryption-data/></m:file-entry></m:manifest>"


@pytest.mark.parametrize("kind", [b"text", b"spreadsheet", b"presentation"])
def test_encrypted_opendocument_files_are_refused(tmp_path: Path, kind: bytes) -> None:
    """The manifest lists how each part is encrypted, and says nothing about a file that is none of OpenDocument."""
    parts = {"mimetype": b"application/vnd.oasis.opendocument." + kind, "META-INF/manifest.xml": ENCRYPTED}
    assert refusal(zipped(tmp_path / "a.odt", parts)).code == "encrypted"
    parts = {"[Content_Types].xml": TYPES % SHEET, "META-INF/manifest.xml": ENCRYPTED}
    assert check(zipped(tmp_path / "a.xlsx", parts)) is FileFormat.XLSX


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


@needs_office
def test_xls_and_ods_of_libreoffice_pass(workbook: Path, tmp_path: Path) -> None:
    """Files of another program, in both of its other formats, are recognised."""
    source = workbook.rename(tmp_path / "form.xlsx")
    assert check(convert([source], tmp_path / "xls", "xls")[0]) is FileFormat.XLS
    assert check(convert([source], tmp_path / "ods", "ods")[0]) is FileFormat.ODS
