"""Check a folder again whenever something arrives in it, until Ctrl-C.

The folder is listed every few seconds, because network shares often report no changes, and some report them late.
Events (watchfiles: MIT licence, wheels for Windows, Linux and macOS, 3.11 to 3.14) only make the next listing prompt;
without them, or without the library, a change is found by the next listing. A file that is still being copied is left
for the next round, so that it is not called broken.
"""

from __future__ import annotations

import os
import time
import zipfile
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xltool.reader.files.entries import LOCK_PREFIX
from xltool.reader.files.sources import NothingToCheckError, sources_below
from xltool.storage.files import PART, run_time, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xltool.batches.options import Options
    from xltool.batches.runs import RunResult

    Run = Callable[[Path, Path, Options], RunResult]

LISTING: Final = 5.0
"""Seconds from one listing of the folder to the next where no event comes."""
QUIET: Final = 2.0
"""Seconds a file has to stay unchanged before it counts as arrived."""
SETTLING: Final = 30.0
"""Seconds after its last change in which an incomplete file may still become complete."""
PATIENCE: Final = 60.0
"""Seconds a round waits where files keep arriving; then it leaves out those that are still changing."""
_PACKED: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".docx", ".ods", ".odt", ".zip"})

WAITING: Final = "等候新的文件，按 Ctrl-C 结束"
NOT_WRITTEN: Final = "这次没有写出结果，稍后自动重试：{reason}"

FileStates = dict[Path, tuple[int, int]]
"""Size and time of change (ns) of each file."""


@dataclass(frozen=True, slots=True)
class WatchRound:
    """A round: its line for the user, and its result, None where nothing could be checked or written."""

    line: str
    result: RunResult | None = None


def watch_folder(folder: Path, out: Path, options: Options, *, run: Run) -> Iterator[WatchRound]:
    """Check a folder at once and after every change, without end; `run` checks it.

    Raises NothingToCheckError for a folder that is not there or is `out` itself, and what the first round raises for
    options that are wrong; later, the error of a round is its line, and the round is tried again.
    """
    if not folder.is_dir() or folder.resolve() == out.resolve():
        sources_below(folder, out)
    watcher = _Watcher(folder, out, options, run)
    yield watcher.round()
    for _ in _wakes(folder):
        if watcher.has_changes():
            watcher.wait_for_quiet()
            result = watcher.round()
            if result.line != "":
                yield result


@dataclass(slots=True)
class _Watcher:
    """The state between rounds: the files that were checked, and when each file was last seen to change."""

    folder: Path
    out: Path
    options: Options
    run: Run
    checked: FileStates | None = None
    changed: dict[Path, float] = field(default_factory=dict)
    last: FileStates = field(default_factory=dict)
    trouble: str = ""
    rounds: int = 0

    def list_files(self) -> FileStates:
        """List the files, and note the moment of each change."""
        listed = _list_files(self.folder, self.out, self.options)
        now = time.monotonic()
        for path, state in listed.items():
            if self.last.get(path) != state:
                # At the first listing nothing but the file's own time is known.
                age = 0.0 if self.last else max(0.0, time.time() - state[1] / 1e9)
                self.changed[path] = now - age
        for path in self.changed.keys() - listed.keys():
            del self.changed[path]
        self.last = listed
        return listed

    def has_changes(self) -> bool:
        """Whether the files are others than at the last round, or that round could not be finished."""
        return self.list_files() != self.checked

    def wait_for_quiet(self) -> None:
        """Wait until nothing changes any more, at most `PATIENCE` seconds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            latest = max(self.changed.values(), default=0.0)
            if (remaining := latest + QUIET - time.monotonic()) <= 0:
                return
            time.sleep(remaining)
            self.list_files()

    def round(self) -> WatchRound:
        """Check the files that have arrived; those that are still being copied are left for the next round."""
        listed = self.list_files()
        now = time.monotonic()
        coming = frozenset(path for path in listed if self._is_coming(path, now - self.changed[path]))
        arrived = {path: state for path, state in listed.items() if path not in coming}
        if self.checked is not None and arrived == self.checked:
            return WatchRound("")
        try:
            result = self.run(self.folder, self.out, replace(self.options, coming=coming))
        except NothingToCheckError as error:
            self.checked = arrived
            return self._hindered(str(error) if self.folder.is_dir() else f"找不到文件夹：{self.folder}")
        except OSError as error:
            return self._hindered(NOT_WRITTEN.format(reason=_reason(error)))
        except ValueError as error:
            if not self.rounds:
                raise
            return self._hindered(NOT_WRITTEN.format(reason=error))
        return self._done(result, arrived, len(coming))

    def _is_coming(self, path: Path, age: float) -> bool:
        if not path.is_relative_to(self.folder):
            return False
        return age < QUIET or (age < SETTLING and not _is_whole(path))

    def _hindered(self, reason: str) -> WatchRound:
        """The round of an error; it has no line where the round before had the same."""
        previous, self.trouble = self.trouble, reason
        return WatchRound("" if previous == reason else f"{_clock()} {reason}；{WAITING}")

    def _done(self, result: RunResult, arrived: FileStates, coming: int) -> WatchRound:
        before, self.checked, self.trouble = self.checked or {}, arrived, ""
        new = sum(before.get(path) != state for path, state in arrived.items())
        gone = len(before.keys() - arrived.keys())
        tally = result.tally
        counts = f"错误 {tally.errors}，警告 {tally.warnings}，提示 {tally.infos}"
        unread = f"，未能审核 {tally.refused} 个文件" if tally.refused else ""
        parts = [f"{_clock()} 已检查 {tally.read + tally.skipped + tally.refused} 个文件：{counts}{unread}"]
        if self.rounds:
            parts.append(f"新到或改动 {new} 个" + (f"，移走 {gone} 个" if gone else ""))
        if coming:
            parts.append(f"{coming} 个文件还在复制，稍后检查")
        self.rounds += 1
        self.options = replace(self.options, fresh=False)
        return WatchRound("；".join([*parts, WAITING] if self.rounds == 1 else parts), result)


def _clock() -> str:
    return f"{run_time():%H:%M:%S}"


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"{error.filename or ''} 正被其他程序打开，或没有写入权限，请关闭后等候".strip()
    return f"{words_of(error)}：{error.filename}" if error.filename else str(error)


def _list_files(folder: Path, out: Path, options: Options) -> FileStates:
    """The files below the folders of a run, and its roster, without results, hidden and temporary files."""
    states: FileStates = {}
    roots = [folder, *([options.prior] if options.prior is not None else [])]
    results = os.path.realpath(out)
    for root in roots:
        for place, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name[0] != "." and os.path.realpath(Path(place, name)) != results]
            for name in names:
                if not _is_temporary(name):
                    _note(states, Path(place, name))
    for single in (options.roster, options.prior):
        if single is not None and not single.is_dir():
            _note(states, single)
    return states


def _is_temporary(name: str) -> bool:
    return name.startswith((".", LOCK_PREFIX)) or name.endswith(PART)


def _note(states: FileStates, path: Path) -> None:
    try:
        status = path.lstat()
    except OSError:  # gone meanwhile
        return
    states[path] = (status.st_size, status.st_mtime_ns)


def _is_whole(path: Path) -> bool:
    """Whether a file can be opened and, where it is a zip package, has its end; nothing else is parsed."""
    try:
        with path.open("rb") as file:
            return path.suffix.lower() not in _PACKED or zipfile.is_zipfile(file)
    except OSError:  # it is still being written, or may not be read
        return False


def _wakes(folder: Path) -> Iterator[None]:
    """Yield without end whenever it is time to list the files: soon after an event, else after a while."""
    if find_spec("watchfiles") is not None:
        from watchfiles import watch  # noqa: PLC0415 - only where a folder is watched

        wait = int(LISTING * 1000)
        try:
            for _ in watch(folder, watch_filter=None, rust_timeout=wait, yield_on_timeout=True):
                yield None
        except (OSError, RuntimeError):  # the folder gives no events, or no more
            pass
    while True:
        time.sleep(LISTING)
        yield None
