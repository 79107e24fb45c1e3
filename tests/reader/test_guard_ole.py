"""OLE containers before the guard: .xls, encrypted files, damaged chains."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.reader.guarded import refusal
from xltool.reader.formats import office
from xltool.reader.guard import FileFormat, check
from xltool.reader.ole import workbook_stream

if TYPE_CHECKING:
    from pathlib import Path


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
        (struct.pack("<5H", 0x809, 6, 0, 0x10, 0), FileFormat.XLS),
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


def document(mark: int, flags: int) -> bytes:
    """The beginning of a Word stream."""
    return struct.pack("<6H", mark, 0xC1, 0, 0x804, 0, flags)


@pytest.mark.parametrize(
    ("start", "encrypted"),
    [
        (document(0xA5EC, 0x1300), True),
        (document(0xA5DC, 0x0100), True),
        (document(0xA5EC, 0x1200), False),
        (document(0xA59B, 0x0100), False),
    ],
)
def test_a_document_says_that_it_asks_for_a_password(tmp_path: Path, start: bytes, *, encrypted: bool) -> None:
    """Word sets a flag at the beginning of the document; before Word 6 the same place meant something else."""
    path = tmp_path / "a.doc"
    path.write_bytes(ole(["Root Entry", "WordDocument"], start))
    if encrypted:
        assert refusal(path).code == "encrypted"
    else:
        assert check(path) is FileFormat.OTHER
    path.write_bytes(ole(["Root Entry", "Workbook", "WordDocument"], start))
    assert check(path) is FileFormat.XLS


@pytest.mark.parametrize("name", ["WordDocument", "WORDDOCUMENT", "worddocument"])
def test_names_of_streams_know_no_case(tmp_path: Path, name: str) -> None:
    """Some programs write them in capitals or without any."""
    path = tmp_path / "a.doc"
    path.write_bytes(ole(["Root Entry", name], document(0xA5EC, 0)))
    conversion = office.recognise(path)
    assert conversion is not None
    assert conversion.suffix == ".doc"


def test_truncated_ole_is_refused(tmp_path: Path) -> None:
    """A container cut off before its directory is corrupt."""
    path = tmp_path / "a.xls"
    path.write_bytes(ole(["Workbook"])[:600])
    assert refusal(path).code == "corrupt"
    assert office.recognise(path) is None
