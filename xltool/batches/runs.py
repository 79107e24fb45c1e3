"""A run over a folder: found, read, put into sets, audited, reviewed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from xltool import files, jsonable
from xltool.auditing import Audit, audit
from xltool.auditing.rounds import Earlier, Step, steps
from xltool.batches.sets import as_filings
from xltool.batches.sources import sources_below
from xltool.batches.workers import Progress, ignore, read_sources
from xltool.findings import Severity
from xltool.reports.handled import Handling
from xltool.reports.handled import load as load_handled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

REVIEW = "review.xlsx"
SCRATCH = ".xltool/unpacked"
"""Folder in the results where a run keeps what it unpacks while it reads."""


@dataclass(frozen=True)
class Outcome:
    """What a run left: the audit, and the files it wrote."""

    audit: Audit
    written: tuple[Path, ...]

    @property
    def errors(self) -> int:
        """Number of findings of severity error."""
        return sum(finding.severity is Severity.ERROR for finding in self.audit.findings)


def run(
    folder: Path,
    out: Path,
    *,
    jobs: int | None = None,
    progress: Progress = ignore,
    prior_review: Path | None = None,
) -> Outcome:
    """Check a folder tree and write review.xlsx, findings.json and frames/*.parquet into `out`.

    `prior_review` is the folder an earlier run wrote for the same departments: what became of its findings is told.
    Raises NothingToCheckError, ValueError where an earlier review cannot be read, and OSError where `out` cannot be
    written to. Inputs are not touched.
    """
    before = _earlier(prior_review) if prior_review else None
    handled = load_handled(out / REVIEW)
    sources = sources_below(folder, out)
    records = read_sources(sources, jobs=jobs or os.cpu_count() or 1, progress=progress, scratch=out / SCRATCH)
    as_filings(records)
    result = audit(records)
    told = Told(handled, steps(result, before) if before else None)
    return Outcome(result, tuple(write_outputs(result, folder, out, told)))


def _earlier(folder: Path) -> Earlier:
    from xltool.auditing.earlier import load  # noqa: PLC0415 - pandas only where a second round is asked for

    return load(folder)


@dataclass(frozen=True)
class Told:
    """What earlier reviews have to say: the officer's notes by finding, and the steps since the last one."""

    handled: Mapping[str, Handling]
    steps: Sequence[Step] | None = None


def write_outputs(result: Audit, folder: Path, out: Path, told: Told) -> Iterator[Path]:
    """Write what contract §6 asks for; gives the paths written."""
    from xltool.reader.frames import frames, storable  # noqa: PLC0415 - pandas only where frames are made
    from xltool.reports.review import review_of  # noqa: PLC0415 - likewise
    from xltool.reports.workbook import review_bytes  # noqa: PLC0415 - likewise

    content = {"findings.json": jsonable.dumps(jsonable.audit_json(result, told.steps)).encode()}
    for name, frame in vars(frames(result.records)).items():
        buffer = BytesIO()
        storable(frame).to_parquet(buffer, index=False)
        content[f"frames/{name}.parquet"] = buffer.getvalue()
    review = review_of(result, root=folder, made_at=files.run_time(), handled=told.handled, steps=told.steps)
    content[REVIEW] = review_bytes(review, out)
    for name, data in content.items():
        files.write_whole(out / name, data)
        yield out / name
