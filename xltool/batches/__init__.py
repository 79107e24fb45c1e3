"""A folder of filings: found, read in worker processes, put into sets, audited, reviewed."""

from __future__ import annotations

from xltool.archives import Source
from xltool.batches.asides import Asides, terms_of
from xltool.batches.prior import LastYear, last_year, sources_of_last_year, sources_of_this_year
from xltool.batches.runs import Options, Outcome, audit_as_one_set, run
from xltool.batches.sets import as_filings, as_one_set
from xltool.batches.sources import NothingToCheckError, discover, sources_below
from xltool.batches.workers import ignore, read_sources

__all__ = [
    "Asides",
    "LastYear",
    "NothingToCheckError",
    "Options",
    "Outcome",
    "Source",
    "as_filings",
    "as_one_set",
    "audit_as_one_set",
    "discover",
    "ignore",
    "last_year",
    "read_sources",
    "run",
    "sources_below",
    "sources_of_last_year",
    "sources_of_this_year",
    "terms_of",
]
