"""The way of a run: read, group, judge, write.

`read` gives the record of each file (`FileRecord`), `group` puts forms and narrative reports into filings, `judge`
stores the audit (`StoredAudit`), `write` makes the outputs of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from xltool.auditing.explanations import UNKNOWN, match_explanations
from xltool.batches.grouping import as_filings, filings_with_unread_files
from xltool.batches.judging import audit_in_memory, judge
from xltool.batches.options import HIDDEN, SCRATCH, Inputs, Options
from xltool.batches.prior import PriorMatch, last_year
from xltool.batches.progress import Bar, Progress, ignore
from xltool.batches.reading import read_with, start_workers
from xltool.batches.side_inputs import SideInputs
from xltool.batches.store import run_state
from xltool.batches.store.audit import AuditStore
from xltool.batches.store.form_cache import load_stub, stub_of
from xltool.batches.store.records import PASSING, RecordStore, open_record_store
from xltool.batches.writing import REVIEW, write_outputs
from xltool.outputs.decisions import account_name, apply_decisions, decisions_of
from xltool.outputs.model import ReviewContext
from xltool.outputs.run_record import run_digest
from xltool.outputs.summary import RunCounts
from xltool.roster import NO_BUREAU
from xltool.roster.inbox import sort_out
from xltool.roster.inbox.namesakes import Namesakes
from xltool.storage import files

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from xltool.auditing.result import Audit
    from xltool.auditing.rounds.last_review import LastReview
    from xltool.auditing.rounds.outcomes import Step
    from xltool.auditing.terms import Terms
    from xltool.batches.reading import Workers
    from xltool.outputs.officer_notes import OfficerReview
    from xltool.outputs.run_record import SideDigests
    from xltool.reader.files.archives import Source
    from xltool.reader.records import FileRecord
    from xltool.roster import Bureau, Roster
    from xltool.roster.inbox import Inbox

PAST_DAY: Final = (
    "要求重新报送的日期 {day} 已经过去，通知里写的是“已过，请尽快”；请把重新报送的日期（--refile-by）改成以后的"
)

UNKNOWN_EXPLANATIONS: Final = "有 {count} 条单位写的整改说明对不上问题，列在 review.xlsx 的“其他单位说明”"


@dataclass(frozen=True)
class PipelineResult:
    """What a run has written."""

    written: tuple[Path, ...]
    tally: RunCounts
    messages: tuple[str, ...]
    """Lines for the user."""
    is_reproducible: bool
    """Whether the same run would give the same."""
    digests: Mapping[Path, bytes]
    """The SHA-256 of what was written, as far as it is known."""


@dataclass(frozen=True)
class _Run:
    """What the steps of a run share."""

    out: Path
    options: Options
    workers: Workers
    store: RecordStore
    made_at: datetime = field(default_factory=files.run_time)


@dataclass(frozen=True)
class _Filings:
    """What was read, in filings, and the terms to judge it on."""

    records: list[FileRecord]
    prior: list[FileRecord]
    """Last year's files."""
    terms: Terms
    inbox: Inbox | None
    last_year: PriorMatch | None
    bureau: Bureau
    """Who signs the letters."""


def run_pipeline(  # noqa: PLR0913 - one parameter for each thing that a run is given
    folder: Path,
    out: Path,
    *,
    inputs: Inputs,
    store: RecordStore,
    options: Options,
    digests: SideDigests,
    earlier: LastReview | None,
    roster: Roster | None,
    bar: Bar,
) -> PipelineResult:
    """Read, group, judge and write; see `runs.run`. `earlier` is the review of the round before."""
    with _start_workers(out, options) as workers:
        run = _Run(out, options, workers, store)
        reviews = _read_officer_reviews(run)
        with bar("读取", len(inputs.all)) as advance:
            records, prior = _read(run, inputs, advance)
        filings = _group(run, records, prior, roster)
        stored = judge(workers, filings.records, terms=filings.terms, prior=filings.prior, store=store, bar=bar)
        with AuditStore(stored) as audit_store:
            result = audit_store.audit(filings.records)
            context = _context(run, filings, result, reviews=reviews, digests=digests, earlier=earlier)
            context = replace(context, spot_checks=audit_store.spot_checks())
            run_state.forget(out / HIDDEN)
            written = write_outputs(
                workers,
                audit_store,
                result,
                sources=inputs.sources,
                root=folder if options.linked else None,
                out=out,
                context=context,
                digests=digests,
                made_at=run.made_at,
                bar=bar,
            )
            tally = RunCounts.of(result, filings.inbox)
    matching = filings.last_year.messages if filings.last_year else ()
    reproducible = stored.is_complete and written.is_complete and _is_stable(inputs.all, [*records, *prior], store)
    messages = (*_past_day(options), *matching, *_unknown(context), *stored.messages, *written.failures)
    return PipelineResult(written.paths, tally, messages, reproducible, written.digests)


def _unknown(context: ReviewContext) -> list[str]:
    """A line on explanations that nobody can match but a person."""
    count = sum(each.reason == UNKNOWN for each in context.explained.unmatched)
    return [UNKNOWN_EXPLANATIONS.format(count=count)] if count else []


def _past_day(options: Options) -> list[str]:
    """A line for a day in the letters that is over."""
    day = options.refile_by
    return [PAST_DAY.format(day=day)] if day is not None and day < files.run_time().date() else []


def load_audit(folder: Path, out: Path, options: Options) -> Audit:
    """The audit of a finished run, in memory, judged again from the stored records."""
    with SideInputs() as side_inputs, open_record_store(out) as store, _start_workers(out, options) as workers:
        run = _Run(out, options, workers, store)
        roster = side_inputs.roster(options.roster) if options.roster else None
        filings = _group(run, *_read(run, Inputs.of(folder, out, options), ignore), roster)
        result = audit_in_memory(workers, filings.records, terms=filings.terms, prior=filings.prior, store=store)
        # The caller looks at it when the record file is closed.
        return replace(result, records=[load_stub(stub_of(record), store.load) for record in filings.records])


def _start_workers(out: Path, options: Options) -> AbstractContextManager[Workers]:
    return start_workers(options.workers, scratch=out / HIDDEN / SCRATCH, engine=options.engine, stop=options.stop)


def _read_officer_reviews(run: _Run) -> list[OfficerReview]:
    """What an officer noted in the review of the round before, and in the review that is written anew."""
    side_inputs, prior_review = SideInputs(run.workers.pool), run.options.prior_review
    folders = [run.out] if prior_review is None else [prior_review, run.out]
    return [side_inputs.officer_review(folder / REVIEW) for folder in folders]


def _read(run: _Run, inputs: Inputs, progress: Progress) -> tuple[list[FileRecord], list[FileRecord]]:
    """The records of this year's files and of last year's."""
    records = read_with(run.workers, inputs.sources, progress=progress, store=run.store)
    return records, read_with(run.workers, inputs.before, progress=progress, store=run.store)


def _group(run: _Run, records: list[FileRecord], prior: list[FileRecord], roster: Roster | None) -> _Filings:
    """Match the records to the roster, group them into filings, and find last year's filing of each."""
    options = run.options
    inbox = sort_out(records, roster, due=options.due) if roster else None
    as_filings(records)
    run.store.forms.fit(records)
    matched = None if options.prior is None else last_year(records, prior, roster)
    prior_forms = matched.submissions if matched else ()
    unread = filings_with_unread_files(records) if inbox is None else inbox.with_unread_files
    terms = replace(options.terms, prior=prior_forms, has_prior=matched is not None, unread=unread)
    terms = replace(terms, rostered=_profiles_of(records, roster)) if roster else terms
    bureau = roster.bureau if roster else NO_BUREAU
    return _Filings(records, prior, terms, inbox, matched, bureau)


def _profiles_of(records: Sequence[FileRecord], roster: Roster) -> dict[str, str]:
    """The scoring profile that the roster names, by filing."""
    label = Namesakes(roster).label
    profiles = {label(department): department.profile for department in roster.departments if department.profile}
    forms = (submission for record in records for submission in record.submissions)
    departments = {form.filing: form.filing.removesuffix(f"（{form.year}）") for form in forms}
    return {filing: profiles[name] for filing, name in departments.items() if name in profiles}


def _context(  # noqa: PLR0913 - the audit and all that the review says besides
    run: _Run,
    filings: _Filings,
    result: Audit,
    *,
    reviews: Sequence[OfficerReview],
    digests: SideDigests,
    earlier: LastReview | None,
) -> ReviewContext:
    """What the outputs say besides the findings: of the officer, of departments, of the round before, of the roster."""
    explained, digest = match_explanations(result), run_digest(result.records, digests, run.made_at)
    decided = decisions_of(reviews, officer=lambda: run.options.officer or account_name(), made_at=run.made_at)
    pairs = zip(result.keys, result.findings, strict=True)
    decided = apply_decisions(decided, pairs, made_at=run.made_at, run=digest)
    return ReviewContext(
        decided.notes,
        _compare(result, earlier, explained.by_key, decided.settled) if earlier else None,
        refile_by=run.options.refile_by,
        bureau=filings.bureau,
        inbox=filings.inbox,
        explained=explained,
        decisions=decided.decisions,
        settled=decided.settled,
        run=digest,
    )


def _compare(result: Audit, earlier: LastReview, explained: Mapping[str, str], settled: Container[str]) -> list[Step]:
    from xltool.auditing.rounds.comparison import Answers, compare_reviews  # noqa: PLC0415 - only in a second round

    return compare_reviews(result, earlier, Answers(explained, settled))


def _is_stable(sources: Sequence[Source], records: Sequence[FileRecord], store: RecordStore) -> bool:
    """Whether no file was changed while it was read, and none refused for a reason that may pass."""
    digests = {record.path: record.sha256 for record in records}
    changed = any(digests[source.name] not in {"", store.digest(source)} for source in sources)
    return not changed and not any(record.code in PASSING for record in records)
