"""Files given together, read and checked as one filing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.auditing import NO_TERMS, Audit, Terms, audit
from xltool.batches.sets import as_one_set
from xltool.batches.sources import discover
from xltool.batches.workers import read_sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.archives import Source
    from xltool.batches.prior import LastYear
    from xltool.reader.records import FileRecord


def audit_as_one_set(
    paths: Sequence[Path], terms: Terms = NO_TERMS, *, prior: Path | None = None
) -> tuple[Audit, LastYear | None]:
    """Check files as one filing, with what `prior` holds of last year; and how that was matched.

    Raises NothingToCheckError.
    """
    sources = discover(paths)
    if prior is None:
        return audit(_one_set(sources), terms), None
    from xltool.batches.prior import last_year, sources_of_last_year  # noqa: PLC0415 - only where years are compared

    before = sources_of_last_year(prior)
    records = _one_set(sources)
    last = last_year(records, read_sources(before))
    return audit(records, replace(terms, prior=last.submissions)), last


def _one_set(sources: Sequence[Source]) -> list[FileRecord]:
    """Files read, as one filing."""
    records = read_sources(sources)
    as_one_set(records)
    return records
