"""Attacks on the archive: bombs, lies of its directory, names, truncations."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from tests.attacks.kit import MIB, SHEET, entry_at, parts_of, patched, with_part, zipped

if TYPE_CHECKING:
    from tests.attacks.collected import Collect


def collect(attack: Collect) -> None:
    """All of them."""
    attack(
        "bomb of blanks",
        lambda form: with_part(form, SHEET, b" " * (64 * MIB)),
        "zip_bomb",
        words=("64.0 MiB", "300:1"),
    )
    attack("bomb in a part nobody reads", lambda form: with_part(form, "x.bin", bytes(64 * MIB)), "zip_bomb")
    attack("part of 600 MiB", lambda form: _declared(form, 600 * MIB), "zip_bomb", words=("600.0 MiB", "512.0 MiB"))
    attack("size told too small", lambda form: _declared(form, 100), "corrupt")
    attack("size told too large", lambda form: _declared(form, MIB), "corrupt")
    attack(
        "2,001 entries",
        lambda form: zipped(parts_of(form) | {f"{n}.txt": b"" for n in range(2_001)}),
        "too_many_entries",
        words=("2,000",),
    )
    attack("entry twice", lambda form: _twice(form, SHEET), "duplicate_entry")
    attack("entry twice in other case", lambda form: with_part(form, SHEET.upper(), b"<a/>"), "duplicate_entry")
    attack("entries that share their bytes", _overlapping, "overlapping_entry")
    attack("entry that holds the next", _swallowing, "overlapping_entry", "corrupt")
    attack(
        "entry beyond the end",
        lambda form: patched(form, entry_at(form, 1) + 42, "<I", len(form)),
        "corrupt",
        "overlapping_entry",
    )
    for name in ("../../up.xml", "/root.xml", "C:/drive.xml", "xl\\..\\..\\back.xml", "\\\\server\\share.xml"):
        attack(f"path {name}", lambda form, name=name: with_part(form, name, b"<a/>"), "unsafe_path")
    attack("wrong checksum", lambda form: patched(form, entry_at(form, 2) + 16, "<I", 1), "corrupt")
    attack("zip password", lambda form: patched(form, entry_at(form, 0) + 8, "<H", 1), "encrypted")
    attack("unknown compression", lambda form: patched(form, entry_at(form, 0) + 10, "<H", 99), "corrupt")
    attack("no end of directory", lambda form: form[:-22], "corrupt")
    attack(
        "comment that is another end",
        lambda form: form[:-2] + b"\x16\0" + b"PK\x05\x06" + bytes(18),
        "corrupt",
        "no_form",
        "not_a_workbook",
        "read",
    )
    attack("bytes before the archive", lambda form: b"MZ" + form, "not_a_workbook", suffix=".xlsx")
    attack("deflate stream of nonsense", _nonsense, "corrupt")
    attack("entries of no parts", lambda _: zipped({}), "corrupt", "not_a_workbook", "format")
    for share in (1, 10, 30, 50, 70, 90, 97, 99):
        attack(f"cut at {share} %", lambda form, share=share: form[: len(form) * share // 100], "corrupt")
    for size in (1, 2, 4, 22, 100):
        attack(f"cut at {size} bytes", lambda form, size=size: form[:size], "corrupt", "not_a_workbook")
    attack("nothing", lambda _: b"", "empty")
    attack("zeros", lambda _: bytes(MIB), "not_a_workbook")
    attack("101 MiB", lambda _: b"PK" + bytes(101 * MIB), "too_large", words=("101.0 MiB", "100.0 MiB"))


def _declared(form: bytes, size: int) -> bytes:
    """The directory tells another size of the largest part, with a checksum that fits what is read then."""
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        names = [info.filename for info in archive.infolist()]
    at = entry_at(form, names.index(SHEET))
    crc = zlib.crc32(parts_of(form)[SHEET][:size])
    return patched(patched(form, at + 24, "<I", size), at + 16, "<I", crc)


def _twice(form: bytes, name: str) -> bytes:
    buffer = io.BytesIO(form)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.filelist.append(archive.getinfo(name))
        archive._didModify = True  # type: ignore[attr-defined] # noqa: SLF001 - has the directory written anew
    return buffer.getvalue()


def _overlapping(form: bytes) -> bytes:
    """Many names for the same compressed bytes."""
    buffer = io.BytesIO(form)
    with zipfile.ZipFile(buffer, "a") as archive:
        first = archive.getinfo(SHEET)
        for number in range(50):
            twin = zipfile.ZipInfo(f"xl/{number:04d}"[: len(SHEET)].ljust(len(SHEET), "x"))
            for attribute in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, attribute, getattr(first, attribute))
            archive.filelist.append(twin)
        archive._didModify = True  # type: ignore[attr-defined] # noqa: SLF001 - has the directory written anew
    return buffer.getvalue()


def _swallowing(form: bytes) -> bytes:
    """The first entry claims the bytes of those behind it."""
    return patched(form, entry_at(form, 0) + 20, "<I", len(form) // 2)


def _nonsense(form: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        at = archive.getinfo(SHEET).header_offset + 60
    return form[:at] + bytes(range(256)) + form[at + 256 :]
