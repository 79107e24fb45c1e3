"""What departments are sent: notices/ with a letter each, and parcels/ with a .zip each, ready to be sent.

A parcel holds the letter, the returned copies and the guide's pages for departments.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from xltool.batches.attempts import Failure, attempt, decode_answer
from xltool.batches.products import ReturningTasks
from xltool.batches.progress import LazyTasks
from xltool.catalogue.guide import DEPARTMENTS_PAGE
from xltool.storage import files
from xltool.storage.digests import DIGEST, digest_bytes
from xltool.template.order import safe_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xltool.batches.returned_copies import ReturnedCopies
    from xltool.batches.store.audit import AuditStore
    from xltool.batches.store.packed_findings import PackedFindings
    from xltool.outputs.letter_plans import LetterOutline, PlannedLetter
    from xltool.outputs.model import FindingStates, Review
    from xltool.reader.limits import Limits
    from xltool.workers.pool import Lost

LETTERS, PARCELS = "notices", "parcels"
LETTER_BOOK: Final = f"{LETTERS}/全部通知（打印用）.docx"
"""All letters in one document."""
GUIDE: Final = "填报说明.html"
NOT_WRITTEN: Final = (
    "{name} 没有写出：{reason}；其他结果不受影响，可调高环境变量 XLTOOL_SECONDS、XLTOOL_MEMORY_MIB 后重新运行"
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class _SentFiles:
    """Files in a folder of the results as a product, one a task; those of an earlier run that are not planned go."""

    seconds = None

    def __init__(self, places: Sequence[Path], earlier: Iterable[Path], limits: Limits) -> None:
        """`places` are those of the files by the number of their task; `earlier` are the files that lie there."""
        self._places, self._limits = places, limits
        self._failed: set[Path] = set()
        self.failures: list[str] = []
        self.digests: dict[Path, bytes] = {}
        for stale in sorted(set(earlier) - set(places)):
            stale.unlink()

    def name(self, number: int) -> str:
        """The file of a task."""
        return self._places[number].name

    def is_light(self, number: int) -> bool:  # noqa: ARG002 - all of them are
        """A letter is written in some twenty milliseconds, and a parcel is a copy of files."""
        return True

    def accept(self, number: int, answer: bytes | Lost) -> None:
        """Keep what was written, or note why it was not; the file of an earlier run is out of date then and goes."""
        place = self._places[number]
        result = decode_answer(answer, self._limits, seconds=self._limits.seconds)
        if isinstance(result, Failure):
            files.sweep([files.half_written(place)])
            place.unlink(missing_ok=True)
            self._failed.add(place)
            self.failures.append(NOT_WRITTEN.format(name=f"{place.parent.name}/{place.name}", reason=result.reason))
        else:
            self.keep(place, result)

    def keep(self, place: Path, result: bytes) -> None:
        """Keep the digest of a file, which is what a task gives."""
        self.digests[place] = result

    @property
    def is_complete(self) -> bool:
        """Whether all of them were written."""
        return not self.failures

    def paths(self) -> list[Path]:
        """The files that were written."""
        return [place for place in self._places if place not in self._failed]


class Letters(_SentFiles):
    """notices/… as a product."""

    def __init__(self, review: Review, audit_store: AuditStore, out: Path, limits: Limits) -> None:
        """Plan the letters on a review, whose findings are stored."""
        from xltool.outputs.letter_plans import plan_letters  # noqa: PLC0415 - only where letters are written

        self.planned = plan_letters(review)
        places = [out / LETTERS / letter.name for letter in self.planned]
        super().__init__(places, out.glob(f"{LETTERS}/[退催][回报]通知_*.docx"), limits)
        self.work = partial(attempt, write_letter)
        folder = (out / LETTERS).absolute()  # a machine of a cluster has another working folder

        def task(letter: PlannedLetter) -> LetterTask:
            findings = audit_store.packed_findings(letter.outline.paths)
            states = review.context.states.restricted(findings.keys, letter.outline.paths)
            return LetterTask(folder / letter.name, letter.outline, findings, states)

        self.tasks = LazyTasks(self.planned, task)

    def keep(self, place: Path, result: bytes) -> None:
        """Keep the digest of a letter; write one that the worker returned because it could not write it."""
        if document := result[DIGEST:]:
            files.write_whole(place, document)
        self.digests[place] = result[:DIGEST]

    def elsewhere(self) -> ReturningTasks:
        """The same tasks, for workers that cannot write here."""
        return ReturningTasks(self, partial(attempt, send_letter))


@dataclass(frozen=True, slots=True)
class LetterTask:
    """A letter to write: its place, and what it says with the findings on its files."""

    place: Path
    outline: LetterOutline
    findings: PackedFindings
    states: FindingStates

    @property
    def files(self) -> int:
        """A letter takes about as long as a file."""
        return 1

    def for_sending(self) -> LetterTask:
        """The task as it is: it needs nothing of this machine."""
        return self


def write_letter(task: LetterTask) -> bytes:
    """Write a letter to its place, in a worker; returns its digest. OSError where that fails."""
    answer = send_letter(task)
    files.write_whole(task.place, answer[DIGEST:])
    return answer[:DIGEST]


def send_letter(task: LetterTask) -> bytes:
    """Make a letter, in a worker that cannot write to its place; returns its digest and the document."""
    from xltool.outputs.letters import letter_bytes  # noqa: PLC0415 - python-docx only where letters are written

    document = letter_bytes(task.outline.complete(task.findings.on, task.states))
    return hashlib.sha256(document).digest() + document


@dataclass(frozen=True, slots=True)
class ParcelTask:
    """A .zip to write: its place, and the files that go into it."""

    place: Path
    members: tuple[Path, ...]


class Parcels(_SentFiles):
    """parcels/… as a product, planned when letters and copies are written."""

    def __init__(self, letters: Letters, copies: ReturnedCopies, out: Path, limits: Limits) -> None:
        """Plan a parcel for each letter that was written."""
        written = {place.name: place for place in letters.paths()}
        used: set[str] = set()
        self.tasks = [
            ParcelTask(_place(out, letter, used), (written[letter.name], *copies.places_of_files(letter.paths)))
            for letter in letters.planned
            if letter.name in written
        ]
        super().__init__([task.place for task in self.tasks], out.glob(f"{PARCELS}/*.zip"), limits)
        self.work = partial(attempt, write_parcel)


def write_parcel(task: ParcelTask) -> bytes:
    """Write a parcel to its place, in a worker; returns its digest. OSError where that fails.

    Members are stored as they are: workbooks and pictures are compressed already.
    """
    used: set[str] = set()
    with files.whole(task.place) as file, zipfile.ZipFile(file, "w") as parcel:
        for member in task.members:
            entry = zipfile.ZipInfo(files.free_place(member.name, used), _EPOCH)
            parcel.writestr(entry, files.reachable(member).read_bytes())
        parcel.writestr(zipfile.ZipInfo(GUIDE, _EPOCH), DEPARTMENTS_PAGE.read_bytes())
    return digest_bytes(task.place)


def _place(out: Path, letter: PlannedLetter, used: set[str]) -> Path:
    return out / PARCELS / files.free_place(f"{safe_name(letter.department)}.zip", used)
