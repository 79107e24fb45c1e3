"""The audit of a run, by its workers: some hundred files at a time, then what only shows across all of them.

What workers do here is in `dividing` divided where it cannot be done.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import msgspec

from xltool.auditing.audit import judged_alone, judged_together
from xltool.auditing.material import filings_of
from xltool.auditing.plausibility.ranking import Ranked, ranked
from xltool.batches.store.audit import AuditStore, Judged, Where
from xltool.batches.store.form_cache import RecordStub, load_stub, stub_of
from xltool.batches.store.packed import Place, RecordReader
from xltool.findings import Finding  # noqa: TC001 - msgspec looks it up
from xltool.workers.relaxed_gc import relaxed_gc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xltool.auditing.exemptions.model import Exemption
    from xltool.auditing.terms import Terms
    from xltool.reader.records import FileRecord


@dataclass(frozen=True, slots=True)
class Portion:
    """Files to be judged, filings whole, and of last year's those with forms that are compared with."""

    records: Path
    places: dict[bytes, Place]
    slips: list[RecordStub]
    prior: list[RecordStub]
    compared: frozenset[str]
    """Ids of last year's forms that are compared with."""
    terms: Terms


@dataclass(frozen=True, slots=True)
class Whole:
    """All that was judged, and the exemptions that met a finding; `compared` are the filings to compare, None all."""

    where: Where
    met: frozenset[Exemption]
    compared: frozenset[str] | None = None


class Across(msgspec.Struct):
    """What only shows across all files: findings with their keys, and the filings to read first."""

    found: list[tuple[Finding, str]]
    spot_checks: list[Ranked]


class Keeping(Protocol):
    """Where the cells of files are kept: `RecordStore`, or `InMemory`."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    def places(self, keys: Iterable[bytes]) -> dict[bytes, Place]:
        """Where in it the records with these keys lie."""
        ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Nothing is kept: files go to workers whole."""

    path: Path
    """Where there is no file."""

    @staticmethod
    def places(keys: Iterable[bytes]) -> dict[bytes, Place]:
        """None."""
        return dict.fromkeys(keys, (0, 0))


class Portions:
    """Makes tasks of files: `before` are last year's, which `terms` name; `kept` has the cells of files, or nothing."""

    def __init__(self, kept: Keeping, terms: Terms, before: Sequence[FileRecord]) -> None:
        """Note what is compared with each filing."""
        self._kept, self._terms = kept, replace(terms, prior=())
        compared = {one.id: one.filing for one in terms.prior}
        self._keys: dict[str, set[str]] = defaultdict(set)
        for key, filing in compared.items():
            self._keys[filing].add(key)
        self._earlier: dict[str, list[FileRecord]] = defaultdict(list)
        for record in before:
            for filing in dict.fromkeys(
                compared[submission.id] for submission in record.submissions if submission.id in compared
            ):
                self._earlier[filing].append(record)

    def task(self, records: Sequence[FileRecord]) -> Portion:
        """The task of judging these files."""
        filings = dict.fromkeys(filing for record in records for filing in filings_of(record))
        prior = {record.path: record for filing in filings for record in self._earlier.get(filing, ())}
        compared = frozenset(key for filing in filings for key in self._keys.get(filing, ()))
        return self._task(records, list(prior.values()), compared)

    def without_last_year(self, records: Sequence[FileRecord]) -> Portion:
        """The same, compared with nothing."""
        return self._task(records, [], frozenset())

    def check_profiles(self, records: Sequence[FileRecord]) -> None:
        """Raise ValueError for a profile that a roster names and nobody knows: that is no fault of a file."""
        for record in records:
            for form in record.submissions:
                self._terms.profile_of(form)

    def _task(self, records: Sequence[FileRecord], prior: Sequence[FileRecord], compared: frozenset[str]) -> Portion:
        slips, slips_before = ([stub_of(record) for record in some] for some in (records, prior))
        places = self._kept.places(slip.key for slip in (*slips, *slips_before) if slip.key)
        return Portion(self._kept.path, places, slips, slips_before, compared, self._terms)


@relaxed_gc()
def judge_portion(task: Portion) -> bytes:
    """A packed `Judged`; in a worker."""
    kept = RecordReader(task.records, task.places)
    try:
        records, before = ([load_stub(slip, kept.load) for slip in slips] for slips in (task.slips, task.prior))
    finally:
        kept.close()
    prior = tuple(
        submission for record in before for submission in record.submissions if submission.id in task.compared
    )
    return msgspec.msgpack.encode(Judged.of(judged_alone(records, replace(task.terms, prior=prior))))


@relaxed_gc()
def judge_whole(task: Whole) -> bytes:
    """A packed `Across`; in a worker."""
    with AuditStore(task.where) as ledger:
        records, texts = ledger.records(), ledger.texts()
        if task.compared is not None:
            ids = {
                submission.id
                for record in records
                for submission in record.submissions
                if submission.filing in task.compared
            }
            texts = [text for text in texts if text.submission in ids]
        late = list(zip(*judged_together(records, texts, task.where.terms, task.met), strict=True))
        return msgspec.msgpack.encode(Across(late, ranked(ledger.audit(records, late))))
