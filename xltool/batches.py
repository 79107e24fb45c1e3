"""A folder of filings: found, read in worker processes, put into sets, audited, reviewed.

Nothing is parsed in this process: a file that takes its worker down costs that file only. loky
starts workers the same way on every system, without a main-module guard in the caller's script and
without forking a process that has threads (BSD licence; concurrent.futures does neither).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

from xltool import files, jsonable
from xltool.archives import Source, Unpacked, failed, may_be_archive, readable, room, unpack
from xltool.auditing import Audit, audit
from xltool.findings import Severity
from xltool.frame import fold
from xltool.reader import read_file, refused
from xltool.reader.diagnosis import diagnose_units

if TYPE_CHECKING:
    from xltool.reader.records import FileRecord, Submission

__all__ = [
    "NothingToCheckError",
    "Outcome",
    "Source",
    "as_filings",
    "as_one_set",
    "discover",
    "read_sources",
    "run",
    "sources_below",
    "write_outputs",
]

CHUNK = 20
CRASHED = "读取这个文件时程序异常退出，已跳过；请用 WPS 或 Excel 另存为 .xlsx 后重新报送"
SCRATCH = ".xltool/unpacked"
"""Folder in the results where a run keeps what it unpacks while it reads."""

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
Progress = Callable[[int], None]
"""Told how many more files are done."""


def _ignore(done: int) -> None:
    """Progress where nobody looks."""


class NothingToCheckError(ValueError):
    """A path that does not exist or holds no file; the text says so in Chinese."""


def discover(paths: Sequence[Path]) -> list[Source]:
    """Files to look at: the given ones, and all below the given folders, in a fixed order.

    Names are relative to a folder given alone, else as given; a file given twice is looked at once.
    Links met in a folder are not followed and hidden entries (.xltool among them) not entered.
    Raises NothingToCheckError.
    """
    sources: dict[Path, Source] = {}
    for path in paths:
        if path.is_dir():
            found = [Source(file, _name(file, path, alone=len(paths) == 1)) for file in _below(path)]
        elif path.is_file():
            found = [Source(path.resolve() if path.is_symlink() else path, readable(path.as_posix()))]
        else:
            msg = f"找不到文件或文件夹：{path}"
            raise NothingToCheckError(msg)
        for source in found:
            sources.setdefault(source.path.parent.resolve() / source.path.name, source)
    if not sources:
        msg = f"没有可以检查的文件：{'、'.join(str(path) for path in paths)}"
        raise NothingToCheckError(msg)
    return list(sources.values())


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and (path.is_symlink() or path.is_file()):
                yield path


def _name(path: Path, folder: Path, *, alone: bool) -> str:
    return readable((path.relative_to(folder) if alone else path).as_posix())


def read_sources(
    sources: Sequence[Source], *, jobs: int = 1, progress: Progress = _ignore, scratch: Path | None = None
) -> list[FileRecord]:
    """Read files in worker processes, results in the order of the sources.

    Archives are taken apart by workers too, into a folder that is gone afterwards: `scratch`, else one in the
    temporary folder. What is in `包.zip` is called `包.zip/…`; the archive has a record of its own before them.
    """
    packed = [source for source in sources if may_be_archive(source.path)]
    if not packed:
        return _read_all(sources, jobs, progress)
    with room(scratch) as folder:
        opened = _unpack_all(packed, folder, jobs, progress)
        todo: list[Source] = []
        for source in sources:
            todo += opened[source].sources if source in opened else [source]
        records = iter(_read_all(todo, jobs, progress))
        results: list[FileRecord] = []
        for source in sources:
            if source in opened:
                found = opened[source]
                results += [found.record, *found.left, *(next(records) for _ in found.sources)]
            else:
                results.append(next(records))
        return results


def _read_all(sources: Sequence[Source], jobs: int, progress: Progress) -> list[FileRecord]:
    chunks = [sources[start : start + CHUNK] for start in range(0, len(sources), CHUNK)]
    results: list[list[FileRecord]] = [[] for _ in chunks]
    lost = []
    for at, records in _in_workers(_read_chunk, chunks, jobs):
        if records is None:
            lost.append(at)
            continue
        results[at] = records
        progress(sum(not source.packed for source in chunks[at]))
    for at in lost:
        for source in chunks[at]:
            results[at].append(_read_alone(source))
            progress(int(not source.packed))
    return [record for records in results for record in records]


def _in_workers(
    work: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int
) -> Iterator[tuple[int, _Result | None]]:
    """What worker processes make of each task, as they are done, by its number; None where they died over it."""
    if not tasks:
        return
    with ProcessPoolExecutor(max_workers=max(1, min(jobs, len(tasks)))) as pool:
        waiting = {}
        for at, task in enumerate(tasks):
            try:
                waiting[pool.submit(work, task)] = at
            except BrokenProcessPool:
                yield at, None
        for future in as_completed(waiting):
            try:
                result = future.result()
            except BrokenProcessPool:
                result = None
            yield waiting[future], result


def _read_chunk(chunk: Sequence[Source]) -> list[FileRecord]:
    return [_read_one(source) for source in chunk]


def _read_one(source: Source) -> FileRecord:
    """Read a file; what the reader did not foresee costs this file only."""
    try:
        return read_file(source.path, source.name)
    except Exception as error:  # noqa: BLE001 - one file must not end the run, whatever is wrong with it
        return failed(source.name, error)


def _read_alone(source: Source) -> FileRecord:
    """Read a file in a process of its own: if it dies, it was this file."""
    ((_, record),) = _in_workers(_read_one, [source], 1)
    return record or refused(source.name, "crashed", CRASHED)


def _unpack_all(packed: Sequence[Source], folder: Path, jobs: int, progress: Progress) -> dict[Source, Unpacked]:
    """The archives among these files, taken apart into `folder`; a zip that is something else is not among them."""
    work = partial(unpack, folder)
    opened: dict[Source, Unpacked] = {}
    lost = []
    for at, found in _in_workers(work, packed, jobs):
        if found is None:
            lost.append(packed[at])
        elif found:
            opened[packed[at]] = found[0]
    for source in lost:
        ((_, alone),) = _in_workers(work, [source], 1)
        if alone is None:
            opened[source] = Unpacked(refused(source.name, "crashed", CRASHED))
        elif alone:
            opened[source] = alone[0]
    progress(len(opened))
    return opened


# --- sets -------------------------------------------------------------------------------------


def as_one_set(records: Sequence[FileRecord]) -> None:
    """Everything given together is one filing, named by its first department and year."""
    ones = [one for record in records for one in record.submissions]
    named = next((one for one in ones if one.department), None)
    label = _label(named.department, named.year) if named else "本次检查"
    for one in ones:
        one.filing = label
    diagnose_units(ones)


def as_filings(records: Sequence[FileRecord]) -> None:
    """Group by department (manifest first, else as filed) and year, else by folder."""
    ones = [one for record in records for one in record.submissions]
    known = {fold(one.department): one.department for one in ones if one.department and one.form != "附件3"}
    here: dict[str, set[str]] = defaultdict(set)
    for one in ones:
        one.filing = _label(_department(one, known), one.year) if _department(one, known) else ""
        if one.filing:
            here[_folder(one)].add(one.filing)
    for one in ones:
        if not one.filing:
            same = here[_folder(one)]
            one.filing = next(iter(same)) if len(same) == 1 else f"文件夹 {_folder(one) or '.'}"
    diagnose_units(ones)


def _department(one: Submission, known: dict[str, str]) -> str:
    """The department of a form; for 附件3, whichever of its two units files an 附件1 or 附件2."""
    if one.issued_to:
        return one.issued_to
    if one.form != "附件3":
        return known.get(fold(one.department), one.department)
    units = [str(one.value(key) or "") for key in ("实施单位", "主管部门")]
    return next((known[fold(unit)] for unit in units if fold(unit) in known), next((u for u in units if u), ""))


def _label(department: str, year: int | None) -> str:
    return f"{fold(department)}（{year}）" if year else fold(department)


def _folder(one: Submission) -> str:
    return one.path.rpartition("/")[0]


# --- the run ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a run left: the audit, and the files it wrote."""

    audit: Audit
    written: tuple[Path, ...]

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return sum(finding.severity is Severity.ERROR for finding in self.audit.findings)


def run(folder: Path, out: Path, *, jobs: int | None = None, progress: Progress = _ignore) -> Outcome:
    """Check a folder tree and write review.xlsx, findings.json and frames/*.parquet into `out`.

    Raises NothingToCheckError, and OSError where `out` cannot be written to. Inputs are not touched.
    """
    sources = sources_below(folder, out)
    records = read_sources(sources, jobs=jobs or os.cpu_count() or 1, progress=progress, scratch=out / SCRATCH)
    as_filings(records)
    result = audit(records)
    return Outcome(result, tuple(write_outputs(result, folder, out)))


def sources_below(folder: Path, out: Path) -> list[Source]:
    """Files of the folder, without what earlier runs wrote into an `out` inside it."""
    if not folder.is_dir():
        msg = f"找不到文件夹：{folder}"
        raise NothingToCheckError(msg)
    here, inside = folder.resolve(), out.resolve()
    if inside == here:
        msg = f"审核结果不能写入被检查的文件夹本身，请另选一个文件夹：{out}"
        raise NothingToCheckError(msg)
    found = discover([folder])
    if here in inside.parents:
        found = [source for source in found if inside not in source.path.parent.resolve().joinpath("-").parents]
    if not found:
        msg = f"没有可以检查的文件：{folder}"
        raise NothingToCheckError(msg)
    return found


def write_outputs(result: Audit, folder: Path, out: Path) -> Iterator[Path]:
    """Write what contract §6 asks for; gives the paths written."""
    from xltool.reader.frames import frames, storable  # noqa: PLC0415 - pandas only where frames are made
    from xltool.reports.review import review_of  # noqa: PLC0415 - likewise
    from xltool.reports.workbook import review_bytes  # noqa: PLC0415 - likewise

    content = {"findings.json": jsonable.dumps(jsonable.audit_json(result)).encode()}
    for name, frame in vars(frames(result.records)).items():
        buffer = BytesIO()
        storable(frame).to_parquet(buffer, index=False)
        content[f"frames/{name}.parquet"] = buffer.getvalue()
    review = review_of(result, root=folder, made_at=files.run_time())
    content["review.xlsx"] = review_bytes(review, out)
    for name, data in content.items():
        files.write_whole(out / name, data)
        yield out / name
