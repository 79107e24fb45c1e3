"""The files of a call: listed in a fixed order, links not followed, results of earlier runs left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from xltool.findings import InputError
from xltool.reader.files.archives import HIDDEN_FILE, Source, readable
from xltool.reader.files.entries import (
    LINK,
    LOCK_FILE,
    LOCK_PREFIX,
    README_FILE,
    README_FILES,
    SYSTEM_FILE,
    SYSTEM_FILES,
)
from xltool.reader.records import FileRecord, refused
from xltool.storage.files import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HIDDEN_FOLDER = "隐藏文件夹，里面的文件不予读取"
RESULTS = "xltool 的审核结果文件夹，不予读取"
_STATE = ".xltool"
_OF_RESULTS = ("findings.json", "review.xlsx")
"""What `batch` leaves in its results, also where somebody has deleted its state, as they may."""
SPECIAL = "不是普通文件（管道、设备等），不予读取"


class NothingToCheckError(InputError):
    """A path that does not exist or holds no file; the text says so in Chinese."""


def discover(paths: Sequence[Path]) -> list[Source]:
    """The files of a call: those it names, and all below the folders it names, in a fixed order.

    Names are relative to the folder if it is the only path, else as given; a file given twice is listed once. Entries
    of a folder that are not opened are listed with the reason: links, hidden entries, pipes and devices, folders that
    cannot be read. Raises NothingToCheckError.
    """
    sources: dict[Path, Source] = {}
    resolved = cache(Path.resolve)
    for path in paths:
        if path.is_dir():
            listed = list(_below(path, is_only=len(paths) == 1))
        elif path.is_file():
            listed = [Source(path.resolve() if path.is_symlink() else path, readable(path.as_posix()), named=True)]
        else:
            whole = _unquoted(paths, path)
            hint = f'；路径中有空格，两头请加英文引号："{whole}"' if whole else ""
            msg = f"找不到文件或文件夹：{path}{hint}"
            raise NothingToCheckError(msg)
        for source in listed:
            place = resolved(source.path.parent) / source.path.name
            known = sources.setdefault(place, source)
            if source.named and not known.named:  # its folder is given too, and comes first
                sources[place] = replace(source, name=known.name)
    if not are_any(sources.values()):
        msg = f"没有可以检查的文件：{'、'.join(str(path) for path in paths)}"
        raise NothingToCheckError(msg)
    return list(sources.values())


def are_any(sources: Iterable[Source]) -> bool:
    """Whether there is a file to read, or one that could not be opened."""
    return any(source.unread is None or source.unread.status == "refused" for source in sources)


def _unquoted(paths: Sequence[Path], missing: Path) -> str:
    """The path with spaces that was given in pieces, for want of quotes; "" if there is none."""
    at = paths.index(missing)
    joined = (" ".join(map(str, paths[at:end])) for end in range(at + 2, len(paths) + 1))
    return next((whole for whole in joined if os.path.exists(whole)), "")  # noqa: PTH110 - too long a path is none


def check_any(records: Iterable[FileRecord], paths: Sequence[Path]) -> None:
    """Raise NothingToCheckError where every file was skipped, such as results of xltool."""
    if all(record.status == "skipped" for record in records):
        msg = f"没有可以检查的文件：{'、'.join(str(path) for path in paths)}"
        raise NothingToCheckError(msg)


def _below(folder: Path, *, is_only: bool) -> Iterator[Source]:
    errors: list[OSError] = []

    def named(path: Path) -> str:
        return readable((path.relative_to(folder) if is_only else path).as_posix())

    for root, folders, names in os.walk(folder, onerror=errors.append):
        entries = [(Path(root, name), _unread_file(Path(root, name))) for name in sorted(names)]
        entries += [(Path(root, name), _unread_folder(Path(root, name))) for name in sorted(folders)]
        left = {path.name for path, unread in entries if unread is not None}
        folders[:] = sorted(name for name in folders if name not in left)
        for path, unread in entries:
            if unread is not None or path.name not in folders:
                name = named(path)
                yield Source(path, name, unread=unread(name) if unread else None)
    for error in errors:
        path = Path(error.filename)
        name = named(path)
        yield Source(
            path, name, unread=refused(name, "unreadable", f"文件夹打不开（{words_of(error)}），里面的文件没有检查")
        )


UnreadRecord = Callable[[str], FileRecord]
"""Makes the record of an entry that is not opened, given the name it is listed by."""


def _skipped(code: str, reason: str) -> UnreadRecord:
    return lambda name: FileRecord(name, "skipped", code, reason)


def _unread_file(path: Path) -> UnreadRecord | None:
    """The record of an entry that is no folder; None if it is to be read. A link gets its record when it is read."""
    if path.name.lower() in SYSTEM_FILES:
        return _skipped("system_file", SYSTEM_FILE)
    if path.name.lower() in README_FILES:
        return _skipped("readme", README_FILE)
    if path.name.startswith("."):
        return _skipped("hidden", HIDDEN_FILE)
    if path.name.startswith(LOCK_PREFIX):
        return _skipped("lock_file", LOCK_FILE)
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        reason = f"文件打不开（{words_of(error)}）"
        return lambda name: refused(name, "unreadable", reason)
    return None if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else _skipped("special", SPECIAL)


def _unread_folder(path: Path) -> UnreadRecord | None:
    """The record of a folder that is not entered; None if it is entered."""
    if path.name.startswith("."):
        return _skipped("hidden", HIDDEN_FOLDER)
    if os.path.isdir(path / _STATE) or all(map(os.path.exists, (path / name for name in _OF_RESULTS))):  # noqa: PTH112 - as below
        return _skipped("results", RESULTS)
    # pathlib raises for a path that is too long, os.path answers that it is no link.
    return _skipped("link", LINK) if os.path.islink(path) else None  # noqa: PTH114


def sources_below(folder: Path, out: Path) -> list[Source]:
    """Files of the folder, without what earlier runs wrote into an `out` inside it."""
    if not folder.is_dir():
        msg = f"找不到文件夹：{folder}"
        raise NothingToCheckError(msg)
    here, inside = folder.resolve(), out.resolve()
    if inside == here:
        msg = f"审核结果不能写入被检查的文件夹本身，请另选一个文件夹：{out}"
        raise NothingToCheckError(msg)
    sources = discover([folder])
    if here in inside.parents:
        sources = without(sources, out)
    if not are_any(sources):
        msg = f"没有可以检查的文件：{folder}"
        raise NothingToCheckError(msg)
    return sources


def without(sources: Sequence[Source], folder: Path) -> list[Source]:
    """The sources outside a folder."""
    inside, resolved = folder.resolve(), cache(Path.resolve)
    return [source for source in sources if not _lies_in(resolved(source.path.parent) / source.path.name, inside)]


def _lies_in(place: Path, folder: Path) -> bool:
    """Whether a place is the folder or lies in it; of a link its own place counts, not its target."""
    return folder == place or folder in place.parents


def sources_of_last_year(prior: Path, *, root: Path | None = None, out: Path | None = None) -> list[Source]:
    """Files of last year, without results in `out`; named as given, or as seen from `root` where there is one.

    Raises NothingToCheckError.
    """
    base = PurePosixPath(readable(prior.as_posix() if root is None else _seen_from(root, prior)))
    sources = discover([prior]) if out is None else without(discover([prior]), out)
    is_folder = prior.is_dir()
    return [replace(source, name=str(base / source.name if is_folder else base)) for source in sources]


def sources_of_this_year(folder: Path, out: Path, prior: Path | None) -> list[Source]:
    """Files of the folder, without results in `out` and without last year's where `prior` lies inside it.

    Raises NothingToCheckError.
    """
    sources = sources_below(folder, out)
    if prior is not None and folder.resolve() in prior.resolve().parents:
        sources = without(sources, prior)
    if not are_any(sources):
        msg = f"除上年报送外没有可以检查的文件：{folder}"
        raise NothingToCheckError(msg)
    return sources


def _seen_from(root: Path, folder: Path) -> str:
    """The relative path from one folder to another; the whole path where they lie on different drives."""
    try:
        return os.path.relpath(folder, root).replace(os.sep, "/")
    except ValueError:
        return folder.absolute().as_posix()
