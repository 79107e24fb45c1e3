"""Read and audit files that are given together: one filing, or plainly several."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.reading import Workers, read_with, start_reading, start_workers
from xltool.reader.files.sources import check_any, discover, sources_of_last_year
from xltool.reader.records import as_given_to_audit
from xltool.workers.head_start import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xltool.auditing.result import Audit
    from xltool.batches.prior import PriorMatch

_WARM: Final[ContextVar[Workers | None]] = ContextVar("warm workers", default=None)
"""The workers that stay ready between calls; each thread has its own, since a pool has one caller at a time."""


@contextmanager
def keep_workers() -> Iterator[None]:
    """Keep a worker ready for the calls of `audit_given` inside; it ends with the context."""
    with start_workers(1) as workers:
        token = _WARM.set(workers)
        try:
            yield
        finally:
            _WARM.reset(token)


@contextmanager
def borrow_workers(workers: Workers) -> Iterator[Workers]:
    """The same workers for one call: what it unpacks and stores is removed with it, and what it leaves undone."""
    with TemporaryDirectory(dir=workers.folder) as own:
        try:
            yield replace(workers, folder=Path(own), unpacked={})
        finally:
            workers.pool.drop_busy()


@contextmanager
def _workers_for_call() -> Iterator[Workers]:
    """The workers that the program started ahead, else a worker for this call."""
    ahead = AHEAD.get()
    if ahead is None:
        with start_workers(1) as workers:
            yield workers
    else:
        yield Workers(ahead.pool, ahead.pool, 1, ahead.limits, ahead.folder, ahead.stop, judging=ahead.judging)


def audit_given(
    paths: Sequence[Path], terms: Terms = NO_TERMS, *, prior: Path | None = None
) -> tuple[Audit, PriorMatch | None]:
    """Audit files as one set, unless they are several filings; returns how last year's in `prior` were matched, too.

    Raises NothingToCheckError.
    """
    warm = _WARM.get()
    with _workers_for_call() if warm is None else borrow_workers(warm) as workers:
        return audit_with(workers, paths, terms, prior=prior)


def audit_with(
    workers: Workers, paths: Sequence[Path], terms: Terms = NO_TERMS, *, prior: Path | None = None
) -> tuple[Audit, PriorMatch | None]:
    """Audit files with workers that are there already; see `audit_given`."""
    sources = discover(paths)
    before = [] if prior is None else sources_of_last_year(prior)
    reading = start_reading(workers, workers.pool, sources)
    # Imported while the worker starts and reads, which takes as long.
    from xltool.batches.grouping import as_given, filings_with_unread_files  # noqa: PLC0415
    from xltool.batches.judging import audit_in_memory  # noqa: PLC0415

    records, last_records = list(reading), read_with(workers, before)
    check_any(records, paths)
    named = {source.name for source in sources if source.named}
    records = [as_given_to_audit(record) if record.path in named else record for record in records]
    as_given(records)
    terms = replace(terms, unread=filings_with_unread_files(records))
    if prior is None:
        return audit_in_memory(workers.judges, records, terms=terms), None
    from xltool.batches.prior import last_year  # noqa: PLC0415 - only where years are compared

    last = last_year(records, last_records)
    terms = replace(terms, prior=last.submissions, has_prior=True)
    return audit_in_memory(workers.judges, records, terms=terms, prior=last_records), last
