"""The work folder of a year: where the roster, what is issued, what is filed and the results lie in it.

Every path that comes from a page is resolved here, links and `..` included, and refused where it leads out of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock, Timeout

from xltool.desk.settings import HIDDEN, Settings, load_settings, save_settings
from xltool.findings import InputError
from xltool.storage.files import writable
from xltool.storage.format import claim

if TYPE_CHECKING:
    from collections.abc import Iterator

ROSTER, ISSUED, FILED, RESULTS, RETURNED = "名册.xlsx", "下发", "报送", "审核结果", "收回"
REVIEW, PAGE = "review.xlsx", "review.html"
"""What a run leaves (contract §6): a round that has the workbook was audited."""
MERGED: Final = "年度汇总.xlsx"
OUTSIDE: Final = "路径不在工作文件夹内，没有打开：{path}"
IN_USE: Final = "另一个 xltool desk 正在使用这个文件夹，请用已经打开的页面，或先把它结束：{folder}"
NO_FOLDER: Final = "找不到这个文件夹：{folder}；请检查路径，网络共享要先能在资源管理器里打开"
NOT_WRITABLE: Final = "这个文件夹不能写入：{folder}；请换一个文件夹，或请管理员开放写入权限"
_MOST_ROUNDS: Final = 9


class OutsideError(InputError):
    """A path that leads out of the work folder."""


@dataclass(frozen=True)
class Round:
    """A round: its number, and its folders."""

    number: int
    filed: Path
    results: Path
    returned: Path | None
    """What came back from departments; None in the first round."""

    @property
    def title(self) -> str:
        """The round in words."""
        return f"第 {self.number} 轮"


class Workspace:
    """A work folder that this process alone has open."""

    def __init__(self, folder: Path) -> None:
        """Open an existing folder.

        InputError where it is missing or cannot be written, and where another server has it or a newer program used it.
        """
        if not folder.is_dir():
            raise InputError(NO_FOLDER.format(folder=folder))
        self.root = folder.resolve()
        self._lock = _lock(self.root)
        try:
            claim(self.root / HIDDEN, self.root)
        except BaseException:
            self._lock.release()
            raise
        self._settings = load_settings(self.root)

    def close(self) -> None:
        """Let others open the folder."""
        self._lock.release()

    @property
    def settings(self) -> Settings:
        """What the officer chose."""
        return self._settings

    def choose(self, **changes: object) -> None:
        """Change settings and keep them; OSError where they cannot be written."""
        self._settings = msgspec.structs.replace(self._settings, **changes)
        save_settings(self.root, self._settings)

    def inside(self, *parts: str) -> Path:
        """A path below the folder, with its links resolved; OutsideError where it leads out of it."""
        relative = "/".join(parts)
        if "\0" not in relative:
            path = (self.root / relative).resolve()
            if path.is_relative_to(self.root):
                return path
        raise OutsideError(OUTSIDE.format(path=relative))

    def relative(self, path: Path) -> str:
        """A path as seen from the folder, with slashes."""
        return path.relative_to(self.root).as_posix()

    @property
    def roster(self) -> Path | None:
        """The roster, where there is one."""
        path = self.inside(ROSTER)
        return path if path.is_file() else None

    def rounds(self) -> list[Round]:
        """The rounds so far, the first of which there always is."""
        first = Round(1, self.inside(FILED), self.inside(RESULTS), None)
        later = (self.round(number) for number in range(2, _MOST_ROUNDS + 1))
        return [first, *(each for each in later if each.filed.is_dir() or (each.returned and each.returned.is_dir()))]

    def round(self, number: int) -> Round:
        """A round by its number, whether or not it has begun."""
        if number == 1:
            return self.rounds()[0]
        place = f"第{number}轮"
        return Round(number, self.inside(place, FILED), self.inside(place, RESULTS), self.inside(place, RETURNED))

    @property
    def coming(self) -> Round:
        """The round that files come back for: the last, unless it is audited already; never the first."""
        last = self.rounds()[-1]
        is_open = last.returned is not None and not (last.results / REVIEW).is_file()
        return last if is_open else self.round(last.number + 1)

    @property
    def current(self) -> Round:
        """The last round whose filings are there."""
        begun = [each for each in self.rounds() if each.filed.is_dir()]
        return begun[-1] if begun else self.rounds()[0]


def make_folder(parent: Path, name: str) -> Path:
    """Make a new work folder with the folders that files are put into; InputError where it cannot be made."""
    if not parent.is_dir():
        raise InputError(NO_FOLDER.format(folder=parent))
    if not name.strip():
        msg = "请填写新文件夹的名称"
        raise InputError(msg)
    folder = parent / writable(name.strip())
    if folder.exists():
        msg = f"已有这个文件夹：{folder}；请直接选用它，或换一个名称"
        raise InputError(msg)
    try:
        folder.mkdir()
        (folder / FILED).mkdir()
    except OSError as error:
        raise InputError(NOT_WRITABLE.format(folder=parent)) from error
    return folder


def safe_parts(name: str) -> list[str]:
    """The parts of a path that a browser gave for an upload, each a name that every system can write."""
    return [writable(part) for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", ".", ".."}]


def is_own_file(path: Path) -> bool:
    """Whether a file is there that is no link: what runs write is none, and a link may lead out of the folder."""
    return path.is_file() and not path.is_symlink()


def own_files(folder: Path, suffix: str) -> list[Path]:
    """The files of a folder with an ending, by name; none where the folder is a link."""
    if not folder.is_dir() or folder.is_symlink():
        return []
    named = (path for path in folder.iterdir() if path.suffix == suffix and not path.name.startswith((".", "~$")))
    return sorted(path for path in named if is_own_file(path))


def files_below(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The files of a folder tree, links and hidden entries left out; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in listed:
        if entry.name.startswith((".", "~$")) or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from files_below(Path(entry.path))
        else:
            yield entry


def _lock(root: Path) -> FileLock:
    """Take the lock of a folder; the system releases it, too, when the server is killed."""
    try:
        (root / HIDDEN).mkdir(exist_ok=True)
        if (root / HIDDEN).resolve().parent != root:
            raise OutsideError(OUTSIDE.format(path=HIDDEN))
        lock = FileLock(root / HIDDEN / "lock", timeout=0, is_singleton=False)
        lock.acquire()
    except Timeout:
        raise InputError(IN_USE.format(folder=root)) from None
    except NotImplementedError:  # some network shares
        return lock
    except OSError as error:
        raise InputError(NOT_WRITABLE.format(folder=root)) from error
    return lock
