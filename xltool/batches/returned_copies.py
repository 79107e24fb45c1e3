"""returned/: for each file with errors or warnings its annotated copy, or only the list where it cannot be marked.

Copies are made in worker processes, like everything that parses a file.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Self

from xltool.auditing.portions import filings_of
from xltool.batches.products import ReturningTasks
from xltool.batches.progress import LazyTasks
from xltool.batches.reading import is_small_workbook
from xltool.outputs.returned.checked_file import CheckedFile
from xltool.outputs.returned.counterparts import Counterparts, concerns, counterpart
from xltool.reader.guard import FileFormat, Refused, check
from xltool.storage import files
from xltool.storage.digests import DIGEST
from xltool.workers.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence, Sized
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.batches.reading import Workers
    from xltool.batches.store.audit import AuditStore
    from xltool.batches.store.packed_findings import PackedFindings
    from xltool.findings import Finding
    from xltool.outputs.model import FindingStates, ReviewContext
    from xltool.reader.files.archives import Source
    from xltool.reader.guard import InflatedParts
    from xltool.reader.model import Book
    from xltool.reader.records import FileRecord

FOLDER: Final = "returned"
RETURNED_LIST: Final = ".xltool/returned.txt"
"""List of the files that the last run returned: those that are not returned any more are removed."""
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
    """There is no annotated copy; the text gives the reason, `findings` what the list says where it says more."""

    def __init__(self, reason: str, findings: Sequence[Finding] | None = None) -> None:
        super().__init__(reason)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class CopyTask:
    """A file to return: its path (None where it was not read), its checksum when it was read, its findings."""

    path: Path | None
    sha256: str
    findings: tuple[Finding, ...]
    keys: tuple[str, ...]
    about: CheckedFile
    place: Path
    """Where its copy is to lie; the list without a copy lies beside it."""


@dataclass(frozen=True, slots=True)
class PlannedCopy:
    """A file to return as it is sent to a worker, which unpacks the findings; see `CopyTask`.

    `counterparts` are the files of the filing with findings that concern it, too.
    """

    path: Path | None
    sha256: str
    about: CheckedFile
    place: Path
    counterparts: tuple[str, ...]
    findings: PackedFindings
    states: FindingStates

    def with_findings(self) -> CopyTask:
        """The task with the open findings on the file, and those on others of its filing that concern it."""
        name, states = self.about.path, self.states
        pairs = [(key, finding) for key, finding in self.findings.on(name) if states.ask(key, finding)]
        pairs += [
            (key, counterpart(finding, name))
            for source in self.counterparts
            for key, finding in self.findings.on(source)
            if states.ask(key, finding) and concerns(finding, name)
        ]
        pairs.sort(key=lambda pair: pair[1].order)
        keys, findings = (tuple(each) for each in zip(*pairs, strict=True))
        explanations = {key: states.explained[key] for key in keys if key in states.explained}
        about = replace(self.about, explanations=explanations)
        return CopyTask(self.path, self.sha256, findings, keys, about=about, place=self.place)


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """An annotated copy, or the list of problems without a copy; `data` is empty once it was written."""

    data: bytes
    is_list: bool
    digest: bytes
    """The SHA-256 of the file."""

    @classmethod
    def of(cls, data: bytes, *, is_list: bool) -> Self:
        """A file that was just made."""
        return cls(data, is_list, hashlib.sha256(data).digest())

    def to_bytes(self) -> bytes:
        """Encode it, for the way from a worker to the process of the run."""
        return bytes([self.is_list]) + self.digest + self.data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode what `to_bytes` gave."""
        end = 1 + DIGEST
        return cls(data[end:], bool(data[0]), data[1:end])


class ReturnedCopies:
    """returned/… in `out` as a product; what an earlier run returned and this one does not is removed.

    `sources` are the files that were audited. OSError where `out` cannot be written to.
    """

    seconds = None
    failures = ()
    """A copy that could not be made is a list, which says so."""

    def __init__(  # noqa: PLR0913 - the audit, what goes with it, and the places
        self,
        result: Audit,
        audit_store: AuditStore,
        context: ReviewContext,
        *,
        sources: Sequence[Source],
        out: Path,
        workers: Workers,
    ) -> None:
        """Plan the copies, and remove those of an earlier run that are not returned any more."""
        self._out, self._states, self._store = out, context.states, audit_store
        self._made_at = files.run_time()
        self._sources = {source.name: source.path for source in sources} | workers.unpacked
        self._counterparts = Counterparts({record.path: filings_of(record) for record in result.records})
        concerned: set[str] = set()
        keys = iter(result.keys if context.settled else ())  # they may lie on the disk
        for finding in result.findings:
            if self._states.ask(next(keys, ""), finding):
                concerned |= {finding.path, *self._counterparts.add(finding)}
        self._records = [record for record in result.records if record.path in concerned]
        self._places = places_of(record.path for record in self._records)
        self._earlier = _read_list(out)
        self._planned = {place + end for place in self._places.values() for end in ("", LIST)}
        if self._records or self._earlier:
            _write_list(out, self._earlier | self._planned)
        for stale in self._earlier - self._planned:
            _remove(out / FOLDER, stale)
        self._written: set[str] = set()
        self.digests: dict[Path, bytes] = {}
        self.is_complete = True
        self.work: Callable[[PlannedCopy], bytes] = write_returned
        self.tasks = LazyTasks(self._records, self._task)

    def name(self, number: int) -> str:
        """The file that a copy is made of."""
        return f"退回件 {self._records[number].path}"

    def accept(self, number: int, answer: bytes | Lost) -> None:
        """Note a copy that was written; write what the worker could not, or the list where the worker died."""
        if isinstance(answer, Lost):
            task = self.tasks[number]
            files.sweep([files.half_written(task.place)])
            returned = list_only(task.with_findings(), UNEDITABLE.format(DIED))
            self.is_complete = False
        else:
            returned = ReturnedFile.from_bytes(answer)
        place = self._places[self._records[number].path] + (LIST if returned.is_list else "")
        if returned.data:
            files.write_whole(self._out / FOLDER / place, returned.data)
        self._written.add(place)
        self.digests[self._out / FOLDER / place] = returned.digest

    def places_of_files(self, names: Iterable[str]) -> list[Path]:
        """The copies or lists that were written for these files."""
        places = (self._places[name] for name in names if name in self._places)
        return [
            self._out / FOLDER / written
            for place in places
            for written in (place, place + LIST)
            if written in self._written
        ]

    def elsewhere(self) -> ReturningTasks:
        """The same tasks, for workers that cannot write here."""
        return ReturningTasks(self, send_returned)

    def paths(self) -> list[Path]:
        """The files that were written; what an earlier run left in their place is removed."""
        for stale in (self._earlier & self._planned) - self._written:
            _remove(self._out / FOLDER, stale)
        if self._records or self._earlier:
            _write_list(self._out, self._written)
        return [self._out / FOLDER / place for place in sorted(self._written)]

    def is_light(self, number: int) -> bool:
        """Whether the file is a small workbook, of which a copy is made in some twenty milliseconds."""
        source = self._sources.get(self._records[number].path)
        return source is not None and is_small_workbook(source)

    def _task(self, record: FileRecord) -> PlannedCopy:
        counterparts = tuple(self._counterparts.sources(record.path))
        findings = self._store.packed_findings((record.path, *counterparts))
        return PlannedCopy(
            self._sources.get(record.path),
            record.sha256 if record.status == "read" else "",
            CheckedFile(record.full_department, record.path, self._made_at),
            (self._out / FOLDER / self._places[record.path]).absolute(),  # as that of a letter
            counterparts,
            findings,
            self._states.restricted(findings.keys, findings.rows),
        )


def make_returned(task: CopyTask) -> ReturnedFile:
    """The copy of a file, or the list with the reason why there is none; never raises for what is in the file."""
    try:
        return ReturnedFile.of(_copy(task), is_list=False)
    except _NoCopyError as error:
        said = task if error.findings is None else replace(task, findings=tuple(error.findings))
        return list_only(said, str(error))
    except Exception as error:  # noqa: BLE001 - one file must not end the run, whatever is wrong with it
        return list_only(task, UNEDITABLE.format(f"程序出错：{type(error).__name__}"))


def send_returned(task: PlannedCopy) -> bytes:
    """Make a copy, in a worker that cannot write to its place; returns it encoded."""
    return make_returned(task.with_findings()).to_bytes()


def write_returned(task: PlannedCopy) -> bytes:
    """Make a copy and write it to its place, in a worker; returns it encoded, with data only if it was not written."""
    returned = make_returned(task.with_findings())
    place = task.place.with_name(task.place.name + LIST) if returned.is_list else task.place
    try:
        files.write_whole(place, returned.data)
    except OSError:
        return returned.to_bytes()
    return replace(returned, data=b"").to_bytes()


def _copy(task: CopyTask) -> bytes:
    """The annotated copy; only of the very bytes that were read, which the guard has accepted."""
    from xltool.outputs.returned.copy import NotEditableError, returned_copy  # noqa: PLC0415 - in a worker
    from xltool.outputs.returned.mending.lost import is_mendable  # noqa: PLC0415 - likewise
    from xltool.reader.ooxml.workbook import open_workbook  # noqa: PLC0415 - likewise

    if task.path is None or not task.sha256:
        raise _NoCopyError(UNREAD)
    inflated: InflatedParts = {}
    source = None
    try:
        data = task.path.read_bytes()
        if hashlib.sha256(data).hexdigest() != task.sha256:
            raise _NoCopyError(CHANGED)
        if check(task.path, inflated=inflated) not in {FileFormat.XLSX, FileFormat.XLSM}:
            raise _NoCopyError(NO_WORKBOOK.format(task.path.suffix.lower() or "其他"))
        source = open_workbook(task.path, inflated) if is_mendable(task.findings) else None
        return returned_copy(data, task.findings, task.about, inflated, keys=task.keys, source=source)
    except Refused as refusal:
        raise _NoCopyError(UNEDITABLE.format(refusal.reason)) from refusal
    except (NotEditableError, OSError) as error:
        findings = None if source is None else _with_formulas(source, task.findings)
        raise _NoCopyError(UNEDITABLE.format(error), findings) from error


def _with_formulas(source: Book, findings: Sequence[Finding]) -> list[Finding]:
    from xltool.outputs.returned.mending.forms import with_formulas  # noqa: PLC0415 - all rules, where something is lost

    return with_formulas(source, findings)


def list_only(task: CopyTask, reason: str) -> ReturnedFile:
    """The list of problems as a workbook, with the reason why there is no copy."""
    from xltool.outputs.returned.copy import list_workbook  # noqa: PLC0415 - xlsxwriter only where a list is written

    return ReturnedFile.of(list_workbook(task.findings, task.about, reason, keys=task.keys), is_list=True)


def places_of(names: Iterable[str]) -> dict[str, str]:
    """The place of each file below the folder: its own name, as far as every system can write it."""
    places: dict[str, str] = {}
    used: set[str] = set()
    folders: set[str] = set()
    for name in names:
        *above, last = _short_enough([_writable(part) for part in name.split("/")])
        place = ""
        for part in above:
            place = _free(place, part, used)
            folders.add(files.same_name(place))
            place += "/"
        places[name] = _free(place, last, used, folders)
        used |= {files.same_name(places[name]), files.same_name(places[name] + LIST)}
    return places


def _free(before: str, name: str, *used: set[str]) -> str:
    """The place of a name in a folder, numbered where another file has it."""
    end, number, place = PurePosixPath(name).suffix, 1, before + name
    while any(files.same_name(place) in others for others in used):
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
    """The parts of a place; the folders that make it too long are replaced by a mark.

    Where the results lie does not count, so that the same files are returned under the same names anywhere.
    """
    if len("/".join(parts)) <= LONGEST_PLACE:
        return parts
    *folders, name = parts
    mark = f"~{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:8]}"
    name = _cut(name, LONGEST_PLACE // 2, str)
    capacity = LONGEST_PLACE - len(f"/{mark}/{name}")
    lengths = accumulate(len(folder) + 1 for folder in folders)
    return [*(folder for folder, length in zip(folders, lengths, strict=True) if length <= capacity), mark, name]


def _read_list(out: Path) -> set[str]:
    """The files that the last run returned; names that lead out of the folder are ignored."""
    path = out / RETURNED_LIST
    names = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return {name for name in names if name and all(part == _writable(part) for part in name.split("/"))}


def _write_list(out: Path, places: Iterable[str]) -> None:
    files.write_whole(out / RETURNED_LIST, "\n".join(sorted(places)).encode())


def _remove(folder: Path, place: str) -> None:
    """Remove a file, and the folders it leaves empty."""
    path = folder / place
    path.unlink(missing_ok=True)
    with suppress(OSError):  # holds something else
        while path.parent != folder.parent:
            path = path.parent
            path.rmdir()
