"""The state of the last complete run: what it depended on and what it wrote, so that the same run is not repeated.

Results are left as they are only if everything they depend on is the same to the letter and they lie there untouched;
a review that somebody wrote in is written anew. What has the size and the times that it was left with is not read again
(`file_times`). The state is one small JSON file beside the results: it is replaced as a whole, which needs no lock on a
network share.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from xltool.batches.store import file_times
from xltool.outputs.summary import RunCounts  # noqa: TC001 - msgspec looks it up
from xltool.storage import files
from xltool.storage.digests import digest_bytes, digest_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from xltool.batches.store.file_times import FileTimes

NAME: Final = "run.json"


class StoredRun(msgspec.Struct, frozen=True):
    """The state of a complete run, as it is stored."""

    made_from: str
    """Digest of the inputs and all else that the results depend on."""
    outputs: dict[str, str]
    """SHA-256 of every file written, by its path in the results."""
    tally: RunCounts
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """A complete run: the digest of its inputs, the files it wrote, what they say in numbers, lines for the user."""

    made_from: str
    written: tuple[Path, ...]
    tally: RunCounts
    messages: tuple[str, ...]
    digests: Mapping[Path, bytes] = field(default_factory=dict)
    """The SHA-256 of files, as far as whoever wrote them said it: the others are read again."""


def digest(parts: Iterable[str]) -> str:
    """One digest of many texts, in their order."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


def current(hidden: Path, out: Path, made_from: str) -> StoredRun | None:
    """The state of the last run, if this run would give the same and its results lie in `out` as it left them."""
    if not (hidden / NAME).is_file():  # a pipe would be waited for
        return None
    try:
        state = msgspec.json.decode((hidden / NAME).read_bytes(), type=StoredRun)
    except (OSError, msgspec.MsgspecError):
        return None
    if state.made_from != made_from:
        return None
    times = file_times.load_times(hidden)
    is_same = all(_is_untouched(out, name, sha256, times.get(name)) for name, sha256 in state.outputs.items())
    return state if is_same else None


def _is_untouched(out: Path, name: str, sha256: str, times: FileTimes | None) -> bool:
    try:
        status = os.stat(os.path.join(out, name))  # noqa: PTH116, PTH118 - pathlib takes three times as long
        if not stat.S_ISREG(status.st_mode):
            return False
        if times is not None and times == file_times.times_of(status):
            return True
        return digest_file(out / name) == sha256
    except (OSError, ValueError):
        return False


def remember(hidden: Path, out: Path, run: Run) -> None:
    """Store the state of a complete run."""
    outputs = {}
    for path in run.written:
        digest = run.digests.get(path) or digest_bytes(path)
        outputs[path.relative_to(out).as_posix()] = digest.hex()
    file_times.store_times(hidden, out, outputs)
    files.write_whole(hidden / NAME, msgspec.json.encode(StoredRun(run.made_from, outputs, run.tally, run.messages)))


def forget(hidden: Path) -> None:
    """Remove the state, because the results are being replaced."""
    for name in (NAME, file_times.NAME):
        (hidden / name).unlink(missing_ok=True)
