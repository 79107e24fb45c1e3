"""What a run leaves: the reviews of the whole, and for each file and department what it is sent.

All of it is made by workers, from the audit as it lies on disk; each piece depends on nothing but its task, so the
bytes are the same however many work at it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from xltool.batches.attempts import Failure, attempt, result_of
from xltool.batches.products import LazyTasks, make_all
from xltool.batches.returned_copies import Returned
from xltool.batches.store.audit import AuditStore
from xltool.outputs import json_output
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.batches.dividing import Audited
    from xltool.batches.products import Product, Written
    from xltool.batches.reading import Workers
    from xltool.outputs.model import Review, ReviewContext
    from xltool.outputs.notices import Matter
    from xltool.reader.files.archives import Source
    from xltool.reader.limits import Limits
    from xltool.workers.pool import Lost

REVIEW, PAGE, FINDINGS, NOTICES = "review.xlsx", "review.html", "findings.json", "notices"
FRAMES: Final = tuple(
    f"frames/{name}.parquet" for name in ("submissions", "values", "projects", "indicators", "spot_checks")
)
PER_FILE: Final = 0.2
"""Seconds, on top of those of a file, that a report on the whole may take for each; it takes a twentieth of that."""
NOT_WRITTEN: Final = (
    "{name} 没有写出：{reason}；其他结果不受影响，可调高环境变量 XLTOOL_SECONDS、XLTOOL_MEMORY_MIB 后重新运行"
)


def write_outputs(  # noqa: PLR0913, PLR0917 - findings, their context, where to, and who helps
    audited: Audited,
    result: Audit,
    sources: Sequence[Source],
    root: Path | None,
    out: Path,
    context: ReviewContext,
    workers: Workers,
) -> Written:
    """Write what contract §6 asks for, with links to files in `root` where there is one.

    `result` is the audit as this process looks at it.
    """
    from xltool.outputs.review import review_of  # noqa: PLC0415 - only where reviews are made

    made_at = files.run_time()
    context = replace(context, spot_checks=audited.spot_checks)
    review = review_of(result, root=root, made_at=made_at, context=context)
    report = _Report("", audited, context, root, out, made_at, workers.folder)
    ours: list[Product] = [_Reports(report, workers.limits, len(result.records)), _Letters(review, out, workers.limits)]
    return make_all(workers, ours, Returned(result, sources, out, workers))


@dataclass(frozen=True, slots=True)
class _Report:
    """A report on the whole: what it is called, and all it is made from."""

    name: str
    audited: Audited
    context: ReviewContext
    root: Path | None
    out: Path
    made_at: datetime
    scratch: Path
    """A folder for temporary files."""


class _Reports:
    """The reports on the whole, the one that takes longest first."""

    def __init__(self, report: _Report, limits: Limits, files: int) -> None:
        self._report, self._limits = report, limits
        self.seconds = limits.seconds + PER_FILE * files
        self.lost: list[str] = []
        self._missing: set[str] = set()
        self.work = partial(attempt, write_report)
        self.tasks = LazyTasks(list(_WRITTEN), lambda name: replace(report, name=name))

    def take(self, at: int, answer: bytes | Lost) -> None:
        """Note a report that could not be made: the one of an earlier run stays, for somebody may have noted in it."""
        result = result_of(answer, self._limits, self.seconds)
        if isinstance(result, Failure):
            name = list(_WRITTEN)[at]
            self._missing.add(name)
            places = [self._report.out / place for place in _files_of(name)]
            files.sweep([files.half_written(place) for place in places])
            self.lost.append(NOT_WRITTEN.format(name=name, reason=result.reason))

    def paths(self) -> list[Path]:
        """The files of all reports that were made."""
        names = (FINDINGS, "frames", REVIEW, PAGE)
        return [self._report.out / file for name in names if name not in self._missing for file in _files_of(name)]


def _files_of(name: str) -> tuple[str, ...]:
    """The files of a report."""
    return FRAMES if name == "frames" else (name,)


def write_report(report: _Report) -> bytes:
    """Write a report on the whole, in a worker; OSError where that fails."""
    with AuditStore(report.audited.where) as store:
        _WRITTEN[report.name](report, store)
    return b"written"


def _review(report: _Report, store: AuditStore) -> Review:
    from xltool.outputs.review import review_of  # noqa: PLC0415 - only where reviews are made

    return review_of(store.audit(store.records()), root=report.root, made_at=report.made_at, context=report.context)


def _write_workbook(report: _Report, store: AuditStore) -> None:
    from xltool.outputs.workbook import write_review  # noqa: PLC0415 - xlsxwriter only where the workbook is written

    write_review(report.out / REVIEW, _review(report, store), scratch=report.scratch)


def _write_page(report: _Report, store: AuditStore) -> None:
    from xltool.outputs.page.page import write_page  # noqa: PLC0415 - likewise

    write_page(report.out / PAGE, _review(report, store))


def _write_findings(report: _Report, store: AuditStore) -> None:
    result, context = store.audit(store.records()), report.context
    data = (
        json_output.audit_parts(result) | json_output.rounds_json(context.steps) | json_output.inbox_json(context.inbox)
    )
    data |= json_output.spot_checks_json(report.audited.spot_checks)
    files.write_pieces(report.out / FINDINGS, json_output.streamed(data))


def _write_frames(report: _Report, store: AuditStore) -> None:
    from xltool.outputs.frames import write_frames  # noqa: PLC0415 - Arrow only where frames are written

    write_frames(store.in_memory(), report.audited.spot_checks, report.out / "frames")


_WRITTEN: Final[dict[str, Callable[[_Report, AuditStore], None]]] = {
    REVIEW: _write_workbook,
    PAGE: _write_page,
    "frames": _write_frames,
    FINDINGS: _write_findings,
}
"""What writes each report, the one that takes longest first."""


class _Letters:
    """notices/…; letters of an earlier run that are not written any more are taken away."""

    seconds = None

    def __init__(self, review: Review, out: Path, limits: Limits) -> None:
        from xltool.outputs.notices import letters  # noqa: PLC0415 - only where letters are written

        planned = letters(review)
        self._limits = limits
        self._places = [out / NOTICES / letter.name for letter in planned]
        self.lost: list[str] = []
        self.work = partial(attempt, write_letter)
        self.tasks = LazyTasks(planned, lambda letter: (out / NOTICES / letter.name, letter.matter))
        self._missing: set[Path] = set()
        for stale in sorted(set(out.glob(f"{NOTICES}/[退催][回报]通知_*.docx")) - set(self._places)):
            stale.unlink()

    def take(self, at: int, answer: bytes | Lost) -> None:
        """Note a letter that could not be made: the one of an earlier run says what is not so any more, and goes."""
        result = result_of(answer, self._limits, self._limits.seconds)
        if isinstance(result, Failure):
            place = self._places[at]
            files.sweep([files.half_written(place)])
            place.unlink(missing_ok=True)
            self._missing.add(place)
            self.lost.append(NOT_WRITTEN.format(name=f"{NOTICES}/{place.name}", reason=result.reason))

    def paths(self) -> list[Path]:
        """The letters."""
        return [place for place in self._places if place not in self._missing]


def write_letter(task: tuple[Path, Matter]) -> bytes:
    """Write the letter about a matter to its place, in a worker; OSError where that fails."""
    from xltool.outputs.letters import written  # noqa: PLC0415 - python-docx only where letters are written

    path, matter = task
    files.write_whole(path, written(matter))
    return b"written"
