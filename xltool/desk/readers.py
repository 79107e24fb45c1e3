"""Read rosters and files in a worker that stays ready, as in any run; what was read is kept while unchanged."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from xltool.batches.attempts import Failure, run_attempts
from xltool.batches.file_set import audit_with, borrow_workers
from xltool.batches.reading import start_workers
from xltool.batches.side_inputs import SideInputs
from xltool.findings import InputError, XltoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xltool.auditing.exemptions.model import Exemptions
    from xltool.auditing.result import Audit
    from xltool.auditing.terms import Terms
    from xltool.batches.reading import Workers
    from xltool.outputs.officer_notes import OfficerNote, OfficerReview
    from xltool.roster import Roster

MOST: Final = 50
"""Results that are kept."""
NOT_WRITTEN: Final = "没有写入：{reason}；请稍后再试"
_Value = TypeVar("_Value")
_State = tuple[str, str, int, int]


def _import_readers(_: None) -> bytes:
    """Import what reads filings and rosters, in the worker."""
    import xltool.auditing.audit  # noqa: PLC0415 - in the worker only
    import xltool.reader.reading  # noqa: F401, PLC0415 - likewise

    return b"ready"


@dataclass(frozen=True, slots=True)
class _NoteTask:
    """Write a note beside the finding with this key."""

    path: Path
    key: str
    note: OfficerNote


def _write_note(task: _NoteTask) -> bytes:
    """Write a note, in the worker; returns why that was not possible, nothing where it was."""
    from xltool.outputs.note_cells import write_note  # noqa: PLC0415 - in the worker only

    try:
        write_note(task.path, task.key, task.note)
    except InputError as error:
        return str(error).encode()
    return b""


def _state(kind: str, path: Path) -> _State:
    """What tells whether a file has changed since it was read."""
    status = path.stat()
    return kind, str(path), status.st_mtime_ns, status.st_size


class Readers:
    """A worker for all pages, used by one page at a time."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._stack = ExitStack()
        self._lock = threading.RLock()
        self._workers: Workers | None = None
        self._known: dict[_State, object] = {}

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._stack.close()
            self._workers = None

    def warm(self) -> None:
        """Start the worker and have it import what reads, before somebody waits for it."""
        self.use(lambda workers: list(workers.pool.run(_import_readers, [None])))

    def roster(self, path: Path) -> Roster:
        """The roster in a file; raises as `SideInputs.roster`."""
        return self._unless_known("roster", path, lambda workers: SideInputs(workers.pool).roster(path))

    def exemptions(self, path: Path) -> Exemptions:
        """The exemptions in a file; raises as `SideInputs.exemptions`."""
        return self._unless_known("exemptions", path, lambda workers: SideInputs(workers.pool).exemptions(path))

    def officer_review(self, path: Path) -> OfficerReview:
        """What an officer noted in a review; raises as `SideInputs.officer_review`."""
        return self._unless_known("notes", path, lambda workers: SideInputs(workers.pool).officer_review(path))

    def write_note(self, path: Path, key: str, note: OfficerNote) -> None:
        """Write status and note of a finding into a review; InputError or OSError where that fails."""
        before = self.officer_review(path)
        task = _NoteTask(path, key, note)
        (answer,) = self.use(lambda workers: [answer for _, answer in run_attempts(workers, _write_note, [task])])
        if answer != b"":
            raise InputError(
                NOT_WRITTEN.format(reason=answer.reason) if isinstance(answer, Failure) else answer.decode()
            )
        notes = {other: kept for other, kept in before.notes.items() if other != key}
        if note.status or note.note:
            notes[key] = note
        self._known[_state("notes", path)] = replace(before, notes=notes)

    def audit(self, paths: Sequence[Path], terms: Terms) -> Audit:
        """Audit files that are given together; raises as `audit_given`."""
        return self.use(lambda workers: audit_with(workers, paths, terms)[0])

    def use(self, work: Callable[[Workers], _Value]) -> _Value:
        """Do something with the worker; what that leaves in its folder is removed."""
        with self._lock:
            if self._workers is None:
                self._workers = self._stack.enter_context(start_workers(1))
            with borrow_workers(self._workers) as workers:
                return work(workers)

    def _unless_known(self, kind: str, path: Path, read: Callable[[Workers], _Value]) -> _Value:
        """What was read of a file, again only where the file changed; mistakes in it are kept as well."""
        key = _state(kind, path)
        if key not in self._known:
            try:
                value: object = self.use(read)
            except XltoolError as error:
                value = error
            while len(self._known) >= MOST:
                del self._known[next(iter(self._known))]
            self._known[key] = value
        value = self._known[key]
        if isinstance(value, XltoolError):
            raise value
        return value  # type: ignore[return-value] # what `read` gave for this kind and path
