"""Write the results of a run: the outputs on the whole, and for each file and department what it is sent.

Workers write all of it from the stored audit; each output depends on nothing but its task, so the bytes are the same
however many workers there are.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from xltool.batches.attempts import Failure, attempt, decode_answer
from xltool.batches.mailing import LETTER_BOOK, NOT_WRITTEN, Letters, Parcels
from xltool.batches.products import make_parcels, make_products
from xltool.batches.progress import LazyTasks
from xltool.batches.returned_copies import ReturnedCopies
from xltool.batches.store.audit import AuditStore
from xltool.storage import files
from xltool.storage.digests import DIGEST, digest_bytes
from xltool.workers.scratch import scratch_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.batches.products import PortableProduct, Written
    from xltool.batches.progress import Bar
    from xltool.batches.reading import Workers
    from xltool.batches.store.audit import StoredAudit
    from xltool.outputs.model import Review, ReviewContext
    from xltool.outputs.run_record import SideDigests
    from xltool.reader.files.archives import Source
    from xltool.reader.limits import Limits
    from xltool.workers.pool import Lost

PAGE_PARTS: Final = "review.data/*.js"
"""What lies beside a page that would be too large."""
REVIEW, PAGE, FINDINGS = "review.xlsx", "review.html", "findings.json"
FRAMES: Final = tuple(
    f"frames/{name}.parquet" for name in ("submissions", "values", "projects", "indicators", "spot_checks")
)
LARGEST_SENT: Final = 32 << 20
"""Most bytes of a stored audit with its records that are sent to a machine without the disk: 1,000 files or so."""
PER_FILE: Final = 0.2
"""Seconds for each file that an output on the whole may take, on top of the limit for a file."""


@dataclass(frozen=True, slots=True)
class OutputTask:
    """Write one of the outputs on the whole."""

    name: str
    """A key of `_WRITERS`."""
    stored: StoredAudit
    context: ReviewContext
    digests: SideDigests
    root: Path | None
    """The folder that links to files lead to, None for no links."""
    out: Path
    made_at: datetime
    scratch: Path
    """A folder for temporary files."""
    written_to: Path | None = None
    """Where its files are written, if it is not `out`."""

    files: ClassVar[int] = 1_000
    """More than a chunk of a cluster has, so that each output is a chunk by itself."""

    @property
    def target(self) -> Path:
        """Where its files are written; links in them are those of `out`."""
        return self.written_to or self.out

    def for_sending(self) -> OutputTask:
        """The task for a machine that shares the disk of the results and has another working folder."""
        record_file = self.stored.record_file
        stored = replace(
            self.stored,
            path=self.stored.path.absolute(),
            record_file=None if record_file is None else record_file.absolute(),
        )
        root = None if self.root is None else self.root.absolute()
        return replace(self, stored=stored, root=root, out=self.out.absolute(), scratch=self.scratch.absolute())


@dataclass(frozen=True, slots=True)
class ReturnedOutputsTask:
    """Write all outputs on the whole on a machine that does not share the disk of the results; they come back.

    Before it is sent it has no bytes: the stored audit and the record file are read when it goes out.
    """

    task: OutputTask
    audit: bytes = b""
    records: bytes = b""

    files: ClassVar[int] = 1_000
    """As of each output by itself."""

    def for_sending(self) -> ReturnedOutputsTask:
        """The task with the stored audit and the record file; OSError where they cannot be read."""
        stored = self.task.stored
        records = b"" if stored.record_file is None else stored.record_file.read_bytes()
        return ReturnedOutputsTask(self.task.for_sending(), stored.path.read_bytes(), records)

    @property
    def is_small(self) -> bool:
        """Whether it can be sent."""
        paths = [self.task.stored.path, *filter(None, [self.task.stored.record_file])]
        return sum(path.stat().st_size for path in paths) <= LARGEST_SENT

    @contextmanager
    def unpacked(self) -> Iterator[OutputTask]:
        """Provide what all outputs have in common on this machine, in a folder that goes in the end."""
        with scratch_dir(None) as folder:
            stored = self.task.stored
            if self.audit:  # else it was not sent, and all lies where it says
                record_file = None if stored.record_file is None else folder / "records.bin"
                stored = replace(stored, path=folder / "audit.sqlite", record_file=record_file)
                stored.path.write_bytes(self.audit)
                if record_file is not None:
                    record_file.write_bytes(self.records)
            scratch = folder / "scratch"
            scratch.mkdir()
            yield replace(self.task, stored=stored, scratch=scratch, written_to=folder / "out")


class SentOutput(msgspec.Struct):
    """An output that comes back: what `attempt` gave, and its files by their names below the results."""

    answer: bytes
    files: dict[str, bytes]


def write_outputs(  # noqa: PLR0913 - the audit twice, what goes with it, and the places
    workers: Workers,
    audit_store: AuditStore,
    result: Audit,
    *,
    sources: Sequence[Source],
    root: Path | None,
    out: Path,
    context: ReviewContext,
    digests: SideDigests,
    made_at: datetime,
    bar: Bar,
) -> Written:
    """Write all outputs (contract §6), with links to files in `root` where there is one.

    `result` is the audit in `audit_store`.
    """
    from xltool.outputs.reviewing.plain import plain_review  # noqa: PLC0415 - only where outputs are written

    review = plain_review(result, made_at=made_at, context=context)
    task = OutputTask("", audit_store.stored, context, digests, root, out, made_at, workers.folder)
    letters = Letters(review, audit_store, out, workers.limits)
    copies = ReturnedCopies(result, audit_store, context, sources=sources, out=out, workers=workers)
    outputs = Outputs(task, workers.limits, files=len(result.records))
    portable: list[PortableProduct] = [letters, copies]
    with bar("写出结果", sum(len(product.tasks) for product in (outputs, *portable))) as advance:
        written = make_products(workers, outputs, portable, progress=advance)
    parcels = Parcels(letters, copies, out, workers.limits)
    with bar("打包", len(parcels.tasks)) as advance:
        return written | make_parcels(workers, parcels, progress=advance)


class Outputs:
    """The outputs on the whole as a product; the output that takes longest comes first."""

    def __init__(self, task: OutputTask, limits: Limits, *, files: int) -> None:
        """`task` is what all tasks have in common; `files` is the number of files that were read."""
        self._task, self._limits = task, limits
        self.seconds = limits.seconds + PER_FILE * files
        self.failures: list[str] = []
        self.digests: dict[Path, bytes] = {}
        self._failed: set[str] = set()
        self.work = partial(attempt, write_output)
        self.tasks = LazyTasks(list(_WRITERS), lambda name: replace(task, name=name))

    def name(self, number: int) -> str:
        """The file of an output, or the folder of several."""
        return list(_WRITERS)[number]

    def is_light(self, number: int) -> bool:  # noqa: ARG002 - none of them is
        """An output on the whole takes seconds."""
        return False

    def accept(self, number: int, answer: bytes | Lost) -> None:
        """Note an output that failed; that of an earlier run stays, for somebody may have written in it."""
        name = list(_WRITERS)[number]
        if isinstance(result := decode_answer(answer, self._limits, seconds=self.seconds), Failure):
            self._failed.add(name)
            files.sweep([files.half_written(place) for place in _places_of(name, self._task.out)])
            files.sweep(self._task.out.glob(f"{PAGE_PARTS.partition('/')[0]}/.*{files.PART}") if name == PAGE else ())
            self.failures.append(NOT_WRITTEN.format(name=name, reason=result.reason))
        else:
            places = _places_of(name, self._task.out)
            digests = [result[at : at + DIGEST] for at in range(0, len(result), DIGEST)]
            self.digests |= dict(zip((place for place in places if place.exists()), digests, strict=True))

    def elsewhere(self) -> ReturnedOutputs | None:
        """All of them as one task, for workers that cannot write here; None where it is too large to be sent."""
        task = ReturnedOutputsTask(self._task)
        return ReturnedOutputs(self, task) if task.is_small else None

    def take(self, number: int, sent: SentOutput) -> None:
        """Write an output that came back, without what an earlier run left of it, and accept it."""
        places = {self._task.out / name: data for name, data in sent.files.items()}
        if places:
            for stale in set(_places_of(list(_WRITERS)[number], self._task.out)) - set(places):
                stale.unlink(missing_ok=True)
        for place, data in places.items():
            files.write_whole(place, data)
        self.accept(number, sent.answer)

    @property
    def is_complete(self) -> bool:
        """Whether all of them were written."""
        return not self.failures

    def paths(self) -> list[Path]:
        """The files of all outputs that were written."""
        names = (FINDINGS, "frames", REVIEW, PAGE, LETTER_BOOK)
        places = (place for name in names if name not in self._failed for place in _places_of(name, self._task.out))
        return [place for place in places if place.exists()]


class ReturnedOutputs:
    """The outputs on the whole as one task, for workers that return them because they cannot write them here."""

    def __init__(self, outputs: Outputs, task: ReturnedOutputsTask) -> None:
        """`outputs` accept what comes back."""
        self._outputs = outputs
        self.seconds = len(_WRITERS) * outputs.seconds
        self.tasks = [task]
        self.work = send_outputs
        self.is_undone = False
        """Whether the outputs have to be made here after all."""

    def name(self, number: int) -> str:  # noqa: ARG002 - there is one
        """What comes back."""
        return f"{REVIEW} 等"

    def is_light(self, number: int) -> bool:  # noqa: ARG002 - likewise
        """They take seconds."""
        return False

    def accept(self, number: int, answer: bytes | Lost) -> None:  # noqa: ARG002 - likewise
        """Write what came back; without an answer each output is made here, as without a cluster."""
        if isinstance(answer, bytes):
            for position, sent in enumerate(msgspec.msgpack.decode(answer, type=list[SentOutput])):
                self._outputs.take(position, sent)
        else:
            self.is_undone = True


def send_outputs(task: ReturnedOutputsTask) -> bytes:
    """Write all outputs in a scratch folder, in a worker, and return them with their files, encoded."""
    sent = []
    with task.unpacked() as common:
        for name in _WRITERS:
            answer = attempt(write_output, replace(common, name=name))
            places = [place for place in _places_of(name, common.target) if place.exists()]
            contents = {place.relative_to(common.target).as_posix(): place.read_bytes() for place in places}
            sent.append(SentOutput(answer, contents))
    return msgspec.msgpack.encode(sent)


def _places_of(name: str, out: Path) -> list[Path]:
    """The files of an output, of which some may not be there."""
    parts = sorted(out.glob(PAGE_PARTS)) if name == PAGE else []
    return [*(out / file for file in (FRAMES if name == "frames" else (name,))), *parts]


def write_output(task: OutputTask) -> bytes:
    """Write an output on the whole, in a worker; returns the digests of its files. OSError where that fails."""
    with AuditStore(task.stored) as store:
        _WRITERS[task.name](task, store)
    places = _places_of(task.name, task.target)
    return b"".join(digest_bytes(place) for place in places if place.exists())


def _review(task: OutputTask, store: AuditStore) -> Review:
    from xltool.outputs.review import review_of  # noqa: PLC0415 - only where reviews are made

    return review_of(store.audit(store.records()), root=task.root, made_at=task.made_at, context=task.context)


def _write_workbook(task: OutputTask, store: AuditStore) -> None:
    from xltool.outputs.workbook import write_review  # noqa: PLC0415 - xlsxwriter only where the workbook is written

    write_review(task.target / REVIEW, _review(task, store), scratch=task.scratch, folder=task.out)


def _write_page(task: OutputTask, store: AuditStore) -> None:
    from xltool.outputs.page.page import write_page  # noqa: PLC0415 - likewise

    write_page(task.target / PAGE, _review(task, store), folder=task.out)


def _write_findings(task: OutputTask, store: AuditStore) -> None:
    from xltool.outputs import json_output  # noqa: PLC0415 - likewise
    from xltool.outputs.run_record import run_json  # noqa: PLC0415 - likewise

    result, context = store.audit(store.records()), task.context
    data = run_json(result.records, task.digests, task.made_at) | json_output.audit_parts(result, context.explained)
    data |= json_output.decisions_json(context.decisions)
    data |= json_output.rounds_json(context.steps) | json_output.inbox_json(context.inbox)
    data |= json_output.spot_checks_json(store.spot_checks())
    files.write_pieces(task.target / FINDINGS, json_output.stream_object(data))


def _write_frames(task: OutputTask, store: AuditStore) -> None:
    from xltool.outputs.frames import write_frames  # noqa: PLC0415 - Arrow only where frames are written

    write_frames(store.complete_records(), store.spot_checks(), task.target / "frames")


def _write_letter_book(task: OutputTask, store: AuditStore) -> None:
    from xltool.outputs.letter_plans import plan_letters  # noqa: PLC0415 - likewise
    from xltool.outputs.letters import write_letters  # noqa: PLC0415 - likewise

    place, planned = task.target / LETTER_BOOK, plan_letters(_review(task, store))
    if not planned:
        place.unlink(missing_ok=True)
        return
    with files.whole(place) as file:
        write_letters(file, task.made_at, (letter.content for letter in planned))


_WRITERS: Final[dict[str, Callable[[OutputTask, AuditStore], None]]] = {
    REVIEW: _write_workbook,
    PAGE: _write_page,
    "frames": _write_frames,
    FINDINGS: _write_findings,
    LETTER_BOOK: _write_letter_book,
}
"""The function that writes each output; the output that takes longest comes first."""
