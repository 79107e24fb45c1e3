"""A run over a folder: found, read, put into sets, audited, reviewed; taken up where a killed one left off."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from xltool.batches.options import HIDDEN, Inputs, Options
from xltool.batches.progress import Progress, ignore
from xltool.batches.run_lock import run_lock
from xltool.batches.store import run_state
from xltool.batches.store.records import open_record_store
from xltool.batches.store.stamp import stamp
from xltool.reader.limits import given
from xltool.storage import files
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.last_review import Earlier
    from xltool.batches.store.records import RecordStore
    from xltool.outputs.summary import Tally
    from xltool.roster import Roster

OWN_FOLDERS: Final = ("frames", "returned", "notices")


@dataclass(frozen=True)
class Outcome:
    """What a run left: the files it wrote, or found to be what it would have written, and what they say in numbers."""

    written: tuple[Path, ...]
    tally: Tally
    audited: Callable[[], Audit]
    notices: tuple[str, ...] = ()
    """Lines for the user: how last year's filings were matched."""

    @cached_property
    def audit(self) -> Audit:
        """The audit, made from the kept records: the run itself holds none. ValueError while another run writes."""
        return self.audited()

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return self.tally.errors


@relaxed_gc()
def run(folder: Path, out: Path, options: Options | None = None, *, progress: Progress = ignore) -> Outcome:
    """Check a folder tree and write what contract §6 asks for into `out`.

    Files whose content an earlier run has read are not read again, and results that would come out the same and lie
    there untouched are left as they are. Raises NothingToCheckError, ValueError where an earlier review or a roster
    cannot be read or another run writes there, and OSError where `out` cannot be written to. Inputs are not touched.
    """
    options = options or Options()
    earlier, known = _told(options)
    inputs, hidden = Inputs.of(folder, out, options), out / HIDDEN
    with run_lock(hidden, out), _tidied(out, folder), open_record_store(out, fresh=options.fresh) as kept:
        made_from = _made_from(inputs, kept, folder, out, options)
        current = None if options.fresh else run_state.current(hidden, out, made_from)
        if current is not None:
            kept.keep_all()
            progress(len(inputs.all))
            written = tuple(out / name for name in current.outputs)
            return Outcome(written, current.tally, partial(_audited_again, folder, out, options), current.notices)
        from xltool.batches.pipeline import make  # noqa: PLC0415 - all that reads, judges and writes: where there is need

        made = make(folder, out, inputs, kept, options, earlier=earlier, known=known, progress=progress)
        if made.settled:
            run_state.remember(hidden, out, run_state.Run(made_from, made.written, made.tally, made.notices))
    return Outcome(made.written, made.tally, partial(_audited_again, folder, out, options), made.notices)


def _told(options: Options) -> tuple[Earlier | None, Roster | None]:
    """The earlier review and the roster that are given."""
    if options.prior_review is None and options.roster is None:
        return None, None
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - a worker and all that it reads, where there is need

    with SideInputs() as side_inputs:
        earlier = side_inputs.earlier(options.prior_review) if options.prior_review else None
        return earlier, side_inputs.roster(options.roster) if options.roster else None


def _audited_again(folder: Path, out: Path, options: Options) -> Audit:
    from xltool.batches.pipeline import audited_again  # noqa: PLC0415 - likewise

    with run_lock(out / HIDDEN, out):
        return audited_again(folder, out, options)


def _made_from(inputs: Inputs, kept: RecordStore, folder: Path, out: Path, options: Options) -> str:
    """Digest of everything the results depend on; an option that comes to change them has its place in `depends`.

    What an officer noted in the review is not in it: a review that was written in is not left as it lies.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    terms = [
        stamp(given()).decode(),
        epoch,
        str(folder.resolve()),
        str(out.resolve()),
        *options.depends(),
        str(len(inputs.sources)),
    ]
    return run_state.digest(terms + [part for one in inputs.all for part in (one.name, kept.digest(one))])


@contextmanager
def _tidied(out: Path, folder: Path) -> Iterator[None]:
    """What a killed run left half-written is gone, and what workers are writing when this one is broken off."""
    _tidy(out, folder)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            _tidy(out, folder)
        raise


def _tidy(out: Path, folder: Path) -> None:
    """Remove what is half-written, where only results lie: `folder` may lie below `out`."""
    half = f".*{files.PART}"
    files.sweep([*out.glob(half), *(out / HIDDEN).glob(half)])
    inputs = (folder.resolve(), *folder.resolve().parents)
    for own in (out / name for name in OWN_FOLDERS):
        if own.resolve() not in inputs:
            files.sweep(own.rglob(half))
