"""The results of a run made: files read, put into sets, audited, reviewed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from xltool.auditing.rounds.comparison import steps
from xltool.batches.dividing import audit_in_memory, judge
from xltool.batches.grouping import as_filings
from xltool.batches.options import HIDDEN, SCRATCH, Inputs, Options
from xltool.batches.prior import LastYear, last_year
from xltool.batches.progress import Progress, ignore
from xltool.batches.reading import read_with, start_workers
from xltool.batches.side_inputs import SideInputs
from xltool.batches.store import run_state
from xltool.batches.store.audit import AuditStore
from xltool.batches.store.form_cache import load_stub, stub_of
from xltool.batches.store.records import PASSING, RecordStore, open_record_store
from xltool.batches.writing import REVIEW, write_outputs
from xltool.outputs.model import ReviewContext
from xltool.outputs.summary import Tally
from xltool.roster.inbox import sort_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.last_review import Earlier
    from xltool.auditing.terms import Terms
    from xltool.batches.reading import Workers
    from xltool.outputs.officer_notes import Handling
    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord
    from xltool.roster import Roster
    from xltool.roster.inbox import Inbox


@dataclass(frozen=True)
class Made:
    """What a run has written, and what that says."""

    written: tuple[Path, ...]
    tally: Tally
    notices: tuple[str, ...]
    settled: bool
    """Whether the same run would give the same."""


@dataclass(frozen=True)
class _Gathered:
    """What a run has read, put into sets, and what it is judged by."""

    records: list[FileRecord]
    before: list[FileRecord]
    """Last year's."""
    terms: Terms
    inbox: Inbox | None
    last: LastYear | None


def make(  # noqa: PLR0913 - where, of what, with what
    folder: Path,
    out: Path,
    inputs: Inputs,
    kept: RecordStore,
    options: Options,
    *,
    earlier: Earlier | None,
    known: Roster | None,
    progress: Progress,
) -> Made:
    """Read, judge and write; see `runs.run`. `earlier` is the earlier review, `known` the roster."""
    with _crew(out, options) as workers:
        handled = _handled(SideInputs(workers.pool), out, options.prior_review)
        gathered = _gathered(inputs, workers, kept, options, known, progress)
        audited = judge(workers, kept, gathered.records, gathered.terms, gathered.before)
        with AuditStore(audited.where) as ledger:
            result = ledger.audit(gathered.records)
            run_state.forget(out / HIDDEN)
            context = ReviewContext(
                handled, steps(result, earlier) if earlier else None, options.deadline, gathered.inbox
            )
            root = folder if options.linked else None
            written = write_outputs(audited, result, inputs.sources, root, out, context, workers)
            tally = Tally.of(result)
    notices = (*(gathered.last.told if gathered.last else ()), *audited.notices, *written.lost)
    settled = _settled(inputs.all, [*gathered.records, *gathered.before], kept)
    return Made(written.paths, tally, notices, settled and audited.complete and written.complete)


def audited_again(folder: Path, out: Path, options: Options) -> Audit:
    """The audit of a run, made from the kept records."""
    with SideInputs() as side_inputs, open_record_store(out) as kept, _crew(out, options) as workers:
        known = side_inputs.roster(options.roster) if options.roster else None
        gathered = _gathered(Inputs.of(folder, out, options), workers, kept, options, known, ignore)
        result = audit_in_memory(workers, gathered.records, gathered.terms, gathered.before, kept=kept)
        # The caller looks at it when the record file is closed.
        return replace(result, records=[load_stub(stub_of(record), kept.load) for record in gathered.records])


def _crew(out: Path, options: Options) -> AbstractContextManager[Workers]:
    return start_workers(options.workers, scratch=out / HIDDEN / SCRATCH, engine=options.engine)


def _gathered(  # noqa: PLR0913, PLR0917 - what is read, by whom, with what
    inputs: Inputs, workers: Workers, kept: RecordStore, options: Options, known: Roster | None, progress: Progress
) -> _Gathered:
    read = partial(read_with, workers, progress=progress, kept=kept)
    records, before = read(inputs.sources), read(inputs.before)
    inbox = sort_out(records, known, deadline=options.deadline) if known else None
    as_filings(records)
    kept.forms.fit(records)
    last = None if options.prior is None else last_year(records, before, known)
    terms = replace(options.terms, prior=last.submissions if last else ())
    terms = replace(terms, rostered=_rostered(records, known)) if known else terms
    return _Gathered(records, before, terms, inbox, last)


def _settled(sources: Sequence[Source], records: Sequence[FileRecord], kept: RecordStore) -> bool:
    """Whether the same run would give the same: nothing that may pass stood in the way, and no file was changed."""
    found = {record.path: record.sha256 for record in records}
    changed = any(found[source.name] not in {"", kept.digest(source)} for source in sources)
    return not changed and not any(record.code in PASSING for record in records)


def _rostered(records: Sequence[FileRecord], roster: Roster) -> dict[str, str]:
    """The 评分口径 the roster names, by filing."""
    named = {department.name: department.profile for department in roster.departments if department.profile}
    ones = (submission for record in records for submission in record.submissions)
    whose = {one.filing: one.filing.removesuffix(f"（{one.year}）") for one in ones}
    return {filing: named[department] for filing, department in whose.items() if department in named}


def _handled(side_inputs: SideInputs, out: Path, prior_review: Path | None) -> dict[str, Handling]:
    """What an officer noted in the review that is written anew, and in that of the last round."""
    before = {} if prior_review is None else side_inputs.handled(prior_review / REVIEW)
    return before | side_inputs.handled(out / REVIEW)
