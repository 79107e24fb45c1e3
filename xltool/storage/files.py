"""Files written whole or not at all, under names every system takes, and the one time that may stand in an output."""

from __future__ import annotations

import errno
import os
import re
import time
import unicodedata
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from xltool.findings import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PART = ".part"
_IN_USE, _CUT, _NO_RIGHT, _NO_SHARE = "文件正被其他程序占用", "共享文件夹的连接已断开", "没有权限", "找不到共享文件夹"
_SYSTEM: Final = {
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘空间配额已用完",
    errno.ENOENT: "找不到文件或文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.EISDIR: "已有同名的文件夹",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EBUSY: _IN_USE,
    errno.ELOOP: "链接首尾相接",
    errno.EIO: "磁盘读写出错",
    errno.ESTALE: _CUT,
    errno.ETIMEDOUT: "共享文件夹没有回应",
    errno.EMFILE: "打开的文件太多",
    errno.ENXIO: "设备不存在",
    errno.ESPIPE: "不是普通文件",
}
_ON_WINDOWS: Final = {
    19: "磁盘是只读的",
    21: "磁盘没有准备好",
    23: "磁盘读写出错",
    **dict.fromkeys((32, 33, 1224), _IN_USE),
    39: "磁盘空间不足",
    **dict.fromkeys((51, 53, 67), _NO_SHARE),
    **dict.fromkeys((55, 59, 64, 121, 1231, 1236), _CUT),
    **dict.fromkeys((65, 86, 1326, 1327), _NO_RIGHT),
    123: "文件名里有系统不能用的字符",
    206: "文件名太长",
    225: "安全软件认为文件有病毒，拦住了",
    362: "文件在云盘上，云盘没有运行",
    1117: "磁盘读写出错",
    1920: "系统打不开这个文件",
}
"""Errors of Windows by its own numbers, where the number they are given for C says something else or nothing."""
_PAUSES: Final = (0.05, 0.1, 0.2, 0.4)
"""Seconds before a file is put into its place again, on Windows: a virus scanner may hold what was just written."""
WINDOWS: Final = os.name == "nt"
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
"""Signs Windows does not take, and those that turn the writing: what ends with .exe is shown with .xlsx at its end."""
_DEVICE: Final = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]", re.IGNORECASE)
"""Names Windows keeps for itself, whatever their ending."""
_LONGEST: Final = 247
"""Characters of a path that Windows takes for a folder; for a file, and the temporary one beside it, some more."""
_BEYOND, _BEYOND_SHARE = "\\\\?\\", "\\\\?\\UNC\\"
"""What stands before a longer one."""
BEIJING = timezone(timedelta(hours=8))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it appears complete or not at all; OSError where that fails."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file from pieces that are made as they are written, complete or not at all; OSError where that fails."""
    with whole(path) as file:
        for piece in pieces:
            file.write(piece)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which stands at `path` once all was written, or not at all; OSError where that fails.

    The temporary file stands in the same folder (a rename is only atomic there) and is removed
    when writing fails.
    """
    named, path = path, reachable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = half_written(path)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _put(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        if error.filename in {None, str(temporary)}:  # a full disk does not say where
            error.filename = str(named)
        raise


def _put(temporary: Path, path: Path) -> None:
    """Put a file that was written into its place.

    Windows denies access to a name whose file another program has open, as if a right were missing.
    """
    for pause in _PAUSES if WINDOWS else ():
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(pause)
    try:
        temporary.replace(path)
    except PermissionError as error:
        if WINDOWS and path.is_file() and os.access(path, os.W_OK):
            error.errno = errno.EBUSY
        raise


def half_written(path: Path) -> Path:
    """Where `whole` writes a file before it stands at its place."""
    return path.with_name(f".{path.name}{PART}")


def reachable(path: Path) -> Path:
    """The path as the system opens it, however long it is."""
    return Path(beyond(os.path.abspath(path))) if WINDOWS else path  # noqa: PTH100 - links are not followed


def beyond(path: str) -> str:
    r"""An absolute path of Windows, one that is too long for its usual functions in the spelling that has no limit.

    >>> beyond("C:\\a.xlsx"), beyond("C:" + "\\长" * 200)[:9], beyond("\\\\host\\share" + "\\长" * 200)[:16]
    ('C:\\a.xlsx', '\\\\?\\C:\\长\\', '\\\\?\\UNC\\host\\sha')
    """
    if len(path) + len(PART) <= _LONGEST or path.startswith(_BEYOND):
        return path
    return f"{_BEYOND_SHARE}{path[2:]}" if path.startswith("\\\\") else f"{_BEYOND}{path}"


def same_name(name: str) -> str:
    """What names have in common that are one file on a system that knows no case, or one spelling of an accent (NFC).

    >>> same_name("E\N{COMBINING ACUTE ACCENT}.xlsx") == same_name("\N{LATIN SMALL LETTER E WITH ACUTE}.XLSX")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def free_place(place: str, used: set[str], mark: str = "({})") -> str:
    """A place that is not among those `used`, numbered before its ending where need be; it is added to them.

    >>> used = {"甲局/附件1.xlsx"}
    >>> free_place("甲局/附件1.xlsx", used), free_place("甲局/附件1.XLSX", used, "（{}）")
    ('甲局/附件1(2).xlsx', '甲局/附件1（2）.XLSX')
    """
    path, number, free = PurePosixPath(place), 1, place
    while same_name(free) in used:
        number += 1
        free = str(path.with_stem(path.stem + mark.format(number)))
    used.add(same_name(free))
    return free


def writable(name: str) -> str:
    """A name of a file or folder that every system can write, as near to this one as can be.

    >>> writable('a:b?.xlsx'), writable(".."), writable("con.xlsx"), writable("a. ")
    ('a_b_.xlsx', '_', '_con.xlsx', 'a')
    """
    name = _UNSAFE.sub("_", name).rstrip(" .") or "_"
    return f"_{name}" if _DEVICE.fullmatch(name.partition(".")[0].rstrip()) else name


def words_of(error: OSError) -> str:
    """The error of the system in Chinese words; in its own words where it is an unusual one."""
    known = _ON_WINDOWS.get(getattr(error, "winerror", None) or 0) or _SYSTEM.get(error.errno or 0)
    return known or error.strerror or str(error)


def sentence_of(error: OSError) -> str:
    """What could not be read or written and why, as the command prints it."""
    words = words_of(error)
    return f"读写失败：{words}：{error.filename}" if error.filename else f"读写失败：{words}"


def file_error(error: OSError) -> FileError:
    """The error of the system as the one that a caller of xltool catches."""
    return FileError(error.errno, sentence_of(error), error.filename)


def sweep(paths: Iterable[Path]) -> None:
    """Remove files that a killed run left half-written."""
    for path in paths:
        if path.name.startswith(".") and path.name.endswith(PART) and path.is_file() and not path.is_symlink():
            path.unlink()


def run_time() -> datetime:
    """Time of the run in Beijing, without fractions; SOURCE_DATE_EPOCH takes its place where set.

    Beijing time whatever the machine's zone, so that outputs do not depend on it.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), BEIJING) if epoch else datetime.now(BEIJING)
    return moment.replace(microsecond=0, tzinfo=None)


def universal(made_at: datetime) -> datetime:
    """A time of the run as document properties have it: UTC, without saying so.

    >>> universal(datetime(2024, 7, 1, 6, 30))
    datetime.datetime(2024, 6, 30, 22, 30)
    """
    known = made_at if made_at.tzinfo else made_at.replace(tzinfo=BEIJING)
    return known.astimezone(UTC).replace(tzinfo=None)
