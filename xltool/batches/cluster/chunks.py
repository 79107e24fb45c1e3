"""What a machine of a cluster does: some files at a time, each again in a supervised process of its own.

A file that hangs or takes its process down costs itself there as it does here, and never the cluster's worker. The
processes are started for a chunk and gone after it: a worker keeps nothing of a run, however that ends.
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
    """A machine that would not read as this one does; the text says in what it differs."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A task whose file is not at hand where it is done: the file's name, and its bytes or where they are fetched."""

    task: Any
    name: str
    data: bytes | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tasks done by one worker in one go, and what its program has to be."""

    work: Callable[[Any], bytes]
    sent: tuple[Sent, ...]
    limits: Limits
    made_by: Mapping[str, str]


Answer = bytes | str | None
"""What `work` gave, the value of `Lost`, or None for a file that could not be fetched."""


@cache
def identity() -> dict[str, str]:
    """What results depend on: this program to the letter, the libraries, Python."""
    versions = {name: release(name) for name in LIBRARIES}
    return {PROGRAM: program(), "Python": ".".join(map(str, sys.version_info[:2])), **versions}


def office_build() -> str:
    """Which LibreOffice this machine has, "" for none: another may read a document in another way."""
    program = soffice()
    if program is None:
        return ""
    folder = Path(program).resolve().parent
    parts = [(folder / name).read_bytes() for name in _ABOUT_OFFICE if (folder / name).is_file()]
    return hashlib.sha256(b"".join(parts) or str(folder).encode()).hexdigest()


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """In what two machines differ, in words; "" if in nothing.

    >>> differences({"xltool": "a", "lxml": "5.3"}, {"xltool": "b", "lxml": "5.4"})
    'xltool 程序内容，lxml 5.3 与 5.4'
    """
    return "，".join(
        f"{name} 程序内容" if name == PROGRAM else f"{name} {here} 与 {theirs.get(name, '无')}"
        for name, here in ours.items()
        if here != theirs.get(name)
    )


def do(chunk: Chunk) -> list[Answer]:
    """Do a chunk, on a worker; answers in the order of what was sent. Raises OtherProgramError, OSError."""
    different = differences(chunk.made_by, identity())
    if different:
        raise OtherProgramError(different)
    with scratch_dir(None) as folder:
        scratch, files = folder / "scratch", folder / "files"
        scratch.mkdir()
        here = {at: path for at, sent in enumerate(chunk.sent) if (path := _fetched(files / str(at), sent))}
        answers: list[Answer] = [None] * len(chunk.sent)
        with Pool(1, chunk.limits, scratch) as pool:
            numbers = list(here)
            tasks = [replace(chunk.sent[at].task, path=here[at]) for at in numbers]
            for number, answer in pool.run(chunk.work, tasks):
                answers[numbers[number]] = answer.value if isinstance(answer, Lost) else answer
                here[numbers[number]].unlink(missing_ok=True)
        return answers


def _fetched(folder: Path, sent: Sent) -> Path | None:
    """The file of a task, for as long as it is worked on; None where it cannot be had."""
    folder.mkdir(parents=True)
    path = folder / sent.name
    try:
        path.write_bytes(_downloaded(sent.url) if sent.data is None else sent.data)
    except Exception:  # noqa: BLE001 - stores fail in ways of their own; the file is read where the run was started
        return None
    return path


def _downloaded(url: str) -> bytes:
    import fsspec  # type: ignore[import-untyped] # noqa: PLC0415 - only where a file lies behind a URL

    with fsspec.open(url, "rb") as file:
        data: bytes = file.read()
    return data
