"""A run over a folder: found, read, put into sets, audited, reviewed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from xltool import files, jsonable
from xltool.auditing import NO_TERMS, Audit, Terms, audit
from xltool.auditing.rounds import Earlier, steps
from xltool.batches.prior import LastYear, last_year, sources_of_last_year, sources_of_this_year
from xltool.batches.returning import write_returned
from xltool.batches.sets import as_filings, as_one_set
from xltool.batches.sources import discover
from xltool.batches.workers import Progress, ignore, read_sources
from xltool.findings import Severity
from xltool.inbox import sort_out
from xltool.reports.handled import load as load_handled
from xltool.reports.model import Told
from xltool.roster import load as load_roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from xltool.reader.records import FileRecord
    from xltool.roster import Roster

REVIEW, NOTICES = "review.xlsx", "notices"
SCRATCH = ".xltool/unpacked"
"""Folder in the results where a run keeps what it unpacks while it reads."""


@dataclass(frozen=True)
class Outcome:
    """What a run left: the audit, the files it wrote, and what was found of last year where that was asked."""

    audit: Audit
    written: tuple[Path, ...]
    last_year: LastYear | None = None

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return sum(finding.severity is Severity.ERROR for finding in self.audit.findings)


@dataclass(frozen=True)
class Options:
    """What a run is asked besides its folders.

    `prior_review` is the folder an earlier run wrote for the same departments: what became of its findings is told.
    `deadline` is the day by which the letters ask departments to file again; what was filed after it is late.
    `roster` is the bureau's roster: files are matched to it, and what is owed is told; `terms` are those of the audit.
    `prior` holds last year's filings, to compare with.
    """

    jobs: int | None = None
    prior_review: Path | None = None
    deadline: date | None = None
    roster: Path | None = None
    terms: Terms = NO_TERMS
    prior: Path | None = None


def audit_as_one_set(
    paths: Sequence[Path], terms: Terms = NO_TERMS, *, prior: Path | None = None
) -> tuple[Audit, LastYear | None]:
    """Check files as one filing, with what `prior` holds of last year; and how that was matched.

    Raises NothingToCheckError.
    """
    sources = discover(paths)
    before = [] if prior is None else sources_of_last_year(prior)
    records = read_sources(sources)
    as_one_set(records)
    last = None if prior is None else last_year(records, read_sources(before))
    return audit(records, replace(terms, prior=last.submissions if last else ())), last


def run(folder: Path, out: Path, options: Options | None = None, *, progress: Progress = ignore) -> Outcome:
    """Check a folder tree and write what contract §6 asks for into `out`.

    Raises NothingToCheckError, ValueError where an earlier review cannot be read, and OSError where `out` cannot be
    written to. Inputs are not touched.
    """
    options = options or Options()
    earlier = _earlier(options.prior_review) if options.prior_review else None
    known = load_roster(options.roster) if options.roster else None
    handled = load_handled(out / REVIEW)
    sources = sources_of_this_year(folder, out, options.prior)
    before = [] if options.prior is None else sources_of_last_year(options.prior, root=folder, out=out)
    jobs = options.jobs or os.cpu_count() or 1
    read = partial(read_sources, jobs=jobs, progress=progress, scratch=out / SCRATCH)
    records = read(sources)
    inbox = sort_out(records, known, deadline=options.deadline) if known else None
    as_filings(records)
    last = None if options.prior is None else last_year(records, read(before), known)
    terms = replace(options.terms, prior=last.submissions if last else ())
    result = audit(records, replace(terms, rostered=_rostered(records, known)) if known else terms)
    told = Told(handled, steps(result, earlier) if earlier else None, options.deadline, inbox)
    written = [*write_outputs(result, folder, out, told)]
    written += write_returned(result, sources, out, jobs=jobs, scratch=out / SCRATCH)
    return Outcome(result, tuple(written), last)


def _rostered(records: Sequence[FileRecord], roster: Roster) -> dict[str, str]:
    """The 评分口径 the roster names, by filing."""
    named = {one.name: one.profile for one in roster.departments if one.profile}
    ones = (one for record in records for one in record.submissions)
    whose = {one.filing: one.filing.removesuffix(f"（{one.year}）") for one in ones}
    return {filing: named[department] for filing, department in whose.items() if department in named}


def _earlier(folder: Path) -> Earlier:
    from xltool.auditing.earlier import load  # noqa: PLC0415 - pandas only where a second round is asked for

    return load(folder)


def write_outputs(result: Audit, folder: Path, out: Path, told: Told) -> Iterator[Path]:
    """Write what contract §6 asks for; gives the paths written."""
    from xltool.reader.frames import frames, storable  # noqa: PLC0415 - pandas only where frames are made
    from xltool.reports.data import reasons  # noqa: PLC0415 - likewise
    from xltool.reports.notices import letters  # noqa: PLC0415 - python-docx only where letters are written
    from xltool.reports.page import page_bytes  # noqa: PLC0415 - likewise
    from xltool.reports.review import review_of  # noqa: PLC0415 - likewise
    from xltool.reports.workbook import review_bytes  # noqa: PLC0415 - likewise

    review = review_of(result, root=folder, made_at=files.run_time(), told=told)
    data = jsonable.audit_json(result) | jsonable.rounds_json(told.steps) | jsonable.inbox_json(told.inbox)
    content = {"findings.json": jsonable.dumps(data | jsonable.spot_checks_json(review.spot_checks)).encode()}
    for name, frame in (*vars(frames(result.records)).items(), ("spot_checks", reasons(review.spot_checks))):
        buffer = BytesIO()
        storable(frame).to_parquet(buffer, index=False)
        content[f"frames/{name}.parquet"] = buffer.getvalue()
    content[REVIEW] = review_bytes(review, out)
    content["review.html"] = page_bytes(review, out)
    content |= {f"{NOTICES}/{letter.name}": letter.content for letter in letters(review)}
    for stale in sorted(set(out.glob(f"{NOTICES}/退回通知_*.docx")) - {out / name for name in content}):
        stale.unlink()
    for name, written in content.items():
        files.write_whole(out / name, written)
        yield out / name
