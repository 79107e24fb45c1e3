"""Attacks under another flag: files renamed, encrypted, damaged."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.attacks.built_files import ods
from tests.attacks.kit import (
    patched,
    zipped,
)
from tests.reader.formats.test_damaged_xls import BEGINNING, END, NUMBER, listed
from tests.reader.test_guard_ole import ole

if TYPE_CHECKING:
    from tests.attacks.collected import Collect


def _renamed(attack: Collect) -> None:
    """Files of another kind than their name says."""
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
    """Encrypted and damaged OLE containers."""
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


def _sheets(attack: Collect) -> None:
    """An .xls whose list of sheets says more than there is."""
    once = len(listed(*[0] * 400))
    attack(
        "a sheet of an .xls listed 400 times",
        lambda _: listed(*[once] * 400) + BEGINNING + NUMBER * 100_000 + END,
        "corrupt",
        suffix=".xls",
        words=("同一处",),
    )
    attack("an .xls of 501 sheets", lambda _: listed(*[0] * 501), "too_many", suffix=".xls", words=("501", "500"))


def collect(attack: Collect) -> None:
    """Collect the attacks of this module."""
    _renamed(attack)
    _containers(attack)
    _sheets(attack)
