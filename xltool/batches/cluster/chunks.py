"""The work of a machine of a cluster: a chunk of files at a time, in supervised processes as on this machine.

A file that hangs or crashes its process costs itself and never the cluster's worker. The processes are started for a
chunk and ended after it, so that nothing of a run is left on a machine of the cluster, however the run ends.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from xltool.batches.store.stamp import LIBRARIES, program, release
from xltool.findings import InputError
from xltool.reader.program import soffice
from xltool.workers.pool import Lost, Pool
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xltool.reader.limits import Limits

PROGRAM: Final = "xltool"
_ABOUT_OFFICE: Final = ("versionrc", "version.ini")
"""Files beside LibreOffice's program that name its build."""


class OtherProgramError(InputError):
    """A machine might read files differently than this machine; the text says in what it differs."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A task with its file for another machine: the file's name, and its bytes or the URL to fetch them from."""

    task: Any
    name: str
    data: bytes | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tasks that a worker does together, and the identity that its program must have."""

    work: Callable[[Any], bytes]
    sent: tuple[Sent, ...]
    limits: Limits
    identity: Mapping[str, str]


Answer = bytes | str | None
"""The result of `work`, the value of a `Lost`, or None for a file that could not be fetched."""


@cache
def identity() -> dict[str, str]:
    """What results depend on: digest of the program, versions of the libraries and of Python."""
    versions = {name: release(name) for name in LIBRARIES}
    return {PROGRAM: program(), "Python": ".".join(map(str, sys.version_info[:2])), **versions}


def office_build() -> str:
    """The LibreOffice of this machine, "" for none: another one may read a document differently."""
    program = soffice()
    if program is None:
        return ""
    folder = Path(program).resolve().parent
    parts = [(folder / name).read_bytes() for name in _ABOUT_OFFICE if (folder / name).is_file()]
    return hashlib.sha256(b"".join(parts) or str(folder).encode()).hexdigest()


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """The differences between two machines in words, "" if there are none.

    >>> differences({"xltool": "a", "lxml": "5.3"}, {"xltool": "b", "lxml": "5.4"})
    'xltool 程序内容，lxml 5.3 与 5.4'
    """
    return "，".join(
        f"{name} 程序内容" if name == PROGRAM else f"{name} {here} 与 {theirs.get(name, '无')}"
        for name, here in ours.items()
        if here != theirs.get(name)
    )


def do_chunk(chunk: Chunk) -> list[Answer]:
    """Do a chunk, on a worker of the cluster; answers in the order of the tasks. Raises OtherProgramError, OSError."""
    different = differences(chunk.identity, identity())
    if different:
        raise OtherProgramError(different)
    with scratch_dir(None) as folder:
        scratch, files = folder / "scratch", folder / "files"
        scratch.mkdir()
        paths = {number: path for number, sent in enumerate(chunk.sent) if (path := _fetch(files / str(number), sent))}
        answers: list[Answer] = [None] * len(chunk.sent)
        with Pool(1, chunk.limits, scratch) as pool:
            numbers = list(paths)
            tasks = [replace(chunk.sent[number].task, path=paths[number]) for number in numbers]
            for number, answer in pool.run(chunk.work, tasks):
                answers[numbers[number]] = answer.value if isinstance(answer, Lost) else answer
                paths[numbers[number]].unlink(missing_ok=True)
        return answers


def _fetch(folder: Path, sent: Sent) -> Path | None:
    """Write the file of a task into the folder; None where it cannot be fetched."""
    folder.mkdir(parents=True)
    path = folder / sent.name
    try:
        path.write_bytes(_download(sent.url) if sent.data is None else sent.data)
    except Exception:  # noqa: BLE001 - any store may raise any error; the file is read where the run was started
        return None
    return path


def _download(url: str) -> bytes:
    import fsspec  # type: ignore[import-untyped] # noqa: PLC0415 - only where a file lies behind a URL

    with fsspec.open(url, "rb") as file:
        data: bytes = file.read()
    return data
