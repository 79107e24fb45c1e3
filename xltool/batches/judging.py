"""The audit of a run, by its workers: some hundred files at a time, then what only shows across all of them.

What a worker could not do is done again in this process, where it fails as it must.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from xltool.auditing.audits import judged_alone, judged_together
from xltool.auditing.material import filings_of, portions
from xltool.auditing.plausibility import Ranked, ranked
from xltool.batches.garbage import looked_for_seldom
from xltool.batches.ledger import NAME, Judged, Ledger, Where, Writing
from xltool.batches.packed import Place, Records
from xltool.batches.products import Lazily
from xltool.batches.shelf import Slip, slip_of, taken_up
from xltool.batches.workers import done
from xltool.findings import Finding  # noqa: TC001 - msgspec looks it up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xltool.auditing.granted import Exemption
    from xltool.auditing.terms import Terms
    from xltool.batches.kept import Kept
    from xltool.batches.workers import Crew
    from xltool.reader.records import FileRecord


@dataclass(frozen=True, slots=True)
class Portion:
    """Files to be judged, filings whole, and of last year's those with forms that are compared with."""

    records: Path
    places: dict[bytes, Place]
    slips: list[Slip]
    prior: list[Slip]
    compared: frozenset[str]
    """Ids of last year's forms that are compared with."""
    terms: Terms


@dataclass(frozen=True, slots=True)
class Whole:
    """All that was judged, and the exemptions that met a finding."""

    where: Where
    met: frozenset[Exemption]


class Across(msgspec.Struct):
    """What only shows across all files: findings with their keys, and the filings to read first."""

    found: list[tuple[Finding, str]]
    spot_checks: list[Ranked]


@dataclass(frozen=True, slots=True)
class Audited:
    """A finished audit: where it lies, and the filings to read first."""

    where: Where
    spot_checks: tuple[Ranked, ...]


def judge(crew: Crew, kept: Kept, records: Sequence[FileRecord], terms: Terms, before: Sequence[FileRecord]) -> Audited:
    """The audit of kept records, written down in the crew's folder; `before` are last year's, which `terms` name.

    Raises ValueError for a profile that a roster names and nobody knows, OSError where nothing can be written.
    """
    with Writing(crew.folder / NAME, kept.path, replace(terms, prior=())) as book:
        slips = [slip_of(record) for record in records]
        book.slips(slips, kept.places(slip.key for slip in slips if slip.key))
        for _, answer in done(crew.pool, judge_portion, _portions(kept, records, terms, before)):
            book.judged(answer)
        ((_, answer),) = done(crew.pool, judge_whole, [Whole(book.written(), frozenset(book.met))])
        across = msgspec.msgpack.decode(answer, type=Across)
        book.late(across.found)
        return Audited(book.written(), tuple(across.spot_checks))


def _portions(
    kept: Kept, records: Sequence[FileRecord], terms: Terms, before: Sequence[FileRecord]
) -> Lazily[list[FileRecord], Portion]:
    """The portions of a run."""
    compared = {one.id: one.filing for one in terms.prior}
    keys: dict[str, set[str]] = defaultdict(set)
    for key, filing in compared.items():
        keys[filing].add(key)
    earlier: dict[str, list[FileRecord]] = defaultdict(list)
    for record in before:
        for filing in dict.fromkeys(compared[one.id] for one in record.submissions if one.id in compared):
            earlier[filing].append(record)

    def portion(of: list[FileRecord]) -> Portion:
        filings = dict.fromkeys(filing for record in of for filing in filings_of(record))
        prior = {record.path: record for filing in filings for record in earlier.get(filing, ())}
        slips, slips_before = ([slip_of(record) for record in some] for some in (of, prior.values()))
        asked = frozenset(key for filing in filings for key in keys.get(filing, ()))
        places = kept.places(slip.key for slip in (*slips, *slips_before) if slip.key)
        return Portion(kept.path, places, slips, slips_before, asked, replace(terms, prior=()))

    return Lazily(list(portions(records)), portion)


@looked_for_seldom()
def judge_portion(task: Portion) -> bytes:
    """A packed `Judged`; in a worker."""
    kept = Records(task.records, task.places)
    try:
        records, before = ([taken_up(slip, kept.load) for slip in slips] for slips in (task.slips, task.prior))
    finally:
        kept.close()
    prior = tuple(one for record in before for one in record.submissions if one.id in task.compared)
    return msgspec.msgpack.encode(Judged.of(judged_alone(records, replace(task.terms, prior=prior))))


@looked_for_seldom()
def judge_whole(task: Whole) -> bytes:
    """A packed `Across`; in a worker."""
    with Ledger(task.where) as ledger:
        records = ledger.records()
        late = list(zip(*judged_together(records, ledger.texts(), task.where.terms, task.met), strict=True))
        return msgspec.msgpack.encode(Across(late, ranked(ledger.audit(records, late))))
