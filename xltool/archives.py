"""Archives among the filings: taken apart in a worker, their files read like any others.

Unpacking is bounded (`reader.formats.archive`) and happens in a folder that whoever reads makes and removes, so that
a worker that dies leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Self

import msgspec

from xltool.files import words_of
from xltool.reader.entries import DOCUMENTS, LOCK_FILE, LOCK_PREFIX, SPREADSHEETS
from xltool.reader.formats import archive
from xltool.reader.guard import Refused, check
from xltool.reader.records import FileRecord, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_NAME = "压缩包内有同名的文件，无法区分，请改名后重新报送"
HIDDEN_FILE = "隐藏文件，不予读取"
HINDERED = "读取这个文件时{}，已跳过；请处理后重新运行"
FAILED = "读取这个文件时程序出错（{error}），已跳过；请把文件发给维护人员"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and the name it is called by in every output."""

    path: Path
    name: str
    packed: bool = False
    """Whether it was taken out of an archive."""
    unread: FileRecord | None = field(default=None, compare=False)
    """What is said of it where it is listed without being opened."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An archive taken apart: its own record, its files where they now lie, records of what is not read."""

    record: FileRecord
    sources: tuple[Source, ...] = ()
    left: tuple[FileRecord, ...] = ()

    def to_bytes(self) -> bytes:
        """The same as bytes, to be handed on by a worker."""
        return msgspec.msgpack.encode(self, enc_hook=os.fsencode)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` gave; ValueError if it is something else."""
        try:
            return msgspec.msgpack.decode(data, type=cls, dec_hook=lambda _, path: Path(os.fsdecode(path)))
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error


def may_be_archive(source: Source) -> bool:
    """Whether a file begins as a zip does and does not call itself a workbook or a document."""
    path = source.path
    if source.unread is not None or path.is_symlink() or path.suffix.lower() in SPREADSHEETS | DOCUMENTS:
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(2) == b"PK"
    except OSError:
        return False


def unpack(folder: Path, source: Source) -> Unpacked | None:
    """Take an archive apart; None for a file that is none or that nobody may open, which is read as any other."""
    try:
        if not archive.is_archive(source.path, check(source.path)):
            return None
    except Refused:
        return None
    try:
        into = Path(mkdtemp(dir=folder))
        try:
            return _sorted(source, archive.members(source.path, into))
        except BaseException:
            rmtree(into, ignore_errors=True)  # what was taken out so far is room that others need
            raise
    except Refused as refusal:
        return Unpacked(refused(source.name, refusal.code, refusal.reason))
    except Exception as error:  # noqa: BLE001 - one file must not end the run, whatever is wrong with it
        return Unpacked(failed(source.name, error))


def failed(name: str, error: BaseException) -> FileRecord:
    """The record of a file with which something happened that nobody foresaw."""
    if isinstance(error, OSError):
        return refused(name, "failed", HINDERED.format(words_of(error)))
    return refused(name, "failed", FAILED.format(error=f"{type(error).__name__}：{error}"))


def _sorted(source: Source, found: Sequence[archive.Member]) -> Unpacked:
    """What is to be read of an archive, and what is not."""
    sources: list[Source] = []
    left: list[FileRecord] = []
    names: set[str] = set()
    for member in sorted(found, key=lambda member: member.name):
        name, last = readable(f"{source.name}/{member.name}"), PurePosixPath(member.name).name
        if last.startswith("."):
            left.append(FileRecord(name, "skipped", "hidden", HIDDEN_FILE))
        elif member.path is None:
            left.append(refused(name, "nested_archive", member.problem))
        elif last.startswith(LOCK_PREFIX):
            left.append(FileRecord(name, "skipped", "lock_file", LOCK_FILE))
        elif name in names:
            left.append(refused(name, "duplicate_entry", SAME_NAME))
        else:
            sources.append(Source(member.path, name, packed=True))
        names.add(name)
    told = f"压缩包，内有 {len(sources) + len(left)} 个文件" if names else "压缩包内没有文件"
    record = FileRecord(source.name, "read", "archive", told, hashlib.sha256(source.path.read_bytes()).hexdigest())
    return Unpacked(record, tuple(sources), tuple(left))


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
