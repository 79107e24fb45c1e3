"""What a run leaves: the reviews of the whole, and for each file and department what it is sent.

All of it is made by workers, from the audit as it lies on disk; each piece depends on nothing but its task, so the
bytes are the same however many work at it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final

from xltool import files, jsonable
from xltool.batches.ledger import Ledger
from xltool.batches.pool import Lost
from xltool.batches.products import Lazily, make_all
from xltool.batches.returning import Returned
from xltool.batches.workers import tried

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from xltool.archives import Source
    from xltool.auditing.audits import Audit
    from xltool.batches.judging import Audited
    from xltool.batches.products import Product
    from xltool.batches.workers import Crew
    from xltool.reports.model import Review, Told
    from xltool.reports.notices import Matter

REVIEW, PAGE, FINDINGS, NOTICES = "review.xlsx", "review.html", "findings.json", "notices"
FRAMES: Final = tuple(
    f"frames/{name}.parquet" for name in ("submissions", "values", "projects", "indicators", "spot_checks")
)


def write_outputs(  # noqa: PLR0913, PLR0917 - what was found, what is told, where to, and who helps
    audited: Audited, result: Audit, sources: Sequence[Source], root: Path | None, out: Path, told: Told, crew: Crew
) -> list[Path]:
    """Write what contract §6 asks for, with links to files in `root` where there is one; gives the paths written.

    `result` is the audit as this process looks at it.
    """
    from xltool.reports.review import review_of  # noqa: PLC0415 - only where reviews are made

    made_at = files.run_time()
    told = replace(told, spot_checks=audited.spot_checks)
    review = review_of(result, root=root, made_at=made_at, told=told)
    ours: list[Product] = [_Reports(_Report("", audited, told, root, out, made_at, crew.folder)), _Letters(review, out)]
    return make_all(crew, ours, Returned(result, sources, out, crew))


@dataclass(frozen=True, slots=True)
class _Report:
    """A report on the whole: what it is called, and all it is made from."""

    name: str
    audited: Audited
    told: Told
    root: Path | None
    out: Path
    made_at: datetime
    scratch: Path
    """A folder for temporary files."""


class _Reports:
    """The reports on the whole, the one that takes longest first."""

    seconds = inf
    """A report takes what it takes; it is made of nothing a file could hang in."""

    def __init__(self, report: _Report) -> None:
        self._report = report
        self.work = partial(tried, write_report)
        self.tasks = Lazily(list(_WRITTEN), lambda name: replace(report, name=name))

    def take(self, at: int, answer: bytes | Lost) -> None:
        """What a worker could not do is done here, where it fails as it must."""
        if isinstance(answer, Lost) or not answer:
            write_report(self.tasks[at])

    def paths(self) -> list[Path]:
        """The files of all reports."""
        return [self._report.out / name for name in (FINDINGS, *FRAMES, REVIEW, PAGE)]


def write_report(report: _Report) -> bytes:
    """Write a report on the whole, in a worker; OSError where that fails."""
    with Ledger(report.audited.where) as ledger:
        _WRITTEN[report.name](report, ledger)
    return b"written"


def _review(report: _Report, ledger: Ledger) -> Review:
    from xltool.reports.review import review_of  # noqa: PLC0415 - only where reviews are made

    return review_of(ledger.audit(ledger.records()), root=report.root, made_at=report.made_at, told=report.told)


def _write_workbook(report: _Report, ledger: Ledger) -> None:
    from xltool.reports.workbook import write_review  # noqa: PLC0415 - xlsxwriter only where the workbook is written

    write_review(report.out / REVIEW, _review(report, ledger), scratch=report.scratch)


def _write_page(report: _Report, ledger: Ledger) -> None:
    from xltool.reports.page import write_page  # noqa: PLC0415 - likewise

    write_page(report.out / PAGE, _review(report, ledger))


def _write_findings(report: _Report, ledger: Ledger) -> None:
    result, told = ledger.audit(ledger.records()), report.told
    data = jsonable.audit_parts(result) | jsonable.rounds_json(told.steps) | jsonable.inbox_json(told.inbox)
    data |= jsonable.spot_checks_json(report.audited.spot_checks)
    files.write_pieces(report.out / FINDINGS, jsonable.streamed(data))


def _write_frames(report: _Report, ledger: Ledger) -> None:
    from xltool.reports.stored import write_frames  # noqa: PLC0415 - Arrow only where frames are written

    write_frames(ledger.in_memory(), report.audited.spot_checks, report.out / "frames")


_WRITTEN: Final[dict[str, Callable[[_Report, Ledger], None]]] = {
    REVIEW: _write_workbook,
    PAGE: _write_page,
    "frames": _write_frames,
    FINDINGS: _write_findings,
}
"""What writes each report, the one that takes longest first."""


class _Letters:
    """notices/…; letters of an earlier run that are not written any more are taken away."""

    seconds = None

    def __init__(self, review: Review, out: Path) -> None:
        from xltool.reports.notices import letters  # noqa: PLC0415 - only where letters are written

        planned = letters(review)
        self._places = [out / NOTICES / letter.name for letter in planned]
        self.work = partial(tried, write_letter)
        self.tasks = Lazily(planned, lambda letter: (out / NOTICES / letter.name, letter.matter))
        for stale in sorted(set(out.glob(f"{NOTICES}/[退催][回报]通知_*.docx")) - set(self._places)):
            stale.unlink()

    def take(self, at: int, answer: bytes | Lost) -> None:
        """What a worker could not do is done here, where it fails as it must: it is made of what is known here."""
        if isinstance(answer, Lost) or not answer:
            write_letter(self.tasks[at])

    def paths(self) -> list[Path]:
        """The letters."""
        return self._places


def write_letter(task: tuple[Path, Matter]) -> bytes:
    """Write the letter about a matter to its place, in a worker; OSError where that fails."""
    from xltool.reports.letters import written  # noqa: PLC0415 - python-docx only where letters are written

    path, matter = task
    files.write_whole(path, written(matter))
    return b"written"
