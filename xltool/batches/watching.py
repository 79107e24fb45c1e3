"""A folder checked again whenever something arrives in it, until somebody says stop.

What counts is what lies in the folder, looked over every few seconds: network shares often tell nobody of changes, and
some tell of them late. Events (watchfiles: MIT licence, wheels for Windows, Linux and macOS, 3.11 to 3.14) only make
the look prompt; without them, or without the library, a change is found at the next look. A file that is still being
copied is left for the next round instead of being called broken.
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
    from xltool.batches.runs import Outcome

    Run = Callable[[Path, Path, Options], Outcome]

LOOKING: Final = 5.0
"""Seconds from one look at the folder to the next where no event comes."""
QUIET: Final = 2.0
"""Seconds a file has to stay as it is before it counts as arrived."""
SETTLING: Final = 30.0
"""Seconds after its last change that half a file may still become a whole one."""
PATIENCE: Final = 60.0
"""Seconds a round waits for quiet where files keep coming; then it leaves out those that are not at rest."""
_PACKED: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".docx", ".ods", ".odt", ".zip"})

WAITING: Final = "等候新的文件，按 Ctrl-C 结束"
NOT_WRITTEN: Final = "这次没有写出结果，稍后自动重试：{reason}"

Seen = dict[Path, tuple[int, int]]
"""Size and time of change (ns) of every file that matters."""


@dataclass(frozen=True, slots=True)
class Look:
    """A round: its line for the user, and what came of it; None where nothing could be checked or written."""

    line: str
    outcome: Outcome | None = None


def watching(folder: Path, out: Path, options: Options, *, run: Run) -> Iterator[Look]:
    """Check a folder at once and after every change, without end; `run` is what makes a round of it.

    Raises NothingToCheckError for a folder that is not there or is `out` itself, and what the first round raises for
    options that are wrong; later, what stands in the way of a round is told and the round is tried again.
    """
    if not folder.is_dir() or folder.resolve() == out.resolve():
        sources_below(folder, out)
    desk = _Desk(folder, out, options, run)
    yield desk.round()
    for _ in _wakes(folder):
        if desk.anything_new():
            desk.wait_for_quiet()
            look = desk.round()
            if look.line != "":
                yield look


@dataclass(slots=True)
class _Desk:
    """Who watches: what lay there at the last round, and when what lies there now was last seen to change."""

    folder: Path
    out: Path
    options: Options
    run: Run
    checked: Seen | None = None
    changed: dict[Path, float] = field(default_factory=dict)
    last: Seen = field(default_factory=dict)
    trouble: str = ""
    rounds: int = 0

    def look(self) -> Seen:
        """What lies there, with the moment of each change noted."""
        seen = _seen(self.folder, self.out, self.options)
        now = time.monotonic()
        for path, about in seen.items():
            if self.last.get(path) != about:
                # Of what lay there before, the file's own time is all that is known.
                age = 0.0 if self.last else max(0.0, time.time() - about[1] / 1e9)
                self.changed[path] = now - age
        for path in self.changed.keys() - seen.keys():
            del self.changed[path]
        self.last = seen
        return seen

    def anything_new(self) -> bool:
        """Whether something lies there otherwise than at the last round, or that round could not be finished."""
        return self.look() != self.checked

    def wait_for_quiet(self) -> None:
        """Wait until nothing changes any more, as far as there is patience."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            latest = max(self.changed.values(), default=0.0)
            if (left := latest + QUIET - time.monotonic()) <= 0:
                return
            time.sleep(left)
            self.look()

    def round(self) -> Look:
        """Check what lies there; what is still on its way is left for the next round."""
        seen = self.look()
        now = time.monotonic()
        coming = frozenset(path for path in seen if self._is_coming(path, now - self.changed[path]))
        arrived = {path: about for path, about in seen.items() if path not in coming}
        if self.checked is not None and arrived == self.checked:
            return Look("")
        try:
            outcome = self.run(self.folder, self.out, replace(self.options, coming=coming))
        except NothingToCheckError as error:
            self.checked = arrived
            return self._hindered(str(error) if self.folder.is_dir() else f"找不到文件夹：{self.folder}")
        except OSError as error:
            return self._hindered(NOT_WRITTEN.format(reason=_reason(error)))
        except ValueError as error:
            if not self.rounds:
                raise
            return self._hindered(NOT_WRITTEN.format(reason=error))
        return self._done(outcome, arrived, len(coming))

    def _is_coming(self, path: Path, age: float) -> bool:
        if not path.is_relative_to(self.folder):
            return False
        return age < QUIET or (age < SETTLING and not _is_whole(path))

    def _hindered(self, reason: str) -> Look:
        """The same trouble is told once."""
        told, self.trouble = self.trouble, reason
        return Look("" if told == reason else f"{_clock()} {reason}；{WAITING}")

    def _done(self, outcome: Outcome, arrived: Seen, coming: int) -> Look:
        before, self.checked, self.trouble = self.checked or {}, arrived, ""
        new = sum(before.get(path) != about for path, about in arrived.items())
        gone = len(before.keys() - arrived.keys())
        tally = outcome.tally
        counts = f"错误 {tally.errors}，警告 {tally.warnings}，提示 {tally.infos}"
        unread = f"，未能审核 {tally.refused} 个文件" if tally.refused else ""
        told = [f"{_clock()} 已检查 {tally.read + tally.skipped + tally.refused} 个文件：{counts}{unread}"]
        if self.rounds:
            told.append(f"新到或改动 {new} 个" + (f"，移走 {gone} 个" if gone else ""))
        if coming:
            told.append(f"{coming} 个文件还在复制，稍后检查")
        self.rounds += 1
        self.options = replace(self.options, fresh=False)
        return Look("；".join([*told, WAITING] if self.rounds == 1 else told), outcome)


def _clock() -> str:
    return f"{run_time():%H:%M:%S}"


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"{error.filename or ''} 正被其他程序打开，或没有写入权限，请关闭后等候".strip()
    return f"{words_of(error)}：{error.filename}" if error.filename else str(error)


def _seen(folder: Path, out: Path, options: Options) -> Seen:
    """Files below the folders of a run, and its roster; nothing of results, hidden or temporary files."""
    seen: Seen = {}
    roots = [folder, *([options.prior] if options.prior is not None else [])]
    own = os.path.realpath(out)
    for root in roots:
        for place, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name[0] != "." and os.path.realpath(Path(place, name)) != own]
            for name in names:
                if not _is_temporary(name):
                    _note(seen, Path(place, name))
    for single in (options.roster, options.prior):
        if single is not None and not single.is_dir():
            _note(seen, single)
    return seen


def _is_temporary(name: str) -> bool:
    return name.startswith((".", LOCK_PREFIX)) or name.endswith(PART)


def _note(seen: Seen, path: Path) -> None:
    try:
        about = path.lstat()
    except OSError:  # gone meanwhile
        return
    seen[path] = (about.st_size, about.st_mtime_ns)


def _is_whole(path: Path) -> bool:
    """Whether a file can be opened and, where it is a package, ends as one; nothing is parsed beyond its end."""
    try:
        with path.open("rb") as file:
            return path.suffix.lower() not in _PACKED or zipfile.is_zipfile(file)
    except OSError:  # somebody still writes it, or nobody may read it
        return False


def _wakes(folder: Path) -> Iterator[None]:
    """A moment to look, without end: soon after an event, else after a while."""
    if find_spec("watchfiles") is not None:
        from watchfiles import watch  # noqa: PLC0415 - only where a folder is watched

        wait = int(LOOKING * 1000)
        try:
            for _ in watch(folder, watch_filter=None, rust_timeout=wait, yield_on_timeout=True):
                yield None
        except (OSError, RuntimeError):  # no events to be had of this folder, or no more of them
            pass
    while True:
        time.sleep(LOOKING)
        yield None
