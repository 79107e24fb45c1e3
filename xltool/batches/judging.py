"""Judge what was grouped: portions of some hundred files by workers, then all filings compared with one another.

A worker has as long as for reading a file, and as much memory. One that ends without a verdict, whatever the reason,
costs what could not be judged: `dividing` finds the filing, then the form; that is left out and named in a finding, and
all else has its verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.auditing.portions import portions
from xltool.batches.dividing import compare_divided, judge_divided
from xltool.batches.judging_tasks import TaskBuilder
from xltool.batches.progress import Bar, no_bar
from xltool.batches.store.audit import NAME, AuditStore, AuditWriter
from xltool.batches.store.form_cache import stub_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xltool.auditing.result import Audit
    from xltool.auditing.terms import Terms
    from xltool.batches.reading import Workers
    from xltool.batches.store.audit import StoredAudit
    from xltool.batches.store.records import RecordStore
    from xltool.reader.records import FileRecord


def judge(  # noqa: PLR0913 - what is judged, on which terms, and what is shown meanwhile
    workers: Workers,
    records: Sequence[FileRecord],
    *,
    terms: Terms,
    prior: Sequence[FileRecord],
    store: RecordStore | None,
    bar: Bar = no_bar,
) -> StoredAudit:
    """Judge records and store the audit in the scratch folder of the workers.

    `prior` are last year's files, whose forms `terms` name; `store` has the cells of records that are not in memory.
    Raises ValueError for a profile that a roster names and nobody knows, OSError where nothing can be written.
    """
    tasks = TaskBuilder(store, terms, prior)
    stubs = [stub_of(record) for record in records]
    with AuditWriter(workers.folder / NAME, None if store is None else store.path, replace(terms, prior=())) as writer:
        writer.add_stubs(stubs, tasks.places(stubs))
        parts = list(portions(records))
        with bar("核对", sum(map(len, parts))) as advance:
            all_judged = judge_divided(workers, parts, tasks=tasks, writer=writer, progress=advance)
            advance.begin("各单位之间的文字")
            comparison = compare_divided(workers, records, writer=writer)
        return replace(writer.commit(), messages=comparison.messages, is_complete=all_judged and comparison.is_complete)


def audit_in_memory(  # noqa: PLR0913 - as `judge`
    workers: Workers,
    records: Sequence[FileRecord],
    *,
    terms: Terms,
    prior: Sequence[FileRecord] = (),
    store: RecordStore | None = None,
    bar: Bar = no_bar,
) -> Audit:
    """Judge records as `judge` does, and return the audit in memory."""
    stored = judge(workers, records, terms=terms, prior=prior, store=store, bar=bar)
    with AuditStore(stored) as audit_store:
        result = audit_store.audit(records)
        return replace(result, findings=list(result.findings), keys=list(result.keys), messages=stored.messages)
