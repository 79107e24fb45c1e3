"""The work of a machine of a cluster: a chunk of tasks at a time, in supervised processes as on this machine.

A file that hangs or crashes its process costs itself and never the cluster's worker. The processes are started for a
chunk and ended after it, so that nothing of a run is left on a machine of the cluster, however the run ends.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, runtime_checkable

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


@runtime_checkable
class Portable(Protocol):
    """A task that another machine can do."""

    @property
    def files(self) -> int:
        """About how many files it takes as long as."""
        ...

    def for_sending(self) -> Self:
        """The task with all that it needs."""
        ...


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file on a disk that another machine may share, and what it is known by there."""

    path: Path
    size: int
    changed: int
    """When, in nanoseconds."""

    @classmethod
    def of(cls, path: Path) -> Self:
        """The place of a file; OSError where it cannot be looked at."""
        stat = path.stat()
        return cls(path.absolute(), stat.st_size, stat.st_mtime_ns)

    def is_here(self) -> bool:
        """Whether this machine has the file at the same place."""
        try:
            return FilePlace.of(self.path) == self
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class Sent:
    """A task for another machine; if it has a file, its place on a shared disk, or its name.

    With a name go the bytes, or the URL to fetch them from.
    """

    task: Any
    name: str = ""
    data: bytes | None = None
    url: str = ""
    place: FilePlace | None = None
    files: int = 1
    seconds: float | None = None
    """Its time limit; None is the limit for a file."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tasks that a worker does together, and the identity that its program must have."""

    work: Callable[[Any], bytes]
    sent: tuple[Sent, ...]
    limits: Limits
    identity: Mapping[str, str]
    results: Path | None = None
    """A folder beside the results that the worker must see, where workers write results themselves."""


Answer = bytes | str | None
"""The result of `work`, the value of a `Lost`, or None for a task that this machine cannot do."""


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
    answers: list[Answer] = [None] * len(chunk.sent)
    if chunk.results is not None and not sees(chunk.results):
        return answers
    with scratch_dir(None) as folder:
        scratch = folder / "scratch"
        scratch.mkdir()
        fetched = [_fetch(folder / "files" / str(number), sent) for number, sent in enumerate(chunk.sent)]
        numbers = [number for number, task in enumerate(fetched) if task is not None]

        def allowed(task: int) -> float | None:
            return chunk.sent[numbers[task]].seconds

        with Pool(1, chunk.limits, scratch) as pool:
            for task, answer in pool.run(chunk.work, [fetched[number] for number in numbers], allowed=allowed):
                number = numbers[task]
                answers[number] = answer.value if isinstance(answer, Lost) else answer
                if chunk.sent[number].name:
                    fetched[number].path.unlink(missing_ok=True)
    return answers


def sees(folder: Path) -> bool:
    """Whether this machine has the folder of a run, which is called as no other: then it shares the disk of the run."""
    return folder.is_dir()


def _fetch(folder: Path, sent: Sent) -> Any:  # noqa: ANN401 - whatever is sent
    """The task, with its file in the folder if one was sent; None where the file cannot be fetched, or is not there."""
    if sent.place is not None:
        return replace(sent.task, path=sent.place.path) if sent.place.is_here() else None
    if not sent.name:
        return sent.task
    folder.mkdir(parents=True)
    path = folder / sent.name
    try:
        path.write_bytes(_download(sent.url) if sent.data is None else sent.data)
    except Exception:  # noqa: BLE001 - any store may raise any error; the file is read where the run was started
        return None
    return replace(sent.task, path=path)


def _download(url: str) -> bytes:
    import fsspec  # type: ignore[import-untyped] # noqa: PLC0415 - only where a file lies behind a URL

    with fsspec.open(url, "rb") as file:
        data: bytes = file.read()
    return data
