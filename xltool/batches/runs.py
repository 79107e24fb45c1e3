"""A run over a folder, which goes on where a killed run stopped; `pipeline` reads, groups, judges and writes."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from xltool.batches.options import HIDDEN, SCRATCH, Inputs, Options
from xltool.batches.progress import Bar, no_bar
from xltool.batches.run_lock import run_lock
from xltool.batches.store import run_state
from xltool.batches.store.records import digest_sources, open_record_store
from xltool.batches.store.stamp import stamp
from xltool.outputs.run_record import SideDigests
from xltool.reader.limits import given
from xltool.storage import files
from xltool.storage.digests import digest_path
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.last_review import LastReview
    from xltool.batches.store.records import RecordStore
    from xltool.outputs.summary import RunCounts
    from xltool.roster import Roster
    from xltool.roster.inbox import Inbox

OUTPUT_FOLDERS: Final = ("frames", "returned", "notices", "review.data")


@dataclass(frozen=True)
class RunResult:
    """The files that a run wrote, or found as it would have written them, and what they say in numbers."""

    written: tuple[Path, ...]
    tally: RunCounts
    load_audit: Callable[[], Audit]
    messages: tuple[str, ...] = ()
    """Lines for the user: how last year's filings were matched, what could not be judged or written."""

    @cached_property
    def audit(self) -> Audit:
        """The audit in memory, judged again from the stored records. ValueError while another run writes."""
        return self.load_audit()

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return self.tally.errors


@relaxed_gc()
def run(folder: Path, out: Path, options: Options | None = None, *, bar: Bar = no_bar) -> RunResult:
    """Check a folder tree and write the outputs of contract §6 into `out`.

    Files whose content an earlier run has read are not read again, and results that would come out the same and lie
    there untouched are left as they are. Raises NothingToCheckError, ValueError where an earlier review or a roster
    cannot be read or another run writes there, and OSError where `out` cannot be written to. Inputs are not touched.
    With a roster of several counties each has a run of its own, and a summary stands above them (`levels.counties`).
    """
    options = options or Options()
    roster = _read_roster(options)
    if roster is not None:
        from xltool.batches.levels.counties import run_counties  # noqa: PLC0415 - only with a roster

        if roster.has_counties:
            return run_counties(folder, out, options, roster=roster, bar=bar)
    return _run(folder, out, options, read_roster=lambda: roster, bar=bar)


@relaxed_gc()
def run_county(folder: Path, out: Path, options: Options, *, bar: Bar) -> RunResult:
    """Check the folder of one county; see `run`. Its roster is read only if there is something to do."""
    return _run(folder, out, options, read_roster=partial(_read_roster, options), bar=bar)


def _run(folder: Path, out: Path, options: Options, *, read_roster: Callable[[], Roster | None], bar: Bar) -> RunResult:
    earlier = _read_earlier(options)
    inputs, hidden = Inputs.of(folder, out, options), out / HIDDEN
    load_audit = partial(_load_audit, folder, out, options)
    opening = partial(open_record_store, out, fresh=options.fresh, earlier=options.prior_review)
    with run_lock(hidden, out), _swept(out, folder), opening() as store:
        digests = _side_digests(inputs, store, options)
        besides = [str(folder.resolve()), str(out.resolve()), repr(digests), *options.depends()]
        made_from = _digest_inputs(inputs, store, besides)
        current = None if options.fresh else run_state.current(hidden, out, made_from)
        if current is not None:
            store.keep_all()
            return RunResult(tuple(out / name for name in current.outputs), current.tally, load_audit, current.messages)
        from xltool.batches.pipeline import run_pipeline  # noqa: PLC0415 - all that reads, judges and writes, if needed

        result = run_pipeline(
            folder,
            out,
            inputs=inputs,
            store=store,
            options=options,
            digests=digests,
            earlier=earlier,
            roster=read_roster(),
            bar=bar,
        )
        if result.is_reproducible:
            last = run_state.Run(made_from, result.written, result.tally, result.messages, result.digests)
            run_state.remember(hidden, out, last)
    return RunResult(result.written, result.tally, load_audit, result.messages)


@contextmanager
def kept_records(out: Path) -> Iterator[RecordStore]:
    """The records of the run that has its results in `out`, to find files in and to add more.

    ValueError while another run has `out`, OSError where nothing can be written there.
    """
    with run_lock(out / HIDDEN, out), open_record_store(out) as store:
        store.keep_all()
        yield store


def read_arrivals(folder: Path, out: Path, roster: Path, options: Options, *, bar: Bar) -> Inbox:
    """Read what has come so far and match it to the roster; the run that follows does not read it again.

    Raises NothingToCheckError, ValueError for mistakes in the roster or while another run has `out`, and OSError.
    """
    from xltool.batches.reading import read_with, start_workers  # noqa: PLC0415 - a worker and all that it reads
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - likewise
    from xltool.roster.inbox import sort_out  # noqa: PLC0415 - likewise

    sources, hidden = Inputs.of(folder, out, options).sources, out / HIDDEN
    with (
        kept_records(out) as store,
        start_workers(options.workers, scratch=hidden / SCRATCH, stop=options.stop) as workers,
    ):
        known = SideInputs(workers.pool).roster(roster)
        with bar("读取", len(sources)) as advance:
            records = read_with(workers, sources, progress=advance, store=store)
        return sort_out(records, known, due=options.due)


def _read_roster(options: Options) -> Roster | None:
    """The roster, where one is given."""
    if options.roster is None:
        return None
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - a worker and all that it reads, if needed

    with SideInputs() as side_inputs:
        return side_inputs.roster(options.roster)


def _read_earlier(options: Options) -> LastReview | None:
    """The earlier review, where one is given."""
    if options.prior_review is None:
        return None
    from xltool.batches.side_inputs import SideInputs  # noqa: PLC0415 - likewise

    with SideInputs() as side_inputs:
        return side_inputs.earlier(options.prior_review)


def _load_audit(folder: Path, out: Path, options: Options) -> Audit:
    from xltool.batches.pipeline import load_audit  # noqa: PLC0415 - likewise

    with run_lock(out / HIDDEN, out):
        return load_audit(folder, out, options)


def _side_digests(inputs: Inputs, store: RecordStore, options: Options) -> SideDigests:
    """The digests of what a run is given besides the filings; OSError for what cannot be read."""
    prior, roster, review = options.prior, options.roster, options.prior_review
    return SideDigests(
        roster=None if roster is None else digest_path(roster),
        profile=options.terms.profile_sha256,
        exemptions=options.terms.exemptions_sha256,
        prior=None if prior is None else digest_sources(prior, inputs.before, store.digest),
        prior_review=None if review is None else digest_path(review),
        due=None if options.due is None else options.due.isoformat(),
        refile_by=None if options.refile_by is None else options.refile_by.isoformat(),
    )


def _digest_inputs(inputs: Inputs, store: RecordStore, besides: Sequence[str]) -> str:
    """Digest of everything that the results depend on: files, program, limits, time, and what is given besides.

    What an officer noted in the review is not in it: a review that somebody wrote in is not left as it is anyway.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    terms = [stamp(given()).decode(), epoch, *besides, str(len(inputs.sources))]
    return run_state.digest(terms + [part for source in inputs.all for part in (source.name, store.digest(source))])


@contextmanager
def _swept(out: Path, folder: Path) -> Iterator[None]:
    """Remove half-written files of a killed run now, and those of this run if it is broken off."""
    _sweep(out, folder)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            _sweep(out, folder)
        raise


def _sweep(out: Path, folder: Path) -> None:
    """Remove half-written files from the folders of results, unless `folder` lies in one of them."""
    half_written = f".*{files.PART}"
    files.sweep([*out.glob(half_written), *(out / HIDDEN).glob(half_written)])
    inputs = (folder.resolve(), *folder.resolve().parents)
    for place in (out / name for name in OUTPUT_FOLDERS):
        if place.resolve() not in inputs:
            files.sweep(place.rglob(half_written))
