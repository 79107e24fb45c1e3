"""Unpack archives, in a worker.

Unpacking is limited (`reader.formats.archive`) and happens in a folder that the parent creates and removes, so that a
worker that dies leaves nothing behind.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from xltool.reader.files.archives import HIDDEN_FILE, Source, Unpacked, failed, readable
from xltool.reader.files.entries import LOCK_FILE, LOCK_PREFIX
from xltool.reader.formats import archive
from xltool.reader.guard import Refused, check
from xltool.reader.records import FileRecord, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY = "压缩包内没有可以审核的文件"
SAME_NAME = "压缩包内有同名的文件，无法区分，请改名后重新报送"


def unpack(folder: Path, source: Source) -> Unpacked | None:
    """Unpack an archive; None for a file that is no archive or is refused, which is read like any other file."""
    try:
        if not archive.is_archive(source.path, check(source.path)):
            return None
    except Refused:
        return None
    try:
        into = Path(mkdtemp(dir=folder))
        try:
            return _sort_members(source, archive.members(source.path, into))
        except BaseException:
            rmtree(into, ignore_errors=True)  # free the disk space, which other archives need
            raise
    except Refused as refusal:
        return Unpacked(refused(source.name, refusal.code, refusal.reason))
    except Exception as error:  # noqa: BLE001 - one file must not end the run, whatever is wrong with it
        return Unpacked(failed(source.name, error))


def _sort_members(source: Source, members: Sequence[archive.Member]) -> Unpacked:
    """Sort the extracted files of an archive into files to read and records of files that are not read."""
    sources: list[Source] = []
    left: list[FileRecord] = []
    names: set[str] = set()
    for member in sorted(members, key=lambda member: member.name):
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
    if sources or any(record.status == "refused" for record in left):
        record = FileRecord(source.name, "read", "archive", f"压缩包，内有 {len(sources) + len(left)} 个文件")
    else:
        record = refused(source.name, "empty_archive", EMPTY)
    record.sha256 = hashlib.sha256(source.path.read_bytes()).hexdigest()
    return Unpacked(record, tuple(sources), tuple(left))
