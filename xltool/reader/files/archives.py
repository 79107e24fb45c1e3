"""Files to read, and archives among them: a worker unpacks them (`unpacking`), and their files are read like others."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from xltool.reader.files.entries import DOCUMENTS, SPREADSHEETS
from xltool.reader.records import FileRecord, refused
from xltool.storage.files import words_of

HIDDEN_FILE = "隐藏文件，不予读取"
HINDERED = "读取这个文件时{}，已跳过；请处理后重新运行"
FAILED = "读取这个文件时程序出错（{error}），已跳过；请把文件发给维护人员"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and the name it is called by in every output."""

    path: Path
    name: str
    packed: bool = False
    """Whether it was extracted from an archive."""
    unread: FileRecord | None = field(default=None, compare=False)
    """Its record, where it is listed without being opened."""
    named: bool = field(default=False, compare=False)
    """Whether the call names the file itself, not only a folder above it."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An unpacked archive: its own record, its extracted files, records of files that are not read."""

    record: FileRecord
    sources: tuple[Source, ...] = ()
    left: tuple[FileRecord, ...] = ()

    def to_bytes(self) -> bytes:
        """Encode the archive as bytes, for a worker to hand back."""
        return msgspec.msgpack.encode(self, enc_hook=os.fsencode)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode what `to_bytes` gave; ValueError for other bytes."""
        try:
            return msgspec.msgpack.decode(data, type=cls, dec_hook=lambda _, path: Path(os.fsdecode(path)))
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error


def may_be_archive(source: Source) -> bool:
    """Whether a file begins like a zip archive and has no extension of a workbook or a document."""
    path = source.path
    if source.unread is not None or path.is_symlink() or path.suffix.lower() in SPREADSHEETS | DOCUMENTS:
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(2) == b"PK"
    except OSError:
        return False


def failed(name: str, error: BaseException) -> FileRecord:
    """The record of a file whose reading failed with an unexpected error."""
    if isinstance(error, OSError):
        return refused(name, "failed", HINDERED.format(words_of(error)))
    return refused(name, "failed", FAILED.format(error=f"{type(error).__name__}：{error}"))


def readable(name: str) -> str:
    r"""A path as text that can be written anywhere.

    Names unpacked from an old archive are GBK bytes on a system of UTF-8, and on a C locale every name is bytes.

    >>> readable("报送/" + "附件1".encode("gbk").decode("ascii", "surrogateescape") + ".xlsx")
    '报送/附件1.xlsx'

    Line breaks and other control characters are shown as the signs that stand for them.

    >>> readable("附件\n1.xlsx")
    '附件␊1.xlsx'
    """
    return "/".join(_part(part) for part in name.split("/")).translate(_SIGNS)


_SIGNS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}


def _part(name: str) -> str:
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace").decode()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
