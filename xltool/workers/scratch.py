"""The scratch folder of a run: removed at its end, together with those that killed runs left."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS: Final = re.compile(r"xltool-(\d+)-\w+")
_DAY: Final = 86_400


@contextmanager
def scratch_dir(folder: Path | None) -> Iterator[Path]:
    """Provide a folder for temporary files, in `folder` or among the system's, and remove it afterwards.

    `folder` itself is emptied first and removed with it. Raises OSError where it cannot be made.
    """
    if folder is None:
        sweep(Path(gettempdir()))
        with new_scratch_dir() as own:
            yield own
        return
    folder = folder.absolute()  # programs that workers start get URLs of files in it
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    own = Path(mkdtemp(dir=folder))  # workers of a killed run may still be removing theirs
    try:
        yield own
    finally:
        rmtree(folder, ignore_errors=True)
        if folder.parent.name.startswith("."):
            with suppress(OSError):  # it is not empty
                folder.parent.rmdir()


@contextmanager
def new_scratch_dir() -> Iterator[Path]:
    """Provide a new folder among the system's temporary files, and remove it afterwards. Raises OSError."""
    own = Path(mkdtemp(prefix=f"xltool-{os.getpid()}-"))
    try:
        yield own
    finally:
        rmtree(own, ignore_errors=True)


def sweep(place: Path) -> None:
    """Remove the folders of killed runs; a folder whose run may still be working stays."""
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            named = _OURS.fullmatch(entry.name)
            # Another run may remove an entry at any moment: the others are looked at all the same.
            with suppress(OSError):
                if named and entry.is_dir(follow_symlinks=False) and _is_left(entry, int(named[1])):
                    rmtree(entry.path, ignore_errors=True)


def _is_left(entry: os.DirEntry[str], pid: int) -> bool:
    """Whether the run of a folder is over: its process is gone; on Windows, where a signal ends it, after a day."""
    if sys.platform == "win32":
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _DAY
    if entry.stat(follow_symlinks=False).st_uid != os.getuid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
