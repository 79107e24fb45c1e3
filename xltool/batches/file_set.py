"""Files given together, read and checked as one filing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.auditing.terms import NO_TERMS, Terms
from xltool.batches.reading import begun, crew, read_by
from xltool.reader.files.sources import check_any, discover, sources_of_last_year

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.auditing.audit import Audit
    from xltool.batches.prior import LastYear


def audit_as_one_set(
    paths: Sequence[Path], terms: Terms = NO_TERMS, *, prior: Path | None = None
) -> tuple[Audit, LastYear | None]:
    """Check files as one filing, with what `prior` holds of last year; and how that was matched.

    Raises NothingToCheckError.
    """
    sources = discover(paths)
    before = [] if prior is None else sources_of_last_year(prior)
    with crew(1) as own:
        reading = begun(own, own.pool, sources)
        # Imported while the worker starts, imports what it reads with, and reads: as much again.
        from xltool.batches.dividing import audit_by  # noqa: PLC0415
        from xltool.batches.grouping import as_one_set  # noqa: PLC0415

        records, last_records = list(reading), read_by(own, before)
        check_any(records, paths)
        as_one_set(records)
        if prior is None:
            return audit_by(own, records, terms), None
        from xltool.batches.prior import last_year  # noqa: PLC0415 - only where years are compared

        last = last_year(records, last_records)
        return audit_by(own, records, replace(terms, prior=last.submissions), last_records), last
