"""What has come so far: files read and matched to the roster before a run audits them, which then reads none again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xltool.batches.options import HIDDEN, SCRATCH, Inputs, Options
from xltool.batches.progress import Bar, no_bar
from xltool.batches.reading import read_with, start_workers
from xltool.batches.run_lock import run_lock
from xltool.batches.side_inputs import SideInputs
from xltool.batches.store.records import open_record_store
from xltool.roster.inbox import sort_out

if TYPE_CHECKING:
    from pathlib import Path

    from xltool.roster.inbox import Inbox


def read_arrivals(folder: Path, out: Path, roster: Path, options: Options, *, bar: Bar = no_bar) -> Inbox:
    """Read the files of a folder and match them to the roster; the records are kept in `out` for the next run.

    Raises NothingToCheckError, ValueError for mistakes in the roster or while another run has `out`, and OSError.
    """
    hidden = out / HIDDEN
    inputs = Inputs.of(folder, out, options)
    with (
        run_lock(hidden, out),
        open_record_store(out) as store,
        start_workers(options.workers, scratch=hidden / SCRATCH, stop=options.stop) as workers,
    ):
        store.keep_all()
        known = SideInputs(workers.pool).roster(roster)
        with bar("读取", len(inputs.sources)) as advance:
            records = read_with(workers, inputs.sources, progress=advance, store=store)
        return sort_out(records, known, due=options.due)
