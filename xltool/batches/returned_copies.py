"""returned/: for each file with errors or warnings its annotated copy, or the list alone where it cannot be marked.

Copies are made in worker processes, like everything that parses a file.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Self

from xltool.batches.products import LazyTasks
from xltool.findings import Severity, on_files
from xltool.reader.guard import FileFormat, Refused, check
from xltool.storage import files
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence, Sized
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.batches.reading import Workers
    from xltool.findings import Finding
    from xltool.outputs.returned.problem_list import CheckedFile
    from xltool.reader.files.archives import Source
    from xltool.reader.guard import InflatedParts
    from xltool.reader.records import FileRecord

FOLDER: Final = "returned"
KEPT: Final = ".xltool/returned.txt"
"""Names, below the results, of what the last run returned: what is no longer asked for is taken away."""
LIST: Final = ".问题清单.xlsx"
LONGEST: Final = 200
"""Bytes of a file's name; file systems take 255, and endings are added to it."""
LONGEST_PLACE: Final = 180
"""Characters of a place below the folder: Windows takes 259 with the folder's own, and Excel opens even less."""
UNREAD: Final = "文件没有读取，不能在原件上标注，问题见下表。"
NO_WORKBOOK: Final = "原文件是 {} 格式，不能在保持原样的前提下标注，只列清单；请在原文件中改正，或另存为 .xlsx 后改正。"
CHANGED: Final = "审核之后原文件又有改动，没有在原件上标注，只列清单；请重新审核。"
UNEDITABLE: Final = "原文件不能在保持原样的前提下标注（{}），只列清单；请在原文件中改正。"
DIED: Final = "标注时程序异常退出"


class _NoCopyError(Exception):
    """There is no annotated copy; the text says why."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file to return: where it lies (None where it was not read), its checksum when read, its findings."""

    path: Path | None
    sha256: str
    findings: tuple[Finding, ...]
    about: CheckedFile
    place: Path
    """Where its copy is to lie; the list alone lies beside it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A copy, or a list alone."""

    data: bytes
    alone: bool

    def to_bytes(self) -> bytes:
        """The same as bytes, to be handed on by a worker."""
        return bytes([self.alone]) + self.data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` gave."""
        return cls(data[1:], alone=bool(data[0]))


class Returned:
    """returned/… in `out`: what an earlier run returned and this one does not is removed.

    `sources` are the files the audit is about. OSError where `out` cannot be written to.
    """

    seconds = None

    def __init__(self, result: Audit, sources: Sequence[Source], out: Path, workers: Workers) -> None:
        """Note what will be written, and take away what will not."""
        self._out, self._on = out, on_files(result.findings)
        self._known = {source.name: source.path for source in sources} | workers.unpacked
        asked = {finding.path for finding in result.findings if finding.severity is not Severity.INFO}
        self._asked = [record for record in result.records if record.path in asked]
        self._places = places_of(record.path for record in self._asked)
        self._earlier = _remembered(out)
        self._planned = {place + end for place in self._places.values() for end in ("", LIST)}
        if self._asked or self._earlier:
            _remember(out, self._earlier | self._planned)
        for gone in self._earlier - self._planned:
            _remove(out / FOLDER, gone)
        self._written: set[str] = set()
        self.lost: list[str] = []
        self.work: Callable[[Task], bytes] = write_one
        self.tasks = LazyTasks(self._asked, self._task)

    def take(self, at: int, answer: bytes | Lost) -> None:
        """Note a copy that was written; write it where the worker could not, the list alone where it died of it."""
        if isinstance(answer, Lost):
            task = self.tasks[at]
            files.sweep([files.half_written(task.place)])
            made = alone(task, UNEDITABLE.format(DIED))
            self.lost.append(task.about.path)
        else:
            made = Made.from_bytes(answer)
        place = self._places[self._asked[at].path] + (LIST if made.alone else "")
        if made.data:
            files.write_whole(self._out / FOLDER / place, made.data)
        self._written.add(place)

    def elsewhere(self) -> Elsewhere:
        """The same, made by workers who cannot write here."""
        return Elsewhere(self)

    def paths(self) -> list[Path]:
        """What was written; what an earlier run left in its place is taken away."""
        for gone in (self._earlier & self._planned) - self._written:
            _remove(self._out / FOLDER, gone)
        if self._asked or self._earlier:
            _remember(self._out, self._written)
        return [self._out / FOLDER / place for place in sorted(self._written)]

    def _task(self, record: FileRecord) -> Task:
        from xltool.outputs.returned.problem_list import CheckedFile  # noqa: PLC0415 - xlsxwriter only where a list is written

        found = tuple(one for one in self._on(record.path) if one.severity is not Severity.INFO)
        about = CheckedFile(_department(record), record.path, files.run_time())
        checksum = record.sha256 if record.status == "read" else ""
        place = self._out / FOLDER / self._places[record.path]
        return Task(self._known.get(record.path), checksum, found, about, place)


class Elsewhere:
    """Copies that come back as bytes."""

    seconds = None

    def __init__(self, returned: Returned) -> None:
        """The tasks of `returned`, which takes the answers."""
        self.work = make_one
        self.tasks, self.take, self.paths, self.lost = returned.tasks, returned.take, returned.paths, returned.lost


def _department(record: FileRecord) -> str:
    return next((submission.department for submission in record.submissions if submission.department), "")


def make(task: Task) -> Made:
    """The copy of a file, or the list with the reason why there is none; never raises for what is in the file."""
    try:
        return Made(_copy(task), alone=False)
    except _NoCopyError as error:
        return alone(task, str(error))
    except Exception as error:  # noqa: BLE001 - one file must not end the run, whatever is wrong with it
        return alone(task, UNEDITABLE.format(f"程序出错：{type(error).__name__}"))


def make_one(task: Task) -> bytes:
    """What `make` gives, in a worker that cannot write where it belongs."""
    return make(task).to_bytes()


def write_one(task: Task) -> bytes:
    """Write what `make` gives, in a worker; gives it without its bytes, with them where it cannot be written."""
    made = make(task)
    try:
        files.write_whole(task.place.with_name(task.place.name + LIST) if made.alone else task.place, made.data)
    except OSError:
        return made.to_bytes()
    return Made(b"", made.alone).to_bytes()


def _copy(task: Task) -> bytes:
    """The annotated copy; only of the very bytes that were read, which the guard has accepted."""
    from xltool.outputs.returned.copy import NotEditableError, returned_copy  # noqa: PLC0415 - in a worker

    if task.path is None or not task.sha256:
        raise _NoCopyError(UNREAD)
    inflated: InflatedParts = {}
    try:
        data = task.path.read_bytes()
        if hashlib.sha256(data).hexdigest() != task.sha256:
            raise _NoCopyError(CHANGED)
        if check(task.path, kept=inflated) not in {FileFormat.XLSX, FileFormat.XLSM}:
            raise _NoCopyError(NO_WORKBOOK.format(task.path.suffix.lower() or "其他"))
        return returned_copy(data, task.findings, task.about, inflated)
    except Refused as refusal:
        raise _NoCopyError(UNEDITABLE.format(refusal.reason)) from refusal
    except (NotEditableError, OSError) as error:
        raise _NoCopyError(UNEDITABLE.format(error)) from error


def alone(task: Task, reason: str) -> Made:
    """The list as a workbook of its own."""
    from xltool.outputs.returned.copy import list_workbook  # noqa: PLC0415 - xlsxwriter only where a list is written

    return Made(list_workbook(task.findings, task.about, reason), alone=True)


def places_of(names: Iterable[str]) -> dict[str, str]:
    """Where in the folder each file goes: under its own name, as far as every system can write it."""
    places: dict[str, str] = {}
    taken: set[str] = set()
    folders: set[str] = set()
    for name in names:
        *above, last = _short_enough([_writable(part) for part in name.split("/")])
        place = ""
        for part in above:
            place = _free(place, part, taken)
            folders.add(files.same_name(place))
            place += "/"
        places[name] = _free(place, last, taken, folders)
        taken |= {files.same_name(places[name]), files.same_name(places[name] + LIST)}
    return places


def _free(before: str, name: str, *taken: set[str]) -> str:
    """The place of a name in a folder, numbered where something else has it."""
    end, number, place = PurePosixPath(name).suffix, 1, before + name
    while any(files.same_name(place) in others for others in taken):
        number += 1
        place = f"{before}{name.removesuffix(end)}({number}){end}"
    return place


def _writable(part: str) -> str:
    """A name every system can write, cut where it is too long."""
    part = files.writable(part)
    return _cut(part, LONGEST, str.encode) if len(part.encode()) > LONGEST else part


def _cut(name: str, most: int, measured: Callable[[str], Sized]) -> str:
    """A name without the end of its stem."""
    end = PurePosixPath(name).suffix
    end = end if len(measured(end)) < most // 2 else ""
    stem = name.removesuffix(end)
    while len(measured(stem + end)) > most:
        stem = stem[:-1]
    return files.writable(stem + end)


def _short_enough(parts: list[str]) -> list[str]:
    """The parts of a place, the folders that make it too long replaced by one that stands for them.

    Nothing of where the results lie counts: the same files are returned under the same names anywhere.
    """
    if len("/".join(parts)) <= LONGEST_PLACE:
        return parts
    *folders, name = parts
    mark = f"~{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:8]}"
    name = _cut(name, LONGEST_PLACE // 2, str)
    room = LONGEST_PLACE - len(f"/{mark}/{name}")
    lengths = accumulate(len(folder) + 1 for folder in folders)
    return [*(folder for folder, length in zip(folders, lengths, strict=True) if length <= room), mark, name]


def _remembered(out: Path) -> set[str]:
    """What the last run returned; names that lead elsewhere are not ours."""
    path = out / KEPT
    names = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return {name for name in names if name and all(part == _writable(part) for part in name.split("/"))}


def _remember(out: Path, places: Iterable[str]) -> None:
    files.write_whole(out / KEPT, "\n".join(sorted(places)).encode())


def _remove(folder: Path, place: str) -> None:
    """Take a file away, and the folders it leaves empty."""
    path = folder / place
    path.unlink(missing_ok=True)
    with suppress(OSError):  # holds something else
        while path.parent != folder.parent:
            path = path.parent
            path.rmdir()
