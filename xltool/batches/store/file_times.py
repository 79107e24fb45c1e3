"""The sizes and times of what a run wrote, by which the next run knows that it is untouched without reading it.

They are kept apart from the state of the run, which is the same bytes for the same results.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME: Final = "times.json"
SECOND: Final = 10**9
"""In nanoseconds. FAT keeps times in steps of two seconds; NTFS, APFS and those of Linux in a hundredth or less."""

FileTimes = tuple[int, int, int]
"""Size of a file, and the nanoseconds at which its content and its entry were changed last."""


def times_of(status: os.stat_result) -> FileTimes:
    """The size and the times of a file."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def load_times(hidden: Path) -> dict[str, FileTimes]:
    """The times that were stored, by the path of the file in the results; none where they cannot be read."""
    place = hidden / NAME
    with suppress(OSError, msgspec.MsgspecError):
        if place.is_file():  # a pipe would be waited for
            return msgspec.json.decode(place.read_bytes(), type=dict[str, FileTimes])
    return {}


def store_times(hidden: Path, out: Path, names: Iterable[str]) -> None:
    """Store the times of files in `out`, without those so new that they may change and keep theirs. Raises OSError.

    Reviews are left out: somebody may have written in one while the run went on, so that it is always read.
    """
    times = {}
    for name in names:
        if "/" in name or not name.endswith(".xlsx"):
            with suppress(OSError):  # somebody has removed it
                times[name] = times_of(os.stat(os.path.join(out, name)))  # noqa: PTH116, PTH118 - pathlib takes thrice as long
    modified = [own[1] for own in times.values()]
    step = SECOND // 10 if any(moment % SECOND for moment in modified) else 2 * SECOND
    settled = max(modified, default=0) - step
    kept = {name: own for name, own in times.items() if max(own[1:]) < settled}
    files.write_whole(hidden / NAME, msgspec.json.encode(kept))
