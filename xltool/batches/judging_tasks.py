"""The tasks of judging, with the functions that do them in a worker; `judging` hands them out."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from xltool.auditing.coverage.model import CoverageChange  # noqa: TC001 - msgspec looks it up
from xltool.auditing.portions import filings_of
from xltool.auditing.result import KeyedFinding  # noqa: TC001 - msgspec looks it up
from xltool.batches.store.audit import AuditStore, PackedVerdicts, StoredAudit
from xltool.batches.store.form_cache import RecordStub, load_stub, stub_of
from xltool.batches.store.packed import PackedRecords, Place, RecordReader
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from xltool.auditing.exemptions.model import Exemption
    from xltool.auditing.terms import Terms
    from xltool.batches.store.form_cache import LoadRecord
    from xltool.batches.store.records import RecordStore
    from xltool.reader.records import FileRecord


@dataclass(frozen=True, slots=True)
class JudgingTask:
    """Judge some files, filings whole, on these terms."""

    record_file: Path | None
    places: dict[bytes, Place]
    """Where the cells of the records lie in the record file."""
    stubs: list[RecordStub]
    prior_stubs: list[RecordStub]
    """Files of last year with forms to compare with."""
    compared: frozenset[str]
    """Ids of these forms."""
    terms: Terms
    packed: PackedRecords | None = None
    """The records themselves, for a machine that does not have the record file."""

    @property
    def files(self) -> int:
        """The number of files that are judged together."""
        return len(self.stubs)

    def for_sending(self) -> JudgingTask:
        """The same task, with all that it needs of this machine; OSError where the record file was changed."""
        with closing(RecordReader(self.record_file, self.places)) as reader:
            packed = {key: reader.load_packed(key) for key in self.places}
        return replace(self, record_file=None, places={}, packed=PackedRecords(packed))

    @contextmanager
    def records(self) -> Iterator[LoadRecord]:
        """Provide the function that loads a record by its key."""
        if self.packed is not None:
            yield self.packed.load
            return
        with closing(RecordReader(self.record_file, self.places)) as reader:
            yield reader.load


@dataclass(frozen=True, slots=True)
class ComparingTask:
    """Compare all filings of a stored audit, or those that are named."""

    stored: StoredAudit
    met: frozenset[Exemption]
    """Exemptions that met a finding so far."""
    unjudged: frozenset[str]
    """Filings of which something could not be judged."""
    filings: frozenset[str] | None = None


class CrossFilingResult(msgspec.Struct):
    """What comparing all filings gave: findings with their keys, and the filings to read first."""

    findings: list[KeyedFinding]
    changes: list[CoverageChange]
    spot_checks: msgspec.Raw
    """A list of `Ranked`, encoded."""


class TaskBuilder:
    """Builds the tasks of judging this year's files, with the files of last year that they are compared with."""

    def __init__(self, store: RecordStore | None, terms: Terms, prior: Sequence[FileRecord]) -> None:
        """`store` has the cells of the records, None where they are in memory. `terms` name last year's forms."""
        self._store, self._terms = store, replace(terms, prior=())
        filing_of = {form.id: form.filing for form in terms.prior}
        self._forms: dict[str, set[str]] = defaultdict(set)
        for form, filing in filing_of.items():
            self._forms[filing].add(form)
        self._prior: dict[str, list[FileRecord]] = defaultdict(list)
        for record in prior:
            filings = (filing_of[form.id] for form in record.submissions if form.id in filing_of)
            for filing in dict.fromkeys(filings):
                self._prior[filing].append(record)

    def task(self, records: Sequence[FileRecord]) -> JudgingTask:
        """The task of judging these files."""
        filings = dict.fromkeys(filing for record in records for filing in filings_of(record))
        prior = {record.path: record for filing in filings for record in self._prior.get(filing, ())}
        compared = frozenset(form for filing in filings for form in self._forms.get(filing, ()))
        return self._task(records, list(prior.values()), compared)

    def task_without_prior(self, records: Sequence[FileRecord]) -> JudgingTask:
        """The task of judging these files without comparing them with last year's."""
        return self._task(records, [], frozenset())

    def check_profiles(self, records: Sequence[FileRecord]) -> None:
        """Raise ValueError for a profile that a roster names and nobody knows: no file is to blame for that."""
        for record in records:
            for form in record.submissions:
                self._terms.profile_of(form)

    def places(self, stubs: Iterable[RecordStub]) -> dict[bytes, Place]:
        """Where the cells of these records lie."""
        return {} if self._store is None else self._store.places(stub.key for stub in stubs if stub.key)

    def _task(
        self, records: Sequence[FileRecord], prior: Sequence[FileRecord], compared: frozenset[str]
    ) -> JudgingTask:
        stubs, prior_stubs = [stub_of(record) for record in records], [stub_of(record) for record in prior]
        record_file = None if self._store is None else self._store.path
        places = self.places([*stubs, *prior_stubs])
        return JudgingTask(record_file, places, stubs, prior_stubs, compared, self._terms)


@relaxed_gc()
def judge_files(task: JudgingTask) -> bytes:
    """Do a judging task, in a worker; returns encoded `PackedVerdicts`."""
    from xltool.auditing.audit import judge_filings  # noqa: PLC0415 - rules are imported in workers only

    with task.records() as load_record:
        records, prior = ([load_stub(stub, load_record) for stub in some] for some in (task.stubs, task.prior_stubs))
    forms = tuple(form for record in prior for form in record.submissions if form.id in task.compared)
    return msgspec.msgpack.encode(PackedVerdicts.of(judge_filings(records, replace(task.terms, prior=forms))))


@relaxed_gc()
def compare_filings(task: ComparingTask) -> bytes:
    """Do a comparing task, in a worker; returns an encoded `CrossFilingResult`."""
    from xltool.auditing.audit import judge_across_filings  # noqa: PLC0415 - likewise
    from xltool.auditing.plausibility.ranking import ranked  # noqa: PLC0415 - likewise

    with AuditStore(task.stored) as store:
        records, texts, unjudged = store.records(), store.texts(), task.unjudged
        if task.filings is not None:
            forms = (form for record in records for form in record.submissions)
            ids = {form.id for form in forms if form.filing in task.filings}
            texts = [text for text in texts if text.submission in ids]
            unjudged |= {form.filing for record in records for form in record.submissions} - task.filings
        across = judge_across_filings(records, texts, task.stored.terms, task.met, unjudged=unjudged)
        late = list(zip(across.findings, across.keys, strict=True))
        spot_checks = msgspec.msgpack.encode(ranked(store.judged_audit(records, late)))
        return msgspec.msgpack.encode(CrossFilingResult(late, across.changes, msgspec.Raw(spot_checks)))
