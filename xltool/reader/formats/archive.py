"""A .zip of filings: its members, extracted within limits into a folder of the caller.

Names are shown as the sender typed them, also where a Chinese Windows packed the archive and left the names in GBK. On
disk the members have numbers for names, so that no name can lead anywhere or be one Windows does not allow.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from xltool.reader import guard
from xltool.reader.files.entries import SYSTEM_FILES
from xltool.reader.guard import BROKEN, Code, FileFormat, Refused
from xltool.reader.limits import LIMITS, Limits, size

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS: Final = replace(LIMITS, package_parts=LIMITS.archive_files)
_PACKAGES: Final = frozenset({"[content_types].xml", "mimetype", "ofd.xml"})
_UTF8: Final = 0x800
_MOST_SUFFIX: Final = 6
NESTED: Final = "压缩包内还有压缩包，请解开后重新报送"


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: its name there (with folders, '/' between), and where it now lies.

    `path` is None if it was left in the archive; `problem` then says why.
    """

    name: str
    path: Path | None
    problem: str = ""


def is_archive(path: Path, kind: FileFormat) -> bool:
    """Whether a file the guard calls OTHER is a plain .zip, not an office document it does not know."""
    if kind is not FileFormat.OTHER:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not _PACKAGES & {name.lower() for name in archive.namelist()}
    except (*BROKEN, OSError):
        return False


def members(path: Path, into: Path, limits: Limits = _LIMITS) -> list[Member]:
    """Extract the files in the archive at `path` into the folder `into`.

    Folders and system files of macOS and Windows are skipped; an archive in the archive is not extracted. `Refused`
    if the archive as a whole is damaged, encrypted, names paths outside, or goes beyond `limits`.
    """
    guard.check(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [(name_of(entry), entry) for entry in archive.infolist() if not entry.is_dir()]
            kept = [(name, entry) for name, entry in wanted if not _is_system_file(name)]
            _check_disk_space(sum(entry.file_size for _, entry in kept), into)
            return [_member(archive, entry, name, into / f"{at:03d}") for at, (name, entry) in enumerate(kept, 1)]
    except BROKEN as error:
        raise Refused(Code.CORRUPT, f"文件已损坏：压缩包无法完整读取（{error}）") from error


def _check_disk_space(needed: int, into: Path) -> None:
    """Refuse an archive that would take more than its share of the free disk space.

    A call may name many archives, and 5 MiB of one can become 1 GiB; as each may take only a part of what is left,
    no number of them fills the disk.
    """
    free = shutil.disk_usage(into).free
    if needed > free // LIMITS.disk_share:
        reason = f"压缩包解开后 {size(needed)}，磁盘只剩 {size(free)}，没有解开；请腾出磁盘空间后重新运行"
        raise Refused(Code.UNREADABLE, reason)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, stem: Path) -> Member:
    """Extract one file, unless it is an archive itself."""
    suffix = PurePosixPath(name).suffix.lower()
    extension = suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _MOST_SUFFIX else ""
    path = stem.with_name(stem.name + extension)
    with archive.open(entry) as source, path.open("xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    if extension in {".zip", ".rar", ".7z"} or is_archive(path, FileFormat.OTHER):
        path.unlink()
        return Member(name, None, NESTED)
    return Member(name, path)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name of an entry in the archive, as it was typed.

    Without the UTF-8 flag the bytes are in whatever the packer's system used: UTF-8 from macOS and Linux, GBK from a
    Chinese Windows. zipfile takes them for code page 437.
    """
    name = entry.orig_filename.partition("\0")[0]
    if not entry.flag_bits & _UTF8 and not name.isascii():
        name = _decoded(name.encode("cp437", "replace"))
    return name.replace("\\", "/")


def _decoded(stored: bytes) -> str:
    """Bytes of a name as text: in UTF-8 if they are that, in GBK if not, and as they look if neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return stored.decode(encoding)
        except UnicodeDecodeError:
            continue
    return stored.decode("cp437")


def _is_system_file(name: str) -> bool:
    """Whether a file was added by the system, not by the sender."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.lower() in SYSTEM_FILES
